"""従事者名簿: proposing, reporting, the ward's 受理, 誓約, 研修 and leaving. Every act is one event of the entry's history.

Reports and lists as PDFs are made in ``services.roster_papers``; what the roster permits stands in ``services.roster_gate``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from nhi_center import resources
from nhi_center.domain import roster_gate
from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.roster import (
    Act,
    Designation,
    Event,
    RosterEntry,
    State,
    check_designation,
    check_event,
    check_person,
    designation_to_json,
    fold,
    training_to_json,
)
from nhi_center.domain.roster_gate import Fault
from nhi_center.domain.roster_training import Required, Training, TrainingKind
from nhi_center.errors import OperatorError
from nhi_center.services import accounts, known_people, ward_settings
from nhi_center.services.office import Office
from nhi_center.services.room import RoomRecord
from nhi_center.services.roster_gate import kinds
from nhi_center.services.work import Unit, begin, reading
from nhi_center.storage import roster as store
from nhi_center.storage.engine import Connection


@dataclass(frozen=True, slots=True)
class PledgeText:
    """The text people sign, with its version."""

    version: str
    join: tuple[str, ...]
    leave: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class RosterLine:
    """One person as the screen shows him. ``faults`` bar him from anything new, ``warnings`` run out within 30 days."""

    entry: RosterEntry
    trainings: tuple[Required, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[tuple[str, date], ...]


@dataclass(frozen=True, slots=True, repr=False)
class Roster:
    """The whole list, read at one moment. ``reports``: numbers that wait for the ward's 受理."""

    lines: tuple[RosterLine, ...]
    company: str
    today: date
    reports: tuple[str, ...]
    to_report: int


@cache
def pledge_text() -> PledgeText:
    """誓約の文 (resources/roster/pledge.toml)."""
    table = resources.read_toml("roster/pledge.toml")
    return PledgeText(table["version"], tuple(table["join"]), tuple(table["leave"]))


# -- reading --


def roster(office: Office, session: Session) -> Roster:
    """Everybody, also who has left, by ID."""
    with reading(office, session, Action.VIEW_ROSTER) as connection:
        entries = store.entries(connection)
        company = ward_settings.rules(office, connection).company
    today = office.clock.today()
    return Roster(
        tuple(_line(entry, today) for entry in entries),
        company,
        today,
        tuple(sorted({one.reported.number for one in entries if one.reported is not None and one.awaits_acceptance})),
        sum(entry.to_report for entry in entries),
    )


def _line(entry: RosterEntry, today: date) -> RosterLine:
    left = entry.state is State.LEFT
    return RosterLine(
        entry,
        roster_gate.trainings(entry, kinds(), today),
        () if left else roster_gate.faults(entry, kinds(), today),
        () if left else roster_gate.warnings(entry, kinds(), today),
    )


# -- the supervisor's acts --


def propose(office: Office, session: Session, person: str, wanted: Designation) -> None:
    """Put somebody new on the roster. Raises OperatorError at the field that is not whole or not allowed, or for a known ID."""
    with begin(office, session, Action.MANAGE_ROSTER, subject=person, step="roster_propose") as unit:
        check_person(person)
        check_designation(wanted, ward_settings.rules(office, unit.connection).company)
        if store.entry(unit.connection, person) is not None:
            raise OperatorError(
                "このIDの人は名簿にいます。退任した人のIDも、別の人には使えません。", field="person", code="known"
            )
        add_event(unit, office.terminal, person, Act.PROPOSED, designation_to_json(wanted))


def alter(office: Office, session: Session, person: str, wanted: Designation) -> None:
    """Change an entry. What the ward has accepted stays in force until it accepts the change."""
    with begin(office, session, Action.MANAGE_ROSTER, subject=person, step="roster_alter") as unit:
        check_designation(wanted, ward_settings.rules(office, unit.connection).company)
        entry = find(unit.connection, person)
        _require_stays(entry)
        if entry.wanted == wanted:
            raise OperatorError("変わったところがありません。", code="unchanged")
        add_event(unit, office.terminal, person, Act.PROPOSED, designation_to_json(wanted))


def record_pledge(office: Office, session: Session, person: str, day: date, *, leaving: bool = False) -> None:
    """誓約, or with ``leaving`` 退職時誓約: signed on paper on ``day``, in the version of the text that is shown today."""
    with begin(office, session, Action.MANAGE_ROSTER, subject=person, step="pledge", leaving=leaving) as unit:
        entry = find(unit.connection, person)
        _require_past(day, unit.today, "day")
        if leaving and entry.leaving is None:
            raise OperatorError("退任の手続を始めてから、退職時誓約を記録します。", code="not-leaving")
        body = {"version": pledge_text().version, "day": day.isoformat(), "leaving": leaving}
        add_event(unit, office.terminal, person, Act.PLEDGED, body)


