from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from nhi_center.domain import recovery
from nhi_center.domain.operators import Session
from nhi_center.errors import EnvironmentTrouble
from nhi_center.keys.accounts import unlock
from nhi_center.keys.slots import Contents
from nhi_center.services import backup, month_keys
from nhi_center.services.backup import back_up, back_up_if_missed, read_sidecar, restore, sidecar_of, state
from nhi_center.services.clock import JST, TrainingClock
from nhi_center.services.month_keys import ensure_month_key, tell_segment
from nhi_center.services.office import Office, Premises
from nhi_center.services.session import sign_out
from nhi_center.services.sync import synchronise
from nhi_center.services.ward_settings import rules
from nhi_center.storage import audit, engine
from nhi_center.storage.store import new_key, open_store
from nhi_center.training.room import RECOVERY_FILE, RECOVERY_PASSPHRASE
from tests.services.test_sync import desk as desk_with_gateway
from tests.support.office import PASSWORDS, enter, premises, signed_in
from tests.support.postgres import RunningGateway

__all__ = ["desk_with_gateway", "premises"]

MONTH = "2026-11"
Room = tuple[Office, Session]


def quiet(_done: int, _total: int, _words: str) -> None:
    pass


@pytest.fixture
def desk(premises: Premises) -> Iterator[Room]:
    """Ward staff 40127 signed in as the workstation does it: with this month's key."""
    enter(premises, "k-ichiro")
    office, session = signed_in(premises, "40127")
    yield ensure_month_key(office), session
    office.store.close()


def on(premises: Premises, day: int, month: int = 11) -> Premises:
    return replace(premises, clock=TrainingClock(datetime(2026, month, day, 9, 0, tzinfo=JST)))


def slot(premises: Premises, person: str) -> Contents:
    account = premises.accounts.find(person)
    return premises.slots.open(account, unlock(account, PASSWORDS[person]))


def ward_unseals(office: Office | Premises, copy: Path) -> bytes:
    """What the ward does offline, with its key and the copy's sidecar alone."""
    private = recovery.open_private((office.settings.recovery / RECOVERY_FILE).read_bytes(), RECOVERY_PASSPHRASE)
    return recovery.open_entry(private, json.loads(sidecar_of(copy).read_bytes())["recovery"], recovery.BACKUP)


def code_of(office: Office) -> str:
    with pytest.raises(EnvironmentTrouble) as caught:
        back_up(office, quiet)
    return caught.value.code


def restored(office: Office, copy: Path, month_key: bytes, target: Path) -> bytes:
    key = new_key()
    restore(copy, ward_unseals(office, copy), month_key, target, key, quiet)
    return key


# -- the copy --


def test_a_copy_is_encrypted_checked_told_of_and_says_what_is_in_it(desk: Room) -> None:
    office, session = desk
    told: list[tuple[int, int]] = []
    copy = back_up(office, lambda done, total, _words: told.append((done, total)))
    sidecar = read_sidecar(copy)
    assert copy.name.startswith("nhi-center-T04-20261124-")
    assert not copy.read_bytes().startswith(b"SQLite format 3")
    assert "見本".encode() not in copy.read_bytes()
    assert sidecar.sha256 == hashlib.sha256(copy.read_bytes()).hexdigest()
    assert (sidecar.terminal, sidecar.month, sidecar.day) == ("T04", MONTH, "2026-11-24")
    assert {file.stat().st_mode & 0o077 for file in (copy, sidecar_of(copy))} == {0}
    assert [done for done, _total in told] == sorted(done for done, _total in told)
    assert told[-1] == (4, 4)
    with office.store.read.begin() as connection:
        entries = audit.entries(connection, sidecar.store.seq, 10)
        assert entries[0][2].hex() == sidecar.store.hash
        act = json.loads(entries[1][1])
    assert (act["action"], act["facts"]["step"], act["facts"]["sha256"]) == ("back_up", "copy", sidecar.sha256)
    seen = state(office, session)
    assert (seen.last_day, seen.copies, seen.fault, seen.ward_can_open) == ("2026-11-24", 1, "", True)


