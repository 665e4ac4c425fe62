"""動作点検 over the real store, the real folders and the real fonts: what is sound is said to be, and each fault is found."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pypdfium2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from nhi_center.domain import canonical
from nhi_center.domain.audit import Countersign
from nhi_center.domain.operators import Session
from nhi_center.domain.self_check import Finding, Result, State
from nhi_center.errors import EnvironmentTrouble, OperatorCancelled, OperatorError
from nhi_center.isolation import os_lock
from nhi_center.keys import terminal as terminal_keys
from nhi_center.services import audit_log, self_check, self_check_machine, self_check_store
from nhi_center.services.event_lines import EventLines
from nhi_center.services.office import Office
from nhi_center.services.session import terminal_session
from nhi_center.storage import audit, room, watch
from tests.services.test_audit_log import flip_a_bit, without_triggers
from tests.support import machine, papers
from tests.support.office import as_person, desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


def look(office: Office, name: str) -> Finding:
    """One check alone."""
    one = next(check for key, _title, check in self_check.CHECKS if key == name)
    return one(office, lambda _done, _total, _words: None, None)


def by_name(result: Result) -> dict[str, Finding]:
    return {finding.name: finding for finding in result.findings}


def test_a_sound_terminal_has_no_error_and_no_warning(desk: Room) -> None:
    office = desk[0]
    papers.receive(*desk, F02=2)
    result = self_check.run(office, terminal_session(office))
    assert [one for one in result.findings if one.state in (State.ERROR, State.WARNING)] == []
    assert [one.name for one in result.findings] == list(self_check.NAMES)
    assert result.state is State.OK
    assert self_check.newest(office, as_person(office, "s-toko")) == result


def test_a_check_is_kept_in_the_log_with_its_counts(desk: Room) -> None:
    office = desk[0]
    supervisor = as_person(office, "s-toko")
    result = self_check.run(office, supervisor)
    newest = audit_log.page(office, supervisor).lines[0]
    assert (newest.what, newest.actor) == ("動作点検", "s-toko")
    assert "異状 0" in newest.facts
    assert f"確認できない {result.count(State.NOT_READABLE)}" in newest.facts


def test_a_clerk_is_refused_before_anything_is_looked_at(desk: Room) -> None:
    with pytest.raises(OperatorError) as caught:
        self_check.run(*desk)
    assert caught.value.code == "not-permitted"
    assert self_check.newest(desk[0], as_person(desk[0], "40127")) is None


def test_it_says_how_far_it_is_and_never_goes_back_and_can_be_stopped(desk: Room) -> None:
    office = desk[0]
    seen: list[tuple[int, int, str]] = []
    self_check.run(office, terminal_session(office), lambda done, total, words: seen.append((done, total, words)))
    assert [done for done, _total, _words in seen] == sorted(done for done, _total, _words in seen)
    assert seen[-1][:2] == (len(self_check.CHECKS), len(self_check.CHECKS))

    def stop(done: int, _total: int, _words: str) -> None:
        if done == 1:
            raise OperatorCancelled

    before = self_check.newest(office, terminal_session(office))
    with pytest.raises(OperatorCancelled):
        self_check.run(office, terminal_session(office), stop)
    assert self_check.newest(office, terminal_session(office)) == before


def test_a_changed_bit_of_a_page_is_found_and_named_as_damage(desk: Room) -> None:
    office = desk[0]
    papers.receive(*desk, F02=2)
    flip_a_bit(office)
    result = self_check.run(office, terminal_session(office))
    found = by_name(result)["store_pages"]
    assert (found.state, result.state, result.damaged) == (State.ERROR, State.ERROR, True)
    assert "1か所が壊れています" in found.sentence
    assert "復旧" in found.advice


def test_a_broken_chain_is_found(desk: Room) -> None:
    office = desk[0]
    papers.receive(*desk, F02=2)
    without_triggers(office, "UPDATE audit SET entry = CAST(replace(CAST(entry AS TEXT), 'T04', 'T05') AS BLOB) WHERE seq = 5")
    found = look(office, "log_chain")
    assert (found.state, found.sentence) == (State.ERROR, "5番でつながりが切れています。")


def test_the_chain_goes_on_from_what_the_segment_confirmed(desk: Room) -> None:
    office = desk[0]
    with office.store.write.begin() as connection:
        seq, hash_ = audit.last(connection, office.terminal)
        audit.keep_anchor(connection, audit_countersign(office, seq, hash_.hex()))
    assert look(office, "log_chain").sentence == f"{seq:,}番まで、区のサーバの控えと同じです。"
    papers.receive(*desk, F02=1)
    assert look(office, "log_chain").sentence.startswith(f"区のサーバの控えのあとの {seq + 1:,}番から")
    with office.store.write.begin() as connection:
        last, hash_ = audit.last(connection, office.terminal)
        audit.keep_anchor(connection, audit_countersign(office, last - 1, hash_.hex()))
    assert look(office, "log_chain").state is State.ERROR


def audit_countersign(office: Office, seq: int, hash_: str) -> Countersign:
    return Countersign(office.terminal, seq, hash_, "00" * 32, "2026-11-24T00:30:00+00:00", "00")


@pytest.mark.parametrize("name", ["segments", "backups"])
def test_old_or_missing_copies_are_told_once_the_terminal_is_not_new(
    desk: Room, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = desk[0]
    folder = getattr(office.settings, name)
    shutil.rmtree(folder, ignore_errors=True)
    assert look(office, name).state is State.OK
    with monkeypatch.context() as patched:
        patched.setattr(self_check_store, "YOUNG", timedelta(0))
        assert look(office, name).state is State.WARNING
    folder.mkdir(mode=0o700)
    copy = folder / "copy"
    copy.write_bytes(b"")
    assert look(office, name).sentence.endswith("(今日)。")
    old = (datetime.now(UTC) - timedelta(days=9)).timestamp()
    os.utime(copy, (old, old))
    assert (look(office, name).state, "9日前" in look(office, name).sentence) == (State.WARNING, True)


def test_lines_that_could_not_be_told_are_told_here(desk: Room, tmp_path: Path) -> None:
    office = desk[0]
    settings = replace(office.settings, lines="journal", log_socket=tmp_path / "nobody")
    told = replace(office, premises=replace(office.premises, event_lines=EventLines(settings)))
    papers.receive(told, desk[1], F02=1)
    found = look(told, "event_lines")
    assert found.state is State.WARNING
    assert "システムのログへ" in found.sentence
    off = replace(office, premises=replace(office.premises, event_lines=EventLines(replace(office.settings, lines="off"))))
    assert "切ってあります" in look(off, "event_lines").sentence
    assert look(office, "event_lines").state is State.OK


def test_a_log_shorter_than_what_was_told_is_an_error(desk: Room) -> None:
    office = desk[0]
    folder = office.settings.event_lines.parent
    office.settings.event_lines.unlink()
    (folder / "told-file").write_bytes(b"%010d" % 999)
    short = replace(office, premises=replace(office.premises, event_lines=EventLines(office.settings)))
    short.premises.event_lines.catch_up(office.store)
    found = look(short, "event_lines")
    assert found.state is State.ERROR
    assert "短くなっています" in found.sentence


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize(("free", "state"), [(83_000_000_000, State.OK), (900_000_000, State.WARNING), (99_000_000, State.ERROR)])
def test_little_room_is_told_in_time(desk: Room, monkeypatch: pytest.MonkeyPatch, free: int, state: State) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**12, 0, free))
    assert look(desk[0], "disk").state is state


def test_a_folder_others_may_read_is_found_with_its_mode(desk: Room) -> None:
    office = desk[0]
    business, slots = office.settings.business_folder, office.settings.slots
    for folder, mode, state, words in (
        (business, 0o755, State.ERROR, "業務フォルダー(0755)"),
        (slots, 0o755, State.WARNING, "slots(0755)"),
        (slots, 0o770, State.ERROR, "slots(0770)"),
    ):
        folder.chmod(mode)
        found = look(office, "folder_modes")
        assert (found.state, words in found.sentence) == (state, True)
        folder.chmod(0o700)
    assert look(office, "folder_modes").state is State.OK


def test_certificates_may_be_read_but_not_written_by_others(desk: Room) -> None:
    office = desk[0]
    office.settings.tls.mkdir(mode=0o700, exist_ok=True)
    certificate_file = office.settings.tls / "ca.pem"
    certificate_file.write_bytes(b"public")
    for mode, state in ((0o644, State.OK), (0o664, State.ERROR)):
        certificate_file.chmod(mode)
        assert look(office, "folder_modes").state is state


def test_a_file_of_somebody_else_is_found(desk: Room) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    office = desk[0]
    os.chown(office.settings.trust, 12_345, -1)
    assert "trust.json(持ち主)" in look(office, "folder_modes").sentence


MOUNTS = (
    "21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
    "60 21 0:50 / {place} rw,relatime shared:9 - {kind} server:/export rw\n"
    "61 21 0:51 / {place}x rw,relatime - nfs4 server:/other rw\n"
)


@pytest.mark.parametrize(
    ("kind", "state"), [("nfs4", State.ERROR), ("cifs", State.ERROR), ("fuse.sshfs", State.ERROR), ("xfs", State.OK)]
)
def test_a_network_folder_is_an_error(
    desk: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, state: State
) -> None:
    office = desk[0]
    root = tmp_path / "machine"
    (root / "proc/self").mkdir(parents=True)
    place = office.settings.business_folder.resolve()
    (root / "proc/self/mountinfo").write_text(MOUNTS.format(place=place, kind=kind))
    monkeypatch.setattr(self_check_machine, "ROOT", root)
    assert by_name(self_check.run(office, terminal_session(office)))["filesystem"].state is state


def certificate(until: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "T04")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(until - timedelta(days=400))
        .not_valid_after(until)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM)


@pytest.mark.parametrize(("days", "state"), [(300, State.OK), (59, State.WARNING), (-1, State.ERROR)])
def test_a_certificate_near_its_end_is_told_60_days_before(desk: Room, days: int, state: State) -> None:
    office = desk[0]
    office.settings.tls.mkdir(mode=0o700, exist_ok=True)
    (office.settings.tls / "T04.pem").write_bytes(certificate(datetime.now(UTC) + timedelta(days=days, hours=1)))
    assert look(office, "certificate").state is state


@pytest.mark.parametrize(
    ("seconds", "state", "words"),
    [(3, State.OK, "3秒"), (90, State.WARNING, "90秒遅れて"), (-90, State.WARNING, "90秒進んで")],
)
def test_a_clock_apart_from_the_segments_is_told(desk: Room, seconds: int, state: State, words: str) -> None:
    office = desk[0]
    assert look(office, "clock").state is State.NOT_READABLE
    office.premises.link.apart = timedelta(seconds=seconds)  # type: ignore[misc]
    found = look(office, "clock")
    assert found.state is state
    assert words in found.sentence


def test_a_segment_long_silent_is_told(desk: Room) -> None:
    office = desk[0]
    assert look(office, "contact").state is State.NOT_READABLE
    for ago, state in ((timedelta(minutes=5), State.OK), (timedelta(hours=30), State.WARNING)):
        with office.store.write.begin() as connection:
            room.keep_contact(connection, (office.clock.now() - ago).isoformat(timespec="seconds"))
        assert look(office, "contact").state is state
    assert "30時間" in look(office, "contact").sentence


def test_a_terminals_secret_that_was_exchanged_is_an_error(desk: Room) -> None:
    office = desk[0]
    assert look(office, "keyring").state is State.OK
    office.settings.training_keys.unlink()
    with pytest.raises(EnvironmentTrouble):
        look(office, "keyring")
    terminal_keys.create_for_training(office.settings.training_keys, "T04")
    assert look(office, "keyring").state is State.ERROR


def test_a_spool_that_cannot_be_written_is_an_error_and_leaves_nothing(desk: Room) -> None:
    office = desk[0]
    assert look(office, "printer").state is State.OK
    assert list(office.settings.spool.iterdir()) == []
    office.settings.spool.rmdir()
    office.settings.spool.write_bytes(b"")  # root may write anywhere, but not below a file
    assert look(office, "printer").state is State.ERROR


def test_what_the_system_does_not_let_us_see_is_named_with_its_reason(
    desk: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = desk[0]
    root = machine.whole(tmp_path / "machine")
    monkeypatch.setattr(self_check_machine, "ROOT", root)
    assert look(office, "os_events").state is State.OK
    shutil.rmtree(root / "var")
    found = look(office, "os_events")
    assert found.state is State.NOT_READABLE
    assert "OSのサインイン: OSのサインインの記録(wtmp)がありません。" in found.sentence


def test_signals_of_the_system_that_are_not_heard_are_named(desk: Room) -> None:
    before = os_lock.state()
    try:
        os_lock.keep_state(os_lock.OsLockState(sleep=True))
        found = look(desk[0], "os_lock")
        assert found.state is State.NOT_READABLE
        assert "利用者の切替え・スクリーンセーバー)を受け取れません" in found.sentence
        os_lock.keep_state(os_lock.OsLockState(sleep=True, session=True))
        assert look(desk[0], "os_lock").state is State.OK
    finally:
        os_lock.keep_state(before)


def test_a_check_that_meets_trouble_is_a_finding_and_the_others_go_on(desk: Room) -> None:
    office = desk[0]
    office.settings.training_keys.unlink()
    result = self_check.run(office, terminal_session(office))
    assert by_name(result)["keyring"].sentence.startswith("KY-02 ")
    assert by_name(result)["os_events"].name == "os_events"
    assert not result.damaged


def test_only_the_newest_hundred_are_kept(desk: Room) -> None:
    with desk[0].store.write.begin() as connection:
        for number in range(watch.KEPT + 5):
            watch.keep_check(connection, "2026-11-24T09:00:00+09:00", f"p{number}", [])
        rows = connection.exec_driver_sql("SELECT count(*), min(person) FROM self_check").one()
        assert tuple(rows) == (watch.KEPT, "p10")
        found = watch.newest_check(connection)
    assert found == ("2026-11-24T09:00:00+09:00", f"p{watch.KEPT + 4}", [])


def test_the_sheet_says_what_needs_somebody_first(desk: Room) -> None:
    office = desk[0]
    office.settings.business_folder.chmod(0o755)
    supervisor = as_person(office, "s-toko")
    with pytest.raises(OperatorError):
        self_check.write_sheet(office, supervisor)
    self_check.run(office, supervisor)
    try:
        path = self_check.write_sheet(office, supervisor)
    finally:
        office.premises.pdf.stop()
    assert path.name == "self-check-T04-20261124.pdf"
    with pypdfium2.PdfDocument(path) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    assert "動作点検表" in text
    assert text.index("業務フォルダー(0755)") < text.index("5書体とも")
    assert "見本 統子" in text
    assert "0700" in text


def test_a_result_comes_back_as_it_was_kept(desk: Room) -> None:
    result = self_check.run(desk[0], terminal_session(desk[0]))
    with desk[0].store.read.begin() as connection:
        kept = watch.newest_check(connection)
    assert kept is not None
    assert canonical.decode(canonical.encode(kept[2])) == kept[2]
    assert self_check.newest(desk[0], terminal_session(desk[0])) == result
