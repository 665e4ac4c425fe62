"""Applications (届出・申請) and their steps."""

from __future__ import annotations

import json
import uuid
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain.entry import Application, Draft, Event, State
from nhi_center.domain.forms.case import Earlier
from nhi_center.domain.forms.envelope import FIRST, Line
from nhi_center.domain.sampling import NOT_DRAWN

_APPLICATION = (
    "SELECT a.id, a.slip, s.number, s.day, s.batch, a.form, a.form_day, a.state, a.atena, a.fact_date, a.keyer, a.session,"
    " a.urgent_until, a.opened_at, a.saved_at, a.entered_at, a.keyed, a.typed, a.reasons, a.page, a.field,"
    " a.carried, a.envelope"
    " FROM application a JOIN slip s ON s.id = a.slip"
)


def add(connection: Connection, slip: str, form: str, form_day: str, id_: str = "") -> str:
    """A new application for one slip, in state received; gives its id, a new one unless it has been given one."""
    id_ = id_ or str(uuid.uuid4())
    connection.execute(
        text("INSERT INTO application (id, slip, form, form_day, state) VALUES (:id, :slip, :form, :form_day, 'received')"),
        {"id": id_, "slip": slip, "form": form, "form_day": form_day},
    )
    return id_


def find(connection: Connection, id_: str) -> Application | None:
    found = _applications(connection, "WHERE a.id = :id", {"id": id_})
    return found[0] if found else None


def find_by_slip(connection: Connection, slip: str) -> Application | None:
    found = _applications(connection, "WHERE a.slip = :slip AND a.envelope = ''", {"slip": slip})
    return found[0] if found else None


def applications_of(connection: Connection, atena: str) -> tuple[Application, ...]:
    """Everything filed for one person that has reached this terminal, the newest first."""
    return _applications(
        connection, "WHERE a.atena = :atena AND a.atena <> '' ORDER BY s.day DESC, s.number DESC", {"atena": atena}
    )


def list_by_state(connection: Connection, *states: State) -> tuple[Application, ...]:
    """All in these states: 至急 first, by when they are promised, then by slip, oldest first."""
    wanted = ", ".join(f"'{state.value}'" for state in states)
    return _applications(
        connection,
        f"WHERE a.state IN ({wanted}) ORDER BY a.urgent_until = '', a.urgent_until, s.day, s.number",
        {},
    )


def count_by_state(connection: Connection) -> dict[State, int]:
    """How many stand where; states with none are left out."""
    rows = connection.execute(text("SELECT state, count(*) AS n FROM application GROUP BY state"))
    return {State(row.state): int(row.n) for row in rows}


def move(connection: Connection, application: Application, to: State, at: str, by: str, note: str) -> None:
    """Write the step and its event. The caller has checked the transition."""
    connection.execute(text("UPDATE application SET state = :state WHERE id = :id"), {"state": to.value, "id": application.id})
    connection.execute(
        text("INSERT INTO application_event (application, at, by, frm, dst, note) VALUES (:id, :at, :by, :frm, :dst, :note)"),
        {"id": application.id, "at": at, "by": by, "frm": application.state.value, "dst": to.value, "note": note},
    )


def events(connection: Connection, id_: str) -> tuple[Event, ...]:
    """Every step of one application, in order."""
    rows = connection.execute(
        text("SELECT at, by, frm, dst, note FROM application_event WHERE application = :id ORDER BY seq"), {"id": id_}
    )
    return tuple(Event(row.at, row.by, State(row.frm), State(row.dst), row.note) for row in rows)


def was_drawn(connection: Connection, id_: str) -> bool:
    """Whether it was keyed twice the last time it came to 区の審査待ち; False for one the draw had passed by (抽出外)."""
    note = connection.execute(
        text("SELECT note FROM application_event WHERE application = :id AND dst = 'verified' ORDER BY seq DESC LIMIT 1"),
        {"id": id_},
    ).scalar()
    return note != NOT_DRAWN


def keyers(connection: Connection, id_: str) -> frozenset[str]:
    """Everybody who ever opened the draft: none of them may verify it. Who sent it back to the draft has not keyed it."""
    rows = connection.execute(
        text(
            "SELECT DISTINCT by FROM application_event"
            " WHERE application = :id AND dst = 'drafting' AND frm IN ('received', 'drafting')"
        ),
        {"id": id_},
    )
    return frozenset(row.by for row in rows)


