"""書き出し through the gateway: what a terminal gives is kept closed, listed and fetched by the ward; no more."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from nhi_center.domain import exports as rules
from nhi_center.domain import signed_manifest, ward_certificate
from nhi_center.domain.operators import Session
from nhi_center.domain.report_period import month
from nhi_center.errors import EnvironmentTrouble
from nhi_center.gateway.database import connect
from nhi_center.link.wire_export import Leaving
from nhi_center.services import exports, reports
from nhi_center.services.exports import Exported
from nhi_center.services.office import Office
from nhi_center.services.presence import check_in
from nhi_center.services.sync import synchronise
from nhi_center.verify import cli
from tests.gateway.test_setting_up import command
from tests.printing.test_workbook import opened
from tests.services.test_exports import certificate, keep_key
from tests.services.test_exports import command as open_envelope
from tests.services.test_reports import PAIR
from tests.support.office import LOCKERS, advance, as_person
from tests.support.postgres import RunningGateway
from tests.support.station import log_of
from tests.support.terminals import close_terminal, exchange, gateway, open_terminal

__all__ = ["gateway"]

Room = tuple[Office, Session]


@pytest.fixture
def room(gateway: RunningGateway, tmp_path: Path) -> Iterator[Room]:
    """The supervisor at an enrolled terminal."""
    office, ward = open_terminal(gateway, tmp_path / "terminal")
    check_in(office, ward, "s-toko", LOCKERS["s-toko"])
    yield office, as_person(office, "s-toko")
    office.premises.pdf.stop()
    close_terminal(office)


def leave(room: Room, *, again: bool = False, excel: bool = False) -> Exported:
    office, session = room
    report = reports.of_period(office, session, month(office.clock.today()))
    return reports.export(office, session, report, PAIR, again=again, excel=excel)


def leaving(room: Room, made: Exported) -> Leaving:
    """As the exchange would give it."""
    folder = room[0].settings.exports
    return Leaving((folder / rules.manifest_name(made.file)).read_bytes(), {made.file: (folder / made.file).read_bytes()})


def sent(room: Room) -> list[str]:
    return [row.sent for row in reports.written(*room)]


def test_the_ward_lists_and_fetches_it_and_proves_it(gateway: RunningGateway, room: Room, tmp_path: Path) -> None:
    office, _session = room
    made = leave(room)
    assert sent(room) == [""]
    exchange(room)
    assert sent(room) == ["kept"]
    exchange(room)  # once: the second exchange gives nothing
    (entry,) = [one for one in log_of(office, "sync") if one["facts"].get("step") == "export_kept"]
    assert entry["subject"] == made.file
    home = ("--home", str(gateway.folder))
    listed = command("reports", "list", *home)
    (one,) = json.loads(listed.stdout)
    assert (one["name"], one["terminal"], one["period"], one["personal_rows"]) == (made.file, office.terminal, "2026-11", 0)
    assert (one["signers"], one["fetched"]) == (["s-toko", "40127"], 0)
    away = tmp_path / "away"
    assert command("reports", "fetch", made.file, "--to", str(away), *home).returncode == 1
    away.mkdir()
    assert command("reports", "fetch", "summary-none.pdf", "--to", str(away), *home).returncode == 1
    told = command("reports", "fetch", made.file, "--to", str(away), "--by", "見本 収受", *home)
    assert told.returncode == 0, told.stderr
    assert [Path(line).name for line in told.stdout.splitlines()] == [made.file, rules.manifest_name(made.file)]
    for name in (made.file, rules.manifest_name(made.file)):
        assert (away / name).read_bytes() == (office.settings.exports / name).read_bytes()
    assert cli.main(["export", str(away / made.file), "--trust", str(office.settings.trust)]) == 0
    with pikepdf.open(away / made.file, password=made.password) as document:
        assert len(document.pages) >= 1
    assert command("reports", "fetch", made.file, "--to", str(away), *home).returncode == 1, "nothing is replaced"
    assert json.loads(command("reports", "list", *home).stdout)[0]["fetched"] == 1
    assert gateway.scalar("SELECT by FROM export_fetch") == "見本 収受"


def test_what_is_not_the_terminals_own_is_not_kept(gateway: RunningGateway, room: Room, tmp_path: Path) -> None:
    office, _session = room
    made = leave(room)
    given, link = leaving(room, made), office.premises.link
    body = json.loads(given.manifest)
    body.pop("signature")
    stranger = Ed25519PrivateKey.generate()
    forged = signed_manifest.write(body, stranger.sign(rules.signed_bytes(body)).hex())
    alone = {**body, "signatures": body["signatures"][:1]}
    unsigned = signed_manifest.write(alone, office.premises.terminal.sign(rules.signed_bytes(alone)))
    changed = {made.file: given.files[made.file] + b"\n"}
    for bad in (
        Leaving(forged, given.files),
        Leaving(unsigned, given.files),
        Leaving(b"{}", given.files),
        Leaving(given.manifest, changed),
        Leaving(given.manifest, {**given.files, "other.pdf": b"x"}),
    ):
        with pytest.raises(EnvironmentTrouble, match="LK-03"):
            link.give_export(made.file, bad)
    assert gateway.scalar("SELECT count(*) FROM export") == 0
    link.give_export(made.file, given)
    link.give_export(made.file, given)
    assert gateway.scalar("SELECT count(*) FROM export_file") == 1
    other = {**body, "made_at": "2026-11-24T23:59:00+09:00"}
    second = signed_manifest.write(other, office.premises.terminal.sign(rules.signed_bytes(other)))
    with pytest.raises(EnvironmentTrouble, match="LK-03"):
        link.give_export(made.file, Leaving(second, given.files))
    beside, ward = open_terminal(gateway, tmp_path / "beside")
    assert ward.person == "40127"
    with pytest.raises(EnvironmentTrouble, match="LK-03"):
        beside.premises.link.give_export(made.file, given)
    close_terminal(beside)


def test_a_file_that_was_changed_here_is_not_sent_and_holds_up_nothing(room: Room) -> None:
    office, _session = room
    first = leave(room)
    path = exports.path_of(office, first.file)
    path.write_bytes(path.read_bytes()[:-1])
    leave(room, again=True)
    synchronise(office)
    assert sent(room) == ["kept", "changed"]
    assert [one["subject"] for one in log_of(office, "sync") if one["facts"].get("step") == "export_changed"] == [first.file]


def test_what_was_kept_and_is_another_now_is_not_handed_out(gateway: RunningGateway, room: Room, tmp_path: Path) -> None:
    made = leave(room)
    exchange(room)
    with connect(gateway.dsn) as raw:
        raw.execute("UPDATE export_file SET data = data || '\\x00'::bytea")
    told = command("reports", "fetch", made.file, "--to", str(tmp_path), "--home", str(gateway.folder))
    assert told.returncode == 1
    assert not (tmp_path / made.file).exists()


def test_the_wards_certificate_is_published_by_two(gateway: RunningGateway, tmp_path: Path) -> None:
    key = generate_private_key(65537, 2048)
    valid = certificate(key, datetime(2026, 1, 1, tzinfo=UTC), datetime(2046, 1, 1, tzinfo=UTC))
    file, home = tmp_path / "ward.cer", ("--home", str(gateway.folder))
    for bad in (b"no certificate", certificate(key, datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))):
        file.write_bytes(bad)
        assert command("reports", "set-certificate", str(file), "--by", "40100", "--by", "40127", *home).returncode == 1
    file.write_bytes(valid)
    assert command("reports", "set-certificate", str(file), "--by", "40100", "--by", "40100", *home).returncode == 1
    done = command("reports", "set-certificate", str(file), "--by", "40100", "--by", "40127", *home)
    assert done.returncode == 0, done.stderr
    assert "見本区 収受" in done.stdout
    newest = "SELECT body -> 'value' FROM change WHERE kind = 'ward_setting' AND id = %s"
    assert gateway.scalar(newest, ward_certificate.NAME) == ward_certificate.to_json(valid)


def test_the_envelope_for_the_wards_certificate_goes_the_same_way(gateway: RunningGateway, room: Room, tmp_path: Path) -> None:
    """Setting by the gateway, envelope by the terminal, three files in the ward's hands, opened with its private key."""
    office, session = room
    key = generate_private_key(65537, 2048)
    file, home = tmp_path / "ward.cer", ("--home", str(gateway.folder))
    file.write_bytes(certificate(key, datetime(2026, 1, 1, tzinfo=UTC), datetime(2046, 1, 1, tzinfo=UTC)))
    assert command("reports", "set-certificate", str(file), "--by", "40100", "--by", "40127", *home).returncode == 0
    exchange(room)
    advance(office.premises, days=(present() - office.clock.today()).days)
    made = leave(room)
    exchange(room)
    (one,) = json.loads(command("reports", "list", *home).stdout)
    assert [file["way"] for file in one["files"]] == ["password", "certificate"]
    away = tmp_path / "away"
    away.mkdir()
    assert command("reports", "fetch", made.file, "--to", str(away), *home).returncode == 0
    assert len(list(away.iterdir())) == 3
    envelope = away / made.file.replace(".pdf", ".p7m")
    assert cli.main(["export", str(envelope), "--trust", str(office.settings.trust)]) == 0
    opened = subprocess.run(open_envelope(envelope, keep_key(tmp_path / "ward.pem", key)), capture_output=True, check=True).stdout
    assert opened.startswith(b"%PDF")
    assert sent((office, session)) == ["kept"]


def test_a_workbook_goes_with_its_report(gateway: RunningGateway, room: Room, tmp_path: Path) -> None:
    office, _session = room
    made = leave(room, excel=True)
    exchange(room)
    home = ("--home", str(gateway.folder))
    (one,) = json.loads(command("reports", "list", *home).stdout)
    assert [(file["name"], file["way"]) for file in one["files"]] == [(made.file, "password"), (made.book, "workbook")]
    told = command("reports", "fetch", made.file, "--to", str(tmp_path), *home)
    assert told.returncode == 0, told.stderr
    book = tmp_path / made.book
    assert cli.main(["export", str(book), "--trust", str(office.settings.trust)]) == 0
    assert "届出・申請(件)" in opened(book.read_bytes(), made.password).sheetnames


def present() -> date:
    """The gateway's own day, from which a setting is in force."""
    return (datetime.now(UTC) + timedelta(hours=9)).date()
