"""The handover page as two people use it: blind counting, recount, wrong passwords, signing, receipt; and how it looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from nhi_center.domain.handover import Direction, Side
from nhi_center.domain.operators import Session
from nhi_center.services import handover as service
from nhi_center.services.custody import document_kinds, on_hand, unsorted_slips
from nhi_center.services.office import Office
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.table import DataTable
from nhi_center.ui.custody import ENTRY
from nhi_center.ui.custody.count_grid import HIDDEN, CountField
from nhi_center.ui.custody.receipt_card import PageView
from tests.services.test_handover import CLERK, WARD, counts, ready_to_return
from tests.support.desk_hands import DeskHands, Key
from tests.support.office import PASSWORDS, advance, desk, premises
from tests.ui.pictures import check_screen, looked_at

__all__ = ["desk", "premises"]

NINE = (3, 5, 2, 3, 1, 1, "", "")
"""F02, F05, F15, no originals, no other form."""
EIGHT = (3, 4, 2, 3, 1, 1, "", "")


@pytest.fixture
def hands(desk: tuple[Office, Session]) -> Iterator[DeskHands]:
    made = DeskHands(*desk, [ENTRY])
    yield made
    made.close()


def visible_texts(hands: DeskHands) -> list[str]:
    labels = [label.text() for label in hands.window.findChildren(QLabel) if label.isVisible()]
    return labels + [line.text() for line in hands.window.findChildren(QLineEdit) if line.isVisible()]


def counted(hands: DeskHands) -> None:
    hands.press(Key.Key_F3)
    hands.enter(*NINE)
    hands.enter(*NINE)


def signed(hands: DeskHands) -> None:
    hands.enter("40127", PASSWORDS["40127"])
    hands.words(PASSWORDS["k-ichiro"])
    hands.go()


def test_from_the_empty_list_to_the_receipt_by_keys_alone(hands: DeskHands, desk: tuple[Office, Session]) -> None:
    counted(hands)
    signed(hands)
    (view,) = service.of_today(*desk)
    assert view.receipt == "receipt-20261124-1.pdf"
    assert "receipt-20261124-1.pdf" in hands.find("receipt_words", QLabel).text()
    assert not hands.find("receipt_page", PageView).image.isNull()
    assert "1124-001 から 1124-006" in hands.text("foot_words")
    hands.go()
    assert hands.find("handover_table", DataTable).rows()[0].handover.label == "第1便"
    assert "手元の書類 9枚 / 6件" in hands.text("on_hand_words")


def test_a_key_pressed_twice_opens_one_delivery(hands: DeskHands, desk: tuple[Office, Session]) -> None:
    hands.runner.hold(Lane.WRITE)
    hands.press(Key.Key_F3)
    hands.press(Key.Key_F3)
    hands.runner.release()
    assert len(service.of_today(*desk)) == 1
    assert not hands.window.message_bar.isVisible()


def test_a_receipt_that_comes_late_is_not_shown_at_another_delivery(hands: DeskHands) -> None:
    hands.runner.hold(Lane.PRINT)
    counted(hands)
    signed(hands)
    hands.go()
    hands.press(Key.Key_F3)
    hands.runner.release()
    assert hands.find("receipt_page", PageView).image.isNull()
    assert "receipt-20261124-1" not in hands.find("receipt_words", QLabel).text()


def test_the_other_side_sees_dots_and_no_number(hands: DeskHands) -> None:
    hands.press(Key.Key_F3)
    hands.enter(37, 59, 2, 3, 1, 1, 4, "")
    texts = visible_texts(hands)
    assert texts.count(HIDDEN) == 7
    assert "37" not in texts
    assert "59" not in texts
    assert hands.at.objectName() == "F02_cases"


def test_a_difference_is_marked_and_counted_again(hands: DeskHands, desk: tuple[Office, Session]) -> None:
    hands.press(Key.Key_F3)
    hands.enter(*NINE)
    hands.enter(*EIGHT)
    assert hands.at.objectName() == "recount_button"
    hands.go()
    assert not hands.find("go_button", QWidget).isEnabled()
    hands.press(Key.Key_F3)
    assert HIDDEN not in visible_texts(hands), "both count anew"
    hands.enter(*NINE)
    hands.enter(*NINE)
    assert hands.at.objectName() == "giver_id"
    assert on_hand(*desk).sheets == 0
    signed(hands)
    assert on_hand(*desk).sheets == 9


def test_a_difference_that_stands_is_signed_with_an_incident(hands: DeskHands, desk: tuple[Office, Session]) -> None:
    hands.press(Key.Key_F3)
    for round_ in (1, 2):
        hands.enter(*NINE)
        hands.enter(*EIGHT)
        if round_ == 1:
            hands.press(Key.Key_F3)
    assert "事故・差異の記録を作ります" in hands.text("foot_words")
    signed(hands)
    assert "事故・差異の記録を作りました" in hands.text("foot_words")
    assert service.of_today(*desk)[0].incident
    assert on_hand(*desk).sheets == 8


def test_what_is_no_number_is_told_in_its_row(hands: DeskHands) -> None:
    hands.press(Key.Key_F3)
    hands.enter("x")
    assert "数字で入れてください" in hands.text("F02_problem")
    hands.enter(*NINE[1:])
    assert hands.at.objectName() == "F02_cases", "nothing is recorded while a number cannot be read"
    hands.enter(6)
    hands.go()
    assert "枚数が件数より少なくなっています" in hands.text("F02_problem")
    assert hands.at.objectName() == "F02_sheets"


def test_a_form_that_is_rare_comes_up_by_its_number(hands: DeskHands, desk: tuple[Office, Session]) -> None:
    hands.press(Key.Key_F3)
    hands.enter(*NINE[:-1])
    assert hands.at.objectName() == "other_kind"
    hands.enter(13)
    assert hands.at.objectName() == "F13_cases"
    hands.enter(2, 2)
    hands.enter(3, 1, 4, "")
    assert HIDDEN in visible_texts(hands)
    assert hands.window.findChild(QLineEdit, "F13_cases") is None, "who counts next is not told what the other has found"
    hands.enter(*NINE[:-1], 3, 1, 4, 13, 2, 2, "")
    signed(hands)
    assert {slip.kind for slip in unsorted_slips(*desk)} == {"F02", "F03", "F05", "F13", "F15"}
    assert on_hand(*desk).sheets == 15


def test_with_every_form_there_the_rows_move(hands: DeskHands, desk: tuple[Office, Session]) -> None:
    hands.press(Key.Key_F3)
    hands.enter(*NINE[:-1])
    for kind in document_kinds().values():
        if kind.has_cases:
            hands.enter(kind.typed)
            hands.enter(1, 1)
            if hands.at.objectName() != "other_kind":
                hands.find("other_kind", QLineEdit).setFocus()
    assert looked_at(hands.window, "handover-every-form") == []
    hands.enter("")
    assert HIDDEN in visible_texts(hands)


def test_wrong_signers_are_told_at_their_own_panel(hands: DeskHands, desk: tuple[Office, Session]) -> None:
    counted(hands)
    hands.enter("40127", "wrong", PASSWORDS["k-ichiro"])
    assert hands.at.objectName() == "giver_password"
    assert hands.find("receiver_password", QLineEdit).text() == "", "no password is kept after a refusal"
    hands.words(PASSWORDS["40127"])
    hands.press(Key.Key_Return)
    assert hands.at.objectName() == "receiver_password"
    receiver = hands.find("receiver_id", QLineEdit)
    receiver.setFocus()
    receiver.selectAll()
    hands.enter("40127", PASSWORDS["40127"])
    assert hands.at.objectName() == "receiver_id"
    assert "別の人" in hands.text("receiver_id_note")
    assert on_hand(*desk).sheets == 0


def test_stopping_keeps_the_counts_or_cancels(hands: DeskHands, desk: tuple[Office, Session]) -> None:
    hands.press(Key.Key_F3)
    hands.enter(*NINE)
    hands.press(Key.Key_Escape)
    hands.find("answer_1_button", QWidget).setFocus()
    hands.press(Key.Key_Return)
    assert hands.at.objectName() == "handover_table"
    hands.press(Key.Key_Return)
    assert HIDDEN in visible_texts(hands), "the first side's count was kept"
    hands.press(Key.Key_Escape)
    hands.find("answer_0_button", QWidget).setFocus()
    hands.press(Key.Key_Return)
    assert service.of_today(*desk)[0].handover.state == "cancelled"


def test_out_with_forms_certificate_and_spoiled_sheet(hands: DeskHands, desk: tuple[Office, Session]) -> None:
    ready_to_return(desk)
    hands.press(Key.Key_F4)
    for _side in range(2):
        hands.enter(3, 5, 2, 3, 1, 1, 1, 1)
    assert "区職員" in hands.text("receiver_panel_title")
    hands.enter(PASSWORDS["k-ichiro"], "40127")
    hands.words(PASSWORDS["40127"])
    hands.go()
    assert on_hand(*desk).sheets == 0
    assert looked_at(hands.window, "handover-out") == []


def test_nothing_to_give_is_said_in_the_bar(hands: DeskHands) -> None:
    hands.press(Key.Key_F4)
    assert hands.at.objectName() == "handover_table"
    assert any("返却・提出できる書類が出力トレイにありません" in text for text in visible_texts(hands))


@pytest.mark.parametrize("size", [(1280, 720), (1366, 768), (1920, 1080)])
def test_every_step_holds(hands: DeskHands, size: tuple[int, int]) -> None:
    hands.window.resize(*size)
    wrong = looked_at(hands.window, "handover-empty")
    hands.press(Key.Key_F3)
    wrong += looked_at(hands.window, "handover-count")
    assert all(not field.visibleRegion().isEmpty() for field in hands.window.findChildren(CountField))
    hands.enter(3, 5, 2, 3, 1, 1, 2, "")
    hands.enter(3, 4, 2, 3, 1, 1, 2, "")
    wrong += looked_at(hands.window, "handover-differs")
    hands.press(Key.Key_F3)
    hands.enter(*NINE)
    hands.enter(*NINE)
    hands.enter("40127", "wrong", "wrong")
    wrong += looked_at(hands.window, "handover-refused")
    advance(hands.office.premises, seconds=30)
    signed_again = (PASSWORDS["40127"], PASSWORDS["k-ichiro"])
    hands.enter(*signed_again)
    assert hands.find("receipt_words", QLabel).isVisible()
    wrong += looked_at(hands.window, "handover-receipt")
    hands.press(Key.Key_F8)
    assert "slips-20261124-1.pdf" in visible_words(hands)
    wrong += looked_at(hands.window, "handover-slips")
    hands.go()
    wrong += looked_at(hands.window, "handover-list")
    assert wrong == []


@pytest.mark.parametrize("size", [(1280, 720), (1366, 768), (1920, 1080)])
def test_the_longest_first_line_leaves_the_steps_whole(
    hands: DeskHands, desk: tuple[Office, Session], size: tuple[int, int]
) -> None:
    """The tenth 便, by the longest way in the worst state, from the 出張所 with the longest name, with a standing difference."""
    hands.window.resize(*size)
    section = max(service.sections().values(), key=len)
    for _number in range(9):
        service.cancel(*desk, service.open_handover(*desk, Direction.IN, section).handover.id)
    made = service.open_handover(*desk, Direction.IN, section, "2", "2")
    hands.window.open_screen("custody", {"handover": made.handover.id})
    wrong = looked_at(hands.window, "handover-tenth")
    for round_ in range(2):
        if round_:
            service.recount(*desk, made.handover.id)
        for side, sheets in ((Side.GIVER, 3), (Side.RECEIVER, 2)):
            view = service.record_count(*desk, made.handover.id, side, counts(made, F02=(1, sheets)))
    assert view.differs
    service.countersign(*desk, made.handover.id, WARD, CLERK)
    hands.window.open_screen("custody", {"handover": made.handover.id})
    wrong += looked_at(hands.window, "handover-tenth-differs")
    assert "9:00" in hands.text("handover_day"), "the time is never left out"
    wide = size[0] > 1366
    assert ("鍵付きケース" in hands.text("handover_day")) is wide
    assert wrong == []


def test_returned_letters_come_up_by_90(hands: DeskHands) -> None:
    hands.press(Key.Key_F3)
    hands.enter(*NINE[:-1])
    hands.enter(90)
    assert hands.at.objectName() == "returned_mail_sheets"
    hands.enter(2)
    hands.enter("")
    assert "●●" not in hands.text("foot_words")


def test_the_book_of_a_period(hands: DeskHands, tmp_path: Path) -> None:
    counted(hands)
    signed(hands)
    hands.go()
    hands.press(Key.Key_F8)
    assert hands.at.objectName() == "handover_book_table"
    assert hands.text("handover_book_count") == "1便(差異 0便)"
    assert hands.window.grab().save(str(tmp_path / "book.png"))
    assert check_screen(hands.window) == []
    hands.press(Key.Key_F3)
    assert "handovers-20261124-20261124.pdf" in visible_words(hands)
    hands.press(Key.Key_P, Qt.KeyboardModifier.AltModifier)
    hands.enter("R7.1.1", "R7.1.2")
    assert hands.text("handover_book_count") == ""
    hands.press(Key.Key_Escape)
    assert hands.at.objectName() == "handover_table"


def visible_words(hands: DeskHands) -> str:
    return " ".join(visible_texts(hands))
