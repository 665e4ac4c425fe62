"""Two terminals of one room, a real gateway between them: what one records the other hears of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from nhi_center.domain.operators import Action
from nhi_center.domain.presence import Stay
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.link.wire import RECORD_KINDS, ROOM_KINDS
from nhi_center.services import day_close, presence, room, sync_state, takers
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord
from nhi_center.services.sync import synchronise
from nhi_center.services.work import begin
from nhi_center.storage import audit
from nhi_center.storage.engine import Connection
from tests.support.office import as_person
from tests.support.postgres import RunningGateway
from tests.support.terminals import Desk, exchange, gateway, terminals

__all__ = ["gateway"]


@pytest.fixture
def two(gateway: RunningGateway, tmp_path: Path) -> Iterator[tuple[Desk, ...]]:
    with terminals(gateway, tmp_path, "here", "there") as made:
        yield made


def row(desk: Desk, person: str) -> presence.RosterRow:
    return next(row for row in presence.roster(*desk) if row.person == person)


def stay(desk: Desk, person: str) -> Stay:
    found = row(desk, person).stay
    assert found is not None
    return found


def tell(desk: Desk, kind: str, body: dict[str, object]) -> str:
    office, session = desk
    with begin(office, session, Action.CHECK_PRESENCE) as unit:
        return unit.record(kind, body)


def count(desk: Desk, query: str) -> int:
    with desk[0].store.read.begin() as connection:
        return int(connection.execute(text(query)).scalar_one())


def test_every_kind_has_a_taker_and_a_word() -> None:
    assert takers.TAKERS.keys() == ROOM_KINDS
    assert sync_state.KINDS.keys() == RECORD_KINDS


def test_a_stay_opened_here_is_closed_there(two: tuple[Desk, ...]) -> None:
    here, there = two
    presence.check_in(*here, "k-ichiro", "07")
    exchange(here, there)
    assert (stay(there, "k-ichiro").locker, stay(there, "k-ichiro").terminal) == ("07", here[0].terminal)
    with pytest.raises(OperatorError, match="もう入室"):
        presence.check_in(*there, "k-ichiro", "08")
    presence.check_out(*there, stay(there, "k-ichiro"), key_back=False)
    exchange(there, here)
    assert not stay(here, "k-ichiro").inside
    assert [one.locker for one in presence.open_keys(*here)] == ["07"]
    presence.return_key(*here, stay(here, "k-ichiro"))
    exchange(here, there)
    assert presence.open_keys(*there) == ()
    assert row(there, "k-ichiro").flag == ""


def test_inside_at_two_terminals_is_kept_flagged_and_asked_about_at_day_close(two: tuple[Desk, ...]) -> None:
    here, there = two
    now = here[0].clock.local()
    presence.enter_late(*here, "k-ichiro", now - timedelta(hours=2), None, "07", "記録もれ")
    presence.enter_late(*there, "k-ichiro", now - timedelta(hours=1), None, "08", "回線の不通")
    exchange(here, there, here)
    for desk in two:
        assert row(desk, "k-ichiro").flag == "二重の在室"
        assert (asked_at_day_close(desk)["inside"], asked_at_day_close(desk)["presence_flags"]) == (1, 2)
    presence.check_out(*here, stay(here, "k-ichiro"), key_back=False)
    exchange(here, there)
    for desk in two:
        assert not stay(desk, "k-ichiro").inside
        assert row(desk, "k-ichiro").flag == "時間の重なり"
        assert (asked_at_day_close(desk)["locker_keys"], asked_at_day_close(desk)["presence_flags"]) == (2, 2)


def asked_at_day_close(desk: Desk) -> dict[str, int]:
    found = day_close.check(desk[0], as_person(desk[0], "s-toko"))
    return {line.item.kind: line.item.count for line in found.unsettled}


def test_a_locker_whose_key_is_out_is_not_given_twice(two: tuple[Desk, ...]) -> None:
    here, there = two
    presence.check_in(*here, "k-ichiro", "07")
    exchange(here, there)
    with pytest.raises(OperatorError) as caught:
        presence.check_in(*there, "k-hanako", "07")
    assert caught.value.field == "locker"


def test_what_was_forgotten_is_recorded_afterwards_with_its_reason(two: tuple[Desk, ...]) -> None:
    here, there = two
    now = here[0].clock.local()
    with pytest.raises(OperatorError) as caught:
        presence.enter_late(*here, "k-ichiro", now.replace(hour=8), now, "07", " ")
    assert caught.value.field == "reason"
    presence.enter_late(*here, "k-ichiro", now.replace(hour=8), now, "07", "受付の混雑")
    exchange(here, there)
    assert row(there, "k-ichiro").flag == "後から記録"
    assert (stay(there, "k-ichiro").inside, stay(there, "k-ichiro").reason) == (False, "受付の混雑")
    presence.check_in(*there, "k-hanako", "08")
    with pytest.raises(OperatorError) as caught:
        presence.leave_late(*there, stay(there, "k-hanako"), now.replace(hour=7), "記録もれ")
    assert caught.value.field == "at"
    with pytest.raises(OperatorError, match="前の日"):
        presence.enter_late(*here, "k-hanako", now.replace(day=20), None, "09", "記録もれ")


def test_a_record_nobody_believes_is_skipped_logged_and_stops_nothing(
    two: tuple[Desk, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = two

    def refuse(office: Office, connection: Connection, record: RoomRecord) -> None:
        connection.execute(text("INSERT INTO sync_state VALUES ('half', 'done')"))
        raise Disbelieved("bad-signature")

    monkeypatch.setitem(takers.TAKERS, "closure", refuse)
    bad = tell(here, "closure", {})
    tell(here, "presence", {"event": "left", "stay": "見本"})
    presence.check_in(*here, "k-ichiro", "07")
    exchange(here, there)
    assert stay(there, "k-ichiro").inside
    assert count(there, "SELECT count(*) FROM sync_state WHERE name = 'half'") == 0
    assert count(there, "SELECT count(*) FROM room_record WHERE skipped <> ''") == 2
    with there[0].store.read.begin() as connection:
        assert room.cursor_of(connection, bad) is not None
        denied = [entry for _seq, entry, _hash in audit.entries(connection, 1, 1000) if b'"denied"' in entry]
    assert sorted(json.loads(entry)["facts"]["reason"] for entry in denied) == ["bad-signature", "unreadable"]
    assert all(json.loads(entry)["subject"] == here[0].terminal for entry in denied)


def test_a_kind_only_a_newer_gateway_knows_stops_before_anything_is_lost(two: tuple[Desk, ...], gateway: RunningGateway) -> None:
    here, _ = two
    with here[0].store.read.begin() as connection:
        before = connection.execute(text("SELECT value FROM sync_state WHERE name = 'changes'")).scalar()
    with psycopg.connect(gateway.dsn) as raw:
        raw.execute(
            "INSERT INTO change (kind, id, body) VALUES ('room', 'x', %s::jsonb)",
            (json.dumps({"kind": "tomorrow", "terminal": "T01", "body": {}}),),
        )
    with pytest.raises(EnvironmentTrouble) as caught:
        synchronise(here[0])
    assert caught.value.code == "LK-04"
    with here[0].store.read.begin() as connection:
        assert connection.execute(text("SELECT value FROM sync_state WHERE name = 'changes'")).scalar() == before


def test_terminals_not_yet_told_are_named(two: tuple[Desk, ...]) -> None:
    here, there = two
    closure = tell(here, "closure", {"person": "k-hanako"})
    exchange(here)

    def untold() -> set[str]:
        with here[0].store.read.begin() as connection:
            cursor = room.cursor_of(connection, closure)
            assert cursor is not None
            return {seen.terminal for seen in room.untold(connection, cursor)} & {here[0].terminal, there[0].terminal}

    assert untold() == {there[0].terminal}
    exchange(there)  # it hears of it
    exchange(there)  # and asks for what comes after: now the segment knows
    exchange(here)
    assert untold() == set()


def test_contact_is_remembered_without_an_entry_in_the_log(two: tuple[Desk, ...]) -> None:
    office, _ = two[0]
    with office.store.read.begin() as connection:
        at = room.last_contact(connection)
        seen = {one.terminal for one in room.terminals(connection)}
    assert at is not None
    assert abs((office.clock.now() - at).total_seconds()) < 60
    assert {two[0][0].terminal, two[1][0].terminal} <= seen
    exchange(two[0])  # what the other terminal has told meanwhile
    before = count(two[0], "SELECT max(seq) FROM audit")
    exchange(two[0])
    assert count(two[0], "SELECT max(seq) FROM audit") == before


def test_a_cut_line_is_no_contact(two: tuple[Desk, ...], gateway: RunningGateway) -> None:
    office, _ = two[0]
    with office.store.write.begin() as connection:
        connection.execute(text("UPDATE sync_state SET value = '2026-11-20T00:00:00+00:00' WHERE name = 'contact'"))
    gateway.stop(kill=True)
    try:
        with pytest.raises(EnvironmentTrouble, match="LK-01"):
            synchronise(office)
    finally:
        gateway.start()
    with office.store.read.begin() as connection:
        at = room.last_contact(connection)
    assert at is not None
    assert at.day == 20
