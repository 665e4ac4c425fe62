"""What a lock does to a screen in the middle of something: the call keeps its words, the verifier's half value is no answer."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from nhi_center.services.calls import continue_call
from nhi_center.ui.calls.panel import CallPanel
from tests.services.test_calls import room
from tests.support.call_hands import Hands, Key, hands
from tests.support.office import desk, premises
from tests.support.screens import focused, press, type_keys
from tests.ui.test_verification_screen import Opened, key_until, opened, screen_of

__all__ = ["desk", "hands", "opened", "premises", "room"]


def test_a_call_is_kept_to_the_last_letter(hands: Hands) -> None:
    hands.press(Key.Key_F5)
    panel = hands.panel
    assert isinstance(panel, CallPanel)
    text = panel.form.text.editor
    text.setFocus()
    hands.words("折返しを希望")
    assert panel.view is not None
    hands.window.lock()
    hands.settle()
    kept = continue_call(hands.office, hands.session, panel.view.call.id).call.draft
    assert kept.text == "折返しを希望"
    hands.window.unlock()
    assert hands.at is text


def test_a_half_keyed_value_of_the_verifier_is_not_compared(opened: Opened) -> None:
    """A difference is told when Enter is pressed, never because time ran out."""
    window, _office, _application = opened
    press(Qt.Key.Key_Return)
    key_until("kana")
    field = focused()
    assert isinstance(field, QLineEdit)
    type_keys("カツ")
    window.lock()
    page = screen_of(window).keying
    assert page is not None
    assert not next(row for row in page.rows if row.id == "kana").progress.keyed
    window.unlock()
    assert focused() is field
    assert field.text() == "カツ"
