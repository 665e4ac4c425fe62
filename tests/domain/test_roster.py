"""従事者名簿: what a history adds up to, whose employer is allowed, and when a training counts."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center import resources
from nhi_center.domain.operators import Role
from nhi_center.domain.roster import (
    Act,
    Decision,
    Designation,
    Event,
    RosterEntry,
    State,
    check_designation,
    check_person,
    designation_from_json,
    designation_to_json,
    fold,
)
from nhi_center.domain.roster_gate import faults, warnings
from nhi_center.domain.roster_training import (
    Expiry,
    Standing,
    Training,
    TrainingKind,
    kinds_from_table,
    required,
)
from nhi_center.errors import OperatorError

COMPANY = "見本事務株式会社"
TODAY = date(2026, 11, 24)
KINDS = kinds_from_table(resources.read_toml("roster/training.toml"))
DECISION = Decision("8新健医第0001号", date(2026, 11, 1), "見本 課長")


def person(**changes: Any) -> Designation:
    whole: dict[str, Any] = {
        "name": "葛\U000e0102城　見本代",
        "employer": COMPANY,
        "department": "国保事務センター",
        "role": Role.CLERK,
        "begins": date(2026, 4, 1),
        "ends": date(2027, 3, 31),
        "jobs": "入力",
        "card": "C-1",
        "locker": "1",
    }
    return Designation(**(whole | changes))


def history(*acts: tuple[Act, dict[str, Any]]) -> list[Event]:
    return [
        Event(f"e{number}", "k-mihon", number, act, f"2026-11-24T09:00:{number:02}+09:00", "s-toko", body)
        for number, (act, body) in enumerate(acts, start=1)
    ]


def proposed(**changes: Any) -> tuple[Act, dict[str, Any]]:
    return Act.PROPOSED, designation_to_json(person(**changes))


def reported(number: str, *, leaving: bool = False, **changes: Any) -> tuple[Act, dict[str, Any]]:
    return Act.REPORTED, {
        "number": number,
        "day": "2026-11-24",
        "designation": designation_to_json(person(**changes)),
        "leaving": leaving,
    }


def accepted(number: str) -> tuple[Act, dict[str, Any]]:
    return Act.ACCEPTED, {"report": number, "receipt": "1", "day": "2026-11-24"}


def entry(*acts: tuple[Act, dict[str, Any]]) -> RosterEntry:
    return fold(history(*acts))["k-mihon"]


LEAVE = (Act.LEAVING, {"last_day": "2026-11-30", "reason": "退職"})
GONE = (
    (Act.PLEDGED, {"version": "1", "day": "2026-11-24", "leaving": True}),
    (Act.RETURNED, {"day": "2026-11-24", "key": True, "card": False}),
    (Act.RETURNED, {"day": "2026-11-24", "key": False, "card": True}),
    (Act.CLOSED, {"suspicion": False}),
)
JOINED: tuple[tuple[Act, dict[str, Any]], ...] = (proposed(), reported("1"), accepted("1"), (Act.OPENED, {}))


def test_an_entry_goes_its_way() -> None:
    states = [entry(*JOINED[:number]).state for number in range(1, 5)]
    assert states == [State.PROPOSED, State.REPORTED, State.ACCEPTED, State.ACTIVE]
    states = [entry(*JOINED, LEAVE, *GONE[:number]).state for number in range(5)]
    assert states == [*[State.LEAVING] * 4, State.LEFT]


def test_who_leaves_owes_each_thing_until_it_is_there() -> None:
    owed = entry(*JOINED, LEAVE).missing_at_leaving
    assert owed == ("退職時誓約", "鍵の返却", "入室カードの返却", "アカウントの停止")
    for number in range(4):
        assert entry(*JOINED, LEAVE, *GONE[: number + 1]).missing_at_leaving == owed[number + 1 :]


def test_what_is_accepted_stands_until_a_change_is_accepted() -> None:
    changed = (*JOINED, proposed(role=Role.SUPERVISOR))
    now = entry(*changed)
    assert (now.now.role, now.wanted.role, now.to_report, now.change) == (Role.CLERK, Role.SUPERVISOR, True, "変更")
    assert entry(*changed, reported("2", role=Role.SUPERVISOR)).now.role is Role.CLERK
    assert entry(*changed, reported("2", role=Role.SUPERVISOR), accepted("2")).now.role is Role.SUPERVISOR


def test_only_what_the_report_said_is_accepted() -> None:
    """A proposal made after the report waits for a report of its own; an older report's number brings nothing."""
    late = entry(proposed(), reported("1"), proposed(jobs="電話"), accepted("1"))
    assert (late.now.jobs, late.to_report) == ("入力", True)
    assert entry(proposed(), reported("2"), accepted("1")).designation is None


