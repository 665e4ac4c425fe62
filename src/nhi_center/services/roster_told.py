"""Which terminals know that somebody has been shut out: until all do, he could still open the ones that do not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nhi_center.domain.operators import Action, Session
from nhi_center.services import room
from nhi_center.services.clock import JST
from nhi_center.services.office import Office
from nhi_center.services.work import reading
from nhi_center.storage import closures


@dataclass(frozen=True, slots=True)
class TerminalLine:
    """``contact``: the last exchange, wall clock, or a word. ``untold``: IDs of those it still lets in."""

    terminal: str
    contact: str
    own: bool
    untold: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Removal:
    """``sent``: the segment has it. ``untold``: the terminals that have not fetched it."""

    person: str
    at: str
    sent: bool
    untold: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    terminals: tuple[TerminalLine, ...]
    removals: tuple[Removal, ...]


def told(office: Office, session: Session) -> Told:
    """Every terminal the segment has named to us, and every removal, newest first."""
    with reading(office, session, Action.VIEW_ROSTER) as connection:
        known = room.terminals(connection)
        removals = []
        for row in closures.every(connection):
            cursor = room.cursor_of(connection, row.record)
            late = room.untold(connection, cursor) if cursor is not None else known
            others = tuple(seen.terminal for seen in late if seen.terminal != office.terminal)
            removals.append(Removal(row.person, _moment(row.closed_at), cursor is not None, others))
    lines = tuple(
        TerminalLine(
            one.terminal,
            _moment(one.contact_at) or "まだありません",
            one.terminal == office.terminal,
            tuple(removal.person for removal in removals if one.terminal in removal.untold),
        )
        for one in known
    )
    return Told(lines, tuple(removals))


def _moment(stamp: str) -> str:
    return f"{datetime.fromisoformat(stamp).astimezone(JST):%Y-%m-%d %H:%M}" if stamp else ""
