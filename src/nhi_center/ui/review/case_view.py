"""One application as ward staff read it: what it changes, what was asked and answered on the way, what the form says."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from nhi_center.domain.forms.summary import Row
from nhi_center.services.review import KeyedLine, ReviewCase
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.name_lines import NameLines
from nhi_center.ui.common.parts import Card
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable

NAME_PX = 18
CHARACTERS_A_LINE = 10
NOT_DRAWN = "▲ 抽出外: 照合の割合により、二度入力していません。紙と照らして審査してください。"
CHANGE_ROWS, MOST_CHANGE_ROWS = 4, 9
COLUMNS = 3


class CaseView(QWidget):
    """Empty until ``show_case``. The form's lines scroll with the arrow keys when they have the focus."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("case_view")
        self._desk = desk
        self.application = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(self._left(), 490)
        row.addWidget(self._right(), 648)
        self.clear()

    def _left(self) -> QVBoxLayout:
        self.changes = DataTable(
            (
                Column("項目", lambda row: row.item, 108),
                Column("いま", lambda row: row.now, 176),
                Column("届出後", lambda row: Cell(strong=row.after) if row.changes else row.after),
            ),
            name="change_table",
            label="届出の前と後",
            empty="ここには届出の前と後が並びます。",
        )
        self.changes.set_height_for(CHANGE_ROWS)
        self.changes.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.notes = _ScrollBox("review_notes", "確かめること")
        card = Card("確かめること", name="notes_card")
        card.body.addWidget(self.notes, 1)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.changes)
        left.addWidget(card, 1)
        return left

    def _right(self) -> Card:
        self.area = KeyedLines(self._desk)
        card = Card("入力された内容", right="✓ は照合した欄", name="keyed_card")
        card.body.addWidget(self.area, 1)
        return card

    def clear(self) -> None:
        self.application = ""
        self.changes.set_rows(())
        self.notes.setWidget(words("", "secondary"))
        self.area.say("一覧の届出・申請の内容が、ここに出ます。")

    def show_case(self, case: ReviewCase) -> None:
        self.application = case.row.application
        rows = _rows(case)
        self.changes.set_rows(rows)
        self.changes.set_height_for(min(len(rows), MOST_CHANGE_ROWS) or CHANGE_ROWS)
        longer = len(rows) > MOST_CHANGE_ROWS
        self.changes.setFocusPolicy(Qt.FocusPolicy.StrongFocus if longer else Qt.FocusPolicy.NoFocus)
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if longer else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.changes.setVerticalScrollBarPolicy(policy)
        self.changes.clearSelection()
        self.notes.setWidget(_notes(case))
        self.area.show_lines(case.lines)


def _rows(case: ReviewCase) -> tuple[Row, ...]:
    """Of one person as they are; of several each under his name."""
    if len(case.changes) == 1:
        return case.changes[0][1]
    return tuple(row for name, rows in case.changes for row in (Row(name or "氏名なし", "", ""), *rows))


class _ScrollBox(QScrollArea):
    """Words that may be longer than their place; the arrow keys scroll."""

    def __init__(self, name: str, label: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


class KeyedLines(_ScrollBox):
    """入力された内容: the filled fields of one form, three beside each other, read-only."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("keyed_lines", "入力された内容")
        self._desk = desk

    def say(self, text: str) -> None:
        """Words instead of a form."""
        self.setWidget(words(text, "secondary", wrap=True))

    def show_lines(self, lines: tuple[KeyedLine, ...]) -> None:
        self.setWidget(self._lines(lines))

    def _lines(self, lines: tuple[KeyedLine, ...]) -> QWidget:
        inside = QWidget()
        inside.setObjectName("keyed_list")
        grid = QGridLayout(inside)
        grid.setContentsMargins(2, 0, 8, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        row, column, page = -1, COLUMNS, ""
        for line in lines:
            if line.page != page:
                page, row, column = line.page, row + 1, COLUMNS
                grid.addWidget(words(page, "heading"), row, 0, 1, COLUMNS)
            if column == COLUMNS:
                row, column = row + 1, 0
            grid.addWidget(self._line(line), row, column, Qt.AlignmentFlag.AlignTop)
            column += 1
        for index in range(COLUMNS):
            grid.setColumnStretch(index, 1)
        grid.setRowStretch(row + 1, 1)
        return inside

    def _line(self, line: KeyedLine) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(words(f"{line.label} ✓" if line.verified else line.label, "secondary", wrap=True))
        if line.is_name:
            value: QWidget = NameLines(self._desk.glyphs, NAME_PX, line.value, characters=CHARACTERS_A_LINE, name="keyed_name")
        else:
            value = words(line.value, "dense", wrap=True)
        column.addWidget(value)
        return box


def _notes(case: ReviewCase) -> QWidget:
    inside = QWidget()
    inside.setObjectName("review_notes_list")
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 8, 0)
    column.setSpacing(6)
    if case.row.corrects:
        column.addWidget(_note(f"訂正: 管理票 {case.row.corrects} の届出を直したものです。", "warning"))
    if not case.row.drawn:
        column.addWidget(_note(NOT_DRAWN, "warning"))
    if case.row.problem:
        column.addWidget(_note(f"● {case.row.problem}", "error"))
    for answered in case.answered:
        column.addWidget(_note(f"▲ {answered.sentence}", "warning"))
        column.addWidget(words(f"→ {answered.answer}", "secondary", wrap=True))
    if case.row.drawn and not case.row.problem and not case.answered and not case.row.corrects:
        column.addWidget(words("警告も照会もありません。", "secondary", wrap=True))
    column.addStretch(1)
    return inside


def _note(text: str, tone: str) -> QLabel:
    label = words(text, "note", wrap=True)
    label.setProperty("tone", tone)
    return label
