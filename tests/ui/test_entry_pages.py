"""What stands around the wizard: the ward's answers, the search from anywhere, every page looked at."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from nhi_center.domain.custody import Slip
from nhi_center.domain.entry import State
from nhi_center.services import holds
from nhi_center.ui.holds import QUESTIONS
from tests.support.holds import sent
from tests.support.office import as_person, desk, premises
from tests.ui.entry_room import (
    F02,
    Open,
    Room,
    at,
    content_page,
    ctrl_enter,
    enter,
    focused,
    open_window,
    press,
    receipt_page,
    slips,
    stored,
    wizard,
    write,
)
from tests.ui.pictures import check_screen

__all__ = ["desk", "open_window", "premises", "slips"]


def test_a_question_goes_to_the_ward_and_its_answer_stands_beside_the_form(
    desk: Room, slips: tuple[Slip, ...], open_window: Open
) -> None:
    office, _session = desk
    shown = open_window()
    press(Qt.Key.Key_Return)
    receipt_page()
    press(Qt.Key.Key_F4)
    write("喪失日が読めません。")
    ctrl_enter()
    assert stored(office, slips[0]).state is State.HELD
    shown.stop()
    shown.close()
    sent(office)
    ward = as_person(office, "40127")
    open_window(QUESTIONS, session=ward)
    press(Qt.Key.Key_Return)
    assert at() == "question_answer"
    ctrl_enter()
    assert holds.open_questions(office, ward)
    write("11月20日です。")
    ctrl_enter()
    assert not holds.open_questions(office, ward)
    shown = open_window()
    press(Qt.Key.Key_Return)
    answered = wizard(shown).flow.entry
    assert (answered.slip.number, answered.holds[-1].answer) == ("1124-001", "11月20日です。")


def test_every_page_is_whole_at_the_smallest_window(
    desk: Room, slips: tuple[Slip, ...], open_window: Open, tmp_path: Path
) -> None:
    shown = open_window()
    wrong: list[str] = []

    def look(name: str) -> None:
        QApplication.processEvents()
        assert shown.grab().save(str(tmp_path / f"{name}.png"))
        wrong.extend(f"{name}: {problem}" for problem in check_screen(shown))

    look("list")
    press(Qt.Key.Key_Return)
    look("receipt")
    receipt_page()
    write("カツラギ")
    look("search")
    enter(" 3450312")
    look("household")
    ctrl_enter()
    focused().selectAll()  # type: ignore[attr-defined]
    enter("葛城　見本子")
    look("content")
    content_page({**F02, "note": "信仰のため"})
    look("confirm")
    write("1")
    press(Qt.Key.Key_Return)
    write("1")
    ctrl_enter()
    look("next")
    for _form in ("F02", "F05", "F15"):
        press(Qt.Key.Key_F3)
        press(Qt.Key.Key_Return)
        for page in wizard(shown).flow.form.pages:
            wizard(shown).jump(page.fields[0].id)
            look(f"{_form} {page.id}")
        press(Qt.Key.Key_F3)
        press(Qt.Key.Key_Down)
    assert wrong == []
