"""受渡簿 of the room: each ended 便 is told to the other terminals as the 受渡簿 has it. It names no person of the register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from nhi_center.domain.handover import Direction, Handover, Side
from nhi_center.services.office import Office
from nhi_center.services.room import RoomRecord
from nhi_center.services.work import Unit
from nhi_center.storage import handover as handovers
from nhi_center.storage import told_handovers as storage
from nhi_center.storage.engine import Connection

KIND = "handover_told"


@dataclass(frozen=True, slots=True)
class Entry:
    """One 便 of the 受渡簿. ``contents`` as both signed it, None for one that was not; ``terminal`` "" for this one."""

    handover: Handover
    contents: Mapping[str, Any] | None = None
    giver: str = ""
    receiver: str = ""
    incident: bool = False
    terminal: str = ""


def tell(unit: Unit, handover: str) -> None:
    """In the act that ends a 便."""
    ended = handovers.find(unit.connection, handover)
    assert ended is not None
    entry = own(unit.connection, ended)
    unit.record(KIND, {**asdict(entry), "handover": asdict(entry.handover) | {"direction": entry.handover.direction.value}})


def take(office: Office, connection: Connection, record: RoomRecord) -> None:
    """Keep another terminal's 便. Raises ValueError, KeyError, TypeError for what is none."""
    if record.terminal == office.terminal:
        return
    body = dict(record.body)
    entry = _read({**body, "terminal": record.terminal})
    date.fromisoformat(entry.handover.settled_on)
    storage.keep(connection, entry.handover.id, record.terminal, entry.handover.settled_on, body)


def between(connection: Connection, first: date, last: date) -> tuple[Entry, ...]:
    """Every 便 of the room settled on these days, in the order of day and number."""
    mine = [own(connection, one) for one in handovers.between(connection, first, last)]
    told = [_read({**body, "terminal": terminal}) for terminal, body in storage.between(connection, first, last)]
    return tuple(sorted(mine + told, key=lambda one: (one.handover.settled_on, one.handover.day, one.handover.number)))


def own(connection: Connection, handover: Handover) -> Entry:
    """One of this terminal's."""
    if handover.state != "signed":
        return Entry(handover)
    signed = handovers.signatures(connection, handover.id)
    return Entry(
        handover,
        handovers.signed_contents(connection, handover.id),
        signed[Side.GIVER].name,
        signed[Side.RECEIVER].name,
        handovers.has_incident(connection, handover.id),
    )


def _read(body: Mapping[str, Any]) -> Entry:
    told = body["handover"]
    return Entry(**{**body, "handover": Handover(**{**told, "direction": Direction(told["direction"])})})
