"""The fields in which somebody writes what he counted in a 保管庫, each unit by itself. Nothing tells him what it should be."""

from __future__ import annotations

from nhi_center.domain.cabinets import LONGEST_REASON, Count, difference_words
from nhi_center.domain.custody import Pieces
from nhi_center.errors import OperatorError
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.fields import LabelledField, LineField
from nhi_center.ui.common.text_fields import warn_of_forbidden

MOST_DIGITS = 5


class CountFields:
    """枚, 点 and 通, and the reason that a difference needs from the second count on. An empty number is none."""

    def __init__(self) -> None:
        self.rounds = 0
        self.sheets = DigitsField("sheets", "書類・証の枚数(枚)", required=True, hint="裏表で1枚")
        self.items = DigitsField("items", "原本・金券(点)", hint="なければ空けておく")
        self.letters = DigitsField("letters", "封筒(通)", hint="なければ空けておく")
        self.reason = LineField(
            "reason", f"差異のまま残す理由(二度数えても合わないときだけ、{LONGEST_REASON}文字まで)", limit=LONGEST_REASON
        )
        warn_of_forbidden(self.reason)

    def rows(self) -> tuple[tuple[LabelledField, ...], ...]:
        return (self.sheets, self.items, self.letters), (self.reason,)

    def again(self) -> None:
        """Empty, the keyboard in the first: a second count is not the first one written again."""
        for field in (self.sheets, self.items, self.letters):
            field.clear()
        self.sheets.editor.setFocus()

    def pieces(self) -> Pieces:
        """Raises OperatorError at the number that is none."""
        return Pieces(_number(self.sheets), _number(self.items), _number(self.letters))


def _number(field: DigitsField) -> int:
    digits = field.value()
    if len(digits) > MOST_DIGITS:
        raise OperatorError("数を確かめてください。大きすぎます。", field=field.name)
    return int(digits or "0")


def stands_or_again(made: Count, fields: CountFields) -> Count:
    """The count when it stands. Raises OperatorError with what to do when not; the numbers are told from the second on."""
    if made.stands:
        return made
    fields.rounds += 1
    raise OperatorError(difference_words(made, told=fields.rounds > 1), code="count-differs")
