"""The workstation's life on screen: make ready, sign in, work, lock, sign out. It wires and decides nothing."""

from __future__ import annotations

import importlib
import pkgutil
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from nhi_center import services
from nhi_center.domain import exchange
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.printing.fonts import Role, chain
from nhi_center.services.office import Office, Premises
from nhi_center.tasks.garbage import GuiCollector
from nhi_center.tasks.runner import JobRunner, JobToken, Lane, Progress, Ticket
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.frame_parts import WindowFacts
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.lock import IdleWatch
from nhi_center.ui.lock_desk import LockDesk
from nhi_center.ui.shell import MainWindow
from nhi_center.ui.sign_in.window import DemoPerson, SignInWindow
from nhi_center.ui.watch import Watch

if TYPE_CHECKING:
    from nhi_center.services.sync import SyncSummary

# The database library and the screens take longer to load than everything the sign-in window needs. They come while it
# stands there (_warm), so what uses them is imported where it is used.

STATUS_EVERY_MS = 5_000


@dataclass(frozen=True, slots=True)
class Pages:
    """What the frame shows: the screens, what explains a status item (the first of them that this person may open), and how its
    numbers are read in a lane."""

    entries: Sequence[ScreenEntry]
    explain: dict[str, tuple[tuple[str, dict[str, Any]], ...]]
    read_status: Callable[[Office, Session], Any]
    show_status: Callable[[MainWindow, Any], None]


