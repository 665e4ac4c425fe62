"""The lock at the whole workstation: what it keeps, what it lets go on, what another person sees, what the log says."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from nhi_center.domain.locking import LockReason
from nhi_center.domain.print_jobs import JobState
from nhi_center.gateway import enrolment
from nhi_center.gateway.database import connect, present_time
from nhi_center.link.client import GatewayLink
from nhi_center.printing.spool import PrintOutcome, SpoolPrinter
from nhi_center.services import certificates
from nhi_center.services.entry_list import waiting
from nhi_center.services.office import Office, Premises
from nhi_center.services.presence import check_in
from nhi_center.settings import to_toml
from nhi_center.ui.calls.panel import CallPanel
from nhi_center.ui.certificates.screen import CertificatesScreen
from nhi_center.ui.entry.screen import EntryScreen
from tests.support.entry import bring_in, fill_register
from tests.support.office import PASSWORDS, desk, enter, premises, signed_in
from tests.support.office import room as furnished_room
from tests.support.postgres import PASSPHRASE, RunningGateway, gateway, postgres, utc_now
from tests.support.print_room import Room, room, with_printer
from tests.support.station import StationHands, at_the_station, log_of
from tests.ui.entry_room import stored

__all__ = ["desk", "gateway", "postgres", "premises", "room"]

Key, Mod = Qt.Key, Qt.KeyboardModifier
OWN = PASSWORDS["k-ichiro"]
CAUSE = "見本の途中の"


@pytest.fixture
def hands(premises: Premises, qtbot: QtBot) -> Iterator[StationHands]:
    """The workstation, with 一郎, 花子 and 統子 in the room and two slips in the tray."""
    furnish(premises)
    with at_the_station(qtbot, premises) as made:
        yield made


def furnish(premises: Premises) -> None:
    """Nothing of the store stays in memory with whoever asks for this."""
    enter(premises, "k-ichiro", "k-hanako", "s-toko")
    office, session = signed_in(premises, "k-ichiro")
    fill_register(office)
    bring_in(office, session, F02=(2, 4))
    office.store.close()


def entry_screen(hands: StationHands) -> EntryScreen:
    screen = hands.window.screen_named("entry")
    assert isinstance(screen, EntryScreen)
    return screen


def half_keyed(hands: StationHands) -> QLineEdit:
    """一郎 stands in the middle of a field that he has not finished."""
    hands.sign_in("k-ichiro")
    hands.window.open_screen("entry", {})
    hands.settle()
    hands.press(Key.Key_Return)
    hands.until(lambda: entry_screen(hands).wizard is not None)
    hands.settle()
    wizard = entry_screen(hands).wizard
    assert wizard is not None
    wizard.jump("filed_on")
    line = hands.at
    assert isinstance(line, QLineEdit)
    line.clear()
    hands.type("R8.1")
    line.setSelection(1, 2)
    return line


def everything_shown() -> str:
    """Every word in every widget, hidden or not."""
    words: list[str] = []
    for widget in QApplication.allWidgets():
        if isinstance(widget, QPlainTextEdit | QTextEdit):
            words.append(widget.toPlainText())
        for name in ("text", "title", "windowTitle", "accessibleName", "toolTip"):
            asked = getattr(widget, name, None)
            words.append(str(asked()) if callable(asked) else "")
    return "\n".join(words)


# -- the same person --


def test_the_same_person_stands_at_the_same_letter(hands: StationHands) -> None:
    line = half_keyed(hands)
    hands.press(Key.Key_F12)
    assert hands.window.is_locked
    assert not line.isVisible()
    hands.unlock(OWN)
    assert not hands.window.is_locked
    assert hands.at is line
    assert (line.text(), line.selectedText(), line.cursorPosition()) == ("R8.1", "8.", 3)


def test_the_half_keyed_field_is_in_the_store_while_the_screen_is_locked(hands: StationHands) -> None:
    half_keyed(hands)
    wizard = entry_screen(hands).wizard
    assert wizard is not None
    hands.press(Key.Key_F12)
    draft = stored(hands.office, wizard.flow.entry.slip).draft
    assert (draft.typed["filed_on"], draft.field) == ("R8.1", "filed_on")


def test_a_lock_without_the_keyboard_keeps_it_too(hands: StationHands) -> None:
    """The system locks: another window has the keyboard by then, and no field of ours is left."""
    line = half_keyed(hands)
    other = QWidget()
    other.show()
    other.activateWindow()
    hands.until(lambda: QApplication.activeWindow() is other)
    hands.station.lock_desk.lock(LockReason.OS_LOCK)
    hands.settle()
    wizard = entry_screen(hands).wizard
    assert wizard is not None
    assert stored(hands.office, wizard.flow.entry.slip).draft.typed["filed_on"] == "R8.1"
    other.close()
    other.deleteLater()
    hands.window.activateWindow()
    hands.until(lambda: QApplication.activeWindow() is hands.window)  # nobody types a password into a window behind another
    hands.unlock(OWN)
    assert hands.window.focusWidget() is line
    assert line.selectedText() == "8."


def test_nothing_is_judged_because_of_a_lock(hands: StationHands) -> None:
    """The half-typed value is no mistake of the person's."""
    half_keyed(hands)
    wizard = entry_screen(hands).wizard
    assert wizard is not None
    field = wizard.pages.fields["filed_on"].widget
    hands.press(Key.Key_F12)
    assert field.problem == ""


