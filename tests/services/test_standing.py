"""室内の手元: one ledger and one day close for the room, also when a terminal is silent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from nhi_center.domain import standing as domain
from nhi_center.domain.custody import Pieces, Place
from nhi_center.domain.day_close import CheckLine, Checklist, Way
from nhi_center.domain.handover import Direction, Side
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.link.wire import MAX_ROOM_BODY_BYTES
from nhi_center.services import cabinets, day_close, handover, hold_papers, slips, standing, standing_own
from nhi_center.services.office import Office
from nhi_center.storage import custody, room
from nhi_center.storage.room import TerminalSeen
from tests.services.test_day_close import all_leave, all_sent, lock_up
from tests.services.test_handover import CLERK, SECTION, WARD, counts
from tests.support.office import PASSWORDS, advance, as_person, enter
from tests.support.two_terminals import ADMIN, at, deliver, outgoing, two_terminals

Desk = tuple[Office, Session]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """k-ichiro at T04, k-hanako at T05."""
    first, second = two_terminals(tmp_path)
    enter(first, "k-ichiro", "k-hanako", "s-toko")
    made = at(first, "k-ichiro")
    there, _admin = at(second, ADMIN)
    deliver(outgoing(made[0], "presence"), there, "T04")
    try:
        yield made, (there, as_person(there, "k-hanako"))
    finally:
        made[0].store.close()
        there.store.close()


def take_in(desk: Desk, cases: int, sheets: int) -> None:
    """A 便 with applications F02 at this terminal."""
    view = handover.open_handover(*desk, Direction.IN, SECTION)
    for side in Side:
        view = handover.record_count(*desk, view.handover.id, side, counts(view, F02=(cases, sheets)))
    clerk = CLERK if desk[0].terminal == "T04" else handover.Credential("k-hanako", PASSWORDS["k-hanako"])
    handover.countersign(*desk, view.handover.id, WARD, clerk)


def tell(frm: Desk, to: Desk) -> list[str]:
    """An exchange of both, as far as the room's paper goes."""
    standing_own.tell(frm[0])
    return deliver(outgoing(frm[0], "standing", "day_close"), to[0], frm[0].terminal)


def heard(desk: Desk, other: str, ago: timedelta = timedelta()) -> None:
    """The segment last heard of ``other`` so long ago."""
    now = desk[0].clock.now()
    with desk[0].store.write.begin() as connection:
        room.keep_terminals(
            connection,
            [TerminalSeen(desk[0].terminal, 9, now.isoformat()), TerminalSeen(other, 9, (now - ago).isoformat())],
        )
        room.keep_contact(connection, now.isoformat())


def line(check: Checklist, kind: str) -> CheckLine:
    return next(one for one in check.lines if one.item.kind == kind)


def test_each_knows_what_the_other_holds(both: tuple[Desk, Desk]) -> None:
    first, second = both
    take_in(first, 2, 5)
    assert tell(first, second) == [""]
    heard(second, "T04")
    (paper,) = standing.of_room(*second)
    assert paper.standing is not None
    assert (paper.terminal, paper.reached, paper.standing.on_hand) == ("T04", True, Pieces(5))
    assert paper.standing.places == {Place.TRAY: Pieces(5)}
    assert domain.words((paper,)) == "端末 T04 5枚"


def test_it_is_told_again_only_when_something_has_changed_and_an_old_word_changes_nothing(both: tuple[Desk, Desk]) -> None:
    first, second = both
    take_in(first, 1, 3)
    tell(first, second)
    standing_own.tell(first[0])
    assert len(outgoing(first[0], "standing")) == 1
    take_in(first, 1, 1)
    tell(first, second)
    old, new = outgoing(first[0], "standing")
    heard(second, "T04")
    deliver([old], second[0], "T04")  # under the first cursor again
    (paper,) = standing.of_room(*second)
    assert paper.standing is not None
    assert paper.standing.on_hand == Pieces(4)
    assert deliver([new], second[0], "T05") == [""]
    assert {one.terminal for one in standing.of_room(*second)} == {"T04"}, "its own word comes back and is not another's"


