"""Tables: keys, ticks, what stays current, what is said when empty, nothing copied out."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nhi_center.printing.fonts import Role, chain
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.table import Cell, CellDelegate, Column, DataTable

Row = tuple[int, str]


@pytest.fixture
def table(qtbot: QtBot) -> DataTable:
    made = DataTable(
        (
            Column("番号", lambda row: str(row[0]), 60, "right"),
            Column("状態", lambda row: Cell(chip=row[1], tone="done", text="区へ")),
        ),
        name="rows",
        label="行",
        empty="ここには行が並びます。",
        row_key=lambda row: row[0],
        checkable=lambda row: row[0] != 2,
    )
    qtbot.addWidget(made)
    made.show()
    return made


def test_enter_opens_the_current_row(table: DataTable, qtbot: QtBot) -> None:
    table.set_rows(((1, "待ち"), (2, "済")))
    qtbot.keyClick(table, Qt.Key.Key_Down)
    with qtbot.waitSignal(table.row_activated) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == [(2, "済")]


def test_the_same_row_stays_current_after_a_refresh(table: DataTable) -> None:
    table.set_rows(((1, "待ち"), (2, "待ち")))
    table.select(1)
    table.set_rows(((3, "待ち"), (1, "待ち"), (2, "済")))
    assert table.current_row() == (2, "済")
    table.set_rows(())
    assert table.current_row() is None


def test_space_ticks_only_what_may_be_ticked(table: DataTable, qtbot: QtBot) -> None:
    table.set_rows(((1, "待ち"), (2, "済")))
    qtbot.keyClick(table, Qt.Key.Key_Space)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert table.checked_rows() == ((1, "待ち"),)
    table.set_rows(((2, "済"),))
    assert table.checked_rows() == ()


def test_nothing_is_copied_out(table: DataTable, qtbot: QtBot) -> None:
    table.set_rows(((1, "待ち"),))
    QApplication.clipboard().setText("前")
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "前"
    QApplication.clipboard().clear()


def test_a_cell_can_be_heard(table: DataTable) -> None:
    table.set_rows(((1, "待ち"),))
    assert table.model().index(0, 2).data() == "待ち 区へ"


def test_an_empty_table_says_what_will_come(table: DataTable) -> None:
    before = table.grab().toImage()
    table.set_rows(((1, "待ち"),))
    assert before != table.grab().toImage()


def test_a_name_that_is_wide_is_drawn_smaller_not_cut_short(qtbot: QtBot) -> None:
    names = NamePainter(chain(Role.NAME))
    made = DataTable((Column("氏名", lambda row: row[1], name=True),), name="people", label="人", empty="-", names=names)
    qtbot.addWidget(made)
    delegate = made.itemDelegate()
    assert isinstance(delegate, CellDelegate)
    name = "大久保　見本太"
    wide = names.width(name, 18)
    assert delegate.fitting(name, wide) == 18
    assert names.width(name, delegate.fitting(name, wide * 0.9)) <= wide * 0.9
