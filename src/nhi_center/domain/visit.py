"""来庁: one ward person brings and takes several 便 in a row. He stays known at the page, and signs each of them.

Known means that his number stands in the next 便 already; his password never does. It ends by itself after ``LASTS``, and at once
when another of the ward signs, when the window is locked, or when somebody ends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from nhi_center.domain.handover import Direction, Side
from nhi_center.domain.operators import Signature

LASTS = timedelta(minutes=10)
"""From his last signature: long enough to count what goes out, too short for the next visitor."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who of the ward stands at the page, and when he signed last (the office's wall clock)."""

    person: str
    name: str
    signed_at: datetime

    def lasts(self, now: datetime) -> bool:
        """Whether he is still known. A clock that was put back ends it too."""
        return self.signed_at <= now < self.signed_at + LASTS

    def minutes_left(self, now: datetime) -> int:
        """Begun minutes until it ends by itself."""
        return max(0, -(-int((self.signed_at + LASTS - now).total_seconds()) // 60)) if self.lasts(now) else 0


def after_signing(direction: Direction, signatures: Mapping[Side, Signature]) -> Visit | None:
    """The visit from this 便 on: of whoever signed it for the ward, whoever was known before. None: nobody has signed for it."""
    for side, signature in signatures.items():
        if direction.is_ward(side):
            return Visit(signature.person, signature.name, datetime.fromisoformat(signature.signed_at))
    return None


def known(visit: Visit | None, now: datetime) -> Visit | None:
    """The visit while it lasts."""
    return visit if visit is not None and visit.lasts(now) else None
