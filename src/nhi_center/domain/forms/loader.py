"""Form definitions from parsed TOML. A fault names file, table and field, so that the ward can mend its own file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from nhi_center.domain.eligibility import REASONS as EVENTS
from nhi_center.domain.forms.definition import (
    BEGINS,
    COLUMNS,
    EVENT_FIELD,
    WITH_EVENT,
    Catalogue,
    Choice,
    Condition,
    EffectKind,
    FieldDefinition,
    FieldType,
    FormDefinition,
    InputMode,
    Page,
    Required,
)
from nhi_center.domain.forms.prefill import SOURCES

E = TypeVar("E", bound=StrEnum)
Table = Mapping[str, Any]
Reasons = Mapping[str, tuple[Choice, ...]]
"""Typed reasons for each warning, by rule number."""

ITEM_KEYS = frozenset(
    {"label", "type", "length", "exact", "mode", "choices", "choices_of", "keyed_twice", "critical", "source"}
    | {"hint", "check", "birth", "house_number", "answers", "required", "typed_number", "carry", "fills", "reading"}
)
FIELD_KEYS = ITEM_KEYS | {"id", "item", "required", "when", "answers", "row", "width"}
FORM_KEYS = frozenset(field.name for field in fields(FormDefinition))
CHANGEABLE = frozenset({"name", "kana", "roman", "alias", "postal", "address", "phone", "household", "relation", "head_name"})
"""What of a person of the register a 変更 may change."""
CHECKS = frozenset({"", "insurer", "residence_card"})


class FormFault(Exception):
    """A form file that cannot be used: where, and why."""

    def __init__(self, file: str, table: str, field: str, reason: str) -> None:
        super().__init__(f"{file} [{table}] {field}: {reason}")
        self.file = file
        self.table = table
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Parts:
    """What all forms share: items (情報項目), typed reasons, and the fields of the first page (受付)."""

    items: Mapping[str, Table]
    reasons: Reasons
    header: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the loader stands, for the fault it may have to raise."""

    file: str
    table: str

    def fault(self, field: str, reason: str) -> FormFault:
        return FormFault(self.file, self.table, field, reason)

    def text(self, table: Table, key: str, default: str | None = None) -> str:
        value = table.get(key, default)
        if not isinstance(value, str) or (default is None and not value):
            raise self.fault(key, "文字列が必要です。")
        return value

    def whole(self, table: Table, key: str, default: int) -> int:
        value = table.get(key, default)
        if type(value) is not int or value < 0:
            raise self.fault(key, "0以上の整数が必要です。")
        return value

    def flag(self, table: Table, key: str) -> bool:
        value = table.get(key, False)
        if type(value) is not bool:
            raise self.fault(key, "true か false が必要です。")
        return value

    def day(self, table: Table, key: str) -> date | None:
        value = table.get(key)
        if value is not None and type(value) is not date:
            raise self.fault(key, "日付が必要です。")
        return value

    def sentences(self, table: Table, key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self.fault(key, "文の並びが必要です。")
        return tuple(value)

    def pairs(self, table: Table, key: str) -> tuple[tuple[str, str], ...]:
        value = table.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(entry, str) for entry in value.values()):
            raise self.fault(key, "名前と文字列の表が必要です。")
        return tuple(value.items())

    def tables(self, table: Table, key: str) -> list[Table]:
        value = table.get(key, [])
        if not isinstance(value, list) or not value or not all(isinstance(entry, dict) for entry in value):
            raise self.fault(key, "表の並びが必要です。")
        return value

    def only(self, table: Table, allowed: Iterable[str]) -> None:
        for key in sorted(set(table) - set(allowed)):
            raise self.fault(key, "知らない項目です。")


def parse_parts(items: Table, reasons: Table, header: Table) -> Parts:
    """The parts shared by all forms, from items.toml, reasons.toml and header.toml. Raises FormFault."""
    parsed_items: dict[str, Table] = {}
    for name, table in items.items():
        place = _Place("items.toml", name)
        if not isinstance(table, dict):
            raise place.fault(name, "表が必要です。")
        place.only(table, ITEM_KEYS)
        parsed_items[name] = table
    parsed_reasons = {name: _choices(_Place("reasons.toml", name), table) for name, table in reasons.items()}
    return Parts(parsed_items, parsed_reasons, tuple(_Place("header.toml", "fields").tables(header, "fields")))


