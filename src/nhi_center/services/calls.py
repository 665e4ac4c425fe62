"""電話: a call from its start to the record, saved as it is typed; 本人確認; call-backs that survive the shift.

A screen never gets more about a person than the level of the moment allows: facts are sorted out here, not on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache

from nhi_center import resources
from nhi_center.domain import call_check, call_parties
from nhi_center.domain.calendar import ClosedDays, wareki
from nhi_center.domain.call_book import LevelRule
from nhi_center.domain.call_check import Check, Level
from nhi_center.domain.call_facts import Fact, Filed, Issued, NumberCalls
from nhi_center.domain.call_parties import CallParties
from nhi_center.domain.call_record import record_body
from nhi_center.domain.call_rules import (
    handed,
    missing,
    needs_consent,
    phone_digits,
    refuse_individual_numbers,
)
from nhi_center.domain.calls import (
    Call,
    CallBack,
    CallDraft,
    CallHours,
    CallState,
    Outcome,
    Promise,
    Who,
    next_open_hour,
    read_promise,
)
from nhi_center.domain.entry import State
from nhi_center.domain.free_words import forbidden_in
from nhi_center.domain.numbers import Kind
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.people import Person
from nhi_center.domain.purpose import Purpose, PurposeKind
from nhi_center.errors import OperatorError
from nhi_center.services import call_answers, forms, numbers, told_calls, ward_settings
from nhi_center.services.call_answers import book
from nhi_center.services.call_line import end_talks
from nhi_center.services.office import Office
from nhi_center.services.register import open_person
from nhi_center.services.roster_gate import may_begin
from nhi_center.services.work import Unit, begin, require
from nhi_center.storage import calls, register, ward_requests
from nhi_center.storage.engine import Connection

MOST_FILED = 2


@dataclass(frozen=True, slots=True)
class CallView:
    """A call as its page shows it.

    ``person_name`` and ``person_kana`` of the one chosen, empty at level X; ``facts`` only what ``level`` allows; ``dial``: the
    number to ring when this call answers a call-back; ``proposed``: the next open hour, for a call-back; ``number_calls``: what
    the caller's number asked before, None when it is not known or never did.
    """

    call: Call
    check: Check
    level: Level
    rule: LevelRule
    person_name: str
    person_kana: str
    facts: tuple[Fact, ...]
    dial: str
    proposed: datetime
    number_calls: NumberCalls | None = None


@dataclass(frozen=True, slots=True)
class FinishedCall:
    """The recorded call and the call-back promised in it."""

    call: Call
    back: CallBack | None


@cache
def parties() -> CallParties:
    """Interpreters, the ward's consents, other offices (resources/calls/parties.toml)."""
    return call_parties.parse(resources.read_toml("calls/parties.toml"))


@cache
def closed_days() -> ClosedDays:
    return ClosedDays.from_table(resources.read_toml("calendar/holidays.toml"))


# -- one call --


def start_call(office: Office, session: Session, *, callback: str = "") -> CallView:
    """Begin a call that came in, or with ``callback`` the one that answers a promise: its person, category and number to dial
    stand there already. A call of his own that is neither over nor on hold ends. Raises OperatorError when the promise has been
    kept."""
    require(office, session, Action.CALL)
    draft, returns, rings = CallDraft(), "", ""
    if callback:
        earlier, rings = _earlier(office, session, callback)
        draft, returns = earlier.draft.carried, callback
        if phone_digits(draft.phone) != rings:  # he called from elsewhere; this call rings the number he named
            draft = replace(draft, phone="")
        draft = replace(draft, atena=_opened(office, session, draft.atena, callback))
    with begin(office, session, Action.CALL, step="start", returned=bool(callback)) as unit:
        may_begin(unit)
        end_talks(unit, held_too=False)
        (number,) = numbers.take(unit, Kind.CALL)
        call = calls.start(unit.connection, unit.today, number, unit.stamp, unit.person, draft, returns, rings)
        unit.subject = call.id
        return _view(office, unit, call)


