"""集計・報告 on the real store and with the real PDF process, by keys; and its pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QLabel

from nhi_center.domain import report_period
from nhi_center.domain.custody import REPORT_PAPER
from nhi_center.domain.locking import LockReason
from nhi_center.domain.operators import Session
from nhi_center.domain.working_hours import Correction, Job
from nhi_center.services import calls, working_hours
from nhi_center.services import reports as service
from nhi_center.services.exports import path_of
from nhi_center.services.office import Office
from nhi_center.ui.common.fields import PasswordField
from nhi_center.ui.common.form_dialog import FormDialog
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.reports import ENTRY, month_tables
from nhi_center.ui.reports import screen as reports_screen
from nhi_center.ui.reports.password_dialog import PasswordDialog
from nhi_center.ui.reports.screen import ReportsScreen
from nhi_center.ui.shell import MainWindow
from tests.printing.test_workbook import opened
from tests.services.test_calls import ANSWERED
from tests.services.test_reports import OWN, WARDS, room
from tests.support.office import advance, as_person, desk, premises
from tests.support.print_room import in_tray
from tests.support.screens import enter, focused, press, settle, window_over
from tests.ui.pictures import check_screen, looked_at, looked_at_small

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


def write(own: str = OWN, ward: str = WARDS) -> None:
    """Both sign by keys; the supervisor's ID stands there already."""
    assert focused().objectName() == "report_signer_password"
    enter(own)
    assert focused().objectName() == "report_ward_id"
    enter("40127")
    assert focused().objectName() == "report_ward_password"
    enter(ward)


def shown(window: MainWindow) -> PasswordDialog:
    (dialog,) = [one for one in window.findChildren(PasswordDialog) if one.isVisible()]
    return dialog


def test_a_report_is_written_by_keys_alone(window: MainWindow, room: Room) -> None:
    assert looked_at_small(window, "export") == []
    window.resize(1366, 768)
    write()
    (row,) = service.written(*room)
    page = screen(window)
    assert row.file in page.place.text()
    assert row.sha256[:8] in page.place.text()
    password = shown(window).password.text().replace("\n", "")
    with pikepdf.open(path_of(room[0], row.file), password=password) as document:
        assert len(document.pages) >= 1
    assert looked_at(shown(window), "export-password") == []
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert window.findChildren(PasswordDialog) == []
    assert focused().objectName() == "report_signer_password"
    assert all(field.value() == "" for field in window.findChildren(PasswordField))
    assert looked_at_small(window, "export-done") == []
    assert all(panel.height() >= panel.minimumSizeHint().height() for panel in (page.card.panel, page.card.ward_panel))


def test_a_workbook_is_chosen_by_key_and_opens_with_the_same_password(window: MainWindow, room: Room) -> None:
    page = screen(window)
    assert not page.card.form.excel
    press(Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier)
    assert page.card.form.text() == "2 PDF と Excel"
    page.card.form.setFocus()
    press(Qt.Key.Key_1)
    assert not page.card.form.excel
    press(Qt.Key.Key_Delete)
    assert page.card.form.text() == "1 PDF だけ"
    press(Qt.Key.Key_Down)
    page.card.first_field().setFocus()
    assert looked_at_small(window, "excel") == []
    write()
    (row,) = service.written(*room)
    assert shown(window).text.text().startswith("summary-T04-2026-11.pdf と summary-T04-2026-11.xlsx は")
    assert looked_at(shown(window), "excel-password") == []
    assert "summary-T04-2026-11.xlsx を書き出しました" in window.message_bar.text.text()
    book = path_of(room[0], row.file).with_suffix(".xlsx")
    opened(book.read_bytes(), shown(window).password.text().replace("\n", ""))


def test_on_paper_it_is_printed_counted_and_lies_in_the_tray(window: MainWindow, room: Room) -> None:
    page = screen(window)
    for form in ("2 PDF と Excel", "3 紙に刷る"):
        press(Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier)
        assert page.card.form.text() == form
    assert page.card.button.words.text() == "署名して刷る"
    assert "便" in page.card.ward_panel.statement.text()
    assert looked_at_small(window, "paper") == []
    write()
    (row,) = service.written(*room)
    (dialog,) = window.findChildren(FormDialog)
    assert f"{row.sheets}枚" in window.message_bar.text.text()
    assert focused().objectName() == "outcome"
    press(Qt.Key.Key_1)
    enter()
    enter(str(row.sheets - 1))
    enter()
    assert dialog.isVisible()
    assert focused().objectName() == "counted"
    assert looked_at(dialog, "paper-count") == []
    press(Qt.Key.Key_Escape)
    settle()
    page.files.setFocus()
    page.files.selectRow(0)
    assert looked_at_small(window, "paper-waits") == []
    press(Qt.Key.Key_Return)
    (dialog,) = [one for one in window.findChildren(FormDialog) if one.isVisible()]
    press(Qt.Key.Key_1)
    enter()
    enter(str(row.sheets))
    enter()
    settle()
    assert in_tray(room[0], REPORT_PAPER.id) == row.sheets
    assert f"{row.sheets}枚を数えました" in window.message_bar.text.text()
    page.files.selectRow(0)
    assert "紙に刷りました" in page.place.text()
    assert looked_at_small(window, "paper-done") == []


