from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from nhi_center.domain import eligibility
from nhi_center.domain.calendar import birthday75, elderly_start
from nhi_center.domain.people import Household, Person, person_from_json, person_to_json
from nhi_center.gateway.training_data import load_material
from nhi_center.synthesis import cast
from nhi_center.synthesis.material import Material
from nhi_center.synthesis.names import RARE_SURNAMES, VARIANT_SURNAMES
from nhi_center.synthesis.ward import people

TODAY = date(2026, 11, 24)
COUNT = 20_000
IPAMJ = Path("/usr/share/fonts/truetype/ipamj/ipamjm.ttf")
FIRST_SELECTOR, LAST_SELECTOR = 0xE0100, 0xE01EF


@pytest.fixture(scope="module")
def material() -> Material:
    return load_material()


@pytest.fixture(scope="module")
def ward(material: Material) -> list[Person]:
    return list(people(material, COUNT, 1, TODAY))


@pytest.fixture(scope="module")
def households(ward: list[Person]) -> dict[str, Household]:
    members: dict[str, list[Person]] = defaultdict(list)
    for person in ward:
        members[person.household].append(person)
    return {number: Household.gather(number, some) for number, some in members.items()}


def share(part: int) -> float:
    return part / COUNT


def has_selector(name: str) -> bool:
    return any(FIRST_SELECTOR <= ord(character) <= LAST_SELECTOR for character in name)


def test_same_seed_same_ward_other_seed_other_ward(material: Material) -> None:
    first = list(people(material, 500, 7, TODAY))
    assert first == list(people(material, 500, 7, TODAY))
    assert first[:10] == list(people(material, 500, 8, TODAY))[:10]
    assert first[10:] != list(people(material, 500, 8, TODAY))[10:]


@pytest.mark.parametrize("count", [1, 9, 10, 11, 257])
def test_exactly_as_many_as_asked(material: Material, count: int) -> None:
    assert [person.atena for person in people(material, count, 1, TODAY)] == [f"{n:08}" for n in range(1, count + 1)]


def test_every_person_can_be_carried(ward: list[Person]) -> None:
    for person in ward:
        assert person_from_json(person_to_json(person)) == person


def test_households_have_one_head_who_is_named_by_all(households: dict[str, Household]) -> None:
    for household in households.values():
        assert household.head_problem() == ""
        assert household.head is not None
        assert {(p.head_atena, p.head_name) for p in household.members} == {(household.head.atena, household.head.name)}


def test_periods_obey_the_table_of_reasons(ward: list[Person]) -> None:
    for person in ward:
        for place, period in enumerate(person.periods):
            assert person.birth <= period.acquired <= TODAY
            assert eligibility.check_age(person.birth, period.acquired) is None
            assert eligibility.check_period(period) is None
            assert not any(eligibility.overlaps(earlier, period) for earlier in person.periods[:place])
            assert period.lost is None or period.lost <= TODAY
            assert period.acquired_code != "A3" or period.acquired == person.birth
            assert period.lost_code != "L6" or period.lost == birthday75(person.birth)
        assert not (person.insured_on(TODAY) and birthday75(person.birth) <= TODAY)


def test_numbers_belong_to_who_was_ever_insured(households: dict[str, Household]) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for household in households.values():
        insured = [person for person in household.members if person.periods]
        assert all(not (p.symbol or p.number or p.branch) for p in household.members if not p.periods)
        assert len({(person.symbol, person.number) for person in insured}) <= 1
        assert sorted(person.branch for person in insured) == [f"{n:02}" for n in range(1, len(insured) + 1)]
        seen.update({(person.symbol, person.number) for person in insured})
    assert set(seen.values()) == {1}
    assert max(number for _, number in seen) < "9000000"


def test_income_classes_fit_age_and_standing(ward: list[Person]) -> None:
    for person in ward[10:]:
        if not person.insured_on(TODAY):
            assert person.income_class == ""
        elif person.income_class:
            assert person.income_class.startswith("B") == (elderly_start(person.birth) <= TODAY)
        if person.undeclared and person.income_class and elderly_start(person.birth) > TODAY:
            assert person.income_class == "ア"


