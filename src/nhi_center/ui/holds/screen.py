"""保留・照会 of the 取扱責任者: what waits for him, what the ward has, what is answered; he settles it or asks the ward."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.holds import OWN_HOLD, Paper, Stage
from nhi_center.domain.today import elapsed
from nhi_center.errors import OperatorError
from nhi_center.services import hold_papers, hold_sheet, holds
from nhi_center.services.holds import HoldCase, HoldRow
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import ActionButton, Card
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.text_fields import FreeText
from nhi_center.ui.common.urgent import URGENT_COLUMN, urgent_cell
from nhi_center.ui.entry.asking import run
from nhi_center.ui.review.case_view import KeyedLines

DWELL_MS = 120
"""Reading a person's form is kept in the log; rows that are only passed over are not read."""

CHOOSE = "一覧の保留を選ぶと、ここに質問が出ます。"


class HoldsScreen(Screen):
    """F3 settles with the answer, Ctrl+Enter asks the ward; Alt+P makes the 疑義照会票, Alt+W lays the paper out with it."""

    name = "holds"
    title = "保留・照会"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._shown = self._wanted = ""
        self.counts = words("", "secondary", name="hold_counts")
        self.page.addWidget(TitleLine(self.title, self.counts, right="社内で解決するか、会社の名で区へ照会します。"))
        self.table = self._table(desk)
        self.page.addWidget(self.table, 2)
        lower = QHBoxLayout()
        lower.setSpacing(12)
        lower.addLayout(self._left(), 490)
        lower.addWidget(self._right(desk), 648)
        self.page.addLayout(lower, 3)
        self.page.addLayout(self._foot())
        self._dwell = QTimer(self)
        self._dwell.setSingleShot(True)
        self._dwell.setInterval(DWELL_MS)
        self._dwell.timeout.connect(self._read_case)
        self._show_row(None)

    def _table(self, desk: Desk) -> DataTable:
        now = desk.office.clock.local
        table = DataTable(
            (
                Column("急ぎ", lambda row: urgent_cell(row.urgent_until, now()), URGENT_COLUMN),
                Column("状態", _stage, 184),
                Column("照会", lambda row: row.hold.query, 84),
                Column("管理票", lambda row: Cell(strong=row.number), 96),
                Column("届出・申請", lambda row: row.form_title, 180),
                Column("保留にした人", lambda row: row.asked_by_name, 112),
                Column("経過", lambda row: age_words(row.hold.sent_at or row.hold.asked_at, now()), 72, "right"),
                Column("質問", lambda row: row.hold.for_ward),
            ),
            name="hold_table",
            label="保留にした届出",
            empty="保留にした届出はありません。取扱者が F4 で保留にすると、ここに並びます。",
            row_key=lambda row: row.hold.id,
        )
        table.current_row_changed.connect(self._show_row)
        table.row_activated.connect(lambda _row: self.wording.editor.setFocus())
        return table

    def _left(self) -> QVBoxLayout:
        self.card = Card("質問", panel=True, name="hold_card")
        self.question = words("", "", name="hold_words", wrap=True)
        self.card.add(self.question)
        self.wording = FreeText("hold_wording", "区への質問(会社の名で送ります)", lines=3)
        self.answer = FreeText("hold_answer", "取扱責任者の回答(社内で解決するとき)", lines=2)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.card, 1)
        left.addWidget(self.wording)
        left.addWidget(self.answer)
        return left

    def _right(self, desk: Desk) -> Card:
        self.lines = KeyedLines(desk)
        card = Card("入力された内容", right="✓ は照合する欄", name="hold_keyed_card")
        card.body.addWidget(self.lines, 1)
        return card

    def _foot(self) -> QHBoxLayout:
        self.note = words("", "secondary", name="hold_note")
        self.sheet_button = ActionButton("照会票を作る", key="Alt+P", bind=False, name="sheet_button")
        self.paper_button = ActionButton("紙も区へ渡す", key="Alt+W", bind=False, name="paper_button")
        self.paper_button.clicked.connect(self._move_paper)
        self.settle_button = ActionButton("回答して戻す", key="F3", bind=False, name="settle_button")
        self.send_button = ActionButton("区へ照会する", key="Ctrl+Enter", primary=True, bind=False, name="send_button")
        self.sheet_button.clicked.connect(self._make_sheet)
        self.settle_button.clicked.connect(self._settle)
        self.send_button.clicked.connect(self._send)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.note, 1)
        for button in (self.sheet_button, self.paper_button, self.settle_button, self.send_button):
            row.addWidget(button)
        return row

    # -- the frame's questions --

    def keys(self) -> tuple[KeyHint, ...]:
        return (
            KeyHint("Enter", "質問へ"),
            KeyHint("F3", "回答して戻す", self._settle),
            KeyHint("Alt+P", "照会票を作る", self._make_sheet),
            KeyHint("Alt+W", "紙も区へ", self._move_paper),
            KeyHint("Ctrl+Enter", "区へ照会する", self._send),
        )

    def opened(self, **params: Any) -> None:
        self._wanted = str(params.get("hold", ""))
        self.refresh()

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, holds.listing, done=self._show_rows)

    def _show_rows(self, rows: tuple[HoldRow, ...]) -> None:
        self.table.set_rows(rows)
        at = {stage: sum(row.stage is stage for row in rows) for stage in Stage}
        self.counts.setText(
            f"確認待ち {at[Stage.ASKED]}件 区の回答待ち {at[Stage.SENT]}件 この1週間の回答 {at[Stage.ANSWERED]}件"
        )
        ids = [row.hold.id for row in rows]
        if self._wanted in ids:
            self.table.select(ids.index(self._wanted))
        self._wanted = ""
        self.sheet_button.setEnabled(bool(at[Stage.SENT]))

    # -- reading one --

    def _show_row(self, row: HoldRow | None) -> None:
        """Called again with every refresh: what is being typed stays while the same hold is in front."""
        waits = row is not None and row.stage is Stage.ASKED
        self.question.setText(_question_words(row) if row else CHOOSE)
        self.note.setText(OWN_HOLD if row is not None and row.own and waits else "")
        asked = row is not None and row.stage is Stage.SENT and row.paper is not Paper.WARD
        self.paper_button.setEnabled(asked)
        self.paper_button.setVisible(asked)
        leaving = row is not None and row.paper is Paper.LEAVING
        self.paper_button.set_words("紙を渡さない" if leaving else "紙も区へ渡す")
        self.send_button.setEnabled(waits)
        self.settle_button.setEnabled(waits and row is not None and not row.own)
        self.wording.setEnabled(waits)
        self.answer.setEnabled(waits and row is not None and not row.own)
        if row is None or row.hold.id == self._shown:
            if row is None:
                self._shown = ""
                self.lines.say("保留にした届出の内容が、ここに出ます。")
            return
        self._shown = row.hold.id
        self.wording.set_value(row.hold.question if waits else "")
        self.answer.set_value("")
        self.lines.say("")
        self._dwell.start()

    def _read_case(self) -> None:
        if self._shown:
            run(self.desk, self, Lane.WRITE, holds.open_hold, self._shown, done=self._show_case)

    def _show_case(self, case: HoldCase) -> None:
        if case.row.hold.id == self._shown:
            self.lines.show_lines(case.lines)

    # -- acting --

    def _send(self) -> None:
        row = self.table.current_row()
        if row is not None and self.send_button.isEnabled():
            run(
                self.desk,
                self,
                Lane.WRITE,
                holds.send,
                row.hold.id,
                self.wording.value(),
                done=lambda query: self._done(f"照会 {query} を区へ送りました。Alt+P で照会票を作れます。"),
                failed=self._on_refused,
            )

    def _settle(self) -> None:
        row = self.table.current_row()
        if row is not None and self.settle_button.isEnabled():
            run(
                self.desk,
                self,
                Lane.WRITE,
                holds.settle,
                row.hold.id,
                self.answer.value(),
                done=lambda _none: self._done(f"管理票 {row.number} を回答とともに戻しました。紙を元の置き場へ移してください。"),
                failed=self._on_refused,
            )

    def _move_paper(self) -> None:
        """Out with the 疑義照会票, or kept after all while it still lies in the tray."""
        row = self.table.current_row()
        if row is None or not self.paper_button.isEnabled():
            return
        if row.paper is Paper.LEAVING:
            verb, said = hold_papers.keep, f"管理票 {row.number} の紙を「保留」の置き場へ戻してください。"
        else:
            verb = hold_papers.lay_out
            said = f"管理票 {row.number} の紙に照会票 {row.hold.query} を付け、出力トレイに置いてください。同じ番号で戻ります。"
        run(self.desk, self, Lane.WRITE, verb, row.hold.id, done=lambda _sheets: self._done(said), failed=self._on_refused)

    def _make_sheet(self) -> None:
        if self.sheet_button.isEnabled():
            row = self.table.current_row()
            chosen = (row.hold.id,) if row is not None and row.stage is Stage.SENT else ()
            run(self.desk, self, Lane.PRINT, hold_sheet.make_sheet, chosen, done=self._on_sheet)

    def _on_sheet(self, made: Path) -> None:
        self.say("done", f"疑義照会票を作りました: {made.name}(業務フォルダーの帳票)")

    def _done(self, sentence: str) -> None:
        self.say("done", sentence)
        self._shown = ""
        self.refresh()
        self.table.setFocus()

    def _on_refused(self, error: Exception) -> None:
        field = {"question": self.wording, "answer": self.answer}.get(error.field) if isinstance(error, OperatorError) else None
        if field is not None and isinstance(error, OperatorError):
            field.set_problem(error.message)
            field.editor.setFocus()
        else:
            self.desk.present_error(error)
            self.refresh()


def _stage(row: HoldRow) -> Cell:
    if row.stage is Stage.ANSWERED:
        return Cell(_PAPER[row.paper], chip="区の回答あり" if row.hold.by_ward else "社内で解決", tone="done")
    return Cell(_PAPER[row.paper], chip=row.stage.label, tone="warning" if row.stage is Stage.ASKED else "info")


_PAPER = {Paper.HERE: "", Paper.LEAVING: "次の便", Paper.WARD: "紙は区"}


def _question_words(row: HoldRow) -> str:
    hold = row.hold
    parts = [f"{row.asked_by_name}: {hold.question}"]
    if hold.wording:
        parts.append(f"区への質問: {hold.wording}")
    if hold.answered:
        parts.append(f"{'区' if hold.by_ward else '取扱責任者'}の回答: {hold.answer}")
    return "\n".join(parts)


def age_words(since: str, now: datetime) -> str:
    """12分, 3時間, 2日: how long it waits."""
    return elapsed(datetime.fromisoformat(since), now)
