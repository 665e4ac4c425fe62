"""入退室: the room's people with today's stays. Ward staff record who comes and goes; everybody else sees who is inside."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from nhi_center.domain.operators import Action
from nhi_center.domain.presence import LONGEST_LOCKER, Flag
from nhi_center.errors import OperatorError
from nhi_center.services import presence as service
from nhi_center.services.presence import RosterRow
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.name_view import NameView
from nhi_center.ui.common.parts import Card, Chip, plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.presence.papers import PapersButton
from nhi_center.ui.presence.recording import RecordingPanel
from nhi_center.ui.presence.room_acts import RoomActs


class RoomPanel(RecordingPanel):
    """``roster_table``; for ward staff ``locker``, ``enter_button`` (Enter in the locker field), ``leave_button`` (F3)
    and ``room_acts_button`` (F4).

    Signals: said(kind, text).
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.setObjectName("room_panel")
        self._records = desk.may(Action.CHECK_PRESENCE)
        self._chosen = ""
        self.inside_chip = Chip("", "info", name="inside_chip")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.table = self._table(desk)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.table, 790)
        if self._records:
            middle.addWidget(self._card(), 348)
            self.table.current_row_changed.connect(self._show_person)
            self.table.row_activated.connect(self._begin)
        column.addLayout(middle, 1)
        column.addLayout(self._foot())

    def _table(self, desk: Desk) -> DataTable:
        return DataTable(
            (
                Column("氏名", lambda row: row.name, 0, name=True),
                Column("役割", lambda row: row.role.label, 100),
                Column("ID", lambda row: row.person, 100),
                Column("いま", _state, 84),
                Column("入室", lambda row: _time(row.stay.entered_at) if row.stay else "", 72, "right"),
                Column("ロッカー", lambda row: row.stay.locker if row.stay else "", 84, "right"),
                Column("退室", lambda row: _time(row.stay.left_at) if row.stay else "", 72, "right"),
                Column("確認", _flag, 150),
            ),
            name="roster_table",
            label="名簿と本日の入退室",
            empty="ここには、この端末に登録された受託者の人が並びます。",
            names=desk.glyphs,
            row_key=lambda row: row.person,
        )

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self.inside_chip)
        foot.addWidget(words("入退室は区職員が記録します。", "secondary"))
        foot.addStretch(1)
        self.papers = PapersButton(self.desk, (("presence", "入退室簿"),), name="presence_pdf_button")
        self.papers.said.connect(self.said)
        foot.addWidget(self.papers)
        return foot

    def _card(self) -> Card:
        self.person = NameView(self.desk.glyphs, 22, object_name="presence_person")
        self.advice = words("", "secondary", name="presence_advice", wrap=True)
        self.locker = LineField(
            "locker",
            "ロッカーの番号",
            limit=LONGEST_LOCKER,
            ime=False,
            required=True,
            hint="携帯電話・カメラなどを入れた番号",
        )
        self.enter_button = primary_button("入室を記録", name="enter_button")
        self.enter_button.clicked.connect(self._enter)
        self.leave_button = plain_button("退室を記録", "F3", name="leave_button")
        self.leave_button.clicked.connect(self._leave)
        self.acts = RoomActs(self, self.desk, self._on_recorded)
        self.acts_button = plain_button("鍵・後からの記録", "F4", name="room_acts_button")
        self.acts_button.clicked.connect(self._open_acts)
        card = Card("入退室の記録", name="presence_card")
        card.body.setSpacing(12)
        for part in (self.person, self.advice, self.locker, self.enter_button, self.leave_button, self.acts_button):
            card.add(part)
        card.body.addStretch(1)
        card.add_lines("部屋を出るときは、ロッカーの鍵を受け取り、そのつど退室を記録します。")
        self.chain = FieldChain((self.locker,), self)
        self.chain.finished.connect(self._enter)
        return card

    # -- the window's side --

    def keys(self) -> tuple[KeyHint, ...]:
        papers = self.papers.keys()
        if not self._records:
            return papers
        return (
            KeyHint("Enter", "ロッカーの番号へ"),
            KeyHint("F3", "退室"),
            KeyHint("F4", "鍵・後から"),
            *papers,
            KeyHint("Ctrl+Enter", "入室"),
        )

    def refresh(self) -> None:
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest("presence", Lane.READ, lambda _token: service.roster(office, session), owner=self, done=self._show)

    # -- showing --

    def _show(self, rows: tuple[RosterRow, ...]) -> None:
        self.table.set_rows(rows)
        inside = sum(_is_inside(row) for row in rows)
        self.inside_chip.set_state(f"在室 {inside}人", "info" if inside else "plain")
        if self._records:
            self._show_person(self.table.current_row())

    def _show_person(self, row: RosterRow | None) -> None:
        chosen = row.person if row else ""
        if chosen != self._chosen:  # the same person again, after an exchange: what is being typed stays
            self._chosen = chosen
            self.locker.clear()
        self.person.set_text(row.name if row else "")
        inside = row is not None and _is_inside(row)
        self.locker.editor.setEnabled(row is not None and not inside)
        self.enter_button.setEnabled(row is not None and not inside)
        self.leave_button.setEnabled(inside)
        self.acts_button.setEnabled(row is not None)
        self.advice.setText(_advice(row))

    # -- acting --

    def _begin(self, row: RosterRow) -> None:
        """Enter on a line: where the next thing is typed or pressed."""
        (self.leave_button if _is_inside(row) else self.locker.editor).setFocus()

    def _enter(self) -> None:
        row = self.table.current_row()
        if row is None or self._busy or _is_inside(row) or not self.chain.commit_all():
            return
        office, session, locker = self.desk.office, self.desk.session, self.locker.value()
        self._run(lambda: service.check_in(office, session, row.person, locker), "入室を記録しました。")

    def _leave(self) -> None:
        row = self.table.current_row()
        if row is None or self._busy or row.stay is None or not row.stay.inside:
            return
        office, session, stay = self.desk.office, self.desk.session, row.stay
        self._run(lambda: service.check_out(office, session, stay), "退室を記録しました。")

    def _open_acts(self) -> None:
        row = self.table.current_row()
        if row is not None:
            self.acts.open(row)

    def _on_recorded(self, told: str) -> None:
        self.locker.clear()
        super()._on_recorded(told)

    def _shown_at_its_place(self, error: OperatorError) -> bool:
        return self.chain.show_error(error)


def _is_inside(row: RosterRow) -> bool:
    return row.stay is not None and row.stay.inside


def _state(row: RosterRow) -> Cell:
    if row.stay is None:
        return Cell(chip="未入室")
    return Cell(chip="在室", tone="info") if row.stay.inside else Cell(chip="退室")


def _flag(row: RosterRow) -> Cell:
    """What is to be looked at: two terminals that tell differently, what was forgotten, a key that has not come back."""
    if row.flag:
        return Cell(chip=row.flag, tone="plain" if row.flag == Flag.LATE.label else "warning")
    return Cell(chip="鍵が未返却", tone="warning") if row.stay and row.stay.key_out and not row.stay.inside else Cell()


def _advice(row: RosterRow | None) -> str:
    if row is None:
        return "名簿から人を選んでください。"
    if _is_inside(row):
        return "在室しています。部屋を出るときに F3 で退室を記録します。"
    return "ロッカーの番号と Enter で入室を記録します。"


def _time(stamp: str) -> str:
    return f"{datetime.fromisoformat(stamp):%H:%M}" if stamp else ""
