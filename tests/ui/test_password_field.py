"""Password fields: no input method, CapsLock told, nothing to be taken out, nothing left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from nhi_center.ui.common.caps_lock import caps_lock
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.fields import PasswordField

Key, Mod = Qt.Key, Qt.KeyboardModifier
CAPS = "CapsLock が入っています。"


@pytest.fixture
def field(qtbot: QtBot) -> PasswordField:
    made = PasswordField("password", "パスワード")
    qtbot.addWidget(made)
    return made


def test_the_input_method_is_off_and_stays_off(field: PasswordField, qtbot: QtBot) -> None:
    assert not field.line.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    assert field.line.inputMethodHints() & Qt.InputMethodHint.ImhSensitiveData
    digits = DigitsField("digits", "番号")
    qtbot.addWidget(digits)
    for line in (field.line, digits.line):
        line.setReadOnly(True)
        line.setReadOnly(False)
        assert not line.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def light(folder: Path, brightness: str) -> Path:
    for name in ("input3::capslock", "input3::numlock"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "brightness").write_text(brightness if "caps" in name else "1")
    return folder


def test_the_keyboards_light_tells(tmp_path: Path) -> None:
    assert caps_lock(light(tmp_path, "1")) is True
    assert caps_lock(light(tmp_path, "0")) is False
    (tmp_path / "input3::capslock" / "brightness").write_text("")
    assert caps_lock(tmp_path) is None
    assert caps_lock(tmp_path / "nothing") is None


def test_caps_lock_is_said_as_soon_as_the_field_is_entered(
    field: PasswordField, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    now: list[bool | None] = [True]
    monkeypatch.setattr("nhi_center.ui.common.fields.caps_lock", lambda: now[0])
    field.show()
    field.activateWindow()
    field.line.setFocus()
    qtbot.waitUntil(field.line.hasFocus)
    assert field.notice == CAPS
    now[0] = False
    QTest.keyClick(field.line, Key.Key_CapsLock)
    assert field.notice == ""


def test_without_a_light_the_first_letter_tells(field: PasswordField, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nhi_center.ui.common.fields.caps_lock", lambda: None)
    QTest.keyClicks(field.line, "A")
    assert field.notice == CAPS
    QTest.keyClick(field.line, Key.Key_CapsLock)
    assert field.notice == CAPS, "nobody knows yet"
    QTest.keyClicks(field.line, "a")
    assert field.notice == ""
    QTest.keyClicks(field.line, "A", Mod.ShiftModifier)
    assert field.notice == ""


@pytest.mark.parametrize("way", ["field", "line"])
def test_a_cleared_password_does_not_come_back(field: PasswordField, way: str) -> None:
    QTest.keyClicks(field.line, "mihon-secret")
    (field if way == "field" else field.line).clear()
    for key in (Key.Key_Z, Key.Key_Y):
        QTest.keyClick(field.line, key, Mod.ControlModifier)
    field.line.undo()
    field.line.redo()
    assert field.value() == ""


def test_undo_does_nothing_while_typing(field: PasswordField) -> None:
    QTest.keyClicks(field.line, "mihon")
    QTest.keyClick(field.line, Key.Key_Z, Mod.ControlModifier)
    assert field.value() == "mihon"


def test_pasting_is_allowed_and_copying_is_not(field: PasswordField) -> None:
    QApplication.clipboard().setText("from-a-password-manager")
    QTest.keyClick(field.line, Key.Key_V, Mod.ControlModifier)
    assert field.value() == "from-a-password-manager"
    QApplication.clipboard().clear()
    field.line.selectAll()
    for key in (Key.Key_C, Key.Key_X):
        QTest.keyClick(field.line, key, Mod.ControlModifier)
    assert QApplication.clipboard().text() == ""
    assert field.value() == "from-a-password-manager"


def test_a_screen_reader_hears_why_it_hears_nothing(field: PasswordField) -> None:
    assert field.line.accessibleName() == "パスワード"
    assert field.line.accessibleDescription() == "入力した文字は表示されません。"
    field.set_problem("パスワードが違います。")
    assert field.line.accessibleDescription() == "入力した文字は表示されません。パスワードが違います。"
    QTest.keyClicks(field.line, "mihon")
    assert field.line.echoMode() is QLineEdit.EchoMode.Password
    assert "mihon" not in field.line.displayText()
