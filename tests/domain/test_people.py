from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain import people
from nhi_center.domain.people import Household, Period, Person, person_from_json, person_to_json

DAY = date(2026, 11, 24)


def person(**changes: Any) -> Person:
    """An invented person, insured since 2020-04-01."""
    values: dict[str, Any] = {
        "atena": "00001234",
        "household": "0000100",
        "is_head": False,
        "relation": "妻",
        "name": "葛\U000e0102城　見本子",
        "kana": "カツラギ　ミホコ",
        "birth": date(1970, 3, 12),
        "sex": "2",
        "postal": "1608484",
        "address": "東京都新宿区歌舞伎町1-4-1",
        "periods": (Period(date(2020, 4, 1), "A2"),),
        "card": "有",
    }
    return Person(**{**values, **changes})


def test_loss_day_is_not_covered() -> None:
    period = Period(date(2020, 4, 1), "A1", date(2026, 11, 24), "L2")
    assert [period.covers(day) for day in (date(2020, 3, 31), date(2020, 4, 1), date(2026, 11, 23), DAY)] == [
        False,
        True,
        True,
        False,
    ]
    someone = person(periods=(period, Period(date(2027, 1, 1), "A2")))
    assert not someone.insured_on(DAY)
    assert someone.current_period(date(2027, 1, 1)) == Period(date(2027, 1, 1), "A2")
    assert someone.current_period(date(2026, 12, 1)) is None
    assert not Period(DAY, "A1", DAY, "L4").covers(DAY)


def test_household_with_a_nominal_head() -> None:
    head = person(atena="00009999", is_head=True, relation="世帯主", periods=(), birth=date(1980, 1, 1))
    wife = person()
    household = Household.gather("0000100", [wife, person(household="0000200"), head])
    assert household.members == (head, wife)
    assert household.head == head
    assert household.insured(DAY) == (wife,)
    assert household.has_nominal_head(DAY)
    assert not household.has_nominal_head(date(2020, 3, 31))  # nobody was insured then
    assert household.head_problem() == ""
    own = person(atena="00009999", is_head=True, relation="世帯主")
    assert not Household.gather("0000100", [own, wife]).has_nominal_head(DAY)


@pytest.mark.parametrize(
    ("members", "part"),
    [
        ((person(),), "いません"),
        ((person(is_head=True, relation="世帯主"), person(is_head=True, relation="世帯主", atena="00000002")), "2人以上"),
        ((person(is_head=True),), "続柄が合いません"),
        ((person(is_head=True, relation="世帯主"), person(relation="世帯主")), "続柄が合いません"),
    ],
)
def test_a_household_has_one_head(members: tuple[Person, ...], part: str) -> None:
    household = Household("0000100", members)
    assert part in household.head_problem()
    assert (household.head is None) == (sum(member.is_head for member in members) != 1)


days = st.dates(date(1900, 1, 1), date(2040, 12, 31))
persons = st.builds(
    person,
    is_head=st.booleans(),
    relation=st.sampled_from(people.RELATIONS),
    name=st.text(st.sampled_from(["葛", "\U000e0102", "\ufa19", "か", "\u3099", "\u3000", "城"]), min_size=1).filter(str.strip),
    birth=days,
    sex=st.sampled_from("12"),
    periods=st.lists(st.builds(Period, days, st.sampled_from(people.ACQUIRED_CODES)), max_size=3).map(
        lambda found: tuple(sorted(found, key=lambda period: period.acquired))
    ),
    card=st.sampled_from(people.CARD_STATES),
    income_class=st.sampled_from(("", *people.INCOME_CLASSES)),
    arrears=st.booleans(),
    stay_until=st.none() | days,
    nationality=st.text(max_size=5),
)


@given(persons)
def test_json_round_trip_keeps_every_code_point(someone: Person) -> None:
    assert person_from_json(json.loads(json.dumps(person_to_json(someone)))) == someone


def test_json_shape() -> None:
    data = person_to_json(person(periods=(Period(date(2020, 4, 1), "A1", DAY, "L1"),)))
    assert set(data) == set(Person.__dataclass_fields__)
    assert data["birth"] == "1970-03-12"
    assert data["stay_until"] is None
    assert data["periods"] == [{"acquired": "2020-04-01", "acquired_code": "A1", "lost": "2026-11-24", "lost_code": "L1"}]


def test_json_without_optional_fields() -> None:
    data = person_to_json(person())
    short = {key: data[key] for key in people._REQUIRED} | {"periods": data["periods"]}
    assert person_from_json(short) == person()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("atena", "1234"),
        ("atena", "0000123４"),
        ("atena", 1234),
        ("birth", "19700312"),
        ("birth", "S45.3.12"),
        ("birth", None),
        ("sex", "3"),
        ("card", "あり"),
        ("is_head", 1),
        ("name", ""),
        ("name", None),
        ("relation", "いとこ"),
        ("postal", "160-8484"),
        ("phone", "5273"),
        ("branch", "1"),
        ("income_class", "カ"),
        ("stay_until", "2026-02-30"),
        ("periods", "2020-04-01"),
        ("periods", [{"acquired": "2020-04-01"}]),
        ("periods", [{"acquired": "2020-04-01", "acquired_code": "L1"}]),
        ("periods", [{"acquired": "2020-04-01", "acquired_code": "A1", "lost": "2021-04-01"}]),
        ("periods", [{"acquired": "2020-04-01", "acquired_code": "A1", "lost_code": "L1"}]),
        ("periods", [[]]),
        ("kana", 5),
    ],
)
def test_a_bad_field_is_named_and_its_value_is_not(field: str, value: Any) -> None:
    data = {**person_to_json(person()), field: value}
    with pytest.raises(ValueError, match=f"^{field}: not readable$") as caught:
        person_from_json(data)
    assert caught.value.__cause__ is None


def test_missing_and_unknown_fields() -> None:
    data = person_to_json(person())
    with pytest.raises(ValueError, match=r"^birth: missing$"):
        person_from_json({key: value for key, value in data.items() if key != "birth"})
    with pytest.raises(ValueError, match=r"^person: unknown field$"):
        person_from_json({**data, "個人番号": ""})
    with pytest.raises(ValueError, match=r"^person: not an object$"):
        person_from_json([])  # type: ignore[arg-type]
