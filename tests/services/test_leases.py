"""端末間の引渡し over a real gateway: keyed at one terminal, verified at another; one holder at every moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nhi_center.domain.custody import Pieces, Place, Slip
from nhi_center.domain.entry import State
from nhi_center.domain.leases import LeaseState
from nhi_center.domain.standing import add
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.services import custody as desk_custody
from nhi_center.services import entry, entry_list, leases, slips, standing, standing_own, verification
from nhi_center.storage import custody
from nhi_center.storage import entry as applications
from nhi_center.storage import leases as storage
from tests.services.test_verification import key_all
from tests.support.entry import good_draft
from tests.support.lease_room import Desk, close, exchange, terminals
from tests.support.office import advance, as_person
from tests.support.papers import key, receive, register_people
from tests.support.postgres import RunningGateway, new_database


@pytest.fixture
def own_gateway(postgres: LocalPostgres, tmp_path: Path) -> Iterator[RunningGateway]:
    with new_database(postgres) as dsn:
        running = RunningGateway(tmp_path / "gateway", dsn)
        running.start()
        yield running
        if running.process is not None:
            assert running.stop() == 0


@pytest.fixture
def pair(own_gateway: RunningGateway, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """k-ichiro at the first, k-hanako at the second."""
    first, second = terminals(own_gateway, tmp_path, ("k-ichiro", "k-hanako"))
    for desk in (first, second):
        register_people(desk[0])
    yield first, second
    close(first, second)


def entered(desk: Desk) -> tuple[str, Slip]:
    """An F02 keyed at this terminal: the application's id and its paper."""
    receive(*desk, F02=2)
    id_ = key(*desk, "F02")
    return id_, paper_of(desk, id_)


def paper_of(desk: Desk, application: str) -> Slip:
    with desk[0].store.read.begin() as connection:
        found = applications.find(connection, application)
        assert found is not None
        return desk_custody.find_slip(connection, found.slip)


def state_of(desk: Desk, application: str) -> State:
    with desk[0].store.read.begin() as connection:
        found = applications.find(connection, application)
        assert found is not None
        return found.state


def on_hand(desk: Desk) -> Pieces:
    with desk[0].store.read.begin() as connection:
        assert desk_custody.ledger_faults(connection) == 0
        return standing_own.own(desk[0], connection).on_hand


def under_way(desk: Desk) -> int:
    with desk[0].store.read.begin() as connection:
        return len(leases.under_way(desk[0], connection))


def hand_over(frm: Desk, to: Desk, slip: Slip) -> None:
    leases.lay_down(*frm, slip.id, slip.sheets)
    exchange(frm, to)
    leases.take(*to, slip.id, slip.sheets)
    exchange(to, frm)


def test_keyed_at_one_terminal_verified_at_another(pair: tuple[Desk, Desk], own_gateway: RunningGateway) -> None:
    first, second = pair
    id_, slip = entered(first)
    hand_over(first, second, slip)
    assert (state_of(first, id_), state_of(second, id_)) == (State.ELSEWHERE, State.ENTERED)
    key_all(*second, id_)
    verification.finish(*second, id_)
    exchange(second)
    assert state_of(second, id_) is State.VERIFIED
    by = "SELECT string_agg(kind || ' ' || terminal, ', ' ORDER BY received_at) FROM record WHERE body ->> 'application' = %s"
    assert own_gateway.scalar(by, id_) == (
        f"application {first[0].terminal}, lease {first[0].terminal}, verification {second[0].terminal}"
    )


