"""Two terminals of one room: the same accounts, each with its own secret, store and slots."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import text

from nhi_center.domain.operators import Session
from nhi_center.keys.accounts import unlock
from nhi_center.services import takers
from nhi_center.services.office import Office, Premises
from nhi_center.services.room import RoomRecord
from nhi_center.services.session import sign_in
from tests.support.office import PASSWORDS, room

ADMIN = "40100"
SIGNER = (ADMIN, PASSWORDS[ADMIN])


def two_terminals(folder: Path, port: int = 0, names: tuple[str, str] = ("T04", "T05")) -> tuple[Premises, Premises]:
    """The first, where everybody has a slot, and the second, where only the ward administrator has one."""
    first, second = (room(folder / name, port, name) for name in names)
    account = second.accounts.find(ADMIN)
    contents = second.slots.open(account, unlock(account, PASSWORDS[ADMIN]))
    for name in ("accounts", "room"):
        shutil.rmtree(second.settings.business_folder / name)
        shutil.copytree(first.settings.business_folder / name, second.settings.business_folder / name)
    shutil.rmtree(second.settings.slots)
    second.slots.save(second.accounts.find(ADMIN), contents)
    return first, second


def at(premises: Premises, person: str) -> tuple[Office, Session]:
    """Signed in, let in by the ward administrator where it is his first time."""
    needs = not premises.slots.holds(person)
    return sign_in(premises, person, PASSWORDS[person], voucher=SIGNER if needs else None)


def outgoing(office: Office, *kinds: str) -> list[tuple[str, str, dict[str, Any]]]:
    """What waits for the segment: (id, kind, body)."""
    with office.store.read.begin() as connection:
        rows = connection.execute(text("SELECT id, kind, body FROM outbox ORDER BY seq")).all()
    return [(row.id, row.kind, json.loads(row.body)) for row in rows if row.kind in kinds]


def deliver(records: Sequence[tuple[str, str, dict[str, Any]]], to: Office, terminal: str = "T04") -> list[str]:
    """As the exchange would: each record in order; the reasons why one was not believed, or ""."""
    with to.store.write.begin() as connection:
        return [
            takers.take(to, connection, RoomRecord(number, id_, kind, terminal, body))
            for number, (id_, kind, body) in enumerate(records, start=1)
        ]
