"""What can be done with one line: a short list, each entry typed by its number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from nhi_center.ui.common.dialogs import open_over_window
from nhi_center.ui.common.parts import ActionButton
from nhi_center.ui.common.styling import words


@dataclass(frozen=True, slots=True)
class Act:
    """One entry; ``action`` runs after the list has closed. ``danger``: it cannot be undone."""

    text: str
    action: Callable[[], object]
    danger: bool = False


class ChoicesDialog(QDialog):
    """``choice_N_button``, N from 1. Esc closes it and nothing happens."""

    def __init__(self, parent: QWidget, title: str, text: str, acts: Sequence[Act]) -> None:
        super().__init__(parent.window())
        self.setObjectName("choices_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setMinimumWidth(460)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        column.addWidget(words(title, "title", name="choices_title"))
        column.addWidget(words(text, "", name="choices_text", wrap=True))
        column.addSpacing(4)
        self.buttons: list[ActionButton] = []
        for number, act in enumerate(acts, start=1):
            button = ActionButton(act.text, key=str(number), danger=act.danger, name=f"choice_{number}_button")
            button.clicked.connect(lambda _checked=False, act=act: self._choose(act))
            self.buttons.append(button)
            column.addWidget(button)
        no = ActionButton("やめる", key="Esc", name="choice_none_button")
        no.clicked.connect(self.reject)
        column.addSpacing(4)
        column.addWidget(no)

    def _choose(self, act: Act) -> None:
        self.accept()
        act.action()


def choose(parent: QWidget, title: str, text: str, acts: Sequence[Act]) -> ChoicesDialog:
    """Open it over the window of ``parent`` and return at once."""
    dialog = ChoicesDialog(parent, title, text, acts)
    open_over_window(dialog)
    dialog.buttons[0].setFocus()
    return dialog
