"""期限の過ぎた記録: entries and calls leave the terminal so many days after the ward has received them (区の設定 ``keep_days``).

Never before the paper was countersigned by the ward, the records were taken by the gateway and the log about them was
countersigned there. What concerns a person goes; rows, times, codes and counts stay. The terminal's own act, with counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from nhi_center.domain.operators import Action
from nhi_center.errors import EnvironmentTrouble
from nhi_center.services import copy_lines, erasure_files, ward_settings
from nhi_center.services.office import Office
from nhi_center.services.session import terminal_session
from nhi_center.services.work import begin, reading
from nhi_center.storage import leaving as storage
from nhi_center.storage import told_calls
from nhi_center.storage.engine import Connection

PART = 50
"""Papers and calls of one transaction: before the next, somebody else may have a turn."""


@dataclass(frozen=True, slots=True)
class Left:
    """How many left."""

    entries: int = 0
    calls: int = 0


def act(office: Office) -> Left:
    """Let everything go whose days are over; again finds the rest. Nothing leaves while the ward has set no days.

    Raises as ``begin``.
    """
    terminal = terminal_session(office)
    entries = calls = 0
    papers(office)
    while True:
        with reading(office, terminal, Action.LEAVE) as connection:
            days = _days(office, connection)
            confirmed = storage.confirmed_day(connection)
            last = office.clock.today() - timedelta(days=days)
            # A head of a later day than anything that happened to them: the ward holds the log of it.
            if not days or confirmed is None or confirmed <= last:
                break
            slips = storage.papers(connection, last, PART)
            ids = storage.calls(connection, last, PART)
        if not slips and not ids:
            break
        with begin(office, terminal, Action.LEAVE) as unit:
            # Asked again inside: what was opened since then stays.
            slips = storage.papers(unit.connection, last, PART)
            ids = storage.calls(unit.connection, last, PART)
            gone = Left(
                storage.take_papers(unit.connection, slips, unit.stamp), storage.take_calls(unit.connection, ids, unit.stamp)
            )
            told_calls.forget_before(unit.connection, last.isoformat())
            unit.note(entries=gone.entries, calls=gone.calls, days=days)
        entries += gone.entries
        calls += gone.calls
    return Left(entries, calls)


def papers(office: Office) -> int:
    """Lists, exports and prints that show a person and are older than the ward's days: overwritten; gives how many. The ledger
    says 消去 of what is gone, and of nothing that could not be overwritten.

    Raises as ``begin``, and EnvironmentTrouble ST-07 when a file cannot be overwritten.
    """
    terminal = terminal_session(office)
    with reading(office, terminal, Action.LEAVE) as connection:
        days = _days(office, connection)
    old = erasure_files.papers_before(office, office.clock.today() - timedelta(days=days)) if days else ()
    gone: list[Path] = []
    try:
        for file in old:
            erasure_files.destroy((file,))
            gone.append(file)
    finally:
        if gone:
            with begin(office, terminal, Action.LEAVE, step="files") as unit:
                unit.note(files=len(gone), days=days)
                copy_lines.gone(unit, gone)
    return len(gone)


def _days(office: Office, connection: Connection) -> int:
    """The ward's days; 0 under rules whose signature does not hold: nothing leaves by them, and no exchange stops."""
    try:
        return ward_settings.rules(office, connection).keep_days
    except EnvironmentTrouble:
        return 0
