"""情報管理台帳: every second copy with its 承諾番号, red where there is none; the ward gives numbers; the ledger as a PDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.copies import ACCESS, ITEMS, LONGEST_NUMBER, Copy, Kind
from nhi_center.domain.operators import Action
from nhi_center.errors import OperatorError
from nhi_center.services import copies as service
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.date_field import DateField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import Answer, ask
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.paper_maker import PaperMaker
from nhi_center.ui.common.parts import plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run

STANDING, SINGLE = "standing", "single"


class CopiesPanel(QWidget):
    """``copies_table``; F3 承諾番号 (ward staff), F4 the PDF, F6 返却. Signals: said."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.papers = PaperMaker(desk, self)
        self.papers.said.connect(self.said)
        self.setObjectName("copies_panel")
        self._gives = desk.may(Action.APPROVE_COPY)
        self.table = DataTable(
            (
                Column("情報の名称", lambda row: Cell(strong=row.kind.label), 220),
                Column("件数", lambda row: f"{row.count:,}", 80, align="right"),
                Column("媒体と場所", lambda row: row.place),
                Column("承諾番号", _number, 170),
                Column("受領", lambda row: row.received, 105),
                Column("返却", lambda row: row.returned, 105),
                Column("消去", lambda row: row.erased, 105),
            ),
            name="copies_table",
            label="情報管理台帳",
            empty="写しはまだありません。バックアップや氏名の入った一覧を作ると、ここに並びます。",
            row_key=lambda row: row.id,
        )
        self.table.current_row_changed.connect(lambda _row: self._tell())
        self.about = words("", "secondary", name="copy_about", wrap=True)
        self.about.setFixedHeight(44)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.table, 1)
        column.addWidget(self.about)
        column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        self.number_button = plain_button("承諾番号を登録", "F3", name="approve_copy_button")
        self.back_button = plain_button("区に返した", "F6", name="give_back_copy_button")
        self.ledger_button = plain_button("台帳を作る", "F4", name="write_ledger_button")
        self.number_button.clicked.connect(self._approve)
        self.back_button.clicked.connect(self._give_back)
        self.ledger_button.clicked.connect(self._write)
        self.number_button.setVisible(self._gives)
        self.state = words("", "secondary", name="copies_state")
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.state, 1)
        for button in (self.back_button, self.ledger_button, self.number_button):
            foot.addWidget(button)
        return foot

    def keys(self) -> tuple[KeyHint, ...]:
        number = (KeyHint("F3", "承諾番号を登録"),) if self._gives else ()
        return (*number, KeyHint("F4", "台帳を作る"), KeyHint("F6", "区に返した"))

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.ledger, done=self._show)

    def _show(self, rows: Sequence[Copy]) -> None:
        self.table.set_rows(rows)
        missing = sum(row.missing for row in rows)
        self.state.setText(f"承諾番号のない写しが {missing}件あります。" if missing else "すべての写しに承諾番号があります。")
        self.state.setVisible(bool(rows))
        self._tell()

    def _tell(self) -> None:
        row = self.table.current_row()
        self.about.setText(f"項目: {ITEMS[row.kind]}\nアクセスできる人: {ACCESS[row.kind]}" if row is not None else "")

    # -- acting --

    def _approve(self) -> None:
        if not self._gives:
            return
        row, today = self.table.current_row(), self.desk.office.clock.today()
        number = LineField("number", "承諾番号", limit=LONGEST_NUMBER, required=True)
        kind = ChoiceField(
            "kind",
            "写しの種類",
            tuple(Choice(one.value, one.label, str(number)) for number, one in enumerate(Kind, 1)),
            required=True,
        )
        how = ChoiceField(
            "how", "承諾", (Choice(STANDING, "継続(期間中すべて)", "1"), Choice(SINGLE, "1回(1件だけ)", "2")), required=True
        )
        first = DateField("first", "始めの日", today=today, required=True)
        last = DateField("last", "終わりの日", today=today, required=True)
        if row is not None:
            kind.set_value(row.kind.value)
        office, session = self.desk.office, self.desk.session

        def act() -> Callable[[], int]:
            begins, ends = first.day(), last.day()
            if begins is None or ends is None:
                raise OperatorError("期間を入れてください。", field="first" if begins is None else "last", code="period")
            values = number.value(), (Kind(kind.value()),), begins, ends, how.value() == STANDING
            return partial(service.approve, office, session, *values)

        text = "区が承諾した写しの種類と期間を登録します。番号のない写しには、すぐにこの番号が付きます。"
        rows = ((number, how), (kind,), (first, last))
        open_form(FormDialog(self, self.desk, "承諾番号", text, rows, yes="登録する", act=act, kept=self._approved))

    def _approved(self, given: object) -> None:
        self.said.emit("done", f"承諾番号を登録しました。番号のなかった写し {given}件に付きました。")
        self.refresh()

    def _give_back(self) -> None:
        row = self.table.current_row()
        if row is None or row.returned or row.erased:
            self.said.emit("warning", "まだ返していない写しを選んでください。")
            return
        act = Answer("返した", partial(self._returned, row), key="Ctrl+Enter", primary=True)
        text = f"{row.kind.label} {row.place} を、今日区に返したと記録します。取り消せません。"
        ask(self, "区に返した", text, (act, Answer("やめる")))

    def _returned(self, row: Copy) -> None:
        run(self.desk, self, Lane.WRITE, service.give_back, row.id, done=lambda _none: self.refresh())

    def _write(self) -> None:
        self.papers.make(service.write_ledger)


def _number(row: Copy) -> Cell:
    return Cell(chip="なし", tone="error", text="要承諾") if row.missing else Cell(text=row.approval)
