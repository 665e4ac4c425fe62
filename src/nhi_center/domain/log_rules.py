"""Which entries of the log deserve a look (アクセスログ点検の指摘). Pure: entries and what the room knows in, flags out.

A rule is kept so that an ordinary day gives none: whoever is shown a hundred flags looks at none of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from nhi_center.domain.calendar import ClosedDays
from nhi_center.domain.log_review import DENIED, JST, WRONG_PASSWORD, Entry, Flag, Severity
from nhi_center.domain.operators import Action, Role
from nhi_center.domain.room_rules import RoomRules

_NO_WORK = frozenset({Action.LOCK, Action.SIGN_OUT})
"""The screen locks by itself, and whoever leaves late signs out late: neither is work outside the hours."""

_CASE_ACTS = frozenset({Action.CALL, Action.ENTER, Action.HOLD, Action.VERIFY, Action.ADJUDICATE, Action.ASSIGN, Action.REVIEW})
SIDE_FILE_CHANGED = "side_file_changed"
"""Reason of the entry that tells of failed sign-ins which were kept before the log could be opened, and are gone."""

_LATER = timedelta(minutes=1)
"""The person is opened, then the call or application takes him: the act may follow the view."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in the room; ``left`` None while it lasts."""

    person: str
    entered: datetime
    left: datetime | None

    def covers(self, person: str, at: datetime) -> bool:
        """A stay nobody has ended holds for its own day alone."""
        same_day = at.astimezone(JST).date() == self.entered.astimezone(JST).date()
        return self.person == person and same_day and self.entered <= at and (self.left is None or at <= self.left)


@dataclass(frozen=True, slots=True)
class Room:
    """What the rules know beside the log. ``reprints``: ids of print jobs that replace a spoiled sheet."""

    rules: RoomRules
    closed: ClosedDays
    roles: Mapping[str, Role]
    stays: Sequence[Stay]
    reprints: frozenset[str]

    def is_ward(self, person: str) -> bool:
        """Whoever is no longer on the list counts as the contractor's: rather one look too many."""
        role = self.roles.get(person)
        return role is not None and role.is_ward


Settings = Mapping[str, Mapping[str, Any]]
"""resources/log_review.toml: per rule its title, its numbers and the reason for them."""

Rule = Callable[[Sequence[Entry], Room, Mapping[str, Any]], Iterator[Flag]]


def find_flags(entries: Sequence[Entry], room: Room, settings: Settings) -> tuple[Flag, ...]:
    """Every flag of these entries, the most serious first, then the oldest."""
    found = [flag for name, rule in RULES.items() for flag in rule(entries, room, settings[name])]
    return tuple(sorted(found, key=lambda flag: (-flag.severity, flag.at, flag.id)))


def outside_hours(entries: Sequence[Entry], room: Room, numbers: Mapping[str, Any]) -> Iterator[Flag]:
    """Acts of people outside the ward's hours, and on closed days: one flag per person and day."""
    grace = timedelta(minutes=numbers["grace_minutes"])
    opens, closes = _shifted(room.rules.office_opens, -grace), _shifted(room.rules.office_closes, grace)
    closed: dict[date, bool] = {}
    found: dict[tuple[str, date], list[tuple[datetime, int]]] = defaultdict(list)
    for one in entries:
        if not (one.by_person or one.action == WRONG_PASSWORD) or one.action in _NO_WORK:
            continue
        when = one.when
        day = when.date()
        if day not in closed:
            closed[day] = room.closed.is_closed(day)
        if closed[day] or not opens <= when.time() < closes:
            found[one.person, day].append((when, one.seq))
    for (person, day), acts in found.items():
        first, last = min(acts)[0], max(acts)[0]
        hours = f"{room.rules.office_opens:%H:%M}から{room.rules.office_closes:%H:%M}"
        where = "閉庁日" if closed[day] else f"利用時間({hours})の外"
        span = f"{first:%H:%M}" if len(acts) == 1 else f"{first:%H:%M}から{last:%H:%M}まで"
        sentence = f"{where}に {len(acts)}件の操作がありました({span})。"
        yield Flag("outside_hours", Severity.LOOK, person, tuple(seq for _when, seq in acts), first, sentence)


