"""端末の状態 at a terminal: what the gateway sees, for the ward's people alone, each look in the log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from nhi_center import __version__, resources
from nhi_center.domain.audit_words import Glossary, read_entry
from nhi_center.domain.operators import Session
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.gateway import rules
from nhi_center.gateway.database import connect, local_today
from nhi_center.gateway.enrolment import signing_key
from nhi_center.link import wire_state
from nhi_center.link.strict import WireError
from nhi_center.link.wire_state import Standing, TerminalState
from nhi_center.services import sync, terminal_states
from nhi_center.services.office import Office
from nhi_center.storage import audit
from tests.support.office import as_person
from tests.support.postgres import RunningGateway, gateway, postgres
from tests.support.terminals import close_terminal, open_terminal

__all__ = ["gateway", "postgres"]


@pytest.fixture
def desk(gateway: RunningGateway, tmp_path: Path) -> Iterator[tuple[Office, Session]]:
    office, session = open_terminal(gateway, tmp_path, "40100")
    yield office, session
    close_terminal(office)


def publish(gateway: RunningGateway, folder: Path, text: str) -> date:
    """Set the ward's rules from today on; gives today."""
    file = folder / "rules.toml"
    file.write_text(text, encoding="utf-8")
    with connect(gateway.dsn) as connection:
        today = local_today(connection)
        rules.publish(connection, rules.read(file, today, ("甲", "乙")), signing_key(gateway.folder))
    return today


def test_the_ward_sees_what_is_red_first(desk: tuple[Office, Session], gateway: RunningGateway, tmp_path: Path) -> None:
    office, admin = desk
    sync.synchronise(office)
    other = gateway.enrol(tmp_path / "other", "A00")
    today = publish(gateway, tmp_path, "patched_days = 35\nsignature_days = 7\n")
    with other.link() as link:
        link.tell_state(TerminalState("0.0.9", "debian 11", today - timedelta(days=36), today - timedelta(days=8), 4, 1))
    seen = terminal_states.read(office, admin)
    first = next(row for row in seen.rows if row.terminal == "A00")
    assert first.red == ("連絡がない", "プログラムの版が違う", "OSの更新が古い", "ウイルス定義が古い", "送信エラーがある")
    assert (first.waiting, first.refused, first.contact_at) == (4, 1, "")
    mine = next(row for row in seen.rows if row.terminal == office.terminal)
    assert (mine.program, bool(mine.contact_at), mine.refused) == (__version__, True, 0)
    assert [bool(row.red) for row in seen.rows] == sorted((bool(row.red) for row in seen.rows), reverse=True)
    assert seen.contact_hours == 24
    with office.store.read.begin() as connection:
        seq, _ = audit.last(connection, office.terminal)
        entry = audit.entries(connection, seq, 1)[0][1]
    line = read_entry(entry, office.terminal, Glossary.parse(resources.read_toml("audit_words.toml")))
    assert (line.actor, line.what) == ("40100", "端末の状態の表示")
    assert str(seen.red) in line.facts


def test_the_days_are_the_wards(desk: tuple[Office, Session], gateway: RunningGateway, tmp_path: Path) -> None:
    office, admin = desk
    other = gateway.enrol(tmp_path / "days", "A01")
    today = publish(gateway, tmp_path, "patched_days = 50\nsignature_days = 3\n")
    with other.link() as link:
        link.changes(0, 1)
        link.tell_state(TerminalState(__version__, "debian 12", today - timedelta(days=49), today - timedelta(days=4), 0, 0))
    seen = terminal_states.read(office, admin)
    assert next(row.red for row in seen.rows if row.terminal == "A01") == ("ウイルス定義が古い",)


@pytest.mark.parametrize("person", ["k-ichiro", "s-toko"])
def test_the_contractor_does_not_look(desk: tuple[Office, Session], person: str) -> None:
    with pytest.raises(OperatorError, match="役割"):
        terminal_states.read(desk[0], as_person(desk[0], person))


def test_without_the_gateway_nothing_is_shown_and_nothing_logged(desk: tuple[Office, Session], gateway: RunningGateway) -> None:
    office, admin = desk
    with office.store.read.begin() as connection:
        before, _ = audit.last(connection, office.terminal)
    gateway.stop()
    try:
        with pytest.raises(EnvironmentTrouble, match="LK-01"):
            terminal_states.read(office, admin)
    finally:
        gateway.start()
    with office.store.read.begin() as connection:
        assert audit.last(connection, office.terminal)[0] == before


GOOD = Standing("T04", "0.1.0", "debian 12", "2026-11-01", "", "2026-11-24T01:00:00+00:00", 1, 2, 3, 4, ("連絡がない",))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("patched_on", "soon"),
        ("contact_at", "2026-11-24T01:00:00"),
        ("behind", -1),
        ("red", "x"),
        ("red", [1]),
        ("terminal", 4),
    ],
)
def test_a_strange_standing_is_refused(name: str, value: object) -> None:
    assert wire_state.parse_terminals(wire_state.encode_terminals([GOOD])) == (GOOD,)
    data = wire_state.encode_terminals([GOOD])

    rows = json.loads(data)
    rows["terminals"][0][name] = value
    with pytest.raises(WireError):
        wire_state.parse_terminals(json.dumps(rows).encode())
