from __future__ import annotations

import psycopg
import pytest

from nhi_center.errors import EnvironmentTrouble
from tests.support.postgres import RunningGateway, Terminal

INSERT = "INSERT INTO change (kind, id, body) VALUES ('result', %s, '{}') RETURNING cursor"


def last_cursor(gateway: RunningGateway) -> int:
    value = gateway.scalar("SELECT coalesce(max(cursor), 0) FROM change")
    assert isinstance(value, int)
    return value


def test_pages_follow_the_cursor(gateway: RunningGateway, terminal: Terminal) -> None:
    after = last_cursor(gateway)
    with psycopg.connect(gateway.dsn) as connection:
        for n in range(5):
            connection.execute(INSERT, (f"page-{n}",))
    seen = []
    with terminal.link() as link:
        page = link.changes(after, 2)
        while page.changes:
            seen += [change.id for change in page.changes]
            assert page.more == (len(seen) < 5)
            page = link.changes(page.next, 2)
    assert seen == [f"page-{n}" for n in range(5)]


def test_no_change_keeps_the_cursor(gateway: RunningGateway, terminal: Terminal) -> None:
    after = last_cursor(gateway)
    with terminal.link() as link:
        page = link.changes(after)
    assert (page.changes, page.next, page.more) == ((), after, False)


@pytest.mark.parametrize("early_number", [False, True], ids=["number first", "transaction first"])
def test_cursor_has_no_gap(gateway: RunningGateway, terminal: Terminal, *, early_number: bool) -> None:
    """A second writer cannot take a number while the first has not committed, whichever began its transaction first."""
    after = last_cursor(gateway)
    with psycopg.connect(gateway.dsn) as slow, psycopg.connect(gateway.dsn) as fast, terminal.link() as link:
        if early_number:
            fast.execute("SELECT pg_current_xact_id()")
        slow.execute(INSERT, ("slow",))
        fast.execute("SET LOCAL lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            fast.execute(INSERT, ("fast",))
        fast.rollback()
        assert link.changes(after).changes == ()
        slow.commit()
        fast.execute(INSERT, ("fast",))
        fast.commit()
        assert [change.id for change in link.changes(after).changes] == ["slow", "fast"]


def test_rolled_back_numbers_are_skipped(gateway: RunningGateway, terminal: Terminal) -> None:
    after = last_cursor(gateway)
    with psycopg.connect(gateway.dsn) as connection:
        connection.execute(INSERT, ("gone",))
        connection.rollback()
        connection.execute(INSERT, ("stays",))
    with terminal.link() as link:
        assert [change.id for change in link.changes(after).changes] == ["stays"]


@pytest.mark.parametrize("limit", [0, 2001])
def test_limits_outside_the_protocol_are_refused(terminal: Terminal, limit: int) -> None:
    with terminal.link() as link, pytest.raises(EnvironmentTrouble, match="LK-04"):
        link.changes(0, limit)
