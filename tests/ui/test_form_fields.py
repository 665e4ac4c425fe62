from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nhi_center.domain.forms.definition import FieldType
from nhi_center.services import forms
from nhi_center.ui.common.choice_field import ChoiceField
from nhi_center.ui.common.code_fields import DigitsField, PostalField
from nhi_center.ui.common.date_field import DateField
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.form_fields import FormField, FormGrid, short_date
from nhi_center.ui.common.name_edit import KanaField, NameEdit
from nhi_center.ui.common.name_view import NamePainter

TODAY = date(2026, 11, 24)
F02 = forms.form("F02", "2026-11-24")
F05 = forms.form("F05", "2026-11-24")


def made(qtbot: QtBot, glyphs: NamePainter, field_id: str) -> FormField:
    form = F02 if F02.has(field_id) else F05
    field = FormField(form.field(field_id), glyphs, TODAY)
    qtbot.addWidget(field.widget)
    field.widget.show()
    return field


@pytest.mark.parametrize(
    ("field_id", "widget"),
    [
        ("name", NameEdit),
        ("kana", KanaField),
        ("birth", DateField),
        ("sex", ChoiceField),
        ("same_day_move", ChoiceField),
        ("postal", PostalField),
        ("branch", DigitsField),
        ("insurer_number", LineField),
        ("note", LineField),
    ],
)
def test_each_kind_of_value_has_its_widget(qtbot: QtBot, glyphs: NamePainter, field_id: str, widget: type) -> None:
    field = made(qtbot, glyphs, field_id)
    assert type(field.widget) is widget
    assert field.widget.editor.objectName() == f"field_{field_id}"
    assert field.widget.editor.accessibleName() == field.definition.label


@pytest.mark.parametrize(
    ("field_id", "typed", "value", "shown"),
    [
        ("birth", "3450312", "1970-03-12", "3450312"),
        ("insurer_number", "138040", "00138040", "00138040"),
        ("phone", "0352730142", "0352730142", "03-5273-0142"),
        ("kana", "ｶﾂﾗｷﾞ ﾐﾎｺ", "カツラギ　ミホコ", "カツラギ　ミホコ"),
        ("address", "新宿区歌舞伎町１丁目４番１号", "新宿区歌舞伎町1丁目4番1号", "新宿区歌舞伎町1丁目4番1号"),
        ("sheets_form", "２", "2", "2"),
    ],
)
def test_what_is_read_is_kept_and_what_was_changed_is_shown(
    qtbot: QtBot, glyphs: NamePainter, field_id: str, typed: str, value: str, shown: str
) -> None:
    field = made(qtbot, glyphs, field_id)
    field.widget.set_value(typed)
    assert field.judge().value == value
    assert field.widget.editor.text() == shown  # type: ignore[attr-defined]


def test_a_problem_stands_at_the_field_until_it_is_edited(qtbot: QtBot, glyphs: NamePainter) -> None:
    field = made(qtbot, glyphs, "insurer_number")
    QTest.keyClicks(field.widget.editor, "138041")
    with qtbot.waitSignal(field.read):
        field.judge()
    assert field.widget.problem
    QTest.keyClick(field.widget.editor, Qt.Key.Key_Backspace)
    assert not field.widget.problem


def test_a_12_digit_number_leaves_the_screen(qtbot: QtBot, glyphs: NamePainter) -> None:
    field = made(qtbot, glyphs, "note")
    QTest.keyClicks(field.widget.editor, "123456789018")
    assert field.judge().wipe
    assert field.text() == ""
    assert field.widget.problem


def test_a_stored_value_is_shown_as_it_was_typed(qtbot: QtBot, glyphs: NamePainter) -> None:
    field = made(qtbot, glyphs, "birth")
    field.show("1970-03-12")
    assert field.text() == "S45.3.12"
    field.show("1970-03-12", "19700312")
    assert field.text() == "19700312"
    assert field.widget.reading == "昭和45年3月12日(1970-03-12、56歳)"


def test_marks_come_and_go(qtbot: QtBot, glyphs: NamePainter) -> None:
    field = made(qtbot, glyphs, "delay_reason")
    assert not field.widget.required
    field.set_needed(True)
    assert field.widget.required


@pytest.mark.parametrize(
    ("value", "short"), [("2019-05-01", "R1.5.1"), ("1989-01-07", "S64.1.7"), ("1860-01-01", "1860-01-01"), ("x", "x")]
)
def test_short_dates(value: str, short: str) -> None:
    assert short_date(value) == short


@pytest.mark.parametrize("form_id", ["F02", "F05", "F15"])
def test_every_page_of_every_form_stands_on_the_grid(qtbot: QtBot, glyphs: NamePainter, form_id: str) -> None:
    form = forms.form(form_id, "2026-11-24")
    fields = {definition.id: FormField(definition, glyphs, TODAY) for definition in form.fields()}
    for page in form.pages:
        grid = FormGrid(page, fields)
        qtbot.addWidget(grid)
        grid.resize(684, 540)
        grid.show()
        for one in page.fields:
            for other in page.fields:
                if one is not other:
                    assert not fields[one.id].widget.geometry().intersects(fields[other.id].widget.geometry())
    assert {definition.type for definition in form.fields()} <= set(FieldType)
