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

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from nhi_center.domain.entry import State
from nhi_center.domain.forms.definition import Choice

HOWS = frozenset({"laid", "again", "mine", "look"})
"""How work is taken: as it was laid down; keyed again after its terminal failed; as the side of a conflict that stands. ``look``
takes nothing: it asks what the segment has of it."""

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


class Stands(StrEnum):
    """Which side of a conflict holds: what stands at this terminal, or at the other."""

    MINE = "mine"
    THEIRS = "theirs"


REASONS = (
    Choice("1", "紙と照らして確かめた"),
    Choice("2", "入力した人に確かめた"),
    Choice("3", "区職員に確かめた"),
)
"""Why a side of a conflict stands; the code is kept."""


@dataclass(frozen=True, slots=True, repr=False)
class Side:
    """One side of a conflict: where, who, when (wall clock, ISO; "" when not known), in which state, and the values by field."""

    terminal: str
    person: str
    at: str
    state: str
    values: Mapping[str, str]
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """食い違い of one paper. ``theirs`` None: no other terminal has keyed it. ``labels``: the fields' names."""

    id: str
    slip: str
    application: str
    number: str
    day: str
    form_title: str
    mine: Side
    theirs: Side | None
    labels: Mapping[str, str]
    records: int
    found_at: str
    settled_at: str = ""
    settled_by: str = ""
    stands: str = ""
    reason: str = ""

    @property
    def differing(self) -> tuple[str, ...]:
        """Fields whose values are not the same on both sides, in the form's order."""
        theirs = self.theirs.values if self.theirs else {}
        return tuple(name for name in self.labels if self.mine.values.get(name, "") != theirs.get(name, ""))


def _clock(since: str, zone: tzinfo | None) -> str:
    at = datetime.fromisoformat(since).astimezone(zone)
    return f"{at.month}月{at.day}日 {at:%H:%M}"
