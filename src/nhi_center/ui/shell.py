"""The main window: one frame around every screen. It shows and routes; what a screen does is the screen's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from nhi_center.domain.locking import LockReason
from nhi_center.ui.common.bars import KeyBar, MessageBar
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.floating import Floating
from nhi_center.ui.common.focus_home import FocusHome
from nhi_center.ui.common.frame_parts import Header, Navigation, StatusBar, StatusFacts, WindowFacts
from nhi_center.ui.common.page_stack import PageStack
from nhi_center.ui.common.screen import KeyHint, Screen, ScreenEntry, bind_key, case_in_hand
from nhi_center.ui.countdown import Countdown
from nhi_center.ui.lock import IdleWatch, LockPage
from nhi_center.ui.window_lock import WindowLock

SEARCH = "search"
ACCOUNT = "account"


class MainWindow(QMainWindow):
    """Signals: unlock_requested(password); sign_out_requested(id, password); locked(LockReason); screen_opened(name);
    error_presented(exc); explain_requested(what) for a status item no ``explain`` entry answers; close_requested();
    extension_requested(call id): the lock is to wait once more.
    """

    unlock_requested = Signal(str)
    sign_out_requested = Signal(str, str)
    extension_requested = Signal(str)
    locked = Signal(object)
    screen_opened = Signal(str)
    error_presented = Signal(object)
    explain_requested = Signal(str)
    close_requested = Signal()

    def __init__(self, facts: WindowFacts, idle: IdleWatch) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle(facts.title)
        self.setMinimumSize(1280, 720)
        self.resize(1366, 768)
        self.idle = idle
        self._desk: Desk | None = None
        self._entries: dict[str, ScreenEntry] = {}
        self._screens: dict[str, Screen] = {}
        self._explain: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {}
        self._current = ""
        self._overlay_name = ""
        self._focus_before: dict[str, QWidget | None] = {}
        self._build(facts)
        self._connect()

    def _build(self, facts: WindowFacts) -> None:
        self.header = Header(facts)
        self.navigation = Navigation()
        self.pages = PageStack()
        self.pages.setObjectName("pages")
        self.message_bar = MessageBar()
        self.key_bar = KeyBar()
        self.status_bar = StatusBar()
        self.work = QWidget()
        self.work.setObjectName("work")
        column = QVBoxLayout(self.work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.navigation)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.pages, 1)
        right.addWidget(self.message_bar)
        middle.addLayout(right, 1)
        column.addLayout(middle, 1)
        column.addWidget(self.key_bar)
        column.addWidget(self.status_bar)
        self.lock_page = LockPage(training=facts.training)
        self.window_lock = WindowLock(self, self.idle, self.lock_page, self._open_screens)
        self.setCentralWidget(self.window_lock.build(self.work))
        self.floating = Floating(self.work, self.pages)
        self.countdown = Countdown(self.idle, self.header, self.status_bar, lambda: self.current_screen, self._open_screens)

    def _connect(self) -> None:
        self.focus_home = FocusHome(self, self._come_home)
        self.navigation.chosen.connect(lambda name: self.open_screen(name, {}))
        self.header.lock_button.clicked.connect(lambda _checked=False: self.lock())
        self.window_lock.locked.connect(self.locked)
        self.status_bar.explain_requested.connect(self._on_explain)
        self.message_bar.error_presented.connect(self.error_presented)
        self.lock_page.unlock_requested.connect(self.unlock_requested)
        self.lock_page.sign_out_requested.connect(self.sign_out_requested)
        self.idle.idle.connect(lambda: self.lock(LockReason.IDLE))
        self.header.sign_out_button.clicked.connect(self.ask_to_close)
        self.header.person.clicked.connect(self._open_account)
        self.status_bar.incident_button.clicked.connect(self._report_incident)
        for key, action in (
            ("F1", self.toggle_help),
            ("Ctrl+F1", self._report_incident),
            ("F2", self._on_search),
            ("F5", self.toggle_overlay),
            ("F12", self.lock),
            ("Shift+F12", self.ask_to_close),
            ("Ctrl+F12", self._open_account),
        ):
            bind_key(self.work, key, action)
        self.floating.help_panel.closed.connect(self.toggle_help)
        self._clock = QTimer(self)
        self._clock.setInterval(5000)
        self._clock.timeout.connect(self.header.tick)
        self._clock.start()

    # -- a person works here --

    def start(
        self,
        desk: Desk,
        entries: Sequence[ScreenEntry],
        explain: Mapping[str, tuple[tuple[str, dict[str, Any]], ...]] | None = None,
    ) -> None:
        """Show what this person may open, and the first of it. ``explain``: status item -> (screen, params), the best first."""
        self.stop()
        self._desk = desk
        self.floating.help_panel.set_desk(desk)
        self._entries = {entry.name: entry for entry in entries if entry.action is None or desk.session.may(entry.action)}
        self._explain = dict(explain or {})
        self.countdown.set_person(desk.session.name, desk.session.role_label)
        shown = [entry for entry in self._entries.values() if entry.navigation and not entry.overlay]
        self.navigation.set_entries(shown)
        self.window_lock.show_work()
        self.idle.start()
        if shown:
            self.open_screen(shown[0].name, {})

    def stop(self) -> None:
        """Nobody works here any more: every screen is thrown away, with what it showed."""
        self.countdown.stop()
        self.message_bar.clear()
        self._put_overlay_away()
        self.floating.help_panel.set_desk(None)
        self.window_lock.forget()
        for dialog in self.findChildren(QDialog):
            dialog.deleteLater()
        for screen in self._screens.values():
            screen.setParent(None)
            screen.deleteLater()
        self._screens, self._entries, self._current, self._overlay_name = {}, {}, "", ""
        self._focus_before = {}
        self.navigation.set_entries(())
        self.countdown.set_person("", "")
        self.header.set_promised(())
        self.key_bar.set_keys(())
        self._desk = None

    # -- screens --

    def _report_incident(self) -> None:
        from nhi_center.ui.incidents.report_form import report_form  # it needs the database library

        if self._desk is not None:  # over their list it is chosen at once, or F3 would say of another that the ward was told
            page = self._current
            report_form(self, self._desk, lambda id_: page == "incidents" and self.open_screen(page, {"incident": id_}))

    def _open_account(self) -> None:
        self.open_screen(ACCOUNT, {})

    @property
    def current_screen(self) -> Screen | None:
        """The screen the keys belong to: the overlay while it is open, else the page."""
        return self._screens.get(self._overlay_name if self.floating.overlay_shown else self._current)

    def _open_screens(self) -> tuple[Screen, ...]:
        return tuple(self._screens.values())

    def screen_named(self, name: str) -> Screen | None:
        """A screen that has been opened before."""
        return self._screens.get(name)

    def open_screen(self, name: str, params: dict[str, Any]) -> bool:
        """Bring a screen to the front. False when this person has no such screen or the one in front keeps its place."""
        entry = self._entries.get(name)
        if entry is None or self.is_locked:
            return False
        if entry.overlay:
            self._open_overlay(entry, params)
            return True
        if self.floating.overlay_shown:
            self.close_overlay()
        current = self._screens.get(self._current)
        if current is not None and name != self._current and not current.may_leave():
            return False
        self.floating.help_panel.hide()  # it is about the page that is left
        screen = self.pages.bring(lambda: self._make(entry))
        self._current = name
        self.navigation.set_current(name)
        if self.message_bar.kind in ("info", "done", "warning"):
            self.message_bar.clear()
        screen.opened(**params)
        screen.rebind_keys()
        self._focus_first(screen)
        self.screen_opened.emit(name)
        return True

    def _make(self, entry: ScreenEntry) -> Screen:
        screen = self._screens.get(entry.name)
        if screen is None:
            if self._desk is None:
                raise RuntimeError("no person works here")
            screen = entry.factory(self._desk)
            screen.keys_changed.connect(self._show_keys)
            screen.navigate_requested.connect(self.open_screen)
            screen.said.connect(self.say)
            self._screens[entry.name] = screen
        return screen

    def _focus_first(self, screen: Screen) -> None:
        first = screen.first_focus()
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        elif not screen.isAncestorOf(self.focusWidget() or self):
            screen.setFocus()
            screen.focusNextPrevChild(True)

    def _come_home(self) -> None:
        """The focus was lost: back to the field it was in, as after a dialog, or else to where this screen begins."""
        screen, last = self.current_screen, self.focusWidget()
        if self.is_locked or screen is None:
            return
        if last is not None and screen.isAncestorOf(last) and last.isVisible() and last.isEnabled():
            last.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._focus_first(screen)

    def _show_keys(self) -> None:
        screen = self.current_screen
        own = screen.keys() if screen is not None else ()
        taken = {hint.key for hint in own}
        telephone = next((entry for entry in self._entries.values() if entry.overlay), None)
        front = [KeyHint("F1", "ヘルプ"), *([KeyHint("F2", "検索")] if SEARCH in self._entries else [])]
        tail = [KeyHint("F5", telephone.title)] if telephone is not None else []
        keys = [hint for hint in front if hint.key not in taken] + list(own)
        keys += [hint for hint in (*tail, KeyHint("F12", "ロック")) if hint.key not in taken]
        self.key_bar.set_keys(keys)
        self.countdown.show()

    # -- the telephone over the page --

    def toggle_overlay(self) -> None:
        """F5: the telephone comes or goes; what stands in it stays."""
        entry = next((one for one in self._entries.values() if one.overlay), None)
        if entry is None:
            return
        if self.floating.overlay_shown:
            self.close_overlay()
        else:
            self._open_overlay(entry, {})

    def _open_overlay(self, entry: ScreenEntry, params: dict[str, Any]) -> None:
        fresh = entry.name not in self._screens
        if not self.floating.overlay_shown:
            self._focus_before["page"] = self.focusWidget()
        screen = self._make(entry)
        self._overlay_name = entry.name
        self.pages.setEnabled(False)
        self.navigation.setEnabled(False)
        self.floating.show_overlay(screen)
        if fresh or params:
            screen.opened(**params)
        screen.rebind_keys()
        before = self._focus_before.get("overlay")
        if before is not None and screen.isAncestorOf(before):
            before.setFocus()
        else:
            self._focus_first(screen)
        self.screen_opened.emit(entry.name)

    def close_overlay(self) -> None:
        """Back to the page, at the field that was left."""
        self._focus_before["overlay"] = self.focusWidget()
        self._put_overlay_away()
        back = self._focus_before.get("page")
        page = self._screens.get(self._current)
        if page is not None:
            if back is not None and page.isAncestorOf(back):
                back.setFocus(Qt.FocusReason.OtherFocusReason)
            else:
                self._focus_first(page)
        self._show_keys()

    def _put_overlay_away(self) -> None:
        self.floating.hide_overlay()
        self.pages.setEnabled(True)
        self.navigation.setEnabled(True)

    # -- help, search, status --

    def toggle_help(self) -> None:
        if self.floating.help_panel.isVisible():
            self.floating.help_panel.hide()
            if (back := self._focus_before.get("help")) is not None and back.isVisible():
                back.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._focus_before["help"] = self.focusWidget()
        screen = self.current_screen
        self.floating.show_help(screen.help_text() if screen is not None else "common")

    def _on_search(self) -> None:
        """F2: the screen in front searches by itself, or the search screen opens."""
        screen = self.current_screen
        if own := next((hint.action for hint in (screen.keys() if screen else ()) if hint.key == "F2"), None):
            own()
        else:
            self.open_screen(SEARCH, {"purpose": case_in_hand(self._screens.get(self._current), self._open_screens())})

    def _on_explain(self, what: str) -> None:
        if not any(self.open_screen(*target) for target in self._explain.get(what, ())):
            self.explain_requested.emit(what)
            self.floating.show_help(f"status_{what}")

    def set_counts(self, counts: Mapping[str, int], alarms: frozenset[str] = frozenset()) -> None:
        """Numbers in the left column by screen name; those in ``alarms`` stand on red."""
        for name, button in self.navigation.buttons.items():
            button.set_count(counts.get(name, 0), alarm=name in alarms)

    def set_counting(self, counting: bool) -> None:
        """Papers are counted blind at the screen in front: the status bar does not say how many there are."""
        self.status_bar.set_counting(counting)

    def set_status(self, facts: StatusFacts) -> None:
        self.status_bar.set_facts(facts)

    def say(self, kind: str, text: str) -> None:
        self.window_lock.keep_word(kind, text)
        self.message_bar.say(kind, text)

    def present_error(self, error: Exception) -> None:
        self.message_bar.present_error(error)

    @property
    def is_locked(self) -> bool:
        return self.window_lock.is_locked

    def lock(self, reason: LockReason = LockReason.KEY) -> None:
        """Hide everything now, in this turn of the event loop; nothing is thrown away."""
        if self._desk is not None and not self.is_locked:
            self.countdown.stop()
            self.window_lock.lock(reason, self._desk.session.name, self._desk.session.role_label)

    def unlock(self) -> None:
        """The same person is back: the same screen, the same field."""
        if not self.is_locked:
            return
        self.window_lock.unlock()
        said = self.window_lock.take_word()
        if said is not None and self.message_bar.kind not in ("warning", "error"):
            self.message_bar.say(*said)
        if (screen := self.current_screen) is not None:
            screen.refresh()

    def open_dialog(self, dialog: QDialog) -> None:
        """Open it now, or, while a lock hides everything, with the rest afterwards. F12 locks from inside it too."""
        bind_key(dialog, "F12", self.lock)
        self.window_lock.open_dialog(dialog)

    def extend_lock(self, call_id: str) -> None:
        """Ask for the full time once more, because of this call."""
        self.extension_requested.emit(call_id)

    def refuse_unlock(self, text: str) -> None:
        self.lock_page.refuse(text)

    def ask_to_close(self) -> None:
        """Sign out, unless a screen keeps its place; the field in hand is left first, so that it is saved."""
        if self._desk is None:
            return
        if (focused := self.focusWidget()) is not None:
            focused.clearFocus()
        if all(screen.may_leave() for screen in self._screens.values()):
            self.close_requested.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing is asked for, not done: open work must be put somewhere first."""
        if self._desk is None:
            event.accept()
            return
        event.ignore()
        if self.is_locked:  # screens would ask their questions over the lock, of whoever passes by
            self.refuse_unlock("閉じるときは、先にロックを解くか、「別の人が使う」で前の人を終わらせてください。")
            return
        self.ask_to_close()
