from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime, time, timedelta, timezone

import pytest

from nhi_center import resources
from nhi_center.domain import call_book, call_parties, room_rules
from nhi_center.domain.calendar import ClosedDays
from nhi_center.domain.call_rules import Handed, handed, missing, refuse_individual_numbers
from nhi_center.domain.calls import (
    Call,
    CallBack,
    CallDraft,
    CallHours,
    CallState,
    Outcome,
    Who,
    clock_words,
    due_words,
    next_open_hour,
    read_promise,
    read_time,
)
from nhi_center.errors import OperatorError

JST = timezone(timedelta(hours=9))
NOW = datetime(2026, 11, 24, 14, 32, 10, tzinfo=JST)
CLOSED = ClosedDays.from_table(resources.read_toml("calendar/holidays.toml"))
_RULES = room_rules.parse({})
HOURS = CallHours(_RULES.calls_open, _RULES.calls_close)
FAQ = {path.name: path.read_text(encoding="utf-8") for path in resources.listing("faq", ".md")}
TABLES = tuple(resources.read_toml(f"calls/{name}.toml") for name in ("categories", "levels", "illness"))
BOOK = call_book.parse(TABLES[0], FAQ, *TABLES[1:])
PARTIES = call_parties.parse(resources.read_toml("calls/parties.toml"))
INDIVIDUAL_NUMBER = "123456789018"  # the official example of a right check digit

ANSWERED = CallDraft(caller="2", category="Q06", text="06-2 を案内。届出済み、審査中と説明。", outcome="1")


def fields_missing(draft: CallDraft) -> list[str]:
    return [field for field, _sentence in missing(draft, BOOK, PARTIES)]


def test_each_result_needs_its_own_fields() -> None:
    assert fields_missing(CallDraft()) == ["caller", "category", "text", "outcome"]
    assert fields_missing(ANSWERED) == []
    assert fields_missing(replace(ANSWERED, outcome=Outcome.TO_WARD)) == ["ward_staff"]
    assert fields_missing(replace(ANSWERED, outcome=Outcome.CALL_BACK)) == ["back_number", "back_day", "back_time"]
    assert fields_missing(replace(ANSWERED, outcome=Outcome.COMPLAINT)) == []
    assert fields_missing(replace(ANSWERED, outcome=Outcome.OTHER_OFFICE)) == ["other_office"]
    assert fields_missing(replace(ANSWERED, outcome=Outcome.OTHER_OFFICE, other_office="2")) == []
    assert fields_missing(replace(ANSWERED, outcome=Outcome.OTHER_OFFICE, other_office="9")) == ["other_office_name"]
    assert fields_missing(replace(ANSWERED, phone="5273")) == ["phone"]
    assert fields_missing(replace(ANSWERED, phone="+81 3-5273-0142")) == []
    assert fields_missing(replace(ANSWERED, outcome="6", category="Q98", language="8")) == ["language", "category", "outcome"]


def draft(**words: str) -> CallDraft:
    return CallDraft(**words)  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["text", "name", "birth", "address", "ward_staff", "back_number"])
@pytest.mark.parametrize("spelling", [INDIVIDUAL_NUMBER, "1234-5678-9018", "１２３４　５６７８　９０１８"])
def test_an_individual_number_is_refused_wherever_words_are_typed(field: str, spelling: str) -> None:
    with pytest.raises(OperatorError) as caught:
        refuse_individual_numbers(draft(**{field: f"番号は {spelling} です"}))
    assert caught.value.field == field
    assert "1234" not in caught.value.message


def test_other_numbers_pass() -> None:
    refuse_individual_numbers(CallDraft(text="電話 03-5273-4146、受付 1124-018。123456789010 は検査数字が違う"))
    with pytest.raises(OperatorError):
        refuse_individual_numbers(CallDraft(text="あ" * 1001))


def test_every_typed_field_of_words_is_looked_at() -> None:
    chosen = {"caller", "language", "atena", "told", "category", "outcome", "back_who"}
    chosen |= {"interpreter", "consent", "ward_section", "other_office"}
    words = {field.name for field in fields(CallDraft)} - chosen
    for name in words:
        with pytest.raises(OperatorError):
            refuse_individual_numbers(draft(**{name: INDIVIDUAL_NUMBER}))


