"""The workbook that leaves with a report or a list: what was signed, cell by cell; proven, packed and erased as the PDF."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from msoffcrypto.exceptions import InvalidKeyError

from nhi_center.domain import exports as rules
from nhi_center.domain import signed_manifest
from nhi_center.domain.erasure import Scope
from nhi_center.domain.exports import ManifestFault, Way
from nhi_center.domain.people import Person
from nhi_center.domain.received_list import Reason
from nhi_center.domain.report_words import ReportWords
from nhi_center.domain.reports import Report
from nhi_center.errors import EnvironmentTrouble
from nhi_center.printing import files
from nhi_center.services import erasure_files, exports, pack, received_list, report_words, reports
from nhi_center.services.exports import Exported
from nhi_center.storage import received_list as papers_storage
from nhi_center.verify import cli
from nhi_center.verify.exports import check
from tests.printing.test_workbook import opened
from tests.services.test_exports import refuse_every_change, trust_of
from tests.services.test_reports import MONTH, PAIR, Room, room
from tests.support.office import desk, premises
from tests.support.station import log_of

__all__ = ["desk", "premises", "room"]

NUMBER = "8新健医保第98号"


def report_left(room: Room, report: Report | None = None) -> tuple[Exported, Path]:
    """(what came back, the workbook)."""
    office, session = room
    made = reports.export(office, session, report or reports.of_period(office, session, MONTH), PAIR, excel=True)
    return made, exports.path_of(office, made.book)


def list_left(room: Room) -> tuple[Exported, Path]:
    made = received_list.export(*room, MONTH, 3, Reason.RECOUNT.value, NUMBER, PAIR, excel=True)
    return made, exports.path_of(room[0], made.book)


def cells(sheet: Any) -> list[tuple[Any, ...]]:
    return [tuple(cell for cell in row if cell is not None) for row in sheet.iter_rows(values_only=True)]


def test_every_number_of_the_report_stands_in_it_as_a_number(room: Room) -> None:
    office, session = room
    report_words.write(office, session, MONTH, ReportWords("=1+1 見本の気づき", "見本の予定"))
    report = reports.of_period(office, session, MONTH)
    made, path = report_left(room, report)
    book = opened(path.read_bytes(), made.password)
    assert len(book.sheetnames) == len(report.tables) + 2
    for table, sheet in zip(report.tables, book.worksheets[1:], strict=False):
        rows = [(words, *numbers) for words, numbers in table.rows]
        total = [("合計", *table.total)] if table.total else []
        found = [row for row in cells(sheet) if row]
        assert found[0] == table.headings, table.key
        assert found[1:] == [*(rows or [("該当はありません。",)]), *total], table.key
        assert all(type(cell) is int for row in found[1:] if rows for cell in row[1:])
    assert dict(cells(book.worksheets[-1])[1:]) == {
        reports._SOURCES[name]: count for name, count in report.sources.items() if count
    }
    said = {row[0]: row[1] for row in cells(book.worksheets[0])[2:]}
    assert said["報告番号"] == report.number
    assert said["数えた日時"] == datetime.fromisoformat(report.read_at).replace(tzinfo=None)
    assert "=1+1 見本の気づき" in said.values()
    assert (said["取扱責任者"], said["注意"]) == ("見本 統子", "見本(訓練)")


def test_the_list_has_days_as_days_and_names_as_the_register_writes_them(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    rare = "見本\u3000葛\U000e0101\U00020bb7飾"
    real = papers_storage._people

    def renamed(connection: Any, slip: str) -> tuple[Person, ...]:
        from dataclasses import replace

        return tuple(replace(one, name=rare) for one in real(connection, slip))

    monkeypatch.setattr(papers_storage, "_people", renamed)
    made, path = list_left(room)
    cover, listed = opened(path.read_bytes(), made.password).worksheets
    head, *rows = cells(listed)
    assert head == ("受付日", "管理票", "届出・申請", "枚", "氏名")
    assert len(rows) == 3
    assert {row[0] for row in rows} == {datetime(2026, 11, 24)}
    assert {row[4] for row in rows} == {rare, "(入力前)"}
    assert all(type(row[3]) is int for row in rows)
    assert dict(cells(cover)[2:])["承諾番号"] == NUMBER
    assert rare.encode() not in path.read_bytes() + path.with_name(rules.manifest_name(path.name)).read_bytes()


def test_one_password_opens_both_and_no_other(room: Room) -> None:
    made, path = report_left(room)
    assert (made.book, made.words) == ("summary-T04-2026-11.xlsx", "summary-T04-2026-11.pdf と summary-T04-2026-11.xlsx")
    opened(path.read_bytes(), made.password)
    for wrong in (made.password.lower(), made.password.replace("-", ""), "wrong-password-of-nobody"):
        with pytest.raises(InvalidKeyError):
            opened(path.read_bytes(), wrong)
    again = reports.export(*room, reports.of_period(*room, MONTH), PAIR, again=True)
    assert (again.book, again.words) == ("", again.file), "who asks for the PDF gets the PDF"


def test_the_manifest_proves_it_without_a_password(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    office, _session = room
    made, path = report_left(room)
    manifest = path.with_name(rules.manifest_name(path.name))
    assert sorted(one.name for one in path.parent.iterdir()) == sorted([made.file, made.book, manifest.name])
    found, told = check(path.read_bytes(), manifest.read_bytes(), trust_of(room))
    assert (told.name, told.way) == (made.book, Way.WORKBOOK)
    assert [one.way for one in found.files] == [Way.PASSWORD, Way.WORKBOOK]
    assert [one["sha256"] for one in json.loads(manifest.read_bytes())["files"]][1] == hashlib.sha256(
        path.read_bytes()
    ).hexdigest()
    assert cli.main(["export", str(path), "--trust", str(office.settings.trust)]) == 0
    assert "Excel(同じパスワード) summary-T04-2026-11.xlsx" in capsys.readouterr().out
    refuse_every_change(path.read_bytes(), lambda bad: check(bad, manifest.read_bytes(), trust_of(room)))
    with pytest.raises(ManifestFault):
        check(path.read_bytes()[:-1], manifest.read_bytes(), trust_of(room))
    (entry,) = [one for one in log_of(office, "report") if one["facts"].get("step") == "export"]
    assert entry["facts"]["manifest"] == hashlib.sha256(manifest.read_bytes()).hexdigest()


def test_a_file_under_the_way_of_another_is_in_no_manifest(room: Room) -> None:
    """Whoever has the terminal's key could else give a PDF away without its seal, as a workbook."""
    office, _session = room
    made, path = report_left(room)
    body = json.loads(path.with_name(rules.manifest_name(path.name)).read_bytes())
    body.pop("signature")
    body["files"] = [{**body["files"][0], "way": "workbook"}]
    signed = signed_manifest.write(body, office.premises.terminal.sign(rules.signed_bytes(body)))
    with pytest.raises(ManifestFault):
        check(exports.path_of(office, made.file).read_bytes(), signed, trust_of(room))