@pytest.mark.parametrize(
    "damage",
    [{"received": 9}, {"places": {"tray": {"sheets": -1}}}, {"places": {"moon": {}}}, {"slips": [["a"]]}, {"open": True}],
    ids=str,
)
def test_what_does_not_balance_or_is_no_standing_is_not_believed(both: tuple[Desk, Desk], damage: dict[str, object]) -> None:
    first, second = both
    take_in(first, 1, 3)
    standing_own.tell(first[0])
    ((id_, kind, body),) = outgoing(first[0], "standing")
    assert deliver([(id_, kind, {**body, **damage})], second[0]) == ["no-standing"]
    heard(second, "T04")
    assert standing.of_room(*second)[0].standing is None


def test_a_slip_of_another_terminal_is_sent_there(both: tuple[Desk, Desk]) -> None:
    first, second = both
    take_in(first, 1, 3)
    tell(first, second)
    heard(second, "T04")
    with first[0].store.read.begin() as connection:
        (slip,) = custody.slips_on_hand(connection)
    for typed in (slip.number, f"nhi-center:slip:{slip.id}"):
        with pytest.raises(OperatorError) as caught:
            slips.find(*second, typed)
        assert (caught.value.code, "端末 T04" in caught.value.message) == ("elsewhere", True)
    assert slips.find(*first, slip.number) == slip


def test_no_value_of_a_person_is_told(both: tuple[Desk, Desk]) -> None:
    first, _second = both
    take_in(first, 1, 3)
    standing_own.tell(first[0])
    ((_id, _kind, body),) = outgoing(first[0], "standing")
    assert set(body) == {field.name for field in fields(domain.Standing)}
    assert "見本" not in json.dumps(body, ensure_ascii=False)


def supervise(desk: Desk) -> Desk:
    return desk[0], as_person(desk[0], "s-toko")


def settle(desk: Desk) -> None:
    all_leave(desk[0])
    all_sent(desk[0])


def close(desk: Desk) -> Checklist:
    return day_close.sign_and_close(*desk, day_close.check(*desk), "s-toko", PASSWORDS["s-toko"])


def test_the_day_does_not_close_while_paper_lies_loose_at_another_terminal(both: tuple[Desk, Desk]) -> None:
    first, second = both
    take_in(second, 2, 6)
    tell(second, first)
    heard(first, "T05")
    supervisor = supervise(first)
    settle(first)
    found = line(day_close.check(*supervisor), "terminal_T05")
    assert (found.item.count, found.item.words, found.item.way) == (6, "端末 T05 の書類", Way.COUNT), "blind until it is counted"
    with pytest.raises(OperatorError) as caught:
        close(supervisor)
    assert caught.value.code == "not-settled"
    # locked up at T05, it is loose no more
    other = supervise(second)
    cabinets.register(*other, "3", "窓側", "2")
    day_close.carry_over(*other, "sheets_tray", "明日の入力", "3")
    tell(second, first)
    assert not line(day_close.check(*supervisor), "terminal_T05").settled, "put away, but nobody has counted it"
    lock_up(other, Pieces(6))
    tell(second, first)
    assert line(day_close.check(*supervisor), "terminal_T05").settled


def test_a_silent_terminal_is_named_and_counted_by_a_second_person(both: tuple[Desk, Desk]) -> None:
    first, second = both
    take_in(second, 2, 6)
    tell(second, first)
    heard(first, "T05", timedelta(hours=2))
    supervisor = supervise(first)
    settle(first)
    words = line(day_close.check(*supervisor), "terminal_T05").item.words
    assert "端末 T05 の書類(11月" in words
    assert "から連絡がありません" in words
    assert "6" not in words.split("(")[0]
    with pytest.raises(OperatorError) as caught:
        standing.count(*supervisor, "T05", Pieces(6), "", "s-toko", PASSWORDS["s-toko"])
    assert (caught.value.field, caught.value.code) == ("id", "same-person")
    first_count = standing.count(*supervisor, "T05", Pieces(5), "一枚が見つからない", "k-ichiro", PASSWORDS["k-ichiro"])
    assert not first_count.stands, "a first count that differs is made again, whatever is written"
    assert not line(day_close.check(*supervisor), "terminal_T05").settled
    second_count = standing.count(*supervisor, "T05", Pieces(5), "一枚が見つからない", "k-ichiro", PASSWORDS["k-ichiro"])
    assert second_count.stands
    counted = line(day_close.check(*supervisor), "terminal_T05")
    assert counted.settled
    assert counted.carried is not None
    assert (counted.carried.counted, counted.carried.differs) == ("5枚", "一枚が見つからない")
    all_sent(first[0])
    closed = close(supervisor).closed
    assert closed is not None
    signed = next(one for one in closed.contents["lines"] if one["item"] == "terminal_T05")
    assert (signed["counted"], signed["differs"], signed["written_by"]) == ("5枚", "一枚が見つからない", "k-ichiro")


