"""保管庫: register, keys, locks; papers over night, counted in and out; a difference; two terminals."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from nhi_center.domain import cabinets as domain
from nhi_center.domain.cabinets import CabinetEvent, What
from nhi_center.domain.custody import Pieces, Place, Slip
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.statements import signed_bytes, statement_hash
from nhi_center.errors import OperatorError
from nhi_center.services import cabinets, custody, day_close, takers
from nhi_center.services.office import Office
from nhi_center.services.room import RoomRecord
from nhi_center.services.work import begin
from nhi_center.storage import cabinets as storage
from nhi_center.storage import custody as ledger
from tests.services.test_day_close import all_leave, all_sent, lock_up, open_kinds, receive
from tests.support.office import PASSWORDS, advance, as_person, desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


@pytest.fixture
def supervisor(desk: Room) -> Room:
    made = desk[0], as_person(desk[0], "s-toko")
    cabinets.register(*made, "3", "窓側", "2")
    return made


def refused(act: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(OperatorError) as caught:
        act()
    return caught.value.field, caught.value.code


def at_places(office: Office) -> dict[str, int]:
    with office.store.read.begin() as connection:
        found = dict[str, int]()
        for balance in ledger.balances(connection, places=(Place.TRAY, Place.ENTRY, Place.CABINET)):
            found[balance.account.where] = found.get(balance.account.where, 0) + balance.sheets
    return found


def only(room: Room) -> domain.Cabinet:
    (row,) = cabinets.of_room(*room)
    return row.cabinet


def faults(office: Office) -> int:
    with office.store.read.begin() as connection:
        return custody.ledger_faults(connection)


def test_a_key_goes_out_to_a_person_and_comes_back(desk: Room, supervisor: Room) -> None:
    cabinets.take_key(*desk, "3", 1, "k-ichiro")
    (key,) = only(desk).out
    assert (key.key, key.holder, key.by) == (1, "k-ichiro", "k-ichiro")
    assert refused(lambda: cabinets.take_key(*desk, "3", 1, "k-hanako")) == ("key", "key-is-out")
    assert refused(lambda: cabinets.take_key(*desk, "3", 3, "k-hanako")) == ("key", "no-key")
    assert refused(lambda: cabinets.take_key(*desk, "3", 2, "nobody")) == ("holder", "no-person")
    assert open_kinds(supervisor)["cabinet_keys"] == 1
    cabinets.return_key(*desk, "3", 1)
    assert only(desk).out == ()
    assert refused(lambda: cabinets.return_key(*desk, "3", 1)) == ("key", "key-is-back")
    with desk[0].store.read.begin() as connection:
        assert [event.what for event in storage.history(connection, "3") if event.subject == "key-1"] == ["key_back", "key_out"]


def test_a_lock_is_looked_at_every_day(premises: object, supervisor: Room) -> None:
    assert open_kinds(supervisor)["cabinet_lock_3"] == 1
    cabinets.look(*supervisor, "3", locked=True)
    assert "cabinet_lock_3" not in open_kinds(supervisor)
    cabinets.look(*supervisor, "3", locked=False)
    assert open_kinds(supervisor)["cabinet_lock_3"] == 1
    cabinets.look(*supervisor, "3", locked=True)
    advance(premises, hours=24)  # type: ignore[arg-type]
    assert open_kinds(supervisor)["cabinet_lock_3"] == 1, "yesterday's look says nothing of today"


@pytest.mark.parametrize(
    ("number", "place", "keys", "field"),
    [
        ("棚", "窓側", "1", "cabinet"),
        ("03", "窓側", "1", "cabinet"),
        ("1234", "窓側", "1", "cabinet"),
        ("4", " ", "1", "place"),
        ("4", "あ" * 31, "1", "place"),
        ("4", "123456789018", "1", "place"),
        ("4", "窓側", "0", "keys"),
        ("4", "窓側", "10", "keys"),
        ("4", "窓側", "二", "keys"),
    ],
)
def test_the_register_takes_no_nonsense(supervisor: Room, number: str, place: str, keys: str, field: str) -> None:
    assert refused(lambda: cabinets.register(*supervisor, number, place, keys))[0] == field


def test_a_cabinet_with_paper_or_with_a_key_out_stays(desk: Room, supervisor: Room) -> None:
    cabinets.take_key(*supervisor, "3", 2, "s-toko")
    assert refused(lambda: cabinets.retire(*supervisor, "3"))[1] == "key-is-out"
    assert refused(lambda: cabinets.register(*supervisor, "3", "窓側", "1")) == ("keys", "key-is-out")
    cabinets.return_key(*supervisor, "3", 2)
    receive(desk)
    day_close.carry_over(*supervisor, "sheets_tray", "明日の朝に入力", "3")
    assert refused(lambda: cabinets.retire(*supervisor, "3"))[1] == "not-empty"
    cabinets.take_out(*supervisor, "3", Pieces(9), "")
    cabinets.retire(*supervisor, "3")
    assert cabinets.of_room(*supervisor) == ()
    assert refused(lambda: cabinets.look(*supervisor, "3", locked=True))[1] == "no-cabinet"


def test_papers_go_in_at_night_and_come_back_to_where_they_were(desk: Room, supervisor: Room) -> None:
    """Two sheets of one application are on the desk, seven still in the pile: over night all nine are in 保管庫 3."""
    office, _clerk = desk
    receive(desk)
    slip = custody.unsorted_slips(*desk)[0]
    with begin(*desk, Action.ENTER) as unit:
        custody.take_slip(unit, slip.id, 2)
    assert at_places(office) == {"受付トレイ": 7, "入力・照合中": 2}
    day_close.carry_over(*supervisor, "sheets_tray", "明日の朝に入力", "3")
    day_close.carry_over(*supervisor, "sheets_entry", "入力の途中", "3")
    assert at_places(office) == {"保管庫 3": 9}
    lock_up(supervisor, Pieces(9))
    assert faults(office) == 0
    with begin(*desk, Action.ENTER) as unit:
        assert custody.find_slip(unit.connection, slip.id).where == "保管庫 3"
        assert refused(lambda: custody.move_slip(unit, slip.id, Place.OUTPUT))[1] == "slip-in-cabinet"
        assert refused(lambda: custody.take_slip(unit, slip.id, 3))[1] == "slip-elsewhere"
        other = custody.unsorted_slips(*desk)[0]
        assert refused(lambda: custody.take_slip(unit, other.id, 1))[1] == "slip-in-cabinet"
    made = cabinets.take_out(*desk, "3", Pieces(9), "")
    assert made.agrees
    assert at_places(office) == {"受付トレイ": 7, "入力・照合中": 2}
    assert only(desk).locked is False, "who took them out opened it"
    assert faults(office) == 0
    assert refused(lambda: cabinets.take_out(*desk, "3", Pieces(9), ""))[1] == "nothing-inside"


def test_a_difference_is_counted_again_and_stands_only_with_a_reason(desk: Room, supervisor: Room) -> None:
    receive(desk)
    day_close.carry_over(*supervisor, "sheets_tray", "明日の朝に入力", "3")

    def counted(sheets: int, reason: str = "") -> domain.Count:
        return cabinets.count(*supervisor, "3", Pieces(sheets), reason, "k-hanako", PASSWORDS["k-hanako"])

    first = counted(8, "一枚ない")
    assert (first.stands, first.reason) == (False, ""), "the first count takes no reason"
    assert "9" not in domain.difference_words(first, told=False), "he counts again without knowing what it should be"
    assert counted(8).stands is False
    assert counted(8, "一枚ない").stands
    cabinets.look(*supervisor, "3", locked=True)
    all_leave(desk[0])
    all_sent(desk[0])
    check = day_close.check(*supervisor)
    (line,) = [line for line in check.lines if line.item.kind == "cabinet_3"]
    assert line.settled
    assert line.carried is not None
    assert (line.carried.counted, line.carried.differs) == ("8枚", "一枚ない")
    closed = day_close.sign_and_close(*supervisor, check, "s-toko", PASSWORDS["s-toko"])
    assert closed.closed is not None
    assert any(line.get("differs") == "一枚ない" for line in closed.closed.contents["lines"])
    with desk[0].store.read.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM cabinet_count")).scalar_one() == 3, "every count is kept"


def test_a_wrong_password_counts_nothing(desk: Room, supervisor: Room) -> None:
    receive(desk)
    day_close.carry_over(*supervisor, "sheets_tray", "明日の朝に入力", "3")
    assert refused(lambda: cabinets.count(*supervisor, "3", Pieces(9), "", "k-hanako", "wrong"))[1] == "wrong-password"
    assert "cabinet_3" in open_kinds(supervisor)


def test_the_signature_is_over_what_was_counted(desk: Room, supervisor: Room) -> None:
    office = desk[0]
    receive(desk)
    day_close.carry_over(*supervisor, "sheets_tray", "明日の朝に入力", "3")
    lock_up(supervisor, Pieces(9))
    with office.store.read.begin() as connection:
        row = connection.execute(text("SELECT * FROM cabinet_count")).one()
    contents = domain.counted_contents(row.day, row.cabinet, Pieces(9), row.reason)
    assert row.statement == statement_hash(domain.STATEMENT, contents)
    account = office.premises.accounts.find("k-hanako")
    assert account.verifies(signed_bytes(row.statement, row.person, row.role, row.signed_at), row.value)


def test_a_morning_that_does_not_agree_moves_nothing_until_it_stands(desk: Room, supervisor: Room) -> None:
    receive(desk)
    day_close.carry_over(*supervisor, "sheets_tray", "明日の朝に入力", "3")
    assert not cabinets.take_out(*desk, "3", Pieces(8), "").stands
    assert at_places(desk[0]) == {"保管庫 3": 9}
    assert cabinets.take_out(*desk, "3", Pieces(8), "一枚見当たらない").stands
    assert at_places(desk[0]) == {"受付トレイ": 9}
    assert open_kinds(supervisor)["cabinet_differences"] == 1


def test_every_terminal_knows_the_same_whatever_comes_first(desk: Room, supervisor: Room) -> None:
    office = desk[0]
    cabinets.take_key(*desk, "3", 1, "k-ichiro")
    cabinets.return_key(*desk, "3", 1)
    cabinets.take_key(*desk, "3", 1, "k-hanako")
    cabinets.look(*supervisor, "3", locked=True)
    with office.store.read.begin() as connection:
        events = storage.history(connection, "3")
        expected = storage.every(connection)
    for order in (events, tuple(reversed(events)), (*events[2:], *events[:2], *events)):
        latest = dict[tuple[str, str], CabinetEvent]()
        for event in order:
            at = (event.cabinet, event.subject)
            if at not in latest or _place(event) > _place(latest[at]):
                latest[at] = event
        assert domain.standing(latest.values()) == expected


def _place(event: CabinetEvent) -> tuple[int, str, str]:
    return event.turn, event.at, event.id


def test_what_another_terminal_says_is_believed_only_of_who_may_say_it(desk: Room, supervisor: Room) -> None:
    office = desk[0]
    event = CabinetEvent(
        id="6e0ff0f6-6f7a-4f27-9a3f-0d9a7a3b6a11",
        cabinet="4",
        subject="register",
        turn=0,
        what="registered",
        at="2026-11-24T09:00:00+09:00",
        by="s-toko",
        name="入口側",
        keys=1,
    )

    def told(event: CabinetEvent, cursor: int) -> str:
        body = domain.event_to_json(event)
        with office.store.write.begin() as connection:
            return takers.take(office, connection, RoomRecord(cursor, event.id, "cabinet", "T05", body))

    assert told(replace(event, by="k-ichiro"), 1) != "", "a clerk registers none"
    assert told(replace(event, keys=99), 2) == "unreadable"
    assert told(replace(event, what="key_out", subject="lock"), 3) == "unreadable"
    assert [row.cabinet.number for row in cabinets.of_room(*desk)] == ["3"]
    assert told(event, 4) == ""
    assert told(event, 4) == ""
    assert [row.cabinet.number for row in cabinets.of_room(*desk)] == ["3", "4"]


def test_a_cabinet_that_another_terminal_retires_still_holds_its_paper(desk: Room, supervisor: Room) -> None:
    office = desk[0]
    receive(desk)
    day_close.carry_over(*supervisor, "sheets_tray", "明日の朝に入力", "3")
    event = CabinetEvent(
        id="6e0ff0f6-6f7a-4f27-9a3f-0d9a7a3b6a12",
        cabinet="3",
        subject="register",
        turn=1,
        what="retired",
        at="2026-11-24T09:00:00+09:00",
        by="s-toko",
    )
    with office.store.write.begin() as connection:
        assert takers.take(office, connection, RoomRecord(1, event.id, "cabinet", "T05", domain.event_to_json(event))) == ""
    assert open_kinds(supervisor)["cabinet_3"] == 9
    assert refused(lambda: cabinets.take_out(*desk, "3", Pieces(9), ""))[1] == "no-cabinet"
    cabinets.register(*supervisor, "3", "窓側", "2")
    assert cabinets.take_out(*desk, "3", Pieces(9), "").agrees


def test_a_clerk_takes_keys_and_papers_but_registers_nothing(desk: Room, supervisor: Room) -> None:
    assert refused(lambda: cabinets.register(*desk, "5", "窓側", "1"))[1] == "not-permitted"
    assert refused(lambda: cabinets.count(*desk, "3", Pieces(), "", "k-hanako", "x"))[1] == "not-permitted"
    ward = desk[0], as_person(desk[0], "40127")
    assert len(cabinets.of_room(*ward)) == 1
    assert refused(lambda: cabinets.take_key(*ward, "3", 1, "40127"))[1] == "not-permitted"


def test_an_act_that_leaves_the_ledger_out_of_balance_is_undone(desk: Room) -> None:
    office = desk[0]
    receive(desk)

    def wrong() -> None:
        with begin(*desk, Action.ENTER) as unit:
            custody.take_slip(unit, custody.unsorted_slips(*desk)[0].id, 2)
            unit.connection.execute(text("UPDATE balance SET sheets = sheets + 1 WHERE place = 'entry'"))

    with pytest.raises(RuntimeError, match="out of balance"):
        wrong()
    assert at_places(office) == {"受付トレイ": 9}
    assert faults(office) == 0


def test_every_word_has_its_label() -> None:
    assert all(what.label for what in What)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["receive", "take", "hold", "ready", "night", "morning"]),
        st.sampled_from(["3", "4"]),
        st.integers(1, 4),
    ),
    min_size=3,
    max_size=10,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=STEPS)
def test_random_days_on_the_real_store_stay_in_balance(desk: Room, supervisor: Room, days: list[tuple[str, str, int]]) -> None:
    """Whatever is tried in whatever order: every commit is in balance, and what went in at night came out where it was."""
    cabinets.register(*supervisor, "4", "入口側", "1")
    for what, number, sheets in days:
        with contextlib.suppress(OperatorError):
            _act(desk, supervisor, what, number, sheets)
        assert faults(desk[0]) == 0


def _act(desk: Room, supervisor: Room, what: str, number: str, sheets: int) -> None:
    if what == "receive":
        receive(desk)
    elif what == "night":
        day_close.carry_over(*supervisor, f"sheets_{('tray', 'entry', 'hold', 'output')[sheets - 1]}", "明日", number)
    elif what == "morning":
        with desk[0].store.read.begin() as connection:
            here = cabinets.inside(connection, number)
        cabinets.take_out(*desk, number, here, "")
    else:
        slips = custody.unsorted_slips(*desk) if what == "take" else _sorted_slips(desk[0])
        with begin(*desk, Action.ENTER) as unit:
            if slips and what == "take":
                custody.take_slip(unit, slips[0].id, sheets)
            elif slips:
                custody.move_slip(unit, slips[0].id, Place.HOLD if what == "hold" else Place.OUTPUT)


def _sorted_slips(office: Office) -> tuple[Slip, ...]:
    with office.store.read.begin() as connection:
        return tuple(slip for slip in ledger.slips_on_hand(connection) if slip.sheets)
