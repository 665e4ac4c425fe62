"""期限・年齢: who has turned 70 or 75 and which documents have run out, each with what to do, until somebody says it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.turning import SETTLED, WARD_SETTLED, Turn
from nhi_center.services import turning as service
from nhi_center.services.turning import TurnList, TurnRow
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
    choices: Mapping[str, str] = SETTLED

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("turning_panel")
        self.counts = words("", "secondary", name="turning_counts")
        self.looked = words("", "secondary", name="turning_looked")
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
        head = QHBoxLayout()
        head.addWidget(self.counts, 1)
        head.addWidget(self.looked)
        column.addLayout(head)
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

    def advice_of(self, row: TurnRow) -> str:
        return row.item.turn.advice

    def may_settle(self, row: TurnRow) -> bool:
        return not row.item.settled

    def settling(self, row: TurnRow, code: str) -> Callable[[], object]:
        """What keeps ``code`` for the row, to be run in a lane."""
        office, session = self.desk.office, self.desk.session
        return lambda: service.settle(office, session, row.item.id, code)

    def _show(self, found: TurnList) -> None:
        rows = found.rows
        self.looked.setText(f"{wareki(found.looked)}の分まで調べました。" if found.looked else "まだ調べていません。")
        self.table.set_rows(sorted(rows, key=lambda row: bool(row.item.settled)))
        left = sum(not row.item.settled for row in rows)
        self.counts.setText(f"残り {left}件  済み {len(rows) - left}件" if rows else "")
        self._show_row(self.table.current_row())

    def _show_row(self, row: TurnRow | None) -> None:
        self.advice.setText(self.advice_of(row) if row and not row.item.settled else "")
        self.settle_button.setEnabled(row is not None and self.may_settle(row))

    def _settle(self) -> None:
        row = self.table.current_row()
        if row is not None and self.may_settle(row):
            _open_settle(self, row, self._kept)

    def _kept(self, _nothing: object) -> None:
        self.said.emit("done", "記録しました。")
        self.refresh()


class TurningWardPanel(TurningPanel):
    """The same for the ward, with those under 支援措置: it settles these alone and only looks at the contractor's."""

    choices = WARD_SETTLED

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.for_ward, done=self._show)

    def advice_of(self, row: TurnRow) -> str:
        return (
            f"支援措置。{row.item.turn.ward_advice}" if row.protected else "受託者から知らせがあります。審査が済むと出力します。"
        )

    def may_settle(self, row: TurnRow) -> bool:
        return row.protected and super().may_settle(row)

    def settling(self, row: TurnRow, code: str) -> Callable[[], object]:
        office, session = self.desk.office, self.desk.session
        return lambda: service.settle_for_ward(office, session, row.item.id, code)


def _why(row: TurnRow) -> Cell:
    return Cell(chip=row.item.turn.label, tone="done" if row.item.settled else _TONES[row.item.turn])


def _open_settle(panel: TurningPanel, row: TurnRow, kept: Callable[[object], object]) -> FormDialog:
    what = ChoiceField("settled", "したこと", tuple(Choice(code, label) for code, label in panel.choices.items()), required=True)

    def act() -> Callable[[], object]:
        return panel.settling(row, what.value())

    text = f"{row.item.turn.label} {wareki(row.item.day)}。{panel.advice_of(row)}"
    return open_form(FormDialog(panel, panel.desk, "期限・年齢", text, ((what,),), yes="記録する", act=act, kept=kept))
