"""What is said under a field can be read whole: two lines of it, and the focus ring around the field above."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nhi_center.domain.free_words import FORBIDDEN
from nhi_center.services.calls import parties
from nhi_center.ui.cabinets.count_fields import CountFields
from nhi_center.ui.calls.outcome_details import OutcomeDetails
from nhi_center.ui.common.date_field import DateField
from nhi_center.ui.common.fields import LabelledField, LineField
from nhi_center.ui.common.focus_ring import FocusRing
from nhi_center.ui.common.text_fields import FreeText
from tests.ui import gallery

REFUSAL = "入室の記録がありません。区職員に入室の記録を頼んでください。"
SIZE = (1366, 768)


def ink(picture: QImage, area: tuple[int, int, int, int]) -> set[tuple[int, int]]:
    """Where words stand: the pixels of the note's red in this part of the picture."""
    left, top, width, height = area
    reds = ((x, y, QColor(picture.pixel(x, y))) for x in range(left, left + width) for y in range(top, top + height))
    return {(x, y) for x, y, colour in reds if colour.red() > 150 and colour.green() < 150 and colour.blue() < 150}


def place_of(part: QWidget) -> tuple[int, int, int, int]:
    corner = part.mapTo(part.window(), part.rect().topLeft())
    return corner.x(), corner.y(), part.width(), part.height()


def lines_read(qtbot: QtBot, field: LabelledField) -> int:
    """How many lines of the field's problem stand there to be read; fails when any of its ink is hidden."""
    window, note = field.window(), field.note
    field.editor.setFocus()
    qtbot.waitUntil(lambda: note.height() >= note.heightForWidth(note.width()))
    qtbot.waitUntil(lambda: any(ring.isVisible() for ring in window.findChildren(FocusRing)))
    (ring,) = window.findChildren(FocusRing)
    with_ring = ink(window.grab().toImage(), place_of(note))
    ring.hide()
    without_ring = ink(window.grab().toImage(), place_of(note))
    ring.show()
    assert without_ring
    assert with_ring == without_ring
    high, width = note.height(), note.width()
    alone = note.grab().toImage()
    note.resize(width, high + 60)
    roomy = note.grab().toImage()
    note.resize(width, high)
    assert len(ink(alone, (0, 0, width, high))) == len(ink(roomy, (0, 0, width, high + 60)))
    return round(note.heightForWidth(width) / 20)


def show(window: QWidget, qtbot: QtBot) -> None:
    window.resize(*SIZE)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()


@pytest.mark.parametrize("at", ["id", "password"])
def test_the_sign_in_window_says_two_lines(at: str, qtbot: QtBot) -> None:
    window = gallery.sign_in()
    qtbot.addWidget(window)
    show(window, qtbot)
    window.show_error(REFUSAL, field=at)
    assert lines_read(qtbot, window.id_field if at == "id" else window.password_field) == 2


@pytest.mark.parametrize("at", ["id", "password"])
def test_a_sign_panel_says_two_lines(at: str, qtbot: QtBot) -> None:
    window = gallery.window()
    qtbot.addWidget(window)
    show(window, qtbot)
    window.open_screen("handover", {})
    page = window.screen_named("handover")
    assert isinstance(page, gallery.HandoverPage)
    page.giver.refuse(REFUSAL, field=at)
    assert lines_read(qtbot, page.giver.id_field if at == "id" else page.giver.password_field) == 2
    window.stop()


@pytest.mark.parametrize(
    "field",
    [
        lambda: LineField("one", "前保険者名"),
        lambda: LineField("one", "前保険者名", reserve_note=False),
        lambda: DateField("one", "生年月日", today=date(2026, 11, 24)),
        lambda: FreeText("one", "メモ"),
    ],
    ids=["line", "line without reserve", "date", "free text"],
)
def test_a_field_says_two_lines(field: object, qtbot: QtBot) -> None:
    assert callable(field)
    one = field()
    assert isinstance(one, LabelledField)
    holder = QWidget()
    holder.setFixedWidth(382)
    column = QVBoxLayout(holder)
    column.addWidget(one)
    column.addWidget(LineField("two", "次"))
    column.addStretch(1)
    qtbot.addWidget(holder)
    show(holder, qtbot)
    one.set_problem(REFUSAL)
    assert lines_read(qtbot, one) == 2


def test_one_line_takes_the_room_that_is_kept_for_it(qtbot: QtBot) -> None:
    """A form's rows do not jump when a field says something short."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    one, two = LineField("one", "一"), LineField("two", "二")
    column.addWidget(one)
    column.addWidget(two)
    column.addStretch(1)
    qtbot.addWidget(holder)
    show(holder, qtbot)
    before = two.y()
    one.set_problem("数字で入力してください。")
    assert lines_read(qtbot, one) == 1
    assert two.y() == before


def test_words_of_what_must_not_be_collected_are_warned_of_in_short_free_text_too(qtbot: QtBot) -> None:
    """The reason why a count differs, the name of another office."""
    gallery.dressed_application()
    counts = CountFields()
    details = OutcomeDetails(counts.reason, parties(), ("資格係",), date(2026, 11, 24))
    for field in (*(one for row in counts.rows() for one in row), *details.fields):
        qtbot.addWidget(field)
    for field in (counts.reason, details.other_office_name):
        field.set_value("前科のある人")
        field.changed.emit(field.value())
        assert field.notice == FORBIDDEN, field.name