def record_training(
    office: Office, session: Session, kind_id: str, held: date, content: str, scores: Mapping[str, int | None]
) -> date | None:
    """One lesson with everybody who took part; gives the last day it counts. ``scores``: by person, None where no test is held.

    A result below the pass mark is kept and does not count.
    """
    with begin(office, session, Action.MANAGE_ROSTER, step="training") as unit:
        unit.note(kind=kind_id, people=len(scores))
        kind = next((one for one in kinds() if one.id == kind_id), None)
        if kind is None:
            raise OperatorError("研修の種類を番号で選んでください。", field="kind", code="kind")
        _require_past(held, unit.today, "held")
        if not content.strip():
            raise OperatorError("研修の内容を入力してください。", field="content", code="empty")
        refuse_individual_number(content, "content")
        if not scores:
            raise OperatorError("受講した人を選んでください。", field="people", code="nobody")
        for person, score in scores.items():
            find(unit.connection, person)
            lesson = _lesson(kind, held, content.strip(), score, session.person)
            add_event(unit, office.terminal, person, Act.TRAINED, training_to_json(lesson))
        return kind.last_day(held)


def _lesson(kind: TrainingKind, held: date, content: str, score: int | None, by: str) -> Training:
    if kind.pass_mark and score is None:
        raise OperatorError("この研修は点数を入力してください。", field="score", code="no-score")
    if score is not None and not 0 <= score <= 100:
        raise OperatorError("点数は0から100で入力してください。", field="score", code="score")
    passed = not kind.pass_mark or (score is not None and score >= kind.pass_mark)
    return Training(kind.id, held, content, score, passed, kind.last_day(held), by)


def begin_leaving(office: Office, session: Session, person: str, last_day: date, reason: str) -> None:
    """Somebody leaves. It ends with 退職時誓約, key and card given back and the account closed; until then it shows in red."""
    with begin(office, session, Action.MANAGE_ROSTER, subject=person, step="leaving") as unit:
        entry = find(unit.connection, person)
        _require_stays(entry)
        if not reason.strip():
            raise OperatorError("退任の理由を入力してください。", field="reason", code="empty")
        refuse_individual_number(reason, "reason")
        if last_day < entry.now.begins:
            raise OperatorError("最終日が、従事の始まりの日より前です。", field="last_day", code="period")
        body = {"last_day": last_day.isoformat(), "reason": reason.strip()}
        add_event(unit, office.terminal, person, Act.LEAVING, body)


def record_return(office: Office, session: Session, person: str, day: date, *, key: bool, card: bool) -> None:
    """鍵・入室カード given back on ``day``."""
    with begin(office, session, Action.MANAGE_ROSTER, subject=person, step="returned", key=key, card=card) as unit:
        if find(unit.connection, person).leaving is None:
            raise OperatorError("退任の手続を始めてから、返却を記録します。", code="not-leaving")
        if not (key or card):
            raise OperatorError("返却された物を選んでください。", field="returned", code="nothing")
        _require_past(day, unit.today, "day")
        add_event(unit, office.terminal, person, Act.RETURNED, {"day": day.isoformat(), "key": key, "card": card})


# -- the ward's act --


def accept(office: Office, session: Session, report: str, receipt: str, day: date) -> int:
    """区の受理: what this report says comes into force; gives for how many people. ``receipt`` is the ward's own number.

    Raises OperatorError when no such report waits: a later report has taken its place, or it is accepted already.
    """
    with begin(office, session, Action.ACCEPT_ROSTER, subject=report, step="accept") as unit:
        if not receipt.strip():
            raise OperatorError("受理番号を入力してください。", field="receipt", code="empty")
        _require_past(day, unit.today, "day")
        waiting = [
            entry
            for entry in store.entries(unit.connection)
            if entry.reported is not None and entry.reported.number == report and entry.awaits_acceptance
        ]
        if not waiting:
            raise OperatorError("受理を待つ報告書の番号を選んでください。", field="report", code="no-report")
        body = {"report": report, "receipt": receipt.strip(), "day": day.isoformat()}
        for entry in waiting:
            add_event(unit, office.terminal, entry.person, Act.ACCEPTED, body)
        unit.note(people=len(waiting))
        return len(waiting)


def enrol_first(
    office: Office, session: Session, person: str, wanted: Designation, *, report: str, receipt: str, day: date
) -> None:
    """The first supervisor, from the paper roster the ward has accepted: before him nobody can propose anybody.

    Raises OperatorError when there is a supervisor in force already, or as ``propose`` does.
    """
    with begin(office, session, Action.SET_UP, subject=person, step="accept") as unit:
        check_person(person)
        check_designation(wanted, ward_settings.rules(office, unit.connection).company)
        if any(one.designation is not None for one in store.entries(unit.connection)):
            raise OperatorError("名簿にはもう受理された人がいます。取扱責任者が名簿を扱います。", code="not-first")
        body = designation_to_json(wanted)
        add_event(unit, office.terminal, person, Act.PROPOSED, body)
        said = {"number": report, "day": day.isoformat(), "designation": body, "leaving": False}
        add_event(unit, office.terminal, person, Act.REPORTED, said)
        add_event(unit, office.terminal, person, Act.ACCEPTED, {"report": report, "receipt": receipt, "day": day.isoformat()})


