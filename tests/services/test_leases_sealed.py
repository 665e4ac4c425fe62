"""Drafts travel sealed for the people of the room: the segment cannot read them, nor can who has left."""

from __future__ import annotations

import base64

import psycopg
import pytest

from nhi_center.domain.custody import Pieces
from nhi_center.errors import OperatorError
from nhi_center.services import custody as desk_custody
from nhi_center.services import entry, leases
from nhi_center.services.accounts import close_account
from nhi_center.services.session import sign_in
from tests.services.test_leases import entered, on_hand, own_gateway, pair, under_way
from tests.support.entry import good_draft
from tests.support.lease_room import Desk, exchange
from tests.support.office import PASSWORDS, as_person
from tests.support.papers import receive
from tests.support.postgres import RunningGateway
from tests.support.two_terminals import at

__all__ = ["own_gateway", "pair"]


def again(desk: Desk, person: str) -> Desk:
    """``person`` signs in at this terminal in place of who was there."""
    desk[0].store.close()
    premises = desk[0].premises
    return at(premises, person) if not premises.slots.holds(person) else sign_in(premises, person, PASSWORDS[person])


def test_the_segment_has_the_draft_and_cannot_read_it(pair: tuple[Desk, Desk], own_gateway: RunningGateway) -> None:
    first, second = pair
    receive(*first, F02=2)
    (slip,) = desk_custody.unsorted_slips(*first)
    opened = entry.open_slip(*first, slip.id)
    draft = good_draft("F02")
    entry.put_aside(*first, opened.application.id, draft)
    leases.lay_down(*first, slip.id, 2)
    exchange(first, second)
    with psycopg.connect(own_gateway.dsn) as connection:
        told = "".join(
            row[0]
            for table in ("record", "lease", "change")
            for row in connection.execute(f"SELECT t::text FROM {table} t WHERE t::text LIKE '%{slip.id}%'").fetchall()
        )
        (sealed,) = connection.execute("SELECT sealed FROM lease WHERE slip = %s", (slip.id,)).fetchone() or ("",)
    for value in (draft.values["name"], draft.values["kana"], draft.values["address"], draft.values["number"]):
        assert value not in told
        assert value.encode() not in base64.b64decode(sealed)
    assert len(base64.b64decode(sealed)) > 1000
    leases.take(*second, slip.id, 2)
    assert entry.open_slip(second[0], as_person(second[0], "k-ichiro"), slip.id).application.draft.values == draft.values


def test_what_was_changed_on_the_way_is_not_taken(pair: tuple[Desk, Desk], own_gateway: RunningGateway) -> None:
    first, second = pair
    _id, slip = entered(first)
    leases.lay_down(*first, slip.id, slip.sheets)
    exchange(first, second)
    with psycopg.connect(own_gateway.dsn) as connection:
        row = connection.execute("SELECT sealed FROM lease WHERE slip = %s", (slip.id,)).fetchone()
        assert row is not None
        data = bytearray(base64.b64decode(row[0]))
        data[-1] ^= 1
        changed = base64.b64encode(bytes(data)).decode()
        connection.execute("UPDATE lease SET sealed = %s WHERE slip = %s", (changed, slip.id))
    with pytest.raises(Exception, match="KY-09"):
        leases.take(*second, slip.id, slip.sheets)
    assert (on_hand(second), under_way(second)) == (Pieces(), 1)


def test_who_has_left_opens_nothing_that_is_sealed_afterwards(pair: tuple[Desk, Desk], own_gateway: RunningGateway) -> None:
    first, second = pair
    _old, before = entered(first)
    leases.lay_down(*first, before.id, before.sheets)
    exchange(first, second)
    close_account(first[0], as_person(first[0], "40127"), "k-hanako", suspicion=False, password=PASSWORDS["40127"])
    first = again(first, "k-ichiro")  # the new key comes with the sign-in
    _new, after = entered(first)
    leases.lay_down(*first, after.id, after.sheets)
    exchange(first)
    second[0].premises.link.hello()
    exchange(second)
    generations = {row.lease.number: (row.lease.generation, row.readable) for row in leases.shared(*second)}
    assert sorted(generations.values()) == [(1, True), (2, False)]
    with pytest.raises(OperatorError) as caught:
        leases.take(*second, after.id, after.sheets)
    assert (caught.value.code, under_way(second)) == ("no-room-key", 0), "refused before anything is asked for"
    second = again(second, "s-toko")
    for slip in (before, after):
        leases.take(*second, slip.id, slip.sheets)
    assert on_hand(second) == Pieces(before.sheets + after.sheets)
    held = "SELECT count(*) FROM lease WHERE holder = %s AND state = 'held'"
    assert own_gateway.scalar(held, second[0].terminal) == 2
    for desk in (first, second):
        desk[0].store.close()
