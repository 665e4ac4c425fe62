"""対策の一覧: every measure of the council paper with its state and last proof, and what the product does for it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.controls import Standing, State
from nhi_center.services import controls as service
from nhi_center.services.controls import Controls
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.paper_maker import PaperMaker
from nhi_center.ui.common.parts import Card, Chip, plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable

TONES = {State.MET: "done", State.ACTION: "error", State.BY_RECORD: "plain"}


class MeasuresPanel(QWidget):
    """``measures_table``, ``measures_details``; F3 checks again, F11 makes the list. Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("measures_panel")
        self.papers = PaperMaker(desk, self)
        self.papers.said.connect(self.said)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.chips = {state: Chip("", name=f"measures_{state.value}_chip") for state in State}
        head = QHBoxLayout()
        head.setSpacing(8)
        for chip in self.chips.values():
            chip.hide()
            head.addWidget(chip)
        head.addWidget(words("審議会の資料の対策を、いまの記録と設定で確かめたものです。", "secondary"))
        head.addStretch(1)
        column.addLayout(head)
        self.table = DataTable(
            (
                Column("対策", lambda row: Cell(strong=row.measure.label), 126),
                Column("状態", lambda row: Cell(chip=row.state.label, tone=TONES[row.state]), 110),
                Column("資料の言葉", lambda row: row.measure.words, 380, most=520),
                Column("分かったこと", lambda row: row.sentence),
                Column("最後の証拠", lambda row: row.at or "–", 110),
            ),
            name="measures_table",
            label="情報保護対策の一覧",
            empty="確かめています。終わると、対策がここに並びます。",
            row_key=lambda row: row.measure.id,
        )
        self.table.current_row_changed.connect(self._show_details)
        column.addWidget(self.table, 1)
        column.addWidget(self._details())
        column.addLayout(self._foot())

    def _details(self) -> Card:
        self.card = Card("選んだ対策", panel=True, name="measures_details")
        self.found = words("", "dense", name="measures_found", wrap=True)
        self.does = words("", "dense", name="measures_does", wrap=True)
        self.evidence = words("", "dense", name="measures_evidence", wrap=True)
        for label in (self.found, self.does, self.evidence):
            self.card.add(label)
        self.card.body.addStretch(1)
        self.card.setFixedHeight(140)
        return self.card

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(words("端末の守りは、最後の動作点検によります。", "secondary"), 1)
        again = plain_button("もう一度確かめる", "F3", name="measures_again_button")
        again.clicked.connect(self.refresh)
        paper = plain_button("一覧をPDFにする", "F11", name="measures_pdf_button")
        paper.clicked.connect(lambda: self.papers.make(service.make_sheet))
        foot.addWidget(again)
        foot.addWidget(paper)
        return foot

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F3", "確かめる"), KeyHint("F11", "PDF"))

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest("measures", Lane.READ, lambda _token: service.report(office, session), owner=self, done=self._show)

    def _show(self, found: Controls) -> None:
        for state, chip in self.chips.items():
            chip.set_state(f"{state.label} {found.count(state)}", TONES[state])
            chip.setVisible(True)
        self.table.set_rows(found.standings)
        self._show_details(self.table.current_row())

    def _show_details(self, row: Standing | None) -> None:
        if row is None:
            for label in (self.found, self.does, self.evidence):
                label.clear()
            return
        self.found.setText(f"分かったこと: {row.sentence}")
        self.does.setText(f"製品がすること: {row.measure.does}")
        self.evidence.setText(f"証拠のある所: {row.measure.evidence}")
