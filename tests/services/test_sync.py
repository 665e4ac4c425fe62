"""The exchange against a real gateway on a real PostgreSQL over real TLS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from nhi_center import __version__
from nhi_center.domain.audit_file import AuditFault
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.people import person_to_json
from nhi_center.errors import EnvironmentTrouble
from nhi_center.gateway import anchors
from nhi_center.gateway.database import connect
from nhi_center.link.client import AddressPolicy, LinkSettings
from nhi_center.services import devices
from nhi_center.services.office import Office
from nhi_center.services.presence import check_in
from nhi_center.services.sync import synchronise
from nhi_center.services.work import begin
from nhi_center.storage import audit as log
from nhi_center.storage import outbox, register
from nhi_center.storage.person_history import version_on
from nhi_center.verify.segments import check_folder
from tests.storage.test_register import KATSURAGI, TSUJI
from tests.support import machine
from tests.support.postgres import RunningGateway
from tests.support.terminals import close_terminal, open_terminal

Desk = tuple[Office, Session]


@pytest.fixture
def desk(gateway: RunningGateway, tmp_path: Path) -> Iterator[Desk]:
    """Ward staff signed in at a terminal enrolled with the running gateway."""
    office, session = open_terminal(gateway, tmp_path)
    yield office, session
    close_terminal(office)


def waiting(office: Office) -> dict[str, int]:
    with office.store.read.begin() as connection:
        return outbox.counts(connection)


def changed(gateway: RunningGateway, *bodies: dict[str, object]) -> None:
    with psycopg.connect(gateway.dsn) as connection:
        for body in bodies:
            connection.execute(
                "INSERT INTO change (kind, id, body) VALUES ('person', %s, %s::jsonb)",
                (body["atena"], json.dumps(body, ensure_ascii=False)),
            )


def test_rows_go_out_once_changes_come_in_and_the_log_is_anchored(desk: Desk, gateway: RunningGateway) -> None:
    office, session = desk
    check_in(office, session, "k-ichiro", "01")
    changed(gateway, person_to_json(KATSURAGI), person_to_json(TSUJI))
    summary = synchronise(office)
    assert (summary.sent, summary.refused) == (2, 0), "and what stands in this terminal's ledger"
    assert summary.received >= 2
    assert waiting(office) == {"waiting": 0, "sent": 2, "refused": 0}
    with office.store.read.begin() as connection:
        assert register.find(connection, "00000001") == KATSURAGI
        anchor = log.newest_anchor(connection, office.terminal)
        assert anchor is not None
        assert (anchor.seq, anchor.hash) == (summary.anchored, log.last(connection, office.terminal)[1].hex())
    again = synchronise(office)
    assert (again.sent, again.received, again.anchored) == (0, 0, summary.anchored)
    assert gateway.scalar("SELECT count(*) FROM record WHERE terminal = %s", office.terminal) == 2


def test_who_is_under_protection_leaves_the_store_of_every_terminal(desk: Desk, gateway: RunningGateway) -> None:
    """支援措置: his row, how he is found and what he was before are gone; who was never given out never comes."""
    office, _session = desk
    person = replace(TSUJI, atena="00009901")
    changed(gateway, person_to_json(person), person_to_json(replace(person, phone="0311112222")))
    changed(gateway, person_to_json(replace(person, atena="00009902", protected=True)))
    synchronise(office)
    with office.store.read.begin() as connection:
        assert register.find(connection, "00009901") is not None
        assert register.find(connection, "00009902") is None
    changed(gateway, person_to_json(replace(person, protected=True, address="東京都新宿区見本9丁目")))
    synchronise(office)
    with office.store.read.begin() as connection:
        assert register.find(connection, "00009901") is None
        assert version_on(connection, "00009901", date(2026, 11, 23)) is None
        left = connection.execute(
            text("SELECT count(*) FROM person_bigram WHERE rowid NOT IN (SELECT id FROM person)")
        ).scalar_one()
        assert left == 0
        reached = register.cursor(connection)
    assert reached == gateway.scalar("SELECT max(cursor) FROM change")
    changed(gateway, person_to_json(replace(person, atena="00009902", protected=True, phone="")))
    synchronise(office)
    with office.store.read.begin() as connection:
        assert register.cursor(connection) == reached + 1, "what is for nobody is not asked for again"
    changed(gateway, person_to_json(person))
    synchronise(office)
    with office.store.read.begin() as connection:
        assert register.find(connection, "00009901") == person


def test_every_exchange_says_how_the_terminal_stands(desk: Desk, gateway: RunningGateway, tmp_path: Path) -> None:
    office, _session = desk
    synchronise(office)
    told = "SELECT program || ' ' || waiting || ' ' || refused FROM terminal_state WHERE terminal = %s"
    assert gateway.scalar(told, office.terminal) == f"{__version__} 0 0"
    held = "SELECT devices FROM terminal_state WHERE terminal = %s"
    assert gateway.scalar(held, office.terminal) == 0
    root = machine.whole(tmp_path / "machine")
    devices.look(office, root)
    machine.usb(root, "1-2", "0781:5567", "08")
    devices.look(office, root)
    synchronise(office)
    assert gateway.scalar(held, office.terminal) == 1


def test_a_refused_row_is_set_aside_and_blocks_nothing(desk: Desk, gateway: RunningGateway) -> None:
    office, session = desk
    with begin(office, session, Action.CHECK_PRESENCE) as unit:
        unit.record("no-such-kind", {})
        unit.record("presence", {"person": "k-ichiro"})
    summary = synchronise(office)
    assert (summary.sent, summary.refused) == (2, outbox.REFUSED_AFTER)
    assert waiting(office) == {"waiting": 0, "sent": 2, "refused": 1}


def test_a_cut_line_leaves_everything_for_the_next_time(desk: Desk, gateway: RunningGateway) -> None:
    office, session = desk
    check_in(office, session, "k-ichiro", "01")
    gateway.stop(kill=True)
    try:
        with pytest.raises(EnvironmentTrouble) as caught:
            synchronise(office)
    finally:
        gateway.start()
    assert caught.value.code == "LK-01"
    assert waiting(office)["waiting"] == 2
    assert synchronise(office).sent == 2
    assert gateway.scalar("SELECT count(*) FROM record WHERE terminal = %s", office.terminal) == 2


def test_a_countersignature_by_somebody_else_is_not_kept(desk: Desk) -> None:
    office, _ = desk
    strangers = replace(office, premises=replace(office.premises, trust=replace(office.premises.trust, gateway="00" * 32)))
    with pytest.raises(EnvironmentTrouble) as caught:
        synchronise(strangers)
    assert caught.value.code == "LK-07"
    with office.store.read.begin() as connection:
        assert log.newest_anchor(connection, office.terminal) is None


def test_the_ward_checks_the_copies_against_what_its_gateway_confirmed(desk: Desk, gateway: RunningGateway) -> None:
    office, session = desk
    check_in(office, session, "k-ichiro", "01")
    first = synchronise(office).anchored
    check_in(office, session, "k-hanako", "02")
    last = synchronise(office).anchored
    assert last > first
    with connect(gateway.dsn) as connection:
        newest = anchors.newest(connection, office.terminal)
    assert newest is not None
    (checked,) = check_folder(office.settings.segments, office.premises.trust, newest)
    assert (checked.first, checked.last, checked.anchored) == (1, last, last)
    (file,) = office.settings.segments.iterdir()
    older = file.read_bytes().split(b"\n=")
    file.write_bytes(b"\n=".join(older[:2]) + b"\n")
    with pytest.raises(AuditFault) as caught:
        check_folder(office.settings.segments, office.premises.trust, newest)
    assert caught.value.seq == first + 1


def test_no_other_address_is_ever_tried(desk: Desk) -> None:
    office, _ = desk
    elsewhere = LinkSettings(AddressPolicy("192.0.2.1", 443), "x", Path("ca"), Path("c"), Path("k"))
    with pytest.raises(EnvironmentTrouble):
        elsewhere.policy.check("127.0.0.1", office.settings.segment.port)
