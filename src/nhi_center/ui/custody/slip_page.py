"""管理票の照合: one label or paper after another, by a scanner or by typing; what is not right stays in sight."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.custody import Slip
from nhi_center.domain.slip_check import Line, Reading, SlipCheck, Verdict
from nhi_center.services import slip_check as service
from nhi_center.services.slip_check import Start
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import Chip, plain_button, primary_button
from nhi_center.ui.common.scan_field import ScanField
from nhi_center.ui.common.screen import KeyHint, TitleLine
from nhi_center.ui.common.styling import restyle, words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run

_TONES = {Verdict.RIGHT: "done", Verdict.DUPLICATE: "warning"}
_WRONG = (Verdict.DUPLICATE, Verdict.UNKNOWN, Verdict.RETURNED, Verdict.QUESTION, Verdict.ELSEWHERE)
_WORDS = {
    Verdict.RIGHT: "確認しました。次の管理票へ。",
    Verdict.DUPLICATE: "もう読みました。同じ管理票が2枚ないか確かめてください。",
    Verdict.UNKNOWN: "この番号の管理票はありません。紙の番号を入れ直してください。",
    Verdict.RETURNED: "この管理票の書類は、区へ返却済みです。紙を取り分けてください。",
    Verdict.QUESTION: "疑義照会で区へ渡した書類です。区から受け取る便の Alt+K で入れてください。",
    Verdict.ELSEWHERE: "この便の管理票ではありません。紙を取り分けてください。",
}


class SlipPage(QWidget):
    """Signals: said(kind, text), left() back to the 便."""

    said = Signal(str, str)
    left = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("slip_page")
        self.start: Start | None = None
        self.check = SlipCheck({})
        self._ended = False
        self._build()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.count = words("", "secondary", name="slip_count")
        self.title_line = TitleLine(
            "管理票の照合", self.count, right="数えるときの助けです。双方の枚数確認の代わりにはなりません。"
        )
        column.addWidget(self.title_line)
        self.field = ScanField("slip_scan", "管理票の番号", hint="スキャナーで読むか、番号を入れて Enter")
        self.field.setFixedWidth(360)
        self.field.taken.connect(self._look)
        self.state = Chip("", "info", name="slip_state")
        self.told = words("", "", name="slip_told", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self.field)
        head.addWidget(self.state)
        head.addWidget(self.told, 1)
        column.addLayout(head)
        lists = QHBoxLayout()
        lists.setSpacing(12)
        self.lines = self._lines_table()
        self.missing = self._missing_table()
        self.missing.current_row_changed.connect(self._tell_reason)
        lists.addWidget(self.lines, 1)
        lists.addWidget(self.missing, 1)
        column.addLayout(lists, 1)
        column.addLayout(self._foot())

    def _lines_table(self) -> DataTable:
        return DataTable(
            (
                Column("順", lambda row: str(row.sequence), 44, "right"),
                Column("管理票", lambda row: Cell(strong=row.number or "(読めない符号)"), 122),
                Column("届出・申請", self._title, 0),
                Column("結果", lambda row: Cell(chip=row.verdict.label, tone=_TONES.get(row.verdict, "error")), 132),
                Column("入れ方", lambda row: "読取り" if row.reading.scanned else "入力", 78),
            ),
            name="slip_lines",
            label="読んだ管理票",
            empty="読んだ管理票が、新しいものから順にここに並びます。",
            row_key=lambda row: row.sequence,
        )

    def _missing_table(self) -> DataTable:
        return DataTable(
            (
                Column("足りない管理票", lambda row: Cell(strong=row.number), 130),
                Column("届出・申請", lambda row: self.start.titles[row.kind] if self.start else "", 0),
                Column("返す理由", lambda row: self.start.reasons.get(row.number, "") if self.start else "", 150),
                Column("枚", lambda row: str(row.sheets or "–"), 44, "right"),
            ),
            name="slip_missing",
            label="足りない管理票",
            empty="まだ読んでいない管理票が、ここに並びます。",
            row_key=lambda row: row.id,
        )

    def _foot(self) -> QHBoxLayout:
        self.foot_words = words("", "secondary", name="slip_foot")
        self.again_button = plain_button("最初から", "F3", name="slip_again_button")
        self.end_button = primary_button("読み終わった", name="slip_end_button")
        self.again_button.clicked.connect(self._again)
        self.end_button.clicked.connect(self._end)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.foot_words, 1)
        row.addWidget(self.again_button)
        row.addWidget(self.end_button)
        return row

    def keys(self) -> tuple[KeyHint, ...]:
        return (
            KeyHint("Enter", "照合"),
            KeyHint("F3", "最初から"),
            KeyHint("Esc", "便へ戻る", self.left.emit),
            KeyHint("Ctrl+Enter", "読み終わった"),
        )

    def first_focus(self) -> QWidget:
        return self.field.editor

    def load(self, handover_id: str) -> None:
        """The 便 to check; the readings of the same one are kept while the person stays signed in."""
        run(self.desk, self, Lane.READ, service.start, handover_id, done=self._show_start, failed=self._none)

    def _none(self, error: Exception) -> None:
        self.desk.present_error(error)
        self.left.emit()

    def _show_start(self, start: Start) -> None:
        same = self.start is not None and self.start.handover.id == start.handover.id
        self.start = start
        self.check = SlipCheck({slip.id: slip for slip in start.slips}, self.check.lines if same else [])
        self._ended = self._ended and same
        self.title_line.title.setText(f"管理票の照合 {start.handover.label}({start.handover.direction.label})")
        if not same:
            self._say("読み始めてください", "info", "")
        self._show()

    @property
    def _open_count(self) -> bool:
        """Going out, nobody counts towards a number: it is told when the reading has ended, or both have counted."""
        return self.start is not None and (self.start.open_count or self._ended)

    def _look(self, text: str, scanned: bool) -> None:
        """One job after another in its lane: a hasty scanner loses nothing, and the lines come in the order they were read."""
        if self.start is not None:
            done = partial(self._take, self.start.handover.id)
            run(self.desk, self, Lane.READ, service.look, text, scanned, done=done)

    def _take(self, handover_id: str, reading: Reading) -> None:
        if self.start is None or self.start.handover.id != handover_id:
            return
        line = self.check.take(reading)
        told = _WORDS[line.verdict] if line.number else "管理票の符号として読めません。もう一度読むか、番号を入れてください。"
        self._say(f"{line.verdict.label} {line.number}".strip(), _TONES.get(line.verdict, "error"), told)
        self._show()

    def _say(self, state: str, tone: str, told: str) -> None:
        self.state.set_state(state, tone)
        self.told.setText(told)
        restyle(self.told, tone="error" if tone == "error" else "")

    def _show(self) -> None:
        check = self.check
        self.lines.set_rows(tuple(reversed(check.lines)))
        if check.lines:
            self.lines.select(0)
        self.missing.set_rows(check.missing if self._open_count else ())
        self.missing.clearSelection()
        right = check.count(Verdict.RIGHT)
        self.count.setText(f"{right} / {len(check.expected)}件" if self._open_count else f"確認 {right}件")
        wrong = [f"{verdict.label} {check.count(verdict)}件" for verdict in _WRONG if check.count(verdict)]
        missing = [f"足りない {len(check.missing)}件"] if self._open_count and check.missing else []
        all_here = "すべてそろいました。" if self._open_count and check.clean else "読んだものは、この画面だけに残ります。"
        self.foot_words.setText(" ".join([*missing, *wrong]) or all_here)

    def _tell_reason(self, row: Slip | None) -> None:
        """In whole: the ward reads it before it signs."""
        if row is not None and self.start is not None and (why := self.start.reasons.get(row.number)):
            self._say(row.number, "info", why)

    def _again(self) -> None:
        self.check = SlipCheck(self.check.expected)
        self._ended = False
        self._say("読み始めてください", "info", "")
        self._show()
        self.field.editor.setFocus()

    def _end(self) -> None:
        """What is missing is told now, and the result kept in the log."""
        if self.start is None:
            return
        self._ended = True
        self._show()
        run(self.desk, self, Lane.WRITE, service.finish, self.start.handover.id, self.check, done=self._kept)
        self.field.editor.setFocus()

    def _kept(self, _none: object) -> None:
        right, expected = self.check.count(Verdict.RIGHT), len(self.check.expected)
        if self.check.clean:
            self.said.emit("done", f"管理票 {expected}件をすべて照合しました。")
        else:
            self.said.emit("warning", f"管理票 {expected}件のうち {right}件を照合しました。{self.foot_words.text()}。")

    def _title(self, row: Line) -> str:
        slip = row.reading.slip
        return self.start.titles.get(slip.kind, slip.place.label) if slip and self.start else ""
