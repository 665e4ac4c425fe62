"""What terminals are given of the register: nobody under 支援措置, and only the columns, persons and days of the ward's list."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest

from nhi_center.domain.people import Person, fingerprint, person_from_json, person_to_json
from nhi_center.errors import OperatorError
from nhi_center.gateway import enrolment, terminal_list
from nhi_center.gateway.database import connect
from nhi_center.gateway.ward_settings import WardSetting
from nhi_center.link import wire
from nhi_center.synthesis import cast
from tests.support.postgres import RunningGateway, Terminal

TODAY = date(2026, 11, 24)
PEOPLE = {person.atena: person for person in cast.cast()}


@pytest.fixture(autouse=True)
def _list_of_the_program(gateway: RunningGateway) -> None:
    """Each test begins with nobody held and the program's own list."""
    listed = terminal_list.of_program()
    publish(gateway, {"columns": sorted(listed.columns), "past_days": 0})  # first: who is held depends on it
    with psycopg.connect(gateway.dsn) as connection:
        bodies = connection.execute("SELECT body FROM change JOIN person_now USING (cursor) WHERE held").fetchall()
    held = {person.atena: person for (body,) in bodies for person in [person_from_json(body)]}
    put(gateway, *[replace(person, protected=True) for person in (PEOPLE | held).values()])


def put(gateway: RunningGateway, *people: Person) -> None:
    with psycopg.connect(gateway.dsn) as connection:
        for person in people:
            body = json.dumps(person_to_json(person))
            connection.execute("INSERT INTO change (kind, id, body) VALUES ('person', %s, %s::jsonb)", (person.atena, body))


def publish(gateway: RunningGateway, value: dict[str, object], today: date = TODAY) -> int:
    setting = WardSetting(terminal_list.NAME, value, today, ("承認者 甲", "承認者 乙"))
    with connect(gateway.dsn) as connection:
        return terminal_list.publish(connection, setting, enrolment.signing_key(gateway.folder), today)


def end(gateway: RunningGateway) -> int:
    value = gateway.scalar("SELECT max(cursor) FROM change")
    assert isinstance(value, int)
    return value


def pull(terminal: Terminal, after: int, limit: int = wire.MAX_CHANGES) -> tuple[list[wire.Change], int]:
    found: list[wire.Change] = []
    with terminal.link() as link:
        while True:
            page = link.changes(after, limit)
            found += page.changes
            after = page.next
            if not page.more:
                return found, after


def told(changes: Sequence[wire.Change]) -> list[tuple[str, str]]:
    return [(change.kind, change.id) for change in changes if change.kind.startswith("person")]


def test_protected_people_are_never_sent(gateway: RunningGateway, terminal: Terminal) -> None:
    everything, reached = pull(terminal, 0)
    assert reached == end(gateway)
    assert not [change for change in everything if change.kind == "person"]


def test_who_becomes_protected_is_gone_and_comes_back_as_he_is_then(gateway: RunningGateway, terminal: Terminal) -> None:
    person, start = replace(PEOPLE[cast.F05_FIRST], protected=False), end(gateway)
    put(gateway, person)
    first, after = pull(terminal, start)
    assert [person_from_json(change.body) for change in first] == [person]
    put(gateway, replace(person, protected=True, address="東京都新宿区見本9丁目"))
    gone, after = pull(terminal, after)
    what = {"version": first[0].cursor, "fingerprint": fingerprint(person)}
    assert (told(gone), gone[0].body) == ([("person_gone", person.atena)], what), "of what he was told as, not as he is now"
    # One that begins now is not given what he was before, either.
    assert ("person", person.atena) not in told(pull(terminal, 0)[0])
    moved = replace(person, address="東京都新宿区見本8丁目")
    put(gateway, moved)
    assert [person_from_json(change.body) for change in pull(terminal, after)[0]] == [moved]
    bodies = json.dumps([dict(change.body) for change in pull(terminal, 0)[0]], ensure_ascii=False)
    assert "見本9丁目" not in bodies