def test_the_password_is_shown_until_it_has_been_copied_by_hand(window: MainWindow, room: Room) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.clear()
    write()
    dialog = shown(window)
    password = dialog.password
    assert dialog.text.text().startswith("summary-T04-2026-11.pdf")
    press(Qt.Key.Key_Escape)
    assert dialog.isVisible()
    QTest.mouseDClick(password, Qt.MouseButton.LeftButton)
    QTest.keyClick(dialog, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(dialog, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert not password.hasSelectedText()
    assert clipboard.text() == ""
    window.lock(LockReason.KEY)
    assert not dialog.isVisible()


def test_a_wrong_password_is_told_to_whose_it_is(window: MainWindow, room: Room) -> None:
    write(own="wrong")
    page = screen(window)
    assert service.written(*room) == ()
    assert focused().objectName() == "report_signer_password"
    assert page.card.panel.password_field.problem
    advance(room[0].premises, seconds=1)
    enter(OWN)
    assert focused().objectName() == "report_ward_password"
    enter("wrong")
    assert focused().objectName() == "report_ward_password"
    assert page.card.ward_panel.password_field.problem
    assert check_screen(window) == []
    advance(room[0].premises, seconds=5)
    page.card.panel.password_field.editor.setFocus()
    enter(OWN)
    enter(WARDS)
    assert len(service.written(*room)) == 1


def test_the_second_file_of_a_month_is_asked_for(window: MainWindow, room: Room) -> None:
    write()
    shown(window).buttons[0].click()
    settle()
    page = screen(window)
    page.card.panel.password_field.editor.setFocus()
    write()
    assert len(service.written(*room)) == 1
    assert any(found.isVisible() for found in window.findChildren(QDialog))
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert [row.file for row in service.written(*room)] == ["summary-T04-2026-11-2.pdf", "summary-T04-2026-11.pdf"]
    assert shown(window).text.text().startswith("summary-T04-2026-11-2.pdf")


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


def test_the_list_with_names_leaves_under_the_wards_number(window: MainWindow, room: Room) -> None:
    press(Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
    (dialog,) = window.findChildren(FormDialog)
    assert focused().objectName() == "reason"
    press(Qt.Key.Key_3)
    enter()
    enter("8新健医保第99号")
    assert focused().objectName() == "form"
    press(Qt.Key.Key_2)
    enter()
    assert looked_at(dialog, "names") == []
    enter()  # the supervisor's ID stands there
    enter(OWN)
    enter("40127")
    enter("wrong")
    assert focused().objectName() == "ward"
    assert looked_at(dialog, "names-refused") == []
    advance(room[0].premises, seconds=5)
    dialog.chain.fields[4].editor.setFocus()
    enter(OWN)
    enter()
    enter(WARDS)
    assert shown(window).text.text().startswith("received-list-T04-2026-11.pdf と received-list-T04-2026-11.xlsx")
    assert "書き出しました" in window.message_bar.text.text()


def test_the_list_with_names_is_of_a_month(window: MainWindow) -> None:
    press(Qt.Key.Key_K, Qt.KeyboardModifier.AltModifier)
    press(Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
    assert window.findChildren(FormDialog) == []
    assert "月ごと" in window.message_bar.text.text()


def test_the_tile_of_the_calls_tells_their_mean(room: Room) -> None:
    office = room[0]
    clerk = as_person(office, "k-ichiro")
    call = calls.start_call(office, clerk).call
    advance(office.premises, seconds=80)
    calls.finish_call(office, clerk, call.id, replace(ANSWERED, atena="", told=False))
    report = service.of_period(*room, report_period.month(office.clock.today()))
    number, said = month_tables._figure("calls", report)
    table = report.table("calls")
    mean = table.total[table.headings.index("平均(秒)") - 1]
    assert number == table.total[0]
    assert mean >= 40, "the other call of the room may have taken no time"
    assert said == f"平均 {mean}秒"


def test_the_words_of_the_sending_fit_their_narrow_column() -> None:
    """届きました was cut at 1366 px."""
    assert max(len(words) for words, _tone in reports_screen._SENT.values()) <= len("受付不可")
