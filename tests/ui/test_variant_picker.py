"""Every form of a character, chosen by keys: exactly that character changes, and nothing is chosen for the clerk."""

from __future__ import annotations

from time import perf_counter

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nhi_center.domain.custody import Slip
from nhi_center.domain.locking import LockReason
from nhi_center.ui.common.name_edit import NameEdit
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.variant_picker import PER_PAGE, VariantPicker
from tests.support.office import desk, premises
from tests.ui.entry_room import Open, Room, at, ctrl_enter, enter, open_window, press, receipt_page, slips, stored, wizard, write

__all__ = ["desk", "open_window", "premises", "slips"]

popups = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing|propagateSizeHints)")
ALT = Qt.KeyboardModifier.AltModifier
KATSU = "葛\U000e0102"


@pytest.fixture
def field(qtbot: QtBot, glyphs: NamePainter) -> NameEdit:
    made = NameEdit("name", "氏名(漢字)", glyphs)
    qtbot.addWidget(made)
    made.resize(400, 90)
    made.show()
    made.activateWindow()
    made.editor.setFocus()
    qtbot.waitUntil(made.editor.hasFocus)
    return made


def opened(field: NameEdit) -> VariantPicker:
    QTest.keyClick(field.editor, Qt.Key.Key_V, ALT)
    assert field.line.picker is not None
    return field.line.picker


def code(picker: VariantPicker, place: int) -> str:
    return " ".join(f"{ord(char):04X}" for char in picker.options[place].cluster)


@popups
def test_every_sequence_of_every_font_and_the_base_stand_there(field: NameEdit) -> None:
    field.set_value("葛城")
    field.line.setCursorPosition(1)
    picker = opened(field)
    assert [code(picker, place) for place in range(8)] == ["845B", *(f"845B E010{figure}" for figure in range(2, 9))]
    assert [option.cluster[1:] for option in picker.options if not option.own] == ["\U000e0100", "\U000e0101"]
    assert picker.options[1].number == "MJ022335"
    assert [option.number for option in picker.options if option.usual and option.own] == [picker.options[0].number]


@popups
@pytest.mark.parametrize(
    ("name", "related"),
    [("渡邉", "邊辺"), ("高", "髙"), ("﨑", "崎"), ("吉", "𠮷"), ("齋", "斎齊斉"), ("神", "\ufa19")],
)
def test_related_characters_stand_beside_it(field: NameEdit, name: str, related: str) -> None:
    field.set_value(name)
    field.line.end(False)
    assert set(related) <= {option.cluster for option in opened(field).options}