def test_a_terminal_that_never_told_is_counted_too(both: tuple[Desk, Desk]) -> None:
    first, _second = both
    heard(first, "T05", timedelta(days=3))
    supervisor = supervise(first)
    found = line(day_close.check(*supervisor), "terminal_T05")
    assert (found.item.count, found.settled) == (1, False)
    made = standing.count(*supervisor, "T05", Pieces(), "", "k-ichiro", PASSWORDS["k-ichiro"])
    assert made.agrees
    assert line(day_close.check(*supervisor), "terminal_T05").settled


def test_a_count_falls_when_the_terminal_tells_of_other_paper(both: tuple[Desk, Desk]) -> None:
    first, second = both
    take_in(second, 1, 2)
    tell(second, first)
    heard(first, "T05", timedelta(hours=1))
    supervisor = supervise(first)
    standing.count(*supervisor, "T05", Pieces(2), "", "k-ichiro", PASSWORDS["k-ichiro"])
    assert line(day_close.check(*supervisor), "terminal_T05").settled
    take_in(second, 1, 1)
    tell(second, first)
    heard(first, "T05")
    assert not line(day_close.check(*supervisor), "terminal_T05").settled


def test_other_open_work_there_is_written_over_here(both: tuple[Desk, Desk]) -> None:
    first, second = both
    handover.open_handover(*second, Direction.IN, SECTION)
    tell(second, first)
    heard(first, "T05")
    supervisor = supervise(first)
    found = line(day_close.check(*supervisor), "terminal_work_T05")
    assert (found.item.count, "署名が終わっていない便 1便" in found.item.words) == (1, True)
    day_close.carry_over(*supervisor, "terminal_work_T05", "明日の朝、続けます", "")
    assert line(day_close.check(*supervisor), "terminal_work_T05").settled


def closed_at_first(both: tuple[Desk, Desk]) -> tuple[Desk, Desk]:
    first, second = both
    heard(first, "T05")
    tell(second, first)
    supervisor = supervise(first)
    settle(first)
    close(supervisor)
    return supervisor, second


def test_one_terminal_closes_the_day_for_the_room(both: tuple[Desk, Desk]) -> None:
    _supervisor, second = closed_at_first(both)
    assert deliver(outgoing(both[0][0], "day_close"), second[0]) == [""]
    other = supervise(second)
    seen = day_close.check(*other)
    assert seen.closed is not None
    assert (seen.closed.terminal, seen.closed.name, seen.closed.contents["supervisor"]) == ("T04", other[1].name, "s-toko")
    with pytest.raises(OperatorError) as caught:
        close(other)
    assert caught.value.code == "closed-already"


@pytest.mark.parametrize("change", [{"supervisor": "k-ichiro"}, {"day": "2026-11-25"}, {"signature": "00" * 64}], ids=str)
def test_a_close_that_no_supervisor_signed_is_not_believed(both: tuple[Desk, Desk], change: dict[str, str]) -> None:
    _supervisor, second = closed_at_first(both)
    ((id_, kind, body),) = outgoing(both[0][0], "day_close")
    (reason,) = deliver([(id_, kind, {**body, **change})], second[0])
    assert reason in ("not-a-supervisor", "bad-signature")
    assert day_close.check(*supervise(second)).closed is None


def test_the_first_close_stands_and_cannot_be_changed(both: tuple[Desk, Desk]) -> None:
    _supervisor, second = closed_at_first(both)
    records = outgoing(both[0][0], "day_close")
    deliver(records, second[0])
    deliver(records, second[0])
    with pytest.raises(Exception, match="append-only"), second[0].store.write.begin() as connection:
        connection.execute(text("UPDATE closed_elsewhere SET name = ''"))