def claim(connection: Connection, id_: str, person: str, session: str, at: str) -> None:
    """This sign-in has the draft open from now on."""
    connection.execute(
        text("UPDATE application SET keyer = :person, session = :session, opened_at = :at WHERE id = :id"),
        {"id": id_, "person": person, "session": session, "at": at},
    )


def assign(connection: Connection, application: Application, to: str, at: str, note: str) -> None:
    """The draft is ``to``'s, opened by nobody. The step is his, because no keyer may verify; ``note`` says whose doing it was."""
    connection.execute(text("UPDATE application SET keyer = :to, session = '' WHERE id = :id"), {"to": to, "id": application.id})
    move(connection, application, State.DRAFTING, at, to, note)


def release(connection: Connection, id_: str) -> None:
    connection.execute(text("UPDATE application SET session = '' WHERE id = :id"), {"id": id_})


def save_draft(connection: Connection, id_: str, session: str, draft: Draft, fact_date: str, at: str) -> bool:
    """Keep what stands in the form; False when this sign-in does not have the draft open any more."""
    changed = connection.execute(
        text(
            "UPDATE application SET keyed = :keyed, typed = :typed, reasons = :reasons, page = :page, field = :field,"
            " carried = :carried, fact_date = :fact_date, saved_at = :at"
            " WHERE id = :id AND session = :session AND state = 'drafting'"
        ),
        {
            "keyed": _dump(draft.values),
            "typed": _dump(draft.typed),
            "reasons": _dump(draft.reasons),
            "page": draft.page,
            "field": draft.field,
            "carried": _dump(draft.carried),
            "fact_date": fact_date,
            "at": at,
            "id": id_,
            "session": session,
        },
    )
    return bool(changed.rowcount)


def put_line(connection: Connection, id_: str, line: Line) -> None:
    """One person line as it stands now: added, or changed. Line 1 is the application's own."""
    values = {"id": id_, "number": line.number, "form": line.form, "atena": line.atena, "fact": line.fact_date}
    if line.number == FIRST:
        statement = "UPDATE application SET form = :form, atena = :atena, fact_date = :fact WHERE id = :id"
    else:
        statement = (
            "INSERT INTO application_line (application, number, form, atena, fact_date)"
            " VALUES (:id, :number, :form, :atena, :fact)"
            " ON CONFLICT (application, number) DO UPDATE SET form = :form, atena = :atena, fact_date = :fact"
        )
    connection.execute(text(statement), values)


def remove_line(connection: Connection, id_: str, number: int) -> None:
    connection.execute(
        text("DELETE FROM application_line WHERE application = :id AND number = :number"), {"id": id_, "number": number}
    )


def add_case(connection: Connection, envelope: Application, line: Line, draft: Draft) -> str:
    """The case of a further person line, which goes its own way from the review on; gives its id."""
    id_ = str(uuid.uuid4())
    connection.execute(
        text(
            "INSERT INTO application (id, slip, envelope, form, form_day, state, atena, fact_date, keyer, urgent_until,"
            " keyed, reasons) VALUES (:id, :slip, :envelope, :form, :form_day, :state, :atena, :fact, :keyer, :urgent, :keyed,"
            " :reasons)"
        ),
        {
            "id": id_,
            "slip": envelope.slip,
            "envelope": envelope.id,
            "form": line.form,
            "form_day": envelope.form_day,
            "state": envelope.state.value,
            "atena": line.atena,
            "fact": line.fact_date,
            "keyer": envelope.keyer,
            "urgent": envelope.urgent_until,
            "keyed": _dump(draft.values),
            "reasons": _dump(draft.reasons),
        },
    )
    return id_


def newest_reviewed(connection: Connection, atena: str, form: str) -> Application | None:
    """The person's newest application of a form that the ward has reviewed; None where there is none."""
    found = _applications(
        connection,
        "WHERE a.atena = :atena AND a.atena <> '' AND a.form = :form AND a.state IN ('reviewed', 'done')"
        " ORDER BY a.fact_date DESC, a.entered_at DESC LIMIT 1",
        {"atena": atena, "form": form},
    )
    return found[0] if found else None


