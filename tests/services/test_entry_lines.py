"""One envelope with several person lines, from the draft to a case for each person."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from nhi_center.domain.entry import Draft, State
from nhi_center.domain.forms import envelope
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services import entry, entry_lines, review
from nhi_center.services.office import Office
from nhi_center.storage import entry as storage
from tests.support.entry import CHILD, HEAD, bring_in, fill_register, good_draft
from tests.support.office import as_person, desk, premises

__all__ = ["desk", "premises"]

OF_CHILD = {
    "event": "1",
    "moved_out": "2026-11-20",
    "same_day_move": "0",
    "destination": "大阪府見本市見本町1-1",
    "returned_paper": "3",
    "name": CHILD.name,
    "kana": CHILD.kana,
    "birth": CHILD.birth.isoformat(),
    "sex": CHILD.sex,
    "relation": "4",
    "branch": CHILD.branch,
}


def two_persons(office: Office, session: Session) -> tuple[str, Draft]:
    """The mother joins (F02), her son leaves (F05), on one paper."""
    fill_register(office)
    (slip,) = bring_in(office, session, F02=(1, 2))
    opened = entry.open_slip(office, session, slip.id)
    id_ = opened.application.id
    entry.choose_person(office, session, id_, HEAD.atena)
    opened = entry_lines.add_line(office, session, id_, "F05", good_draft("F02"))
    entry.choose_person(office, session, id_, CHILD.atena, 2)
    values = {**opened.application.draft.values, **{envelope.key(2, name): value for name, value in OF_CHILD.items()}}
    return id_, replace(good_draft("F02"), values=values)


def test_two_persons_with_two_forms_become_two_cases_at_the_review(desk: tuple[Office, Session]) -> None:
    office, session = desk
    id_, draft = two_persons(office, session)
    done = entry.finish(office, session, id_, draft)
    assert [(line.form, line.atena, line.fact_date) for line in done.lines] == [
        ("F02", HEAD.atena, "2026-11-20"),
        ("F05", CHILD.atena, "2026-11-20"),
    ]
    with office.store.write.begin() as connection:
        body = connection.execute(text("SELECT body FROM outbox WHERE kind = 'application'")).scalar_one()
        connection.execute(text("UPDATE application SET state = 'verified' WHERE id = :id"), {"id": id_})
    sent = json.loads(body)
    assert [(line["number"], line["effect"]["kind"]) for line in sent["lines"]] == [(1, "acquire"), (2, "lose")]
    ward = as_person(office, "40127")
    case = review.open_case(office, ward, id_)
    assert [name for name, _rows in case.changes] == [HEAD.name, CHILD.name]
    assert case.row.change.endswith("ほか1人")
    assert review.record_reviewed(office, ward, [id_]) == review.ReviewOutcome(1, ())
    with office.store.read.begin() as connection:
        first = storage.find(connection, id_)
        (second,) = storage.cases_of(connection, id_)
        bodies = connection.execute(text("SELECT body FROM outbox WHERE kind = 'review' ORDER BY seq")).scalars().all()
        filed = storage.applications_of(connection, CHILD.atena)
    assert first is not None
    assert (first.state, second.state) == (State.REVIEWED, State.DONE)
    assert (second.form, second.atena, second.value("name"), second.number) == ("F05", CHILD.atena, CHILD.name, first.number)
    assert [json.loads(one)["atena"] for one in bodies] == [HEAD.atena, CHILD.atena]
    assert [one.id for one in filed] == [second.id]


def test_what_is_wrong_with_the_second_person_stands_at_his_field(desk: tuple[Office, Session]) -> None:
    office, session = desk
    id_, draft = two_persons(office, session)
    broken = replace(draft, values={name: value for name, value in draft.values.items() if name != "2.moved_out"})
    with pytest.raises(OperatorError) as caught:
        entry.finish(office, session, id_, broken)
    assert (caught.value.field, caught.value.code) == ("2.moved_out", "V01")


def test_a_value_taken_over_must_be_looked_at(desk: tuple[Office, Session]) -> None:
    office, session = desk
    id_, draft = two_persons(office, session)
    with pytest.raises(OperatorError) as caught:
        entry.finish(office, session, id_, replace(draft, carried={"2.destination": False}))
    assert (caught.value.field, caught.value.code) == ("2.destination", "carried")
    done = entry.finish(office, session, id_, replace(draft, carried={"2.destination": True}))
    assert done.draft.carried == {"2.destination": True}


def test_only_forms_of_the_same_sheet_join_and_the_first_line_stays(desk: tuple[Office, Session]) -> None:
    office, session = desk
    id_, draft = two_persons(office, session)
    with pytest.raises(OperatorError, match="この紙では扱えません"):
        entry_lines.add_line(office, session, id_, "F15", draft)
    with pytest.raises(OperatorError, match="初めの人は外せません"):
        entry_lines.remove_line(office, session, id_, 1, draft)
    opened = entry_lines.remove_line(office, session, id_, 2, draft)
    assert [line.line.number for line in opened.lines] == [1]
    assert not any(name.startswith("2.") for name in opened.application.draft.values)


def test_an_envelope_is_full_at_twelve(desk: tuple[Office, Session]) -> None:
    office, session = desk
    id_, draft = two_persons(office, session)
    for _ in range(envelope.MOST_LINES - 2):
        entry_lines.add_line(office, session, id_, "F02", draft)
    with pytest.raises(OperatorError, match="12人まで"):
        entry_lines.add_line(office, session, id_, "F02", draft)


@given(st.dictionaries(st.tuples(st.integers(1, 4), st.sampled_from(("name", "kana", "birth"))), st.text(max_size=3)))
def test_taking_a_line_away_changes_no_other_line(kept: dict[tuple[int, str], str]) -> None:
    values = {envelope.key(number, name): value for (number, name), value in kept.items()}
    draft = Draft(values, {}, {f"V22:{name}": "1" for name in values})
    less = entry_lines.without_line(draft, 3)
    assert less.values == {name: value for name, value in values.items() if not name.startswith("3.")}
    assert set(less.reasons) == {f"V22:{name}" for name in less.values}
