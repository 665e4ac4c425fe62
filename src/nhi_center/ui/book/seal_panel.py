"""公印: which holds from when, how often it was printed this month; set and withdrawn by the ward administrator."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.report_period import month_words
from nhi_center.domain.seal_image import SealLine
from nhi_center.errors import OperatorError
from nhi_center.services import seal as service
from nhi_center.services.seal import SealBook
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.date_field import DateField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.parts import plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.text_fields import ReasonField
from nhi_center.ui.entry.asking import run


class SealPanel(QWidget):
    """F3 sets one, F4 withdraws the one in front. Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._found: SealBook | None = None
        self.setObjectName("seal_panel")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.seals = DataTable(
            (
                Column("いま", self._state, 110),
                Column("使い始め", lambda row: wareki(row.from_day), 150),
                Column("指紋(SHA-256)", lambda row: row.sha256[:16], 170),
                Column("登録", lambda row: f"{row.set_at[:10]} {row.set_by}", 190),
                Column("廃止", lambda row: f"{row.withdrawn_at[:10]} {row.withdrawn_by} {row.withdrawn_reason}".strip()),
            ),
            name="seal_table",
            label="公印",
            empty="公印はまだ登録していません。業務フォルダーの seal に PNG を置いて、F3 で登録します。",
            row_key=lambda row: row.id,
        )
        column.addWidget(self.seals, 3)
        self.heading = words("印影印刷枚数", "heading", name="seal_heading")
        column.addWidget(self.heading)
        self.printed = DataTable(
            (
                Column("証の種類", lambda row: row.kind.short_title),
                Column("印刷した枚数", lambda row: f"{row.sheets:,}枚", 140, "right"),
                Column("うち書損", lambda row: f"{row.spoiled:,}枚", 140, "right"),
            ),
            name="seal_printed",
            label="印影印刷枚数",
            empty="今月は、まだ印刷していません。",
            row_key=lambda row: row.kind.value,
        )
        column.addWidget(self.printed, 2)
        self.withdraw_button = plain_button("廃止する", "F4", name="seal_withdraw_button")
        self.withdraw_button.clicked.connect(self._withdraw)
        self.set_button = plain_button("登録する", "F3", name="seal_set_button")
        self.set_button.clicked.connect(self._set)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(words("画像は暗号化した保管場所に入り、元のファイルは消えます。", "secondary"), 1)
        foot.addWidget(self.withdraw_button)
        foot.addWidget(self.set_button)
        column.addLayout(foot)

    def _state(self, row: SealLine) -> Cell:
        if row.withdrawn:
            return Cell(chip="廃止", tone="plain")
        found = self._found
        if found is not None and row.id == found.in_force:
            return Cell(chip="使用中", tone="done")
        later = found is not None and row.from_day > found.today
        return Cell(chip="これから" if later else "前の公印", tone="info" if later else "plain")

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F3", "登録する"), KeyHint("F4", "廃止する"))

    def first_focus(self) -> QWidget:
        return self.seals

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.book, done=self._show)

    def _show(self, found: SealBook) -> None:
        self._found = found
        self.seals.set_rows(found.lines)
        self.printed.set_rows(found.printed)
        self.heading.setText(f"印影印刷枚数 {month_words(found.month)}(書損を含む)")

    def _set(self) -> None:
        found = self._found
        if found is None:
            return
        if not found.files:
            self.said.emit("warning", "業務フォルダーの seal に、公印の PNG を置いてください。")
            return
        _open_setting(self, self.desk, found, lambda _line: self._done("公印を登録しました。元のファイルは消しました。"))

    def _withdraw(self) -> None:
        row = self.seals.current_row()
        if row is None or row.withdrawn:
            self.said.emit("warning", "廃止する公印を選んでください。")
            return
        _open_withdrawal(self, self.desk, row, lambda _none: self._done("公印を廃止し、画像を消しました。"))

    def _done(self, sentence: str) -> None:
        self.said.emit("done", sentence)
        self.refresh()


def _open_setting(parent: QWidget, desk: Desk, found: SealBook, kept: Callable[[object], object]) -> FormDialog:
    files = tuple(Choice(name, name, str(at)) for at, name in enumerate(found.files, start=1))
    file = ChoiceField("file", "画像のファイル", files, required=True)
    from_day = DateField("from_day", "使い始め", today=found.today, required=True)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        day = from_day.day()
        if not file.value():
            raise OperatorError("画像を番号で選んでください。", field="file")
        if day is None:
            raise OperatorError("使い始めの日を入れてください。", field="from_day")
        name = file.value()
        return lambda: service.set_seal(office, session, name, day)

    text = "見本の証に一度印刷して、読める画像かを確かめてから登録します。"
    rows = ((file, from_day),)
    return open_form(FormDialog(parent, desk, "公印を登録する", text, rows, yes="登録する", act=act, kept=kept, lane=Lane.PRINT))


def _open_withdrawal(parent: QWidget, desk: Desk, row: SealLine, kept: Callable[[object], object]) -> FormDialog:
    reason = ReasonField("reason", "廃止する理由")
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        why = reason.value()
        return lambda: service.withdraw(office, session, row.id, why)

    text = "画像を消します。取り消せません。ほかに公印がないと、証は印刷できなくなります。"
    title, rows = "公印を廃止する", ((reason,),)
    return open_form(FormDialog(parent, desk, title, text, rows, yes="廃止する", act=act, kept=kept, danger=True))
