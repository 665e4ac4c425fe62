"""進み具合 by keys: from the first page to a draft in another's hands; and how it looks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt

from nhi_center.domain.entry import Draft
from nhi_center.domain.operators import Session
from nhi_center.services import custody, entry
from nhi_center.services.office import Office
from nhi_center.ui.board import ENTRY as BOARD
from nhi_center.ui.common.form_dialog import FormDialog
from nhi_center.ui.home import ENTRY as HOME
from tests.support import papers
from tests.support.desk_hands import DeskHands, Key
from tests.support.office import as_person, desk, premises
from tests.ui.pictures import looked_at, looked_at_small

__all__ = ["desk", "premises"]

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def hands(desk: tuple[Office, Session]) -> Iterator[DeskHands]:
    made = DeskHands(desk[0], as_person(desk[0], "s-toko"), [HOME, BOARD])
    yield made
    made.close()


def test_nothing_there_yet(hands: DeskHands) -> None:
    hands.press(Key.Key_B, ALT)
    assert hands.text("board_counts") == "0件 在室 3人"
    assert looked_at_small(hands.window, "board-empty") == []
    hands.press(Key.Key_Escape)
    assert hands.window.current_screen is not None
    assert hands.window.current_screen.name == "home"


def test_a_draft_is_given_to_another(hands: DeskHands, desk: tuple[Office, Session]) -> None:
    office, clerk = desk
    papers.register_people(office)
    papers.receive(office, clerk, F05=2)
    papers.receive(office, clerk, F02=3, F15=1)
    slip = next(slip for slip in custody.unsorted_slips(office, clerk) if slip.kind == "F05")
    opened = entry.open_slip(office, clerk, slip.id)
    entry.put_aside(office, clerk, opened.application.id, Draft())
    hands.press(Key.Key_B, ALT)
    assert hands.text("board_counts") == "3件 在室 3人"
    hands.press(Key.Key_F6)
    wrong = looked_at(hands.find("form_dialog", FormDialog), "board-assign")
    hands.enter("k-ichiro", "休み")
    hands.go()
    assert "いまの担当者です" in hands.text("to_note")
    hands.at.selectAll()  # type: ignore[attr-defined]
    hands.enter("k-hanako")
    hands.go()
    assert "担当を変えました" in hands.text("message_text")
    wrong += looked_at_small(hands.window, "board")
    assert wrong == []
