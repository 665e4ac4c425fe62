"""業務の時間: what was done on screen, by job of the contract, corrected with a reason, beside the plan of the year.

The time of one of the company's people runs from サインイン, or from unlocking (ロックを解いた), to ロック or サインアウト.
The time before an act belongs to the job of that act: keying ends with what it saves. Acts that any job needs (検索, 台帳の表示)
go with the act that follows them; where none follows, with the one before. Out of it stay: the time the screen is locked; what
lies between the last act and a lock that came by itself because nobody touched anything (a pause); and what lies behind the last
act of a sign-in that never ended (power cut). Work away from the screen is not seen: the 取扱責任者 adds it, or takes off what is
too much, with a reason.

The jobs are those of the council paper (国民健康保険事務センター業務 1-4, それに付随する事務補助業務).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.domain.locking import LockReason
from nhi_center.domain.operators import Action
from nhi_center.errors import OperatorError

REFERENCE_HOURS = 5747
"""総業務量 of 令和元年度 (council paper): how much it was once, 参考. Never a target: the 取扱責任者 sets the plan."""
REFERENCE = f"参考: 令和元年度の実績 {REFERENCE_HOURS:,}時間"
LONGEST_GAP = timedelta(hours=4)
"""Between two acts of one sitting: whoever touches nothing is locked out long before, and what is typed is kept as it goes. More
means that the clock was set forward."""
LONGEST_REASON = 100
MOST_MINUTES = 24 * 60
MOST_HOURS = 2000
"""Of one job in one month."""


class Job(StrEnum):
    ENTRY = "entry"
    OUTPUT = "output"
    HANDOVER = "handover"
    CALLS = "calls"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def short(self) -> str:
        """For the head of a narrow column."""
        return {"entry": "入力", "output": "出力", "handover": "受渡し", "calls": "電話", "other": "付随"}[self.value]


_LABELS = {
    Job.ENTRY: "申請書等の入力・照合",
    Job.OUTPUT: "証等の出力・検品",
    Job.HANDOVER: "受渡し・返却・提出",
    Job.CALLS: "電話問合せ",
    Job.OTHER: "付随する事務",
}
_JOBS: Mapping[str, Job] = {
    **dict.fromkeys((Action.ENTER, Action.HAND_ON, Action.SETTLE_CONFLICT, Action.HOLD, Action.SETTLE_HOLD), Job.ENTRY),
    **dict.fromkeys((Action.SET_URGENT, Action.VERIFY, Action.ADJUDICATE), Job.ENTRY),
    **dict.fromkeys((Action.PRINT, Action.CHECK_PRINT, Action.APPROVE_SPOILED, Action.RENEW), Job.OUTPUT),
    **dict.fromkeys((Action.HANDOVER, Action.CABINET), Job.HANDOVER),
    **dict.fromkeys((Action.CALL, Action.EXTEND_LOCK), Job.CALLS),
}
_OF_ANY_JOB = frozenset({Action.SEARCH, Action.VIEW_PERSON, Action.STATUS, Action.COPY_OUT, "denied", "wrong_password"})


def job_of(action: str) -> Job | None:
    """The job an act of the log belongs to; None for one that any job needs."""
    return None if action in _OF_ANY_JOB else _JOBS.get(action, Job.OTHER)


@dataclass(frozen=True, slots=True)
class Mark:
    """One entry of the log: who did what when."""

    at: datetime
    actor: str
    action: str
    step: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """So many seconds of one job on one day. ``person`` is "" of another terminal: who it was stays there."""

    day: date
    person: str
    job: Job
    seconds: int


class _Clock:
    """The one who is signed in, and what of his time has not been given to a job yet."""

    def __init__(self, shift: timedelta) -> None:
        self._shift = shift
        self._person = ""
        self._since = datetime.min
        self._last: Job | None = None
        self._waiting = timedelta()
        self.found: dict[tuple[date, str, Job], timedelta] = {}

    def take(self, mark: Mark) -> None:
        if mark.action == Action.SIGN_IN or (mark.action == Action.UNLOCK and not mark.step):
            self.end()
            self._person, self._since = mark.actor, mark.at
        elif not self._person or mark.actor != self._person:
            return
        elif mark.action in (Action.LOCK, Action.SIGN_OUT):
            if mark.step != LockReason.IDLE:
                self._run_to(mark.at)
            self.end()
        else:
            self._run_to(mark.at)
            job = job_of(mark.action)
            if job is not None:
                self._give(job)

    def _run_to(self, at: datetime) -> None:
        """A clock that was set takes nothing off and gives nothing."""
        gap = at - self._since
        if timedelta() < gap <= LONGEST_GAP:
            self._waiting += gap
        self._since = at

    def _give(self, job: Job) -> None:
        key = ((self._since + self._shift).date(), self._person, job)
        self.found[key] = self.found.get(key, timedelta()) + self._waiting
        self._last, self._waiting = job, timedelta()

    def end(self) -> None:
        if self._waiting:
            self._give(self._last or Job.OTHER)
        self._person, self._last = "", None


def stretches(marks: Iterable[Mark], shift: timedelta) -> tuple[Stretch, ...]:
    """The seconds of each day, person and job in these entries of the log, oldest first, which begin with nobody signed in.

    ``shift``: what the office's wall clock is ahead of the log's. Less than a second is none.
    """
    clock = _Clock(shift)
    for mark in marks:
        clock.take(mark)
    clock.end()
    found = sorted(clock.found.items(), key=lambda one: (one[0][0], one[0][1], tuple(Job).index(one[0][2])))
    return tuple(
        Stretch(day, person, job, int(time.total_seconds())) for (day, person, job), time in found if int(time.total_seconds())
    )


@dataclass(frozen=True, slots=True)
class Worked:
    """Seconds of a job, and how many of them are corrections."""

    seconds: int = 0
    corrected: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Corrected:
    """One correction as it was written at this terminal."""

    day: date
    person: str
    job: Job
    seconds: int
    reason: str
    at: str


@dataclass(frozen=True, slots=True)
class Correction:
    """``minutes`` more, or less where negative, of one person's job on one day."""

    day: date
    person: str
    job: Job
    minutes: int
    reason: str


