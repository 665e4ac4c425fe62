"""入力: one application (届出・申請) from the tray to the end, and which step may follow which.

The contractor keys and verifies; the ward reviews (区審査済). What a clerk may not settle is held with a question (保留・照会,
``domain.holds``) and comes back under the same number. Nothing is ever deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as made
from enum import StrEnum

from nhi_center.domain.forms.envelope import FIRST, Line
from nhi_center.domain.keying import NO_TALLY, Tally
from nhi_center.errors import OperatorError


class State(StrEnum):
    """Where an application stands.

    ``DONE``: certificates are out, or none follows. ``RETURNED``: back to the ward without effect (区の引取り, 取下げ).
    ``ELSEWHERE``: handed on to another terminal (``domain.leases``), where it goes on.
    """

    RECEIVED = "received"
    DRAFTING = "drafting"
    ENTERED = "entered"
    VERIFIED = "verified"
    REVIEWED = "reviewed"
    DONE = "done"
    HELD = "held"
    RETURNED = "returned"
    ELSEWHERE = "elsewhere"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    State.RECEIVED: "入力待ち",
    State.DRAFTING: "下書き",
    State.ENTERED: "照合待ち",
    State.VERIFIED: "区の審査待ち",
    State.REVIEWED: "区審査済",
    State.DONE: "処理済",
    State.HELD: "保留・照会",
    State.RETURNED: "区へ返却",
    State.ELSEWHERE: "別の端末",
}

TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.DRAFTING, State.RETURNED, State.ELSEWHERE}),
    State.DRAFTING: frozenset({State.ENTERED, State.HELD, State.RETURNED, State.ELSEWHERE}),
    # Back to the draft: the verifier or the ward found what the keyer must put right on paper in hand.
    State.ENTERED: frozenset({State.VERIFIED, State.DRAFTING, State.HELD, State.RETURNED, State.ELSEWHERE}),
    State.VERIFIED: frozenset({State.REVIEWED, State.DRAFTING, State.HELD, State.RETURNED}),
    State.REVIEWED: frozenset({State.DONE, State.HELD, State.RETURNED}),
    State.HELD: frozenset({State.DRAFTING, State.ENTERED, State.VERIFIED, State.REVIEWED, State.RETURNED}),
    # 取下げ by the ward, also of what is done: its effect is taken back there, its certificate called in.
    State.DONE: frozenset({State.RETURNED}),
    State.RETURNED: frozenset(),
    State.ELSEWHERE: frozenset({State.RECEIVED, State.DRAFTING, State.ENTERED}),
}
OPEN = (State.RECEIVED, State.DRAFTING, State.ENTERED, State.VERIFIED, State.REVIEWED, State.HELD)
"""States in which somebody still has work with it."""


def check_transition(frm: State, to: State, *, held_from: State | None = None) -> None:
    """Raise OperatorError when ``to`` may not follow. From a hold only the step it was held from follows, or the way back."""
    allowed = to in TRANSITIONS[frm]
    if frm is State.HELD and to is not State.RETURNED:
        allowed = allowed and to is held_from
    if not allowed:
        raise OperatorError(f"この届出は今「{frm.label}」です。一覧を更新して確かめてください。", code="not-this-step")


@dataclass(frozen=True, slots=True)
class Event:
    """One step of one application."""

    at: str
    by: str
    frm: State
    to: State
    note: str


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """What stands in the form. ``values`` are read ones (``forms.types``), ``typed`` the text where it differs or does not read,
    ``reasons`` the reason code by ``Finding.key``; ``page`` and ``field`` are where the clerk stood.
    """

    values: Mapping[str, str] = made(default_factory=dict)
    typed: Mapping[str, str] = made(default_factory=dict)
    reasons: Mapping[str, str] = made(default_factory=dict)
    page: str = ""
    field: str = ""
    carried: Mapping[str, bool] = made(default_factory=dict)
    """By field taken over from another line or paper (前と同じ): whether the keyer has confirmed it since."""
    tally: Tally = NO_TALLY
    """What the hand has done since it was opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """届出・申請 1件. ``slip`` is the 管理票's id, ``number`` what is printed on it; times are the office's wall clock, ISO.

    ``form_day`` chooses the version of the form. ``session`` is the sign-in that has it open; "" when nobody has.
    """

    id: str
    slip: str
    number: str
    day: str
    batch: str
    form: str
    form_day: str
    state: State
    atena: str = ""
    fact_date: str = ""
    keyer: str = ""
    session: str = ""
    urgent_until: str = ""
    opened_at: str = ""
    saved_at: str = ""
    entered_at: str = ""
    draft: Draft = Draft()
    further: tuple[Line, ...] = ()
    """Person lines after the first, while the envelope is on its way to the review."""
    envelope: str = ""
    """The application whose further line this one was, once the ward has reviewed it; "" for the paper itself."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """All person lines, the first one too, by number."""
        return (Line(FIRST, self.form, self.atena, self.fact_date), *self.further)

    def value(self, field_id: str) -> str:
        return self.draft.values.get(field_id, "")
