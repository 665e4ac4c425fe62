"""What the log of an open store has refused."""

from __future__ import annotations

import json

from nhi_center.services.office import Office
from nhi_center.storage import audit


def refusals(office: Office) -> list[tuple[str, str]]:
    """(subject, reason) of every refusal with a reason, oldest first."""
    with office.store.read.begin() as connection:
        entries = [json.loads(entry) for entry, _hash in audit.every(connection)]
    return [(entry["subject"], entry["facts"]["reason"]) for entry in entries if "reason" in entry["facts"]]
