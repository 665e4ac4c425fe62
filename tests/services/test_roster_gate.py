"""Nothing new begins without training, pledge and period; what is begun can be finished."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest

from nhi_center.domain.calls import CallDraft
from nhi_center.domain.entry import Draft
from nhi_center.domain.operators import Action, Role, Session
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import OperatorError
from nhi_center.services import calls, certificates, custody, entry, roster, verification
from nhi_center.services import certificate_checks as checks
from nhi_center.services import certificate_printing as printing
from nhi_center.services.clock import JST, TrainingClock
from nhi_center.services.office import Office
from nhi_center.services.roster_gate import check_account, may_begin
from nhi_center.services.work import begin
from nhi_center.storage import roster as store
from tests.support.office import as_person, desk, premises
from tests.support.papers import key, receive, register_people
from tests.support.print_room import TOKO, card, room, silent
from tests.support.roster import with_company

__all__ = ["desk", "premises", "room"]

Room = tuple[Office, Session]
YESTERDAY = date(2026, 11, 23)


def bar(office: Office, person: str) -> None:
    """His period ended yesterday."""
    roster.begin_leaving(office, as_person(office, "s-toko"), person, YESTERDAY, "契約の終了")


def barred(act: Callable[[], object]) -> str:
    with pytest.raises(OperatorError) as refused:
        act()
    assert refused.value.message.startswith("新しい仕事は始められません。")
    assert refused.value.message.endswith("取りかかっている仕事は終えられます。")
    return refused.value.code


def on(office: Office, day: datetime) -> Office:
    return replace(office, premises=replace(office.premises, clock=TrainingClock(day)))


def ask(office: Office, session: Session) -> None:
    with begin(office, session, Action.STATUS) as unit:
        may_begin(unit)


def test_a_form_begun_is_finished_and_none_begun_anew(desk: Room) -> None:
    office, session = desk
    register_people(office)
    receive(office, session, F02=2)
    slip = custody.unsorted_slips(office, session)[0]
    opened = entry.open_slip(office, session, slip.id)
    entry.put_aside(office, session, opened.application.id, Draft())
    receive(office, session, F02=3)
    bar(office, session.person)
    (fresh,) = [one for one in custody.unsorted_slips(office, session) if one.id != slip.id]
    assert barred(lambda: entry.open_slip(office, session, fresh.id)) == "period"
    assert key(office, session, "F02") == opened.application.id


def test_somebody_elses_draft_is_new_to_who_takes_it_over(desk: Room) -> None:
    office, session = desk
    receive(office, session, F02=2)
    slip = custody.unsorted_slips(office, session)[0]
    opened = entry.open_slip(office, session, slip.id)
    entry.put_aside(office, session, opened.application.id, Draft())
    bar(office, "s-toko")
    assert barred(lambda: entry.open_slip(office, as_person(office, "s-toko"), slip.id)) == "period"


def test_a_second_keying_begun_is_finished_and_none_begun_anew(desk: Room) -> None:
    office, session = desk
    register_people(office)
    applications = []
    for form in ("F02", "F05"):
        receive(office, session, **{form: 2})
        applications.append(key(office, session, form))
    hanako = as_person(office, "k-hanako")
    view = verification.open_verification(office, hanako, applications[0])
    bar(office, "k-hanako")
    assert barred(lambda: verification.open_verification(office, hanako, applications[1])) == "period"
    assert verification.open_verification(office, hanako, applications[0]).application == view.application
    for progress in view.fields:
        verification.key_field(
            office, hanako, applications[0], progress.field.id, _keyed(office, applications[0], progress.field.id)
        )
    verification.finish(office, hanako, applications[0])


def _keyed(office: Office, application: str, field: str) -> str:
    with office.store.read.begin() as connection:
        return entry.found(connection, application).value(field)


def test_a_call_begun_is_recorded_and_none_begun_anew(desk: Room) -> None:
    office, session = desk
    view = calls.start_call(office, session)
    bar(office, session.person)
    assert barred(lambda: calls.start_call(office, session)) == "period"
    draft = CallDraft(caller="1", category="Q06", text="06-1 を案内", outcome="1")
    calls.save_draft(office, session, view.call.id, draft)
    calls.continue_call(office, session, view.call.id)
    calls.finish_call(office, session, view.call.id, draft)


def test_no_sheet_is_printed_anew_but_a_spoiled_one_is_replaced(room: Room) -> None:
    office, session = room
    job = card(room).job
    printing.print_jobs(office, session, [job.id], silent)
    checks.report_spoiled(office, session, job.id, "1")
    reprint = checks.sign_and_approve(office, session, job.id, *TOKO)
    other = next(
        row.job for row in certificates.queue(office, session).rows if row.job.state is JobState.QUEUED and row.job.id != reprint
    )
    bar(office, session.person)
    assert barred(lambda: printing.print_jobs(office, session, [other.id], silent)) == "period"
    assert printing.print_jobs(office, session, [reprint], silent).handed == 1
    checks.check_good(office, as_person(office, "k-hanako"), reprint)


def test_trainings_end_with_the_year(desk: Room) -> None:
    office, session = desk
    ask(on(office, datetime(2027, 3, 31, 9, tzinfo=JST)), session)
    later = on(office, datetime(2027, 4, 1, 9, tzinfo=JST))
    toko = as_person(office, "s-toko")
    with office.store.read.begin() as connection:
        now = store.entry(connection, session.person)
    assert now is not None
    later = with_company(later)
    roster.alter(later, toko, session.person, replace(now.now, ends=date(2028, 3, 31)))
    report(later, "k-ichiro")
    roster.accept(later, as_person(office, "40127"), "20270401-T04-1", "9新健医第0001号", date(2027, 4, 1))
    assert barred(lambda: ask(later, session)) == "training"
    for kind in ("law", "privacy", "security", "incident"):
        score = 90 if kind in ("privacy", "security") else None
        roster.record_training(later, toko, kind, date(2027, 4, 1), "年度初めの研修", {session.person: score})
    ask(later, session)


def report(office: Office, person: str) -> None:
    """The act of reporting, without its page."""
    from nhi_center.domain.roster import Act, designation_to_json

    with begin(office, as_person(office, "s-toko"), Action.MANAGE_ROSTER) as unit:
        wanted = roster.find(unit.connection, person).wanted
        number = f"{unit.today:%Y%m%d}-{office.terminal}-1"
        body = {"number": number, "day": unit.today.isoformat(), "designation": designation_to_json(wanted), "leaving": False}
        roster.add_event(unit, office.terminal, person, Act.REPORTED, body)


def test_the_ward_stands_on_no_roster_and_is_never_barred(desk: Room) -> None:
    office, session = desk
    ask(office, as_person(office, "40127"))
    ask(office, as_person(office, "40100"))
    stranger = replace(session, person="k-nobody")
    assert barred(lambda: ask(office, stranger)) == "not-on-roster"


def test_an_account_is_for_people_on_the_roster_in_their_role(desk: Room) -> None:
    office, _session = desk
    office = with_company(office)

    def refused(person: str, role: Role, within: Office = office) -> str:
        with office.store.read.begin() as connection, pytest.raises(OperatorError) as caught:
            check_account(within, connection, person, role)
        return caught.value.code

    with office.store.read.begin() as connection:
        assert check_account(office, connection, "k-hanako", Role.CLERK) is not None
        assert check_account(office, connection, "40199", Role.WARD_STAFF) is None
    assert refused("k-nobody", Role.CLERK) == "not-accepted"
    assert refused("k-hanako", Role.SUPERVISOR) == "other-role"
    bar(office, "k-hanako")
    assert refused("k-hanako", Role.CLERK) == "leaving"
    assert refused("k-ichiro", Role.CLERK, with_company(office, "よその株式会社")) == "other-employer"