def many_persons(entries: Sequence[Entry], room: Room, numbers: Mapping[str, Any]) -> Iterator[Flag]:
    """Many people opened by one operator in a short time with no call, application or verification to it."""
    views, cases = defaultdict(list), defaultdict(list)
    touched: set[tuple[str, date, str]] = set()
    for one in entries:
        if one.action == Action.VIEW_PERSON:
            views[one.actor].append(one)
        elif one.action in _CASE_ACTS and one.subject:
            cases[one.actor].append(one)
            if one.citizen:
                touched.add((one.actor, one.when.date(), one.citizen))
    window = timedelta(minutes=numbers["window_minutes"])
    for person, opened in views.items():
        backed = _Backing(cases[person], timedelta(minutes=numbers["case_minutes"]), numbers["persons_per_case"])
        bare = [v for v in opened if (person, v.when.date(), v.citizen) not in touched and not backed.takes(v)]
        for run in _runs(bare, window, numbers["persons"], lambda view: view.citizen):
            many = len({view.citizen for view in run})
            severity = Severity.SERIOUS if many >= 2 * numbers["persons"] else Severity.LOOK
            sentence = f"電話も届出もないまま、{_span(run)}に {many}人を開きました。"
            yield Flag("many_persons", severity, person, _seqs(run), run[0].when, sentence)


class _Backing:
    """Which views a call, an application or a verification of the same operator explains; each explains a few people."""

    def __init__(self, acts: Sequence[Entry], reach: timedelta, most: int) -> None:
        self._acts = sorted(acts, key=lambda act: act.at)
        self._times = [act.at for act in self._acts]
        self._reach, self._most = reach, most
        self._people: dict[str, set[str]] = defaultdict(set)

    def takes(self, view: Entry) -> bool:
        first = bisect_left(self._times, view.at - self._reach)
        end = bisect_right(self._times, view.at + _LATER)
        for case in dict.fromkeys(act.subject for act in reversed(self._acts[first:end])):
            people = self._people[case]
            if view.citizen in people or len(people) < self._most:
                people.add(view.citizen)
                return True
        return False


def own_record(entries: Sequence[Entry], room: Room, numbers: Mapping[str, Any]) -> Iterator[Flag]:
    """Somebody opened a person of his own name, or one who lives with such a person (facts written when it was opened)."""
    found: dict[tuple[str, str, date], list[Entry]] = defaultdict(list)
    for one in entries:
        if one.facts.get("own_name") or one.facts.get("own_address"):
            found[one.actor, one.citizen, one.when.date()].append(one)
    for (person, _citizen, _day), views in found.items():
        named = any(view.facts.get("own_name") for view in views)
        whom = "自分と同じ氏名の人" if named else "自分と同じ氏名の人と同じ住所の人"
        sentence = f"{whom}を {len(views)}回開きました。"
        yield Flag("own_record", Severity.SERIOUS, person, _seqs(views), views[0].when, sentence)


def failures(entries: Sequence[Entry], room: Room, numbers: Mapping[str, Any]) -> Iterator[Flag]:
    """Many wrong passwords for one ID (or for IDs that are none) in a short time; or somebody undid the counting of them."""
    by_person: dict[str, list[Entry]] = defaultdict(list)
    for one in entries:
        if one.action == WRONG_PASSWORD:
            by_person[one.person].append(one)
        elif one.action == DENIED and one.facts.get("reason") == SIDE_FILE_CHANGED:
            lost = one.facts.get("lost", 0)
            sentence = f"サインインの失敗の控えが、消されたか書き換えられています(失われた記録 {lost}件)。"
            yield Flag("failures", Severity.SERIOUS, "", (one.seq,), one.when, sentence)
    window = timedelta(minutes=numbers["window_minutes"])
    for person, tries in by_person.items():
        for run in _runs(tries, window, numbers["failures"], lambda one: one.seq):
            severity = Severity.SERIOUS if len(run) >= room.rules.failures_until_locked else Severity.LOOK
            whose = "" if person else "登録のない番号で、"
            sentence = f"{whose}{_span(run)}に {len(run)}回、パスワードを誤りました。"
            yield Flag("failures", severity, person, _seqs(run), run[0].when, sentence)


