"""What the spooler says of the sheets it has taken, kept beside each until it has ended. It never counts as having been seen.

A sheet is 検品済 only when a person has looked at it: a cleared jam ends as "completed" with no sheet at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from nhi_center.domain.certificate_jobs import Job
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.print_jobs import JobState, fault
from nhi_center.domain.printers import CUPS, Printer, fold
from nhi_center.errors import EnvironmentTrouble
from nhi_center.printing import ipp_jobs
from nhi_center.printing.ipp_jobs import IppJob
from nhi_center.services import printers
from nhi_center.services.certificates import change, found
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import certificates as storage
from nhi_center.storage import printers as entered
from nhi_center.storage.engine import Connection

PATIENCE = timedelta(minutes=2)
"""A printer that says "processing" for so long is switched off or hangs."""
ENDED = frozenset(state.name.lower() for state in ipp_jobs.JobState if state.ended)
_UNDONE = "終業のとき、印刷サーバーに残っていたので取り消しました。出た紙があるか確かめてください。"


@dataclass(frozen=True, slots=True)
class Standing:
    """``word`` for all printers together, ``advice`` what to do at the one in trouble; ``waiting`` jobs the spooler has not
    ended, ``changed`` of them say something new."""

    word: str
    advice: str
    waiting: int
    changed: int


def look(office: Office, session: Session) -> Standing:
    """Ask the printers how they stand and the spooler about each sheet it has not ended. Takes as long as they need: in a lane.

    A new answer is kept with the job, trouble as its ``error``.
    """
    with reading(office, session, Action.PRINT) as connection:
        lines, jobs = _printers(connection), _open(connection)
        since = {job.id: storage.steps(connection, job.id)[-1].at for job in jobs}
    if not lines:
        return Standing("待機中", "", 0, 0)
    said, trouble = _asked(office, lines, jobs)
    now = office.clock.local()
    told = {
        job.id: (one.state.name.lower(), _trouble(one, datetime.fromisoformat(since[job.id]), now))
        for job, one in zip(jobs, said, strict=False)
    }
    changed = _keep(office, session, [job for job in jobs if job.id in told], told)
    word, advice = ("応答なし", trouble) if trouble else _together(office, lines)
    return Standing(word, advice, sum(state not in ENDED for state, _words in told.values()) + len(jobs) - len(told), changed)


def cancel_left(office: Office, session: Session) -> int:
    """Whatever the spooler has not ended is cancelled there (終業): nothing comes out of a printer in an empty room.

    Gives how many. Each still waits for a person to say whether a sheet came out; one that did not goes back to the queue.
    Raises EnvironmentTrouble PR-01 when the spooler does not answer.
    """
    require(office, session, Action.DAY_CLOSE)
    with reading(office, session, Action.DAY_CLOSE) as connection:
        lines, jobs = _printers(connection), _open(connection)
    left = []
    for job in jobs:
        port = printers.ipp(office, _of(lines, job))
        if port.job(job.printer).state.ended:
            continue
        port.cancel(job.printer)
        left.append(job)
    if left:
        with begin(office, session, Action.DAY_CLOSE, step="spooler_cancel", jobs=len(left)) as unit:
            for job in left:
                now = found(unit.connection, job.id)
                change(unit, now, replace(now, spooler="canceled", error=fault(unit.stamp, _UNDONE, "")), "spooler_canceled")
    return len(left)


def _printers(connection: Connection) -> tuple[Printer, ...]:
    """CUPS queues, retired ones too: what was sent to them may not have ended."""
    return tuple(one for one in fold(entered.events(connection)).values() if one.way == CUPS)


def _open(connection: Connection) -> tuple[Job, ...]:
    waiting = storage.in_state(connection, JobState.NEEDS_CHECK)
    return tuple(job for job in waiting if job.printer.startswith("cups-") and job.spooler not in ENDED)


def _of(lines: Iterable[Printer], job: Job) -> Printer:
    """A queue of the server that has this job: its numbers are the whole server's."""
    same = [one for one in lines if one.prefix == job.prefix]
    return (same or list(lines))[0]


def _asked(office: Office, lines: tuple[Printer, ...], jobs: Iterable[Job]) -> tuple[list[IppJob], str]:
    """The answers in the order of the jobs, up to the first that did not come, and why it did not."""
    said: list[IppJob] = []
    try:
        for job in jobs:
            said.append(printers.ipp(office, _of(lines, job)).job(job.printer))
    except EnvironmentTrouble as trouble:
        return said, trouble.message
    return said, ""


def _trouble(said: IppJob, since: datetime, now: datetime) -> str:
    """The sentence for the operator when something has to be done; "" while all goes its way."""
    words = ipp_jobs.advice_after(said, since, now, PATIENCE)
    wrong = said.needs_operator or said.state in (ipp_jobs.JobState.CANCELED, ipp_jobs.JobState.ABORTED)
    return words if wrong or words == ipp_jobs.NO_ANSWER else ""


def _keep(office: Office, session: Session, jobs: list[Job], told: dict[str, tuple[str, str]]) -> int:
    new = [job for job in jobs if told[job.id][0] != job.spooler or (told[job.id][1] and told[job.id][1] not in job.error)]
    if new:
        with begin(office, session, Action.PRINT, step="spooler", jobs=len(new)) as unit:
            for job in new:
                now, (state, words) = found(unit.connection, job.id), told[job.id]
                if (now.state, now.printer) == (JobState.NEEDS_CHECK, job.printer):
                    error = fault(unit.stamp, words, "PR-01") if words else now.error
                    change(unit, now, replace(now, spooler=state, error=error), f"spooler_{state}")
    return len(new)


def _together(office: Office, lines: tuple[Printer, ...]) -> tuple[str, str]:
    """The worst of those in use, the first of them."""
    standing = [printers.standing(office, one) for one in lines if not one.retired]
    worst: Callable[[tuple[str, str]], int] = lambda one: ("待機中", "印刷中", "停止", "応答なし").index(one[0])  # noqa: E731
    return max(standing, key=worst, default=("待機中", ""))
