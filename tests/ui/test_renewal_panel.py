"""一斉更新 by keys: extract, put a lot out, pull out and put back; the ward's page shows what the contractor's hides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nhi_center.domain.certificates import Group
from nhi_center.services import certificates, print_batches, renewal, renewal_book
from nhi_center.ui.book import ENTRIES
from nhi_center.ui.book.renewal_panel import RenewalPanel
from nhi_center.ui.book.renewal_ward_panel import RenewalWardPanel
from nhi_center.ui.book.screen import BookScreen, WardBookScreen
from nhi_center.ui.common.form_dialog import FormDialog
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.shell import MainWindow
from tests.services.test_print_batches import second_printer
from tests.services.test_renewal import DAY
from tests.support.office import as_person, desk, premises
from tests.support.print_room import silent
from tests.support.renewal import ward
from tests.support.screens import press, put_away, settle, type_keys, window_over
from tests.ui.pictures import check_screen
from tests.ui.test_book_screen import dialog_of, typed
from tests.ui.test_verification_screen import texts

__all__ = ["desk", "premises", "ward"]

Show = Callable[[str], tuple[MainWindow, RenewalPanel | RenewalWardPanel]]


@pytest.fixture
def show(qtbot: QtBot, ward: SimpleNamespace, glyphs: NamePainter) -> Iterator[Show]:
    windows = []

    def over(person: str) -> tuple[MainWindow, RenewalPanel | RenewalWardPanel]:
        window = window_over(ward.office, as_person(ward.office, person), glyphs, ENTRIES)
        windows.append(window)
        name = "ward_book" if person.isdecimal() else "book"
        window.open_screen(name, {"page": "renewal"})
        settle()
        screen = window.screen_named(name)
        assert isinstance(screen, (BookScreen, WardBookScreen))
        panel = screen.panels["renewal"]
        assert isinstance(panel, (RenewalPanel, RenewalWardPanel))
        return window, panel

    yield over
    put_away(windows)


def started(ward: SimpleNamespace) -> str:
    return renewal.start(ward.office, ward.boss, "R8-区-0012", (Group.UNDER_70, Group.FROM_70), DAY, silent).renewal


def test_extracted_by_keys(show: Show, ward: SimpleNamespace, tmp_path: Path, qtbot: QtBot) -> None:
    window, panel = show("s-toko")
    assert isinstance(panel, RenewalPanel)
    assert window.grab().save(str(tmp_path / "empty.png"))
    press(Qt.Key.Key_F3)
    typed("R8-区-0012", "3", "R8.12.1")
    settle()
    qtbot.waitUntil(lambda: bool(panel.lots.rows()), timeout=60_000)
    settle()
    view = renewal_book.listing(ward.office, ward.boss)[0]
    assert [lot.number for lot in panel.lots.rows()] == [*range(1, len(view.lots) + 1), 0]
    assert panel.lots.rows()[-1].sheets == view.left_out
    assert len(panel.people.rows()) == view.lots[0].sheets
    assert window.grab().save(str(tmp_path / "extracted.png"))
    assert check_screen(window) == []


def test_a_slip_stays_in_the_form(show: Show) -> None:
    window, panel = show("s-toko")
    press(Qt.Key.Key_F3)
    typed("R8-1", "1", "R7.1.1")
    settle()
    assert dialog_of(window).isVisible()
    assert "日先まで" in texts(window)
    press(Qt.Key.Key_Escape)
    assert isinstance(panel, RenewalPanel)
    assert panel.orders.rows() == ()


def test_a_lot_is_put_out_and_a_person_pulled_out_and_put_back(show: Show, ward: SimpleNamespace, tmp_path: Path) -> None:
    started(ward)
    window, panel = show("k-ichiro")
    assert isinstance(panel, RenewalPanel)
    assert panel.start_button.isHidden()
    first = panel.people.rows()[0]
    press(Qt.Key.Key_Return)  # from the lots to the people
    press(Qt.Key.Key_F7)
    typed("1")
    settle()
    assert not [form for form in window.findChildren(FormDialog) if form.isVisible()]
    assert first.atena not in {row.atena for row in panel.people.rows()}
    panel.lots.setFocus()
    panel.lots.select(0)
    press(Qt.Key.Key_F6)
    settle()
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    queued = certificates.queue(ward.office, ward.clerk).rows
    assert len(queued) == panel.lots.rows()[0].queued
    assert window.grab().save(str(tmp_path / "put_out.png"))
    assert check_screen(window) == []
    panel.lots.select(len(panel.lots.rows()) - 1)
    settle()
    at = [row.atena for row in panel.people.rows()].index(first.atena)
    panel.people.select(at)
    assert panel.people.rows()[at].standing == "引抜き"
    assert window.grab().save(str(tmp_path / "left_out.png"))
    press(Qt.Key.Key_F7)
    settle()
    assert not next(row for row in panel.people.rows() if row.atena == first.atena).pulled
    press(Qt.Key.Key_F4)
    settle()
    assert list(ward.office.settings.documents.glob("renewal-*-left-out.pdf"))


def test_the_ward_sees_whom_it_makes_out_itself(show: Show, ward: SimpleNamespace, tmp_path: Path) -> None:
    started(ward)
    window, panel = show("40127")
    assert isinstance(panel, RenewalWardPanel)
    hidden = {human.atena for human in ward.people if human.protected and human.insured_on(DAY)}
    shown = {row.atena for row in panel.people.rows()}
    assert hidden & shown
    assert window.grab().save(str(tmp_path / "ward.png"))
    assert check_screen(window) == []


@pytest.mark.parametrize(("keys", "printer"), [("2", "証 2号機"), ("", "証 1号機")], ids=["the second", "the usual one"])
def test_where_two_have_the_paper_a_lot_goes_to_the_chosen_one(
    show: Show, ward: SimpleNamespace, tmp_path: Path, keys: str, printer: str
) -> None:
    started(ward)
    second_printer(ward)
    window, panel = show("k-ichiro")
    assert isinstance(panel, RenewalPanel)
    panel.lots.setFocus()
    panel.lots.select(0)
    press(Qt.Key.Key_F6)
    settle()
    assert dialog_of(window).isVisible()
    assert window.grab().save(str(tmp_path / "asked.png"))
    assert dialog_of(window).grab().save(str(tmp_path / "form.png"))
    assert check_screen(dialog_of(window)) == []
    if keys:
        type_keys(keys)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    rows = print_batches.listing(ward.office, ward.clerk)
    assert {row.batch.prefix: row.printer for row in rows} == {"S": printer, "": "印刷先のフォルダー"}
    assert "「証等の出力」に並べました" in texts(window)
