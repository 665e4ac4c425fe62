"""差異あり: the paper came or went with a 便 whose counts did not agree. One way to show it in every list."""

from __future__ import annotations

from nhi_center.ui.common.table import Cell

DIFFERENCE_SHORT = "差異"
DIFFERENCE_CHIP = f"{DIFFERENCE_SHORT}あり"
DIFFERENCE = f"● {DIFFERENCE_CHIP}"
DIFFERENCE_COLUMN = 168
"""The width of a number with the mark beside it."""
DIFFERENCE_NOTE = "受渡しで枚数の違いが残った便の書類です。紙の枚数を確かめてください。"
DIFFERENCE_RED = "#ce0000"


def number_cell(number: str, *, marked: bool) -> Cell:
    """The number of a 管理票 or of a sheet; where it bears the mark, in red and with words."""
    return Cell(strong=number, text=DIFFERENCE, colour=DIFFERENCE_RED, note=DIFFERENCE_NOTE) if marked else Cell(strong=number)
