"""差戻し: the kind of error by its number, and a sentence that says what is wrong."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from nhi_center.domain.corrections import ERROR_KINDS
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.dialogs import Answer, QuestionDialog, open_over_window
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.text_fields import FreeText


class ErrorDialog(QuestionDialog):
    """Stays open until both are there, or it is given up with Esc. ``action`` gets them after it has closed."""

    def __init__(self, parent: QWidget, title: str, text: str, *, yes: str, action: Callable[[str, str], object]) -> None:
        choices = tuple(Choice(code, label) for code, label in ERROR_KINDS.items())
        self.kind = ChoiceField("error_kind", "誤りの種類", choices, required=True, auto_advance=True)
        self.reason = FreeText("error_reason", "差戻しの理由", required=True)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(words("  ".join(choice.shown for choice in choices), "secondary", name="error_kinds", wrap=True))
        column.addWidget(self.kind)
        column.addWidget(self.reason)
        self._yes = Answer(yes, lambda: action(self.kind.value(), self.reason.value().strip()), key="Ctrl+Enter", primary=True)
        super().__init__(parent, title, text, (self._yes, Answer("やめる")), body)
        self.chain = FieldChain((self.kind, self.reason), self)

    def _choose(self, answer: Answer) -> None:
        if answer is self._yes and not self._complete():
            return
        super()._choose(answer)

    def _complete(self) -> bool:
        self.reason.commit()
        if not self.kind.value():
            self.kind.set_problem("誤りの種類を番号で選んでください。")
        if not self.reason.problem and not self.reason.value().strip():
            self.reason.set_problem("差戻しの理由を入力してください。")
        return not self.chain.focus_first_problem()


def ask_error(parent: QWidget, title: str, text: str, *, yes: str, action: Callable[[str, str], object]) -> ErrorDialog:
    """Open it over the window of ``parent`` and return at once."""
    dialog = ErrorDialog(parent, title, text, yes=yes, action=action)
    open_over_window(dialog)
    dialog.kind.editor.setFocus()
    return dialog
