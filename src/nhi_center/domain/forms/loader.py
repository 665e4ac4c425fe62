"""Form definitions from parsed TOML: one at a time, all together, or all faults of all files for the ward's own changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from nhi_center.domain.forms.checks import field_faults, form_faults, page_faults
from nhi_center.domain.forms.definition import (
    COLUMNS,
    Catalogue,
    Choice,
    EffectKind,
    FieldDefinition,
    FieldType,
    FormDefinition,
    InputMode,
    Page,
    Required,
)
from nhi_center.domain.forms.place import FormFault, Place, Table
from nhi_center.domain.forms.prefill import SOURCES

T = TypeVar("T")
Reasons = Mapping[str, tuple[Choice, ...]]
"""Typed reasons for each warning, by rule number."""
Reader = Callable[[Place, Table], Any]

CHECKS = frozenset({"insurer", "residence_card"})
CHECKED = "checked"
"""The day on which a table was compared with law and the ward's forms; kept for people, no rule reads it."""

FORM_READERS: Mapping[str, Reader] = {
    "id": lambda at, table: at.text(table, "id"),
    "title": lambda at, table: at.text(table, "title"),
    "name": lambda at, table: at.text(table, "name"),
    "article": lambda at, table: at.text(table, "article"),
    "effect": lambda at, table: at.member(EffectKind, table, "effect"),
    "section": lambda at, table: at.text(table, "section", ""),
    "sheet": lambda at, table: at.text(table, "sheet", ""),
    "event": lambda at, table: at.text(table, "event", ""),
    "events": lambda at, table: at.pairs(table, "events"),
    "changes": lambda at, table: at.pairs(table, "changes"),
    "document": lambda at, table: at.text(table, "document", ""),
    "mark": lambda at, table: at.text(table, "mark", ""),
    "follows": lambda at, table: at.sentences(table, "follows"),
    "fact": lambda at, table: at.text(table, "fact"),
    "stated": lambda at, table: at.text(table, "stated", ""),
    "same_day": lambda at, table: at.text(table, "same_day", ""),
    "deadline": lambda at, table: at.flag(table, "deadline"),
    "valid_from": lambda at, table: at.first_day(table, "valid_from"),
    "valid_until": lambda at, table: at.day(table, "valid_until"),
    "checked": lambda at, table: at.day(table, CHECKED),
    "notes": lambda at, table: at.sentences(table, "notes"),
}
FIELD_READERS: Mapping[str, Reader] = {
    "label": lambda at, table: at.text(table, "label"),
    "type": lambda at, table: at.member(FieldType, table, "type"),
    "required": lambda at, table: at.member(Required, table, "required", Required.OPTIONAL),
    "when": lambda at, table: at.condition(table, "when"),
    "length": lambda at, table: at.whole(table, "length", 0),
    "exact": lambda at, table: at.flag(table, "exact"),
    "mode": lambda at, table: at.member(InputMode, table, "mode", InputMode.KANJI),
    "keyed_twice": lambda at, table: at.flag(table, "keyed_twice"),
    "critical": lambda at, table: at.flag(table, "critical"),
    "source": lambda at, table: at.one_of(table, "source", SOURCES, "知らない取り出し元です。"),
    "hint": lambda at, table: at.text(table, "hint", ""),
    "answers": lambda at, table: at.text(table, "answers", ""),
    "check": lambda at, table: at.one_of(table, "check", CHECKS, "知らない検証番号です。"),
    "typed_number": lambda at, table: at.flag(table, "typed_number"),
    "carry": lambda at, table: at.flag(table, "carry"),
    "birth": lambda at, table: at.flag(table, "birth"),
    "house_number": lambda at, table: at.flag(table, "house_number"),
    "fills": lambda at, table: at.text(table, "fills", ""),
    "reading": lambda at, table: at.text(table, "reading", ""),
    "row": lambda at, table: at.whole(table, "row", 1),
    "width": lambda at, table: at.whole(table, "width", COLUMNS),
}
ITEM_KEYS = (FIELD_READERS.keys() - {"when", "row", "width"}) | {"choices", "choices_of"}
FIELD_KEYS = FIELD_READERS.keys() | {"id", "item", "choices", "choices_of"}
FORM_KEYS = FORM_READERS.keys() | {"pages"}
PAGE_KEYS = frozenset({"id", "title", "line", "fields"})


@dataclass(frozen=True, slots=True)
class Parts:
    """What all forms share: items (情報項目), typed reasons, and the fields of the first page (受付).

    ``broken``: items that could not be read. What hangs on them is not said a second time.
    """

    items: Mapping[str, Table]
    reasons: Reasons
    header: tuple[Table, ...]
    broken: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Examined:
    """The forms that may be used, by file, and everything that is wrong with the others."""

    forms: tuple[tuple[str, FormDefinition], ...]
    faults: tuple[FormFault, ...]


@dataclass(slots=True)
class _Faults:
    """All that is wrong, gathered."""

    found: list[FormFault] = field(default_factory=list)

    def take(self, read: Callable[..., T], *arguments: Any) -> T | None:
        """What ``read`` gives; None when it finds a fault, which is kept."""
        try:
            return read(*arguments)
        except FormFault as fault:
            self.found.append(fault)
            return None


# -- what all forms share --


def parse_parts(items: Table, reasons: Table, header: Table) -> Parts:
    """The parts shared by all forms, from items.toml, reasons.toml and header.toml. Raises FormFault."""
    parts, faults = examine_parts(items, reasons, header)
    if faults:
        raise faults[0]
    return parts


