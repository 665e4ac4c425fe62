"""本日の業務: months whose 保存期間 is over, and an erasure that is not at its end, for supervisor and ward."""

from __future__ import annotations

from collections.abc import Iterator

from nhi_center.domain.erasure import State, due_months, month_words
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.today import Task, Urgency
from nhi_center.errors import EnvironmentTrouble
from nhi_center.services import ward_settings
from nhi_center.services.office import Office
from nhi_center.storage import erasure as storage
from nhi_center.storage.engine import Connection


def tasks(office: Office, connection: Connection, session: Session) -> Iterator[Task]:
    if not session.may(Action.ERASE):
        return
    for one in storage.every(connection):
        if one.open:
            state = "サインインし直すと終わります" if one.waits_for_key else one.state.label
            urgency = Urgency.TODAY if one.state is State.PARTIAL else Urgency.OVERDUE
            yield _task(f"erasure-{one.id}", urgency, one.title, state, "past")
    for month in due(office, connection):
        yield _task(f"erasure-due-{month}", Urgency.TODAY, f"{month_words(month)}分", "保存期間を過ぎました", "plan")


def due(office: Office, connection: Connection) -> tuple[str, ...]:
    """Months whose 保存期間 is over by the ward's dated setting (``keep_months``), oldest first."""
    try:
        keep = ward_settings.rules(office, connection).keep_months
    except EnvironmentTrouble:
        return ()  # under rules whose signature does not hold nothing is due
    return due_months(storage.months_with_data(connection), keep, office.clock.today()) if keep else ()


def _task(key: str, urgency: Urgency, title: str, state: str, page: str) -> Task:
    return Task(key=key, urgency=urgency, what="消去", title=title, state=state, screen="erasure", params={"page": page})
