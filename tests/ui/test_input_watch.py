"""One filter over the program for all who watch keys and clicks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from nhi_center.ui.common.input_watch import InputWatch, input_watch
from nhi_center.ui.common.page_stack import PageStack


class Seen:
    """Writes down what it sees, and stops what it is told to."""

    watched_types = frozenset({QEvent.Type.KeyPress})

    def __init__(self, name: str, book: list[str], *, stops: bool = False) -> None:
        self._name, self._book, self._stops = name, book, stops

    def sees(self, _watched: QObject, _event: QEvent) -> bool:
        self._book.append(self._name)
        return self._stops


@pytest.fixture
def watch(qapp: QApplication) -> Iterator[InputWatch]:
    made = InputWatch(qapp)
    yield made
    for watcher in tuple(made._watchers):
        made.remove(watcher)
    made.deleteLater()


def _press(widget: QWidget) -> None:
    QCoreApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "a"))


def test_who_came_last_is_asked_first_and_may_keep_a_key_from_all_others(qtbot: QtBot, watch: InputWatch) -> None:
    book: list[str] = []
    line = QLineEdit()
    qtbot.addWidget(line)
    first, second = Seen("first", book), Seen("second", book)
    watch.add(first)
    watch.add(second)
    _press(line)
    assert (book, line.text()) == (["second", "first"], "a")
    watch.add(Seen("third", book, stops=True))
    _press(line)
    assert (book[2:], line.text()) == (["third"], "a")


def test_what_nobody_asked_for_is_shown_to_nobody(qtbot: QtBot, watch: InputWatch) -> None:
    book: list[str] = []
    watch.add(Seen("keys", book))
    line = QLineEdit()
    qtbot.addWidget(line)
    line.show()
    line.resize(200, 30)
    assert book == []


def test_who_has_gone_sees_nothing(qtbot: QtBot, watch: InputWatch) -> None:
    book: list[str] = []
    keys = Seen("keys", book)
    line = QLineEdit()
    qtbot.addWidget(line)
    watch.add(keys)
    watch.add(keys)  # once more is like once
    _press(line)
    watch.remove(keys)
    watch.remove(keys)
    _press(line)
    assert book == ["keys"]


def test_it_rests_while_pages_are_made_and_looks_again_afterwards_also_when_making_fails(qtbot: QtBot, watch: InputWatch) -> None:
    book: list[str] = []
    line = QLineEdit()
    qtbot.addWidget(line)
    watch.add(Seen("keys", book))
    with watch.rest(), watch.rest():
        _press(line)
    assert book == []
    _press(line)
    with pytest.raises(ZeroDivisionError), watch.rest():
        raise ZeroDivisionError
    _press(line)
    assert book == ["keys", "keys"]


def test_the_program_has_one(qapp: QApplication) -> None:
    assert input_watch(qapp) is input_watch()


def test_a_page_comes_to_the_front_and_the_others_are_not_asked_for_their_size(qtbot: QtBot) -> None:
    asked: list[str] = []

    class Page(QWidget):
        def sizeHint(self) -> QSize:
            asked.append(self.objectName())
            return super().sizeHint()

    stack = PageStack()
    qtbot.addWidget(stack)
    one, two, three = Page(), Page(), Page()
    for name, page in (("one", one), ("two", two), ("three", three)):
        page.setObjectName(name)
    stack.addWidget(one)
    stack.addWidget(two)
    assert (stack.currentWidget(), two.parent(), two.isHidden()) == (one, stack, True)
    stack.show()
    assert stack.bring(lambda: two) is two
    stack.bring(lambda: three)
    stack.bring(lambda: one)
    assert [page.isVisible() for page in (one, two, three)] == [True, False, False]
    assert {page.parent() for page in (one, two, three)} == {stack}
    asked.clear()
    QLineEdit(one).show()
    stack.sizeHint()
    assert set(asked) == {"one"}
