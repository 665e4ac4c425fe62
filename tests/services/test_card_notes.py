"""併記 on the way from the application (F13) and the standard system's answer to the card that is printed."""

from __future__ import annotations

import pytest

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.entry import Draft
from nhi_center.domain.print_jobs import JobState
from nhi_center.services.certificates import QueueRow
from nhi_center.storage import entry, register
from tests.support import certificates as support
from tests.support.certificates import CLASS_U, queue, reviewed_at_once, row_of, stock_up, trusting, ward_sets
from tests.support.office import desk, premises
from tests.support.papers import register_people
from tests.support.print_room import Room

__all__ = ["desk", "premises"]


@pytest.fixture
def asked(desk: Room, monkeypatch: pytest.MonkeyPatch) -> tuple[Room, str]:
    """F13 with everything to be shown; the answer says nothing about stay and disease."""
    office, gateway = trusting(desk[0])
    register_people(office)
    ward_sets(office, gateway)
    stock_up(office, desk[1])
    monkeypatch.setattr(support, "Draft", lambda: Draft({"wanted_notes": "6", "filed_on": "2026-11-20"}))
    application = reviewed_at_once(office, desk[1], "F13", CLASS_U, 300)
    with office.store.read.begin() as connection:
        found = entry.find(connection, application)
        assert found is not None
        assert found.value("wanted_notes") == "6"
    return (office, desk[1]), application


def said(room: Room, application: str, **more: str) -> QueueRow:
    """The standard system answers once more, with this."""
    body = {name: getattr(CLASS_U, name) for name in ("atena", "symbol", "number", "branch", "income_class")}
    with room[0].store.write.begin() as connection:
        register.put_result(connection, 900, application, {"application": application, **body, **more})
    queue(*room)
    return row_of(*room, application)


def test_what_the_ward_has_not_settled_goes_back_to_it(asked: tuple[Room, str]) -> None:
    room, application = asked
    queue(*room)
    row = row_of(*room, application)
    assert (row.job.state, row.job.blocks) == (JobState.BLOCKED, (Block.NOTES_UNSETTLED,))
    room[0].premises.pdf.stop()


def test_what_it_has_settled_is_printed(asked: tuple[Room, str]) -> None:
    room, application = asked
    row = said(room, application, long_stay_from="", disease="1")
    assert row.job.state is JobState.QUEUED
    assert row.sheet is not None
    assert (row.sheet.limit_class, row.sheet.limit_from is not None) == ("ウ", True)
    assert row.sheet.remarks == "特定疾病 人工透析を必要とする慢性腎不全。"
    room[0].premises.pdf.stop()
