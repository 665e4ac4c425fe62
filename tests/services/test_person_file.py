"""台帳の人の頁: for what a person may be opened, what of him is read, and the register of an earlier day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import event

from nhi_center.domain.custody import Slip
from nhi_center.domain.entry import Draft
from nhi_center.domain.operators import Session
from nhi_center.domain.purpose import Purpose, PurposeKind
from nhi_center.errors import OperatorError
from nhi_center.services import calls, entry, log_review, person_file, register, review, verification
from nhi_center.services.office import Office
from nhi_center.storage import register as people
from tests.services.test_log_privacy import log
from tests.support import papers
from tests.support.certificates import queue, settled, stock_up, trusting, ward_sets
from tests.support.entry import CHILD, HEAD, LEAVER, PROTECTED, bring_in, fill_register, keyed
from tests.support.office import as_person, desk, premises
from tests.support.purposes import COUNTER, PREPARING

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
OTHER = Purpose(PurposeKind.OTHER, sentence="返戻の封筒の宛先を確かめる")


@pytest.fixture
def slips(desk: Room) -> tuple[Slip, ...]:
    fill_register(desk[0])
    return bring_in(*desk, F02=(2, 4), F05=(1, 2))


def refusal(act: Callable[[], object]) -> OperatorError:
    with pytest.raises(OperatorError) as caught:
        act()
    return caught.value


def last(office: Office, action: str) -> Mapping[str, object]:
    return next(one["facts"] for one in reversed(log(office)) if one["action"] == action)


# -- for what --


def test_an_open_form_is_what_a_person_is_opened_for(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    application = entry.open_slip(office, session, slips[0].id).application.id
    purpose = Purpose(PurposeKind.ENTRY, application, "1124-001")
    person_file.open_file(office, session, HEAD.atena, purpose)
    assert last(office, "view_person") == {"purpose": "entry", "case": application}
    for other in (as_person(office, "k-hanako"), as_person(office, "40127")):
        assert refusal(lambda who=other: person_file.open_file(office, who, HEAD.atena, purpose)).code == "no-case"  # type: ignore[misc]
    entry.put_aside(office, session, application, Draft({}, {}, {}, "receipt", ""))
    assert refusal(lambda: person_file.open_file(office, session, HEAD.atena, purpose)).code == "no-case"


def test_a_call_a_second_keying_and_a_review_are_cases_of_who_has_them(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    hanako, ward = as_person(office, "k-hanako"), as_person(office, "40127")
    call = Purpose(PurposeKind.CALL, calls.start_call(office, session).call.id)
    application = keyed(office, session, slips[0]).id
    second = Purpose(PurposeKind.VERIFICATION, application)
    assert refusal(lambda: register.open_person(office, hanako, HEAD.atena, second)).code == "no-case"
    verification.open_verification(office, hanako, application)
    for who, purpose, mine in ((session, call, True), (hanako, call, False), (hanako, second, True), (session, second, False)):
        if mine:
            register.open_person(office, who, HEAD.atena, purpose)
        else:
            assert refusal(lambda w=who, p=purpose: register.open_person(office, w, HEAD.atena, p)).code == "no-case"  # type: ignore[misc]
    assert (
        refusal(lambda: register.open_person(office, ward, HEAD.atena, Purpose(PurposeKind.REVIEW, application))).code
        == "no-case"
    ), "not verified yet"


def test_ward_staff_open_a_person_for_the_case_they_review(desk: Room) -> None:
    office, session = desk
    papers.register_people(office)
    papers.receive(office, session, F02=2)
    application = papers.key(office, session, "F02")
    ward = as_person(office, "40127")
    with office.store.write.begin() as connection:
        connection.exec_driver_sql("UPDATE application SET state = 'verified' WHERE id = ?", (application,))
    purpose = Purpose(PurposeKind.REVIEW, application)
    opened = person_file.open_file(office, ward, papers.NEWCOMER.atena, purpose)
    assert [mark.pending for mark in opened.marks] == [True]
    assert refusal(lambda: person_file.open_file(office, session, papers.NEWCOMER.atena, purpose)).code == "no-case"
    assert review.waiting(office, ward)


def test_what_another_purpose_is_stands_in_the_store_and_not_in_the_log(desk: Room) -> None:
    office, session = desk
    fill_register(office)
    person_file.open_file(office, session, HEAD.atena, OTHER)
    facts = last(office, "view_person")
    assert facts["purpose"] == "other"
    assert OTHER.sentence not in str(log(office))
    lines = log_review.history(office, as_person(office, "40127"), HEAD.atena, "request")
    assert [line.purpose for line in lines] == ["本人の請求・問合せ", f"その他 {OTHER.sentence}"]
    before = len(log(office))
    assert refusal(lambda: person_file.open_file(office, session, HEAD.atena, replace(OTHER, sentence=""))).code == "no-purpose"
    assert len(log(office)) == before


# -- 支援措置 --


def test_a_protected_person_is_nobody_to_the_contractor(desk: Room) -> None:
    office, session = desk
    fill_register(office)
    hidden = refusal(lambda: person_file.open_file(office, session, PROTECTED.atena, COUNTER))
    nobody = refusal(lambda: person_file.open_file(office, session, "99999999", COUNTER))
    assert (hidden.code, hidden.message, hidden.field) == (nobody.code, nobody.message, nobody.field)
    assert "区職員へ" in hidden.message
    one, two = [entry_["facts"] for entry_ in log(office) if entry_["action"] == "view_person"]
    assert one == two == {"purpose": "counter", "not_shown": True}
    for who in (session, as_person(office, "s-toko")):
        for typed in (PROTECTED.name, PROTECTED.kana, PROTECTED.atena, PROTECTED.kana[:3]):
            found = register.search(office, who, typed)
            assert PROTECTED.atena not in {person.atena for person in found.people}
            assert last(office, "search")["hits"] == len(found.people)
    toko = as_person(office, "s-toko")
    assert log_review.find_citizens(office, toko, PROTECTED.kana) == ()
    assert entry.find_people(office, session, PROTECTED.kana) == ()
    assert refusal(lambda: person_file.as_of(office, session, PROTECTED.atena, date(2026, 1, 1), COUNTER)).code == hidden.code


def test_ward_staff_see_that_he_is_protected_and_no_address(desk: Room) -> None:
    office, _session = desk
    fill_register(office)
    ward = as_person(office, "40127")
    (found,) = register.search(office, ward, "ミホン マモルコ").people
    opened = person_file.open_file(office, ward, found.atena, COUNTER).file
    for person in (found, opened.person, *opened.household.members):
        assert (person.protected, person.address, person.postal, person.phone) == (True, "", "", "")


def test_nobody_protected_stands_in_a_household_a_clerk_sees(desk: Room) -> None:
    office, session = desk
    fill_register(office, (HEAD, replace(CHILD, protected=True)))
    then = person_file.as_of(office, session, HEAD.atena, date(2026, 11, 1), PREPARING)
    for household in (person_file.open_file(office, session, HEAD.atena, PREPARING).file.household, then.household):
        assert [person.atena for person in household.members] == [HEAD.atena]


def test_protected_today_is_protected_in_the_register_of_every_day(desk: Room) -> None:
    office, _session = desk
    fill_register(office)
    with office.store.write.begin() as connection:
        people.put_people(connection, [(50, replace(HEAD, protected=True))], "2026-11-20T09:00:00+09:00")
    ward = as_person(office, "40127")
    then = person_file.as_of(office, ward, HEAD.atena, date(2026, 11, 1), COUNTER)
    assert (then.person.protected, then.person.address, then.person.phone) == (True, "", "")


def test_whom_one_may_not_find_asks_the_store_as_often_as_who_is_not_there(desk: Room) -> None:
    """The same questions in the same order, and nothing is made of what they find: no difference to time from outside."""
    office, session = desk
    hidden = [replace(PROTECTED, atena=f"{n:08}", household=f"{n:08}") for n in range(600, 640)]
    fill_register(office, (*hidden, HEAD))

    def asked(typed: str) -> list[str]:
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            statements.append(statement)

        event.listen(office.store.write, "before_cursor_execute", note)
        try:
            assert register.search(office, session, typed).people == ()
        finally:
            event.remove(office.store.write, "before_cursor_execute", note)
        return statements

    asked("ミホン")  # the month's first search makes the key of its codes
    assert asked("ミホン マモルコ") == asked("ミホン ダレデモナ") != []


# -- what is read --


def test_the_page_has_documents_applications_and_calls(desk: Room) -> None:
    office, gateway = trusting(desk[0])
    session = desk[1]
    papers.register_people(office)
    ward_sets(office, gateway)
    stock_up(office, session)
    settled(office, session, "F02")
    job = queue(office, session).rows[0].job
    call = calls.start_call(office, session).call
    calls.choose_person(office, session, call.id, call.draft, job.atena)
    opened = person_file.open_file(office, session, job.atena, PREPARING)
    (document,), (filing,), (line,) = opened.documents, opened.filings, opened.calls
    assert (document.kind, document.state, document.spoiled) == (job.kind.short_title, job.state.label, False)
    assert (filing.title, filing.day) == ("資格取得届(社保離脱など)", date(2026, 11, 24))
    assert (line.number, line.outcome, line.category) == (call.number, "通話中", "")


def test_what_is_keyed_but_not_verified_is_on_no_line(desk: Room, slips: tuple[Slip, ...]) -> None:
    """Or who keys it the second time would read the first one's day here."""
    office, session = desk
    keyed(office, session, slips[0])
    opened = person_file.open_file(office, session, HEAD.atena, PREPARING)
    assert [filing.state for filing in opened.filings] == ["照合待ち"]
    assert opened.marks == ()