@pytest.mark.parametrize(
    ("changes", "lacking"),
    [
        ({"caller": "1", "atena": "00000001"}, []),
        ({"caller": "2"}, []),  # nobody is spoken of
        ({"caller": "2", "atena": "00000001"}, ["consent"]),
        ({"caller": "4", "name": "ミホン マモル"}, ["consent"]),
        ({"caller": "8", "birth": "R1.5.1", "consent": "1"}, ["consent"]),  # not from this caller
        ({"caller": "2", "atena": "00000001", "consent": "1"}, []),
        ({"caller": "6", "address": "歌舞伎町1-4-1", "consent": "3"}, ["consent_number"]),
        ({"caller": "6", "address": "歌舞伎町1-4-1", "consent": "3", "consent_number": "R8-12"}, []),
        ({"caller": "3", "atena": "00000001", "consent": "9"}, ["consent"]),
        ({"caller": "3", "atena": "00000001", "consent": "9", "outcome": "2", "ward_staff": "見本 区子"}, []),
    ],
)
def test_facts_from_anyone_but_the_person_name_the_wards_consent(changes: dict[str, str], lacking: list[str]) -> None:
    assert fields_missing(replace(ANSWERED, **changes)) == lacking  # type: ignore[arg-type]


def test_the_interpreter_is_asked_about_in_another_language_only() -> None:
    assert fields_missing(replace(ANSWERED, language="6")) == []
    assert fields_missing(replace(ANSWERED, language="6", interpreter="2")) == []
    assert fields_missing(replace(ANSWERED, language="6", interpreter="7")) == ["interpreter"]


@pytest.mark.parametrize("kind", ["interpreters", "consents", "offices"])
def test_a_number_given_twice_in_a_list_is_found(kind: str) -> None:
    table = dict(resources.read_toml("calls/parties.toml"))
    table[kind] = [*table[kind], table[kind][0]]
    with pytest.raises(ValueError, match=kind):
        call_parties.parse(table)


def call_at(**changes: object) -> Call:
    made = Call("c", "1124-001", NOW.date(), NOW.isoformat(timespec="seconds"), "k", CallState.TALKING, CallDraft())
    return replace(made, **changes)  # type: ignore[arg-type]


def test_talk_hold_and_wrap_up_are_kept_apart() -> None:
    call = call_at().holding(NOW + timedelta(seconds=30))
    assert (call.held(NOW + timedelta(seconds=50)), call.talk(NOW + timedelta(seconds=50))) == (20, 30)
    call = call.holding(NOW + timedelta(seconds=60)).holding(NOW + timedelta(seconds=100))
    assert call.held(NOW + timedelta(seconds=100)) == 30
    call = call.ended(NOW + timedelta(seconds=110))  # hung up while on hold
    later = NOW + timedelta(seconds=500)
    assert (call.held_at, call.hold_seconds, call.talk(later), call.seconds(later)) == ("", 40, 70, 110)
    assert call.wrap_up(NOW + timedelta(seconds=140)) == 30
    assert call.ended(later) is call
    done = replace(call, state=CallState.DONE, done_at=(NOW + timedelta(seconds=150)).isoformat(timespec="seconds"))
    assert done.wrap_up(later) == 40
    assert replace(done, done_at="").wrap_up(later) == 0  # a record from before it was kept


