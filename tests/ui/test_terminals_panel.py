"""端末の状態 in the window: nobody yet, all well, and some of them red."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from nhi_center import __version__
from nhi_center.domain.operators import Session
from nhi_center.gateway.database import connect, local_today
from nhi_center.link.wire_state import TerminalState
from nhi_center.services.office import Office
from nhi_center.ui.common.parts import Chip
from nhi_center.ui.common.table import DataTable
from nhi_center.ui.inspection import ENTRY
from tests.support.desk_hands import DeskHands, Key
from tests.support.office import as_person
from tests.support.postgres import RunningGateway, gateway, postgres
from tests.support.terminals import close_terminal, open_terminal
from tests.ui.pictures import check_screen

__all__ = ["gateway", "postgres"]

KEPT = os.environ.get("NHI_PICTURES", "")


@pytest.fixture
def desk(gateway: RunningGateway, tmp_path: Path) -> Iterator[tuple[Office, Session]]:
    office, session = open_terminal(gateway, tmp_path, "40100")
    yield office, session
    close_terminal(office)


def fits(hands: DeskHands, name: str) -> list[str]:
    wrong = []
    for size in ((1366, 768), (1280, 720)):
        hands.window.resize(*size)
        QApplication.processEvents()
        if KEPT:
            hands.window.grab().save(str(Path(KEPT) / f"{name}-{size[0]}.png"))
        wrong += [f"{name} {size}: {problem}" for problem in check_screen(hands.window)]
    return wrong


def told(gateway: RunningGateway, folder: Path, name: str, old_days: int, refused: int) -> None:
    with connect(gateway.dsn) as connection:
        today = local_today(connection)
    terminal = gateway.enrol(folder / name, name)
    with terminal.link() as link:
        link.changes(0, 1)
        version = __version__ if old_days < 30 else "0.0.9"
        day = today - timedelta(days=old_days)
        link.tell_state(TerminalState(version, "debian 12", day, None if old_days < 30 else day, 3 * refused, refused))


def test_none_all_well_and_red(desk: tuple[Office, Session], gateway: RunningGateway, tmp_path: Path) -> None:
    office, admin = desk
    hands = DeskHands(office, admin, [ENTRY])
    try:
        gateway.scalar("UPDATE terminal SET revoked_at = now() WHERE terminal <> %s RETURNING 1", office.terminal)
        watched = gateway.enrol(tmp_path / "watched", "T99")
        gateway.scalar("UPDATE terminal SET revoked_at = now() WHERE terminal = %s RETURNING 1", office.terminal)
        link = watched.link()
        office.premises.link.close()
        object.__setattr__(office, "premises", replace(office.premises, link=link))
        hands.window.open_screen("inspection", {"page": "terminals"})
        table = hands.find("terminals_table", DataTable)
        assert [(row.terminal, row.red) for row in table.rows()] == [("T99", ("連絡がない",))]
        assert fits(hands, "terminals-never") == []
        for number in range(1, 5):
            told(gateway, tmp_path, f"T0{number}", 3, 0)
        gateway.scalar("UPDATE terminal SET revoked_at = now() WHERE terminal = 'T99' RETURNING 1")
        other = gateway.enrol(tmp_path / "again", "T05")
        with other.link() as own:
            own.changes(0, 1)
        object.__setattr__(office, "premises", replace(office.premises, link=other.link()))
        link.close()
        hands.press(Key.Key_F3)
        assert [row.red for row in table.rows()] == [()] * 5
        assert hands.find("terminals_chip", Chip).text().endswith("すべて正常")
        assert fits(hands, "terminals-well") == []
        told(gateway, tmp_path, "T06", 40, 0)
        told(gateway, tmp_path, "T07", 60, 2)
        hands.press(Key.Key_F3)
        assert [row.terminal for row in table.rows()][:2] == ["T06", "T07"]
        assert hands.find("terminals_chip", Chip).text().endswith("確認が要る端末 2")
        assert fits(hands, "terminals-red") == []
        gateway.stop()
        hands.press(Key.Key_F3)
        assert [row.terminal for row in table.rows()][:2] == ["T06", "T07"], "what was seen stays, and the bar says why"
        assert fits(hands, "terminals-unreached") == []
    finally:
        if gateway.process is None:
            gateway.start()
        hands.close()


def test_the_contractor_has_no_such_page(desk: tuple[Office, Session]) -> None:
    hands = DeskHands(desk[0], as_person(desk[0], "s-toko"), [ENTRY])
    try:
        hands.window.open_screen("inspection", {})
        assert hands.window.findChild(DataTable, "terminals_table") is None
    finally:
        hands.close()
