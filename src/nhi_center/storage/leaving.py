"""What leaves the terminal (期限の過ぎた記録): which papers and calls may, and taking out of them what concerns a person.

Rows, times, codes and counts stay, so that ledger, figures and log add up as before. All of it within the caller's transaction.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection, text

# What stands in the way is listed once each, from the few rows that are open, and each 管理票 held against the lists: asked for
# each of 12,000 by itself it took 0.4 seconds, and where SQLite read ledger or outbox anew each time, 20.
# CROSS JOIN keeps the order in which the tables are read; "+m.at" and "m.slip <> ''" lead SQLite to the index of the slip.
# A certificate is with the ward when it has signed for it (submitted: ``certificate_checks.submitted``).
# What another terminal has taken over (elsewhere) goes back to the ward there, and in this ledger never.
_PAPERS = text(
    """
SELECT s.id FROM slip s
 WHERE s.day >= :first AND s.day < :behind
   AND s.id IN (SELECT slip FROM application WHERE left_at = '')
   AND s.id NOT IN (SELECT slip FROM application WHERE state NOT IN ('done', 'returned', 'elsewhere'))
   AND s.id NOT IN (SELECT slip FROM transfer WHERE way = 'out' AND terminal = '')
   AND s.id NOT IN (SELECT slip FROM conflict WHERE settled_at = '')
   AND s.id NOT IN (SELECT slip FROM balance WHERE sheets > 0 AND place NOT IN ('ward', 'made', 'returned', 'other'))
   AND ((SELECT max(+m.at) FROM movement m WHERE m.slip = s.id AND m.slip <> '' AND m.dst = 'returned') < :limit
        OR s.id IN (SELECT slip FROM application WHERE state = 'elsewhere'))
   AND s.id NOT IN (SELECT a.slip FROM application_event e JOIN application a ON a.id = e.application WHERE e.at >= :limit)
   AND s.id NOT IN (SELECT a.slip FROM certificate_job j JOIN application a ON a.id = j.application
                     WHERE j.state NOT IN ('submitted', 'received', 'blocked'))
   AND s.id NOT IN (SELECT a.slip FROM certificate_event e CROSS JOIN certificate_job j ON j.id = e.job
                      CROSS JOIN application a ON a.id = j.application WHERE e.at >= :limit)
   AND s.id NOT IN (SELECT a.slip FROM correction c JOIN application a ON a.id = c.original WHERE c.correction IS NULL)
   AND s.id NOT IN (SELECT a.slip FROM outbox o CROSS JOIN application a ON a.id = json_extract(o.body, '$.application')
                     WHERE o.state IN ('waiting', 'refused') AND json_valid(o.body))
   AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.kind = 'handover' AND o.state <> 'sent')
 ORDER BY s.day, s.number LIMIT :most
"""
)
_CALLS = text(
    """
SELECT c.id FROM call c
 WHERE c.day >= :first AND c.day < :behind
   AND c.left_at = '' AND c.state IN ('done', 'dropped') AND c.day < :limit AND c.done_at < :limit
   AND c.id NOT IN (SELECT call FROM call_back WHERE done_at = '' OR done_at >= :limit)
   AND c.id NOT IN (SELECT call FROM ward_request WHERE settled_at = '' OR settled_at >= :limit)
   AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.state <> 'sent' AND o.kind = 'call')
 ORDER BY c.day, c.seq LIMIT :most
