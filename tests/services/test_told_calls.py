"""Calls, promises and 便 of one terminal at the other ones of the room: once, sealed on the way, ended by who was first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import psycopg
import pytest

from nhi_center.domain.calls import CallDraft
from nhi_center.domain.handover import Direction
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.services import call_figures, call_list, calls, day_close, handover, handover_book, standing
from nhi_center.services.call_list import complete_callback, list_today, open_callbacks
from nhi_center.services.sync import synchronise
from nhi_center.services.told_calls import open_waiting
from nhi_center.storage import calls as store
from nhi_center.storage import leaving, told_calls
from tests.services.test_leases import own_gateway, pair
from tests.services.test_leases_sealed import again
from tests.support.entry import HEAD
from tests.support.lease_room import Desk, exchange
from tests.support.office import as_person
from tests.support.papers import receive
from tests.support.postgres import RunningGateway
from tests.support.two_terminals import deliver, outgoing

__all__ = ["own_gateway", "pair"]

DAY = date(2026, 11, 24)
WORDS = "06-2 を案内。窓口の見本へ。"
STATED = CallDraft(caller="2", consent="1", told=True, name="カツラギ ミホコ", birth="3450312", address="歌舞伎町1-4-1")
ANSWERED = replace(STATED, category="Q06", text=WORDS, outcome="1")
PROMISED = replace(ANSWERED, outcome="3", back_number="03-5273-0142", back_day="R8.11.24", back_time="16:00")


def recorded(desk: Desk, draft: CallDraft = ANSWERED, callback: str = "") -> str:
    call = calls.start_call(*desk, callback=callback).call
    calls.choose_person(*desk, call.id, draft, HEAD.atena)
    return calls.finish_call(*desk, call.id, replace(draft, atena=HEAD.atena)).call.id


def backs(desk: Desk) -> list[str]:
    return [row.back.id for row in open_callbacks(*desk)]


def test_a_promise_is_everybodys_and_ends_where_it_is_kept(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    back = recorded(first, PROMISED)
    exchange(first, second)
    (row,) = open_callbacks(*second)
    assert (row.back.id, row.booked_by_name, row.person_name, row.category[:2]) == (back, "見本 一郎", HEAD.name, "06")
    (there,) = list_today(*second)
    assert (there.call.terminal, there.own) == (first[0].terminal, False)
    dialled = calls.start_call(*second, callback=back)
    assert (dialled.dial, dialled.call.draft.atena) == ("0352730142", HEAD.atena)
    calls.finish_call(*second, dialled.call.id, replace(ANSWERED, atena=HEAD.atena))
    assert (backs(first), backs(second)) == ([back], [])
    exchange(second, first)
    assert (backs(first), backs(second)) == ([], [])
    with pytest.raises(OperatorError):
        complete_callback(*first, back)
    exchange(first, second, rounds=2)
    assert [len(list_today(*desk)) for desk in pair] == [2, 2]


def test_two_who_end_a_promise_at_once_are_both_heard_and_it_ends_once(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    back = recorded(first, PROMISED)
    exchange(first, second)
    complete_callback(*first, back)
    complete_callback(*second, back)
    exchange(first, second, rounds=2)
    assert (backs(first), backs(second)) == ([], [])
    for desk in pair:
        with desk[0].store.read.begin() as connection:
            kept = store.find_back(connection, back)
        assert kept is not None
        assert kept.done_by == desk[1].person, "each terminal keeps the word it had first"


def test_earlier_calls_of_a_person_and_a_number_are_the_rooms(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    recorded(first, replace(PROMISED, phone="03-5273-0142"))
    exchange(first, second)
    call = calls.start_call(*second).call
    view = calls.choose_person(*second, call.id, replace(ANSWERED, phone="03-5273-0142"), HEAD.atena)
    assert view.number_calls is not None
    with second[0].store.read.begin() as connection:
        assert [one.draft.text for one in store.calls_of(connection, HEAD.atena) if one.id != call.id] == [WORDS]
    assert call_list.read_record(*second, next(iter(backs(second)))).row.call.draft.text == WORDS


def test_figures_are_the_rooms_and_count_nothing_twice(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    recorded(first)
    recorded(second, PROMISED)
    exchange(first, second, rounds=2)
    found = [call_figures.of_period(*desk, DAY, DAY) for desk in pair]
    assert [(one.total.calls, one.promised) for one in found] == [(2, 1), (2, 1)]


def test_what_is_open_elsewhere_is_closed_there(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    recorded(first, PROMISED)
    exchange(first, second, rounds=2)
    for desk, open_ in ((first, 1), (second, 0)):
        lines = day_close.check(desk[0], as_person(desk[0], "s-toko")).lines
        assert {line.item.kind: line.item.count for line in lines}["callbacks"] == open_
    (other,) = standing.of_room(second[0], as_person(second[0], "s-toko"))
    assert other.standing is not None
    assert "折返しの約束 1件" in other.standing.work


def test_nothing_of_a_call_can_be_read_on_the_way(pair: tuple[Desk, Desk], own_gateway: RunningGateway) -> None:
    first, second = pair
    recorded(first, PROMISED)
    exchange(first, second)
    with psycopg.connect(own_gateway.dsn) as connection:
        rows = connection.execute(
            "SELECT body::text FROM change WHERE kind = 'room' AND body ->> 'kind' = 'call_told'"
        ).fetchall()
    assert len(rows) == 1
    for value in (HEAD.name, HEAD.atena, "0352730142", "カツラギ", WORDS, "歌舞伎"):
        assert value not in rows[0][0]


def test_who_has_no_key_leaves_it_sealed_for_the_next(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    back = recorded(first, PROMISED)
    told = outgoing(first[0], "call_told")
    keyless = replace(second[0], room_keys=replace(second[0].room_keys, keys={}))
    assert deliver(told, keyless, first[0].terminal) == [""]
    open_waiting(keyless)
    assert backs((keyless, second[1])) == []
    complete_callback(*first, back)
    assert deliver(outgoing(first[0], "call_told")[1:], keyless, first[0].terminal) == [""]
    open_waiting(second[0])
    assert (backs(second), len(list_today(*second))) == ([], 1), "kept before it could be read"
    with second[0].store.read.begin() as connection:
        assert told_calls.waiting(connection) == ()
    second = again(second, "s-toko")
    exchange(first, second, rounds=2)
    assert len(list_today(*second)) == 1
    second[0].store.close()


@pytest.mark.parametrize("what", ["other call", "changed", "no seal", "kept by nobody"])
def test_what_is_none_changes_nothing(pair: tuple[Desk, Desk], what: str) -> None:
    first, second = pair
    recorded(first, PROMISED)
    ((id_, kind, body),) = outgoing(first[0], "call_told")
    wrong = {
        "other call": {**body, "call": "another"},
        "changed": {**body, "sealed": body["sealed"][:-8] + "AAAAAAA="},
        "no seal": {**body, "sealed": "見本"},
        "kept by nobody": {"call": body["call"], "done_at": "", "by": ""},
    }[what]
    reasons = deliver([(id_, kind, wrong)], second[0], first[0].terminal)
    open_waiting(second[0])
    assert reasons == [""] if what in ("other call", "changed") else ["unreadable"]
    assert list_today(*second) == ()
    assert backs(second) == []


def test_a_cut_line_holds_it_up_and_loses_nothing(pair: tuple[Desk, Desk], own_gateway: RunningGateway) -> None:
    first, second = pair
    assert own_gateway.stop() == 0
    back = recorded(first, PROMISED)
    with pytest.raises(EnvironmentTrouble, match="LK-01"):
        synchronise(first[0])
    own_gateway.start()
    exchange(first, second)
    assert backs(second) == [back]


def test_calls_of_others_leave_with_ones_own(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    call = recorded(first)
    exchange(first, second)
    with second[0].store.write.begin() as connection:
        told_calls.keep(connection, "sealed for ever", "T99", "2026-11-24", b"\x00\x00\x00\x63")
        assert leaving.calls(connection, DAY, 10) == (call,)
        assert leaving.take_calls(connection, (call,), "2026-12-24T09:00:00+09:00") == 1
        told_calls.forget_before(connection, "2026-11-24")
        assert told_calls.waiting(connection) == ()
    exchange(first, second)
    (row,) = list_today(*second)
    assert (row.call.draft.text, row.call.draft.atena, row.call.draft.category) == ("", "", "Q06"), (
        "told again, it does not come back"
    )


def test_the_book_is_the_rooms(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    receive(*first, F02=2)
    receive(*second, F04=1, F02=3)
    view = handover.open_handover(*second, Direction.IN, "医療保険年金課 資格係")
    handover.cancel(*second, view.handover.id)
    exchange(first, second, rounds=2)
    books = [handover_book.book(*desk, DAY, DAY) for desk in pair]
    seen = [[(line.number, line.title, line.sheets, line.giver, line.receiver, line.action) for line in one] for one in books]
    assert sorted(seen[0]) == sorted(seen[1])
    assert len(seen[0]) == 4
    assert {line.terminal for line in books[0]} == {"", second[0].terminal}
    assert {line.terminal for line in books[1]} == {"", first[0].terminal}
    exchange(first, second)
    assert len(handover_book.book(*first, DAY, DAY)) == 4
    made = handover_book.make_book(*first, DAY, DAY)
    assert made.stat().st_size > 10_000
