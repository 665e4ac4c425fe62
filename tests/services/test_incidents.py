"""An incident opens by itself with what is known; words, 区への通知 and the ward's 終結 are added, nothing is changed."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from nhi_center.domain import room_rules
from nhi_center.domain.handover import Direction, Side
from nhi_center.domain.operators import Session
from nhi_center.domain.today import Urgency
from nhi_center.errors import OperatorError
from nhi_center.services import entry_list, handover_book, incidents, today
from nhi_center.services import handover as service
from nhi_center.services.incidents import IncidentRow
from nhi_center.services.office import Office
from tests.services.test_handover import CLERK, NINE, WARD, counted, counts, received
from tests.support.certificates import trusting, ward_sets
from tests.support.office import advance, as_person, desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
SHORT = {**NINE, "F02": (3, 4), "F05": (1, 3)}


@pytest.fixture
def row(desk: Room) -> IncidentRow:
    """One sheet of F02 and one case of F05 differ in both rounds; both sign it so."""
    view = counted(desk, Direction.IN, NINE, SHORT)
    service.recount(*desk, view.handover.id)
    for side, found in ((Side.GIVER, NINE), (Side.RECEIVER, SHORT)):
        service.record_count(*desk, view.handover.id, side, counts(view, **found))
    service.countersign(*desk, view.handover.id, WARD, CLERK)
    (found_row,) = incidents.listing(*desk)
    return found_row


def test_it_is_filled_in_already(desk: Room, row: IncidentRow) -> None:
    assert [one.words for one in row.differences] == [
        "資格取得届(社保離脱など): 渡した側 3件5枚、受け取った側 3件4枚",
        "資格喪失届(転出・死亡): 渡した側 2件3枚、受け取った側 1件3枚",
    ]
    assert row.found_by == "見本 区子・見本 一郎"
    assert row.subject == "11月24日 第1便(区 → 受託者)"
    with desk[0].store.read.begin() as connection:
        facts = json.loads(connection.execute(text("SELECT facts FROM incident")).scalar_one())
    assert facts["F05"]["receiver"] == {"cases": 1, "sheets": 3}


def test_the_mark_stands_in_every_list_of_its_papers(desk: Room, row: IncidentRow) -> None:
    received(desk)
    marks = {waiting.slip.number: waiting.marked for waiting in entry_list.waiting(*desk)}
    assert [number for number, marked in marks.items() if marked] == [f"1124-00{n}" for n in range(1, 6)]
    assert len(marks) == 11
    day = desk[0].clock.today()
    told = {(line.handover.number, line.title): line.told for line in handover_book.book(*desk, day, day)}
    assert all("差異あり" in words for (number, _title), words in told.items() if number == 1)
    assert not any("差異あり" in words for (number, _title), words in told.items() if number == 2)
    assert [view.incident for view in service.of_today(*desk)] == [False, True]


def test_untold_for_half_an_hour_it_is_red_and_told_it_is_not(desk: Room, row: IncidentRow) -> None:
    office, clerk = desk
    id_ = row.incident.id
    assert today.today(*desk).tasks[0].urgency is Urgency.URGENT
    assert "custody" not in today.status(*desk).alarms
    advance(office.premises, minutes=31)
    line = today.today(*desk).tasks[0]
    assert (line.urgency, line.what, line.screen) == (Urgency.OVERDUE, "事故・差異", "incidents")
    assert "custody" in today.status(*desk).alarms
    for told_to, time, field in (
        ("k-hanako", "", "told_to"),
        ("誰か", "", "told_to"),
        ("40100", "朝", "told_at"),
        ("40100", "8:00", "told_at"),
    ):
        with pytest.raises(OperatorError) as caught:
            incidents.tell(office, clerk, id_, told_to, time)
        assert caught.value.field == field
    incidents.tell(office, clerk, id_, "40100", "9:05")
    assert today.today(*desk).tasks[0].urgency is not Urgency.OVERDUE
    assert "custody" not in today.status(*desk).alarms
    (now,) = incidents.listing(*desk)
    assert now.incident.told is not None
    assert (now.incident.told.told_at[11:16], now.incident.told.told_to) == ("09:05", "40100")
    with pytest.raises(OperatorError, match="もう記録"):
        incidents.tell(office, clerk, id_, "40100", "")


def test_the_ward_sets_after_how_many_minutes_it_is_red(desk: Room, row: IncidentRow) -> None:
    office, gateway = trusting(desk[0])
    there = office, desk[1]
    ward_sets(office, gateway, name=room_rules.NAME, value={"tell_minutes": 10})
    advance(office.premises, minutes=9)
    assert today.today(*there).tasks[0].urgency is Urgency.URGENT
    advance(office.premises, minutes=2)
    assert today.today(*there).tasks[0].urgency is Urgency.OVERDUE
    assert "custody" in today.status(*there).alarms
    (now,) = incidents.listing(*there)
    assert now.tell_minutes == 10
    assert now.incident.overdue(office.clock.local(), now.tell_minutes)


def test_only_the_ward_closes_it_and_then_it_stands(desk: Room, row: IncidentRow) -> None:
    office, clerk = desk
    ward, id_ = as_person(office, "40100"), row.incident.id
    for person in (clerk, as_person(office, "s-toko")):
        with pytest.raises(OperatorError) as caught:
            incidents.close(office, person, id_)
        assert caught.value.code == "not-permitted"
    with pytest.raises(OperatorError) as caught:
        incidents.close(office, ward, id_)
    assert caught.value.code == "no-measures"
    incidents.write(office, clerk, id_, "双方でトレイと封筒の中を探した。")
    incidents.tell(office, clerk, id_, "40100", "")
    incidents.write(office, as_person(office, "s-toko"), id_, "区の窓口でも探している。")
    incidents.close(office, ward, id_, "紙は区の窓口で見つかった。")
    (now,) = incidents.listing(*desk)
    assert [entry.step.value for entry in now.incident.entries] == ["written", "told", "written", "closed"]
    assert not any(task.what == "事故・差異" for task in today.today(*desk).tasks)
    assert entry_list.waiting(*desk)[0].marked, "the mark stays"
    with pytest.raises(OperatorError, match="終結"):
        incidents.write(office, clerk, id_, "後から")
    with office.store.read.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM outbox WHERE kind = 'incident'")).scalar_one() == 5


@pytest.mark.parametrize("table", ["incident", "incident_entry"])
def test_nothing_of_it_can_be_changed(desk: Room, row: IncidentRow, table: str) -> None:
    incidents.write(*desk, row.incident.id, "探した。")
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {'words' if table == 'incident_entry' else 'facts'} = 'x'"):
        with pytest.raises(IntegrityError, match="append-only"), desk[0].store.write.begin() as connection:
            connection.execute(text(statement))
