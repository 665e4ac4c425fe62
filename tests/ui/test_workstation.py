"""The whole workstation over a real room: the second person at its door, a key changed on the way in, a person shut out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nhi_center.app import workstation
from nhi_center.domain.exchange import EVERY_MS, LONGEST_MS, SEEN_AFTER
from nhi_center.keys.account_book import Closure
from nhi_center.keys.accounts import unlock
from nhi_center.services.accounts import close_account
from nhi_center.services.office import Premises
from nhi_center.services.session import sign_out
from nhi_center.services.sync import SyncSummary
from nhi_center.ui.workstation import Workstation
from tests.support.office import PASSWORDS, enter, premises, signed_in
from tests.ui.gallery import dressed_application

__all__ = ["premises"]

PATIENCE_MS = 60_000


@pytest.fixture
def station(premises: Premises, qtbot: QtBot) -> Iterator[Workstation]:
    dressed_application()
    enter(premises, "k-ichiro")
    made = workstation(QApplication.instance(), premises)  # type: ignore[arg-type]
    made.show()
    qtbot.waitUntil(lambda: made.sign_in.is_ready, timeout=PATIENCE_MS)
    yield made
    made.close()
    for window in (made.sign_in, made.window):
        window.close()
        window.deleteLater()


def come_in(station: Workstation, qtbot: QtBot, person: str) -> None:
    with qtbot.waitSignal(station.signed_in, timeout=PATIENCE_MS):
        station.sign_in.submitted.emit(person, PASSWORDS[person])


def test_the_second_person_and_a_changed_key(station: Workstation, premises: Premises, qtbot: QtBot) -> None:
    office, session = signed_in(premises, "40127")
    close_account(office, session, "k-hanako", suspicion=True, password=PASSWORDS["40127"])
    before = office.contents.store_keys
    sign_out(office, session)
    premises.slots.remove("k-ichiro")
    door = station.sign_in
    door.id_field.set_value("k-ichiro")
    door.password_field.set_value(PASSWORDS["k-ichiro"])
    door._submit()
    qtbot.waitUntil(lambda: door.voucher.is_open, timeout=PATIENCE_MS)
    door.voucher.id_field.set_value("k-hanako")
    door.voucher.password_field.set_value(PASSWORDS["k-hanako"])
    door._submit()
    qtbot.waitUntil(lambda: bool(door.voucher.password_field.problem), timeout=PATIENCE_MS)
    door.voucher.id_field.set_value("s-toko")
    door.voucher.password_field.set_value(PASSWORDS["s-toko"])
    with qtbot.waitSignal(station.signed_in, timeout=PATIENCE_MS):
        door._submit()
    assert station.session is not None
    assert station.session.person == "k-ichiro"
    assert station.office is not None
    assert station.office.contents.store_keys != before
    assert not door.voucher.is_open
    with qtbot.waitSignal(station.signed_out, timeout=PATIENCE_MS):
        station.leave()


def test_who_is_shut_out_at_another_terminal_is_out_of_this_one_too(
    station: Workstation, premises: Premises, qtbot: QtBot
) -> None:
    come_in(station, qtbot, "40127")
    signing = unlock(premises.accounts.find("40128"), PASSWORDS["40128"]).signing
    premises.accounts.close(Closure("40127", "40128", "2026-11-24T00:00:00+00:00", False).signed(signing))
    with qtbot.waitSignal(station.signed_out, timeout=PATIENCE_MS):
        station._on_synced(SyncSummary(0, 0, 1, 1))
    assert station.session is None
    assert station.sign_in.isVisible()


def test_the_third_failure_in_a_row_is_said_once_and_the_next_tries_come_further_apart(
    station: Workstation, qtbot: QtBot
) -> None:
    said: list[str] = []
    come_in(station, qtbot, "k-ichiro")
    station.window.say = lambda kind, text: said.append(text)  # type: ignore[method-assign]
    for tried in range(2, 6):
        qtbot.waitUntil(lambda: station._exchange is None or not station._exchange.active, timeout=PATIENCE_MS)
        with qtbot.waitSignal(station.sync_failed, timeout=PATIENCE_MS):
            station.sync()
        assert station._failures == tried
        assert sum("続けてできていません" in text for text in said) == (tried >= SEEN_AFTER)
    assert station._sync_timer.interval() > LONGEST_MS / 4
    assert "3回" in next(text for text in said if "続けて" in text)
    with qtbot.waitSignal(station.synced, timeout=PATIENCE_MS):
        station._on_synced(SyncSummary(0, 0, 0, 0))
    assert station._sync_timer.interval() == EVERY_MS
    with qtbot.waitSignal(station.signed_out, timeout=PATIENCE_MS):
        station.leave()
