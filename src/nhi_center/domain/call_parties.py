"""Who else has a part in a call: the interpreter of a 三者通話, the ward whose consent facts from others need, another office.

特記事項 4: what concerns a person is collected from himself; from anybody else with the ward's consent, which the record names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nhi_center.domain.call_check import Caller
from nhi_center.domain.free_words import OTHER

NO_INTERPRETER = "1"


@dataclass(frozen=True, slots=True)
class Party:
    """One line of a list, typed by its number."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Consent:
    """区の承諾. ``number``: of a general one; ``asks``: what must be typed for one of its own, "" when nothing."""

    code: str
    label: str
    number: str
    asks: str
    callers: frozenset[str]
    proposed: bool
    to_ward: bool


@dataclass(frozen=True, slots=True)
class CallParties:
    """The ward's lists (resources/calls/parties.toml)."""

    interpreters: tuple[Party, ...]
    consents: tuple[Consent, ...]
    offices: tuple[Party, ...]

    def consents_for(self, caller: str) -> tuple[Consent, ...]:
        """What the ward may have agreed to for facts from this caller; nothing for the person himself."""
        return tuple(one for one in self.consents if caller in one.callers)

    def consent(self, code: str, caller: str) -> Consent | None:
        return next((one for one in self.consents_for(caller) if one.code == code), None)

    def proposed(self, caller: str) -> str:
        """The consent that stands there before a key is pressed; "" without one."""
        return next((one.code for one in self.consents_for(caller) if one.proposed), "")

    def interpreter(self, code: str) -> Party | None:
        return next((one for one in self.interpreters if one.code == code), None)

    def office(self, code: str) -> Party | None:
        return next((one for one in self.offices if one.code == code), None)


def parse(table: Mapping[str, Any]) -> CallParties:
    """From the parsed file. Raises ValueError, naming the list, when a number stands twice or その他 is missing."""
    parties = CallParties(
        interpreters=tuple(Party(row["code"], row["label"]) for row in table["interpreters"]),
        consents=tuple(
            Consent(
                code=row["code"],
                label=row["label"],
                number=row.get("number", ""),
                asks=row.get("asks", ""),
                callers=frozenset(row["callers"]),
                proposed=bool(row.get("proposed", False)),
                to_ward=bool(row.get("to_ward", False)),
            )
            for row in table["consents"]
        ),
        offices=tuple(Party(row["code"], row["label"]) for row in table["offices"]),
    )
    for name in ("interpreters", "consents", "offices"):
        codes = [one.code for one in getattr(parties, name)]
        if len(set(codes)) != len(codes):
            raise ValueError(f"{name}: given twice")
    if parties.office(OTHER) is None or parties.interpreter(NO_INTERPRETER) is None:
        raise ValueError("offices, interpreters: その他 and なし have to stand there")
    if any(Caller.SELF in one.callers for one in parties.consents):
        raise ValueError("consents: the person himself needs none")
    return parties
