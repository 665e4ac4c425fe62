"""Applications (届出・申請) and their steps."""

from __future__ import annotations

import json
import uuid
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from nhi_center.domain.entry import Application, Draft, Event, State
from nhi_center.domain.forms.case import Earlier

_APPLICATION = (
    "SELECT a.id, a.slip, s.number, s.day, s.batch, a.form, a.form_day, a.state, a.atena, a.fact_date, a.keyer, a.session,"
    " a.urgent_until, a.opened_at, a.saved_at, a.entered_at, a.keyed, a.typed, a.reasons, a.page, a.field"
    " FROM application a JOIN slip s ON s.id = a.slip"
)


def add(connection: Connection, slip: str, form: str, form_day: str) -> str:
    """A new application for one slip, in state received; gives its id."""
    id_ = str(uuid.uuid4())
    connection.execute(
        text("INSERT INTO application (id, slip, form, form_day, state) VALUES (:id, :slip, :form, :form_day, 'received')"),
        {"id": id_, "slip": slip, "form": form, "form_day": form_day},
    )
    return id_


def find(connection: Connection, id_: str) -> Application | None:
    found = _applications(connection, "WHERE a.id = :id", {"id": id_})
    return found[0] if found else None


def find_by_slip(connection: Connection, slip: str) -> Application | None:
    found = _applications(connection, "WHERE a.slip = :slip", {"slip": slip})
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


def release(connection: Connection, id_: str) -> None:
    connection.execute(text("UPDATE application SET session = '' WHERE id = :id"), {"id": id_})


def save_draft(connection: Connection, id_: str, session: str, draft: Draft, fact_date: str, at: str) -> bool:
    """Keep what stands in the form; False when this sign-in does not have the draft open any more."""
    changed = connection.execute(
        text(
            "UPDATE application SET keyed = :keyed, typed = :typed, reasons = :reasons, page = :page, field = :field,"
            " fact_date = :fact_date, saved_at = :at WHERE id = :id AND session = :session AND state = 'drafting'"
        ),
        {
            "keyed": _dump(draft.values),
            "typed": _dump(draft.typed),
            "reasons": _dump(draft.reasons),
            "page": draft.page,
            "field": draft.field,
            "fact_date": fact_date,
            "at": at,
            "id": id_,
            "session": session,
        },
    )
    return bool(changed.rowcount)


def set_person(connection: Connection, id_: str, atena: str) -> None:
    connection.execute(text("UPDATE application SET atena = :atena WHERE id = :id"), {"atena": atena, "id": id_})


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


def earlier(connection: Connection, atena: str, besides: str) -> tuple[Earlier, ...]:
    """Earlier receipts of the same person with a keyed day of the fact, newest first (V19). What a 訂正 replaces is none."""
    if not atena:
        return ()
    rows = connection.execute(
        text(
            "SELECT s.number, a.form, a.fact_date FROM application a JOIN slip s ON s.id = a.slip"
            " WHERE a.atena = :atena AND a.id <> :id AND a.fact_date <> '' AND a.state <> 'returned'"
            " AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.original = a.id AND c.correction IS NOT NULL)"
            " ORDER BY s.day DESC, s.number DESC"
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
            draft=Draft(json.loads(row.keyed), json.loads(row.typed), json.loads(row.reasons), row.page, row.field),
        )
        for row in connection.execute(text(f"{_APPLICATION} {where}"), values)
    )


def _dump(value: Any) -> str:
    return json.dumps(dict(value), ensure_ascii=False)