def test_no_key_of_the_store_or_the_slots_opens_a_copy(desk: Room) -> None:
    office, _ = desk
    copy = back_up(office, quiet)
    for key in (*office.contents.store_keys, *(key + bytes(16) for key in office.contents.month_keys.values())):
        connection = engine.connect(copy, key)
        with pytest.raises(Exception, match="file is not a database"):
            connection.execute("SELECT count(*) FROM sqlite_master")
        connection.close()


def test_without_the_wards_key_nothing_is_made_and_it_is_said_and_kept(desk: Room) -> None:
    office, session = desk
    (office.settings.recovery / "ward.pub").unlink()
    with pytest.raises(EnvironmentTrouble, match="区の復旧鍵がまだ登録されていない") as caught:
        back_up(office, quiet)
    assert caught.value.code == "BK-01"
    assert not list(office.settings.backups.iterdir())
    seen = state(office, session)
    assert (seen.fault, seen.ward_can_open, seen.last_day) == ("BK-01", False, "")


def test_the_last_fourteen_are_kept_and_nothing_half_done(desk: Room) -> None:
    office, _ = desk
    folder = office.settings.backups
    folder.mkdir(mode=0o700)
    for name in ("nhi-center-T04-20261101-090000.db", "nhi-center-T04-20261102-090000.json", ".nhi-center-T04-x.db.new"):
        (folder / name).write_bytes(b"left by a killed program")
    (folder / "nhi-center-T05-20261101-090000.db").write_bytes(b"another terminal's")
    made = [back_up(office, quiet) for _ in range(backup.KEPT + 2)]
    assert len(set(made)) == len(made), "two in one second have names of their own"
    assert len(backup.copies(office)) == backup.KEPT
    assert made[-1] in backup.copies(office)
    left = {file.name for file in folder.iterdir()} - {
        file.name for copy in backup.copies(office) for file in (copy, sidecar_of(copy))
    }
    assert left == {"nhi-center-T05-20261101-090000.db"}


def test_work_goes_on_while_a_copy_is_made_and_the_copy_is_of_one_moment(desk: Room, tmp_path: Path) -> None:
    office, _ = desk
    stop, numbers = threading.Event(), 0

    def work() -> None:
        nonlocal numbers
        while not stop.wait(0.001):  # as fast as nobody types, but leaving the one write connection to the log in between
            numbers += 1
            with office.store.write.begin() as connection:
                connection.execute(
                    text("INSERT INTO sync_state VALUES (:a, '1'), (:b, '2')"), {"a": f"a{numbers}", "b": f"b{numbers}"}
                )

    worker = threading.Thread(target=work)
    worker.start()
    try:
        copy = back_up(office, quiet)
    finally:
        stop.set()
        worker.join()
    key = restored(office, copy, office.contents.month_keys[MONTH], tmp_path / "drill" / "nhi-center.db")
    store = open_store(tmp_path / "drill" / "nhi-center.db", (key,))
    with store.read.begin() as connection:
        ones = connection.execute(text("SELECT count(*) FROM sync_state WHERE name LIKE 'a%'")).scalar_one()
        twos = connection.execute(text("SELECT count(*) FROM sync_state WHERE name LIKE 'b%'")).scalar_one()
    store.close()
    assert ones == twos <= numbers


# -- when --


def test_a_day_of_work_without_a_copy_is_made_good_at_the_next_sign_in(premises: Premises) -> None:
    enter(premises, "k-ichiro")
    office, session = signed_in(premises, "40127")
    office = ensure_month_key(office)
    assert back_up_if_missed(office, quiet) is None, "the day is not over"
    sign_out(office, session)

    office, session = signed_in(on(premises, 26), "40127")
    made = back_up_if_missed(office, quiet)
    assert made is not None
    assert read_sidecar(made).day == "2026-11-26"
    assert back_up_if_missed(office, quiet) is None, "once is enough"
    sign_out(office, session)


def test_a_day_that_was_copied_at_its_close_is_not_copied_again(premises: Premises) -> None:
    enter(premises, "k-ichiro")
    office, session = signed_in(premises, "40127")
    office = ensure_month_key(office)
    back_up(office, quiet)
    sign_out(office, session)
    office, session = signed_in(on(premises, 25), "40127")
    assert back_up_if_missed(office, quiet) is None
    sign_out(office, session)