def continue_call(office: Office, session: Session, call_id: str) -> CallView:
    """Open a call of one's own that is not written up yet. Raises OperatorError when it is recorded or another clerk's."""
    with begin(office, session, Action.CALL, subject=call_id, step="open") as unit:
        call = _own_open(unit, call_id)
        unit.about(call.draft.atena)
        return _view(office, unit, call)


def save_draft(office: Office, session: Session, call_id: str, draft: CallDraft) -> CallView:
    """Keep what has been typed and give the check, the level and what may be told.

    Raises OperatorError, and keeps nothing of it, when a 個人番号 stands in it. The person is chosen by ``choose_person`` alone.
    """
    require(office, session, Action.CALL)
    refuse_individual_numbers(draft)
    with begin(office, session, Action.CALL, subject=call_id, step="draft") as unit:
        call = _typed(unit, call_id, draft)
        calls.save(unit.connection, call)
        return _view(office, unit, call)


def choose_person(office: Office, session: Session, call_id: str, draft: CallDraft, atena: str) -> CallView:
    """Take the person the call is about; "" takes him out. Opening a person is kept in the log with its purpose."""
    require(office, session, Action.VIEW_PERSON)
    refuse_individual_numbers(draft)
    if atena:
        open_person(office, session, atena, Purpose(PurposeKind.CALL, call_id))
    with begin(office, session, Action.CALL, subject=call_id, step="person", person=atena) as unit:
        call = _typed(unit, call_id, draft)
        call = replace(call, draft=replace(call.draft, atena=atena))
        calls.save(unit.connection, call)
        return _view(office, unit, call)


def hold_call(office: Office, session: Session, call_id: str) -> CallView:
    """保留 on, or off again; what has been typed is not touched. Raises OperatorError when the call has ended."""
    with begin(office, session, Action.CALL, subject=call_id, step="hold") as unit:
        call = _own_open(unit, call_id)
        if call.state is not CallState.TALKING:
            raise OperatorError("通話は終わっています。保留にはできません。", code="ended")
        call = call.holding(unit.local)
        unit.note(on=bool(call.held_at))
        calls.save(unit.connection, call)
        return _view(office, unit, call)


def hang_up(office: Office, session: Session, call_id: str, draft: CallDraft) -> CallView:
    """The call has ended; it is written up now or later (あとで記入). Its length ends here, 後処理 begins."""
    require(office, session, Action.CALL)
    refuse_individual_numbers(draft)
    with begin(office, session, Action.CALL, subject=call_id, step="hang_up") as unit:
        call = _typed(unit, call_id, draft)
        call = replace(call.ended(unit.local), state=CallState.WRAP_UP)
        calls.save(unit.connection, call)
        return _view(office, unit, call)


def drop_call(office: Office, session: Session, call_id: str) -> None:
    """Take back a call begun by mistake. Raises OperatorError once anything has been entered: a call that was is recorded."""
    with begin(office, session, Action.CALL, subject=call_id, step="drop") as unit:
        call = _own_open(unit, call_id)
        if not call.may_be_dropped(call.draft) or ward_requests.of_call(unit.connection, call_id):
            raise OperatorError("入力があるので取り消せません。記録するか、F3 であとで記入してください。", code="not-empty")
        calls.save(unit.connection, replace(call.ended(unit.local), state=CallState.DROPPED))


