"""Keys counted in the fields of one paper: how many, in vain, and how long; never which."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QInputMethodEvent
from pytestqt.qtbot import QtBot

from nhi_center.domain.custody import Slip
from nhi_center.domain.forms.definition import FieldType
from nhi_center.domain.keying import PAUSE_SECONDS, Tally
from nhi_center.services import forms, statistics
from nhi_center.ui.common.form_fields import FormField
from nhi_center.ui.common.key_count import KeyCount
from nhi_center.ui.common.name_view import NamePainter
from tests.support.office import desk, premises
from tests.ui.entry_room import Open, Room, enter, open_window, press, receipt_page, slips, wizard

__all__ = ["desk", "open_window", "premises", "slips"]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_every_kind_of_field_counts_its_keys(qtbot: QtBot, glyphs: NamePainter) -> None:
    """Whatever widget a field of F02 has: a key is one key, Backspace one in vain, Shift none."""
    seen = set()
    for definition in forms.form("F02", "2026-11-24").fields():
        field, keys = FormField(definition, glyphs, date(2026, 11, 24)), KeyCount(Clock())
        field.count_keys(keys)
        qtbot.addWidget(field.widget)
        editor = field.widget.editor
        for key in (Qt.Key.Key_1, Qt.Key.Key_Shift, Qt.Key.Key_Backspace):
            qtbot.keyClick(editor, key)
        assert (keys.tally().keystrokes, keys.tally().bad_keystrokes) == (2, 1), definition.id
        seen.add(definition.type)
    assert {FieldType.NAME, FieldType.KANA, FieldType.DATE, FieldType.CHOICE, FieldType.POSTAL} <= seen


def test_what_an_input_method_commits_counts_by_character(qtbot: QtBot, glyphs: NamePainter) -> None:
    definition = next(one for one in forms.form("F02", "2026-11-24").fields() if one.type is FieldType.NAME)
    field, keys = FormField(definition, glyphs, date(2026, 11, 24)), KeyCount(Clock())
    field.count_keys(keys)
    qtbot.addWidget(field.widget)
    event = QInputMethodEvent("", [])
    event.setCommitString("見本")
    QCoreApplication.sendEvent(field.widget.editor, event)
    assert keys.tally().keystrokes == 2


def test_a_long_gap_is_a_pause_also_while_it_lasts() -> None:
    clock = Clock()
    keys = KeyCount(clock)
    for second in (10.0, 20.0, 20.0 + PAUSE_SECONDS, 200.0):
        clock.now = second
        keys.commit("あ")
    assert keys.tally() == Tally(200, 120, 4, 0)
    clock.now = 300.0
    assert keys.tally() == Tally(300, 220, 4, 0)


def test_the_wizard_counts_into_the_store(desk: Room, slips: tuple[Slip, ...], open_window: Open) -> None:
    office, session = desk
    shown = open_window()
    press(Qt.Key.Key_Return)
    receipt_page()
    enter("カツラギ 3450312")
    pressed = wizard(shown).flow.keys.tally().keystrokes
    assert pressed > 5
    press(Qt.Key.Key_F3)
    (sitting,) = statistics.of_month(office, session).sittings
    assert sitting.keying.keystrokes == pressed
    assert sitting.keying.cases == 0
