"""事故・差異の記録: what went wrong, what was done first, when the ward was told (受託者の運用 9, 10; 特記事項 19).

An incident is reported by whoever finds it, or opens by itself with what the store knows; people add words. Nothing of it is
changed: entries are added. The clock of 区への通知 runs from the discovery: 直ちに, and red after the minutes the ward allows
(区の設定 ``tell_minutes``). Only the ward closes it.
The ward's own clocks towards the 個人情報保護委員会 (速報, 確報) are information: nobody here is measured by them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from nhi_center.domain.calendar import ClosedDays
from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.domain.incident_report import Kind, Report
from nhi_center.errors import OperatorError

LONGEST = 400
"""Characters of one entry."""

FIRST_REPORT = (3, 5)
"""速報: within these days of the knowledge."""
FULL_REPORT = 30
"""確報: within these days."""
FULL_REPORT_OF_INTENT = 60
"""確報 where somebody may have done it with a wrongful purpose (不正アクセス)."""


class Step(StrEnum):
    """What an entry is: words (as often as needed), 区への通知 (once), a written report, 終結 by the ward (once)."""

    WRITTEN = "written"
    CONTACTED = "contacted"
    CAUSE = "cause"
    PREVENTION = "prevention"
    REPORTED = "reported"
    TOLD = "told"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Step.WRITTEN: "初期対応・経過",
    Step.CONTACTED: "本人への連絡",
    Step.CAUSE: "原因",
    Step.PREVENTION: "再発防止",
    Step.REPORTED: "書面での報告",
    Step.TOLD: "区への通知",
    Step.CLOSED: "終結",
}
IN_WORDS = (Step.WRITTEN, Step.CONTACTED, Step.CAUSE, Step.PREVENTION)
"""What people add as words."""


class Stage(StrEnum):
    """Which written report to the ward comes next: 第1報 at once, 続報 while it goes on, 最終 with cause and prevention."""

    FIRST = "第1報"
    NEXT = "続報"
    LAST = "最終報告"


def paper_words(stage: Stage, file: str) -> str:
    """The words of the entry that a written report leaves."""
    return f"{stage.value} {file}"


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
class Paper:
    """One written report that was made: its ``file`` at the terminal that made it, and what the record had been until then."""

    stage: Stage
    file: str
    at: str
    until: Incident


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident with its entries in their order. Times are the office's wall clock, ISO.

    ``handover``: the 便 whose counts differ, or ""; every other has a ``report``. ``terminal``: who told it, "" for this.
    """

    id: str
    day: str
    kind: Kind
    handover: str
    opened_at: str
    opened_by: str
    entries: tuple[Entry, ...] = ()
    report: Report | None = None
    terminal: str = ""

    @property
    def known_at(self) -> str:
        """Since when somebody knows of it: its clocks run from here."""
        return self.report.found_at if self.report else self.opened_at

    @property
    def written(self) -> tuple[Entry, ...]:
        return self.of(Step.WRITTEN)

    def of(self, step: Step) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.step is step)

    @property
    def stage(self) -> Stage:
        """The next written report: the last one as soon as cause and prevention are written."""
        if self.of(Step.CAUSE) and self.of(Step.PREVENTION):
            return Stage.LAST
        return Stage.NEXT if self.of(Step.REPORTED) else Stage.FIRST

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The written reports, in their order."""
        found = []
        for place, entry in enumerate(self.entries):
            if entry.step is Step.REPORTED:
                until = replace(self, entries=self.entries[:place])
                said, _space, file = entry.words.partition(" ")  # ``paper_words``, or what another terminal says
                found.append(Paper(next((stage for stage in Stage if stage == said), until.stage), file, entry.at, until))
        return tuple(found)

    @property
    def told(self) -> Entry | None:
        return next((entry for entry in self.entries if entry.step is Step.TOLD), None)

    @property
    def closed(self) -> Entry | None:
        return next((entry for entry in self.entries if entry.step is Step.CLOSED), None)

    def due(self, minutes: int) -> str:
        """Until when the ward is to be told, with the minutes it allows; "" once it has been."""
        if self.told is not None:
            return ""
        return (datetime.fromisoformat(self.known_at) + timedelta(minutes=minutes)).isoformat(timespec="seconds")

    def overdue(self, now: datetime, minutes: int) -> bool:
        due = self.due(minutes)
        return bool(due) and datetime.fromisoformat(due) < now

    @property
    def state(self) -> str:
        """対応中 until the ward has closed it."""
        return "終結" if self.closed else "対応中"


@dataclass(frozen=True, slots=True)
class WardClocks:
    """The last days of the ward's own reports to the 個人情報保護委員会, should it find that one is due."""

    first_from: date
    first_to: date
    full: date
    full_of_intent: date


def ward_clocks(incident: Incident, closed: ClosedDays) -> WardClocks:
    """Counted as the committee counts: the day of the knowledge is day one, closed days count, and a 確報 whose last day is
    closed may come on the next open one (個人情報保護法ガイドライン 通則編 3-5-3)."""
    known = datetime.fromisoformat(incident.known_at).date()

    def day(number: int) -> date:
        return known + timedelta(days=number - 1)

    first_from, first_to = FIRST_REPORT
    full, full_of_intent = closed.next_open(day(FULL_REPORT)), closed.next_open(day(FULL_REPORT_OF_INTENT))
    return WardClocks(day(first_from), day(first_to), full, full_of_intent)


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
    if told_at < datetime.fromisoformat(incident.known_at).replace(second=0):
        raise OperatorError("見つかる前の時刻です。確かめてください。", field="told_at", code="before-incident")


def check_entry(entry: Entry) -> None:
    """Raise OperatorError or ValueError unless this could have been written here; for what another terminal tells."""
    told_at = datetime.fromisoformat(entry.told_at) if entry.step is Step.TOLD else None
    if told_at is None:
        if entry.told_to or entry.told_at:
            raise ValueError("entry")
    elif told_at > datetime.fromisoformat(entry.at):
        raise ValueError("entry")
    if entry.step in IN_WORDS and not entry.words.strip():
        raise ValueError("entry")
    if len(entry.words) > LONGEST:
        raise ValueError("entry")
    refuse_individual_number(entry.words, "words")


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
