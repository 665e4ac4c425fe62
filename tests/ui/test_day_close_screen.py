"""終業点検 by keys: what stays is written down with its cabinet, then the supervisor signs; and how it looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from nhi_center.domain.custody import Pieces
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.standing import PRINTING, Named, Standing, to_json
from nhi_center.services import backup, cabinets, day_close
from nhi_center.services.month_keys import ensure_month_key
from nhi_center.services.office import Office
from nhi_center.storage import room
from nhi_center.storage import standing as storage
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.form_dialog import FormDialog
from nhi_center.ui.common.screen import KeyHint, Screen, ScreenEntry, TitleLine
from nhi_center.ui.common.table import DataTable
from nhi_center.ui.inspection.day_close import DayClosePanel
from tests.services.test_day_close import all_sent, receive
from tests.support.desk_hands import DeskHands, Key
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.ui.pictures import KEPT, check_screen, looked_at

__all__ = ["desk", "premises"]


class _Page(Screen):
    """The panel alone on a page."""

    name = "inspection"
    title = "点検・監査"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.panel = DayClosePanel(desk)
        self.page.addWidget(TitleLine(self.title))
        self.page.addWidget(self.panel)
        self.panel.said.connect(self.say)
        self.panel.keys_changed.connect(self.rebind_keys)

    def refresh(self) -> None:
        self.panel.refresh()

    def keys(self) -> tuple[KeyHint, ...]:
        return self.panel.keys()

    def first_focus(self) -> QWidget:
        return self.panel.first_focus()


ENTRY = ScreenEntry(_Page.name, _Page.title, Action.DAY_CLOSE, _Page)


@pytest.fixture
def hands(desk: tuple[Office, Session]) -> Iterator[DeskHands]:
    """Nine sheets and two originals in the tray, three people in the room, the supervisor at the screen."""
    cabinets.register(desk[0], as_person(desk[0], "s-toko"), "3", "窓側の棚の下", "2")
    receive(desk)
    all_sent(desk[0])
    made = DeskHands(ensure_month_key(desk[0]), as_person(desk[0], "s-toko"), [ENTRY])
    yield made
    made.close()


def states(hands: DeskHands) -> dict[str, bool]:
    return {line.item.kind: line.settled for line in hands.find("check_table", DataTable).rows() if line.item.count}


def to_row(hands: DeskHands, kind: str) -> None:
    """The keyboard in the table, on one line."""
    table = hands.find("check_table", DataTable)
    table.setFocus()
    row = [line.item.kind for line in table.rows()].index(kind)
    while table.currentIndex().row() != row:
        hands.press(Key.Key_Down if table.currentIndex().row() < row else Key.Key_Up)


def begin(hands: DeskHands, kind: str) -> None:
    to_row(hands, kind)
    hands.press(Key.Key_Return)


def counted(hands: DeskHands, sheets: int, reason: str = "") -> None:
    """k-hanako's count in the form that is open: sheets, no originals, no envelopes."""
    hands.enter(sheets, "", "", reason, "k-hanako", PASSWORDS["k-hanako"])


def carry_all(hands: DeskHands) -> None:
    begin(hands, "sheets_tray")
    hands.enter("明日の朝に入力します", "3")
    begin(hands, "cabinet_3")
    counted(hands, 9)
    begin(hands, "cabinet_lock_3")
    all_sent(hands.office)
    hands.find("day_close_panel", DayClosePanel).refresh()
    begin(hands, "inside")
    hands.enter("退室の記録待ち", "")


def test_the_day_is_closed_by_keys_alone(hands: DeskHands) -> None:
    assert states(hands) == {"sheets_tray": False, "cabinet_lock_3": False, "inside": False}
    assert "残り 3項目" in hands.text("day_close_state")
    carry_all(hands)
    assert states(hands) == {"cabinet_3": True, "inside": True}
    assert hands.at.objectName() == "supervisor_password"
    hands.words(PASSWORDS["s-toko"])
    hands.go()
    assert "終わりました" in hands.text("day_close_state")
    assert "2項目を翌日へ引き継ぎました" in hands.text("day_close_words")
    closed = day_close.check(hands.office, as_person(hands.office, "s-toko")).closed
    assert closed is not None
    assert closed.contents["supervisor"] == "s-toko"


