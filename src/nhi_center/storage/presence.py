"""Who is in the room (入退室), as all its terminals have recorded it."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from sqlalchemy import Connection, text

from nhi_center.domain.presence import FORGOTTEN, UNEXPLAINED, Entered, KeyBack, Left, Stay, flag_of

_COLUMNS = ", ".join(field.name for field in fields(Stay))


def is_inside(connection: Connection, person: str, day: date) -> bool:
    found = connection.execute(
        text("SELECT 1 FROM presence WHERE person = :person AND day = :day AND left_at = ''"),
        {"person": person, "day": day.isoformat()},
    )
    return found.first() is not None


def stays(connection: Connection, day: date) -> tuple[Stay, ...]:
    """The day's stays, oldest first."""
    rows = connection.execute(
        text(f"SELECT {_COLUMNS} FROM presence WHERE day = :day ORDER BY entered_at, id"), {"day": day.isoformat()}
    )
    return tuple(Stay(**row._mapping) for row in rows)


def between(connection: Connection, first: date, last: date) -> tuple[Stay, ...]:
    """The stays of these days, oldest first."""
    rows = connection.execute(
        text(f"SELECT {_COLUMNS} FROM presence WHERE day BETWEEN :first AND :last ORDER BY day, entered_at, id"),
        {"first": first.isoformat(), "last": last.isoformat()},
    )
    return tuple(Stay(**row._mapping) for row in rows)


def find(connection: Connection, id_: str) -> Stay | None:
    row = connection.execute(text(f"SELECT {_COLUMNS} FROM presence WHERE id = :id"), {"id": id_}).one_or_none()
    return Stay(**row._mapping) if row else None


def inside_of(connection: Connection, person: str) -> tuple[Stay, ...]:
    """A person's stays that nobody has closed, oldest first; two when two terminals did not know of each other."""
    rows = connection.execute(
        text(f"SELECT {_COLUMNS} FROM presence WHERE person = :person AND left_at = '' ORDER BY entered_at, id"),
        {"person": person},
    )
    return tuple(Stay(**row._mapping) for row in rows)


def keys_out(connection: Connection, day: date) -> tuple[Stay, ...]:
    """Stays whose locker key has not come back, of this and earlier days, oldest first."""
    rows = connection.execute(
        text(f"SELECT {_COLUMNS} FROM presence WHERE key_back_at = '' AND locker <> '' AND day <= :day ORDER BY entered_at, id"),
        {"day": day.isoformat()},
    )
    return tuple(Stay(**row._mapping) for row in rows)


def loose_ends(connection: Connection, person: str) -> tuple[Stay, ...]:
    """A person's stays with something still to be recorded: he is inside, his leaving was forgotten, or the key is out; newest
    first, ten at most."""
    rows = connection.execute(
        text(
            f"SELECT {_COLUMNS} FROM presence WHERE person = :person"
            " AND (left_at = '' OR left_by = :forgotten OR (key_back_at = '' AND locker <> ''))"
            " ORDER BY entered_at DESC, id LIMIT 10"
        ),
        {"person": person, "forgotten": FORGOTTEN},
    )
    return tuple(Stay(**row._mapping) for row in rows)


def unexplained(connection: Connection, day: date) -> int:
    """How many stays of the day two terminals tell differently."""
    return sum(stay.flag in UNEXPLAINED for stay in stays(connection, day))


def enter(connection: Connection, event: Entered, terminal: str) -> None:
    """Take in a stay. Where there is one of a later day, the earlier was left open by mistake: it is closed, and marked."""
    connection.execute(
        text(
            "INSERT INTO presence (id, person, day, entered_at, entered_by, locker, terminal, reason)"
            " VALUES (:id, :person, :day, :at, :by, :locker, :terminal, :reason) ON CONFLICT (id) DO NOTHING"
        ),
        {
            "id": event.stay,
            "person": event.person,
            "day": event.day,
            "at": event.at,
            "by": event.by,
            "locker": event.locker,
            "terminal": terminal,
            "reason": event.reason,
        },
    )
    for statement in (_FORGOTTEN_STAYS, _FORGOTTEN_KEYS):
        connection.execute(text(statement), {"person": event.person, "by": FORGOTTEN})
    _flag(connection, event.person)


_NEXT = "(SELECT min(entered_at) FROM presence later WHERE later.person = presence.person AND later.day > presence.day"
_FORGOTTEN_STAYS = (
    f"UPDATE presence SET left_at = {_NEXT}), left_by = :by"
    f" WHERE person = :person AND (left_at = '' OR left_by = :by) AND {_NEXT}) IS NOT NULL"
)
# A key that was taken home is given again with the same locker; with another locker it is still out.
_NEXT_SAME = f"{_NEXT} AND later.locker = presence.locker)"
_FORGOTTEN_KEYS = (
    f"UPDATE presence SET key_back_at = {_NEXT_SAME}, key_back_by = :by"
    f" WHERE person = :person AND (key_back_at = '' OR key_back_by = :by) AND {_NEXT_SAME} IS NOT NULL"
)


def leave(connection: Connection, event: Left) -> bool:
    """Close a stay; False when there is no such stay of this person.

    Of two times the later one counts, and the stay is marked; a time somebody recorded counts before a forgotten one.
    """
    stay = find(connection, event.stay)
    if stay is None or stay.person != event.person:
        return False
    known = stay.left_at != "" and stay.left_by != FORGOTTEN
    twice = known and (stay.left_at, stay.left_by) != (event.at, event.by)
    at, by = max((stay.left_at, stay.left_by), (event.at, event.by)) if known else (event.at, event.by)
    connection.execute(
        text(
            "UPDATE presence SET left_at = :at, left_by = :by, left_twice = max(left_twice, :twice),"
            " reason = max(reason, :reason) WHERE id = :id"
        ),
        {"id": event.stay, "at": at, "by": by, "twice": int(twice), "reason": event.reason},
    )
    if event.key_back:
        key_back(connection, KeyBack(event.stay, event.person, event.at, event.by))
    _flag(connection, event.person)
    return True


def key_back(connection: Connection, event: KeyBack) -> bool:
    """The key came back; False when there is no such stay of this person. Of two times the earlier one counts."""
    stay = find(connection, event.stay)
    if stay is None or stay.person != event.person:
        return False
    known = stay.key_back_at != "" and stay.key_back_by != FORGOTTEN
    at, by = min((stay.key_back_at, stay.key_back_by), (event.at, event.by)) if known else (event.at, event.by)
    connection.execute(
        text("UPDATE presence SET key_back_at = :at, key_back_by = :by WHERE id = :id"), {"id": event.stay, "at": at, "by": by}
    )
    return True


def _flag(connection: Connection, person: str) -> None:
    """Mark what is to be looked at, of a person's stays since the oldest one that another may touch: his last 50."""
    rows = connection.execute(
        text(f"SELECT {_COLUMNS} FROM presence WHERE person = :person ORDER BY entered_at DESC, id DESC LIMIT 50"),
        {"person": person},
    )
    found = [Stay(**row._mapping) for row in rows]
    marked = [(stay, flag_of(stay, found)) for stay in found]
    changed = [{"id": stay.id, "flag": flag or ""} for stay, flag in marked if stay.flag != (flag or "")]
    if changed:
        connection.execute(text("UPDATE presence SET flag = :flag WHERE id = :id"), changed)
