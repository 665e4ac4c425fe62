from __future__ import annotations

import shutil
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from nhi_center.errors import EnvironmentTrouble
from nhi_center.storage import rekey as module
from nhi_center.storage.rekey import rekey
from nhi_center.storage.store import key_of, new_key, open_store
from tests.support.stores import made, nursery, rows_of

ROWS = 60_000
KILLS = 30
ACT = """
def act(path, old, new):
    rekey.rekey(Path(path), bytes.fromhex(old), bytes.fromhex(new), lambda done, total, words: say(done))
"""


def quiet(_done: int, _total: int, _words: str) -> None:
    pass


def code_of(path: Path, key: bytes) -> str:
    with pytest.raises(EnvironmentTrouble) as caught:
        open_store(path, (key,))
    return caught.value.code


def test_only_the_new_key_opens_and_every_row_is_there(tmp_path: Path) -> None:
    path, old = made(tmp_path, 500)
    new = new_key()
    left = path.with_name("before-0001.db")
    left.write_bytes(b"a copy under the old key")
    told: list[int] = []
    rekey(path, old, new, lambda done, _total, _words: told.append(done))
    assert told == [0, 1, 2, 3]
    assert rows_of(path, new) == 500
    assert code_of(path, old) == "ST-02"
    assert not left.exists()
    assert sorted(file.name for file in path.parent.iterdir()) == ["nhi-center.db", "nhi-center.json", "nhi-center.lock"]
    path.with_suffix(".json").write_text("damaged", encoding="utf-8")
    assert code_of(path, old) == "ST-03", "not the list of keys alone refuses the old one, the file itself does"


def test_a_second_call_only_confirms(tmp_path: Path) -> None:
    path, old = made(tmp_path, 5)
    new = new_key()
    rekey(path, old, new, quiet)
    before = path.read_bytes()
    rekey(path, old, new, quiet)
    assert path.read_bytes() == before


def test_a_wrong_key_or_an_open_store_changes_nothing(tmp_path: Path) -> None:
    path, key = made(tmp_path, 5)
    with pytest.raises(EnvironmentTrouble) as caught:
        rekey(path, new_key(), new_key(), quiet)
    assert caught.value.code == "ST-02"
    store = open_store(path, (key,))
    with pytest.raises(EnvironmentTrouble) as caught:
        rekey(path, key, new_key(), quiet)
    assert caught.value.code == "ST-06"
    store.close()
    assert rows_of(path, key) == 5


def test_without_room_for_it_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, key = made(tmp_path, 500)
    before = path.read_bytes(), path.with_suffix(".json").read_bytes()
    monkeypatch.setattr(module, "_LOG_SHARE", shutil.disk_usage(tmp_path).total / path.stat().st_size + 1)
    with pytest.raises(EnvironmentTrouble, match="MB 以上の空き") as caught:
        rekey(path, key, new_key(), quiet)
    assert caught.value.code == "ST-05"
    assert (path.read_bytes(), path.with_suffix(".json").read_bytes()) == before
    open_store(path, (key,)).close()


def test_killed_at_thirty_random_moments_it_opens_with_one_of_the_two(tmp_path: Path) -> None:
    path, key = made(tmp_path, ROWS)
    started = time.monotonic()
    new = new_key()
    rekey(path, key, new, quiet)
    whole_s, key = time.monotonic() - started, new
    random, ended = Random(), Counter[str]()
    with nursery(ACT) as children:
        for number in range(KILLS):
            new = new_key()
            children.begin(str(path), key.hex(), new.hex())
            assert children.line() == "0"
            said = children.lines_within(random.uniform(0, whole_s))
            if "gone" not in said:
                said += children.kill()
            store = open_store(path, (new, key))
            store.close()
            found = key_of(path, (new, key))
            assert rows_of(path, found) == ROWS
            assert found == new or "2" not in said, "said to be done, and it was not"
            ended["new" if found == new else "old"] += 1
            if number % 3 == 0:
                rekey(path, key, new, quiet)
                assert code_of(path, key) == "ST-02"
                found = new
            key = found
    assert ended["old"], "never hit in the middle: the test proves nothing"
    assert ended["new"], "never got through: the test proves nothing"