def parse(table: Table, parts: Parts, *, file: str) -> FormDefinition:
    """One form. Raises FormFault when anything in it is missing, unknown or contradicts itself."""
    place = _Place(file, "form")
    place.only(table, FORM_KEYS)
    pages = [Page("receipt", "受付", _page_fields(_Place("header.toml", "fields"), parts.header, parts))]
    for page in place.tables(table, "pages"):
        page_place = _Place(file, f"pages.{page.get('id', '?')}")
        page_place.only(page, {"id", "title", "line", "fields"})
        page_fields = _page_fields(page_place, page_place.tables(page, "fields"), parts)
        line = page_place.flag(page, "line")
        pages.append(Page(page_place.text(page, "id"), page_place.text(page, "title"), page_fields, line))
    valid_from = place.day(table, "valid_from")
    if valid_from is None:
        raise place.fault("valid_from", "使い始める日が必要です。")
    form = FormDefinition(
        id=place.text(table, "id"),
        title=place.text(table, "title"),
        name=place.text(table, "name"),
        article=place.text(table, "article"),
        effect=_member(place, EffectKind, table, "effect"),
        section=place.text(table, "section", ""),
        sheet=place.text(table, "sheet", ""),
        event=place.text(table, "event", ""),
        events=place.pairs(table, "events"),
        changes=place.pairs(table, "changes"),
        document=place.text(table, "document", ""),
        mark=place.text(table, "mark", ""),
        follows=place.sentences(table, "follows"),
        fact=place.text(table, "fact"),
        stated=place.text(table, "stated", ""),
        same_day=place.text(table, "same_day", ""),
        deadline=place.flag(table, "deadline"),
        valid_from=valid_from,
        valid_until=place.day(table, "valid_until"),
        notes=place.sentences(table, "notes"),
        pages=tuple(pages),
    )
    _check_form(place, form)
    return form


def catalogue(tables: Mapping[str, Table], parts: Parts) -> Catalogue:
    """All forms, from file name to table. Raises FormFault, also when two versions of one form overlap in time."""
    forms: list[FormDefinition] = []
    for file, table in sorted(tables.items()):
        form = parse(table, parts, file=file)
        if any(other.id == form.id and _overlap(other, form) for other in forms):
            raise FormFault(file, "form", "valid_from", "同じ様式の別の版と期間が重なっています。")
        forms.append(form)
    return Catalogue(tuple(forms))


def _page_fields(place: _Place, tables: Iterable[Table], parts: Parts) -> tuple[FieldDefinition, ...]:
    parsed = tuple(_field(place, table, parts) for table in tables)
    widths: dict[int, int] = {}
    row = 0
    for field in parsed:
        if field.row < row:
            raise place.fault(field.id, "行は紙の順に並べてください。")
        row = field.row
        widths[row] = widths.get(row, 0) + field.width
        if widths[row] > COLUMNS:
            raise place.fault(field.id, f"1行の幅が{COLUMNS}を超えています。")
    return parsed


def _field(place: _Place, table: Table, parts: Parts) -> FieldDefinition:
    item_id = place.text(table, "item")
    item = parts.items.get(item_id)
    if item is None:
        raise place.fault(item_id, "items.toml に無い情報項目です。")
    at = _Place(place.file, f"{place.table}.{table.get('id', item_id)}")
    at.only(table, FIELD_KEYS)
    both = {**item, **table}
    source = at.text(both, "source", "")
    if source and source not in SOURCES:
        raise at.fault("source", "知らない取り出し元です。")
    check = at.text(both, "check", "")
    if check not in CHECKS:
        raise at.fault("check", "知らない検証番号です。")
    field = FieldDefinition(
        id=at.text(both, "id", item_id),
        item=item_id,
        label=at.text(both, "label"),
        type=_member(at, FieldType, both, "type"),
        required=_member(at, Required, both, "required", Required.OPTIONAL),
        when=_condition(at, both.get("when")),
        length=at.whole(both, "length", 0),
        exact=at.flag(both, "exact"),
        mode=_member(at, InputMode, both, "mode", InputMode.KANJI),
        choices=_field_choices(at, both, parts.reasons),
        keyed_twice=at.flag(both, "keyed_twice"),
        critical=at.flag(both, "critical"),
        source=source,
        hint=at.text(both, "hint", ""),
        answers=at.text(both, "answers", ""),
        check=check,
        typed_number=at.flag(both, "typed_number"),
        carry=at.flag(both, "carry"),
        birth=at.flag(both, "birth"),
        house_number=at.flag(both, "house_number"),
        fills=at.text(both, "fills", ""),
        reading=at.text(both, "reading", ""),
        row=at.whole(both, "row", 1),
        width=at.whole(both, "width", COLUMNS),
    )
    _check_field(at, field, parts.reasons)
    return field


