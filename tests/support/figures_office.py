"""What happens to the office itself in a random week, by the real services, and the same counted once more from the bare rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from random import Random
from typing import Any

from nhi_center.domain.handover import Direction, Side
from nhi_center.domain.incident_report import Kind as Incident
from nhi_center.domain.incident_report import Report
from nhi_center.domain.operators import Role, Session
from nhi_center.domain.report_period import Kind, Period
from nhi_center.services import handover, incidents, log_review, roster
from nhi_center.services.office import Office
from tests.services.test_handover import CLERK, WARD, counted, counts
from tests.support.log_room import reviewed, signed
from tests.support.office import advance, as_person
from tests.support.roster import put_on_roster

Rows = Mapping[str, list[dict[str, Any]]]
READ = ("incident", "incident_entry", "roster_event", "log_review")
GIVEN, TAKEN = {"F15": (1, 3)}, {"F15": (1, 2)}
"""Of papers that these weeks do not key."""


def something(office: Office, clerk: Session, random: Random) -> None:
    """A difference of sheets, something that is lost, a lesson, somebody who comes, or somebody who goes."""
    supervisor, today = as_person(office, "s-toko"), office.clock.today()
    match random.choice(("difference", "report", "lesson", "come", "go")):
        case "difference":
            told_after = random.randint(0, 50) if random.random() < 0.7 else None
            difference(office, clerk, told_after=told_after, closed=random.random() < 0.5)
        case "report":
            _report(office, clerk, random)
        case "lesson":
            scores: dict[str, int | None] = {"k-ichiro": random.randint(50, 100), "k-hanako": random.randint(50, 100)}
            roster.record_training(office, supervisor, random.choice(("privacy", "security")), today, "演習", scores)
        case "come":
            put_on_roster(office, f"n-{random.randrange(10**6):06}", "見本　新人", random.choice((Role.CLERK, Role.SUPERVISOR)))
        case "go":
            new = [line.entry for line in roster.roster(office, supervisor).lines if line.entry.person.startswith("n-")]
            staying = [entry for entry in new if entry.leaving is None]
            if staying:
                roster.begin_leaving(office, supervisor, random.choice(staying).person, today, "契約の変更")


def difference(office: Office, clerk: Session, *, told_after: int | None, closed: bool) -> None:
    """The sheets of a 便 differ and both sign it so; the ward is told after so many minutes, or not."""
    room = office, clerk
    before = {row.incident.id for row in incidents.listing(*room)}
    id_ = counted(room, Direction.IN, GIVEN, TAKEN).handover.id
    view = handover.recount(*room, id_)
    for side, found in ((Side.GIVER, GIVEN), (Side.RECEIVER, TAKEN)):
        handover.record_count(*room, id_, side, counts(view, **found))
    handover.countersign(*room, id_, WARD, CLERK)
    (incident,) = {row.incident.id for row in incidents.listing(*room)} - before
    _tell(office, clerk, incident, told_after, closed=closed)


def _report(office: Office, clerk: Session, random: Random) -> None:
    found_at = office.clock.local().isoformat(timespec="minutes")
    advance(office.premises, minutes=random.randint(0, 20))
    kind = random.choice((Incident.LOSS, Incident.MISDELIVERY))
    report = Report(kind, happened=random.random() < 0.5, found_at=found_at, found_by="", words="見当たらない。")
    _tell(office, clerk, incidents.report(office, clerk, report), random.choice((None, 0, 25)), closed=random.random() < 0.5)


def _tell(office: Office, clerk: Session, incident: str, told_after: int | None, *, closed: bool) -> None:
    if told_after is None:
        return
    advance(office.premises, minutes=told_after)
    incidents.tell(office, clerk, incident, "40100", "")
    if closed:
        incidents.write(office, clerk, incident, "数え直した。")
        incidents.close(office, as_person(office, "40127"), incident)


def review_log(office: Office, random: Random) -> None:
    """The log's own month: its clock is not that of the office's day. Nobody remarks what is about himself."""
    seen = reviewed(office, f"{office.clock.now():%Y-%m}")
    for flag in seen.open_flags:
        reviewer = as_person(office, "40127" if flag.person == "s-toko" else "s-toko")
        seen = log_review.remark(office, reviewer, seen, flag, random.choice(("checked", "reported")), "本人に聞いた。")
    signed(office, seen)


# -- counted again --


def recount_incidents(rows: Rows, period: Period) -> dict[str, tuple[int, ...]]:
    """By the code of the kind; all of them under ""."""
    within = [one for one in rows["incident"] if period.first.isoformat() <= one["day"] <= period.last.isoformat()]
    found = {"difference": _recount_told(rows, [one for one in within if one["kind"] == "difference"])}
    for kind in {one["kind"] for one in within}:
        found[kind] = _recount_told(rows, [one for one in within if one["kind"] == kind])
    return found | {"": _recount_told(rows, within)}


def _recount_told(rows: Rows, some: list[dict[str, Any]]) -> tuple[int, ...]:
    told, closed = [], 0
    for one in some:
        known = one["opened_at"] if one["handover"] else json.loads(one["facts"])["found_at"]
        for entry in rows["incident_entry"]:
            if entry["incident"] == one["id"] and entry["step"] == "told":
                waited = datetime.fromisoformat(entry["told_at"]) - datetime.fromisoformat(known)
                told.append(max(0, int(waited.total_seconds() // 60)))
            closed += entry["incident"] == one["id"] and entry["step"] == "closed"
    mean = round(sum(told) / len(told)) if told else 0
    return len(some), len(told), mean, max(told, default=0), closed


def recount_trainings(rows: Rows, period: Period) -> list[tuple[int, int]]:
    """(took part, passed) of each lesson, whichever it was."""
    found: dict[tuple[str, str], list[bool]] = {}
    for event in rows["roster_event"]:
        body = json.loads(event["body"])
        if event["act"] == "trained" and period.first.isoformat() <= body["held"] <= period.last.isoformat():
            found.setdefault((body["held"], body["kind"]), []).append(body["passed"])
    return sorted((len(passed), sum(passed)) for passed in found.values())


def recount_staff(rows: Rows, period: Period) -> dict[str, tuple[int, ...]]:
    """Day by day: who is in force on the day before, comes, goes, and on the last day still does not go."""
    people: dict[str, tuple[str, date, date]] = {}
    for person in {event["person"] for event in rows["roster_event"]}:
        events = sorted((one for one in rows["roster_event"] if one["person"] == person), key=lambda one: one["revision"])
        said = None
        for event in events:
            body = json.loads(event["body"])
            if event["act"] == "reported":
                said = body["designation"]
            elif event["act"] == "accepted" and said:
                people[person] = (said["role"], date.fromisoformat(said["begins"]), date.fromisoformat(said["ends"]))
            elif event["act"] == "leaving" and person in people:
                role, begins, ends = people[person]
                people[person] = (role, begins, min(ends, date.fromisoformat(body["last_day"])))
    found: dict[str, tuple[int, ...]] = {}
    for role in ("supervisor", "clerk"):
        spans = [(begins, ends) for of, begins, ends in people.values() if of == role]
        before = len([1 for begins, ends in spans if begins < period.first and ends >= period.first])
        after = len([1 for begins, ends in spans if begins <= period.last and ends > period.last])
        came = len([1 for begins, _ends in spans if period.first <= begins <= period.last])
        found[role] = (before, came, before + came - after, after)
    return found


def recount_log_reviews(rows: Rows, period: Period) -> list[tuple[int, int, int]]:
    whole = period.kind in (Kind.MONTH, Kind.YEAR)
    found = []
    for row in rows["log_review"]:
        day = date.fromisoformat(f"{row['month']}-01") if whole else date.fromisoformat(row["made_at"][:10])
        if period.first <= day <= period.last:
            body = json.loads(row["contents"])
            sent = [flag for flag in body["flags"] if flag["verdict"] == "reported"]
            found.append((body["entries"], len(body["flags"]), len(sent)))
    return sorted(found)
