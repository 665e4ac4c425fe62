"""入力の統計: what one opening of a paper took, and sums of it. Counters only, never what was typed.

The thirteen values are those of CSPro's operator statistics (Census and Survey Processing System, U.S. Census Bureau): mode,
operator, start, end, total and pause time, cases, records, keystrokes, bad keystrokes, fields wrong by the keyer and by the
verifier, fields verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from nhi_center.domain.operators import Session

PAUSE_SECONDS = 60
"""A gap between two keys longer than this is a pause (紙を探す、呼ばれる、ロック), and no keying time."""

K = TypeVar("K")


class Mode(StrEnum):
    """ADD, MODIFY and VERIFY of CSPro: a first entry, one that came back or corrects another, a second keying."""

    ENTRY = "entry"
    CORRECTION = "correction"
    VERIFICATION = "verification"

    @property
    def label(self) -> str:
        return {"entry": "入力", "correction": "訂正", "verification": "照合"}[self.value]


@dataclass(frozen=True, slots=True)
class Tally:
    """What the hand did since a paper was opened. ``bad_keystrokes``: refused by the field, or taking back what was typed."""

    seconds: int = 0
    pause_seconds: int = 0
    keystrokes: int = 0
    bad_keystrokes: int = 0


NO_TALLY = Tally()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keying:
    """One line of the statistics: one opening of a paper, or the sum of several. Times are ISO wall clock, durations seconds.

    ``keyer``: whose entry it was. ``cases`` counts papers finished, ``records`` their persons.
    """

    mode: Mode
    person: str
    keyer: str
    form: str
    session: str
    started_at: str
    ended_at: str
    seconds: int = 0
    pause_seconds: int = 0
    cases: int = 0
    records: int = 0
    keystrokes: int = 0
    bad_keystrokes: int = 0
    keyer_wrong: int = 0
    verifier_wrong: int = 0
    fields_verified: int = 0

    @property
    def keys_per_hour(self) -> int:
        """Keystrokes in an hour without pauses; 0 while there is less than a minute of it."""
        worked = self.seconds - self.pause_seconds
        return round(3600 * self.keystrokes / worked) if worked >= 60 else 0

    @property
    def bad_per_thousand(self) -> float:
        return per_thousand(self.bad_keystrokes, self.keystrokes)

    @property
    def keyer_wrong_per_thousand(self) -> float:
        """Wrong first keyings among 1,000 fields keyed twice."""
        return per_thousand(self.keyer_wrong, self.fields_verified)

    @property
    def verifier_wrong_per_thousand(self) -> float:
        return per_thousand(self.verifier_wrong, self.fields_verified)


def opening(mode: Mode, session: Session, keyer: str, form: str, at: str) -> Keying:
    """A paper as this sign-in opens it."""
    return Keying(mode=mode, person=session.person, keyer=keyer, form=form, session=session.id, started_at=at, ended_at=at)


def per_thousand(wrong: int, of: int) -> float:
    """0.0 where there was nothing."""
    return 1000 * wrong / of if of else 0.0


def summed(lines: Iterable[Keying], key: Callable[[Keying], K]) -> dict[K, Keying]:
    """Lines of the same ``key`` added up, in the order the keys first come. What differs among them is the first one's."""
    sums: dict[K, Keying] = {}
    for line in lines:
        name = key(line)
        sums[name] = _added(sums[name], line) if name in sums else line
    return sums


def _added(one: Keying, other: Keying) -> Keying:
    return Keying(
        mode=one.mode,
        person=one.person,
        keyer=one.keyer,
        form=one.form,
        session=one.session,
        started_at=min(one.started_at, other.started_at),
        ended_at=max(one.ended_at, other.ended_at),
        seconds=one.seconds + other.seconds,
        pause_seconds=one.pause_seconds + other.pause_seconds,
        cases=one.cases + other.cases,
        records=one.records + other.records,
        keystrokes=one.keystrokes + other.keystrokes,
        bad_keystrokes=one.bad_keystrokes + other.bad_keystrokes,
        keyer_wrong=one.keyer_wrong + other.keyer_wrong,
        verifier_wrong=one.verifier_wrong + other.verifier_wrong,
        fields_verified=one.fields_verified + other.fields_verified,
    )
