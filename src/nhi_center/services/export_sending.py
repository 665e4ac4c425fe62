"""書き出し on its way: each file that left lies at the segment too, closed as it is, after the next exchange."""

from __future__ import annotations

import hashlib

from nhi_center.domain import exports as rules
from nhi_center.domain.exports import ManifestFault
from nhi_center.domain.operators import Action
from nhi_center.errors import EnvironmentTrouble
from nhi_center.link.wire_export import Leaving
from nhi_center.services.exports import path_of
from nhi_center.services.office import Office
from nhi_center.services.terminal import terminal_session
from nhi_center.services.work import begin, reading
from nhi_center.storage import exports as storage
from nhi_center.storage.exports import Row

KEPT, REFUSED, CHANGED = "kept", "refused", "changed"


def send(office: Office) -> int:
    """Give the segment what it has not been asked to keep; gives how many it keeps now. What it refuses, and what is not the
    file any more that both signed, is not tried again and stands in the list of files. Raises EnvironmentTrouble LK-*.
    """
    terminal = terminal_session(office)
    with reading(office, terminal, Action.SYNC) as connection:
        rows = storage.to_send(connection)
    kept = 0
    for row in rows:
        outcome = _give(office, row)
        with begin(office, terminal, Action.SYNC, subject=row.file, step=f"export_{outcome}", sha256=row.sha256) as unit:
            storage.end_sending(unit.connection, row.file, outcome, unit.stamp)
        kept += outcome == KEPT
    return kept


def _give(office: Office, row: Row) -> str:
    files = _files(office, row)
    if not files:
        return CHANGED
    try:
        office.premises.link.give_export(row.file, Leaving(row.manifest, files))
    except EnvironmentTrouble as trouble:
        if trouble.code != "LK-03":
            raise
        return REFUSED
    return KEPT


def _files(office: Office, row: Row) -> dict[str, bytes]:
    """As they lie in exports/; none when one is gone or is another one now."""
    try:
        found, _payload, _signature = rules.read(row.manifest)
        files = {one.name: path_of(office, one.name).read_bytes() for one in found.files}
    except (ManifestFault, OSError):
        return {}
    whole = all(hashlib.sha256(files[one.name]).hexdigest() == one.sha256 for one in found.files)
    return files if whole else {}
