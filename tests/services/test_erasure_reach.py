"""消去 reaches everything of a month: what was begun by mistake, several persons on one paper, words beside a case."""

from __future__ import annotations

from sqlalchemy import text

from nhi_center.domain.operators import Session
from nhi_center.services import conflicts as conflict_services
from nhi_center.services import erasure, ward_requests
from nhi_center.services.calls import drop_call, finish_call, start_call
from nhi_center.services.office import Office
from nhi_center.storage import conflicts
from tests.services.test_calls import ANSWERED
from tests.services.test_erasure import agreed, later, settle, shown
from tests.services.test_leaving import desk
from tests.support.office import as_person
from tests.support.postgres import postgres
from tests.support.terminals import silent_gateway

__all__ = ["desk", "postgres", "silent_gateway"]

DAYS = 8
WORDS = "見本 葛城方の件"


Desk = tuple[Office, Session, dict[str, str]]


def waiting(office: Office, ward: Session) -> dict[str, int]:
    return {one.words: one.number for one in shown(office, ward).obstacles}


def standing_with(office: Office, words: str) -> list[str]:
    """Tables in which these words stand."""
    found = []
    with office.store.read.begin() as connection:
        names = [row.name for row in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))]
        for name in names:
            if any(words in str(tuple(row)) for row in connection.execute(text(f"SELECT * FROM {name}"))):
                found.append(name)
    return found


def test_a_call_begun_by_mistake_stands_in_no_ones_way(desk: Desk) -> None:
    office, ward, _made = desk
    ichiro = as_person(office, "k-ichiro")
    drop_call(office, ichiro, start_call(office, ichiro).call.id)
    settle(office)
    later(office, DAYS)
    assert waiting(office, ward) == {}


def test_several_persons_on_one_paper_stand_in_no_ones_way(desk: Desk) -> None:
    office, ward, made = desk
    with office.store.write.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO application (id, slip, envelope, form, form_day, state, atena)"
                " SELECT 'case-2', slip, id, form, form_day, state, atena FROM application WHERE id = :id"
            ),
            {"id": made["F05"]},
        )
    settle(office)
    later(office, DAYS)
    assert waiting(office, ward) == {}


def test_the_words_beside_a_case_go_with_it(desk: Desk) -> None:
    office, ward, made = desk
    ichiro = as_person(office, "k-ichiro")
    call = start_call(office, ichiro).call
    finish_call(office, ichiro, call.id, ANSWERED)
    asked = ward_requests.ask_ward(office, ichiro, call.id, "1", ward_requests.sections()[0], "確かめてください")
    ward_requests.settle(office, ward, asked.id, WORDS)
    with office.store.write.begin() as connection:
        slip = connection.execute(text("SELECT slip FROM application WHERE id = :id"), {"id": made["F05"]}).scalar_one()
        side = {"terminal": "T", "person": "k-ichiro", "at": "", "state": "entered", "values": {"name": WORDS}, "name": ""}
        conflicts.add(connection, "c-1", slip, made["F05"], side, "2026-11-24T10:00:00+09:00")
        conflicts.settle(connection, "c-1", "mine", "1", "s-toko", "2026-11-24T11:00:00+09:00")
    settle(office)
    later(office, DAYS)
    assert set(standing_with(office, WORDS)) == {"outbox", "conflict", "ward_request"}
    assert waiting(office, ward) == {}
    erasure.go_on(office, ward, agreed(office, ward).id)
    assert standing_with(office, WORDS) == []
    assert [one.differing for one in conflict_services.every(office, as_person(office, "s-toko"))] == [()]
