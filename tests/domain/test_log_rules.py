"""Which entries are flagged and, as much, what an ordinary day must not be flagged for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from nhi_center import resources
from nhi_center.domain import log_rules
from nhi_center.domain.calendar import ClosedDays
from nhi_center.domain.log_review import JST, Flag, Severity
from nhi_center.domain.log_rules import Room, Stay, find_flags
from nhi_center.domain.operators import Role
from nhi_center.domain.room_rules import RoomRules
from tests.support.log import TUESDAY, Log

SETTINGS = resources.read_toml("log_review.toml")
ROLES = {"k-ichiro": Role.CLERK, "k-hanako": Role.CLERK, "s-toko": Role.SUPERVISOR, "40127": Role.WARD_STAFF}
ROOM = Room(
    rules=RoomRules(),
    closed=ClosedDays.from_table(resources.read_toml("calendar/holidays.toml")),
    roles=ROLES,
    stays=(Stay("k-ichiro", TUESDAY, None),),
    reprints=frozenset(),
)


def flags(log: Log, rule: str, room: Room = ROOM) -> Sequence[Flag]:
    return [flag for flag in find_flags(log.entries, room, SETTINGS) if flag.rule == rule]


# -- an ordinary day --


def ordinary_day() -> Log:
    log = Log().add(0, "check_presence", "k-ichiro", "40127", entered=True).add(1, "sign_in", "s-1")
    log.add(2, "wrong_password", "k-ichiro", asked="unlock")
    for case in range(40):
        at = 5 + case * 10.0
        log.add(at, "enter", f"a-{case}", step="open").add(at + 1, "view_person", f"p:{case:032x}", purpose="entry")
        log.add(at + 1.01, "enter", f"a-{case}", step="person").add(at + 5, "enter", f"a-{case}", step="finish")
    log.add(430, "print", "j-1", step="handed").add(431, "check_print", "j-1", step="good")
    return log.add(440, "sign_out", "s-1").add(441, "check_presence", "k-ichiro", "40127", entered=False)


def test_an_ordinary_day_of_forty_applications_gives_no_flag() -> None:
    assert find_flags(ordinary_day().entries, ROOM, SETTINGS) == ()


def test_every_rule_says_its_title_and_its_reason() -> None:
    assert set(SETTINGS) == set(log_rules.RULES)
    assert all(numbers["title"] and numbers["criterion"] and len(numbers["reason"]) > 15 for numbers in SETTINGS.values())


# -- outside hours --


def test_acts_late_in_the_evening_are_one_flag_a_day() -> None:
    log = Log().add(12 * 60, "enter", "a-1", step="open").add(12 * 60 + 40, "enter", "a-1", step="finish")
    (found,) = flags(log, "outside_hours")
    assert (found.person, found.seqs, found.severity) == ("k-ichiro", (1, 2), Severity.LOOK)
    assert found.sentence == "利用時間(08:00から20:00)の外に 2件の操作がありました(21:00から21:40まで)。"


@pytest.mark.parametrize(
    ("minutes", "action", "flagged"),
    [
        (-70, "enter", False),  # 7:50, within the quarter of an hour
        (-76, "enter", True),
        (11 * 60 + 14, "enter", False),  # 20:14
        (11 * 60 + 15, "enter", True),
        (12 * 60, "lock", False),  # the screen locks by itself
        (12 * 60, "sign_out", False),
        (12 * 60, "sign_in", True),
    ],
)
def test_where_the_hours_end(minutes: int, action: str, flagged: bool) -> None:
    assert bool(flags(Log().add(minutes, action), "outside_hours")) is flagged


def test_a_closed_day_is_outside_at_any_hour_and_the_terminal_itself_never() -> None:
    saturday, holiday = datetime(2026, 11, 21, 11, 0, tzinfo=JST), datetime(2026, 11, 23, 11, 0, tzinfo=JST)
    log = Log().add(saturday, "enter", "a-1").add(holiday, "enter", "a-2").add(12 * 60, "sync", "", "T04")
    found = flags(log, "outside_hours")
    assert [flag.seqs for flag in found] == [(1,), (2,)]
    assert all(flag.sentence.startswith("閉庁日に") for flag in found)


def test_the_wards_own_hours_count() -> None:
    late = replace(ROOM, rules=replace(RoomRules(), office_closes=datetime(2000, 1, 1, 22, 0).time()))
    assert not flags(Log().add(12 * 60, "enter"), "outside_hours", late)


def test_a_wrong_password_at_night_counts_for_the_hour_it_was_typed_and_for_its_id() -> None:
    log = Log().add(1, "wrong_password", "s-toko", tried_at="2026-11-23T18:00:00+00:00")  # 3:00 in Japan, told at 9:01
    (found,) = flags(log, "outside_hours")
    assert (found.person, f"{found.at:%d %H:%M}") == ("s-toko", "24 03:00")


# -- many persons --


def test_ten_people_in_an_hour_without_a_call_or_a_case_are_flagged() -> None:
    (found,) = flags(Log().views(10, every=6), "many_persons")
    assert (len(found.seqs), found.severity) == (10, Severity.LOOK)
    assert found.sentence == "電話も届出もないまま、54分のあいだに 10人を開きました。"
    assert flags(Log().views(20, every=2), "many_persons")[0].severity is Severity.SERIOUS


@pytest.mark.parametrize(
    "log",
    [
        Log().views(9, every=1),
        Log().views(30, every=7),  # never ten within one hour
        Log().views(9).views(9, actor="k-hanako"),  # each for himself
    ],
    ids=["nine", "slow", "two-people"],
)
def test_fewer_slower_or_by_several_are_not(log: Log) -> None:
    assert flags(log, "many_persons") == []


def test_the_same_person_opened_often_is_one_person() -> None:
    log = Log()
    for minute in range(30):
        log.add(minute, "view_person", "p:1", purpose="search")
    assert flags(log, "many_persons") == []


def test_a_call_or_case_explains_a_few_people_and_no_more() -> None:
    calls = Log()
    for number in range(12):
        calls.add(number * 4.0, "call", f"c-{number}", step="start").add(number * 4 + 1.0, "view_person", f"p:{number}")
    assert flags(calls, "many_persons") == []
    one_call = Log().add(0, "call", "c-1", step="start")
    for number in range(13):
        one_call.add(number / 10, "view_person", f"p:{number}", purpose="call")
    (found,) = flags(one_call, "many_persons")
    assert len(found.seqs) == 10, "three people belong to the call"


def test_somebody_elses_case_explains_nothing() -> None:
    log = Log()
    for number in range(10):
        log.add(number * 4.0, "call", f"c-{number}", "k-hanako", step="start").add(number * 4 + 1.0, "view_person", f"p:{number}")
    assert len(flags(log, "many_persons")) == 1


def test_people_whose_application_is_keyed_that_day_are_not_counted() -> None:
    log = Log().views(10, every=5)
    for number in range(4):
        log.add(300 + number, "enter", f"a-{number}", step="person", person=f"p:{number:032x}")
    assert flags(log, "many_persons") == []


def test_two_bursts_are_two_flags_and_each_keeps_its_id_while_the_log_grows() -> None:
    log = Log().views(10)
    (before,) = flags(log, "many_persons")
    log.views(10, start=200)
    after = flags(log, "many_persons")
    assert [flag.id for flag in after] == [before.id, "many_persons-11"]


# -- own record --


def test_opening_ones_own_record_is_serious_even_once() -> None:
    log = Log().add(0, "view_person", "p:1", purpose="search", own_name=True).add(3, "view_person", "p:1", own_name=True)
    log.add(5, "view_person", "p:2", purpose="entry", own_address=True).add(6, "view_person", "p:3", purpose="entry")
    found = flags(log, "own_record")
    assert [(flag.seqs, flag.severity) for flag in found] == [((1, 2), Severity.SERIOUS), ((3,), Severity.SERIOUS)]
    assert [flag.sentence for flag in found] == [
        "自分と同じ氏名の人を 2回開きました。",
        "自分と同じ氏名の人と同じ住所の人を 1回開きました。",
    ]


# -- failures --


def test_five_wrong_passwords_in_half_an_hour_are_flagged_ten_are_serious() -> None:
    log = Log()
    for number in range(5):
        log.add(60, "wrong_password", "s-toko", tried_at=f"2026-11-24T00:0{number}:00+00:00")
    (found,) = flags(log, "failures")
    assert (found.person, found.severity) == ("s-toko", Severity.LOOK)
    assert found.sentence == "4分のあいだに 5回、パスワードを誤りました。"
    for _ in range(5):
        log.add(61, "wrong_password", "", tried_at="2026-11-24T00:06:00+00:00")
    assert [flag.person for flag in flags(log, "failures")] == ["s-toko", ""]
    many = Log()
    for number in range(10):
        many.add(number, "wrong_password", "s-toko", "k-ichiro", asked="sign")
    assert flags(many, "failures")[0].severity is Severity.SERIOUS


def test_a_few_slips_over_the_day_are_not() -> None:
    log = Log()
    for number in range(12):
        log.add(number * 10.0, "wrong_password", "k-ichiro", asked="unlock")
    assert flags(log, "failures") == []


# -- reprints --


def test_many_sheets_printed_again_by_one_person_on_one_day_are_flagged() -> None:
    room = replace(ROOM, reprints=frozenset(f"r-{number}" for number in range(5)))
    log = Log()
    for number in range(5):
        log.add(number * 30.0, "print", f"r-{number}", step="print").add(number * 30.0, "print", f"r-{number}", step="handed")
    (found,) = flags(log, "reprints", room)
    assert found.sentence == "1日に 5枚を再出力しました。"
    assert flags(log, "reprints") == [], "first prints are no reprints"


def test_a_sheet_said_not_to_have_come_out_counts_as_printed_again() -> None:
    log = Log()
    for number in range(6):
        log.add(number, "print", "j-1", step="handed").add(number + 0.5, "check_print", "j-1", step="no_sheet")
    assert flags(log, "reprints")[0].sentence == "1日に 5枚を再出力しました。"
    few = Log()
    for number in range(5):
        few.add(number, "print", "j-1", step="handed")
    assert flags(few, "reprints") == []


# -- not in the room --


def test_who_signs_in_without_a_stay_is_flagged() -> None:
    log = Log().add(5, "sign_in", "s-1").add(6, "sign_in", "s-2", "k-hanako").add(7, "sign_in", "s-3", "40127")
    (found,) = flags(log, "not_in_room")
    assert (found.person, found.severity) == ("k-hanako", Severity.SERIOUS)
    assert "09:06" in found.sentence


def test_a_stay_covers_from_coming_to_leaving_of_its_day() -> None:
    left = replace(ROOM, stays=(Stay("k-ichiro", TUESDAY, TUESDAY + timedelta(hours=3)),))
    log = Log().add(-1, "sign_in").add(0, "sign_in").add(180, "sign_in").add(181, "sign_in").add(24 * 60, "sign_in")
    assert [flag.seqs for flag in flags(log, "not_in_room", left)] == [(1,), (4,), (5,)]
    forgotten = flags(log, "not_in_room")
    assert [flag.seqs for flag in forgotten] == [(1,), (5,)], "a stay nobody ended does not last into the next day"


def test_what_the_log_itself_tells_of_coming_and_leaving_counts_too() -> None:
    log = Log().add(0, "check_presence", "k-hanako", "40127", entered=True).add(1, "sign_in", "s", "k-hanako")
    log.add(60, "check_presence", "k-hanako", "40127", entered=False).add(61, "sign_in", "s", "k-hanako")
    assert [flag.seqs for flag in flags(log, "not_in_room")] == [(4,)]


def test_somebody_no_longer_on_the_list_counts_as_the_contractors() -> None:
    assert [flag.person for flag in flags(Log().add(5, "sign_in", "s", "k-gone"), "not_in_room")] == ["k-gone"]


# -- the clock --


def test_a_clock_set_back_is_flagged_a_corrected_one_is_not() -> None:
    assert flags(Log().add(10, "enter").add(5.5, "enter"), "clock") == []
    (found,) = flags(Log().add(600, "enter").add(10, "enter"), "clock")
    assert (found.seqs, found.sentence) == ((1, 2), "2番の時刻が、前の記録より 590分前です。時計が戻されたことがあります。")


def test_the_criterion_on_the_sheet_names_the_numbers_in_force() -> None:
    for rule, names in {
        "outside_hours": ("grace_minutes",),
        "many_persons": ("window_minutes", "persons"),
        "failures": ("window_minutes", "failures"),
        "reprints": ("jobs",),
        "clock": ("tolerance_minutes",),
    }.items():
        assert all(str(SETTINGS[rule][name]) in SETTINGS[rule]["criterion"] for name in names)


def test_failures_that_were_made_to_vanish_are_serious() -> None:
    log = Log().add(1, "denied", reason="side_file_changed", lost=7).add(2, "denied", asked="inspect")
    (found,) = flags(log, "failures")
    assert (found.seqs, found.severity) == ((1,), Severity.SERIOUS)
    assert "失われた記録 7件" in found.sentence
