"""食い違い and 使えない端末: what rests on what stands no more is kept with both sides, and a person settles it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from nhi_center.domain.custody import Pieces
from nhi_center.domain.entry import State
from nhi_center.domain.leases import Conflict, Stands
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.services import conflicts, entry_list, incidents, leases, lost_terminals, standing, sync, verification
from nhi_center.services.handover import Credential
from nhi_center.services.room import RoomRecord
from nhi_center.services.session import sign_in
from nhi_center.storage import engine, outbox
from tests.services.test_leases import entered, hand_over, on_hand, own_gateway, pair, paper_of, state_of, under_way
from tests.services.test_verification import key_all
from tests.support.entry import good_draft
from tests.support.lease_room import Desk, exchange
from tests.support.office import PASSWORDS, advance, as_person
from tests.support.papers import key, key_opened, receive
from tests.support.postgres import RunningGateway
from tests.support.two_terminals import deliver, outgoing

__all__ = ["own_gateway", "pair"]

SUPERVISOR, WARD = (Credential(person, PASSWORDS[person]) for person in ("s-toko", "40127"))


def supervise(desk: Desk) -> Desk:
    return desk[0], as_person(desk[0], "s-toko")


def open_conflicts(desk: Desk) -> list[Conflict]:
    return [one for one in conflicts.every(*supervise(desk)) if not one.settled_at]


def refused_rows(desk: Desk) -> int:
    with desk[0].store.read.begin() as connection:
        return outbox.counts(connection)["refused"]


# -- a store from a backup --


Restore = Callable[[Desk, Path], Desk]


@pytest.fixture
def restored() -> Iterator[Restore]:
    """Puts a terminal's store back as it was when it was copied, five minutes later; closed again in any case."""
    signed_in: list[Desk] = []

    def put_back(desk: Desk, copy: Path) -> Desk:
        office, session = desk
        advance(office.premises, minutes=5)
        store = office.settings.store
        office.premises.link.close()
        office.store.close()
        for file in store.parent.glob(f"{store.name}*"):
            file.unlink()
        for file in copy.glob(f"{store.name}*"):
            shutil.copy(file, store.parent / file.name)
        _number_above(store, office.contents.store_keys[0])
        signed_in.append(sign_in(office.premises, session.person, PASSWORDS[session.person]))
        return signed_in[-1]

    yield put_back
    for office, _session in signed_in:
        office.store.close()


def _number_above(store: Path, key: bytes) -> None:
    """What is sent from now on is new to the segment, as after 確かめて再開する. Before anybody signs in: the hours that nobody
    has booked yet (here the five minutes) are a record too, and would take the number of another that the segment has."""
    connection = engine.connect(store, key)
    try:
        connection.execute("UPDATE sqlite_sequence SET seq = seq + 1000 WHERE name = 'outbox'")
    finally:
        connection.close()


def copied(desk: Desk, to: Path) -> Path:
    store = desk[0].settings.store
    to.mkdir()
    with desk[0].store.write.begin() as connection:
        connection.exec_driver_sql("SELECT 1")
        for file in store.parent.glob(f"{store.name}*"):
            shutil.copy(file, to / file.name)
    return to


def talk(desk: Desk) -> None:
    """What waits, and what the segment has: not the log, whose other past the segment refuses for itself."""
    sync.send(desk[0], lambda *_told: None)
    sync.receive(desk[0], lambda *_told: None)