def test_a_failed_try_does_not_count_as_a_copy(premises: Premises) -> None:
    enter(premises, "k-ichiro")
    office, session = signed_in(premises, "40127")
    assert code_of(office) == "BK-02", "signed in without the month's key"
    sign_out(office, session)
    office, session = signed_in(on(premises, 25), "40127")
    assert back_up_if_missed(ensure_month_key(office), quiet) is not None
    sign_out(office, session)


# -- the month's key --


def test_everybody_of_the_terminal_has_the_same_key_and_a_new_month_a_new_one(premises: Premises) -> None:
    office, session = signed_in(premises, "40127")
    office = ensure_month_key(office)
    key = office.contents.month_keys[MONTH]
    assert len(key) == 32
    assert key.hex() not in repr(office)
    sign_out(office, session)
    assert {slot(premises, person).month_keys[MONTH] for person in PASSWORDS} == {key}

    office, session = signed_in(on(premises, 1, 12), "40128")
    office = ensure_month_key(office)
    assert office.contents.month_keys.keys() == {MONTH, "2026-12"}
    assert office.contents.month_keys[MONTH] == key
    assert ensure_month_key(office) is office
    sign_out(office, session)


def test_a_slot_from_before_the_key_never_makes_a_second_one(premises: Premises) -> None:
    """A second key of the month would make the first one's copies unreadable."""
    account = premises.accounts.find("40128")
    old = slot(premises, "40128")
    office, session = signed_in(premises, "40127")
    office = ensure_month_key(office)
    key = office.contents.month_keys[MONTH]
    sign_out(office, session)

    premises.slots.save(account, old)
    office, session = signed_in(premises, "40128")
    office = backup.prepare(office)
    assert MONTH not in office.contents.month_keys
    assert code_of(office) == "BK-02"
    sign_out(office, session)

    office, session = signed_in(premises, "40127")
    ensure_month_key(office)
    sign_out(office, session)
    assert slot(premises, "40128").month_keys[MONTH] == key, "whoever has it gives it to whom it was missing"


