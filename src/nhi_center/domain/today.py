"""本日の業務: what is open for one person, each line with its urgency and the screen that opens it.

即時: may not stay here at all (現金・金券). 期限超過: a promised time has passed (折返し, 至急).
至急: promised to somebody who waits.
本日中: may not stay open over night, or lies here since an earlier day. Everything else is done in its order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum

OPENS, SHOWN_UNTIL = 9, 14
"""Hours the chart shows at least: an empty morning looks like a morning."""


class Urgency(IntEnum):
    """急ぎ, most urgent first."""

    AT_ONCE = -1
    OVERDUE = 0
    URGENT = 1
    TODAY = 2
    NORMAL = 3

    @property
    def label(self) -> str:
        return {-1: "即時", 0: "期限超過", 1: "至急", 2: "本日中", 3: ""}[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One line of work. ``person`` is a name as recorded, ``about`` the paper or the number beside it, ``due`` ISO or "".

    ``screen`` and ``params`` are what opens it; ``key`` stays the same while the work does. ``leads``: once its time has passed
    it stands before everything else (折返し: nobody else keeps that promise in mind).
    """

    key: str
    urgency: Urgency
    what: str
    title: str
    about: str = ""
    person: str = ""
    due: str = ""
    state: str = ""
    screen: str
    params: Mapping[str, str] = field(default_factory=dict)
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the first page and the screen behind it. ``key`` is stable: on_hand, to_key, ..."""

    key: str
    caption: str
    number: int
    unit: str
    detail: str
    screen: str


@dataclass(frozen=True, slots=True)
class Hour:
    """Sheets (枚) that came in and that were keyed in one hour of the day."""

    hour: int
    received: int
    keyed: int


@dataclass(frozen=True, slots=True)
class Room:
    """Who is in the room, in numbers. ``verifiers``: those who may verify something that waits; None when nothing waits."""

    supervisors: int
    clerks: int
    verifiers: int | None

    @property
    def people(self) -> int:
        return self.supervisors + self.clerks


@dataclass(frozen=True, slots=True)
class Today:
    """The whole first page, read at one moment."""

    figures: tuple[Figure, ...]
    tasks: tuple[Task, ...]
    flow: tuple[Hour, ...]
    room: Room


def in_order(tasks: Iterable[Task]) -> tuple[Task, ...]:
    """Most urgent first, of the overdue those that lead, then by what is due first; the rest stays as it came."""

    def place(task: Task) -> tuple[int, bool, str]:
        return task.urgency, not (task.leads and task.urgency is Urgency.OVERDUE), task.due or "~"

    return tuple(sorted(tasks, key=place))


def urgency_of(due: str, now: datetime, *, promised: bool = False, since: str = "") -> Urgency:
    """``due``: ISO time that was promised; ``promised``: somebody waits for it (至急); ``since``: the day the paper came in."""
    if due and datetime.fromisoformat(due) < now:
        return Urgency.OVERDUE
    if promised and due:
        return Urgency.URGENT
    if due and datetime.fromisoformat(due).date() == now.date():
        return Urgency.TODAY
    if since and date.fromisoformat(since) < now.date():
        return Urgency.TODAY
    return Urgency.NORMAL


def due_state(due: str, now: datetime) -> str:
    """あと 13分, 32分超過; from two hours on in hours; "" without a time or for another day."""
    if not due:
        return ""
    left = datetime.fromisoformat(due) - now
    minutes = int(abs(left.total_seconds()) // 60)
    if left.total_seconds() >= 0:
        if datetime.fromisoformat(due).date() != now.date():
            return ""
        return f"あと {minutes}分" if minutes < 120 else f"あと {minutes // 60}時間"
    if minutes < 120:
        return f"{minutes}分超過"
    return f"{minutes // 60}時間超過" if minutes < 24 * 60 else f"{minutes // (24 * 60)}日超過"


def elapsed(since: datetime, now: datetime) -> str:
    """12分, 3時間, 2日: how long something that should be gone is here."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 120:
        return f"{minutes}分"
    return f"{minutes // 60}時間" if minutes < 48 * 60 else f"{minutes // (24 * 60)}日"


def by_hour(received: Mapping[int, int], keyed: Mapping[int, int], now: int) -> tuple[Hour, ...]:
    """Every hour from the first to the last with anything in it, and at least the office's morning up to ``now``."""
    seen = {hour for hour, sheets in (*received.items(), *keyed.items()) if sheets}
    first, last = min({OPENS, *seen}), max({SHOWN_UNTIL, now, *seen})
    return tuple(Hour(hour, received.get(hour, 0), keyed.get(hour, 0)) for hour in range(first, last + 1))
