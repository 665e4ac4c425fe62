"""入力の一覧: what waits for a clerk's hand. 至急 first, then what the ward has answered, drafts, and the rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.entry import State
from nhi_center.domain.holds import Stage
from nhi_center.domain.paper_age import overdue_words
from nhi_center.services.entry_list import WaitingRow
from nhi_center.ui.common.difference import number_cell
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.parts import ActionButton
from nhi_center.ui.common.screen import TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.urgent import URGENT_COLUMN, urgent_cell


class ListPage(QWidget):
    """The table and its foot; the screen fetches the rows."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._now = now
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.counts = words("", "secondary", name="entry_counts")
        column.addWidget(TitleLine("入力", self.counts, right="上から順に。Enter で開きます。"))
        self.table = DataTable(
            (
                Column("急ぎ", self._haste, URGENT_COLUMN + 26),  # 期限超過 of hundreds of hours is said whole
                Column("管理票", lambda row: number_cell(row.slip.number, marked=row.marked), 184),
                Column("届出・申請", lambda row: row.form_title, 190),
                Column("状態", _state, 170),
                Column("入力者", lambda row: row.keyer_name, 130),
                Column("保存", lambda row: row.application.saved_at[11:16] if row.application else "", 70),
                Column("質問・回答・差戻し", _question),
            ),
            name="entry_table",
            label="入力する管理票",
            empty="入力待ちの管理票はありません。受渡しで書類を受け取ると、ここに管理票が並びます。",
            row_key=lambda row: row.slip.id,
        )
        column.addWidget(self.table, 1)
        self.urgent_button = ActionButton("至急にする・戻す", key="Alt+U", bind=False, name="urgent_button")
        self.open_button = ActionButton("開く", key="Ctrl+Enter", primary=True, bind=False, name="open_button")
        foot = QHBoxLayout()
        foot.setSpacing(12)
        self.slip = LineField("entry_slip", "管理票の番号", limit=60, ime=False, reserve_note=False)
        self.slip.setFixedWidth(240)
        foot.addWidget(self.slip)
        foot.addWidget(words("他の人の下書きは本人か取扱責任者が開きます。", "secondary"), 1)
        foot.addWidget(self.urgent_button)
        foot.addWidget(self.open_button)
        column.addLayout(foot)
        self.set_rows(())

    def _haste(self, row: WaitingRow) -> Cell | str:
        """至急 with its clock; else, in red, how long the paper is past the hours it may be on hand."""
        late = overdue_words(row.overdue_hours)
        return urgent_cell(row.urgent_until, self._now()) or (Cell(chip=late, tone="error") if late else "")

    def set_rows(self, rows: tuple[WaitingRow, ...]) -> None:
        self.table.set_rows(rows)
        drafts = sum(row.application is not None and row.application.state is State.DRAFTING for row in rows)
        held = sum(row.application is not None and row.application.state is State.HELD for row in rows)
        self.counts.setText(f"入力待ち {len(rows) - drafts - held}件 下書き {drafts}件 保留・照会 {held}件")
        for button in (self.urgent_button, self.open_button):
            button.setEnabled(bool(rows))


def _state(row: WaitingRow) -> Cell | str:
    if row.application is not None and row.application.state is State.HELD and row.hold is not None and row.hold.answered:
        return Cell(chip="回答あり・紙は区", tone="warning")
    if row.application is not None and row.application.state is State.HELD and row.hold is not None:
        return Cell(chip=row.hold.stage.label, tone="warning")
    if row.sent_back:
        return Cell(chip="訂正" if row.corrects else "差戻し", tone="warning")
    if row.application is None or row.application.state is State.RECEIVED:
        return "入力待ち"
    if row.hold is not None and row.hold.stage is Stage.ANSWERED:
        return Cell(chip=row.hold.stage.label, tone="info")
    return Cell(chip="下書き", tone="plain")


def _question(row: WaitingRow) -> str:
    if row.sent_back:
        return row.sent_back if row.corrects else f"理由: {row.sent_back}"
    if row.hold is None:
        return ""
    if row.hold.stage is not Stage.ANSWERED:
        return f"{row.hold.query or '質問'}: {row.hold.for_ward}"
    return f"{'区' if row.hold.by_ward else '責任者'}の回答: {row.hold.answer}"
