"""What is on the screen is not copied, cut or dragged out, by no widget and no key; pasting in and undoing work as ever."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QClipboard, QContextMenuEvent, QDrag, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QTextBrowser,
    QTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

import nhi_center
from nhi_center.ui.common.clipboard_guard import WIPED_AFTER_MS, ClipboardGuard, Copy
from nhi_center.ui.common.fields import LabelledField, LineField, PasswordField
from nhi_center.ui.common.table import Column, DataTable
from nhi_center.ui.common.text_fields import FreeText

TEXT = "見本 太郎"
Key, Mod = Qt.Key, Qt.KeyboardModifier
COPYING = ((Key.Key_C, Mod.ControlModifier), (Key.Key_Insert, Mod.ControlModifier))
CUTTING = ((Key.Key_X, Mod.ControlModifier), (Key.Key_Delete, Mod.ShiftModifier))


@pytest.fixture
def guard(qapp: QApplication) -> Iterator[ClipboardGuard]:
    made = ClipboardGuard(qapp)
    made.start()
    yield made
    made.stop()
    QApplication.clipboard().clear()


@pytest.fixture
def asked(guard: ClipboardGuard) -> list[Copy]:
    asked: list[Copy] = []
    guard.copy_wanted.connect(asked.append)
    return asked


def a_line() -> QWidget:
    line = QLineEdit(TEXT)
    line.selectAll()
    return line


def a_field() -> QWidget:
    field = LineField("name", "氏名")
    field.set_value(TEXT)
    field.editor.selectAll()  # type: ignore[attr-defined]
    return field


def a_read_only_line() -> QWidget:
    line = QLineEdit(TEXT)
    line.setReadOnly(True)
    line.selectAll()
    return line


def a_plain_text() -> QWidget:
    edit = QPlainTextEdit(TEXT)
    edit.selectAll()
    return edit


def a_free_text() -> QWidget:
    field = FreeText("memo", "メモ")
    field.set_value(TEXT)
    field.text_editor.selectAll()
    return field


def a_rich_text() -> QWidget:
    edit = QTextEdit(TEXT)
    edit.selectAll()
    return edit


def a_browser() -> QWidget:
    browser = QTextBrowser()
    browser.setPlainText(TEXT)
    browser.selectAll()
    return browser


def a_label() -> QWidget:
    label = QLabel(TEXT)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
    label.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    label.setSelection(0, len(TEXT))
    return label


def a_list() -> QWidget:
    made = QListWidget()
    made.addItem(TEXT)
    made.setCurrentRow(0)
    return made


def a_tree() -> QWidget:
    made = QTreeWidget()
    item = QTreeWidgetItem([TEXT])
    made.addTopLevelItem(item)
    made.setCurrentItem(item)
    return made


def a_table() -> QWidget:
    made = QTableWidget(1, 1)
    made.setItem(0, 0, QTableWidgetItem(TEXT))
    made.setCurrentCell(0, 0)
    return made


def our_table() -> QWidget:
    made = DataTable((Column("氏名", lambda row: row),), name="people", label="人", empty="ここに人が並びます。")
    made.set_rows((TEXT,))
    return made


KINDS = (
    a_line,
    a_field,
    a_read_only_line,
    a_plain_text,
    a_free_text,
    a_rich_text,
    a_browser,
    a_label,
    a_list,
    a_tree,
    a_table,
    our_table,
)
EDITABLE = (a_line, a_field, a_plain_text, a_free_text, a_rich_text)
Kind = Callable[[], QWidget]


@pytest.fixture
def show(qtbot: QtBot) -> Callable[[QWidget], QWidget]:
    """Put a widget into a screen's page, with the keyboard in it."""
    window = QWidget()
    window.setObjectName("entry_screen")
    window.setProperty("part", "page")
    qtbot.addWidget(window)
    column = QVBoxLayout(window)

    def shown(widget: QWidget) -> QWidget:
        column.addWidget(widget)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
        inner = widget.editor if isinstance(widget, LabelledField) else widget
        inner.setFocus(Qt.FocusReason.MouseFocusReason)  # any other reason marks all of a field
        return inner

    return shown


