"""照合の割合: the 取扱責任者 sets what share is keyed twice; the draw happens when an entry ends, out of the keyer's sight."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import date

from nhi_center.domain import sampling as rules
from nhi_center.domain.entry import Application, State
from nhi_center.domain.forms.definition import Choice
from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.domain.operators import Action, Role, Session
from nhi_center.domain.sampling import Always, Rate
from nhi_center.errors import OperatorError
from nhi_center.services import forms
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord
from nhi_center.services.work import Unit, begin, reading
from nhi_center.storage import corrections
from nhi_center.storage import entry as applications
from nhi_center.storage import sampling as storage
from nhi_center.storage.engine import Connection

RATE_KIND = "verification_rate"
EVERY_FORM = "すべての様式"
EVERYBODY = "全員"


@dataclass(frozen=True, slots=True)
class RateLine:
    """One rate with the names of what it is for. ``state``: in force, still to come, or replaced by a later one."""

    rate: Rate
    form_title: str
    person_name: str
    set_by_name: str
    state: str


@dataclass(frozen=True, slots=True)
class RateTable:
    """All that was ever set, newest first, and what a new one may be for: forms and keyers, "" standing for all of them."""

    lines: tuple[RateLine, ...]
    forms: tuple[Choice, ...]
    people: tuple[Choice, ...]


def table(office: Office, session: Session) -> RateTable:
    """Who may set a share sees them all; nobody else, the ward least of all."""
    names = {account.person: account.name for account in office.premises.accounts.everybody()}
    with reading(office, session, Action.SET_RATE) as connection:
        found = storage.every(connection)
    today = office.clock.today()
    titles = _titles(today)
    lines = tuple(
        RateLine(
            rate,
            titles.get(rate.form, rate.form) or EVERY_FORM,
            names.get(rate.person, rate.person) or EVERYBODY,
            names.get(rate.set_by, rate.set_by),
            _state(rate, found, today),
        )
        for rate in found
    )
    keyers = [account for account in office.premises.accounts.every() if account.role.is_contractor]
    return RateTable(
        lines,
        (Choice("", EVERY_FORM), *(Choice(id_, title) for id_, title in titles.items())),
        (Choice("", EVERYBODY), *(Choice(one.person, one.name) for one in keyers if one.person != session.person)),
    )


def _titles(day: date) -> dict[str, str]:
    return {form.id: f"{form.id} {form.title}" for form in forms.catalogue().on(day)}


def _state(rate: Rate, found: tuple[Rate, ...], today: date) -> str:
    if rate.from_day > today:
        return "これから"
    same = [one for one in found if (one.form, one.person) == (rate.form, rate.person) and one.from_day <= today]
    newest = max(same, key=lambda one: (one.from_day, one.set_at, one.id))
    return "いまの割合" if newest.id == rate.id else "前の割合"


def set_rate(office: Office, session: Session, form: str, person: str, percent: int, from_day: date, reason: str) -> Rate:
    """Set a share from a day on; what stood before stays in the table. Raises OperatorError at the field that is wrong."""
    with begin(office, session, Action.SET_RATE, subject=person, form=form, percent=percent) as unit:
        refuse_individual_number(reason, "reason")
        rate = Rate(
            str(uuid.uuid4()),
            form,
            person,
            percent,
            from_day,
            reason.strip(),
            unit.person,
            unit.local.isoformat(timespec="milliseconds"),
        )
        rules.check(rate, unit.today)
        if form and form not in _titles(unit.today):
            raise OperatorError("様式を一覧から選んでください。", field="form", code="unknown-form")
        if person and person not in {account.person for account in office.premises.accounts.every()}:
            raise OperatorError("入力する人を一覧から選んでください。", field="person", code="unknown-person")
        storage.add(unit.connection, rate)
        unit.record(RATE_KIND, rules.to_json(rate))
        return rate


def take_rate(office: Office, connection: Connection, record: RoomRecord) -> None:
    """Another terminal's rate. Raises Disbelieved when it was not set by one of the 取扱責任者 known here."""
    rate = rules.from_json(record.body)
    setter = office.premises.accounts.read(rate.set_by)
    if setter is None or setter.role is not Role.SUPERVISOR or rate.person == rate.set_by:
        raise Disbelieved("not-a-supervisor")
    storage.add(connection, rate)


def draw(unit: Unit, application: Application, *, warned: bool) -> bool:
    """Whether this entry, at its end, is keyed twice. ``warned``: a warning of the rules stands with a reason.

    Called inside the keyer's act, after the step to 照合待ち: it counts among his papers. The log keeps why.
    """
    why = _always(unit, application, warned)
    if why is not None:
        unit.note(drawn=True, always=why.value)
        return True
    shares = storage.every(unit.connection)
    share = rules.percent(shares, {line.form for line in application.lines}, unit.person, unit.today)
    drawn = rules.drawn(share, secrets.randbelow(100))
    unit.note(drawn=drawn, percent=share)
    return drawn


def _always(unit: Unit, application: Application, warned: bool) -> Always | None:
    if application.urgent_until:
        return Always.URGENT
    if warned:
        return Always.WARNING
    if application.draft.carried:
        return Always.CARRIED
    if corrections.of_correction(unit.connection, application.id) is not None:
        return Always.CORRECTION
    ended = sum(event.to is State.ENTERED for event in applications.events(unit.connection, application.id))
    if ended > 1:
        return Always.CAME_BACK
    if storage.papers_entered(unit.connection, unit.person) <= rules.NEW_KEYER_PAPERS:
        return Always.NEW_KEYER
    return None