def reprints(entries: Sequence[Entry], room: Room, numbers: Mapping[str, Any]) -> Iterator[Flag]:
    """Many sheets printed a second time by one operator on one day: for spoiled ones, or because none is said to have come."""
    handed: set[str] = set()
    found: dict[tuple[str, date], list[Entry]] = defaultdict(list)
    for one in entries:
        if one.action == Action.PRINT and one.step == "handed":
            if one.subject in room.reprints or one.subject in handed:
                found[one.actor, one.when.date()].append(one)
            handed.add(one.subject)
    for (person, _day), sheets in found.items():
        if len(sheets) >= numbers["jobs"]:
            severity = Severity.SERIOUS if len(sheets) >= 2 * numbers["jobs"] else Severity.LOOK
            sentence = f"1日に {len(sheets)}枚を再出力しました。"
            yield Flag("reprints", severity, person, _seqs(sheets), sheets[0].when, sentence)


def not_in_room(entries: Sequence[Entry], room: Room, numbers: Mapping[str, Any]) -> Iterator[Flag]:
    """A contractor's person signed in while no stay in the room covers the moment."""
    stays = [*room.stays, *_stays_in_log(entries)]
    for one in entries:
        if one.action != Action.SIGN_IN or not one.by_person or room.is_ward(one.actor):
            continue
        if not any(stay.covers(one.actor, one.when) for stay in stays):
            sentence = f"{one.when:%H:%M} に、入室の記録がないままサインインしました。"
            yield Flag("not_in_room", Severity.SERIOUS, one.actor, (one.seq,), one.when, sentence)


def _stays_in_log(entries: Iterable[Entry]) -> Iterator[Stay]:
    """What the log itself tells of 入退室: it has the log's clock, which in training is not that of the office's day."""
    inside: dict[str, datetime] = {}
    for one in entries:
        if one.action == Action.CHECK_PRESENCE and "entered" in one.facts:
            if one.facts["entered"]:
                inside[one.subject] = one.when
            elif one.subject in inside:
                yield Stay(one.subject, inside.pop(one.subject), one.when)
    yield from (Stay(person, entered, None) for person, entered in inside.items())


def clock(entries: Sequence[Entry], room: Room, numbers: Mapping[str, Any]) -> Iterator[Flag]:
    """Entries whose time lies before that of the entry written just before: the computer's clock was set back."""
    tolerance = timedelta(minutes=numbers["tolerance_minutes"])
    for before, one in pairwise(entries):
        if before.at - one.at > tolerance:
            minutes = int((before.at - one.at).total_seconds() // 60)
            sentence = f"{one.seq:,}番の時刻が、前の記録より {minutes:,}分前です。時計が戻されたことがあります。"
            yield Flag("clock", Severity.LOOK, one.person, (before.seq, one.seq), one.when, sentence)


RULES: Mapping[str, Rule] = {
    "own_record": own_record,
    "not_in_room": not_in_room,
    "many_persons": many_persons,
    "outside_hours": outside_hours,
    "failures": failures,
    "reprints": reprints,
    "clock": clock,
}
"""In the order of the sheet."""


# -- inside --


def _runs(
    events: Iterable[Entry], window: timedelta, least: int, key: Callable[[Entry], Hashable]
) -> Iterator[tuple[Entry, ...]]:
    """Stretches in which some window holds at least ``least`` different keys; windows that overlap are one stretch."""
    rows = sorted(events, key=lambda one: one.when)
    inside: Counter[Hashable] = Counter()
    start, run = 0, range(0)
    for end, one in enumerate(rows):
        inside[key(one)] += 1
        while one.when - rows[start].when > window:
            _drop(inside, key(rows[start]))
            start += 1
        if len(inside) < least:
            continue
        if run and start >= run.stop:
            yield tuple(rows[run.start : run.stop])
            run = range(0)
        run = range(run.start if run else start, end + 1)
    if run:
        yield tuple(rows[run.start : run.stop])


def _drop(inside: Counter[Hashable], key: Hashable) -> None:
    inside[key] -= 1
    if not inside[key]:
        del inside[key]


def _seqs(entries: Iterable[Entry]) -> tuple[int, ...]:
    return tuple(sorted(one.seq for one in entries))


def _span(run: Sequence[Entry]) -> str:
    minutes = max(1, round((run[-1].when - run[0].when).total_seconds() / 60))
    return f"{minutes}分のあいだ"


def _shifted(at: time, by: timedelta) -> time:
    """Moved within its day."""
    moved = datetime.combine(date(2000, 1, 2), at) + by
    if moved.date() != date(2000, 1, 2):
        return time.min if by < timedelta() else time.max
    return moved.time()
