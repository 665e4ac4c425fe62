"""Two real terminals, a real gateway: what closing the day at one of them asks of the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from nhi_center.domain import room_rules
from nhi_center.domain.custody import Pieces, Place
from nhi_center.domain.day_close import CheckLine, Checklist, Way
from nhi_center.domain.operators import Action, Role
from nhi_center.domain.paper_count import Moment
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.services import cabinets, day_close, paper, paper_count, print_batches, standing, standing_own, ward_settings
from nhi_center.services.presence import check_in
from nhi_center.services.work import begin
from nhi_center.storage import standing as storage
from tests.services.test_day_close import all_leave
from tests.support.certificates import queue, settled, stock_up, trusting, ward_sets
from tests.support.office import LOCKERS, PASSWORDS, advance, as_person
from tests.support.papers import register_people
from tests.support.postgres import RunningGateway
from tests.support.terminals import Desk, exchange, gateway, take_in, terminals

__all__ = ["gateway"]


@pytest.fixture
def two(gateway: RunningGateway, tmp_path: Path) -> Iterator[tuple[Desk, ...]]:
    """The supervisor s-toko at two terminals; k-ichiro and k-hanako are in the room."""
    with terminals(gateway, tmp_path, "here", "there") as made:
        for person in ("k-ichiro", "k-hanako", "s-toko"):
            check_in(*made[0], person, LOCKERS[person])
        exchange(*made)
        yield tuple((office, as_person(office, "s-toko")) for office, _session in made)


def line(desk: Desk, kind: str) -> CheckLine:
    return next(one for one in day_close.check(*desk).lines if one.item.kind == kind)


def locked_up(desk: Desk, cash: int = 0) -> None:
    """Paper taken in, and put away by another supervisor; nobody has counted it."""
    other = put_away_by(desk)
    take_in(desk, 2, 5, cash)
    cabinets.register(*other, "3", "窓側", "2")
    day_close.carry_over(*other, "sheets_tray", "明日の入力", "3")


def put_away_by(desk: Desk) -> Desk:
    return desk[0], replace(as_person(desk[0], "k-ichiro"), role=Role.SUPERVISOR)


def counted_by(desk: Desk, person: str, pieces: Pieces) -> None:
    assert cabinets.count(*put_away_by(desk), "3", pieces, "", person, PASSWORDS[person]).stands
    cabinets.look(*desk, "3", locked=True)


def ready(*desks: Desk) -> None:
    """All have left, everything is sent, and everybody has heard of it."""
    all_leave(desks[0][0])
    exchange(*desks, *desks, desks[0])


def sign(desk: Desk) -> Checklist:
    return day_close.sign_and_close(*desk, day_close.check(*desk), "s-toko", PASSWORDS["s-toko"])


def told_last(desk: Desk, other: Desk) -> dict[str, object]:
    with desk[0].store.read.begin() as connection:
        return dict(storage.last_told(connection, other[0].terminal) or {})


def told_instead(desk: Desk, other: Desk, body: dict[str, object]) -> None:
    """The other terminal has an older program, or another day: this is what it told."""
    with desk[0].store.write.begin() as connection:
        storage.keep(connection, other[0].terminal, 10**6, body)


def test_who_counted_at_one_terminal_does_not_sign_at_the_other(two: tuple[Desk, ...]) -> None:
    here, there = two
    locked_up(there)
    counted_by(there, "s-toko", Pieces(5))
    ready(here, there)
    assert line(here, f"terminal_{there[0].terminal}").item.counted_by == ("s-toko",)
    with pytest.raises(OperatorError) as caught:
        sign(here)
    assert (caught.value.field, caught.value.code) == ("id", "same-person")
    assert f"端末 {there[0].terminal} で保管庫の枚数を数えた人は" in caught.value.message
    assert day_close.check(*here).closed is None
    counted_by(there, "k-hanako", Pieces(5))
    exchange(there, here, here)
    closed = sign(here).closed
    assert closed is not None
    signed = next(one for one in closed.contents["lines"] if one["item"] == f"terminal_{there[0].terminal}")
    assert (signed["count"], signed["terminal"], signed["counted_by"]) == (0, there[0].terminal, ["k-hanako"])
    exchange(there)
    assert line(here, f"terminal_{there[0].terminal}").item.counted_by == ("k-hanako",), "read back from what was signed"


def test_a_count_whose_counter_an_older_terminal_does_not_tell_is_made_again_by_hand(two: tuple[Desk, ...]) -> None:
    here, there = two
    locked_up(there)
    counted_by(there, "s-toko", Pieces(5))
    ready(here, there)
    body = told_last(here, there)
    told_instead(here, there, {name: body[name] for name in body if name not in ("counted_by", "counted_on", "named")})
    kind = f"terminal_{there[0].terminal}"
    (known,) = standing.of_room(*here)
    assert known.reached, "its paper and its work are still believed"
    asked = line(here, kind)
    assert (asked.item.count, asked.settled, "(保管庫の中も)" in asked.item.words) == (5, False, True)
    assert standing.count(*here, there[0].terminal, Pieces(5), "", "k-hanako", PASSWORDS["k-hanako"]).agrees
    assert line(here, kind).settled


def test_a_count_of_another_day_does_not_hold(two: tuple[Desk, ...]) -> None:
    here, there = two
    locked_up(there)
    counted_by(there, "k-hanako", Pieces(5))
    ready(here, there)
    told_instead(here, there, {**told_last(here, there), "counted_on": "2026-11-20"})
    assert line(here, f"terminal_{there[0].terminal}").item.count == 5
    advance(there[0].premises, days=1)
    with there[0].store.read.begin() as connection:
        own = standing_own.own(there[0], connection)
    assert (own.cabinets, own.counted_by, own.counted_on, own.loose) == ({}, (), "", Pieces(5)), "counted anew every day"


def test_money_and_blank_paper_there_stand_in_what_is_signed_here(two: tuple[Desk, ...]) -> None:
    here, there = two
    locked_up(there, cash=1)
    counted_by(there, "k-hanako", Pieces(5, 1))
    paper.receive(*there, "S", 413, 6)
    paper_count.count(*there, "S", Moment.CLOSING, 5, "S-000413", "1枚が見つからない")
    paper.receive(*there, "A", 120, 3)
    ready(here, there)
    name = there[0].terminal
    words = {kind: f"端末 {name} の{said}" for kind, said in {
        "found_cash": "返していない現金・金券 1点",
        "paper_uncounted": "終業に数えていない用紙 1種類",
        "paper_differs": "用紙の差異 1件",
    }.items()}  # fmt: skip
    for kind, said in words.items():
        asked = line(here, f"terminal_named_{name}_{kind}")
        assert (asked.item.count, asked.item.words, asked.item.way, asked.settled) == (1, said, Way.CARRY, False)
    with pytest.raises(OperatorError) as caught:
        sign(here)
    assert (caught.value.code, "現金・金券 1点" in caught.value.message) == ("not-settled", True)
    for kind in words:
        day_close.carry_over(*here, f"terminal_named_{name}_{kind}", "明日の朝、その端末で済ませます", "")
    exchange(here)
    closed = sign(here).closed
    assert closed is not None
    signed = {one["item"]: one for one in closed.contents["lines"]}
    for kind, said in words.items():
        assert (signed[f"terminal_named_{name}_{kind}"]["words"], signed[f"terminal_named_{name}_{kind}"]["note"]) == (
            said,
            "明日の朝、その端末で済ませます",
        )


def test_the_day_is_not_closed_over_prints_that_another_terminal_has_under_way(two: tuple[Desk, ...]) -> None:
    here, there = two
    held(there)
    exchange(there, here)
    kind = f"terminal_named_{there[0].terminal}_printing"
    asked = line(here, kind)
    assert (asked.item.count, asked.item.way, asked.settled) == (1, Way.THERE, False)
    assert asked.item.words == f"端末 {there[0].terminal} の終わっていない印刷 1枚"
    with pytest.raises(OperatorError) as caught:
        day_close.carry_over(*here, kind, "明日刷ります", "")
    assert (caught.value.code, f"端末 {there[0].terminal} で印刷を終えるか" in caught.value.message) == ("not-carried", True)
    with here[0].store.write.begin() as connection:  # it cannot be asked any more: named, with a reason
        connection.execute(text("UPDATE terminal_seen SET contact_at = '2026-11-20T00:00:00+00:00' WHERE terminal = :there"),
                           {"there": there[0].terminal})  # fmt: skip
    assert (line(here, kind).item.way, "から連絡がありません" in line(here, kind).item.words) == (Way.CARRY, True)
    day_close.carry_over(*here, kind, "電源が切れているのを見ました", "")
    assert line(here, kind).settled
    (row,) = print_batches.listing(*there)
    print_batches.cancel(*there, row.batch.id)
    exchange(there, here, here)
    assert all(one.item.kind != kind for one in day_close.check(*here).lines)


def held(desk: Desk) -> None:
    """One certificate in a batch that nobody has released."""
    office, gateway = trusting(desk[0])
    clerk = as_person(office, "k-ichiro")
    register_people(office)
    ward_sets(office, gateway)
    settled(office, clerk, "F02")
    stock_up(office, clerk)
    (row,) = queue(office, clerk).rows
    print_batches.make(office, clerk, [row.job.id])
    (batch,) = print_batches.listing(office, clerk)
    print_batches.hold(office, clerk, batch.batch.id, True)


def test_what_cannot_be_read_makes_the_terminal_silent_until_it_tells_again(two: tuple[Desk, ...]) -> None:
    here, there = two
    take_in(there, 1, 2)
    exchange(there, here)
    with begin(*there, Action.STATUS) as unit:
        unit.record(standing_own.KIND, {"received": 9})
    exchange(there, here)
    (known,) = standing.of_room(*here)
    assert (known.reached, known.unread, known.standing is not None) == (False, True, True)
    assert "(届いた記録を読めません)" in line(here, f"terminal_{there[0].terminal}").item.words
    take_in(there, 1, 1)
    exchange(there, here)
    (known,) = standing.of_room(*here)
    assert (known.reached, known.unread) == (True, False)


def test_rules_of_the_ward_that_cannot_be_read_stop_no_exchange(two: tuple[Desk, ...]) -> None:
    here, there = two
    take_in(there, 1, 2)
    ward_sets(there[0], Ed25519PrivateKey.generate(), name=room_rules.NAME, value={"paper_hours": 8})
    with there[0].store.read.begin() as connection, pytest.raises(EnvironmentTrouble):
        ward_settings.rules(there[0], connection)
    exchange(there, here)
    asked = line(here, f"terminal_named_{there[0].terminal}_papers_overdue")
    assert (asked.item.count, "期限を確かめられない手元の書類 2枚 1点" in asked.item.words) == (3, True)


ROOM_S = ("inside", "locker_keys", "presence_flags", "cabinet_keys", "unsent", "refused", "ledger")
"""Of the whole room, or of the line; the ledger's own arithmetic each terminal's day close replays, and a record that does not
balance is not believed."""


def test_everything_the_day_close_asks_of_a_terminal_is_told_to_the_others(two: tuple[Desk, ...]) -> None:
    office, session = two[0]
    with office.store.read.begin() as connection:
        asked = {one.kind for one in day_close.open_items(office, connection, session.person)}
        told = {one.kind for one in (*standing_own.named_items(office, connection), *standing_own.work_items(office, connection))}
    told |= {f"sheets_{place.value}" for place in Place}
    told |= {"print_left"}  # as part of the prints under way
    assert {kind for kind in asked if not kind.startswith(("terminal_", "cabinet_lock_"))} - told == set(ROOM_S)
