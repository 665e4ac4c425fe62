"""食い違い: both sides of what rests on what stands no more, who and when, and the act of keeping one of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calendar import wareki_iso
from nhi_center.domain.entry import State
from nhi_center.domain.leases import REASONS, Conflict, Side, Stands
from nhi_center.services import conflicts as service
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.parts import plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_STANDS = {Stands.MINE: "この端末を残した", Stands.THEIRS: "相手を残した"}


class ConflictsPanel(QWidget):
    """``conflicts_table``; Enter fetches the other side into ``sides_table``; F3 keeps this one, F4 the other. Signals: said."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("conflicts_panel")
        self._shown: Conflict | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.table = DataTable(
            (
                Column("管理票", lambda row: Cell(strong=row.number), 110),
                Column("届出・申請", lambda row: row.form_title, 230),
                Column("見つかった時刻", lambda row: row.found_at[11:16], 130),
                Column("この端末", lambda row: f"{_who(row.mine)} {State(row.mine.state).label}", 240),
                Column("相手", lambda row: _who(row.theirs) if row.theirs else "Enter で見ます", 220),
                Column("判断", _verdict),
            ),
            name="conflicts_table",
            label="食い違い",
            empty="食い違いはありません。別の端末に移った届出をこの端末で進めると、ここに並びます。",
            row_key=lambda row: row.id,
        )
        self.table.row_activated.connect(self._look)
        self.sides = DataTable(
            (
                Column("項目", lambda row: row[0], 210),
                Column("この端末の値", lambda row: Cell(strong=row[1] or "(空)"), 0),
                Column("相手の値", lambda row: Cell(strong=row[2] or "(空)"), 0),
            ),
            name="sides_table",
            label="違う項目",
            empty="違う項目はありません。",
            names=desk.glyphs,
            row_key=lambda row: row[0],
        )
        self.about = words("", "secondary", name="conflict_about", wrap=True)
        column.addWidget(self.table, 2)
        column.addWidget(self.about)
        column.addWidget(self.sides, 3)
        column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        self.theirs_button = plain_button("相手を残す", "F4", name="keep_theirs_button")
        self.mine_button = primary_button("この端末を残す", "F3", name="keep_mine_button")
        self.theirs_button.clicked.connect(partial(self._settle, Stands.THEIRS))
        self.mine_button.clicked.connect(partial(self._settle, Stands.MINE))
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(words("紙と照らしてから決めます。残さない方の入力も、記録として残ります。", "secondary"), 1)
        for button in (self.theirs_button, self.mine_button):
            foot.addWidget(button)
        return foot

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("Enter", "両方を見る"), KeyHint("F3", "この端末を残す"), KeyHint("F4", "相手を残す"))

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.every, done=self._show)

    def _show(self, rows: tuple[Conflict, ...]) -> None:
        self.table.set_rows(rows)
        self._tell(next((row for row in rows if self._shown is not None and row.id == self._shown.id), None))

    def _look(self, row: Conflict) -> None:
        run(self.desk, self, Lane.LINK, service.look, row.id, done=self._looked)

    def _looked(self, found: Conflict) -> None:
        self._shown = found
        self.refresh()

    def _tell(self, found: Conflict | None) -> None:
        self._shown = found
        open_one = found is not None and not found.settled_at
        self.mine_button.setEnabled(open_one)
        self.theirs_button.setEnabled(open_one and found is not None and found.theirs is not None)
        if found is None:
            self.about.setText("Enter で、選んだ届出の両方の入力を見ます。")
            self.sides.set_rows(())
            return
        theirs = found.theirs
        other = f"相手は端末 {theirs.terminal} {_who(theirs)}。" if theirs else "ほかの端末は入力していません。"
        self.about.setText(f"管理票 {found.number}。この端末は {_who(found.mine)}。{other}送れなかった記録 {found.records}件。")
        values = theirs.values if theirs else {}
        differing = found.differing if values else ()
        mine = found.mine.values
        self.sides.set_rows([(found.labels[id_], _shown(mine.get(id_, "")), _shown(values.get(id_, ""))) for id_ in differing])

    def _settle(self, stands: Stands) -> None:
        found = self._shown
        if found is None or found.settled_at:
            self.said.emit("warning", "食い違いを選び、Enter で両方を見てから決めてください。")
            return
        reason = ChoiceField("reason", "確かめ方", tuple(Choice(one.code, one.label) for one in REASONS), required=True)
        office, session = self.desk.office, self.desk.session

        def act() -> Callable[[], object]:
            chosen = reason.value()
            return lambda: service.settle(office, session, found.id, stands, chosen)

        keeps = (
            "この端末の入力を残し、相手の端末から外します。"
            if stands is Stands.MINE
            else "相手の入力を残し、この端末から外します。"
        )
        text = f"管理票 {found.number}: {keeps}紙は、残した端末に置きます。"
        title = "この端末を残す" if stands is Stands.MINE else "相手を残す"
        open_form(
            FormDialog(
                self, self.desk, title, text, ((reason,),), yes=title, act=act, kept=lambda _none: self._settled(found, stands),
                lane=Lane.LINK,
            )
        )  # fmt: skip

    def _settled(self, found: Conflict, stands: Stands) -> None:
        self.said.emit("done", f"管理票 {found.number}: {_STANDS[stands]}。")
        self.refresh()


def _who(side: Side) -> str:
    return " ".join(part for part in (side.name, side.at[11:16]) if part)


def _verdict(row: Conflict) -> Cell:
    if not row.settled_at:
        return Cell(chip="判断待ち", tone="error")
    return Cell(chip=_STANDS[Stands(row.stands)], tone="done", text=f"{row.settled_by} {row.settled_at[11:16]}")


def _shown(value: str) -> str:
    """A day as people write it; what is kept of it is ISO."""
    return wareki_iso(date.fromisoformat(value)) if _DAY.fullmatch(value) else value
