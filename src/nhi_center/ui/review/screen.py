"""区の審査: the list of what is verified, with what it will change; 区審査済 for one or many, 差戻し with its kind and reason."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nhi_center.domain.purpose import Purpose, PurposeKind
from nhi_center.services import review as service
from nhi_center.services import ward_requests
from nhi_center.services.review import ReviewCase, ReviewOutcome, ReviewRow
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import confirm
from nhi_center.ui.common.difference import DIFFERENCE_CHIP, DIFFERENCE_NOTE
from nhi_center.ui.common.parts import Chip, plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.urgent import URGENT_COLUMN, urgent_cell
from nhi_center.ui.review.case_view import CaseView
from nhi_center.ui.review.error_dialog import ask_error

EMPTY = "審査を待つ届出・申請はありません。照合が済んだものがここに並びます。"
DWELL_MS = 120
"""Reading a person's form is kept in the log; rows that are only passed over are not read."""


class ReviewScreen(Screen):
    """Space selects, Ctrl+Enter records 区審査済, F4 sends back, F3 opens 連絡票; ``opened(application=...)`` stands at one."""

    name = "review"
    title = "区の審査"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._seen: set[str] = set()
        self._wanted = ""
        self.count_text = words("", "secondary", name="review_count")
        self.request_chip = Chip("", "warning", name="review_request_chip")
        self.request_chip.hide()
        self.page.addWidget(TitleLine(self.title, self.count_text, self.request_chip, right="照合が済んだものだけが並びます"))
        self.table = self._table(desk)
        self.case_view = CaseView(desk)
        self.page.addWidget(self.table, 2)
        self.page.addWidget(self.case_view, 3)
        self.page.addLayout(self._foot())
        self._dwell = QTimer(self)
        self._dwell.setSingleShot(True)
        self._dwell.setInterval(DWELL_MS)
        self._dwell.timeout.connect(self._read_case)

    def _table(self, desk: Desk) -> DataTable:
        table = DataTable(
            (
                Column("急ぎ", lambda row: urgent_cell(row.urgent_until, desk.office.clock.local()), URGENT_COLUMN),
                Column("管理票", lambda row: row.number, 84),
                Column("届出・申請", _form, 186, most=320),
                Column("氏名", lambda row: row.name, 146, name=True, most=220),
                Column("変わること", _change, 190, most=260),
                Column("出る証", lambda row: row.certificate, 108, most=220),
                Column("警告", _warnings),
            ),
            name="review_table",
            label="審査を待つ届出・申請",
            empty=EMPTY,
            names=desk.glyphs,
            row_key=lambda row: row.application,
            checkable=lambda row: not row.problem,
        )
        table.current_row_changed.connect(self._on_current)
        table.checks_changed.connect(self._show_choice)
        table.row_activated.connect(lambda _row: self.case_view.area.setFocus())
        return table

    def _foot(self) -> QHBoxLayout:
        self.choice_text = words("", "secondary", name="review_choice")
        self.send_back_button = plain_button("差戻し", "F4", name="send_back_button")
        self.record_button = primary_button("区審査済にする", name="record_button")
        self.send_back_button.clicked.connect(self._on_send_back)
        self.record_button.clicked.connect(self._on_record)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.choice_text, 1)
        row.addWidget(self.send_back_button)
        row.addWidget(self.record_button)
        return row

    # -- the frame's questions --

    def keys(self) -> tuple[KeyHint, ...]:
        requests = KeyHint("F3", "連絡票", self._open_requests)
        if not self.table.model().rowCount():
            return (requests,)
        return (
            KeyHint("↑↓", "見る"),
            KeyHint("Space", "選ぶ"),
            KeyHint("Enter", "内容を読む"),
            KeyHint("F4", "差戻し"),
            KeyHint("Ctrl+Enter", "区審査済"),
            requests,
        )

    def open_case(self) -> Purpose | None:
        """The one that is being read; a list behind another page is none."""
        row = self.table.current_row() if self.isVisible() else None
        return Purpose(PurposeKind.REVIEW, row.application, row.number) if row is not None else None

    def opened(self, **params: Any) -> None:
        self._wanted = str(params.get("application", ""))
        self.refresh()

    def refresh(self) -> None:
        self.desk.run_latest(
            "review_list",
            Lane.READ,
            lambda _token: service.waiting(self.desk.office, self.desk.session),
            owner=self,
            done=self._show_list,
        )
        self.desk.run_latest(
            "review_requests",
            Lane.READ,
            lambda _token: len(ward_requests.waiting(self.desk.office, self.desk.session)),
            owner=self,
            done=self._show_requests,
        )

    def first_focus(self) -> QWidget:
        return self.table

    def _show_list(self, rows: tuple[ReviewRow, ...]) -> None:
        self.table.set_rows(rows)
        self.count_text.setText(f"{len(rows)}件")
        ids = [row.application for row in rows]
        if self._wanted in ids:
            self.table.select(ids.index(self._wanted))
        self._wanted = ""
        self.send_back_button.setEnabled(bool(rows))
        self._show_choice()
        self.rebind_keys()

    def _show_requests(self, count: int) -> None:
        self.request_chip.setVisible(count > 0)
        self.request_chip.set_state(f"連絡票 {count}件 F3", "warning")

    def _open_requests(self) -> None:
        self.desk.window.open_screen("ward_requests", {})

    def _show_choice(self) -> None:
        chosen = len(self.table.checked_rows())
        self.record_button.setEnabled(chosen > 0)
        self.record_button.set_words(f"{chosen}件を区審査済にする" if chosen else "区審査済にする")
        self.choice_text.setText(f"{chosen}件を選びました。" if chosen else "確かめたものを Space で選びます。")

    # -- reading one --

    def _on_current(self, row: ReviewRow | None) -> None:
        if row is None:
            self._dwell.stop()
            self.case_view.clear()
        elif row.application != self.case_view.application:
            self._dwell.start()

    def _read_case(self) -> None:
        row = self.table.current_row()
        if row is None:
            return
        application = row.application
        self.desk.run(
            Lane.WRITE,
            lambda _token: service.open_case(self.desk.office, self.desk.session, application),
            owner=self,
            done=self._show_case,
        )

    def _show_case(self, case: ReviewCase) -> None:
        row = self.table.current_row()
        if row is not None and row.application == case.row.application:
            self._seen.add(case.row.application)
            self.case_view.show_case(case)

    # -- deciding --

    def _on_record(self) -> None:
        chosen = tuple(row.application for row in self.table.checked_rows())
        if chosen:
            unseen = sum(application not in self._seen for application in chosen)
            warned = f"このうち{unseen}件は、内容をまだ開いていません。" if unseen else ""
            confirm(
                self,
                f"{len(chosen)}件を区審査済にします",
                f"{warned}標準システムへ送ります。元には戻せません。",
                yes=f"{len(chosen)}件を区審査済にする",
                action=lambda: self._record(chosen),
            )

    def _record(self, chosen: tuple[str, ...]) -> None:
        self.desk.run(
            Lane.WRITE,
            lambda _token: service.record_reviewed(self.desk.office, self.desk.session, chosen),
            owner=self,
            done=self._on_recorded,
        )

    def _on_recorded(self, outcome: ReviewOutcome) -> None:
        if outcome.problems:
            number, sentence = outcome.problems[0]
            more = f"ほか {len(outcome.problems) - 1}件。" if len(outcome.problems) > 1 else ""
            self.say("warning", f"{outcome.reviewed}件を区審査済にしました。管理票 {number} は記録していません: {sentence}{more}")
        else:
            self.say("done", f"{outcome.reviewed}件を区審査済にしました。")
        self._again()

    def _on_send_back(self) -> None:
        row = self.table.current_row()
        if row is not None:
            ask_error(
                self,
                f"管理票 {row.number} の差戻し",
                "受託者が直し、もう一度照合してから、ここに戻ります。",
                yes="差戻しにする",
                action=lambda kind, reason: self._send_back(row, kind, reason),
            )

    def _send_back(self, row: ReviewRow, kind: str, reason: str) -> None:
        self.desk.run(
            Lane.WRITE,
            lambda _token: service.send_back(self.desk.office, self.desk.session, row.application, kind, reason),
            owner=self,
            done=lambda _none: self._on_sent_back(row),
        )

    def _on_sent_back(self, row: ReviewRow) -> None:
        self.say("done", f"管理票 {row.number} を差戻しにしました。")
        self._again()

    def _again(self) -> None:
        self.refresh()
        self.table.setFocus()


def _change(row: ReviewRow) -> Cell | str:
    return Cell(chip="審査できません", tone="error") if row.problem else row.change


def _form(row: ReviewRow) -> Cell:
    return Cell(strong=row.form_title, chip="訂正" if row.corrects else "", tone="warning")


def _warnings(row: ReviewRow) -> Cell:
    """差異あり first: it is about the paper in hand."""
    if row.marked:
        more = "抽出外" if not row.drawn else f"{row.warnings}件" if row.warnings else ""
        return Cell(chip=DIFFERENCE_CHIP, tone="error", text=more, note=DIFFERENCE_NOTE)
    if not row.drawn:  # one with a warning is always keyed twice
        return Cell(chip="抽出外", tone="plain")
    return Cell(chip=f"{row.warnings}件", tone="warning") if row.warnings else Cell()
