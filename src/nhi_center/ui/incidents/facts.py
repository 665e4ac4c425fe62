"""What stands in the card of one record, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from nhi_center.domain.incidents import Entry, Step
from nhi_center.services.incidents import IncidentRow


def facts_words(row: IncidentRow) -> str:
    """What was found, what was done about it since, and the ward's own days."""
    return "\n".join((*_found(row), *(_entry(row, entry) for entry in row.incident.entries), _clocks(row)))


def when(stamp: str) -> str:
    at = datetime.fromisoformat(stamp)
    return f"{at.month}月{at.day}日 {at:%H:%M}"


def _found(row: IncidentRow) -> Iterator[str]:
    incident, report = row.incident, row.incident.report
    from_terminal = f"  端末 {incident.terminal}" if incident.terminal else ""
    if report is None:
        section = row.handover.section if row.handover else ""
        yield f"種類 {incident.kind.label}  {row.subject} {section}".rstrip()
        yield f"発見 {when(incident.opened_at)} {row.found_by}(双方が差異のまま署名)"
        yield from (one.words for one in row.differences)
        return
    yield f"種類 {incident.kind.label}({report.certainty}){from_terminal}"
    occurred = f"  起きた日時 {report.occurred}" if report.occurred else ""
    yield f"発見 {when(report.found_at)} {row.found_by}{occurred}"
    yield f"対象 {report.whom}"
    yield report.words


def _entry(row: IncidentRow, entry: Entry) -> str:
    who = row.name_of(entry.by)
    if entry.step is Step.TOLD:
        return f"区への通知 {when(entry.told_at)} {row.name_of(entry.told_to)}へ(記録 {who})"
    return f"{entry.step.label} {when(entry.at)} {who} {entry.words}".rstrip()


def _clocks(row: IncidentRow) -> str:
    clocks = row.clocks
    return (
        f"参考(区が報告するときの期限): 速報 {_day(clocks.first_from)}から{_day(clocks.first_to)}まで、"
        f"確報 {_day(clocks.full)}まで(不正アクセスなどは {_day(clocks.full_of_intent)}まで)"
    )


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
