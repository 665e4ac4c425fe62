"""月の鍵: without it a month's backups stay shut for ever. It is in the slots of this terminal and at the segment, nowhere else.

A month has one key. A second one would make the copies of the first unreadable, so the store remembers its fingerprint, and
a person whose slot was found without it (it is older than the key) gets it from the next person who has it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import replace

from nhi_center.domain.operators import Action
from nhi_center.errors import EnvironmentTrouble
from nhi_center.services import known_people
from nhi_center.services.office import Office
from nhi_center.services.session import terminal_session
from nhi_center.services.work import begin, reading
from nhi_center.storage import backup_state
from nhi_center.storage.backup_state import MonthMark
from nhi_center.storage.engine import Connection

_REFUSED = "LK-03"


def ensure_month_key(office: Office) -> Office:
    """The office with this month's key among its contents: made and sealed for everybody when the month has none yet.

    Called once, right after sign-in: who goes on with an older office would seal the slots without the key. Raises
    EnvironmentTrouble ST-*; the key counts as made only when every slot has it.
    """
    month = f"{office.clock.today():%Y-%m}"
    key = office.contents.month_keys.get(month)
    mark = _marks(office).get(month)
    if mark is not None and mark.destroyed:
        return office
    if mark is not None and mark.sealed:
        return _as_sealed(office, mark, key)
    key = key or secrets.token_bytes(32)
    made = replace(office, contents=replace(office.contents, month_keys={**office.contents.month_keys, month: key}))
    with begin(made, terminal_session(made), Action.BACK_UP, subject=month, step="month_key") as unit:
        backup_state.begin_month(unit.connection, month, fingerprint(key))
    _seal(made, month)
    return made


def _as_sealed(office: Office, mark: MonthMark, key: bytes | None) -> Office:
    has_it = key is not None and fingerprint(key) == mark.fingerprint
    if has_it and mark.seal_again:
        _seal(office, mark.month)
    if not has_it and not mark.seal_again:
        with begin(office, terminal_session(office), Action.BACK_UP, subject=mark.month, step="seal_again") as unit:
            backup_state.seal_again(unit.connection, mark.month)
    return office


def _seal(office: Office, month: str) -> None:
    office.premises.slots.save_for_all(known_people.read_open(office), office.contents)
    with begin(office, terminal_session(office), Action.BACK_UP, subject=month, step="sealed") as unit:
        backup_state.month_sealed(unit.connection, month, unit.now.isoformat(timespec="seconds"))


def usable(office: Office) -> tuple[str, bytes] | None:
    """The newest month and its key with which a copy may be made; None while there is none that everybody has."""
    marks = _marks(office)
    fitting = [
        (month, key)
        for month, key in office.contents.month_keys.items()
        if month in marks and not marks[month].destroyed and marks[month].sealed and marks[month].fingerprint == fingerprint(key)
    ]
    return max(fitting, default=None)


def tell_segment(office: Office) -> int:
    """Give the segment every key it does not have yet; gives how many. Called at each exchange, so a dead line only delays it.

    A key that it refuses (it has another one, or has destroyed the month's) is marked and not sent again. Raises
    EnvironmentTrouble LK-* otherwise.
    """
    told = 0
    for mark in _marks(office).values():
        key = office.contents.month_keys.get(mark.month)
        if mark.sent or mark.refused or mark.destroyed or not mark.sealed or key is None or fingerprint(key) != mark.fingerprint:
            continue
        refused = ""
        try:
            office.premises.link.keep_month_key(mark.month, key)
        except EnvironmentTrouble as trouble:
            if trouble.code != _REFUSED:
                raise
            refused = trouble.code
        with begin(office, terminal_session(office), Action.BACK_UP, subject=mark.month, step="told") as unit:
            backup_state.month_sent(unit.connection, mark.month, unit.now.isoformat(timespec="seconds"), refused)
            if refused:
                unit.note(reason=refused)
        told += not refused
    return told


def forget_month_key(office: Office, month: str) -> Office:
    """Destroy this terminal's key of a past month. With the segment's gone too, no copy of that month opens any more.

    Gives the office to go on with. Raises ValueError for the month that is running.
    """
    if month >= f"{office.clock.today():%Y-%m}":
        raise ValueError("the running month's key is in use")
    kept = {name: key for name, key in office.contents.month_keys.items() if name != month}
    without = replace(office, contents=replace(office.contents, month_keys=kept))
    without.premises.slots.save_for_all(known_people.read_open(without), without.contents)
    with begin(without, terminal_session(without), Action.BACK_UP, subject=month, step="destroyed"):
        pass
    return without


def destroy_here(office: Office, months: Iterable[str], subject: str) -> None:
    """Destroy this terminal's keys of these months: in every slot, and in memory. Again is harmless.

    Whoever goes on with an office of before seals nothing back: its contents have forgotten the keys too.
    """
    gone = tuple(months)
    with begin(office, terminal_session(office), Action.BACK_UP, subject=subject, step="destroyed", months=len(gone)) as unit:
        for month in gone:
            backup_state.month_destroyed(unit.connection, month, unit.now.isoformat(timespec="seconds"))
    office.contents.forget(gone)
    office.premises.slots.save_for_all(known_people.read_open(office), office.contents)


def known_months_in(connection: Connection, office: Office) -> tuple[str, ...]:
    """Every month of which a key may be somewhere, oldest first."""
    marks = backup_state.month_marks(connection)
    return tuple(sorted({*office.contents.month_keys, *(month for month, mark in marks.items() if not mark.destroyed)}))


def fingerprint(key: bytes) -> str:
    """Tells one month key from another and gives nothing of it away."""
    return hashlib.sha256(b"nhi-center month key 1\n" + key).hexdigest()


def _marks(office: Office) -> dict[str, MonthMark]:
    with reading(office, terminal_session(office), Action.BACK_UP) as connection:
        return backup_state.month_marks(connection)
