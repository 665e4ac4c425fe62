"""手元の書類 in the unit of each kind; our own papers are never counted; papers past the ward's hours."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from nhi_center.domain.custody import RETURNED_MAIL, SPOILED, Group, Place
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.today import Urgency
from nhi_center.services import custody, day_close, paper_age, receipts, slips, today
from nhi_center.services.entry_list import waiting
from nhi_center.services.office import Office, Premises
from nhi_center.services.work import begin
from tests.services.test_handover import Room, received
from tests.support.office import advance, as_person, desk, premises

__all__ = ["desk", "premises"]


def brought(room: tuple[Office, Session], kind: str, pieces: int) -> None:
    """Something comes in that is no application."""
    with begin(*room, Action.HANDOVER) as unit:
        custody.move(unit, kind=kind, batch="in-1", frm=Place.WARD, to=Place.TRAY, sheets=pieces)


@pytest.mark.parametrize(
    ("kind", "unit"),
    [
        ("F02", "枚"),
        ("original", "点"),
        ("collected", "枚"),
        ("other_paper", "枚"),
        ("cash", "点"),
        ("returned_mail", "通"),
        ("shikaku", "枚"),
        ("cover", "枚"),
        ("spoiled", "枚"),
    ],
)
def test_every_kind_has_its_unit(kind: str, unit: str) -> None:
    assert custody.document_kinds()[kind].unit == unit


def test_money_and_envelopes_are_no_sheets(desk: Room) -> None:
    brought(desk, "other_paper", 4)
    brought(desk, "cash", 3)
    brought(desk, "original", 2)
    brought(desk, RETURNED_MAIL.id, 5)
    here = custody.on_hand(*desk)
    assert (here.sheets, here.items, here.letters) == (4, 5, 5)
    supervisor = as_person(desk[0], "s-toko")
    words = {line.item.kind: line.item.words for line in day_close.check(desk[0], supervisor).lines}
    assert words["sheets_tray"] == "受付トレイの書類 4枚 5点 5通"
    figures = {figure.key: figure for figure in today.today(*desk).figures}
    assert figures["on_hand"].number == 4
    assert figures["on_hand"].detail.startswith("0件・原本・金券 5点・封筒 5通")


def test_our_own_slips_and_receipts_are_never_counted(desk: Room) -> None:
    """The labels of a 便 and its receipt are made and printed: the ledger knows neither, and no kind of it is either."""
    office = desk[0]
    view = received(desk)

    def ledger() -> tuple[object, int]:
        with office.store.read.begin() as connection:
            return custody.on_hand_now(connection), int(connection.execute(text("SELECT count(*) FROM movement")).scalar_one())

    before = ledger()
    slips.make_slips(*desk, view.handover.id)
    receipts.make_receipt(*desk, view.handover.id)
    assert ledger() == before
    kinds = custody.document_kinds()
    assert not {"slip", "receipt"} & set(kinds)
    assert not [kind.title for kind in kinds.values() if "管理票" in kind.title or "受領証" in kind.title]
    incoming = {kind.id for kind in kinds.values() if kind.group not in (Group.OUTPUT, Group.SPOILED)}
    with pytest.raises(ValueError, match="from the ward"):
        brought(desk, SPOILED.id, 1)
    assert SPOILED.id not in incoming
    office.premises.pdf.stop()


def test_paper_past_the_hours_is_told_everywhere(desk: Room, premises: Premises) -> None:
    """Came on Tuesday at nine; the office is open for twelve hours a day: on Thursday at ten it has been here for 25."""
    office = desk[0]
    received(desk)
    supervisor = as_person(office, "s-toko")

    def overdue() -> int:
        lines = {line.item.kind: line.item for line in day_close.check(office, supervisor).lines}
        return lines[paper_age.OVERDUE].count

    advance(premises, hours=47)
    assert overdue() == 0
    advance(premises, hours=2)
    assert overdue() > 0
    assert {row.overdue_hours for row in waiting(*desk)} == {25}
    (task,) = [task for task in today.today(*desk).tasks if task.key == "papers_overdue"]
    assert (task.urgency, task.state) == (Urgency.OVERDUE, "最長 25時間")
    assert today.status(*desk).papers_overdue
    ages = paper_age.overdue(*desk)
    assert ages.longest_of("F02") == 25
    assert ages.longest_of("F23") == 0
