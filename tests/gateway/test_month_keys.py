"""Month keys at the gateway: kept once, shown to the ward alone, destroyed for good; and the room's rules."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from nhi_center.domain import canonical
from nhi_center.domain.trust import signed_by
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.gateway import enrolment, month_keys, ward_settings
from nhi_center.gateway.database import connect
from nhi_center.link.wire_erasure import Destroying
from tests.gateway.test_setting_up import command
from tests.support.postgres import RunningGateway, Terminal

NOVEMBER, KEY, OTHER = "2026-11", bytes(range(32)), bytes(32)


def test_a_key_is_kept_once_and_never_exchanged(gateway: RunningGateway, terminal: Terminal) -> None:
    with terminal.link() as link:
        link.keep_month_key(NOVEMBER, KEY)
        link.keep_month_key(NOVEMBER, KEY)
        with pytest.raises(EnvironmentTrouble, match="LK-03") as caught:
            link.keep_month_key(NOVEMBER, OTHER)
        link.keep_month_key("2026-12", OTHER)
    assert KEY.hex() not in str(caught.value)
    kept = "SELECT encode(key, 'hex') FROM month_key WHERE terminal = %s AND month = %s"
    assert gateway.scalar(kept, terminal.name, NOVEMBER) == KEY.hex()
    with psycopg.connect(gateway.dsn) as raw, pytest.raises(psycopg.errors.RestrictViolation):
        raw.execute("UPDATE month_key SET key = %s", (OTHER,))


@pytest.mark.parametrize(("month", "key"), [("2026-13", KEY), ("november", KEY), (NOVEMBER, b"short")])
def test_what_is_no_month_or_key_is_not_taken(terminal: Terminal, month: str, key: bytes) -> None:
    with terminal.link() as link, pytest.raises(EnvironmentTrouble, match="LK-04"):
        link.keep_month_key(month, key)


def test_the_ward_has_a_key_shown_in_a_file_or_on_a_screen_only(
    gateway: RunningGateway, terminal: Terminal, tmp_path: Path
) -> None:
    with terminal.link() as link:
        link.keep_month_key(NOVEMBER, KEY)
    asked = ("month-key", terminal.name, NOVEMBER, "--by", "見本 管理", "--home", str(gateway.folder))
    piped = command(*asked)
    assert (piped.returncode, piped.stdout) == (1, "")
    out = tmp_path / "november.key"
    told = command(*asked, "--out", str(out))
    assert told.returncode == 0, told.stderr
    assert KEY.hex() not in told.stdout + told.stderr
    assert out.read_text(encoding="ascii") == f"{KEY.hex()}\n"
    assert out.stat().st_mode & 0o777 == 0o600
    assert command(*asked, "--out", str(out)).returncode == 1
    assert KEY.hex() in on_a_screen(*asked)
    assert command("month-key", terminal.name, "2026-01", "--by", "x", "--out", str(tmp_path / "n"), *asked[-2:]).returncode == 1
    with connect(gateway.dsn) as connection:
        mine = [event for event in month_keys.events(connection) if event["terminal"] == terminal.name]
    assert [(event["event"], event["by"]) for event in mine] == [("shown", "見本 管理")] * 2


def on_a_screen(*arguments: str) -> str:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", "from nhi_center.gateway.cli import main; main()", *arguments],
        stdout=theirs,
        stdin=theirs,
        env=os.environ | {"PYTHONPATH": "src"},
    ) as process:
        os.close(theirs)
        said = os.read(ours, 4096).decode()
        assert process.wait(timeout=30) == 0
    os.close(ours)
    return said


def test_a_destroyed_key_is_gone_and_does_not_come_back(gateway: RunningGateway, terminal: Terminal) -> None:
    with terminal.link() as link:
        link.keep_month_key(NOVEMBER, KEY)
        asked = ("destroy-month-key", terminal.name, NOVEMBER, "--by", "見本 管理", "--home", str(gateway.folder))
        assert command(*asked).returncode == 1
        assert command(*asked, stdin="2026-12\n").returncode == 1
        assert gateway.scalar("SELECT count(*) FROM month_key WHERE terminal = %s", terminal.name) == 1
        done = command(*asked, stdin=f"{NOVEMBER}\n")
        assert done.returncode == 0, done.stderr
        assert gateway.scalar("SELECT count(*) FROM month_key WHERE terminal = %s", terminal.name) == 0
        with pytest.raises(EnvironmentTrouble, match="消去"):
            link.keep_month_key(NOVEMBER, KEY)
    with connect(gateway.dsn) as connection:
        with pytest.raises(OperatorError, match="見本 管理 が消去しました"):
            month_keys.show(connection, terminal.name, NOVEMBER, "x")
        mine = [event for event in month_keys.events(connection) if event["terminal"] == terminal.name]
        assert [event["event"] for event in mine] == ["destroyed"]
        with pytest.raises(psycopg.errors.RestrictViolation):
            connection.execute("DELETE FROM month_key_event")


def test_nothing_of_a_destroyed_key_is_left_in_the_tables_file(gateway: RunningGateway, terminal: Terminal) -> None:
    key = os.urandom(32)
    with terminal.link() as link:
        link.keep_month_key(NOVEMBER, key)
    file = "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('month_key')"
    with connect(gateway.dsn) as connection:
        connection.autocommit = True
        connection.execute("CHECKPOINT")
        before = Path(str(gateway.scalar(file)))
        assert key in before.read_bytes()
        month_keys.destroy(connection, terminal.name, NOVEMBER, "見本 管理")
        connection.execute("CHECKPOINT")
    assert key not in Path(str(gateway.scalar(file))).read_bytes()
    assert not before.exists() or key not in before.read_bytes()


def test_rules_are_published_signed_dated_and_shown(gateway: RunningGateway, terminal: Terminal, tmp_path: Path) -> None:
    home = ("--home", str(gateway.folder))
    file = tmp_path / "rules.toml"
    file.write_text('company = "見本事務株式会社"\nrequire_presence = false\n[password]\nmin_length = 16\n', encoding="utf-8")
    approved = ("--by", "見本 甲", "--by", "見本 乙")
    assert command("set-rules", str(file), "--by", "見本 甲", *home).returncode == 1
    assert command("set-rules", str(file), "--by", "見本 甲", "--by", "見本 甲 ", *home).returncode == 1
    assert command("set-rules", str(file), *approved, "--from", "soon", *home).returncode == 1
    done = command("set-rules", str(file), *approved, *home)
    assert done.returncode == 0, done.stderr
    file.write_text("contact_hours = 12\n", encoding="utf-8")
    assert command("set-rules", str(file), *approved, "--from", "2099-04-01", *home).returncode == 0
    shown = json.loads(command("rules", *home).stdout)
    assert shown["in_force"]["rules"]["company"] == "見本事務株式会社"
    assert shown["in_force"]["rules"]["password"]["min_length"] == 16
    assert shown["in_force"]["rules"]["contact_hours"] == 24
    assert [(one["effective_from"], one["rules"]["contact_hours"]) for one in shown["announced"]] == [("2099-04-01", 12)]
    with terminal.link() as link:
        bodies = [dict(change.body) for change in link.changes(0).changes if change.id == "room_rules"]
    public = enrolment.signing_key(gateway.folder).public_key().public_bytes_raw().hex()
    for body in bodies:
        signature = body.pop("signature")
        assert signed_by(public, ward_settings.PREFIX + canonical.encode(body), signature)


@pytest.mark.parametrize("text", ["unknown = 1\n", "contact_hours = 0\n", 'require_presence = "no"\n', "not toml", None])
def test_a_file_with_a_fault_publishes_nothing(gateway: RunningGateway, tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "rules.toml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    before = gateway.scalar("SELECT count(*) FROM change")
    done = command("set-rules", str(file), "--by", "甲", "--by", "乙", "--home", str(gateway.folder))
    assert (done.returncode, done.stdout) == (1, "")
    assert gateway.scalar("SELECT count(*) FROM change") == before


def test_a_terminal_has_its_own_keys_destroyed_as_two_agreed(gateway: RunningGateway, terminal: Terminal) -> None:
    asked = Destroying("0a0a0a0a-0000-4000-8000-000000000001", (NOVEMBER, "2026-10"), ("s-toko", "40127"))
    with terminal.link() as link:
        link.keep_month_key(NOVEMBER, KEY)
        link.keep_month_key("2026-12", OTHER)
        link.destroy_month_keys(asked)
        link.destroy_month_keys(asked)
        for month in asked.months:  # also the one that never came
            with pytest.raises(EnvironmentTrouble, match="LK-03"):
                link.keep_month_key(month, KEY)
        link.keep_month_key("2026-12", OTHER)
        for wrong in (replace(asked, months=("2026-13",)), replace(asked, by=("s-toko", "s-toko")), replace(asked, erasure="x")):
            with pytest.raises(EnvironmentTrouble, match="LK-04"):
                link.destroy_month_keys(wrong)
    assert gateway.scalar("SELECT count(*) FROM month_key WHERE terminal = %s", terminal.name) == 1
    told = "SELECT string_agg(DISTINCT by, '') FROM month_key_event WHERE terminal = %s AND event = 'destroyed'"
    assert gateway.scalar(told, terminal.name) == f"s-toko 40127 消去 {asked.erasure}"