def test_the_keyer_verifies_it_nowhere(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    id_, slip = entered(first)
    hand_over(first, second, slip)
    ichiro = as_person(second[0], "k-ichiro")
    assert verification.waiting(second[0], ichiro) == ()
    with pytest.raises(OperatorError) as caught:
        verification.open_verification(second[0], ichiro, id_)
    assert caught.value.code == "four-eyes"


def test_the_sheets_are_in_one_ledger_or_named_as_under_way(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    _id, slip = entered(first)
    whole = on_hand(first)
    leases.lay_down(*first, slip.id, slip.sheets)
    rest = Pieces(whole.sheets - slip.sheets)
    assert (on_hand(first), on_hand(second), under_way(first)) == (rest, Pieces(), 1)
    exchange(first, second)
    assert (under_way(first), under_way(second)) == (1, 0)
    (told,) = standing.of_room(*second)
    assert told.standing is not None
    assert "端末間の引渡しの途中の書類 1件" in told.standing.work
    leases.take(*second, slip.id, slip.sheets)
    assert (on_hand(first), on_hand(second), under_way(second)) == (rest, Pieces(slip.sheets), 0)
    exchange(second, first)
    assert under_way(first) == 0
    with first[0].store.read.begin() as one, second[0].store.read.begin() as two:
        (out,), (came,) = storage.transfers(one, slip.id), storage.transfers(two, slip.id)
    assert (out["movement"], out["sheets"], out["way"], came["way"]) == (came["movement"], came["sheets"], "out", "in")
    assert (out["person"], out["other_person"], came["person"], came["other_person"]) == (
        *("k-ichiro", "k-hanako"),
        *("k-hanako", "k-ichiro"),
    )
    assert (out["terminal"], came["terminal"]) == (second[0].terminal, first[0].terminal)
    assert out["came_at"] == came["came_at"] != ""


def test_a_wrong_count_moves_nothing(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    id_, slip = entered(first)
    with pytest.raises(OperatorError) as caught:
        leases.lay_down(*first, slip.id, slip.sheets + 1)
    assert (caught.value.field, caught.value.code, state_of(first, id_)) == ("sheets", "sheets-differ", State.ENTERED)
    leases.lay_down(*first, slip.id, slip.sheets)
    exchange(first, second)
    with pytest.raises(OperatorError) as caught:
        leases.take(*second, slip.id, slip.sheets + 1)
    assert (caught.value.field, caught.value.code, on_hand(second)) == ("sheets", "sheets-differ", Pieces())
    assert leases.take(*second, slip.id, slip.sheets).holder == second[0].terminal


def test_a_draft_goes_on_where_it_stopped_and_its_keyer_keeps_it(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    receive(*first, F02=2)
    (slip,) = (one for one in desk_custody.unsorted_slips(*first))
    opened = entry.open_slip(*first, slip.id)
    kept = good_draft("F02")
    entry.put_aside(*first, opened.application.id, kept)
    leases.lay_down(*first, slip.id, 2)
    exchange(first, second)
    leases.take(*second, slip.id, 2)
    with pytest.raises(OperatorError) as caught:
        entry.open_slip(*second, slip.id)
    assert caught.value.code == "someone-elses-draft"
    again = entry.open_slip(second[0], as_person(second[0], "k-ichiro"), slip.id)
    assert (again.application.draft.values, again.application.keyer) == (dict(kept.values), "k-ichiro")


def test_it_comes_back_with_all_that_was_done(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    id_, slip = entered(first)
    hand_over(first, second, slip)
    hand_over(second, first, slip)
    assert (state_of(first, id_), state_of(second, id_)) == (State.ENTERED, State.ELSEWHERE)
    assert (under_way(first), under_way(second)) == (0, 0)
    with first[0].store.read.begin() as connection:
        notes = [event.note for event in applications.events(connection, id_)]
        ways = {one["way"] for one in storage.transfers(connection, slip.id)}
    assert (notes[-4:], ways) == (["laid", "taken", "laid", "taken"], {"out", "in"})
    hanako = as_person(first[0], "k-hanako")
    key_all(first[0], hanako, id_)
    verification.finish(first[0], hanako, id_)


def test_who_laid_it_down_may_take_it_back_himself(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    id_, slip = entered(first)
    leases.lay_down(*first, slip.id, slip.sheets)
    exchange(first, second)
    leases.take(*first, slip.id, slip.sheets)
    assert state_of(first, id_) is State.ENTERED
    with pytest.raises(OperatorError) as caught:
        leases.take(*second, slip.id, slip.sheets)
    assert caught.value.code == "held-elsewhere"
    assert f"端末 {first[0].terminal} が" in caught.value.message
    assert "から持っています" in caught.value.message
    assert under_way(second) == 0


def test_what_was_handed_on_is_worked_on_here_no_more(pair: tuple[Desk, Desk]) -> None:
    first, _second = pair
    id_, slip = entered(first)
    leases.lay_down(*first, slip.id, slip.sheets)
    assert id_ not in {row.application for row in verification.waiting(first[0], as_person(first[0], "k-hanako"))}
    with pytest.raises(OperatorError) as caught:
        verification.open_verification(first[0], as_person(first[0], "k-hanako"), id_)
    assert caught.value.code == "not-this-step"
    for act in (lambda: slips.find(*first, slip.number), lambda: leases.lay_down(*first, slip.id, slip.sheets)):
        with pytest.raises(OperatorError) as caught:
            act()
        assert caught.value.code in ("slip-elsewhere", "not-this-step")


def test_nothing_is_laid_down_without_contact_and_nothing_taken_without_the_line(
    pair: tuple[Desk, Desk], own_gateway: RunningGateway
) -> None:
    first, second = pair
    _id, slip = entered(first)
    leases.lay_down(*first, slip.id, slip.sheets)
    exchange(first, second)
    own_gateway.stop(kill=True)
    with pytest.raises(EnvironmentTrouble, match="LK-01"):
        leases.take(*second, slip.id, slip.sheets)
    assert (on_hand(second), under_way(second)) == (Pieces(), 1), "asked for: named, and asked again"
    (row,) = leases.shared(*second)
    assert row.asked
    own_gateway.start()
    leases.take(*second, slip.id, slip.sheets)
    assert (on_hand(second), under_way(second)) == (Pieces(slip.sheets), 0)
    other_id, other = entered(second)
    advance(second[0].premises, minutes=11)
    with pytest.raises(OperatorError) as caught:
        leases.lay_down(*second, other.id, other.sheets)
    assert (caught.value.code, state_of(second, other_id)) == ("no-contact", State.ENTERED)


def test_a_slip_nobody_has_opened_is_counted_and_handed_on(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    receive(*first, F02=3)
    (slip,) = desk_custody.unsorted_slips(*first)
    leases.lay_down(*first, slip.id, 3)
    exchange(first, second)
    leases.take(*second, slip.id, 3)
    (row,) = entry_list.waiting(*second)
    assert row.application is not None
    assert (row.slip.id, row.application.state, row.slip.sheets, row.slip.place) == (slip.id, State.RECEIVED, 3, Place.ENTRY)
    assert entry.open_slip(*second, slip.id).application.keyer == "k-hanako"


def test_what_comes_from_another_terminal_keeps_its_number(pair: tuple[Desk, Desk]) -> None:
    """Each numbers its own papers out of its own block: a typed number means one paper, wherever it lies."""
    first, second = pair
    _id, slip = entered(first)
    receive(*second, F05=1)
    (own,) = desk_custody.unsorted_slips(*second)
    assert own.number != slip.number
    hand_over(first, second, slip)
    assert slips.find(*second, slip.number).kind == "F02"
    assert slips.find(*second, own.number).kind == "F05"
    assert slips.find(*second, f"nhi-center:slip:{slip.id}").kind == "F02"


def test_the_list_says_who_holds_what(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    _id, slip = entered(first)
    leases.lay_down(*first, slip.id, slip.sheets)
    exchange(first, second)
    (here,), (there,) = leases.shared(*first), leases.shared(*second)
    assert (here.mine, there.mine, there.person_name, there.lease.state) == (True, False, here.person_name, LeaseState.LAID)
    leases.take(*second, slip.id, slip.sheets)
    exchange(second, first)
    (held,) = leases.held_elsewhere(*first)
    assert (leases.shared(*first), held.lease.holder) == ((), second[0].terminal)
    assert leases.held_elsewhere(*second) == ()


def test_a_result_of_the_ward_finds_the_terminal_that_has_it(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    id_, slip = entered(first)
    hand_over(first, second, slip)
    assert add([on_hand(first), on_hand(second)]) == Pieces(2)
    with first[0].store.read.begin() as connection:
        assert custody.slip(connection, slip.id) is not None
        found = custody.slip(connection, slip.id)
        assert found is not None
        assert (found.place, found.returned) == (Place.OTHER, False)
    assert state_of(second, id_) is State.ENTERED
