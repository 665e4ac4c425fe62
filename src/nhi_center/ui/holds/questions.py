"""保留・照会 of the ward: it answers what the company asks. Who asked is not shown: the company has."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from nhi_center.domain.holds import Paper
from nhi_center.services import holds
from nhi_center.services.holds import Question
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import confirm
from nhi_center.ui.common.parts import ActionButton, Card
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.text_fields import FreeText
from nhi_center.ui.common.urgent import URGENT_COLUMN, urgent_cell
from nhi_center.ui.entry.asking import run


class QuestionsScreen(Screen):
    """The list of open questions, the one in hand, the answer."""

    name = "questions"
    title = "保留・照会"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.counts = words("", "secondary", name="question_counts")
        self.page.addWidget(TitleLine(self.title, self.counts, right="回答すると、同じ管理票で入力に戻ります。"))
        self.table = DataTable(
            (
                Column("急ぎ", lambda row: urgent_cell(row.urgent_until, desk.office.clock.local()), URGENT_COLUMN),
                Column("照会", lambda row: Cell(strong=row.query), 90),
                Column("管理票", lambda row: row.number, 100),
                Column("届出・申請", lambda row: row.form_title, 220),
                Column("照会した会社", lambda row: row.company, 150),
                Column("照会の日時", lambda row: sent_words(row.sent_at), 116),
                Column("質問", lambda row: row.question),
            ),
            name="question_table",
            label="区の回答を待つ照会",
            empty="回答を待つ照会はありません。受託者の取扱責任者が照会すると、ここに並びます。",
            row_key=lambda row: row.hold,
        )
        self.table.current_row_changed.connect(self._show_question)
        self.table.row_activated.connect(self._to_answer)
        self.page.addWidget(self.table, 1)
        self.card = Card("質問", panel=True, name="question_card")
        self.question = words("", "", name="question_words", wrap=True)
        self.card.add(self.question)
        self.page.addWidget(self.card)
        self.answer = FreeText("question_answer", "回答", lines=3, required=True)
        self.page.addWidget(self.answer)
        self.page.addLayout(self._foot())
        self._show_question(None)

    def _foot(self) -> QHBoxLayout:
        self.take_back = ActionButton("区で引き取る", key="F3", bind=False, name="take_back_button")
        self.send = ActionButton("回答する", key="Ctrl+Enter", primary=True, bind=False, name="answer_button")
        self.take_back.clicked.connect(self._ask_take_back)
        self.send.clicked.connect(self._answer)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(words("引き取った届出は入力せず、紙を区へ返します。", "secondary"), 1)
        row.addWidget(self.take_back)
        row.addWidget(self.send)
        return row

    def keys(self) -> tuple[KeyHint, ...]:
        return (
            KeyHint("Enter", "回答へ"),
            KeyHint("F3", "区で引き取る", self._ask_take_back),
            KeyHint("Ctrl+Enter", "回答する", self._answer),
        )

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, holds.open_questions, done=self._show_rows)

    def _show_rows(self, rows: tuple[Question, ...]) -> None:
        self.table.set_rows(rows)
        self.counts.setText(f"回答待ち {len(rows)}件")

    def _show_question(self, row: Question | None) -> None:
        self.question.setText(_words(row) if row else "照会を選ぶと、ここに質問が出ます。")
        for part in (self.answer, self.send, self.take_back):
            part.setEnabled(row is not None)

    def _to_answer(self, _row: Question) -> None:
        self.answer.editor.setFocus()

    def _answer(self) -> None:
        self._send(take_back=False)

    def _ask_take_back(self) -> None:
        row = self.table.current_row()
        if row is None:
            return
        if not self.answer.value().strip():
            self.answer.set_problem("引き取る理由を回答に入れてください。")
            self.answer.editor.setFocus()
            return
        confirm(
            self,
            f"管理票 {row.number} を区で引き取ります",
            "この届出は入力されません。元に戻せません。"
            + ("紙はもう区にあります。" if row.paper is Paper.WARD else "紙は次の受渡しで区へ返します。"),
            yes="引き取る",
            action=lambda: self._send(take_back=True),
        )

    def _send(self, *, take_back: bool) -> None:
        row = self.table.current_row()
        if row is not None:
            verb: Any = holds.take_back if take_back else holds.answer_hold
            run(
                self.desk,
                self,
                Lane.WRITE,
                verb,
                row.hold,
                self.answer.value(),
                done=lambda _none: self._done(row, take_back),
                failed=self._on_refused,
            )

    def _done(self, row: Question, take_back: bool) -> None:
        self.answer.clear()
        self.say("done", f"管理票 {row.number} を区で引き取りました。" if take_back else f"管理票 {row.number} に回答しました。")
        self.refresh()
        self.table.setFocus()

    def _on_refused(self, error: Exception) -> None:
        if not self.answer.refuse(error, "answer"):
            self.desk.present_error(error)
            self.refresh()


def _words(row: Question) -> str:
    """The question; and where the paper is, once it has been laid out for the ward."""
    if row.paper is Paper.WARD:
        return f"{row.question}\n紙は照会票とともに区にあります。次に届けるときに、同じ管理票で戻してください。"
    return f"{row.question}\n紙は照会票とともに、次の便で区へ届きます。" if row.paper is Paper.LEAVING else row.question


def sent_words(sent_at: str) -> str:
    at = datetime.fromisoformat(sent_at)
    return f"{at.month}月{at.day}日 {at:%H:%M}"
