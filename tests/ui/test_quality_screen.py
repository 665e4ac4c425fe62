"""精度, worked by keys: figures by form and person, and the table of shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from nhi_center.domain.keying import Tally
from nhi_center.domain.locking import LockReason
from nhi_center.domain.operators import Session
from nhi_center.domain.working_hours import Job
from nhi_center.services import sampling, screen_lock, verification
from nhi_center.services.office import Office
from nhi_center.ui.common.form_dialog import FormDialog
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.quality import ENTRY
from nhi_center.ui.quality.figures_panel import FormsPanel, PeoplePanel
from nhi_center.ui.quality.screen import QualityScreen
from nhi_center.ui.shell import MainWindow
from nhi_center.ui.working_hours.panel import HoursPanel
from tests.services.test_verification import PAPER, entered, key_all
from tests.support.office import advance, as_person, desk, premises
from tests.support.screens import press, put_away, settle, window_over
from tests.ui.entry_room import write
from tests.ui.pictures import check_screen
from tests.ui.test_verification_screen import texts

__all__ = ["desk", "entered", "premises"]

Control = Qt.KeyboardModifier.ControlModifier
Show = Callable[[str], tuple[MainWindow, QualityScreen]]


@pytest.fixture
def show(qtbot: QtBot, entered: tuple[Office, Session, str], glyphs: NamePainter) -> Iterator[Show]:
    """一郎 has keyed one paper, 花子 verifies it, one field of hers wrong."""
    office, hanako, application = entered
    verification.open_verification(office, hanako, application)
    verification.key_field(office, hanako, application, "kana", "カツラギ ミホロ", Tally(3700, 400, 4200, 31))
    verification.key_field(office, hanako, application, "kana", PAPER["kana"], Tally(3700, 400, 4205, 31))
    key_all(office, hanako, application, birth="3450321")
    verification.finish(office, hanako, application)
    windows = []

    def over(person: str) -> tuple[MainWindow, QualityScreen]:
        window = window_over(office, as_person(office, person), glyphs, (ENTRY,))
        windows.append(window)
        window.open_screen("quality", {})
        settle()
        screen = window.screen_named("quality")
        assert isinstance(screen, QualityScreen)
        return window, screen

    yield over
    put_away(windows)


def test_figures_by_form_and_field_for_everybody_of_the_company(show: Show, tmp_path: Path) -> None:
    window, screen = show("k-hanako")
    panel = screen.panels["forms"]
    assert isinstance(panel, FormsPanel)
    (row,) = panel.forms.rows()
    assert row.title.startswith("F02")
    assert panel.fields.rows()[0].counts.field == "kana"
    assert panel.fields.rows()[0].counts.verifier_wrong == 1
    assert "令和8年11月分" in texts(window)
    assert window.grab().save(str(tmp_path / "forms.png"))
    assert check_screen(window) == []
    press(Qt.Key.Key_F3)
    settle()
    assert panel.month_chip.text() == "令和8年11月分"  # there is no month before


def test_a_clerk_finds_himself_alone_and_no_shares(show: Show) -> None:
    window, screen = show("k-hanako")
    press(Qt.Key.Key_2)
    settle()
    panel = screen.panels["people"]
    assert isinstance(panel, PeoplePanel)
    assert [row.title for row in panel.people.rows()] == ["見本 花子"]
    (sitting,) = panel.sittings.rows()
    assert (sitting.keying.keystrokes, sitting.keying.cases, sitting.keying.verifier_wrong) == (4205, 1, 1)
    shown = [str(panel.sittings.model().index(0, column).data()) for column in range(13)]
    assert shown == ["見本 花子", "照合", *shown[2:4], "1:02", "7分", "1", "1", "4,205", "31", "0", "1", shown[12]]
    assert "rates" not in screen.panels
    assert check_screen(window) == []


def test_the_supervisor_sees_all_and_sets_a_share(show: Show, entered: tuple[Office, Session, str], tmp_path: Path) -> None:
    office = entered[0]
    window, screen = show("s-toko")
    press(Qt.Key.Key_2)
    settle()
    assert [row.title for row in screen.panels["people"].people.rows()] == ["見本 花子", "見本 一郎"]
    press(Qt.Key.Key_3)
    settle()
    assert screen.panels["rates"].table.rows() == ()
    assert check_screen(window) == []
    press(Qt.Key.Key_F3)
    settle()
    dialog = window.findChild(FormDialog)
    assert isinstance(dialog, FormDialog)
    write("02")
    press(Qt.Key.Key_Return)
    write("1")
    press(Qt.Key.Key_Return)
    write("5")
    press(Qt.Key.Key_Return)
    write("R8.11.25")
    press(Qt.Key.Key_Return)
    write("誤りが少ないため")
    press(Qt.Key.Key_Return)
    settle()
    said = [label.text() for label in dialog.findChildren(QLabel)]
    assert any("10から100" in text for text in said)
    assert dialog.grab().save(str(tmp_path / "dialog.png"))
    write("50")
    press(Qt.Key.Key_Return, Control)
    settle()
    (line,) = sampling.table(office, as_person(office, "s-toko")).lines
    assert (line.rate.form, line.rate.percent, line.state) == ("F02", 50, "これから")
    assert line.rate.from_day == date(2026, 11, 25)
    assert line.rate.person in ("k-ichiro", "k-hanako")
    assert "照合の割合を決めました" in texts(window)
    assert window.grab().save(str(tmp_path / "rates.png"))
    assert check_screen(window) == []


def test_the_supervisor_corrects_hours_and_plans_the_year(
    show: Show, entered: tuple[Office, Session, str], tmp_path: Path
) -> None:
    office = entered[0]
    clerk = as_person(office, "k-ichiro")
    advance(office.premises, minutes=95)
    screen_lock.lock(office, clerk, LockReason.KEY)
    window, screen = show("s-toko")
    press(Qt.Key.Key_4)
    settle()
    panel = screen.panels["hours"]
    assert isinstance(panel, HoursPanel)
    assert [row.name for row in panel.people.rows()] == ["見本 花子", "見本 一郎", "見本 統子"]
    press(Qt.Key.Key_F6)
    settle()
    form = window.findChild(FormDialog)
    assert isinstance(form, FormDialog)
    assert check_screen(form) == []
    assert form.grab().save(str(tmp_path / "correction.png"))
    for typed in ("2", "R8.11.24", "4", "1", "30", "電話機だけで受けた"):
        write(typed)
        press(Qt.Key.Key_Return)
    settle()
    (row,) = panel.corrections.rows()
    assert (row.job, row.seconds, row.reason) == (Job.CALLS, 1800, "電話機だけで受けた")
    press(Qt.Key.Key_F7)
    settle()
    dialog = window.findChild(FormDialog)
    assert isinstance(dialog, FormDialog)
    assert dialog.grab().save(str(tmp_path / "plan.png"))
    for typed in ("2", "200", "80", "60", "120", "20"):
        write(typed)
        press(Qt.Key.Key_Return)
    settle()
    assert [row.plan for row in panel.months.rows()] == [0] * 7 + [480] * 5
    assert "計画 2,400時間" in panel.year_words.text()
    assert "業務の時間の計画を決めました" in texts(window)
    assert window.grab().save(str(tmp_path / "hours.png"))
    assert check_screen(window) == []
    window.resize(1280, 720)
    settle()
    assert check_screen(window) == []
    assert window.grab().save(str(tmp_path / "hours-1280.png"))


def test_a_clerk_finds_his_own_hours_and_cannot_correct_them(show: Show) -> None:
    window, screen = show("k-hanako")
    press(Qt.Key.Key_3)
    settle()
    panel = screen.panels["hours"]
    assert [row.name for row in panel.people.rows()] == ["見本 花子"]
    assert tuple(hint.key for hint in HoursPanel.keys(panel)) == ("F3", "F4")
    press(Qt.Key.Key_F6)
    settle()
    assert window.findChild(FormDialog) is None
    assert check_screen(window) == []