def test_old_work_of_a_restored_store_becomes_a_conflict_with_both_sides(
    pair: tuple[Desk, Desk], restored: Restore, tmp_path: Path
) -> None:
    first, second = pair
    id_, slip = entered(first)
    exchange(first)
    before = copied(first, tmp_path / "copy")
    hand_over(first, second, slip)
    first = restored(first, before)
    hanako = as_person(first[0], "k-hanako")
    key_all(first[0], hanako, id_)
    verification.finish(first[0], hanako, id_)
    assert on_hand(first) == on_hand(second) == Pieces(slip.sheets), "in both, as a backup would have it: to be settled"
    talk(first)
    (found,) = open_conflicts(first)
    assert (found.application, found.records, refused_rows(first)) == (id_, 1, 0)
    both = conflicts.look(*supervise(first), found.id)
    assert both.theirs is not None
    assert (both.mine.terminal, both.mine.person, both.theirs.terminal) == (first[0].terminal, "k-ichiro", second[0].terminal)
    assert both.mine.at
    assert both.theirs.at
    with pytest.raises(OperatorError) as caught:
        conflicts.settle(*supervise(first), found.id, Stands.THEIRS, "")
    assert caught.value.field == "reason"
    conflicts.settle(*supervise(first), found.id, Stands.THEIRS, "1")
    assert (state_of(first, id_), on_hand(first), on_hand(second)) == (State.ELSEWHERE, Pieces(), Pieces(slip.sheets))
    with pytest.raises(OperatorError) as caught:
        conflicts.settle(*supervise(first), found.id, Stands.MINE, "1")
    assert caught.value.code == "settled-already"
    talk(first)
    exchange(second)
    assert open_conflicts(first) == open_conflicts(second) == []


def test_the_side_of_the_restored_store_may_stand_and_the_other_lets_go(
    pair: tuple[Desk, Desk], own_gateway: RunningGateway, restored: Restore, tmp_path: Path
) -> None:
    first, second = pair
    id_, slip = entered(first)
    exchange(first)
    before = copied(first, tmp_path / "copy")
    hand_over(first, second, slip)
    first = restored(first, before)
    hanako = as_person(first[0], "k-hanako")
    key_all(first[0], hanako, id_)
    verification.finish(first[0], hanako, id_)
    talk(first)
    (found,) = open_conflicts(first)
    conflicts.settle(*supervise(first), found.id, Stands.MINE, "2")
    talk(first)
    exchange(second)
    assert (state_of(first, id_), state_of(second, id_)) == (State.VERIFIED, State.ELSEWHERE)
    assert (on_hand(first), on_hand(second)) == (Pieces(slip.sheets), Pieces())
    assert own_gateway.scalar("SELECT terminal FROM record WHERE kind = 'verification'") == first[0].terminal
    assert open_conflicts(first) == open_conflicts(second) == []


def test_laid_down_on_a_version_that_stands_no_more(pair: tuple[Desk, Desk], restored: Restore, tmp_path: Path) -> None:
    first, second = pair
    id_, slip = entered(first)
    exchange(first)
    before = copied(first, tmp_path / "copy")
    hand_over(first, second, slip)
    first = restored(first, before)
    leases.lay_down(*first, slip.id, slip.sheets)
    talk(first)
    (found,) = open_conflicts(first)
    assert (found.records, refused_rows(first)) == (1, 0)
    conflicts.look(*supervise(first), found.id)
    conflicts.settle(*supervise(first), found.id, Stands.THEIRS, "1")
    assert (state_of(first, id_), on_hand(first), under_way(first)) == (State.ELSEWHERE, Pieces(), 0)


# -- a terminal that is given up --


def lost(first: Desk, second: Desk) -> None:
    """``first`` is silent; supervisor and ward staff give it up at ``second``."""
    lost_terminals.declare(*supervise(second), first[0].terminal, "電源が入らない", SUPERVISOR, WARD)
    (opened,) = incidents.listing(*supervise(second))
    assert f"端末 {first[0].terminal} を使えない端末とした(電源が入らない)" in opened.about
    exchange(second, rounds=2)


