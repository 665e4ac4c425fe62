"""消去: agreed by two over what was shown; nothing of it can be read afterwards; resumed after a kill; proved, and in the log."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from nhi_center.domain import recovery
from nhi_center.domain.erasure import Erasure, Plan, Scope, State, Step
from nhi_center.domain.operators import Session
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.gateway.database import connect
from nhi_center.services import audit_log, backup, erasure, month_keys
from nhi_center.services.clock import JST
from nhi_center.services.handover import Credential
from nhi_center.services.office import Office
from nhi_center.services.session import sign_in
from nhi_center.services.sync import synchronise
from nhi_center.storage import engine
from nhi_center.storage.store import new_key
from nhi_center.training.room import RECOVERY_FILE, RECOVERY_PASSPHRASE, write_trust
from nhi_center.verify import cli as verify
from tests.services.test_leaving import Desk, desk
from tests.support.killed_erasure import POINTS
from tests.support.office import PASSWORDS, advance, as_person
from tests.support.postgres import RunningGateway, postgres
from tests.support.station import log_of
from tests.support.terminals import silent_gateway

__all__ = ["desk", "postgres", "silent_gateway"]

ROOT = Path(__file__).parents[2]
NOVEMBER = "2026-11"
NAME = "葛城"
PERSONAL = ("カツラギ", "3450312", "歌舞伎町1-4-1")
SUPERVISOR, WARD = Credential("s-toko", PASSWORDS["s-toko"]), Credential("40127", PASSWORDS["40127"])
DAYS = 8


def quiet(_done: int, _total: int, _words: str) -> None:
    pass


@pytest.fixture
def over(desk: Desk) -> tuple[Office, Session]:
    """November is over: a backup of it lies in the folder, lists and a print too, the ward has everything but F15's certificate.

    That one is the ward's by now as well, as its own act would say.
    """
    office, ward, _made = desk
    office = month_keys.ensure_month_key(office)
    synchronise(office)
    backup.back_up(office, quiet)
    with office.store.write.begin() as connection:
        connection.execute(text("UPDATE balance SET sheets = 0 WHERE place NOT IN ('returned', 'ward', 'made')"))
    for name, folder in (
        ("issued-20261124-20261124.pdf", "documents"),
        ("receipt-20261124-1.pdf", "documents"),
        ("p.pdf", "spool"),
    ):
        file = office.settings.business_folder / folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(NAME.encode() * 100)
        at = datetime(2026, 11, 24, 12, tzinfo=JST).timestamp()
        os.utime(file, (at, at))
    later(office, DAYS)
    return office, ward


def later(office: Office, days: int) -> None:
    """In the next month, with everything at the gateway."""
    advance(office.premises, days=days)
    audit_log.check(office, as_person(office, "s-toko"))
    synchronise(office)


def settle(office: Office) -> None:
    """F15's paper and certificate are with the ward: its own acts take a second terminal and are tested with them."""
    with office.store.write.begin() as connection:
        connection.execute(text("UPDATE application SET state = 'done' WHERE state = 'reviewed'"))
        connection.execute(text("UPDATE certificate_job SET state = 'received' WHERE state <> 'blocked'"))
        connection.execute(text("UPDATE balance SET sheets = 0 WHERE place NOT IN ('returned', 'ward', 'made')"))


def shown(office: Office, ward: Session) -> Plan:
    return erasure.plan(office, ward, Scope.MONTH, NOVEMBER)


def agreed(office: Office, ward: Session) -> Erasure:
    settle(office)
    return erasure.agree(office, ward, shown(office, ward), "4階 事務室", SUPERVISOR, WARD)


def personal(office: Office) -> list[str]:
    """Which of the invented person's words stand in the store, the copy of the register aside, and in which table."""
    found = []
    with office.store.read.begin() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'person%'"))
        for table in [row.name for row in tables]:
            rows = "\n".join(str(tuple(row)) for row in connection.execute(text(f"SELECT * FROM {table}")))
            found += [f"{table}: {word}" for word in PERSONAL if word in rows]
    return found


def keys_at_the_gateway(gateway: RunningGateway, office: Office) -> int:
    with connect(gateway.dsn) as connection:
        row = connection.execute("SELECT count(*) FROM month_key WHERE terminal = %s", (office.terminal,)).fetchone()
    assert row is not None
    return int(row[0])