def test_pages_pass_what_is_for_nobody(gateway: RunningGateway, terminal: Terminal) -> None:
    start = end(gateway)
    put(gateway, *[replace(PEOPLE[cast.PROTECTED], atena=f"0000088{n}") for n in range(7)])
    plain = replace(PEOPLE[cast.F02_PLAIN], protected=False)
    put(gateway, plain)
    put(gateway, *[replace(PEOPLE[cast.PROTECTED], phone=f"030000000{n}") for n in range(7)])
    with terminal.link() as link:
        page = link.changes(start, 2)
        while not page.changes:
            assert page.next > start
            page = link.changes(page.next, 2)
        assert (told(page.changes), page.more) == ([("person", plain.atena)], True)
        last = link.changes(page.next, 2)
        assert (last.changes, last.next, last.more) == ((), end(gateway), False)


def test_only_the_columns_of_the_list(gateway: RunningGateway, terminal: Terminal) -> None:
    person, start = replace(PEOPLE[cast.F15_CLEAR], protected=False, phone="0312345678"), end(gateway)
    put(gateway, person)
    few = {"columns": ["symbol", "number", "branch", "periods"], "past_days": 0}
    assert publish(gateway, few) == 1
    bodies = [change.body for change in pull(terminal, start)[0] if change.kind == "person"]
    assert bodies
    for body in bodies:
        assert not body.keys() & {"phone", "income_class", "head_name", "arrears"}
        assert person_from_json(body) == replace(person, phone="", income_class="", head_atena="", head_name="")
    assert publish(gateway, few) == 0


def test_who_is_out_of_the_days_leaves_and_his_household_decides(gateway: RunningGateway, terminal: Terminal) -> None:
    """The 擬制世帯主 stays for his insured wife; who lost his cover in 2018 leaves, and is back when he acquires again."""
    names = (cast.NOMINAL_HEAD, cast.NOMINAL_WIFE, cast.F02_PLAIN)
    put(gateway, *[PEOPLE[name] for name in names])
    after = end(gateway)
    assert publish(gateway, {**value_of(gateway), "past_days": 730}) == 1
    changes, after = pull(terminal, after)
    assert told(changes) == [("person_gone", cast.F02_PLAIN)]
    # Brought in and off the list at once: nobody is told of him.
    stranger = replace(PEOPLE[cast.F02_PLAIN], atena="00000777", household="00000777")
    with connect(gateway.dsn) as connection, connection.transaction():
        body = json.dumps(person_to_json(stranger))
        connection.execute("INSERT INTO change (kind, id, body) VALUES ('person', %s, %s::jsonb)", (stranger.atena, body))
        terminal_list.settle(connection, TODAY)
    changes, after = pull(terminal, after)
    assert told(changes) == []
    back = replace(PEOPLE[cast.F02_PLAIN], periods=PEOPLE[cast.F05_FIRST].periods)
    with connect(gateway.dsn) as connection, connection.transaction():
        body = json.dumps(person_to_json(back))
        connection.execute("INSERT INTO change (kind, id, body) VALUES ('person', %s, %s::jsonb)", (back.atena, body))
        terminal_list.settle(connection, TODAY)
    assert {person_from_json(change.body) for change in pull(terminal, after)[0] if change.kind == "person"} == {back}


def value_of(gateway: RunningGateway) -> dict[str, object]:
    with connect(gateway.dsn) as connection:
        listed = terminal_list.in_force(connection)
    return {"columns": sorted(listed.columns), "past_days": listed.past_days}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "columns = []",
        'columns = ["protected"]\npast_days = 0',
        'columns = ["x"]\npast_days = 0',
        "columns = []\npast_days = -1",
    ],
)
def test_a_strange_list_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OperatorError):
        terminal_list.read(path, TODAY, ["甲", "乙"])
    path.write_text("columns = []\npast_days = 0", encoding="utf-8")
    with pytest.raises(OperatorError):
        terminal_list.read(path, TODAY, ["甲"])
    assert terminal_list.read(path, TODAY, ["甲", "乙"]).value == {"columns": [], "past_days": 0}