@popups
def test_a_figure_puts_exactly_that_form_in_its_place(field: NameEdit) -> None:
    field.set_value("見葛城　葛子")
    field.line.setCursorPosition(2)
    picker = opened(field)
    QTest.keyClick(picker, Qt.Key.Key_2)
    assert field.value() == f"見{KATSU}城　葛子"
    assert field.line.picker is None
    assert field.line.cursorPosition() == 1 + 3
    assert field.note.text() == "葛 の異体字 MJ022335 Alt+V"
    QTest.keyClick(field.editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.value() == "見葛城　葛子"


@popups
def test_arrows_and_enter_choose_and_escape_changes_nothing(field: NameEdit) -> None:
    field.set_value("葛")
    field.line.end(False)
    picker = opened(field)
    assert picker.at == 0
    QTest.keyClick(picker, Qt.Key.Key_Down)
    QTest.keyClick(picker, Qt.Key.Key_Left)
    assert picker.at == 4
    QTest.keyClick(picker, Qt.Key.Key_Return)
    assert field.value() == "葛\U000e0105"
    picker = opened(field)
    assert picker.at == 4
    QTest.keyClick(picker, Qt.Key.Key_Home)
    QTest.keyClick(picker, Qt.Key.Key_Escape)
    assert field.value() == "葛\U000e0105"
    assert field.line.picker is None


@popups
def test_more_than_fits_is_on_pages(field: NameEdit) -> None:
    field.set_value("邉")
    field.line.end(False)
    picker = opened(field)
    assert len(picker.options) > 25
    assert picker.pages == (len(picker.options) + PER_PAGE - 1) // PER_PAGE > 2
    QTest.keyClick(picker, Qt.Key.Key_PageDown)
    assert (picker.page, picker.at) == (1, PER_PAGE)
    wanted = picker.options[PER_PAGE + 2].cluster
    QTest.keyClick(picker, Qt.Key.Key_3)
    assert field.value() == wanted
    picker = opened(field)
    assert picker.page == 1
    for _ in range(6):
        QTest.keyClick(picker, Qt.Key.Key_PageDown)
    QTest.keyClick(picker, Qt.Key.Key_End)
    assert picker.at == len(picker.options) - 1


@popups
def test_another_collection_s_form_is_said_and_nothing_is_chosen_for_it(field: NameEdit) -> None:
    field.set_value("葛\U000e0100城")
    assert field.notice == field.remark == "葛 は他の字形集の字。Alt+V で選ぶか、区確認へ。"
    field.line.setCursorPosition(3)
    picker = opened(field)
    assert picker.at == -1
    QTest.keyClick(picker, Qt.Key.Key_Return)
    assert field.value() == "葛\U000e0100城"
    assert picker.isVisible()
    QTest.keyClick(picker, Qt.Key.Key_2)
    assert field.value() == f"{KATSU}城"
    assert not field.notice


@popups
def test_there_is_nothing_to_pick_at_a_space_or_in_an_empty_field(field: NameEdit) -> None:
    QTest.keyClick(field.editor, Qt.Key.Key_V, ALT)
    field.set_value("見本　太郎")
    field.line.setCursorPosition(3)
    QTest.keyClick(field.editor, Qt.Key.Key_V, ALT)
    assert field.line.picker is None


@popups
def test_it_opens_and_stands_painted_within_100_ms(field: NameEdit) -> None:
    field.set_value("邉")
    field.line.end(False)
    begun = perf_counter()
    picker = opened(field)
    QApplication.processEvents()
    assert not picker.grab().isNull()
    assert perf_counter() - begun < 0.1
    picker.close()


@popups
def test_every_form_is_seen_at_every_size(glyphs: NamePainter) -> None:
    """A run of glyphs from a file Qt has not opened draws nothing above 64 pixels: at 150 % the picker had empty cells."""
    for cluster in (KATSU, "葛\U000e0100", "高\U000e0100"):
        for pixels in (20, 60, 66, 120):
            image = QImage(160, 160, QImage.Format.Format_RGB32)
            image.fill(QColor("white"))
            painter = QPainter(image)
            painter.setPen(QColor("black"))
            assert glyphs.draw_cluster(painter, QPointF(10, 130), cluster, pixels)
            painter.end()
            dark = sum(QColor(image.pixel(x, y)).value() < 128 for x in range(160) for y in range(160))
            assert dark > pixels * pixels / 8, (cluster, pixels)


@popups
def test_in_the_wizard_the_field_stays_and_the_draft_has_it(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    shown = open_window()
    press(Qt.Key.Key_Return)
    receipt_page()
    enter("カツラギ 3450312")
    ctrl_enter()
    assert at() == "field_name"
    press(Qt.Key.Key_End)
    write("葛")
    press(Qt.Key.Key_V, ALT)
    assert at() == "variant_picker"
    press(Qt.Key.Key_2)
    assert at() == "field_name"
    wizard(shown).keep()
    assert stored(desk[0], slips[0]).draft.values["name"].endswith(KATSU)
    press(Qt.Key.Key_V, ALT)
    shown.lock(LockReason.KEY)
    QApplication.processEvents()
    assert not [
        widget for widget in QApplication.topLevelWidgets() if widget.objectName() == "variant_picker" and widget.isVisible()
    ]