def test_closing_makes_the_days_copy_in_the_long_lane(hands: DeskHands) -> None:
    carry_all(hands)
    hands.enter(PASSWORDS["s-toko"])
    assert hands.runner.lanes[-1] is Lane.LONG
    (copy,) = backup.copies(hands.office)
    assert backup.read_sidecar(copy).day == "2026-11-24"
    assert "今日のバックアップを作りました" in hands.text("message_text")


def test_a_copy_that_cannot_be_made_is_told_and_the_day_is_closed_all_the_same(hands: DeskHands) -> None:
    (hands.office.settings.recovery / "ward.pub").unlink()
    carry_all(hands)
    hands.enter(PASSWORDS["s-toko"])
    assert "BK-01" in hands.text("message_text")
    assert "終わりました" in hands.text("day_close_state")
    assert day_close.check(hands.office, as_person(hands.office, "s-toko")).closed is not None


def test_the_second_person_counts_blind_and_again(hands: DeskHands) -> None:
    begin(hands, "sheets_tray")
    hands.enter("明日の朝に入力します", "3")
    begin(hands, "cabinet_3")
    seen = [label.text() for label in hands.window.findChildren(QLabel) if label.isVisible()]
    lines = [line.item.words for line in hands.find("check_table", DataTable).rows()]
    status = hands.find("status_custody", QPushButton).text()
    assert not any("9枚" in words for words in (*seen, *lines, status))
    counted(hands, 8)
    assert "合いません" in hands.text("form_refusal")
    assert "9" not in hands.text("form_refusal")
    hands.find("sheets", QWidget).setFocus()
    counted(hands, 8)
    assert "記録 9枚、数えた数 8枚" in hands.text("form_refusal")
    hands.find("sheets", QWidget).setFocus()
    counted(hands, 8, "一枚見当たらない")
    assert "差異のまま" in hands.text("message_text")
    (line,) = [line for line in hands.find("check_table", DataTable).rows() if line.item.kind == "cabinet_3"]
    assert line.settled
    assert line.carried is not None
    assert line.carried.differs == "一枚見当たらない"
    assert hands.find("status_custody", QPushButton).text() != status, "the number is back when nobody counts"


def test_the_supervisor_herself_is_no_second_person(hands: DeskHands) -> None:
    begin(hands, "sheets_tray")
    hands.enter("明日の朝に入力します", "3")
    begin(hands, "cabinet_3")
    hands.enter(9, "", "", "", "s-toko", PASSWORDS["s-toko"])
    assert "別の人" in hands.text("id_note")
    assert "cabinet_3" in states(hands)


def test_paper_needs_a_cabinet(hands: DeskHands) -> None:
    begin(hands, "sheets_tray")
    hands.enter("明日の朝に入力します", "")
    assert hands.at.objectName() == "cabinet"
    assert "保管庫の番号" in hands.text("cabinet_note")
    assert states(hands)["sheets_tray"] is False


def test_it_cannot_be_signed_while_something_is_open(hands: DeskHands) -> None:
    field = hands.find("supervisor_password", QWidget)
    field.setFocus()
    hands.enter(PASSWORDS["s-toko"])
    assert hands.at.objectName() == "check_table"
    assert "終わりました" not in hands.text("day_close_state")


def test_a_clerk_cannot_sign_and_a_wrong_password_is_told(hands: DeskHands) -> None:
    carry_all(hands)
    hands.enter("wrong")
    assert hands.find("supervisor_password_note", QLabel).text()
    who = hands.find("supervisor_id", QWidget)
    who.setFocus()
    who.selectAll()  # type: ignore[attr-defined]
    hands.enter("k-ichiro", PASSWORDS["k-ichiro"])
    assert "役割" in hands.text("supervisor_id_note")
    assert day_close.check(hands.office, as_person(hands.office, "s-toko")).closed is None


