"""集計・報告 on the real store and with the real PDF process, by keys; and its pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLabel

from nhi_center.domain.operators import Session
from nhi_center.domain.working_hours import Correction, Job
from nhi_center.services import reports as service
from nhi_center.services import working_hours
from nhi_center.services.office import Office
from nhi_center.ui.common.form_dialog import FormDialog
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.reports import ENTRY
from nhi_center.ui.reports.screen import ReportsScreen
from nhi_center.ui.shell import MainWindow
from tests.services.test_reports import OWN, SECRET, room
from tests.support.office import advance, desk, premises
from tests.support.screens import enter, focused, press, settle, window_over
from tests.ui.pictures import check_screen

__all__ = ["desk", "premises", "room"]

Room = tuple[Office, Session]


@pytest.fixture
def window(room: Room, glyphs: NamePainter) -> Iterator[MainWindow]:
    made = window_over(*room, glyphs, (ENTRY,))
    yield made
    made.stop()
    made.close()
    made.deleteLater()
    settle()


def screen(window: MainWindow) -> ReportsScreen:
    found = window.screen_named("reports")
    assert isinstance(found, ReportsScreen)
    return found


def write(password: str = SECRET, own: str = OWN) -> None:
    assert focused().objectName() == "password"
    enter(password)
    enter(password)
    assert focused().objectName() == "report_signer_password"
    enter(own)


def test_a_report_is_written_by_keys_alone(window: MainWindow, room: Room) -> None:
    write()
    (row,) = service.written(*room)
    page = screen(window)
    assert page.files.hasFocus()
    assert row.file in page.place.text()
    assert row.sha256[:8] in page.place.text()
    assert page.card.password.value() == ""
    with pikepdf.open(service.path_of(room[0], row), password=SECRET) as document:
        assert len(document.pages) >= 1
    assert "別の方法" in window.message_bar.text.text()
    assert check_screen(window) == []


def test_the_sentence_runs_with_the_typing(window: MainWindow) -> None:
    page = screen(window)
    for letter in "kumo no ue":
        press_letter(letter)
    assert page.card.strength.text() == "あと5文字いります。"
    enter()
    enter("kumo no ue")
    enter(OWN)
    assert page.card.password.problem
    assert page.files.rows() == ()


def press_letter(letter: str) -> None:
    field = focused()
    field.insert(letter)  # type: ignore[attr-defined]
    field.textEdited.emit(field.text())  # type: ignore[attr-defined]
    settle()


def test_a_wrong_own_password_keeps_the_file_s(window: MainWindow, room: Room) -> None:
    write(own="wrong")
    page = screen(window)
    assert service.written(*room) == ()
    assert focused().objectName() == "report_signer_password"
    assert page.card.password.value() == SECRET
    advance(room[0].premises, seconds=1)
    enter(OWN)
    assert len(service.written(*room)) == 1


def test_the_second_file_of_a_month_is_asked_for(window: MainWindow, room: Room) -> None:
    write()
    page = screen(window)
    page.card.password.editor.setFocus()
    write()
    assert len(service.written(*room)) == 1
    assert any(found.isVisible() for found in window.findChildren(QDialog))
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert not any(found.isVisible() for found in window.findChildren(QDialog))
    assert [row.file for row in service.written(*room)] == ["summary-2026-11-2.pdf", "summary-2026-11.pdf"]


def test_months_turn_and_tiles_bring_their_table(window: MainWindow) -> None:
    page = screen(window)
    assert page.month_chip.text() == "令和8年11月分"
    page.numbers.tiles["calls"].setFocus()
    press(Qt.Key.Key_Return)
    assert page.numbers.stack.currentWidget() is page.numbers.tables["calls"]
    press(Qt.Key.Key_F3)
    assert page.month_chip.text() == "令和8年10月分"
    assert page.numbers.tables["calls"].rows() == ()
    assert check_screen(window) == []
    press(Qt.Key.Key_F4)
    press(Qt.Key.Key_F4)
    assert page.month_chip.text() == "令和8年11月分"


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (1280, 720)])
def test_the_page_holds(window: MainWindow, width: int, height: int) -> None:
    window.resize(width, height)
    settle()
    assert check_screen(window) == []


def test_kinds_of_periods_and_the_picture_by_key(window: MainWindow) -> None:
    page = screen(window)
    titles = []
    for _kind in range(4):
        press(Qt.Key.Key_K, Qt.KeyboardModifier.AltModifier)
        titles.append(page.month_chip.text())
        assert check_screen(window) == []
    now = "現況 令和8年4月1日から令和8年11月24日まで"
    assert titles == ["日報 令和8年11月24日", "年度実績 令和8年度分", now, "令和8年11月分"]
    press(Qt.Key.Key_G, Qt.KeyboardModifier.AltModifier)
    assert page.numbers.stack.currentWidget() is page.numbers.picture
    said = page.numbers.picture.accessibleDescription()
    assert "受付1" in said
    assert check_screen(window) == []
    page.numbers.tiles["waits"].setFocus()
    press(Qt.Key.Key_Return)
    assert page.numbers.stack.currentWidget() is page.numbers.picture
    press(Qt.Key.Key_G, Qt.KeyboardModifier.AltModifier)
    assert page.numbers.stack.currentWidget() is page.numbers.tables["waits"]
    seen = [page.numbers.heading.text()]
    for _table in range(14):
        press(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
        seen.append(page.numbers.heading.text())
        assert check_screen(window) == []
    assert {"前月修正", "誤りの率", "使った用紙の番号"} <= set(seen)


def test_hours_stand_beside_their_plan_in_words_and_as_bars(window: MainWindow, room: Room, tmp_path: Path) -> None:
    office, session = room
    for job, minutes in ((Job.ENTRY, 1400), (Job.CALLS, 900), (Job.HANDOVER, 300)):
        wanted = Correction(office.clock.today(), "k-ichiro", job, minutes, "画面の外の仕事")
        working_hours.correct(office, session, wanted)
    plan = {Job.ENTRY: 20, Job.OUTPUT: 8, Job.HANDOVER: 6, Job.CALLS: 12, Job.OTHER: 2}
    working_hours.set_plan(office, session, "2026-11", plan, to_year_end=True)
    page = screen(window)
    page.refresh()
    settle()
    page.numbers.tiles["hours"].setFocus()
    press(Qt.Key.Key_Return)
    assert page.numbers.stack.currentWidget() is page.numbers.tables["hours"]
    assert "今月 43時間・計画 48時間(-5)" in page.numbers.line.text()
    assert page.numbers.tiles["hours"].number.text() == "43"
    assert "参考: 令和元年度の実績 5,747時間" in page.numbers.heading.text()
    assert check_screen(window) == []
    assert window.grab().save(str(tmp_path / "hours.png"))
    press(Qt.Key.Key_G, Qt.KeyboardModifier.AltModifier)
    assert "入力 時間23 計画20" in page.numbers.picture.accessibleDescription()
    assert window.grab().save(str(tmp_path / "bars.png"))
    press(Qt.Key.Key_K, Qt.KeyboardModifier.AltModifier)
    press(Qt.Key.Key_K, Qt.KeyboardModifier.AltModifier)
    while page.numbers.heading.text().partition("の業務")[0] != "月別":
        press(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    assert "11月 計43 計画48" in page.numbers.picture.accessibleDescription()
    press(Qt.Key.Key_G, Qt.KeyboardModifier.AltModifier)
    assert check_screen(window) == []
    assert window.grab().save(str(tmp_path / "year.png"))


def test_the_supervisor_s_words_are_written_and_stand_after_the_last_table(
    window: MainWindow, room: Room, tmp_path: Path
) -> None:
    page = screen(window)
    press(Qt.Key.Key_W, Qt.KeyboardModifier.AltModifier)
    dialog = window.findChild(FormDialog)
    assert isinstance(dialog, FormDialog)
    assert focused().objectName() == "near_misses"
    said("似た氏名の書類を取り違えかけた。管理票の番号を声に出して確かめた。")
    press(Qt.Key.Key_Return)
    said("0312345678 へ連絡する")
    assert check_screen(dialog) == []
    assert dialog.grab().save(str(tmp_path / "form.png"))
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert any("電話番号や記号番号" in label.text() for label in dialog.findChildren(QLabel))
    focused().selectAll()  # type: ignore[attr-defined]
    said("一斉更新の準備。区と出力の日程を合わせる。")
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert "似た氏名の書類" in page.numbers.said.text()
    assert page.numbers.heading.text() == "ヒヤリハット・翌月の予定"
    assert check_screen(window) == []
    assert window.grab().save(str(tmp_path / "words.png"))
    press(Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    assert page.numbers.heading.text().startswith("届出・申請")
    press(Qt.Key.Key_K, Qt.KeyboardModifier.AltModifier)
    press(Qt.Key.Key_W, Qt.KeyboardModifier.AltModifier)
    assert "月次の報告に書きます" in window.message_bar.text.text()


def said(text: str) -> None:
    focused().insertPlainText(text)  # type: ignore[attr-defined]
    settle()
