"""印刷の束: what is printed in which order on which printer, how far it is, and exactly what will come out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.print_batches import MOVE_REASONS, BatchState
from nhi_center.domain.printers import STOCKS, Printer
from nhi_center.services import print_batches as service
from nhi_center.services.certificate_printing import Printed
from nhi_center.services.certificates import QueueRow
from nhi_center.services.print_batches import BatchRow
from nhi_center.tasks.runner import JobToken, Lane
from nhi_center.ui.certificates.contents import Contents, open_contents, read_contents
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import confirm
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.long_job import LongJob
from nhi_center.ui.common.parts import ProgressStrip, plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run

_TONES = {
    BatchState.WAITING: "info",
    BatchState.HELD: "plain",
    BatchState.PRINTING: "info",
    BatchState.STOPPED: "error",
    BatchState.DONE: "done",
    BatchState.CANCELLED: "plain",
}
DOTS_PER_MM = 6.0


class BatchesPanel(QWidget):
    """F3 prints the batch in front, F6 holds or releases it, F7 cancels it, F8 moves it, Alt+Up and Alt+Down change the order.

    Signals: said(kind, text).
    """

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("batches_panel")
        self.batches = DataTable(
            (
                Column("束", lambda row: row.batch.title, 0),
                Column("用紙", lambda row: STOCKS[row.batch.prefix], 130),
                Column("プリンター", lambda row: row.printer, 170),
                Column("残り", lambda row: f"{row.left:,} / {row.total:,}枚", 120, "right"),
                Column("用紙の残", _paper, 90, "right"),
                Column("状態", lambda row: Cell(chip=row.batch.state.label, tone=_TONES[row.batch.state]), 110),
            ),
            name="batches_table",
            label="印刷の束",
            empty="束はありません。「証等の出力」で選んで Alt+B、または一斉更新の束を出すと、ここに並びます。",
            row_key=lambda row: row.batch.id,
        )
        self.sheets = DataTable(
            (
                Column("種類", lambda row: row.job.kind.short_title, 150),
                Column("氏名", lambda row: row.name, 0, name=True),
                Column("用紙", lambda row: row.job.serial or "-", 90),
                Column("状態", lambda row: row.job.state.label, 110),
            ),
            name="batches_sheets",
            label="束の中身",
            empty="束を選ぶと、出る順に並びます。",
            names=desk.glyphs,
            row_key=lambda row: row.job.id,
        )
        self.error = words("", "dense", name="batches_error", wrap=True)
        self.strip = ProgressStrip(name="batches_progress")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.batches, 4)
        column.addWidget(self.error)
        column.addWidget(self.sheets, 5)
        column.addWidget(self.strip)
        column.addLayout(self._foot())
        self._long = LongJob(desk, self, self.strip, [self.run_button])
        self.batches.current_row_changed.connect(self._show_batch)
        self.batches.row_activated.connect(lambda _row: self.sheets.setFocus())
        self.sheets.row_activated.connect(self._open_sheet)

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(words("Enter で中身、もう一度 Enter で出るものを見ます。", "secondary"), 1)
        acts = (
            ("F8", "別のプリンターへ", self._ask_move),
            ("F7", "取り消す", self._cancel),
            ("F6", "保留", self._hold),
            ("F3", "この束を刷る", self._run),
        )
        self.buttons = {}
        for key, title, act in acts:
            button = plain_button(title, key, name=f"batches_{key.lower()}_button")
            button.clicked.connect(act)
            foot.addWidget(button)
            self.buttons[key] = button
        self.run_button = self.buttons["F3"]
        return foot

    def keys(self) -> tuple[KeyHint, ...]:
        return (
            KeyHint("F3", "刷る", shown=False),
            KeyHint("F6", "保留", shown=False),
            KeyHint("F7", "取り消す", shown=False),
            KeyHint("F8", "移す", shown=False),
            KeyHint("Alt+Up", "先に", partial(self._shift, -1)),
            KeyHint("Alt+Down", "後に", partial(self._shift, 1)),
        )

    def first_focus(self) -> QWidget:
        return self.batches

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.listing, done=self._show)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.sheets.hasFocus():
            self.batches.setFocus()
            return
        super().keyPressEvent(event)

    # -- what is shown --

    def _show(self, rows: tuple[BatchRow, ...]) -> None:
        self.batches.set_rows(rows)
        self._show_batch(self.batches.current_row())

    def _show_batch(self, row: BatchRow | None) -> None:
        state = row.batch.state if row else BatchState.DONE
        waits = state in (BatchState.WAITING, BatchState.STOPPED)
        self.buttons["F3"].setEnabled(waits and not self._long.running)
        self.buttons["F6"].setEnabled(waits or state is BatchState.HELD)
        self.buttons["F6"].set_words("保留を解く" if state is BatchState.HELD else "保留")
        self.buttons["F7"].setEnabled(waits or state is BatchState.HELD)
        self.buttons["F8"].setEnabled(waits or state is BatchState.HELD)
        moved = MOVE_REASONS.get(row.batch.reason, "") if row else ""
        parts = (row.batch.error, f"移した理由: {moved}" if moved else "") if row else ()
        self.error.setText("  ".join(part for part in parts if part))
        if row is None:
            self.sheets.set_rows(())
            return
        run(self.desk, self, Lane.READ, service.sheets, row.batch.id, done=self.sheets.set_rows)

    def _open_sheet(self, row: QueueRow) -> None:
        """The very PDF this sheet prints, both sides."""
        office, session = self.desk.office, self.desk.session

        def job(_token: JobToken) -> Contents:
            return read_contents(office, session, row, DOTS_PER_MM)

        self.desk.run(Lane.PRINT, job, owner=self, done=lambda found: open_contents(self, found, self.desk.glyphs))

    # -- acts --

    def _run(self) -> None:
        row, office, session = self.batches.current_row(), self.desk.office, self.desk.session
        if row is not None and self.run_button.isEnabled():
            self._long.begin(
                lambda token: service.run(office, session, row.batch.id, token.report),
                self._on_printed,
                "印刷しています",
                lane=Lane.PRINT,
                begun=self.refresh,
                ended=self.refresh,
            )

    def _on_printed(self, printed: Printed) -> None:
        count = f"{printed.handed}枚を印刷しました。"
        if printed.refused:
            more = f"ほか{len(printed.refused) - 1}件。" if len(printed.refused) > 1 else ""
            self.said.emit("warning", f"{count}{printed.refused[0]}{more}")
        else:
            self.said.emit("done", f"{count}「証等の出力」で、別の人が現物を確かめます。")

    def _hold(self) -> None:
        row = self.batches.current_row()
        if row is not None and self.buttons["F6"].isEnabled():
            self._do(service.hold, row.batch.id, row.batch.state is not BatchState.HELD)

    def _cancel(self) -> None:
        row = self.batches.current_row()
        if row is None or not self.buttons["F7"].isEnabled():
            return
        text = f"まだ刷っていない {row.left}枚は、「証等の出力」の待ちに戻ります。証はなくなりません。束は元に戻せません。"
        confirm(self, "束を取り消します", text, yes="取り消す", action=lambda: self._do(service.cancel, row.batch.id))

    def _shift(self, by: int) -> None:
        row = self.batches.current_row()
        if row is not None and not row.batch.state.ended:
            self._do(service.shift, row.batch.id, by)

    def _ask_move(self) -> None:
        row = self.batches.current_row()
        if row is None or not self.buttons["F8"].isEnabled():
            return
        run(self.desk, self, Lane.READ, service.targets, row.batch.prefix, done=lambda found: self._open_move(row, found))

    def _open_move(self, row: BatchRow, printers: tuple[Printer, ...]) -> None:
        others = [one for one in printers if one.id != row.target]
        if others:
            _open_move(self, self.desk, row, others, lambda _nothing: self.refresh())
        else:
            self.said.emit("info", "この用紙のプリンターは、ほかにありません。区管理者が登録すると移せます。")

    def _do(self, verb: Callable[..., object], *arguments: object) -> None:
        run(self.desk, self, Lane.WRITE, verb, *arguments, done=lambda _nothing: self.refresh())


def _paper(row: BatchRow) -> Cell:
    if row.paper < 0:
        return Cell("普通紙")
    return Cell(f"{row.paper:,}枚", colour="#ce0000" if row.paper < row.left else "")


def _open_move(
    parent: QWidget, desk: Desk, row: BatchRow, printers: list[Printer], kept: Callable[[object], object]
) -> FormDialog:
    choices = tuple(Choice(one.id, one.name, str(at)) for at, one in enumerate(printers, start=1))
    target = ChoiceField("printer", "移す先", choices, required=True)
    reason = ChoiceField("reason", "理由", tuple(Choice(code, label) for code, label in MOVE_REASONS.items()), required=True)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        values = target.value(), reason.value()
        return lambda: service.move(office, session, row.batch.id, *values)

    text = f"{row.batch.title} の残り {row.left}枚を移します。番号は、移した先のプリンターの用紙のものになります。"
    return open_form(FormDialog(parent, desk, "別のプリンターへ", text, ((target, reason),), yes="移す", act=act, kept=kept))
