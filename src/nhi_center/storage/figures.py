"""Counts of a period: what the ledgers say, for the reports. Nothing here names a person.

``Span``: from ``first`` to ``last`` (days, ISO); moments are the office's wall clock, ISO, so that text compares as time does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from nhi_center.domain.calendar import next_day

Counts = dict[tuple[str, str], int]
"""(what, how) -> number."""
Verified = tuple[str, str, int, int, int, int]
"""(form, field, verified, mismatched, keyer wrong, verifier wrong)."""
_ENDED = "('done', 'returned', 'elsewhere')"


@dataclass(frozen=True, slots=True)
class Span:
    first: date
    last: date

    @property
    def limits(self) -> dict[str, str]:
        """``next``: the first moment that is not in it any more."""
        return {"first": self.first.isoformat(), "last": self.last.isoformat(), "next": next_day(self.last).isoformat()}


def received(connection: Connection, span: Span) -> dict[str, int]:
    """Applications that came in here, by form; what another terminal handed on came in there."""
    return _by_one(
        connection,
        "SELECT kind AS what, count(*) AS n FROM slip WHERE origin = '' AND day BETWEEN :first AND :last GROUP BY 1",
        span,
    )


def steps(connection: Connection, span: Span) -> Counts:
    """Applications that reached a state, by form and state; each once."""
    return _by_two(
        connection,
        "SELECT a.form AS what, e.dst AS how, count(DISTINCT a.id) AS n FROM application_event e"
        " JOIN application a ON a.id = e.application AND a.envelope = '' WHERE e.at >= :first AND e.at < :next GROUP BY 1, 2",
        span,
    )


def steps_by_day(connection: Connection, span: Span) -> dict[str, int]:
    """Applications that reached a state, by state; each once for each day on which it did."""
    return _by_one(
        connection,
        "SELECT e.dst AS what, count(DISTINCT a.id || substr(e.at, 1, 10)) AS n FROM application_event e"
        " JOIN application a ON a.id = e.application AND a.envelope = '' WHERE e.at >= :first AND e.at < :next GROUP BY 1",
        span,
    )


def sent_back(connection: Connection, span: Span) -> dict[str, int]:
    """差戻し of the ward, by form."""
    return _by_one(
        connection,
        "SELECT a.form AS what, count(*) AS n FROM review r JOIN application a ON a.id = r.application"
        " WHERE r.decision = 'sent_back' AND r.at >= :first AND r.at < :next GROUP BY 1",
        span,
    )


def pending(connection: Connection, span: Span) -> dict[str, int]:
    """Applications that were here and not finished when the period ended, by form. Those that had ended then and stand as they
    did, nearly all of a year's, are known by their own row."""
    return _by_one(
        connection,
        "SELECT s.kind AS what, count(*) AS n FROM slip s WHERE s.day <= :last AND NOT EXISTS (SELECT 1 FROM application a"
        f" WHERE a.slip = s.id AND a.envelope = '' AND a.state IN {_ENDED} AND a.id NOT IN"
        " (SELECT application FROM application_event WHERE at >= :next)) AND coalesce((SELECT e.dst FROM application a"
        " JOIN application_event e ON e.application = a.id WHERE a.slip = s.id AND a.envelope = '' AND e.at < :next"
        f" ORDER BY e.seq DESC LIMIT 1), '') NOT IN {_ENDED} GROUP BY 1",
        span,
    )


def waits(connection: Connection, span: Span) -> tuple[tuple[str, str, str], ...]:
    """(form, came in, 区審査済) of every application reviewed for the first time in the period."""
    rows = connection.execute(
        text(
            "SELECT a.form AS form, h.ended_at AS arrived, min(e.at) AS reviewed FROM application_event e"
            " JOIN application a ON a.id = e.application AND a.envelope = ''"
            " JOIN slip s ON s.id = a.slip JOIN handover h ON h.id = s.batch"
            " WHERE e.dst = 'reviewed' AND e.at >= :first AND e.at < :next AND NOT EXISTS (SELECT 1 FROM application_event x"
            " WHERE x.application = a.id AND x.dst = 'reviewed' AND x.at < :first) GROUP BY a.id"
        ),
        span.limits,
    )
    return tuple((row.form, row.arrived, row.reviewed) for row in rows)


def moved(connection: Connection, span: Span) -> Counts:
    """Sheets through the doors of the ledger, by kind and door (ward, made, returned); corrections taken off."""
    inside = "at >= :first AND at < :next"
    return _by_two(
        connection,
        "SELECT kind AS what, door AS how, sum(n) AS n FROM ("
        f"SELECT kind, frm AS door, sheets AS n FROM movement WHERE frm IN ('ward', 'made') AND {inside}"
        f" UNION ALL SELECT kind, dst, -sheets FROM movement WHERE dst IN ('ward', 'made') AND {inside}"
        f" UNION ALL SELECT kind, dst, sheets FROM movement WHERE dst = 'returned' AND {inside}"
        f" UNION ALL SELECT kind, frm, -sheets FROM movement WHERE frm = 'returned' AND {inside}"
        ") GROUP BY 1, 2",
        span,
    )


