"""疑義照会で戻った書類: which 管理票 an open incoming 便 brings back, typed or scanned, each with its sheets."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.custody import Slip
from nhi_center.errors import OperatorError
from nhi_center.services import hold_papers as service
from nhi_center.services.hold_papers import AwayPaper, Named
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.parts import plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run


@dataclass(frozen=True, slots=True)
class _Row:
    paper: AwayPaper
    named: Named | None


class BackPage(QWidget):
    """Signals: said(kind, text), left() back to the 便."""

    said = Signal(str, str)
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("back_page")
        self._handover = ""
        self._build()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.count = words("", "secondary", name="back_count")
        column.addWidget(TitleLine("疑義照会で戻った書類", self.count, right="新しい届出にはせず、元の管理票で受け取ります。"))
        self.table = DataTable(
            (
                Column("管理票", lambda row: Cell(strong=row.paper.slip.number), 120),
                Column("届出・申請", lambda row: row.paper.form_title, 0),
                Column("照会", lambda row: row.paper.query, 110),
                Column("区の回答", lambda row: "あり" if row.paper.answered else "まだ", 90),
                Column("この便で戻る", _named, 190),
            ),
            name="back_table",
            label="疑義照会で区にある書類",
            empty="疑義照会で区にある書類はありません。照会票とともに渡した書類が、ここに並びます。",
            row_key=lambda row: row.paper.slip.id,
        )
        column.addWidget(self.table, 1)
        self.slip = LineField(
            "slip", "戻った書類の管理票の番号", limit=60, ime=False, required=True, hint="読み取るか、番号を入れて Enter"
        )
        self.sheets = DigitsField("sheets", "枚数(添付を含む)", required=True)
        self.slip.setFixedWidth(330)
        self.sheets.setFixedWidth(200)
        self.keep_button = primary_button("受け取る", name="back_keep_button")
        self.drop_button = plain_button("選んだものを外す", "Alt+D", name="back_drop_button")
        self.keep_button.clicked.connect(self._keep)
        self.drop_button.clicked.connect(self._drop)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        for part in (self.slip, self.sheets):
            foot.addWidget(part)
        foot.addStretch(1)
        foot.addWidget(self.drop_button)
        foot.addWidget(self.keep_button)
        column.addLayout(foot)
        self.chain = FieldChain((self.slip, self.sheets), self)
        self.chain.finished.connect(self._keep)

    def keys(self) -> tuple[KeyHint, ...]:
        return (
            KeyHint("Enter", "次の欄"),
            KeyHint("Alt+D", "外す"),
            KeyHint("Esc", "便へ戻る", self.left.emit),
            KeyHint("Ctrl+Enter", "受け取る"),
        )

    def first_focus(self) -> QWidget:
        return self.slip.editor

    def load(self, handover_id: str) -> None:
        """The open 便."""
        self._handover = handover_id
        self.refresh()

    def refresh(self) -> None:
        if self._handover:
            run(self.desk, self, Lane.READ, service.back_of, self._handover, done=self._show)

    def _show(self, found: tuple[tuple[AwayPaper, ...], tuple[Named, ...]]) -> None:
        papers, named = found
        by_slip = {one.slip: one for one in named}
        self.table.set_rows(tuple(_Row(paper, by_slip.get(paper.slip.id)) for paper in papers))
        self.count.setText(f"区に {len(papers)}件、この便で {len(named)}件 {sum(one.sheets for one in named)}枚")

    def _keep(self) -> None:
        if not self.chain.commit_all():
            return
        facts = self._handover, self.slip.value(), int(self.sheets.value())
        run(self.desk, self, Lane.WRITE, service.name_back, *facts, done=self._kept, failed=self._refused)

    def _kept(self, slip: Slip) -> None:
        self.said.emit("done", f"管理票 {slip.number} をこの便で受け取ります。件数と枚数は、双方の数にも入れてください。")
        self._empty()

    def _drop(self) -> None:
        row = self.table.current_row()
        if row is None or row.named is None:
            self.said.emit("warning", "この便で受け取る管理票を選んでください。")
            return
        facts = self._handover, row.paper.slip.id
        run(self.desk, self, Lane.WRITE, service.drop_back, *facts, done=lambda _none: self._empty(), failed=self._refused)

    def _empty(self) -> None:
        for field in self.chain.fields:
            field.clear()
        self.refresh()
        self.slip.editor.setFocus()

    def _refused(self, error: Exception) -> None:
        if not (isinstance(error, OperatorError) and self.chain.show_error(error)):
            self.desk.present_error(error)
            self.refresh()


def _named(row: _Row) -> Cell:
    return Cell(chip=f"{row.named.sheets}枚", tone="done") if row.named else Cell("–")
