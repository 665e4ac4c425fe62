"""Fields of several lines: free words and reasons."""

from __future__ import annotations

from typing import Unpack

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit

from nhi_center.domain.free_words import FORBIDDEN, forbidden_in
from nhi_center.domain.identifiers import find_individual_number
from nhi_center.services import forms
from nhi_center.ui.common.fields import FIELD_HEIGHT, FieldOptions, LabelledField
from nhi_center.ui.common.key_count import KeyCount


class TextEditor(QPlainTextEdit):
    """Several lines: Enter goes on as everywhere, Alt+Enter begins a new line."""

    next_wanted = Signal()
    back_wanted = Signal()
    was_left = Signal()

    def __init__(self, lines: int) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setFixedHeight(max(FIELD_HEIGHT, lines * 22 + 14))
        self._composing = False
        self._just_committed = False
        self.keys: KeyCount | None = None

    def count_keys(self, keys: KeyCount) -> None:
        """Every key pressed here counts there from now on."""
        self.keys = keys

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        was_composing = self._composing
        self._composing = bool(event.preeditString())
        if event.commitString() and was_composing:
            # Some input methods pass on the Enter that commits, in the same turn of the event loop.
            self._just_committed = True
            QTimer.singleShot(0, self._forget_commit)
        if event.commitString() and self.keys is not None:
            self.keys.commit(event.commitString())
        super().inputMethodEvent(event)

    def _forget_commit(self) -> None:
        self._just_committed = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.keys is not None:
            self.keys.press(event)
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.insertPlainText("\n")
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        elif not self._composing and not self._just_committed:
            wanted = self.back_wanted if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else self.next_wanted
            wanted.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.was_left.emit()


def warn_of_forbidden(field: LabelledField) -> None:
    """From now on the field warns while words of what must not be collected (特記事項 5) stand in it. It refuses nothing."""
    field.changed.connect(lambda text: field.set_notice(FORBIDDEN if forbidden_in(text, forms.forbidden_words()) else ""))


class FreeText(LabelledField):
    """Free words. A run of digits that is a valid 個人番号 is refused at the field (番号法 20条: it is not kept here).

    Words of what must not be collected are warned of.
    """

    def __init__(self, name: str, label: str, *, lines: int = 3, **options: Unpack[FieldOptions]) -> None:
        self.text_editor = TextEditor(lines)
        super().__init__(name, label, self.text_editor, **options)
        self._silent = False
        self.text_editor.textChanged.connect(self._on_text_changed)
        self.text_editor.was_left.connect(self._on_left)
        self.text_editor.next_wanted.connect(self.advance)
        self.text_editor.back_wanted.connect(self.go_back)
        warn_of_forbidden(self)

    def value(self) -> str:
        return self.text_editor.toPlainText()

    def set_value(self, value: str) -> None:
        self._silent = True
        self.text_editor.setPlainText(value)
        self._silent = False
        self.clear_notes()

    def _on_text_changed(self) -> None:
        if not self._silent:
            self._on_edited()

    def _on_left(self) -> None:
        if find_individual_number(self.value()) is not None:
            self.set_problem("個人番号(マイナンバー)と思われる12桁の数字があります。ここには残せません。数字を消してください。")
        super()._on_left()


class ReasonField(FreeText):
    """The reason for going on in spite of a warning, or for a correction; it is kept with the record."""

    def __init__(self, name: str = "reason", label: str = "理由", *, lines: int = 2, **options: Unpack[FieldOptions]) -> None:
        options.setdefault("required", True)
        super().__init__(name, label, lines=lines, **options)

    def _on_left(self) -> None:
        super()._on_left()
        if self.required and not self.value().strip():
            self.set_problem("理由を入力してください。記録に残ります。")
