"""疑義: the paper of held applications on its way to the ward and back."""

from __future__ import annotations

from sqlalchemy import Connection, text

from nhi_center.domain.custody import Place


def add(connection: Connection, hold: str, step: str, at: str, by: str, handover: str = "") -> None:
    connection.execute(
        text("INSERT INTO hold_paper (hold, step, handover, at, by) VALUES (:hold, :step, :handover, :at, :by)"),
        {"hold": hold, "step": step, "handover": handover, "at": at, "by": by},
    )


def last_step(connection: Connection, hold: str) -> str:
    """out, kept or back; "" when its paper never left its place."""
    found = connection.execute(text("SELECT step FROM hold_paper WHERE hold = :hold ORDER BY seq DESC LIMIT 1"), {"hold": hold})
    return str(found.scalar() or "")


def out(connection: Connection) -> tuple[tuple[str, str], ...]:
    """(hold, slip) of every held application whose paper was laid out and is not back, in the order it was laid out."""
    rows = connection.execute(
        text(
            "SELECT p.hold, a.slip FROM hold_paper p JOIN hold h ON h.id = p.hold JOIN application a ON a.id = h.application"
            " WHERE p.step = 'out' AND a.state = 'held'"
            " AND p.seq = (SELECT max(q.seq) FROM hold_paper q WHERE q.hold = p.hold) ORDER BY p.seq"
        )
    )
    return tuple((row.hold, row.slip) for row in rows)


def away(connection: Connection, slip: str) -> int:
    """How many sheets of one 管理票 the ward has."""
    found = connection.execute(
        text(
            "SELECT sum(b.sheets) FROM balance b JOIN slip s ON s.id = b.slip AND s.kind = b.kind"
            " WHERE s.id = :slip AND b.place = :place"
        ),
        {"slip": slip, "place": Place.RETURNED.value},
    )
    return int(found.scalar() or 0)


def went(connection: Connection, slip: str) -> bool:
    """Whether sheets of this 管理票 went to the ward since they were laid out from the held cases. By the order of the movements,
    not by their times: two may bear the same second."""
    found = connection.execute(
        text(
            "SELECT EXISTS (SELECT 1 FROM movement m JOIN slip s ON s.id = m.slip AND s.kind = m.kind AND s.batch = m.batch"
            " WHERE s.id = :slip AND m.dst = 'returned' AND m.seq > (SELECT coalesce(max(l.seq), 0) FROM movement l"
            " WHERE l.kind = s.kind AND l.batch = s.batch AND l.slip = s.id AND l.frm = 'hold' AND l.dst = 'output'))"
        ),
        {"slip": slip},
    )
    return bool(found.scalar_one())


def of_handover(connection: Connection, handover: str) -> dict[str, str]:
    """照会の番号 of each held application that leaves with this 便, by the number of its 管理票."""
    rows = connection.execute(
        text(
            "SELECT s.number, h.query FROM handover_piece p JOIN slip s ON s.id = p.slip AND s.kind = p.kind"
            " JOIN application a ON a.slip = s.id AND a.envelope = '' JOIN hold h ON h.application = a.id"
            " WHERE p.handover = :handover AND h.query <> '' AND a.state = 'held'"
            " AND (SELECT q.step FROM hold_paper q WHERE q.hold = h.id"
            " AND q.at <= (SELECT o.opened_at FROM handover o WHERE o.id = p.handover) ORDER BY q.seq DESC LIMIT 1) = 'out'"
            " ORDER BY p.position"
        ),
        {"handover": handover},
    )
    return {row.number: row.query for row in rows}


def keep_named(connection: Connection, handover: str, slip: str, sheets: int, at: str, by: str) -> None:
    """This 管理票 comes back with this 便, with so many sheets; 0: not this one after all. The last word counts."""
    connection.execute(
        text("INSERT INTO handover_back (handover, slip, sheets, at, by) VALUES (:handover, :slip, :sheets, :at, :by)"),
        {"handover": handover, "slip": slip, "sheets": sheets, "at": at, "by": by},
    )


def named(connection: Connection, handover: str) -> dict[str, int]:
    """Sheets by 管理票 (its id), by number."""
    rows = connection.execute(
        text(
            "SELECT b.slip, b.sheets FROM handover_back b JOIN slip s ON s.id = b.slip WHERE b.handover = :handover"
            " AND b.sheets > 0 AND b.seq = (SELECT max(q.seq) FROM handover_back q WHERE q.handover = b.handover"
            " AND q.slip = b.slip) ORDER BY s.day, s.number"
        ),
        {"handover": handover},
    )
    return {row.slip: int(row.sheets) for row in rows}
