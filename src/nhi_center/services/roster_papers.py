"""The roster on paper: 従事者指定(変更)報告書, 研修実施報告書, and every list of 名簿・研修 as a PDF in the documents folder.

All of them wait for the PDF process: run them in the print lane. File names carry days and numbers, never a person.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from nhi_center.domain.operators import Action, Session
from nhi_center.domain.roster import Act, RosterEntry, designation_to_json
from nhi_center.errors import OperatorError
from nhi_center.printing.sheets import ListSheet
from nhi_center.services import roster_sheets as sheets
from nhi_center.services import ward_settings
from nhi_center.services.documents import document, drawn
from nhi_center.services.office import Office
from nhi_center.services.roster import Roster, add_event, roster
from nhi_center.services.roster_gate import kinds
from nhi_center.services.roster_told import told
from nhi_center.services.ward_accounts import ward_accounts
from nhi_center.services.work import begin, reading
from nhi_center.storage import presence
from nhi_center.storage import roster as store
from nhi_center.storage.engine import Connection


def make_report(office: Office, session: Session) -> Path:
    """従事者指定(変更)報告書 over everything no report has told yet; it then waits for the ward's 受理.

    Raises OperatorError when there is nothing to report, or when an entry changed while the page was made: nothing is recorded
    then. EnvironmentTrouble when the page cannot be made.
    """
    today = office.clock.today()
    with reading(office, session, Action.MANAGE_ROSTER) as connection:
        pending = _pending(connection)
        number = _next_number(office, connection, today)
        company = ward_settings.rules(office, connection).company
    if not pending:
        raise OperatorError("報告していない変更はありません。", code="nothing-to-report")
    target = office.settings.documents / f"roster-report-{number}.pdf"
    data = drawn(office, target, sheets.report(pending, number, company, today, office.settings.training))
    with begin(office, session, Action.MANAGE_ROSTER, subject=number, step="roster_report", people=len(pending)) as unit:
        if _pending(unit.connection) != pending or _next_number(office, unit.connection, today) != number:
            raise OperatorError("報告書を作る間に名簿が変わりました。もう一度作ってください。", code="changed")
        for entry in pending:
            body = {
                "number": number,
                "day": today.isoformat(),
                "designation": designation_to_json(entry.wanted),
                "leaving": entry.leaving is not None,
            }
            add_event(unit, office.terminal, entry.person, Act.REPORTED, body)
        unit.write(target, data)
    return target


def _pending(connection: Connection) -> list[RosterEntry]:
    return [entry for entry in store.entries(connection) if entry.to_report]


def _next_number(office: Office, connection: Connection, today: date) -> str:
    """Day, terminal, count: two terminals never give the same number."""
    stem = f"{today:%Y%m%d}-{office.terminal}-"
    used = {event.body["number"] for event in store.events(connection) if event.act is Act.REPORTED}
    return stem + str(1 + sum(number.startswith(stem) for number in used))


def make_training_report(office: Office, session: Session, kind_id: str, held: date) -> Path:
    """研修実施報告書 of one lesson: what was taught, who took part, with which result."""
    with reading(office, session, Action.MANAGE_ROSTER) as connection:
        entries = store.entries(connection)
        company = ward_settings.rules(office, connection).company
    kind = next((one for one in kinds() if one.id == kind_id), None)
    there = [(entry, lesson) for entry in entries for lesson in entry.trainings if lesson.kind == kind_id and lesson.held == held]
    if kind is None or not there:
        raise OperatorError("この日の研修の記録がありません。", code="no-lesson")
    sheet = sheets.lesson(kind, held, there, company, office.settings.training)
    act = begin(office, session, Action.MANAGE_ROSTER, step="export", kind="training", people=len(there))
    return document(office, f"training-{held:%Y%m%d}-{kind_id}.pdf", sheet, act)


def make_list(office: Office, session: Session, name: str) -> Path:
    """One of ``LISTS`` as it stands now. Raises OperatorError for another name, and for a list one may not read."""
    found = roster(office, session)
    make = LISTS.get(name)
    if make is None:
        raise OperatorError("この一覧はありません。", code="no-list")
    act = begin(office, session, Action.VIEW_ROSTER, step="export", kind=name)
    return document(office, f"{name}-{found.today:%Y%m%d}.pdf", make(office, session, found), act)


def _presence(office: Office, session: Session, found: Roster) -> ListSheet:
    names = {account.person: account.name for account in office.premises.accounts.every()}
    with reading(office, session, Action.VIEW_PRESENCE) as connection:
        stays = presence.stays(connection, found.today)
    return sheets.presence_book(stays, names, found.today, office.settings.training)


def _terminals(office: Office, session: Session, found: Roster) -> ListSheet:
    return sheets.terminals(told(office, session), found.today, office.settings.training)


def _ward_people(office: Office, session: Session, found: Roster) -> ListSheet:
    return sheets.ward_people(ward_accounts(office, session), found.today, office.settings.training)


LISTS: dict[str, Callable[[Office, Session, Roster], ListSheet]] = {
    "roster": lambda office, _session, found: sheets.roster_list(found, office.settings.training),
    "trainings": lambda office, _session, found: sheets.training_list(found, office.settings.training),
    "pledges": lambda office, _session, found: sheets.pledge_list(found, office.settings.training),
    "presence": _presence,
    "terminals": _terminals,
    "ward-people": _ward_people,
}
