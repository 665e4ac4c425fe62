"""端末間の引渡し: one paper, one holder. Work is leased from terminal to terminal, never copied.

For each 管理票 that was ever handed on the gateway keeps one row: its version, which terminal has it, and the work sealed with
the room's key, which the gateway cannot read. The way of a paper from terminal A to terminal B:

1. A lays it down (``laid``). In one transaction the sheets leave A's ledger for 別の端末, the application becomes 別の端末 and
   is worked on no more at A, and a record with the sealed work goes into A's outbox. What A sent of it before arrives before.
2. B takes it, online: the gateway gives it to the first who asks for the version that stands, and tells everybody else who has
   it. B counts the sheets; then the work and the sheets enter B's store under the movement's id, in one transaction.

Between the two the paper is in no ledger, and named as under way at both ends until it has arrived. What B asked for stands in
B's store before it asks, so that a cut line or a killed program is taken up where it was: the same question gives the same
answer. Who takes what another person laid down makes two persons; one person may move his own paper, and both steps are kept.

A lease has no end of its own: a time that ran out would put one sheet into two hands. It ends when its holder lays the work
down, or when the room declares the terminal failed (``lost``): supervisor and ward staff together. Then the paper is keyed
again at another terminal. What the failed terminal sends later, like every change that rests on a version which stands no more,
is refused by the gateway and kept as a conflict, which a person settles.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from nhi_center.domain.entry import State

HOWS = frozenset({"laid", "again", "mine"})
"""How work is taken: as it was laid down; keyed again after its terminal failed; as the side of a conflict that stands."""

MOVABLE = (State.RECEIVED, State.DRAFTING, State.ENTERED)
"""What may be handed on. Later steps are awaited where the verified entry was sent from."""


class LeaseState(StrEnum):
    """``LAID``: waits for whoever takes it; its holder is who laid it down. ``LOST``: its terminal has failed."""

    LAID = "laid"
    HELD = "held"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """One piece of shared work as the room knows it; nothing of a person.

    ``since``: UTC, ISO. ``person``: who laid it down or took it. ``step``: the application's state when it was laid down.
    ``generation``: of the room's key that opens it, 0 where nothing is sealed.
    """

    slip: str
    application: str
    version: int
    state: LeaseState
    holder: str
    since: str
    person: str
    movement: str
    number: str
    day: str
    kind: str
    step: str
    sheets: int
    generation: int

    def held_words(self, zone: tzinfo | None) -> str:
        """端末 T05 が 10:32 から持っています."""
        return f"端末 {self.holder} が {_clock(self.since, zone)} から持っています"


def _clock(since: str, zone: tzinfo | None) -> str:
    at = datetime.fromisoformat(since).astimezone(zone)
    return f"{at.month}月{at.day}日 {at:%H:%M}"
