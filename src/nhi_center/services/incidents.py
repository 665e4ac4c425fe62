"""事故・差異の記録: opened by themselves with what is known; people add first measures and 区への通知, the ward closes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nhi_center.domain.handover import ComparedLine, Count, Handover
from nhi_center.domain.incidents import Entry, Incident, Step, WardClocks, check_close, check_told, check_words, ward_clocks
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.services import ward_settings
from nhi_center.services.forms import closed_days
from nhi_center.services.office import Office
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import handover as handovers
from nhi_center.storage import incidents as storage
from nhi_center.storage.engine import Connection

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
    """One incident as a screen shows it. ``found_by`` are the two who signed the difference; ``names`` by ID;
    ``tell_minutes`` is what the ward allows."""

    incident: Incident
    handover: Handover
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
        """Of which 便."""
        day = datetime.fromisoformat(self.handover.day)
        return f"{day.month}月{day.day}日 {self.handover.label}({self.handover.direction.label})"

    def name_of(self, person: str) -> str:
        return self.names.get(person, person)


def open_difference(unit: Unit, handover: Handover, lines: Sequence[ComparedLine]) -> str:
    """A difference that stands is an incident from the moment both have signed it; gives its id."""
    facts = {
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
    return handovers.open_incident(unit.connection, unit.today, handover.id, facts, unit.stamp, unit.person)


def _numbers(count: Count) -> dict[str, int]:
    return {"cases": count.cases, "sheets": count.sheets}


def listing(office: Office, session: Session) -> tuple[IncidentRow, ...]:
    """Open ones first, oldest first, then the latest closed ones. Raises as ``ward_settings.rules``."""
    names = {account.person: account.name for account in office.premises.accounts.every()}
    with reading(office, session, Action.INCIDENT) as connection:
        found = storage.open_ones(connection) + storage.closed_ones(connection, CLOSED_SHOWN)
        minutes = ward_settings.rules(office, connection).tell_minutes
        return tuple(_row(connection, incident, names, minutes) for incident in found)


def _row(connection: Connection, incident: Incident, names: Mapping[str, str], minutes: int) -> IncidentRow:
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
            told = [_told(count, line["unit"]) if count else "" for count in (gave, got, ledger)]
            found.append(Difference(line["title"], *told))
    return tuple(found)


def _told(count: Mapping[str, int], unit: str) -> str:
    return (f"{count['cases']}件" if count["cases"] else "") + f"{count['sheets']}{unit}"


def write(office: Office, session: Session, incident_id: str, words: str) -> None:
    """Add what was done, in words. Raises OperatorError at ``words``."""
    with begin(office, session, Action.INCIDENT, subject=incident_id, step="incident_written") as unit:
        check_words(_found(unit.connection, incident_id), words)
        _add(unit, incident_id, Entry(Step.WRITTEN, words.strip(), "", "", unit.stamp, unit.person))


def tell(office: Office, session: Session, incident_id: str, told_to: str, time: str) -> None:
    """区への通知: whom of the ward (職員番号), and when (HH:MM of today; "": now).

    Raises OperatorError at ``told_to`` or ``told_at``.
    """
    require(office, session, Action.INCIDENT)
    told_to = told_to.strip()
    account = next((one for one in office.premises.accounts.every() if one.person == told_to), None)
    if account is None or not account.role.is_ward:
        raise OperatorError("通知した区職員の職員番号を入れてください。", field="told_to", code="not-ward")
    with begin(office, session, Action.INCIDENT, subject=incident_id, step="incident_told") as unit:
        told_at = _moment(unit.local, time)
        check_told(_found(unit.connection, incident_id), told_at, unit.local)
        entry = Entry(Step.TOLD, "", told_to, told_at.isoformat(timespec="minutes"), unit.stamp, unit.person)
        _add(unit, incident_id, entry)


def _moment(now: datetime, time: str) -> datetime:
    if not time.strip():
        return now
    try:
        hour, minute = (int(part) for part in time.strip().replace("\uff1a", ":").split(":"))
        return now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError:
        raise OperatorError("時刻を 9:40 のように入れてください。", field="told_at", code="not-a-time") from None


def close(office: Office, session: Session, incident_id: str, words: str = "") -> None:
    """終結, by the ward, when first measures are written and it was told. Raises OperatorError."""
    with begin(office, session, Action.CLOSE_INCIDENT, subject=incident_id, step="incident_closed") as unit:
        incident = _found(unit.connection, incident_id)
        check_close(incident)
        if words.strip():
            check_words(incident, words)
        _add(unit, incident_id, Entry(Step.CLOSED, words.strip(), "", "", unit.stamp, unit.person))


def _found(connection: Connection, incident_id: str) -> Incident:
    found = storage.find(connection, incident_id)
    if found is None:
        raise OperatorError("この記録はありません。一覧を確かめてください。", code="no-incident")
    return found


def _add(unit: Unit, incident_id: str, entry: Entry) -> None:
    """Kept here and told to the ward's segment with the same act."""
    storage.add(unit.connection, incident_id, entry)
    unit.record("incident", entry.values(incident_id))
