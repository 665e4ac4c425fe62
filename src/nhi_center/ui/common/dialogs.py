"""Questions that need an answer before going on: one helper, never blocking, answerable by tests through its buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.ui.common.parts import ActionButton
from nhi_center.ui.common.styling import words


@dataclass(frozen=True, slots=True)
class Answer:
    """One way to answer: ``action`` runs after the dialog has closed. ``key`` such as Y or Ctrl+Enter."""

    text: str
    action: Callable[[], object] | None = None
    key: str = ""
    primary: bool = False
    danger: bool = False


@runtime_checkable
class DialogHost(Protocol):
    """A window that decides when a dialog over it may be seen: not while it is locked."""

    def open_dialog(self, dialog: QDialog) -> None: ...


def open_over_window(dialog: QDialog) -> None:
    """Open a dialog over its window, or leave it to the window when that may be locked. Returns at once."""
    window = dialog.parentWidget()
    if isinstance(window, DialogHost):
        window.open_dialog(dialog)
    else:
        dialog.open()


class QuestionDialog(QDialog):
    """Title, what happens, optionally a widget (a reason, a signature), the answers. Esc is the last answer."""

    def __init__(self, parent: QWidget, title: str, text: str, answers: tuple[Answer, ...], body: QWidget | None = None) -> None:
        super().__init__(parent.window())
        self.setObjectName("question_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setMinimumWidth(520)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(words(title, "title", name="question_title"))
        self.text = words(text, "", name="question_text", wrap=True)
        column.addWidget(self.text)
        if body is not None:
            column.addWidget(body)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addStretch(1)
        self.buttons: list[ActionButton] = []
        self._answers = answers
        for index, answer in enumerate(answers):
            button = ActionButton(
                answer.text, key=answer.key, primary=answer.primary, danger=answer.danger, name=f"answer_{index}_button"
            )
            button.clicked.connect(lambda _checked=False, chosen=answer: self._choose(chosen))
            self.buttons.append(button)
            row.addWidget(button)
        column.addLayout(row)

    def reject(self) -> None:
        """Esc and the window's cross answer with the last answer, which is always the harmless one."""
        self._choose(self._answers[-1])

    def _choose(self, answer: Answer) -> None:
        self.done(self._answers.index(answer))
        if answer.action is not None:
            answer.action()


def ask(parent: QWidget, title: str, text: str, answers: tuple[Answer, ...], *, body: QWidget | None = None) -> QuestionDialog:
    """Open a question over the window of ``parent`` and return at once. The last answer must be the harmless one."""
    dialog = QuestionDialog(parent, title, text, answers, body)
    open_over_window(dialog)
    first = next(
        (button for button, answer in zip(dialog.buttons, answers, strict=True) if not answer.danger), dialog.buttons[-1]
    )
    (body or first).setFocus()
    return dialog


def confirm(
    parent: QWidget, title: str, text: str, *, yes: str, action: Callable[[], object], no: str = "やめる"
) -> QuestionDialog:
    """A yes-or-no question whose "no" changes nothing."""
    return ask(parent, title, text, (Answer(yes, action, key="Ctrl+Enter", primary=True), Answer(no)))
