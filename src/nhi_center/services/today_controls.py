"""本日の業務: an on-site inspection that the fiscal year still lacks (from February), findings and records that wait."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from nhi_center.domain import contract as contracts
from nhi_center.domain import on_site_inspection as on_site
from nhi_center.domain.calendar import next_day, wareki
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.today import Task, Urgency
from nhi_center.storage import contract, control_records, on_site_inspection
from nhi_center.storage.engine import Connection

CONTRACT_DAYS = 30
"""So long before its end a contract is spoken of that no other follows on the next day."""


def tasks(connection: Connection, session: Session, today: date) -> Iterator[Task]:
    """Nothing for who may not see 委託の管理."""
    if not session.may(Action.VIEW_CONTROLS):
        return
    inspections = on_site_inspection.every(connection)
    if session.may(Action.ON_SITE_INSPECT) and (words := on_site.reminder(inspections, today)):
        urgency = Urgency.TODAY if today.month == 3 else Urgency.NORMAL
        yield _line("on_site", urgency, "立入り調査", words, "区職員が二人で", "まだ", "on_site")
    waiting = [one for inspection in inspections for one in inspection.findings if one.settled is None]
    if waiting:
        late = sum(one.overdue(today) for one in waiting)
        urgency = Urgency.OVERDUE if late else Urgency.TODAY
        state = f"期限超過 {late}件" if late else "回答・確認待ち"
        yield _line("findings", urgency, "立入り調査の指摘", f"終わっていない指摘 {len(waiting)}件", "", state, "on_site")
    late_records = sum(one.overdue(today) for one in control_records.every(connection))
    if late_records:
        yield _line("records", Urgency.OVERDUE, "監督の記録", f"回答のない記録 {late_records}件", "", "期限超過", "records")
    if session.may(Action.MANAGE_CONTRACT):
        yield from _contract(connection, today)


def _contract(connection: Connection, today: date) -> Iterator[Task]:
    kept = contract.every(connection)
    now = contracts.in_force(kept, today)
    if now is None:
        title = "今日を含む契約の記録がありません"
        yield _line("contract", Urgency.OVERDUE, "契約", title, "", "取扱者はサインイン不可", "contract")
        return
    left = (now.contract.ends - today).days
    if left <= CONTRACT_DAYS and contracts.in_force(kept, next_day(now.contract.ends)) is None:
        yield _line(
            "contract", Urgency.TODAY, "契約", "次の契約の記録", f"{wareki(now.contract.ends)}まで", f"あと {left}日", "contract"
        )


def _line(key: str, urgency: Urgency, what: str, title: str, about: str, state: str, page: str) -> Task:
    return Task(
        key=f"controls-{key}",
        urgency=urgency,
        what=what,
        title=title,
        about=about,
        state=state,
        screen="controls",
        params={"page": page},
    )
