"""室内の件数: each terminal tells the room its numbers of a day, so that a report has beside its own those of all terminals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from nhi_center.domain import room_figures as rules
from nhi_center.domain.operators import Action
from nhi_center.domain.reports import Table
from nhi_center.domain.room_figures import MOST_DAYS, PENDING, TITLES, DayFigures
from nhi_center.services.office import Office
from nhi_center.services.room import RoomRecord
from nhi_center.services.session import terminal_session
from nhi_center.services.work import begin, reading
from nhi_center.storage import day_close
from nhi_center.storage import room_figures as storage
from nhi_center.storage.engine import Connection
from nhi_center.storage.figures import Span

KIND = "day_figures"
HERE = "この端末"
_OWN = ""
"""In the store, where every other terminal stands under its name."""


def tell(office: Office) -> None:
    """Before each exchange: a record for the room of every day whose numbers have changed, when it is time (``is_due``)."""
    terminal, today = terminal_session(office), office.clock.today()
    with reading(office, terminal, Action.SYNC) as connection:
        last = storage.last_of(connection, _OWN)
        closed = day_close.closed(connection, today) is not None
        if not rules.is_due(last, today, office.clock.local(), closed=closed):
            return
        changed = tuple(_changed(office, connection, last))
    if changed:
        with begin(office, terminal, Action.SYNC, step="day_figures", days=len(changed)) as unit:
            for one in changed:
                storage.keep(unit.connection, _OWN, 0, one)
                unit.record(KIND, rules.to_json(one))


def _changed(office: Office, connection: Connection, last: DayFigures | None) -> Iterator[DayFigures]:
    """From the last day that was told (it may have gone on since); days on which nothing was done say nothing."""
    today, at = office.clock.today(), office.clock.local().isoformat(timespec="seconds")
    earliest = today - timedelta(days=MOST_DAYS)
    day = max(last.day, earliest) if last else earliest
    while day <= today:
        found = DayFigures(day, storage.own(connection, Span(day, day)), at)
        told = last if last and last.day == day else None
        if found.numbers != told.numbers if told else not found.is_empty:
            yield found
        day += timedelta(days=1)


def take(office: Office, connection: Connection, record: RoomRecord) -> None:
    """What another terminal tells of a day (see ``services.takers``). Raises ValueError for what is none."""
    if record.terminal != office.terminal:  # its own come back to a store that was set up anew: it counts them itself
        storage.keep(connection, record.terminal, record.cursor, rules.from_json(record.body))


def tables(connection: Connection, first: date, last: date) -> tuple[Table, ...]:
    """A line for each terminal of the room and their sum; no line where no other has ever told of its days."""
    others = storage.terminals(connection, last)
    if not others:
        return tuple(Table(key, title, _headings(names), ()) for key, title, names in _TABLES)
    told = storage.of_days(connection, first, last)
    lines = {HERE: storage.own(connection, Span(first, last))}
    for other in others:
        numbers = rules.summed(told.get(other, ()))
        if other not in told and (before := storage.last_before(connection, other, first)):
            numbers[PENDING] = before.numbers[PENDING]
        lines[f"端末 {other}"] = numbers
    return tuple(_table(key, title, names, lines) for key, title, names in _TABLES)


_TABLES = (
    ("room_applications", "室内の全端末の届出・申請(日ごとの延べ件数)", rules.APPLICATIONS),
    ("room_certificates", "室内の全端末の証等の出力(枚)", rules.CERTIFICATES),
)


def _headings(names: tuple[str, ...]) -> tuple[str, ...]:
    return ("端末", *(TITLES[name] for name in names))


def _table(key: str, title: str, names: tuple[str, ...], lines: Mapping[str, Mapping[str, int]]) -> Table:
    rows = tuple((words, tuple(one[name] for name in names)) for words, one in lines.items())
    found = Table(key, title, _headings(names), rows)
    return replace(found, total=found.sums())
