"""The lines of 本日の業務 about paper itself: 便, piles, what must go back, what has been here too long, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from nhi_center.domain.custody import CASH, Slip
from nhi_center.domain.handover import Direction
from nhi_center.domain.operators import Action
from nhi_center.domain.today import Task, Urgency, due_state, elapsed, urgency_of
from nhi_center.services.entry import form_title
from nhi_center.services.today_reading import Reading


def handovers(seen: Reading) -> Iterator[Task]:
    for one in seen.open_handovers:
        yield Task(
            key=f"handover-{one.id}",
            urgency=urgency_of(one.promised, seen.now, promised=True) if one.urgent else Urgency.TODAY,
            what="受渡し",
            title=f"第{one.number}便({one.direction.label})",
            about=one.section,
            due=one.promised,
            state=due_state(one.promised, seen.now) or ("枚数の確認中" if one.round == 1 else f"数え直し {one.round}回目"),
            screen="custody",
            params={"handover": one.id},
        )


def incidents(seen: Reading) -> Iterator[Task]:
    """What the ward has not closed; until it was told its clock runs."""
    for incident in seen.incidents:
        due = incident.due(seen.tell_minutes)
        yield Task(
            key=f"incident-{incident.id}",
            urgency=urgency_of(due, seen.now, promised=True) if due else Urgency.TODAY,
            what="事故・差異",
            title=incident.kind.label,
            about="区への通知がまだです" if due else "区の終結待ち",
            due=due,
            state=due_state(due, seen.now) or incident.state,
            screen="incidents",
            params={"incident": incident.id},
        )


def piles(seen: Reading) -> Iterator[Task]:
    """Slips nobody has opened, one line a 便."""
    piles: dict[str, list[Slip]] = {}
    for slip in seen.unopened:
        piles.setdefault(slip.batch, []).append(slip)
    for batch, slips in piles.items():
        kinds = sorted({slip.kind for slip in slips})
        arrived = seen.batches.get(batch)
        yield Task(
            key=f"pile-{batch}",
            urgency=urgency_of("", seen.now, since=slips[0].day),
            what="入力",
            title=form_title(kinds[0], slips[0].day) + ("ほか" if len(kinds) > 1 else ""),
            about=f"受渡し {_day(slips[0].day, seen)}第{arrived.number}便" if arrived else "",
            state=f"{len(slips)}件",
            screen="entry",
            params={"slip": slips[0].id} if len(slips) == 1 else {},
        )


def _day(day: str, seen: Reading) -> str:
    at = date.fromisoformat(day)
    return "" if at == seen.now.date() else f"{at.month}月{at.day}日 "


def overdue(seen: Reading) -> Iterator[Task]:
    """Paper that has been on hand longer than the ward allows."""
    if seen.ages.over.total:
        yield Task(
            key="papers_overdue",
            urgency=Urgency.OVERDUE,
            what="手元の書類",
            title="早く区へ返す",
            about=seen.ages.over.words,
            state=f"最長 {seen.ages.longest}時間",
            screen="custody",
        )


def cash(seen: Reading) -> Iterator[Task]:
    """現金・金券 go back at once: in red before everything else until the ward has signed for them."""
    for one in seen.found:
        if one.kind == CASH:
            arrived = datetime.fromisoformat(one.since)
            yield Task(
                key=f"cash-{one.batch}",
                urgency=Urgency.AT_ONCE,
                what="即時返却",
                title=f"{one.kind.title} {one.sheets}{one.kind.unit}",
                about=f"{_on(arrived, seen)}に受け取り",
                state=f"{elapsed(arrived, seen.now)}経過",
                screen="custody",
            )


def _on(at: datetime, seen: Reading) -> str:
    return f"{at:%H:%M}" if at.date() == seen.now.date() else f"{at.month}月{at.day}日 {at:%H:%M}"


def asked_papers(seen: Reading) -> Iterator[Task]:
    """疑義: the ward has the paper. Once it has answered, the paper alone is waited for."""
    ward = seen.session.may(Action.ANSWER_HOLD)
    if not ward and not seen.session.may(Action.ENTER):
        return
    for one in seen.asked_papers:
        if one.answered:
            yield Task(
                key=f"asked-{one.slip.id}",
                urgency=Urgency.TODAY if ward else Urgency.NORMAL,
                what="疑義の書類を戻す" if ward else "疑義の書類待ち",
                title=one.form_title,
                about=f"管理票 {one.slip.number} 照会 {one.query}",
                state="次の便で受託者へ" if ward else "区から届きます",
                screen="custody",
            )


def to_hand_over(seen: Reading) -> Iterator[Task]:
    """What somebody waits for goes alone; the rest of the output tray, unless a 便 for it is open already."""
    for one in (ready for ready in seen.ready_urgent if not ready.unmade):
        yield Task(
            key=f"give-{one.slip.id}",
            urgency=urgency_of(one.until, seen.now, promised=True),
            what="至急を渡す",
            title=form_title(one.slip.kind, one.slip.day),
            about=f"管理票 {one.slip.number}" + (f" 出力物 {one.outputs}枚" if one.outputs else ""),
            due=one.until,
            state=due_state(one.until, seen.now),
            screen="custody",
            params={"give": one.application},
        )
    if not seen.returnable_words or any(one.direction is Direction.OUT for one in seen.open_handovers):
        return
    yield Task(
        key="hand_over",
        urgency=Urgency.TODAY,
        what="受渡し",
        title="区へ渡すもの",
        about=seen.returnable_words,
        state="次の便で渡す",
        screen="custody",
    )
