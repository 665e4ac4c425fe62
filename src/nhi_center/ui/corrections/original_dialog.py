"""訂正の書類: which returned case the paper that came in again belongs to, by its number on the list."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.corrections import Link
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.dialogs import Answer, QuestionDialog, open_over_window


class OriginalDialog(QuestionDialog):
    """Stays open until one is chosen, or it is given up with Esc."""

    def __init__(self, parent: QWidget, number: str, links: tuple[Link, ...], action: Callable[[str], object]) -> None:
        choices = tuple(
            Choice(link.original, f"元の管理票 {link.original_number} {link.error.words}", str(at))
            for at, link in enumerate(links, start=1)
        )
        self.original = ChoiceField("original", "訂正する届出", choices, required=True)
        self._yes = Answer("訂正の書類にする", lambda: action(self.original.value()), key="Ctrl+Enter", primary=True)
        super().__init__(
            parent,
            f"管理票 {number} はどの訂正の書類ですか",
            "元の届出の内容から入力を始めます。紙を見て、もう一度入力し、照合します。",
            (self._yes, Answer("やめる")),
            self.original,
        )

    def _choose(self, answer: Answer) -> None:
        if answer is self._yes and not self.original.value():
            self.original.set_problem("訂正する届出を番号で選んでください。")
            self.original.editor.setFocus()
            return
        super()._choose(answer)


def ask_original(parent: QWidget, number: str, links: tuple[Link, ...], action: Callable[[str], object]) -> OriginalDialog:
    """Open it over the window of ``parent`` and return at once."""
    dialog = OriginalDialog(parent, number, links, action)
    open_over_window(dialog)
    dialog.original.editor.setFocus()
    return dialog
