"""The editor of names: whatever is done to it, no selector is ever parted from its base, and the cursor never stands between."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nhi_center.domain.names import clusters, is_variation_selector
from nhi_center.ui.common.cluster_line import NameLine
from nhi_center.ui.common.name_edit import NameEdit
from nhi_center.ui.common.name_view import NamePainter

KATSU = "葛\U000e0102"
NABE = "邉\U000e0110"
NAME = f"渡{NABE}\u3000{KATSU}\U00020bb7子"
KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Home, Qt.Key.Key_End)
HELD = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
)


def compose(widget: QWidget, preedit: str = "", commit: str = "", replace: tuple[int, int] = (0, 0)) -> None:
    event = QInputMethodEvent(preedit, [])
    if commit or replace[1]:
        event.setCommitString(commit, *replace)
    QCoreApplication.sendEvent(widget, event)


@pytest.fixture
def line(qtbot: QtBot, glyphs: NamePainter) -> NameLine:
    field = NameEdit("name", "氏名", glyphs)
    qtbot.addWidget(field)
    field.resize(400, 90)
    field.show()
    field.activateWindow()
    field.editor.setFocus()
    qtbot.waitUntil(field.editor.hasFocus)
    return field.line


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def edges(text: str) -> set[int]:
    found, at = {0}, 0
    for cluster in clusters(text):
        at += units(cluster)
        found.add(at)
    return found


def assert_whole(line: NameLine) -> None:
    text = line.text()
    assert not any(is_variation_selector(part[0]) for part in clusters(text)), ascii(text)
    assert text.encode("utf-16-le", "surrogatepass").decode("utf-16-le") == text
    places = edges(text)
    assert line.cursorPosition() in places
    if line.hasSelectedText():
        assert {line.selectionStart(), line.selectionEnd()} <= places


def test_the_cursor_goes_over_a_cluster_in_one_step(line: NameLine) -> None:
    line.setText(NAME)
    QTest.keyClick(line, Qt.Key.Key_Home)
    stops = [line.cursorPosition()]
    while line.cursorPosition() < units(NAME):
        QTest.keyClick(line, Qt.Key.Key_Right)
        stops.append(line.cursorPosition())
    assert set(stops) == edges(NAME)
    assert len(stops) == len(clusters(NAME)) + 1


def test_the_mouse_never_puts_it_between(line: NameLine) -> None:
    line.setText(NAME)
    for x in range(0, 200, 3):
        QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(x, line.height() // 2))
        assert_whole(line)


@pytest.mark.parametrize("seed", range(8))
def test_no_sequence_of_acts_leaves_half_a_character(line: NameLine, seed: int) -> None:
    chance = random.Random(seed)
    line.setText(NAME)
    for _ in range(150):
        act = chance.randrange(7)
        if act < 3:
            QTest.keyClick(line, chance.choice(KEYS), chance.choice(HELD))
        elif act == 3:
            compose(line, "", chance.choice([KATSU, "\U00020bb7", "見本", "ﾐ", "\u3000"]))
        elif act == 4:
            compose(line, "", chance.choice(["", "辺", NABE]), (chance.randrange(-3, 1), chance.randrange(1, 4)))
        elif act == 5:
            line.undo() if chance.randrange(2) else line.redo()
        else:
            line.setCursorPosition(chance.randrange(units(line.text()) + 1))
        assert_whole(line)


def test_an_input_method_that_replaces_half_a_cluster_replaces_all_of_it(line: NameLine) -> None:
    line.setText(f"渡{NABE}")
    compose(line, "", "辺", (-1, 1))
    assert line.text() == "渡辺"
    line.setText(f"渡{NABE}子")
    line.setSelection(1, 3)
    compose(line, "", "部")
    assert line.text() == "渡部子"


def test_cut_and_paste_take_whole_characters(line: NameLine) -> None:
    line.setText(f"{KATSU}城")
    QTest.keyClick(line, Qt.Key.Key_Home)
    QTest.keyClick(line, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(line, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier)
    assert line.text() == "城"
    assert QGuiApplication.clipboard().text() == KATSU
    QTest.keyClick(line, Qt.Key.Key_End)
    QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert line.text() == f"城{KATSU}"
    assert not line.acceptDrops()
    assert not line.dragEnabled()


def test_what_does_not_fit_is_not_taken_and_nothing_that_stood_there_is_lost(qtbot: QtBot, glyphs: NamePainter) -> None:
    field = NameEdit("name", "氏名", glyphs, limit=4)
    qtbot.addWidget(field)
    field.set_value(f"見{KATSU}子")
    field.line.setCursorPosition(1)
    compose(field.line, "", f"本{NABE}太郎")
    assert field.value() == f"見本{KATSU}子"
    assert field.line.cursorPosition() == 2
    assert "4文字まで" in field.notice
    assert_whole(field.line)


def test_spaces_are_put_right_in_one_step_that_can_be_undone(line: NameLine) -> None:
    for piece in ("見本", " ", "太郎"):
        compose(line, "", piece)
    line.was_left.emit()
    assert line.text() == "見本\u3000太郎"
    line.undo()
    assert line.text() == "見本 太郎"


@pytest.mark.parametrize(
    ("events", "kana"),
    [
        ([("ｙ", ""), ("や", ""), ("やｍ", ""), ("やま", ""), ("やまだ", ""), ("山田", ""), ("", "山田")], ["ヤマダ"]),
        (
            [("やまだ", ""), ("", "山田"), ("", "\u3000"), ("たろう", ""), ("太郎", ""), ("", "太郎")],
            ["ヤマダ", "ヤマダ\u3000タロウ"],
        ),
        ([("やまだたろう", ""), ("山田たろう", ""), ("たろう", "山田"), ("", "太郎")], ["ヤマダ", "ヤマダタロウ"]),
        ([("た", ""), ("高橋", ""), ("", "高橋")], ["タ"]),
        ([("すずき", ""), ("", ""), ("", "鈴")], []),
        ([("さとう", ""), ("", "さとう")], ["サトウ"]),
    ],
    ids=["converted", "two pieces", "a part at a time", "predicted", "escaped", "left as kana"],
)
def test_the_reading_comes_from_what_was_converted(line: NameLine, events: list[tuple[str, str]], kana: list[str]) -> None:
    heard: list[str] = []
    line.furigana.connect(heard.append)
    for preedit, commit in events:
        compose(line, preedit, commit)
    assert heard == kana


def test_a_correction_corrects_the_reading(line: NameLine) -> None:
    heard: list[str] = []
    line.furigana.connect(heard.append)
    compose(line, "やまだ")
    compose(line, "", "山田")
    for _ in range(2):
        QTest.keyClick(line, Qt.Key.Key_Backspace)
    compose(line, "やまもと")
    compose(line, "", "山本")
    QTest.keyClick(line, Qt.Key.Key_Space)
    compose(line, "はな")
    compose(line, "", "花")
    compose(line, "こ")
    compose(line, "", "子")
    assert heard[-1] == "ヤマモト\u3000ハナコ"
    assert "ヤマダヤマモト" not in heard


def test_a_name_that_is_shown_has_no_reading_of_the_one_before(qtbot: QtBot, glyphs: NamePainter) -> None:
    field = NameEdit("name", "氏名", glyphs)
    qtbot.addWidget(field)
    heard: list[str] = []
    field.furigana.connect(heard.append)
    compose(field.line, "やまだ")
    compose(field.line, "", "山田")
    field.set_value("山田\u3000")
    field.line.end(False)
    compose(field.line, "たろう")
    compose(field.line, "", "太郎")
    assert heard == ["ヤマダ", "タロウ"]
    assert QApplication.activeModalWidget() is None