def test_a_kill_while_locked_loses_nothing(premises: Premises) -> None:
    furnish(premises)
    folder = premises.settings.business_folder
    (folder / "terminal.toml").write_text(to_toml(premises.settings), encoding="utf-8")
    command = [sys.executable, "-m", "tests.support.killed_locked", str(folder), "R8.11.244"]
    done = subprocess.run(command, check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    office, session = signed_in(premises, "k-ichiro")
    (row,) = [row for row in waiting(office, session) if row.mine]
    draft = stored(office, row.slip).draft
    assert (draft.typed["filed_on"], draft.field) == ("R8.11.244", "filed_on")
    assert log_of(office, "lock")[-1]["facts"]["step"] == "idle"
    office.store.close()
    written = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    assert b"R8.11.244" not in written, "what is kept is kept encrypted"


# -- another person --


def test_another_person_sees_nothing_and_the_draft_waits(hands: StationHands) -> None:
    line = half_keyed(hands)
    wizard = entry_screen(hands).wizard
    assert wizard is not None
    slip, title = wizard.flow.entry.slip, wizard.flow.form.title
    assert title in everything_shown()
    line.setText(CAUSE)
    hands.press(Key.Key_F12)
    page = hands.window.lock_page
    visible = "\n".join(one.text() for one in page.findChildren(QLineEdit) if one.isVisible())
    assert visible == ""
    QTest.mouseClick(page.other_button, Qt.MouseButton.LeftButton)
    QTest.keyClicks(page.id_field.editor, "k-hanako")
    QTest.keyClicks(page.password_field.line, PASSWORDS["k-hanako"])
    QTest.keyClick(page.password_field.line, Key.Key_Return)
    hands.until(hands.station.sign_in.isVisible)
    QApplication.sendPostedEvents(None, 0)
    QApplication.processEvents()
    gc.collect()
    seen = everything_shown()
    assert CAUSE not in seen
    assert title not in seen
    assert "見本 一郎" not in seen
    hands.sign_in("k-hanako")
    assert CAUSE not in everything_shown()
    ended = log_of(hands.office, "unlock")[-1]
    assert (ended["actor"], ended["facts"]) == ("k-ichiro", {"step": "ended", "ended_by": "k-hanako"})
    hands.sign_out()
    hands.sign_in("k-ichiro")
    assert stored(hands.office, slip).draft.field == "filed_on"


def test_a_stranger_ends_nothing(hands: StationHands) -> None:
    half_keyed(hands)
    hands.press(Key.Key_F12)
    page = hands.window.lock_page
    QTest.mouseClick(page.other_button, Qt.MouseButton.LeftButton)
    QTest.keyClicks(page.id_field.editor, "k-hanako")
    QTest.keyClicks(page.password_field.line, "wrong")
    QTest.keyClick(page.password_field.line, Key.Key_Return)
    hands.settle()
    assert hands.window.is_locked
    assert page.password_field.problem
    assert page.password_field.value() == ""
    assert [entry["subject"] for entry in log_of(hands.office, "wrong_password")] == ["k-hanako"]


# -- the log --


def test_every_lock_and_unlocking_is_in_the_log(hands: StationHands) -> None:
    hands.sign_in("k-ichiro")
    hands.press(Key.Key_F12)
    hands.unlock(OWN)
    for reason in (LockReason.OS_LOCK, LockReason.SLEEP, LockReason.USER_SWITCH):
        hands.station.lock_desk.lock(reason)
        hands.settle()
        hands.unlock(OWN)
    hands.window.idle._run_out()
    hands.settle()
    hands.unlock("wrong")  # last, because the gate makes who has failed wait
    assert hands.window.is_locked
    found = log_of(hands.office, "lock", "unlock", "wrong_password")
    steps = [entry["facts"].get("step", entry["action"]) for entry in found]
    assert steps == ["by_hand", *_unlocked("os_lock", "sleep", "user_switch", "idle"), "wrong_password"]
    assert {entry["subject"] for entry in found} == {hands.session.id, "k-ichiro"}


def _unlocked(*reasons: str) -> list[str]:
    return [step for reason in reasons for step in ("unlock", reason)]


def test_a_lock_that_comes_during_the_unlocking_wins(hands: StationHands) -> None:
    hands.sign_in("k-ichiro")
    hands.press(Key.Key_F12)
    QTest.keyClicks(hands.window.lock_page.password_field.line, OWN)
    QTest.keyClick(hands.window.lock_page.password_field.line, Key.Key_Return)
    hands.station.lock_desk.lock(LockReason.SLEEP)
    hands.settle()
    assert hands.window.is_locked
    assert log_of(hands.office, "lock", "unlock")[-1]["facts"]["step"] == "sleep"
    hands.unlock(OWN)
    assert not hands.window.is_locked


def test_a_call_puts_the_lock_off_and_the_log_says_so(hands: StationHands) -> None:
    hands.sign_in("k-ichiro")
    hands.press(Key.Key_F5)
    panel = hands.window.screen_named("call")
    assert isinstance(panel, CallPanel)
    assert ("F4", "ロック延長") in hands.window.key_bar.shown
    hands.press(Key.Key_F4)
    hands.press(Key.Key_F4)
    assert hands.window.idle.seconds_left() == pytest.approx(600, abs=30)
    found = log_of(hands.office, "extend_lock")
    assert [(entry["subject"], entry["facts"]) for entry in found] == [(panel.call_in_progress(), {"seconds": 300})] * 2
    hands.press(Key.Key_F3)
    hands.window.idle._on_tick()
    assert hands.window.idle.seconds_left() <= 300
    hands.window.extend_lock(found[0]["subject"])
    hands.settle()
    assert len(log_of(hands.office, "extend_lock")) == 2, "that call is over"
    assert "通話中だけ" in hands.window.message_bar.text.text()


# -- what goes on --


class HeldPrinter(SpoolPrinter):
    """Takes each sheet only when it may."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.has_one, self.may = threading.Event(), threading.Event()

    def send(self, job_id: str, pdf: Path, copies: int, *, serial: str = "") -> PrintOutcome:
        self.has_one.set()
        assert self.may.wait(20)
        return super().send(job_id, pdf, copies, serial=serial)


def print_all(hands: StationHands, room: Room, office: Office, printer: HeldPrinter) -> None:
    """Signed in, with every certificate on its way: the first sheet is at the printer."""
    hands.take_over(office, room[1])
    hands.window.open_screen("certificates", {})
    hands.settle()
    screen = hands.window.screen_named("certificates")
    assert isinstance(screen, CertificatesScreen)
    screen.table.choose_all()
    screen.print_button.click()
    hands.until(printer.has_one.is_set)


def test_a_lock_stops_no_running_batch(room: Room, qtbot: QtBot) -> None:
    printer = HeldPrinter(room[0].settings.spool)
    office = with_printer(room[0], printer)
    with at_the_station(qtbot, office.premises) as hands:
        print_all(hands, room, office, printer)
        hands.window.lock(LockReason.IDLE)
        printer.may.set()
        hands.settle()
        assert hands.window.is_locked
        states = [row.job.state for row in certificates.queue(*room).rows]
        assert states == [JobState.NEEDS_CHECK] * 2
        assert QApplication.activeModalWidget() is None
        hands.unlock(OWN)
        assert "2枚を印刷しました" in hands.window.message_bar.text.text()


def test_signing_out_waits_for_the_batch_behind_a_lock(room: Room, qtbot: QtBot) -> None:
    """別の人が使う: the sheets that have begun come out first."""
    printer = HeldPrinter(room[0].settings.spool)
    office = with_printer(room[0], printer)
    with at_the_station(qtbot, office.premises) as hands:
        print_all(hands, room, office, printer)
        hands.window.lock()
        hands.window.sign_out_requested.emit("k-hanako", PASSWORDS["k-hanako"])
        hands.until(lambda: hands.station._leaving)
        assert hands.station.office is not None
        printer.may.set()
        hands.until(hands.station.sign_in.isVisible)
    assert len(list(office.settings.spool.glob("*.pdf"))) == 2


def test_the_exchange_goes_on_behind_the_lock(gateway: RunningGateway, tmp_path: Path, qtbot: QtBot) -> None:
    premises = enrolled(gateway, tmp_path)
    with at_the_station(qtbot, premises) as hands:
        hands.sign_in("40127")
        hands.window.lock()
        hands.settle()
        at_the_lock = log_of(hands.office)[-1]["seq"]
        check_in(hands.office, hands.session, "k-ichiro", "01")
        with qtbot.waitSignal(hands.station.synced, timeout=20_000) as done:
            hands.station.sync()
        hands.settle()
        assert hands.window.is_locked
        assert done.args[0].sent >= 1
        assert [one["seq"] for one in log_of(hands.office, "sync") if one["seq"] > at_the_lock]


def enrolled(gateway: RunningGateway, tmp_path: Path) -> Premises:
    """A terminal that the running gateway knows."""
    made = furnished_room(tmp_path / "business", gateway.port, f"T{uuid4().hex[:8].upper()}")
    name, tls = made.settings.terminal, tmp_path / "tls"
    with connect(gateway.dsn) as connection:
        public = bytes.fromhex(made.terminal.public)
        identity = enrolment.enrol(gateway.folder, connection, name, public, PASSPHRASE, present_time(connection))
    enrolment.write_identity(identity, name, gateway.folder, tls)
    trust = replace(made.trust, gateway=(tls / "gateway-signing.pub").read_text(encoding="ascii").strip())
    return replace(made, link=GatewayLink(gateway.link_settings(tls, name), utc_now), trust=trust)
