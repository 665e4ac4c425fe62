"""至急 has one way to be shown, with its clock, and every list uses it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nhi_center import ui
from nhi_center.ui.common.table import Cell
from nhi_center.ui.common.urgent import show_urgent, urgent_cell, urgent_chip, urgent_words
from tests.support.office import OPENING

LISTS = (
    "entry/list_page.py",
    "verification/screen.py",
    "review/screen.py",
    "certificates/listing.py",
    "holds/screen.py",
    "holds/questions.py",
)


@pytest.mark.parametrize(
    ("minutes", "words"), [(13, "至急 あと 13分"), (0, "至急 あと 0分"), (-2, "至急 2分超過"), (200, "至急 あと 3時間")]
)
def test_the_clock(minutes: int, words: str) -> None:
    until = (OPENING + timedelta(minutes=minutes)).isoformat()
    assert urgent_words(until, OPENING) == words
    cell = urgent_cell(until, OPENING)
    assert isinstance(cell, Cell)
    assert (cell.chip, cell.tone) == (words, "error")


def test_what_is_not_urgent_says_nothing(qtbot: QtBot) -> None:
    assert urgent_cell("", OPENING) == ""
    chip = urgent_chip((OPENING + timedelta(minutes=5)).isoformat(), OPENING)
    qtbot.addWidget(chip)
    assert not chip.isHidden()
    show_urgent(chip, "", OPENING)
    assert chip.isHidden()


def test_every_list_shows_it_the_same_way_and_nobody_makes_his_own() -> None:
    folder = Path(ui.__path__[0])
    sources = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}
    assert [name for name in LISTS if "urgent_cell(row.urgent_until" not in sources[name]] == []
    own = [name for name, text in sources.items() if 'f"至急' in text and name != "common/urgent.py"]
    assert own == []