"""
)
Days = tuple[str, str]
"""From a day on (ISO) up to another that is not in it any more."""
EVER: Days = ("", "~")
OF_CONFLICTS = (
    "UPDATE conflict SET mine = json_set(mine, '$.values', json('{}')), records = '[]',"
    " theirs = CASE theirs WHEN '{}' THEN '{}' ELSE json_set(theirs, '$.values', json('{}')) END"
)
"""What was keyed on both sides goes; who, where and when stay."""
_FROM_APPLICATION = (
    "UPDATE application SET atena = '', fact_date = '', keyed = '{}', typed = '{}', reasons = '{}', carried = '{}', left_at = :at"
    " WHERE id = :id",
    "UPDATE application_line SET atena = '', fact_date = '' WHERE application = :id",
    "UPDATE application_version SET keyed = '{}', typed = '{}', reasons = '{}' WHERE application = :id",
    "UPDATE second_keying SET keyed = '{}' WHERE application = :id",
    "UPDATE mismatch SET keyer_value = '', verifier_value = '', value = '', reason = ''"
    " WHERE second_keying IN (SELECT id FROM second_keying WHERE application = :id)",
    "UPDATE review SET effect = '', reason = '' WHERE application = :id",
    "UPDATE ward_error SET reason = '' WHERE application = :id",
    "UPDATE withdrawal SET reason = '' WHERE application = :id",
    "UPDATE hold SET question = '', wording = '', answer = '' WHERE application = :id",
    f"{OF_CONFLICTS} WHERE application = :id",
    "DELETE FROM result WHERE application = :id",
    "UPDATE outbox SET body = json_object('application', :id)"
    " WHERE json_valid(body) AND json_extract(body, '$.application') = :id",
)
_WORDS_OF_CALL = (
    *("phone", "atena", "name", "birth", "address", "consent_number", "text", "ward_staff", "other_office_name", "back_number"),
)
"""Of a call's draft; its codes stay, for the figures."""
_FROM_CALL = (
    "UPDATE call SET atena = '', phone = '', left_at = :at, draft = json_set(draft, "
    + ", ".join(f"'$.{name}', ''" for name in _WORDS_OF_CALL)
    + ") WHERE id = :id",
    "UPDATE call_back SET number = '' WHERE call = :id",
    "UPDATE ward_request SET atena = '', words = '', answer = '' WHERE call = :id",
    "UPDATE outbox SET body = json_object('request', json_extract(body, '$.request'))"
    " WHERE EXISTS (SELECT 1 FROM ward_request WHERE call = :id) AND json_valid(body)"
    " AND json_extract(body, '$.request') IN (SELECT id FROM ward_request WHERE call = :id)",
    "UPDATE outbox SET body = json_object('call', :id) WHERE json_valid(body) AND json_extract(body, '$.call') = :id",
)


def confirmed_day(connection: Connection) -> date | None:
    """The business day of the newest head that the gateway has countersigned: the ward holds the log of the days before it."""
    found = connection.execute(text("SELECT max(day) FROM audit_head WHERE seq <= (SELECT max(seq) FROM audit_anchor)")).scalar()
    return date.fromisoformat(found) if found else None


def papers(connection: Connection, last_day: date, most: int, days: Days = EVER) -> tuple[str, ...]:
    """管理票 of these days whose paper the ward had signed for on ``last_day``, with everything about them sent and settled."""
    rows = connection.execute(_PAPERS, {"limit": _behind(last_day), "most": most, "first": days[0], "behind": days[1]})
    return tuple(row.id for row in rows)


def calls(connection: Connection, last_day: date, most: int, days: Days = EVER) -> tuple[str, ...]:
    """Calls of these days recorded by ``last_day``, with their promises kept, their requests answered and everything sent."""
    rows = connection.execute(_CALLS, {"limit": _behind(last_day), "most": most, "first": days[0], "behind": days[1]})
    return tuple(row.id for row in rows)


def take_papers(connection: Connection, slips: tuple[str, ...], at: str) -> int:
    """Take the applications of these 管理票 out; gives how many."""
    done = 0
    for slip in slips:
        found = connection.execute(text("SELECT id FROM application WHERE slip = :slip AND left_at = ''"), {"slip": slip})
        for row in found.all():
            _take(connection, row.id, at, _FROM_APPLICATION)
            done += 1
    return done


def take_calls(connection: Connection, ids: tuple[str, ...], at: str) -> int:
    """Take these calls out; gives how many."""
    for id_ in ids:
        _take(connection, id_, at, _FROM_CALL)
    return len(ids)


def has_left(connection: Connection, application: str) -> bool:
    return bool(
        connection.execute(text("SELECT 1 FROM application WHERE id = :id AND left_at <> ''"), {"id": application}).scalar()
    )


def _take(connection: Connection, id_: str, at: str, statements: tuple[str, ...]) -> None:
    connection.execute(text("INSERT INTO leaving (id) VALUES (:id)"), {"id": id_})
    for statement in statements:
        connection.execute(text(statement), {"id": id_, "at": at} if ":at" in statement else {"id": id_})
    connection.execute(text("DELETE FROM leaving WHERE id = :id"), {"id": id_})


def _behind(day: date) -> str:
    """Before what the times of this day and of the days before it sort."""
    return (day + timedelta(days=1)).isoformat()
