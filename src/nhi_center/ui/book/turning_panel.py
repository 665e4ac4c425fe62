"""期限・年齢: who has turned 70 or 75 and which documents have run out, each with what to do, until somebody says it is done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.turning import SETTLED, Turn
from nhi_center.services import turning as service
from nhi_center.services.turning import TurnRow
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.parts import plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run

_TONES = {Turn.SEVENTY: "info", Turn.SEVENTY_FIVE: "warning", Turn.EXPIRED: "warning"}


class TurningPanel(QWidget):
    """F6 or Enter says what was done about the line in front. Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("turning_panel")
        self.counts = words("", "secondary", name="turning_counts")
        self.table = DataTable(
            (
                Column("日", lambda row: wareki(row.item.day), 150),
                Column("わけ", _why, 150),
                Column("氏名", lambda row: row.name, 190, name=True),
                Column("記号番号枝番", lambda row: row.insured_number, 140),
                Column("手元の証", lambda row: row.document or "-", 150),
                Column("新しい証", lambda row: row.newer or "-", 130),
                Column("したこと", lambda row: SETTLED.get(row.item.settled, ""), 0),
            ),
            name="turning_table",
            label="期限・年齢",
            empty="年齢や有効期限で変わる人はいません。その日の最初のサインインのときに、閉庁日の分も調べます。",
            names=desk.glyphs,
            row_key=lambda row: row.item.id,
        )
        self.advice = words("", "dense", name="turning_advice", wrap=True)
        self.settle_button = plain_button("したことを記録", "F6", name="turning_settle_button")
        self.settle_button.clicked.connect(self._settle)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.advice, 1)
        foot.addWidget(self.settle_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.counts)
        column.addWidget(self.table, 1)
        column.addLayout(foot)
        self.table.current_row_changed.connect(self._show_row)
        self.table.row_activated.connect(lambda _row: self._settle())

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F6", "したことを記録"),)

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.listing, done=self._show)

    def _show(self, rows: tuple[TurnRow, ...]) -> None:
        self.table.set_rows(sorted(rows, key=lambda row: bool(row.item.settled)))
        left = sum(not row.item.settled for row in rows)
        self.counts.setText(f"残り {left}件  済み {len(rows) - left}件" if rows else "")
        self._show_row(self.table.current_row())

    def _show_row(self, row: TurnRow | None) -> None:
        self.advice.setText(row.item.turn.advice if row and not row.item.settled else "")
        self.settle_button.setEnabled(row is not None and not row.item.settled)

    def _settle(self) -> None:
        row = self.table.current_row()
        if row is not None and not row.item.settled:
            _open_settle(self, self.desk, row, self._kept)

    def _kept(self, _nothing: object) -> None:
        self.said.emit("done", "記録しました。")
        self.refresh()


def _why(row: TurnRow) -> Cell:
    return Cell(chip=row.item.turn.label, tone="done" if row.item.settled else _TONES[row.item.turn])


def _open_settle(parent: QWidget, desk: Desk, row: TurnRow, kept: Callable[[object], object]) -> FormDialog:
    what = ChoiceField("settled", "したこと", tuple(Choice(code, label) for code, label in SETTLED.items()), required=True)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        code = what.value()
        return lambda: service.settle(office, session, row.item.id, code)

    text = f"{row.item.turn.label} {wareki(row.item.day)}。{row.item.turn.advice}"
    return open_form(FormDialog(parent, desk, "期限・年齢", text, ((what,),), yes="記録する", act=act, kept=kept))
