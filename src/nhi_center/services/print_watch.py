"""What the spooler says of the sheets it has taken, kept beside each until it has ended. It never counts as having been seen.

A sheet is 検品済 only when a person has looked at it: a cleared jam ends as "completed" with no sheet at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from nhi_center.domain.certificate_jobs import Job
from nhi_center.domain.day_close import OpenItem
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.print_batches import Batch, BatchState, move
from nhi_center.domain.print_jobs import JobState, fault
from nhi_center.domain.printers import CUPS, Printer
from nhi_center.domain.standing import PRINTING
from nhi_center.errors import EnvironmentTrouble
from nhi_center.printing import ipp_jobs
from nhi_center.printing.ipp_jobs import IppJob
from nhi_center.services import printers
from nhi_center.services.certificates import change, found
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import certificates as storage
from nhi_center.storage import print_batches as batches
from nhi_center.storage.engine import Connection

if TYPE_CHECKING:
    from nhi_center.printing.ipp import IppPrinter

PATIENCE = timedelta(minutes=2)
"""A printer that says "processing" for so long is switched off or hangs."""
ENDED = frozenset(state.name.lower() for state in ipp_jobs.JobState if state.ended)
_WATCHED = (JobState.NEEDS_CHECK, JobState.SPOILED_WAITING, JobState.SPOILED, JobState.GOOD)
"""Whatever a person has said of the sheet: what the spooler still has of it can come out."""
MOST_NAMED = 5
"""In one line of 終業点検."""
MOST_REASONS = 200
_GRAVER = ("待機中", "印刷中", "停止", "応答なし")
_UNDONE = "終業のとき、印刷サーバーに残っていたので取り消しました。出た紙があるか確かめてください。"
_FORGOTTEN = "印刷サーバーに、この印刷の記録がもうありません。紙が出たか確かめてください。"
_RELEASED = "終業のとき、保留のままだったので取り消しました。証は列で待っています。"


@dataclass(frozen=True, slots=True)
class Standing:
    """``word`` for all printers together, ``advice`` what to do at the one in trouble; ``waiting`` jobs the spooler has not
    ended, ``changed`` of them say something new."""

    word: str
    advice: str
    waiting: int
    changed: int


@dataclass(frozen=True, slots=True)
class _Told:
    """What the spooler said of one sheet; ``trouble``: what has to be done, "" while all goes its way."""

    state: str
    trouble: str
    reasons: str = ""

    @property
    def ended(self) -> bool:
        return self.state in ENDED or self.state == "unknown"

    def kept(self, job: Job) -> Job:
        """A job it has forgotten has no number there any more; what it said last stays."""
        if self.state == "unknown":
            return replace(job, printer="")
        return replace(job, spooler=self.state, spooler_reasons=self.reasons)


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
    told = {job.id: _told(job, one, datetime.fromisoformat(since[job.id]), now) for job, one in zip(jobs, said, strict=False)}
    changed = _keep(office, session, [job for job in jobs if job.id in told], told)
    word, advice = ("応答なし", trouble) if trouble else _together(office, lines)
    return Standing(word, advice, sum(not one.ended for one in told.values()) + len(jobs) - len(told), changed)


def open_items(connection: Connection) -> tuple[OpenItem, ...]:
    """What ``cancel_left`` would cancel now, by what the spooler said last: sheets by number, held batches by title."""
    sheets, held = _open(connection), batches.in_state(connection, BatchState.HELD)
    waiting = sum(len(batches.waiting_of(connection, batch.id)) for batch in held)
    names = [job.serial or f"印刷サーバーの{job.spooled}番" for job in sheets] + [f"保留の束「{batch.title}」" for batch in held]
    more = f" ほか{len(names) - MOST_NAMED}件" if len(names) > MOST_NAMED else ""
    told = f"{'、'.join(names[:MOST_NAMED])}{more}" if names else ""
    count = len(sheets) + waiting
    return (OpenItem("print_left", count, f"終業で取り消す印刷 {count}枚", "certificates", told=told),)


def unended(connection: Connection) -> OpenItem:
    """All that can still come out of this terminal's printers: what waits in an open batch, is printed, or is with the spooler.

    For the other terminals of the room, where closing the day cancels none of it.
    """
    sheets = len(_open(connection)) + len(storage.in_state(connection, JobState.PRINTING))
    sheets += sum(len(batches.waiting_of(connection, batch.id)) for batch in batches.open_ones(connection))
    return OpenItem(PRINTING, sheets, f"終わっていない印刷 {sheets}枚", "certificates")


def cancel_left(office: Office, session: Session) -> int:
    """What nobody has released (終業): held batches, and whatever the spooler has not ended is cancelled there, so that nothing
    comes out of a printer in an empty room. Gives how many the spooler had.

    Nothing is lost: the sheets of a batch wait one by one in the queue; what was with the spooler waits for a person to say
    whether a sheet came out, and goes back to the queue when none did. Raises EnvironmentTrouble PR-01 when the spooler does not
    answer; what was cancelled by then is kept as cancelled.
    """
    require(office, session, Action.DAY_CLOSE)
    with reading(office, session, Action.DAY_CLOSE) as connection:
        lines, jobs = _printers(connection), _open(connection)
        held = batches.in_state(connection, BatchState.HELD)
    left: list[Job] = []
    try:
        for job in jobs:
            if _cancelled(printers.ipp(office, _of(lines, job)), job):
                left.append(job)
    finally:
        _keep_cancelled(office, session, left, held)
    return len(left)


def take_out(office: Office, session: Session, job_id: str) -> bool:
    """Cancel what the spooler still has of this sheet, or it would come out after all; gives whether it had anything.

    Raises EnvironmentTrouble PR-01 when the spooler does not answer.
    """
    with reading(office, session, Action.CHECK_PRINT) as connection:
        lines, job = _printers(connection), found(connection, job_id)
    if not (lines and job.spooled) or job.spooler in ENDED:
        return False
    return _cancelled(printers.ipp(office, _of(lines, job)), job)


def _cancelled(port: IppPrinter, job: Job) -> bool:
    """Whether there was anything to cancel."""
    try:
        if port.job(job.printer).state.ended:
            return False
        try:
            port.cancel(job.printer)
        except EnvironmentTrouble:
            if port.job(job.printer).state.ended:  # it ended by itself between the question and the request
                return False
            raise
    except ipp_jobs.JobForgotten:
        return False
    return True


def _keep_cancelled(office: Office, session: Session, left: Sequence[Job], held: Sequence[Batch]) -> None:
    if not left and not held:
        return
    with begin(office, session, Action.DAY_CLOSE, step="spooler_cancel", jobs=len(left), batches=len(held)) as unit:
        for batch in held:
            now = batches.find(unit.connection, batch.id)
            if now is not None and now.state is BatchState.HELD:
                batches.put(unit.connection, replace(now, state=move(now.state, BatchState.CANCELLED), error=_RELEASED))
        for job in left:
            sheet = found(unit.connection, job.id)
            error = fault(unit.stamp, _UNDONE, "") if sheet.state is JobState.NEEDS_CHECK else sheet.error
            change(unit, sheet, replace(sheet, spooler="canceled", spooler_reasons="", error=error), "spooler_canceled")


def _printers(connection: Connection) -> tuple[Printer, ...]:
    """CUPS queues, retired ones too: what was sent to them may not have ended."""
    return tuple(one for one in printers.entered(connection) if one.way == CUPS)


def _open(connection: Connection) -> tuple[Job, ...]:
    return tuple(job for job in storage.in_state(connection, *_WATCHED) if job.spooled and job.spooler not in ENDED)


def _of(lines: Iterable[Printer], job: Job) -> Printer:
    """A queue of the server that has this job: its numbers are the whole server's."""
    same = [one for one in lines if one.prefix == job.prefix]
    return (same or list(lines))[0]


