"""What every screen is, and what it may ask of the window around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nhi_center.domain.operators import Action
from nhi_center.domain.purpose import Purpose, PurposeKind
from nhi_center.ui.common.desk import Desk


@dataclass(frozen=True, slots=True)
class KeyHint:
    """One key that works here, with its word: ``KeyHint("F3", "あとで")``. With ``action`` the window makes it work.

    ``shown`` False: a button of the page shows the key already, and the bar has no room for it.
    """

    key: str
    word: str
    action: Callable[[], object] | None = None
    shown: bool = True


@dataclass(frozen=True, slots=True)
class ScreenEntry:
    """One screen of the window. ``action`` is the permission that shows it; None shows it to everybody.

    ``navigation`` False keeps it out of the left column: another screen opens it. ``after_line``: below
    the line, which stands above the first of these.
    ``overlay`` opens it at the right over the page, which stays behind (the telephone, F5).
    """

    name: str
    title: str
    action: Action | None
    factory: Callable[[Desk], Screen]
    navigation: bool = True
    after_line: bool = False
    overlay: bool = False


FRESH_MS = 30_000


class Screen(QWidget):
    """Base of all screens: ``name`` and ``title`` are class attributes, the page is built in ``__init__``.

    Signals: keys_changed(), navigate_requested(screen, params), said(kind, text).
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""

    keys_changed = Signal()
    navigate_requested = Signal(str, dict)
    said = Signal(str, str)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.setObjectName(f"{self.name}_screen")
        self.setAccessibleName(self.title)
        self.setProperty("part", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.page = QVBoxLayout(self)
        self.page.setContentsMargins(20, 6, 20, 14)
        self.page.setSpacing(12)
        self._shortcuts: list[QShortcut] = []

    def keys(self) -> tuple[KeyHint, ...]:
        """The keys of this screen, beside F1, F5 and F12, which the window owns; F2 is the screen's when it is given here."""
        return ()

    def opened(self, **params: Any) -> None:
        """The screen comes to the front; ``params`` are what the opener gave. Calls ``refresh`` unless overridden."""
        self.refresh()

    def refresh(self) -> None:
        """Fetch again what is shown; called after a sync and after unlocking. Must not move the focus."""

    def keep_fresh(self) -> None:
        """``refresh`` again every FRESH_MS while the screen is seen: the minutes on it run."""
        timer = QTimer(self)
        timer.setInterval(FRESH_MS)
        timer.timeout.connect(self._refresh_if_seen)
        timer.start()

    def _refresh_if_seen(self) -> None:
        if self.isVisible():
            self.refresh()

    def first_focus(self) -> QWidget | None:
        """Where the keyboard stands when the screen opens; None leaves it to the tab order."""
        return None

    def may_leave(self) -> bool:
        """False keeps the screen in front; it has said why by itself."""
        return True

    def idle_limit_s(self) -> int | None:
        """Seconds nobody may touch this page before it locks; None for the terminal's own. A page with a limit of its own, where
        papers are counted, shows nobody's name meanwhile. Emit ``keys_changed`` when it changes."""
        return None

    def open_case(self) -> Purpose | None:
        """The form or call that is open here: what a person is opened for while it is. None without one."""
        return None

    def call_in_progress(self) -> str:
        """The id of the call a person is holding here, "" without one: only then the lock can be put off."""
        return ""

    def locking(self) -> None:
        """The window is about to be locked: keep what is half typed in the store, without judging it or moving the focus."""

    def help_text(self) -> str:
        """The name of the help text in resources/help; the screen's own name unless overridden."""
        return self.name

    def say(self, kind: str, text: str) -> None:
        self.said.emit(kind, text)

    def navigate(self, screen: str, **params: Any) -> None:
        self.navigate_requested.emit(screen, params)

    def rebind_keys(self) -> None:
        """Make the keys of ``keys()`` work inside this screen, and tell the key bar."""
        for shortcut in self._shortcuts:
            shortcut.setParent(None)
            shortcut.deleteLater()
        self._shortcuts = []
        for hint in self.keys():
            if hint.action is not None and hint.key != "F2":
                self._shortcuts.append(bind_key(self, hint.key, hint.action))
        self.keys_changed.emit()


class TitleLine(QWidget):
    """The first line of a page: the title, chips and words beside it, and at the right what comes next."""

    def __init__(self, title: str, *parts: QWidget | str, right: QWidget | str | None = None) -> None:
        super().__init__()
        self.setObjectName("title_line")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.title = QLabel(title)
        self.title.setObjectName("page_title")
        self.title.setProperty("part", "title")
        row.addWidget(self.title)
        for part in parts:
            row.addWidget(_words(part))
        row.addStretch(1)
        if right is not None:
            row.addWidget(_words(right))
        self._row = row
        self._offer: tuple[QLabel, tuple[str, ...]] | None = None
        self.setFixedHeight(28)

    def offer(self, label: QLabel, *texts: str) -> None:
        """``label``, one of the parts, says the first of these that leaves all else in the line whole, else the last."""
        self._offer = label, texts
        self._fit()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest):
            self._fit()
        return done

    def _fit(self) -> None:
        if self._offer is None:
            return
        label, texts = self._offer
        wide = label.fontMetrics().horizontalAdvance
        others = self._row.sizeHint().width() - wide(label.text())
        text = next((one for one in texts if others + wide(one) <= self.width()), texts[-1])
        if text != label.text():
            label.setText(text)


def _words(part: QWidget | str) -> QWidget:
    if isinstance(part, QWidget):
        return part
    label = QLabel(part)
    label.setProperty("part", "secondary")
    return label


def case_in_hand(front: Screen | None, screens: Iterable[Screen]) -> Purpose | None:
    """The case of the page in front, else of another that has one open: a call before a form."""
    if front is not None and (case := front.open_case()) is not None:
        return case
    cases = [case for screen in screens if (case := screen.open_case()) is not None]
    return min(cases, key=lambda case: case.kind is not PurposeKind.CALL, default=None)


def bind_key(widget: QWidget, key: str, action: Callable[[], object]) -> QShortcut:
    """Make a key, written as the key bar writes it, work while ``widget`` is seen and enabled; Enter is either Enter key."""
    shortcut = QShortcut(widget)
    shortcut.setKeys([QKeySequence(key.replace("Enter", "Return")), QKeySequence(key)] if "Enter" in key else [QKeySequence(key)])
    shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
    shortcut.setAutoRepeat(False)
    shortcut.activated.connect(action)
    return shortcut
