"""kill -9 in the middle of commits, 500 times: what was acknowledged is there, and the file is whole."""

from __future__ import annotations

from pathlib import Path
from random import Random

from sqlalchemy import text

from nhi_center.storage.store import open_store
from tests.support.stores import made, nursery

KILLS = 500
WHOLE_EVERY = 25
LONGEST_S = 0.03
ACT = """
def act(path, key):
    opened = store.open_store(Path(path), (bytes.fromhex(key),))
    with opened.write.begin() as connection:
        number = connection.execute(text("SELECT coalesce(max(CAST(name AS INTEGER)), 0) FROM sync_state")).scalar_one()
        connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint = {(1000, 20, 5)[number % 3]}")
    say(f"from {number}")
    while True:
        number += 1
        with opened.write.begin() as connection:
            connection.execute(text("INSERT INTO sync_state VALUES (:n, 'x')"), {"n": f"{number:09}"})
            connection.execute(
                text("INSERT INTO outbox (id, kind, body, made_at) VALUES (:n, 'k', :body, 't')"),
                {"n": f"{number}", "body": "x" * 300},
            )
        say(number)
"""


def state(path: Path, key: bytes, *, whole: bool) -> tuple[int, int, int]:
    """(highest number, rows in one table, rows in the other)."""
    store = open_store(path, (key,))
    with store.read.begin() as connection:
        rows = connection.execute(text("SELECT coalesce(max(CAST(name AS INTEGER)), 0), count(*) FROM sync_state")).one()
        others = connection.execute(text("SELECT count(*) FROM outbox")).scalar_one()
        if whole:
            assert connection.exec_driver_sql("PRAGMA cipher_integrity_check").all() == []
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    store.close()
    return int(rows[0]), int(rows[1]), int(others)


def test_five_hundred_kills_in_commits_lose_nothing_acknowledged(tmp_path: Path) -> None:
    path, key = made(tmp_path)
    random, acknowledged, unsaid, reached = Random(), 0, 0, 0
    with nursery(ACT) as children:
        for kill in range(1, KILLS + 1):
            children.begin(str(path), key.hex())
            assert children.line() == f"from {reached}", "a start found less than the one before had left"
            said = children.lines_within(random.uniform(0, LONGEST_S))
            said += children.kill()
            told = int(said[-1]) if said else reached
            highest, rows, others = state(path, key, whole=kill % WHOLE_EVERY == 0)
            assert highest >= told, f"kill {kill}: {told} was acknowledged, {highest} is there"
            assert highest == rows == others, f"kill {kill}: half a transaction, or one in between is missing"
            acknowledged += told - reached
            unsaid += highest - told
            reached = highest
    assert acknowledged > KILLS, "too few commits between the kills prove little"
    print(f"{KILLS} kills, {acknowledged} acknowledged, 0 lost, {unsaid} kept without having been said")
