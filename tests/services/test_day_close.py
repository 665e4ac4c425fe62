from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import text

from nhi_center.domain.custody import Pieces
from nhi_center.domain.handover import Direction, Side
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services import cabinets, day_close, handover
from nhi_center.services.office import Office
from nhi_center.services.presence import check_out, roster
from tests.services.test_handover import CLERK, NINE, SECTION, WARD, counts
from tests.support.office import PASSWORDS, as_person, desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


@pytest.fixture
def supervisor(desk: Room) -> Room:
    return desk[0], as_person(desk[0], "s-toko")


def lock_up(supervisor: Room, pieces: Pieces, number: str = "3") -> None:
    """k-hanako counts what is in the cabinet, the supervisor sees it locked."""
    made = cabinets.count(*supervisor, number, pieces, "", "k-hanako", PASSWORDS["k-hanako"])
    assert made.stands
    cabinets.look(*supervisor, number, locked=True)


def open_kinds(room: Room) -> dict[str, int]:
    return {line.item.kind: line.item.count for line in day_close.check(*room).unsettled}


def all_leave(office: Office) -> None:
    ward = as_person(office, "40127")
    for row in roster(office, ward):
        if row.stay is not None and row.stay.inside and row.person != "s-toko":
            check_out(office, ward, row.stay)


def all_sent(office: Office) -> None:
    with office.store.write.begin() as connection:
        connection.execute(text("UPDATE outbox SET state = 'sent'"))


def receive(desk: Room) -> None:
    view = handover.open_handover(*desk, Direction.IN, SECTION)
    for side in Side:
        view = handover.record_count(*desk, view.handover.id, side, counts(view, **NINE))
    handover.countersign(*desk, view.handover.id, WARD, CLERK)


def test_a_quiet_day_closes_and_stays_closed(supervisor: Room) -> None:
    office, session = supervisor
    all_leave(office)
    all_sent(office)
    assert open_kinds(supervisor) == {}
    closed = day_close.sign_and_close(office, session, day_close.check(office, session), "s-toko", PASSWORDS["s-toko"])
    assert closed.closed is not None
    assert closed.closed.name == "見本 統子"
    with pytest.raises(OperatorError) as caught:
        day_close.sign_and_close(office, session, day_close.check(office, session), "s-toko", PASSWORDS["s-toko"])
    assert caught.value.code == "closed-already"
    with office.store.read.begin() as connection:
        body = connection.execute(text("SELECT body FROM outbox WHERE kind = 'day_close'")).scalar_one()
    assert json.loads(body)["day"] == "2026-11-24"


def test_only_the_list_that_was_shown_is_signed(supervisor: Room) -> None:
    """While the supervisor reads, the exchange goes on: a row is refused after she has looked."""
    office, session = supervisor
    all_leave(office)
    all_sent(office)
    shown = day_close.check(office, session)
    with office.store.write.begin() as connection:
        connection.execute(text("UPDATE outbox SET state = 'refused' WHERE seq = (SELECT max(seq) FROM outbox)"))
    day_close.carry_over(office, session, "refused", "明日、区に確かめます", "")
    with pytest.raises(OperatorError) as caught:
        day_close.sign_and_close(office, session, shown, "s-toko", PASSWORDS["s-toko"])
    assert caught.value.code == "changed"
    assert day_close.check(office, session).closed is None


def test_what_is_open_is_found_and_must_be_written_down(desk: Room, supervisor: Room) -> None:
    receive(desk)
    office, session = supervisor
    all_leave(office)
    all_sent(office)
    assert open_kinds(supervisor) == {"sheets_tray": 9}
    with pytest.raises(OperatorError, match="受付トレイの書類 9枚"):
        day_close.sign_and_close(office, session, day_close.check(office, session), "s-toko", PASSWORDS["s-toko"])
    with pytest.raises(OperatorError) as caught:
        day_close.carry_over(office, session, "sheets_tray", "明日の朝に入力", "")
    assert caught.value.field == "cabinet"
    with pytest.raises(OperatorError) as caught:
        day_close.carry_over(office, session, "sheets_tray", "明日の朝に入力", "3")
    assert caught.value.code == "no-cabinet"
    cabinets.register(office, session, "3", "窓側", "2")
    day_close.carry_over(office, session, "sheets_tray", "明日の朝に入力", "3")
    all_sent(office)
    assert open_kinds(supervisor) == {"cabinet_3": 9, "cabinet_lock_3": 1}
    lock_up(supervisor, Pieces(9))
    all_sent(office)
    assert open_kinds(supervisor) == {}
    closed = day_close.sign_and_close(office, session, day_close.check(office, session), "s-toko", PASSWORDS["s-toko"])
    assert closed.closed is not None
    handover.open_handover(*desk, Direction.IN, SECTION)
    assert day_close.check(*supervisor) == closed, "a closed day keeps showing what was signed"
    (line,) = [line for line in closed.lines if line.item.kind == "cabinet_3"]
    assert line.carried is not None
    assert (line.item.count, line.carried.cabinet, line.carried.counted) == (9, "3", "9枚")
    assert (line.carried.note, line.carried.written_by) == ("明日の朝に入力", "k-hanako")


