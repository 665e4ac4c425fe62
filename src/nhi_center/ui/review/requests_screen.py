"""連絡票: what callers want of the ward, answered one by one with a word."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QWidget

from nhi_center.domain.calls import due_words
from nhi_center.domain.ward_requests import LONGEST
from nhi_center.services import ward_requests as service
from nhi_center.services.ward_requests import WardRequestRow
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import Card, primary_button
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.text_fields import FreeText

EMPTY = "回答を待つ連絡票はありません。受託者が電話で受けた、区への連絡がここに並びます。"


class RequestsScreen(Screen):
    """Enter goes to the answer of the marked one, Ctrl+Enter settles it, Esc goes back to 区の審査."""

    name = "ward_requests"
    title = "連絡票"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.count_text = words("", "secondary", name="requests_count")
        self.page.addWidget(TitleLine(self.title, self.count_text, right="電話で受けた、区への連絡です"))
        self.table = self._table(desk)
        self.page.addWidget(self.table, 3)
        self.card = Card("内容と回答", name="request_card")
        self.asked = words("", "", name="request_words", wrap=True)
        self.answer = FreeText("answer", f"どうしたか({LONGEST}文字まで)", lines=3)
        self.settle_button = primary_button("済みにする", name="settle_button")
        self.card.add(self.asked)
        self.card.add(self.answer)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.settle_button)
        self.card.body.addLayout(foot)
        self.page.addWidget(self.card, 2)
        self.answer.chained = True
        self.answer.advance_requested.connect(self.settle_button.setFocus)
        self.answer.back_requested.connect(self.table.setFocus)
        self.settle_button.clicked.connect(self._settle)

    def _table(self, desk: Desk) -> DataTable:
        today = desk.office.clock.today()
        table = DataTable(
            (
                Column("番号", lambda row: row.number, 104),
                Column("受けた時刻", lambda row: due_words(datetime.fromisoformat(row.at), today), 150),
                Column("用件", lambda row: Cell(strong=row.title), 190),
                Column("係", lambda row: row.section, 140),
                Column("対象者", lambda row: row.name, 180, name=True),
                Column("電話の分類", lambda row: row.category),
            ),
            name="requests_table",
            label="回答を待つ連絡票",
            empty=EMPTY,
            names=desk.glyphs,
            row_key=lambda row: row.id,
        )
        table.current_row_changed.connect(self._show_one)
        table.row_activated.connect(lambda _row: self.answer.editor.setFocus())
        return table

    # -- the frame's questions --

    def keys(self) -> tuple[KeyHint, ...]:
        back = KeyHint("Esc", "区の審査", lambda: self.desk.window.open_screen("review", {}))
        if not self.table.rows():
            return (back,)
        return (KeyHint("↑↓", "見る"), KeyHint("Enter", "回答へ"), KeyHint("Ctrl+Enter", "済みにする"), back)

    def refresh(self) -> None:
        self.desk.run_latest(
            "ward_requests",
            Lane.READ,
            lambda _token: service.waiting(self.desk.office, self.desk.session),
            owner=self,
            done=self._show_list,
        )

    def first_focus(self) -> QWidget:
        return self.table

    def _show_list(self, rows: tuple[WardRequestRow, ...]) -> None:
        self.table.set_rows(rows)
        self.count_text.setText(f"{len(rows)}件")
        self.settle_button.setEnabled(bool(rows))
        self.answer.setEnabled(bool(rows))
        self._show_one(self.table.current_row())
        self.rebind_keys()

    def _show_one(self, row: WardRequestRow | None) -> None:
        shown = f"{row.title}({row.section}へ) {row.words}" if row else "番号を選ぶと、ここに内容が出ます。"
        if self.asked.text() != shown:  # a list read again leaves what is being typed
            self.asked.setText(shown)
            self.answer.clear()

    def _settle(self) -> None:
        row = self.table.current_row()
        if row is None:
            return
        answer = self.answer.value()
        self.desk.run(
            Lane.WRITE,
            lambda _token: service.settle(self.desk.office, self.desk.session, row.id, answer),
            owner=self,
            done=lambda _none: self._on_settled(row),
            failed=self._on_refused,
        )

    def _on_settled(self, row: WardRequestRow) -> None:
        self.say("done", f"連絡票 {row.number} を済みにしました。回答は電話の記録に出ます。")
        self.refresh()
        self.table.setFocus()

    def _on_refused(self, error: Exception) -> None:
        if not self.answer.refuse(error, "answer"):
            self.desk.present_error(error)
            self.refresh()
