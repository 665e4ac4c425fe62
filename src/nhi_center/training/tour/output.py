"""Step 5: certificates are previewed and printed; one sheet is spoiled and printed again with a second person's approval."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView

from nhi_center.training.tour.hands import PASSWORDS, Day, open_screen, picture, settled, sign_in, sign_out
from nhi_center.training.tour.papers import PAPERS
from nhi_center.training.tour.pdfs import page_text
from nhi_center.training.tour.robot import Script, expect, find, focus_name, press, rows, sees, type_keys

CLERK, INSPECTOR, APPROVER = "k-hanako", "k-ichiro", "s-toko"
CARD_LOT, LARGE_LOT = "1", "2"
"""The papers by their figures in 検品."""
CERTIFICATES = 4
"""Three 資格確認書 and one 限度額適用認定証; moving out gives none."""
PAPER = (("1", "000413", "40"), ("2", "000120", "20"))
"""Blank sheets taken from the safe in the morning: kind, first number, how many."""


def output(day: Day) -> Script:
    """What has come back from the standard system stands in the queue; every sheet is accounted for."""
    yield from sign_in(day, CLERK)
    yield settled(day)
    yield from open_screen(day, "certificates")
    for kind, first, sheets in PAPER:
        yield from take_paper(day, kind, first, sheets)
    yield lambda: rows("certificates_table") == CERTIFICATES and settled(day)()
    yield from picture(day, "certificates-queue")
    yield from print_all(day)
    yield from picture(day, "certificates-check")
    press("2")
    yield lambda: focus_name() == "certificates_spoil_reason"
    type_keys("1")
    yield lambda: settled(day)() and focus_name() == "certificates_table"
    yield from approve(day)
    yield from check_lot(day, CARD_LOT, LARGE_LOT)
    yield from print_all(day)
    yield from check_lot(day, "")
    yield from picture(day)
    expect("36" in shown("certificates_stock_table"), "the blank sheets do not agree: 40 taken, 3 good, 1 spoiled")
    yield from certificates_in_spool(day)
    yield from sign_out(day)


def take_paper(day: Day, kind: str, first: str, sheets: str) -> Script:
    press("F11")
    yield lambda: focus_name() == "certificates_paper_kind"
    type_keys(kind)
    yield lambda: True
    if focus_name() == "certificates_paper_kind":
        press("Enter")
    yield lambda: focus_name() == "certificates_paper_first"
    type_keys(first)
    yield lambda: True
    if focus_name() == "certificates_paper_first":
        press("Enter")
    yield lambda: focus_name() == "certificates_paper_sheets"
    type_keys(sheets)
    press("Enter")
    yield lambda: focus_name() == "certificates_paper_send_button"
    press("Enter")
    yield lambda: settled(day)() and focus_name() == "certificates_table"


def print_all(day: Day) -> Script:
    """Tick whatever may be printed and print it; the PDFs are made by their own process."""
    yield lambda: focus_name() == "certificates_table" and settled(day)()
    press("Ctrl+A")
    yield lambda: True
    press("Ctrl+Enter")
    yield lambda: settled(day)() and not sees("certificates_progress")


def check_lot(day: Day, *papers: str) -> Script:
    """A second person looks at the sheets of each paper in the order of their numbers and signs; "" takes what comes first."""
    for paper in papers:
        yield lambda: settled(day)() and focus_name() == "certificates_table"
        before = shown("certificates_table").count("現物を確認")
        press("Alt+L")
        yield lambda: focus_name() == "result"
        press("Enter")
        yield lambda: focus_name() == "prefix"
        type_keys(paper)
        press("Enter")
        yield lambda: focus_name() == "first"
        press("Enter")
        yield lambda: focus_name() == "last"
        press("Enter")
        yield lambda: focus_name() == "person"
        type_keys(INSPECTOR)
        press("Enter")
        yield lambda: focus_name() == "password"
        type_keys(PASSWORDS[INSPECTOR])
        yield from picture(day, "certificates-lot")
        press("Enter")
        yield lambda at=before: settled(day)() and shown("certificates_table").count("現物を確認") < at  # type: ignore[misc]


def stand_at(day: Day, words: str) -> Script:
    """Go to the first row that says this, by the arrow keys."""
    yield lambda: settled(day)() and focus_name() == "certificates_table" and words in shown("certificates_table")
    table = find("certificates_table", QTableView)
    wanted = next(row for row in range(table.model().rowCount()) if words in row_text(table, row))
    while table.currentIndex().row() != wanted:
        press("Down" if table.currentIndex().row() < wanted else "Up")
    yield lambda: True
    yield settled(day)


def approve(day: Day) -> Script:
    """The supervisor signs for the spoiled sheet in the page."""
    yield from stand_at(day, "承認待ち")
    press("1")
    yield lambda: focus_name() == "certificates_approver_id"
    type_keys(APPROVER)
    press("Enter")
    yield lambda: focus_name() == "certificates_approver_password"
    type_keys(PASSWORDS[APPROVER])
    yield from picture(day, "certificates-approve")
    press("Enter")
    yield lambda: settled(day)() and focus_name() == "certificates_table"


def shown(name: str) -> str:
    """All the words of a table."""
    table = find(name, QTableView)
    return " ".join(row_text(table, row) for row in range(table.model().rowCount()))


def row_text(table: QTableView, row: int) -> str:
    model = table.model()
    parts = [model.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole) for column in range(model.columnCount())]
    return " ".join(str(part) for part in parts if part)


def certificates_in_spool(day: Day) -> Script:
    """The printed files give back the names with their variation selectors."""
    texts = []
    for number, file in enumerate(sorted(day.house.settings.spool.glob("*.pdf")), start=1):
        day.record.keep(f"certificate-{number}", file)
        texts.append(page_text(file, 0))
    everything = "".join(texts)
    for paper in (PAPERS[0], PAPERS[2]):
        name = paper.who.split("\u3000", maxsplit=1)[0]
        expect(name in everything, f"no certificate gives back the {len(name)} characters of the name on {paper.form}")
    yield lambda: True
