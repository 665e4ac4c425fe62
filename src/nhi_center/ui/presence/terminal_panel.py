"""端末: which terminals know that somebody has been shut out. A terminal that does not is named in red."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.services.roster_told import Removal, TerminalLine, Told, told
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import Chip
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.presence.papers import PapersButton


class TerminalPanel(QWidget):
    """``terminal_table`` and ``removal_table``. Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("terminal_panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.table = DataTable(
            (
                Column("端末", lambda row: row.terminal + (" (この端末)" if row.own else ""), 240),
                Column("最後の通信", lambda row: row.contact, 220),
                Column("外した人の伝達", _told),
            ),
            name="terminal_table",
            label="端末と伝達の状況",
            empty="ここには、区のサーバと通信した端末が並びます。",
            row_key=lambda row: row.terminal,
        )
        self.removals = DataTable(
            (
                Column("ID", lambda row: row.person, 240),
                Column("外した時刻", lambda row: row.at, 220),
                Column("まだ伝わっていない端末", _untold),
            ),
            name="removal_table",
            label="外した人",
            empty="ここには、アカウントを停止した人と、まだ伝わっていない端末が並びます。",
            row_key=lambda row: (row.person, row.at),
        )
        column.addWidget(self.table, 3)
        heading = words("外した人", "heading")
        heading.setFixedHeight(24)
        column.addWidget(heading)
        column.addWidget(self.removals, 2)
        column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        self.chip = Chip("", name="untold_chip")
        foot.addWidget(self.chip)
        foot.addWidget(
            words("伝わっていない端末では、外した人がまだ使えます。その端末をつなぐか、電源を切ってください。", "secondary")
        )
        foot.addStretch(1)
        self.papers = PapersButton(self.desk, (("terminals", "端末一覧"),), name="terminals_pdf_button")
        self.papers.said.connect(self.said)
        foot.addWidget(self.papers)
        return foot

    def keys(self) -> tuple[KeyHint, ...]:
        return self.papers.keys()

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest("told", Lane.READ, lambda _token: told(office, session), owner=self, done=self._show)

    def _show(self, found: Told) -> None:
        self.table.set_rows(found.terminals)
        self.removals.set_rows(found.removals)
        late = {terminal for removal in found.removals for terminal in removal.untold}
        unsent = sum(not removal.sent for removal in found.removals)
        if not found.removals:
            self.chip.set_state("外した人はいません", "plain")
        elif late or unsent:
            self.chip.set_state(f"未伝達 {len(late)}台" if late else f"未送信 {unsent}件", "error")
        else:
            self.chip.set_state("すべて伝達済", "done")


def _told(row: TerminalLine) -> Cell:
    if row.untold:
        return Cell(chip="未伝達", tone="error", text="・".join(row.untold), colour="#ce0000")
    return Cell(chip="伝達済", tone="done")


def _untold(row: Removal) -> Cell:
    if not row.sent:
        return Cell(chip="未送信", tone="error", text="区のサーバへまだ送っていません。", colour="#ce0000")
    if row.untold:
        return Cell(chip="未伝達", tone="error", text="・".join(row.untold), colour="#ce0000")
    return Cell(chip="すべて伝達済", tone="done")
