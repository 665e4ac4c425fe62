"""Between the lock of the window and the services: every lock, unlocking, extension and copy is in the log."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from nhi_center.domain.locking import LockReason
from nhi_center.domain.operators import Action, Session
from nhi_center.isolation.qt import OsLockWatch
from nhi_center.services.office import Office
from nhi_center.tasks.runner import JobRunner, JobToken, Lane, Ticket
from nhi_center.ui.common.clipboard_guard import ClipboardGuard, Copy
from nhi_center.ui.shell import MainWindow

Job = Callable[[Office, Session], None]


class LockDesk(QObject):
    """``here`` gives the open office and who is signed in, None while nobody is.

    Signals: ended(): another person has ended the session, sign it out.
    """

    ended = Signal()

    def __init__(
        self,
        application: QApplication,
        window: MainWindow,
        runner: JobRunner,
        here: Callable[[], tuple[Office, Session] | None],
    ) -> None:
        super().__init__()
        self._window, self._runner, self._here = window, runner, here
        self._unlocking: Ticket | None = None
        self.guard = ClipboardGuard(application)
        self.os_lock = OsLockWatch(self)
        window.locked.connect(self._on_locked)
        window.unlock_requested.connect(self._on_unlock_requested)
        window.sign_out_requested.connect(self._on_other_person)
        window.extension_requested.connect(self._on_extension_requested)
        self.guard.copy_wanted.connect(self._on_copy_wanted)
        self.guard.caught.connect(self._on_caught)
        self.os_lock.lock_wanted.connect(self.lock)

    def start(self) -> None:
        """Listen to the operating system, and watch what leaves the screen."""
        self.guard.start()
        self.os_lock.start()

    def stop(self) -> None:
        self.os_lock.stop()
        self.guard.stop()

    def signed_out(self) -> None:
        """The session has ended: what it had put into the clipboard goes with it."""
        self._unlocking = None
        self.guard.wipe()

    # -- the lock --

    def lock(self, reason: LockReason) -> None:
        """Lock the window, also against an unlocking that is under way."""
        if self._window.is_locked and self._unlocking is not None and self._unlocking.active:
            self._unlocking.cancel()
            self._window.lock_page.set_busy(False)
            self._on_locked(reason)
        self._window.lock(reason)
        self.os_lock.covered()

    def _on_locked(self, reason: LockReason) -> None:
        from nhi_center.services import screen_lock

        self.guard.wipe()
        self._write(lambda office, session: screen_lock.lock(office, session, reason), failed=self._window.present_error)

    def _on_unlock_requested(self, password: str) -> None:
        from nhi_center.services import screen_lock

        self._unlocking = self._write(
            lambda office, session: screen_lock.unlock(office, session, password),
            done=self._window.unlock,
            failed=self._refuse_unlock,
        )

    def _on_other_person(self, person: str, password: str) -> None:
        """Somebody else needs the terminal: his password proves he belongs here; the first person's drafts are safe."""
        from nhi_center.services import screen_lock

        self._write(
            lambda office, session: screen_lock.end_for_another(office, session, person, password),
            done=self.ended.emit,
            failed=self._refuse_unlock,
        )

    def _refuse_unlock(self, error: Exception) -> None:
        self._window.refuse_unlock(str(getattr(error, "message", "開けません。取扱責任者へ連絡してください。")))

    def _on_extension_requested(self, call_id: str) -> None:
        from nhi_center.services import screen_lock

        idle = self._window.idle
        seconds = idle.idle_s
        self._write(
            lambda office, session: screen_lock.extend(office, session, call_id, seconds),
            done=idle.extend,
            failed=self._window.present_error,
        )

    # -- what leaves the screen --

    def _on_copy_wanted(self, copy: Copy) -> None:
        """Asked of the services each time; what they refuse is told and kept once in a burst."""
        from nhi_center.services import screen_lock

        here = self._here()
        if here is None or (not here[1].may(Action.COPY_OUT) and self.guard.told_already()):
            return
        self._write(
            lambda office, session: screen_lock.copy_out(office, session, screen=copy.screen, characters=len(copy.text)),
            done=lambda: self._take_out(copy),
            failed=self._window.present_error,
        )

    def _take_out(self, copy: Copy) -> None:
        if self._window.is_locked or self._here() is None:
            return
        self.guard.take_out(copy)
        self._window.say("info", f"{len(copy.text)}文字を写しました。10秒で消えます。写したことは記録に残ります。")

    def _on_caught(self, copy: Copy) -> None:
        from nhi_center.services import screen_lock

        if not self.guard.told_already():
            self._write(
                lambda office, session: screen_lock.refuse_copy(office, session, screen=copy.screen, characters=len(copy.text)),
                failed=self._window.present_error,
            )
            self._window.say("warning", "画面の内容は写せません。クリップボードを空にしました。")

    def _write(
        self, job: Job, *, done: Callable[[], object] | None = None, failed: Callable[[Exception], object]
    ) -> Ticket | None:
        here = self._here()
        if here is None:
            return None
        office, session = here

        def work(_token: JobToken) -> None:
            job(office, session)

        return self._runner.submit(
            Lane.WRITE, work, owner=self, done=(lambda _none: done()) if done is not None else None, failed=failed
        )
