"""ログ点検 by keys: the flags of real acts, remarks, the signed sheet, looking up; and how it looks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from PySide6.QtCore import Qt

from nhi_center.domain.log_review import JST
from nhi_center.domain.operators import Session
from nhi_center.services import log_review, register
from nhi_center.services.office import Office
from nhi_center.services.work import log_refusal
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.inspection import ENTRY
from nhi_center.ui.inspection.review_panel import ReviewPanel
from nhi_center.ui.shell import MainWindow
from tests.support.log_room import HOUSEMATE, NAMESAKE, STRANGER, clock, desk
from tests.support.office import PASSWORDS, as_person
from tests.support.purposes import COUNTER, PREPARING
from tests.support.screens import enter, focused, press, put_away, runner_of, settle, type_keys, window_over
from tests.support.set_clock import SetClock
from tests.ui.pictures import check_screen

__all__ = ["clock", "desk"]

Room = tuple[Office, Session]
Opener = Callable[..., ReviewPanel]
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def opened(glyphs: NamePainter) -> Iterator[Opener]:
    made: list[MainWindow] = []

    def make(office: Office, person: str = "s-toko") -> ReviewPanel:
        made.append(window_over(office, as_person(office, person), glyphs, (ENTRY,)))
        made[-1].open_screen("inspection", {"page": "review"})
        settle()
        screen = made[-1].screen_named("inspection")
        assert screen is not None
        panel = screen.findChild(ReviewPanel)
        assert panel is not None
        panel.first_focus().setFocus()
        return panel

    yield make
    put_away(made)


def window_of(panel: ReviewPanel) -> MainWindow:
    window = panel.window()
    assert isinstance(window, MainWindow)
    return window


def suspicious(office: Office, clerk: Session) -> None:
    """His namesake opened, and five wrong passwords of the supervisor."""
    register.open_person(office, clerk, NAMESAKE.atena, PREPARING)
    for _ in range(5):
        log_refusal(office, clerk, "wrong_password", subject="s-toko", asked="unlock")


def test_a_quiet_month_says_so_and_is_signed_by_keys(desk: Room, opened: Opener) -> None:
    office = desk[0]
    panel = opened(office)
    assert (panel.flags.table.rows(), panel.state.text()) == ((), "署名できます")
    assert check_screen(window_of(panel)) == []
    assert panel.flags.sign_panel is not None
    panel.flags.sign_panel.password_field.editor.setFocus()
    type_keys(PASSWORDS["s-toko"])
    press(Qt.Key.Key_Return, CONTROL)
    assert "log-review-T04-2026-11.pdf に署名しました" in window_of(panel).message_bar.text.text()
    assert (office.settings.documents / "log-review-T04-2026-11.pdf").is_file()
    assert panel.state.text() == "✓ 署名済"
    assert "log-review-T04-2026-11.pdf" in panel.signed_words.text()
    assert {Lane.LONG, Lane.PRINT} <= set(runner_of(window_of(panel)).lanes)


def test_flags_get_their_remarks_and_then_the_signature_is_next(desk: Room, opened: Opener, clock: SetClock) -> None:
    office, clerk = desk
    for one in (NAMESAKE, HOUSEMATE):
        register.open_person(office, clerk, one.atena, PREPARING)
    panel = opened(office)
    assert [flag.rule for flag in panel.flags.table.rows()] == ["own_record", "own_record"]
    assert [line.what for line in panel.flags.lines.rows()] == ["台帳の人を開いた"]
    assert panel.flags.sign_panel is not None
    panel.flags.sign_panel.password_field.editor.setFocus()
    enter(PASSWORDS["s-toko"])
    assert "所見のない指摘があります" in window_of(panel).message_bar.text.text()
    assert focused() is panel.flags.table
    press(Qt.Key.Key_Return)
    type_keys("1")
    assert focused().objectName() == "verdict", "1 chooses; it does not leave for another page"
    press(Qt.Key.Key_Return)
    press(Qt.Key.Key_Return)
    assert "一文で書いて" in panel.flags.remark.problem
    enter("同姓同名の別人と確かめた。")
    assert focused() is panel.flags.table
    assert panel.flags.table.currentIndex().row() == 1
    assert panel.flags.remark.value() == ""
    press(Qt.Key.Key_Return)
    type_keys("2")
    press(Qt.Key.Key_Return)
    type_keys("区へ電話した。")
    press(Qt.Key.Key_F3)
    assert focused().objectName() == "log_reviewer_password"
    assert panel.state.text() == "署名できます"
    type_keys("falsch")
    press(Qt.Key.Key_Return)
    assert panel.flags.sign_panel.password_field.problem
    clock.at += timedelta(minutes=1)  # whoever fails waits a moment
    enter(PASSWORDS["s-toko"])
    assert panel.state.text() == "✓ 署名済"


def test_what_is_being_typed_stays_when_the_page_is_read_again(desk: Room, opened: Opener) -> None:
    office, clerk = desk
    suspicious(office, clerk)
    panel = opened(office)
    press(Qt.Key.Key_Return)
    type_keys("1")
    press(Qt.Key.Key_Return)
    type_keys("調べている")
    panel.refresh()
    settle()
    assert (panel.flags.verdict.value(), panel.flags.remark.value()) == ("checked", "調べている")
    assert focused().objectName() == "remark"


def test_nobody_writes_about_himself(desk: Room, opened: Opener) -> None:
    office, clerk = desk
    suspicious(office, clerk)
    panel = opened(office)
    press(Qt.Key.Key_Down)
    row = panel.flags.table.current_row()
    assert row is not None
    assert row.person == "s-toko"
    assert not panel.flags.write_button.isEnabled()
    assert "ほかの人" in panel.flags.written.text()
    ward = opened(office, "40127")
    assert ward.flags.sign_panel is None
    assert not ward.sign_button.isVisible()
    assert [ward.flags.who(flag.person) for flag in ward.flags.table.rows()] == ["取扱者", "取扱責任者"]
    assert check_screen(window_of(ward)) == []


def test_months_are_chosen_by_figure(desk: Room, opened: Opener, clock: SetClock) -> None:
    office, clerk = desk
    register.open_person(office, clerk, NAMESAKE.atena, PREPARING)
    clock.at = datetime(2027, 1, 5, 9, 0, tzinfo=JST)
    panel = opened(office)
    assert panel.state.text() == "記録なし"
    panel.month.editor.setFocus()
    type_keys("3")
    assert panel.month.line.text() == "3 令和8年11月分"
    assert len(panel.flags.table.rows()) == 1
    assert panel.advice.text() == ""


def test_entries_are_narrowed_by_keys(desk: Room, opened: Opener) -> None:
    office, clerk = desk
    suspicious(office, clerk)
    panel = opened(office)
    press(Qt.Key.Key_F4)
    assert focused().objectName() == "who"
    for _ in range(2):
        press(Qt.Key.Key_Return)
    type_keys("2")
    enter()
    enter("31")
    press(Qt.Key.Key_F3)
    assert panel.lookup.first_day.problem == "この月の日ではありません。"
    panel.lookup.first_day.clear()
    press(Qt.Key.Key_F3)
    assert focused() is panel.lookup.table
    assert [line.actor for line in panel.lookup.table.rows()] == ["s-toko"] * 5
    assert panel.lookup.found.text() == "5件の記録が条件に合いました。"
    assert check_screen(window_of(panel)) == []
    press(Qt.Key.Key_F4)
    assert focused() is panel.flags.table


def test_a_citizens_history_by_keys(desk: Room, opened: Opener) -> None:
    office, clerk = desk
    register.open_person(office, clerk, STRANGER.atena, COUNTER)
    panel = opened(office, "40127")
    press(Qt.Key.Key_F4)
    press(Qt.Key.Key_F2)
    assert focused().objectName() == "citizen_box"
    enter("ミホン ベツコ")
    assert focused().objectName() == "history_purpose"
    enter()
    assert "目的" in panel.lookup.purpose.problem
    type_keys("3")
    enter()
    assert [(line.access.person, line.purpose) for line in panel.lookup.history.rows()] == [
        ("40127", "事故・差異の調査"),
        ("k-ichiro", "窓口からの照会"),
    ]
    assert focused() is panel.lookup.history
    press(Qt.Key.Key_F2)
    panel.lookup.box.clear()
    enter("ミホン ダレモイナイ")
    assert "見つかりません" in window_of(panel).message_bar.text.text()
    assert panel.lookup.history.rows() == ()


def test_a_long_review_can_be_stopped(desk: Room, opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = opened(desk[0])
    runner = runner_of(window_of(panel))
    monkeypatch.setattr(log_review, "EVERY", 1)
    runner.hold(Lane.LONG)
    panel.refresh()
    panel._slow.timeout.emit()
    assert panel.progress.isVisible()
    assert check_screen(window_of(panel)) == []
    panel.progress.cancel_button.click()
    runner.release()
    settle()
    assert not panel.progress.isVisible()


@pytest.mark.parametrize("page", ["flags", "lookup"])
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (1280, 720)])
def test_the_pages_hold(desk: Room, opened: Opener, page: str, width: int, height: int) -> None:
    suspicious(*desk)
    panel = opened(desk[0])
    window_of(panel).resize(width, height)
    if page == "lookup":
        press(Qt.Key.Key_F4)
        press(Qt.Key.Key_F3)
    settle()
    assert check_screen(window_of(panel)) == []
