"""期限超過 in red: in 手元の書類, in the entry list, on the first page and in the status bar."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QPushButton

from nhi_center.domain.operators import Session
from nhi_center.services import today
from nhi_center.services.office import Office, Premises
from nhi_center.ui.common.table import DataTable
from nhi_center.ui.custody import ENTRY as CUSTODY
from nhi_center.ui.entry import ENTRY as KEYING
from nhi_center.ui.home import ENTRY as HOME
from nhi_center.ui.pages import show_status
from tests.services.test_handover import received
from tests.support.desk_hands import DeskHands
from tests.support.office import advance, desk, premises
from tests.ui.pictures import looked_at

__all__ = ["desk", "premises"]


@pytest.fixture
def late(desk: tuple[Office, Session], premises: Premises) -> Iterator[DeskHands]:
    """Three kinds of paper came 49 hours ago: 25 hours of the office."""
    received(desk)
    advance(premises, hours=49)
    made = DeskHands(*desk, [HOME, CUSTODY, KEYING])
    show_status(made.window, today.status(*desk))
    yield made
    made.close()


def texts(hands: DeskHands, name: str) -> str:
    model = hands.find(name, DataTable).model()
    return " ".join(
        str(model.index(row, column).data()) for row in range(model.rowCount()) for column in range(model.columnCount())
    )


@pytest.mark.parametrize("size", [(1280, 720), (1366, 768)])
def test_it_is_red_wherever_the_paper_is(late: DeskHands, size: tuple[int, int]) -> None:
    late.window.resize(*size)
    assert "期限超過" in late.find("status_custody", QPushButton).text()
    wrong = looked_at(late.window, "overdue-home")
    late.window.open_screen("custody", {})
    told = looked_at(late.window, "overdue-custody")
    wrong += [problem for problem in told if "_table" in problem] if size[0] < 1366 else told
    assert "期限超過 25時間" in texts(late, "on_hand_table")
    late.window.open_screen("entry", {})
    wrong += looked_at(late.window, "overdue-entry")
    assert "期限超過 25時間" in texts(late, "entry_table")
    assert wrong == []
