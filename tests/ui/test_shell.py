"""The window: roles, keys, the telephone over the page, messages, status, lock; no screen knows another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from nhi_center.domain.operators import Role
from nhi_center.errors import EnvironmentTrouble, OperatorCancelled, OperatorError
from nhi_center.ui.common.dialogs import confirm
from nhi_center.ui.common.frame_parts import StatusFacts
from nhi_center.ui.common.screen import bind_key
from nhi_center.ui.common.styling import words
from nhi_center.ui.lock import IdleWatch
from nhi_center.ui.shell import MainWindow
from nhi_center.ui.sign_in.window import DemoPerson
from tests.ui import gallery
from tests.ui.gallery_entry import EntryPage


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Callable[..., MainWindow]]:
    made: list[MainWindow] = []

    def make(role: Role = Role.CLERK) -> MainWindow:
        window = gallery.window(role)
        made.append(window)
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
        return window

    yield make
    for window in made:
        window.stop()
        window.close()


def focused() -> Any:
    return QApplication.focusWidget()


def test_a_role_sees_only_its_own_entries(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(Role.WARD_STAFF)
    assert list(window.navigation.buttons) == ["home", "handover", "reports"]
    assert not window.open_screen("entry", {})
    window.toggle_overlay()
    assert not window.floating.overlay_shown
    assert ("F5", "電話") not in window.key_bar.shown


def test_the_first_screen_opens_with_its_keys(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    assert window.current_screen is window.screen_named("home")
    assert window.key_bar.shown == (("F1", "ヘルプ"), ("Enter", "開く"), ("F5", "電話"), ("F12", "ロック"))
    assert focused().objectName() == "work_table"


def test_the_telephone_leaves_the_form_as_it_is(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    window.open_screen("entry", {})
    page = window.screen_named("entry")
    assert isinstance(page, EntryPage)
    qtbot.keyClicks(page.lost.editor, "R8.11")
    qtbot.keyClick(focused(), Qt.Key.Key_F5)
    assert focused().objectName() == "search"
    qtbot.keyClicks(focused(), "abc")
    qtbot.keyClick(focused(), Qt.Key.Key_F5)
    assert focused() is page.lost.editor
    assert page.lost.value() == "R8.11"
    qtbot.keyClick(focused(), Qt.Key.Key_F5)
    assert focused().objectName() == "search"
    assert focused().text() == "abc"


def test_only_the_front_answers_its_key(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    """The page and the telephone both have Ctrl+Enter; only the one in front hears it."""
    window = open_window()
    window.open_screen("entry", {})
    pressed: list[str] = []
    page_button = window.findChild(QPushButton, "confirm_button")
    assert page_button is not None
    page_button.clicked.connect(lambda: pressed.append("page"))
    window.toggle_overlay()
    call_button = window.findChild(QPushButton, "save_call_button")
    assert call_button is not None
    call_button.clicked.connect(lambda: pressed.append("call"))
    qtbot.keyClick(focused(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    window.toggle_overlay()
    qtbot.keyClick(focused(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pressed == ["call", "page"]


def test_lock_hides_everything_and_gives_back_the_field(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    window.open_screen("entry", {})
    page = window.screen_named("entry")
    assert isinstance(page, EntryPage)
    page.kana.editor.setFocus()
    dialog = confirm(page, "消しますか", "下書きを消します。", yes="消す", action=lambda: None)
    window.lock()
    assert window.is_locked
    assert not dialog.isVisible()
    assert not page.isVisible()
    assert not window.open_screen("home", {})
    with qtbot.waitSignal(window.unlock_requested) as asked:
        qtbot.keyClicks(window.lock_page.password_field.editor, "secret")
        qtbot.keyClick(window.lock_page.password_field.editor, Qt.Key.Key_Return)
    assert asked.args == ["secret"]
    window.refuse_unlock("パスワードが違います。もう一度入力してください。")
    assert window.is_locked
    assert window.lock_page.password_field.problem
    window.unlock()
    assert dialog.isVisible()
    dialog.reject()
    page.kana.editor.setFocus()
    window.lock()
    window.unlock()
    assert focused() is page.kana.editor


def test_a_question_does_not_stand_in_the_way_of_the_lock(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    dialog = confirm(window, "消しますか", "下書きを消します。", yes="消す", action=lambda: None)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    qtbot.keyClick(focused(), Qt.Key.Key_F12)
    assert window.is_locked
    window.unlock()
    dialog.reject()


def test_another_person_may_only_sign_the_first_one_out(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    window.lock()
    qtbot.mouseClick(window.lock_page.other_button, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(window.lock_page.id_field.editor, "k-hanako")
    qtbot.keyClick(window.lock_page.id_field.editor, Qt.Key.Key_Return)
    qtbot.keyClicks(window.lock_page.password_field.editor, "pw")
    with qtbot.waitSignal(window.sign_out_requested) as asked:
        qtbot.keyClick(window.lock_page.password_field.editor, Qt.Key.Key_Return)
    assert asked.args == ["k-hanako", "pw"]


def test_only_a_person_puts_the_idle_clock_back(qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("nhi_center.ui.lock.running_seconds", lambda: now[0])
    watch = IdleWatch(qapp, 300)
    watch.start()
    now[0] += 200
    window = gallery.sign_in()
    qtbot.addWidget(window)
    assert watch.seconds_left() == 100
    qtbot.keyClick(window.id_field.editor, Qt.Key.Key_A)
    assert watch.seconds_left() == 300
    now[0] += 301
    with qtbot.waitSignal(watch.idle):
        watch._on_tick()
    assert not watch.running


def test_a_key_after_the_time_ran_out_locks_and_does_nothing_else(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a sleep of the computer: the key comes before the clock's next tick."""
    now = [1000.0]
    monkeypatch.setattr("nhi_center.ui.lock.running_seconds", lambda: now[0])
    window = gallery.sign_in()
    qtbot.addWidget(window)
    watch = IdleWatch(qapp, 300)
    watch.start()
    now[0] += 3600
    with qtbot.waitSignal(watch.idle):
        qtbot.keyClick(window.id_field.editor, Qt.Key.Key_A)
    assert window.id_field.value() == ""
    assert not watch.running