def text_of(widget: QWidget) -> str:
    if isinstance(widget, QLineEdit):
        return widget.text()
    assert isinstance(widget, QPlainTextEdit | QTextEdit)
    return widget.toPlainText()


def clipboard_text() -> str:
    return QApplication.clipboard().text()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("key", "modifier"), COPYING)
def test_no_widget_copies(
    kind: Kind, key: Qt.Key, modifier: Qt.KeyboardModifier, asked: list[Copy], show: Callable[[QWidget], QWidget]
) -> None:
    widget = show(kind())
    QTest.keyClick(widget, key, modifier)
    assert clipboard_text() == ""
    assert [(copy.text, copy.screen) for copy in asked] == [(TEXT, "entry")]


@pytest.mark.parametrize("kind", EDITABLE)
@pytest.mark.parametrize(("key", "modifier"), CUTTING)
def test_cutting_deletes_and_can_be_undone(
    kind: Kind, key: Qt.Key, modifier: Qt.KeyboardModifier, asked: list[Copy], show: Callable[[QWidget], QWidget]
) -> None:
    widget = show(kind())
    QTest.keyClick(widget, key, modifier)
    assert clipboard_text() == ""
    assert text_of(widget) == ""
    assert len(asked) == 1
    QTest.keyClick(widget, Key.Key_Z, Mod.ControlModifier)
    assert text_of(widget) == TEXT


@pytest.mark.parametrize("kind", [a_read_only_line, a_browser, a_label, a_list, a_tree, a_table, our_table])
def test_what_cannot_be_written_is_not_cut(kind: Kind, asked: list[Copy], show: Callable[[QWidget], QWidget]) -> None:
    widget = show(kind())
    QTest.keyClick(widget, Key.Key_X, Mod.ControlModifier)
    assert clipboard_text() == ""
    if isinstance(widget, QLineEdit):
        assert widget.text() == TEXT


@pytest.mark.parametrize(("key", "left"), [(Key.Key_K, "見本"), (Key.Key_U, "")])
def test_deleting_to_the_end_copies_nothing(
    key: Qt.Key, left: str, guard: ClipboardGuard, show: Callable[[QWidget], QWidget]
) -> None:
    """On X11 Qt copies what Ctrl+K and Ctrl+U delete; on other platforms these keys do nothing."""
    line = show(QLineEdit(TEXT))
    assert isinstance(line, QLineEdit)
    line.setCursorPosition(2)
    QTest.keyClick(line, key, Mod.ControlModifier)
    assert clipboard_text() == ""
    assert line.text() in (left, TEXT)


@pytest.mark.parametrize("kind", EDITABLE)
def test_pasting_in_works(kind: Kind, guard: ClipboardGuard, show: Callable[[QWidget], QWidget]) -> None:
    widget = show(kind())
    QApplication.clipboard().setText("貼り付け")
    QTest.keyClick(widget, Key.Key_V, Mod.ControlModifier)
    assert text_of(widget) == "貼り付け"
    QTest.keyClick(widget, Key.Key_Z, Mod.ControlModifier)
    assert text_of(widget) == TEXT
    QTest.keyClick(widget, Key.Key_Y, Mod.ControlModifier)
    assert text_of(widget) == "貼り付け"
    assert clipboard_text() == "貼り付け", "what another program put there is not ours to wipe"


