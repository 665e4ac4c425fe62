"""通信 in every state a supervisor may find it in; its pictures are saved where NHI_PICTURES says."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from nhi_center.domain.numbers import Kind
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import EnvironmentTrouble
from nhi_center.services import meeting, numbers
from nhi_center.services.office import Office
from nhi_center.services.work import begin
from nhi_center.storage import exchange, outbox, room
from nhi_center.storage import numbers as blocks
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.shell import MainWindow
from nhi_center.ui.sync import ENTRY
from nhi_center.ui.sync.panel import SyncPanel
from nhi_center.ui.sync.screen import SyncScreen
from tests.support.office import as_person, desk, premises
from tests.support.screens import press, put_away, settle, window_over
from tests.ui.pictures import check_screen

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
Opener = Callable[..., SyncPanel]


@pytest.fixture
def opened(desk: Room, glyphs: NamePainter) -> Iterator[Opener]:
    made: list[MainWindow] = []

    def make(person: str = "s-toko", picture: str = "") -> SyncPanel:
        window = window_over(desk[0], as_person(desk[0], person), glyphs, (ENTRY,))
        made.append(window)
        window.resize(1280, 720)
        window.open_screen("sync", {})
        settle()
        page = window.screen_named("sync")
        assert isinstance(page, SyncScreen)
        if picture and (folder := os.environ.get("NHI_PICTURES")):
            window.grab().save(str(Path(folder) / f"sync-{picture}.png"))
        assert check_screen(window) == []
        return page.panel

    yield make
    put_away(made)


def met(office: Office) -> None:
    """As after a first exchange."""
    today = office.clock.today()
    with office.store.write.begin() as connection:
        blocks.keep_place(connection, 1)
        for number, (kind, period) in enumerate(numbers._wanted(connection, today)):
            blocks.ask(connection, kind, period, 40)
            ask = next(one for one in blocks.open_asks(connection) if (one.kind, one.period) == (kind.value, period))
            blocks.keep(connection, ask.id, 1 + number * 40, 40)
        at = f"{office.clock.now():%Y-%m-%dT%H:%M:%S}+00:00"
        room.keep_contact(connection, at)
        room.keep_terminals(connection, [room.TerminalSeen("T04", 9, at), room.TerminalSeen("T05", 9, at)])


def empty(office: Office) -> None:
    with office.store.write.begin() as connection:
        outbox.acknowledge(connection, tuple(range(1, outbox.last_made(connection) + 1)))


def cautions(panel: SyncPanel) -> list[str]:
    names = [label.objectName() for label in panel.findChildren(QLabel) if label.objectName().startswith("caution_chip_")]
    return [name.removeprefix("caution_chip_") for name in names]


def set_aside(desk: Room) -> None:
    with begin(*desk, Action.HANDOVER) as unit:
        for _record in range(3):
            unit.record("application", {"application": "a-1"})
    with desk[0].store.write.begin() as connection:
        row = outbox.waiting(connection, 10)[-1]
        for _try in range(outbox.REFUSED_AFTER):
            outbox.refuse(connection, row.seq, "同じ番号の記録がすでにあります。")


def test_nothing_waits(desk: Room, opened: Opener) -> None:
    met(desk[0])
    empty(desk[0])
    with desk[0].store.write.begin() as connection:
        exchange.keep(connection, meeting.AGREED, "2026-11-20T17:31:05+09:00")
    panel = opened(picture="empty")
    assert panel.waiting.text() == "未送信 0件"
    assert panel.agreed.text() == "終業の突合 一致 11-20 17:31"
    assert panel.numbers.text().startswith("今日の番号の残り 管理票 40")
    assert cautions(panel) == []
    assert not panel.resume_button.isVisible()
    assert not panel.again_button.isVisible()


def test_rows_wait(desk: Room, opened: Opener) -> None:
    met(desk[0])
    panel = opened(picture="waiting")
    assert panel.waiting.text().startswith("未送信 3件(最古 ")


def test_what_is_set_aside_stands_with_its_reason_and_what_waits_behind_it(desk: Room, opened: Opener) -> None:
    met(desk[0])
    set_aside(desk)
    panel = opened(picture="refused")
    model = panel.refused.model()
    assert [model.index(0, at).data() for at in (1, 3, 4)] == ["届出・申請", "同じ番号の記録がすでにあります。", "2件"]
    assert panel.outcome.text() == "4番 同じ番号の記録がすでにあります。同じ案件の後の記録 2件も待っています。"
    assert panel.again_button.isVisible()
    panel.again_button.click()
    settle()
    with desk[0].store.read.begin() as connection:
        assert outbox.counts(connection)["refused"] == 0


def test_a_clerk_sees_it_and_repairs_nothing(desk: Room, opened: Opener) -> None:
    set_aside(desk)
    panel = opened("k-ichiro")
    assert len(panel.refused.rows()) == 1
    assert not panel.again_button.isVisible()


def test_no_contact_and_numbers_used_up(desk: Room, opened: Opener) -> None:
    office = desk[0]
    met(office)
    with begin(*desk, Action.HANDOVER) as unit:
        numbers.take(unit, Kind.SLIP, 42)
    for _try in range(3):
        meeting.failed(office, EnvironmentTrouble("LK-01", "届きません。"))
    panel = opened(picture="no-contact")
    assert cautions(panel) == ["numbers", "failing"]
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert panel.desk.office is office


def test_a_side_that_was_put_back_is_resumed_by_the_supervisor(desk: Room, opened: Opener) -> None:
    met(desk[0])
    with desk[0].store.write.begin() as connection:
        exchange.keep(connection, meeting.STOPPED, meeting.SEGMENT_BEHIND)
    panel = opened(picture="stopped")
    assert cautions(panel) == ["stopped"]
    assert panel.resume_button.isVisible()
    assert not opened("k-ichiro").resume_button.isVisible()
