from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.services import paper
from nhi_center.services.office import Office
from nhi_center.services.paper import PaperDay
from nhi_center.services.work import begin, reading
from tests.support.office import as_person, desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


def sheets(room: Room) -> PaperDay:
    with reading(*room, Action.PRINT) as connection:
        return paper.day_counts(room[0], connection)[0]


def take(room: Room, count: int) -> list[str]:
    with begin(*room, Action.PRINT) as unit:
        return [paper.take(unit, "S", f"job-{index}") for index in range(count)]


def test_before_any_paper_there_is_none(desk: Room) -> None:
    assert (sheets(desk).left, sheets(desk).upcoming(3)) == (0, ())
    with pytest.raises(OperatorError, match="用紙Sがありません"):
        take(desk, 1)


def test_a_second_pack_with_other_numbers_when_the_first_is_used_up(desk: Room) -> None:
    paper.receive(*desk, "S", 1, 2)
    assert take(desk, 2) == ["S-000001", "S-000002"]
    with pytest.raises(OperatorError, match="S-000003") as refused:
        paper.receive(*desk, "S", 2, 5)
    assert refused.value.code == "paper-used"
    paper.receive(*desk, "S", 101, 5)
    assert take(desk, 1) == ["S-000101"]
    with begin(*desk, Action.CHECK_PRINT) as unit:
        paper.spoil(unit, "S-000002", "job-1")
    now = sheets(desk)
    assert (now.opened, now.used, now.spoiled, now.left) == (7, 2, 1, 4)
    assert now.used + now.spoiled + now.left == now.opened


def test_a_number_that_never_went_through_cannot_be_spoiled(desk: Room) -> None:
    paper.receive(*desk, "S", 1, 2)
    with pytest.raises(ValueError, match="never went"), begin(*desk, Action.CHECK_PRINT) as unit:
        paper.spoil(unit, "S-000001", "job")


def test_ward_staff_take_in_no_paper(desk: Room) -> None:
    with pytest.raises(OperatorError, match="役割"):
        paper.receive(desk[0], as_person(desk[0], "40127"), "S", 1, 2)


def test_counts_and_numbers_are_kept(desk: Room) -> None:
    paper.receive(*desk, "S", 1, 2)
    take(desk, 1)
    for statement in ("DELETE FROM paper_stock", "DELETE FROM paper_event", "UPDATE paper_event SET number = 9"):
        with pytest.raises(DatabaseError), desk[0].store.write.begin() as connection:
            connection.execute(text(statement))
    with desk[0].store.read.begin() as connection:
        rows = connection.execute(text("SELECT what, number FROM paper_event ORDER BY seq")).all()
    assert [tuple(row) for row in rows] == [("received", 1), ("taken", 1)]
