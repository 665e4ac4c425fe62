"""立入り調査: what was inspected and what was found; while one goes on at this terminal, its checklist."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from nhi_center.domain.on_site_inspection import Finding, Inspection, Verdict
from nhi_center.domain.operators import Action
from nhi_center.domain.periods import fiscal_year_words
from nhi_center.services import on_site_inspection as service
from nhi_center.services import on_site_sheet
from nhi_center.services.controls import measures
from nhi_center.services.on_site_inspection import Checked, OnSite
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.paper_maker import PaperMaker
from nhi_center.ui.common.parts import ActionButton, Chip, plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.controls import on_site_forms as forms
from nhi_center.ui.controls.measures_panel import TONES

_STATES = {"済み": "done", "指摘あり": "warning", "調査中": "warning", "取りやめ": "plain"}
_FINDINGS = {"終わり": "done", "回答あり": "warning", "回答待ち": "error"}
_VERDICTS = {Verdict.FIT: "done", Verdict.UNFIT: "error", Verdict.NOT_ASKED: "plain"}
_LABELS = {measure.id: measure.label for measure in measures()}


class OnSitePanel(QWidget):
    """``inspections_table`` and ``findings_table``, or while one goes on here, for the ward, ``checklist_table``.

    F3 begins an inspection, or writes the line in front; F4 answers or ends the finding in front; F6 gives up; Ctrl+Enter signs
    the end; F11 makes 立入り調査票. Signals: said(kind, text), keys_changed().
    """

    said = Signal(str, str)
    keys_changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("on_site_panel")
        self._inspects = desk.may(Action.ON_SITE_INSPECT)
        self._settles = desk.may(Action.SETTLE_CONTROL)
        self._found: OnSite | None = None
        self.papers = PaperMaker(desk, self)
        self.papers.said.connect(self.said)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.chip = Chip("", name="on_site_chip")
        self.state = words("", "secondary", name="on_site_state")
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.chip)
        head.addWidget(self.state)
        head.addStretch(1)
        self.chip.hide()
        column.addLayout(head)
        self.stack = QStackedWidget()
        self.stack.setObjectName("on_site_pages")
        self.stack.addWidget(self._lists())
        self.checklist = self._checklist()
        self.stack.addWidget(self.checklist)
        column.addWidget(self.stack, 1)
        column.addLayout(self._foot())

    def _lists(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.inspections = DataTable(
            (
                Column("調査の日", lambda row: Cell(strong=row.day.isoformat()), 120),
                Column("年度", lambda row: fiscal_year_words(row.year), 130),
                Column("状態", lambda row: Cell(chip=row.state, tone=_STATES[row.state]), 110),
                Column("調査した区職員", lambda row: "・".join(name for _person, name in row.inspectors)),
                Column("端末", lambda row: row.terminal, 80),
                Column("指摘", lambda row: f"{len(row.findings)}件", 80, "right"),
            ),
            name="inspections_table",
            label="立入り調査",
            empty="立入り調査の記録はありません。区職員が二人で F3 を押して始めます。",
            row_key=lambda row: row.id,
        )
        self.findings = DataTable(
            (
                Column("対策", lambda row: Cell(strong=_LABELS.get(row.line.measure, row.line.measure)), 126),
                Column("指摘", lambda row: row.line.words),
                Column("期限", self._due, 126),
                Column("状態", lambda row: Cell(chip=row.state, tone=_FINDINGS[row.state]), 110),
                Column("最後の回答", lambda row: row.answers[-1].words if row.answers else "", 300),
            ),
            name="findings_table",
            label="指摘",
            empty="指摘はありません。不適とした項目が、期限と一緒にここに並びます。",
            row_key=lambda row: (row.inspection, row.line.measure),
        )
        column.addWidget(self.inspections, 2)
        heading = words("指摘と回答", "heading")
        heading.setFixedHeight(24)
        column.addWidget(heading)
        column.addWidget(self.findings, 3)
        return page

    def _checklist(self) -> DataTable:
        table = DataTable(
            (
                Column("対策", lambda row: Cell(strong=row.measure.label), 126),
                Column("資料の言葉", lambda row: row.measure.words, 380, most=460),
                Column("製品の表示", lambda row: Cell(chip=row.standing.state.label, tone=TONES[row.standing.state]), 110),
                Column("適否", _verdict, 90),
                Column("指摘・備考", lambda row: row.line.words if row.line else ""),
                Column("期限", lambda row: row.line.due.isoformat() if row.line and row.line.due else "", 110),
            ),
            name="checklist_table",
            label="立入り調査の項目",
            empty="項目を読み込んでいます。",
            row_key=lambda row: row.measure.id,
        )
        table.row_activated.connect(lambda _row: self._write())
        return table

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(words("年度に1回以上、区職員が二人以上で行います。", "secondary"), 1)
        self.buttons: dict[str, ActionButton] = {}
        for label, key, act in (
            ("立入り調査を始める", "F3", self._on_f3),
            ("指摘に答える", "F4", self._answer),
            ("取りやめる", "F6", self._give_up),
            ("調査票を作る", "F11", self._paper),
            ("終えて署名する", "Ctrl+Enter", self._end),
        ):
            button = plain_button(label, key, name=f"on_site_{key.lower().replace('+', '_')}_button")
            button.clicked.connect(lambda _checked=False, act=act: act())
            self.buttons[key] = button
            foot.addWidget(button)
        if self._settles:
            self.buttons["F4"].set_words("指摘を終わりにする")
        self._arrange()
        return foot

    # -- the window's side --

    @property
    def going_on(self) -> bool:
        """Whether the checklist of an inspection stands in front."""
        return self._inspects and self._found is not None and self._found.current is not None

    def keys(self) -> tuple[KeyHint, ...]:
        if self.going_on:
            return (KeyHint("F3", "記入"), KeyHint("F6", "取りやめる"), KeyHint("Ctrl+Enter", "終えて署名"))
        begin = (KeyHint("F3", "始める"),) if self._inspects else ()
        return (*begin, KeyHint("F4", "終わりにする" if self._settles else "答える"), KeyHint("F11", "調査票"))

    def first_focus(self) -> QWidget:
        return self.checklist if self.going_on else self.inspections

    def refresh(self) -> None:
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest("on_site", Lane.READ, lambda _token: service.on_site(office, session), owner=self, done=self._show)

    def _show(self, found: OnSite) -> None:
        was = self.going_on
        self._found = found
        self.inspections.set_rows(found.inspections)
        self.findings.set_rows(sorted(found.findings, key=lambda one: one.settled is not None))
        self.checklist.set_rows(found.checklist)
        self.stack.setCurrentIndex(1 if self.going_on else 0)
        self._say_state(found)
        self._arrange()
        if was is not self.going_on:
            self.keys_changed.emit()

    def _say_state(self, found: OnSite) -> None:
        left = sum(row.line is None for row in found.checklist)
        late = sum(one.overdue(found.today) for one in found.findings)
        if self.going_on and found.current is not None:
            self.chip.set_state("調査中", "warning")
            names = "・".join(name for _person, name in found.current.inspectors)
            self.state.setText(f"{names} 残り {left}項目")
        elif found.reminder or late:
            self.chip.set_state("要対応", "error")
            self.state.setText(f"{found.reminder}。" if found.reminder else f"期限を過ぎた指摘が{late}件あります。")
        else:
            self.chip.set_state("異状なし", "done")
            self.state.setText("期限を過ぎたものはありません。")
        self.chip.setVisible(True)

    def _arrange(self) -> None:
        on = self.going_on
        self.buttons["F3"].set_words("この項目を記入" if on else "立入り調査を始める")
        shown = {"F3": self._inspects, "F4": not on, "F6": on, "F11": not on, "Ctrl+Enter": on}
        for key, visible in shown.items():
            self.buttons[key].setVisible(visible)

    def _due(self, row: Finding) -> Cell:
        due = row.line.due.isoformat() if row.line.due else ""
        late = self._found is not None and row.overdue(self._found.today)
        return Cell(chip=due, tone="error") if late else Cell(due)

    # -- acting --

    def _on_f3(self) -> None:
        if self.going_on:
            self._write()
        elif self._inspects:
            forms.begin_form(self, self.desk, self._told("立入り調査を始めました。項目ごとに F3 で適・不適を入れます。"))

    def _write(self) -> None:
        row: Checked | None = self.checklist.current_row()
        if row is not None and self._found is not None:
            forms.line_form(self, self.desk, row, self._found.today, self._line_kept)

    def _line_kept(self, _none: object) -> None:
        """On to the next line that nobody has looked at."""
        at = self.checklist.currentIndex().row()
        rows = self.checklist.rows()
        order = [*range(at + 1, len(rows)), *range(at)]
        following = next((index for index in order if rows[index].line is None), at)
        self.checklist.select(following)
        self.refresh()
        self.checklist.setFocus()

    def _end(self) -> None:
        if self._found is not None and self._found.current is not None and self.going_on:
            told = self._told("立入り調査を終えて署名しました。F11 で調査票を作ります。")
            forms.end_form(self, self.desk, self._found.current, told)

    def _give_up(self) -> None:
        if self.going_on:
            forms.give_up_form(self, self.desk, self._told("立入り調査を取りやめました。理由は残ります。"))

    def _answer(self) -> None:
        row: Finding | None = self.findings.current_row()
        if self.going_on:
            return
        if row is None:
            self.said.emit("info", "下の指摘を選んでから押します。")
            return
        forms.finding_form(self, self.desk, row, _LABELS.get(row.line.measure, ""), self._settles, self._told("記録しました。"))

    def _paper(self) -> None:
        row: Inspection | None = self.inspections.current_row()
        if row is None:
            self.said.emit("info", "立入り調査を選んでから押します。")
        elif not self.going_on:
            self.papers.make(on_site_sheet.make_sheet, row.id)

    def _told(self, text: str) -> Callable[[object], None]:
        def kept(_result: object) -> None:
            self.said.emit("done", text)
            self.refresh()

        return kept


def _verdict(row: Checked) -> Cell:
    return Cell(chip=row.line.verdict.label, tone=_VERDICTS[row.line.verdict]) if row.line else Cell("")
