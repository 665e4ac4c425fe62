"""A report on counted paper: two sign its sheets, a person counts them, the ledger and the 便 have them, and no file stays."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nhi_center.domain import reports as report_rules
from nhi_center.domain.custody import REPORT_PAPER, SPOILED, Place
from nhi_center.domain.erasure import Scope
from nhi_center.domain.handover import Direction, Phase, Side
from nhi_center.domain.operators import Signature
from nhi_center.domain.paper_exports import PaperExport, PaperState
from nhi_center.domain.statements import statement_hash
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.printing.preview import page_count
from nhi_center.services import custody, day_close, devices, erasure_files, handover, paper_exports, reports
from nhi_center.services.exports import Pair
from nhi_center.services.handover import Credential
from nhi_center.storage import custody as ledger
from tests.services.test_covers import Refusing
from tests.services.test_handover import CLERK, SECTION, WARD, counts
from tests.services.test_reports import MONTH, PAIR, Room, room
from tests.support import machine
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.pdf_words import words_of
from tests.support.print_room import DeadPrinter, in_tray, spooled, with_printer
from tests.support.station import log_of

__all__ = ["desk", "premises", "room"]


def printed(room: Room) -> PaperExport:
    return paper_exports.print_report(*room, reports.of_period(*room, MONTH), PAIR)


def seen(room: Room, made: PaperExport, target: PaperState, counted: int, reason: str = "") -> PaperExport:
    clerk = as_person(room[0], "k-ichiro")
    return paper_exports.check(room[0], clerk, made.name, target, counted, reason)


def refused(room: Room, made: PaperExport, target: PaperState, counted: int, reason: str = "") -> tuple[str, str]:
    with pytest.raises(OperatorError) as caught:
        seen(room, made, target, counted, reason)
    return caught.value.field, caught.value.code


def waiting(room: Room) -> int:
    """What 終業点検 says."""
    return sum(one.item.count for one in day_close.check(*room).lines if one.item.kind == "paper_exports_check")


def states(room: Room) -> list[str]:
    return [row.sent for row in reports.written(*room)]


def test_what_is_printed_is_the_report_with_the_sheets_both_signed(room: Room) -> None:
    office, session = room
    report = reports.of_period(office, session, MONTH)
    made = paper_exports.print_report(office, session, report, PAIR)
    (page,) = spooled(office)
    assert page_count(page) == made.sheets > 1
    said = words_of(page)
    for word in ("処理状況報告書", report.number, "見本 統子", f"全{made.sheets}枚"):
        assert word in said
    with office.store.read.begin() as connection:
        row = connection.execute(text("SELECT statement, signatures, sha256 FROM paper_export")).one()
    statement = json.loads(row.statement)
    assert statement == {**report_rules.statement(report_rules.contents(report)), "paper_sheets": made.sheets}
    signatures = [Signature(**one) for one in json.loads(row.signatures)]
    assert [one.person for one in signatures] == ["s-toko", "40127"]
    assert {one.statement for one in signatures} == {statement_hash("summary", statement)}
    assert all(value not in row.statement for value in (table.title for table in report.tables))
    (entry,) = [one for one in log_of(office, "report") if one["facts"].get("step") == "paper_export"]
    assert (entry["subject"], entry["facts"]["sheets"]) == (report.number, made.sheets)
    assert (entry["facts"]["decided_by"], entry["facts"]["approved_by"]) == ("s-toko", "40127")


def test_no_file_of_it_stays_but_the_spools_which_an_erasure_takes(room: Room) -> None:
    office, _session = room
    printed(room)
    assert not office.settings.exports.exists()
    assert [file for file in office.settings.work.rglob("*") if file.is_file()] == []
    (page,) = spooled(office)
    assert page in erasure_files.papers(office, Scope.ALL, "")


def test_it_is_counted_by_hand_before_the_ledger_has_it(room: Room) -> None:
    office, _session = room
    made = printed(room)
    assert (in_tray(office, REPORT_PAPER.id), waiting(room), states(room)) == (0, 1, ["needs_check"])
    assert refused(room, made, PaperState.GOOD, made.sheets - 1) == ("counted", "sheets-differ")
    assert refused(room, made, PaperState.GOOD, 0) == ("counted", "sheets-differ")
    assert seen(room, made, PaperState.GOOD, made.sheets).counted == made.sheets
    assert (in_tray(office, REPORT_PAPER.id), waiting(room), states(room)) == (made.sheets, 0, ["good"])
    assert refused(room, made, PaperState.GOOD, made.sheets) == ("", "print-step")
    (row,) = [one for one in custody.on_hand_table(*room) if one.kind == REPORT_PAPER]
    assert row.total == made.sheets
    (entry,) = [one for one in log_of(office, "check_print") if one["facts"].get("step") == "paper_export_checked"]
    assert (entry["subject"], entry["facts"]["sheets"], entry["actor"]) == (made.number, made.sheets, "k-ichiro")


def test_it_leaves_in_a_handover_that_both_count_and_sign(room: Room) -> None:
    office, _session = room
    made = seen(room, printed(room), PaperState.GOOD, reports_sheets(room))
    clerk = (office, as_person(office, "k-ichiro"))
    view = handover.open_handover(*clerk, Direction.OUT, SECTION)
    with office.store.read.begin() as connection:
        here = ledger.balances(connection, places=(Place.OUTPUT,))
    sheets = Counter[str]()
    for balance in here:
        sheets[balance.account.kind] += balance.sheets
    cases = {kind: (view_cases(room, kind), count) for kind, count in sheets.items()}
    for side in Side:
        view = handover.record_count(*clerk, view.handover.id, side, counts(view, **cases))
    (line,) = [one for one in view.lines if one.kind == REPORT_PAPER]
    assert line.expected is not None
    assert line.expected.sheets == line.giver.sheets == made.sheets
    assert handover.countersign(*clerk, view.handover.id, CLERK, WARD).phase is Phase.SIGNED
    assert (in_tray(office, REPORT_PAPER.id), states(room)) == (0, ["handed"])
    assert refused(room, made, PaperState.SPOILED, 1, "1") == ("", "not-in-tray")
    with office.store.read.begin() as connection:
        assert custody.ledger_faults(connection) == 0
    moved = dict(reports.of_period(*room, MONTH).table("sheets").rows)
    assert moved["報告書(紙)"] == (0, made.sheets, made.sheets, 0)


def reports_sheets(room: Room) -> int:
    """Of the report that was printed last."""
    return reports.written(*room)[0].sheets


def view_cases(room: Room, kind: str) -> int:
    """Applications of this form in the output tray: each is a case."""
    with room[0].store.read.begin() as connection:
        here = ledger.balances(connection, places=(Place.OUTPUT,))
    group = custody.document_kinds()[kind]
    return len({one.account.slip for one in here if one.account.kind == kind}) if group.has_cases else 0


def test_faulty_sheets_are_counted_and_handed_over_as_spoiled(room: Room) -> None:
    office, _session = room
    made = printed(room)
    assert refused(room, made, PaperState.SPOILED, 0, "1") == ("counted", "not-a-count")
    assert refused(room, made, PaperState.SPOILED, 1) == ("spoil_reason", "no-reason")
    seen(room, made, PaperState.SPOILED, made.sheets + 1, "2")
    assert (in_tray(office, SPOILED.id), in_tray(office, REPORT_PAPER.id)) == (made.sheets + 1, 0)
    again = printed(room)
    seen(room, again, PaperState.GOOD, again.sheets)
    seen(room, again, PaperState.SPOILED, again.sheets, "3")
    assert (in_tray(office, SPOILED.id), in_tray(office, REPORT_PAPER.id)) == (made.sheets + 1 + again.sheets, 0)
    assert states(room) == ["spoiled", "spoiled"]


def test_one_that_did_not_come_out_is_nowhere(room: Room) -> None:
    made = printed(room)
    assert refused(room, made, PaperState.NOT_PRINTED, 2) == ("counted", "not-a-count")
    seen(room, made, PaperState.NOT_PRINTED, 0)
    assert (in_tray(room[0], REPORT_PAPER.id), waiting(room), states(room)) == (0, 0, ["not_printed"])


def test_a_printer_that_takes_nothing(room: Room) -> None:
    with pytest.raises(EnvironmentTrouble, match="PR-01"):
        printed((with_printer(room[0], Refusing()), room[1]))
    assert (waiting(room), states(room)) == (0, ["not_printed"])


def test_after_a_crash_a_person_says_what_came_out(room: Room) -> None:
    with pytest.raises(KeyboardInterrupt):
        printed((with_printer(room[0], DeadPrinter()), room[1]))
    assert (waiting(room), states(room)) == (1, ["printing"])
    (row,) = reports.written(*room)
    paper_exports.check(*room, row.file, PaperState.GOOD, row.sheets)
    assert in_tray(room[0], REPORT_PAPER.id) == row.sheets


@pytest.mark.parametrize(
    ("pair", "field", "code"),
    [
        (Pair(PAIR.supervisor, PAIR.supervisor), "ward", "four-eyes"),
        (Pair(PAIR.supervisor, Credential("40127", "wrong")), "ward", "wrong-password"),
        (Pair(PAIR.supervisor, Credential("k-ichiro", PASSWORDS["k-ichiro"])), "ward", "wrong-role"),
    ],
)
def test_without_both_nothing_is_printed(room: Room, pair: Pair, field: str, code: str) -> None:
    office, session = room
    with pytest.raises(OperatorError) as caught:
        paper_exports.print_report(office, session, reports.of_period(office, session, MONTH), pair)
    assert (caught.value.field, caught.value.code) == (field, code)
    assert spooled(office) == []
    assert reports.written(office, session) == ()


@pytest.mark.parametrize("person", ["k-ichiro", "40127"])
def test_only_the_supervisor_begins_it(room: Room, person: str) -> None:
    office, session = room
    report = reports.of_period(office, session, MONTH)
    with pytest.raises(OperatorError) as caught:
        paper_exports.print_report(office, as_person(office, person), report, PAIR)
    assert caught.value.code == "not-permitted"


def test_nothing_is_printed_while_an_unknown_device_stands(room: Room, tmp_path: Path) -> None:
    office, _session = room
    root = machine.whole(tmp_path / "machine")
    assert devices.look(office, root) == ()
    machine.usb(root, "1-2", "0781:5567", "08", serial="4C53")
    assert len(devices.look(office, root)) == 1
    with pytest.raises(OperatorError) as caught:
        printed(room)
    assert caught.value.code == "device-held"
    assert spooled(office) == []


def test_a_name_that_is_none(room: Room) -> None:
    made = replace(printed(room), id="00000000-nobody")
    assert refused(room, made, PaperState.GOOD, made.sheets) == ("", "no-paper-export")


def test_what_was_signed_stands(room: Room) -> None:
    office, _session = room
    printed(room)
    for statement in (
        "DELETE FROM paper_export",
        "UPDATE paper_export SET sheets = 1",
        "UPDATE paper_export SET signatures = '[]'",
    ):
        with pytest.raises(DatabaseError, match=r"kept|stands"), office.store.write.begin() as connection:
            connection.execute(text(statement))
