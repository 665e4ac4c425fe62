"""Choices typed by their number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Unpack

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QMenu

from nhi_center.ui.common.fields import FieldLine, FieldOptions, LabelledField


@dataclass(frozen=True, slots=True)
class Choice:
    """``code`` is what is stored; ``number`` is what is typed and shown before the label (the code itself when digits)."""

    code: str
    label: str
    number: str = ""

    @property
    def key(self) -> str:
        return self.number or self.code

    @property
    def shown(self) -> str:
        return f"{self.key} {self.label}"


class ChoiceLine(FieldLine):
    """Shows the chosen one as 「2 女」. Digits choose, Up and Down step, Space or a click opens the list, Delete empties.

    Signals: chosen(code).
    """

    chosen = Signal(str)

    def __init__(self, choices: tuple[Choice, ...]) -> None:
        super().__init__(ime=False)
        self.setReadOnly(True)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._choices: tuple[Choice, ...] = ()
        self._typed = ""
        self._code = ""
        self.set_choices(choices)

    @property
    def choices(self) -> tuple[Choice, ...]:
        return self._choices

    @property
    def code(self) -> str:
        return self._code

    def set_choices(self, choices: tuple[Choice, ...]) -> None:
        self._choices = choices
        self.set_code(self._code)
        self.setToolTip("  ".join(choice.shown for choice in choices))

    def set_code(self, code: str) -> None:
        choice = next((one for one in self._choices if one.code == code), None)
        self._code = choice.code if choice else ""
        self.setText(choice.shown if choice else "")
        self.setCursorPosition(0)

    def event(self, event: QEvent) -> bool:
        """A figure typed here chooses, also where the page has a key of its own on it: Qt asks only fields that take text."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if plain and len(event.text()) == 1 and event.text().isascii() and event.text().isalnum():
                event.accept()
                return True
        return super().event(event)

    def take_key(self, event: QKeyEvent) -> None:
        text = event.text()
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            if event.key() == Qt.Key.Key_Down:
                self.open_list()
                return
            super().take_key(event)
        elif len(text) == 1 and text.isascii() and text.isalnum():
            self._type(text)
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self._step(1 if event.key() == Qt.Key.Key_Down else -1)
        elif event.key() == Qt.Key.Key_Space:
            self.open_list()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._choose("")
        else:
            super().take_key(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who comes back begins a new number."""
        self._typed = ""
        super().focusInEvent(event)

    def _type(self, text: str) -> None:
        """A number of two figures is typed one after the other; a figure that leads nowhere begins a new number."""
        for typed in (self._typed + text, text):
            found = next((one for one in self._choices if one.key.casefold() == typed.casefold()), None)
            longer = any(one.key.casefold().startswith(typed.casefold()) and one is not found for one in self._choices)
            if found or longer:
                self._typed = typed if longer else ""
                if found and found.code == self._code:
                    self.chosen.emit(self._code)  # typed all the same: whoever types it wants to go on
                elif found:
                    self._choose(found.code)
                return
        self._typed = ""

    def _step(self, by: int) -> None:
        if not self._choices:
            return
        codes = [choice.code for choice in self._choices]
        index = codes.index(self._code) + by if self._code in codes else (0 if by > 0 else len(codes) - 1)
        self._choose(codes[max(0, min(index, len(codes) - 1))])

    def _choose(self, code: str) -> None:
        if code != self._code:
            self.set_code(code)
            self.chosen.emit(self._code)
            self.textEdited.emit(self.text())

    def open_list(self) -> None:
        """The list below the field; it does not block."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setMinimumWidth(self.width())
        for choice in self._choices:
            action = menu.addAction(choice.shown)
            action.triggered.connect(lambda _checked=False, code=choice.code: self._choose(code))
            if choice.code == self._code:
                menu.setActiveAction(action)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self.isEnabled() and event.button() == Qt.MouseButton.LeftButton:
            self.open_list()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor("#767676"), 1.5))
        x, y = self.width() - 19, self.height() // 2 - 2
        painter.drawPolyline([QPoint(x, y), QPoint(x + 5, y + 5), QPoint(x + 10, y)])


class ChoiceField(LabelledField):
    """``value()`` is the code of the chosen one or "". ``auto_advance`` moves on as soon as one is chosen by its number."""

    def __init__(
        self,
        name: str,
        label: str,
        choices: tuple[Choice, ...],
        *,
        auto_advance: bool = False,
        line: ChoiceLine | None = None,
        **options: Unpack[FieldOptions],
    ) -> None:
        self.line = line or ChoiceLine(choices)
        super().__init__(name, label, self.line, **options)
        if auto_advance:
            self.line.chosen.connect(lambda code: self.advance() if code else None)

    def value(self) -> str:
        return self.line.code

    def set_value(self, value: str) -> None:
        self.line.set_code(value)
        self.clear_notes()

    def set_choices(self, choices: tuple[Choice, ...]) -> None:
        """Other choices; the chosen one stays when it is among them."""
        self.line.set_choices(choices)