def _asked(office: Office, lines: tuple[Printer, ...], jobs: Iterable[Job]) -> tuple[list[IppJob | None], str]:
    """The answers in the order of the jobs, None of one it has forgotten; up to the first that did not come, and why not."""
    said: list[IppJob | None] = []
    try:
        for job in jobs:
            try:
                said.append(printers.ipp(office, _of(lines, job)).job(job.printer))
            except ipp_jobs.JobForgotten:
                said.append(None)
    except EnvironmentTrouble as trouble:
        return said, trouble.message
    return said, ""


def _told(job: Job, said: IppJob | None, since: datetime, now: datetime) -> _Told:
    seen = job.state is not JobState.NEEDS_CHECK  # a person has said how the sheet is: nothing is wrong with that any more
    if said is None:
        return _Told("unknown", "" if seen else _FORGOTTEN)
    reasons = (*said.reasons, *(said.printer.reasons if said.printer else ()))
    trouble = "" if seen else _trouble(said, since, now)
    return _Told(said.state.name.lower(), trouble, " ".join(dict.fromkeys(reasons))[:MOST_REASONS])


def _trouble(said: IppJob, since: datetime, now: datetime) -> str:
    """The sentence for the operator when something has to be done; "" while all goes its way."""
    words = ipp_jobs.advice_after(said, since, now, PATIENCE)
    wrong = said.needs_operator or said.state in (ipp_jobs.JobState.CANCELED, ipp_jobs.JobState.ABORTED)
    return words if wrong or words == ipp_jobs.NO_ANSWER else ""


def _keep(office: Office, session: Session, jobs: Iterable[Job], told: Mapping[str, _Told]) -> int:
    new = [job for job in jobs if told[job.id].state != job.spooler or told[job.id].trouble not in job.error]
    if new:
        with begin(office, session, Action.PRINT, step="spooler", jobs=len(new)) as unit:
            for job in new:
                now, one = found(unit.connection, job.id), told[job.id]
                if (now.state, now.printer) == (job.state, job.printer):
                    error = fault(unit.stamp, one.trouble, "PR-01") if one.trouble else now.error
                    change(unit, now, replace(one.kept(now), error=error), f"spooler_{one.state}")
    return len(new)


def _together(office: Office, lines: tuple[Printer, ...]) -> tuple[str, str]:
    """The worst of those in use, the first of them."""
    standing = (printers.standing(office, one) for one in lines if not one.retired)
    return max(standing, key=lambda one: _GRAVER.index(one[0]), default=("待機中", ""))
