"""The room's rules from a TOML file to the terminals: read strictly, approved by two people, dated, signed by the gateway."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import room_rules
from nhi_center.errors import OperatorError
from nhi_center.gateway import ward_settings
from nhi_center.gateway.database import Connection
from nhi_center.gateway.ward_settings import WardSetting

ROWS = """
SELECT DISTINCT ON (body ->> 'effective_from') body FROM change
 WHERE kind = 'ward_setting' AND id = %s ORDER BY body ->> 'effective_from', cursor DESC
"""


def read(path: Path, effective_from: date, approved_by: Sequence[str]) -> WardSetting:
    """The rules of a file as a setting. Raises OperatorError at ``file`` or ``by``; nothing is taken from a file with a fault."""
    people = tuple(person.strip() for person in approved_by)
    if len(people) != 2 or not all(people):
        raise OperatorError("承認した人を --by で2人入力してください。", field="by")
    try:
        value = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise OperatorError("規則のファイルを読めません。TOMLの書き方を確かめてください。", field="file") from None
    try:
        room_rules.parse(value)
    except (ValueError, TypeError):
        raise OperatorError(
            "規則のファイルに、知らない名前か、使えない値があります。名前と今の値は rules で表示できます。", field="file"
        ) from None
    return WardSetting(room_rules.NAME, value, effective_from, (people[0], people[1]))


def publish(connection: Connection, setting: WardSetting, key: Ed25519PrivateKey) -> None:
    """Send the rules to every terminal. Raises OperatorError when one person approved twice."""
    with connection.transaction():
        ward_settings.publish(connection, [setting], key)


def in_force(connection: Connection, today: date) -> dict[str, Any]:
    """The value the ward has set; empty while there is none."""
    return begun([row[0] for row in connection.execute(ROWS, (room_rules.NAME,)).fetchall()], today)


def begun(rows: Sequence[dict[str, Any]], today: date) -> dict[str, Any]:
    """Of the rows of ``ROWS`` the value in force; empty while there is none."""
    old = [row for row in rows if row["effective_from"] <= today.isoformat()]
    return dict(old[-1]["value"]) if old else {}


def present(connection: Connection, today: date) -> dict[str, Any]:
    """What is in force today, with the program's own values where the ward has set none, and what is announced."""
    rows = [row[0] for row in connection.execute(ROWS, (room_rules.NAME,)).fetchall()]
    old = [row for row in rows if row["effective_from"] <= today.isoformat()]
    return {
        "in_force": _shown(old[-1] if old else {"value": {}, "effective_from": "", "approved_by": []}),
        "announced": [_shown(row) for row in rows if row["effective_from"] > today.isoformat()],
    }


def _shown(body: dict[str, Any]) -> dict[str, Any]:
    rules = asdict(room_rules.parse(body["value"]))
    for name in room_rules.HOURS:
        rules[name] = f"{rules[name]:%H:%M}"
    return {"effective_from": body["effective_from"], "approved_by": body["approved_by"], "rules": rules}
