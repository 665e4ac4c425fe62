"""A disk that is really full, at every kind of write: a clear message, nothing lost, and work goes on when there is room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from nhi_center.crash import CrashRecorder
from nhi_center.domain.operators import Action, Role, Session
from nhi_center.errors import EnvironmentTrouble
from nhi_center.keys.accounts import enrol, unlock
from nhi_center.printing.spool import SpoolPrinter
from nhi_center.services import audit_log, backup
from nhi_center.services.backup import back_up, state
from nhi_center.services.month_keys import ensure_month_key
from nhi_center.services.office import Office, Premises
from nhi_center.services.presence import check_in, check_out, roster
from nhi_center.services.session import sign_in
from nhi_center.services.work import begin
from nhi_center.storage import audit, copying, migrate
from nhi_center.storage import rekey as rekeying
from nhi_center.storage.store import create_store, new_key, open_store
from tests.storage.test_migrations import NUMBERS, next_step, scripts
from tests.support.full_disk import SmallDisk, small_disk
from tests.support.office import CHEAP, PASSWORDS, room, signed_in
from tests.support.stores import made, rows_of

__all__ = ["scripts", "small_disk"]

MIB = 1 << 20
Desk = tuple[Office, Session]


def quiet(_done: int, _total: int, _words: str) -> None:
    pass


def told(act: Callable[[], object], code: str = "ST-05") -> None:
    """The act is refused with this code and a sentence that says what is safe and what to do."""
    with pytest.raises(EnvironmentTrouble) as caught:
        act()
    assert caught.value.code == code
    assert any(word in caught.value.message for word in ("残って", "していません"))


@pytest.fixture
def premises(small_disk: SmallDisk) -> Iterator[Premises]:
    made = room(small_disk.folder / "business")
    yield made
    made.close()


@pytest.fixture
def desk(premises: Premises) -> Iterator[Desk]:
    office, session = signed_in(premises, "40127")
    yield ensure_month_key(office), session
    office.store.close()


def entries(office: Office) -> int:
    with office.store.read.begin() as connection:
        return audit.last(connection, office.terminal)[0]


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


# -- the store --


def test_a_commit(desk: Desk, small_disk: SmallDisk) -> None:
    office, session = desk
    check_in(office, session, "k-ichiro", "01")
    before = entries(office)

    def fill() -> None:
        with begin(office, session, Action.REVIEW) as unit:
            for _ in range(500):
                unit.record("application", {"application": "a-1", "filling": "x" * 4000})

    small_disk.keep_free(MIB)
    told(fill)
    small_disk.fill()
    told(fill)
    assert entries(office) == before
    (stay,) = [row.stay for row in roster(office, session) if row.stay is not None]
    assert stay.inside, "what was saved is still there to be read"
    small_disk.make_room()
    check_out(office, session, stay)
    fill()
    assert entries(office) == before + 2


def test_many_small_commits_until_it_is_full(desk: Desk, small_disk: SmallDisk) -> None:
    """No byte more or less is left than there is: each act is either acknowledged and kept, or refused and gone."""
    office, session = desk
    before, acknowledged = entries(office), 0
    small_disk.keep_free(MIB)

    def go_on() -> None:
        nonlocal acknowledged
        while True:
            with begin(office, session, Action.REVIEW) as unit:
                unit.record("application", {"filling": "x" * 2000})
            acknowledged += 1

    told(go_on)
    assert acknowledged > 10
    assert entries(office) == before + acknowledged
    small_disk.make_room()
    with begin(office, session, Action.REVIEW):
        pass
    assert entries(office) == before + acknowledged + 1
    with office.store.read.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA cipher_integrity_check").all() == []


def test_signing_in_and_out(premises: Premises, small_disk: SmallDisk) -> None:
    with small_disk.full():
        told(lambda: signed_in(premises, "40127"))
        told(lambda: sign_in(premises, "40127", "wrong"))  # a failure that cannot be counted is no free try
    office, _session = signed_in(premises, "40127")
    small_disk.fill()
    office.store.close()
    small_disk.make_room()
    office, _session = signed_in(premises, "40127")
    office.store.close()


def test_a_new_store(small_disk: SmallDisk) -> None:
    path, key = small_disk.folder / "store" / "nhi-center.db", new_key()
    path.parent.mkdir()
    for free in (0, 64 * 1024):
        small_disk.keep_free(free)
        told(lambda: create_store(path, key))
        assert files(path.parent) == {}
    small_disk.make_room()
    create_store(path, key)
    open_store(path, (key,)).close()


@pytest.mark.parametrize("free", [MIB // 2, 5 * MIB], ids=["no room for the copy", "no room for the step"])
def test_a_migration(small_disk: SmallDisk, scripts: Path, free: int) -> None:
    path, key = made(small_disk.folder, 15_000)
    number = next_step(scripts, "CREATE TABLE twice AS SELECT name, value || value AS value FROM sync_state;\n")
    small_disk.keep_free(free)
    told(lambda: open_store(path, (key,)))
    small_disk.make_room()
    assert rows_of(path, key) == 15_000
    assert not list(path.parent.glob(".before*"))
    store = open_store(path, (key,))
    with store.read.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM twice")).scalar_one() == 15_000
        assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == number > NUMBERS[-1]
    store.close()
    assert [copy.name for copy in migrate.copies(path)] == [f"before-{number:04}.db"]


@pytest.mark.parametrize("share", [1.1, 0.0], ids=["seen before", "in the middle"])
def test_a_change_of_key(small_disk: SmallDisk, monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    path, old = made(small_disk.folder, 15_000)
    new = new_key()
    monkeypatch.setattr(rekeying, "_LOG_SHARE", share)
    small_disk.keep_free(2 * MIB)
    told(lambda: rekeying.rekey(path, old, new, quiet))
    open_store(path, (new, old)).close()
    small_disk.make_room()
    assert rows_of(path, old) == 15_000
    rekeying.rekey(path, old, new, quiet)
    assert rows_of(path, new) == 15_000


# -- copies --


@pytest.mark.parametrize("margin", [1 << 20, -(1 << 30)], ids=["seen before", "in the middle"])
def test_a_backup(desk: Desk, small_disk: SmallDisk, monkeypatch: pytest.MonkeyPatch, margin: int) -> None:
    office, session = desk
    with office.store.write.begin() as connection:
        connection.exec_driver_sql(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)"
            " INSERT INTO sync_state SELECT i, hex(randomblob(100)) FROM n"
        )
    monkeypatch.setattr(copying, "_MARGIN", margin)
    small_disk.keep_free(MIB)
    told(lambda: back_up(office, quiet))
    assert files(office.settings.backups) == {}
    assert state(office, session).fault == "ST-05"
    small_disk.make_room()
    back_up(office, quiet)
    assert (state(office, session).fault, state(office, session).copies) == ("", 1)


def test_what_stands_beside_a_backup(desk: Desk, small_disk: SmallDisk) -> None:
    """A copy without its sidecar could never be opened: none is left."""
    office, session = desk
    good = back_up(office, quiet)
    before = files(office.settings.backups)

    def report(done: int, total: int, _words: str) -> None:
        if done == total:
            small_disk.fill()

    told(lambda: back_up(office, report))
    assert files(office.settings.backups) == before
    small_disk.make_room()
    assert backup.copies(office) == (good,)
    assert back_up(office, quiet) != good
    assert state(office, session).copies == 2


# -- small files --


def test_slots_and_accounts(premises: Premises, small_disk: SmallDisk) -> None:
    account = premises.accounts.find("40127")
    contents = premises.slots.open(account, unlock(account, PASSWORDS["40127"]))
    other = enrol("k-nanashi", "見本 名無", Role.CLERK, "kenshuu-nanashi-2026", CHEAP)
    folders = (premises.settings.slots, premises.settings.accounts, premises.settings.recovery)
    before = [files(folder) for folder in folders]
    with small_disk.full():
        told(lambda: premises.slots.save_for_all(premises.accounts.every(), contents))
        told(lambda: premises.slots.save(account, contents))
        told(lambda: premises.accounts.save(other))
    assert [files(folder) for folder in folders] == before
    office, _session = signed_in(premises, "40127")
    office.store.close()
    premises.slots.save_for_all(premises.accounts.every(), contents)
    premises.accounts.save(other)
    assert premises.accounts.find("k-nanashi") == other


def test_the_months_key_waits_for_room_and_nobody_is_kept_out(premises: Premises, small_disk: SmallDisk) -> None:
    office, session = signed_in(premises, "40127")
    with small_disk.full():
        assert backup.prepare(office) is office
    office = backup.prepare(office)
    back_up(office, quiet)
    assert state(office, session).copies == 1
    office.store.close()


def test_the_copy_of_the_log_for_the_ward(desk: Desk, small_disk: SmallDisk) -> None:
    office, session = desk
    office.settings.documents.mkdir()
    for _ in range(300):
        with begin(office, session, Action.REVIEW):
            pass
    small_disk.fill()
    with pytest.raises(EnvironmentTrouble) as caught:
        audit_log.export(office, session)
    assert caught.value.code in ("PR-03", "ST-05")
    small_disk.make_room()
    assert files(office.settings.documents) == {}
    assert audit_log.export(office, session).path.exists()


def test_the_spool(premises: Premises, small_disk: SmallDisk, tmp_path: Path) -> None:
    pdf = tmp_path / "one.pdf"
    pdf.write_bytes(b"%PDF-1.7\n" + bytes(9000))
    printer = SpoolPrinter(premises.settings.spool)
    with small_disk.full():
        outcome = printer.send("job-1", pdf, 1)
    assert outcome.state == "failed"
    assert "何も印刷していません" in outcome.detail
    assert printer.entries() == ()
    assert printer.send("job-1", pdf, 1).state == "handed"


def test_a_crash_record(small_disk: SmallDisk) -> None:
    folder = small_disk.folder / "crash"
    folder.mkdir()
    recorder = CrashRecorder(folder, lambda: datetime(2026, 11, 24, tzinfo=UTC), lambda _reference: None)
    with small_disk.full():
        assert recorder.record(ValueError("x")), "the number is shown, although nothing can be kept under it"
    assert recorder.record(ValueError("x"))
    assert len([data for data in files(folder).values() if data]) == 1