def test_a_leaver_is_reported_too() -> None:
    assert entry(*JOINED, LEAVE).to_report
    told = entry(*JOINED, LEAVE, reported("2", leaving=True))
    assert (told.to_report, told.awaits_acceptance, told.change) == (False, True, "終了")


@given(st.permutations([*JOINED, LEAVE, *GONE]))
def test_the_order_of_arrival_changes_nothing(order: list[tuple[Act, dict[str, Any]]]) -> None:
    whole = history(*JOINED, LEAVE, *GONE)
    by_arrival = [next(event for event in whole if (event.act, event.body) == act) for act in order]
    assert fold(by_arrival) == fold(whole)


def test_an_event_before_its_proposal_waits() -> None:
    events = history(*JOINED)
    assert fold(events[1:]) == {}
    assert fold([*events[1:], events[0]]) == fold(events)


def test_a_designation_keeps_its_name_on_the_way() -> None:
    one = person(employer="別の会社", decision=DECISION)
    assert designation_from_json(designation_to_json(one)) == one
    assert "\U000e0102" not in repr(one)
    assert "見本" not in repr(entry(*JOINED))


@pytest.mark.parametrize("employer", ["別の株式会社", "見本事務", ""])
def test_another_employer_is_refused(employer: str) -> None:
    with pytest.raises(OperatorError) as refused:
        check_designation(person(employer=employer), COMPANY)
    assert refused.value.field == "employer"


def test_the_wards_written_decision_permits_another_employer() -> None:
    check_designation(person(employer="別の株式会社", decision=DECISION), COMPANY)
    for hole in (replace(DECISION, number=" "), replace(DECISION, by="")):
        with pytest.raises(OperatorError, match="再委託の禁止"):
            check_designation(person(employer="別の株式会社", decision=hole), COMPANY)


def test_nobody_is_allowed_while_the_ward_has_named_no_company() -> None:
    with pytest.raises(OperatorError) as refused:
        check_designation(person(employer=""), "")
    assert refused.value.field == "employer"
    with pytest.raises(OperatorError) as refused:
        check_designation(person(), "")
    assert refused.value.code == "no-company"


def test_width_and_spaces_make_no_other_company() -> None:
    check_designation(person(employer="ミホン　（株）"), "ﾐﾎﾝ (株)")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"department": ""}, "department"),
        ({"jobs": ""}, "jobs"),
        ({"jobs": "入" * 23}, "jobs"),
        ({"employer": "mihon" * 12}, "employer"),
        ({"card": "C-0000001"}, "card"),
        ({"locker": "123456789"}, "locker"),
        ({"ends": date(2026, 3, 31)}, "ends"),
        ({"role": Role.WARD_STAFF}, "role"),
    ],
)
def test_a_proposal_is_refused_at_its_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(OperatorError) as refused:
        check_designation(person(**changes), COMPANY)
    assert refused.value.field == field


@pytest.mark.parametrize("wrong", ["", "ab", "K-MIHON", "k mihon", "k/..", "-abc", "a" * 21])
def test_an_id_that_is_none(wrong: str) -> None:
    with pytest.raises(OperatorError):
        check_person(wrong)


# -- trainings --


def kind(expiry: Expiry, **more: Any) -> TrainingKind:
    return TrainingKind("x", "研修", "", expiry, frozenset({Role.CLERK}), **more)


@pytest.mark.parametrize(
    ("one", "held", "last"),
    [
        (kind(Expiry.NEVER), date(2026, 4, 1), None),
        (kind(Expiry.DURATION, months=12), date(2026, 4, 1), date(2027, 3, 31)),
        (kind(Expiry.DURATION, months=12), date(2024, 2, 29), date(2025, 2, 28)),
        (kind(Expiry.DURATION, months=1), date(2026, 12, 31), date(2027, 1, 30)),
        (kind(Expiry.DURATION, months=2), date(2026, 12, 31), date(2027, 2, 28)),
        (kind(Expiry.FIXED, month=3, day=31), date(2026, 4, 1), date(2027, 3, 31)),
        (kind(Expiry.FIXED, month=3, day=31), date(2027, 3, 31), date(2027, 3, 31)),
    ],
)
def test_how_long_a_lesson_counts(one: TrainingKind, held: date, last: date | None) -> None:
    assert one.last_day(held) == last


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.integers(1, 60))
def test_a_duration_is_never_a_day_short(held: date, months: int) -> None:
    last = kind(Expiry.DURATION, months=months).last_day(held)
    assert last is not None
    following = last + timedelta(days=1)
    whole = (following.year - held.year) * 12 + following.month - held.month
    assert (whole, following.day) == (months, held.day) or (whole, following.day) == (months + 1, 1)


def lesson(kind_id: str, last: date | None, *, passed: bool = True) -> Training:
    return Training(kind_id, date(2026, 4, 1), "内容", None, passed, last, "s-toko")