def check_correction(wanted: Correction, seconds: int, today: date) -> None:
    """Raise OperatorError at the field that is not right. ``seconds``: what stands of this person, day and job."""
    if wanted.day > today:
        raise OperatorError("まだ来ていない日は修正できません。", field="day", code="future")
    if not 0 < abs(wanted.minutes) <= MOST_MINUTES:
        raise OperatorError(f"1から{MOST_MINUTES:,}までの分を入れてください。", field="minutes", code="minutes")
    if seconds + wanted.minutes * 60 < 0:
        raise OperatorError(f"引けるのは、いまある{seconds // 60:,}分までです。", field="minutes", code="too-much")
    if not wanted.reason.strip():
        raise OperatorError("修正の理由を書いてください。", field="reason", code="no-reason")
    if len(wanted.reason) > LONGEST_REASON:
        raise OperatorError(f"{LONGEST_REASON}文字までにしてください。", field="reason", code="too-long")
    refuse_individual_number(wanted.reason, "reason")


@dataclass(frozen=True, slots=True)
class Plan:
    """The hours of each job that are meant for each month ("2026-11" -> job -> hours)."""

    hours: Mapping[str, Mapping[Job, int]]

    def of(self, months: Iterable[str], job: Job | None = None) -> int:
        """Of these months, for one job or all."""
        jobs = tuple(Job) if job is None else (job,)
        return sum(self.hours.get(month, {}).get(one, 0) for month in months for one in jobs)


def check_plan(hours: Mapping[Job, int]) -> None:
    """Raise OperatorError at the job whose hours nobody works in a month."""
    for job in Job:
        if not 0 <= hours[job] <= MOST_HOURS:
            raise OperatorError(f"0から{MOST_HOURS:,}までの時間を入れてください。", field=job.value, code="hours")


def months_of(first: date, last: date) -> tuple[str, ...]:
    """Every month with a day between these, oldest first."""
    found, day = [], first.replace(day=1)
    while day <= last:
        found.append(f"{day:%Y-%m}")
        day = (day + timedelta(days=32)).replace(day=1)
    return tuple(found)


def to_year_end(month: str) -> tuple[str, ...]:
    """This month and those behind it up to March (年度末)."""
    first = date.fromisoformat(f"{month}-01")
    return months_of(first, date(first.year + (first.month > 3), 3, 31))


def minutes(seconds: int) -> int:
    return round(seconds / 60)


def hours(seconds: int) -> int:
    return round(seconds / 3600)


def in_hours(seconds: int) -> str:
    """12:05."""
    sign, whole = "-" if seconds < 0 else "", minutes(abs(seconds))
    return f"{sign}{whole // 60}:{whole % 60:02d}"
