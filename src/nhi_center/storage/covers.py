"""台紙 that were printed, with exactly what stands on them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from sqlalchemy import Connection, text

from nhi_center.domain.covers import Cover, CoverState, Enclosed

_COVER = "SELECT id, household, contents, state, reason FROM cover"


def add(connection: Connection, cover: Cover, at: str, by: str) -> None:
    contents = {
        "postal": cover.postal,
        "address": cover.address,
        "head_name": cover.head_name,
        "enclosed": [asdict(one) for one in cover.enclosed],
    }
    connection.execute(
        text(
            "INSERT INTO cover (id, household, contents, state, made_at, by)"
            " VALUES (:id, :household, :contents, :state, :at, :by)"
        ),
        {
            "id": cover.id,
            "household": cover.household,
            "contents": json.dumps(contents, ensure_ascii=False, sort_keys=True),
            "state": CoverState.PRINTING.value,
            "at": at,
            "by": by,
        },
    )
    for one in cover.enclosed:
        connection.execute(text("INSERT INTO cover_job (cover, job) VALUES (:cover, :job)"), {"cover": cover.id, "job": one.job})


def move(connection: Connection, id_: str, state: CoverState, at: str, by: str, reason: str = "") -> None:
    """``at`` and ``by`` are kept as those of the check when a person has looked at it."""
    checked = state in (CoverState.GOOD, CoverState.SPOILED, CoverState.NOT_PRINTED)
    connection.execute(
        text(
            "UPDATE cover SET state = :state, reason = :reason, checked_at = iif(:checked, :at, checked_at),"
            " checked_by = iif(:checked, :by, checked_by) WHERE id = :id"
        ),
        {"id": id_, "state": state.value, "reason": reason, "checked": checked, "at": at, "by": by},
    )


def find(connection: Connection, id_: str) -> Cover | None:
    found = _covers(connection, "WHERE id = :id", {"id": id_})
    return found[0] if found else None


def in_state(connection: Connection, state: CoverState) -> tuple[Cover, ...]:
    return _covers(connection, "WHERE state = :state ORDER BY made_at, id", {"state": state.value})


def count_to_check(connection: Connection) -> int:
    """Covers that may have come out and that nobody has looked at."""
    waiting = {"printing": CoverState.PRINTING.value, "check": CoverState.NEEDS_CHECK.value}
    return int(connection.execute(text("SELECT count(*) FROM cover WHERE state IN (:printing, :check)"), waiting).scalar_one())


def _covers(connection: Connection, where: str, values: Mapping[str, str]) -> tuple[Cover, ...]:
    found = []
    for row in connection.execute(text(f"{_COVER} {where}"), values):
        contents = json.loads(row.contents)
        enclosed = tuple(Enclosed(**one) for one in contents["enclosed"])
        found.append(
            Cover(
                row.id,
                row.household,
                contents["postal"],
                contents["address"],
                contents["head_name"],
                enclosed,
                CoverState(row.state),
                row.reason,
            )
        )
    return tuple(found)
