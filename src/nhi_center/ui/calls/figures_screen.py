"""電話の集計: a period by hour and by length as pictures, and by 分類 as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.call_figures import CallFigures, CategoryLine, HourLine, LengthLine
from nhi_center.domain.calls import Outcome, clock_words
from nhi_center.services import call_figures as service
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.bar_chart import BarChart, BarGroup
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.period_fields import PeriodFields
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run


class CallFiguresScreen(Screen):
    """Alt+P goes to the period, F3 makes a PDF, Esc goes back to the calls. Nobody's name stands here."""

    name = "call_figures"
    title = "電話の集計"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.period = PeriodFields("call_figures", desk.office.clock.today())
        self.period.asked.connect(self.refresh)
        self.summary = words("", "secondary", name="call_figures_summary", wrap=True)
        self.chart = BarChart(("受けた", "その場で回答"), "件", name="call_figures_chart", label="時間ごとの電話")
        self.lengths = BarChart(
            ("受けた", "その場で回答"),
            "件",
            name="call_figures_lengths",
            label="長さごとの電話",
            empty="ここには通話の長さごとの件数が出ます。",
        )
        self.table = DataTable(
            (
                Column("分類", lambda row: Cell(strong="合計") if row.category == _ALL else service.title_of(row.category), 0),
                Column("件", lambda row: f"{row.calls:,}", 60, "right"),
                *(Column(outcome.heading, partial(_having, outcome), 64, "right") for outcome in Outcome),
                Column("その場で回答", lambda row: f"{row.at_once}%", 104, "right"),
                Column("長さ 中央", lambda row: clock_words(row.middle), 90, "right"),
                Column("最長", lambda row: clock_words(row.longest), 80, "right"),
            ),
            name="call_figures_table",
            label="分類ごとの電話",
            empty="この期間に記録した電話はありません。Alt+P で期間を入れて Enter を押します。",
            row_key=lambda row: row.category,
        )
        self._build()

    def _build(self) -> None:
        self.page.addWidget(TitleLine(self.title, right="だれの電話かは出ません。"))
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self.period)
        head.addWidget(self.summary, 1)
        self.page.addLayout(head)
        column = QVBoxLayout()
        column.setSpacing(12)
        charts = QHBoxLayout()
        charts.setSpacing(24)
        for caption, chart in (("時間ごと", self.chart), ("長さごと", self.lengths)):
            part = QVBoxLayout()
            part.setSpacing(2)
            heading = words(caption, "heading")
            heading.setFixedHeight(24)
            part.addWidget(heading)
            part.addWidget(chart, 1)
            charts.addLayout(part, 1)
        column.addLayout(charts, 2)
        column.addWidget(self.table, 3)
        self.page.addLayout(column, 1)

    def keys(self) -> tuple[KeyHint, ...]:
        return (self.period.hint, KeyHint("F3", "PDFを作る", self._make), KeyHint("Esc", "電話へ"))

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        period = self.period.period()
        if period is not None:
            run(self.desk, self, Lane.READ, service.of_period, *period, done=self._show, failed=self._refused)

    def _show(self, found: CallFigures) -> None:
        total = found.total
        self.table.set_rows((_as_total(total), *found.categories) if total.calls else ())
        self.chart.set_groups(_groups(found.hours))
        self.lengths.set_groups(_groups(found.lengths))
        parts = (
            f"電話 {total.calls:,}件",
            f"その場で回答 {total.at_once}%",
            f"区へ {total.having(Outcome.TO_WARD):,}件",
            f"折返しの約束 {found.promised:,}件(遅れ {found.late:,}件)",
        )
        self.summary.setText("  ".join(parts) if total.calls or found.promised else "")
        if self.period.in_hand:
            self.table.setFocus()

    def _make(self) -> None:
        period = self.period.period()
        if period is not None:
            run(self.desk, self, Lane.PRINT, service.make_sheet, *period, done=self._made, failed=self._refused)

    def _made(self, made: Path) -> None:
        self.say("done", f"集計を作りました: {made.name}(業務フォルダーの帳票)")

    def _refused(self, error: Exception) -> None:
        if not self.period.show_error(error):
            self.desk.present_error(error)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.desk.window.open_screen("calls", {})
            return
        super().keyPressEvent(event)


def _groups(lines: Iterable[HourLine | LengthLine]) -> tuple[BarGroup, ...]:
    return tuple(BarGroup(line.words, (line.calls, line.answered)) for line in lines)


def _having(outcome: Outcome, line: CategoryLine) -> str:
    return f"{line.having(outcome):,}"


_ALL = "*"


def _as_total(line: CategoryLine) -> CategoryLine:
    return replace(line, category=_ALL)
