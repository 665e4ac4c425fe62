"""動作点検: how everything this terminal needs stands, what to do about it, and the sheet of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.devices import LONGEST_WORDS, Hold
from nhi_center.domain.operators import Action
from nhi_center.domain.self_check import Finding, Result, State
from nhi_center.services import devices, self_check
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.long_job import LongJob
from nhi_center.ui.common.paper_maker import made_words
from nhi_center.ui.common.parts import Card, Chip, ProgressStrip, plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run

TONES = {State.OK: "done", State.WARNING: "warning", State.ERROR: "error", State.NOT_READABLE: "plain", State.NOT_ASKED: "plain"}
_ORDER = (State.ERROR, State.WARNING, State.NOT_ASKED, State.NOT_READABLE, State.OK)


class SelfCheckPanel(QWidget):
    """``self_check_table``, ``run_self_check_button`` (Ctrl+Enter), ``print_self_check_button`` (F4), and, while a device that
    nobody has allowed waits for ward staff, ``look_at_device_button`` (F3).

    Signals: said(kind, text), keys_changed().
    """

    said = Signal(str, str)
    keys_changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("self_check_panel")
        self.result: Result | None = None
        self._acts = desk.may(Action.ACKNOWLEDGE_DEVICE)
        self._waiting: tuple[Hold, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(self._head())
        self.table = DataTable(
            (
                Column("点検すること", lambda finding: finding.title, 210),
                Column("状態", _state, 140),
                Column("分かったこと", lambda finding: finding.sentence),
            ),
            name="self_check_table",
            label="動作点検の結果",
            empty="まだ点検していません。Ctrl+Enter で点検すると、結果がここに並びます。",
            row_key=lambda finding: finding.name,
        )
        self.table.current_row_changed.connect(lambda _finding: self._show_details())
        column.addWidget(self.table, 1)
        column.addWidget(self._details())
        self.progress = ProgressStrip(name="self_check_progress")
        column.addWidget(self.progress)
        column.addLayout(self._foot())
        self._long = LongJob(desk, self, self.progress, (self.run_button,))

    def _head(self) -> QHBoxLayout:
        self.state = Chip("", name="self_check_state")
        self.made = words("", "secondary", name="self_check_made")
        self.made.setFixedHeight(22)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.state)
        row.addWidget(self.made)
        row.addStretch(1)
        return row

    def _details(self) -> Card:
        self.card = Card("選んだ行", panel=True, name="self_check_details")
        self.found = words("", "dense", name="self_check_found", wrap=True)
        self.advice = words("", "dense", name="self_check_advice", wrap=True)
        self.card.add(self.found)
        self.card.add(self.advice)
        self.card.body.addStretch(1)
        self.card.setFixedHeight(124)
        return self.card

    def _foot(self) -> QHBoxLayout:
        self.print_button = plain_button("点検表を作る", "F4", name="print_self_check_button")
        self.print_button.clicked.connect(self._print)
        self.run_button = primary_button("点検する", name="run_self_check_button")
        self.run_button.clicked.connect(self._run)
        self.look_button = plain_button("装置を確認した", "F3", name="look_at_device_button")
        self.look_button.clicked.connect(self._look_at_device)
        self.look_button.setVisible(False)
        self.place = words("", "secondary", name="self_check_place")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.place, 1)
        row.addWidget(self.look_button)
        row.addWidget(self.print_button)
        row.addWidget(self.run_button)
        return row

    def keys(self) -> tuple[KeyHint, ...]:
        look = (KeyHint("F3", "装置を確認した"),) if self._waiting else ()
        return (*look, KeyHint("F4", "点検表を作る"), KeyHint("Ctrl+Enter", "点検する"))

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest(
            "self_check", Lane.READ, lambda _token: self_check.newest(office, session), owner=self, done=self._show
        )
        if self._acts:
            run(self.desk, self, Lane.READ, devices.open_holds, done=self._show_waiting)

    # -- showing --

    def _show(self, result: Result | None) -> None:
        self.result = result
        self.print_button.setEnabled(result is not None)
        self.state.setVisible(result is not None)
        if result is None:
            self.made.setText("サインインのたびに点検します。")
            self.table.set_rows(())
        else:
            found = ", ".join(f"{state.label} {result.count(state)}件" for state in _ORDER[:2] if result.count(state))
            self.state.set_state(found.replace(", ", "・") or "異状なし", TONES[result.state])
            self.made.setText(f"{datetime.fromisoformat(result.at):%Y-%m-%d %H:%M} に{self._who(result)}が点検しました。")
            self.table.set_rows(sorted(result.findings, key=lambda finding: _ORDER.index(finding.state)))
        self._show_details()

    def _who(self, result: Result) -> str:
        if result.person == self.desk.session.person:
            return "あなた"
        return "端末" if result.person == self.desk.office.terminal else result.person

    def _show_details(self) -> None:
        finding = self.table.current_row()
        if not isinstance(finding, Finding):
            self.found.setText("表の行を選ぶと、すべての言葉と、することがここに出ます。")
            self.advice.setText("")
            return
        self.found.setText(f"{finding.title}: {finding.sentence}")
        self.advice.setText(f"すること: {finding.advice}" if finding.advice else "することはありません。")

    # -- a device that nobody has allowed --

    def _show_waiting(self, waiting: tuple[Hold, ...]) -> None:
        self._waiting = waiting
        self.look_button.setVisible(bool(waiting))
        self.keys_changed.emit()

    def _look_at_device(self) -> None:
        if not self._waiting:
            return
        hold = self._waiting[0]
        field = LineField("words", "確かめたこと・したこと", limit=LONGEST_WORDS, required=True, hint="例 外して区へ渡した")
        office, session = self.desk.office, self.desk.session

        def act() -> Callable[[], object]:
            typed = field.value()
            return lambda: devices.acknowledge(office, session, hold.id, typed)

        when = f"{datetime.fromisoformat(hold.seen_at):%m-%d %H:%M}"
        data = "データを持ち出せる装置です。" if hold.holds_data else ""
        text = f"{when}に、許可していない装置 {hold.name} がつながりました。{data}確認すると、書出しと印刷をまた使えます。"
        dialog = FormDialog(
            self, self.desk, "許可していない装置の確認", text, ((field,),), yes="確認した", act=act, kept=self._on_looked_at
        )
        open_form(dialog)

    def _on_looked_at(self, _none: object) -> None:
        left = len(self._waiting) - 1
        rest = f"あと{left}件あります。" if left else "書出しと印刷を、また使えます。"
        self.said.emit("done", f"装置を確認しました。{rest}")
        self.refresh()
        self._run()

    # -- acting --

    def _run(self) -> None:
        office, session = self.desk.office, self.desk.session
        self._long.begin(lambda token: self_check.run(office, session, token.report, token), self._on_checked, "点検しています")

    def _on_checked(self, result: Result) -> None:
        self._show(result)
        if result.state is State.OK:
            unseen = result.count(State.NOT_READABLE)
            rest = f"{unseen}項目は、この端末では確認できません。" if unseen else ""
            self.said.emit("done", f"動作点検を終えました。{result.count(State.OK)}項目に、異状はありません。{rest}")
        else:
            kind = "error" if result.state is State.ERROR else "warning"
            self.said.emit(kind, f"動作点検を終えました。{self.state.accessibleName()}。上の行から、することを見てください。")

    def _print(self) -> None:
        office, session = self.desk.office, self.desk.session
        self.print_button.setEnabled(False)
        self.desk.run(
            Lane.PRINT,
            lambda _token: self_check.write_sheet(office, session),
            owner=self,
            done=self._on_printed,
            ended=lambda: self.print_button.setEnabled(self.result is not None),
        )

    def _on_printed(self, path: Path) -> None:
        self.place.setText(f"業務フォルダーの documents/{path.name}")
        self.said.emit("done", made_words(path))


def _state(finding: Finding) -> Cell:
    return Cell(chip=finding.state.label, tone=TONES[finding.state])
