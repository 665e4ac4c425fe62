"""The log names no citizen: pseudonyms that can be led back while the month's key is there, and nobody's afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from nhi_center.domain.audit_check import check_file
from nhi_center.domain.operators import Session
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.services import audit_log, call_list, calls, certificate_printing, entry, register, review
from nhi_center.services.clock import TrainingClock
from nhi_center.services.office import Office
from nhi_center.services.session import terminal_session
from nhi_center.storage import audit
from nhi_center.verify.segments import check_folder
from tests.services.test_calls import ANSWERED
from tests.support import papers
from tests.support.certificates import INSURED, queue, settled, stock_up, trusting, ward_sets
from tests.support.office import OPENING, as_person, desk, premises
from tests.support.papers import LEAVER, NEWCOMER
from tests.support.print_room import silent
from tests.support.purposes import PREPARING

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


def log(office: Office) -> list[dict[str, Any]]:
    with office.store.read.begin() as connection:
        return [json.loads(entry) for entry, _hash in audit.every(connection)]


def names_of(office: Office, atena: str) -> set[str]:
    with office.store.read.begin() as connection:
        return audit.pseudonyms(connection, atena)


def test_opening_a_person_is_kept_under_a_pseudonym_with_its_purpose(desk: Room) -> None:
    office, session = desk
    papers.register_people(office)
    register.open_person(office, session, NEWCOMER.atena, PREPARING)
    (kept,) = [one for one in log(office) if one["action"] == "view_person"]
    assert {kept["subject"]} == names_of(office, NEWCOMER.atena)
    assert kept["facts"] == {"purpose": "preparation"}


def test_the_same_person_has_another_name_next_month(desk: Room) -> None:
    office, session = desk
    papers.register_people(office)
    december = replace(office, premises=replace(office.premises, clock=TrainingClock(OPENING + timedelta(days=10))))
    for one in (office, office, december):
        register.open_person(one, session, NEWCOMER.atena, PREPARING)
    subjects = [one["subject"] for one in log(office) if one["action"] == "view_person"]
    assert subjects[0] == subjects[1] != subjects[2]
    assert set(subjects) == names_of(office, NEWCOMER.atena)


def test_a_search_leaves_a_code_and_how_many_were_found(desk: Room) -> None:
    office, session = desk
    papers.register_people(office)
    found = [len(register.search(office, session, typed).people) for typed in ("ミホン", "ミホン", "ナナシノ")]
    kept = [one["facts"] for one in log(office) if one["action"] == "search"]
    assert [one["hits"] for one in kept] == found
    assert found[0] > found[2] == 0
    codes = [one["terms"] for one in kept]
    assert codes[0] == codes[1] != codes[2]
    assert all(len(code) == 32 and set(one) == {"terms", "hits"} for code, one in zip(codes, kept, strict=True))


def test_who_may_not_search_leaves_a_refusal_alone(desk: Room) -> None:
    office, _session = desk
    with pytest.raises(OperatorError):
        register.search(office, terminal_session(office), "ミホン")
    assert [one["action"] for one in log(office)][-1] == "denied"
    assert "search" not in [one["action"] for one in log(office)]


def until_refused(act: Callable[[], object], times: int = 300) -> str:
    """The code of the trouble that comes when the last free byte is used; "" when none does."""
    for _ in range(times):
        try:
            act()
        except EnvironmentTrouble as trouble:
            return trouble.code
    return ""


def test_nothing_is_found_while_the_log_cannot_be_written(desk: Room) -> None:
    """The disk is full for SQLite itself: work stops with its message, and goes on when there is room again."""
    office, session = desk
    papers.register_people(office)
    with office.store.write.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # as many as there are, and not one more
    before = len(log(office))
    assert until_refused(lambda: register.search(office, session, "ミホン")) == "ST-05"
    kept = len(log(office)) - before
    assert until_refused(lambda: register.open_person(office, session, NEWCOMER.atena, PREPARING)) == "ST-05"
    with office.store.write.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert register.search(office, session, "ミホン").people
    assert len([one for one in log(office) if one["action"] == "search"]) == kept + 1


def test_nothing_is_found_while_the_store_is_read_only(desk: Room) -> None:
    office, session = desk
    papers.register_people(office)
    for setting, code in (("ON", "ST-08"), ("OFF", "")):
        raw = office.store.write.raw_connection()  # outside a transaction, which could not begin
        raw.driver_connection.set_authorizer(None)  # type: ignore[union-attr]
        raw.cursor().execute(f"PRAGMA query_only = {setting}")
        raw.close()
        before = len(log(office))
        assert until_refused(lambda: register.search(office, session, "ミホン"), 1) == code
        assert len(log(office)) - before == (0 if code else 1)


def a_day(desk: Room) -> Office:
    """Papers keyed, verified, reviewed, answered, previewed and printed; a call; searches; a person opened."""
    office, gateway = trusting(desk[0])
    session = desk[1]
    papers.register_people(office)
    ward_sets(office, gateway)
    stock_up(office, session)
    settled(office, session, "F02")
    row = queue(office, session).rows[0]
    certificate_printing.preview(office, session, row.job.id, 0, 4)
    certificate_printing.print_jobs(office, session, [row.job.id], silent)
    for typed in ("カツラギ ミホコ", NEWCOMER.name, NEWCOMER.phone, NEWCOMER.atena):
        entry.find_people(office, session, typed)
    started = calls.start_call(office, session)
    calls.choose_person(office, session, started.call.id, ANSWERED, LEAVER.atena)
    calls.finish_call(office, session, started.call.id, replace(ANSWERED, atena=LEAVER.atena))
    call_list.read_record(office, session, started.call.id)
    return office


def personal_values() -> set[str]:
    values = set()
    for person in (NEWCOMER, LEAVER, INSURED):
        values |= {person.atena, person.name, person.kana, person.phone, person.address, person.household, person.head_name}
        values |= set(person.name.split("\u3000")) | set(person.kana.split("\u3000"))
    values |= {ANSWERED.name, ANSWERED.address, ANSWERED.birth, *ANSWERED.name.split()}
    return {value for value in values if len(value) > 1}


def test_no_value_of_a_citizen_is_in_the_log_or_its_copies(desk: Room) -> None:
    office = a_day(desk)
    audit_log.seal_head(office)
    exported = audit_log.export(office, as_person(office, "s-toko"))
    texts = [json.dumps(one, ensure_ascii=False) for one in log(office)]
    texts += [file.read_text(encoding="utf-8") for file in (*office.settings.segments.iterdir(), exported.path)]
    found = {value for value in personal_values() for text in texts if value in text}
    assert not found
    acts = {one["action"] for one in log(office)}
    assert {"enter", "verify", "review", "print", "call", "search", "view_person"} <= acts
    about = {name for atena in (NEWCOMER.atena, LEAVER.atena) for name in names_of(office, atena)}
    touched = {one["action"] for one in log(office) if about & {one["subject"], one["facts"].get("person")}}
    assert {"enter", "verify", "print", "call", "view_person"} <= touched


def test_a_review_is_kept_with_whom_it_was_about(desk: Room) -> None:
    office, session = desk
    papers.register_people(office)
    papers.receive(office, session, F02=2)
    application = papers.key(office, session, "F02")
    review.open_case(office, as_person(office, "40127"), application)
    kept = log(office)[-1]
    assert (kept["action"], kept["subject"]) == ("review", application)
    assert {kept["facts"]["person"]} == names_of(office, NEWCOMER.atena)


def test_a_month_without_its_key_is_nobodys_and_the_log_stays_whole(desk: Room) -> None:
    office = a_day(desk)
    december = replace(office, premises=replace(office.premises, clock=TrainingClock(OPENING + timedelta(days=10))))
    admin = as_person(office, "40100")
    with pytest.raises(OperatorError) as caught:
        audit_log.destroy_pseudonyms(office, admin, "2026-11")
    assert caught.value.code == "running"
    assert names_of(office, NEWCOMER.atena)
    for person in ("s-toko", "40127", "k-ichiro"):
        with pytest.raises(OperatorError):
            audit_log.destroy_pseudonyms(december, as_person(office, person), "2026-11")
    assert audit_log.destroy_pseudonyms(december, admin, "2026-11")
    assert not audit_log.destroy_pseudonyms(december, admin, "2026-11")
    assert names_of(office, NEWCOMER.atena) == set()
    assert audit_log.check(office, as_person(office, "s-toko")).fault == ""
    exported = audit_log.export(december, as_person(office, "s-toko"))
    assert check_file(exported.path.read_bytes(), office.premises.trust).last == exported.last
    assert check_folder(office.settings.segments, office.premises.trust)[0].last == exported.last
