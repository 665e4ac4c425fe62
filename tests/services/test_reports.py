from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nhi_center.domain.calls import Outcome
from nhi_center.domain.custody import Group
from nhi_center.domain.operators import Session, Signature
from nhi_center.domain.report_period import month
from nhi_center.domain.reports import LogState, Report, contents, statement
from nhi_center.domain.seal import SealFault
from nhi_center.domain.trust import trust_from_json
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.printing.documents import render
from nhi_center.services import call_figures, exports, forms, reports
from nhi_center.services.call_answers import book
from nhi_center.services.custody import document_kinds
from nhi_center.services.exports import Pair
from nhi_center.services.handover import Credential
from nhi_center.services.office import Office
from nhi_center.storage import contract, register
from nhi_center.verify import cli
from nhi_center.verify.documents import check
from tests.domain.test_call_check import PERSON
from tests.services.test_calls import promised
from tests.support import certificates as certificate_support
from tests.support import papers
from tests.support.office import PASSWORDS, as_person, desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
MONTH = month(date(2026, 11, 24))
OWN, WARDS = PASSWORDS["s-toko"], PASSWORDS["40127"]
PAIR = Pair(Credential("s-toko", OWN), Credential("40127", WARDS))


@pytest.fixture
def room(desk: Room) -> Iterator[Room]:
    """The supervisor, after a morning: three applications, one reviewed, one call."""
    office, clerk = desk
    papers.register_people(office)
    with office.store.write.begin() as connection:
        register.put_people(connection, [(9, PERSON)])
    certificate_support.reviewed(office, clerk, "F02")
    papers.receive(office, clerk, F05=2, F15=3)
    papers.key(office, clerk, "F05")
    promised(office, clerk)
    yield office, as_person(office, "s-toko")
    office.premises.close()


def numbers(report: Report, key: str) -> dict[str, tuple[int, ...]]:
    return dict(report.table(key).rows)


def test_the_month_in_numbers(room: Room) -> None:
    report = reports.of_period(*room, MONTH)
    applications = report.table("applications")
    assert [row[1] for row in applications.rows] == [(1, 1, 1, 1, 0, 0, 1), (1, 1, 0, 0, 0, 0, 1), (1, 0, 0, 0, 0, 0, 1)]
    assert applications.total == (3, 2, 1, 1, 0, 0, 3)
    assert report.table("sheets").total == (7, 0, 0, 7)
    assert report.table("verification").total[0] > 5
    assert report.table("verification").total[1] == 0
    (call,) = report.table("calls").rows
    assert call[0].startswith("06 ")
    assert call[1][:6] == (1, 0, 0, 1, 0, 0)
    office, session = room
    shown = call_figures.of_period(office, session, date(2026, 11, 1), date(2026, 11, 30))
    (line,) = shown.categories
    assert call[1] == (line.calls, *line.outcomes, line.mean, line.at_once)
    assert report.table("waits").rows[0][1][0] == 1
    assert numbers(report, "incidents") == {"枚数差異": (0, 0, 0, 0, 0)}
    assert report.sources["slip"] == 3
    assert report.log.entries > 10


def test_every_word_fits_the_page(room: Room) -> None:
    """A month in which everything happened: all fields differ, all categories are asked for."""
    office, session = room
    day = office.clock.today()
    report = reports.of_period(office, session, MONTH)
    definitions = [forms.form(kind.id, day.isoformat()) for kind in document_kinds().values() if kind.group is Group.APPLICATION]
    labels = [f"{form.title} {field.label}" for form in definitions for page in form.pages for field in page.fields]
    fields = tuple((label, (99_999, 9_999, 9_999, 9_999)) for label in labels)
    categories = tuple((f"{one.number} {one.title}", (99_999, *[9_999] * (len(Outcome) + 1), 100)) for one in book().categories)
    full = {"verification": fields, "calls": categories}
    tables = tuple(replace(table, rows=full.get(table.key, table.rows)) for table in report.tables)
    signature = Signature("s-toko", "見本 統子", "supervisor", report.read_at, "ab" * 32, "cd" * 64)
    busy = replace(report, tables=tables, log=LogState(9_999_999, "ef" * 32, 9_999_999))
    ward = replace(signature, person="40127", name="見本 区子", role="ward_staff")
    sheet = reports.summary_sheet(busy, signature, ward, company="見本事務株式会社", sample=True)
    assert render(sheet).startswith(b"%PDF")