def test_a_terminal_is_given_up_by_supervisor_and_ward_together(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    name = first[0].terminal
    for supervisor, ward in ((SUPERVISOR, SUPERVISOR), (WARD, WARD), (Credential("k-ichiro", PASSWORDS["k-ichiro"]), WARD)):
        with pytest.raises(OperatorError) as caught:
            lost_terminals.declare(*supervise(second), name, "落とした", supervisor, ward)
        assert caught.value.code == "wrong-role"
    for terminal, reason in ((second[0].terminal, "落とした"), ("T999", "落とした"), (name, " ")):
        with pytest.raises(OperatorError) as caught:
            lost_terminals.declare(*supervise(second), terminal, reason, SUPERVISOR, WARD)
        assert caught.value.code in ("no-terminal", "no-reason")
    lost(first, second)
    assert lost_terminals.given_up(*second) == (name,)
    with pytest.raises(OperatorError) as caught:
        lost_terminals.declare(*supervise(second), name, "落とした", SUPERVISOR, WARD)
    assert caught.value.code == "failed-already"


@pytest.mark.parametrize(
    "change", [{"reason": "x"}, {"terminal": "T1"}, {"what": "returned"}, {"ward": {}}, {"supervisor": None}], ids=str
)
def test_what_the_two_did_not_sign_is_not_believed(pair: tuple[Desk, Desk], change: dict[str, object]) -> None:
    first, second = pair
    lost_terminals.declare(*supervise(second), first[0].terminal, "電源が入らない", SUPERVISOR, WARD)
    ((id_, kind, body),) = outgoing(second[0], "failure")
    assert deliver([(id_, kind, {**body, **change})], first[0], second[0].terminal) != [""]
    assert lost_terminals.given_up(*first) == ()
    with first[0].store.write.begin() as connection:
        lost_terminals.take(first[0], connection, RoomRecord(1, id_, kind, second[0].terminal, body))
    assert lost_terminals.given_up(*first) == (first[0].terminal,)


def test_what_it_had_is_keyed_again_and_counted_into_the_other_ledger(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    id_, slip = entered(first)
    exchange(first, second)
    lost(first, second)
    (paper,) = lost_terminals.papers(*second, first[0].terminal)
    assert (paper.slip, paper.number, paper.again, paper.lease) == (slip.id, slip.number, True, None)
    lost_terminals.key_again(*second, first[0].terminal, slip.id, "F02", slip.sheets)
    exchange(second)
    (row,) = entry_list.waiting(*second)
    assert (row.slip.id, row.slip.number, row.slip.sheets) == (slip.id, slip.number, slip.sheets)
    assert row.application is not None
    assert row.application.id != id_
    (there,) = standing.of_room(*second)
    assert (on_hand(second), there.failed, there.gone) == (Pieces(slip.sheets), True, slip.sheets)
    key_opened(*second, "F02", f"nhi-center:slip:{slip.id}")
    (paper,) = lost_terminals.papers(*second, first[0].terminal)
    assert not paper.again


def test_keying_again_goes_on_where_the_line_was_cut(pair: tuple[Desk, Desk], own_gateway: RunningGateway) -> None:
    first, second = pair
    _id, slip = entered(first)
    exchange(first, second)
    lost(first, second)
    own_gateway.stop(kill=True)
    with pytest.raises(EnvironmentTrouble, match="LK-01"):
        lost_terminals.key_again(*second, first[0].terminal, slip.id, "F02", slip.sheets)
    own_gateway.start()
    lost_terminals.key_again(*second, first[0].terminal, slip.id, "F02", slip.sheets)
    assert (on_hand(second), under_way(second)) == (Pieces(slip.sheets), 0)


def back(first: Desk, second: Desk, *, keyed_there: bool, birth: str = "1970-03-12") -> tuple[str, str]:
    """``first`` was silent with an entry it had not sent; given up, perhaps keyed again at ``second``, and here again."""
    receive(*first, F02=2)
    exchange(first, second)  # the others know of the paper, and of nothing that is keyed from now on
    id_ = key(*first, "F02", birth=birth)
    slip = paper_of(first, id_)
    lost(first, second)
    if keyed_there:
        lost_terminals.key_again(*second, first[0].terminal, slip.id, "F02", slip.sheets)
        key_opened(second[0], as_person(second[0], "k-hanako"), "F02", f"nhi-center:slip:{slip.id}")
        exchange(second)
    exchange(first, rounds=2)
    return id_, slip.id


def test_what_a_lost_terminal_sends_when_it_comes_back_is_a_conflict(
    pair: tuple[Desk, Desk], own_gateway: RunningGateway
) -> None:
    first, second = pair
    id_, slip = back(first, second, keyed_there=True)
    (found,) = open_conflicts(first)
    assert (found.application, found.records, refused_rows(first)) == (id_, 1, 0)
    assert own_gateway.scalar("SELECT count(*) FROM record WHERE body ->> 'application' = %s", id_) == 0
    both = conflicts.look(*supervise(first), found.id)
    assert both.theirs is not None
    assert (both.theirs.person, both.theirs.terminal, both.differing) == ("k-hanako", second[0].terminal, ())
    assert both.theirs.values["name"] == both.mine.values["name"] != ""
    conflicts.settle(*supervise(first), found.id, Stands.THEIRS, "1")
    lost_terminals.take_back(*supervise(first), "電源を替えた", SUPERVISOR, WARD)
    exchange(first, second, rounds=2)
    assert lost_terminals.given_up(*first) == lost_terminals.given_up(*second) == ()
    assert (on_hand(first), on_hand(second)) == (Pieces(), Pieces(2))
    assert open_conflicts(second) == []
    other, _paper = entered(first)
    exchange(first)
    assert own_gateway.scalar("SELECT count(*) FROM record WHERE body ->> 'application' = %s", other) == 1
    assert slip not in {one.lease.slip for one in leases.shared(*first)}


def test_what_nobody_keyed_again_is_sent_after_all(pair: tuple[Desk, Desk], own_gateway: RunningGateway) -> None:
    first, second = pair
    id_, _slip = back(first, second, keyed_there=False)
    (found,) = open_conflicts(first)
    assert conflicts.look(*supervise(first), found.id).theirs is None
    with pytest.raises(OperatorError) as caught:
        conflicts.settle(*supervise(first), found.id, Stands.THEIRS, "1")
    assert caught.value.code == "no-other-side"
    lost_terminals.take_back(*supervise(first), "電源を替えた", SUPERVISOR, WARD)
    conflicts.settle(*supervise(first), found.id, Stands.MINE, "1")
    exchange(first)
    assert own_gateway.scalar("SELECT count(*) FROM record WHERE body ->> 'application' = %s", id_) == 1
    assert (open_conflicts(first), on_hand(first)) == ([], Pieces(2))


def test_what_it_held_is_its_own_again(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    id_, slip = entered(second)
    hand_over(second, first, slip)
    lost(first, second)
    (paper,) = lost_terminals.papers(*second, first[0].terminal)
    assert (paper.again, paper.lease is not None) == (True, True)
    with pytest.raises(OperatorError) as caught:
        leases.take(*second, slip.id, slip.sheets)
    assert caught.value.code == "lost"
    exchange(first)
    lost_terminals.take_back(*supervise(first), "電源を替えた", SUPERVISOR, WARD)
    exchange(first, rounds=2)
    hand_over(first, second, slip)
    assert state_of(second, id_) is State.ENTERED


def test_no_value_of_a_person_is_told_of_conflicts_or_in_the_log(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    back(first, second, keyed_there=True)
    (found,) = open_conflicts(first)
    conflicts.look(*supervise(first), found.id)
    conflicts.settle(*supervise(first), found.id, Stands.THEIRS, "1")
    with first[0].store.read.begin() as connection:
        told = [json.loads(row) for row in connection.execute(text("SELECT body FROM lease")).scalars()]
        log = b"".join(connection.execute(text("SELECT entry FROM audit")).scalars())
    for value in (good_draft("F02").values["name"], found.mine.values["name"]):
        assert value not in json.dumps(told, ensure_ascii=False)
        assert value.encode() not in log
