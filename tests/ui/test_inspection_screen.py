"""点検・監査 and 通信 on the real store, by keys; and their pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from nhi_center.domain.operators import Session
from nhi_center.services import audit_log
from nhi_center.services.office import Office
from nhi_center.storage import outbox, room
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.inspection import ENTRY
from nhi_center.ui.inspection.log_panel import LogPanel
from nhi_center.ui.inspection.screen import InspectionScreen
from nhi_center.ui.shell import MainWindow
from nhi_center.ui.sync import ENTRY as SYNC
from nhi_center.ui.sync.screen import SyncScreen
from tests.support import papers
from tests.support.inline_runner import InlineRunner
from tests.support.office import as_person, desk, premises
from tests.support.screens import focused, press, put_away, settle, window_over
from tests.ui.pictures import check_screen

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
Opener = Callable[..., MainWindow]


@pytest.fixture
def opened(glyphs: NamePainter) -> Iterator[Opener]:
    made: list[MainWindow] = []

    def make(office: Office, person: str) -> MainWindow:
        made.append(window_over(office, as_person(office, person), glyphs, (ENTRY, SYNC)))
        return made[-1]

    yield make
    put_away(made)


def screen(window: MainWindow) -> InspectionScreen:
    found = window.screen_named("inspection")
    assert isinstance(found, InspectionScreen)
    return found


def log(window: MainWindow) -> LogPanel:
    panel = screen(window).panels["log"]
    assert isinstance(panel, LogPanel)
    return panel


def test_the_supervisor_goes_through_the_pages_by_figures(desk: Room, opened: Opener) -> None:
    window = opened(desk[0], "s-toko")
    assert focused().objectName() == "check_table"
    press(Qt.Key.Key_2)
    assert focused() is log(window).table
    press(Qt.Key.Key_3)
    assert focused().objectName() == "flag_table"
    press(Qt.Key.Key_4)
    assert focused().objectName() == "sync_now_button"
    press(Qt.Key.Key_1)
    assert focused().objectName() == "check_table"


def test_the_log_is_proved_and_copied_by_keys(desk: Room, opened: Opener) -> None:
    office = desk[0]
    papers.receive(*desk, F02=2)
    window = opened(office, "s-toko")
    runner = screen(window).desk.runner
    assert isinstance(runner, InlineRunner)
    asked = runner.lanes.count(Lane.LONG)  # the day close in front has asked the spooler
    press(Qt.Key.Key_2)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "異状なし" in log(window).state.text()
    assert "異状はありません" in window.message_bar.text.text()
    press(Qt.Key.Key_F4)
    assert "audit-T04-20261124.seg" in log(window).place.text()
    assert (office.settings.documents / "audit-T04-20261124.seg").is_file()
    assert runner.lanes.count(Lane.LONG) == asked + 2
    assert check_screen(window) == []


def test_lines_can_be_narrowed_and_turned_back(desk: Room, opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_log, "SHOWN", 5)
    papers.receive(*desk, F02=2)
    window = opened(desk[0], "s-toko")
    press(Qt.Key.Key_2)
    newest = log(window).table.rows()[0].seq
    press(Qt.Key.Key_F3)
    assert log(window).table.rows()[0].seq == newest - 5
    while log(window).table.rows()[-1].seq > 1:
        press(Qt.Key.Key_F3)
    press(Qt.Key.Key_F3)
    assert log(window).table.rows()[0].seq == newest
    log(window).filters[2].click()
    assert log(window).table.rows() == ()


def test_the_ward_reads_the_log_but_does_not_close_the_day(desk: Room, opened: Opener) -> None:
    window = opened(desk[0], "40127")
    assert list(screen(window).panels) == ["log", "review", "exchange", "self_check", "scanners", "terminals"]
    assert focused() is log(window).table
    assert check_screen(window) == []


def test_everybody_may_see_how_the_exchange_stands(desk: Room, opened: Opener) -> None:
    office = desk[0]
    with office.store.write.begin() as connection:
        row = outbox.waiting(connection, 1)[0]
        for _ in range(outbox.REFUSED_AFTER):
            outbox.refuse(connection, row.seq, "形が違います。")
    window = opened(office, "k-ichiro")
    assert window.open_screen("sync", {})
    settle()
    page = window.screen_named("sync")
    assert isinstance(page, SyncScreen)
    assert [row.reason for row in page.panel.refused.rows()] == ["形が違います。"]
    said = window.findChild(QLabel, "isolation_state")
    assert said is not None
    assert "システムの制限を受けずに動いています" in said.text()
    assert check_screen(window) == []


def test_a_segment_that_is_not_reached_is_said_and_nothing_is_lost(desk: Room, opened: Opener) -> None:
    window = opened(desk[0], "k-ichiro")
    window.open_screen("sync", {})
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert window.message_bar.kind == "error"
    assert "LK-" in window.message_bar.text.text()
    page = window.screen_named("sync")
    assert isinstance(page, SyncScreen)
    assert page.panel.waiting.text().startswith("未送信 4件"), "with what stands in this terminal's ledger"


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (1280, 720)])
def test_the_rooms_terminals_are_named_with_what_is_wrong(desk: Room, opened: Opener, width: int, height: int) -> None:
    office = desk[0]
    now = office.clock.now()
    fresh, stale = (f"{now - timedelta(hours=hours):%Y-%m-%dT%H:%M:%S}+00:00" for hours in (0, 30))
    with office.store.write.begin() as connection:
        room.keep_record(connection, "00000000-0000-0000-0000-000000000001", 90, "closure", "T05", "")
        room.keep_record(connection, "00000000-0000-0000-0000-000000000002", 91, "roster", "T05", "bad-signature")
        seen = (("T04", 91, fresh), ("T05", 91, fresh), ("T06", 89, fresh), ("T07", 91, stale), ("T08", 0, ""), ("T09", 91, ""))
        room.keep_terminals(connection, [room.TerminalSeen(*one) for one in seen])
        room.keep_contact(connection, stale)
    window = opened(office, "k-ichiro")
    window.resize(width, height)
    window.open_screen("sync", {})
    settle()
    page = window.screen_named("sync")
    assert isinstance(page, SyncScreen)
    table = page.panel.room
    model = table.model()
    states = {row.name: model.index(at, 2).data() for at, row in enumerate(table.rows())}
    assert list(states.items()) == [
        ("T08", "外した人 未伝達"),
        ("T06", "外した人 未伝達"),
        ("T07", "24時間以上 通信なし"),
        ("T09", "まだ通信なし"),
        ("T04", "通信あり"),
        ("T05", "通信あり"),
    ]
    assert page.panel.contact_chip.property("tone") == "error"
    assert page.panel.skipped_chip.text() == "● 受け取らなかった記録 1"
    assert check_screen(window) == []


@pytest.mark.parametrize("page", ["day_close", "log", "exchange"])
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (1280, 720)])
def test_the_pages_hold(desk: Room, opened: Opener, page: str, width: int, height: int) -> None:
    window = opened(desk[0], "s-toko")
    window.resize(width, height)
    window.open_screen("inspection", {"page": page})
    settle()
    assert check_screen(window) == []