def finish_call(office: Office, session: Session, call_id: str, draft: CallDraft) -> FinishedCall:
    """Record the call, book the call-back it promises, and mark the one it answers as kept.

    Raises OperatorError at the first field that lacks what the result needs.
    """
    require(office, session, Action.CALL)
    refuse_individual_numbers(draft)
    with begin(office, session, Action.CALL, subject=call_id, step="finish") as unit:
        call = _typed(unit, call_id, draft)
        for field, sentence in missing(call.draft, book(), parties()):  # of the person that was chosen, whatever the page says
            raise OperatorError(sentence, field=field, code="missing")
        view = _view(office, unit, call)
        call = replace(call.ended(unit.local), state=CallState.DONE, level=view.level.value, done_at=unit.stamp)
        calls.save(unit.connection, call)
        to_ward = handed(draft, book(), call, unit.local) if draft.outcome == Outcome.TO_WARD else None
        back = None
        if draft.outcome == Outcome.CALL_BACK:
            # What was agreed in the call is booked also when its hour passed before it was written up: it is overdue then.
            agreed = read_promise(draft, datetime.fromisoformat(call.ended_at), closed_days(), _hours(office, unit.connection))
            back = _booked(unit, call, agreed)
        if call.returns:
            calls.keep_back(unit.connection, call.returns, unit.stamp, unit.person)
        unit.note(outcome=draft.outcome, category=draft.category, level=call.level, called_back=back is not None)
        if needs_consent(call.draft):
            unit.note(consent=draft.consent)
        if forbidden_in(draft.words, forms.forbidden_words()):
            unit.note(forbidden_words=True)
        given, documents = call_answers.given(unit.connection, draft.text), call_answers.guide().cited(draft.text)
        unit.record("call", record_body(call, view.check, back, to_ward, given, documents, parties(), unit.local))
        told_calls.tell(office, unit, call.id, call.day)
        return FinishedCall(call, back)


# -- inside --


def _earlier(office: Office, session: Session, callback: str) -> tuple[Call, str]:
    """The call a promise was made in, and the number promised."""
    with begin(office, session, Action.CALL, subject=callback, step="dial") as unit:
        back = calls.find_back(unit.connection, callback)
        call = calls.find(unit.connection, back.call) if back and not back.done_at else None
        if back is None or call is None:
            raise OperatorError("この折返しはもう済んでいます。一覧を見直してください。", code="already-kept")
        if any(one.returns == callback for one in calls.open_calls(unit.connection)):
            raise OperatorError(
                "この折返しの電話は、記入が終わっていません。電話の一覧から開いてください。", code="already-begun"
            )
        return call, back.number


def _opened(office: Office, session: Session, atena: str, callback: str) -> str:
    """The person the promise was about; nobody when the register does not show him any more, because the caller still waits."""
    try:
        if atena:
            open_person(office, session, atena, Purpose(PurposeKind.CALL, callback))
    except OperatorError as refused:
        if refused.code != "unknown-person":
            raise
        return ""
    return atena


def _own_open(unit: Unit, call_id: str) -> Call:
    call = calls.find(unit.connection, call_id)
    if call is None or not call.state.is_open:
        raise OperatorError("この電話はもう記録されています。電話の一覧で確認してください。", code="recorded")
    if call.clerk != unit.person:
        raise OperatorError("ほかの人が受けた電話です。受けた人が記入します。", code="not-own")
    return call


def _typed(unit: Unit, call_id: str, draft: CallDraft) -> Call:
    """The open call with the new draft; the person stays, and 伝えた gets its time and cannot be taken back."""
    call = _own_open(unit, call_id)
    told_at = call.told_at or (unit.stamp if draft.told else "")
    phone = phone_digits(draft.phone)
    if not phone and (back := calls.find_back(unit.connection, call.returns) if call.returns else None):
        phone = back.number
    return replace(call, draft=replace(draft, atena=call.draft.atena, told=bool(told_at)), told_at=told_at, phone=phone)


def _view(office: Office, unit: Unit, call: Call) -> CallView:
    connection, draft = unit.connection, call.draft
    person = register.find(connection, draft.atena) if draft.atena else None
    back = calls.find_back(connection, call.returns) if call.returns else None
    checked = call_check.check(draft.stated, person, unit.today)
    rang = _rang_registered(call, back, person)
    reached = call_check.level(draft.caller, checked, person, told=bool(call.told_at), called_back=rang)
    rule = book().levels[reached]
    if reached is Level.NEVER:  # for a third party a 一致 on the screen would already be an answer
        checked, person = Check(), None
    return CallView(
        call=call,
        check=checked,
        level=reached,
        rule=rule,
        person_name=person.name if person else "",
        person_kana=person.kana if person else "",
        facts=_facts(connection, person, call, rule, unit) if person else (),
        dial=back.number if back else "",
        proposed=next_open_hour(unit.local, closed_days(), _hours(office, unit.connection)),
        number_calls=_number_calls(unit, call),
    )