def cases_of(connection: Connection, envelope: str) -> tuple[Application, ...]:
    """The cases made of an envelope's further lines."""
    return _applications(connection, "WHERE a.envelope = :id AND a.envelope <> '' ORDER BY a.atena, a.id", {"id": envelope})


def set_entered(connection: Connection, id_: str, at: str) -> None:
    connection.execute(text("UPDATE application SET entered_at = :at, session = '' WHERE id = :id"), {"at": at, "id": id_})


def start_from(connection: Connection, id_: str, draft: Draft, atena: str, fact_date: str) -> None:
    """What a 訂正 begins with: the person and the values of the application it corrects."""
    connection.execute(
        text(
            "UPDATE application SET keyed = :keyed, reasons = :reasons, atena = :atena, fact_date = :fact"
            " WHERE id = :id AND state = 'received'"
        ),
        {
            "keyed": _dump(draft.values),
            "reasons": _dump(draft.reasons),
            "atena": atena,
            "fact": fact_date,
            "id": id_,
        },
    )


def set_urgent(connection: Connection, id_: str, until: str) -> None:
    connection.execute(text("UPDATE application SET urgent_until = :until WHERE id = :id"), {"until": until, "id": id_})


def urgent(connection: Connection) -> tuple[Application, ...]:
    """Every application somebody was promised, the nearest first."""
    return _applications(connection, "WHERE a.urgent_until <> '' AND a.envelope = '' ORDER BY a.urgent_until", {})


def earlier(connection: Connection, atena: str, besides: str) -> tuple[Earlier, ...]:
    """Earlier receipts of the same person with a keyed day of the fact, newest first (V19). What a 訂正 replaces is none."""
    if not atena:
        return ()
    rows = connection.execute(
        text(
            "SELECT s.number, s.day, a.form, a.fact_date FROM application a JOIN slip s ON s.id = a.slip"
            " WHERE a.atena = :atena AND a.atena <> '' AND a.id <> :id AND a.fact_date <> '' AND a.state <> 'returned'"
            " AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.original = a.id AND c.correction IS NOT NULL)"
            " UNION ALL SELECT s.number, s.day, l.form, l.fact_date FROM application_line l"
            " JOIN application a ON a.id = l.application JOIN slip s ON s.id = a.slip"
            " WHERE l.atena = :atena AND l.atena <> '' AND a.id <> :id AND l.fact_date <> ''"
            " AND a.state NOT IN ('reviewed', 'done', 'returned')"
            " ORDER BY 2 DESC, 1 DESC"
        ),
        {"atena": atena, "id": besides},
    )
    return tuple(Earlier(row.number, row.form, date.fromisoformat(row.fact_date)) for row in rows)


def _applications(connection: Connection, where: str, values: dict[str, Any]) -> tuple[Application, ...]:
    return tuple(
        Application(
            id=row.id,
            slip=row.slip,
            number=row.number,
            day=row.day,
            batch=row.batch,
            form=row.form,
            form_day=row.form_day,
            state=State(row.state),
            atena=row.atena,
            fact_date=row.fact_date,
            keyer=row.keyer,
            session=row.session,
            urgent_until=row.urgent_until,
            opened_at=row.opened_at,
            saved_at=row.saved_at,
            entered_at=row.entered_at,
            draft=Draft(
                json.loads(row.keyed),
                json.loads(row.typed),
                json.loads(row.reasons),
                row.page,
                row.field,
                json.loads(row.carried),
            ),
            further=_further(connection, row.id),
            envelope=row.envelope,
        )
        for row in connection.execute(text(f"{_APPLICATION} {where}"), values).all()
    )


def _further(connection: Connection, id_: str) -> tuple[Line, ...]:
    rows = connection.execute(
        text("SELECT number, form, atena, fact_date FROM application_line WHERE application = :id ORDER BY number"), {"id": id_}
    )
    return tuple(Line(row.number, row.form, row.atena, row.fact_date) for row in rows)


def _dump(value: Any) -> str:
    return json.dumps(dict(value), ensure_ascii=False)
