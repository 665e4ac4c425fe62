"""What a definition must not contradict, once it could be read: inside one field, on one page, and in the whole form."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from nhi_center.domain.eligibility import REASONS as EVENTS
from nhi_center.domain.forms.definition import (
    BEGINS,
    COLUMNS,
    EVENT_FIELD,
    WITH_EVENT,
    FieldDefinition,
    FieldType,
    FormDefinition,
    Required,
)
from nhi_center.domain.forms.place import FormFault, Place

CHANGEABLE = frozenset({"name", "kana", "roman", "alias", "postal", "address", "phone", "household", "relation", "head_name"})
"""What of a person of the register a 変更 may change."""


def field_faults(place: Place, field: FieldDefinition, rules: Collection[str]) -> Iterator[FormFault]:
    """``rules``: those that have typed reasons."""
    if (field.type is FieldType.CHOICE) != bool(field.choices):
        yield place.fault(field.id, "選択肢は choice の欄にだけ、必ず置きます。")
    if field.required is Required.ALWAYS and field.when is not None:
        yield place.fault(field.id, '条件のある必須の欄は required = "C" にします。')
    if field.required is Required.CONDITION and field.when is None and not field.answers:
        yield place.fault(field.id, "条件付き必須には when か answers が必要です。")
    if field.critical and not field.keyed_twice:
        yield place.fault(field.id, "重要な欄は二度入力にしてください。")
    if (field.fills and field.type is not FieldType.POSTAL) or (field.reading and field.type is not FieldType.NAME):
        yield place.fault(field.id, "fills は郵便番号に、reading は氏名に置きます。")
    if field.exact and not field.length:
        yield place.fault(field.id, "桁数ちょうどの欄には length が必要です。")
    if field.answers and field.answers not in rules:
        yield place.fault(field.id, "reasons.toml に理由がありません。")


def page_faults(place: Place, fields: Iterable[FieldDefinition]) -> Iterator[FormFault]:
    """The fields stand in the paper's order, and a row is as wide as the grid at most."""
    widths: dict[int, int] = {}
    row = 0
    for field in fields:
        if field.row < row:
            yield place.fault(field.id, "行は紙の順に並べてください。")
        row = field.row
        widths[row] = widths.get(row, 0) + field.width
        if widths[row] > COLUMNS:
            yield place.fault(field.id, f"1行の幅が{COLUMNS}を超えています。")


def form_faults(place: Place, form: FormDefinition) -> Iterator[FormFault]:
    ids = [field.id for field in form.fields()]
    for field_id in sorted({one for one in ids if ids.count(one) > 1}):
        yield place.fault(field_id, "同じ欄が二度あります。")
    for key, name, kind in (
        ("fact", form.fact, FieldType.DATE),
        ("stated", form.stated, FieldType.DATE),
        ("same_day", form.same_day, FieldType.FLAG),
    ):
        if name and (name not in ids or form.field(name).type is not kind):
            yield place.fault(key, f"{kind} の欄を指してください。")
    yield from _condition_faults(place, form, ids)
    for field in form.fields():
        for key, target, kind in (("fills", field.fills, FieldType.ADDRESS), ("reading", field.reading, FieldType.KANA)):
            # An item names its partner for every form; a form that does not ask for the partner goes without.
            if target in ids and form.field(target).type is not kind:
                yield place.fault(field.id, f"{key} は {kind} の欄を指してください。")
    yield from _event_faults(place, form)
    for attribute, name in form.changes:
        if attribute not in CHANGEABLE or name not in ids:
            yield place.fault("changes", "台帳の項目と、この様式の欄の組にしてください。")
    if form.valid_until is not None and form.valid_until < form.valid_from:
        yield place.fault("valid_until", "使い始める日より前です。")


def _condition_faults(place: Place, form: FormDefinition, ids: Sequence[str]) -> Iterator[FormFault]:
    for at, field in enumerate(form.fields()):
        if field.when is None:
            continue
        if field.when.field not in ids[:at]:
            yield place.fault(field.id, "条件の欄が、この様式のこの欄より前にありません。")
            continue
        asked = form.field(field.when.field)
        codes = {choice.code for choice in asked.choices} or ({"0", "1"} if asked.type is FieldType.FLAG else set())
        if not field.when.values or not codes.issuperset(field.when.values):
            yield place.fault(field.id, "条件の値が、条件の欄の選択肢にありません。")


def _event_faults(place: Place, form: FormDefinition) -> Iterator[FormFault]:
    if (form.effect in WITH_EVENT) != bool(form.event or form.events) or (form.event and form.events):
        yield place.fault("event", "資格を変える届出にだけ、事由を event か events の一方で置きます。")
    begins = form.effect in BEGINS
    for code in (form.event, *(code for _number, code in form.events)):
        if code and (code not in EVENTS or EVENTS[code].acquires is not begins):
            yield place.fault("event", "この届出の事由ではありません。")
    if form.events:
        numbers = [choice.code for choice in form.field(EVENT_FIELD).choices] if form.has(EVENT_FIELD) else []
        if numbers != [number for number, _code in form.events]:
            yield place.fault("events", "欄 event の選択肢と番号を揃えてください。")
