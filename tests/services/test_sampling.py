"""照合の割合: what is drawn, what always is, and what the ward sees of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from nhi_center.domain import sampling as rules
from nhi_center.domain.entry import Draft, State
from nhi_center.domain.operators import Session
from nhi_center.domain.sampling import LEAST
from nhi_center.errors import OperatorError
from nhi_center.services import custody, entry, review, sampling, takers, urgent, verification
from nhi_center.services.office import Office
from nhi_center.services.room import RoomRecord
from nhi_center.storage import audit
from nhi_center.storage import sampling as storage
from tests.domain.forms.builders import form_values
from tests.services.test_verification import state_of
from tests.support.office import as_person, desk, premises
from tests.support.papers import LEAVER, NEWCOMER, key, receive, register_people

__all__ = ["desk", "premises"]

Desk = tuple[Office, Session]
DAY = date(2026, 11, 24)


def last_facts(office: Office) -> dict[str, Any]:
    """Of the newest entry of the log."""
    with office.store.read.begin() as connection:
        seq, _hash = audit.last(connection, office.terminal)
        found: dict[str, Any] = json.loads(audit.entries(connection, seq, 1)[0][1])["facts"]
    return found


@pytest.fixture
def seasoned(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """一郎 has his first papers behind him (one, here), and the 取扱責任者 has set the least share for all."""
    office, ichiro = desk
    register_people(office)
    receive(office, ichiro, F05=2)
    key(office, ichiro, "F05")
    monkeypatch.setattr(rules, "NEW_KEYER_PAPERS", 1)
    sampling.set_rate(office, as_person(office, "s-toko"), "", "", LEAST, DAY, "誤りが少ないため")
    return desk


def papers(office: Office, person: str) -> int:
    with office.store.read.begin() as connection:
        return storage.papers_entered(connection, person)


@pytest.fixture
def dice(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """The number the operating system gives next."""
    return lambda number: monkeypatch.setattr(secrets, "randbelow", lambda _most: number)


def test_not_drawn_goes_past_and_the_ward_sees_it(seasoned: Desk, dice: Callable[[int], None]) -> None:
    office, ichiro = seasoned
    receive(office, ichiro, F02=2)
    dice(LEAST)
    application = key(office, ichiro, "F02")
    assert state_of(office, application) is State.VERIFIED
    assert last_facts(office)["drawn"] is False
    assert last_facts(office)["percent"] == LEAST
    assert application not in [row.application for row in verification.waiting(office, as_person(office, "k-hanako"))]
    ward = as_person(office, "40127")
    (row,) = [row for row in review.waiting(office, ward) if row.application == application]
    assert not row.drawn
    assert not any(line.verified for line in review.open_case(office, ward, application).lines)
    assert review.record_reviewed(office, ward, [application]).reviewed == 1
    with office.store.read.begin() as connection:
        body = connection.execute(
            text("SELECT body FROM outbox WHERE kind = 'verification' ORDER BY rowid DESC LIMIT 1")
        ).scalar_one()
    assert "not_drawn" in str(body)


def test_drawn_waits_for_the_second_person(seasoned: Desk, dice: Callable[[int], None]) -> None:
    office, ichiro = seasoned
    receive(office, ichiro, F02=2)
    dice(LEAST - 1)
    application = key(office, ichiro, "F02")
    assert state_of(office, application) is State.ENTERED


def test_what_comes_back_is_always_keyed_twice(seasoned: Desk, dice: Callable[[int], None]) -> None:
    office, ichiro = seasoned
    receive(office, ichiro, F02=2)
    dice(LEAST)
    application = key(office, ichiro, "F02")
    review.send_back(office, as_person(office, "40127"), application, "1", "生年月日が違います。")
    with office.store.read.begin() as connection:
        slip = entry.found(connection, application).slip
    opened = entry.open_slip(office, ichiro, slip)
    entry.finish(office, ichiro, application, Draft(opened.application.draft.values))
    assert state_of(office, application) is State.ENTERED
    assert last_facts(office)["always"] == "came_back"


def urgent_one(desk: Desk) -> None:
    """一郎 keys an F05 that somebody waits for."""
    office, ichiro = desk
    receive(office, ichiro, F05=2)
    slip = next(slip for slip in custody.unsorted_slips(office, ichiro) if slip.kind == "F05")
    urgent.set_urgent(office, ichiro, slip.id, 15)
    opened = entry.open_slip(office, ichiro, slip.id)
    opened = entry.choose_person(office, ichiro, opened.application.id, LEAVER.atena)
    own = {"atena": LEAVER.atena, "name": LEAVER.name, "kana": LEAVER.kana, "head_name": LEAVER.name, "head_kana": LEAVER.kana}
    values = form_values("F05", sex="1", happened_on="2026-11-19", **own)
    reasons = {found.key: found.reasons[0].code for found in entry.evaluate(opened, values) if found.reasons}
    entry.finish(office, ichiro, opened.application.id, Draft(values, {}, reasons))


def test_urgent_and_warned_are_always_keyed_twice(seasoned: Desk, dice: Callable[[int], None]) -> None:
    office, ichiro = seasoned
    dice(99)
    urgent_one(seasoned)
    assert last_facts(office)["always"] == "urgent"
    receive(office, ichiro, F02=2)
    key(office, ichiro, "F02", birth="1970-03-21")
    assert last_facts(office)["always"] == "warning"


def test_what_was_carried_over_is_always_keyed_twice(seasoned: Desk, dice: Callable[[int], None]) -> None:
    office, ichiro = seasoned
    dice(99)
    receive(office, ichiro, F02=2)
    slip = next(slip for slip in custody.unsorted_slips(office, ichiro) if slip.kind == "F02")
    opened = entry.open_slip(office, ichiro, slip.id)
    opened = entry.choose_person(office, ichiro, opened.application.id, NEWCOMER.atena)
    who = NEWCOMER
    values = form_values(
        "F02", atena=who.atena, name=who.name, kana=who.kana, sex=who.sex, head_name=who.name, head_kana=who.kana
    )
    entry.finish(office, ichiro, opened.application.id, Draft(values, carried={"channel": True}))
    assert last_facts(office)["always"] == "carried"


def test_a_new_keyer_is_keyed_twice_whatever_the_table_says(desk: Desk, dice: Callable[[int], None]) -> None:
    office, ichiro = desk
    register_people(office)
    sampling.set_rate(office, as_person(office, "s-toko"), "", ichiro.person, LEAST, DAY, "誤りが少ないため")
    receive(office, ichiro, F02=2)
    dice(99)
    assert state_of(office, key(office, ichiro, "F02")) is State.ENTERED
    assert last_facts(office)["always"] == "new_keyer"
    assert papers(office, ichiro.person) == 1


def test_the_table_keeps_everything_and_says_what_stands(desk: Desk) -> None:
    office, _ichiro = desk
    toko = as_person(office, "s-toko")
    sampling.set_rate(office, toko, "F02", "", 50, DAY, "誤りが少ないため")
    sampling.set_rate(office, toko, "F02", "", 30, DAY, "さらに少ないため")
    sampling.set_rate(office, toko, "", "k-ichiro", 20, DAY + timedelta(7), "月の途中から")
    table = sampling.table(office, toko)
    assert {(line.rate.percent, line.state) for line in table.lines} == {(50, "前の割合"), (30, "いまの割合"), (20, "これから")}
    assert {line.person_name for line in table.lines} == {"全員", "見本 一郎"}
    assert "s-toko" not in [choice.code for choice in table.people]
    for statement in ("UPDATE verification_rate SET percent = 100", "DELETE FROM verification_rate"):
        with pytest.raises(IntegrityError, match="append-only"), office.store.write.begin() as connection:
            connection.execute(text(statement))


@pytest.mark.parametrize(("form", "person", "field"), [("F99", "", "form"), ("", "nobody", "person"), ("", "s-toko", "person")])
def test_only_known_forms_and_other_people(desk: Desk, form: str, person: str, field: str) -> None:
    office, _ichiro = desk
    with pytest.raises(OperatorError) as caught:
        sampling.set_rate(office, as_person(office, "s-toko"), form, person, 50, DAY, "試し")
    assert caught.value.field == field
    assert sampling.table(office, as_person(office, "s-toko")).lines == ()


def test_another_terminal_is_told_and_believes_only_a_supervisor(desk: Desk) -> None:
    office, _ichiro = desk
    rate = sampling.set_rate(office, as_person(office, "s-toko"), "F02", "", 50, DAY, "誤りが少ないため")
    body = {**rules.to_json(rate), "id": "11111111-1111-1111-1111-111111111111"}
    clerk = {**body, "id": "22222222-2222-2222-2222-222222222222", "set_by": "k-hanako"}
    with office.store.write.begin() as connection:
        for number, one in enumerate((body, body, clerk, {**body, "percent": 5}), start=1):
            record = RoomRecord(number, f"{number:08}-0000-4000-8000-000000000000", "verification_rate", "T09", one)
            takers.take(office, connection, record)
    found = {line.rate.id for line in sampling.table(office, as_person(office, "s-toko")).lines}
    assert found == {rate.id, body["id"]}
