"""One line of counters for each opening of a paper (入力の統計)."""

from __future__ import annotations

from sqlalchemy import Connection, text

from nhi_center.domain.keying import Keying, Mode, Tally

_NEWEST = "(SELECT max(id) FROM keying WHERE application = :application AND session = :session)"


def start(connection: Connection, opened: Keying, application: str) -> None:
    """A paper has been opened: its counters begin at nothing."""
    connection.execute(
        text(
            "INSERT INTO keying (session, application, mode, person, keyer, form, started_at, ended_at)"
            " VALUES (:session, :application, :mode, :person, :keyer, :form, :at, :at)"
        ),
        {
            "session": opened.session,
            "application": application,
            "mode": opened.mode.value,
            "person": opened.person,
            "keyer": opened.keyer,
            "form": opened.form,
            "at": opened.started_at,
        },
    )


def put_tally(connection: Connection, session: str, application: str, tally: Tally, at: str) -> None:
    """What the hand has done since this sign-in opened the paper; a smaller count than before comes late and changes nothing."""
    connection.execute(
        text(
            "UPDATE keying SET ended_at = :at, seconds = max(seconds, :seconds), pause_seconds = max(pause_seconds, :pause),"
            f" keystrokes = max(keystrokes, :keys), bad_keystrokes = max(bad_keystrokes, :bad) WHERE id = {_NEWEST}"
        ),
        {
            "session": session,
            "application": application,
            "at": at,
            "seconds": tally.seconds,
            "pause": tally.pause_seconds,
            "keys": tally.keystrokes,
            "bad": tally.bad_keystrokes,
        },
    )


def finish(
    connection: Connection,
    session: str,
    application: str,
    records: int,
    fields_verified: int = 0,
    keyer_wrong: int = 0,
    verifier_wrong: int = 0,
) -> None:
    """The paper has come to the end of this step with so many persons."""
    connection.execute(
        text(
            "UPDATE keying SET cases = 1, records = :records, fields_verified = :verified, keyer_wrong = :keyer_wrong,"
            f" verifier_wrong = :verifier_wrong WHERE id = {_NEWEST}"
        ),
        {
            "session": session,
            "application": application,
            "records": records,
            "verified": fields_verified,
            "keyer_wrong": keyer_wrong,
            "verifier_wrong": verifier_wrong,
        },
    )


def of_month(connection: Connection, month: str) -> tuple[Keying, ...]:
    """Every opening of a month (YYYY-MM), in the order they began."""
    rows = connection.execute(
        text("SELECT * FROM keying WHERE started_at >= :first AND started_at < :after ORDER BY started_at, id"),
        {"first": month, "after": f"{month}~"},
    )
    return tuple(
        Keying(
            mode=Mode(row.mode),
            person=row.person,
            keyer=row.keyer,
            form=row.form,
            session=row.session,
            started_at=row.started_at,
            ended_at=row.ended_at,
            seconds=row.seconds,
            pause_seconds=row.pause_seconds,
            cases=row.cases,
            records=row.records,
            keystrokes=row.keystrokes,
            bad_keystrokes=row.bad_keystrokes,
            keyer_wrong=row.keyer_wrong,
            verifier_wrong=row.verifier_wrong,
            fields_verified=row.fields_verified,
        )
        for row in rows
    )


def months(connection: Connection) -> tuple[str, ...]:
    """The months with any keying, the latest first."""
    rows = connection.execute(text("SELECT DISTINCT substr(started_at, 1, 7) AS month FROM keying ORDER BY month DESC"))
    return tuple(row.month for row in rows)
