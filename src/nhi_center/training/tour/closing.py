"""Steps 7 to 11: papers and certificates go back, the day is closed, exported, and proven by the ward alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
from PySide6.QtWidgets import QTableView, QWidget

from nhi_center.domain.exports import SUFFIX
from nhi_center.gateway.configuration import TRAINING_DATABASE
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.training.tour.handovers import INCOMING, count, countersign
from nhi_center.training.tour.hands import PASSWORDS, Day, as_person, open_screen, picture, says, settled, sign_in, sign_out
from nhi_center.training.tour.output import row_text
from nhi_center.training.tour.pdfs import is_protected
from nhi_center.training.tour.robot import Script, expect, find, focus_name, in_field, press, rows, sees, text_of, type_keys

SUPERVISOR, WARD = "s-toko", "40127"
OUTGOING = {**INCOMING, "shikaku": (3, 3), "gendogaku": (1, 1), "spoiled": (1, 1)}
LEAVING = ("k-hanako", "k-ichiro")


def handover_out(day: Day) -> Script:
    """Forms, certificates and the spoiled sheet go to the ward, counted blind by both and countersigned."""
    yield from open_screen(day, "custody")
    press("F4")
    yield lambda: sees("count_grid")
    yield from count(day, OUTGOING)
    yield from picture(day, "handover-out-counting")
    yield from count(day, OUTGOING)
    yield from countersign(day, "k-ichiro", WARD)
    yield from picture(day)
    for receipt in sorted(day.house.settings.documents.glob("receipt-*.pdf")):
        day.record.keep(receipt.stem, receipt)


def clerks_leave(day: Day) -> Script:
    """Ward staff record who has left the room."""
    yield from open_screen(day, "presence")
    for left, person in enumerate(LEAVING, start=1):
        table = find("roster_table", QTableView)
        yield lambda at=table: at.hasFocus() and settled(day)()  # type: ignore[misc]
        wanted = next(row for row in range(table.model().rowCount()) if person in row_text(table, row))
        while table.currentIndex().row() != wanted:
            press("Down" if table.currentIndex().row() < wanted else "Up")
        yield settled(day)
        press("F3")
        yield says("inside_chip", f"在室 {3 - left}人")


def day_close(day: Day) -> Script:
    """終業点検: nothing is left on hand; what stays open is written down with where it is locked up; the supervisor signs."""
    yield from as_person(day, WARD, lambda: clerks_leave(day))
    yield from sign_in(day, SUPERVISOR)
    yield settled(day)
    yield from cabinet(day)
    yield from open_screen(day, "inspection")
    yield lambda: sees("check_table") and settled(day)()
    yield from picture(day, "day-close-open")
    while rows := open_items():
        yield from carry(day, rows[0])
    find("supervisor_password", QWidget).setFocus()
    yield lambda: focus_name() == "supervisor_password"
    type_keys(PASSWORDS[SUPERVISOR])
    press("Enter")
    yield lambda: settled(day)() and "終わりました" in text_of("day_close_state")
    yield from picture(day)
    expect(bool(list(day.house.settings.backups.glob("nhi-center-*.db"))), "no backup was made when the day was closed")


def cabinet(day: Day) -> Script:
    """The room's cabinet is registered, its key goes out and comes back, and the supervisor sees it locked."""
    yield from open_screen(day, "presence")
    press("5")
    yield lambda: sees("cabinet_table") and settled(day)()
    press("Alt+N")
    for field, text in (("cabinet", "3"), ("place", "窓側の棚の下"), ("keys", "2")):
        yield lambda at=field: in_field(at)  # type: ignore[misc]
        type_keys(text)
        yield lambda: True
        press("Enter")
    yield lambda: settled(day)() and rows("cabinet_table") == 1 and in_field("cabinet_table")
    press("Enter")
    yield lambda: in_field("choices_dialog")
    press("1")
    yield lambda: in_field("key")
    press("Enter")
    yield lambda: in_field("holder")
    press("Enter")
    yield lambda: settled(day)() and "1本" in text_of("cabinet_chip")
    yield from picture(day, "cabinets-key-out")
    yield lambda: in_field("cabinet_table")
    press("Enter")
    yield lambda: in_field("choices_dialog")
    press("1")
    yield lambda: settled(day)() and "すべて" in text_of("cabinet_chip")
    press("F4")
    table = find("cabinet_table", QTableView)
    yield lambda: settled(day)() and "施錠確認済" in row_text(table, 0)
    yield from picture(day, "cabinets")


def open_items() -> list[int]:
    """The rows of the list that are neither settled nor written down yet."""
    table = find("check_table", QTableView)
    return [row for row in range(table.model().rowCount()) if "引継ぎを書く" in row_text(table, row)]


def carry(day: Day, row: int) -> Script:
    """Write down why it stays and where."""
    table = find("check_table", QTableView)
    before = len(open_items())
    table.setFocus()
    while table.currentIndex().row() != row:
        press("Down" if table.currentIndex().row() < row else "Up")
    yield settled(day)
    press("Enter")
    yield lambda: focus_name() == "note"
    type_keys("翌日に続けます(見本)")
    yield lambda: True
    press("Enter")
    yield lambda: focus_name() == "cabinet"
    press("Enter")  # a promise to call back, blank paper not counted: neither is locked up
    yield lambda: settled(day)() and len(open_items()) < before