@pytest.mark.parametrize(
    ("last", "standing"),
    [
        (TODAY - timedelta(days=1), Standing.EXPIRED),
        (TODAY, Standing.RUNS_OUT),
        (TODAY + timedelta(days=30), Standing.RUNS_OUT),
        (TODAY + timedelta(days=31), Standing.VALID),
        (None, Standing.VALID),
    ],
)
def test_how_a_training_stands(last: date | None, standing: Standing) -> None:
    (one,) = required([KINDS[0]], Role.CLERK, [lesson(KINDS[0].id, last)], TODAY)
    assert one.standing is standing


def test_an_old_record_beside_a_new_one_bars_nobody() -> None:
    old, new = lesson("law", TODAY - timedelta(days=9)), lesson("law", TODAY + timedelta(days=90))
    for order in itertools.permutations((old, new)):
        assert required([KINDS[0]], Role.CLERK, order, TODAY)[0].standing is Standing.VALID


def test_a_failed_test_does_not_count() -> None:
    assert required([KINDS[0]], Role.CLERK, [lesson("law", None, passed=False)], TODAY)[0].standing is Standing.MISSING


def test_every_role_of_the_contractor_is_taught_the_law() -> None:
    (law,) = [one for one in KINDS if one.id == "law"]
    assert law.roles == {Role.CLERK, Role.SUPERVISOR}
    assert law.title == "法令・条例の周知"
    assert "個人情報の保護に関する法律" in law.covers
    assert "新宿区個人情報の保護に関する法律施行条例" in law.covers
    assert {one.expiry for one in KINDS} == set(Expiry)


@pytest.mark.parametrize(
    "wrong",
    [
        {"expiry": "sometimes"},
        {"expiry": "duration", "months": 0},
        {"expiry": "never", "months": 3},
        {"expiry": "fixed", "month": 2, "day": 30},
        {"roles": []},
        {"roles": ["boss"]},
        {"pass_mark": 101},
    ],
)
def test_a_wrong_kind_is_named(wrong: dict[str, Any]) -> None:
    whole = {"id": "x", "title": "研修", "covers": "", "expiry": "never", "roles": ["clerk"]}
    assert kinds_from_table({"kinds": [whole]})
    with pytest.raises(ValueError, match=r".+"):
        kinds_from_table({"kinds": [whole | wrong]})
    with pytest.raises(ValueError, match="twice"):
        kinds_from_table({"kinds": [whole, whole]})


# -- the gate --


def ready(**changes: Any) -> RosterEntry:
    """In order in every way."""
    whole = entry(*JOINED, (Act.PLEDGED, {"version": "1", "day": "2026-04-01", "leaving": False}))
    trained = tuple(lesson(one.id, one.last_day(date(2026, 4, 1))) for one in KINDS)
    return replace(whole, **({"trainings": trained} | changes))


def test_who_is_in_order_may_begin() -> None:
    assert faults(ready(), KINDS, TODAY) == ()
    assert warnings(ready(), KINDS, TODAY) == ()


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (None, "not-on-roster"),
        (ready(designation=None), "not-accepted"),
        (ready(designation=person(ends=TODAY - timedelta(days=1))), "period"),
        (ready(designation=person(begins=TODAY + timedelta(days=1))), "period"),
        (entry(*JOINED, (Act.LEAVING, {"last_day": "2026-11-23", "reason": "退職"})), "period"),
        (ready(pledges=()), "pledge"),
        (ready(trainings=()), "training"),
        (ready(trainings=tuple(lesson(one.id, TODAY - timedelta(days=1)) for one in KINDS)), "training"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_bars_somebody(one: RosterEntry | None, code: str) -> None:
    found = faults(one, KINDS, TODAY)
    assert found[0].code == code
    assert "取扱責任者" in found[0].words or "区職員" in found[0].words, "who records it"


def test_a_leaver_works_to_his_last_day() -> None:
    leaver = replace(ready(), leaving=entry(*JOINED, LEAVE).leaving)
    assert faults(leaver, KINDS, date(2026, 11, 30)) == ()
    assert faults(leaver, KINDS, date(2026, 12, 1))[0].code == "period"


def test_what_runs_out_is_told_thirty_days_before() -> None:
    soon = TODAY + timedelta(days=30)
    kept = tuple(lesson(one.id, soon if one.id == "privacy" else None) for one in KINDS)
    assert warnings(ready(trainings=kept), KINDS, TODAY) == (("個人情報の取扱い", soon),)
    assert warnings(ready(trainings=kept), KINDS, TODAY - timedelta(days=1)) == ()
    ends = ready(designation=person(ends=TODAY))
    assert warnings(ends, KINDS, TODAY) == (("従事の期間", TODAY),)