@pytest.mark.parametrize("size", [(1280, 720), (1366, 768), (1920, 1080)])
def test_it_holds(hands: DeskHands, size: tuple[int, int]) -> None:
    hands.window.resize(*size)
    wrong = looked_at(hands.window, "day-close-open")
    begin(hands, "sheets_tray")
    hands.enter("明日の朝に入力します", "3")
    begin(hands, "cabinet_3")
    form = next(one for one in hands.window.findChildren(FormDialog) if one.isVisible())
    if KEPT:
        form.grab().save(str(Path(KEPT) / f"day-close-count-{size[0]}.png"))
    wrong += [f"count: {problem}" for problem in check_screen(form)]
    counted(hands, 9)
    begin(hands, "cabinet_lock_3")
    wrong += looked_at(hands.window, "day-close-locked")
    all_sent(hands.office)
    hands.find("day_close_panel", DayClosePanel).refresh()
    begin(hands, "inside")
    hands.enter("退室の記録待ち", "")
    wrong += looked_at(hands.window, "day-close-ready")
    hands.enter(PASSWORDS["s-toko"])
    wrong += looked_at(hands.window, "day-close-closed")
    assert wrong == []


def another_terminal(hands: DeskHands, *, counted_by: tuple[str, ...] | None = ("k-hanako",)) -> None:
    """T05 has money locked up and counted, and prints under way; it can be heard."""
    office = hands.office
    now, today = office.clock.now().isoformat(), office.clock.today().isoformat()
    named = (Named("found_cash", 1, "返していない現金・金券 1点"), Named(PRINTING, 2, "終わっていない印刷 2枚"))
    told = Standing({}, {"4": Pieces(3, 1)}, 0, (), (), 4, 0, named, today, counted_by)
    with office.store.write.begin() as connection:
        room.keep_terminals(connection, [room.TerminalSeen(one, 9, now) for one in (office.terminal, "T05")])
        room.keep_contact(connection, now)
        storage.keep(connection, "T05", 9, to_json(told))
    hands.find("day_close_panel", DayClosePanel).refresh()


@pytest.mark.parametrize("size", [(1280, 720), (1366, 768), (1920, 1080)])
def test_prints_of_another_terminal_are_ended_there(hands: DeskHands, size: tuple[int, int]) -> None:
    hands.window.resize(*size)
    another_terminal(hands)
    begin(hands, "terminal_named_T05_printing")
    assert "その端末の席で、刷り終えるか取り消します" in hands.text("message_text")
    assert not hands.find("carry_button", QPushButton).isEnabled()
    assert not hands.find("note", QWidget).isEnabled()
    wrong = looked_at(hands.window, "day-close-prints-there")
    begin(hands, "terminal_named_T05_found_cash")
    hands.enter("区の窓口が閉まっていました", "")
    assert states(hands)["terminal_named_T05_found_cash"] is True
    assert states(hands)["terminal_named_T05_printing"] is False
    assert wrong == []


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_cabinets_whose_counter_nobody_knows_are_counted_there(hands: DeskHands, size: tuple[int, int]) -> None:
    hands.window.resize(*size)
    another_terminal(hands, counted_by=None)
    begin(hands, "terminal_T05")
    form = next(one for one in hands.window.findChildren(FormDialog) if one.isVisible())
    if KEPT:
        form.grab().save(str(Path(KEPT) / f"day-close-count-there-{size[0]}.png"))
    wrong = check_screen(form)
    hands.enter(3, 1, "", "", "k-hanako", PASSWORDS["k-hanako"])
    assert states(hands)["terminal_T05"] is True
    assert wrong == []


def test_who_counted_at_another_terminal_is_told_at_her_id(hands: DeskHands) -> None:
    another_terminal(hands, counted_by=("s-toko",))
    with hands.office.store.write.begin() as connection:
        told = storage.last_told(connection, "T05")
        assert told is not None
        storage.keep(connection, "T05", 10, {**told, "named": []})
    carry_all(hands)
    hands.enter(PASSWORDS["s-toko"])
    assert "端末 T05 で保管庫の枚数を数えた人は" in hands.text("supervisor_id_note")
    assert day_close.check(hands.office, as_person(hands.office, "s-toko")).closed is None
