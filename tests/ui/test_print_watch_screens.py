"""What a real CUPS says, as clerk and supervisor see it: beside the sheet, in its history, and before the day is closed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.custody import Pieces
from nhi_center.domain.day_close import Way
from nhi_center.domain.print_batches import BatchState
from nhi_center.domain.print_jobs import JobState
from nhi_center.printing.ipp_jobs import JobState as Spooled
from nhi_center.services import cabinets, day_close, print_batches, printers
from nhi_center.services import certificate_printing as printing
from nhi_center.services.month_keys import ensure_month_key
from nhi_center.ui.common.dialogs import QuestionDialog
from nhi_center.ui.common.table import DataTable
from tests.services.test_day_close import lock_up
from tests.services.test_print_watch import waits
from tests.services.test_printers import Served, entered, served
from tests.support.cups import cups
from tests.support.desk_hands import DeskHands, Key
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.print_room import card, of_kind, room, silent
from tests.ui.pictures import looked_at
from tests.ui.test_certificates_screen import KEPT, Hands, close
from tests.ui.test_day_close_screen import ENTRY as DAY_CLOSE

__all__ = ["cups", "desk", "premises", "room", "served"]

SIZES = [(1366, 768), (1920, 1080)]


@pytest.fixture
def queue(served: Served) -> str:
    """A printer without paper, accepted."""
    office, _clerk, cups = served
    name = cups.queue("empty")
    printers.accept(office, as_person(office, "k-hanako"), entered(office, name))
    return name


@pytest.fixture
def hands(served: Served, queue: str, qtbot: QtBot) -> Iterator[Hands]:
    made = Hands(qtbot, served[:2])
    yield made
    close(made)


def print_card(hands: Hands, served: Served, queue: str) -> None:
    """By keys, until the printer has stopped and the page has asked."""
    rows = hands.screen.table.queue.rows
    hands.screen.table.select(next(place for place, row in enumerate(rows) if row.job.kind is Kind.ELIGIBILITY))
    hands.press(Key.Key_Space)
    hands.press(Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    cups = served[2]
    cups.job_when(cups.printer(queue), card(served[:2]).job.printer, waits)
    hands.screen.refresh()
    hands.settle()


def says(hands: Hands, name: str) -> str:
    label = hands.window.findChild(QLabel, name)
    return label.text() if label is not None and label.isVisible() else ""


@pytest.mark.parametrize("size", SIZES)
def test_the_word_of_the_spooler_stands_beside_the_sheet(hands: Hands, served: Served, queue: str, size: tuple[int, int]) -> None:
    hands.window.resize(*size)
    print_card(hands, served, queue)
    job = card(served[:2]).job
    assert hands.states().count(JobState.NEEDS_CHECK) == 1
    assert says(hands, "certificates_check_spooler") in (
        f"印刷サーバー {job.spooled}番: 順番待ち",
        f"印刷サーバー {job.spooled}番: 止まっている",
    )
    assert "用紙がありません" in says(hands, "certificates_check_error")
    assert hands.keep("spooler-trouble") == []
    hands.press(Key.Key_3)
    assert card(served[:2]).job.state is JobState.QUEUED
    assert "用紙がありません" in says(hands, "certificates_check_error"), "still readable while it waits again"
    assert says(hands, "certificates_check_spooler").endswith("取り消した")
    assert hands.keep("spooler-back") == []


def test_the_history_keeps_what_went_wrong_when_the_next_attempt_has_succeeded(hands: Hands, served: Served, queue: str) -> None:
    office, clerk, cups = served
    print_card(hands, served, queue)
    hands.press(Key.Key_3)
    cups.tool("lpadmin", "-p", queue, "-v", "nhitest:/ok")
    cups.tool("cupsenable", queue)
    office_, printer = as_person(office, "40100"), printers.listing(office, clerk)[0].printer
    printers.retire(office, office_, printer.id)
    printers.accept(
        office,
        as_person(office, "k-hanako"),
        printers.enter(office, office_, "S 1号機", "cups", queue, "nhitest:/ok", "承諾 R8-13", "S"),
    )
    printing.print_jobs(office, clerk, [card(served[:2]).job.id], silent)
    spooled = card(served[:2]).job.printer
    cups.job_when(cups.printer(queue), spooled, lambda job: job.state is Spooled.COMPLETED)
    hands.screen.refresh()
    hands.settle()
    hands.screen.table.go_to_next_check()
    assert says(hands, "certificates_check_spooler").endswith("装置に渡した")
    assert says(hands, "certificates_check_error") == ""
    hands.press(Key.Key_Return)
    (dialog,) = hands.window.findChildren(QuestionDialog)
    told = [label.text() for label in dialog.findChildren(QLabel)]
    assert any(text.startswith("● ") and "用紙がありません" in text and text.endswith("(PR-01)") for text in told)
    assert not any(text.startswith("いまの不具合") for text in told)
    QApplication.processEvents()
    if KEPT:
        dialog.grab().save(str(Path(KEPT) / "spooler-history.png"))
    dialog.close()


@pytest.mark.parametrize("size", SIZES)
def test_what_closing_the_day_cancels_stands_in_its_list_before(served: Served, queue: str, size: tuple[int, int]) -> None:
    office, clerk, cups = served
    printing.print_jobs(office, clerk, [card(served[:2]).job.id], silent)
    job = card(served[:2]).job
    cups.job_when(cups.printer(queue), job.printer, waits)
    print_batches.make(office, clerk, [of_kind(served[:2], Kind.LIMIT).job.id])
    batch = print_batches.listing(office, clerk)[0].batch
    print_batches.hold(office, clerk, batch.id, True)
    supervisor = as_person(office, "s-toko")
    cabinets.register(office, supervisor, "3", "窓側", "2")
    for line in day_close.check(office, supervisor).unsettled:
        if line.item.way in (Way.CARRY, Way.PUT_AWAY):
            day_close.carry_over(office, supervisor, line.item.kind, "明日の朝に続けます", "3")
    lock_up((office, supervisor), Pieces(4))
    day_close.carry_over(office, supervisor, "unsent", "区のサーバへは明日送ります", "")
    hands = DeskHands(ensure_month_key(office), as_person(office, "s-toko"), [DAY_CLOSE], size)
    table = hands.find("check_table", DataTable)
    (line,) = [line for line in table.rows() if line.item.kind == "print_left"]
    assert line.item.words == "終業で取り消す印刷 2枚"
    assert job.serial in line.item.told
    assert batch.title in line.item.told
    table.select(next(place for place, one in enumerate(table.rows()) if one.item.kind == "print_left"))
    assert "証はなくならず" in hands.text("carry_words")
    assert looked_at(hands.window, "day-close-cancels") == []
    hands.find("supervisor_password", QWidget).setFocus()
    hands.words(PASSWORDS["s-toko"])
    hands.go()
    assert "終わりました" in hands.text("day_close_state")
    assert cups.printer(queue).job(job.printer).state is Spooled.CANCELED
    assert card(served[:2]).job.spooler == "canceled"
    assert print_batches.listing(office, clerk)[0].batch.state is BatchState.CANCELLED
    closed = day_close.check(office, as_person(office, "s-toko"))
    (line,) = [line for line in closed.lines if line.item.kind == "print_left"]
    assert (line.item.count, job.serial in line.item.told, line.settled) == (2, True, True), "signed as it was shown"
    assert looked_at(hands.window, "day-close-cancelled") == []
    hands.close()