def test_it_waits_until_the_ward_has_everything(desk: Desk) -> None:
    office, ward, _made = desk
    advance(office.premises, days=DAYS)
    now = shown(office, ward)
    waiting = {one.words: one.number for one in now.obstacles}
    assert waiting["未送信の記録"] > 0
    assert waiting["区のサーバの控えがない操作記録"] > 0
    assert waiting["区の枚数確認か送信が済んでいない届出"] > 0
    with pytest.raises(OperatorError) as refused:
        erasure.agree(office, ward, now, "4階", SUPERVISOR, WARD)
    assert refused.value.code == "erasure-obstacle"
    assert erasure.every(office, ward) == ()
    with pytest.raises(OperatorError, match="終わった月だけ"):
        erasure.plan(office, ward, Scope.MONTH, "2026-12")


def test_both_sign_what_they_have_seen(over: tuple[Office, Session]) -> None:
    office, ward = over
    settle(office)
    now = shown(office, ward)
    assert now.ready, now.obstacles
    for supervisor, staff in ((Credential("k-ichiro", PASSWORDS["k-ichiro"]), WARD), (SUPERVISOR, SUPERVISOR)):
        with pytest.raises(OperatorError, match="役割"):
            erasure.agree(office, ward, now, "4階", supervisor, staff)
    other = replace(now, counts=tuple(replace(one, number=one.number + 1) for one in now.counts))
    with pytest.raises(OperatorError, match="件数が変わりました"):
        erasure.agree(office, ward, other, "4階", SUPERVISOR, WARD)
    with pytest.raises(OperatorError) as refused:
        erasure.agree(office, ward, now, " ", SUPERVISOR, WARD)
    assert refused.value.field == "place"
    kept = erasure.agree(office, ward, now, "4階", SUPERVISOR, WARD)
    assert kept.state is State.AGREED
    assert personal(office), "nothing is erased by agreeing"
    with pytest.raises(IntegrityError), office.store.write.begin() as connection:
        connection.execute(text("UPDATE erasure SET contents = '{}'"))


def test_a_month_goes_and_nothing_of_it_can_be_read(
    over: tuple[Office, Session], gateway: RunningGateway, tmp_path: Path
) -> None:
    office, ward = over
    copy = backup.copies(office)[0]
    elsewhere = tmp_path / copy.name
    for file in (copy, backup.sidecar_of(copy)):
        (tmp_path / file.name).write_bytes(file.read_bytes())  # somebody has kept an old one
    key = office.contents.month_keys[NOVEMBER]
    private = recovery.open_private((office.settings.recovery / RECOVERY_FILE).read_bytes(), RECOVERY_PASSPHRASE)
    part = recovery.open_entry(private, json.loads(backup.sidecar_of(elsewhere).read_bytes())["recovery"], recovery.BACKUP)
    backup.restore(elsewhere, part, key, tmp_path / "a.db", new_key(), quiet)  # before, the ward can
    assert keys_at_the_gateway(gateway, office) == 1
    before = shown(office, ward)
    done = erasure.go_on(office, ward, agreed(office, ward).id)
    assert [one for one in done.findings if not one.good] == []
    assert done.waits_for_key, "only the store's key is left, for the next sign-in"
    assert done.state is State.PARTIAL
    assert {count.item: count.number for count in before.counts}["entries"] == 2
    assert all(count.number == 0 for count in shown(office, ward).counts if count.item != "keys")

    assert keys_at_the_gateway(gateway, office) == 0
    with pytest.raises(EnvironmentTrouble, match="LK-03"):
        office.premises.link.keep_month_key(NOVEMBER, key)
    assert NOVEMBER not in office.contents.month_keys
    for number, left in enumerate(office.contents.month_keys.values()):
        with pytest.raises(EnvironmentTrouble, match="BK-03"):
            backup.restore(elsewhere, part, left, tmp_path / f"{number}.db", new_key(), quiet)
    with pytest.raises(EnvironmentTrouble, match="BK-03"):
        backup.restore(elsewhere, part, bytes(32), tmp_path / "z.db", new_key(), quiet)
    assert backup.copies(office) == ()

    assert personal(office) == []
    names = [file.name for file in office.settings.documents.iterdir()]
    assert "receipt-20261124-1.pdf" in names
    assert "issued-20261124-20261124.pdf" not in names
    assert list(office.settings.spool.iterdir()) == []
    receipt = office.settings.documents / "receipt-20261124-1.pdf"
    readable = [
        file
        for file in office.settings.business_folder.rglob("*")
        if file.is_file() and file != receipt and NAME.encode() in file.read_bytes()
    ]
    assert readable == []