def test_another_month_is_empty(room: Room) -> None:
    report = reports.of_period(*room, month(date(2026, 10, 1)))
    assert (report.table("applications").rows, report.table("applications").total) == ((), ())
    assert report.table("calls").rows == ()
    assert sum(report.sources.values()) == 0


def test_a_month_in_which_nothing_came_can_leave(room: Room) -> None:
    office, session = room
    made = reports.export(office, session, reports.of_period(office, session, month(date(2026, 10, 1))), PAIR)
    assert made.file == "summary-T04-2026-10.pdf"


def test_no_person_and_no_clerk_is_in_it(room: Room) -> None:
    said = json.dumps(contents(reports.of_period(*room, MONTH)), ensure_ascii=False)
    for never in ("一郎", "花子", "k-ichiro", "見本子", PERSON.atena, "4817"):
        assert never not in said


def test_only_a_supervisor_asks(desk: Room) -> None:
    with pytest.raises(OperatorError) as caught:
        reports.of_period(*desk, MONTH)
    assert caught.value.code == "not-permitted"


def test_the_file_opens_with_its_password_alone(room: Room, tmp_path: Path) -> None:
    office, session = room
    report = reports.of_period(office, session, MONTH)
    made = reports.export(office, session, report, PAIR)
    path, secret = exports.path_of(office, made.file), made.password
    assert path.name == "summary-T04-2026-11.pdf"
    assert path.parent == office.settings.exports
    assert sorted(entry.name for entry in path.parent.iterdir()) == [f"{path.stem}.manifest.json", path.name]
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(path)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(path, password=OWN)
    with pikepdf.open(path, password=secret) as document:
        assert document.encryption.R == 6
        assert document.encryption.bits == 256
    refused = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=False)
    assert refused.returncode != 0
    said = subprocess.run(["pdftotext", "-layout", "-upw", secret, path, "-"], capture_output=True, text=True, check=True).stdout
    assert "処理状況報告書" in said
    assert "令和8年11月分" in said
    assert report.log.hash[:8] in said
    assert "見本" in said


def test_the_contracts_company_stands_on_it(room: Room, tmp_path: Path) -> None:
    office, session = room
    done = reports.export(office, session, reports.of_period(office, session, MONTH), PAIR)
    with pikepdf.open(exports.path_of(office, done.file), password=done.password) as pdf:
        pdf.save(tmp_path / "open.pdf")
    page = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "open.pdf"), "-"], capture_output=True, check=True
    ).stdout.decode()
    (line,) = [line for line in page.splitlines() if line.strip().startswith("受託者 ") and "取扱責任者" not in line]
    with office.store.read.begin() as connection:
        assert line.split()[1] == contract.every(connection)[0].contract.company


