"""A question that is answered in words: 保留・照会 with its question, 差戻し with its reason."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.ui.common.dialogs import Answer, QuestionDialog, open_over_window
from nhi_center.ui.common.text_fields import FreeText


class WordsDialog(QuestionDialog):
    """Stays open until the words are there, or it is given up with Esc. ``action`` gets the words after it has closed."""

    def __init__(
        self, parent: QWidget, title: str, text: str, *, label: str, yes: str, action: Callable[[str], object], name: str
    ) -> None:
        self.field = FreeText(name, label, required=True)
        self._yes = Answer(yes, lambda: action(self.field.value().strip()), key="Ctrl+Enter", primary=True)
        super().__init__(parent, title, text, (self._yes, Answer("やめる")), self.field)

    def _choose(self, answer: Answer) -> None:
        if answer is self._yes:
            self.field.commit()
            if not self.field.problem and not self.field.value().strip():
                self.field.set_problem(f"{self.field.label_text}を入力してください。")
            if self.field.problem:
                self.field.editor.setFocus()
                return
        super()._choose(answer)


def ask_words(
    parent: QWidget, title: str, text: str, *, label: str, yes: str, action: Callable[[str], object], name: str
) -> WordsDialog:
    """Open it over the window of ``parent`` and return at once."""
    dialog = WordsDialog(parent, title, text, label=label, yes=yes, action=action, name=name)
    open_over_window(dialog)
    dialog.field.editor.setFocus()
    return dialog
