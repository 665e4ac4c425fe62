"""Fields of digits and Latin letters. What was typed in other widths is put right at once, and said when the field is left."""

from __future__ import annotations

import unicodedata
from typing import Unpack

from PySide6.QtCore import Signal

from nhi_center.domain.forms.types import CONVERTED_LETTERS, INDIVIDUAL_NUMBER, put_right
from nhi_center.domain.identifiers import find_individual_number, fold_letters, format_postal
from nhi_center.domain.names import convert_roman
from nhi_center.ui.common.fields import FieldLine, FieldOptions, LabelledField


class DigitsField(LabelledField):
    """Digits alone; full-width digits are taken as digits. When ``length`` digits stand there the field moves on by itself.

    ``letters``: a code of letters and digits (在留カード番号), shown in half-width capitals as it is typed.
    """

    def __init__(
        self,
        name: str,
        label: str,
        *,
        length: int = 0,
        auto_advance: bool = True,
        letters: bool = False,
        **options: Unpack[FieldOptions],
    ) -> None:
        self.line = FieldLine(ime=False)
        self._length = length
        self._letters = letters
        self._auto_advance = auto_advance and length > 0
        super().__init__(name, label, self.line, **options)

    def value(self) -> str:
        return fold_code_characters(self.line.text()) if self._letters else fold_digits(self.line.text())

    def _on_edited(self) -> None:
        if _refused(self):
            return
        typed, digits = self.line.text(), self.value()
        if self._length:
            digits = digits[: self._length]
        if len(digits) < len(typed) and self.line.keys is not None:
            self.line.keys.refuse()
        if digits != typed:
            cursor = self.line.cursorPosition() - (len(typed) - len(digits))
            self.line.setText(digits)
            self.line.setCursorPosition(max(0, cursor))
            self.remark = CONVERTED_LETTERS if self._letters else put_right(typed) or self.remark
        super()._on_edited()
        if self._auto_advance and len(digits) == self._length and self.line.cursorPosition() == self._length:
            self.advance()


class PostalField(LabelledField):
    """郵便番号: seven digits, shown as 160-8484. ``value()`` is the digits; ``filled(digits)`` is emitted when they are seven."""

    filled = Signal(str)

    def __init__(self, name: str, label: str, **options: Unpack[FieldOptions]) -> None:
        self.line = FieldLine(ime=False)
        super().__init__(name, label, self.line, **options)

    def value(self) -> str:
        return fold_digits(self.line.text())

    def set_value(self, value: str) -> None:
        super().set_value(format_postal(fold_digits(value)))

    def _on_edited(self) -> None:
        if _refused(self):
            return
        digits = self.value()[:7]
        self.remark = put_right(self.line.text())
        super()._on_edited()
        if len(digits) == 7:
            self.line.setText(format_postal(digits))
            self.filled.emit(digits)
            self.advance()

    def _on_left(self) -> None:
        digits = self.value()
        if digits and len(digits) != 7:
            self.set_problem("郵便番号は7桁の数字で入力してください。")
        super()._on_left()


class RomanField(LabelledField):
    """ローマ字氏名: half-width capitals as they are typed, single spaces when the field is left."""

    def __init__(self, name: str, label: str, **options: Unpack[FieldOptions]) -> None:
        self.line = FieldLine()
        super().__init__(name, label, self.line, **options)

    def _on_edited(self) -> None:
        typed, cursor = self.line.text(), self.line.cursorPosition()
        capitals = unicodedata.normalize("NFKC", typed).upper()
        if capitals != typed:
            self.remark = CONVERTED_LETTERS if capitals != typed.upper() else ""
            self.line.setText(capitals)
            self.line.setCursorPosition(cursor + len(capitals) - len(typed))
        super()._on_edited()

    def _on_left(self) -> None:
        self.line.setText(convert_roman(self.line.text())[0])
        super()._on_left()


def _refused(field: LabelledField) -> bool:
    """A 個人番号 put in at once is not cut to the length of the field, which would keep the beginning of it: it goes whole."""
    line = field.editor
    if not isinstance(line, FieldLine) or find_individual_number(line.text()) is None:
        return False
    line.clear()
    field.changed.emit("")
    field.set_problem(INDIVIDUAL_NUMBER)
    return True


def fold_digits(text: str) -> str:
    """The digits of a text, full-width ones folded; everything else dropped."""
    return "".join(character for character in unicodedata.normalize("NFKC", text) if character in "0123456789")


def fold_code_characters(text: str) -> str:
    """Letters and digits, folded to half-width capitals; everything else dropped."""
    return "".join(character for character in fold_letters(text) if character.isascii() and character.isalnum())
