"""至急 on the real window: in and keyed, checked and out, each with two signatures, on two screens each way, with its clock."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from nhi_center.domain.handover import Direction, Phase
from nhi_center.domain.operators import Session
from nhi_center.services import certificate_printing as printing
from nhi_center.services import certificates, custody, handover, review, today, urgent
from nhi_center.services.office import Office
from nhi_center.storage import entry as applications
from nhi_center.ui.certificates import ENTRY as CERTIFICATES
from nhi_center.ui.common.dialogs import QuestionDialog
from nhi_center.ui.custody import ENTRY as CUSTODY
from nhi_center.ui.entry import ENTRY
from nhi_center.ui.home import ENTRY as HOME
from nhi_center.ui.incidents import ENTRY as INCIDENTS
from nhi_center.ui.pages import show_status
from tests.services.test_handover import SECTION
from tests.services.test_review import verify
from tests.support.certificates import CLASS_U, answer, reviewed, stock_up, trusting, ward_sets
from tests.support.desk_hands import DeskHands, Key
from tests.support.office import PASSWORDS, advance, as_person, desk, premises
from tests.support.papers import key_opened, receive, register_people
from tests.support.print_room import Room, silent
from tests.ui.pictures import check_screen, clipped

__all__ = ["desk", "premises"]

KEPT = os.environ.get("NHI_PICTURES", "")
ALT = Qt.KeyboardModifier.AltModifier
SIZES = ((1366, 768), (1280, 720))


@pytest.fixture
def hands(desk: Room) -> Iterator[DeskHands]:
    office, gateway = trusting(desk[0])
    register_people(office)
    ward_sets(office, gateway)
    stock_up(office, desk[1])
    made = DeskHands(office, desk[1], [HOME, CUSTODY, ENTRY, CERTIFICATES, INCIDENTS])
    yield made
    made.close()


def clock(hands: DeskHands) -> tuple[str, str]:
    """The promised time as it stands in the window, and how it is coloured."""
    show_status(hands.window, today.status(hands.office, as_person(hands.office, "k-ichiro")))
    chip = hands.window.header.promise
    return (chip.text() if chip.isVisible() else "", str(chip.property("tone")))


def looked_at(hands: DeskHands, name: str) -> list[str]:
    wrong = []
    for size in SIZES:
        hands.window.resize(*size)
        clock(hands)
        for _turn in range(3):
            QApplication.processEvents()
        if KEPT:
            hands.window.grab().save(str(Path(KEPT) / f"urgent-{name}-{size[0]}.png"))
        wrong += [f"{name} {size[0]}: {problem}" for problem in check_screen(hands.window)]
    return wrong


def front(hands: DeskHands) -> str:
    screen = hands.window.current_screen
    assert screen is not None
    return screen.name


def taken_in(hands: DeskHands) -> list[str]:
    """The first screen asks, counts and signs; gives what looks wrong."""
    hands.press(Key.Key_U, ALT)
    assert (front(hands), hands.at.objectName()) == ("custody", "form")
    wrong = looked_at(hands, "ask")
    hands.enter(15, "", "")
    assert hands.at.objectName() == "F15_sheets"
    said, tone = clock(hands)
    assert (said.startswith("至急 あと 1"), tone) == (True, "warning")
    wrong += looked_at(hands, "count")
    hands.enter(2, "")
    assert "2" not in [field.text() for field in hands.window.findChildren(QLineEdit) if field.isVisible()]
    hands.enter(2, "")
    assert hands.at.objectName() == "giver_id"
    hands.enter("40127", PASSWORDS["40127"])
    wrong += looked_at(hands, "sign")
    hands.words(PASSWORDS["k-ichiro"])
    hands.go()
    assert "1件 2枚を受け取りました。管理票 1124-001" in hands.text("foot_words")
    return wrong + looked_at(hands, "taken-in")


def made(office: Office, clerk: Session) -> None:
    """The room's and the ward's part of it: keyed, verified, reviewed, answered, printed."""
    application = key_opened(office, clerk, "F15", "1124-001")
    verify(office, as_person(office, "k-hanako"), application)
    review.record_reviewed(office, as_person(office, "40127"), [application])
    answer(office, application, CLASS_U)
    certificates.propose(office, clerk)
    (row,) = certificates.queue(office, clerk).rows
    printing.print_jobs(office, clerk, [row.job.id], silent)


def given_out(hands: DeskHands) -> list[str]:
    """The first screen looks at the sheet, the second counts and signs; gives what looks wrong."""
    hands.press(Key.Key_1)
    assert clock(hands)[1] == "warning"
    wrong = looked_at(hands, "checked")
    advance(hands.office.premises, minutes=17)
    said, tone = clock(hands)
    assert (said.endswith("分超過"), tone) == (True, "error")
    hands.press(Key.Key_W, ALT)
    assert front(hands) == "custody"
    assert hands.text("urgent_chip").endswith("分超過")
    wrong += looked_at(hands, "out-count")
    for _side in range(2):
        hands.enter(2, 1)
    hands.enter(PASSWORDS["k-hanako"], "40127")
    hands.words(PASSWORDS["40127"])
    hands.go()
    assert "1件 3枚を区へ渡しました" in hands.text("foot_words")
    assert clock(hands)[0] == ""
    return wrong + looked_at(hands, "out")


def test_one_application_in_and_out_on_two_screens_each_way(hands: DeskHands, desk: Room) -> None:
    office, clerk = hands.office, desk[1]
    usual = handover.open_handover(office, clerk, Direction.IN, SECTION)
    visited: list[str] = []
    hands.window.screen_opened.connect(visited.append)
    wrong = taken_in(hands)
    hands.go()
    assert visited == ["custody", "entry"]
    assert "1124-001" in hands.text("slip_words")
    wrong += looked_at(hands, "entry")
    hands.press(Key.Key_F3)  # the rest of the keying is a test of its own
    made(office, clerk)
    other = DeskHands(office, as_person(office, "k-hanako"), [CERTIFICATES, CUSTODY])  # who printed it does not check it
    opened: list[str] = []
    other.window.screen_opened.connect(opened.append)
    wrong += given_out(other)
    assert opened == ["custody"]
    assert custody.on_hand(office, clerk).sheets == 0
    assert handover.view(office, clerk, usual.handover.id).phase is Phase.COUNTING, "the usual 便 is as it was"
    assert wrong == []
    other.close()


def test_a_form_in_hand_is_put_aside_for_who_waits(hands: DeskHands, desk: Room) -> None:
    office, clerk = hands.office, desk[1]
    receive(office, clerk, F02=2)
    slip = custody.unsorted_slips(office, clerk)[0]
    hands.window.open_screen("entry", {"slip": slip.id})
    assert "1124-001" in hands.text("slip_words")
    hands.window.open_screen("custody", {"urgent": True})
    hands.enter(15, "", "")
    for _side in range(2):
        hands.enter(2, "")
    hands.enter("40127", PASSWORDS["40127"])
    hands.words(PASSWORDS["k-ichiro"])
    hands.go()
    hands.go()
    assert "1124-002" in hands.find("slip_words", QLabel).text()
    assert custody.unsorted_slips(office, clerk)[0].number == "1124-001"


def given_unmade(hands: DeskHands, clerk: Session) -> str:
    """One application somebody waits for, reviewed and answered, and Alt+W; nobody has looked at the list of certificates."""
    office = hands.office
    application = reviewed(office, clerk, "F15")
    answer(office, application, CLASS_U)
    slip = custody_of(office, application)
    urgent.set_urgent(office, clerk, slip, 20)
    hands.window.open_screen("custody", {})
    hands.press(Key.Key_W, ALT)
    return application


def custody_of(office: Office, application: str) -> str:
    with office.store.read.begin() as connection:
        found = applications.find(connection, application)
    assert found is not None
    return found.slip


def test_what_is_still_to_be_made_is_named_and_waiting_is_what_enter_does(hands: DeskHands, desk: Room) -> None:
    given_unmade(hands, desk[1])
    question = hands.find("question_dialog", QuestionDialog)
    assert "限度額適用認定証(出力の一覧にまだない)" in question.text.text()
    assert clipped(question) == []
    if KEPT:
        question.grab().save(str(Path(KEPT) / "urgent-wait-question.png"))
    assert hands.at is question.buttons[-1]
    assert "待つ" in question.buttons[-1].accessibleName()
    hands.press(Key.Key_Return)
    assert [one.handover.direction for one in handover.of_today(hands.office, desk[1])] == [Direction.IN]
    assert hands.at.objectName() == "handover_table"
    hands.press(Key.Key_W, ALT)
    hands.press(Key.Key_Escape)
    assert [one.handover.direction for one in handover.of_today(hands.office, desk[1])] == [Direction.IN]


def test_it_goes_without_the_certificate_only_when_said(hands: DeskHands, desk: Room) -> None:
    given_unmade(hands, desk[1])
    hands.press(Key.Key_G, ALT)
    assert hands.at.objectName() == "F15_sheets"
    (out,) = [one for one in handover.of_today(hands.office, desk[1]) if one.handover.direction is Direction.OUT]
    assert [kind.id for kind in out.kinds] == ["F15"]


def test_nothing_that_is_ready_is_said(hands: DeskHands) -> None:
    hands.window.open_screen("custody", {"give": ""})
    assert front(hands) == "custody"
    assert "渡せる至急の届出はありません" in " ".join(
        label.text() for label in hands.window.findChildren(QLabel) if label.isVisible()
    )


def test_esc_takes_the_question_back_and_opens_nothing(hands: DeskHands, desk: Room) -> None:
    hands.press(Key.Key_U, ALT)
    hands.press(Key.Key_Escape)
    assert hands.at.objectName() == "handover_table"
    assert handover.of_today(hands.office, desk[1]) == ()