def test_paper_locked_up_and_counted_is_still_the_room_s(both: tuple[Desk, Desk]) -> None:
    first, second = both
    take_in(first, 1, 4)
    supervisor = supervise(first)
    cabinets.register(*supervisor, "3", "窓側", "2")
    day_close.carry_over(*supervisor, "sheets_tray", "明日の入力", "3")
    lock_up(supervisor, Pieces(4))
    tell(first, second)
    heard(second, "T04")
    advance(second[0].premises, minutes=1)
    (paper,) = standing.of_room(*second)
    assert paper.standing is not None
    assert (paper.standing.loose, paper.standing.cabinets, paper.standing.on_hand) == (Pieces(), {"3": Pieces(4)}, Pieces(4))


def test_a_terminal_that_is_cut_off_itself_names_all_others(both: tuple[Desk, Desk]) -> None:
    first, second = both
    take_in(second, 1, 2)
    tell(second, first)
    heard(first, "T05")
    with first[0].store.write.begin() as connection:
        room.keep_contact(connection, (first[0].clock.now() - timedelta(minutes=11)).isoformat())
    (paper,) = standing.of_room(*first)
    assert (paper.reached, domain.words((paper,))) == (False, "端末 T05 連絡なし")


def test_a_full_room_of_slips_fits_one_record_and_a_refused_one_is_not_told_again(both: tuple[Desk, Desk]) -> None:
    slip = ("2026-11-24", "1124-001", "0" * 36)
    full = domain.Standing({Place.TRAY: Pieces(9999)}, {}, 9, ("x" * 40,) * 20, (slip,) * domain.MOST_SLIPS, 9999, 0)
    assert len(json.dumps(domain.to_json(full)).encode()) < MAX_ROOM_BODY_BYTES
    office = both[0][0]
    standing_own.tell(office)
    with office.store.write.begin() as connection:
        connection.execute(text("UPDATE outbox SET state = 'refused'"))
    standing_own.tell(office)
    assert len(outgoing(office, "standing")) == 1


def test_a_number_that_two_terminals_gave_is_not_taken_for_either(both: tuple[Desk, Desk]) -> None:
    first, second = both
    take_in(first, 1, 3)
    take_in(second, 1, 2)
    tell(first, second)
    heard(second, "T04")
    with second[0].store.read.begin() as connection:
        (mine,) = custody.slips_on_hand(connection)
        with pytest.raises(OperatorError) as caught:
            hold_papers.typed_slip(second[0], connection, mine.number)
        assert caught.value.code == "two-slips"
        assert hold_papers.typed_slip(second[0], connection, f"nhi-center:slip:{mine.id}") == mine
    with pytest.raises(OperatorError) as caught:
        slips.find(*second, mine.number)
    assert caught.value.code == "two-slips"
    assert slips.find(*second, f"nhi-center:slip:{mine.id}") == mine


@pytest.mark.parametrize("supervisor", [[], {"a": 1}, None, 7], ids=str)
def test_a_record_of_another_shape_stops_nothing(both: tuple[Desk, Desk], supervisor: object) -> None:
    body = {"day": "2026-11-24", "supervisor": supervisor, "lines": [], "signed_at": "x", "signature": "00"}
    answer: dict[str, Any] = {"contents": {}, "signature": {}}
    event = {"id": "1", "cabinet": "3", "subject": "lock", "turn": 2**70, "what": "locked", "at": "x", "by": "k-ichiro"}
    records: list[tuple[str, str, dict[str, Any]]] = [
        ("a", "day_close", body),
        ("b", "call_answer", answer),
        ("c", "cabinet", {**event, "name": "", "keys": 0, "holder": ""}),
    ]
    reasons = deliver(records, both[1][0])
    assert all(reasons), reasons


def test_paper_that_came_in_after_the_close_elsewhere_is_closed_here(both: tuple[Desk, Desk]) -> None:
    _supervisor, second = closed_at_first(both)
    take_in(second, 1, 2)
    deliver(outgoing(both[0][0], "day_close"), second[0])
    other = supervise(second)
    assert day_close.check(*other).closed is None
    cabinets.register(*other, "3", "窓側", "2")
    day_close.carry_over(*other, "sheets_tray", "明日の入力", "3")
    lock_up(other, Pieces(2))
    assert day_close.check(*other).closed is not None


def test_a_day_that_has_not_come_is_not_closed(both: tuple[Desk, Desk]) -> None:
    _supervisor, second = closed_at_first(both)
    advance(second[0].premises, days=-1)
    assert deliver(outgoing(both[0][0], "day_close"), second[0]) == ["day-ahead"]
