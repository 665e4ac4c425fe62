"""次の処理: what happens to the application now, and the next one with one key."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.entry import Application, State
from nhi_center.services.entry_list import WaitingRow
from nhi_center.ui.common.parts import Card, Chip
from nhi_center.ui.common.styling import words


class NextPage(QWidget):
    """Signals: next_wanted(slip id)."""

    next_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("next_page")
        self.next_row: WaitingRow | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        head = QHBoxLayout()
        head.setSpacing(12)
        self.finished = words("", "title", name="finished_words")
        head.addWidget(self.finished)
        head.addWidget(Chip(State.ENTERED.label, "done", name="finished_chip"))
        head.addStretch(1)
        column.addLayout(head)
        follows = Card("このあと", panel=True, name="follows_card")
        follows.add_lines(
            "1. 照合: 別の人が、紙から重要な欄をもう一度入力します。入力した人は照合できません。",
            "2. 区の審査: 区職員が審査します。受託者は決定しません。",
            "3. 証等の出力: 審査が済むと、出るものが「証等の出力」に並びます。",
            "紙は「入力・照合中」の置き場へ。",
        )
        column.addWidget(follows)
        self.next_words = words("", "heading", name="next_words", wrap=True)
        self.next_detail = words("", "secondary", name="next_detail", wrap=True)
        column.addWidget(self.next_words)
        column.addWidget(self.next_detail)
        column.addStretch(1)

    def show_finished(self, application: Application) -> None:
        self.finished.setText(f"管理票 {application.number} の入力を終えました")

    def show_next(self, rows: tuple[WaitingRow, ...]) -> None:
        """The first of the list that this person can open."""
        self.next_row = next((row for row in rows if _can_open(row)), None)
        if self.next_row is None:
            self.next_words.setText("入力待ちの管理票はありません。")
            self.next_detail.setText("受渡しで届いた書類がここに続きます。")
            return
        left = sum(_can_open(row) for row in rows)
        self.next_words.setText(f"次は 管理票 {self.next_row.slip.number} {self.next_row.form_title}")
        self.next_detail.setText(f"入力待ち {left}件。Ctrl+Enter で開きます。")


def _can_open(row: WaitingRow) -> bool:
    return (
        row.application is None
        or row.application.state is State.RECEIVED
        or (row.mine and row.application.state is State.DRAFTING)
    )
