"""The window's own furniture: header, left column, status bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from nhi_center.ui import theme
from nhi_center.ui.common.parts import ActionButton, Chip
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.common.styling import restyle, words
from nhi_center.ui.common.urgent import show_urgent

LAST_SECONDS = 30
ENTRY_PX, ENTRY_LEAST_PX = 40, 32
"""Height of a line of the left column, and where all of a person's lines do not find room: nothing of it is ever covered."""
_WEEKDAYS = "月火水木金土日"


@dataclass(frozen=True, slots=True)
class WindowFacts:
    """What the frame says about this workstation. ``now`` is the office's clock (JST)."""

    terminal: str
    now: Callable[[], datetime]
    training: bool = False
    title: str = "新宿区 国民健康保険事務センター"


class Header(QWidget):
    """Whose office, who, which terminal, when, and the lock."""

    def __init__(self, facts: WindowFacts) -> None:
        super().__init__()
        self.setObjectName("header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(44)
        self._now = facts.now
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(20)
        name = words(facts.title, name="office_title")
        name.setStyleSheet("font-size: 18px; font-weight: bold;")
        row.addWidget(name)
        self.training_chip = Chip("研修用", "training", name="training_chip")
        self.training_chip.setVisible(facts.training)
        row.addWidget(self.training_chip)
        row.addStretch(1)
        self.person = QPushButton()
        self.person.setObjectName("person_name")
        self.person.setProperty("part", "link")
        self.person.setStyleSheet("QPushButton { font-size: 14px; font-weight: bold; color: #1a1a1a; }")
        self.person.setToolTip("自分の登録・パスワード(Ctrl+F12)")
        self.person.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.person.setAutoDefault(False)
        self.promise = Chip("", "error", sign=False, name="promise_chip")
        self._promised: tuple[str, ...] = ()
        self.date = words("", "secondary", name="clock_date")
        self.time = words("", name="clock_time")
        self.time.setStyleSheet("font-size: 14px; font-weight: bold;")
        row.addWidget(self.promise)
        row.addWidget(self.person)
        row.addWidget(words(facts.terminal, "secondary", name="terminal_name"))
        clock = QHBoxLayout()
        clock.setSpacing(7)
        clock.addWidget(self.date)
        clock.addWidget(self.time)
        row.addLayout(clock)
        self.lock_button = ActionButton("ロック", key="F12", bind=False, name="lock_button")
        self.sign_out_button = ActionButton("サインアウト", key="Shift+F12", bind=False, name="sign_out_button")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.lock_button, self.sign_out_button):
            button.setFixedHeight(30)
            button.set_margins(10)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            buttons.addWidget(button)
        row.addLayout(buttons)
        self.tick()

    def set_person(self, name: str, role: str) -> None:
        self.person.setText(f"{name}({role})" if name else role)
        self.person.setAccessibleName(f"{self.person.text()} 自分の登録を開く" if name else role)

    def set_promised(self, promised: tuple[str, ...]) -> None:
        """Until when those at the counter were promised, the nearest first: its clock stands on every page."""
        self._promised = promised
        self.tick()

    def tick(self) -> None:
        now = self._now()
        show_urgent(self.promise, self._promised[0] if self._promised else "", now, among=len(self._promised))
        self.date.setText(f"{now.month}月{now.day}日({_WEEKDAYS[now.weekday()]})")
        self.time.setText(f"{now:%H:%M}")


