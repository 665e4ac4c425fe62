"""Small parts of every page: chips, key caps, buttons, cards, tiles, steps, empty states, progress."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLayout, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from nhi_center.ui.common.screen import bind_key
from nhi_center.ui.common.styling import restyle, words

_SIGNS = {"done": "✓ ", "warning": "▲ ", "error": "● "}


class Chip(QLabel):
    """A state in a word: tone plain, info, done (✓), warning (▲), error (●), training. ``sign`` False leaves the sign out."""

    def __init__(self, text: str = "", tone: str = "plain", *, sign: bool = True, name: str = "chip") -> None:
        super().__init__()
        self._sign = sign
        self.setObjectName(name)
        self.setProperty("part", "chip")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(19)
        self.set_state(text, tone)

    def set_state(self, text: str, tone: str) -> None:
        self.setText(f"{_SIGNS.get(tone, '') if self._sign else ''}{text}")
        self.setAccessibleName(text)
        restyle(self, tone=tone)


class KeyCap(QLabel):
    """A key as it looks on the keyboard."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.setProperty("part", "keycap")
        self.setFixedHeight(19)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


class ActionButton(QPushButton):
    """A button with its key on it: ``ActionButton("確認へ", key="Ctrl+Enter", primary=True)``. Enter and Space press it.

    The key works in the page the button stands in; give ``bind`` False where the screen's ``keys()`` binds it.
    """

    def __init__(
        self, text: str, *, key: str = "", primary: bool = False, danger: bool = False, bind: bool = True, name: str = ""
    ) -> None:
        super().__init__()
        self.setObjectName(name or "action_button")
        self.setProperty("part", "primary" if primary else "danger" if danger else "plain")
        self.setAutoDefault(False)
        self.setFixedHeight(40)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(18, 0, 18, 0)
        self._row.setSpacing(7)
        self._row.addStretch(1)
        self._caps: list[QLabel] = []
        for index, part in enumerate(key.split("+") if key else ()):
            if index:
                plus = words("+", name="button_plus")
                self._caps.append(plus)
                self._row.addWidget(plus)
            self._row.addWidget(KeyCap(part))
        self.words = QLabel()
        self.words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._row.addWidget(self.words)
        self._row.addStretch(1)
        self._primary, self._danger = primary, danger
        self.set_words(text)
        self._colour()
        self.toggled.connect(lambda _on: self._colour())
        if key and bind:
            bind_key(self, key, self.click)

    def set_words(self, text: str) -> None:
        self.words.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def set_margins(self, sides: int) -> None:
        self._row.setContentsMargins(sides, 0, sides, 0)

    def setEnabled(self, enabled: bool) -> None:
        super().setEnabled(enabled)
        self._colour()

    def sizeHint(self) -> QSize:
        return QSize(self._row.sizeHint().width(), 40)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.click()
            return
        super().keyPressEvent(event)

    def _colour(self) -> None:
        light = self._primary or self.isChecked()
        colour = "#ffffff" if light else "#ce0000" if self._danger else "#0017c1"
        if not self.isEnabled() and not light:
            colour = "#767676"
        for label in (self.words, *self._caps):
            label.setStyleSheet(f"font-weight: bold; background: transparent; color: {colour};")


def primary_button(text: str, key: str = "Ctrl+Enter", *, name: str = "primary_button") -> ActionButton:
    """The one primary action of a page."""
    return ActionButton(text, key=key, primary=True, name=name)


def plain_button(text: str, key: str = "", *, name: str = "plain_button") -> ActionButton:
    return ActionButton(text, key=key, name=name)


class Card(QFrame):
    """A framed part of a page (white), or with ``panel`` a grey one. ``body`` takes the contents; the title line is optional."""

    def __init__(self, title: str = "", *, right: QWidget | str = "", panel: bool = False, name: str = "card") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("part", "panel" if panel else "card")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(14, 10, 14, 12)
        self.body.setSpacing(4)
        if title:
            head = QHBoxLayout()
            self.title = words(title, "heading", name=f"{name}_title")
            self.title.setMinimumHeight(22)
            head.addWidget(self.title)
            head.addStretch(1)
            if right:
                head.addWidget(right if isinstance(right, QWidget) else words(right, "secondary"))
            self.body.addLayout(head)

    def add(self, item: QWidget | QLayout) -> None:
        if isinstance(item, QWidget):
            self.body.addWidget(item)
        else:
            self.body.addLayout(item)

    def add_lines(self, *lines: str) -> None:
        """Secondary words, one under the other."""
        for line in lines:
            self.body.addWidget(words(line, "secondary", wrap=True))


