"""端末間の引渡し by keys, at two real terminals: laid down from the lists, taken, conflicts settled, a terminal given up."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit

from nhi_center.domain.entry import State
from nhi_center.services import leases
from nhi_center.ui import entry, verification
from nhi_center.ui.common.table import DataTable
from nhi_center.ui.leases import ENTRY
from tests.services.test_conflicts import back
from tests.services.test_leases import entered, on_hand, own_gateway, pair, state_of
from tests.support.desk_hands import DeskHands, Key
from tests.support.lease_room import Desk, exchange
from tests.support.office import PASSWORDS, as_person
from tests.support.papers import receive
from tests.support.postgres import postgres
from tests.ui.pictures import check_screen

__all__ = ["own_gateway", "pair", "postgres"]

KEPT = os.environ.get("NHI_PICTURES", "")


def fits(hands: DeskHands, name: str) -> list[str]:
    wrong = []
    for size in ((1366, 768), (1280, 720)):
        hands.window.resize(*size)
        QApplication.processEvents()
        if KEPT:
            hands.window.grab().save(str(Path(KEPT) / f"{name}-{size[0]}.png"))
        wrong += [f"{name} {size}: {problem}" for problem in check_screen(hands.window)]
    return wrong


def chips(hands: DeskHands, table: str, column: int) -> list[str]:
    found = hands.find(table, DataTable)
    model = found.model()
    return [str(model.data(model.index(row, column))) for row in range(model.rowCount())]


def picture(hands: DeskHands, name: str) -> None:
    if KEPT:
        shown = hands.window.findChild(QDialog, "form_dialog") or hands.window
        shown.grab().save(str(Path(KEPT) / f"{name}.png"))


def test_laid_down_from_the_lists_where_the_paper_stands(pair: tuple[Desk, Desk]) -> None:
    first, _second = pair
    receive(*first, F05=1)
    id_, slip = entered(first)
    hands = DeskHands(first[0], as_person(first[0], "k-hanako"), [verification.ENTRIES[0], entry.ENTRY, ENTRY])
    try:
        hands.window.open_screen("verification", {})
        hands.find("verification_table", DataTable).select(0)
        hands.press(Key.Key_F7)
        hands.enter("9")
        assert state_of(first, id_) is State.ENTERED, "the count is wrong: nothing goes"
        picture(hands, "hand-on-refused")
        hands.find("sheets", QLineEdit).clear()
        hands.enter(slip.sheets)
        assert state_of(first, id_) is State.ELSEWHERE
        hands.window.open_screen("entry", {})
        hands.find("entry_table", DataTable).select(0)
        assert fits(hands, "entry-list") == []
        hands.press(Key.Key_F7)
        hands.enter("1")
        exchange(first)
        hands.window.open_screen("leases", {})
        assert [text.split()[0] for text in chips(hands, "shared_table", 6)] == ["この端末が渡した"] * 2
        assert fits(hands, "leases-mine") == []
    finally:
        hands.close()


def test_taken_with_one_key_and_the_count(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    id_, slip = entered(first)
    leases.lay_down(*first, slip.id, slip.sheets)
    exchange(first, second)
    there = DeskHands(*second, [ENTRY])
    try:
        there.window.open_screen("leases", {})
        there.find("shared_table", DataTable).select(0)
        assert fits(there, "leases-shared") == []
        there.press(Key.Key_Return)
        picture(there, "leases-take")
        there.enter(slip.sheets)
        assert (state_of(second, id_), on_hand(second).sheets) == (State.ENTERED, slip.sheets)
        exchange(second, first)
    finally:
        there.close()
    again = DeskHands(*first, [ENTRY])
    try:
        again.window.open_screen("leases", {})
        assert chips(again, "elsewhere_table", 3) == [second[0].terminal]
        assert fits(again, "leases-elsewhere") == []
    finally:
        again.close()


def test_a_supervisor_sees_both_sides_and_keeps_one(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    id_, _slip = back(first, second, keyed_there=True, birth="1970-03-21")
    hands = DeskHands(first[0], as_person(first[0], "s-toko"), [ENTRY])
    try:
        hands.window.open_screen("leases", {"page": "conflicts"})
        hands.find("conflicts_table", DataTable).select(0)
        assert fits(hands, "conflicts-list") == []
        hands.press(Key.Key_Return)
        assert [row[0] for row in hands.find("sides_table", DataTable).rows()] != []
        assert second[0].terminal in hands.find("conflict_about", QLabel).text()
        assert fits(hands, "conflicts-both") == []
        hands.press(Key.Key_F4)
        picture(hands, "conflicts-settle")
        hands.enter("1")
        assert state_of(first, id_) is State.ELSEWHERE
        assert chips(hands, "conflicts_table", 5)[0].startswith("相手を残した")
    finally:
        hands.close()


def test_a_terminal_is_given_up_and_its_papers_are_taken_for_keying_again(pair: tuple[Desk, Desk]) -> None:
    first, second = pair
    _id, slip = entered(first)
    exchange(first, second, rounds=2)
    hands = DeskHands(second[0], as_person(second[0], "s-toko"), [ENTRY])
    try:
        hands.window.open_screen("leases", {"page": "lost"})
        table = hands.find("terminals_table", DataTable)
        table.select(next(n for n, row in enumerate(table.rows()) if row.terminal == first[0].terminal))
        hands.press(Key.Key_F3)
        picture(hands, "lost-declare")
        hands.enter("電源が入らない", "s-toko", PASSWORDS["s-toko"], "40127", PASSWORDS["40127"])
        exchange(second, rounds=2)
        hands.window.open_screen("leases", {"page": "lost"})
        table.select(next(n for n, row in enumerate(table.rows()) if row.terminal == first[0].terminal))
        QApplication.processEvents()
        assert chips(hands, "lost_papers_table", 2) == ["入力し直す"]
        assert fits(hands, "lost") == []
        hands.find("lost_papers_table", DataTable).select(0)
        hands.press(Key.Key_F4)
        picture(hands, "lost-again")
        hands.enter("2", slip.sheets)
        assert on_hand(second).sheets == slip.sheets
        assert leases.shared(*second) == ()
    finally:
        hands.close()