def test_with_the_next_sign_in_the_old_key_of_the_store_is_worth_nothing(over: tuple[Office, Session]) -> None:
    office, ward = over
    old = office.contents.store_keys
    kept = erasure.go_on(office, ward, agreed(office, ward).id)
    file = office.settings.store
    remains = file.with_name("remains.db")
    office.store.close()
    remains.write_bytes(file.read_bytes())
    again, _session = sign_in(office.premises, "40127", PASSWORDS["40127"])
    try:
        assert set(again.contents.store_keys).isdisjoint(old)
        assert NOVEMBER not in again.contents.month_keys
        done = erasure.every(again, as_person(again, "s-toko"))[0]
        assert (done.id, done.state, set(done.steps)) == (kept.id, State.DONE, set(Step))
        assert [one for one in done.findings if not one.good] == []
        told = [entry for entry in log_of(again, "rekey") if entry["facts"].get("state")]
        assert [(entry["seq"], entry["facts"]["state"]) for entry in told] == [(done.entry, "done")]
        with pytest.raises(OperatorError, match="終わっています"):
            erasure.go_on(again, as_person(again, "s-toko"), done.id)
        for key in again.contents.store_keys:  # what a disk has put aside of the file before the change
            raw = engine.connect(remains, key)
            with pytest.raises(Exception, match="not a database"):
                raw.execute("SELECT count(*) FROM sqlite_master")
            raw.close()
    finally:
        again.store.close()


def test_the_log_still_proves_itself_to_the_ward(over: tuple[Office, Session], gateway: RunningGateway, tmp_path: Path) -> None:
    office, ward = over
    trust = tmp_path / "trust.json"
    write_trust(office.settings, office.premises.terminal, office.premises.trust.gateway)
    trust.write_bytes(office.settings.trust.read_bytes())
    done = erasure.go_on(office, ward, agreed(office, ward).id)
    synchronise(office)
    assert audit_log.check(office, as_person(office, "s-toko")).fault == ""
    steps = [entry["facts"]["step"] for entry in log_of(office, "erase")]
    assert steps[0] == "erasure_agreed"
    assert steps[-1] == "erasure_ended"
    assert done.entry == log_of(office, "erase")[-1]["seq"]
    assert verify.main(["audit", str(office.settings.segments), "--trust", str(trust)]) == 0


def test_without_a_line_it_is_partial_and_says_so(over: tuple[Office, Session], gateway: RunningGateway) -> None:
    office, ward = over
    kept = agreed(office, ward)
    gateway.stop()
    try:
        done = erasure.go_on(office, ward, kept.id)
    finally:
        gateway.start()
    assert done.state is State.PARTIAL
    assert Step.SEGMENT_KEYS not in done.steps
    assert [(one.words, one.left) for one in done.findings if not one.good] == [("区のサーバの月の鍵", 1)]
    assert keys_at_the_gateway(gateway, office) == 1
    again = erasure.go_on(office, ward, kept.id)
    assert [one for one in again.findings if not one.good] == []
    assert keys_at_the_gateway(gateway, office) == 0


@pytest.mark.parametrize("point", POINTS)
def test_it_goes_on_wherever_the_power_goes(over: tuple[Office, Session], point: str) -> None:
    office, ward = over
    kept = agreed(office, ward)
    office.store.close()
    write_trust(office.premises.settings, office.premises.terminal, office.premises.trust.gateway)
    folder = str(office.premises.settings.business_folder)
    run = subprocess.run(
        [sys.executable, "-m", "tests.support.killed_erasure", folder, str(DAYS), kept.id, point],
        env={**os.environ, "PYTHONPATH": "src:."},
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert run.returncode == -signal.SIGKILL
    again, session = sign_in(office.premises, ward.person, PASSWORDS[ward.person])
    try:
        done = (
            erasure.go_on(again, session, kept.id) if erasure.every(again, session)[0].open else erasure.every(again, session)[0]
        )
        assert [one for one in done.findings if not one.good] == []
        assert set(done.steps) >= set(Step) - {Step.STORE_KEY}
        assert personal(again) == []
        assert NOVEMBER not in again.contents.month_keys
        assert audit_log.check(again, as_person(again, "s-toko")).fault == ""
    finally:
        again.store.close()


def test_a_failed_terminals_disk_is_written_down_by_hand(desk: Desk) -> None:
    from nhi_center.domain.erasure import DiskMethod

    office, ward, _made = desk
    done = erasure.record_disk(office, ward, "T09", "SN-0001", DiskMethod.SHREDDED, "4階 事務室", SUPERVISOR, WARD)
    assert done.state is State.DONE
    assert done.contents["method"] == "物理破壊"
    assert [one.person for one in done.signatures] == ["s-toko", "40127"]
    assert log_of(office, "erase")[-1]["facts"]["method"] == "shredded"
