"""最初の設定 at the keyboard: each step's page, what is said at a field, and that it can be left at any time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from nhi_center.domain.first_start import Plan, Step
from nhi_center.domain.going_live import Verdict
from nhi_center.services import first_start
from nhi_center.services.clock import SystemClock
from nhi_center.services.first_start import FirstStart
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.first_start import first_start_window
from nhi_center.ui.first_start.window import FirstStartWindow
from tests.support.inline_runner import InlineRunner
from tests.support.screens import focused, settle
from tests.ui.pictures import check_screen

NAMED = Plan(terminal="T04", label="端末 04", business_folder="/srv/mihon")
KEYED = replace(NAMED, public_key="ab" * 32)
JOINED = replace(KEYED, host="10.0.0.5", port=18443, server_name="gateway", insurer="138040")
SEALED = replace(JOINED, recovery="ABCD 1234")
FOUNDED = replace(SEALED, founder="40100")
STAFFED = replace(FOUNDED, people_done=True)
PRINTING = replace(STAFFED, printer="spool")


@pytest.fixture
def window(tmp_path: Path, glyphs: NamePainter) -> Iterator[FirstStartWindow]:
    start = FirstStart(tmp_path / "config", SystemClock())
    runner = InlineRunner()
    made = first_start_window(start, Plan(), runner, glyphs)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    settle()
    yield made
    made.close()
    made.deleteLater()
    runner.close()


def enter(text: str) -> None:
    QTest.keyClicks(focused(), text)
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    settle()


def note_at(window: FirstStartWindow, field: str) -> str:
    label = window.page.findChild(QLabel, f"{field}_note")
    assert isinstance(label, QLabel)
    return label.text()


@pytest.mark.parametrize("plan", [Plan(), NAMED, KEYED, JOINED, SEALED, FOUNDED, PRINTING], ids=lambda plan: plan.step.value)
@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (1280, 720)], ids=str)
def test_every_page_holds(window: FirstStartWindow, plan: Plan, size: tuple[int, int]) -> None:
    window.resize(*size)
    window.show_plan(plan)
    settle()
    assert check_screen(window) == []
    assert (window.width(), window.height()) == size, "no page is larger than the screen it must fit on"


def test_the_first_step_is_settled_with_the_keyboard_alone(window: FirstStartWindow, tmp_path: Path) -> None:
    assert focused().objectName() == "terminal"
    enter("T04")
    QTest.keyClicks(focused(), "terminal 04")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    folder = window.page.findChild(QLineEdit, "business_folder")
    assert isinstance(folder, QLineEdit)
    folder.setText(str(tmp_path / "business"))
    QTest.keyClick(folder, Qt.Key.Key_Return)
    settle()
    assert window.plan.step is Step.KEYS
    assert (tmp_path / "business").stat().st_mode & 0o777 == 0o700
    assert first_start.load(FirstStart(tmp_path / "config", SystemClock())) == window.plan


def test_what_is_wrong_is_said_at_its_field(window: FirstStartWindow) -> None:
    enter("t 04")
    enter("terminal 04")
    enter("")
    assert "英大文字" in note_at(window, "terminal")
    assert focused().objectName() == "terminal"


def test_with_a_store_its_administrator_signs_in_first(window: FirstStartWindow) -> None:
    window.show_plan(FOUNDED)
    settle()
    assert window.page.objectName() == "first_start_sign_in_page"
    assert focused().objectName() == "password"


def test_an_answer_without_its_words_is_asked_again(window: FirstStartWindow) -> None:
    page = window._pages[Step.CHECKLIST]
    window.show_plan(PRINTING)  # nobody is signed in: the page itself is worked
    window.stack.setCurrentWidget(page)
    page.show_plan(PRINTING)
    table = page.first_focus()
    assert table is not None
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Return)
    settle()
    assert focused().objectName() == "verdict"
    QTest.keyClick(focused(), Qt.Key.Key_1)
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    settle()
    label = page.findChild(QLabel, "note_note")
    assert isinstance(label, QLabel)
    assert "入力してください" in label.text()
    QTest.keyClicks(focused(), "R9.7.31")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    settle()
    kept = first_start.findings(page._start)  # type: ignore[attr-defined]
    assert kept["base_expiry"].verdict is Verdict.CHECKED
    assert kept["base_expiry"].note == "R9.7.31"


def test_it_can_be_left_and_says_so(window: FirstStartWindow) -> None:
    left: list[bool] = []
    window.closed_early.connect(lambda: left.append(True))
    QTest.keyClick(focused(), Qt.Key.Key_F3)
    settle()
    assert left == [True]
    assert not window.isVisible()


def test_f1_says_what_to_have_at_hand(window: FirstStartWindow) -> None:
    QTest.keyClick(focused(), Qt.Key.Key_F1)
    settle()
    assert window.help_panel.isVisible()
    assert window.help_panel.shown == "first_start"
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    settle()
    assert not window.help_panel.isVisible()