def test_writing_with_the_input_method_is_work(qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("nhi_center.ui.lock.running_seconds", lambda: now[0])
    window = gallery.sign_in()
    qtbot.addWidget(window)
    watch = IdleWatch(qapp, 300)
    watch.start()
    now[0] += 200
    QApplication.sendEvent(window.id_field.editor, QInputMethodEvent("とうせき", []))
    assert watch.seconds_left() == 300
    watch.stop()


def test_what_comes_while_locked_waits_for_the_unlocking(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    window.open_screen("entry", {})
    page = window.screen_named("entry")
    assert isinstance(page, EntryPage)
    window.lock()
    dialog = confirm(page, "入力者へ戻しますか", "照合で決まった値では、規則に合いません。", yes="戻す", action=lambda: None)
    assert not dialog.isVisible()
    window.unlock()
    assert dialog.isVisible()
    dialog.reject()


def test_a_locked_window_is_not_closed_by_its_cross(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    window.lock()
    with qtbot.assertNotEmitted(window.close_requested):
        assert not window.close()
    assert "ロックを解く" in window.lock_page.password_field.problem


@pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing)")
def test_every_menu_goes_with_the_lock(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    outer, inner = QMenu(window), QMenu("見本 太郎", window)
    outer.addMenu(inner)
    inner.addAction("見本")
    outer.popup(window.pos())
    inner.popup(window.pos())
    window.lock()
    assert not outer.isVisible()
    assert not inner.isVisible()


def test_messages_say_what_to_do_and_never_an_unknown_error(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    window.present_error(OperatorError("件数が違います。もう一度数えてください。"))
    assert window.message_bar.text.text() == "件数が違います。もう一度数えてください。"
    window.present_error(EnvironmentTrouble("ST-03", "保存できませんでした。取扱責任者に連絡してください。"))
    assert "ST-03" in window.message_bar.text.text()
    window.present_error(ValueError("見本 太郎"))
    assert "見本" not in window.message_bar.text.text()
    window.message_bar.clear()
    window.present_error(OperatorCancelled())
    assert window.message_bar.isHidden()


def test_what_was_typed_is_never_read_as_markup(qapp: QApplication) -> None:
    for wrap in (False, True):
        typed = words("区への質問 <b>見本</b>", wrap=wrap)
        shown = QTextDocument()
        if typed.textFormat() is Qt.TextFormat.PlainText:
            shown.setPlainText(typed.text())
        else:
            shown.setHtml(QLabel.text(typed))
        assert shown.toPlainText() == "区への質問 <b>見本</b>"


def test_the_status_bar_tells_and_explains(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    window.set_status(StatusFacts("正常", "done", unsent=3, sheets_on_hand=9, to_print=2, callbacks=1, callbacks_overdue=True))
    items = window.status_bar.items
    assert items["sync"].accessibleName() == "同期 未送信 3"
    assert items["calls"].text() == "▲ 折返し 1 期限超過"
    window.set_status(StatusFacts("正常", "done", refused=1))
    assert "要確認" in items["sync"].text()
    with qtbot.waitSignal(window.explain_requested) as asked:
        items["isolation"].click()
    assert asked.args == ["isolation"]
    assert window.floating.help_panel.isVisible()
    assert window.floating.help_panel.shown == "status_isolation"


def test_help_is_closed_by_esc_over_a_page_with_an_esc_of_its_own(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    window.open_screen("reports", {})
    page = window.screen_named("reports")
    assert page is not None
    given_up: list[bool] = []
    bind_key(page, "Esc", lambda: given_up.append(True))
    before = focused()
    QTest.keyClick(before, Qt.Key.Key_F1)
    assert window.floating.help_panel.isVisible()
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert not window.floating.help_panel.isVisible()
    assert focused() is before
    assert given_up == []
    QTest.keyClick(before, Qt.Key.Key_Escape)
    assert given_up == [True]


def test_help_goes_with_the_page_it_is_about(open_window: Callable[..., MainWindow]) -> None:
    window = open_window()
    for change in (lambda: window.open_screen("entry", {}), window.toggle_overlay, window.toggle_overlay):
        window.toggle_help()
        assert window.floating.help_panel.isVisible()
        change()
        assert not window.floating.help_panel.isVisible()


def test_closing_is_asked_for_and_signing_out_leaves_nothing(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window()
    window.open_screen("entry", {})
    with qtbot.waitSignal(window.close_requested):
        assert not window.close()
    window.stop()
    assert window.screen_named("entry") is None
    assert window.navigation.buttons == {}


def test_a_training_person_signs_in_by_keys_alone(qtbot: QtBot) -> None:
    window = gallery.sign_in()
    qtbot.addWidget(window)
    window.show()
    window.people.setFocus()
    qtbot.keyClick(window.people, Qt.Key.Key_2)
    assert window.id_field.value() == "k-hanako"
    with qtbot.waitSignal(window.submitted) as sent:
        qtbot.keyClick(window.password_field.editor, Qt.Key.Key_Return)
    assert sent.args == ["k-hanako", "mihon-hanako-2"]
    assert window.password_field.value() == ""
    window.show_error("パスワードが違います。もう一度入力してください。")
    assert window.password_field.problem


def test_signing_in_waits_until_all_is_ready(qtbot: QtBot) -> None:
    window = gallery.sign_in()
    qtbot.addWidget(window)
    window.set_preparing("文字を準備しています", 1, 3)
    window.fill(DemoPerson("k-ichiro", "pw", "見本 一郎", "取扱者"))
    with qtbot.assertNotEmitted(window.submitted):
        qtbot.keyClick(window.password_field.editor, Qt.Key.Key_Return)
    assert window.id_field.value() == "k-ichiro"
