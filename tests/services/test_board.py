"""進み具合: where every paper stands and with whom; a draft given to another keeps what is keyed, and neither may verify it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from nhi_center.domain.board import Case, by_form, stuck
from nhi_center.domain.entry import Draft, State
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services import board, custody, entry, presence, roster, verification
from nhi_center.services.office import Office
from nhi_center.storage import entry as storage
from tests.support import papers
from tests.support.office import advance, as_person, desk, premises

__all__ = ["desk", "premises"]

Desk = tuple[Office, Session]


@pytest.fixture
def draft(desk: Desk) -> str:
    """見本 一郎's, begun and closed."""
    office, clerk = desk
    papers.register_people(office)
    papers.receive(office, clerk, F05=2)
    papers.receive(office, clerk, F05=2)
    slip = next(slip for slip in custody.unsorted_slips(office, clerk) if slip.kind == "F05")
    opened = entry.open_slip(office, clerk, slip.id)
    entry.put_aside(office, clerk, opened.application.id, Draft())
    return opened.application.id


def test_every_paper_stands_there_once(desk: Desk, draft: str) -> None:
    office, _clerk = desk
    seen = board.board(office, as_person(office, "s-toko"))
    assert [(line.title, line.to_key, line.drafts, line.total) for line in seen.forms] == [("資格喪失届(転出・死亡)", 1, 1, 2)]
    assert sorted((case.state.value, case.holder) for case in seen.cases) == [("drafting", "k-ichiro"), ("received", "")]
    assert ("k-ichiro", 1) in [(one.id, one.drafts) for one in seen.people]
    assert seen.stopped == ""


def test_past_the_limit_it_is_counted_as_overdue(desk: Desk, draft: str) -> None:
    office, _clerk = desk
    advance(office.premises, days=7)
    (line,) = board.board(office, as_person(office, "s-toko")).forms
    assert line.overdue == 2


def test_a_draft_goes_to_another_with_all_that_is_keyed(desk: Desk, draft: str) -> None:
    office, clerk = desk
    supervisor, other = as_person(office, "s-toko"), as_person(office, "k-hanako")
    board.assign(office, supervisor, draft, "k-hanako", "休みのため")
    with office.store.read.begin() as connection:
        application = storage.find(connection, draft)
        assert application is not None
        assert storage.keyers(connection, draft) == {"k-ichiro", "k-hanako"}
        assert storage.events(connection, draft)[-1].note == "assigned by s-toko: 休みのため"
    with pytest.raises(OperatorError) as refused:
        entry.open_slip(office, clerk, application.slip)
    assert refused.value.code == "someone-elses-draft"
    assert entry.open_slip(office, other, application.slip).application.id == draft


@pytest.mark.parametrize(
    ("to", "reason", "field"),
    [
        ("k-ichiro", "同じ人", "to"),
        ("nobody", "いない人", "to"),
        ("40127", "区職員", "to"),
        ("k-hanako", " ", "reason"),
        ("k-hanako", "あ" * 101, "reason"),
        ("k-hanako", "番号 123456789018", "reason"),
    ],
)
def test_a_mistake_stands_at_its_field(desk: Desk, draft: str, to: str, reason: str, field: str) -> None:
    office, _clerk = desk
    with pytest.raises(OperatorError) as refused:
        board.assign(office, as_person(office, "s-toko"), draft, to, reason)
    assert refused.value.field == field


def test_nobody_is_given_what_he_may_not_begin(desk: Desk, draft: str) -> None:
    office, _clerk = desk
    supervisor, yesterday = as_person(office, "s-toko"), office.clock.today() - timedelta(days=1)
    roster.begin_leaving(office, supervisor, "k-hanako", yesterday, "契約の終了")
    with pytest.raises(OperatorError, match="新しい仕事を始められません") as refused:
        board.assign(office, supervisor, draft, "k-hanako", "休みのため")
    assert (refused.value.field, refused.value.code) == ("to", "period")


def test_what_is_no_draft_belongs_to_nobody(desk: Desk, draft: str) -> None:
    office, clerk = desk
    done = papers.key(office, clerk, "F05")
    with pytest.raises(OperatorError) as refused:
        board.assign(office, as_person(office, "s-toko"), done, "k-hanako", "急ぐため")
    assert refused.value.code == "not-this-step"


def test_what_nobody_inside_may_verify_is_said(desk: Desk) -> None:
    office, clerk = desk
    supervisor = as_person(office, "s-toko")
    papers.register_people(office)
    papers.receive(office, clerk, F05=2)
    papers.key(office, clerk, "F05")
    assert board.board(office, supervisor).stopped == ""
    for row in presence.roster(office, as_person(office, "40127")):
        if row.person != "k-ichiro" and row.stay is not None:
            presence.check_out(office, as_person(office, "40127"), row.stay)
    assert "照合できない届出が1件" in board.board(office, supervisor).stopped
    assert "見本 一郎" in board.board(office, supervisor).stopped
    assert [row.application for row in verification.waiting(office, as_person(office, "k-hanako"))]


def test_forms_and_stuck_cases_alone() -> None:
    cases = (
        Case("1", "1", "甲", State.ENTERED, keyers=frozenset({"a"})),
        Case("2", "2", "乙", State.RECEIVED, hours=3),
        Case("3", "3", "乙", State.HELD),
    )
    assert [(line.title, line.total, line.overdue) for line in by_form(cases)] == [("乙", 2, 1), ("甲", 1, 0)]
    assert stuck(cases, frozenset({"a"})) == (cases[0],)
    assert stuck(cases, frozenset()) == (cases[0],)
    assert stuck(cases, frozenset({"a", "b"})) == ()
