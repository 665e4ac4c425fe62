"""証等の出力: what waits to be printed and what stands in the way. Printing and checking have modules of their own.

A certificate enters the queue when the ward has reviewed the application and the standard system has answered. It is judged
again whenever the queue is looked at, until it is printed: the register, the ward's settings or the day may have changed.
"""

from __future__ import annotations

import uuid
from collections.abc import Container, Mapping
from dataclasses import dataclass, replace

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_jobs import Job, Step
from nhi_center.domain.day_close import OpenItem
from nhi_center.domain.entry import Application, State
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.print_batches import CRASHED, BatchState, after_crash
from nhi_center.domain.print_jobs import JobState, fault, move
from nhi_center.errors import OperatorError
from nhi_center.printing.sheets import CertificateSheet
from nhi_center.services import holds, paper
from nhi_center.services.certificate_judging import JUDGED_STATES, Judged, differs, judge_all, with_glyphs
from nhi_center.services.certificate_sheets import settled_of, sheet_of, snapshot_of
from nhi_center.services.entry import found as find_application
from nhi_center.services.office import Office
from nhi_center.services.paper import PaperDay
from nhi_center.services.work import Unit, begin, reading
from nhi_center.storage import certificates as storage
from nhi_center.storage import incidents, register
from nhi_center.storage import print_batches as batches
from nhi_center.storage import renewal as renewals
from nhi_center.storage.engine import Connection


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the list, ``origin`` as ``origin_of`` says. ``reporter``: who reported 書損.

    ``sheet`` None: it cannot be printed, and ``job.blocks`` say why.
    """

    job: Job
    origin: str
    name: str
    insured_number: str
    sheet: CertificateSheet | None
    reporter: str = ""
    urgent_until: str = ""
    reissue_of: str = ""
    """再交付: the number of the void certificate in whose place this one is made; "" for any other."""
    marked: bool = False
    """差異あり: its application or the sheet itself came or went with a 便 that has a standing difference."""

    @property
    def drawable(self) -> bool:
        """Whether its page can be made: something to print, a glyph for every character, room for every text."""
        return self.sheet is not None and not {Block.GLYPH, Block.TOO_LONG} & set(self.job.blocks)


@dataclass(frozen=True, slots=True)
class Queue:
    """The whole page, read at one moment."""

    rows: tuple[QueueRow, ...]
    stocks: tuple[PaperDay, ...]

    def stock(self, prefix: str) -> PaperDay:
        """What lies in the printer that takes this paper when nobody says which."""
        return next(stock for stock in self.stocks if stock.prefix == prefix)


@dataclass(frozen=True, slots=True)
class Counts:
    """Sheets by what is to be done with them."""

    waiting: int
    to_check: int
    to_approve: int
    blocked: int


# -- what is shown --


def queue(office: Office, session: Session) -> Queue:
    """Everything that is not with the ward yet: 至急, then what waits, what is to be checked, blocked, and done."""
    names = {account.person: account.name for account in office.premises.accounts.every()}
    with reading(office, session, Action.PRINT) as connection:
        marked = incidents.marked(connection)
        rows = [_row(connection, job, names, marked) for job in storage.in_room(connection)]
        return Queue(tuple(sorted(rows, key=_order)), paper.tray_counts(office, connection))


_IN_ORDER = (
    JobState.QUEUED,
    JobState.PRINTING,
    JobState.NEEDS_CHECK,
    JobState.SPOILED_WAITING,
    JobState.BLOCKED,
    JobState.GOOD,
    JobState.SPOILED,
)


def _order(row: QueueRow) -> tuple[bool, str, int]:
    """至急 first while something is still to be done with it; then by what is to be done, each in the order it came."""
    urgent = "" if row.job.state in (JobState.GOOD, JobState.SPOILED) else row.urgent_until
    return (not urgent, urgent, _IN_ORDER.index(row.job.state))


def _row(connection: Connection, job: Job, names: Mapping[str, str], marked: Container[str]) -> QueueRow:
    """``marked``: certificates and 管理票 with 差異あり."""
    application = find_application(connection, job.application) if job.application else None
    origin, urgent_until, parts = _origin(connection, job, application)
    sheet, person = sheet_of(job), register.find(connection, job.atena)
    nameless = sheet is None and (person is None or person.protected)  # 支援措置: the slip alone says which paper it is
    return QueueRow(
        job=job,
        origin=origin,
        name=origin if nameless else sheet.name if sheet else person.name if person else "",
        insured_number="" if nameless else "-".join(part for part in parts if part),
        sheet=sheet,
        reporter="" if nameless else names.get(job.reported_by, ""),
        urgent_until=urgent_until,
        marked=job.id in marked or (application is not None and application.slip in marked),
        reissue_of=_reissue_of(connection, job),
    )


def _reissue_of(connection: Connection, job: Job) -> str:
    void = storage.void_before(connection, job)
    return (void.serial or "普通紙") if void else ""


def _origin(connection: Connection, job: Job, application: Application | None) -> tuple[str, str, tuple[str, ...]]:
    """Which paper it is of, until when it is promised, and 記号・番号・枝番 where they have come."""
    if job.renewal or application is None:
        sheet = sheet_of(job)
        return origin_of(connection, job), "", (sheet.symbol, sheet.number, sheet.branch) if sheet else ()
    settled = settled_of(connection, application)
    parts = (settled.symbol, settled.number, settled.branch) if settled else ()
    return f"管理票 {application.number}", application.urgent_until, parts


def origin_of(connection: Connection, job: Job) -> str:
    """What a sheet goes back to: its 管理票, or the ward's order of a 一斉更新."""
    if job.renewal:
        renewal = renewals.find(connection, job.renewal)
        return f"一斉更新 {renewal.order}" if renewal else "一斉更新"
    return f"管理票 {find_application(connection, job.application).number}"


