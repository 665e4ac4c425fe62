"""終業点検: what is on hand and open, what is written down for the night, and the supervisor's signature."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.day_close import LONGEST_NOTE, CheckLine, Checklist, Way
from nhi_center.errors import OperatorError
from nhi_center.services import backup, cabinets, day_close, print_watch
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.parts import Card, Chip, plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.sign_panel import SignPanel
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Column, DataTable
from nhi_center.ui.common.text_fields import warn_of_forbidden
from nhi_center.ui.inspection.cabinet_count import CabinetCount
from nhi_center.ui.inspection.check_words import ADVICE, BUTTONS, foot_words, is_carried, note, order, page, state


class DayClosePanel(QWidget):
    """For a person who may close the day. Signals: said(kind, text), keys_changed()."""

    said = Signal(str, str)
    keys_changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("day_close_panel")
        self.seen: Checklist | None = None
        self._busy = False
        self._build()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(12)
        self.heading = words("終業点検", "heading", name="day_close_heading")
        self.state = Chip("", name="day_close_state")
        self.advice = words("", "secondary", name="day_close_advice")
        head.addWidget(self.heading)
        head.addWidget(self.state)
        head.addStretch(1)
        head.addWidget(self.advice)
        column.addLayout(head)
        self.table = DataTable(
            (
                Column("点検すること", lambda line: line.item.words, 310),
                Column("状態", state, 150),
                Column("引継ぎ(理由)", note),
                Column("保管庫", lambda line: line.carried.cabinet if is_carried(line) else "", 70, "right"),
                Column("書いた・数えた人", lambda line: line.carried.written_by if is_carried(line) else "", 140),
            ),
            name="check_table",
            label="終業点検の項目",
            empty="ここには、手元の書類や途中の仕事が点検の項目として並びます。",
            row_key=lambda line: line.item.kind,
        )
        self.table.row_activated.connect(self._begin_entry)
        self.table.current_row_changed.connect(lambda _line: self._show_entry())
        column.addWidget(self.table, 1)
        lower = QHBoxLayout()
        lower.setSpacing(12)
        lower.addWidget(self._entry_card(), 1)
        lower.addWidget(self._signing(), 1)
        column.addLayout(lower)
        column.addLayout(self._foot())
        self.count = CabinetCount(self, self.desk, self._on_counted)
        self.entry_chain = FieldChain((self.note, self.cabinet), self)
        self.entry_chain.finished.connect(self._carry)

    def _entry_card(self) -> Card:
        self.entry_card = Card("翌日へ引き継ぐ", name="carry_card")
        self.note = LineField("note", f"残す理由({LONGEST_NOTE}文字まで、氏名は書かない)", limit=LONGEST_NOTE, reserve_note=False)
        warn_of_forbidden(self.note)
        self.cabinet = DigitsField("cabinet", "保管庫の番号", reserve_note=False)
        self.carry_button = plain_button("引継ぎを書く", "F3", name="carry_button")
        self.carry_button.clicked.connect(self._carry)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.note, 5)
        row.addWidget(self.cabinet, 2)
        self.entry_words = words("", "secondary", name="carry_words", wrap=True)
        self.entry_card.add(row)
        self.entry_card.add(self.entry_words)
        self.entry_card.body.addStretch(1)
        self.entry_card.add(self.carry_button)
        return self.entry_card

    def _signing(self) -> SignPanel:
        self.panel = SignPanel(
            "取扱責任者の署名", "取扱者ID", "上の表の内容に署名し、この日の終業点検を終えます。", name="supervisor"
        )
        self.panel.chain.finished.disconnect(self.panel.submit)
        self.panel.chain.finished.connect(self._close)
        self.panel.changed.connect(self._enable)
        return self.panel

    def _foot(self) -> QHBoxLayout:
        self.foot = words("", "secondary", name="day_close_words")
        self.work_button = plain_button("仕事の画面を開く", "F4", name="open_work_button")
        self.work_button.clicked.connect(self._open_work)
        self.close_button = primary_button("終業点検を終える", name="close_day_button")
        self.close_button.clicked.connect(self._close)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.foot, 1)
        row.addWidget(self.work_button)
        row.addWidget(self.close_button)
        return row

    @property
    def counting(self) -> bool:
        """The day is being closed: counts and ids stand here, nobody's name."""
        return self.seen is not None and self.seen.closed is None

    def keys(self) -> tuple[KeyHint, ...]:
        if self.seen is not None and self.seen.closed is not None:
            return ()
        return (
            KeyHint("Enter", "項目を始める"),
            KeyHint("F3", "書く・数える・施錠"),
            KeyHint("F4", "仕事の画面を開く"),
            KeyHint("Ctrl+Enter", "終業点検を終える"),
        )

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        """Look at everything again, and ask the spooler what it still has; what is being typed stays."""
        self._read()
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest(
            "day_close_spooler", Lane.LONG, lambda _token: print_watch.look(office, session), owner=self, done=self._on_asked
        )

    def _read(self) -> None:
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest("day_close", Lane.READ, lambda _token: day_close.check(office, session), owner=self, done=self._show)

    def _on_asked(self, standing: print_watch.Standing) -> None:
        if standing.changed:
            self._read()

    # -- showing --

    def _show(self, seen: Checklist) -> None:
        first = self.seen is None
        self.seen, self._busy = seen, False
        self.table.set_rows(sorted(seen.lines, key=order))
        self.heading.setText(f"終業点検 {wareki(date.fromisoformat(seen.day))}")
        if seen.closed is not None:
            self.state.set_state("終わりました", "done")
            self.advice.setText("")
            self.panel.id_field.set_value(str(seen.closed.contents["supervisor"]))
            self.panel.set_signed(seen.closed.name)
            where = f"端末 {seen.closed.terminal} で " if seen.closed.terminal else ""
            self.panel.set_statement(f"{where}{seen.closed.signed_at[11:16]} に署名しました。この日の点検は終わっています。")
        else:
            left = len(seen.unsettled)
            self.state.set_state(f"残り {left}項目" if left else "署名できます", "warning" if left else "info")
            self.advice.setText(
                "紙は保管庫へ、二人目が数え、施錠を確かめます。"
                if left
                else "残っているものはありません。取扱責任者が署名します。"
            )
            if first:
                self.panel.id_field.set_value(self.desk.session.person)
        for part in (self.entry_card, self.work_button, self.close_button):
            part.setVisible(seen.closed is None)
        self.foot.setText(foot_words(seen))
        self._show_entry()
        self._enable()
        self.keys_changed.emit()

    def _show_entry(self) -> None:
        line = self.table.current_row()
        wanted = line is not None and line.open
        for field in self.entry_chain.fields:
            field.editor.setEnabled(wanted)
            field.clear_notes()
        self.carry_button.setEnabled(line is not None and line.open and line.item.way is not Way.THERE)
        self.work_button.setEnabled(line is not None and line.item.count > 0)
        if line is not None and line.item.told:
            self.entry_words.setText("終業点検を終えると取り消します。証はなくならず、明日、証等の出力の列から刷れます。")
            return
        way = line.item.way if line is not None else Way.CARRY
        self.carry_button.set_words(BUTTONS.get(way, "引継ぎを書く"))
        if line is None or not wanted:
            self.entry_words.setText("表で、残っている項目を選んでください。")
            return
        if way in ADVICE:
            for field in self.entry_chain.fields:
                field.editor.setEnabled(way is Way.PUT_AWAY)
            self.entry_words.setText(ADVICE[way])
            return
        where = "書類は保管庫にしまって、番号を書いてください。" if line.item.paper else "保管庫の番号はいりません。"
        self.entry_words.setText(f"{line.item.words}を引き継ぎます。{where}")

    def _enable(self) -> None:
        seen = self.seen
        open_ = seen is not None and seen.closed is None and not seen.unsettled
        self.close_button.setEnabled(open_ and not self._busy and self.panel.filled())

    # -- acting --

    def _begin_entry(self, line: CheckLine) -> None:
        if not line.open or self.seen is None or self.seen.closed is not None:
            return
        if line.item.way in (Way.COUNT, Way.LOCK, Way.THERE):
            self._carry()
        else:
            self.note.editor.setFocus()

    def _carry(self) -> None:
        line = self.table.current_row()
        if line is None or self._busy or not line.open:
            return
        if line.item.way is Way.COUNT:
            self.count.open(line.item.kind)
            return
        if line.item.way is Way.THERE:
            self.said.emit("info", ADVICE[Way.THERE])
            return
        if line.item.way is Way.LOCK:
            self._lock(line.item.kind.removeprefix("cabinet_lock_"))
            return
        office, session = self.desk.office, self.desk.session
        item, note, cabinet = line.item.kind, self.note.value(), self.cabinet.value()
        self._busy = True
        self.desk.run(
            Lane.WRITE,
            lambda _token: day_close.carry_over(office, session, item, note, cabinet),
            owner=self,
            done=self._on_carried,
            failed=self._refuse,
        )

    def _on_counted(self, words: str) -> None:
        self.said.emit("done", words)
        self.table.setFocus()
        self._read()

    def _lock(self, number: str) -> None:
        """Who is at the screen has looked: it is locked."""
        office, session = self.desk.office, self.desk.session

        def act() -> Checklist:
            cabinets.look(office, session, number, locked=True)
            return day_close.check(office, session)

        self._busy = True
        self.desk.run(Lane.WRITE, lambda _token: act(), owner=self, done=self._on_carried, failed=self._refuse)

    def _on_carried(self, seen: Checklist) -> None:
        for field in self.entry_chain.fields:
            field.clear()
        self._show(seen)
        if seen.unsettled:
            self.table.select(0)
            self.table.setFocus()
        else:
            self.panel.password_field.editor.setFocus()

    def _close(self) -> None:
        if self._busy or self.seen is None:
            return
        if self.seen.unsettled:
            self.said.emit("warning", "まだ済んでいない項目があります。表の上の項目から行ってください。")
            self.table.setFocus()
            return
        if not self.panel.chain.commit_all():
            return
        person, password = self.panel.take()
        office, session, shown = self.desk.office, self.desk.session, self.seen
        self._busy = True
        self._enable()
        self.desk.run(
            Lane.WRITE,
            lambda _token: day_close.sign_and_close(office, session, shown, person, password),
            owner=self,
            done=self._on_closed,
            failed=self._refuse,
        )

    def _on_closed(self, seen: Checklist) -> None:
        self._show(seen)
        self.table.setFocus()
        self.said.emit("done", "終業点検を終えました。お疲れさまでした。")
        office, session = self.desk.office, self.desk.session
        self.desk.run(Lane.LONG, lambda _token: print_watch.cancel_left(office, session), owner=self, done=self._on_cancelled)
        self._back_up()

    def _on_cancelled(self, count: int) -> None:
        """What still lay with the spooler. When it does not answer, the error says so and the printer has to be switched off."""
        if count:
            self.said.emit("warning", f"印刷サーバーに残っていた {count}件を取り消しました。明日、紙が出たかを確かめます。")

    def _back_up(self) -> None:
        """The day's copy, behind whatever comes next: signing out waits for it, nothing else does."""
        office = self.desk.office
        self.desk.run(
            Lane.LONG,
            lambda token: backup.back_up(office, token.report, token),
            owner=self,
            done=lambda _file: self.said.emit("done", "終業点検を終え、今日のバックアップを作りました。お疲れさまでした。"),
            progress=lambda now: self.said.emit("info", f"終業点検を終えました。{now.text}({now.done}/{now.total})"),
        )

    def _refuse(self, error: Exception) -> None:
        self._busy = False
        self._enable()
        if isinstance(error, OperatorError):
            if self.entry_chain.show_error(error):
                return
            if error.code in ("wrong-password", "wrong-role", "same-person"):
                self.panel.refuse(error.message, field="" if error.code == "wrong-password" else "id")
                return
            if error.code in _STALE:
                self.refresh()
        self.desk.present_error(error)

    def _open_work(self) -> None:
        line = self.table.current_row()
        if line is not None and not self.desk.window.open_screen(line.item.screen, page(line)):
            self.said.emit("info", f"{line.item.words}: この仕事は、担当の人が自分の画面で行います。")


_STALE = ("not-settled", "not-open", "not-carried", "changed", "bad-signature", "closed-already", "no-cabinet")
"""Refusals after which the list is read again."""