def test_a_key_that_did_not_reach_every_slot_is_no_key(premises: Premises, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program ends between the first slot and the last: nothing was copied with that key, so the next one may be another."""
    office, session = signed_in(premises, "40127")
    with monkeypatch.context() as patched:
        patched.setattr(type(premises.slots), "save_for_all", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            ensure_month_key(office)
    assert month_keys.usable(office) is None
    office = ensure_month_key(office)
    assert month_keys.usable(office) == (MONTH, office.contents.month_keys[MONTH])
    sign_out(office, session)
    assert len({slot(premises, person).month_keys[MONTH] for person in PASSWORDS}) == 1


def test_the_segment_gets_the_key_when_the_line_is_there_again(desk_with_gateway: Room, gateway: RunningGateway) -> None:
    office, session = desk_with_gateway
    office = ensure_month_key(office)
    gateway.stop(kill=True)
    try:
        with pytest.raises(EnvironmentTrouble, match="LK-01"):
            tell_segment(office)
        assert not state(office, session).key_at_segment
    finally:
        gateway.start()
    synchronise(office)
    kept = gateway.scalar("SELECT key FROM month_key WHERE terminal = %s AND month = %s", office.terminal, MONTH)
    assert kept == office.contents.month_keys[MONTH]
    assert state(office, session).key_at_segment
    assert tell_segment(office) == 0


def test_a_key_that_the_segment_refuses_is_said_and_stops_nothing(desk_with_gateway: Room) -> None:
    office, session = desk_with_gateway
    office.premises.link.keep_month_key(MONTH, bytes(32))
    office = ensure_month_key(office)
    synchronise(office)
    seen = state(office, session)
    assert (seen.key_at_segment, seen.key_refused) == (False, "LK-03")
    synchronise(office)
    back_up(office, quiet)


# -- the way back --


def test_restore_drill(desk_with_gateway: Room, gateway: RunningGateway, tmp_path: Path) -> None:
    """The machine is lost. What is left: the copy, the ward's recovery key, and the month key at the segment."""
    office, _ = desk_with_gateway
    office = ensure_month_key(office)
    synchronise(office)
    copy = back_up(office, quiet)
    month_key = gateway.scalar("SELECT key FROM month_key WHERE terminal = %s AND month = %s", office.terminal, MONTH)
    assert isinstance(month_key, bytes)

    target, key = tmp_path / "drill" / "nhi-center.db", new_key()
    sidecar = restore(copy, ward_unseals(office, copy), month_key, target, key, quiet)
    store = open_store(target, (key,))
    again = replace(office, store=store)
    with office.store.read.begin() as ours, store.read.begin() as theirs:
        for seq, entry, hash_ in audit.entries(theirs, 1, 1000):
            assert audit.entries(ours, seq, 1) == ((seq, entry, hash_),), "the log is ours, entry by entry"
        assert (sidecar.store.seq, bytes.fromhex(sidecar.store.hash)) == audit.last(theirs, office.terminal)
        anchor = audit.newest_anchor(theirs, office.terminal)
        assert anchor is not None
        assert anchor.seq <= sidecar.store.seq
        assert rules(again, theirs) == rules(office, ours)
    store.close()
    with pytest.raises(FileExistsError):
        restore(copy, ward_unseals(office, copy), month_key, target, key, quiet)


def test_what_does_not_fit_is_not_restored(desk: Room, tmp_path: Path) -> None:
    office, _ = desk
    copy, other = back_up(office, quiet), back_up(office, quiet)
    month_key, target = office.contents.month_keys[MONTH], tmp_path / "drill" / "nhi-center.db"

    def refusal(part: bytes, key: bytes) -> str:
        with pytest.raises(EnvironmentTrouble) as caught:
            restore(copy, part, key, target, new_key(), quiet)
        assert not target.exists()
        assert not list(target.parent.glob("*")) if target.parent.exists() else True
        return caught.value.code

    part = ward_unseals(office, copy)
    assert refusal(ward_unseals(office, other), month_key) == "BK-03"
    assert refusal(part, bytes(32)) == "BK-03"

    whole, beside = copy.read_bytes(), sidecar_of(copy).read_bytes()
    copy.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    assert refusal(part, month_key) == "BK-03"
    copy.write_bytes(whole)
    body = json.loads(beside)
    sidecar_of(copy).write_text(json.dumps(body | {"audit": {"seq": 1, "hash": body["audit"]["hash"]}}), encoding="utf-8")
    assert refusal(part, month_key) == "BK-03", "a copy that holds another log than it says"
    sidecar_of(copy).write_text("{}", encoding="utf-8")
    assert refusal(part, month_key) == "BK-05"
    sidecar_of(copy).write_bytes(beside)
    restore(copy, part, month_key, target, new_key(), quiet)


def test_with_the_month_key_destroyed_in_both_places_no_copy_opens(
    desk_with_gateway: Room, gateway: RunningGateway, tmp_path: Path
) -> None:
    office, _ = desk_with_gateway
    office = ensure_month_key(office)
    synchronise(office)
    copy = back_up(office, quiet)
    destroyed = office.contents.month_keys[MONTH]
    with pytest.raises(ValueError, match="running month"):
        month_keys.forget_month_key(office, MONTH)

    december = replace(office, premises=on(office.premises, 1, 12))
    december = month_keys.forget_month_key(ensure_month_key(december), MONTH)
    with psycopg.connect(gateway.dsn) as connection:
        connection.execute("DELETE FROM month_key WHERE terminal = %s AND month = %s", (office.terminal, MONTH))
        rows = connection.execute("SELECT key FROM month_key WHERE terminal = %s", (office.terminal,)).fetchall()
    anywhere = {key for person in PASSWORDS for key in slot(office.premises, person).month_keys.values()}
    anywhere |= {bytes(key) for (key,) in rows} | {key[:32] for key in december.contents.store_keys}
    assert anywhere
    assert destroyed not in anywhere
    for number, key in enumerate(anywhere):
        with pytest.raises(EnvironmentTrouble, match="BK-03"):
            restored(december, copy, key, tmp_path / f"{number}" / "nhi-center.db")
    restored(december, copy, destroyed, tmp_path / "had-it-been-kept" / "nhi-center.db")
