"""保留・照会: what a clerk may not settle goes to the 取扱責任者; he settles it or asks the ward in the company's name.

The ward sees company, number, 管理票, form and question. Who asked stays in the company (偽装請負: the ward directs no clerk).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from nhi_center.domain.custody import Place
from nhi_center.domain.entry import Draft, State
from nhi_center.domain.holds import Hold, Paper, Stage, check_may_settle, check_nobody_named, check_waits_here, query_number
from nhi_center.domain.identifiers import find_individual_number
from nhi_center.domain.numbers import Kind
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.services import custody, entry, hold_papers, numbers, review, ward_settings
from nhi_center.services.office import Office
from nhi_center.services.review import KeyedLine
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import entry as applications
from nhi_center.storage import holds as storage
from nhi_center.storage.engine import Connection

SHOWN_DAYS = 7
"""How long an answered hold stays in the list of the 取扱責任者."""


@dataclass(frozen=True, slots=True)
class Question:
    """One 照会 as the ward sees it: the company, the numbers and the form, no person. ``hold`` is the id to answer."""

    hold: str
    query: str
    company: str
    number: str
    form_title: str
    question: str
    sent_at: str
    urgent_until: str
    paper: Paper = Paper.HERE


@dataclass(frozen=True, slots=True)
class HoldRow:
    """One line of the 取扱責任者. ``own``: this person has asked it himself, so another settles it. ``paper``: where it is."""

    hold: Hold
    number: str
    form_title: str
    sheets: int
    urgent_until: str
    asked_by_name: str
    own: bool
    paper: Paper = Paper.HERE

    @property
    def stage(self) -> Stage:
        return self.hold.stage


@dataclass(frozen=True, slots=True)
class HoldCase:
    """One hold with what has been keyed so far."""

    row: HoldRow
    lines: tuple[KeyedLine, ...]


# -- the clerk asks --


def hold(office: Office, session: Session, application_id: str, question: str, draft: Draft | None = None) -> None:
    """F4: keep it, with a question to the 取扱責任者. With ``draft`` what stands in the form is kept first."""
    require(office, session, Action.ENTER)
    if draft is not None:
        entry.save_draft(office, session, application_id, draft)
    with begin(office, session, Action.HOLD, subject=application_id) as unit:
        hold_in(unit, application_id, question)


def hold_in(unit: Unit, application_id: str, question: str) -> Hold:
    """The same inside another task's act (照合, 証等の出力). The paper goes to the place of held cases."""
    question = _sentence(question, "question", "質問を入れてください。")
    application = entry.found(unit.connection, application_id)
    slip = custody.find_slip(unit.connection, application.slip)
    made = Hold(str(uuid.uuid4()), application_id, question, unit.person, unit.stamp, application.state, slip.place.value)
    entry.advance(unit, application_id, State.HELD)
    custody.move_slip(unit, application.slip, Place.HOLD)
    storage.add(unit.connection, made)
    applications.release(unit.connection, application_id)
    return made


# -- the 取扱責任者 --


def listing(office: Office, session: Session) -> tuple[HoldRow, ...]:
    """What waits for the 取扱責任者, what the ward has, what was answered in the last days: 至急 first within each."""
    names = {account.person: account.name for account in office.premises.accounts.every()}
    since = office.clock.today() - timedelta(days=SHOWN_DAYS)
    with reading(office, session, Action.SETTLE_HOLD) as connection:
        found = (*storage.open_ones(connection), *storage.answered_since(connection, since))
        rows = [_row(connection, one, names.get(one.asked_by, one.asked_by), session.person) for one in found]
    return tuple(sorted(rows, key=_order))


def _order(row: HoldRow) -> tuple[bool, str, int, str]:
    """至急 stands first wherever it waits; what is answered waits for nobody here."""
    urgent = row.urgent_until if row.stage is not Stage.ANSWERED else ""
    return (not urgent, urgent, list(Stage).index(row.stage), row.hold.asked_at)


def _row(connection: Connection, one: Hold, name: str, person: str) -> HoldRow:
    application = entry.found(connection, one.application)
    slip = custody.find_slip(connection, application.slip)
    return HoldRow(
        hold=one,
        number=application.number,
        form_title=entry.form_title(application.form, application.form_day),
        sheets=slip.sheets,
        urgent_until=application.urgent_until,
        asked_by_name=name,
        own=one.asked_by == person,
        paper=hold_papers.where(connection, one, slip) if application.state is State.HELD else Paper.HERE,
    )


def open_hold(office: Office, session: Session, hold_id: str) -> HoldCase:
    """One hold with what stands in the form. Seeing it is kept in the log."""
    names = {account.person: account.name for account in office.premises.accounts.every()}
    with begin(office, session, Action.SETTLE_HOLD, step="open") as unit:
        one = _found(unit, hold_id)
        opened = entry.read_entry(unit.connection, one.application, unit.today)
        unit.about(opened.application.atena)
        row = _row(unit.connection, one, names.get(one.asked_by, one.asked_by), unit.person)
        return HoldCase(row, review.keyed_lines(opened))


