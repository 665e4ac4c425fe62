"""The telephone over the page: F5 from anywhere; what stands behind stays as it is.

Everything typed is kept when a field is left, the words about a call every few seconds too. The record's length, its number and
the time of 伝えた come from the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from nhi_center.domain.call_rules import missing
from nhi_center.domain.calls import Call, CallDraft, CallState, clock_words, due_words
from nhi_center.domain.purpose import Purpose, PurposeKind
from nhi_center.domain.ward_requests import WardRequest
from nhi_center.errors import OperatorError
from nhi_center.services import call_answers
from nhi_center.services import calls as service
from nhi_center.services.call_answers import Beside
from nhi_center.services.calls import CallView, FinishedCall
from nhi_center.tasks.runner import JobToken, Lane
from nhi_center.ui.calls.page import CallPage
from nhi_center.ui.calls.request_dialog import open_request
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import confirm
from nhi_center.ui.common.screen import KeyHint, Screen

TICK_MS = 1000
KEEP_TICKS = 5
"""So many ticks the words may be ahead of the store: nobody leaves their field while he listens."""
NOT_JUDGED = "いまの入力は保存できていません。直すまで、この人のことは言えません。"


class CallPanel(Screen):
    """One call at a time; others may wait to be written up (電話 lists them)."""

    name = "call"
    title = "電話"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view: CallView | None = None
        self._loading = False
        self._ending = False
        self._waiting: list[Callable[[], object]] = []
        self._sent: CallDraft | None = None
        self._ahead = 0
        self.form = CallPage(desk, call_answers.book(), service.parties())
        self.page.addWidget(self.form)
        self.form.left.connect(self._on_left)
        self.form.person_chosen.connect(self._choose)
        self.form.told.connect(self._tell)
        self.form.save_wanted.connect(self._finish)
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._tick)

    # -- the window's side --

    def opened(self, **params: Any) -> None:
        """``call``: continue that one; ``callback``: ring that promise; neither: the one in hand, or a new one."""
        if self._ending:
            return
        self._read_beside()
        if params.get("call"):
            self._load(lambda _token: service.continue_call(self.desk.office, self._session, str(params["call"])))
        elif params.get("callback"):
            self._load(lambda _token: service.start_call(self.desk.office, self._session, callback=str(params["callback"])))
        else:
            self._start_if_idle()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # The window calls opened() with what is asked for only after the panel is shown.
        QTimer.singleShot(0, self, self._start_if_idle)

    def _read_beside(self) -> None:
        """回答例 as the ward gives them now; the shipped ones stand there until they are read."""

        def read(_token: JobToken) -> Beside:
            return call_answers.beside(self.desk.office, self._session)

        self.desk.run_latest("call_beside", Lane.READ, read, owner=self, done=self.form.set_beside)

    def first_focus(self) -> QWidget:
        return self.form.chain["call_caller"].editor

    def keys(self) -> tuple[KeyHint, ...]:
        hints = (
            KeyHint("F2", "さがす", self.form.focus_search),
            KeyHint("F3", "あとで記入", self._later),
            *((KeyHint("F4", "ロック延長", self._extend_lock),) if self.call_in_progress() else ()),
            *self._line_keys(),
            KeyHint("Alt+T", "相手の番号", self.form.ask_number, shown=False),
            KeyHint("F5", "入力へ戻る"),
            KeyHint("Alt+R", "連絡票", self._ask_ward),
            KeyHint("F11", "伝えた", self._tell, shown=False),
            KeyHint("Alt+A", "案内"),
            KeyHint("Ctrl+Enter", "保存", shown=False),
        )
        return (*hints, KeyHint("Esc", "取消し", self._drop)) if self._may_drop() else hints

    def _line_keys(self) -> tuple[KeyHint, ...]:
        """Of the line itself, while somebody is on it."""
        if self.view is None or self.view.call.state is not CallState.TALKING:
            return ()
        hold = "保留を解く" if self.view.call.held_at else "保留"
        return (KeyHint("Alt+H", hold, self._hold), KeyHint("Alt+E", "終話", self._end_talk))

    def open_case(self) -> Purpose | None:
        view = self.view
        return None if view is None or self._ending else Purpose(PurposeKind.CALL, view.call.id, view.call.number)

    def call_in_progress(self) -> str:
        view = self.view
        return view.call.id if view is not None and view.call.state is CallState.TALKING and not self._ending else ""

    def locking(self) -> None:
        self._on_left()

    def _extend_lock(self) -> None:
        if call := self.call_in_progress():
            self.desk.extend_lock(call)

    @property
    def _session(self) -> Any:
        return self.desk.session

    # -- begin --

    def _start_if_idle(self) -> None:
        if self.view is None and not self._loading and self.isVisible():
            self._load(lambda _token: service.start_call(self.desk.office, self._session))

    def _load(self, job: Callable[[JobToken], CallView]) -> None:
        self._loading = True
        self.desk.run(Lane.WRITE, job, owner=self, done=self._on_loaded, failed=self._on_not_loaded)

    def _on_loaded(self, view: CallView) -> None:
        self._loading = False
        fresh = view.call.draft.is_untouched and self.view is None
        self.view = view
        self._sent = view.call.draft
        if not fresh:  # into a fresh call the clerk may be typing already
            self.form.set_draft(view.call.draft)
        self._show(view)
        self._tick()
        self._clock.start()
        self.rebind_keys()
        waiting, self._waiting = self._waiting, []
        for action in waiting:
            action()

    def _on_not_loaded(self, error: Exception) -> None:
        self._loading = False
        self._waiting = []
        self.desk.present_error(error)
        if self.view is None:
            self.desk.close_overlay()

    def _when_ready(self, action: Callable[[], object]) -> None:
        """Keys are faster than the store: what is asked before the call has its row waits for it."""
        if self.view is None:
            self._waiting.append(action)
            self._start_if_idle()
        else:
            action()

    # -- while it goes on --

    def _tick(self) -> None:
        view = self.view
        if view is None:
            return
        self.form.set_clock(*clock_line(view.call, self.desk.office.clock.local()))
        if self._sent is None or self._ending or self.form.text.value() == self._sent.text:
            self._ahead = 0
            return
        self._ahead += 1
        if self._ahead > KEEP_TICKS:
            self._ahead = 0
            self._save()

    def _on_left(self) -> None:
        if not self._ending and (self.view is not None or self._loading):
            self._when_ready(self._save)

    def _draft(self) -> CallDraft:
        assert self.view is not None
        return self.form.draft(self.view.call.draft.atena, bool(self.view.call.told_at))

    def _save(self) -> None:
        draft = self._draft()
        if draft != self._sent and not self._ending:
            self._keep(draft)

    def _keep(self, draft: CallDraft) -> None:
        self._sent = draft
        self._work(lambda call_id: service.save_draft(self.desk.office, self._session, call_id, draft), self._on_kept)

    def _tell(self) -> None:
        def told() -> None:
            if self.view is not None and not self.view.call.told_at:
                self._keep(self.form.draft(self.view.call.draft.atena, True))

        self._when_ready(told)

    def _choose(self, atena: str) -> None:
        def choose() -> None:
            draft = self._draft()
            self._sent = None
            self._work(
                lambda call_id: service.choose_person(self.desk.office, self._session, call_id, draft, atena),
                self._on_kept,
                self._on_not_chosen,
            )

        self._when_ready(choose)

    def _hold(self) -> None:
        """Alt+H: 保留 on, and off again; what is typed goes on."""
        self._when_ready(
            lambda: self._work(lambda call_id: service.hold_call(self.desk.office, self._session, call_id), self._on_kept)
        )

    def _end_talk(self) -> None:
        """Alt+E: the line is down, the page stays: 後処理 begins."""

        def end() -> None:
            if self._ending:
                return
            draft = self._draft()
            self._sent = draft
            self._work(lambda call_id: service.hang_up(self.desk.office, self._session, call_id, draft), self._on_kept)

        self._when_ready(end)

    def _ask_ward(self) -> None:
        """Alt+R: what the caller wants of the ward; the call goes on behind."""

        def ask() -> None:
            view = self.view
            if view is not None and not self._ending:
                self._save()
                category = self.form.category.value()
                open_request(self, self.desk, view.call.id, view.call.number, category, self._on_asked)

        self._when_ready(ask)

    def _on_asked(self, request: object) -> None:
        if isinstance(request, WardRequest):
            self.desk.say("done", f"連絡票 {request.number} を区に出しました。")

    def _work(
        self, job: Callable[[str], Any], done: Callable[[Any], object], failed: Callable[[Exception], object] | None = None
    ) -> None:
        assert self.view is not None
        call_id = self.view.call.id
        self.desk.run(Lane.WRITE, lambda _token: job(call_id), owner=self, done=done, failed=failed or self._on_refused)

    def _on_kept(self, view: CallView) -> None:
        if self.view is None or view.call.id != self.view.call.id:
            return
        before = (self._may_drop(), self.view.call.state, self.view.call.held_at)
        self.view = view
        if self._sent is None:
            self._sent = view.call.draft
        self._show(view)
        self._tick()
        self.form.set_saved(self.desk.office.clock.local())
        if (self._may_drop(), view.call.state, view.call.held_at) != before:
            self.rebind_keys()

    def _show(self, view: CallView) -> None:
        self.form.set_view(view)

    def _on_not_chosen(self, error: Exception) -> None:
        self.form.withhold(NOT_JUDGED)
        self._on_refused(error)

    def _on_refused(self, error: Exception) -> None:
        ending, self._ending, self._sent = self._ending, False, None
        if self.view is not None and self._draft().judged != self.view.call.draft.judged:
            self.form.withhold(NOT_JUDGED)  # what may be told was judged of other words
        # A draft that is refused says so at its field and lets the clerk go on; only the end of the call goes back there.
        if not (isinstance(error, OperatorError) and self.form.show_problem(error, go_there=ending)):
            self.desk.present_error(error)

    # -- end --

    def _finish(self) -> None:
        self._when_ready(self._finish_now)

    def _finish_now(self) -> None:
        if self._ending:
            return
        draft = self._draft()
        if not self.form.judge(missing(draft, call_answers.book(), service.parties())):
            return
        self._ending = True
        self._work(lambda call_id: service.finish_call(self.desk.office, self._session, call_id, draft), self._on_finished)

    def _on_finished(self, finished: FinishedCall) -> None:
        call, back = finished.call, finished.back
        text = f"電話 {call.number} を記録しました。"
        if back is not None:
            due = due_words(datetime.fromisoformat(back.due), self.desk.office.clock.today())
            text += f"折返しは {due} です。電話の一覧に出ています。"
        self._put_away(text)

    def _later(self) -> None:
        def later() -> None:
            if self._ending or self.view is None:
                return
            self._ending = True
            draft, number = self._draft(), self.view.call.number
            text = f"電話 {number} は、あとで記入します。電話の一覧から開けます。"
            self._work(
                lambda call_id: service.hang_up(self.desk.office, self._session, call_id, draft),
                lambda _view: self._put_away(text),
            )

        self._when_ready(later)

    def _may_drop(self) -> bool:
        view = self.view
        return view is not None and view.call.may_be_dropped(view.call.draft)

    def _drop(self) -> None:
        """Esc: a call begun by mistake. One that answers a promise is asked about, because the promise stays open."""
        if self.form.clear_search():
            return
        if self.view is None or self._ending or not self.view.call.may_be_dropped(self._draft()):
            return
        if self.view.call.returns:
            words = "この電話を取り消します。折返しの約束は、一覧に残ります。"
            confirm(self, "折返しの電話の取消し", words, yes="取り消す", action=self._drop_now)
        else:
            self._drop_now()

    def _drop_now(self) -> None:
        self._ending = True
        self._work(lambda call_id: service.drop_call(self.desk.office, self._session, call_id), lambda _none: self._put_away(""))

    def _put_away(self, text: str) -> None:
        """Empty the page for the next call; fields left by that are not kept any more."""
        self._clock.stop()
        self.form.reset()
        self.first_focus().setFocus()
        self.desk.close_overlay()
        self.view = self._sent = None
        self._ending = False
        if text:
            self.desk.say("done", text)


def clock_line(call: Call, now: datetime) -> tuple[str, str]:
    """(words, tone) of the call's clock: the talk, what was on hold apart from it, and after it the 後処理."""
    held = call.held(now)
    apart = f" 保留 {clock_words(held)}" if held else ""
    if call.state is not CallState.TALKING:
        return f"後処理 {clock_words(call.wrap_up(now))} 通話 {clock_words(call.talk(now))}{apart}", "warning"
    if call.held_at:
        return f"保留中 {clock_words(held)} 通話 {clock_words(call.talk(now))}", "warning"
    return f"{call.state.label} {clock_words(call.talk(now))}{apart}", "info"
