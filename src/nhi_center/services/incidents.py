"""事故・差異の記録: reported by people or opened by themselves with what is known; people add first measures and 区への通知, the
ward closes them. Every terminal of the room has them all.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from nhi_center.domain.free_words import without_individual_number
from nhi_center.domain.handover import ComparedLine, Count, Handover
from nhi_center.domain.incident_report import LONGEST_WORDS, Kind, Report, check, from_json, to_json
from nhi_center.domain.incidents import (
    IN_WORDS,
    Entry,
    Incident,
    Stage,
    Step,
    WardClocks,
    check_close,
    check_entry,
    check_told,
    check_words,
    paper_words,
    ward_clocks,
)
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.services import known_people, ward_settings
from nhi_center.services.forms import closed_days
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import handover as handovers
from nhi_center.storage import incidents as storage
from nhi_center.storage.engine import Connection

KIND = "incident"
OPENED = "opened"
"""The first thing the room is told of one; its other steps are those of the entries."""

_MOMENT = re.compile(r"(?:([0-9]{1,2})/([0-9]{1,2}) +)?([0-9]{1,2}):([0-9]{1,2})")
_HALF_A_YEAR = timedelta(days=183)

Prints = Mapping[tuple[str, str], str]
"""Fingerprints of written reports, by file and time."""

CLOSED_SHOWN = 50
"""How many that are closed stay in the list."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One kind of paper of which the counts differ, in words as people write them: 3件5枚. ``expected`` "" where nobody knows."""

    title: str
    giver: str
    receiver: str
    expected: str

    @property
    def words(self) -> str:
        ledger = f"、台帳 {self.expected}" if self.expected else ""
        return f"{self.title}: 渡した側 {self.giver}、受け取った側 {self.receiver}{ledger}"


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One incident as a screen shows it. ``handover``: of a difference, whose two signers are ``found_by``; None of every other.

    ``names`` by ID; ``tell_minutes`` is what the ward allows.
    """

    incident: Incident
    handover: Handover | None
    differences: tuple[Difference, ...]
    found_by: str
    names: Mapping[str, str]
    tell_minutes: int

    @property
    def clocks(self) -> WardClocks:
        """The ward's own days of 速報 and 確報, as information."""
        return ward_clocks(self.incident, closed_days())

    @property
    def subject(self) -> str:
        """Of which 便, or whether it has happened and to whom."""
        report = self.incident.report
        if self.handover is not None:
            return _subject(self.handover)
        return f"{report.certainty} {report.whom}" if report else ""

    @property
    def about(self) -> str:
        """What it is about in a line: the counts that differ, or the report's words."""
        report = self.incident.report
        return report.words if report else " / ".join(one.words for one in self.differences)

    def name_of(self, person: str) -> str:
        return self.names.get(person, person)


def report(office: Office, session: Session, found: Report) -> str:
    """事故・おそれの報告 by whoever is signed in; gives its id. ``found_by`` "" is he himself.

    Raises OperatorError at the field that is not whole.
    """
    require(office, session, Action.INCIDENT)
    if found.found_by and not office.premises.accounts.knows(found.found_by):
        raise OperatorError("発見した人の職員番号・IDを入れてください。", field="found_by", code="unknown-finder")
    with begin(office, session, Action.INCIDENT, step="incident_reported", kind=found.kind.value) as unit:
        whole = replace(found, found_by=found.found_by or unit.person)
        check(whole, unit.local)
        incident = _opened(unit, whole.kind, report=whole)
        unit.subject = incident.id
        unit.note(happened=whole.happened)
        _open(unit, incident)
        return incident.id


def open_found(
    unit: Unit, kind: Kind, words: str, *, source: str, happened: bool = False, persons: int | None = None, items: str = ""
) -> None:
    """What the program finds within an act is an incident from then on, once for each ``source`` (with a day in it: each day)."""
    found_at = unit.local.isoformat(timespec="minutes")
    told = without_individual_number(words)[:LONGEST_WORDS]
    found = Report(kind, happened, found_at, unit.person, told, persons=persons, items=items)
    incident = _opened(unit, kind, report=found)
    if storage.open_one(unit.connection, incident, source=source):
        unit.note(incident=True)
        unit.record(KIND, _opening(incident, found))


def open_difference(unit: Unit, handover: Handover, lines: Sequence[ComparedLine]) -> str:
    """A difference that stands is an incident from the moment both have signed it; gives its id."""
    counts = {
        line.kind.id: {
            "title": line.kind.title,
            "unit": line.kind.unit,
            "giver": _numbers(line.giver),
            "receiver": _numbers(line.receiver),
            "expected": _numbers(line.expected) if line.expected else None,
        }
        for line in lines
        if not line.agrees
    }
    unit.note(incident=True)
    incident = _opened(unit, Kind.DIFFERENCE, handover=handover.id)
    storage.open_one(unit.connection, incident, counts=counts)
    words = " / ".join(_of_line(counted).words for counted in counts.values())
    found_at = datetime.fromisoformat(unit.stamp).isoformat(timespec="minutes")
    told = f"{_subject(handover)} {words}"[:LONGEST_WORDS]
    unit.record(KIND, _opening(incident, Report(Kind.DIFFERENCE, True, found_at, unit.person, told)))
    return incident.id


