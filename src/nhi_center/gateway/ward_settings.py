"""Ward settings: dated values approved by two persons, signed by the gateway, given to terminals as `ward_setting` changes.

A terminal checks the signature with the gateway's public key, so that no user of a terminal can switch a rule off.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import canonical
from nhi_center.domain.four_eyes import require_different
from nhi_center.gateway.database import Connection

PREFIX = b"nhi-center ward setting 1\n"


@dataclass(frozen=True, slots=True)
class WardSetting:
    """One value from a day on. Names: ``base_expiry/KIND/GROUP`` (last day, ISO), ``symbol_format`` (regular expression)."""

    name: str
    value: Any
    effective_from: date
    approved_by: tuple[str, str]


def signed_body(setting: WardSetting, key: Ed25519PrivateKey) -> dict[str, Any]:
    """The change's body. Raises OperatorError when both approvals are one person's."""
    require_different(*setting.approved_by, "区の設定は、別の2人の承認が必要です。")
    body = {
        "name": setting.name,
        "value": setting.value,
        "effective_from": setting.effective_from.isoformat(),
        "approved_by": list(setting.approved_by),
    }
    return {**body, "signature": key.sign(PREFIX + canonical.encode(body)).hex()}


def publish(connection: Connection, settings: Sequence[WardSetting], key: Ed25519PrivateKey) -> None:
    """Append the settings as changes, in the caller's transaction."""
    rows = [(s.name, json.dumps(signed_body(s, key), ensure_ascii=False)) for s in settings]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO change (kind, id, body) VALUES ('ward_setting', %s, %s::jsonb)", rows)
