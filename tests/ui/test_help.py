"""F1: every screen and every item of the status bar has its chapter; from there the contents and the search, by keyboard."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nhi_center import resources
from nhi_center.domain.operators import Session
from nhi_center.services import manual
from nhi_center.services.office import Office
from nhi_center.ui.common.frame_parts import StatusBar
from nhi_center.ui.common.help_panel import HelpPanel, View
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.paged_screen import PagedScreen
from nhi_center.ui.common.screen import Screen
from nhi_center.ui.pages import ENTRIES, all_pages
from nhi_center.ui.shell import MainWindow
from tests.support.office import as_person, desk, premises
from tests.support.screens import focused, press, put_away, settle, type_keys, window_over
from tests.ui.pictures import looked_at_small

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
TEXTS = {path.stem for path in resources.listing("help", ".md")}
SCREENS = {entry.name for entry in ENTRIES}


@pytest.fixture
def window(desk: Room, glyphs: NamePainter) -> Iterator[MainWindow]:
    made = window_over(*desk, glyphs, all_pages().entries)
    made.open_screen("entry", {})
    settle()
    yield made
    put_away([made])
    desk[0].premises.pdf.stop()


def test_every_text_has_its_place(qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    items = {f"status_{item}" for item in bar.items}
    assert items <= TEXTS
    # What is no page: the day, every page's keys, and the windows that stand before there is a page.
    assert TEXTS - items - SCREENS == {"day", "common", "first_start", "sign_in"}


@pytest.mark.parametrize("name", sorted(SCREENS))
def test_every_screen_has_its_text(name: str, qtbot: QtBot) -> None:
    """The page of the exchange shares the text of its item in the status bar."""
    window = QWidget()
    qtbot.addWidget(window)
    panel = HelpPanel(window)
    panel.show_help(name if name in TEXTS else f"status_{name}")
    assert panel.shown != "common"
    title = resources.read_text(f"help/{panel.shown}.md").splitlines()[0].removeprefix("# ")
    assert panel.browser.toPlainText().startswith(title)
    assert "F12" in panel.browser.toPlainText(), "the keys of every page stand below"


def test_pledge_clauses_policy_and_the_present_law_are_read_with_f1(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    panel = HelpPanel(window)
    panel.show_help("presence")
    shown = "".join(panel.browser.toPlainText().split())
    pledge = resources.read_toml("roster/pledge.toml")
    for line in (*pledge["join"], *pledge["leave"], f"({pledge['version']}版)"):
        assert "".join(line.split()) in shown
    assert [number for number in range(1, 22) if f"第{number}項" not in shown] == []
    for said in (
        "乙は、業務を行うに当たって、個人情報を取り扱う業務を一切第三者に委託してはならない。",
        "第1項から第19項までに掲げる事項に違反し",
        "個人情報の保護に関する法律",
        "新宿区個人情報の保護に関する法律施行条例",
        "新宿区情報セキュリティポリシー",
    ):
        assert said in shown
    assert "@include" not in shown


# -- contents and search --


def chosen(panel: HelpPanel) -> str:
    item = panel.index.list.currentItem()
    return item.text() if item is not None else ""


def test_f1_opens_at_the_screen_in_front_and_f2_at_its_line_of_the_contents(window: MainWindow) -> None:
    panel = window.floating.help_panel
    press(Qt.Key.Key_F1)
    assert (panel.view, panel.shown, panel.width()) == (View.FRONT, "entry", 420)
    press(Qt.Key.Key_F2)
    assert panel.view is View.INDEX
    assert window.current_screen is window.screen_named("entry"), "F2 looks in the help while the keyboard stands in it"
    assert chosen(panel) == "入力"
    rows = panel.index.rows()
    assert [row.part for row in rows if row.part] == [part.title for part in manual.parts()]
    assert [row.chapter.name for row in rows if row.chapter] == [one.name for one in manual.chapters()]
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert (panel.view, panel.shown) == (View.CHOSEN, "verification")
    assert focused() is panel.browser


def test_up_and_down_pass_over_the_titles_of_the_parts(window: MainWindow) -> None:
    panel = window.floating.help_panel
    press(Qt.Key.Key_F1)
    press(Qt.Key.Key_F2)
    press(Qt.Key.Key_Up)  # 入力 is the first of its part
    assert chosen(panel) == "データベースの異状"
    for _step in range(8):
        press(Qt.Key.Key_PageUp)
    assert chosen(panel) == manual.chapters()[0].title
    press(Qt.Key.Key_Up)
    assert chosen(panel) == manual.chapters()[0].title


def test_each_letter_narrows_and_return_shows_the_place_with_its_words_marked(window: MainWindow) -> None:
    panel = window.floating.help_panel
    press(Qt.Key.Key_F1)
    press(Qt.Key.Key_F2)
    type_keys("書")
    many = panel.index.list.count()
    type_keys("損")
    hits = [row.hit for row in panel.index.rows()]
    assert 0 < len(hits) < many
    assert all(hit is not None and ("書損" in hit.sentence or hit.place == "") for hit in hits)
    press(Qt.Key.Key_Down)
    at = panel.index.list.currentRow()
    hit = hits[at]
    assert hit is not None
    press(Qt.Key.Key_Return)
    assert (panel.view, panel.shown) == (View.CHOSEN, hit.chapter.name)
    marked = [one.cursor.selectedText() for one in panel.browser.extraSelections()]
    assert marked
    assert set(marked) == {"書損"}
    press(Qt.Key.Key_Escape)
    assert (panel.view, panel.index.line.text(), panel.index.list.currentRow()) == (View.INDEX, "書損", at)
    press(Qt.Key.Key_Escape)
    assert (panel.view, panel.shown, panel.width()) == (View.FRONT, "entry", 420)
    press(Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_the_sentence_looked_for_is_in_sight(window: MainWindow) -> None:
    panel = window.floating.help_panel
    press(Qt.Key.Key_F1)
    press(Qt.Key.Key_F2)
    type_keys("一斉更新 引き抜")
    press(Qt.Key.Key_Return)
    assert panel.shown == "book"
    document = panel.browser.document()
    block = document.begin()
    while "引き抜きます" not in block.text():
        block = block.next()
    top = document.documentLayout().blockBoundingRect(block).top() - panel.browser.verticalScrollBar().value()
    assert 0 <= top < panel.browser.viewport().height() / 2
    assert panel.browser.verticalScrollBar().value() > 0


@pytest.mark.parametrize("typed", ["ろっく", "ﾛｯｸ", "ロック"])
def test_kana_and_widths_are_alike(window: MainWindow, typed: str) -> None:
    press(Qt.Key.Key_F1)
    press(Qt.Key.Key_F2)
    type_keys(typed)
    panel = window.floating.help_panel
    assert chosen(panel).startswith("ロックまで")


def test_words_found_nowhere_are_answered_with_what_to_do(window: MainWindow) -> None:
    panel = window.floating.help_panel
    press(Qt.Key.Key_F1)
    press(Qt.Key.Key_F2)
    type_keys("ＮＯＷＨＥＲＥ")
    assert panel.index.list.count() == 0
    assert panel.index.empty.isVisible()
    assert "短くするか" in panel.index.empty.text()
    press(Qt.Key.Key_Return)
    assert panel.view is View.INDEX
    press(Qt.Key.Key_Escape)
    assert (panel.view, panel.shown) == (View.FRONT, "entry")


def test_the_enter_that_commits_a_conversion_opens_nothing(window: MainWindow) -> None:
    panel = window.floating.help_panel
    press(Qt.Key.Key_F1)
    press(Qt.Key.Key_F2)
    line = panel.index.line
    line._composing = True
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert panel.view is View.INDEX


def test_f11_makes_the_manual_in_the_business_folder(window: MainWindow, desk: Room) -> None:
    press(Qt.Key.Key_F1)
    press(Qt.Key.Key_F11)
    made = desk[0].settings.documents / "manual.pdf"
    assert made.read_bytes().startswith(b"%PDF")
    assert (window.message_bar.kind, "manual.pdf" in window.message_bar.text.text()) == ("done", True)
    assert window.floating.help_panel.isVisible()


def test_without_anybody_there_is_no_pdf(qtbot: QtBot) -> None:
    """Such as in the first setting up: there is no business folder yet."""
    window = QWidget()
    qtbot.addWidget(window)
    panel = HelpPanel(window)
    window.show()
    panel.show_help("first_start")
    assert not panel.pdf_button.isVisible()
    panel.make_pdf()
    assert panel.isVisible()


def test_what_was_looked_for_is_gone_with_the_person(window: MainWindow) -> None:
    panel = window.floating.help_panel
    press(Qt.Key.Key_F1)
    press(Qt.Key.Key_F2)
    type_keys("書損")
    window.stop()
    assert panel.index.line.text() == ""
    assert not panel.isVisible()


def test_nothing_but_its_own_pictures_is_loaded(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    panel = HelpPanel(window)
    panel.browser.show_text("# 題\n\n![x](file:///etc/passwd)\n\n![y](http://192.0.2.1/y.png)\n")
    kind = QTextDocument.ResourceType.ImageResource.value
    block = panel.browser.document().begin()
    names = []
    while block.isValid():
        pieces = block.begin()
        if not pieces.atEnd() and pieces.fragment().charFormat().isImageFormat():
            names.append(pieces.fragment().charFormat().toImageFormat().name())
        block = block.next()
    assert len(names) == 2
    loaded = [panel.browser.document().resource(kind, name) for name in names]
    assert [isinstance(image, QImage) and image.isNull() for image in loaded] == [True, True]


def test_how_it_looks(window: MainWindow) -> None:
    wrong = []
    press(Qt.Key.Key_F1)
    wrong += looked_at_small(window, "help-front")
    press(Qt.Key.Key_F2)
    wrong += looked_at_small(window, "help-contents")
    type_keys("書損")
    wrong += looked_at_small(window, "help-found")
    press(Qt.Key.Key_Return)
    wrong += looked_at_small(window, "help-chapter")
    assert window.floating.help_panel.shown == "certificates"
    press(Qt.Key.Key_Escape)
    window.floating.help_panel.index.line.clear()
    type_keys("nowhere")
    wrong += looked_at_small(window, "help-none")
    assert wrong == []


# -- what the chapters say of the keys --

EVERYWHERE = frozenset({"Enter", "Shift+Enter", "Esc", "↑↓", "F2", "F5", "F12"})
"""Said once for all pages, in どの画面でも使うキー."""


def fronts(screen: Screen) -> list[Any]:
    """The screen, and of one that has several pages each of them."""
    return [screen, *(screen.panels[name] for name in screen.panels)] if isinstance(screen, PagedScreen) else [screen]


@pytest.mark.parametrize("person", ["k-ichiro", "s-toko", "40127", "40100"])
def test_every_key_a_page_opens_with_is_in_its_chapter(desk: Room, glyphs: NamePainter, person: str) -> None:
    office = desk[0]
    window = window_over(office, as_person(office, person), glyphs, all_pages().entries)
    unsaid = []
    for entry in ENTRIES:
        if not window.open_screen(entry.name, {}):
            continue
        settle()
        screen = window.screen_named(entry.name)
        assert screen is not None
        text = manual.text_of(screen.help_text()).replace("↑", "Up").replace("↓", "Down")
        hints = itertools.chain.from_iterable(front.keys() for front in fronts(screen))
        keys = {key for hint in hints for key in hint.key.split()}
        keys = {key for key in keys if key not in EVERYWHERE and not re.fullmatch(r"[0-9](-[0-9])?", key)}
        unsaid += [(entry.name, key) for key in sorted(keys) if key not in text]
        if window.floating.overlay_shown:
            window.close_overlay()
    put_away([window])
    office.premises.pdf.stop()
    assert unsaid == []
