"""What the ward sees of its gateway: terminals and what is red, accounts, reports; health and figures on a local port."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from nhi_center import __version__
from nhi_center.domain.room_rules import RoomRules
from nhi_center.gateway import terminal_states
from nhi_center.gateway.database import connect, local_today
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.gateway.observed import BUCKETS, Figures, JsonLines
from nhi_center.link import wire, wire_state
from nhi_center.link.wire_state import TerminalState
from tests.gateway.test_setting_up import command
from tests.support.postgres import RunningGateway, Terminal, new_database

NEW = TerminalState(__version__, "debian 12", None, None, 0, 0)


def red_of(gateway: RunningGateway, terminal: Terminal, state: TerminalState | None) -> list[str]:
    with terminal.link() as link:
        link.changes(0, 1)
        if state is not None:
            link.tell_state(state)
    with connect(gateway.dsn) as connection:
        today = local_today(connection)
        every = terminal_states.every(connection, today, RoomRules())
    return next(list(one["red"]) for one in every if one["terminal"] == terminal.name)


def test_what_a_terminal_says_is_red_when_it_is_old(gateway: RunningGateway, terminal: Terminal) -> None:
    with connect(gateway.dsn) as connection:
        today = local_today(connection)
    good = TerminalState(__version__, "debian 12", today, today - timedelta(days=7), 3, 0)
    assert red_of(gateway, terminal, None) == []
    assert red_of(gateway, terminal, good) == []
    assert red_of(gateway, terminal, NEW) == ["OSの更新が古い"]
    old = TerminalState("0.0.9", "debian 11", today - timedelta(days=36), today - timedelta(days=8), 0, 2, 1)
    expected = [
        "プログラムの版が違う",
        "OSの更新が古い",
        "ウイルス定義が古い",
        "送信エラーがある",
        "許可していない装置がつながった",
    ]
    assert red_of(gateway, terminal, old) == expected
    with psycopg.connect(gateway.dsn) as connection:
        connection.execute(
            "UPDATE contact SET contact_at = contact_at - interval '25 hours' WHERE terminal = %s", (terminal.name,)
        )
    shown = command("status", "--table", "--home", str(gateway.folder))
    (line,) = [line for line in shown.stdout.splitlines() if terminal.name in line]
    assert "連絡がない・プログラムの版が違う" in line
    assert line.startswith("\033[31m")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {
            "program": "1",
            "system": "x",
            "patched_on": "yesterday",
            "signatures_on": None,
            "waiting": 0,
            "refused": 0,
            "devices": 0,
        },
        {"program": "1\n", "system": "x", "patched_on": None, "signatures_on": None, "waiting": 0, "refused": 0, "devices": 0},
        {"program": "1", "system": "x", "patched_on": None, "signatures_on": None, "waiting": -1, "refused": 0, "devices": 0},
        {"program": "1", "system": "x", "patched_on": None, "signatures_on": None, "waiting": 0, "refused": 0},
        {"program": "1", "system": "見本", "patched_on": None, "signatures_on": None, "waiting": 0, "refused": 0, "devices": 0},
    ],
)
def test_a_strange_state_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(wire.WireError):
        wire_state.parse(json.dumps(body).encode())
    good = TerminalState("0.1.0", "debian 12", date(2026, 11, 1), None, 5, 1, 2)
    assert wire_state.parse(wire_state.encode(good)) == good


def test_the_list_of_allowed_devices_goes_out_signed_or_not_at_all(gateway: RunningGateway, tmp_path: Path) -> None:
    file = tmp_path / "devices.toml"
    file.write_text('[[devices]]\nid = "0781:5567/SN-1"\napproval = "8-12"\ndate = 2026-04-01\n', encoding="utf-8")
    home = ("--home", str(gateway.folder))
    done = command("set-devices", str(file), "--by", "40100", "--by", "40127", *home)
    assert done.returncode == 0, done.stderr
    newest = "SELECT body -> 'value' FROM change WHERE kind = 'ward_setting' AND id = 'devices' ORDER BY cursor DESC LIMIT 1"
    listed = [{"id": "0781:5567/SN-1", "approval": "8-12", "date": "2026-04-01"}]
    assert gateway.scalar(newest) == listed
    assert command("set-devices", str(file), "--by", "40100", "--by", "40100", *home).returncode == 1
    assert command("set-devices", str(file), "--by", "40100", *home).returncode == 1
    for wrong in ('id = "0781:5567"\n', '[[devices]]\nid = "x"\napproval = "8"\ndate = 2026-04-01\n'):
        file.write_text(wrong, encoding="utf-8")
        assert command("set-devices", str(file), "--by", "40100", "--by", "40127", *home).returncode == 1
    assert gateway.scalar(newest) == listed


def test_accounts_and_reports_as_terminals_told_them(gateway: RunningGateway, terminal: Terminal, tmp_path: Path) -> None:
    account = {"person": "40199", "role": "ward_staff", "name": "見本 秘子", "registered": {"by": "40100"}, "signing": "00"}
    summary = {"file": "summary-2026-10.pdf", "sha256": "ab" * 32, "contents": {"month": "2026-10"}, "signature": {}}
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("account", account),
        ("closure", {"person": "40199", "by": "40100"}),
        ("summary", summary),
    ]
    with terminal.link() as link:
        link.push([wire.Record(seq, str(uuid4()), kind, body) for seq, (kind, body) in enumerate(bodies, 1)])
    listed = command("accounts", "--home", str(gateway.folder))
    (one,) = [row for row in json.loads(listed.stdout) if row["person"] == "40199"]
    assert (one["role"], one["registered_by"], one["closed"]["by"]) == ("ward_staff", "40100", "40100")
    assert "見本" not in listed.stdout
    out = tmp_path / "reports.json"
    told = command("reports", "--month", "2026-10", "--out", str(out), "--home", str(gateway.folder))
    assert [row["of"] for row in json.loads(told.stdout)] == ["2026-10"]
    assert json.loads(out.read_text(encoding="utf-8")) == [summary]
    assert command("reports", "--month", "2026-9", "--home", str(gateway.folder)).returncode == 1
    assert json.loads(command("reports", "--month", "2026-09", "--home", str(gateway.folder)).stdout) == []


@pytest.fixture
def watched(postgres: LocalPostgres, tmp_path: Path) -> Iterator[RunningGateway]:
    """A gateway with its local port, and its log in a file."""
    with new_database(postgres) as dsn:
        running = RunningGateway(tmp_path / "gateway", dsn)
        running.start(local=True)
        yield running
        assert running.stop() == 0


def ask(gateway: RunningGateway, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{gateway.local_port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def read_figures(text: str) -> dict[tuple[str, ...], float]:
    """As Prometheus reads them: by name and labels."""
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation
        for sample in family.samples:
            labels = [sample.labels[name] for name in ("route", "method", "status", "le") if name in sample.labels]
            found[sample.name, *labels] = sample.value
    return found


def test_health_and_figures_on_a_local_port(watched: RunningGateway, tmp_path: Path) -> None:
    assert ask(watched, "/healthz") == (200, "ok\n")
    assert ask(watched, "/readyz") == (200, "ready\n")
    terminal = watched.enrol(tmp_path / "terminal")
    with terminal.link() as link:
        link.changes(0)
    status, text = ask(watched, "/metrics")
    assert status == 200
    figures = read_figures(text)
    assert figures["nhi_gateway_requests_total", "/v1/changes", "GET", "200"] == 1
    assert (figures["nhi_gateway_terminals",], figures["nhi_gateway_database_up",]) == (1, 1)
    assert all(name.startswith("nhi_gateway_") for name, *_ in figures), "what the library tells of the process stays in"
    with psycopg.connect(watched.dsn) as connection:
        connection.execute("INSERT INTO schema_version (version) VALUES (999)")
    assert ask(watched, "/readyz")[0] == 503
    assert ask(watched, "/healthz")[0] == 200
    log = watched.log.read_text(encoding="utf-8")
    (line,) = [found for line in log.splitlines() if (found := json.loads(line)).get("route") == "/v1/changes"]
    assert (line["status"], line["terminal"], line["message"]) == (200, terminal.name, "request")
    assert "after=" not in log


def test_buckets_add_up_and_a_log_line_holds_no_text_of_an_error() -> None:
    figures = Figures()
    for seconds in (0.001, 0.03, 40.0):
        figures.add("/v1/room", "GET", 200, seconds)
    told = read_figures(figures.text({"database_up": 0.0}).decode())
    buckets = [told["nhi_gateway_request_seconds_bucket", str(limit)] for limit in (BUCKETS[0], BUCKETS[-1], "+Inf")]
    assert buckets == [1, 2, 3]
    assert told["nhi_gateway_requests_total", "/v1/room", "GET", "200"] == told["nhi_gateway_request_seconds_count",] == 3
    assert told["nhi_gateway_database_up",] == 0
    assert ("nhi_gateway_terminals",) not in read_figures(figures.text({}).decode())
    try:
        raise ValueError("見本 秘子")
    except ValueError:
        import logging
        import sys

        record = logging.LogRecord("x", logging.ERROR, "f", 1, "it failed", (), sys.exc_info())
    line = JsonLines().format(record)
    assert json.loads(line)["error"] == "ValueError"
    assert "秘子" not in line
