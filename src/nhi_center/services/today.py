"""本日の業務: the first page and the status bar. The same numbers as the screens behind them, read in one view of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from nhi_center.domain.custody import OnHand
from nhi_center.domain.entry import State
from nhi_center.domain.exchange import Caution
from nhi_center.domain.handover import Direction
from nhi_center.domain.holds import Stage
from nhi_center.domain.operators import Action, Role, Session
from nhi_center.domain.print_jobs import JobState
from nhi_center.domain.today import Figure, Room, Today, by_hour, in_order
from nhi_center.services import today_erasure, today_tasks
from nhi_center.services.office import Office
from nhi_center.services.today_reading import TO_SETTLE, Reading, read
from nhi_center.services.work import reading
from nhi_center.storage import device_holds, outbox
from nhi_center.storage import today as flow
from nhi_center.storage.engine import Connection

SLOW = timedelta(minutes=5)
"""The exchange runs every quarter of a minute: a row that waits longer says that the segment is not reached."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the window always shows. ``counts`` by screen for the left column, ``alarms`` those that stand on red.

    ``late``: rows wait longer than they should. ``caution``: the gravest thing about the exchange.
    """

    counts: Mapping[str, int]
    alarms: frozenset[str]
    unsent: int
    refused: int
    late: bool
    caution: Caution | None
    sheets_on_hand: int
    papers_overdue: bool
    to_print: int
    callbacks: int
    callbacks_overdue: bool
    promised: tuple[str, ...] = ()
    """Until when those at the counter were promised (至急), the nearest first."""


def today(office: Office, session: Session) -> Today:
    """The first page of this person."""
    with reading(office, session, Action.STATUS) as connection:
        seen = read(office, session, connection)
        day = office.clock.today()
        figures = _ward_figures(seen) if session.role.is_ward else _contractor_figures(seen)
        return Today(
            figures=figures,
            tasks=in_order((*today_tasks.gather(connection, seen), *today_erasure.tasks(office, connection, session))),
            flow=by_hour(flow.received(connection, day), flow.keyed(connection, day), seen.now.hour),
            room=_room(office, seen),
        )


def status(office: Office, session: Session) -> Status:
    """The status bar and the numbers of the left column."""
    with reading(office, session, Action.STATUS) as connection:
        seen = read(office, session, connection)
        late = _late(connection, office.clock.now())
        held = device_holds.count_open(connection)
    overdue = bool(seen.overdue())
    refused = seen.outbox["refused"]
    counts = {
        "custody": len(seen.open_handovers) + len(seen.incidents),
        "entry": seen.to_key,
        "verification": len(seen.to_verify),
        "review": len(seen.at(State.VERIFIED)),
        "holds": len(seen.held(Stage.ASKED)),
        "questions": len(seen.held(Stage.SENT)),
        "certificates": len(seen.jobs_at(JobState.QUEUED, *TO_SETTLE)),
        "calls": len(seen.backs),
        "inspection": refused + held,
    }
    untold = any(incident.overdue(seen.now, seen.tell_minutes) for incident in seen.incidents)
    alarms = {"custody": untold, "calls": overdue, "inspection": bool(refused or held)}
    return Status(
        counts=counts,
        alarms=frozenset(name for name, on in alarms.items() if on),
        unsent=seen.outbox["waiting"],
        refused=refused,
        late=late,
        caution=next(iter(seen.cautions), None),
        sheets_on_hand=seen.on_hand.sheets,
        papers_overdue=bool(seen.ages.over.total),
        to_print=seen.to_print,
        callbacks=len(seen.backs),
        callbacks_overdue=overdue,
        promised=seen.promised,
    )


def _late(connection: Connection, now: datetime) -> bool:
    oldest = outbox.oldest_waiting(connection)
    return bool(oldest) and now - datetime.fromisoformat(oldest) > SLOW


def _contractor_figures(seen: Reading) -> tuple[Figure, ...]:
    drafts, inside, asked = len(seen.at(State.DRAFTING)), len(seen.held(Stage.ASKED)), len(seen.held(Stage.SENT))
    return (
        _on_hand(seen.on_hand, seen.now),
        Figure("to_key", "入力待ち", seen.to_key, "件", f"下書き {drafts}", "entry"),
        Figure("to_verify", "照合待ち", len(seen.to_verify), "件", "自分の入力分を除く", "verification"),
        Figure("to_review", "区の審査待ち", len(seen.at(State.VERIFIED)), "件", f"保留 {inside}・照会中 {asked}", "entry"),
        Figure("to_print", "出力待ち", seen.to_print, "件", f"用紙 残 {sum(pack.left for pack in seen.paper)}枚", "certificates"),
        _to_hand_over(seen),
    )


def _ward_figures(seen: Reading) -> tuple[Figure, ...]:
    waiting = len(seen.at(State.VERIFIED))
    return (
        _on_hand(seen.on_hand, seen.now),
        Figure("to_review", "区の審査待ち", waiting, "件", "照合が済んだ届出", "review"),
        Figure("to_answer", "照会の回答待ち", len(seen.held(Stage.SENT)), "件", "受託者からの照会", "questions"),
        Figure("open_handovers", "署名前の受渡し", len(seen.open_handovers), "便", f"本日 {len(seen.handovers)}便", "custody"),
        _to_hand_over(seen),
        Figure("inside", "在室", len(seen.inside), "人", "入退室の記録へ", "presence"),
    )


def _on_hand(here: OnHand, now: datetime) -> Figure:
    if not here.sheets and not here.items and not here.letters:
        return Figure("on_hand", "手元の書類", 0, "枚", "手元にはありません", "custody")
    originals = f"・原本・金券 {here.items}点" if here.items else ""
    originals += f"・封筒 {here.letters}通" if here.letters else ""
    return Figure(
        "on_hand", "手元の書類", here.sheets, "枚", f"{here.cases}件{originals}・最古 {_since(here.oldest, now)}", "custody"
    )


def _since(oldest: str, now: datetime) -> str:
    at = datetime.fromisoformat(oldest)
    return f"本日 {at.hour}:{at:%M}" if at.date() == now.date() else f"{at.month}月{at.day}日"


def _to_hand_over(seen: Reading) -> Figure:
    leaving = next((one for one in seen.open_handovers if one.direction is Direction.OUT), None)
    items = f"・原本・金券 {seen.returnable_items}点" if seen.returnable_items else ""
    detail = (
        f"第{leaving.number}便 署名前" if leaving else "次の受渡しで区へ" if seen.returnable_words else "渡すものはありません"
    )
    return Figure("to_hand_over", "提出待ち", seen.returnable_sheets, "枚", detail + items, "custody")


def _room(office: Office, seen: Reading) -> Room:
    roles = [account.role for account in office.premises.accounts.every() if account.person in seen.inside]
    waiting = seen.at(State.ENTERED)
    able = {person for a in waiting for person in seen.inside if person not in seen.keyers[a.id]}
    return Room(roles.count(Role.SUPERVISOR), roles.count(Role.CLERK), len(able) if waiting else None)
