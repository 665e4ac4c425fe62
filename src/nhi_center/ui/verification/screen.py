"""照合: what waits for a second person, and the page where he keys it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from nhi_center.domain.purpose import Purpose, PurposeKind
from nhi_center.domain.verification import Decision, OpenVerification
from nhi_center.errors import OperatorError
from nhi_center.services import holds
from nhi_center.services import verification as service
from nhi_center.services.verification import WaitingRow
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import confirm
from nhi_center.ui.common.difference import DIFFERENCE_COLUMN, number_cell
from nhi_center.ui.common.parts import ActionButton
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.urgent import URGENT_COLUMN, urgent_cell
from nhi_center.ui.common.words_dialog import ask_words
from nhi_center.ui.leases.hand_on_dialog import open_hand_on
from nhi_center.ui.verification.keying_page import KeyingPage

T = TypeVar("T")

EMPTY = "照合を待つ届出はありません。入力が終わった届出がここに並びます。自分で入力したものは並びません。"
_MOVED_ON = frozenset({"not-open-here", "not-this-step", "someone-else-verifies"})


class VerificationScreen(Screen):
    """``opened(application=...)`` opens one at once; F3 puts it aside, what was keyed stays."""

    name = "verification"
    title = "照合"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.stack = QStackedWidget()
        self.stack.setObjectName("verification_pages")
        self.page.addWidget(self.stack, 1)
        self.keying: KeyingPage | None = None
        self._moving = False
        self.stack.addWidget(self._list_page(desk))

    def _list_page(self, desk: Desk) -> QWidget:
        page = QWidget()
        page.setObjectName("verification_list_page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.count_text = words("", "secondary", name="verification_count")
        column.addWidget(TitleLine(self.title, self.count_text, right="自分の入力分を除く。紙を手元に置いて開きます"))
        self.table = DataTable(
            (
                Column("急ぎ", lambda row: urgent_cell(row.urgent_until, desk.office.clock.local()), URGENT_COLUMN),
                Column("管理票", lambda row: number_cell(row.number, marked=row.marked), DIFFERENCE_COLUMN),
                Column("届出・申請", lambda row: Cell(strong=row.form_title), 240),
                Column("枚数", lambda row: f"{row.sheets}枚", 64, "right"),
                Column("入力者", lambda row: row.keyer_name, 130),
                Column("入力した時刻", lambda row: row.entered_at[11:16], 110),
                Column("状態", _state),
            ),
            name="verification_table",
            label="照合を待つ届出",
            empty=EMPTY,
            names=desk.glyphs,
            row_key=lambda row: row.application,
        )
        self.table.row_activated.connect(lambda row: self._open(row.application))
        column.addWidget(self.table, 1)
        self.start_button = ActionButton("照合する", key="Enter", primary=True, bind=False, name="start_button")
        self.start_button.clicked.connect(self._open_current)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(words("途中でやめても、入力したところまで残ります。", "secondary"), 1)
        foot.addWidget(self.start_button)
        column.addLayout(foot)
        return page

    # -- the frame's questions --

    def keys(self) -> tuple[KeyHint, ...]:
        if self.keying is None:
            return self._list_keys() if self.table.model().rowCount() else ()
        return (
            KeyHint("Enter", "次の欄"),
            KeyHint("Shift+Enter", "前の欄"),
            KeyHint("F3", "あとで"),
            KeyHint("F4", "保留"),
            KeyHint("Ctrl+Enter", "照合済"),
        )

    def _list_keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("↑↓", "選ぶ"), KeyHint("Enter", "照合する"), KeyHint("F7", "別の端末へ渡す", self._hand_on))

    def _hand_on(self) -> None:
        row = self.table.current_row()
        if row is not None:
            open_hand_on(self, self.desk, row.slip, row.number, row.form_title, lambda: self._handed_on(row.number))

    def _handed_on(self, number: str) -> None:
        self.say("done", f"管理票 {number} を渡しに出しました。紙を置き場に置いてください。")
        self.refresh()

    def open_case(self) -> Purpose | None:
        if self.keying is None:
            return None
        return Purpose(PurposeKind.VERIFICATION, self.keying.view.application, self.keying.view.number)

    def opened(self, **params: Any) -> None:
        self.refresh()
        if params.get("application"):
            self._open(str(params["application"]))

    def refresh(self) -> None:
        self.desk.run_latest(
            "verification_list",
            Lane.READ,
            lambda _token: service.waiting(self.desk.office, self.desk.session),
            owner=self,
            done=self._show_list,
        )

    def first_focus(self) -> QWidget:
        return self.table if self.keying is None else self.keying.current()

    def _show_list(self, rows: tuple[WaitingRow, ...]) -> None:
        self.table.set_rows(rows)
        self.count_text.setText(f"{len(rows)}件")
        self.start_button.setEnabled(bool(rows))
        self.rebind_keys()

    # -- one application --

    def _open_current(self) -> None:
        row = self.table.current_row()
        if row is not None:
            self._open(row.application)

    def _open(self, application: str) -> None:
        if self.keying is not None and self.keying.view.application == application:
            self.keying.focus_next()
            return
        self._move(
            lambda: service.open_verification(self.desk.office, self.desk.session, application),
            self._on_opened,
            self._on_trouble,
        )

    def _move(self, job: Callable[[], T], done: Callable[[T], object], failed: Callable[[Exception], object]) -> None:
        """One step of an application at a time: a key pressed twice must not take it twice."""
        if self._moving:
            return
        self._moving = True
        self.desk.run(Lane.WRITE, lambda _token: job(), owner=self, done=done, failed=failed, ended=self._moved)

    def _moved(self) -> None:
        self._moving = False

    def _on_opened(self, view: OpenVerification) -> None:
        self._close_page()
        page = self.keying = KeyingPage(self.desk, view)
        page.keyed.connect(self._on_keyed)
        page.decided.connect(self._on_decided)
        page.signed.connect(self._on_signed)
        page.finish_wanted.connect(self._on_finish)
        page.later_wanted.connect(self._back_to_list)
        page.hold_wanted.connect(self._on_hold)
        self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)
        self.rebind_keys()
        page.focus_next()

    def _on_keyed(self, field: str, text: str) -> None:
        page = self.keying
        if page is None:
            return
        application, tally = page.view.application, page.keys.tally()
        self.desk.run(
            Lane.WRITE,
            lambda _token: service.key_field(self.desk.office, self.desk.session, application, field, text, tally),
            owner=page,
            done=lambda view: self._on_compared(page, field, view),
            failed=lambda error: self._on_not_compared(page, field, error),
        )

    def _on_compared(self, page: KeyingPage, field: str, view: OpenVerification) -> None:
        page.show_view(view)
        page.after_keying(field)

    def _on_not_compared(self, page: KeyingPage, field: str, error: Exception) -> None:
        if isinstance(error, OperatorError) and error.field == field:
            page.refuse_field(field, error)
        else:
            self._on_trouble(error)

    def _on_decided(self, decision: Decision) -> None:
        page = self.keying
        if page is None:
            return
        application = page.view.application
        self.desk.run(
            Lane.WRITE,
            lambda _token: service.settle_mismatch(self.desk.office, self.desk.session, application, decision),
            owner=page,
            done=lambda view: self._on_settled(page, view),
            failed=partial(self._on_not_settled, page, decision),
        )

    def _on_signed(self, decision: Decision, person: str, password: str) -> None:
        page = self.keying
        if page is None:
            return
        view = page.view
        self.desk.run(
            Lane.WRITE,
            lambda _token: service.sign_settlement(self.desk.office, self.desk.session, view, decision, person, password),
            owner=page,
            done=lambda settled: self._on_settled(page, settled),
            failed=partial(self._on_not_settled, page, decision),
        )

    def _on_settled(self, page: KeyingPage, view: OpenVerification) -> None:
        page.show_view(view)
        page.focus_next()

    def _on_not_settled(self, page: KeyingPage, decision: Decision, error: Exception) -> None:
        if isinstance(error, OperatorError) and error.code not in _MOVED_ON:
            page.refuse_decision(decision, error)
        else:
            self._on_trouble(error)

    # -- ending --

    def _on_finish(self) -> None:
        page = self.keying
        if page is None:
            return
        application = page.view.application
        self._move(
            lambda: service.finish(self.desk.office, self.desk.session, application),
            lambda _none: self._ended(f"管理票 {page.view.number} を照合済にしました。区の審査に進みます。"),
            lambda error: self._on_not_finished(page, error),
        )

    def _on_not_finished(self, page: KeyingPage, error: Exception) -> None:
        if page is not self.keying:
            self._on_trouble(error)
        elif isinstance(error, OperatorError) and error.code == "rules":
            page.show_problem(error.field, error)
            confirm(self, "入力者へ戻しますか", error.message, yes="入力者へ戻す", action=lambda: self._back_to_keyer(page))
        elif isinstance(error, OperatorError) and page.show_problem(error.field, error):
            return
        else:
            self._on_trouble(error)

    def _back_to_keyer(self, page: KeyingPage) -> None:
        application = page.view.application
        self._move(
            lambda: service.back_to_keyer(self.desk.office, self.desk.session, application),
            lambda _none: self._ended(f"管理票 {page.view.number} を入力者へ戻しました。直したあと、もう一度照合します。"),
            self._on_trouble,
        )

    def _on_hold(self) -> None:
        page = self.keying
        if page is None:
            return
        ask_words(
            self,
            "保留・照会",
            "取扱責任者への質問を書きます。回答が来ると、同じ管理票で続きから照合できます。",
            label="質問",
            yes="保留にする",
            action=lambda question: self._hold(page, question),
            name="hold_question",
        )

    def _hold(self, page: KeyingPage, question: str) -> None:
        application = page.view.application
        self._move(
            lambda: holds.hold(self.desk.office, self.desk.session, application, question),
            lambda _none: self._ended(f"管理票 {page.view.number} を保留にしました。紙は保留の場所へ置いてください。"),
            self._on_trouble,
        )

    def _ended(self, sentence: str) -> None:
        self.say("done", sentence)
        self._back_to_list()

    def _on_trouble(self, error: Exception) -> None:
        """The case is no longer this person's: back to the list, which says where it is."""
        self.desk.present_error(error)
        if isinstance(error, OperatorError) and error.code in _MOVED_ON:
            self._back_to_list()

    def _back_to_list(self) -> None:
        self._close_page()
        self.rebind_keys()
        self.refresh()
        self.table.setFocus()

    def _close_page(self) -> None:
        if self.keying is not None:
            self.stack.setCurrentIndex(0)
            self.stack.removeWidget(self.keying)
            self.keying.deleteLater()
            self.keying = None


def _state(row: WaitingRow) -> Cell:
    if not row.verifier_name:
        return Cell(chip="照合待ち", tone="info")
    if row.mine:
        return Cell(chip="途中", tone="warning", text=f"{row.all_fields}欄のうち {row.keyed_fields}欄")
    return Cell(chip="照合中", tone="plain", text=row.verifier_name)