# -- accounts --


def open_account(office: Office, session: Session, person: str, password: str, signer: tuple[str, str]) -> None:
    """The account of somebody the ward has accepted; he has typed ``password`` himself. ``signer``: as for the account.

    Raises as ``accounts.open_account``. Takes as long as two password hashes. After a crash in between, doing it again puts the
    roster right.
    """
    with reading(office, session, Action.OPEN_ACCOUNT) as connection:
        entry = find(connection, person)
    if entry.has_account or not office.premises.accounts.knows(person):
        accounts.open_account(office, session, person, entry.now.name, entry.now.role, password, signer=signer)
    with begin(office, session, Action.OPEN_ACCOUNT, subject=person, step="account_opened") as unit:
        add_event(unit, office.terminal, person, Act.OPENED, {})


def remove_person(office: Office, session: Session, person: str, *, typed: str, suspicion: bool, password: str) -> None:
    """Close the account and its slots, everywhere, for good. ``typed`` is the ID keyed once more by whoever does it.

    Raises as ``accounts.close_account``, and OperatorError at ``typed``. After a crash in between, doing it again puts the roster
    right.
    """
    with reading(office, session, Action.REMOVE_PERSON) as connection:
        entry = find(connection, person)
        if typed != person:
            raise OperatorError("外す人のIDと違います。IDをもう一度確かめてください。", field="typed", code="other-person")
    if entry.closed or not office.premises.accounts.is_closed(person):
        accounts.close_account(office, session, person, suspicion=suspicion, password=password)
    with begin(office, session, Action.REMOVE_PERSON, subject=person, step="removed") as unit:
        add_event(unit, office.terminal, person, Act.CLOSED, {"suspicion": suspicion})


# -- from other terminals --


def take_roster(office: Office, connection: Connection, record: RoomRecord) -> None:
    """One event from another terminal, or one's own come back: kept once.

    Raises KeyError, ValueError or TypeError when it is none, Disbelieved when whom it names as its author may not do it.
    """
    told = record.body["event"]
    act = Act(told["act"])
    event = Event(record.id, str(told["person"]), int(told["revision"]), act, str(told["at"]), str(told["by"]), told["body"])
    check_event(event)
    known_people.require_author(connection, event.by, *_NEEDED.get(act, (Action.MANAGE_ROSTER,)))
    store.add(connection, event, record.terminal)


_NEEDED = {
    Act.PROPOSED: (Action.MANAGE_ROSTER, Action.SET_UP),  # the room's first supervisor is entered by the ward
    Act.REPORTED: (Action.MANAGE_ROSTER, Action.SET_UP),
    Act.ACCEPTED: (Action.ACCEPT_ROSTER,),
    Act.OPENED: (Action.OPEN_ACCOUNT,),
    Act.CLOSED: (Action.REMOVE_PERSON,),
}


# -- inside --


def find(connection: Connection, person: str) -> RosterEntry:
    """Raises OperatorError when nobody of this ID is on the roster."""
    entry = store.entry(connection, person)
    if entry is None:
        raise OperatorError("この人は名簿にいません。一覧を更新して確かめてください。", field="person", code="not-on-roster")
    return entry


def add_event(unit: Unit, terminal: str, person: str, act: Act, body: Mapping[str, Any]) -> None:
    """Keep an event and send it, with the entry as it then stands."""
    revision = store.next_revision(unit.connection, person)
    event = Event("", person, revision, act, unit.stamp, unit.person, dict(body))
    entry = fold((*store.events(unit.connection, person), event))[person]
    told = {
        "person": person,
        "revision": revision,
        "act": act.value,
        "at": event.at,
        "by": event.by,
        "body": event.body,
    }
    id_ = unit.record("roster", {"event": told, "entry": _summary(entry)})
    store.add(unit.connection, replace(event, id=id_), terminal)


def _summary(entry: RosterEntry) -> dict[str, Any]:
    """The whole entry for the gateway: what the ward reads without folding the history."""
    accepted = entry.accepted
    return {
        "person": entry.person,
        "state": entry.state.value,
        "wanted": designation_to_json(entry.wanted),
        "designation": designation_to_json(entry.designation) if entry.designation else None,
        "accepted": {"report": accepted.report, "receipt": accepted.receipt, "day": accepted.day.isoformat()}
        if accepted
        else None,
        "pledges": [{"version": one.version, "day": one.day.isoformat(), "leaving": one.leaving} for one in entry.pledges],
        "trainings": [training_to_json(one) for one in entry.trainings],
        "leaving": {"last_day": entry.leaving.last_day.isoformat(), "reason": entry.leaving.reason} if entry.leaving else None,
        "owed": list(entry.missing_at_leaving) if entry.leaving else [],
    }


def _require_stays(entry: RosterEntry) -> None:
    if entry.leaving is not None:
        raise OperatorError("退任の手続が始まっています。変更はできません。", code="leaving")


def _require_past(day: date, today: date, field: str) -> None:
    if day > today:
        raise OperatorError("まだ来ていない日は記録できません。", field=field, code="future")
