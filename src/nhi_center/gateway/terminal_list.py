"""Which columns, persons and days of the register terminals hold (端末に置くもの): the ward's list, kept by the gateway.

People under 支援措置 are on no list. Who leaves it is told to terminals as gone (``person_gone``), and they drop him; he who was
never given out is not even told of.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center import resources
from nhi_center.domain.people import Person
from nhi_center.errors import OperatorError
from nhi_center.gateway import ward_settings
from nhi_center.gateway.database import Connection
from nhi_center.gateway.ward_settings import WardSetting

NAME = "terminal_list"
ALWAYS = frozenset(
    (
        "atena",
        "household",
        "is_head",
        "relation",
        "name",
        "kana",
        "birth",
        "sex",
        "postal",
        "address",
        "card",
    )  # no person without
)
OPTIONAL = frozenset(Person.__dataclass_fields__) - ALWAYS - {"protected"}
MOST_DAYS = 36_500

NEWEST = """
SELECT body -> 'value' FROM change WHERE kind = 'ward_setting' AND id = 'terminal_list' ORDER BY cursor DESC LIMIT 1
"""
# Whom this very transaction has brought was never given out: his row is its own, and not told of.
_TURNED = """
WITH placed AS (
    SELECT atena, off_list, %(past)s > 0 AND coalesce(
               max(insured_until) FILTER (WHERE fingerprint IS NOT NULL) OVER (PARTITION BY household), '-infinity'
           ) < %(today)s::date - %(past)s AS off
      FROM person_now
), turned AS (
    UPDATE person_now n SET off_list = p.off, told = n.told OR (n.held AND n.xmin <> pg_current_xact_id()::xid)
      FROM placed p WHERE p.atena = n.atena AND p.off <> n.off_list AND n.fingerprint IS NOT NULL RETURNING n.cursor
)
SELECT cursor FROM turned
"""
_AGAIN = """
INSERT INTO change (kind, id, body)
SELECT c.kind, c.id, c.body FROM change c JOIN person_now n USING (cursor)
 WHERE cursor = ANY(%s) AND (n.held OR n.told) AND NOT n.protected ORDER BY cursor
"""
_EVERYBODY = """
INSERT INTO change (kind, id, body)
SELECT c.kind, c.id, c.body FROM change c JOIN person_now n USING (cursor) WHERE n.held ORDER BY cursor
"""
_APPLIED = """
INSERT INTO list_applied (columns, past_days) VALUES (%s::jsonb, %s)
ON CONFLICT (insurer, one) DO UPDATE SET columns = excluded.columns, past_days = excluded.past_days
"""


@dataclass(frozen=True, slots=True)
class TerminalList:
    """``columns`` beside those no person is without; ``past_days``: how long after the household's last cover, 0 for all."""

    columns: frozenset[str]
    past_days: int

    @property
    def withheld(self) -> list[str]:
        """Names of the fields that are never sent."""
        return sorted(OPTIONAL - self.columns)


def parse(value: Mapping[str, Any]) -> TerminalList:
    """Raises ValueError or KeyError for a list that cannot be read."""
    columns, past = value["columns"], value["past_days"]
    if value.keys() != {"columns", "past_days"} or not set(columns) <= OPTIONAL:
        raise ValueError("terminal list")
    if type(past) is not int or not 0 <= past <= MOST_DAYS:
        raise ValueError("terminal list: days")
    return TerminalList(frozenset(columns), past)


def of_program() -> TerminalList:
    """The list while the ward has set none."""
    return parse(resources.read_toml("register.toml")["terminals"])


def in_force(connection: Connection) -> TerminalList:
    row = connection.execute(NEWEST).fetchone()
    return parse(row[0]) if row else of_program()


def read(path: Path, today: date, approved_by: Sequence[str]) -> WardSetting:
    """The ward's list as a setting. Raises OperatorError at ``file`` or ``by``."""
    people = tuple(person.strip() for person in approved_by)
    if len(people) != 2 or not all(people):
        raise OperatorError("承認した人を --by で2人入力してください。", field="by")
    try:
        value = tomllib.loads(path.read_text(encoding="utf-8"))
        listed = parse(value)
    except (OSError, ValueError, KeyError, TypeError):
        words = "ファイルを読めません。columns(resources/register.toml にある名前)と past_days(日数)を書いてください。"
        raise OperatorError(words, field="file") from None
    value = {"columns": sorted(listed.columns), "past_days": listed.past_days}
    return WardSetting(NAME, value, today, (people[0], people[1]))


def publish(connection: Connection, setting: WardSetting, key: Ed25519PrivateKey, today: date) -> int:
    """Set the list and tell the terminals what follows from it; gives how many people they are told of anew."""
    with connection.transaction():
        ward_settings.publish(connection, [setting], key)
        return settle(connection, today)


def settle(connection: Connection, today: date) -> int:
    """Hold everybody against the list in the caller's transaction: after an import, and when the list has changed."""
    listed = in_force(connection)
    columns = json.dumps(sorted(listed.columns))
    before = connection.execute("SELECT columns, past_days FROM list_applied").fetchone()
    known = parse({"columns": before[0], "past_days": before[1]}) if before else of_program()
    connection.execute(_APPLIED, (columns, listed.past_days))
    turned = []
    if listed.past_days or known.past_days:  # else nobody is off it, and nobody was
        turned = [row[0] for row in connection.execute(_TURNED, {"past": listed.past_days, "today": today}).fetchall()]
    told = connection.execute(_AGAIN, (turned,)).rowcount if turned else 0
    if known.columns != listed.columns:
        told += connection.execute(_EVERYBODY).rowcount
    return told