@pytest.mark.parametrize("kind", KINDS)
def test_no_menu_offers_copying(
    kind: Kind, guard: ClipboardGuard, show: Callable[[QWidget], QWidget], qapp: QApplication
) -> None:
    widget = show(kind())
    inside = widget.viewport() if hasattr(widget, "viewport") else widget
    at = QPoint(5, 5)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, inside.mapToGlobal(at))
    QApplication.sendEvent(inside, event)
    assert QApplication.activePopupWidget() is None
    assert not any(isinstance(one, QMenu) and one.isVisible() for one in QApplication.topLevelWidgets())


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_dragged_out(kind: Kind, guard: ClipboardGuard, show: Callable[[QWidget], QWidget]) -> None:
    widget = show(kind())
    if isinstance(widget, QLineEdit | QListWidget | QTreeWidget | QTableWidget | DataTable):
        widget.setDragEnabled(True)
    inside = widget.viewport() if hasattr(widget, "viewport") else widget
    QApplication.processEvents()
    start = QPoint(12, 10)
    QTest.mousePress(inside, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(inside, start + QPoint(60, 40))
    QApplication.processEvents()
    begun = [*widget.findChildren(QDrag), *inside.findChildren(QDrag)]
    QTest.mouseRelease(inside, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 40))
    assert begun == []
    if isinstance(widget, QLineEdit | QListWidget | QTreeWidget | QTableWidget | DataTable):
        assert not widget.dragEnabled()


def test_marked_text_under_the_mouse_is_marked_no_more(guard: ClipboardGuard, show: Callable[[QWidget], QWidget]) -> None:
    """Text is dragged by pressing on what is marked: after the press nothing is."""
    edit = show(a_plain_text())
    assert isinstance(edit, QPlainTextEdit)
    assert edit.textCursor().hasSelection()
    QTest.mousePress(edit.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(12, 10))
    assert not edit.textCursor().hasSelection()
    QTest.mouseRelease(edit.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(12, 10))
    edit.moveCursor(QTextCursor.MoveOperation.Start)
    QTest.mouseClick(edit.viewport(), Qt.MouseButton.LeftButton, Mod.ShiftModifier, QPoint(60, 10))
    assert edit.textCursor().hasSelection(), "marking with Shift goes on"


def test_nothing_in_the_program_begins_a_drag_or_writes_the_clipboard() -> None:
    """The guard knows Qt's own widgets; a drag of ours would go round it."""
    source = Path(next(iter(nhi_center.__path__)))
    found = {
        file.name
        for file in source.rglob("*.py")
        if re.search(r"\bQDrag\b|setMimeData|clipboard\(\)\.set|setPixmap\(.*clipboard", file.read_text(encoding="utf-8"))
    }
    assert found == {"clipboard_guard.py"}


def test_a_password_is_never_taken(asked: list[Copy], show: Callable[[QWidget], QWidget]) -> None:
    field = PasswordField("password", "パスワード")
    field.set_value("mihon-secret")
    line = show(field)
    assert isinstance(line, QLineEdit)
    line.selectAll()
    for key, modifier in (*COPYING, *CUTTING):
        line.selectAll()
        QTest.keyClick(line, key, modifier)
    assert asked == []
    assert clipboard_text() == ""


def test_what_may_go_out_is_wiped_in_time(guard: ClipboardGuard, qtbot: QtBot) -> None:
    assert WIPED_AFTER_MS == 10_000
    guard._wipe.setInterval(20)
    guard.take_out(Copy(TEXT, "reports"))
    assert clipboard_text() == TEXT
    qtbot.waitUntil(lambda: clipboard_text() == "")


def test_the_wiping_leaves_alone_what_came_afterwards(guard: ClipboardGuard) -> None:
    guard.take_out(Copy(TEXT, "reports"))
    QApplication.clipboard().setText("よそのもの")
    guard.wipe()
    assert clipboard_text() == "よそのもの"


def test_a_copy_like_ours_is_not_ours(guard: ClipboardGuard) -> None:
    """Another session's token, or one that was guessed."""
    data = QMimeData()
    data.setText("よそのもの")
    data.setData("application/x-nhi-center-copy", b"0123456789abcdef")
    QApplication.clipboard().setMimeData(data, QClipboard.Mode.Clipboard)
    guard.wipe()
    assert clipboard_text() == "よそのもの"


def test_a_copy_never_shows_its_text() -> None:
    assert TEXT not in repr(Copy(TEXT, "entry"))


def test_one_burst_is_one_refusal(guard: ClipboardGuard, qtbot: QtBot) -> None:
    guard._burst.setInterval(30)
    assert [guard.told_already() for _ in range(3)] == [False, True, True]
    qtbot.waitUntil(lambda: not guard._burst.isActive())
    assert not guard.told_already()
