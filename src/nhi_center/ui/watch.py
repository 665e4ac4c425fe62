"""Beside the work: the self-check after each sign-in, and every minute what the system saw and the lines owed to the ward.

What keeps the workstation to itself (接続制限) is looked at with it; the window locks when something of it has fallen. What is
plugged in is looked at as soon as the system tells of it.
Everything runs in the long lane, where nobody waits for it, and ends with the person's session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from nhi_center.domain.devices import Hold
from nhi_center.domain.locking import LockReason
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.self_check import Result, State
from nhi_center.errors import EnvironmentTrouble
from nhi_center.services.office import Office
from nhi_center.tasks.runner import JobRunner, JobToken, Lane, Progress, Ticket
from nhi_center.ui.plug_watch import PlugWatch

if TYPE_CHECKING:
    from nhi_center.ui.shell import MainWindow

EVERY_MS = 60_000
QUIET_MS = 3_000
"""A check that takes longer than this is spoken of."""
DAMAGED = "ST-03"


class Watch(QObject):
    """Signals: checked(Result) after the check that follows a sign-in; looked() after each look at the system; held() when a
    device has stopped 書出し and 印刷."""

    checked = Signal(object)
    looked = Signal()
    held = Signal()

    def __init__(self, runner: JobRunner, window: MainWindow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._window = window
        self._office: Office | None = None
        self._session: Session | None = None
        self._tickets: list[Ticket] = []
        self._damage = ""
        self._since = QElapsedTimer()
        self._spoken = False
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._plugs = PlugWatch(self)
        self._plugs.changed.connect(self.look_at_devices)

    def start(self, office: Office, session: Session) -> None:
        """A person has signed in: catch up with what happened meanwhile, then check everything."""
        self._office, self._session = office, session
        self._damage, self._spoken = "", False
        self._since.start()
        self._timer.start()
        self._look(signed_in=True)
        self.look_at_devices()
        self._check()

    def stop(self) -> None:
        """The person leaves: nothing is begun any more, and what runs is told to end."""
        self._timer.stop()
        self._office = self._session = None
        for ticket in self._tickets:
            ticket.cancel()
        self._tickets = []

    def look(self) -> None:
        """One look, unless one is under way; and the page about damage, if a lock or open work kept it away."""
        if not any(ticket.active for ticket in self._tickets):
            self._look()
            self.look_at_devices()
        if self._damage:
            self._show_damage()

    def _look(self, *, signed_in: bool = False) -> None:
        from nhi_center.services import isolation, os_events

        office = self._office
        if office is None:
            return

        def job(_token: JobToken) -> tuple[str, tuple[str, ...]]:
            office.premises.event_lines.catch_up(office.store)
            strangers = os_events.collect(office, signed_in=signed_in).strangers
            isolation.record(office)
            return isolation.fallen(office), strangers

        self._submit(
            self._runner.submit(Lane.LONG, job, owner=self, done=self._on_looked, failed=self._on_failed, ended=self.looked.emit)
        )

    def look_at_devices(self) -> None:
        """Whether something is plugged in that nobody has allowed. In the lane of writing: two looks never meet."""
        from nhi_center.services import devices

        office = self._office
        if office is None:
            return
        look = devices.look
        self._submit(
            self._runner.submit(
                Lane.WRITE, lambda _token: look(office), owner=self, done=self._on_devices, failed=self._on_failed
            )
        )

    def _on_devices(self, held: tuple[Hold, ...]) -> None:
        if self._session is None or not held:
            return
        names = "、".join(one.name for one in held)
        self._window.say(
            "error",
            f"許可していない装置({names})がつながったため、書出しと印刷を止めました。外して、区職員に伝えてください。記録に残りました。",
        )
        self.held.emit()

    def _on_looked(self, seen: tuple[str, tuple[str, ...]]) -> None:
        """What does not keep the workstation to itself any more ("" when everything holds), and what was plugged in that can type
        and nobody has allowed."""
        fallen, strangers = seen
        if self._session is None:
            return
        if strangers:
            self._window.say(
                "warning",
                f"許可していない入力機器がつながりました({'、'.join(strangers)})。外して、取扱責任者に伝えてください。記録に残りました。",
            )
        if fallen:
            self._window.say("error", f"接続制限に異状があるため、ロックしました。{fallen}区の担当者に連絡してください。")
            self._window.lock(LockReason.ISOLATION)

    def _check(self) -> None:
        from nhi_center.services import self_check
        from nhi_center.services.session import terminal_session

        office = self._office
        if office is None:
            return
        self._submit(
            self._runner.submit(
                Lane.LONG,
                lambda token: self_check.run(office, terminal_session(office), token.report, token),
                owner=self,
                done=self._on_checked,
                failed=self._on_failed,
                progress=self._on_progress,
            )
        )

    def _submit(self, ticket: Ticket) -> None:
        self._tickets = [*(one for one in self._tickets if one.active), ticket]

    def _on_progress(self, progress: Progress) -> None:
        """A long check is spoken of, but never over a word that somebody still has to read."""
        if self._since.elapsed() > QUIET_MS and self._window.message_bar.kind in ("", "info"):
            self._spoken = True
            self._window.say(
                "info", f"動作点検をしています({progress.done}/{progress.total} {progress.text})。このまま仕事ができます。"
            )

    def _on_checked(self, result: Result) -> None:
        worst = next((one for state in (State.ERROR, State.WARNING) for one in result.findings if one.state is state), None)
        session = self._session
        if session is None:
            return
        if result.damaged and worst is not None:
            self._damage = worst.sentence
            self._show_damage()
        elif result.state is State.ERROR and worst is not None:
            self._window.say("error", f"動作点検で異状が見つかりました。{worst.title}: {worst.sentence}{worst.advice}")
        elif result.state is State.WARNING and session.may(Action.SELF_CHECK):
            count = result.count(State.WARNING)
            self._window.say(
                "warning", f"動作点検で注意が{count}件あります。「点検・監査」の動作点検で、することを見てください。"
            )
        elif self._spoken:
            self._window.say("done", "動作点検を終えました。異状はありません。")
        self.checked.emit(result)

    def _show_damage(self) -> None:
        self._window.say("error", "データベースの異状が見つかりました。入力を止めて、取扱責任者に伝えてください。")
        if self._window.open_screen("damage", {"found": self._damage}):
            self._damage = ""

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, EnvironmentTrouble) and error.code == DAMAGED:
            self._damage = error.message
            self._show_damage()
        elif isinstance(error, EnvironmentTrouble):
            self._window.present_error(error)
        else:
            self._runner.unhandled.emit(error)
