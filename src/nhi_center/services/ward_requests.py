"""連絡票: asked of the ward from a call, in the company's name; the ward's answer stands in the call's record."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from nhi_center.domain.calls import CallState
from nhi_center.domain.numbers import Kind
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.ward_requests import WardRequest, check_answer, check_request
from nhi_center.errors import OperatorError
from nhi_center.services import numbers
from nhi_center.services.call_answers import book
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading
from nhi_center.storage import calls, register
from nhi_center.storage import ward_requests as storage


@dataclass(frozen=True, slots=True)
class WardRequestRow:
    """One request as the ward sees it: from the company, never from one of its people."""

    id: str
    number: str
    day: date
    at: str
    title: str
    section: str
    category: str
    atena: str
    name: str
    words: str


def sections() -> tuple[str, ...]:
    """The ward's 係 a request may go to, the one that answers for most first."""
    return tuple(dict.fromkeys(one.section for one in book().categories))


def section_of(category: str) -> str:
    """The 係 that is proposed: the category's own."""
    found = book().category(category)
    return found.section if found else sections()[0]


def ask_ward(office: Office, session: Session, call_id: str, kind: str, section: str, words: str) -> WardRequest:
    """Ask the ward from a call: one's own while it is not recorded, anybody's afterwards.

    Raises OperatorError at ``kind``, ``section`` or ``words``; when the call is unknown, was taken back, or is another clerk's.
    """
    with begin(office, session, Action.CALL, subject=call_id, step="ward_request") as unit:
        check_request(kind, section, words)
        call = calls.find(unit.connection, call_id)
        if call is None or call.state is CallState.DROPPED:
            raise OperatorError("この電話は取り消されています。一覧を見直してください。", code="unknown")
        if call.state.is_open and call.clerk != unit.person:
            raise OperatorError("ほかの人が受けた電話です。受けた人が連絡票を出します。", code="not-own")
        request = WardRequest(
            id=str(uuid.uuid4()),
            day=unit.today,
            seq=numbers.take(unit, Kind.WARD_REQUEST)[0],
            call=call_id,
            atena=call.draft.atena,
            kind=kind,
            section=section,
            words=words.strip(),
            made_at=unit.stamp,
            made_by=unit.person,
        )
        storage.put(unit.connection, request)
        unit.about(request.atena)
        unit.note(kind=kind)
        unit.record(
            "call",
            {
                "event": "ward_request",
                "request": request.id,
                "number": request.number,
                "call": call_id,
                "atena": request.atena,
                "kind": kind,
                "title": request.title,
                "section": section,
                "words": request.words,
                "made_at": request.made_at,
                "by": request.made_by,
            },
        )
        return request


def waiting(office: Office, session: Session) -> tuple[WardRequestRow, ...]:
    """What the ward has not answered, the oldest first."""
    with reading(office, session, Action.REVIEW) as connection:
        rows = []
        for one in storage.open_ones(connection):
            call = calls.find(connection, one.call)
            category = book().category(call.draft.category) if call else None
            person = register.find(connection, one.atena) if one.atena else None
            rows.append(
                WardRequestRow(
                    id=one.id,
                    number=one.number,
                    day=one.day,
                    at=one.made_at,
                    title=one.title,
                    section=one.section,
                    category=f"{category.number} {category.title}" if category else "",
                    atena=one.atena,
                    name=person.name if person else "",
                    words=one.words,
                )
            )
        return tuple(rows)


def settle(office: Office, session: Session, request_id: str, answer: str) -> None:
    """The ward has answered, or done it. Raises OperatorError at ``answer``, and when it was answered already."""
    with begin(office, session, Action.REVIEW, subject=request_id, step="ward_request_settled") as unit:
        check_answer(answer)
        request = storage.find(unit.connection, request_id)
        if request is None or not storage.settle(unit.connection, request_id, answer.strip(), unit.stamp, unit.person):
            raise OperatorError("この連絡票はもう済んでいます。一覧を見直してください。", code="already-settled")
        unit.about(request.atena)
        unit.record(
            "call",
            {
                "event": "ward_request_settled",
                "request": request_id,
                "answer": answer.strip(),
                "settled_at": unit.stamp,
                "by": unit.person,
            },
        )
