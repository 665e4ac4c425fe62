"""保留・照会: what the contractor may not settle is kept with a question to the ward and comes back under the same number."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from nhi_center.domain.custody import Place
from nhi_center.domain.entry import Draft, Hold, State
from nhi_center.domain.identifiers import find_individual_number
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.services import custody, entry
from nhi_center.services.office import Office
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import entry as storage


@dataclass(frozen=True, slots=True)
class Question:
    """One open question as the ward sees it: the hold, the slip and the form, no person."""

    hold: Hold
    number: str
    form_title: str
    urgent_until: str
    asked_by_name: str


def open_questions(office: Office, session: Session) -> tuple[Question, ...]:
    """保留・照会 the ward has not answered, 至急 first, oldest first."""
    names = {account.person: account.name for account in office.premises.accounts.every()}
    with reading(office, session, Action.ANSWER_HOLD) as connection:
        rows = []
        for asked in storage.open_holds(connection):
            application = entry.found(connection, asked.application)
            title = entry.form_title(application.form, application.form_day)
            rows.append(
                Question(asked, application.number, title, application.urgent_until, names.get(asked.asked_by, asked.asked_by))
            )
    return tuple(sorted(rows, key=lambda row: (not row.urgent_until, row.urgent_until, row.hold.asked_at)))


def hold(office: Office, session: Session, application_id: str, question: str, draft: Draft | None = None) -> None:
    """F4: keep it, with a question to the ward. With ``draft`` what stands in the form is kept first."""
    require(office, session, Action.ENTER)
    if draft is not None:
        entry.save_draft(office, session, application_id, draft)
    with begin(office, session, Action.HOLD, subject=application_id) as unit:
        hold_in(unit, application_id, question)


def hold_in(unit: Unit, application_id: str, question: str) -> Hold:
    """The same inside another task's act (照合, 証等の出力). The paper goes to the place of held cases."""
    question = _sentence(question, "question", "区への質問を入れてください。")
    application = entry.found(unit.connection, application_id)
    slip = custody.find_slip(unit.connection, application.slip)
    made = Hold(str(uuid.uuid4()), application_id, question, unit.person, unit.stamp, application.state, slip.place.value)
    entry.advance(unit, application_id, State.HELD)
    custody.move_slip(unit, application.slip, Place.HOLD)
    storage.add_hold(unit.connection, made)
    storage.release(unit.connection, application_id)
    return made


def answer_hold(office: Office, session: Session, hold_id: str, answer: str) -> None:
    """The ward answers; the application goes on under the same number."""
    require(office, session, Action.ANSWER_HOLD)
    _settle(office, session, hold_id, answer, take_back=False)


def take_back(office: Office, session: Session, hold_id: str, answer: str) -> None:
    """The ward takes the application back unprocessed; its paper goes to the output tray. ``answer`` says why."""
    require(office, session, Action.ANSWER_HOLD)
    _settle(office, session, hold_id, answer, take_back=True)


def _settle(office: Office, session: Session, hold_id: str, answer: str, *, take_back: bool) -> None:
    answer = _sentence(answer, "answer", "回答を入れてください。")
    with begin(office, session, Action.ANSWER_HOLD, take_back=take_back) as unit:
        asked = storage.find_hold(unit.connection, hold_id)
        if asked is None or not storage.answer_hold(unit.connection, hold_id, answer, unit.person, unit.stamp):
            raise OperatorError("この照会はもう回答されています。一覧を更新して確かめてください。", code="already-answered")
        unit.subject = asked.application
        application = entry.found(unit.connection, asked.application)
        to = State.RETURNED if take_back else asked.held_from
        entry.advance(unit, application.id, to)
        custody.move_slip(unit, application.slip, Place.OUTPUT if take_back else Place(asked.place))


def _sentence(text: str, field: str, missing: str) -> str:
    if not text.strip():
        raise OperatorError(missing, field=field)
    if find_individual_number(text) is not None:
        raise OperatorError(entry.INDIVIDUAL_NUMBER, field=field, code="individual-number")
    return text.strip()
