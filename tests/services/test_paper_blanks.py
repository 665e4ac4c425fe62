"""書損(白紙): the lowest blank numbers, signed by a second person, counted, handed over; and the number on top after a stop."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from nhi_center.domain.blank_sheets import STATEMENT
from nhi_center.domain.handover import Direction, Phase, Side
from nhi_center.domain.statements import statement_hash
from nhi_center.errors import OperatorError
from nhi_center.services import certificate_printing as printing
from nhi_center.services import custody as desk_custody
from nhi_center.services import handover, paper
from nhi_center.services import paper_blanks as service
from tests.services.test_handover import CLERK, SECTION, WARD, counts
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.print_room import TOKO, Room, card, in_tray, numbers, room, silent

__all__ = ["desk", "premises", "room"]


def test_the_lowest_blank_numbers_are_spoiled_by_one_signature(room: Room) -> None:
    office, clerk = room
    printing.print_jobs(office, clerk, [card(room).job.id], silent)
    assert service.void_blanks(office, clerk, "S", "S-000415", "2", *TOKO) == 2
    assert numbers(room) == (6, 1, 2, 3)
    assert in_tray(office, "spoiled") == 2
    with office.store.read.begin() as connection:
        assert desk_custody.ledger_faults(connection) == 0
        events = connection.execute(text("SELECT what, number, sheets FROM paper_event WHERE prefix = 'S' ORDER BY seq")).all()
        row = connection.execute(text("SELECT * FROM blank_spoiled")).one()
    assert [tuple(one) for one in events][-2:] == [("taken", 414, 2), ("spoiled", 414, 2)]
    signed = json.loads(row.contents)
    assert (signed["first"], signed["last"], signed["reported_by"], row.person) == ("S-000414", "S-000415", "k-ichiro", "s-toko")
    assert statement_hash(STATEMENT, signed) == row.statement
    with pytest.raises(IntegrityError, match="append-only"), office.store.write.begin() as connection:
        connection.execute(text("DELETE FROM blank_spoiled"))


@pytest.mark.parametrize(
    ("last", "reason", "person", "where"),
    [
        ("412", "2", "s-toko", "last"),
        ("419", "2", "s-toko", "last"),
        ("A-413", "2", "s-toko", "last"),
        ("", "2", "s-toko", "last"),
        ("413", "9", "s-toko", "reason"),
        ("413", "2", "k-ichiro", ""),
        ("413", "2", "k-hanako", ""),
        ("413", "2", "40127", ""),
    ],
)
def test_what_is_refused_changes_nothing(room: Room, last: str, reason: str, person: str, where: str) -> None:
    office, clerk = room
    with pytest.raises(OperatorError) as caught:
        service.void_blanks(office, clerk, "S", last, reason, person, PASSWORDS[person])
    assert caught.value.field == where
    assert (numbers(room), in_tray(office, "spoiled")) == ((6, 0, 0, 6), 0)


def test_a_supervisor_alone_and_no_paper(room: Room) -> None:
    office, _clerk = room
    with pytest.raises(OperatorError) as caught:
        service.void_blanks(office, as_person(office, "s-toko"), "S", "413", "1", *TOKO)
    assert caught.value.code == "four-eyes"
    assert service.void_blanks(*room, "S", "418", "3", *TOKO) == 6
    with pytest.raises(OperatorError) as caught:
        service.void_blanks(*room, "S", "418", "3", *TOKO)
    assert caught.value.code == "no-paper"
    paper.receive(*room, "S", 419, 2)
    assert numbers(room) == (8, 0, 6, 2)


def test_spoiled_blanks_are_handed_over_with_no_job_behind_them(desk: Room) -> None:
    office, clerk = desk
    paper.receive(*desk, "S", 413, 6)
    service.void_blanks(office, clerk, "S", "415", "1", *TOKO)
    view = handover.open_handover(*desk, Direction.OUT, SECTION)
    assert [kind.id for kind in view.kinds] == ["spoiled"]
    for side in Side:
        view = handover.record_count(*desk, view.handover.id, side, counts(view, spoiled=(0, 3)))
    assert not view.differs
    assert handover.countersign(*desk, view.handover.id, CLERK, WARD).phase is Phase.SIGNED
    assert desk_custody.on_hand(*desk).sheets == 0
    with office.store.read.begin() as connection:
        assert desk_custody.ledger_faults(connection) == 0


@pytest.mark.parametrize(
    ("number", "difference", "said"),
    [
        ("S-000413", 0, "続けて印刷できます"),
        ("414", 1, "S-000413の 1枚が説明できません"),
        ("Ｓ４１６", 3, "S-000413 から S-000415 までの 3枚が説明できません"),
        ("411", -2, "次は S-000413 のはずですが、S-000411 が上にあります"),
    ],
)
def test_which_number_lies_on_top(room: Room, number: str, difference: int, said: str) -> None:
    found = service.confirm_next(*room, "S", number)
    assert (found.difference, found.agrees) == (difference, difference == 0)
    assert said in found.sentence
    assert ("書損(白紙)" in found.sentence) == (difference > 0)
    assert numbers(room) == (6, 0, 0, 6)


def test_no_paper_and_no_number(desk: Room) -> None:
    for number, field in (("413", "prefix"), ("x", "number")):
        with pytest.raises(OperatorError) as caught:
            service.confirm_next(*desk, "S", number)
        assert caught.value.field == field
    with pytest.raises(OperatorError):
        service.confirm_next(desk[0], as_person(desk[0], "40127"), "S", "413")
