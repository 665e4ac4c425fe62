"""ログ点検: a month of the log with its flags, the monthly sheet signed, and the log and one citizen's history to look up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.log_review import Flag, Review, Signed
from nhi_center.domain.operators import Action
from nhi_center.domain.report_period import month_words
from nhi_center.errors import OperatorError
from nhi_center.services import audit_log, log_review, log_review_sheet
from nhi_center.tasks.runner import JobToken, Lane, Progress, Ticket
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.page_stack import PageStack
from nhi_center.ui.common.parts import Chip, ProgressStrip, plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.inspection.review_flags import FlagsPage
from nhi_center.ui.inspection.review_lookup import LookupPage

SHORT_MS = 500
"""What takes no longer shows no progress: the page would only flicker."""


@dataclass(frozen=True, slots=True)
class _Read:
    months: tuple[str, ...]
    seen: Review
    sheets: tuple[Signed, ...]
    names: dict[str, str]


class ReviewPanel(QWidget):
    """``review_month`` chooses the month, F4 goes between the flags and the looking up.

    Signals: said(kind, text), keys_changed().
    """

    said = Signal(str, str)
    keys_changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("review_panel")
        self._read: _Read | None = None
        self._ticket: Ticket | None = None
        self._busy = False
        self._reasons = {name: numbers["reason"] for name, numbers in log_review.settings().items()}
        self.flags = FlagsPage(desk.session.person, signs=desk.may(Action.SIGN_LOG_REVIEW))
        self.stack = PageStack()
        self.stack.setObjectName("review_pages")
        self.stack.addWidget(self.flags)
        self.progress = ProgressStrip(name="review_progress")
        self.progress.cancel_requested.connect(self._cancel)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SHORT_MS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(self._head())
        column.addWidget(self.stack, 1)
        column.addWidget(self.progress)
        column.addLayout(self._foot())
        self.flags.flag_chosen.connect(self._ask_lines)
        self.flags.remark_wanted.connect(self._remark)
        self.flags.changed.connect(self._enable)
        if self.flags.sign_panel is not None:
            self.flags.sign_panel.id_field.set_value(desk.session.person)
            self.flags.sign_panel.chain.finished.disconnect(self.flags.sign_panel.submit)
            self.flags.sign_panel.chain.finished.connect(self._sign)

    @cached_property
    def lookup(self) -> LookupPage:
        """Made when somebody wants to look something up."""
        page = LookupPage(self.desk, self.run_long)
        page.said.connect(self.said)
        if self._read is not None:
            page.set_month(self._read.seen.month, self._read.names)
        return page

    @property
    def _looks_up(self) -> bool:
        return self.stack.currentWidget() is not self.flags

    def _head(self) -> QHBoxLayout:
        self.month = ChoiceField("review_month", "月", (), reserve_note=False)
        self.month.setFixedWidth(200)
        self.month.changed.connect(lambda _text: self.refresh())
        self.state = Chip("", name="review_state")
        self.chain_words = words("", "secondary", name="review_chain")
        self.signed_words = words("", "secondary", name="review_signed")
        beside = QVBoxLayout()
        beside.setSpacing(4)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(self.state)
        line.addWidget(self.chain_words, 1)
        beside.addStretch(1)
        beside.addLayout(line)
        beside.addWidget(self.signed_words)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.month)
        row.addLayout(beside, 1)
        return row

    def _foot(self) -> QHBoxLayout:
        self.other_button = plain_button("記録を調べる", "F4", name="review_other_button")
        self.other_button.clicked.connect(self._turn)
        self.sign_button = primary_button("点検表に署名する", name="sign_review_button")
        self.sign_button.clicked.connect(self._sign)
        if self.flags.sign_panel is None:
            self.sign_button.hide()  # never shown here: without a parent yet it would be a window of its own
        self.advice = words("", "secondary", name="review_advice")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.advice, 1)
        row.addWidget(self.other_button)
        row.addWidget(self.sign_button)
        return row

    def keys(self) -> tuple[KeyHint, ...]:
        if self._looks_up:
            return (*self.lookup.keys(), KeyHint("F4", "指摘へ戻る"))
        signs = (KeyHint("Ctrl+Enter", "点検表に署名"),) if self.flags.sign_panel is not None else ()
        return (KeyHint("Enter", "所見の欄へ"), KeyHint("F3", "所見を書く"), KeyHint("F4", "記録を調べる"), *signs)

    def first_focus(self) -> QWidget:
        return self.lookup.first_focus() if self._looks_up else self.flags.table

    def refresh(self) -> None:
        """Read the month again; what is being typed stays."""
        office, session, wanted = self.desk.office, self.desk.session, self.month.value()

        def job(token: JobToken) -> _Read:
            months = log_review.months(office, session)
            month = wanted or months[0]
            seen = log_review.review(office, session, month, token.report)
            return _Read(months, seen, log_review_sheet.sheets(office, session), audit_log.names(office, session))

        self.run_long(job, self._show, "操作記録を点検しています")

    # -- long jobs, one at a time --

    def run_long(self, job: Callable[[JobToken], object], done: Callable[..., object], told: str) -> None:
        """An earlier one is stopped: only the newest answer is wanted."""
        self._cancel()
        self._slow.stop()
        self._slow.disconnect(self)
        self._slow.timeout.connect(lambda: self.progress.begin(told))
        ticket = self.desk.run(Lane.LONG, job, owner=self, done=done, progress=self._on_progress, ended=self._on_ended)
        self._ticket = ticket if ticket.active else None
        if self._ticket is not None:
            self._slow.start()

    def _on_progress(self, progress: Progress) -> None:
        self.progress.advance(progress.done, progress.total, progress.text)

    def _on_ended(self) -> None:
        self._ticket = None
        self._slow.stop()
        self.progress.end()

    def _cancel(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()

    # -- showing --

    def _show(self, read: _Read) -> None:
        self._read = read
        seen = read.seen
        self.month.set_choices(
            tuple(Choice(month, month_words(month), str(number)) for number, month in enumerate(read.months, start=1))
        )
        self.month.set_value(seen.month)
        if "lookup" in vars(self):
            self.lookup.set_month(seen.month, read.names)
        self._busy = False
        self.flags.set_busy(False)
        self.flags.show_review(seen, read.names, self._reasons)
        self._show_state()

    def _show_state(self) -> None:
        if self._read is None:
            return
        seen = self._read.seen
        left = len(seen.open_flags)
        sheet = next((one for one in self._read.sheets if one.month == seen.month), None)
        covered = sheet is not None and sheet.last == seen.last and not seen.chain.fault
        self.flags.show_signed(sheet.name if sheet and covered else "")
        if seen.chain.fault:
            self.state.set_state("異状あり", "error")
            self.chain_words.setText(f"{seen.chain.fault} この端末を使わずに、区職員に知らせてください。")
        else:
            tone = "warning" if left else "done" if covered else "info"
            ready = "署名できます" if self.flags.sign_panel is not None else "署名待ち"
            said = f"所見の残り {left}件" if left else "署名済" if covered else ready
            self.state.set_state(said if seen.entries else "記録なし", tone if seen.entries else "plain")
            known = f"区のサーバの控え {seen.chain.anchored:,}番まで" if seen.chain.anchored else "区のサーバの控えはまだない"
            self.chain_words.setText(
                f"{seen.entries:,}件の記録({seen.first:,}番から{seen.last:,}番まで)に異状なし・{known}" if seen.entries else ""
            )
        self.signed_words.setText(
            f"{sheet.made_at[:10]} に署名した点検表 {sheet.file}({sheet.last:,}番まで)"
            if sheet
            else "この月の点検表は、まだありません。"
        )
        self.advice.setText("" if seen.over else "月の途中です。署名したあとの記録は、もう一度署名すると入ります。")
        self._enable()

    def _enable(self) -> None:
        seen, panel = (self._read.seen if self._read else None), self.flags.sign_panel
        ready = seen is not None and seen.entries > 0 and not seen.open_flags and not seen.chain.fault
        self.sign_button.setEnabled(ready and not self._busy and panel is not None and not panel.signed and panel.filled())

    def _ask_lines(self, flag: Flag | None) -> None:
        if flag is None:
            return
        office, session = self.desk.office, self.desk.session
        self.desk.run_latest(
            "flag_lines",
            Lane.READ,
            lambda _token: log_review.details(office, session, flag),
            owner=self,
            done=self.flags.show_lines,
        )

    def _turn(self) -> None:
        to_lookup = not self._looks_up
        self.stack.bring(lambda: self.lookup if to_lookup else self.flags)
        self.other_button.set_words("指摘へ戻る" if to_lookup else "記録を調べる")
        self.sign_button.setVisible(not to_lookup and self.flags.sign_panel is not None)
        self.keys_changed.emit()
        self.first_focus().setFocus()

    # -- acting --

    def _remark(self, flag: Flag, verdict: str, text: str) -> None:
        if self._read is None or self._busy:
            return
        office, session, seen = self.desk.office, self.desk.session, self._read.seen
        self._begin()
        self.desk.run(
            Lane.WRITE,
            lambda _token: log_review.remark(office, session, seen, flag, verdict, text),
            owner=self,
            done=self._on_remarked,
            failed=self._refuse,
        )

    def _on_remarked(self, seen: Review) -> None:
        self._end()
        if self._read is not None:
            self._read = _Read(self._read.months, seen, self._read.sheets, self._read.names)
        self._show_state()
        self.flags.on_written(seen)

    def _sign(self) -> None:
        panel = self.flags.sign_panel
        if self._read is None or self._busy or panel is None or self._looks_up:
            return
        if self._read.seen.open_flags:
            self.said.emit("warning", "所見のない指摘があります。表の上の指摘から書いてください。")
            self.flags.table.setFocus()
            return
        if not panel.chain.commit_all():
            return
        person, password = panel.take()
        office, session, seen = self.desk.office, self.desk.session, self._read.seen
        self._begin()
        self.desk.run(
            Lane.PRINT,
            lambda _token: log_review_sheet.sign_and_write(office, session, seen, person, password),
            owner=self,
            done=self._on_signed,
            failed=self._refuse,
        )

    def _on_signed(self, sheet: Signed) -> None:
        self._end()
        if self._read is not None:
            self._read = _Read(self._read.months, self._read.seen, (sheet, *self._read.sheets), self._read.names)
        self._show_state()
        self.flags.table.setFocus()
        self.said.emit("done", f"{sheet.file} に署名しました。区へ渡すときは、点検表に押印し、ファイルも渡してください。")

    def _refuse(self, error: Exception) -> None:
        self._end()
        if isinstance(error, OperatorError):
            if self.flags.refuse(error):
                return
            if error.code in ("changed", "not-settled", "broken", "bad-signature"):
                self.refresh()
        self.desk.present_error(error)

    def _begin(self) -> None:
        self._busy = True
        self.flags.set_busy(True)
        self._enable()

    def _end(self) -> None:
        self._busy = False
        self.flags.set_busy(False)
        self._enable()
