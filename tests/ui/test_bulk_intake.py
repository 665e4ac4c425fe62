"""60 applications of eight forms come in by keyboard in one run: counted by both, signed, 管理票 made, the list of entry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from nhi_center.domain.custody import Pieces
from nhi_center.domain.handover import Side
from nhi_center.domain.operators import Session
from nhi_center.services import cabinets, custody, day_close, entry_list
from nhi_center.services.office import Office
from nhi_center.ui.custody import ENTRY as CUSTODY
from nhi_center.ui.entry import ENTRY
from tests.services.test_day_close import all_leave, all_sent, lock_up, open_kinds
from tests.support.desk_hands import DeskHands, Key
from tests.support.office import PASSWORDS, advance, as_person, desk, premises
from tests.ui.pictures import KEPT, looked_at_small

__all__ = ["desk", "premises"]

ALT = Qt.KeyboardModifier.AltModifier
SIXTY = {2: (20, 45), 5: (12, 20), 15: (9, 9), 3: (6, 11), 13: (5, 5), 1: (4, 8), 16: (3, 3), 20: (1, 2)}
"""By the form's number, 件 and 枚."""
MOST_KEYS = 170
"""165 when it was written, of which 43 are an ID, two passwords and their Enter."""


class Counting(DeskHands):
    """Every key is counted, modifiers with their key as one."""

    keys = 0

    def press(self, key: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.keys += 1
        super().press(key, modifier)

    def words(self, text: str) -> None:
        self.keys += len(text)
        super().words(text)


@pytest.fixture
def hands(desk: tuple[Office, Session]) -> Iterator[Counting]:
    made = Counting(*desk, [CUSTODY, ENTRY])
    yield made
    made.close()


def count(hands: DeskHands) -> None:
    hands.press(Key.Key_N, ALT)
    for form, (cases, sheets) in SIXTY.items():
        hands.enter(f"{form} {cases} {sheets}")


def test_sixty_applications_in_one_run(hands: Counting, desk: tuple[Office, Session]) -> None:
    hands.press(Key.Key_F3)
    count(hands)
    assert hands.at.objectName() == "other_kind"
    wrong = looked_at_small(hands.window, "bulk-count")
    assert not hands.at.visibleRegion().isEmpty(), "the line that takes the next is in sight"
    hands.press(Key.Key_Return)
    count(hands)
    hands.go()
    assert hands.at.objectName() == "giver_id", hands.text("foot_words")
    hands.enter("40127", PASSWORDS["40127"], PASSWORDS["k-ichiro"])
    assert "60件 103枚を受け取りました。管理票 1124-001 から 1124-060" in hands.text("foot_words")
    hands.press(Key.Key_F8)
    assert (desk[0].settings.documents / "slips-20261124-1.pdf").is_file()
    wrong += looked_at_small(hands.window, "bulk-signed")
    hands.press(Key.Key_F4)
    assert hands.at.objectName() == "entry_table"
    assert len(entry_list.waiting(*desk)) == 60
    assert len(custody.unsorted_slips(*desk)) == 60
    assert hands.keys <= MOST_KEYS
    if KEPT:
        (Path(KEPT) / "bulk-keys.txt").write_text(f"{hands.keys}\n")
    assert wrong == []


def test_a_difference_wrong_hands_and_the_close_of_the_day(hands: Counting, desk: tuple[Office, Session]) -> None:
    """60 applications, one sheet counted wrong at first, signed at the third attempt; all of it locked up, and the day closed."""
    office = desk[0]
    hands.press(Key.Key_F3)
    count(hands)
    hands.press(Key.Key_Return)
    hands.press(Key.Key_N, ALT)
    for form, (cases, sheets) in SIXTY.items():
        hands.enter(f"{form} {cases} {sheets + (form == 3)}")
    hands.go()
    assert hands.at.objectName() == "recount_button"
    hands.press(Key.Key_F3)
    for _side in Side:
        count(hands)
        hands.go()
    hands.enter("40127", "wrong", PASSWORDS["k-ichiro"])
    assert hands.at.objectName() == "giver_password"
    hands.words(PASSWORDS["40127"])
    hands.press(Key.Key_Return)
    receiver = hands.find("receiver_id", QLineEdit)
    receiver.setFocus()
    receiver.selectAll()
    hands.enter("40127", PASSWORDS["40127"])
    assert "別の人" in hands.text("receiver_id_note")
    assert custody.on_hand(*desk).sheets == 0, "nothing has moved"
    receiver.selectAll()
    hands.enter("k-ichiro")
    giver = hands.find("giver_password", QLineEdit)
    giver.setFocus()
    advance(office.premises, seconds=30)  # a wrong password makes the next wait
    hands.enter(PASSWORDS["40127"], PASSWORDS["k-ichiro"])
    assert "60件 103枚を受け取りました" in hands.text("foot_words")
    supervisor = (office, as_person(office, "s-toko"))
    all_leave(office)
    all_sent(office)
    assert open_kinds(supervisor) == {"sheets_tray": 103}
    cabinets.register(*supervisor, "3", "窓側", "2")
    day_close.carry_over(*supervisor, "sheets_tray", "明日の朝に入力", "3")
    lock_up(supervisor, Pieces(103))
    all_sent(office)
    closed = day_close.sign_and_close(*supervisor, day_close.check(*supervisor), "s-toko", PASSWORDS["s-toko"])
    assert closed.closed is not None
    with office.store.read.begin() as connection:
        assert custody.ledger_faults(connection) == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [("2 12", "件数と枚数"), ("2 1 2 3", "件数と枚数"), ("90 1 2", "通数"), ("2.12.30", ""), ("2*12*30", "")],
)
def test_a_line_that_lacks_something_says_what(hands: Counting, typed: str, said: str) -> None:
    hands.press(Key.Key_F3)
    hands.press(Key.Key_N, ALT)
    hands.enter(typed)
    assert said in hands.text("other_kind_note")
    assert hands.find("F02_cases", QLineEdit).text() == ("" if said else "12")


def test_numbers_that_stand_are_not_written_over(hands: Counting) -> None:
    hands.press(Key.Key_F3)
    hands.press(Key.Key_N, ALT)
    hands.enter("2 12 30", "2 3 4")
    assert hands.at.objectName() == "F02_cases"
    assert "もう入っています" in hands.text("F02_problem")
    assert hands.find("F02_sheets", QLineEdit).text() == "30"


def test_backspace_goes_back_one_figure_at_a_time(hands: Counting) -> None:
    hands.press(Key.Key_F3)
    hands.press(Key.Key_N, ALT)
    hands.words("2 12 39")
    QTest.keyClick(hands.at, Qt.Key.Key_Backspace)
    hands.enter("0")
    assert hands.find("F02_sheets", QLineEdit).text() == "30"


def test_the_other_side_is_told_nothing_of_the_line(hands: Counting) -> None:
    hands.press(Key.Key_F3)
    count(hands)
    hands.press(Key.Key_Return)
    assert hands.window.findChild(QWidget, "F13_cases") is None
    shown = [line.text() for line in hands.window.findChildren(QLineEdit) if line.isVisible()]
    assert not any("45" in text for text in shown)
