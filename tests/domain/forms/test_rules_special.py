"""V14 to V18, V26 and the dated thresholds: each with a case it lets through and one it stops."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from nhi_center import resources
from nhi_center.domain.forms import rules, thresholds
from nhi_center.domain.forms.case import Case
from nhi_center.domain.forms.definition import Catalogue
from nhi_center.domain.forms.loader import Parts
from nhi_center.domain.forms.place import FormFault
from nhi_center.domain.forms.summary import effect_to_json, effects
from tests.domain.forms.builders import FORMER, HEADER, OPEN, THRESHOLDS, TODAY, case, person

Found = set[tuple[str, str]]


def found(one: Case, *rules_wanted: str) -> Found:
    return {(f.rule, f.field) for f in rules.check(one) if f.rule in rules_wanted}


@pytest.fixture
def of_form(catalogue: Catalogue, parts: Parts) -> Callable[..., Case]:
    """A case of any form; who is insured unless the form begins something."""

    def make(form_id: str, *, income: str = "", **values: str) -> Case:
        begins = form_id in ("F01", "F02", "F03")
        one = person(periods=FORMER if begins else OPEN, income_class=income)
        base = case(catalogue, parts, "F02", who=one)
        return Case(
            form=catalogue.get(form_id, TODAY),
            values={**HEADER, **values},
            person=one,
            household=base.household,
            today=TODAY,
            receipt=base.receipt,
            closed_days=base.closed_days,
            reasons=parts.reasons,
            thresholds=THRESHOLDS,
        )

    return make


FOREIGN = {"event": "1", "moved_in": "2026-11-20", "foreigner": "2", "stay_until": "2027-11-20"}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"residence_status": "1", "stay_length": "3"}, set()),
        ({"residence_status": "3", "stay_length": "2"}, set()),
        ({"residence_status": "9", "stay_length": "2"}, {("V14", "residence_status")}),
        ({"residence_status": "10", "stay_length": "2"}, {("V14", "residence_status")}),
        ({"residence_status": "6", "stay_length": "2", "designation": "1"}, set()),
        ({"residence_status": "6", "stay_length": "2", "designation": "2"}, {("V14", "designation")}),
        ({"residence_status": "3", "stay_length": "1"}, {("V14", "stay_length")}),
        ({"residence_status": "8", "stay_length": "1", "stay_proof": "1"}, set()),
        ({"residence_status": "8", "stay_length": "1", "stay_proof": "2"}, {("V14", "stay_proof")}),
        ({"residence_status": "3", "stay_length": "2", "stay_until": "2026-11-01"}, {("V14", "stay_until")}),
    ],
)
def test_v14_residence(of_form: Callable[..., Case], values: dict[str, str], expected: Found) -> None:
    one = of_form("F01", **{**FOREIGN, **values})
    assert found(one, "V14") == expected
    assert all(f.to_ward for f in rules.check(one) if f.rule == "V14")
    assert found(of_form("F01", **{**FOREIGN, **values, "foreigner": "1"}), "V14") == set()


SCHOOL = {
    "applies": "1",
    "special_on": "2026-11-20",
    "school_name": "見本大学",
    "school_from": "2026-04-01",
    "school_until": "2029-03-31",
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"school_name": ""}, {("V15", "school_name")}),
        ({"school_until": "2026-03-31"}, {("V15", "school_until"), ("V15", "special_on")}),
        ({"special_on": "2029-04-01"}, {("V15", "special_on")}),
        ({"applies": "2", "school_name": ""}, set()),
    ],
)
def test_v15_school(of_form: Callable[..., Case], changes: dict[str, str], expected: Found) -> None:
    assert found(of_form("F11", **{**SCHOOL, **changes}), "V15") == expected


FACILITY = {
    "applies": "1",
    "special_on": "2026-11-20",
    "facility_name": "見本苑",
    "facility_evidence": "1",
    "admitted_on": "2026-11-20",
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, set()),
        ({"facility_name": ""}, {("V16", "facility_name")}),
        ({"facility_evidence": ""}, {("V16", "facility_evidence")}),
        ({"admitted_on": "2026-11-21"}, {("V16", "special_on")}),
    ],
)
def test_v16_facility(of_form: Callable[..., Case], changes: dict[str, str], expected: Found) -> None:
    assert found(of_form("F12", **{**FACILITY, **changes}), "V16") == expected


@pytest.mark.parametrize(
    ("form", "income", "wrong"),
    [
        ("F15", "ウ", False),
        ("F15", "オ", True),
        ("F15", "B04", True),
        ("F16", "オ", False),
        ("F16", "ウ", True),
        ("F16", "B01", True),
        ("F13", "オ", False),
        ("F14", "B04", False),
        ("F17", "ウ", False),
    ],
)
def test_v18_the_application_fits_the_class(of_form: Callable[..., Case], form: str, income: str, wrong: bool) -> None:
    assert found(of_form(form, income=income), "V18") == ({("V18", "filed_on")} if wrong else set())


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        ((("2026-08-01", "2026-10-30"),), set()),  # 91 days
        ((("2026-08-02", "2026-10-30"),), {("V18", "long_stay")}),  # 90 days are not more than 90
        ((("2026-08-01", "2026-09-30"), ("2026-10-01", "2026-10-30")), set()),
        ((("2026-08-01", "2026-09-30"), ("2026-09-30", "2026-10-30")), {("V18", "stay2_until"), ("V18", "long_stay")}),
        ((("2026-10-30", "2026-08-01"),), {("V18", "stay1_until"), ("V18", "long_stay")}),
        ((("2025-01-01", "2025-11-23"),), {("V18", "long_stay")}),  # before the twelve months
    ],
)
def test_v18_a_long_stay_is_more_than_90_days(
    of_form: Callable[..., Case], stays: tuple[tuple[str, str], ...], expected: Found
) -> None:
    rows = {
        f"stay{number}_{end}": day
        for number, pair in enumerate(stays, 1)
        for end, day in zip(("from", "until"), pair, strict=True)
    }
    assert found(of_form("F16", income="オ", long_stay="1", **rows), "V18") == expected


def test_v26_what_the_paper_lacks_goes_to_the_ward(of_form: Callable[..., Case]) -> None:
    one = of_form("F20", mail_protected="2")
    assert ("V26", "mail_protected") in found(one, "V26")
    assert all(f.to_ward for f in rules.check(one) if f.rule == "V26")
    assert found(of_form("F20", mail_protected="1"), "V26") == set()


def test_a_sequence_of_another_collection_is_answered_by_the_ward_alone(catalogue: Catalogue, parts: Parts) -> None:
    name = "葛\U000e0100城　見本子"
    one = case(catalogue, parts, "F02", more={"own_sequences": frozenset({"葛\U000e0102"})}, name=name)
    (finding,) = [f for f in rules.check(one) if (f.rule, f.field) == ("V22", "name")]
    assert {choice.code for choice in finding.reasons} == {"2", "9"}


def shipped() -> dict[str, Any]:
    return copy.deepcopy(resources.read_toml("rules/thresholds.toml"))


def test_the_shipped_thresholds_say_when_and_against_what_they_were_checked() -> None:
    table = thresholds.parse(shipped())
    assert all(one.checked >= date(2026, 1, 1) and one.sources for one in table.periods)
    assert table.on(date(1990, 1, 1)) is table.periods[0]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"filing_days": 0}, "filing_days"),
        ({"filing_days": "14"}, "filing_days"),
        ({"checked": "昨日"}, "checked"),
        ({"sources": []}, "sources"),
        ({"shifts": {"L6": 2}}, "shifts"),
        ({"residence": {"never": []}}, "residence"),
        ({"colour": 1}, "colour"),
        ({"valid_until": date(2000, 1, 1)}, "valid_until"),
    ],
)
def test_a_broken_threshold_is_named(change: dict[str, Any], field: str) -> None:
    table = shipped()
    table["periods"][0] |= change
    with pytest.raises(FormFault) as caught:
        thresholds.parse(table)
    assert (caught.value.file, caught.value.field) == ("thresholds.toml", field)


@pytest.mark.parametrize("until", [None, date(2027, 3, 30), date(2027, 4, 1)])
def test_periods_meet_without_a_gap(until: date | None) -> None:
    table = shipped()
    later = {**table["periods"][0], "valid_from": date(2027, 4, 1), "filing_days": 20}
    first = {**table["periods"][0], **({"valid_until": until} if until else {})}
    with pytest.raises(FormFault):
        thresholds.parse({"periods": [first, later]})
    good = thresholds.parse({"periods": [{**first, "valid_until": date(2027, 3, 31)}, later]})
    assert (good.on(date(2027, 3, 31)).filing_days, good.on(date(2027, 4, 1)).filing_days) == (14, 20)


@pytest.mark.parametrize(
    ("form", "values", "expected"),
    [
        ("F03", {"moved_in": "2026-11-20"}, {"kind": "apply_start", "code": "A1", "date": "2026-11-20"}),
        ("F04", {"moved_out": "2026-11-20", "same_day_move": "0"}, {"kind": "apply_end", "code": "L1", "date": "2026-11-21"}),
        ("F06", {"event": "3", "joined_on": "2026-11-20"}, {"kind": "lose", "code": "L4", "date": "2026-11-20"}),
        ("F06", {"event": "5", "joined_on": "2026-11-20"}, {"kind": "lose", "code": "L9", "date": "2026-11-21"}),
        ("F07", {"changed_on": "2026-11-20", "name_after": "見本　新子"}, {"kind": "change", "changes": {"name": "見本　新子"}}),
        ("F11", {"special_on": "2026-11-20", "applies": "2"}, {"kind": "special", "mark": "student", "on": False}),
        ("F20", {"filed_on": "2026-11-24", "mail_action": "1"}, {"kind": "mark", "mark": "mailing", "on": True}),
        ("F22", {"filed_on": "2026-11-24"}, {"kind": "route", "date": "2026-11-24"}),
        ("F23", {"filed_on": "2026-11-24"}, {"kind": "collect", "date": "2026-11-24"}),
        ("F14", {"filed_on": "2026-11-24", "document": "1"}, {"kind": "certificate", "certificate": "shikaku"}),
    ],
)
def test_every_kind_of_form_has_its_effect(
    catalogue: Catalogue, form: str, values: dict[str, str], expected: dict[str, object]
) -> None:
    one = person(periods=FORMER if form == "F03" else OPEN)
    effect = effects(catalogue.get(form, TODAY), values, one, TODAY).effect
    assert effect is not None
    assert expected.items() <= effect_to_json(effect).items()
