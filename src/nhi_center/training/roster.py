"""The training room's roster: its contractor people accepted, pledged and trained for the whole 年度. All of it invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from nhi_center.domain.operators import Role
from nhi_center.synthesis.cast import COMPANY

if TYPE_CHECKING:
    from nhi_center.domain.roster import Event
    from nhi_center.settings import Settings

BEGINS, ENDS = date(2026, 4, 1), date(2027, 3, 31)
REPORT, RECEIPT = "20260325-T04-1", "7新健医第0000号"
_SUPERVISOR, _WARD = "s-toko", "40127"


def enrol_people(settings: Settings, store_key: bytes, people: tuple[tuple[str, str, Role], ...], since: date = BEGINS) -> None:
    """Put the contractor's of (ID, name, role) on the roster of a store nobody has open, from the first of April ``since`` on.

    The same events at every terminal, so that an exchange adds nothing.
    """
    from nhi_center.storage import roster
    from nhi_center.storage.store import open_store

    store = open_store(settings.store, (store_key,))
    try:
        with store.write.begin() as connection:
            contractors = [one for one in people if one[2].is_contractor]
            for number, (person, name, role) in enumerate(contractors, start=1):
                for event in _history(person, name, role, number, since):
                    roster.add(connection, event, settings.terminal)
    finally:
        store.close()


def _history(person: str, name: str, role: Role, number: int, since: date) -> Iterator[Event]:
    from nhi_center.domain.roster import Act, Designation, Event, designation_to_json, training_to_json
    from nhi_center.domain.roster_training import Training
    from nhi_center.services.roster import pledge_text
    from nhi_center.services.roster_gate import kinds

    jobs = "業務の管理・不一致の判定" if role is Role.SUPERVISOR else "入力・照合・証等の出力・電話"
    wanted = designation_to_json(
        Designation(
            name=name,
            employer=COMPANY,
            department="国保事務センター",
            role=role,
            begins=since,
            ends=ENDS,
            jobs=jobs,
            card=f"C-{number:03}",
            locker=f"{number:02}",
        )
    )
    day = since.isoformat()
    reported = (since - timedelta(days=7)).isoformat()
    acts: list[tuple[Act, str, dict[str, Any]]] = [
        (Act.PROPOSED, _SUPERVISOR, wanted),
        (Act.REPORTED, _SUPERVISOR, {"number": REPORT, "day": reported, "designation": wanted, "leaving": False}),
        (Act.ACCEPTED, _WARD, {"report": REPORT, "receipt": RECEIPT, "day": day}),
        (Act.OPENED, _WARD, {}),
        (Act.PLEDGED, _SUPERVISOR, {"version": pledge_text().version, "day": day, "leaving": False}),
    ]
    for held in (since.replace(year=year) for year in range(since.year, BEGINS.year + 1)):
        for kind in kinds():
            if role in kind.roles:
                score = 90 if kind.pass_mark else None
                lesson = Training(kind.id, held, "研修用の記録", score, True, kind.last_day(held), _SUPERVISOR)
                acts.append((Act.TRAINED, _SUPERVISOR, training_to_json(lesson)))
    for revision, (act, by, body) in enumerate(acts, start=1):
        yield Event(f"training-{person}-{revision}", person, revision, act, f"{day}T09:00:00+09:00", by, body)
