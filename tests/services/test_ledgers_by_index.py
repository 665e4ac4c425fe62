"""No act, no list and no day close reads a whole ledger: what a year has made longer is asked for by index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from nhi_center.domain.operators import Session
from nhi_center.services import call_list, calls, certificates, day_close, handover, holds, review, today, verification
from nhi_center.services.office import Office
from nhi_center.storage import register
from tests.domain.test_call_check import PERSON
from tests.services.test_calls import ANSWERED
from tests.support import papers
from tests.support.certificates import reviewed
from tests.support.office import as_person, desk, premises

__all__ = ["desk", "premises"]

LONG = (
    *("application", "application_event", "application_line", "slip", "movement", "balance", "handover_piece", "second_keying"),
    *("certificate_job", "certificate_event", "call", "call_back", "result", "person", "audit", "audit_head", "keying"),
)
"""Tables that grow with every paper, call or act."""
WHOLE = {
    "SELECT state, count(*) AS n FROM application GROUP BY state": "a count over an index alone, for the day close",
    "SELECT place, sum(sheets) AS sheets FROM balance GROUP BY place": "a sum over an index alone, told before an exchange",
    "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1": "reads one row, the last",
}
"""What may begin at the beginning, and why."""
PARTS = ("_open", "ux_hold", "_unsorted", "_decision", "_urgent")
"""Of indexes over what is open or waiting: they are as short as that is."""


@pytest.fixture
def office(desk: tuple[Office, Session]) -> Iterator[Office]:
    papers.register_people(desk[0])
    with desk[0].store.write.begin() as connection:
        register.put_people(connection, [(9, PERSON)])
    yield desk[0]
    desk[0].premises.close()


@contextmanager
def heard(office: Office) -> Iterator[dict[str, Any]]:
    """Every statement asked meanwhile, with parameters it was asked with."""
    asked: dict[str, Any] = {}

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        asked.setdefault(statement, parameters[0] if many else parameters)

    for engine in (office.store.write, office.store.read):
        event.listen(engine, "before_cursor_execute", hear)
    yield asked
    for engine in (office.store.write, office.store.read):
        event.remove(engine, "before_cursor_execute", hear)


def read_whole(office: Office, asked: dict[str, Any]) -> list[str]:
    """Plans that begin at a long table's first row."""
    found = []
    with office.store.read.begin() as connection:
        for statement, parameters in asked.items():
            if " ".join(statement.split()) in WHOLE or statement.split()[0] not in ("SELECT", "WITH", "UPDATE", "DELETE"):
                continue
            names = {alias for table in LONG for alias in aliases(statement, table)}
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
                words = row.detail.split()
                if words[0] == "SCAN" and words[1] in names and not any(part in row.detail for part in PARTS):
                    found.append(f"{row.detail}: {statement}")
    return found


def aliases(statement: str, table: str) -> set[str]:
    """The names a table goes by in a statement."""
    words = statement.replace(",", " ").replace("(", " ").replace(")", " ").split()
    after = {words[at + 1] for at, word in enumerate(words[:-1]) if word == table}
    return {table, *(name for name in after if len(name) == 1)} if table in words else set()


def test_a_day_of_work_reads_no_ledger_from_its_beginning(office: Office) -> None:
    clerk, supervisor, ward = (as_person(office, person) for person in ("k-ichiro", "s-toko", "40127"))
    with heard(office) as asked:
        reviewed(office, clerk, "F02")
        papers.receive(office, clerk, F05=2)
        papers.key(office, clerk, "F05")
        calls.finish_call(office, clerk, calls.start_call(office, clerk).call.id, ANSWERED)
        certificates.queue(office, clerk)
        for session in (clerk, supervisor, ward):
            today.today(office, session)
            today.status(office, session)
        call_list.list_today(office, clerk)
        verification.waiting(office, as_person(office, "k-hanako"))
        review.waiting(office, ward)
        holds.listing(office, supervisor)
        handover.of_today(office, clerk)
        day_close.check(office, supervisor)
    assert len(asked) > 100
    assert not read_whole(office, asked)


def test_the_eye_for_it_is_not_blind(office: Office) -> None:
    with heard(office) as asked, office.store.read.begin() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM movement m WHERE m.reason = 'x'")
        connection.exec_driver_sql("SELECT 1 FROM movement WHERE seq = 4")
    assert [line.split(":")[0] for line in read_whole(office, asked)] == ["SCAN m"]
