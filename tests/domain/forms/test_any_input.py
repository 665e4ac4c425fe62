"""Whatever comes into a field, of whatever type: a reading comes back, with a value or a problem, and nothing else happens."""

from __future__ import annotations

import random
from datetime import date
from itertools import cycle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.forms import types
from nhi_center.domain.forms.definition import Choice, FieldDefinition, FieldType, InputMode
from nhi_center.domain.identifiers import find_individual_number

TODAY = date(2026, 11, 24)
CHOICES = (Choice("1", "男"), Choice("2", "女"), Choice("10", "兄弟姉妹"))


def _field(kind: FieldType, **changes: object) -> FieldDefinition:
    choices = CHOICES if kind is FieldType.CHOICE else ()
    return FieldDefinition(id="f", item="f", label="欄", type=kind, choices=choices, **changes)  # type: ignore[arg-type]


FIELDS = (
    *map(_field, FieldType),
    _field(FieldType.DATE, birth=True, length=20),
    _field(FieldType.TEXT, mode=InputMode.DIRECT, length=20),
    _field(FieldType.TEXT, mode=InputMode.DIRECT, length=14, typed_number=True),
    _field(FieldType.ADDRESS, house_number=True, length=250),
    _field(FieldType.CODE, length=8, exact=True),
    _field(FieldType.CODE, check="insurer"),
    _field(FieldType.CODE, check="residence_card"),
    _field(FieldType.CODE, length=15, typed_number=True),
    _field(FieldType.NAME, length=100),
    _field(FieldType.NUMBER, length=2),
)
PIECES = (
    *("葛", "\U000e0102", "\U000e0100", "\ufe00", "\U00020bb7", "邉", "見本", "か", "\u3099", "ﾐ", "ﾞ", "ｰ", "ー", "−", "－"),
    *("0", "1", "5", "９", "３", "12", "2026", "1970", "00", "٣", "①", "㍻", "元", "年", "月", "日", "不詳", "月日は不詳", "は"),
    *("S", "s", "R", "Ｈ", "昭和", "令和", "平", "M", "T", "(", ")", "（", "、", "。", ".", "/", "・", "〒", "+81", "丁目"),
    *(" ", "\u3000", "\t", "\n", "\r", "\x00", "\x1b", "\u200b", "\u202e", "\ufeff", "\u2028", "\ud800", "\ue000", "\xa0"),
    *("A", "ab", "Ｚ", "O'BRIEN", "é", "ß", "ŉ", "ﬁ", "İ", "한", "\u0627", "\u200d", "ヶ", "ヴ", "1 男", "男", "はい", "-", "―"),
    *("1234", "5678", "9018", "123456789018", "AB12345678CD", "1600021", "138040", "無番地", "\U0010ffff"),
)


def _judge(field: FieldDefinition, text: str) -> types.FieldReading:
    reading = types.read(field, text, TODAY)
    assert isinstance(reading, types.FieldReading)
    assert not (reading.value and reading.problem), "a value or a problem, never both"
    assert not (reading.problem and not reading.problem.endswith("。"))
    reading.value.encode("utf-8")
    if not field.typed_number:
        assert find_individual_number(reading.value) is None
    return reading


def test_100_000_inputs_of_any_kind_give_a_reading_and_nothing_else() -> None:
    chance = random.Random(20261124)
    read = 0
    for number, field in zip(range(100_000), cycle(FIELDS), strict=False):
        reading = _judge(field, "".join(chance.choices(PIECES, k=chance.randrange(7))))
        read += bool(reading.value)
        if reading.value and number % 5 == 0:
            again = _judge(field, reading.value)
            assert (again.value, again.display) == (reading.value, reading.display)
    assert read > 10_000, "most of it was refused: the inputs prove nothing"


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.type}-{field.check or field.length}")
@given(text=st.text(max_size=20) | st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_reading_a_value_again_gives_the_same(field: FieldDefinition, text: str) -> None:
    first = _judge(field, text)
    again = _judge(field, first.value)
    assert (again.value, again.display, again.problem) == (first.value, first.display, "")
    if first.value and first.notice:
        assert first.notice.endswith(("。", ")"))
