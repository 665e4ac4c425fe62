"""The log of acts in words: what a code means to the people who read it. The log keeps the codes; words may be bettered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from nhi_center.domain import canonical

_JST = timezone(timedelta(hours=9), "JST")
_SHORT_PRINT = 8


@dataclass(frozen=True, slots=True)
class Glossary:
    """Words by code: of actions, of their steps, of the reasons of refusals, and of the names of facts."""

    actions: Mapping[str, str]
    steps: Mapping[str, str]
    facts: Mapping[str, str]
    reasons: Mapping[str, str]

    @classmethod
    def parse(cls, table: Mapping[str, Any]) -> Glossary:
        """From the parsed resource file. Raises KeyError when a part is missing."""
        return cls(dict(table["actions"]), dict(table["steps"]), dict(table["facts"]), dict(table["reasons"]))


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as it is shown. ``at`` is the office's wall clock; ``actor`` the person's id; ``by_person``: not the terminal."""

    seq: int
    at: str
    actor: str
    action: str
    what: str
    facts: str
    by_person: bool


def read_entry(entry: bytes, terminal: str, words: Glossary) -> Line:
    """One entry of the log in words. A code without a word is shown as it is."""
    body = canonical.decode(entry)
    facts = dict(body["facts"])
    step = str(facts.pop("step", ""))
    action = words.actions.get(body["action"], body["action"])
    at = datetime.fromisoformat(body["at"]).astimezone(_JST)
    return Line(
        seq=int(body["seq"]),
        at=f"{at:%Y-%m-%d %H:%M:%S}",
        actor=str(body["actor"]),
        action=str(body["action"]),
        what=f"{action} {words.steps.get(step, step)}".strip(),
        facts="・".join(_fact(name, value, words) for name, value in facts.items()),
        by_person=body["actor"] not in ("terminal", terminal),
    )


def _fact(name: str, value: str | int | bool, words: Glossary) -> str:
    """Name and value; what has a word for its opposite needs no はい and いいえ."""
    opposite = words.facts.get(f"not_{name}")
    if isinstance(value, bool) and opposite:
        return words.facts.get(name, name) if value else opposite
    return f"{words.facts.get(name, name)} {_value(name, value, words)}"


def _value(name: str, value: str | int | bool, words: Glossary) -> str:
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if name in ("asked", "reason"):
        return (words.actions if name == "asked" else words.reasons).get(str(value), str(value))
    return str(value)[:_SHORT_PRINT] if name == "sha256" else str(value)