def test_what_comes_in_after_the_count_is_put_away_and_counted_too(desk: Room, supervisor: Room) -> None:
    receive(desk)
    cabinets.register(*supervisor, "3", "窓側", "2")
    day_close.carry_over(*supervisor, "sheets_tray", "明日の朝に入力", "3")
    lock_up(supervisor, Pieces(9))
    receive(desk)
    assert open_kinds(supervisor)["sheets_tray"] == 9
    day_close.carry_over(*supervisor, "sheets_tray", "あとから届いた", "3")
    found = open_kinds(supervisor)
    assert (found["cabinet_3"], found["cabinet_lock_3"]) == (18, 1), "the count of nine says nothing of eighteen; it was opened"


def test_neither_a_count_nor_a_lock_is_written_away(desk: Room, supervisor: Room) -> None:
    receive(desk)
    cabinets.register(*supervisor, "3", "窓側", "2")
    day_close.carry_over(*supervisor, "sheets_tray", "明日の朝に入力", "3")
    for item in ("cabinet_3", "cabinet_lock_3"):
        with pytest.raises(OperatorError) as caught:
            day_close.carry_over(*supervisor, item, "理由", "3")
        assert caught.value.code == "not-carried"


def test_who_counted_does_not_sign_the_day(desk: Room, supervisor: Room) -> None:
    """Somebody else had closed the cabinet, and the supervisor counted it: a second person is two people."""
    office, session = supervisor
    receive(desk)
    all_leave(office)
    cabinets.register(*supervisor, "3", "窓側", "2")
    day_close.carry_over(*supervisor, "sheets_tray", "明日の朝に入力", "3")
    other = replace(session, person="s-other")
    with pytest.raises(OperatorError) as caught:
        cabinets.count(office, other, "3", Pieces(9), "", "s-toko", PASSWORDS["s-toko"])
    assert (caught.value.field, caught.value.code) == ("id", "same-person"), "she put it in"
    with pytest.raises(OperatorError) as caught:
        cabinets.count(*supervisor, "3", Pieces(9), "", "s-toko", PASSWORDS["s-toko"])
    assert caught.value.code == "same-person"
    lock_up(supervisor, Pieces(9))
    all_sent(office)
    with office.store.write.begin() as connection:
        columns = "day, cabinet, purpose, expected, counted, reason, name, role, signed_at, statement, value"
        connection.execute(text(f"INSERT INTO cabinet_count ({columns}, person) SELECT {columns}, 's-toko' FROM cabinet_count"))
    with pytest.raises(OperatorError) as caught:
        day_close.sign_and_close(office, session, day_close.check(office, session), "s-toko", PASSWORDS["s-toko"])
    assert caught.value.code == "same-person"


def test_people_unsigned_handovers_and_unsent_rows_are_open(desk: Room, supervisor: Room) -> None:
    handover.open_handover(*desk, Direction.IN, SECTION)
    found = open_kinds(supervisor)
    assert found.keys() == {"handovers", "unsent", "inside"}
    assert found["inside"] == 2


def test_only_a_supervisor_closes(desk: Room, supervisor: Room) -> None:
    office, session = supervisor
    all_leave(office)
    all_sent(office)
    with pytest.raises(OperatorError) as caught:
        day_close.sign_and_close(office, session, day_close.check(office, session), "k-ichiro", PASSWORDS["k-ichiro"])
    assert caught.value.code == "wrong-role"
    with pytest.raises(OperatorError) as caught:
        day_close.check(*desk)
    assert caught.value.code == "not-permitted"
    with pytest.raises(OperatorError) as caught:
        day_close.sign_and_close(office, session, day_close.check(office, session), "s-toko", "wrong")
    assert caught.value.code == "wrong-password"
    assert day_close.check(*supervisor).closed is None


@pytest.mark.parametrize(
    ("note", "cabinet", "field"),
    [
        ("", "3", "note"),
        ("あ" * 61, "3", "note"),
        ("番号 123456789018", "3", "note"),
        ("理由", "棚", "cabinet"),
        ("理由", "1234", "cabinet"),
    ],
)
def test_an_entry_says_why_and_where(desk: Room, supervisor: Room, note: str, cabinet: str, field: str) -> None:
    receive(desk)
    with pytest.raises(OperatorError) as caught:
        day_close.carry_over(*supervisor, "sheets_tray", note, cabinet)
    assert caught.value.field == field


def test_nothing_is_written_down_for_what_is_not_open(supervisor: Room) -> None:
    with pytest.raises(OperatorError) as caught:
        day_close.carry_over(*supervisor, "handovers", "理由", "")
    assert caught.value.code == "not-open"