class NumberTile(QPushButton):
    """A number that opens the work behind it: caption, number with its unit, one line of detail."""

    def __init__(self, caption: str, unit: str, *, name: str = "number_tile") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("part", "tile")
        self.setFixedHeight(90)
        self.setMinimumWidth(120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setStyleSheet(
            'QPushButton[part="tile"] { background: #ffffff; border: 1px solid #cccccc; border-radius: 8px; }'
            'QPushButton[part="tile"]:hover, QPushButton[part="tile"]:focus { border: 2px solid #0017c1; }'
        )
        self._caption, self._unit = caption, unit
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 8, 8)
        column.setSpacing(0)
        column.addWidget(self._inner(words(caption, "secondary")))
        row = QHBoxLayout()
        row.setSpacing(1)
        self.number = self._inner(words("–", "number"))
        self.unit = self._inner(words(unit, "unit"))
        row.addWidget(self.number, 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self.unit, 0, Qt.AlignmentFlag.AlignBottom)
        row.addStretch(1)
        column.addLayout(row)
        self.detail = self._inner(words("", "secondary"))
        column.addWidget(self.detail)

    def set_number(self, number: int, detail: str = "") -> None:
        self.number.setText(f"{number:,}")
        self.detail.setText(detail)
        self.setAccessibleName(f"{self._caption} {number}{self._unit} {detail}".strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    @staticmethod
    def _inner(label: QLabel) -> QLabel:
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return label


class StepTrail(QLabel):
    """Where in a task we are: 1 受付 → 2 世帯・対象者 → 3 届出内容."""

    def __init__(self, steps: tuple[str, ...], *, name: str = "step_trail") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("part", "dense")
        self.setTextFormat(Qt.TextFormat.RichText)
        self._steps = steps
        self.set_step(0)

    def show_steps(self, steps: tuple[str, ...], index: int) -> None:
        """Other words for the steps, and where we are."""
        self._steps = steps
        self.set_step(index)

    def set_step(self, index: int) -> None:
        """``index`` from 0."""
        self._index = index
        shown = []
        for number, step in enumerate(self._steps):
            text = f"{number + 1} {step}"
            shown.append(
                f'<b style="color:#0017c1">{text}</b>' if number == index else f'<span style="color:#4d4d4d">{text}</span>'
            )
        self.setText(' <span style="color:#767676">→</span> '.join(shown))
        self.setAccessibleName(f"手順 {index + 1}/{len(self._steps)} {self._steps[index]}")

    @property
    def step(self) -> int:
        return self._index


class ProgressStrip(QWidget):
    """What is going on, how far it is, and a way to stop it. Hidden until ``begin``.

    Signals: cancel_requested().
    """

    cancel_requested = Signal()

    def __init__(self, *, name: str = "progress_strip") -> None:
        super().__init__()
        self.setObjectName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.words = words("")
        self.bar = QProgressBar()
        self.bar.setObjectName(f"{name}_bar")
        self.bar.setAccessibleName("進み具合")
        self.cancel_button = plain_button("中止", "Esc", name="cancel_button")
        self.cancel_button.setFixedHeight(32)
        row.addWidget(self.words)
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel_button)
        self.cancel_button.clicked.connect(self.cancel_requested)
        self.hide()

    def begin(self, text: str) -> None:
        self.words.setText(text)
        self.bar.setRange(0, 0)
        self.cancel_button.setEnabled(True)
        self.show()

    def advance(self, done: int, total: int, text: str = "") -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.bar.setFormat(f"{done:,}/{total:,} {text}" if total else text)

    def end(self) -> None:
        self.hide()