def test_a_disk_that_is_full_at_the_workbook_leaves_nothing(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    office, session = room
    real = files.write_whole

    def full(target: Path, data: bytes, within: Path | None = None) -> None:
        if target.suffix == rules.WORKBOOK_SUFFIX:
            raise EnvironmentTrouble("PR-03", "見本: ディスクがいっぱいです。")
        real(target, data, within)

    monkeypatch.setattr(files, "write_whole", full)
    with pytest.raises(EnvironmentTrouble):
        report_left(room)
    assert list(office.settings.exports.iterdir()) == []
    assert reports.written(office, session) == ()


def test_it_is_packed_with_the_report_and_proven_there(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    office, session = room
    made, path = report_left(room)
    packed = pack.make_pack(office, session, MONTH)
    trust = str(office.settings.trust)
    assert cli.main(["pack", str(packed), "--trust", trust]) == 0
    assert "書き出した報告書 2件" in capsys.readouterr().out
    path.write_bytes(path.read_bytes() + b"x")
    packed = pack.make_pack(office, session, MONTH)
    assert cli.main(["pack", str(packed), "--trust", trust]) == 0
    assert f"{made.book} が変わっている" in capsys.readouterr().out


def test_an_erasure_takes_the_workbook_of_the_list_and_leaves_the_reports(room: Room) -> None:
    office, _session = room
    listed, _path = list_left(room)
    report, _book = report_left(room)
    gone = {file.name for file in erasure_files.papers(office, Scope.ALL, "")}
    assert {listed.file, listed.book} <= gone
    assert not {report.file, report.book} & gone
