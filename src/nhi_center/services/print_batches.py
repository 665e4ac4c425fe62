"""印刷の束: made by paper and printer, printed in their turn; up, down, held, cancelled, moved to another printer with a reason.

``run`` works in the print lane, so one sheet at a time is on its way, whatever is done to the other batches meanwhile.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nhi_center.domain import print_batches as rules
from nhi_center.domain import printers as printer_rules
from nhi_center.domain.certificate_jobs import Job
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.print_batches import Batch, BatchState
from nhi_center.domain.print_jobs import JobState
from nhi_center.domain.printers import Printer
from nhi_center.errors import EnvironmentTrouble, OperatorCancelled, OperatorError
from nhi_center.services import certificate_printing as printing
from nhi_center.services import paper, printers
from nhi_center.services.certificate_printing import Printed, Report
from nhi_center.services.certificates import QueueRow, queue
from nhi_center.services.office import Office
from nhi_center.services.paper import PaperDay
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import certificates
from nhi_center.storage import print_batches as storage
from nhi_center.storage.engine import Connection


@dataclass(frozen=True, slots=True)
class BatchRow:
    """``printer``: its name, ``target`` its id ("" the folder). ``left`` sheets of ``total`` wait; ``paper`` blank sheets lie in
    that printer's tray (-1: plain)."""

    batch: Batch
    printer: str
    target: str
    total: int
    left: int
    paper: int


def add(unit: Unit, jobs: Sequence[Job], title: str, printer: str = "") -> tuple[str, ...]:
    """A batch for each kind of paper among these, in their order; gives their ids. ``printer`` "": the one for its paper."""
    made = []
    for prefix in dict.fromkeys(job.prefix for job in jobs):
        using = printer_rules.in_use(printers.entered(unit.connection), prefix)
        target = printer if printer in {one.id for one in using} else printers.default_of(unit.connection, prefix)
        batch = Batch(
            str(uuid.uuid4()), title, prefix, target, storage.next_place(unit.connection), made_at=unit.stamp, by=unit.person
        )
        storage.add(unit.connection, batch, [job.id for job in jobs if job.prefix == prefix])
        made.append(batch.id)
    return tuple(made)


def make(office: Office, session: Session, job_ids: Sequence[str], printer: str = "") -> int:
    """What is ticked in the queue becomes a batch for each kind of paper; gives how many. Raises OperatorError for what is in one
    already.

    ``printer``: for the paper it has; the others go to theirs.
    """
    require(office, session, Action.PRINT)
    with begin(office, session, Action.PRINT, step="batch", jobs=len(job_ids)) as unit:
        found = [certificates.find(unit.connection, id_) for id_ in job_ids]
        jobs = [job for job in found if job is not None and job.state is JobState.QUEUED]
        inside = storage.batched(unit.connection)
        if not jobs or any(job.id in inside for job in jobs):
            raise OperatorError("選んだ証は、もう束に入っているか、待ちではありません。選び直してください。", code="print-step")
        return len(add(unit, jobs, f"{unit.stamp[11:16]} に選んだ {len(jobs)}枚", printer))


def listing(office: Office, session: Session) -> tuple[BatchRow, ...]:
    """The open ones in their turn, then those of today that have ended."""
    with reading(office, session, Action.PRINT) as connection:
        entered, trays = printers.entered(connection), paper.tray_counts(office, connection)
        batches = storage.since(connection, office.clock.today().isoformat())
        rows = [_row(connection, one, entered, trays) for one in batches]
        return tuple(sorted(rows, key=lambda row: row.batch.state.ended))


def sheets(office: Office, session: Session, batch: str) -> tuple[QueueRow, ...]:
    """What of a batch is in the room, in the order it comes out."""
    with reading(office, session, Action.PRINT) as connection:
        order = {job: place for place, job in enumerate(storage.jobs_of(connection, batch))}
    rows = [row for row in queue(office, session).rows if row.job.id in order]
    return tuple(sorted(rows, key=lambda row: order[row.job.id]))


def targets(office: Office, session: Session, prefix: str) -> tuple[Printer, ...]:
    """The printers with this paper."""
    with reading(office, session, Action.PRINT) as connection:
        return printer_rules.in_use(printers.entered(connection), prefix)


def choices(office: Office, session: Session) -> tuple[Printer, ...]:
    """The printers to choose among for what becomes a batch: those that may print, of each paper that several of them have."""
    with reading(office, session, Action.PRINT) as connection:
        ready = [one for one in printers.entered(connection) if one.ready]
    having = Counter(one.prefix for one in ready)
    return tuple(one for one in ready if having[one.prefix] > 1)