def steps(office: Office, session: Session, job_id: str) -> tuple[tuple[Step, str], ...]:
    """The way of one sheet so far, each step with the name of who made it."""
    names = {account.person: account.name for account in office.premises.accounts.every()}
    with reading(office, session, Action.PRINT) as connection:
        return tuple((step, names.get(step.by, step.by)) for step in storage.steps(connection, job_id))


def counts(office: Office, session: Session) -> Counts:
    """For the first screen, the left column and the status bar."""
    with reading(office, session, Action.STATUS) as connection:
        return counts_now(connection)


def counts_now(connection: Connection) -> Counts:
    """As ``counts``, inside another reading."""
    found = storage.count_by_state(connection)
    return Counts(
        waiting=found.get(JobState.QUEUED, 0),
        to_check=found.get(JobState.NEEDS_CHECK, 0) + found.get(JobState.PRINTING, 0),
        to_approve=found.get(JobState.SPOILED_WAITING, 0),
        blocked=found.get(JobState.BLOCKED, 0),
    )


def open_items(connection: Connection) -> tuple[OpenItem, ...]:
    """What 終業点検 looks at: sheets still to print, to check and to approve."""
    now = counts_now(connection)
    return (
        OpenItem("print_waiting", now.waiting + now.blocked, f"印刷していない証 {now.waiting + now.blocked}件", "certificates"),
        OpenItem("print_check", now.to_check, f"現物を確認していない証 {now.to_check}枚", "certificates", paper=True),
        OpenItem("print_spoiled", now.to_approve, f"書損の承認待ち {now.to_approve}枚", "certificates", paper=True),
    )


# -- what enters the queue --


def propose(office: Office, session: Session) -> int:
    """Bring the queue up to date; gives how many jobs are new or have changed. Doing it again changes nothing.

    Run it in the print lane: it looks up glyphs, and takes what is still "printing" there for the remains of a crash.
    Raises EnvironmentTrouble (fonts, the ward's settings).
    """
    changed = _recover(office, session)
    with reading(office, session, Action.PRINT) as connection:
        judged = judge_all(office, connection)
    judged = [one for one in map(with_glyphs, judged) if differs(one)]
    if not judged:
        return changed
    with begin(office, session, Action.PRINT, step="propose") as unit:
        kept = sum(_keep(unit, one) for one in judged)
        unit.note(jobs=kept)
    return changed + kept


