"""Second keyings, differences and their settlements, and the counts per field (照合)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, text

from nhi_center.domain.operators import Signature
from nhi_center.domain.verification import FieldStatistics, Mismatch, Settlement, Verdict


@dataclass(frozen=True, slots=True, repr=False)
class SecondKeying:
    """One open round: what the verifier has keyed so far, as read; a field that is not in it has not been keyed.

    ``again``: what he keyed first where that differed, and what he has to key, or has keyed, once more.
    """

    id: str
    application: str
    verifier: str
    keyed: Mapping[str, str]
    started_at: str
    again: Mapping[str, str]


def start(connection: Connection, application: str, verifier: str, at: str) -> None:
    connection.execute(
        text("INSERT INTO second_keying (id, application, verifier, started_at) VALUES (:id, :application, :verifier, :at)"),
        {"id": str(uuid.uuid4()), "application": application, "verifier": verifier, "at": at},
    )


def find_open(connection: Connection, application: str) -> SecondKeying | None:
    row = connection.execute(
        text(
            "SELECT id, application, verifier, keyed, started_at, again FROM second_keying"
            " WHERE application = :application AND state = 'open'"
        ),
        {"application": application},
    ).one_or_none()
    if row is None:
        return None
    return SecondKeying(row.id, row.application, row.verifier, json.loads(row.keyed), row.started_at, json.loads(row.again))


def verifiers_at_work(connection: Connection) -> dict[str, str]:
    """Who is verifying what: verifier by application."""
    rows = connection.execute(text("SELECT application, verifier FROM second_keying WHERE state = 'open'"))
    return {row.application: row.verifier for row in rows}


def save_again(connection: Connection, keying: str, again: Mapping[str, str]) -> None:
    connection.execute(
        text("UPDATE second_keying SET again = :again WHERE id = :id"),
        {"id": keying, "again": json.dumps(dict(again), ensure_ascii=False)},
    )


def save(connection: Connection, keying: str, keyed: Mapping[str, str]) -> None:
    connection.execute(
        text("UPDATE second_keying SET keyed = :keyed WHERE id = :id"),
        {"id": keying, "keyed": json.dumps(dict(keyed), ensure_ascii=False)},
    )


def end(connection: Connection, keying: str, state: str, at: str) -> None:
    """``state``: done, or given_up when somebody else starts anew."""
    connection.execute(
        text("UPDATE second_keying SET state = :state, ended_at = :at WHERE id = :id"), {"id": keying, "state": state, "at": at}
    )


def add_mismatch(connection: Connection, keying: str, mismatch: Mismatch, at: str) -> None:
    connection.execute(
        text(
            "INSERT INTO mismatch (second_keying, field, critical, keyer_value, verifier_value, found_at)"
            " VALUES (:keying, :field, :critical, :keyer_value, :verifier_value, :at)"
        ),
        {
            "keying": keying,
            "field": mismatch.field,
            "critical": int(mismatch.critical),
            "keyer_value": mismatch.keyer_value,
            "verifier_value": mismatch.verifier_value,
            "at": at,
        },
    )


def mismatches(
    connection: Connection, keying: str, labels: Mapping[str, str]
) -> tuple[tuple[Mismatch, ...], tuple[Settlement, ...]]:
    """All differences of one round in the order they were found, and the settlements made so far. ``labels`` by field."""
    rows = connection.execute(
        text(
            "SELECT field, critical, keyer_value, verifier_value, verdict, value, reason, decided_by FROM mismatch"
            " WHERE second_keying = :keying ORDER BY found_at, field"
        ),
        {"keying": keying},
    ).all()
    found = tuple(Mismatch(row.field, labels[row.field], bool(row.critical), row.keyer_value, row.verifier_value) for row in rows)
    settled = tuple(
        Settlement(row.field, Verdict(row.verdict), row.value, row.decided_by, row.reason) for row in rows if row.verdict
    )
    return found, settled


def settle(connection: Connection, keying: str, settlement: Settlement, at: str) -> None:
    connection.execute(
        text(
            "UPDATE mismatch SET verdict = :verdict, value = :value, reason = :reason, decided_by = :by, decided_at = :at"
            " WHERE second_keying = :keying AND field = :field"
        ),
        {
            "keying": keying,
            "field": settlement.field,
            "verdict": settlement.verdict.value,
            "value": settlement.value,
            "reason": settlement.reason,
            "by": settlement.decided_by,
            "at": at,
        },
    )


def keep_signature(connection: Connection, keying: str, field: str, signature: Signature) -> None:
    connection.execute(
        text(
            "INSERT INTO mismatch_signature (second_keying, field, person, name, role, signed_at, statement, value)"
            " VALUES (:keying, :field, :person, :name, :role, :signed_at, :statement, :value)"
        ),
        {
            "keying": keying,
            "field": field,
            **asdict(signature),
        },
    )


def put_values(connection: Connection, application: str, values: Mapping[str, str], settled: Iterable[str], fact: str) -> None:
    """Verified values stand in the application from now on, the day of the ``fact`` with them.

    What was typed into a ``settled`` field goes with the old value.
    """
    row = connection.execute(text("SELECT typed FROM application WHERE id = :id"), {"id": application}).one()
    gone = set(settled)
    typed = {field: was for field, was in json.loads(row.typed).items() if field not in gone}
    connection.execute(
        text("UPDATE application SET keyed = :keyed, typed = :typed, fact_date = :fact WHERE id = :id"),
        {
            "id": application,
            "keyed": json.dumps(dict(values), ensure_ascii=False),
            "typed": json.dumps(typed, ensure_ascii=False),
            "fact": fact,
        },
    )


def count(connection: Connection, month: str, entries: Iterable[FieldStatistics]) -> None:
    """Add one verified form to the counts of its month (YYYY-MM)."""
    for entry in entries:
        connection.execute(
            text(
                "INSERT INTO verification_stat (month, form, field, verified, mismatched, keyer_wrong, verifier_wrong)"
                " VALUES (:month, :form, :field, :verified, :mismatched, :keyer_wrong, :verifier_wrong)"
                " ON CONFLICT (month, form, field) DO UPDATE SET verified = verified + excluded.verified,"
                " mismatched = mismatched + excluded.mismatched, keyer_wrong = keyer_wrong + excluded.keyer_wrong,"
                " verifier_wrong = verifier_wrong + excluded.verifier_wrong"
            ),
            {
                "month": month,
                "form": entry.form,
                "field": entry.field,
                "verified": entry.verified,
                "mismatched": entry.mismatched,
                "keyer_wrong": entry.keyer_wrong,
                "verifier_wrong": entry.verifier_wrong,
            },
        )


def statistics(connection: Connection, month: str) -> tuple[FieldStatistics, ...]:
    """The counts of one month, by form and field."""
    rows = connection.execute(
        text(
            "SELECT form, field, verified, mismatched, keyer_wrong, verifier_wrong FROM verification_stat"
            " WHERE month = :month ORDER BY form, field"
        ),
        {"month": month},
    )
    return tuple(
        FieldStatistics(row.form, row.field, row.verified, row.mismatched, row.keyer_wrong, row.verifier_wrong) for row in rows
    )
