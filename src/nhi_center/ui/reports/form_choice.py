"""形: what leaves is made as: the PDF, or a workbook for Excel beside it."""

from __future__ import annotations

from nhi_center.ui.common.choice_field import Choice, ChoiceField, ChoiceLine

PDF, EXCEL = "1", "2"
_CHOICES = (Choice(PDF, "PDF だけ"), Choice(EXCEL, "PDF と Excel"))
LABEL = "書き出す形"


class FormLine(ChoiceLine):
    """The PDF alone until somebody chooses: figures, the arrows and Space choose, and it is never empty."""

    def __init__(self) -> None:
        super().__init__(_CHOICES)
        self.setAccessibleName(LABEL)

    def set_code(self, code: str) -> None:
        super().set_code(code or PDF)

    @property
    def excel(self) -> bool:
        return self.code == EXCEL

    def turn(self) -> None:
        """The other one."""
        self.set_code(PDF if self.excel else EXCEL)


def form_field(line: FormLine) -> ChoiceField:
    """The same as a field of a dialog."""
    return ChoiceField("form", LABEL, _CHOICES, line=line)
