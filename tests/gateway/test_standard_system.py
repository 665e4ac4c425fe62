from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from nhi_center.domain.people import Person, person_from_json, person_to_json
from nhi_center.link import wire
from nhi_center.synthesis import cast
from tests.support.postgres import RunningGateway, Terminal

ACQUIRE = {"kind": "acquire", "code": "A2", "date": "2026-11-01", "certificate": "shikaku"}
LOSE = {"kind": "lose", "code": "L1", "date": "2026-11-21", "certificate": ""}


@pytest.fixture
def people(gateway: RunningGateway) -> dict[str, Person]:
    """The cast, put back to its first state."""
    persons = {person.atena: person for person in cast.cast()}
    with psycopg.connect(gateway.dsn) as connection:
        for person in persons.values():
            body = json.dumps(person_to_json(person))
            connection.execute("INSERT INTO change (kind, id, body) VALUES ('person', %s, %s::jsonb)", (person.atena, body))
    return persons


def review(seq: int, atena: str, effect: Mapping[str, Any], **other: Any) -> wire.Record:
    body = {"application": str(uuid4()), "form": "F02", "atena": atena, "decision": "reviewed", "effect": effect, **other}
    return wire.Record(seq, str(uuid4()), "review", body)


def settle(terminal: Terminal, *records: wire.Record) -> tuple[wire.PushAnswer, list[wire.Change]]:
    """Push, and give what changed since."""
    with terminal.link() as link:
        after = 0
        while (page := link.changes(after)).changes:
            after = page.next
        answer = link.push(records)
        return answer, list(link.changes(after).changes)


def test_acquisition_of_a_former_insured_person(terminal: Terminal, people: dict[str, Person]) -> None:
    record = review(1, cast.F02_VARIANT, ACQUIRE)
    answer, (person_change, result) = settle(terminal, record)
    assert answer.new == 1
    person = person_from_json(person_change.body)
    assert person.name == people[cast.F02_VARIANT].name
    assert [period.acquired.isoformat() for period in person.periods] == ["2015-04-01", "2026-11-01"]
    assert person.number >= "9000000"
    assert person.branch == "01"
    assert (result.kind, result.id) == ("result", record.body["application"])
    assert (result.body["symbol"], result.body["number"], result.body["branch"]) == (person.symbol, person.number, "01")
    assert set(result.body) == {
        "application",
        "atena",
        "symbol",
        "number",
        "branch",
        "income_class",
        "long_stay_from",
        "disease",
        "settled_at",
    }


@pytest.mark.usefixtures("people")
def test_the_head_joins_the_number_of_his_wife(terminal: Terminal) -> None:
    _, (person_change, _) = settle(terminal, review(1, cast.NOMINAL_HEAD, ACQUIRE))
    person = person_from_json(person_change.body)
    assert (person.symbol, person.number, person.branch, person.income_class) == ("04-01", "0000008", "02", "ウ")


@pytest.mark.usefixtures("people")
def test_loss_closes_the_period(terminal: Terminal) -> None:
    _, changes = settle(terminal, review(1, cast.F05_FIRST, LOSE), review(2, cast.F05_SECOND, LOSE))
    persons = [person_from_json(change.body) for change in changes if change.kind == "person"]
    assert [(p.periods[-1].lost_code, str(p.periods[-1].lost)) for p in persons] == [("L1", "2026-11-21")] * 2


@pytest.mark.usefixtures("people")
def test_a_correction_takes_the_place_of_what_was_settled(terminal: Terminal) -> None:
    first = review(1, cast.F02_PLAIN, ACQUIRE)
    settle(terminal, first)
    corrects = {"application": first.body["application"], "effect": ACQUIRE}
    _, (person_change, _) = settle(terminal, review(2, cast.F02_PLAIN, {**ACQUIRE, "date": "2026-11-05"}, corrects=corrects))
    person = person_from_json(person_change.body)
    assert [period.acquired.isoformat() for period in person.periods][-1] == "2026-11-05"
    assert "2026-11-01" not in [period.acquired.isoformat() for period in person.periods]
    settle(terminal, review(3, cast.F05_FIRST, LOSE))
    undone = {"application": str(uuid4()), "effect": LOSE}
    _, (person_change, _) = settle(terminal, review(4, cast.F05_FIRST, {**LOSE, "date": "2026-11-22"}, corrects=undone))
    assert str(person_from_json(person_change.body).periods[-1].lost) == "2026-11-22"


@pytest.mark.usefixtures("people")
def test_certificate_gives_the_income_class_and_changes_nobody(terminal: Terminal) -> None:
    effect = {"kind": "certificate", "code": "", "date": "2026-11-01", "certificate": "gendogaku"}
    _, (result,) = settle(terminal, review(1, cast.F15_CLEAR, effect))
    assert (result.kind, result.body["income_class"]) == ("result", "ウ")


@pytest.mark.usefixtures("people")
def test_a_repeat_is_not_played_twice(terminal: Terminal) -> None:
    record = review(1, cast.F02_PLAIN, ACQUIRE)
    settle(terminal, record)
    answer, changes = settle(terminal, record)
    assert (answer.new, answer.duplicate, changes) == (0, 1, [])


@pytest.mark.usefixtures("people")
def test_other_decisions_settle_nothing(terminal: Terminal) -> None:
    answer, changes = settle(terminal, review(1, cast.F02_PLAIN, ACQUIRE, decision="returned"))
    assert (answer.new, changes) == (1, [])


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("atena", "effect"),
    [
        ("99999999", ACQUIRE),
        (cast.F05_FIRST, ACQUIRE),
        (cast.F02_PLAIN, LOSE),
        (cast.F02_PLAIN, {**ACQUIRE, "code": "A9"}),
        (cast.F02_PLAIN, {**ACQUIRE, "date": "1980-01-01"}),
        (cast.F02_PLAIN, {**ACQUIRE, "date": "unknown"}),
        (cast.F05_FIRST, {**LOSE, "date": "2001-01-01"}),
        (cast.F05_FIRST, {"kind": "other"}),
        (cast.F05_FIRST, []),
    ],
)
def test_what_cannot_be_settled_is_refused_and_not_kept(
    gateway: RunningGateway, terminal: Terminal, atena: str, effect: Mapping[str, Any]
) -> None:
    other = wire.Record(2, str(uuid4()), "call", {})
    answer, changes = settle(terminal, review(1, atena, effect), other)
    assert (answer.new, [refusal.seq for refusal in answer.refused], answer.ack) == (1, [1], 2)
    assert changes == []
    assert gateway.scalar("SELECT count(*) FROM record WHERE terminal = %s", terminal.name) == 1
