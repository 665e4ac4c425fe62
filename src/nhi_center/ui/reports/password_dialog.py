"""The password of a written file, shown once to the two who stand there, to be copied by hand and carried another way."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from nhi_center.ui.common.dialogs import Answer, QuestionDialog, open_over_window
from nhi_center.ui.common.parts import Card
from nhi_center.ui.common.styling import words

TITLE = "ファイルのパスワード"
_TEXT = (
    "{file} は、このパスワードでだけ開きます。区職員が紙に書き写し、ファイルとは別に持ち帰ってください。"
    "横線も入れます。英字は大文字で、O・I・L・U は使っていません。"
)
_ONCE = "閉じると、もう出せません。プログラムのどこにも残りません。失くしたときは、もう一度書き出してください。"
_PER_LINE = 3
_SIZE = 22


class PasswordDialog(QuestionDialog):
    """Nothing in it can be selected, so nothing of it comes to the clipboard. Esc does not close it: what is gone is gone."""

    def __init__(self, parent: QWidget, file: str, password: str) -> None:
        card = Card(panel=True, name="password_card")
        groups = password.split("-")
        lines = ["-".join(groups[at : at + _PER_LINE]) for at in range(0, len(groups), _PER_LINE)]
        card.body.setSpacing(10)
        self.password = words("-\n".join(lines), "", name="password_once")
        self.password.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.password.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.password.setStyleSheet(f"font-size: {_SIZE}px; font-weight: bold; letter-spacing: 2px;")
        card.add(self.password)
        card.add(words(_ONCE, "secondary", wrap=True))
        super().__init__(
            parent, TITLE, _TEXT.format(file=file), (Answer("書き写しました", key="Ctrl+Enter", primary=True),), card
        )

    def reject(self) -> None:
        """Closed by its button alone."""

    def done(self, result: int) -> None:
        self.password.clear()
        super().done(result)


def show_once(parent: QWidget, file: str, password: str) -> PasswordDialog:
    """Open it over the window of ``parent`` and return at once."""
    dialog = PasswordDialog(parent, file, password)
    open_over_window(dialog)
    dialog.buttons[0].setFocus()
    return dialog
