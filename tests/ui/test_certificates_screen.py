"""証等の出力 by keys alone, on the real store with the real PDF process, and how it looks at the sizes of the ward's screens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.operators import Session
from nhi_center.domain.print_jobs import JobState
from nhi_center.services import certificate_printing as printing
from nhi_center.services import paper
from nhi_center.services.office import Office
from nhi_center.tasks.runner import JobRunner
from nhi_center.ui.certificates import ENTRY
from nhi_center.ui.certificates.screen import CertificatesScreen
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.frame_parts import WindowFacts
from nhi_center.ui.lock import IdleWatch
from nhi_center.ui.shell import MainWindow
from tests.support.certificates import CLASS_U, INSURED, reviewed_at_once, stock_up, trusting, update, ward_sets
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.papers import register_people
from tests.support.print_room import silent
from tests.ui import gallery
from tests.ui.pictures import check_screen

__all__ = ["desk", "premises"]

KEPT = os.environ.get("NHI_PICTURES", "")
SIZES = [(1366, 768), (1920, 1080), (1280, 720)]
Key = Qt.Key
Room = tuple[Office, Session]


class Hands:
    """Works the page as a clerk does, by keys."""

    def __init__(self, bot: QtBot, room: Room) -> None:
        self.room = room
        application = gallery.dressed_application()
        self.bot, (self.office, self.session) = bot, room
        facts = WindowFacts("端末 04", self.office.clock.local, training=True)
        self.window = MainWindow(facts, IdleWatch(application, 300))
        self.runner = JobRunner(self.window)
        self.runner.unhandled.connect(self.window.present_error)
        bot.addWidget(self.window)
        self.window.start(Desk(self.office, self.session, self.runner, gallery.glyphs(), self.window), (ENTRY,))
        self.window.resize(1366, 768)
        self.window.show()
        self.window.activateWindow()
        bot.waitUntil(lambda: QApplication.activeWindow() is self.window)
        self.settle()

    @property
    def screen(self) -> CertificatesScreen:
        screen = self.window.screen_named("certificates")
        assert isinstance(screen, CertificatesScreen)
        return screen

    @property
    def at(self) -> QWidget:
        widget = QApplication.focusWidget()
        assert widget is not None
        return widget

    def settle(self) -> None:
        """Until the lanes have answered, and what they answered has been asked for and shown."""
        for _ in range(3):
            QApplication.processEvents()
            self.bot.waitUntil(lambda: self.runner.pending == 0, timeout=20_000)
        QApplication.processEvents()

    def press(self, key: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.bot.keyClick(self.at, key, modifier)
        self.settle()

    def type(self, text: str) -> None:
        self.bot.keyClicks(self.at, text)
        self.settle()

    def inspect(self, person: str, first: str, last: str) -> None:
        """Alt+L: the second person signs for what waits of the first paper."""
        self.press(Key.Key_L, Qt.KeyboardModifier.AltModifier)
        for name, text in (("result", ""), ("prefix", ""), ("first", first), ("last", last), ("person", person)):
            assert self.at.objectName() == name
            if text and name != "person":
                assert isinstance(self.at, QLineEdit)
                assert self.at.text() == text
            self.type(text if name == "person" else "")
            self.press(Key.Key_Return)
        self.type(PASSWORDS[person])
        self.press(Key.Key_Return)

    def go_to(self, state: JobState) -> None:
        rows = self.screen.table.queue.rows
        self.screen.table.select(next(place for place, row in enumerate(rows) if row.job.state is state))
        self.settle()

    def states(self) -> list[JobState]:
        return [row.job.state for row in self.screen.table.queue.rows]

    def keep(self, name: str) -> list[str]:
        QApplication.processEvents()
        if KEPT:
            self.window.grab().save(str(Path(KEPT) / f"{name}-{self.window.width()}.png"))
        return [f"{name}: {problem}" for problem in check_screen(self.window)]

    @property
    def said(self) -> str:
        return self.window.message_bar.text.text()


@pytest.fixture
def room(desk: Room) -> Iterator[Room]:
    office, gateway = trusting(desk[0])
    register_people(office)
    ward_sets(office, gateway)
    yield office, desk[1]
    office.premises.pdf.stop()


@pytest.fixture
def hands(room: Room, qtbot: QtBot) -> Iterator[Hands]:
    """The page over five answered applications: three to print, one whose name has no glyph, one the ward must settle."""
    office, session = room
    stock_up(office, session)
    people = (
        ("F02", INSURED),
        (
            "F02",
            replace(INSURED, atena="00000031", name="辻\U000e0102　見本太", number="1234568", birth=date(1988, 7, 5), sex="1"),
        ),
        ("F15", replace(CLASS_U, atena="00000032", name="渡邉\U000e010f　見本江", symbol="04-09", number="0000812", branch="02")),
        ("F02", replace(INSURED, atena="00000033", name="渡邉\U000e0102　見本", number="0021012", branch="03")),
        ("F15", replace(CLASS_U, atena="00000034", name="MIHON　MARIA", number="0013005", arrears=True)),
    )
    for number, (form, person) in enumerate(people):
        reviewed_at_once(office, session, form, person, 100 + 10 * number)
    made = Hands(qtbot, room)
    yield made
    close(made)


@pytest.fixture
def empty(room: Room, qtbot: QtBot) -> Iterator[Hands]:
    made = Hands(qtbot, room)
    yield made
    close(made)


def close(hands: Hands) -> None:
    hands.window.stop()
    hands.runner.close()
    hands.window.close()


def test_a_morning_by_keys_alone(hands: Hands) -> None:
    screen = hands.screen
    assert hands.at is screen.table
    assert hands.states() == [JobState.QUEUED] * 3 + [JobState.BLOCKED] * 2
    assert screen.side.preview.view.shown
    assert "実物大 86×54 mm" in screen.side.preview.size_text.text()
    hands.press(Key.Key_Space)
    assert screen.print_button.words.text() == "1枚を印刷"
    hands.press(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert screen.print_button.words.text() == "3枚を印刷"
    hands.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert hands.states() == [JobState.NEEDS_CHECK] * 3 + [JobState.BLOCKED] * 2
    assert "3枚を印刷しました" in hands.said
    hands.press(Key.Key_1)
    assert "刷った人とは別の人が検品します" in hands.said
    assert hands.states().count(JobState.GOOD) == 0
    hands.press(Key.Key_2)
    assert hands.at.objectName() == "certificates_spoil_reason"
    hands.press(Key.Key_1)
    assert hands.states().count(JobState.SPOILED_WAITING) == 1
    hands.inspect("k-hanako", "S-000414", "S-000414")
    assert hands.at is screen.table
    assert hands.states().count(JobState.GOOD) == 1
    hands.go_to(JobState.SPOILED_WAITING)
    hands.press(Key.Key_1)
    assert hands.at.objectName() == "certificates_approver_id"
    hands.type("k-hanako")
    hands.press(Key.Key_Return)
    hands.type(PASSWORDS["k-hanako"])
    hands.press(Key.Key_Return)
    assert "役割" in screen.side.check.sign_panel.id_field.problem
    hands.press(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    hands.type("s-toko")
    hands.press(Key.Key_Return)
    hands.type(PASSWORDS["s-toko"])
    hands.press(Key.Key_Return)
    assert hands.at is screen.table
    assert sorted(hands.states()) == sorted(
        [JobState.QUEUED, JobState.NEEDS_CHECK, JobState.GOOD, JobState.SPOILED, JobState.BLOCKED, JobState.BLOCKED]
    )
    stocks = {stock.prefix: (stock.opened, stock.used, stock.spoiled, stock.left) for stock in screen.table.queue.stocks}
    assert stocks == {"S": (6, 1, 1, 4), "A": (3, 1, 0, 2)}


def test_a_key_held_down_or_pressed_twice_speaks_of_one_sheet(hands: Hands) -> None:
    office, _session = hands.room
    ids = [row.job.id for row in hands.screen.table.queue.rows if row.job.state is JobState.QUEUED]
    printing.print_jobs(office, as_person(office, "k-hanako"), ids, silent)
    hands.screen.refresh()
    hands.settle()
    hands.bot.keyClick(hands.at, Key.Key_1)
    hands.bot.keyClick(hands.at, Key.Key_1)
    hands.settle()
    assert hands.states().count(JobState.GOOD) == 1
    assert "検品済にしました" in hands.said
    QApplication.sendEvent(
        hands.at, QKeyEvent(QKeyEvent.Type.KeyPress, Key.Key_1, Qt.KeyboardModifier.NoModifier, "1", autorep=True)
    )
    hands.settle()
    assert hands.states().count(JobState.GOOD) == 1


def test_a_sheet_the_register_has_stopped_meanwhile_is_shown_with_its_reason(hands: Hands) -> None:
    (ticked,) = [row for row in hands.screen.table.queue.rows if row.job.atena == "00000032"]
    hands.press(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    person = replace(CLASS_U, atena="00000032", name="渡邉\U000e010f　見本江", arrears=True)
    update(hands.office, replace(person, symbol="04-09", number="0000812", branch="02"), 300)
    hands.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    hands.settle()
    assert "変わった" in hands.said
    now = next(row.job for row in hands.screen.table.queue.rows if row.job.id == ticked.job.id)
    assert (now.state, now.blocks) == (JobState.BLOCKED, (Block.ARREARS,))
    assert hands.screen.printer_chip.text() == "プリンター 待機中"


def test_what_cannot_be_printed_says_why_and_goes_to_the_ward(hands: Hands) -> None:
    screen = hands.screen
    told = screen.keys()
    assert {"Space", "F4", "Ctrl+Enter"} <= {hint.key for hint in told}
    assert not {"1", "2"} & {hint.key for hint in told}, "no sheet has been printed that could be judged"
    hands.go_to(JobState.BLOCKED)
    assert screen.side.check.title.text() == "印刷できません"
    assert "U+9089 U+E0102" in screen.side.check.text.accessibleName()
    hands.press(Key.Key_Space)
    assert not screen.print_button.isEnabled(), "a blocked sheet cannot be ticked"
    hands.press(Key.Key_F4)
    assert hands.at.objectName() == "certificates_question"
    hands.press(Key.Key_Escape)
    assert hands.at is screen.table
    hands.press(Key.Key_F4)
    hands.press(Key.Key_Return)
    assert hands.at.objectName() == "certificates_ask_send_button"
    hands.press(Key.Key_Return)
    assert "取扱責任者へ回しました" in hands.said
    assert not screen.stop_button.isEnabled()


def test_no_sheet_came_out_and_proof(hands: Hands) -> None:
    screen = hands.screen
    hands.press(Key.Key_F3)
    assert "見本" in hands.said
    hands.press(Key.Key_Space)
    hands.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    hands.press(Key.Key_3)
    assert hands.states().count(JobState.QUEUED) == 3
    assert screen.table.queue.stock("S").used == 0


def test_paper_is_taken_in_by_keys(empty: Hands) -> None:
    assert "F11" in empty.screen.paper_text.text()
    empty.press(Key.Key_F11)
    assert empty.at.objectName() == "certificates_paper_kind"
    empty.press(Key.Key_1)
    empty.type("000413")
    assert empty.at.objectName() == "certificates_paper_sheets"
    empty.type("440")
    empty.press(Key.Key_Return)
    empty.press(Key.Key_Return)
    assert "用紙Sを440枚受け入れました" in empty.said
    assert empty.screen.table.queue.stock("S").upcoming(1) == ("S-000413",)
    empty.press(Key.Key_F11)
    assert empty.screen.side.paper_card.kind.value() == "A"
    empty.screen.side.paper_card.kind.editor.setFocus()
    empty.press(Key.Key_1)
    empty.type("000900")
    empty.type("10")
    empty.press(Key.Key_Return)
    empty.press(Key.Key_Return)
    assert "S-000853" in empty.screen.side.paper_card.first.problem


def test_printing_can_be_stopped(hands: Hands) -> None:
    screen = hands.screen
    hands.press(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    hands.bot.keyClick(hands.at, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert screen.progress.isVisible()
    assert not screen.print_button.isEnabled()
    hands.press(Key.Key_F4)
    assert not screen.progress.isVisible()
    assert JobState.PRINTING not in hands.states()
    assert "止めました" in hands.said


def test_a_refresh_keeps_the_place_and_the_ticks(hands: Hands) -> None:
    hands.press(Key.Key_Space)
    hands.press(Key.Key_Down)
    before = hands.screen.table.current()
    hands.screen.refresh()
    hands.settle()
    assert hands.screen.table.current() == before
    assert len(hands.screen.table.chosen()) == 1


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_page_holds(hands: Hands, width: int, height: int) -> None:
    hands.window.resize(width, height)
    hands.settle()
    hands.press(Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    found = hands.keep("queue")
    hands.screen.table.select(2)
    hands.settle()
    found += hands.keep("limit")
    hands.go_to(JobState.BLOCKED)
    found += hands.keep("blocked")
    hands.press(Key.Key_F4)
    found += hands.keep("ask")
    hands.press(Key.Key_Escape)
    hands.press(Key.Key_F11)
    found += hands.keep("paper")
    hands.press(Key.Key_Escape)
    hands.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    found += hands.keep("check")
    hands.press(Key.Key_1)
    hands.press(Key.Key_2)
    found += hands.keep("reason")
    hands.press(Key.Key_1)
    hands.go_to(JobState.SPOILED_WAITING)
    found += hands.keep("approve")
    hands.press(Key.Key_Return)
    dialog = QApplication.activeWindow()
    assert dialog is not None
    assert dialog.objectName() == "question_dialog"
    if KEPT:
        dialog.grab().save(str(Path(KEPT) / f"contents-{width}.png"))
    found += [f"contents: {problem}" for problem in check_screen(dialog)]
    dialog.close()
    assert found == []


def test_the_empty_page_says_what_will_appear(empty: Hands) -> None:
    assert empty.keep("empty") == []
    assert empty.states() == []
    assert not empty.screen.print_button.isEnabled()
    paper.receive(empty.office, empty.session, "S", 1, 5)
    empty.screen.refresh()
    empty.settle()
    assert "S-000001" in empty.screen.paper_text.text()