class Workstation(QObject):
    """One terminal. Signals: signed_in(), signed_out(), synced(SyncSummary), sync_failed(exception), crashed(reference)."""

    signed_in = Signal()
    signed_out = Signal()
    synced = Signal(object)
    sync_failed = Signal(object)
    crashed = Signal(str)

    def __init__(
        self,
        application: QApplication,
        premises: Premises,
        load_pages: Callable[[], Pages],
        demo_people: Sequence[DemoPerson] = (),
    ) -> None:
        super().__init__()
        self.premises = premises
        self.runner = JobRunner(self)
        self.glyphs = NamePainter(chain(Role.NAME))
        self.office: Office | None = None
        self.session: Session | None = None
        self._load_pages = load_pages
        self._collector = GuiCollector(self)
        self._pages = Pages((), {}, lambda _office, _session: None, lambda _window, _facts: None)
        self._leaving = False
        self._exchange: Ticket | None = None
        self._failures = 0
        self.sign_in = SignInWindow(premises.settings.label, demo_people=demo_people)
        facts = WindowFacts(premises.settings.label, premises.clock.local, training=premises.settings.training)
        idle = IdleWatch(application, premises.settings.lock_seconds)
        idle.key = self.runner.courtesy.key
        self.window = MainWindow(facts, idle)
        self.watch = Watch(self.runner, self.window, self)
        self.watch.held.connect(self.refresh_status)
        self.lock_desk = LockDesk(application, self.window, self.runner, self._here)
        self._sync_timer = self._timer(exchange.EVERY_MS, self.sync)
        self._status_timer = self._timer(STATUS_EVERY_MS, self.refresh_status)
        self._connect()

    def _timer(self, interval_ms: int, slot: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval_ms)
        timer.timeout.connect(slot)
        return timer

    def _here(self) -> tuple[Office, Session] | None:
        return None if self.office is None or self.session is None else (self.office, self.session)

    def _connect(self) -> None:
        self.sign_in.submitted.connect(self._on_sign_in_submitted)
        self.sign_in.vouched.connect(lambda person, password, *voucher: self._on_sign_in_submitted(person, password, voucher))
        self.lock_desk.ended.connect(self.leave)
        self.lock_desk.os_lock.lock_wanted.connect(lambda _reason: self.sign_in.password_field.clear())
        self.window.close_requested.connect(self.leave)
        self.runner.unhandled.connect(self.window.present_error)
        self.runner.idle.connect(self._sign_out_when_idle)
        self.runner.changed.connect(self.refresh_status)

    def show(self) -> None:
        """The sign-in window; once it is painted, everything else is made ready behind it."""
        self.lock_desk.start()
        self.sign_in.installEventFilter(self)
        self.sign_in.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.sign_in and event.type() == QEvent.Type.Paint:
            self.sign_in.removeEventFilter(self)
            QTimer.singleShot(0, self._make_ready)
        return False

    def _make_ready(self) -> None:
        """The PDF process at once, because it takes longest; then the fonts, undisturbed; then, in a lane, the rest."""
        self.runner.submit(Lane.PRINT, lambda _token: self.premises.pdf.start(), owner=self, failed=self._on_not_ready)
        self.glyphs.prepare()
        self.runner.submit(Lane.PRINT, lambda _token: self._warm(), owner=self, done=self._on_ready, failed=self._on_not_ready)

    def _warm(self) -> None:
        """In the lane: the services and the database library behind them, none of which knows Qt."""
        for module in pkgutil.iter_modules(services.__path__, f"{services.__name__}."):
            importlib.import_module(module.name)
        self.premises.pdf.wait_ready()

    def _on_ready(self, _none: object) -> None:
        """In the GUI thread: the screens. Qt's classes are never made in another thread."""
        self._pages = self._load_pages()
        self._collector.start()
        self.sign_in.set_ready()

    def _on_not_ready(self, error: Exception) -> None:
        self._show_at_sign_in(error)

    # -- in and out --

    def _on_sign_in_submitted(self, person: str, password: str, voucher: tuple[str, str] | None = None) -> None:
        from nhi_center.services import backup
        from nhi_center.services import session as sessions

        def job(token: JobToken) -> tuple[Office, Session]:
            office, session = sessions.sign_in(self.premises, person, password, voucher=voucher, report=token.report)
            return backup.prepare(office), session

        self.sign_in.set_busy(True)
        self.runner.submit(
            Lane.WRITE,
            job,
            owner=self,
            done=self._on_signed_in,
            failed=self._show_at_sign_in,
            progress=lambda progress: self.sign_in.set_working(progress.text, progress.done, progress.total),
        )

    def _on_signed_in(self, opened: tuple[Office, Session]) -> None:
        self.office, self.session = opened
        desk = Desk(self.office, self.session, self.runner, self.glyphs, self.window)
        self.sign_in.reset()
        self.window.start(desk, self._pages.entries, self._pages.explain)
        self.window.resize(self.sign_in.size())
        self.window.show()
        self.sign_in.hide()
        self._sync_timer.start()
        self._status_timer.start()
        self.refresh_status()
        self.sync()
        self._make_good_a_missed_backup()
        self.watch.start(self.office, self.session)  # behind the copy, so that it is seen
        self._remind_of_password()
        self._look_at_turns()
        self._look_at_measures()
        self.signed_in.emit()

    def _look_at_turns(self) -> None:
        """Ages and expiries of the days since somebody last signed in."""
        from nhi_center.services import turning

        office, session = self.office, self.session
        if office is not None and session is not None and session.may(Action.PRINT):
            self.runner.submit(Lane.LONG, lambda _token: turning.look(office, session), owner=self)

    def _look_at_measures(self) -> None:
        """What has changed of the safety measures since a 取扱責任者 was last here is told to the ward."""
        from nhi_center.services import measures

        office, session = self.office, self.session
        if office is not None and session is not None and session.may(Action.RECORD_CONTROL):
            self.runner.submit(Lane.LONG, lambda _token: measures.look(office, session), owner=self, done=self._on_measures_seen)

    def _on_measures_seen(self, found: int) -> None:
        if found:
            self.window.say("warning", f"対策の変更が{found}件あります。「監督の記録」に報告を開きました。区へ知らせます。")

    def _remind_of_password(self) -> None:
        """Where the ward wants passwords changed with age: the page opens when it is time."""
        from nhi_center.services import password_rules

        office, session = self.office, self.session
        if office is None or session is None:
            return
        self.runner.submit(
            Lane.READ,
            lambda _token: password_rules.is_due(office, session),
            owner=self,
            done=lambda due: self.window.open_screen("account", {}) if due else None,
        )

    def _show_at_sign_in(self, error: Exception) -> None:
        if isinstance(error, OperatorError):
            self._show_refusal(error)
        elif isinstance(error, EnvironmentTrouble):
            self.sign_in.show_error(f"{error.message}({error.code})", field="")
        else:
            self.sign_in.set_busy(False)
            self.window.present_error(error)

    def _show_refusal(self, error: OperatorError) -> None:
        from nhi_center.services.session import NEEDS_VOUCHER

        if error.field.startswith("voucher"):
            self.sign_in.show_voucher_error(error.message, field=error.field)
        elif error.code in NEEDS_VOUCHER:
            self.sign_in.ask_voucher(error.message)
        else:
            self.sign_in.show_error(error.message, field=error.field or "password")

    def leave(self) -> None:
        """Sign out as soon as the lanes are empty: the store closes only when nobody uses it."""
        if self.office is None or self._leaving:
            return
        self._leaving = True
        if self._exchange is not None:
            self._exchange.cancel()
        self.watch.stop()
        self._sync_timer.stop()
        self._status_timer.stop()
        self.window.stop()
        self._sign_out_when_idle()

    def _sign_out_when_idle(self) -> None:
        from nhi_center.services import session as sessions

        if not self._leaving or self.runner.pending:
            return
        office, session = self.office, self.session
        if office is None or session is None:
            return
        self.office = self.session = None
        self.runner.submit(
            Lane.WRITE,
            lambda _token: sessions.sign_out(office, session),
            owner=self,
            failed=self.window.present_error,
            ended=self._on_signed_out,
        )

    def _on_signed_out(self) -> None:
        self._leaving = False
        self.lock_desk.signed_out()
        self.sign_in.resize(self.window.size())
        self.sign_in.show()
        self.window.hide()
        self._collector.sweep()
        self.signed_out.emit()

    # -- beside the work --

    def sync(self) -> None:
        """One exchange with the segment, unless one is under way."""
        from nhi_center.services.sync import synchronise

        office = self.office
        if office is None or self._leaving or (self._exchange is not None and self._exchange.active):
            return

        def job(token: JobToken) -> SyncSummary:
            return synchronise(office, token.report)

        self._sync_timer.start(exchange.wait_ms(self._failures, random.random()))
        self._exchange = self.runner.submit(
            Lane.LINK, job, owner=self, done=self._on_synced, failed=self._on_sync_failed, progress=self._on_sync_progress
        )

    def _on_synced(self, summary: SyncSummary) -> None:
        if self.session is not None and self.premises.accounts.is_closed(self.session.person):
            self.leave()  # another terminal has shut this person out
            return
        self._failures = 0
        self._sync_timer.start(exchange.EVERY_MS)
        self.refresh_status()
        self.synced.emit(summary)
        if summary.received and self.session is not None and self.session.may(Action.PRINT):
            self._propose_certificates()

    def _propose_certificates(self) -> None:
        """Results of the standard system have come in: what they let us print joins the queue without anybody asking."""
        from nhi_center.services.certificates import propose

        office, session = self.office, self.session
        if office is None or session is None or self._leaving:
            return
        self.runner.submit(
            Lane.PRINT, lambda _token: propose(office, session), owner=self, done=lambda _changed: self.refresh_status()
        )

    def _make_good_a_missed_backup(self) -> None:
        from nhi_center.services import backup

        office = self.office
        if office is None:
            return
        self.runner.submit(
            Lane.LONG,
            lambda token: backup.back_up_if_missed(office, token.report, token),
            owner=self,
            done=self._on_missed_backup_made,
            failed=self.window.present_error,
        )

    def _on_missed_backup_made(self, file: Path | None) -> None:
        if file is not None:
            self.window.say("info", "前の日に作れなかったバックアップを作りました。")

    def _on_sync_failed(self, error: Exception) -> None:
        """The work goes on without the segment; the status bar says so, and the message bar once when it goes on failing."""
        if not isinstance(error, EnvironmentTrouble | OperatorError):
            self.runner.unhandled.emit(error)
        self._failures += 1
        self._sync_timer.start(exchange.wait_ms(self._failures, random.random()))
        front = self.window.current_screen
        unseen = front is None or front.name not in ("sync", "inspection")
        if self._failures == exchange.SEEN_AFTER and isinstance(error, EnvironmentTrouble) and unseen:
            self.window.say("warning", exchange.failing_words(self._failures, error.code))
        self.refresh_status()
        self.sync_failed.emit(error)

    def _on_sync_progress(self, progress: Progress) -> None:
        if progress.done >= 4000 and progress.done % 2000 == 0:  # a message each time would be work for this thread
            self.window.say("info", f"台帳を受け取っています({progress.done:,}件)。このまま仕事ができます。")

    def refresh_status(self) -> None:
        office, session = self.office, self.session
        if office is None or session is None or self._leaving:
            return
        self.runner.submit_latest(
            "status",
            Lane.READ,
            lambda _token: self._pages.read_status(office, session),
            owner=self,
            done=lambda facts: self._pages.show_status(self.window, facts),
        )

    def close(self) -> None:
        """End the lanes, the store if one is open, and the PDF process."""
        self.watch.stop()
        self._sync_timer.stop()
        self._status_timer.stop()
        self.window.stop()
        self.lock_desk.stop()
        self.runner.close()
        if self.office is not None and self.session is not None:
            from nhi_center.services import session as sessions

            sessions.sign_out(self.office, self.session)
            self.office = self.session = None
        self._collector.stop()
        self.premises.close()