def settle(office: Office, session: Session, hold_id: str, answer: str) -> None:
    """The 取扱責任者 settles it: the case goes on from where it was held, with his answer. Not what he has held himself."""
    require(office, session, Action.SETTLE_HOLD)
    answer = _sentence(answer, "answer", "回答を入れてください。")
    with begin(office, session, Action.SETTLE_HOLD, step="resolve") as unit:
        one = _found(unit, hold_id)
        check_may_settle(one, unit.person)
        _end(unit, one, answer, to=one.held_from)


def send(office: Office, session: Session, hold_id: str, wording: str) -> str:
    """To the ward as a 照会 of the company; gives its number. The ward reads ``wording``, the clerk's question is kept."""
    require(office, session, Action.SETTLE_HOLD)
    wording = _sentence(wording, "question", "区への質問を入れてください。")
    accounts = [account for account in office.premises.accounts.every() if account.role.is_contractor]
    check_nobody_named(wording, [text for account in accounts for text in (account.name, account.person)])
    with begin(office, session, Action.SETTLE_HOLD, step="send") as unit:
        one = _found(unit, hold_id)
        check_waits_here(one)
        query = query_number(unit.today, numbers.take(unit, Kind.QUERY)[0])
        storage.send(unit.connection, one.id, "" if wording == one.question else wording, query, unit.person, unit.stamp)
        unit.note(query=query)
        return query


# -- the ward --


def open_questions(office: Office, session: Session) -> tuple[Question, ...]:
    """照会 the ward has not answered, 至急 first, oldest first."""
    with reading(office, session, Action.ANSWER_HOLD) as connection:
        company = ward_settings.company(office, connection)
        return questions(connection, company)


def questions(connection: Connection, company: str) -> tuple[Question, ...]:
    """As ``open_questions``, inside another reading: also what is printed on the 疑義照会票."""
    rows = []
    for asked in storage.open_ones(connection):
        if asked.stage is Stage.SENT:
            application = entry.found(connection, asked.application)
            rows.append(
                Question(
                    hold=asked.id,
                    query=asked.query,
                    company=company,
                    number=application.number,
                    form_title=entry.form_title(application.form, application.form_day),
                    question=asked.for_ward,
                    sent_at=asked.sent_at,
                    urgent_until=application.urgent_until,
                    paper=hold_papers.where(connection, asked, custody.find_slip(connection, application.slip)),
                )
            )
    return tuple(sorted(rows, key=lambda row: (not row.urgent_until, row.urgent_until, row.sent_at, row.query)))


def answer_hold(office: Office, session: Session, hold_id: str, answer: str) -> None:
    """The ward answers; the application goes on under the same number, once its paper is here too."""
    require(office, session, Action.ANSWER_HOLD)
    _answer(office, session, hold_id, answer, take_back=False)


def take_back(office: Office, session: Session, hold_id: str, answer: str) -> None:
    """The ward takes the application back unprocessed; its paper goes to the output tray. ``answer`` says why."""
    require(office, session, Action.ANSWER_HOLD)
    _answer(office, session, hold_id, answer, take_back=True)


def _answer(office: Office, session: Session, hold_id: str, answer: str, *, take_back: bool) -> None:
    answer = _sentence(answer, "answer", "回答を入れてください。")
    with begin(office, session, Action.ANSWER_HOLD, take_back=take_back) as unit:
        one = _found(unit, hold_id)
        if one.stage is Stage.ASKED:
            raise OperatorError("この保留は、まだ区へ照会されていません。", code="hold-step")
        _end(unit, one, answer, to=State.RETURNED if take_back else one.held_from)


# -- inside --


def _found(unit: Unit, hold_id: str) -> Hold:
    one = storage.find(unit.connection, hold_id)
    if one is None:
        raise OperatorError("この保留はありません。一覧を更新して確かめてください。", code="no-hold")
    unit.subject = one.application
    return one


def _end(unit: Unit, one: Hold, answer: str, *, to: State) -> None:
    if not storage.answer(unit.connection, one.id, answer, unit.person, unit.stamp):
        raise OperatorError("この照会はもう回答されています。一覧を更新して確かめてください。", code="already-answered")
    slip = custody.find_slip(unit.connection, entry.found(unit.connection, one.application).slip)
    paper = hold_papers.where(unit.connection, one, slip)
    unit.note(paper=paper.value)
    if paper is Paper.WARD:
        if to is State.RETURNED:
            entry.advance(unit, one.application, to)
        return  # an answer waits for the paper: the ward brings it with a 便 (``hold_papers.take_in``)
    if paper is Paper.LEAVING:
        hold_papers.stays(unit, one.id)
    entry.advance(unit, one.application, to)
    custody.move_slip(unit, slip.id, Place.OUTPUT if to is State.RETURNED else Place(one.place))


def _sentence(text: str, field: str, missing: str) -> str:
    if not text.strip():
        raise OperatorError(missing, field=field)
    if find_individual_number(text) is not None:
        raise OperatorError(entry.INDIVIDUAL_NUMBER, field=field, code="individual-number")
    return text.strip()