def _opened(unit: Unit, kind: Kind, *, handover: str = "", report: Report | None = None) -> Incident:
    return Incident(str(uuid.uuid4()), unit.today.isoformat(), kind, handover, unit.stamp, unit.person, report=report)


def _open(unit: Unit, incident: Incident) -> None:
    assert incident.report is not None
    storage.open_one(unit.connection, incident)
    unit.record(KIND, _opening(incident, incident.report))


def _opening(incident: Incident, found: Report) -> dict[str, Any]:
    """As the room is told. Another terminal has not the 便 of a difference: it is told in a report's words."""
    opened = {"day": incident.day, "at": incident.opened_at, "by": incident.opened_by}
    return {"incident": incident.id, "step": OPENED, **opened, "report": to_json(found)}


def take(office: Office, connection: Connection, record: RoomRecord) -> None:
    """What another terminal of the room has opened or added, by somebody who may (see ``services.takers``)."""
    if record.terminal == office.terminal:
        return
    body, incident, by = record.body, str(record.body["incident"]), str(record.body["by"])
    step = str(body["step"])
    if by != record.terminal:  # what a terminal finds by itself it says in its own name
        needed = Action.CLOSE_INCIDENT if step == Step.CLOSED.value else Action.INCIDENT
        known_people.require_author(connection, by, needed)
    elif step != OPENED:
        raise Disbelieved("unknown-author")
    at = datetime.fromisoformat(str(body["at"])).isoformat(timespec="seconds")
    if step == OPENED:
        day = date.fromisoformat(str(body["day"])).isoformat()
        found = from_json(body["report"])
        check(found, datetime.fromisoformat(at))
        storage.open_one(connection, Incident(incident, day, found.kind, "", at, by, (), found, record.terminal))
    else:
        words, told_to, told_at = (str(body[name]) for name in ("words", "told_to", "told_at"))
        entry = Entry(Step(step), words, told_to, told_at, at, by)
        check_entry(entry)
        if entry.step is Step.TOLD:
            account = known_people.find(connection, told_to)
            if account is None or not account.role.is_ward:
                raise Disbelieved("not-ward")
        storage.add(connection, incident, entry, record.id)


def _numbers(count: Count) -> dict[str, int]:
    return {"cases": count.cases, "sheets": count.sheets}


def listing(office: Office, session: Session) -> tuple[IncidentRow, ...]:
    """Open ones first, oldest first, then the latest closed ones. Raises as ``ward_settings.rules``."""
    with reading(office, session, Action.INCIDENT) as connection:
        return _rows(office, connection, storage.open_ones(connection) + storage.closed_ones(connection, CLOSED_SHOWN))


def find_row(office: Office, session: Session, incident_id: str) -> IncidentRow:
    """One record. Raises OperatorError when there is none."""
    with reading(office, session, Action.INCIDENT) as connection:
        (row,) = _rows(office, connection, (find(connection, incident_id),))
        return row


def _rows(office: Office, connection: Connection, found: Sequence[Incident]) -> tuple[IncidentRow, ...]:
    names = {account.person: account.name for account in office.premises.accounts.everybody()}
    minutes = ward_settings.rules(office, connection).tell_minutes
    return tuple(_row(connection, incident, names, minutes) for incident in found)


def _row(connection: Connection, incident: Incident, names: Mapping[str, str], minutes: int) -> IncidentRow:
    if incident.report is not None:
        found_by = names.get(incident.report.found_by, incident.report.found_by)
        return IncidentRow(incident, None, (), found_by, names, minutes)
    handover = handovers.find(connection, incident.handover)
    assert handover is not None, "the table refers to it"
    contents = handovers.signed_contents(connection, handover.id)
    signed = handovers.signatures(connection, handover.id)
    found_by = "・".join(signature.name for signature in signed.values())
    return IncidentRow(incident, handover, _differences(contents), found_by, names, minutes)


def _differences(contents: Mapping[str, Any]) -> tuple[Difference, ...]:
    """From what both signed, so that the record never says anything else."""
    found = []
    for line in contents.get("lines", ()):
        gave, got, ledger = line["giver"], line["receiver"], line.get("expected")
        if gave != got or (ledger is not None and ledger != got):
            found.append(_of_line(line))
    return tuple(found)


def _of_line(line: Mapping[str, Any]) -> Difference:
    counts = (line["giver"], line["receiver"], line.get("expected"))
    return Difference(line["title"], *(_told(count, line["unit"]) if count else "" for count in counts))


def _told(count: Mapping[str, int], unit: str) -> str:
    return (f"{count['cases']}件" if count["cases"] else "") + f"{count['sheets']}{unit}"


def _subject(handover: Handover) -> str:
    day = datetime.fromisoformat(handover.day)
    return f"{day.month}月{day.day}日 {handover.label}({handover.direction.label})"


