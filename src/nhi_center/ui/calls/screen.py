"""電話: what has been promised, what came in today, and what is still to be written up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.calls import CallState, Outcome, clock_words, due_words
from nhi_center.domain.ward_requests import WardRequest
from nhi_center.services import call_list as service
from nhi_center.services.call_list import CallBackRow, CallRecord, CallRow
from nhi_center.tasks.runner import Lane
from nhi_center.ui.calls.record_card import RecordCard
from nhi_center.ui.calls.request_dialog import open_request
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import confirm
from nhi_center.ui.common.parts import ActionButton, Chip
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable

FILTERS: tuple[tuple[str, Callable[[CallRow], bool]], ...] = (
    ("すべて", lambda _row: True),
    ("自分", lambda row: row.own),
    ("あとで記入", lambda row: row.call.state.is_open),
    ("苦情", lambda row: row.call.draft.outcome == Outcome.COMPLAINT or row.call.draft.category == "Q22"),
)
_STATE_TONE = {CallState.TALKING: "info", CallState.WRAP_UP: "warning", CallState.DONE: "done", CallState.DROPPED: "plain"}


@dataclass(frozen=True, slots=True)
class _Shown:
    """Both lists, read together."""

    calls: tuple[CallRow, ...]
    backs: tuple[CallBackRow, ...]


class CallsScreen(Screen):
    """Enter opens a call or rings a promise, F3 marks a promise kept, 1 to 4 choose which calls are listed."""

    name = "calls"
    title = "電話"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._now: datetime = desk.office.clock.local()
        self._calls: tuple[CallRow, ...] = ()
        self._filter = 0
        self.overdue_chip = Chip("", "error", name="calls_overdue_chip")
        self.count_text = words("", "secondary", name="calls_count")
        self.page.addWidget(TitleLine(self.title, self.overdue_chip, self.count_text, right="F5 で電話を受けます"))
        self.backs = self._back_table(desk)
        self.calls = self._call_table(desk)
        self.record = RecordCard(desk.glyphs)
        left = QVBoxLayout()
        left.setSpacing(8)
        heading = words("折返し", "heading")
        heading.setFixedHeight(24)
        left.addWidget(heading)
        left.addWidget(self.backs, 2)
        left.addLayout(self._head())
        left.addWidget(self.calls, 3)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addLayout(left, 800)
        middle.addWidget(self.record, 300)
        self.page.addLayout(middle, 1)
        self.overdue_chip.hide()

    def _back_table(self, desk: Desk) -> DataTable:
        table = DataTable(
            (
                Column("期限", self._due, 200),
                Column("電話番号", lambda row: row.number, 122),
                Column("対象者", lambda row: row.person_name, 150, name=True),
                Column("分類", lambda row: row.category),
                Column("だれが", lambda row: row.owner_name or "だれでも", 92),
            ),
            name="calls_back_table",
            label="折返し",
            empty="折返しの約束はありません。電話の結果で 3 折返し を選ぶと、ここに期限の早い順に並びます。",
            names=desk.glyphs,
            row_key=lambda row: row.back.id,
        )
        table.row_activated.connect(self._ring)
        return table

    def _call_table(self, desk: Desk) -> DataTable:
        table = DataTable(
            (
                Column("受付", lambda row: row.call.number, 84),
                Column("時刻", self._time, 104),
                Column("対象者", lambda row: row.person_name, 138, name=True),
                Column("分類", lambda row: row.category),
                Column("結果", _outcome, 64),
                Column("受けた人", lambda row: " ".join(filter(None, (row.clerk_name, row.call.terminal))), 120),
                Column("状態", lambda row: Cell(chip=row.call.state.label, tone=_STATE_TONE[row.call.state]), 128),
            ),
            name="calls_table",
            label="本日の電話",
            empty="ここには今日の電話が新しい順に並びます。F5 で電話を受けます。",
            names=desk.glyphs,
            row_key=lambda row: row.call.id,
        )
        table.row_activated.connect(self._open)
        table.current_row_changed.connect(lambda _row: self.record.clear())
        return table

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(words("本日の電話", "heading"))
        row.addStretch(1)
        self.filter_buttons: list[ActionButton] = []
        for index, (label, _test) in enumerate(FILTERS):
            button = ActionButton(label, key=str(index + 1), bind=False, name=f"calls_filter_{index + 1}_button")
            button.setFixedHeight(30)
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, chosen=index: self._set_filter(chosen))
            self.filter_buttons.append(button)
            row.addWidget(button)
        self.filter_buttons[0].setChecked(True)
        return row

    # -- the window's side --

    def keys(self) -> tuple[KeyHint, ...]:
        figures = (
            KeyHint(str(index + 1), label, partial(self._set_filter, index)) for index, (label, _test) in enumerate(FILTERS)
        )
        acts = (
            KeyHint("F3", "折返し完了", self._complete),
            KeyHint("F8", "集計", self._figures),
            KeyHint("Alt+R", "連絡票", self._ask_ward),
        )
        return (KeyHint("Enter", "開く"), *acts, *figures)

    def first_focus(self) -> QWidget:
        return self.backs if self.backs.rows() else self.calls

    def refresh(self) -> None:
        office, session = self.desk.office, self._session
        self.desk.run(
            Lane.READ,
            lambda _token: _Shown(service.list_today(office, session), service.open_callbacks(office, session)),
            owner=self,
            done=self._on_read,
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # The page is enabled again when the telephone goes away: what it left behind belongs in these lists.
        if event.type() == QEvent.Type.EnabledChange and self.isEnabled() and self.isVisible():
            self.refresh()

    @property
    def _session(self) -> Any:
        return self.desk.session

    # -- the lists --

    def _on_read(self, shown: _Shown) -> None:
        self._now = self.desk.office.clock.local()
        self._calls = shown.calls
        self.backs.set_rows(shown.backs)
        self._show_calls()
        overdue = sum(row.overdue for row in shown.backs)
        self.overdue_chip.setVisible(overdue > 0)
        self.overdue_chip.set_state(f"期限超過 {overdue}件", "error")
        today = sum(row.call.day == self._now.date() for row in shown.calls)
        waiting = sum(row.call.state is CallState.WRAP_UP for row in shown.calls)
        self.count_text.setText(f"本日 {today}件 あとで記入 {waiting}件 折返し {len(shown.backs)}件")

    def _set_filter(self, index: int) -> None:
        self._filter = index
        for number, button in enumerate(self.filter_buttons):
            button.setChecked(number == index)
        self._show_calls()

    def _show_calls(self) -> None:
        self.calls.set_rows([row for row in self._calls if FILTERS[self._filter][1](row)])

    def _due(self, row: CallBackRow) -> Cell:
        due = due_words(datetime.fromisoformat(row.back.due), self._now.date())
        if row.overdue:
            return Cell(due, chip="期限超過", tone="error", colour="#ce0000")
        return Cell(due, chip="通話中", tone="info") if row.begun else Cell(due)

    def _time(self, row: CallRow) -> str:
        started = datetime.fromisoformat(row.call.started_at)
        return f"{started:%H:%M} {clock_words(row.call.seconds(self._now))}"

    # -- acts --

    def _figures(self) -> None:
        self.desk.window.open_screen("call_figures", {})

    def _ring(self, row: CallBackRow) -> None:
        """Enter on a promise: the telephone opens with the number to ring, or the call already begun."""
        if row.begun:
            self.desk.open("call", call=row.begun)
        else:
            self.desk.open("call", callback=row.back.id)

    def _open(self, row: CallRow) -> None:
        if row.call.state.is_open and row.own:
            self.desk.open("call", call=row.call.id)
        elif row.call.state.is_open:
            self.say("info", "ほかの人が受けた電話です。受けた人が記入します。")
        else:
            self.desk.run(
                Lane.WRITE,
                lambda _token: service.read_record(self.desk.office, self._session, row.call.id),
                owner=self,
                done=self._on_record,
            )

    def _ask_ward(self) -> None:
        """連絡票 from the marked call, also after it was recorded."""
        row = self.calls.current_row()
        if row is None:
            self.say("info", "連絡票を出す電話を、下の一覧から選んでください。")
            return
        call = row.call
        open_request(self, self.desk, call.id, call.number, call.draft.category, self._on_asked)

    def _on_asked(self, request: object) -> None:
        if isinstance(request, WardRequest):
            self.say("done", f"連絡票 {request.number} を区に出しました。")

    def _on_record(self, record: CallRecord) -> None:
        current = self.calls.current_row()
        if current is not None and current.call.id == record.row.call.id:
            self.record.set_record(record, self._now)

    def _complete(self) -> None:
        row = self.backs.current_row()
        if row is None:
            self.say("info", "折返しの約束はありません。")
            return
        text = (
            f"{row.number} への折返し({due_words(datetime.fromisoformat(row.back.due), self._now.date())})を、"
            "電話をかけずに完了にします。元には戻せません。かけるときは、やめて Enter で開いてください。"
        )
        confirm(self, "折返し完了", text, yes="完了にする", action=lambda: self._complete_now(row.back.id))

    def _complete_now(self, callback: str) -> None:
        self.desk.run(
            Lane.WRITE,
            lambda _token: service.complete_callback(self.desk.office, self._session, callback),
            owner=self,
            done=lambda _none: self.say("done", "折返しを完了にしました。"),
            ended=self.refresh,
        )


def _outcome(row: CallRow) -> str:
    return Outcome(row.call.draft.outcome).heading if row.call.draft.outcome and not row.call.state.is_open else ""