def test_to_the_ward_names_the_section_and_the_time() -> None:
    to_ward = replace(ANSWERED, outcome="2", category="Q11", ward_staff="見本 区子")
    call = call_at()
    assert handed(to_ward, BOOK, call, NOW) == Handed("国保給付係", "2026-11-24T14:32:10+09:00")
    typed = replace(to_ward, ward_section="保険料係", ward_time="14:30")
    assert handed(typed, BOOK, call, NOW) == Handed("保険料係", "2026-11-24T14:30:00+09:00")
    for wrong in ("14:40", "13:00", "夕方"):
        with pytest.raises(OperatorError) as caught:
            handed(replace(typed, ward_time=wrong), BOOK, call, NOW)
        assert caught.value.field == "ward_time"


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("", "2026-11-24T16:58:00+09:00"),  # the end of the call
        ("16:55", "2026-11-24T16:55:00+09:00"),
        ("9:10", "2026-11-25T09:10:00+09:00"),  # handed on in the morning
        ("0:05", "2026-11-25T00:05:00+09:00"),
    ],
)
def test_what_is_written_up_the_next_morning_was_handed_on_when_it_was(typed: str, at: str) -> None:
    begun = NOW.replace(hour=16, minute=50, second=0)
    call = call_at(started_at=begun.isoformat()).ended(begun + timedelta(minutes=8))
    to_ward = replace(ANSWERED, outcome="2", category="Q11", ward_staff="見本 区子", ward_time=typed)
    assert handed(to_ward, BOOK, call, begun + timedelta(hours=17)).at == at


def promised(**changes: str) -> CallDraft:
    made = replace(ANSWERED, outcome="3", back_number="03-5273-0142", back_day="R8.11.25", back_time="10:00")
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_call_back_is_read() -> None:
    promise = read_promise(promised(), NOW, CLOSED, HOURS)
    assert (promise.number, promise.who) == ("0352730142", Who.ANYONE)
    assert promise.due == datetime(2026, 11, 25, 10, 0, tzinfo=JST)
    assert read_promise(promised(back_day="2026-11-24", back_time="1433", back_who="2"), NOW, CLOSED, HOURS).who is Who.SELF


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"back_number": "5273-0142"}, "back_number"),
        ({"back_day": "R8.11.31"}, "back_day"),
        ({"back_day": "R8.11.23"}, "back_day"),
        ({"back_day": "R8.11.28"}, "back_day"),  # Saturday
        ({"back_time": "8:00"}, "back_time"),
        ({"back_time": "17:01"}, "back_time"),
        ({"back_day": "R8.11.24", "back_time": "14:32"}, "back_time"),
        ({"back_time": "夕方"}, "back_time"),
        ({"back_who": ""}, "back_who"),
    ],
)
def test_a_call_back_that_cannot_be_kept_is_refused_at_its_field(changes: dict[str, str], field: str) -> None:
    with pytest.raises(OperatorError) as caught:
        read_promise(promised(**changes), NOW, CLOSED, HOURS)
    assert caught.value.field == field


def test_the_hours_of_call_backs_are_the_wards() -> None:
    rules = room_rules.parse({"calls_open": "10:00", "calls_close": "15:15"})
    hours = CallHours(rules.calls_open, rules.calls_close)
    with pytest.raises(OperatorError, match="10時から15時15分まで"):
        read_promise(promised(back_time="16:00"), NOW, CLOSED, hours)
    assert next_open_hour(NOW.replace(hour=8), CLOSED, hours) == NOW.replace(hour=11, minute=0, second=0)
    assert next_open_hour(NOW.replace(hour=15), CLOSED, hours) == datetime(2026, 11, 25, 11, tzinfo=JST)
    late = CallHours(time(23), time(23, 30))
    assert next_open_hour(NOW.replace(hour=8), CLOSED, late) == NOW.replace(hour=23, minute=0, second=0)
    with pytest.raises(ValueError, match="limits"):
        room_rules.parse({"calls_open": "17:00"})


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("15", time(15)),
        ("15:30", time(15, 30)),
        ("1530", time(15, 30)),
        ("930", time(9, 30)),
        ("１５：００", time(15)),
        ("15時", time(15)),
        ("15時5分", time(15, 5)),
        ("午後3時", time(15)),
        ("午後12時", time(12)),
    ],
)
def test_times_are_read_as_people_write_them(typed: str, read: time) -> None:
    assert read_time(typed) == read


@pytest.mark.parametrize("typed", ["", "25:00", "2460", "15:60", "1:2:3"])
def test_other_times_are_refused(typed: str) -> None:
    with pytest.raises(OperatorError):
        read_time(typed)


