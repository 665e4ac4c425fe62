"""The lock covers every window of every kind, before the next paint, also those that come only then."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QCompleter,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QSplashScreen,
    QToolTip,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from nhi_center.domain.locking import LockReason
from nhi_center.ui.shell import MainWindow
from tests.ui import gallery
from tests.ui.gallery_entry import EntryPage

SECRET = b"\xff\x00\xff\xff"
"""As it lies in the picture: blue, green, red, opaque."""
STYLE = "background: #ff00ff; color: #ff00ff; selection-background-color: #ff00ff; padding: 12px;"
NAME = "見本 太郎"

popups = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing|propagateSizeHints)")


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    made = gallery.window()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    made.open_screen("entry", {})
    page = made.screen_named("entry")
    assert isinstance(page, EntryPage)
    page.lost.editor.setStyleSheet(STYLE)
    QApplication.processEvents()
    assert shows_secret(on_screen(made)), "the picture would prove nothing"
    yield made
    made.stop()
    made.close()


def on_screen(widget: QWidget) -> QImage:
    """What stands on the screen now; nothing is painted for it, as ``grab`` would."""
    return widget.screen().grabWindow(widget.winId()).toImage()


def shows_secret(picture: QImage) -> bool:
    """Four dots of the colour in a row."""
    return SECRET * 4 in bytes(picture.convertToFormat(QImage.Format.Format_RGB32).constBits())


def dressed(widget: QWidget) -> QWidget:
    widget.setStyleSheet(STYLE)
    widget.setWindowTitle(NAME)
    return widget


def a_dialog(window: MainWindow) -> QWidget:
    dialog = QDialog(window)
    dialog.open()
    return dressed(dialog)


def a_dialog_of_nobody(_window: MainWindow) -> QWidget:
    dialog = QDialog()
    dialog.setModal(True)
    dialog.show()
    return dressed(dialog)


def a_message_box(window: MainWindow) -> QWidget:
    box = QMessageBox(QMessageBox.Icon.Question, NAME, NAME, parent=window)
    box.open()
    return dressed(box)


def a_second_window(_window: MainWindow) -> QWidget:
    second = QWidget()
    second.show()
    return dressed(second)


def a_tool_window(window: MainWindow) -> QWidget:
    tool = QWidget(window, Qt.WindowType.Tool)
    tool.show()
    return dressed(tool)


def a_splash(_window: MainWindow) -> QWidget:
    splash = QSplashScreen()
    splash.show()
    return dressed(splash)


def a_sign_in_window(_window: MainWindow) -> QWidget:
    other = gallery.sign_in()
    other.show()
    return dressed(other)


def menus(window: MainWindow) -> QWidget:
    outer, inner = QMenu(window), QMenu(NAME, window)
    outer.addMenu(inner)
    inner.addAction(NAME)
    outer.popup(window.mapToGlobal(QPoint(20, 20)))
    inner.popup(window.mapToGlobal(QPoint(40, 40)))
    return dressed(inner)


def a_list_of_choices(window: MainWindow) -> QWidget:
    box = QComboBox(window)
    box.addItem(NAME)
    box.setStyleSheet(STYLE)
    box.show()
    box.showPopup()
    return cast(QWidget, box.view()).window()


def a_completer(window: MainWindow) -> QWidget:
    line = QLineEdit(window)
    line.show()
    line.setFocus()
    completer = QCompleter([NAME], line)
    line.setCompleter(completer)
    completer.setCompletionPrefix("見")
    completer.complete()
    return dressed(cast(QWidget, completer.popup()).window())


def a_tool_tip(window: MainWindow) -> QWidget:
    QToolTip.showText(window.mapToGlobal(QPoint(30, 30)), NAME, window)
    return next(one for one in QApplication.topLevelWidgets() if one.metaObject().className() == "QTipLabel")


KINDS = (
    a_dialog,
    a_dialog_of_nobody,
    a_message_box,
    a_second_window,
    a_tool_window,
    a_splash,
    a_sign_in_window,
    menus,
    a_list_of_choices,
    a_completer,
    a_tool_tip,
)
COMES_BACK = (a_dialog, a_dialog_of_nobody, a_message_box, a_second_window, a_tool_window, a_sign_in_window)
Kind = Callable[[MainWindow], QWidget]


@pytest.fixture
def opened() -> Iterator[list[QWidget]]:
    kept: list[QWidget] = []
    yield kept
    for one in (widget for widget in kept if shiboken6.isValid(widget)):
        one.close()
        if one.parent() is None and one.metaObject().className() != "QTipLabel":
            one.deleteLater()
    QToolTip.hideText()


def visible_windows() -> list[QWidget]:
    """Top-levels that are on the screen."""
    return [
        one
        for one in QApplication.topLevelWidgets()
        if one.isVisible() and not one.testAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    ]


def is_there(widget: QWidget) -> bool:
    return shiboken6.isValid(widget) and widget.isVisible()


def nothing_is_seen(window: MainWindow) -> None:
    assert visible_windows() == [window]
    assert not shows_secret(on_screen(window))
    assert NAME not in window.windowTitle()
    assert "見本" not in window.windowTitle()


@popups
@pytest.mark.parametrize("kind", KINDS)
def test_a_window_of_any_kind_is_gone_before_anything_is_painted(kind: Kind, window: MainWindow, opened: list[QWidget]) -> None:
    opened.append(kind(window))
    assert opened[0].isVisible()
    window.lock()
    nothing_is_seen(window)  # in the same turn of the event loop
    QApplication.processEvents()
    nothing_is_seen(window)
    window.unlock()
    assert is_there(opened[0]) is (kind in COMES_BACK)
    assert not window.is_locked


@popups
@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_while_locked_is_not_seen(kind: Kind, window: MainWindow, opened: list[QWidget]) -> None:
    window.lock()
    opened.append(kind(window))
    nothing_is_seen(window)
    QApplication.processEvents()
    nothing_is_seen(window)
    assert not is_there(opened[0])
    assert QApplication.activeModalWidget() is None, "a hidden question would take the keys of the lock"
    window.unlock()
    assert is_there(opened[0]) is (kind in COMES_BACK)


def test_what_comes_in_the_turn_of_the_unlocking_is_shown(window: MainWindow, opened: list[QWidget]) -> None:
    window.lock()
    opened.append(a_dialog(window))
    window.unlock()
    assert opened[0].isVisible()
    assert opened[0] in visible_windows()


def test_the_lock_is_painted_by_itself(window: MainWindow) -> None:
    """Not by the event loop: a computer that goes to sleep may not come to it."""
    before = on_screen(window)
    window.lock(LockReason.SLEEP)
    after = on_screen(window)
    assert after != before
    assert not shows_secret(after)
    QApplication.processEvents()
    assert on_screen(window) == after


def test_every_password_is_gone_with_the_lock(window: MainWindow) -> None:
    window.open_screen("handover", {})
    screen = window.screen_named("handover")
    assert isinstance(screen, gallery.HandoverPage)
    screen.giver.password_field.set_value("mihon-secret")
    window.lock()
    assert screen.giver.password_field.value() == ""


def test_what_a_job_says_behind_the_lock_is_said_afterwards(window: MainWindow) -> None:
    window.lock()
    window.say("done", "印刷が終わりました。")
    assert not window.message_bar.isVisible()
    assert not any(NAME in label.text() for label in window.findChildren(QLabel) if label.isVisible())
    window.message_bar.clear()  # its time has run out meanwhile
    window.unlock()
    assert window.message_bar.isVisible()
    assert window.message_bar.text.text() == "印刷が終わりました。"


def test_a_layout_of_a_hidden_dialog_is_as_it_was(window: MainWindow, opened: list[QWidget], qtbot: QtBot) -> None:
    """The keyboard comes back into the dialog, at the same letter."""
    dialog = QDialog(window)
    opened.append(dialog)
    line = QLineEdit("見本の理由")
    QVBoxLayout(dialog).addWidget(line)
    dialog.open()
    line.setFocus()
    line.setSelection(4, -2)
    window.lock()
    window.unlock()
    qtbot.waitUntil(line.hasFocus)
    assert (line.selectedText(), line.cursorPosition()) == ("の理", 2)
    assert dialog.isModal()
