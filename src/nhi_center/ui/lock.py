"""The lock: after idle time or F12 nothing of the work is on the screen, and only its own person opens it again."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import LineField, PasswordField
from nhi_center.ui.common.input_watch import input_watch
from nhi_center.ui.common.parts import ActionButton, Card, Chip
from nhi_center.ui.common.styling import words

DEFAULT_IDLE_S = 300
_INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.InputMethod,
    }
)


def running_seconds() -> float:
    """A clock that runs on while the computer sleeps: who opens the lid after lunch must find the lock."""
    asleep_too = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if asleep_too is None else time.clock_gettime(asleep_too)


def is_from_a_person(event: QEvent) -> bool:
    """Input from outside the program. What the input method hands on is sent by Qt itself and so never marked spontaneous."""
    return event.type() in _INPUT and (event.spontaneous() or event.type() == QEvent.Type.InputMethod)


class IdleWatch(QObject):
    """Counts the seconds without a person: only events from outside the program put the clock back, and none once it ran out.

    ``limit`` is asked at every tick: the seconds the page in front allows, None for the terminal's own. ``key`` is called for
    every key.
    Signals: ticked(seconds left) each second; idle().
    """

    ticked = Signal(int)
    idle = Signal()
    watched_types = _INPUT

    def __init__(self, application: QApplication, idle_s: int = DEFAULT_IDLE_S) -> None:
        super().__init__()
        self._input = input_watch(application)
        self.idle_s = idle_s
        self.limit: Callable[[], int | None] = lambda: None
        self.key: Callable[[], object] = lambda: None
        self._last = running_seconds()
        self._extended_until = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._on_tick)

    @property
    def running(self) -> bool:
        return self._timer.isActive()

    @property
    def allowed_s(self) -> int:
        """How long nobody may touch the page in front."""
        return self.limit() or self.idle_s

    @property
    def extended(self) -> bool:
        return self._extended_until > running_seconds()

    def seconds_left(self) -> int:
        return max(0, round(max(self._last + self.allowed_s, self._extended_until) - running_seconds()))

    def extend(self) -> None:
        """Once more the full time, on top of the one that runs: it holds until ``end_extension``, whatever is typed meanwhile."""
        if self.running and self.seconds_left() > 0:
            self._extended_until = running_seconds() + 2 * self.idle_s
            self.ticked.emit(self.seconds_left())

    def end_extension(self) -> None:
        self._extended_until = 0.0

    def start(self) -> None:
        self._last = running_seconds()
        self.end_extension()
        self._input.add(self)
        self._timer.start()
        self.ticked.emit(self.seconds_left())

    def stop(self) -> None:
        self._input.remove(self)
        self._timer.stop()

    def sees(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress:
            self.key()
        if not is_from_a_person(event):
            return False
        if self.seconds_left() == 0:  # after a sleep the first key comes before the tick: it must not reach the work
            self._run_out()
            return True
        self._last = running_seconds()
        return False

    def _on_tick(self) -> None:
        left = self.seconds_left()
        self.ticked.emit(left)
        if left == 0:
            self._run_out()

    def _run_out(self) -> None:
        self.stop()
        self.idle.emit()


class LockPage(QWidget):
    """Covers the window. The same person unlocks; another may only end the first one's work (drafts are kept).

    Signals: unlock_requested(password); sign_out_requested(id, password) of the other person.
    """

    unlock_requested = Signal(str)
    sign_out_requested = Signal(str, str)

    def __init__(self, *, training: bool = False) -> None:
        super().__init__()
        self._training = training
        self.setObjectName("lock_page")
        self.setAccessibleName("ロック中")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet("QWidget#lock_page { background: #f2f2f2; }")
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        row = QHBoxLayout()
        row.addStretch(1)
        self.card = self._build_card()
        row.addWidget(self.card)
        row.addStretch(1)
        outer.addLayout(row)
        outer.addStretch(3)

    def _build_card(self) -> Card:
        card = Card(name="lock_card")
        card.setFixedWidth(460)
        card.body.setContentsMargins(28, 24, 28, 24)
        card.body.setSpacing(10)
        head = QHBoxLayout()
        head.addWidget(words("ロック中", "title", name="lock_title"))
        if self._training:
            head.addWidget(Chip("研修用", "training", name="lock_training_chip"))
        head.addStretch(1)
        card.add(head)
        self.person = words("", "heading", name="lock_person")
        self.person.setMinimumHeight(22)
        card.add(self.person)
        self.explanation = words("画面を隠しています。入力中のものは残っています。", "secondary", wrap=True)
        card.add(self.explanation)
        self.id_field = LineField("lock_id", "あなたの ID", ime=False)
        self.password_field = PasswordField("lock_password", "パスワード")
        card.add(self.id_field)
        card.add(self.password_field)
        self.button = ActionButton("ロックを解く", key="Enter", primary=True, bind=False, name="unlock_button")
        self.button.clicked.connect(self._submit)
        card.add(self.button)
        self.other_button = QPushButton("別の人が使う")
        self.other_button.setObjectName("other_person_button")
        self.other_button.setAccessibleName("別の人が使う")
        self.other_button.setProperty("part", "link")
        self.other_button.clicked.connect(self._toggle_other)
        card.add(self.other_button)
        for field in (self.id_field, self.password_field):
            field.required = True
        self.chain = FieldChain((self.id_field, self.password_field), self)
        self.chain.finished.connect(self._submit)
        return card

    def prepare(self, name: str, role: str) -> None:
        self.person.setText(f"{name}({role})" if role else name)
        self._set_other(False)

    def clear(self) -> None:
        """Nothing of the person who was locked out, or of who tried to get in, stays here."""
        self.person.setText("")
        self._set_other(False)

    def set_busy(self, busy: bool) -> None:
        """While the password is being checked."""
        self.button.setEnabled(not busy)
        self.button.set_words("確かめています" if busy else self._button_words())

    def refuse(self, text: str) -> None:
        self.set_busy(False)
        self.password_field.clear()
        self.password_field.set_problem(text)
        self.password_field.editor.setFocus()

    def _toggle_other(self) -> None:
        self._set_other(not self.id_field.isVisibleTo(self.card))

    def _set_other(self, other: bool) -> None:
        self._other = other
        self.id_field.setVisible(other)
        self.explanation.setText(
            "前の人の作業を終わらせます(サインアウト)。入力中のものは前の人の下書きとして残り、あなたには見えません。"
            if other
            else "画面を隠しています。入力中のものは残っています。"
        )
        self.other_button.setText("戻る" if other else "別の人が使う")
        for field in self.chain.fields:
            field.clear()
        self.set_busy(False)
        (self.id_field if other else self.password_field).editor.setFocus()

    def _button_words(self) -> str:
        return "前の人を終わらせる" if self._other else "ロックを解く"

    def _submit(self) -> None:
        if not self.button.isEnabled():
            return
        password = self.password_field.value()
        if not password or (self._other and not self.id_field.value().strip()):
            self.chain.commit_all()
            return
        self.password_field.line.clear()
        self.set_busy(True)
        if self._other:
            self.sign_out_requested.emit(self.id_field.value().strip(), password)
        else:
            self.unlock_requested.emit(password)