def _row(connection: Connection, batch: Batch, entered: Sequence[Printer], trays: Sequence[PaperDay]) -> BatchRow:
    total, left = len(storage.jobs_of(connection, batch.id)), len(storage.waiting_of(connection, batch.id))
    target = batch.printer or printer_rules.default(entered, batch.prefix)
    name = next((one.name for one in entered if one.id == target), "印刷先のフォルダー")
    stocks = [one for one in trays if one.prefix == batch.prefix]
    lying = next((one.left for one in stocks if one.printer == target), sum(one.left for one in stocks))
    return BatchRow(batch, name, target, total, left, lying if batch.prefix else -1)


# -- order, hold, cancel, move --


def shift(office: Office, session: Session, batch: str, by: int) -> None:
    """One place up (-1) or down (1) among the open ones; at the end of the list nothing happens."""
    with begin(office, session, Action.PRINT, subject=batch, step="batch_order") as unit:
        open_ones = storage.open_ones(unit.connection)
        at = next((n for n, one in enumerate(open_ones) if one.id == batch), -1)
        if at < 0:
            raise _gone()
        if 0 <= at + by < len(open_ones):
            one, other = open_ones[at], open_ones[at + by]
            storage.put(unit.connection, replace(one, place=other.place))
            storage.put(unit.connection, replace(other, place=one.place))


def hold(office: Office, session: Session, batch: str, held: bool) -> None:
    """It keeps its turn and is not printed until it is released."""
    require(office, session, Action.PRINT)
    _step(office, session, batch, "batch_hold", BatchState.HELD if held else BatchState.WAITING)


def cancel(office: Office, session: Session, batch: str) -> None:
    """Its sheets that are not printed wait one by one in the queue again; nothing is lost."""
    _step(office, session, batch, "batch_cancel", BatchState.CANCELLED)


def move(office: Office, session: Session, batch: str, printer: str, reason: str) -> None:
    """What is left goes to another printer with the same paper. Raises OperatorError at ``printer`` or ``reason``."""
    require(office, session, Action.PRINT)
    with begin(office, session, Action.PRINT, subject=batch, step="batch_move", reason=reason) as unit:
        found = _found(unit.connection, batch)
        here = found.printer or printers.default_of(unit.connection, found.prefix)
        rules.check_movable(replace(found, printer=here), printer, reason)
        using = printer_rules.in_use(printers.entered(unit.connection), found.prefix)
        if printer not in {one.id for one in using}:
            raise OperatorError("この用紙のプリンターを番号で選んでください。", field="printer", code="no-printer")
        storage.put(unit.connection, replace(found, printer=printer, reason=reason))


def _step(office: Office, session: Session, batch: str, step: str, target: BatchState, error: str = "") -> Batch:
    with begin(office, session, Action.PRINT, subject=batch, step=step) as unit:
        found = _found(unit.connection, batch)
        after = replace(found, state=rules.move(found.state, target), error=error)
        storage.put(unit.connection, after)
        unit.note(state=target.value)
    return after


# -- printing --


def run(office: Office, session: Session, batch_id: str, report: Report) -> Printed:
    """Print what is left of a batch in its order, on its printer. A stop, a crash or trouble leaves it to go on from there.

    Raises as ``certificate_printing.print_jobs``; why it stopped stays with the batch.
    """
    require(office, session, Action.PRINT)
    batch = _step(office, session, batch_id, "batch_print", BatchState.PRINTING)
    refused: list[str] = []
    try:
        with reading(office, session, Action.PRINT) as connection:
            ids = storage.waiting_of(connection, batch.id)
        for done, job in enumerate(ids):
            report(done, len(ids), "印刷")
            if _waits(office, session, job):  # it may have been pulled out since
                refused += printing.print_or_refuse(office, session, job, batch.printer)
            else:
                refused.append("束の途中で待ちでなくなった証は、刷らずに次へ進みました。")
    except OperatorCancelled:
        _step(office, session, batch.id, "batch_stop", BatchState.STOPPED, rules.STOPPED)
        raise
    except (OperatorError, EnvironmentTrouble) as problem:
        _step(office, session, batch.id, "batch_stop", BatchState.STOPPED, problem.message)
        raise
    _step(office, session, batch.id, "batch_done", BatchState.DONE)
    return Printed(len(ids) - len(refused), tuple(refused))


def _waits(office: Office, session: Session, job: str) -> bool:
    with reading(office, session, Action.PRINT) as connection:
        found = certificates.find(connection, job)
    return found is not None and found.state is JobState.QUEUED


def _found(connection: Connection, batch: str) -> Batch:
    found = storage.find(connection, batch)
    if found is None:
        raise _gone()
    return found


def _gone() -> OperatorError:
    return OperatorError("この束はもうありません。一覧を更新して確かめてください。", code="no-batch")