def test_70_and_75_fall_inside_the_year(ward: list[Person]) -> None:
    first, last = date(2026, 4, 1), date(2027, 3, 31)
    assert sum(first <= elderly_start(person.birth) <= last for person in ward) > 100
    assert sum(first <= birthday75(person.birth) <= last and person.periods != () for person in ward) > 100
    assert {(TODAY - person.birth).days // 3653 for person in ward} >= set(range(10))


def test_shares_are_those_of_a_ward(ward: list[Person], households: dict[str, Household]) -> None:
    assert 0.015 < share(sum(has_selector(person.name) for person in ward)) < 0.027
    assert 0.001 < share(sum(any(ord(c) > 0xFFFF and not has_selector(c) for c in p.name) for p in ward)) < 0.02
    assert any("髙" in person.name for person in ward)
    assert any("﨑" in person.name for person in ward)
    assert 0.08 < share(sum(person.nationality != "" for person in ward)) < 0.15
    assert any(person.alias for person in ward)
    assert any(person.roman and person.name == person.roman for person in ward)
    assert 0.6 < share(sum(person.insured_on(TODAY) for person in ward)) < 0.85
    assert 0.1 < share(sum(person.periods != () and not person.insured_on(TODAY) for person in ward)) < 0.35
    assert sum(household.has_nominal_head(TODAY) for household in households.values()) > 200
    assert {person.card for person in ward} == {"有", "無", "未確認"}
    for flag in ("arrears", "undeclared", "protected"):
        assert 0 < share(sum(getattr(person, flag) for person in ward)) < 0.05


def test_surnames_are_as_uneven_as_in_life(ward: list[Person]) -> None:
    names = Counter(person.name.split("　")[0] for person in ward if not person.nationality)
    (_, most), *_ = names.most_common(1)
    assert 0.01 < most / COUNT < 0.03
    assert len(names) > 1000


def test_addresses_and_telephones_are_nobodys(ward: list[Person]) -> None:
    assert all(person.address.startswith("東京都新宿区") for person in ward)
    assert all(person.postal[:3] in {"160", "161", "162", "169"} for person in ward)
    assert all(person.phone.startswith(("0300", "0900")) for person in ward)


def test_cast_stands_first_as_documented(ward: list[Person]) -> None:
    assert ward[:10] == list(cast.cast())
    by_atena = {person.atena: person for person in ward[:10]}
    variant = by_atena[cast.F02_VARIANT]
    assert (variant.name, variant.kana, variant.birth) == ("葛\U000e0102城　見本子", "カツラギ　ミホコ", date(1970, 3, 12))
    assert (variant.postal, variant.card, variant.insured_on(TODAY)) == ("1600021", "無", False)
    assert "\U00020bb7" in by_atena[cast.F02_NON_BMP].name
    assert by_atena[cast.F05_FIRST].insured_on(TODAY)
    clear, arrears = by_atena[cast.F15_CLEAR], by_atena[cast.F15_ARREARS]
    assert (clear.income_class, clear.arrears, clear.card, clear.insured_on(TODAY)) == ("ウ", False, "無", True)
    assert arrears.arrears
    assert by_atena[cast.PROTECTED].protected


@pytest.mark.skipif(not IPAMJ.exists(), reason="needs the font package fonts-ipamj-mincho to read its variation table")
def test_every_special_name_is_drawn_by_ipamj() -> None:
    font = TTFont(IPAMJ)
    table = next(table for table in font["cmap"].tables if table.format == 14)
    pairs = {(base, selector) for selector, bases in table.uvsDict.items() for base, _ in bases}
    plain = font.getBestCmap()
    for surname, _ in (*VARIANT_SURNAMES, *RARE_SURNAMES):
        for character, following in zip(surname, (*surname[1:], ""), strict=True):
            if has_selector(character):
                continue
            assert ord(character) in plain
            assert not has_selector(following) or (ord(character), ord(following)) in pairs
