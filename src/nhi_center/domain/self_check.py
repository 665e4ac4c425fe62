"""動作点検: what was looked at, how it stands, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

PATCHED_DAYS, SIGNATURE_DAYS = 35, 7
"""How old the system's updates and the malware signatures may be, here as at the gateway."""

STORE_CHECKS = ("store_pages", "store_structure")
"""Whose errors mean that the store is damaged."""


class State(StrEnum):
    """How one thing stands. NOT_READABLE: it could not be looked at here; NOT_ASKED: it is missing, and neither the terminal's
    settings nor the ward ask for it. Both are said and count as nothing worse."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"
    NOT_READABLE = "not_readable"
    NOT_ASKED = "not_asked"

    @property
    def label(self) -> str:
        words = {"ok": "異状なし", "warning": "注意", "error": "異状", "not_readable": "確認できない", "not_asked": "なし(任意)"}
        return words[self.value]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing: ``sentence`` says what was found, ``advice`` what to do, "" when nothing is to be done. No personal value."""

    name: str
    title: str
    state: State
    sentence: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One whole check. ``at`` is the office's wall clock, ISO; ``person`` who asked for it, the terminal after a sign-in."""

    at: str
    person: str
    findings: tuple[Finding, ...]

    def count(self, state: State) -> int:
        return sum(1 for finding in self.findings if finding.state is state)

    @property
    def state(self) -> State:
        """The worst of them; what could not be looked at does not make it worse."""
        return next((state for state in (State.ERROR, State.WARNING) if self.count(state)), State.OK)

    @property
    def damaged(self) -> bool:
        """Whether a page or the structure of the store is not what was written."""
        return any(finding.state is State.ERROR and finding.name in STORE_CHECKS for finding in self.findings)


def to_json(findings: Sequence[Finding]) -> list[dict[str, str]]:
    return [
        {"name": one.name, "title": one.title, "state": one.state.value, "sentence": one.sentence, "advice": one.advice}
        for one in findings
    ]


def from_json(body: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Raises KeyError or ValueError for what ``to_json`` does not write."""
    return tuple(
        Finding(str(one["name"]), str(one["title"]), State(one["state"]), str(one["sentence"]), str(one["advice"]))
        for one in body
    )