def everything_arrived(day: Day) -> Script:
    """Send what is left; every row stands in PostgreSQL exactly once, and the log's head comes back countersigned."""
    press("4")
    yield lambda: sees("sync_now_button") and settled(day)()
    find("sync_now_button", QWidget).setFocus()
    press("Ctrl+Enter")
    yield settled(day)
    yield lambda: "0" in text_of("sync_waiting")
    yield from picture(day)
    office = day.station.office
    if office is None:
        return
    with office.store.read.begin() as connection:
        sent = {str(row[0]) for row in connection.exec_driver_sql("SELECT id FROM outbox")}
        waiting = connection.exec_driver_sql("SELECT count(*) FROM outbox WHERE state <> 'sent'").scalar_one()
    with psycopg.connect(LocalPostgres("tour").dsn(TRAINING_DATABASE)) as ward:
        arrived = [str(row[0]) for row in ward.execute("SELECT id FROM record")]
        kinds = {str(row[0]) for row in ward.execute("SELECT DISTINCT kind FROM record")}
        anchored = ward.execute("SELECT max(seq) FROM audit_anchor").fetchone()
    expect(waiting == 0, f"{waiting} rows have not been sent")
    expect(len(arrived) == len(set(arrived)) and set(arrived) == sent, "PostgreSQL does not hold every row exactly once")
    expect({"application", "verification", "review", "certificate", "call", "handover", "presence"} <= kinds, f"only {kinds}")
    expect(anchored is not None and int(anchored[0]) > 0, "no head of the log has been countersigned")


def export(day: Day) -> Script:
    """The monthly summary, encrypted, into the business folder: supervisor and ward staff sign, its password is shown once."""
    yield from open_screen(day, "reports")
    yield lambda: in_field("report_signer_password") and settled(day)()
    type_keys(PASSWORDS[SUPERVISOR])
    yield lambda: True
    press("Enter")
    yield lambda: in_field("report_ward_id")
    type_keys(WARD)
    yield lambda: True
    press("Enter")
    yield lambda: in_field("report_ward_password")
    type_keys(PASSWORDS[WARD])
    yield from picture(day, "export")
    press("Enter")
    yield lambda: settled(day)() and rows("written_table") == 1 and sees("password_once")
    press("Ctrl+Enter")
    yield lambda: settled(day)() and not sees("password_once")
    yield from picture(day)
    summary = summary_file(day)
    expect(is_protected(summary), "the summary opens without a password")
    day.record.keep("summary", summary)
    day.record.keep("summary.manifest", summary.with_suffix(SUFFIX))


def summary_file(day: Day) -> Path:
    """The month's report among what leaves."""
    return next(day.house.settings.exports.glob("summary-*.pdf"))


def log_and_proof(day: Day) -> Script:
    """The supervisor writes a copy of the log; the ward proves log, receipts and export alone, and one changed byte shows."""
    yield from open_screen(day, "inspection")
    press("2")
    yield lambda: sees("log_table") and settled(day)()
    press("Ctrl+Enter")
    yield settled(day)
    press("F4")
    yield lambda: settled(day)() and ".seg" in text_of("log_place")
    yield from picture(day)
    yield from sign_out(day)
    documents = day.house.settings.documents
    log = next(documents.glob("audit-*.seg"))
    day.record.keep("audit", log)
    trust = day.house.settings.trust
    day.record.keep("trust", trust)
    proofs = [
        ("audit", log),
        ("audit", newest_copy(day)),
        *(("receipt", file) for file in sorted(documents.glob("receipt-*.pdf"))),
    ]
    for what, file in [*proofs, ("export", summary_file(day))]:
        yield from proven(what, file, trust, expected=0)
        yield from proven(what, damaged(day, file), trust, expected=1)
    yield from proven("audit", day.house.settings.segments, trust, expected=0)


def proven(what: str, file: Path, trust: Path, *, expected: int) -> Script:
    """Run the ward's verifier; it must say 0 for a whole file and 1 for a changed one."""
    command = [sys.executable, "-m", "nhi_center.verify.cli", what, str(file), "--trust", str(trust)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    yield lambda: child.poll() is not None
    expect(child.returncode == expected, f"the verifier answered {child.returncode} for {what} {file.name}")


def newest_copy(day: Day) -> Path:
    """The copy of the log that is written beside the store while the day goes on."""
    return max(day.house.settings.segments.glob("*.seg"))


def damaged(day: Day, file: Path) -> Path:
    """A copy with one byte changed in its middle."""
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    copy = day.record.out / f"damaged-{file.name}"
    copy.write_bytes(data)
    manifest = file.with_suffix(SUFFIX)
    if manifest.exists():
        copy.with_suffix(SUFFIX).write_bytes(manifest.read_bytes())
    return copy
