from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from nhi_center.errors import EnvironmentTrouble, OperatorCancelled
from nhi_center.storage import check, engine
from nhi_center.storage.check import Checked
from nhi_center.storage.store import new_key, open_store
from nhi_center.tasks.runner import JobToken
from tests.support.stores import made

PAGE = 4096
Check = Callable[..., Checked]
BOTH = pytest.mark.parametrize("act", [check.quick, check.cipher], ids=["quick", "cipher"])


def quiet(_done: int, _total: int, _words: str) -> None:
    pass


def opener(path: Path, key: bytes) -> check.Opened:
    return lambda: engine.connect(path, key)


def flip_one_bit(path: Path, page: int) -> None:
    data = bytearray(path.read_bytes())
    data[(page - 1) * PAGE + 1000] ^= 4
    path.write_bytes(data)


@BOTH
def test_a_sound_store_is_sound_and_says_how_far_it_is(act: Check, tmp_path: Path) -> None:
    path, key = made(tmp_path, 500)
    told: list[tuple[int, int]] = []
    found = act(opener(path, key), lambda done, total, words: told.append((done, total)))
    assert found.sound
    assert found.pages == path.stat().st_size // PAGE
    assert (told[0], told[-1]) == ((0, 1), (1, 1))


def test_a_single_changed_bit_is_found_and_its_page_named(tmp_path: Path) -> None:
    path, key = made(tmp_path, 500)
    page = path.stat().st_size // PAGE - 3
    flip_one_bit(path, page)
    found = check.cipher(opener(path, key), quiet)
    assert [fault.page for fault in found.faults] == [page]
    assert not check.quick(opener(path, key), quiet).sound


def test_a_row_that_stands_in_no_index_is_found(tmp_path: Path) -> None:
    """What the HMAC cannot see: pages that are all as they were written, and do not fit together."""
    path, key = made(tmp_path)
    connection = engine.connect(path, key)
    connection.execute("INSERT INTO presence (id, person, day, entered_at, entered_by) VALUES ('1', 'p', 'd', 't', 'b')")
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_master SET rootpage = 3 WHERE name = 'ix_presence_day'")
    connection.close()
    assert check.cipher(opener(path, key), quiet).sound
    assert not check.quick(opener(path, key), quiet).sound


def test_a_store_that_does_not_open_is_a_trouble_not_a_finding(tmp_path: Path) -> None:
    path, _key = made(tmp_path)
    with pytest.raises(EnvironmentTrouble) as caught:
        check.quick(opener(path, new_key()), quiet)
    assert caught.value.code == "ST-03"


def test_cancelling_the_job_ends_the_check_at_once(tmp_path: Path) -> None:
    path, key = made(tmp_path, 60_000)
    token = JobToken(lambda _progress: None)
    seen: list[int] = []

    def report(done: int, total: int, words: str) -> None:
        seen.append(done)
        if len(seen) == 3:  # well within the statement
            token.cancel()

    with pytest.raises(OperatorCancelled):
        check.quick(opener(path, key), report, token)
    assert len(seen) < 10
    assert check.quick(opener(path, key), quiet, JobToken(lambda _progress: None)).sound, "the next one is not disturbed"


def test_a_report_that_raises_ends_the_check(tmp_path: Path) -> None:
    path, key = made(tmp_path, 30_000)
    token = JobToken(lambda _progress: None)
    token.cancel()
    for act in (check.quick, check.cipher):
        with pytest.raises(OperatorCancelled):
            act(opener(path, key), token.report, token)


def test_the_lanes_go_on_while_it_runs(tmp_path: Path) -> None:
    """On a connection of its own: a change is written and read while a check is under way, and the check stays sound."""
    path, key = made(tmp_path, 30_000)
    store = open_store(path, (key,))
    begun, written = threading.Event(), threading.Event()
    found: list[Any] = []

    def report(done: int, _total: int, _words: str) -> None:
        begun.set()
        if not done:
            written.wait(30)

    worker = threading.Thread(target=lambda: found.append(check.quick(store.connect, report)))
    worker.start()
    assert begun.wait(30)
    with store.write.begin() as connection:
        connection.execute(text("INSERT INTO sync_state VALUES ('a', 'b')"))
    with store.read.begin() as connection:
        assert connection.execute(text("SELECT value FROM sync_state WHERE name = 'a'")).scalar_one() == "b"
    written.set()
    worker.join()
    store.close()
    assert found[0].sound