def _recover(office: Office, session: Session) -> int:
    """A crash left jobs "printing": a person must say what came out. Their paper is taken as gone until he does.

    It may have left a page with a name in the work folder too: in this lane nobody uses one now.
    """
    for page in office.settings.work.glob("*"):
        page.unlink(missing_ok=True)
    with reading(office, session, Action.PRINT) as connection:
        left = storage.in_state(connection, JobState.PRINTING)
        broken = batches.in_state(connection, BatchState.PRINTING)
    if not (left or broken):
        return 0
    with begin(office, session, Action.PRINT, step="recover", jobs=len(left)) as unit:
        for batch in broken:
            batches.put(unit.connection, replace(batch, state=after_crash(batch.state), error=CRASHED))
        for job in left:
            error = fault(unit.stamp, "印刷の途中でプログラムが止まりました。紙が出たか確かめてください。", "")
            hand_over(unit, job, "", note="restart", error=error)
    return len(left)


def hand_over(unit: Unit, job: Job, printer: str, *, tray: str = "", note: str = "", error: str = "") -> None:
    """Printing → 現物を確認, with the number of the paper that went through the printer with that tray. What went wrong before is
    over; ``error``: what is wrong now."""
    number = paper.take(unit, job.prefix, job.id, tray) if job.prefix else ""
    at_printer = replace(job, serial=number, printer=printer, spooler="", spooler_reasons="", error=error)
    change(unit, job, replace(at_printer, state=move(job.state, JobState.NEEDS_CHECK)), note)


def _keep(unit: Unit, judged: Judged) -> bool:
    """Write one judgement, unless somebody was faster."""
    snapshot = snapshot_of(judged.sheet) if judged.sheet else {}
    state = JobState.BLOCKED if judged.blocks else JobState.QUEUED
    if judged.job is None:
        application = find_application(unit.connection, judged.application)
        if application.state is not State.REVIEWED or storage.live(unit.connection, judged.application) is not None:
            return False
        job = Job(
            id=str(uuid.uuid4()),
            application=judged.application,
            kind=judged.kind,
            atena=judged.atena,
            state=state,
            snapshot=snapshot,
            blocks=judged.blocks,
            detail=judged.detail,
            made_at=unit.stamp,
        )
        storage.add(unit.connection, job, unit.person)
        record(unit, job)
        return True
    now = found(unit.connection, judged.job.id)
    if now.state is not judged.job.state:
        return False
    if state is not now.state:
        move(now.state, state)
    after = replace(now, kind=judged.kind, state=state, snapshot=snapshot, blocks=judged.blocks, detail=judged.detail)
    change(unit, now, after, "judged")
    return True


def ask_ward(office: Office, session: Session, job_id: str, question: str) -> None:
    """F4: what may not be printed here goes to the ward with a question; the paper of the application to the held ones.

    Raises OperatorError at ``question``, or when the sheet is past the queue.
    """
    with begin(office, session, Action.HOLD, subject=job_id, step="print") as unit:
        job = found(unit.connection, job_id)
        if job.renewal:
            raise OperatorError("一斉更新の証は照会にできません。証の台帳の「一斉更新」で引き抜いてください。", code="renewal")
        if job.state not in JUDGED_STATES or Block.HELD in job.blocks:
            raise OperatorError(f"この証は「{job.state.label}」です。いまは照会できません。", code="print-step")
        holds.hold_in(unit, job.application, question)
        # the other blocks stay: an answer changes no glyph, and contents that stay the same are not looked at again
        change(unit, job, replace(job, state=JobState.BLOCKED, blocks=(Block.HELD, *job.blocks)), "asked")


# -- for the sister modules --


def found(connection: Connection, job_id: str) -> Job:
    job = storage.find(connection, job_id)
    if job is None:
        raise OperatorError("この証はありません。画面を更新して確かめてください。", code="no-job")
    return job


def change(unit: Unit, before: Job, after: Job, note: str = "") -> None:
    """Keep a job's step, in the store and on its way to the segment. The caller has checked that it may follow."""
    storage.update(unit.connection, before, after, unit.stamp, unit.person, note)
    if before.state is not after.state:
        record(unit, after)


def record(unit: Unit, job: Job) -> None:
    """The step for the segment: opaque ids, codes and the number of the paper."""
    unit.note(state=job.state.value)
    unit.record(
        "certificate",
        {
            "job": job.id,
            "application": job.application,
            "renewal": job.renewal,
            "atena": job.atena,
            "kind": job.kind.value,
            "state": job.state.value,
            "blocks": [block.value for block in job.blocks],
            "serial": job.serial,
            "attempts": job.attempts,
            "spoiled": job.spoiled,
            "spoil_reason": job.spoil_reason,
            "replaces": job.replaces,
            "by": unit.person,
            "at": unit.stamp,
        },
    )