# -- an earlier day --


def test_the_register_of_an_earlier_day(desk: Room) -> None:
    office, session = desk
    fill_register(office)
    moved = replace(LEAVER, household=HEAD.household, is_head=False, relation="同居人", address=HEAD.address)
    with office.store.write.begin() as connection:
        people.put_people(connection, [(50, moved)], "2026-11-10T09:00:00+09:00")

    def on(day: date) -> person_file.AsOf:
        return person_file.as_of(office, session, LEAVER.atena, day, PREPARING)

    before, after = on(date(2026, 11, 9)), on(date(2026, 11, 10))
    assert (before.person.address, after.person.address) == (LEAVER.address, HEAD.address)
    assert {one.atena for one in before.household.members} == {LEAVER.atena}
    assert {one.atena for one in after.household.members} == {LEAVER.atena, HEAD.atena, CHILD.atena}
    assert before.known
    assert not before.corrected
    assert last(office, "view_person") == {"purpose": "preparation", "as_of": "2026-11-10"}
    assert refusal(lambda: on(date(2026, 11, 25))).field == "as_of"


def test_a_day_before_the_person_came_and_a_day_put_right_since(desk: Room) -> None:
    office, session = desk
    late = replace(HEAD, atena="00700000", household="00700000", periods=())
    with office.store.write.begin() as connection:
        people.put_people(connection, [(1, late)], "2026-11-10T09:00:00+09:00")
        people.put_people(connection, [(2, replace(late, periods=CHILD.periods))], "2026-11-20T09:00:00+09:00")
    early = person_file.as_of(office, session, late.atena, date(2026, 11, 1), PREPARING)
    assert (early.known, early.since) == (False, date(2026, 11, 10))
    assert [one.atena for one in early.household.members] == [late.atena]
    assert early.corrected
    assert not person_file.as_of(office, session, late.atena, date(2026, 11, 21), PREPARING).corrected