class NavigationButton(QPushButton):
    """One entry of the left column with its count."""

    def __init__(self, entry: ScreenEntry) -> None:
        super().__init__(entry.title)
        self.setObjectName(f"navigation_{entry.name}")
        self.setAccessibleName(entry.title)
        self.setAutoDefault(False)
        self.setMinimumHeight(ENTRY_LEAST_PX)
        self.setMaximumHeight(ENTRY_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.entry = entry
        self.count = 0
        self.alarm = False
        self.current = False

    def set_count(self, count: int, *, alarm: bool = False) -> None:
        self.count, self.alarm = count, alarm
        self.setAccessibleName(f"{self.entry.title} {count}件" if count else self.entry.title)
        self.update()

    def set_current(self, current: bool) -> None:
        self.current = current
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(175, ENTRY_PX)

    def minimumSizeHint(self) -> QSize:
        return QSize(175, ENTRY_LEAST_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.current:
            painter.fillRect(self.rect(), QColor(theme.PAGE))
            painter.fillRect(0, 0, 4, self.height(), QColor(theme.PRIMARY))
        elif self.underMouse():
            painter.fillRect(self.rect(), QColor("#e6e6e6"))
        painter.setFont(theme.font(theme.BODY_PX, bold=self.current))
        painter.setPen(QColor(theme.PRIMARY if self.current else theme.TEXT))
        painter.drawText(QRectF(20, 0, self.width() - 70, self.height()), int(Qt.AlignmentFlag.AlignVCenter), self.text())
        if self.count:
            self._paint_count(painter)

    def _paint_count(self, painter: QPainter) -> None:
        painter.setFont(theme.font(theme.DENSE_PX, bold=self.current and not self.alarm))
        text = f"{self.count}" if self.count < 1000 else "999+"
        width = max(24, painter.fontMetrics().horizontalAdvance(text) + 12)
        box = QRectF(self.width() - 14 - width, self.height() / 2 - 8, width, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#d90000" if self.alarm else "#dedede"))
        painter.drawRoundedRect(box, 8, 8)
        painter.setPen(QPen(QColor(theme.PAGE if self.alarm else theme.TEXT)))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)


class Navigation(QWidget):
    """The left column: only what this person may open.

    Signals: chosen(screen name).
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("navigation")
        self.setAccessibleName("業務の一覧")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(176)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 8, 1, 8)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self.buttons: dict[str, NavigationButton] = {}

    def set_entries(self, entries: Sequence[ScreenEntry]) -> None:
        while self._column.count() > 1:
            item = self._column.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.setParent(None)
                widget.deleteLater()
        self.buttons = {}
        drawn = False
        for entry in entries:
            if entry.after_line and self.buttons and not drawn:
                drawn = True
                line = QWidget()
                line.setObjectName("navigation_line")
                line.setFixedHeight(17)
                line.setStyleSheet("QWidget#navigation_line { border-bottom: 1px solid #cccccc; margin-bottom: 8px; }")
                line.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
                self._column.insertWidget(self._column.count() - 1, line)
            button = NavigationButton(entry)
            button.clicked.connect(lambda _checked=False, name=entry.name: self.chosen.emit(name))
            self._column.insertWidget(self._column.count() - 1, button)
            self.buttons[entry.name] = button

    def set_current(self, name: str) -> None:
        for known, button in self.buttons.items():
            button.set_current(known == name)


@dataclass(frozen=True, slots=True)
class StatusFacts:
    """What the status bar says. ``isolation`` and ``sync`` are the words after their names, each with its tone."""

    isolation: str = "確認中"
    isolation_tone: str = "warning"
    unsent: int = 0
    refused: int = 0
    link_tone: str = "done"
    link_word: str = ""
    sheets_on_hand: int = 0
    papers_overdue: bool = False
    to_print: int = 0
    callbacks: int = 0
    callbacks_overdue: bool = False


class StatusButton(QPushButton):
    """One fact; it opens the page that explains it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(f"status_{name}")
        self.setProperty("part", "status")
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._sign_colour = ""

    def show_fact(self, text: str, tone: str, *, sign: bool) -> None:
        alarm = tone in ("warning", "error")
        self._sign_colour = {"done": "#9bd4b5", "warning": "", "error": ""}.get(tone, "") if sign else ""
        self.setText(f"▲ {text}" if alarm else f"   {text}" if self._sign_colour else text)
        self.setAccessibleName(text)
        restyle(self, tone=tone)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._sign_colour:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._sign_colour))
            painter.drawEllipse(QRectF(15, self.height() / 2 - 6, 12, 12))
        painter.setPen(QPen(QColor("#4d4d4d"), 1))
        painter.drawLine(self.width() - 1, 10, self.width() - 1, self.height() - 10)


class StatusBar(QWidget):
    """Never lies and never hides.

    Signals: explain_requested(what): isolation, sync, custody, print, calls or lock.
    """

    explain_requested = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("status_bar")
        self.setAccessibleName("状態")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(32)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 14, 0)
        row.setSpacing(0)
        self.items: dict[str, StatusButton] = {}
        self._counting = False
        self.incident_button = StatusButton("incident")
        self.incident_button.show_fact("事故・おそれの報告 Ctrl+F1", "plain", sign=False)
        for name in ("isolation", "sync", "custody", "print", "calls", "lock"):
            button = StatusButton(name)
            button.clicked.connect(lambda _checked=False, what=name: self.explain_requested.emit(what))
            self.items[name] = button
            if name == "lock":
                row.addStretch(1)
                row.addWidget(self.incident_button)
            row.addWidget(button)
        self.set_facts(StatusFacts())
        self.set_seconds_left(None)

    def set_facts(self, facts: StatusFacts) -> None:
        self.items["isolation"].show_fact(f"接続制限 {facts.isolation}", facts.isolation_tone, sign=True)
        if facts.refused:
            self.items["sync"].show_fact(f"送信エラー {facts.refused} 要確認", "error", sign=True)
        else:
            word = f" {facts.link_word}" if facts.link_word else ""
            self.items["sync"].show_fact(f"同期 未送信 {facts.unsent}{word}", facts.link_tone, sign=True)
        self._facts = facts
        here = "数えています" if self._counting else f"{facts.sheets_on_hand}枚"
        old = " 期限超過" if facts.papers_overdue else ""
        self.items["custody"].show_fact(f"手元の書類 {here}{old}", "error" if old else "plain", sign=False)
        self.items["print"].show_fact(f"出力待ち {facts.to_print}", "plain", sign=False)
        late = " 期限超過" if facts.callbacks_overdue else ""
        self.items["calls"].show_fact(f"折返し {facts.callbacks}{late}", "error" if late else "plain", sign=False)

    def set_counting(self, counting: bool) -> None:
        """While a second person counts, what he is to find does not stand before his eyes."""
        self._counting = counting
        self.set_facts(self._facts)

    def set_seconds_left(self, seconds: int | None, *, extendable: bool = False, extended: bool = False) -> None:
        """The time until the lock, None while it does not run; ``extendable``: a key puts it off, ``extended``: it has been."""
        self.items["lock"].setVisible(seconds is not None)
        if seconds is None:
            return
        near = seconds <= LAST_SECONDS
        word = "まもなくロック" if near else "ロックまで(延長)" if extended else "ロックまで"
        key = " F4 で延長" if near and extendable else ""
        self.items["lock"].show_fact(
            f"{word} {seconds // 60}:{seconds % 60:02d}{key}", "warning" if near else "plain", sign=False
        )
        if (row := self.layout()) is not None:  # in this turn already: a longer text must never stand cut
            row.activate()
