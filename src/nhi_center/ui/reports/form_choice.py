"""形: what leaves is made as: the PDF, a workbook for Excel beside it, or sheets of paper that are counted."""

from __future__ import annotations

from nhi_center.ui.common.choice_field import Choice, ChoiceField, ChoiceLine

PDF, EXCEL, PAPER = "1", "2", "3"
FILES = (Choice(PDF, "PDF だけ"), Choice(EXCEL, "PDF と Excel"))
ALL = (*FILES, Choice(PAPER, "紙に刷る"))
LABEL = "書き出す形"


class FormLine(ChoiceLine):
    """The PDF alone until somebody chooses: figures, the arrows and Space choose, and it is never empty."""

    def __init__(self, choices: tuple[Choice, ...] = FILES) -> None:
        super().__init__(choices)
        self.setAccessibleName(LABEL)

    def set_code(self, code: str) -> None:
        super().set_code(code or PDF)

    @property
    def excel(self) -> bool:
        return self.code == EXCEL

    @property
    def paper(self) -> bool:
        return self.code == PAPER

    def turn(self) -> None:
        """The next one."""
        codes = [choice.code for choice in self.choices]
        self._choose(codes[(codes.index(self.code) + 1) % len(codes)])


def form_field(line: FormLine) -> ChoiceField:
    """The same as a field of a dialog."""
    return ChoiceField("form", LABEL, line.choices, line=line)
