"""Fields only the telephone has: the search line that drives a list, and the result typed as one figure."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nhi_center.domain.calls import Outcome
from nhi_center.ui.common.fields import FieldLine, LabelledField
from nhi_center.ui.common.parts import ActionButton


class SearchLine(FieldLine):
    """Signals: step_wanted(by) for Up and Down, given_up() for Esc."""

    step_wanted = Signal(int)
    given_up = Signal()

    def take_key(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.step_wanted.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.given_up.emit()
        else:
            super().take_key(event)


class SearchField(LabelledField):
    """さがす. ``choose`` is asked at Enter; when it answers True the field stays until somebody has been chosen."""

    def __init__(self, name: str, label: str, choose: Callable[[], bool]) -> None:
        self.line = SearchLine()
        self._choose = choose
        super().__init__(name, label, self.line, reserve_note=False)

    def advance(self) -> None:
        if not self._choose():
            super().advance()


class OutcomeBar(QWidget):
    """The results side by side; 1 to 5 choose, Left and Right step, Enter goes on.

    Signals: chosen(code), next_wanted(), back_wanted().
    """

    chosen = Signal(str)
    next_wanted = Signal()
    back_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.code = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.buttons: dict[str, ActionButton] = {}
        for outcome in Outcome:
            button = ActionButton(f"{outcome.value} {outcome.label}", name=f"call_outcome_{outcome.value}_button")
            button.setCheckable(True)
            button.set_margins(8)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, code=outcome.value: self.choose(code))
            self.buttons[outcome.value] = button
            row.addWidget(button)

    def set_code(self, code: str) -> None:
        self.code = code if code in self.buttons else ""
        for one, button in self.buttons.items():
            button.setChecked(one == self.code)

    def choose(self, code: str) -> None:
        self.set_code(code)
        self.chosen.emit(self.code)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        codes = list(self.buttons)
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            event.ignore()
        elif event.text() in self.buttons:
            self.choose(event.text())
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            by = 1 if event.key() == Qt.Key.Key_Right else -1
            at = codes.index(self.code) + by if self.code else 0
            self.set_code(codes[max(0, min(at, len(codes) - 1))])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            wanted = self.back_wanted if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else self.next_wanted
            wanted.emit()
        else:
            super().keyPressEvent(event)


class OutcomeField(LabelledField):
    """結果. ``value()`` is 1 to 5 or ""; a figure chooses and goes on. Signals: as every field."""

    def __init__(self, name: str, label: str) -> None:
        self.bar = OutcomeBar()
        super().__init__(name, label, self.bar, reserve_note=False)
        self.label.hide()
        self.bar.chosen.connect(self._on_chosen)
        self.bar.next_wanted.connect(self.advance)
        self.bar.back_wanted.connect(self.go_back)

    def value(self) -> str:
        return self.bar.code

    def set_value(self, value: str) -> None:
        self.bar.set_code(value)
        self.clear_notes()

    def _on_chosen(self, _code: str) -> None:
        self._on_edited()
        self.commit()
        self.advance()