def _hours(office: Office, connection: Connection) -> CallHours:
    rules = ward_settings.rules(office, connection)
    return CallHours(rules.calls_open, rules.calls_close)


def _number_calls(unit: Unit, call: Call) -> NumberCalls | None:
    """What the number the caller gave asked before; that it was shown is kept in the log."""
    phone = phone_digits(call.draft.phone)
    found = calls.of_number(unit.connection, phone, call.id) if phone else ()
    if not found:
        return None
    unit.note(number_calls=len(found))
    last = found[0]
    category = book().category(last.draft.category)
    outcome = Outcome(last.draft.outcome).label if last.draft.outcome in tuple(Outcome) else ""
    return NumberCalls(len(found), last.day, f"{category.title}({category.code})" if category else "", outcome)


def _rang_registered(call: Call, back: CallBack | None, person: Person | None) -> bool:
    """Whether this call rang the number the register has for this person now, whoever the promise was about, and no other."""
    return back is not None and back.registered and person is not None and person.phone == back.number == call.phone


def _facts(connection: Connection, person: Person, call: Call, rule: LevelRule, unit: Unit) -> tuple[Fact, ...]:
    """この人の今, only the kinds this level allows."""
    if not rule.facts:
        return ()
    found = [
        *_filed_facts(calls.filed(connection, person.atena, MOST_FILED)),
        *_issued_facts(calls.issued(connection, person.atena), named="kind" in rule.facts),
        *_period_facts(person, unit),
        *_call_facts(calls.previous(connection, person.atena, call.id)),
    ]
    return tuple(fact for fact in found if fact.kind in rule.facts)


def _filed_facts(applications: tuple[Filed, ...]) -> list[Fact]:
    if not applications:
        return [Fact("receipt", "届出 この端末には届いていません")]
    return [
        Fact(
            "missing" if one.state is State.HELD else "receipt",
            f"{forms.form(one.form, one.form_day).name} {_day_words(one.received)} 受付({one.words})",
        )
        for one in applications
    ]


def _issued_facts(certificate: Issued | None, *, named: bool) -> list[Fact]:
    """``named``: this level may hear which certificate it is (証の種類)."""
    if certificate is None:
        return []
    facts = [Fact("sent", f"{certificate.title if named else '証'} {certificate.words}")]
    if certificate.has_left and certificate.valid_until is not None:
        facts.append(Fact("expiry", f"有効期限 {wareki(certificate.valid_until)}"))
    return facts


def _period_facts(person: Person, unit: Unit) -> list[Fact]:
    period = person.current_period(unit.today) or (person.periods[-1] if person.periods else None)
    if period is None:
        return [Fact("period", "資格 なし")]
    lost = f" 喪失 {_day_words(period.lost)}" if period.lost else ""
    return [Fact("period", f"取得 {_day_words(period.acquired)}{lost}")]


def _call_facts(last: Call | None) -> list[Fact]:
    if last is None:
        return []
    category = book().category(last.draft.category)
    return [Fact("call", f"前回の電話 {_day_words(last.day)} {category.title}({category.code})")] if category else []


def _day_words(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _booked(unit: Unit, call: Call, promise: Promise) -> CallBack:
    person = register.find(unit.connection, call.draft.atena) if call.draft.atena else None
    back = CallBack(
        id=call.id,  # one promise a call
        call=call.id,
        number=promise.number,
        due=promise.due.isoformat(timespec="seconds"),
        owner=unit.person if promise.who is Who.SELF else "",
        registered=person is not None and not person.protected and person.phone == promise.number,
        booked_by=unit.person,
        booked_at=unit.stamp,
    )
    calls.book(unit.connection, back)
    return back
