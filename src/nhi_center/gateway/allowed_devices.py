"""許可した装置 from a TOML file to the terminals: read strictly, approved by two people, dated, signed by the gateway."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import devices
from nhi_center.errors import OperatorError
from nhi_center.gateway import ward_settings
from nhi_center.gateway.database import Connection
from nhi_center.gateway.ward_settings import WardSetting


def read(path: Path, effective_from: date, approved_by: Sequence[str]) -> WardSetting:
    """The list of a file (``[[devices]]`` with ``id``, ``approval`` and ``date``) as a setting; an empty file allows nothing.

    Raises OperatorError at ``file`` or ``by``; nothing is taken from a file with a fault.
    """
    people = tuple(person.strip() for person in approved_by)
    if len(people) != 2 or not all(people):
        raise OperatorError("承認した人を --by で2人入力してください。", field="by")
    try:
        body = tomllib.loads(path.read_text(encoding="utf-8"))
        if not body.keys() <= {"devices"}:
            raise ValueError("entry")
        lines = [{**line, "date": str(line["date"])} for line in body.get("devices", [])]
        devices.parse(lines)
    except (OSError, ValueError, KeyError, TypeError):
        words = "ファイルを読めません。[[devices]] ごとに id(例 0781:5567/製造番号)、approval、date を書いてください。"
        raise OperatorError(words, field="file") from None
    return WardSetting(devices.NAME, lines, effective_from, (people[0], people[1]))


def publish(connection: Connection, setting: WardSetting, key: Ed25519PrivateKey) -> None:
    """Send the list to every terminal. Raises OperatorError when one person approved twice."""
    with connection.transaction():
        ward_settings.publish(connection, [setting], key)