def test_the_ward_proves_it_alone(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    office, session = room
    report = reports.of_period(office, session, MONTH)
    path = exports.path_of(office, reports.export(office, session, report, PAIR).file)
    trust = trust_from_json(json.loads(office.settings.trust.read_bytes()))
    proven = check(path.read_bytes(), trust, "summary")
    assert proven.contents == statement(contents(report))
    assert [(signer.name, signer.role) for signer in proven.signers] == [("見本 統子", "supervisor"), ("見本 区子", "ward_staff")]
    assert cli.main(["export", str(path), "--trust", str(office.settings.trust)]) == 0
    assert "見本 統子" in capsys.readouterr().out
    file = path.read_bytes()

    @settings(max_examples=60)
    @given(place=st.integers(0, len(file) - 1), change=st.integers(1, 255))
    def any_changed_byte_is_found(place: int, change: int) -> None:
        data = bytearray(file)
        data[place] ^= change
        with pytest.raises(SealFault):
            check(bytes(data), trust, "summary")

    any_changed_byte_is_found()


def test_an_earlier_file_stays(room: Room) -> None:
    office, session = room
    report = reports.of_period(office, session, MONTH)
    first = reports.export(office, session, report, PAIR)
    before = exports.path_of(office, first.file).read_bytes()
    with pytest.raises(OperatorError) as caught:
        reports.export(office, session, report, PAIR)
    assert caught.value.code == "file-exists"
    second = reports.export(office, session, report, PAIR, again=True)
    assert second.file == "summary-T04-2026-11-2.pdf"
    assert second.password != first.password
    assert exports.path_of(office, first.file).read_bytes() == before
    assert [row.file for row in reports.written(office, session)] == ["summary-T04-2026-11-2.pdf", "summary-T04-2026-11.pdf"]


@pytest.mark.parametrize(
    ("supervisor", "ward", "field", "code"),
    [
        (Credential("s-toko", "wrong"), PAIR.ward, "supervisor", "wrong-password"),
        (PAIR.supervisor, Credential("40127", "wrong"), "ward", "wrong-password"),
        (Credential("k-ichiro", PASSWORDS["k-ichiro"]), PAIR.ward, "supervisor", "wrong-role"),
        (PAIR.ward, PAIR.supervisor, "supervisor", "wrong-role"),
        (PAIR.supervisor, PAIR.supervisor, "ward", "four-eyes"),
        (PAIR.supervisor, Credential("k-ichiro", PASSWORDS["k-ichiro"]), "ward", "wrong-role"),
    ],
)
def test_what_is_refused_writes_nothing(room: Room, supervisor: Credential, ward: Credential, field: str, code: str) -> None:
    office, session = room
    with pytest.raises(OperatorError) as caught:
        reports.export(office, session, reports.of_period(office, session, MONTH), Pair(supervisor, ward))
    assert (caught.value.field, caught.value.code) == (field, code)
    assert list(office.settings.exports.iterdir()) == []
    assert reports.written(office, session) == ()


def test_passwords_are_in_no_file_no_log_and_no_row(room: Room) -> None:
    office, session = room
    made = reports.export(office, session, reports.of_period(office, session, MONTH), PAIR)
    secrets = [text_.encode() for text_ in (made.password, OWN, WARDS)]
    assert made.password not in repr(made)
    assert OWN not in repr(PAIR)
    office.premises.close()
    texts = [path.read_bytes() for path in office.settings.business_folder.rglob("*") if path.is_file()]
    assert not any(secret in data for secret in secrets for data in texts)
    with office.store.read.begin() as connection:
        whole = b"\n".join(
            str(tuple(row)).encode()
            for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).fetchall()
            for row in connection.execute(text(f'SELECT * FROM "{name}"')).fetchall()
        )
        log = b"\n".join(bytes(entry.entry) for entry in connection.execute(text("SELECT entry FROM audit")))
        sent = json.loads(connection.execute(text("SELECT body FROM outbox WHERE kind = 'summary'")).scalar_one())
    assert len(whole) > 10_000
    assert not any(secret in whole for secret in secrets)
    assert made.sha256.encode() in log
    assert sent["sha256"] == made.sha256
    assert sent["ward_signature"]["person"] == "40127"


def test_a_disk_that_cannot_be_written_leaves_no_row(room: Room) -> None:
    office, session = room
    report = reports.of_period(office, session, MONTH)
    office.settings.exports.write_bytes(b"a file stands where the folder should be")
    with pytest.raises(EnvironmentTrouble):
        reports.export(office, session, report, PAIR)
    assert reports.written(office, session) == ()


def test_a_written_report_stands(room: Room) -> None:
    office, session = room
    reports.export(office, session, reports.of_period(office, session, MONTH), PAIR)
    with pytest.raises(DatabaseError, match="append-only"), office.store.write.begin() as connection:
        connection.execute(text("UPDATE report SET sha256 = ''"))
