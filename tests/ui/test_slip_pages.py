"""管理票 at the handover: labels read one after another, what goes out checked, what comes back under a question named."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from nhi_center.domain import slip_codes
from nhi_center.domain.handover import Direction, Side
from nhi_center.domain.operators import Session
from nhi_center.services import giving_back, handover, hold_papers, holds
from nhi_center.services.entry_list import waiting
from nhi_center.services.office import Office
from nhi_center.ui.common.scan_field import ScanField
from nhi_center.ui.common.table import DataTable
from nhi_center.ui.custody import ENTRY
from nhi_center.ui.holds import ENTRIES as HOLDS
from tests.services.test_handover import CLERK, SECTION, WARD, counts, received
from tests.services.test_hold_papers import questioned
from tests.services.test_standing_queries import heard
from tests.support.desk_hands import DeskHands, Key
from tests.support.entry import bring_in, fill_register
from tests.support.office import as_person, desk, premises
from tests.ui.pictures import looked_at_small

__all__ = ["desk", "premises"]

Alt = Qt.KeyboardModifier.AltModifier
Room = tuple[Office, Session]


@pytest.fixture
def hands(desk: Room) -> Iterator[DeskHands]:
    made = DeskHands(*desk, [ENTRY])
    yield made
    made.close()


def checking(hands: DeskHands, handover_id: str) -> None:
    hands.window.open_screen("custody", {"handover": handover_id})
    QApplication.processEvents()
    hands.press(Key.Key_K, Alt)
    assert hands.at.objectName() == "slip_scan"


def verdicts(hands: DeskHands) -> list[tuple[str, str]]:
    rows = hands.find("slip_lines", DataTable).rows()
    return [(row.number, row.verdict.label) for row in reversed(rows)]


def test_every_label_of_a_delivery_is_read_and_what_is_wrong_is_told(hands: DeskHands, desk: Room) -> None:
    view = received(desk)
    checking(hands, view.handover.id)
    assert hands.text("slip_count") == "0 / 6件"
    slips = [row.slip for row in waiting(*desk)]
    hands.enter(slip_codes.bar_content(slips[0].day, slips[0].number), "1124-002", "1124002", "1124-999", "hello")
    assert verdicts(hands) == [
        ("1124-001", "確認"),
        ("1124-002", "確認"),
        ("1124-002", "重複"),
        ("1124-999", "未知"),
        ("", "未知"),
    ]
    assert hands.text("slip_count") == "2 / 6件"
    assert [row.number for row in hands.find("slip_missing", DataTable).rows()] == [f"1124-{n:03d}" for n in range(3, 7)]
    assert "足りない 4件 重複 1件 未知 2件" in hands.text("slip_foot")
    assert looked_at_small(hands.window, "slips-in") == []
    hands.press(Key.Key_F3)
    assert hands.text("slip_count") == "0 / 6件"
    hands.enter(*(f"{slip_codes.PREFIX}{slip.id}" for slip in slips))
    hands.go()
    assert "管理票 6件をすべて照合しました" in hands.window.message_bar.text.text()
    assert looked_at_small(hands.window, "slips-in-all") == []
    hands.press(Key.Key_Escape)
    assert hands.at.objectName() == "go_button"


def test_a_paper_that_has_gone_back_is_told(hands: DeskHands, desk: Room) -> None:
    view = received(desk)
    slip = waiting(*desk)[0].slip
    giving_back.give_back(*desk, slip.id, 2, "2")
    out = handover.open_handover(*desk, Direction.OUT, SECTION)
    for side in Side:
        out = handover.record_count(*desk, out.handover.id, side, counts(out, F02=(1, 2)))
    handover.countersign(*desk, out.handover.id, CLERK, WARD)
    checking(hands, view.handover.id)
    hands.enter(slip.number)
    assert verdicts(hands) == [(slip.number, "返却済")]


def test_what_goes_out_is_checked_without_telling_a_number_before_it_ends(hands: DeskHands, desk: Room) -> None:
    received(desk)
    first, second, third = (row.slip for row in waiting(*desk)[:3])
    for slip in (first, second):
        giving_back.give_back(*desk, slip.id, 1, "2")
    hands.window.open_screen("custody", {})
    hands.press(Key.Key_F4)
    assert hands.at.objectName() == "F02_cases"
    hands.words("2")
    hands.press(Key.Key_K, Alt)
    hands.enter(first.number, third.number)
    assert verdicts(hands) == [(first.number, "確認"), (third.number, "この便以外")]
    assert hands.text("slip_count") == "確認 1件"
    assert hands.find("slip_missing", DataTable).rows() == ()
    hands.go()
    assert [row.number for row in hands.find("slip_missing", DataTable).rows()] == [second.number]
    assert looked_at_small(hands.window, "slips-out") == []
    hands.find("slip_missing", DataTable).select(0)
    assert (hands.text("slip_state"), hands.text("slip_told")) == (second.number, "不備")
    hands.press(Key.Key_Escape)
    assert hands.find("F02_cases", QLineEdit).text() == "2", "what was half typed stands"
    hands.enter("", 2)
    hands.press(Key.Key_K, Alt)
    assert hands.at.objectName() == "F02_cases", "the other side counts blind"


def test_what_comes_back_under_a_question_is_named_in_its_delivery(hands: DeskHands, desk: Room) -> None:
    office, clerk = desk
    fill_register(office)
    slips = bring_in(office, clerk, F02=(2, 5))
    _id, hold = questioned(desk, slips[0])
    hold_papers.lay_out(office, as_person(office, "s-toko"), hold)
    out = handover.open_handover(*desk, Direction.OUT, SECTION)
    for side in Side:
        out = handover.record_count(*desk, out.handover.id, side, counts(out, F02=(1, 3)))
    handover.countersign(*desk, out.handover.id, CLERK, WARD)
    hands.window.open_screen("custody", {})
    hands.press(Key.Key_F3)
    hands.press(Key.Key_K, Alt)
    assert hands.at.objectName() == "slip"
    hands.enter("1124-002", 3)
    assert "疑義照会で区にある書類ではありません" in hands.text("slip_note")
    hands.find("slip", QLineEdit).clear()
    hands.enter("1124-001", 3)
    (row,) = hands.find("back_table", DataTable).rows()
    assert row.named is not None
    assert row.named.sheets == 3
    assert hands.text("back_count") == "区に 1件、この便で 1件 3枚"
    assert looked_at_small(hands.window, "question-back") == []
    hands.press(Key.Key_D, Alt)
    assert hands.text("back_count") == "区に 1件、この便で 0件 0枚"
    hands.enter("1124-001", 3)
    hands.press(Key.Key_Escape)
    for _side in range(2):
        hands.find("other_kind", QLineEdit).setFocus()
        hands.enter(94, 1, 3, "")
    (view,) = [one for one in handover.of_today(*desk) if one.handover.state == "open"]
    signed = handover.countersign(*desk, view.handover.id, WARD, CLERK)
    assert signed.slips == ()
    assert hold_papers.expected_back(*desk) == ()


def test_the_supervisor_lays_the_paper_out_with_its_question(desk: Room) -> None:
    office, clerk = desk
    fill_register(office)
    slips = bring_in(office, clerk, F02=(2, 5))
    questioned(desk, slips[0])
    supervisor = as_person(office, "s-toko")
    hands = DeskHands(office, supervisor, [*HOLDS, ENTRY])
    try:
        hands.window.open_screen("holds", {})
        hands.press(Key.Key_W, Alt)
        assert "照会票 R8-0001 を付け、出力トレイに" in hands.window.message_bar.text.text()
        assert holds.listing(office, supervisor)[0].paper.value == "leaving"
        assert looked_at_small(hands.window, "hold-paper") == []
        hands.press(Key.Key_W, Alt)
        assert holds.listing(office, supervisor)[0].paper.value == "here"
    finally:
        hands.close()


class Ticks:
    """A clock that a test winds on before each key."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("gap", "begun", "expected"),
    [
        (0.02, "", ("20261124001", True)),
        (0.10, "", ("20261124001", False)),
        (0.02, "112", ("20261124001", True)),
        (0.10, "112", ("11220261124001", False)),
    ],
)
def test_only_haste_over_a_whole_code_is_a_scan(hands: DeskHands, gap: float, begun: str, expected: tuple[str, bool]) -> None:
    tick = Ticks()
    field = ScanField("scan", "管理票の番号", tick=tick)
    taken: list[tuple[str, bool]] = []
    field.taken.connect(lambda text, scanned: taken.append((text, scanned)))
    field.setParent(hands.window)
    field.show()
    field.editor.setFocus()
    for character in begun:
        tick.now += 0.3
        hands.words(character)
    tick.now += 0.5
    for character in "20261124001":
        hands.words(character)
        tick.now += gap
    hands.press(Key.Key_Return)
    assert taken == [expected]
    assert field.value() == ""


def test_a_scan_costs_the_window_next_to_nothing(hands: DeskHands, desk: Room) -> None:
    """Sixty labels, each with its lookup, list and state: the last asks the store no more than the first did."""
    fill_register(desk[0])
    slips = bring_in(*desk, F02=(60, 60))
    (view,) = handover.of_today(*desk)
    checking(hands, view.handover.id)
    asked = []
    for slip in slips:
        hands.words(slip_codes.bar_content(slip.day, slip.number))
        with heard(desk[0]) as statements:
            hands.press(Key.Key_Return)
        asked.append(len(statements))
    assert hands.text("slip_count") == "60 / 60件"
    assert 0 < max(asked) <= asked[0] + 1