def write(office: Office, session: Session, incident_id: str, words: str, step: Step = Step.WRITTEN) -> None:
    """Add words: what was done, or one of the other steps ``IN_WORDS``. Raises OperatorError at ``words``."""
    require(office, session, Action.INCIDENT)
    with begin(office, session, Action.INCIDENT, subject=incident_id, step=f"incident_{step.value}") as unit:
        if step not in IN_WORDS:
            raise ValueError(step)
        check_words(find(unit.connection, incident_id), words)
        _add(unit, incident_id, Entry(step, words.strip(), "", "", unit.stamp, unit.person))


def keep_report(office: Office, session: Session, incident_id: str, stage: Stage, target: Path, data: bytes) -> None:
    """A written report (``incident_sheet``) is written, and stands in the record and in the log with its fingerprint.

    Raises OperatorError when there is no such record, EnvironmentTrouble PR-03: nothing of it is kept then.
    """
    require(office, session, Action.INCIDENT)
    digest = hashlib.sha256(data).hexdigest()
    facts = {"step": "incident_reported_on_paper", "sha256": digest}
    with begin(office, session, Action.INCIDENT, subject=incident_id, **facts) as unit:
        find(unit.connection, incident_id)
        _add(unit, incident_id, Entry(Step.REPORTED, paper_words(stage, target.name), "", "", unit.stamp, unit.person))
        storage.keep_paper(unit.connection, incident_id, target.name, digest, unit.stamp, unit.person)
        unit.write(target, data)


def within(office: Office, session: Session, first: date, last: date) -> tuple[tuple[IncidentRow, Prints], ...]:
    """What began or was reported in writing on these days, each with the fingerprints of its reports made here."""
    with reading(office, session, Action.INCIDENT) as connection:
        rows = _rows(office, connection, storage.within(connection, first, last))
        return tuple((row, storage.papers(connection, row.incident.id)) for row in rows)


def tell(office: Office, session: Session, incident_id: str, told_to: str, time: str) -> None:
    """区への通知: whom of the ward (職員番号), and when (``moment``).

    Raises OperatorError at ``told_to`` or ``told_at``.
    """
    require(office, session, Action.INCIDENT)
    told_to = told_to.strip()
    account = next((one for one in office.premises.accounts.every() if one.person == told_to), None)
    if account is None or not account.role.is_ward:
        raise OperatorError("通知した区職員の職員番号を入れてください。", field="told_to", code="not-ward")
    with begin(office, session, Action.INCIDENT, subject=incident_id, step="incident_told") as unit:
        told_at = moment(unit.local, time, "told_at")
        check_told(find(unit.connection, incident_id), told_at, unit.local)
        entry = Entry(Step.TOLD, "", told_to, told_at.isoformat(timespec="minutes"), unit.stamp, unit.person)
        _add(unit, incident_id, entry)


def moment(now: datetime, time: str, field: str) -> datetime:
    """HH:MM of today, M/D HH:MM of a day gone by (found or told in the evening, written down the next morning); "" for now.

    Raises OperatorError at ``field``.
    """
    typed = unicodedata.normalize("NFKC", time).strip()
    if not typed:
        return now
    found = _MOMENT.fullmatch(typed)
    try:
        month, day, hour, minute = (int(part or 0) for part in found.groups()) if found else (0, 0, 24, 0)
        at = now.replace(month=month or now.month, day=day or now.day, hour=hour, minute=minute, second=0, microsecond=0)
        if month and at - now > _HALF_A_YEAR:  # December, written down in January
            at = at.replace(year=at.year - 1)
    except ValueError:
        words = "時刻を 9:40、前の日なら 11/23 17:20 のように入れてください。"
        raise OperatorError(words, field=field, code="not-a-time") from None
    return at


def how_many(text: str) -> int | None:
    """A number of people as typed; None for nothing. Raises OperatorError at ``persons``."""
    if not text.strip():
        return None
    if not text.strip().isdecimal():
        raise OperatorError("人数を数字で入れてください。わからないときは空欄にします。", field="persons", code="not-a-number")
    return int(text)


def close(office: Office, session: Session, incident_id: str, words: str = "") -> None:
    """終結, by the ward, when first measures are written and it was told. Raises OperatorError."""
    with begin(office, session, Action.CLOSE_INCIDENT, subject=incident_id, step="incident_closed") as unit:
        incident = find(unit.connection, incident_id)
        check_close(incident)
        if words.strip():
            check_words(incident, words)
        _add(unit, incident_id, Entry(Step.CLOSED, words.strip(), "", "", unit.stamp, unit.person))


def find(connection: Connection, incident_id: str) -> Incident:
    """Raises OperatorError when there is none."""
    found = storage.find(connection, incident_id)
    if found is None:
        raise OperatorError("この記録はありません。一覧を確かめてください。", code="no-incident")
    return found


def _add(unit: Unit, incident_id: str, entry: Entry) -> None:
    """Kept here and told to the ward's segment and the room with the same act."""
    storage.add(unit.connection, incident_id, entry, unit.record(KIND, entry.values(incident_id)))
