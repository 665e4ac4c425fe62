"""What lay among the applications goes back the same day: the day close asks for it, money stands in red until it has gone."""

from __future__ import annotations

import pytest

from nhi_center.domain.custody import Pieces
from nhi_center.domain.handover import Direction, Side
from nhi_center.domain.locking import LockReason
from nhi_center.domain.today import Task, Urgency
from nhi_center.errors import OperatorError
from nhi_center.services import cabinets, custody, day_close, handover, screen_lock, today
from nhi_center.services.custody import Found
from nhi_center.services.office import Office
from nhi_center.services.premises import open_premises
from nhi_center.services.session import sign_in, sign_out
from tests.services.test_day_close import all_leave, all_sent, lock_up
from tests.services.test_handover import CLERK, SECTION, WARD, Room, counts
from tests.support.office import OPENING, PASSWORDS, HandClock, advance, as_person, desk, premises

__all__ = ["desk", "premises"]


def found(room: Room) -> None:
    view = handover.open_handover(*room, Direction.IN, SECTION)
    for side in Side:
        view = handover.record_count(*room, view.handover.id, side, counts(view, collected=(0, 2), cash=(0, 1)))
    handover.countersign(*room, view.handover.id, WARD, CLERK)


def given_back(room: Room) -> None:
    out = handover.open_handover(*room, Direction.OUT, SECTION)
    for side in Side:
        out = handover.record_count(*room, out.handover.id, side, counts(out, collected=(0, 2), cash=(0, 1)))
    handover.countersign(*room, out.handover.id, CLERK, WARD)


def first_task(room: Room, person: str) -> Task:
    return today.today(room[0], as_person(room[0], person)).tasks[0]


def test_the_clock_of_money_runs_on_whatever_is_done_with_it(desk: Room) -> None:
    """Locked, put into a 保管庫, signed out, the program started anew, taken out again: it came in when it came in."""
    office, clerk = desk
    found(desk)
    (came,) = {one.since for one in on_hand(office)}
    advance(office.premises, minutes=5)
    screen_lock.lock(office, clerk, LockReason.IDLE)
    screen_lock.unlock(office, clerk, PASSWORDS["k-ichiro"])
    supervisor = as_person(office, "s-toko")
    cabinets.register(office, supervisor, "3", "窓側", "2")
    day_close.carry_over(office, supervisor, "sheets_tray", "区の窓口が閉まっていました。", "3")
    lock_up((office, supervisor), Pieces(2, 1, 0))
    assert first_task(desk, "k-ichiro").state == "5分経過"
    sign_out(office, clerk)
    office.store.close()
    premises = open_premises(office.settings, HandClock(OPENING))
    advance(premises, hours=2, minutes=5)
    again, later = sign_in(premises, "k-ichiro", PASSWORDS["k-ichiro"])
    try:
        assert cabinets.take_out(again, later, "3", Pieces(2, 1, 0), "").stands
        assert {one.since for one in on_hand(again)} == {came}
        assert [one.sheets for one in on_hand(again)] == [1, 2], "one line for the money, wherever it lies"
        assert first_task((again, later), "k-ichiro").state == "2時間経過"
    finally:
        again.store.close()


def on_hand(office: Office) -> tuple[Found, ...]:
    with office.store.read.begin() as connection:
        return custody.found_on_hand(connection)


@pytest.mark.parametrize("person", ["k-ichiro", "s-toko", "40127"])
def test_money_stands_first_in_red_with_its_clock_until_it_has_gone(desk: Room, person: str) -> None:
    found(desk)
    advance(desk[0].premises, minutes=17)
    task = first_task(desk, person)
    assert (task.urgency, task.what, task.title, task.state) == (Urgency.AT_ONCE, "即時返却", "現金・金券 1点", "17分経過")
    assert task.screen == "custody"
    given_back(desk)
    assert all(task.what != "即時返却" for task in today.today(desk[0], as_person(desk[0], person)).tasks)


def test_the_day_does_not_close_over_them_without_the_supervisor_s_words(desk: Room) -> None:
    office, _clerk = desk
    supervisor = as_person(office, "s-toko")
    found(desk)
    left = {line.item.kind: line.item.words for line in day_close.check(office, supervisor).unsettled}
    assert left["found_cash"] == "返していない現金・金券 1点"
    assert left["found_papers"] == "当日に返す書類(届出以外) 2枚"
    with pytest.raises(OperatorError) as caught:
        day_close.carry_over(office, supervisor, "found_cash", "", "")
    assert caught.value.field == "note"
    with pytest.raises(OperatorError) as caught:
        day_close.sign_and_close(office, supervisor, day_close.check(office, supervisor), "s-toko", PASSWORDS["s-toko"])
    assert caught.value.code == "not-settled"
    assert "現金・金券 1点" in caught.value.message
    given_back(desk)
    kinds = {line.item.kind for line in day_close.check(office, supervisor).unsettled}
    assert not kinds & {"found_cash", "found_papers"}


def test_with_her_words_it_closes_and_they_are_in_what_she_signs(desk: Room) -> None:
    office, _clerk = desk
    supervisor = as_person(office, "s-toko")
    cabinets.register(office, supervisor, "3", "窓側", "2")
    found(desk)
    all_sent(office)
    words = "区の窓口が閉まっていました。"
    for item, cabinet in (("found_cash", ""), ("found_papers", ""), ("sheets_tray", "3")):
        day_close.carry_over(office, supervisor, item, words, cabinet)
    lock_up((office, supervisor), Pieces(2, 1, 0))
    all_leave(office)
    all_sent(office)
    shown = day_close.check(office, supervisor)
    closed = day_close.sign_and_close(office, supervisor, shown, "s-toko", PASSWORDS["s-toko"])
    assert closed.closed is not None
    cash = next(line for line in closed.closed.contents["lines"] if line["item"] == "found_cash")
    assert (cash["count"], cash["note"]) == (1, words)
