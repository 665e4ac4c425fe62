"""差異あり stays with the paper of a 便 whose counts did not agree: in 照合, 審査 and 証等の出力, in words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from nhi_center.domain.handover import Direction, Side
from nhi_center.domain.operators import Session
from nhi_center.services import certificates, handover, review, urgent, verification
from nhi_center.services.office import Office
from nhi_center.storage import entry as applications
from nhi_center.ui.certificates import ENTRY as CERTIFICATES
from nhi_center.ui.common.difference import DIFFERENCE_NOTE, DIFFERENCE_SHORT
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.common.table import DataTable
from nhi_center.ui.entry import ENTRY
from nhi_center.ui.review import ENTRY as REVIEW
from nhi_center.ui.verification import ENTRY as VERIFICATION
from tests.services.test_handover import CLERK, SECTION, WARD, counts
from tests.services.test_review import verify
from tests.support.certificates import CLASS_U, INSURED, answer, stock_up, trusting, ward_sets
from tests.support.desk_hands import DeskHands
from tests.support.office import as_person, desk, premises
from tests.support.papers import key, receive, register_people
from tests.support.print_room import Room
from tests.support.screens import put_away
from tests.ui.pictures import check_screen

__all__ = ["desk", "premises"]

KEPT = os.environ.get("NHI_PICTURES", "")
SIZES = ((1280, 720), (1366, 768), (1920, 1080))


def came_differing(room: Room) -> None:
    """One F15 of which the ward counted three sheets and the room two, twice over; both signed it so."""
    view = handover.open_handover(*room, Direction.IN, SECTION)
    for round_ in range(2):
        if round_:
            handover.recount(*room, view.handover.id)
        for side, sheets in ((Side.GIVER, 3), (Side.RECEIVER, 2)):
            view = handover.record_count(*room, view.handover.id, side, counts(view, F15=(1, sheets)))
    handover.countersign(*room, view.handover.id, WARD, CLERK)


def looked_at(office: Office, session: Session, entry: ScreenEntry, table: str) -> list[str]:
    """Opens one screen, checks that one line of two is marked, in words, and how it looks; gives what looks wrong."""
    hands = DeskHands(office, session, [entry])
    wrong = []
    for size in SIZES:
        hands.window.resize(*size)
        for _turn in range(3):
            QApplication.processEvents()
        if KEPT:
            hands.window.grab().save(str(Path(KEPT) / f"mark-{table}-{size[0]}.png"))
        wrong += [f"{table} {size[0]}: {problem}" for problem in check_screen(hands.window)]
    model = hands.find(table, DataTable).model()
    cells = [model.index(row, column) for row in range(model.rowCount()) for column in range(model.columnCount())]
    marked = [one for one in cells if DIFFERENCE_SHORT in str(one.data(Qt.ItemDataRole.AccessibleTextRole))]
    assert model.rowCount() == 2
    assert len(marked) == 1
    for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
        assert marked[0].data(role) == DIFFERENCE_NOTE
        assert sum(one.data(role) is not None for one in cells) == 1
    put_away([hands.window])
    return wrong


@pytest.mark.parametrize("waiting", [False, True])
def test_the_mark_goes_with_the_paper_from_list_to_list(desk: Room, waiting: bool) -> None:
    office, gateway = trusting(desk[0])
    room = (office, desk[1])
    hanako, ward = as_person(office, "k-hanako"), as_person(office, "40127")
    register_people(office)
    ward_sets(office, gateway)
    stock_up(*room)
    came_differing(room)
    receive(*room, F02=2)
    wrong = looked_at(*room, ENTRY, "entry_table")
    made = key(*room, "F15"), key(*room, "F02")
    if waiting:
        with office.store.read.begin() as connection:
            found = applications.find(connection, made[0])
        assert found is not None
        urgent.set_urgent(office, ward, found.slip, 20)
    assert [row.marked for row in verification.waiting(office, hanako)] == [True, False]
    wrong += looked_at(office, hanako, VERIFICATION, "verification_table")
    for application in made:
        verify(office, hanako, application)
    assert [row.marked for row in review.waiting(office, ward)] == [True, False]
    assert review.open_case(office, ward, made[0]).row.marked
    wrong += looked_at(office, ward, REVIEW, "review_table")
    review.record_reviewed(office, ward, list(made))
    answer(office, made[0], CLASS_U)
    answer(office, made[1], INSURED, 200)
    certificates.propose(*room)
    assert sorted(row.marked for row in certificates.queue(*room).rows) == [False, True]
    wrong += looked_at(*room, CERTIFICATES, "certificates_table")
    office.premises.pdf.stop()
    assert wrong == []
