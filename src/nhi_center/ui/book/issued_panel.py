"""発行一覧: every sheet that went through a printer in a period, and the list of it for the ward as a PDF."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.operators import Action
from nhi_center.services import certificate_book as service
from nhi_center.services.certificate_book import BookRow
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import plain_button
from nhi_center.ui.common.period_fields import PeriodFields
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run

_TONES = {"検品済": "done", "書損": "error", "無効": "error", "返戻": "warning", "現物を確認": "warning"}


class IssuedPanel(QWidget):
    """Alt+P goes to the period above; Enter there reads it. F3 makes the PDF, F6 shows what was made like a wrong one.

    Signals: said(kind, text).
    """

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("issued_panel")
        today = desk.office.clock.today()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.period = PeriodFields("issued", today)
        self.period.asked.connect(self._ask)
        self.count = words("", "secondary", name="issued_count")
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.period)
        head.addWidget(self.count, 1)
        column.addLayout(head)
        self.table = self._table(desk)
        column.addWidget(self.table, 1)
        column.addLayout(self._foot())

    def _table(self, desk: Desk) -> DataTable:
        return DataTable(
            (
                Column("用紙番号", lambda row: row.serial or "普通紙", 92),
                Column("証の種類", lambda row: row.kind.short_title, 156),
                Column("氏名", lambda row: row.name, 0, name=True),
                Column("記号番号枝番", lambda row: row.insured_number, 148),
                Column("有効期限", lambda row: wareki(row.valid_until) if row.valid_until else "期限なし", 128),
                Column("いま", lambda row: Cell(chip=row.standing, tone=_TONES.get(row.standing, "info")), 108),
                Column("印刷", lambda row: f"{row.printed_at[11:16]} {row.printed_by}", 150),
                Column("検品", lambda row: row.checked_by, 104),
            ),
            name="issued_table",
            label="発行一覧",
            empty="この期間に印刷した証はありません。Alt+P で期間を入れて Enter を押します。",
            names=desk.glyphs,
            row_key=lambda row: row.job,
        )

    def _foot(self) -> QHBoxLayout:
        self.alike_button = plain_button("同じ時の証", "F6", name="issued_alike_button")
        if not self.desk.may(Action.ADJUDICATE):
            self.alike_button.hide()
        self.alike_button.clicked.connect(self._alike)
        self.list_button = plain_button("発行一覧を作る", "F3", name="issued_list_button")
        self.list_button.clicked.connect(self._make)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(words("書損も並びます。一覧は業務フォルダーの帳票にできます。", "secondary"), 1)
        foot.addWidget(self.alike_button)
        foot.addWidget(self.list_button)
        return foot

    def keys(self) -> tuple[KeyHint, ...]:
        alike = (KeyHint("F6", "同じ時の証"),) if self.desk.may(Action.ADJUDICATE) else ()
        return (self.period.hint, *alike, KeyHint("F3", "発行一覧"))

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        self._ask()

    def _ask(self) -> None:
        period = self.period.period()
        if period is not None:
            run(self.desk, self, Lane.READ, service.book, *period, done=self._show)

    def _show(self, rows: tuple[BookRow, ...]) -> None:
        self.table.set_rows(rows)
        if self.period.in_hand:
            self.table.setFocus()
        spoiled = sum(row.spoiled for row in rows)
        self.count.setText(f"{len(rows)}枚(うち書損 {spoiled}枚)" if rows else "")

    def _make(self) -> None:
        period = self.period.period()
        if period is not None:
            run(self.desk, self, Lane.PRINT, service.make_issue_list, *period, done=self._made, failed=self._refused)

    def _made(self, made: Path) -> None:
        self.said.emit("done", f"発行一覧を作りました: {made.name}(業務フォルダーの帳票)")

    def _refused(self, error: Exception) -> None:
        if not self.period.show_error(error):
            self.desk.present_error(error)

    def _alike(self) -> None:
        row = self.table.current_row()
        if row is not None:
            run(self.desk, self, Lane.READ, service.made_alike, row.job, done=lambda rows: self._show_alike(row, rows))

    def _show_alike(self, wrong: BookRow, rows: tuple[BookRow, ...]) -> None:
        self.table.set_rows(rows)
        what = f"{wrong.serial or wrong.kind.short_title}と同じ日に同じ人が刷った{wrong.kind.short_title}"
        self.count.setText(f"{what} {len(rows)}枚。Alt+P の期間で Enter を押すと戻ります。")
