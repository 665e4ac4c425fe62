"""The lists of 電話: today's calls, promises to call back, and their counts for the window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nhi_center.domain.calls import Call, CallBack
from nhi_center.domain.identifiers import mask_phone
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.ward_requests import WardRequest
from nhi_center.errors import OperatorError
from nhi_center.services import told_calls
from nhi_center.services.call_answers import book, cited
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading
from nhi_center.storage import calls, register, ward_requests
from nhi_center.storage.engine import Connection


@dataclass(frozen=True, slots=True)
class CallRow:
    """One line of the list. ``person_name`` is empty without a person and for a protected one."""

    call: Call
    clerk_name: str
    category: str
    person_name: str
    own: bool


@dataclass(frozen=True, slots=True)
class CallBackRow:
    """One promise. ``number`` is masked: the whole number is shown to who rings it. ``begun``: the open call that rings it."""

    back: CallBack
    number: str
    owner_name: str
    booked_by_name: str
    category: str
    person_name: str
    overdue: bool
    begun: str


@dataclass(frozen=True, slots=True)
class CallCounts:
    """For the status bar and the first page: calls of today, calls to write up, promises open and overdue."""

    today: int
    unfinished: int
    callbacks: int
    overdue: int


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A recorded call in full, as its reader sees it."""

    row: CallRow
    back: CallBack | None
    number: str
    answers: tuple[str, ...]
    requests: tuple[WardRequest, ...]


def list_today(office: Office, session: Session) -> tuple[CallRow, ...]:
    """Today's calls, the newest first, and every earlier one that is not written up."""
    with reading(office, session, Action.CALL) as connection:
        names = _names(office)
        return tuple(_row(connection, call, names, session) for call in calls.of_day(connection, office.clock.today()))


def open_callbacks(office: Office, session: Session) -> tuple[CallBackRow, ...]:
    """Promises not kept, the most urgent first, whoever booked them."""
    now = office.clock.local()
    with reading(office, session, Action.CALL) as connection:
        names = _names(office)
        begun = {call.returns: call.id for call in calls.open_calls(connection)}
        return tuple(_back_row(connection, back, names, now, begun.get(back.id, "")) for back in calls.open_backs(connection))


def complete_callback(office: Office, session: Session, callback: str) -> None:
    """折返し完了 without a call of its own (the caller rang again, the matter is settled). It cannot be undone."""
    with begin(office, session, Action.CALL, subject=callback, step="callback_done") as unit:
        if any(call.returns == callback for call in calls.open_calls(unit.connection)):
            raise OperatorError("この折返しの電話は、記入が終わっていません。記録すると完了になります。", code="already-begun")
        if not calls.keep_back(unit.connection, callback, unit.stamp, unit.person):
            raise OperatorError("この折返しはもう済んでいます。一覧を見直してください。", code="already-kept")
        unit.record("call", {"event": "callback_done", "callback": callback, "done_at": unit.stamp, "by": unit.person})
        told_calls.tell_kept(unit, callback)


def read_record(office: Office, session: Session, call_id: str) -> CallRecord:
    """A recorded call in full. Reading it is kept in the log, with the person it was about."""
    with begin(office, session, Action.CALL, subject=call_id, step="read") as unit:
        call = calls.find(unit.connection, call_id)
        if call is None or call.state.is_open:
            raise OperatorError("この電話はまだ記録されていません。一覧から開いて記入してください。", code="not-recorded")
        unit.about(call.draft.atena)
        row = _row(unit.connection, call, _names(office), session)
        back = calls.back_of(unit.connection, call_id)
        answers = cited(unit.connection, call.draft.text)
        requests = ward_requests.of_call(unit.connection, call_id)
        return CallRecord(row, back, mask_phone(back.number) if back else "", answers, requests)


def counts(office: Office, session: Session) -> CallCounts:
    """What the window always shows."""
    now = office.clock.local()
    with reading(office, session, Action.STATUS) as connection:
        today = sum(call.day == now.date() for call in calls.of_day(connection, now.date()))
        backs = calls.open_backs(connection)
        return CallCounts(today, len(calls.open_calls(connection)), len(backs), sum(back.overdue(now) for back in backs))


def _names(office: Office) -> dict[str, str]:
    return {account.person: account.name for account in office.premises.accounts.every()}


def _row(connection: Connection, call: Call, names: dict[str, str], session: Session) -> CallRow:
    category = book().category(call.draft.category)
    return CallRow(
        call=call,
        clerk_name=names.get(call.clerk, call.clerk),
        category=f"{category.number} {category.title}" if category else "",
        person_name=_person_name(connection, call.draft.atena),
        own=call.clerk == session.person,
    )


def _back_row(connection: Connection, back: CallBack, names: dict[str, str], now: datetime, begun: str) -> CallBackRow:
    call = calls.find(connection, back.call)
    category = book().category(call.draft.category) if call else None
    return CallBackRow(
        back=back,
        number=mask_phone(back.number),
        owner_name=names.get(back.owner, back.owner) if back.owner else "",
        booked_by_name=names.get(back.booked_by, back.booked_by),
        category=f"{category.number} {category.title}" if category else "",
        person_name=_person_name(connection, call.draft.atena) if call else "",
        overdue=back.overdue(now),
        begun=begun,
    )


def _person_name(connection: Connection, atena: str) -> str:
    person = register.find(connection, atena) if atena else None
    return "" if person is None or person.protected else person.name