def moved_since(connection: Connection, span: Span, places: Iterable[str]) -> dict[str, int]:
    """Sheets that came to these places after the period, less those that left them, by kind."""
    among = ", ".join(f"'{place}'" for place in places)
    came = f"sum(sheets * ((dst IN ({among})) - (frm IN ({among}))))"
    # "+kind": found by time; grouped by the index of kinds SQLite would read the ledger of all years
    return _by_one(
        connection, f"SELECT kind AS what, {came} AS n FROM movement WHERE at >= :next GROUP BY +kind", span
    )  # +: by time, not by kind


def prints(connection: Connection, span: Span) -> Counts:
    """Sheets by certificate and by what became of them: printed, again, spoiled, submitted."""
    return _by_two(
        connection,
        "SELECT j.kind AS what, CASE e.dst WHEN 'needs_check' THEN CASE j.replaces WHEN '' THEN 'printed' ELSE 'again' END"
        " ELSE e.dst END AS how, count(DISTINCT j.id) AS n FROM certificate_event e JOIN certificate_job j ON j.id = e.job"
        " WHERE e.dst IN ('needs_check', 'spoiled', 'submitted') AND NOT (e.dst = 'submitted' AND j.spoiled = 1)"
        " AND (e.dst <> 'needs_check' OR e.frm = 'printing') AND e.frm <> e.dst AND e.at >= :first AND e.at < :next"
        " GROUP BY 1, 2",
        span,
    )


def serials(connection: Connection, span: Span) -> tuple[tuple[str, str], ...]:
    """(kind of certificate, serial of its paper) of every sheet a printer took in the period, each once, in order."""
    rows = connection.execute(
        text(
            "SELECT DISTINCT j.kind AS kind, e.serial AS serial FROM certificate_event e JOIN certificate_job j ON j.id = e.job"
            " WHERE e.serial <> '' AND e.frm = 'printing' AND e.at >= :first AND e.at < :next ORDER BY 1, 2"
        ),
        span.limits,
    )
    return tuple((row.kind, row.serial) for row in rows)


def incidents(connection: Connection, span: Span) -> tuple[tuple[str, str, str, bool], ...]:
    """(kind, since when it is known, told to the ward or "", closed) of every 事故・差異の記録 of these days."""
    rows = connection.execute(
        text(
            "SELECT i.kind AS kind, coalesce(t.told_at, '') AS told,"
            " CASE WHEN i.handover IS NULL THEN json_extract(i.facts, '$.found_at') ELSE i.opened_at END AS known,"
            " c.seq IS NOT NULL AS closed"
            " FROM incident i LEFT JOIN incident_entry t ON t.incident = i.id AND t.step = 'told'"
            " LEFT JOIN incident_entry c ON c.incident = i.id AND c.step = 'closed' WHERE i.day BETWEEN :first AND :last"
        ),
        span.limits,
    )
    return tuple((row.kind, row.known, row.told, bool(row.closed)) for row in rows)


def months_of_verification(connection: Connection, span: Span) -> tuple[Verified, ...]:
    """Of the whole months of the period, by form and field."""
    rows = connection.execute(
        text(
            "SELECT form, field, sum(verified), sum(mismatched), sum(keyer_wrong), sum(verifier_wrong) FROM verification_stat"
            " WHERE month || '-01' >= :first AND date(month || '-01', '+1 month') <= :next GROUP BY 1, 2 ORDER BY 1, 2"
        ),
        span.limits,
    )
    return tuple((row[0], row[1], *(int(number) for number in row[2:])) for row in rows)


_SOURCES = {
    "slip": "day",
    "application_event": "at",
    "movement": "at",
    "handover": "day",
    "review": "at",
    "second_keying": "started_at",
    "certificate_event": "at",
    "call": "day",
    "incident": "day",
    "day_close": "day",
    "presence": "day",
    "working_time": "day",
    "room_figures": "day",
}


def sources(connection: Connection, span: Span) -> dict[str, int]:
    """How many rows each table holds of the period: what was counted."""
    return {
        table: int(
            connection.execute(
                text(f"SELECT count(*) FROM {table} WHERE {column} >= :first AND {column} < :next"), span.limits
            ).scalar_one()
        )
        for table, column in _SOURCES.items()
    }


def _by_one(connection: Connection, query: str, span: Span) -> dict[str, int]:
    return {row.what: int(row.n) for row in connection.execute(text(query), span.limits)}


def _by_two(connection: Connection, query: str, span: Span) -> Counts:
    return {(row.what, row.how): int(row.n) for row in connection.execute(text(query), span.limits)}
