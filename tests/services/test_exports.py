"""What leaves: its password, its manifest, its envelope, opened and read back by other people's programs; and what is refused."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nhi_center.domain import exports as rules
from nhi_center.domain import signed_manifest, ward_certificate
from nhi_center.domain.exports import ManifestFault, Way
from nhi_center.domain.report_words import ReportWords
from nhi_center.domain.seal import SealFault
from nhi_center.domain.trust import Trust, trust_from_json
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.printing import files
from nhi_center.services import devices, export_sending, exports, report_words, reports
from nhi_center.services.exports import Exported
from nhi_center.storage import exports as storage
from nhi_center.verify import cli
from nhi_center.verify.exports import check
from tests.services.test_reports import MONTH, PAIR, Room, room
from tests.support import certificates as certificate_support
from tests.support import machine
from tests.support.office import desk, premises
from tests.support.station import log_of

__all__ = ["desk", "premises", "room"]


def written(room: Room) -> tuple[Exported, Path, Path]:
    """(what came back, the PDF, the manifest)."""
    office, session = room
    made = reports.export(office, session, reports.of_period(office, session, MONTH), PAIR)
    path = exports.path_of(office, made.file)
    return made, path, path.with_name(rules.manifest_name(path.name))


def trust_of(room: Room) -> Trust:
    return trust_from_json(json.loads(room[0].settings.trust.read_bytes()))


def certificate(key: RSAPrivateKey, first: datetime, last: datetime) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "見本区 収受")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(first).not_valid_after(last)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def ward_sets(room: Room, value: Any) -> Room:
    """The same room, trusting a gateway that has given the ward's setting."""
    office, gateway = certificate_support.trusting(room[0])
    certificate_support.ward_sets(office, gateway, name=ward_certificate.NAME, value=value, effective="2026-04-01")
    return office, room[1]


def test_other_programs_open_it_with_the_password_alone(room: Room) -> None:
    made, path, _manifest = written(room)
    pages = []
    for wrong in ("", made.password.lower(), made.password.replace("-", ""), made.password[:-1]):
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(path, password=wrong)
        with pytest.raises(pypdfium2.PdfiumError):
            pypdfium2.PdfDocument(path, password=wrong)
    with pikepdf.open(path, password=made.password) as document:
        assert (document.encryption.R, document.encryption.bits) == (6, 256)
        assert document.encryption.stream_method == pikepdf._core.EncryptionMethod.aesv3
        pages.append(len(document.pages))
    document = pypdfium2.PdfDocument(path, password=made.password)
    pages.append(len(document))
    assert "処理状況報告書" in document[0].get_textpage().get_text_bounded()
    document.close()
    assert pages[0] == pages[1] >= 1


def test_pypdf_opens_it_too(room: Room) -> None:
    pypdf = pytest.importorskip("pypdf", reason="an installation without the development extra has no pypdf")
    made, path, _manifest = written(room)
    reader = pypdf.PdfReader(path)
    assert reader.is_encrypted
    assert not reader.decrypt("wrong-password-of-nobody")
    assert reader.decrypt(made.password)
    assert "処理状況報告書" in reader.pages[0].extract_text()


def test_nothing_of_the_numbers_stands_in_clear_beside_them(room: Room) -> None:
    """What can be read without the password: period, row counts, the log's head, who signed; the tables by their fingerprint."""
    office, session = room
    report_words.write(office, session, MONTH, ReportWords("見本の気づき", "見本の予定"))
    report = reports.of_period(office, session, MONTH)
    _made, path, manifest = written(room)
    assert "見本の気づき".encode() not in path.read_bytes() + manifest.read_bytes()
    body = json.loads(manifest.read_bytes())
    assert set(body["statement"]) == {"number", "period", "terminal", "read_at", "report_sha256", "sources", "log"}
    assert body["statement"]["sources"] == dict(report.sources)
    assert body["statement"]["log"]["hash"] != ""
    assert [one["person"] for one in body["signatures"]] == ["s-toko", "40127"]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert body["files"] == [{"name": path.name, "way": "password", "size": path.stat().st_size, "sha256": digest}]
    for table in report.tables:
        assert table.title not in json.dumps(body, ensure_ascii=False)


