"""証の台帳 and 証の交付, worked by keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from nhi_center.domain.certificate_life import Life
from nhi_center.domain.operators import Session
from nhi_center.services import certificate_book, paper_count, printers, seal
from nhi_center.services.office import Office
from nhi_center.ui.book import ENTRIES
from nhi_center.ui.book.screen import BookScreen, WardBookScreen
from nhi_center.ui.common.form_dialog import FormDialog
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.shell import MainWindow
from tests.services.test_certificate_book import submitted
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.print_room import room
from tests.support.screens import press, put_away, settle, window_over
from tests.ui.entry_room import write
from tests.ui.pictures import check_screen
from tests.ui.test_verification_screen import texts

__all__ = ["desk", "premises", "room", "submitted"]

Alt = Qt.KeyboardModifier.AltModifier
Control = Qt.KeyboardModifier.ControlModifier
Show = Callable[[str], tuple[MainWindow, BookScreen | WardBookScreen]]
Submitted = tuple[Office, Session, str]


@pytest.fixture
def show(qtbot: QtBot, submitted: Submitted, glyphs: NamePainter) -> Iterator[Show]:
    office = submitted[0]
    windows = []

    def over(person: str) -> tuple[MainWindow, BookScreen | WardBookScreen]:
        window = window_over(office, as_person(office, person), glyphs, ENTRIES)
        windows.append(window)
        name = "ward_book" if person.isdecimal() else "book"
        window.open_screen(name, {})
        settle()
        screen = window.screen_named(name)
        assert isinstance(screen, (BookScreen, WardBookScreen))
        return window, screen

    yield over
    put_away(windows)


def dialog_of(window: MainWindow) -> FormDialog:
    found = next(one for one in window.findChildren(FormDialog) if one.isVisible())
    assert isinstance(found, FormDialog)
    return found


def typed(*values: str) -> None:
    for value in values:
        write(value)
        press(Qt.Key.Key_Return)


def test_the_issue_list_by_keys(show: Show, submitted: Submitted, tmp_path: Path) -> None:
    window, screen = show("s-toko")
    panel = screen.panels["issued"]
    assert len(panel.table.rows()) == 2
    assert panel.count.text() == "2枚(うち書損 0枚)"
    assert window.grab().save(str(tmp_path / "issued.png"))
    assert check_screen(window) == []
    press(Qt.Key.Key_F3)
    settle()
    assert any("発行一覧を作りました" in text for text in texts(window).split("\n"))
    press(Qt.Key.Key_P, Alt)
    typed("R8.11.1", "R8.11.2")
    settle()
    assert panel.table.rows() == ()
    press(Qt.Key.Key_P, Alt)
    typed("R8.11.3", "R8.11.2")
    assert panel.period.last.problem


def test_counting_paper_by_keys(show: Show, submitted: Submitted, tmp_path: Path) -> None:
    office, clerk, _one = submitted
    window, _screen = show("k-ichiro")
    press(Qt.Key.Key_2)
    settle()
    assert check_screen(window) == []
    press(Qt.Key.Key_F3)
    settle()
    dialog = dialog_of(window)
    typed("1", "2", "4", "S-000414")
    press(Qt.Key.Key_Return, Control)
    settle()
    said = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "記録では 5枚" in said
    assert dialog.grab().save(str(tmp_path / "count.png"))
    write("1枚が見つかりません。")
    press(Qt.Key.Key_Return, Control)
    settle()
    (line,) = paper_count.book(office, clerk).counts
    assert (line.count.difference, line.name) == (-1, "見本 一郎")
    assert window.grab().save(str(tmp_path / "paper.png"))
    assert check_screen(window) == []


def test_blank_sheets_and_the_number_on_top_by_keys(show: Show, submitted: Submitted, tmp_path: Path) -> None:
    office, clerk, _one = submitted
    window, screen = show("k-ichiro")
    press(Qt.Key.Key_2)
    settle()
    press(Qt.Key.Key_U, Alt)
    settle()
    typed("1", "S-000416")
    settle()
    assert "S-000414 から S-000415 までの 2枚が説明できません" in window.message_bar.text.text()
    assert window.grab().save(str(tmp_path / "top.png"))
    assert check_screen(window) == []
    press(Qt.Key.Key_F4)
    settle()
    dialog = dialog_of(window)
    assert any("S-000414 からこの番号まで" in label.text() for label in dialog.findChildren(QLabel))
    typed("1", "415", "2", "s-toko")
    write(PASSWORDS["s-toko"])
    assert dialog.grab().save(str(tmp_path / "blanks.png"))
    press(Qt.Key.Key_Return)
    settle()
    assert "白紙2枚を書損にしました" in window.message_bar.text.text()
    stock = next(one for one in paper_count.book(office, clerk).stocks if one.prefix == "S")
    assert (stock.opened, stock.used, stock.spoiled, stock.left) == (6, 1, 2, 3)
    assert screen.panels["paper"].stocks.rows()[0].spoiled == 2
    assert window.grab().save(str(tmp_path / "paper-blanks.png"))
    assert check_screen(window) == []


def test_the_ward_records_what_becomes_of_a_certificate(show: Show, submitted: Submitted, tmp_path: Path) -> None:
    office, _clerk, _one = submitted
    window, screen = show("40127")
    panel = screen.panels["life"]
    assert panel.counts.text() == "交付前 1枚 返戻 0枚 回収する 0枚(期限を過ぎた 0枚)"
    assert "seal" not in screen.panels
    press(Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
    write("Z")
    press(Qt.Key.Key_Return)
    settle()
    assert (panel.counts.text(), panel.table.rows()) == ("この番号で始まる証はありません。", ())
    assert window.grab().save(str(tmp_path / "life-none.png"))
    press(Qt.Key.Key_Backspace)
    write("s")
    press(Qt.Key.Key_Return)
    settle()
    assert panel.counts.text() == "1枚 見つかりました。"
    assert panel.table.hasFocus()
    assert not any(name in texts(window) for name in ("一郎", "花子"))
    press(Qt.Key.Key_Return)
    settle()
    dialog = dialog_of(window)
    typed("2", "")
    assert dialog.grab().save(str(tmp_path / "step.png"))
    press(Qt.Key.Key_Return, Control)
    settle()
    assert any(label.text().endswith("理由を番号で選んでください。") for label in dialog.findChildren(QLabel))
    typed("1", "", "", "", "R8.12.8")
    press(Qt.Key.Key_Return, Control)
    settle()
    assert any("再交付するか" in label.text() for label in dialog.findChildren(QLabel))
    write("1")
    assert dialog.grab().save(str(tmp_path / "reissue.png"))
    press(Qt.Key.Key_Return, Control)
    settle()
    (row,) = certificate_book.with_ward(office, as_person(office, "40127")).rows
    assert row.life is not None
    assert (row.life.what, row.life.due, row.reissue) == (Life.VOID, office.clock.today() + timedelta(14), "再交付 待ち")
    assert window.grab().save(str(tmp_path / "life.png"))
    assert check_screen(window) == []


def test_the_seal_by_keys(show: Show, submitted: Submitted, tmp_path: Path) -> None:
    office, _clerk, _one = submitted
    admin = as_person(office, "40100")
    folder = office.settings.business_folder / "seal"
    folder.mkdir()
    out = BytesIO()
    Image.new("RGBA", (400, 400), "#c8102e").save(out, "PNG")
    (folder / "koin.png").write_bytes(out.getvalue())
    window, _screen = show("40100")
    press(Qt.Key.Key_2)
    settle()
    assert check_screen(window) == []
    press(Qt.Key.Key_F3)
    settle()
    typed("1")
    write("R8.11.24")
    press(Qt.Key.Key_Return, Control)
    settle()
    (line,) = seal.book(office, admin).lines
    assert not line.withdrawn
    assert window.grab().save(str(tmp_path / "seal.png"))
    press(Qt.Key.Key_F4)
    settle()
    write("見本の廃止")
    press(Qt.Key.Key_Return, Control)
    settle()
    (line,) = seal.book(office, admin).lines
    assert line.withdrawn_reason == "見本の廃止"
    assert check_screen(window) == []


def test_a_printer_from_entry_to_acceptance_by_keys(show: Show, submitted: Submitted, tmp_path: Path) -> None:
    office, _clerk, _one = submitted
    window, _screen = show("40100")
    press(Qt.Key.Key_3)
    settle()
    assert check_screen(window) == []
    press(Qt.Key.Key_F3)
    settle()
    dialog = dialog_of(window)
    typed("証 1号機", "1", "1", "../x", "usb://Test/Card", "承諾 R8-12")
    settle()
    assert any("キューの名前を" in label.text() for label in dialog.findChildren(QLabel))
    write("card1")
    press(Qt.Key.Key_Return, Control)
    settle()
    (line,) = printers.listing(office, as_person(office, "40100"))
    assert (line.printer.name, line.printer.address, line.printer.ready) == ("証 1号機", "card1", False)
    put_away([window])
    window, _screen = show("k-ichiro")
    press(Qt.Key.Key_3)
    settle()
    press(Qt.Key.Key_F7)
    settle()
    typed("0.3", "-0.2", "100.10")
    settle()
    (line,) = printers.listing(office, as_person(office, "k-ichiro"))
    assert (line.printer.adjustment.dx, line.printer.adjustment.dy, line.printer.adjustment.scale) == (3, -2, 10_010)
    assert line.state == "応答なし"
    assert window.grab().save(str(tmp_path / "printers.png"))
    assert check_screen(window) == []
    put_away([window])
    window, _screen = show("k-hanako")
    press(Qt.Key.Key_3)
    settle()
    press(Qt.Key.Key_F8)
    settle()
    press(Qt.Key.Key_Return)
    settle()
    (line,) = printers.listing(office, as_person(office, "k-hanako"))
    assert line.printer.ready
