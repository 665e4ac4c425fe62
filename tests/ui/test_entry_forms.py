"""Every form of resources/forms in the real window at its smallest: nothing clipped, nothing out of sight."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from nhi_center.domain.forms.definition import FormDefinition
from nhi_center.services import forms
from nhi_center.ui.common.choice_field import ChoiceLine
from nhi_center.ui.common.date_field import DateField
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.entry.flow import PERSON_PAGE, Flow
from nhi_center.ui.entry.form_pages import FormPages
from tests.support.entry import HEAD, LEAVER, bring_in, fill_register
from tests.support.office import desk, premises
from tests.ui.entry_room import Open, Room, open_window, press, wizard
from tests.ui.pictures import check_screen
from tests.ui.test_entry_flow import opened

__all__ = ["desk", "open_window", "premises"]

BESIDE_WORDS = 12 + 24
"""Padding before the words of a choice, and the arrow after them."""
BEGINNING = ("F01", "F02", "F03")
FORMS = [form.id for form in forms.catalogue().forms]


def sides(form: FormDefinition) -> list[dict[str, str]]:
    """Answers that bring up every field with a condition, as few sets as it takes."""
    found: list[dict[str, str]] = []
    for field in (field for field in form.fields() if field.when is not None):
        wanted: dict[str, str] = {}
        at = field
        while at.when is not None:
            wanted[at.when.field] = at.when.values[0]
            at = form.field(at.when.field)
        fitting = next((one for one in found if all(one.get(name, code) == code for name, code in wanted.items())), None)
        if fitting is None:
            found.append(wanted)
        else:
            fitting.update(wanted)
    return found


def cut(root: QWidget) -> list[str]:
    """Choices of which one would not be read whole in its field."""
    return [
        f"cut: {line.objectName()} {choice.shown}"
        for line in root.findChildren(ChoiceLine)
        if line.isVisible()
        for choice in line.choices
        if line.fontMetrics().horizontalAdvance(choice.shown) > line.width() - BESIDE_WORDS
    ]


@pytest.mark.parametrize("form_id", FORMS)
def test_every_page_is_whole_at_the_smallest_window(form_id: str, desk: Room, open_window: Open, tmp_path: Path) -> None:
    fill_register(desk[0])
    office, session = desk
    bring_in(office, session, **{form_id: (1, 1)})
    shown = open_window()
    press(Qt.Key.Key_Return)
    hand = wizard(shown)
    hand.lines.choose(HEAD if form_id in BEGINNING else LEAVER)
    wrong: list[str] = []
    for number, answers in enumerate(sides(hand.flow.form)):
        for name, code in answers.items():
            hand.flow.values[name] = code
        hand.pages.show_values(tuple(answers))
        for page in hand.flow.form.pages:
            hand.jump(page.fields[0].id)
            QApplication.processEvents()
            assert shown.grab().save(str(tmp_path / f"{form_id}-{number}-{page.id}.png"))
            wrong += [f"{number} {page.id}: {problem}" for problem in check_screen(shown)]
            wrong += [f"{number} {page.id}: {problem}" for problem in cut(shown)]
            area = hand.pages._areas.get(page.id)
            if page.id != PERSON_PAGE and area is not None and area.verticalScrollBar().maximum():
                wrong.append(f"{number} {page.id}: {area.verticalScrollBar().maximum()} px out of sight")
    assert "\n".join(wrong) == ""


OWN = """
id = "F31"
title = "区の申出書"
name = "区の申出書"
article = "区の様式"
effect = "route"
fact = "filed_on"
valid_from = 2026-04-01

[[pages]]
id = "household"
title = "世帯"
fields = [
    { item = "head_name", required = "R", row = 1, width = 6 },
]

[[pages]]
id = "own"
title = "申出の内容"
line = true
fields = [
    { item = "name", required = "R", row = 1, width = 5 },
    { item = "kana", required = "R", row = 1, width = 4 },
    { item = "birth", required = "R", row = 2, width = 6 },
    { id = "wish", item = "mail_scope", choices = { 1 = "郵送", 2 = "窓口" }, required = "R", row = 3, width = 4 },
    { item = "mail_postal", required = "C", when = { field = "wish", is = ["1"] }, row = 4, width = 3 },
    { item = "mail_address", required = "C", when = { field = "wish", is = ["1"] }, row = 4, width = 9 },
    { item = "note", row = 5, width = 12 },
]
"""


def test_a_form_the_ward_has_written_is_keyed_without_code(tmp_path: Path, glyphs: NamePainter) -> None:
    (tmp_path / "F31.toml").write_text(OWN, encoding="utf-8")
    own = forms.catalogue_of(tmp_path).get("F31", date(2026, 11, 24))
    flow = Flow(replace(opened("F02"), form=own))
    assert flow.trail[0] == ("受付", "世帯", "申出の内容", "確認", "次の処理")
    pages = FormPages(glyphs, flow)
    while pages.build_next():
        pass
    shown = {name for name, field in pages.fields.items() if flow.page_of(name) == "own" and not field.widget.isHidden()}
    pages.show_said()
    assert isinstance(pages.fields["birth"].widget, DateField)
    assert "wish" in shown
    assert pages.fields["mail_address"].widget.isHidden()
    wish = pages.fields["wish"]
    QTest.keyClicks(wish.widget.editor, "1")
    pages.show_said()
    assert flow.values["wish"] == "1"
    assert not pages.fields["mail_address"].widget.isHidden()
    assert flow.stops_page(flow.form.pages[2]) == "name"
    assert {field for field in ("mail_postal", "mail_address", "name") if flow.needed(own.field(field))} == {
        "mail_postal",
        "mail_address",
        "name",
    }
    pages.deleteLater()
