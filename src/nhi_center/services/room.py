"""The room: records that terminals tell each other by the segment, and who has been told (室内の端末).

A record of wire.ROOM_KINDS goes out through the outbox like any other; the gateway passes it on to every terminal, its own
included. What a kind does on arrival stands in ``services.takers``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nhi_center.services.office import Office
from nhi_center.storage import room
from nhi_center.storage.engine import Connection
from nhi_center.storage.room import TerminalSeen

__all__ = [
    "Disbelieved",
    "RoomRecord",
    "Taker",
    "TerminalSeen",
    "cursor_of",
    "last_contact",
    "terminals",
    "untold",
    "untold_of_removals",
]


@dataclass(frozen=True, slots=True)
class RoomRecord:
    """One terminal's record as every terminal receives it. The segment vouches for ``terminal``, nobody for ``body``."""

    cursor: int
    id: str
    kind: str
    terminal: str
    body: Mapping[str, Any]


class Disbelieved(Exception):
    """A record this terminal will not act on. ``code`` is a word for the log, never a received value."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


Taker = Callable[[Office, Connection, RoomRecord], None]
"""Acts on a record within the exchange's transaction. Told again, or told our own, it must change nothing.

Raises Disbelieved, OperatorError, ValueError, KeyError or TypeError for a record that is not to be believed: what it did is
undone, the record is skipped and kept in the log, and the exchange goes on.
"""


def terminals(connection: Connection) -> tuple[TerminalSeen, ...]:
    """The room's terminals in use, as the segment knew them at our last exchange."""
    return room.terminals(connection)


def untold(connection: Connection, cursor: int) -> tuple[TerminalSeen, ...]:
    """Terminals that had not kept the change ``cursor`` yet."""
    return tuple(seen for seen in room.terminals(connection) if seen.cursor < cursor)


def untold_of_removals(office: Office, connection: Connection) -> tuple[TerminalSeen, ...]:
    """Terminals that have not heard of every removal (人を外した) yet: a person who was shut out may still sign in there."""
    others = tuple(seen for seen in room.terminals(connection) if seen.terminal != office.terminal)
    if room.on_its_way(connection, "closure"):
        return others
    newest = room.last_cursor(connection, "closure")
    return tuple(seen for seen in others if seen.cursor < newest)


def cursor_of(connection: Connection, id_: str) -> int | None:
    """The cursor of a record by its id (``Unit.record`` gives it); None while the segment has not passed it on to us."""
    return room.cursor_of(connection, id_)


def last_contact(connection: Connection) -> datetime | None:
    """When this terminal last had everything from the segment (UTC); None when never."""
    at = room.contact(connection)
    return datetime.fromisoformat(at) if at else None
