"""事故・差異の記録: what went wrong, what was done first, when the ward was told (受託者の運用 9, 10; 特記事項 19).

An incident opens by itself with what the store knows; people add words. Nothing of it is changed: entries are added. The clock of
区への通知 runs from the opening: 直ちに, and red after ``TELL_WITHIN``. Only the ward closes it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.errors import OperatorError

TELL_WITHIN = timedelta(minutes=30)
LONGEST = 400
"""Characters of one entry."""


class Kind(StrEnum):
    """種類. So far what opens by itself; others are reported by people."""

    DIFFERENCE = "difference"

    @property
    def label(self) -> str:
        return {"difference": "枚数差異"}[self.value]


class Step(StrEnum):
    """What an entry is: 初期対応 in words (as often as needed), 区への通知 (once), 終結 by the ward (once)."""

    WRITTEN = "written"
    TOLD = "told"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. ``told_to`` and ``told_at`` only of 区への通知; ``at`` is when it was written down."""

    step: Step
    words: str
    told_to: str
    told_at: str
    at: str
    by: str

    def values(self, incident: str) -> dict[str, str]:
        """By name, with the incident they belong to: as the store keeps them and the segment is told."""
        return {"incident": incident, **asdict(self), "step": self.step.value}


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident with its entries in their order. Times are the office's wall clock, ISO."""

    id: str
    day: str
    kind: Kind
    handover: str
    opened_at: str
    opened_by: str
    entries: tuple[Entry, ...] = ()

    @property
    def written(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.step is Step.WRITTEN)

    @property
    def told(self) -> Entry | None:
        return next((entry for entry in self.entries if entry.step is Step.TOLD), None)

    @property
    def closed(self) -> Entry | None:
        return next((entry for entry in self.entries if entry.step is Step.CLOSED), None)

    @property
    def due(self) -> str:
        """Until when the ward is to be told; "" once it has been."""
        if self.told is not None:
            return ""
        return (datetime.fromisoformat(self.opened_at) + TELL_WITHIN).isoformat(timespec="seconds")

    def overdue(self, now: datetime) -> bool:
        return bool(self.due) and datetime.fromisoformat(self.due) < now

    @property
    def state(self) -> str:
        """対応中 until the ward has closed it."""
        return "終結" if self.closed else "対応中"


def check_words(incident: Incident, words: str) -> None:
    """Raise OperatorError at ``words`` unless they can be added: an open incident, something said, no 個人番号."""
    _require_open(incident)
    if not words.strip():
        raise OperatorError("したことを書いてください。", field="words", code="no-words")
    if len(words) > LONGEST:
        raise OperatorError(f"{LONGEST}文字までにしてください。", field="words", code="too-long")
    refuse_individual_number(words, "words")


def check_told(incident: Incident, told_at: datetime, now: datetime) -> None:
    """Raise OperatorError at ``told_at`` for a time before the incident or still to come, or when the ward has been told."""
    _require_open(incident)
    if incident.told is not None:
        raise OperatorError("区への通知はもう記録されています。", code="told-already")
    if told_at > now:
        raise OperatorError("これからの時刻は入れられません。", field="told_at", code="in-future")
    if told_at < datetime.fromisoformat(incident.opened_at).replace(second=0):
        raise OperatorError("差異が見つかる前の時刻です。確かめてください。", field="told_at", code="before-incident")


def check_close(incident: Incident) -> None:
    """Raise OperatorError unless first measures are written and the ward was told."""
    _require_open(incident)
    if not incident.written:
        raise OperatorError("初期対応がまだ書かれていません。受託者に書いてもらってください。", code="no-measures")
    if incident.told is None:
        raise OperatorError("区への通知がまだ記録されていません。", code="not-told")


def _require_open(incident: Incident) -> None:
    if incident.closed is not None:
        raise OperatorError("この記録はもう終結しています。", code="closed")
