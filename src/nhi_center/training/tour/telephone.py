"""Step 6: a call comes in while a form is open; it is answered, kept, and the form is still there."""

from __future__ import annotations

from nhi_center.training.tour.hands import Day, picture, settled
from nhi_center.training.tour.robot import Script, expect, focus_name, press, rows, sees, text_of, type_keys


def call(day: Day) -> Script:
    """F5 from the field in hand: person, identity, level, category, answer, call-back; saved, and back in the same field."""
    before = focus_name()
    press("F5")
    yield lambda: focus_name() == "call_caller" and settled(day)()
    yield from answer(day, "call_caller", "2")
    yield from answer(day, "call_language", "1")
    press("F11")
    yield from to_field("call_search")
    type_keys("カツラギ 3450312")
    yield lambda: rows("call_people_table") == 1 and settled(day)()
    press("Enter")
    yield lambda: focus_name() == "call_name" and settled(day)()
    yield from answer(day, "call_name", "カツラギ　ミホコ")
    yield from answer(day, "call_birth", "")
    yield from answer(day, "call_address", "歌舞伎町1-4-1")
    yield lambda: settled(day)() and "レベル1" in text_of("call_level_chip")
    yield from picture(day, "call-level")
    yield from answer(day, "call_category", "06")
    yield from picture(day, "call-answer")
    yield from answer(day, "call_text", "届出は届いていて審査中と案内。不足はなし。")
    type_keys("3")
    yield from to_field("call_back_number")
    yield from answer(day, "call_back_number", "0300001234")
    yield from picture(day)
    press("Ctrl+Enter")
    yield lambda: not sees("call_save_button") and settled(day)()
    yield lambda: focus_name() == before
    expect("葛" not in text_of("message_bar"), "a name stands in the message bar")


def answer(day: Day, field: str, text: str) -> Script:
    """Type into a field of the panel; Enter, unless the field has gone on by itself."""
    yield lambda: focus_name() == field
    if text:
        type_keys(text)
        yield lambda: True
    if focus_name() == field:
        press("Enter")
    yield lambda: focus_name() not in ("", field) and settled(day)()


def to_field(field: str) -> Script:
    """Where the panel itself goes next, or Enter until there."""
    for _ in range(3):
        yield lambda: True
        if focus_name() == field:
            return
        press("Enter")
    yield lambda: focus_name() == field
