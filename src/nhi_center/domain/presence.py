"""入退室: who was in the room, recorded by ward staff together with the locker of his telephone and camera (運用上の対策 4)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay in the room. ``left_at`` is empty while the person is inside; times are the office's wall clock, ISO."""

    id: str
    person: str
    day: str
    entered_at: str
    entered_by: str
    locker: str
    left_at: str
    left_by: str

    @property
    def inside(self) -> bool:
        return not self.left_at