def _check_field(place: _Place, field: FieldDefinition, reasons: Reasons) -> None:
    if (field.type is FieldType.CHOICE) != bool(field.choices):
        raise place.fault(field.id, "選択肢は choice の欄にだけ、必ず置きます。")
    if field.required is Required.ALWAYS and field.when is not None:
        raise place.fault(field.id, '条件のある必須の欄は required = "C" にします。')
    if field.required is Required.CONDITION and field.when is None and not field.answers:
        raise place.fault(field.id, "条件付き必須には when か answers が必要です。")
    if field.critical and not field.keyed_twice:
        raise place.fault(field.id, "重要な欄は二度入力にしてください。")
    if (field.fills and field.type is not FieldType.POSTAL) or (field.reading and field.type is not FieldType.NAME):
        raise place.fault(field.id, "fills は郵便番号に、reading は氏名に置きます。")
    if field.exact and not field.length:
        raise place.fault(field.id, "桁数ちょうどの欄には length が必要です。")
    if field.answers and field.answers not in reasons:
        raise place.fault(field.id, "reasons.toml に理由がありません。")


def _check_form(place: _Place, form: FormDefinition) -> None:
    ids = [field.id for field in form.fields()]
    for field_id in ids:
        if ids.count(field_id) > 1:
            raise place.fault(field_id, "同じ欄が二度あります。")
    for key, name, kind in (
        ("fact", form.fact, FieldType.DATE),
        ("stated", form.stated, FieldType.DATE),
        ("same_day", form.same_day, FieldType.FLAG),
    ):
        if name and (name not in ids or form.field(name).type is not kind):
            raise place.fault(key, f"{kind} の欄を指してください。")
    for field in form.fields():
        if field.when is not None and field.when.field not in ids:
            raise place.fault(field.id, "条件の欄がこの様式にありません。")
        for key, target, kind in (("fills", field.fills, FieldType.ADDRESS), ("reading", field.reading, FieldType.KANA)):
            # An item names its partner for every form; a form that does not ask for the partner goes without.
            if target in ids and form.field(target).type is not kind:
                raise place.fault(field.id, f"{key} は {kind} の欄を指してください。")
    _check_event(place, form)
    for attribute, name in form.changes:
        if attribute not in CHANGEABLE or name not in ids:
            raise place.fault("changes", "台帳の項目と、この様式の欄の組にしてください。")
    if form.valid_until is not None and form.valid_until < form.valid_from:
        raise place.fault("valid_until", "使い始める日より前です。")


def _check_event(place: _Place, form: FormDefinition) -> None:
    if (form.effect in WITH_EVENT) != bool(form.event or form.events) or (form.event and form.events):
        raise place.fault("event", "資格を変える届出にだけ、事由を event か events の一方で置きます。")
    begins = form.effect in BEGINS
    for code in (form.event, *(code for _number, code in form.events)):
        if code and (code not in EVENTS or EVENTS[code].acquires is not begins):
            raise place.fault("event", "この届出の事由ではありません。")
    if form.events:
        numbers = [choice.code for choice in form.field(EVENT_FIELD).choices] if form.has(EVENT_FIELD) else []
        if numbers != [number for number, _code in form.events]:
            raise place.fault("events", "欄 event の選択肢と番号を揃えてください。")


def _field_choices(place: _Place, table: Table, reasons: Reasons) -> tuple[Choice, ...]:
    rule = place.text(table, "choices_of", "")
    if not rule:
        return _choices(place, table["choices"]) if "choices" in table else ()
    if rule not in reasons:
        raise place.fault("choices_of", "reasons.toml に理由がありません。")
    return reasons[rule]


def _choices(place: _Place, value: Any) -> tuple[Choice, ...]:
    if not isinstance(value, dict) or not value or not all(isinstance(label, str) and label for label in value.values()):
        raise place.fault("choices", "番号と言葉の表が必要です。")
    if not all(code.isascii() and code.isdigit() for code in value):
        raise place.fault("choices", "選択肢は番号で選びます。")
    return tuple(Choice(code, label) for code, label in value.items())


def _condition(place: _Place, value: Any) -> Condition | None:
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) != {"field", "is"} or not isinstance(value["is"], list):
        raise place.fault("when", "when = { field = 欄, is = [値] } の形が必要です。")
    return Condition(str(value["field"]), tuple(str(entry) for entry in value["is"]))


def _member(place: _Place, kind: type[E], table: Table, key: str, default: E | None = None) -> E:
    value = table.get(key, default)
    try:
        return kind(value)
    except ValueError:
        raise place.fault(key, f"{'、'.join(member.value for member in kind)} のどれかです。") from None


def _overlap(one: FormDefinition, other: FormDefinition) -> bool:
    return (one.valid_until is None or other.valid_from <= one.valid_until) and (
        other.valid_until is None or one.valid_from <= other.valid_until
    )
