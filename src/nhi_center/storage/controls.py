"""What the checks of the council paper's measures ask of the store and nobody else does."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, text


def newest_presence(connection: Connection) -> str:
    """The last day anybody was recorded in the room; "" before the first."""
    return str(connection.execute(text("SELECT coalesce(max(day), '') FROM presence")).scalar_one())


def days_not_closed(connection: Connection, first: date, before: date) -> tuple[str, ...]:
    """The days from ``first`` on and before ``before`` on which somebody was in the room and nobody closed, here or elsewhere."""
    rows = connection.execute(
        text(
            "SELECT day FROM presence WHERE day >= :first AND day < :before"
            " EXCEPT SELECT day FROM day_close EXCEPT SELECT day FROM closed_elsewhere ORDER BY day"
        ),
        {"first": first.isoformat(), "before": before.isoformat()},
    )
    return tuple(row.day for row in rows)


def newest_day_close(connection: Connection) -> str:
    """The last day that was closed, here or at another terminal."""
    return str(
        connection.execute(
            text("SELECT coalesce(max(day), '') FROM (SELECT day FROM day_close UNION ALL SELECT day FROM closed_elsewhere)")
        ).scalar_one()
    )


def unsigned_handovers_before(connection: Connection, day: date) -> int:
    """便 of earlier days that are still open."""
    return int(
        connection.execute(
            text("SELECT count(*) FROM handover WHERE state = 'open' AND day < :day"), {"day": day.isoformat()}
        ).scalar_one()
    )


def newest_handover(connection: Connection) -> str:
    """The day of the last 便 both sides have signed."""
    query = "SELECT coalesce(max(substr(ended_at, 1, 10)), '') FROM handover WHERE state = 'signed'"
    return str(connection.execute(text(query)).scalar_one())


def reprints_without_approval(connection: Connection) -> int:
    """Reprints of a sheet that is neither spoiled nor void, and sheets whose 書損 was approved by who reported it."""
    return int(
        connection.execute(
            text(
                "SELECT (SELECT count(*) FROM certificate_job j WHERE j.replaces <> '' AND NOT EXISTS"
                " (SELECT 1 FROM certificate_job r WHERE r.id = j.replaces AND (r.spoiled = 1 OR r.void = 1)))"
                " + (SELECT count(*) FROM certificate_job j JOIN certificate_event e ON e.job = j.id AND e.dst = 'spoiled'"
                " WHERE j.spoiled = 1 AND e.note = j.reported_by)"
            )
        ).scalar_one()
    )


def newest_approval(connection: Connection) -> str:
    """The day a spoiled sheet was last approved."""
    query = "SELECT coalesce(max(substr(at, 1, 10)), '') FROM certificate_event WHERE dst = 'spoiled'"
    return str(connection.execute(text(query)).scalar_one())


def person_openings(connection: Connection, first: int, last: int) -> tuple[int, int, bytes]:
    """Of the log's entries from ``first`` to ``last`` in which a person of the register was opened: how many, how many without a
    purpose, and the last one (empty without any). A quote inside a value is escaped: the keys stand nowhere else."""
    row = connection.exec_driver_sql(
        "SELECT count(*), coalesce(sum(instr(entry, ?) = 0 OR instr(entry, ?) > 0), 0), max(seq) FROM audit"
        " WHERE seq BETWEEN ? AND ? AND instr(entry, ?) > 0",
        (b'"purpose":"', b'"purpose":""', first, last, b'"action":"view_person"'),
    ).one()
    if not row[0]:
        return 0, 0, b""
    newest = connection.execute(text("SELECT entry FROM audit WHERE seq = :seq"), {"seq": row[2]}).scalar_one()
    return int(row[0]), int(row[1]), bytes(newest)
