"""一斉更新: the ward's orders and their people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from sqlalchemy import Connection, text

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.certificates import Group
from nhi_center.domain.people import Person, person_from_json
from nhi_center.domain.print_jobs import JobState
from nhi_center.domain.renewal import Candidate, Renewal

_RENEWAL = "SELECT id, ward_order, groups, issued, made_at, by, ended_at FROM renewal"
_CANDIDATE = (
    "SELECT p.atena, p.household, p.kind, p.lot, p.place, p.reason, p.pulled, p.detail, p.digest, j.id AS job, j.state"
    " FROM renewal_person p"
    " LEFT JOIN certificate_job j ON j.renewal = p.renewal AND j.renewal <> '' AND j.atena = p.atena AND j.spoiled = 0"
)
_PUT = (
    "INSERT INTO renewal_person (renewal, atena, household, kind, lot, place, reason, pulled, detail, digest)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (renewal, atena) DO UPDATE SET household = excluded.household,"
    " kind = excluded.kind, lot = excluded.lot, place = excluded.place, reason = excluded.reason, pulled = excluded.pulled,"
    " detail = excluded.detail, digest = excluded.digest"
)
_PAGE = 2000


def add(connection: Connection, renewal: Renewal) -> None:
    connection.execute(
        text(
            "INSERT INTO renewal (id, ward_order, groups, issued, made_at, by)"
            " VALUES (:id, :order, :groups, :issued, :made_at, :by)"
        ),
        {
            "id": renewal.id,
            "order": renewal.order,
            "groups": " ".join(renewal.groups),
            "issued": renewal.issued.isoformat(),
            "made_at": renewal.made_at,
            "by": renewal.by,
        },
    )


def end(connection: Connection, id_: str, at: str, by: str) -> None:
    connection.execute(text("UPDATE renewal SET ended_at = :at, ended_by = :by WHERE id = :id"), {"id": id_, "at": at, "by": by})


def find(connection: Connection, id_: str) -> Renewal | None:
    found = _renewals(connection, "WHERE id = :id", {"id": id_})
    return found[0] if found else None


def every(connection: Connection) -> tuple[Renewal, ...]:
    """The newest first."""
    return _renewals(connection, "ORDER BY made_at DESC, id", {})


def _renewals(connection: Connection, where: str, values: Mapping[str, str]) -> tuple[Renewal, ...]:
    return tuple(
        Renewal(
            id=row.id,
            order=row.ward_order,
            groups=tuple(Group(name) for name in row.groups.split()),
            issued=date.fromisoformat(row.issued),
            made_at=row.made_at,
            by=row.by,
            ended_at=row.ended_at,
        )
        for row in connection.execute(text(f"{_RENEWAL} {where}"), values)
    )


def put(connection: Connection, renewal: str, candidates: Iterable[Candidate]) -> None:
    """New people of a renewal, and what has changed of known ones; all at once, since they may be the whole ward."""
    rows = [
        (
            renewal,
            *(one.atena, one.household, one.kind.value, one.lot, one.place, " ".join(one.blocks), one.pulled),
            *(one.detail, one.digest),
        )
        for one in candidates
    ]
    if rows:
        connection.exec_driver_sql(_PUT, rows)


def candidate(connection: Connection, renewal: str, atena: str) -> Candidate | None:
    found = _candidates(connection, "AND p.atena = :atena", {"renewal": renewal, "atena": atena})
    return found[0] if found else None


def candidates(connection: Connection, renewal: str) -> tuple[Candidate, ...]:
    """Everybody, in the order of the post."""
    return _candidates(connection, "ORDER BY p.place, p.atena", {"renewal": renewal})


def in_lot(connection: Connection, renewal: str, lot: int) -> tuple[Candidate, ...]:
    return _candidates(connection, "AND p.lot = :lot ORDER BY p.place", {"renewal": renewal, "lot": lot})


def without_lot(connection: Connection, renewal: str) -> tuple[Candidate, ...]:
    """Who gets nothing for now, in the order of the post."""
    return _candidates(connection, "AND p.lot = 0 ORDER BY p.place, p.atena", {"renewal": renewal})


def last_lot(connection: Connection, renewal: str) -> int:
    found = connection.execute(
        text("SELECT coalesce(max(lot), 0) FROM renewal_person WHERE renewal = :renewal"), {"renewal": renewal}
    )
    return int(found.scalar_one())


def lot_states(connection: Connection, renewal: str) -> tuple[tuple[int, str, int, int, str, str], ...]:
    """(lot, state of the job or "" before it is put out, sheets, households, lowest and highest number of the paper)."""
    rows = connection.execute(
        text(
            "SELECT p.lot, coalesce(j.state, '') AS state, count(*) AS sheets, count(DISTINCT p.household) AS households,"
            " min(nullif(j.serial, '')) AS first, max(j.serial) AS last FROM renewal_person p"
            " LEFT JOIN certificate_job j ON j.renewal = p.renewal AND j.atena = p.atena AND j.spoiled = 0"
            " WHERE p.renewal = :renewal AND p.lot > 0 GROUP BY p.lot, coalesce(j.state, '') ORDER BY p.lot"
        ),
        {"renewal": renewal},
    )
    return tuple((int(row.lot), row.state, int(row.sheets), int(row.households), row.first or "", row.last or "") for row in rows)


def households(connection: Connection, renewal: str) -> dict[int, int]:
    """How many households each lot has."""
    rows = connection.execute(
        text("SELECT lot, count(DISTINCT household) AS n FROM renewal_person WHERE renewal = :renewal AND lot > 0 GROUP BY lot"),
        {"renewal": renewal},
    )
    return {int(row.lot): int(row.n) for row in rows}


def add_event(connection: Connection, renewal: str, atena: str, what: str, reason: str, at: str, by: str) -> None:
    """``what``: pulled, put_back or changed."""
    connection.execute(
        text(
            "INSERT INTO renewal_event (renewal, atena, what, reason, at, by) VALUES (:renewal, :atena, :what, :reason, :at, :by)"
        ),
        {"renewal": renewal, "atena": atena, "what": what, "reason": reason, "at": at, "by": by},
    )


def people(connection: Connection) -> Iterator[tuple[Person, ...]]:
    """Everybody of the register, page by page."""
    after = 0
    while True:
        rows = connection.execute(
            text("SELECT id, body FROM person WHERE id > :after ORDER BY id LIMIT :limit"), {"after": after, "limit": _PAGE}
        ).all()
        if not rows:
            return
        yield tuple(person_from_json(json.loads(row.body)) for row in rows)
        after = int(rows[-1].id)


def filed(connection: Connection, forms: Iterable[str]) -> dict[str, set[str]]:
    """宛名番号 of everybody with a reviewed application of each of these forms."""
    found: dict[str, set[str]] = {form: set() for form in forms}
    for form in found:
        rows = connection.execute(
            text("SELECT atena FROM application WHERE atena <> '' AND form = :form AND state IN ('reviewed', 'done')"),
            {"form": form},
        )
        found[form] = {row.atena for row in rows}
    return found


def _candidates(connection: Connection, where: str, values: Mapping[str, object]) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            atena=row.atena,
            household=row.household,
            kind=Kind(row.kind),
            lot=int(row.lot),
            place=int(row.place),
            blocks=tuple(Block(code) for code in row.reason.split()),
            pulled=row.pulled,
            detail=row.detail,
            digest=row.digest,
            job=row.job or "",
            state=JobState(row.state) if row.state else None,
        )
        for row in connection.execute(text(f"{_CANDIDATE} WHERE p.renewal = :renewal {where}"), values)
    )