def examine_parts(items: Table, reasons: Table, header: Table) -> tuple[Parts, tuple[FormFault, ...]]:
    """As ``parse_parts``, with all faults; the parts are what could be read."""
    faults = _Faults()
    typed: dict[str, tuple[Choice, ...]] = {}
    for rule in reasons.keys() - {CHECKED}:
        typed[rule] = faults.take(Place("reasons.toml", rule).choices, reasons[rule]) or ()
    broken = frozenset(name for name in items.keys() - {CHECKED} if _item_faults(name, items[name], typed, faults))
    place = Place("header.toml", "fields")
    tables = faults.take(place.tables, header, "fields") or []
    whole = {name: table for name, table in items.items() if name not in broken | {CHECKED}}
    parts = Parts(whole, typed, tuple(tables), broken)
    _page_fields(place, parts.header, parts, faults)
    return parts, tuple(faults.found)


def _item_faults(name: str, item: Any, reasons: Reasons, faults: _Faults) -> bool:
    place, before = Place("items.toml", name), len(faults.found)
    if not isinstance(item, dict):
        faults.found.append(place.fault(name, "表が必要です。"))
        return True
    faults.found.extend(place.unknown(item, ITEM_KEYS))
    for read in FIELD_READERS.values():
        faults.take(read, place, item)
    faults.take(_choices, place, item, reasons)
    return len(faults.found) > before


# -- one form, all forms --


def parse(table: Table, parts: Parts, *, file: str) -> FormDefinition:
    """One form. Raises FormFault when anything in it is missing, unknown or contradicts itself."""
    form, faults = examine(table, parts, file=file)
    if form is None:
        raise faults[0]
    return form


def examine(table: Table, parts: Parts, *, file: str) -> tuple[FormDefinition | None, tuple[FormFault, ...]]:
    """One form, or all that is wrong with it. What one field makes of another is judged once every field can be read.

    Without a form and without a fault: what it lacks is a fault of the shared parts, said there.
    """
    place, faults = Place(file, "form"), _Faults()
    faults.found.extend(place.unknown(table, FORM_KEYS))
    values: dict[str, Any] = {key: faults.take(read, place, table) for key, read in FORM_READERS.items()}
    receipt = _page_fields(Place("header.toml", "fields"), parts.header, parts, _Faults())
    pages = [Page("receipt", "受付", receipt)]
    complete = len(receipt) == len(parts.header)
    for page in faults.take(place.tables, table, "pages") or []:
        at = Place(file, f"pages.{page.get('id', '?')}")
        faults.found.extend(at.unknown(page, PAGE_KEYS))
        tables = faults.take(at.tables, page, "fields") or []
        fields = _page_fields(at, tables, parts, faults)
        complete = complete and len(fields) == len(tables)
        id_, title = faults.take(at.text, page, "id") or "", faults.take(at.text, page, "title") or ""
        pages.append(Page(id_, title, fields, faults.take(at.flag, page, "line") or False))
    if faults.found or not complete:
        return None, tuple(faults.found)
    form = FormDefinition(**values, pages=tuple(pages))
    faults.found.extend(form_faults(place, form))
    return (None if faults.found else form), tuple(faults.found)


def catalogue(tables: Mapping[str, Table], parts: Parts) -> Catalogue:
    """All forms, from file name to table. Raises FormFault, also when two versions of one form overlap in time."""
    examined = examine_all(tables, parts)
    if examined.faults:
        raise examined.faults[0]
    return Catalogue(tuple(form for _file, form in examined.forms))


def examine_all(tables: Mapping[str, Table], parts: Parts) -> Examined:
    """As ``catalogue``, with all faults of all files."""
    forms: list[tuple[str, FormDefinition]] = []
    faults: list[FormFault] = []
    for file, table in sorted(tables.items()):
        form, found = examine(table, parts, file=file)
        faults.extend(found)
        if form is None:
            continue
        if any(other.id == form.id and _overlap(other, form) for _file, other in forms):
            faults.append(FormFault(file, "form", "valid_from", "同じ様式の別の版と期間が重なっています。"))
        else:
            forms.append((file, form))
    return Examined(tuple(forms), tuple(faults))


def _overlap(one: FormDefinition, other: FormDefinition) -> bool:
    return (one.valid_until is None or other.valid_from <= one.valid_until) and (
        other.valid_until is None or one.valid_from <= other.valid_until
    )


# -- fields --


def _page_fields(place: Place, tables: Iterable[Table], parts: Parts, faults: _Faults) -> tuple[FieldDefinition, ...]:
    found = (_field(place, table, parts, faults) for table in tables)
    fields = tuple(one for one in found if one is not None)
    faults.found.extend(page_faults(place, fields))
    return fields


def _field(place: Place, table: Table, parts: Parts, faults: _Faults) -> FieldDefinition | None:
    item = faults.take(place.text, table, "item")
    if item is None or item in parts.broken:
        return None
    if item not in parts.items:
        faults.found.append(place.fault(item, "items.toml に無い情報項目です。"))
        return None
    id_ = faults.take(place.text, table, "id", item)
    at, before = Place(place.file, f"{place.table}.{id_}"), len(faults.found)
    faults.found.extend(at.unknown(table, FIELD_KEYS))
    both = {**parts.items[item], **table}
    values: dict[str, Any] = {key: faults.take(read, at, both) for key, read in FIELD_READERS.items()}
    choices = faults.take(_choices, at, both, parts.reasons)
    if id_ is None or len(faults.found) > before:
        return None
    made = FieldDefinition(id=id_, item=item, choices=choices or (), **values)
    faults.found.extend(field_faults(at, made, parts.reasons))
    return made


def _choices(place: Place, table: Table, reasons: Reasons) -> tuple[Choice, ...]:
    rule = place.text(table, "choices_of", "")
    if not rule:
        return place.choices(table["choices"]) if "choices" in table else ()
    if rule not in reasons:
        raise place.fault("choices_of", "reasons.toml に理由がありません。")
    return reasons[rule]