@pytest.mark.parametrize(
    ("now", "proposed"),
    [
        ((2026, 11, 24, 14, 32), (2026, 11, 24, 15)),
        ((2026, 11, 24, 14, 50), (2026, 11, 24, 16)),
        ((2026, 11, 24, 7, 10), (2026, 11, 24, 9)),
        ((2026, 11, 24, 15, 59), (2026, 11, 24, 17)),
        ((2026, 11, 24, 16, 40), (2026, 11, 24, 17)),
        ((2026, 11, 24, 16, 50), (2026, 11, 25, 9)),
        ((2026, 11, 20, 16, 50), (2026, 11, 24, 9)),  # Friday before a weekend and 23 November
        ((2026, 11, 21, 10, 0), (2026, 11, 24, 9)),
        ((2026, 11, 24, 23, 50), (2026, 11, 25, 9)),
    ],
)
def test_the_next_open_hour_is_proposed(now: tuple[int, ...], proposed: tuple[int, ...]) -> None:
    # mypy cannot see that the figures never reach as far as tzinfo.
    found = next_open_hour(datetime(*now, tzinfo=JST), CLOSED, HOURS)  # type: ignore[misc, arg-type]
    assert found == datetime(*proposed, tzinfo=JST)  # type: ignore[misc, arg-type]


def test_the_length_comes_from_the_clock() -> None:
    call = Call("c", "1124-001", NOW.date(), "2026-11-24T14:30:00+09:00", "k", CallState.TALKING, CallDraft())
    assert call.seconds(NOW) == 130
    assert replace(call, ended_at="2026-11-24T14:31:47+09:00").seconds(NOW) == 107
    assert clock_words(107) == "01:47"
    assert clock_words(3723) == "1:02:03"


def test_overdue_is_a_promise_broken_and_not_yet_kept() -> None:
    back = CallBack("b", "c", "0352730142", "2026-11-24T14:30:00+09:00", "", False, "k", "2026-11-24T10:00:00+09:00")
    assert back.overdue(NOW)
    assert not replace(back, done_at="2026-11-24T14:31:00+09:00").overdue(NOW)
    assert not replace(back, due="2026-11-24T15:00:00+09:00").overdue(NOW)
    assert due_words(NOW, date(2026, 11, 24)) == "14:32"
    assert due_words(NOW, date(2026, 11, 25)) == "11月24日 14:32"


def test_a_draft_comes_back_from_json() -> None:
    draft = replace(promised(), told=True, atena="00012345")
    assert CallDraft.from_json({**draft.to_json(), "from_a_newer_version": 1}) == draft
    assert CallDraft().is_untouched
    assert CallDraft(back_number="03").is_untouched
    assert not CallDraft(told=True).is_untouched


# -- the book --


def test_the_book_holds_together() -> None:
    assert [one.number for one in BOOK.categories] == [*(f"{number:02}" for number in range(1, 24)), "99"]
    assert BOOK.category("Q06") is not None
    assert {one.code for one in BOOK.categories if one.transfer} == {"Q20", "Q21", "Q23"}
    silent = [one.code for one in BOOK.categories if not BOOK.answers_for(one.code)]
    assert silent == []
    assert all(answer.checked <= date(2026, 11, 24) for answer in BOOK.answers)


def test_answers_are_cited_by_their_number() -> None:
    assert [one.id for one in BOOK.answers_for("Q06")] == ["06-1", "06-2", "06-3", "06-4"]
    assert BOOK.answers_for("") == ()
    assert BOOK.cited("06-2 を案内。06-1 も。また06-2。2006-2 と 06-9 は違う") == ("06-2", "06-1")
    assert BOOK.illness_in("透析中とのこと")
    assert not BOOK.illness_in("届出済みと説明")


@pytest.mark.parametrize(
    "change",
    [
        {"categories": [{"code": "6", "title": "x", "section": "x"}]},
        {"categories": [{"code": "Q06", "title": "x", "section": "x"}] * 2},
    ],
)
def test_a_broken_book_is_refused(change: dict[str, list[dict[str, str]]]) -> None:
    with pytest.raises(ValueError, match=r"category|twice"):
        call_book.parse(change, FAQ, *TABLES[1:])
