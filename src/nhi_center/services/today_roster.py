"""本日の業務: what of the roster runs out or waits, for the person himself, the supervisor and the ward."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from nhi_center.domain import roster_gate
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.roster import RosterEntry, State
from nhi_center.domain.today import Task, Urgency
from nhi_center.services.roster_gate import kinds
from nhi_center.storage import roster
from nhi_center.storage.engine import Connection


def tasks(connection: Connection, session: Session, today: date) -> Iterator[Task]:
    """One's own trainings and period; for the supervisor everybody's, and what is to report; for the ward what is to accept."""
    entries = [entry for entry in roster.entries(connection) if entry.state is not State.LEFT]
    manages = session.may(Action.MANAGE_ROSTER)
    for entry in entries:
        if entry.person == session.person or manages:
            yield from _person(entry, today, own=entry.person == session.person)
    if manages and (changed := sum(entry.to_report for entry in entries)):
        yield _line("report", Urgency.TODAY, "従事者名簿", "区へ報告していない変更", f"{changed}人", "報告書の作成前")
    if session.may(Action.ACCEPT_ROSTER):
        waiting = {one.reported.number for one in entries if one.reported is not None and one.awaits_acceptance}
        for number in sorted(waiting):
            yield _line(f"accept-{number}", Urgency.TODAY, "従事者名簿", "指定(変更)報告書の受理", number, "受理待ち")


def _person(entry: RosterEntry, today: date, *, own: bool) -> Iterator[Task]:
    name = "" if own else entry.now.name
    if entry.leaving is not None and entry.missing_at_leaving:
        yield _line(f"leaving-{entry.person}", Urgency.TODAY, "退任の手続", "・".join(entry.missing_at_leaving), person=name)
    if entry.designation is None or entry.leaving is not None:
        return
    for fault in roster_gate.faults(entry, kinds(), today):
        what = _FAULTS.get(fault.code, "従事者名簿")
        yield _line(
            f"{fault.code}-{entry.person}", Urgency.OVERDUE, what, "新しい仕事を始められません", "", "記録なし・期限超過", name
        )
    for title, last in roster_gate.warnings(entry, kinds(), today):
        left = (last - today).days
        state = f"あと {left}日" if left else "本日まで"
        yield _line(f"{title}-{entry.person}", Urgency.TODAY, "研修・期間", title, f"{last.month}月{last.day}日まで", state, name)


_FAULTS = {"training": "研修", "pledge": "誓約", "period": "従事の期間"}


def _line(key: str, urgency: Urgency, what: str, title: str, about: str = "", state: str = "", person: str = "") -> Task:
    return Task(
        key=f"roster-{key}",
        urgency=urgency,
        what=what,
        title=title,
        about=about,
        person=person,
        state=state,
        screen="presence",
        params={"page": "trainings" if what.startswith("研修") else "roster"},
    )
