"""至急: somebody waits at the counter. One way to show it, with its clock, in every list and above every form."""

from __future__ import annotations

from datetime import datetime

from nhi_center.domain.today import due_state
from nhi_center.ui.common.parts import Chip
from nhi_center.ui.common.table import Cell

URGENT_MINUTES = 15
"""What is promised at the counter unless it is set otherwise."""

URGENT_COLUMN = 156


def urgent_words(until: str, now: datetime) -> str:
    """至急 あと 13分, 至急 2分超過; "" for what is not urgent."""
    return f"至急 {due_state(until, now)}".rstrip() if until else ""


def urgent_cell(until: str, now: datetime) -> Cell | str:
    """The first cell of a line."""
    words = urgent_words(until, now)
    return Cell(chip=words, tone="error") if words else ""


def urgent_chip(until: str = "", now: datetime | None = None) -> Chip:
    """The clock beside a title; hidden for what is not urgent. ``show_urgent`` keeps it going."""
    chip = Chip("", "warning", sign=False, name="urgent_chip")
    if now is not None:
        show_urgent(chip, until, now)
    return chip


def show_urgent(chip: Chip, until: str, now: datetime, *, among: int = 1) -> None:
    """Bring a clock up to now, red when the time is over; ``among``: the nearest of so many."""
    words = urgent_words(until, now)
    chip.setVisible(bool(words))
    if words:
        more = f" ほか{among - 1}件" if among > 1 else ""
        chip.set_state(words + more, "error" if datetime.fromisoformat(until) < now else "warning")
