"""期限の過ぎた記録: entries and calls leave when their days are over, never before the ward has them, and all still adds up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from nhi_center.domain.entry import State
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.gateway import rules
from nhi_center.gateway.database import connect
from nhi_center.gateway.enrolment import signing_key
from nhi_center.services import audit_log, call_figures, corrections, custody, leaving, review, statistics
from nhi_center.services.calls import finish_call, start_call
from nhi_center.services.leaving import Left
from nhi_center.services.office import Office
from nhi_center.services.presence import check_in
from nhi_center.services.session import sign_in
from nhi_center.services.sync import anchor, synchronise
from nhi_center.training.room import write_trust
from tests.services.test_calls import ANSWERED
from tests.services.test_review import verify
from tests.services.test_verification import state_of
from tests.support.corrections import hand_out
from tests.support.killed_leaving import POINTS
from tests.support.office import PASSWORDS, advance, as_person
from tests.support.papers import key, receive, register_people
from tests.support.postgres import RunningGateway, postgres
from tests.support.station import log_of
from tests.support.terminals import close_terminal, open_terminal, silent_gateway

__all__ = ["postgres", "silent_gateway"]

Desk = tuple[Office, Session, dict[str, str]]
ROOT = Path(__file__).parents[2]
DAYS = 30
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
PERSONAL = ("カツラギ", "葛城", "3450312", "歌舞伎町1-4-1", "06-2")


def row_counts(office: Office) -> dict[str, int]:
    """How many rows each table has; what is told by counts alone stays the same."""
    with office.store.read.begin() as connection:
        names = [row.name for row in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))]
        skipped = ("audit", "audit_head", "audit_anchor", "sqlite_sequence", "result", "told_call")
        return {
            name: int(connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one())
            for name in names
            if name not in skipped and not name.startswith(("person_bigram", "sqlite_"))
        }


def about_entries_and_calls(office: Office) -> str:
    """Everything that stands in the tables an entry or a call fills, as text."""
    tables = ("application", "application_line", "application_version", "second_keying", "mismatch", "review", "hold", "result")
    with office.store.read.begin() as connection:
        found = [
            str(tuple(row))
            for table in (*tables, "call", "call_back", "ward_request", "outbox")
            for row in connection.execute(text(f"SELECT * FROM {table}"))
        ]
    return "\n".join(found)


def publish(gateway: RunningGateway, folder: Path, days: int) -> None:
    file = folder / "rules.toml"
    file.write_text(f'company = "見本"\nkeep_days = {days}\n', encoding="utf-8")
    with connect(gateway.dsn) as connection:
        setting = rules.read(file, date(2026, 11, 1), ("甲", "乙"))
        rules.publish(connection, setting, signing_key(gateway.folder))


@pytest.fixture
def desk(gateway: RunningGateway, tmp_path: Path) -> Iterator[Desk]:
    """A day whose papers are back with the ward, countersigned; a call was recorded; nothing was sent yet."""
    publish(gateway, tmp_path, DAYS)
    office, ward = open_terminal(gateway, tmp_path)
    for locker, person in enumerate(("k-ichiro", "k-hanako"), 1):
        check_in(office, ward, person, f"0{locker}")
    register_people(office)
    ichiro = as_person(office, "k-ichiro")
    receive(office, ichiro, F05=2, F15=2)
    made = {form: key(office, ichiro, form) for form in ("F05", "F15")}
    for application in made.values():
        verify(office, as_person(office, "k-hanako"), application)
    review.record_reviewed(office, ward, list(made.values()))
    call = start_call(office, ichiro).call
    finish_call(office, ichiro, call.id, ANSWERED)
    hand_out(office, ichiro)
    yield office, ward, made
    close_terminal(office)


def figures(office: Office) -> tuple[object, ...]:
    """What the supervisor sees of the month: keying, verification, calls; and the ledger of sheets."""
    session = as_person(office, "s-toko")
    with office.store.read.begin() as connection:
        faults = custody.ledger_faults(connection)
    keying = replace(statistics.of_month(office, session, "2026-11"), months=())
    return (keying, call_figures.of_period(office, session, FIRST, LAST), faults)


def later(office: Office, days: int) -> None:
    """So many days on, with an act of that day in the log and everything at the gateway."""
    advance(office.premises, days=days)
    audit_log.check(office, as_person(office, "s-toko"))
    synchronise(office)


def left(office: Office) -> list[tuple[int, int]]:
    return [(entry["facts"]["entries"], entry["facts"]["calls"]) for entry in log_of(office, "leave")]


def test_they_leave_when_their_days_are_over_and_everything_adds_up(desk: Desk) -> None:
    office, ward, made = desk
    synchronise(office)
    before, counts = figures(office), row_counts(office)
    assert any(word in about_entries_and_calls(office) for word in PERSONAL)
    later(office, DAYS - 1)
    assert left(office) == [], "the days are not over yet"
    later(office, 1)  # a head of the new day is countersigned: the ward holds the log of all the others
    assert left(office) == [(1, 1)]
    assert state_of(office, made["F15"]) is State.REVIEWED
    with office.store.read.begin() as connection:
        kept = connection.execute(text("SELECT keyed FROM application WHERE id = :id"), {"id": made["F15"]}).scalar_one()
        gone = connection.execute(text("SELECT atena, keyed, left_at FROM application WHERE id = :id"), {"id": made["F05"]}).one()
        words = connection.execute(text("SELECT draft FROM call")).scalar_one()
    assert kept != "{}", "its certificate is not with the ward yet"
    assert tuple(gone)[:2] == ("", "{}")
    assert gone.left_at
    assert not any(word in words for word in PERSONAL)
    assert made["F05"] in about_entries_and_calls(office), "its number and its steps stay"
    assert figures(office) == before
    assert {name: number for name, number in row_counts(office).items() if number != counts[name]}.keys() <= {"outbox"}
    checked = audit_log.check(office, as_person(office, "s-toko"))
    assert checked.fault == ""
    assert leaving.act(office) == Left()
    with pytest.raises(OperatorError, match="保存の期限"):
        corrections.send_back(office, ward, made["F05"], "1", "日付が違います")


def test_not_before_the_gateway_has_everything(desk: Desk, gateway: RunningGateway) -> None:
    office, _ward, _made = desk
    synchronise(office)
    advance(office.premises, days=DAYS + 1)
    assert leaving.act(office) == Left(), "no head of this day was countersigned yet"
    with office.store.write.begin() as connection:
        connection.execute(text("UPDATE outbox SET state = 'waiting' WHERE kind IN ('call', 'handover')"))
    gateway.stop()
    try:
        assert leaving.act(office) == Left()
    finally:
        gateway.start()
    with office.store.write.begin() as connection:
        connection.execute(text("UPDATE outbox SET state = 'refused' WHERE kind IN ('call', 'handover')"))
    audit_log.check(office, as_person(office, "s-toko"))
    synchronise(office)
    assert left(office) == [], "a record that the gateway refuses keeps everything here"
    with office.store.write.begin() as connection:
        connection.execute(text("UPDATE outbox SET state = 'waiting' WHERE state = 'refused'"))
    synchronise(office)
    assert left(office) == [(1, 1)]


def test_nothing_leaves_while_the_ward_has_set_no_days(desk: Desk, gateway: RunningGateway, tmp_path: Path) -> None:
    office, _ward, _made = desk
    publish(gateway, tmp_path, 0)
    synchronise(office)
    later(office, 400)
    assert left(office) == []


def test_papers_that_are_still_here_stay(desk: Desk) -> None:
    """Reviewed and done, but back in the room: the ward has countersigned nothing that is here."""
    office, _ward, made = desk
    synchronise(office)
    of_slip = "sheets = 0 AND place = 'output' AND slip = (SELECT slip FROM application WHERE id = :id)"
    with office.store.write.begin() as connection:
        connection.execute(text(f"UPDATE balance SET sheets = 2 WHERE {of_slip}"), {"id": made["F05"]})
    later(office, DAYS)
    assert left(office) == [(0, 1)]


@pytest.mark.parametrize("point", POINTS)
def test_all_of_a_part_or_nothing_wherever_the_power_goes(desk: Desk, point: str) -> None:
    office, ward, made = desk
    synchronise(office)
    advance(office.premises, days=DAYS + 1)
    audit_log.check(office, as_person(office, "s-toko"))
    anchor(office)  # as synchronise does, and nothing leaves yet
    whole = about_entries_and_calls(office)
    office.store.close()
    trust = office.premises.trust.gateway
    write_trust(office.premises.settings, office.premises.terminal, trust)
    folder = str(office.premises.settings.business_folder)
    run = subprocess.run(
        [sys.executable, "-m", "tests.support.killed_leaving", folder, str(DAYS + 1), point],
        env={**os.environ, "PYTHONPATH": "src:."},
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert run.returncode == -signal.SIGKILL
    again, _session = sign_in(office.premises, ward.person, PASSWORDS[ward.person])
    try:
        if POINTS[point] is not None:
            assert about_entries_and_calls(again) == whole
            assert leaving.act(again) == Left(1, 1)
        assert leaving.act(again) == Left()
        assert left(again) == [(1, 1)]
        assert audit_log.check(again, as_person(again, "s-toko")).fault == ""
        assert state_of(again, made["F15"]) is State.REVIEWED
    finally:
        again.store.close()


def test_what_stands_gives_way_only_to_leaving(desk: Desk) -> None:
    office, _ward, _made = desk
    for statement in ("UPDATE call SET draft = '{}'", "UPDATE review SET effect = ''", "UPDATE second_keying SET keyed = '{}'"):
        with pytest.raises(IntegrityError), office.store.write.begin() as connection:
            connection.execute(text(statement))
    with office.store.read.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM leaving")).scalar_one() == 0


def test_lists_and_prints_that_show_a_person_go_with_the_same_days(desk: Desk) -> None:
    office, _ward, _made = desk
    synchronise(office)
    for name in ("documents/issued-20261124-20261124.pdf", "documents/receipt-20261124-1.pdf", "spool/p.pdf"):
        file = office.settings.business_folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"x")
        os.utime(file, (office.clock.local().timestamp(),) * 2)
    later(office, DAYS - 1)
    assert leaving.papers(office) == 0
    advance(office.premises, days=1)
    assert leaving.papers(office) == 2
    assert [file.name for file in office.settings.documents.iterdir()] == ["receipt-20261124-1.pdf"]
    assert list(office.settings.spool.iterdir()) == []