def test_the_manifest_says_what_left_and_the_log_keeps_it(room: Room) -> None:
    office, session = room
    made, path, manifest = written(room)
    (entry,) = [one for one in log_of(office, "report") if one["facts"].get("step") == "export"]
    assert entry["facts"]["sha256"] == made.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert entry["facts"]["manifest"] == hashlib.sha256(manifest.read_bytes()).hexdigest()
    assert (entry["facts"]["decided_by"], entry["facts"]["approved_by"]) == ("s-toko", "40127")
    with office.store.read.begin() as connection:
        (row,) = storage.of_kind(connection, rules.Kind.REPORT)
    assert row.manifest == manifest.read_bytes()
    assert (row.file, row.rows, row.supervisor, row.ward) == (path.name, 0, "s-toko", "40127")
    found, file = check(path.read_bytes(), manifest.read_bytes(), trust_of(room))
    assert (file.name, file.way) == (path.name, Way.PASSWORD)
    assert found.training
    assert found.statement["number"] == reports.of_period(office, session, MONTH).number


def test_the_ward_proves_file_and_manifest_by_command(room: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _made, path, manifest = written(room)
    trust = str(room[0].settings.trust)
    assert cli.main(["export", str(path), "--trust", trust]) == 0
    said = capsys.readouterr().out
    for word in ("M-202611-T04", "2026-11", "見本 統子", "区職員", "なし(件数だけ)", "slip 3", "PDF(パスワード)", "訓練"):
        assert word in said
    away = tmp_path / "away"
    away.mkdir()
    lonely = away / path.name
    lonely.write_bytes(path.read_bytes())
    assert cli.main(["export", str(lonely), "--trust", trust]) == 2
    beside = away / manifest.name
    beside.write_bytes(manifest.read_bytes())
    assert cli.main(["export", str(lonely), "--trust", trust]) == 0
    renamed = away / "other.pdf"
    renamed.write_bytes(path.read_bytes())
    renamed.with_name("other.manifest.json").write_bytes(manifest.read_bytes())
    assert cli.main(["export", str(renamed), "--trust", trust]) == 0
    assert path.name in capsys.readouterr().out, "it says what it was called when it left"
    beside.write_bytes(manifest.read_bytes().replace(b'"2026-11"', b'"2026-10"', 1))
    assert cli.main(["export", str(lonely), "--trust", trust]) == 1
    beside.write_bytes(b"{}")
    assert cli.main(["export", str(lonely), "--trust", trust]) == 1
    assert "目録" in capsys.readouterr().out


def test_a_changed_byte_of_file_or_manifest_is_found(room: Room) -> None:
    _made, path, manifest = written(room)
    file, told, trust = path.read_bytes(), manifest.read_bytes(), trust_of(room)
    check(file, told, trust)
    for data, prove in (
        (file, lambda bad: check(bad, told, trust)),
        (told, lambda bad: check(file, bad, trust)),
    ):
        refuse_every_change(data, prove)
    with pytest.raises(ManifestFault):
        check(file + b"\n", told, trust)


def refuse_every_change(data: bytes, prove: Callable[[bytes], object]) -> None:
    """A bit in each of two hundred places, spread over the whole."""
    for place in range(0, len(data), max(1, len(data) // 200)):
        bad = bytearray(data)
        bad[place] ^= 1
        with pytest.raises((ManifestFault, SealFault)):
            prove(bytes(bad))


def test_a_manifest_without_both_signatures_proves_nothing(room: Room) -> None:
    """Who has the terminal's key alone could leave one out, sign twice as one, or put another's name to it."""
    office, _session = room
    _made, path, manifest = written(room)
    body = json.loads(manifest.read_bytes())
    body.pop("signature")
    supervisor, ward = body["signatures"]
    other = {**ward, "name": "別人"}
    for signatures in ([supervisor], [ward], [ward, supervisor], [supervisor, supervisor], [supervisor, other]):
        bad = {**body, "signatures": signatures}
        signed = signed_manifest.write(bad, office.premises.terminal.sign(rules.signed_bytes(bad)))
        with pytest.raises(ManifestFault):
            check(path.read_bytes(), signed, trust_of(room))


def test_passwords_are_long_random_and_readable() -> None:
    assert rules.new_password(bytes(15)) == "0000-0000-0000-0000-0000-0000"
    assert rules.new_password(b"\xff" * 15) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ"
    made = {rules.new_password(os.urandom(rules.PASSWORD_BYTES)) for _ in range(500)}
    assert len(made) == 500
    assert not any(set("ILOU") & set(one) for one in made)
    with pytest.raises(ValueError, match="random"):
        rules.new_password(b"short")


# -- the envelope --

VALID = (datetime(2026, 4, 1, tzinfo=UTC), datetime(2028, 4, 1, tzinfo=UTC))


def test_the_wards_certificate_opens_the_envelope_by_openssl(room: Room, tmp_path: Path) -> None:
    key, other = generate_private_key(65537, 2048), generate_private_key(65537, 2048)
    der = certificate(key, *VALID)
    room = ward_sets(room, ward_certificate.to_json(der))
    made, path, manifest = written(room)
    envelope = path.with_suffix(".p7m")
    assert sorted(entry.name for entry in path.parent.iterdir()) == [manifest.name, envelope.name, path.name]
    assert made.notes == ()
    files = [keep_key(tmp_path / f"{name}.pem", one) for name, one in (("ward", key), ("other", other))]
    listing = subprocess.run(
        ["openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", envelope], capture_output=True, text=True, check=True
    ).stdout
    assert "aes-256-cbc" in listing
    assert "pkcs7-envelopedData" in listing
    opened = subprocess.run(command(envelope, files[0]), capture_output=True, check=True).stdout
    with pikepdf.open(io.BytesIO(opened)) as plain, pikepdf.open(path, password=made.password) as closed:
        assert not plain.is_encrypted
        assert len(plain.pages) == len(closed.pages)
    assert subprocess.run(command(envelope, files[1]), capture_output=True, check=False).returncode != 0
    data, trust = envelope.read_bytes(), trust_of(room)
    found, told = check(data, manifest.read_bytes(), trust)
    assert told.name == envelope.name
    assert [one.way for one in found.files] == [Way.PASSWORD, Way.CERTIFICATE]
    with pytest.raises(ManifestFault):
        check(data[:-1] + bytes([data[-1] ^ 1]), manifest.read_bytes(), trust)
    assert cli.main(["export", str(envelope), "--trust", str(room[0].settings.trust)]) == 0


def keep_key(path: Path, key: RSAPrivateKey) -> Path:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def command(envelope: Path, key: Path) -> list[str | Path]:
    return ["openssl", "cms", "-decrypt", "-binary", "-inform", "DER", "-in", envelope, "-inkey", key]


def test_a_certificate_that_is_over_makes_no_envelope_and_says_so(room: Room) -> None:
    over = certificate(generate_private_key(65537, 2048), VALID[0], datetime(2026, 11, 24, tzinfo=UTC))
    room = ward_sets(room, ward_certificate.to_json(over))
    made, path, _manifest = written(room)
    assert not path.with_suffix(".p7m").exists()
    assert "期限" in made.notes[0]


@pytest.mark.parametrize("value", [{}, {"certificate": "AAAA"}, {"certificate": 1}, "x"])
def test_a_setting_that_cannot_be_read_stops_the_export(room: Room, value: Any) -> None:
    room = ward_sets(room, value)
    with pytest.raises(EnvironmentTrouble) as caught:
        written(room)
    assert caught.value.code == "KY-04"
    assert list(room[0].settings.exports.iterdir()) == []


def test_a_setting_that_is_not_the_wards_stops_the_export(room: Room) -> None:
    value = ward_certificate.to_json(certificate(generate_private_key(65537, 2048), *VALID))
    stranger = Ed25519PrivateKey.generate()
    certificate_support.ward_sets(room[0], stranger, name=ward_certificate.NAME, value=value, effective="2026-04-01")
    with pytest.raises(EnvironmentTrouble) as caught:
        written(room)
    assert caught.value.code == "KY-04"


# -- where it may not go --


def test_a_link_that_leads_out_of_the_business_folder_is_refused(room: Room, tmp_path: Path) -> None:
    office, session = room
    away = tmp_path / "away"
    away.mkdir()
    report = reports.of_period(office, session, MONTH)
    office.settings.exports.symlink_to(away)
    with pytest.raises(EnvironmentTrouble) as caught:
        reports.export(office, session, report, PAIR)
    assert caught.value.code == "ST-11"
    assert list(away.iterdir()) == []
    assert reports.written(office, session) == ()
    assert [one["facts"]["reason"] for one in log_of(office, "denied")] == ["outside-folder"]


def test_nothing_leaves_while_an_unknown_device_stands(room: Room, tmp_path: Path) -> None:
    office, _session = room
    root = machine.whole(tmp_path / "machine")
    assert devices.look(office, root) == ()
    machine.usb(root, "1-2", "0781:5567", "08", serial="4C53")
    assert len(devices.look(office, root)) == 1
    with pytest.raises(OperatorError) as caught:
        written(room)
    assert caught.value.code == "device-held"
    assert not office.settings.exports.exists()


def test_a_manifest_that_cannot_be_written_takes_the_file_away_again(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full between the two files: neither is there, and no row says so."""
    office, session = room
    real = files.write_whole

    def full(target: Path, data: bytes, within: Path | None = None) -> None:
        if target.name.endswith(rules.SUFFIX):
            raise EnvironmentTrouble("PR-03", "見本: ディスクがいっぱいです。")
        real(target, data, within)

    monkeypatch.setattr(files, "write_whole", full)
    with pytest.raises(EnvironmentTrouble):
        written(room)
    assert list(office.settings.exports.iterdir()) == []
    assert reports.written(office, session) == ()


def test_at_a_terminal_that_is_not_enrolled_it_waits(room: Room) -> None:
    office, session = room
    made, _path, _manifest = written(room)
    with pytest.raises(EnvironmentTrouble) as caught:
        export_sending.send(office)
    assert caught.value.code == "LK-02"
    with office.store.read.begin() as connection:
        assert [row.file for row in storage.to_send(connection)] == [made.file]
    assert [row.sent for row in reports.written(office, session)] == [""]


def test_what_left_stands(room: Room) -> None:
    office, _session = room
    made, _path, _manifest = written(room)
    with office.store.write.begin() as connection:
        storage.end_sending(connection, made.file, "kept", "2026-11-24T10:00:00+09:00")
    for statement in ("UPDATE export SET rows = 0", "DELETE FROM export_sent", "UPDATE export_sent SET outcome = 'refused'"):
        with pytest.raises(DatabaseError, match="append-only"), office.store.write.begin() as connection:
            connection.execute(text(statement))


def test_one_module_writes_what_leaves() -> None:
    """So that two signatures, the manifest and the ledger cannot be gone round by a service written tomorrow."""
    source = Path(exports.__file__).parents[1]
    named = {str(path.relative_to(source)) for path in source.rglob("*.py") if "settings.exports" in path.read_text("utf-8")}
    clearing = {"services/erasure.py", "services/erasure_files.py"}
    assert named - clearing == {"services/exports.py", "training/tour/closing.py"}
