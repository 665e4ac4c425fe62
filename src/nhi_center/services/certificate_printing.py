"""Printing certificates: the intent is kept first, the number of the paper only when the printer has the sheet.

Everything here runs in the print lane, so that one sheet at a time is on its way and "printing" found elsewhere means a crash.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_jobs import Job
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.print_batches import HELD, check_not_held
from nhi_center.domain.print_jobs import JobState, fault, move
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.printing.invented import invented
from nhi_center.printing.preview import PageImage, page_count, render_page
from nhi_center.printing.sheets import AS_LAID_OUT, CertificateSheet, Placement, Seals
from nhi_center.services import paper, printers
from nhi_center.services.certificate_judging import STALE, current_sheet
from nhi_center.services.certificate_sheets import sheet_of
from nhi_center.services.certificates import change, found, hand_over
from nhi_center.services.documents import temporary
from nhi_center.services.office import Office
from nhi_center.services.roster_gate import may_begin
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import print_batches as batches
from nhi_center.storage import seal as seals

Report = Callable[[int, int, str], object]
"""Told (done, total, words) before each sheet; it may raise OperatorCancelled to stop there."""


@dataclass(frozen=True, slots=True)
class Printed:
    """``handed`` sheets went to the printer; ``refused`` is the sentence for each that could not be made."""

    handed: int
    refused: tuple[str, ...]


def print_jobs(office: Office, session: Session, job_ids: Sequence[str], report: Report) -> Printed:
    """Print these in order, one after the other; each then waits for a person to look at it (現物を確認).

    A sheet that cannot be made goes to the ward, one whose person has changed meanwhile is judged anew, one of a held batch
    waits, and the others go on. What is in a batch goes to the printer of its batch.
    Raises OperatorCancelled between two sheets, OperatorError when the paper is used up, EnvironmentTrouble PR-* when the printer
    or the PDF process fails: what was handed over by then stands, the rest is still in the queue.
    """
    require(office, session, Action.PRINT)
    refused: list[str] = []
    for done, job_id in enumerate(job_ids):
        report(done, len(job_ids), "印刷")
        refused += print_or_refuse(office, session, job_id)
    return Printed(len(job_ids) - len(refused), tuple(refused))


def print_or_refuse(office: Office, session: Session, job_id: str, wanted: str = "") -> tuple[str, ...]:
    """One sheet, on the printer that is wanted ("": that of its batch, else the one for its paper).

    Gives the sentence when it could not be made, or is not to be printed now.
    """
    require(office, session, Action.PRINT)
    try:
        _print_one(office, session, job_id, wanted)
    except OperatorError as problem:
        if problem.code not in (Block.GLYPH, Block.TOO_LONG, STALE, HELD):
            raise
        if problem.code == STALE:
            _set_aside(office, session, job_id)
        return (problem.message,)
    return ()


def _set_aside(office: Office, session: Session, job_id: str) -> None:
    """Who has changed since the extraction is pulled out of his 一斉更新 at once, whoever looks at the queue next, and when."""
    with reading(office, session, Action.PRINT) as connection:
        job = found(connection, job_id)
    if not job.renewal or job.state is not JobState.QUEUED:
        return
    with begin(office, session, Action.PRINT, subject=job.id, step="renewal_pulled") as unit:
        unit.about(job.atena)
        now = found(unit.connection, job.id)
        out = replace(now, state=move(now.state, JobState.BLOCKED), snapshot={}, blocks=(Block.CHANGED,))
        change(unit, now, out, "judged")


def _print_one(office: Office, session: Session, job_id: str, wanted: str) -> None:
    try:
        job, sheet, tray = _intend(office, session, job_id, wanted)
    except OperatorError as problem:
        if problem.code == "no-paper":
            _note_why(office, session, job_id, problem)
        raise
    asked = False
    try:
        printer, placement = printers.port_of(office, session, job.prefix, tray)
        with _pdf(office, sheet, job.id, placement) as pdf:
            asked = True
            outcome = printer.send(job.id, pdf, 1)
    except Exception as problem:
        # what breaks inside the printer leaves the job "printing": only a person can say whether a sheet came out
        if not asked:
            _back(office, session, job, problem)
        raise
    if outcome.state == "failed":
        trouble = EnvironmentTrouble("PR-01", outcome.detail)
        _back(office, session, job, trouble)
        raise trouble
    with begin(office, session, Action.PRINT, subject=job.id, step="handed") as unit:
        hand_over(unit, found(unit.connection, job.id), outcome.detail, tray=tray)


def _intend(office: Office, session: Session, job_id: str, wanted: str) -> tuple[Job, CertificateSheet, str]:
    """Written before anything can come out of the printer. Gives the printer too, whoever else may be accepted meanwhile."""
    with begin(office, session, Action.PRINT, subject=job_id, step="print") as unit:
        job = found(unit.connection, job_id)
        reprint = job.replaces and found(unit.connection, job.replaces).spoiled
        if not (job.attempts or reprint):
            may_begin(unit)  # a sheet that was tried before, and the reprint of a spoiled one, are work in hand
        after = replace(job, state=move(job.state, JobState.PRINTING), attempts=job.attempts + 1)
        sheet = current_sheet(office, unit.connection, job)
        batch = batches.of_job(unit.connection, job.id)
        check_not_held(batch)
        tray = wanted or (batch.printer if batch else "") or printers.default_of(unit.connection, job.prefix)
        if job.prefix:
            paper.require_left(unit, job.prefix, tray)
        unit.about(job.atena)
        change(unit, job, after)
        return after, sheet, tray


def _back(office: Office, session: Session, job: Job, problem: Exception) -> None:
    """Nothing was handed to the printer: no paper is used, and the job keeps why."""
    code, words = "", "印刷の準備でプログラムが止まりました。"
    if isinstance(problem, (OperatorError, EnvironmentTrouble)):
        code, words = problem.code, problem.message
    blocks: tuple[Block, ...] = ()
    if code in (Block.GLYPH, Block.TOO_LONG):
        blocks = (Block(code),)
        words = blocks[0].sentence  # the other sentence quotes a name
    with begin(office, session, Action.PRINT, subject=job.id, step="not_printed") as unit:
        now = found(unit.connection, job.id)
        blocks = (*(block for block in now.blocks if block not in blocks), *blocks)  # the ward may have stopped it meanwhile
        target = JobState.BLOCKED if blocks else JobState.QUEUED
        after = replace(now, state=move(now.state, target), blocks=blocks, error=fault(unit.stamp, words, code))
        change(unit, now, after, "not_printed")


def _note_why(office: Office, session: Session, job_id: str, problem: OperatorError) -> None:
    """It was not even tried, and waits as before; the job keeps why."""
    with begin(office, session, Action.PRINT, subject=job_id, step="not_printed") as unit:
        now = found(unit.connection, job_id)
        change(unit, now, replace(now, error=fault(unit.stamp, problem.message, problem.code)), "not_printed")


def preview(office: Office, session: Session, job_id: str, page: int, dots_per_mm: float) -> PageImage:
    """One page of the very PDF this job prints (0 the front, 1 the back): a view of the person, and kept as one.

    Raises OperatorError when nothing can be printed.
    """
    with begin(office, session, Action.PRINT, subject=job_id, step="preview") as unit:
        job = found(unit.connection, job_id)
        unit.about(job.atena)
        sheet = sheet_of(job)
    if sheet is None:
        raise OperatorError("この証はまだ作れません。理由を確かめてください。", code="no-sheet")
    with _pdf(office, sheet, str(uuid.uuid4())) as pdf:
        return render_page(pdf, page, dots_per_mm=dots_per_mm)


def print_proof(office: Office, session: Session, kind: Kind) -> int:
    """F3 見本を刷る: an invented person on plain paper, to see that type and margins are right. Gives the number of pages.

    No number of the paper is used and nothing has to be counted. Raises EnvironmentTrouble PR-*.
    """
    require(office, session, Action.PRINT)
    proof = str(uuid.uuid4())
    with begin(office, session, Action.PRINT, subject=proof, step="proof", kind=kind.value):
        pass
    with _pdf(office, invented(kind, office.clock.today()), proof) as pdf:
        pages = page_count(pdf)
        outcome = printers.port_of(office, session, "")[0].send(f"proof-{proof}", pdf, 1)
    if outcome.state == "failed":
        raise EnvironmentTrouble("PR-01", outcome.detail)
    return pages


def _pdf(office: Office, sheet: CertificateSheet, name: str, placement: Placement = AS_LAID_OUT) -> AbstractContextManager[Path]:
    """The PDF as the PDF process makes it, with the 公印 it names; gone again when it has been used."""
    return temporary(office, name, (sheet,), placement=placement, seals=_seals(office, sheet))


def _seals(office: Office, sheet: CertificateSheet) -> Seals:
    """The 公印 this sheet names, out of the store; none for a 見本."""
    if not sheet.seal:
        return ()
    with office.store.read.begin() as connection:
        image = seals.image_of(connection, sheet.seal)
    return ((sheet.seal, image),) if image else ()
