"""室内の電話: a recorded call is told to the room's other terminals, sealed for its people, and is among their own calls there.

So a promise to ring back is everybody's, a person's earlier calls are known wherever he rings, and figures are the room's.
"""

from __future__ import annotations

import base64
import json
from datetime import date

from nhi_center.domain import canonical
from nhi_center.domain.operators import Action
from nhi_center.errors import EnvironmentTrouble
from nhi_center.services.office import Office
from nhi_center.services.room import RoomRecord
from nhi_center.services.session import terminal_session
from nhi_center.services.work import Unit, begin, reading
from nhi_center.storage import calls
from nhi_center.storage import told_calls as storage
from nhi_center.storage.engine import Connection
from nhi_center.storage.told_calls import Sealed

KIND = "call_told"
_NO_KEY = "KY-09"


def tell(office: Office, unit: Unit, call: str, day: date) -> None:
    """In the act that records it. Without the room's key, which everybody of the room has, the call stays here; that is noted."""
    try:
        sealed = office.room_keys.seal(canonical.encode(storage.pack(unit.connection, call)), _context(call))
    except EnvironmentTrouble as trouble:
        if trouble.code != _NO_KEY:
            raise
        unit.note(told=False)
        return
    unit.record(KIND, {"call": call, "day": day.isoformat(), "sealed": base64.b64encode(sealed).decode("ascii")})


def tell_kept(unit: Unit, callback: str) -> None:
    """In the act that ends a promise without a call of its own."""
    unit.record(KIND, {"call": callback, "done_at": unit.stamp, "by": unit.person})


def take(office: Office, connection: Connection, record: RoomRecord) -> None:
    """Keep what a terminal tells, and open it when that can be done now. Raises ValueError for what is none."""
    body, call = record.body, str(record.body["call"])
    if "sealed" not in body:
        _end(connection, call, str(body["done_at"]), str(body["by"]))
    elif not storage.is_there(connection, call):
        day = date.fromisoformat(str(body["day"])).isoformat()
        storage.keep(connection, call, record.terminal, day, base64.b64decode(body["sealed"], validate=True))


def open_waiting(office: Office) -> None:
    """After an exchange: what can be read with the keys of who is signed in moves among the calls; the rest waits for others."""
    terminal = terminal_session(office)
    with reading(office, terminal, Action.SYNC) as connection:
        found = [one for one in storage.waiting(connection) if _generation(one) in office.room_keys.keys]
    for one in found:
        with begin(office, terminal, Action.SYNC, step="told_call") as unit:
            _open(office, unit.connection, one)


def _open(office: Office, connection: Connection, one: Sealed) -> None:
    """One that was changed on the way, or whose number this terminal has given too, stays sealed."""
    try:
        packed = json.loads(office.room_keys.open(one.sealed, _context(one.id)))
    except EnvironmentTrouble:
        return
    if not storage.is_there(connection, one.id):
        storage.unpack(connection, "" if one.terminal == office.terminal else one.terminal, packed)
    storage.forget(connection, one.id)
    if one.done_at:
        calls.keep_back(connection, one.id, one.done_at, one.done_by)
    if returns := packed["call"]["returns"]:
        _end(connection, returns, packed["call"]["done_at"], packed["call"]["clerk"])


def _end(connection: Connection, callback: str, at: str, by: str) -> None:
    """The first word of who kept a promise stands."""
    if not (at and by):
        raise ValueError("kept by nobody")
    storage.keep_done(connection, callback, at, by)
    calls.keep_back(connection, callback, at, by)


def _generation(one: Sealed) -> int:
    return int.from_bytes(one.sealed[:4], "big")


def _context(call: str) -> bytes:
    return b"call\n" + call.encode()
