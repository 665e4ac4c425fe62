"""Fills a training database with the synthetic ward and its settings, in one transaction: whole or not at all."""

from __future__ import annotations

import json
import time
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import room_rules
from nhi_center.domain.people import person_to_json
from nhi_center.gateway import ward_settings
from nhi_center.gateway.database import Connection
from nhi_center.gateway.training_data import load_material
from nhi_center.gateway.ward_settings import WardSetting
from nhi_center.synthesis.cast import COMPANY
from nhi_center.synthesis.ward import people

APPROVERS = ("研修用承認者1", "研修用承認者2")
SYMBOL_FORMAT = "04-[0-9]{2}"
SENDER = ("東京都新宿区 健康部 医療保険年金課 (見本)", "〒160-8484 東京都新宿区歌舞伎町一丁目4番1号")
_COPY = "COPY change (kind, id, body) FROM STDIN"


def training_settings() -> tuple[WardSetting, ...]:
    """有効期限の基準日 by kind and group of ``domain.certificates``, the 記号 format, and the room's rules; for training only.

    They stand for the fiscal year before too, in which a history of work begins.
    """
    groups = (
        {"group": "under_70", "issued_from": "2023-10-01", "issued_to": "2025-09-30", "last_day": "2025-09-30"},
        {"group": "under_70", "issued_from": "2025-10-01", "issued_to": "2027-09-30", "last_day": "2027-09-30"},
        {"group": "from_70", "issued_from": "2024-08-01", "issued_to": "2025-07-31", "last_day": "2025-07-31"},
        {"group": "from_70", "issued_from": "2025-08-01", "issued_to": "2026-07-31", "last_day": "2026-07-31"},
        {"group": "from_70", "issued_from": "2026-08-01", "issued_to": "2027-07-31", "last_day": "2027-07-31"},
    )
    bases = [{"kind": kind, **group} for kind in ("shikaku", "oshirase") for group in groups]
    first = date(2025, 4, 1)
    return (
        WardSetting("base_expiry", bases, first, APPROVERS),
        WardSetting("symbol_format", SYMBOL_FORMAT, first, APPROVERS),
        WardSetting("cover_sender", SENDER, first, APPROVERS),
        WardSetting(room_rules.NAME, {"company": COMPANY}, first, APPROVERS),
    )


def is_filled(connection: Connection, persons: int, seed: int) -> bool:
    """Whether this database was filled with exactly this register."""
    row = connection.execute("SELECT persons, seed FROM training_register").fetchone()
    return row == (persons, seed)


def is_empty(connection: Connection) -> bool:
    return connection.execute("SELECT 1 FROM change LIMIT 1").fetchone() is None


def fill(connection: Connection, persons: int, seed: int, today: date, key: Ed25519PrivateKey) -> dict[str, float]:
    """Fill an empty database; gives the seconds of each part."""
    started = time.perf_counter()
    material = load_material()
    rows = [
        (person.atena, json.dumps(person_to_json(person), ensure_ascii=False))
        for person in people(material, persons, seed, today)
    ]
    made = time.perf_counter()
    with connection.transaction():
        ward_settings.publish(connection, training_settings(), key)
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for atena, body in rows:
                copy.write_row(("person", atena, body))
        connection.execute("INSERT INTO training_register (persons, seed) VALUES (%s, %s)", (persons, seed))
    connection.execute("ANALYZE change")
    connection.commit()
    return {"made_seconds": round(made - started, 2), "loaded_seconds": round(time.perf_counter() - made, 2)}


def overview(connection: Connection, *, training: bool) -> dict[str, Any]:
    """Counts for `status`: changes by kind."""
    changes = connection.execute("SELECT kind, count(*), max(cursor) FROM change GROUP BY kind ORDER BY kind").fetchall()
    return {
        "training": training,
        "changes": {kind: {"count": count, "last": last} for kind, count, last in changes},
    }
