"""現物の確認: a person says of every sheet whether it is good; a spoiled one needs a second person, and is counted too."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_jobs import STATEMENT, Job, again, approval_contents, check_spoil_reason
from nhi_center.domain.entry import State
from nhi_center.domain.operators import Action, Role, Session, Signature
from nhi_center.domain.print_jobs import JobState, approve_spoiled, move
from nhi_center.domain.print_lots import (
    APPROVE,
    SPOILED,
    SPOILED_STATEMENT,
    check_inspector,
    contents,
    in_range,
    number_of,
    spoiled_contents,
)
from nhi_center.domain.print_lots import STATEMENT as LOT
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.services import custody, entry, paper, presence, print_watch
from nhi_center.services.certificates import change, found, record
from nhi_center.services.office import Office
from nhi_center.services.signing import require_signature, sign_for
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import certificates as storage


def check_good(office: Office, session: Session, job_id: str) -> None:
    """検品済 by another person than who printed it: the sheet lies in the output tray, and its application is done."""
    with begin(office, session, Action.CHECK_PRINT, subject=job_id, step="good") as unit:
        job = found(unit.connection, job_id)
        check_inspector(storage.printed_by(unit.connection, job.id), unit.person)
        _good(unit, job, unit.person)


def _good(unit: Unit, job: Job, inspector: str, note: str = "") -> None:
    whole = _with_paper(unit, job)
    after = replace(whole, state=move(whole.state, JobState.GOOD), error="")  # its steps keep what went wrong before
    storage.update(unit.connection, whole, after, unit.stamp, inspector, note)
    record(unit, after)
    custody.count_good(unit, after.kind.value, after.id)
    if after.application and entry.found(unit.connection, after.application).state is State.REVIEWED:
        entry.advance(unit, after.application, State.DONE)


def waiting_range(office: Office, session: Session, prefix: str) -> tuple[str, ...]:
    """The numbers of this paper that wait for 検品, in order."""
    with reading(office, session, Action.CHECK_PRINT) as connection:
        waiting = storage.in_state(connection, JobState.NEEDS_CHECK)
    return tuple(sorted(job.serial for job in waiting if job.serial and job.prefix == prefix))


def check_lot(office: Office, session: Session, prefix: str, first: str, last: str, person: str, password: str) -> int:
    """検品 of a range of numbers, signed on this page by a second person; gives how many sheets. All of them or none.

    Takes a password hash: run it in a lane. Raises OperatorError at ``first`` or ``last``, when ID or password is wrong, when the
    inspector printed one of them himself, or is not in the room.
    """
    require(office, session, Action.CHECK_PRINT)
    ends = number_of(first, prefix, "first"), number_of(last or first, prefix, "last")
    with reading(office, session, Action.CHECK_PRINT) as connection:
        jobs = in_range(storage.in_state(connection, JobState.NEEDS_CHECK), prefix, *ends)
        for job in jobs:
            check_inspector(storage.printed_by(connection, job.id), person)
    signed = contents(jobs)
    signature = sign_for(office, person, password, Action.CHECK_PRINT, LOT, signed)
    with begin(office, session, Action.CHECK_PRINT, step="lot", sheets=len(jobs)) as unit:
        require_signature(office, signature, LOT, signed, Role.CLERK, Role.SUPERVISOR)
        if not presence.may_work(office, unit.connection, signature.person, Role(signature.role)):
            raise OperatorError("検品する人の入室の記録がありません。区職員に確かめてください。", code="not-inside")
        for job in jobs:
            _good(unit, found(unit.connection, job.id), signature.person, "lot")
        storage.keep_lot(unit.connection, str(uuid.uuid4()), signed, signature)
        unit.note(approved_by=signature.person)
    return len(jobs)


def no_sheet(office: Office, session: Session, job_id: str) -> None:
    """No sheet came out, and none can any more: back to the queue, the number of the paper is free again.

    Asks the spooler: run it in a lane. Raises OperatorError when other sheets were printed after it; then it must be reported as
    spoiled. EnvironmentTrouble PR-01 when the spooler may still have it and does not answer.
    """
    require(office, session, Action.CHECK_PRINT)
    taken_out = print_watch.take_out(office, session, job_id)
    with begin(office, session, Action.CHECK_PRINT, subject=job_id, step="no_sheet") as unit:
        job = found(unit.connection, job_id)
        state = move(job.state, JobState.QUEUED)
        if job.serial:
            paper.put_back(unit, job.serial, job.id)
        spooler = "canceled" if taken_out else job.spooler
        change(unit, job, replace(job, state=state, serial="", spooler=spooler), "no_sheet")


def report_spoiled(office: Office, session: Session, job_id: str, reason: str) -> None:
    """書損: from the check, or found on a good sheet before it leaves. Raises OperatorError at ``spoil_reason``.

    Asks the spooler: run it in a lane. After a jam it would print the sheet once more.
    """
    require(office, session, Action.CHECK_PRINT)
    check_spoil_reason(reason)
    # spoiled paper is counted even if the spooler does not answer: it is asked on until it has ended
    with suppress(EnvironmentTrouble):
        print_watch.take_out(office, session, job_id)
    with begin(office, session, Action.CHECK_PRINT, subject=job_id, step="spoiled", reason=reason) as unit:
        _report(unit, found(unit.connection, job_id), reason)


def _report(unit: Unit, printed: Job, reason: str) -> None:
    job = _with_paper(unit, printed)
    state = move(job.state, JobState.SPOILED_WAITING)
    if job.state is JobState.GOOD:
        custody.uncount_good(unit, job.kind.value, job.id)
    change(unit, job, replace(job, state=state, spoil_reason=reason, reported_by=unit.person), reason)


def report_lot(office: Office, session: Session, prefix: str, first: str, last: str, reason: str) -> int:
    """書損 of a range of numbers, waiting for 検品 or found good before; gives how many sheets. All of them or none.

    Raises OperatorError at ``first``, ``last`` or ``spoil_reason``.
    """
    require(office, session, Action.CHECK_PRINT)
    check_spoil_reason(reason)
    ends = number_of(first, prefix, "first"), number_of(last or first, prefix, "last")
    with begin(office, session, Action.CHECK_PRINT, step="spoiled_lot", reason=reason) as unit:
        here = storage.in_state(unit.connection, JobState.NEEDS_CHECK, JobState.GOOD)
        jobs = in_range(here, prefix, *ends, SPOILED)
        for job in jobs:
            _report(unit, job, reason)
        unit.note(sheets=len(jobs))
    return len(jobs)


def take_back_report(office: Office, session: Session, job_id: str) -> None:
    """A slip of the finger: the sheet is to be checked once more."""
    with begin(office, session, Action.CHECK_PRINT, subject=job_id, step="not_spoiled") as unit:
        job = found(unit.connection, job_id)
        state = move(job.state, JobState.NEEDS_CHECK)
        change(unit, job, replace(job, state=state, spoil_reason="", reported_by=""), "taken_back")


def sign_and_approve(office: Office, session: Session, job_id: str, person: str, password: str) -> str:
    """A second person signs what the screen shows, and the spoiled sheet is approved. Takes a password hash: run it in a lane.

    Gives the reprint's job. Raises as ``approve``; OperatorError when ID or password is wrong.
    """
    with reading(office, session, Action.CHECK_PRINT) as connection:
        contents = approval_contents(found(connection, job_id))
    return approve(office, session, job_id, sign_for(office, person, password, Action.APPROVE_SPOILED, STATEMENT, contents))


def approve(office: Office, session: Session, job_id: str, signature: Signature) -> str:
    """書損の承認: the sheet is counted as spoiled and handed back; a new job prints it again. Gives the new job's id.

    Raises OperatorError when the signer is the one who reported it, no supervisor, not in the room, or signed other contents.
    """
    with begin(office, session, Action.CHECK_PRINT, subject=job_id, step="approved") as unit:
        job = found(unit.connection, job_id)
        signed = approval_contents(job)
        approve_spoiled(job.state, reported_by=job.reported_by, approved_by=signature.person)
        _require_approver(office, unit, signature, STATEMENT, signed)
        reprint = _approve(unit, job, signature)
        storage.keep_signature(unit.connection, job.id, signed, signature)
        unit.note(approved_by=signature.person, reprint=reprint.id)
        return reprint.id


def approve_lot(office: Office, session: Session, prefix: str, first: str, last: str, person: str, password: str) -> int:
    """書損の承認 of a range of numbers by one signature over all of them; gives how many sheets. All of them or none.

    Each keeps its own steps and gets its own reprint. Takes a password hash: run it in a lane. Raises OperatorError at ``first``
    or ``last``, when ID or password is wrong, or as ``approve``.
    """
    require(office, session, Action.CHECK_PRINT)
    ends = number_of(first, prefix, "first"), number_of(last or first, prefix, "last")
    with reading(office, session, Action.CHECK_PRINT) as connection:
        jobs = in_range(storage.in_state(connection, JobState.SPOILED_WAITING), prefix, *ends, APPROVE)
    for job in jobs:
        approve_spoiled(job.state, reported_by=job.reported_by, approved_by=person)
    signed = spoiled_contents(jobs)
    signature = sign_for(office, person, password, Action.APPROVE_SPOILED, SPOILED_STATEMENT, signed)
    with begin(office, session, Action.CHECK_PRINT, step="approved_lot", sheets=len(jobs)) as unit:
        now = [found(unit.connection, job.id) for job in jobs]
        for job in now:
            approve_spoiled(job.state, reported_by=job.reported_by, approved_by=signature.person)
        _require_approver(office, unit, signature, SPOILED_STATEMENT, spoiled_contents(now))
        for job in now:
            _approve(unit, job, signature)
        storage.keep_lot(unit.connection, str(uuid.uuid4()), signed, signature)
        unit.note(approved_by=signature.person)
    return len(jobs)


def _require_approver(office: Office, unit: Unit, signature: Signature, kind: str, signed: Mapping[str, object]) -> None:
    require_signature(office, signature, kind, signed, Role.SUPERVISOR)
    if not presence.may_work(office, unit.connection, signature.person, Role.SUPERVISOR):
        raise OperatorError("承認する人の入室の記録がありません。区職員に確かめてください。", code="not-inside")


def _approve(unit: Unit, job: Job, signature: Signature) -> Job:
    """One sheet is spoiled for good, and its reprint waits."""
    if job.serial:
        paper.spoil(unit, job.serial, job.id)
    change(unit, job, replace(job, state=move(job.state, JobState.SPOILED), spoiled=True), signature.person)
    custody.count_spoiled(unit, job.id)
    reprint = again(job, str(uuid.uuid4()), unit.stamp)
    storage.add(unit.connection, reprint, unit.person)
    record(unit, reprint)
    return reprint


def submitted(unit: Unit, job_ids: Sequence[str]) -> None:
    """提出済: the ward has counted these sheets and signed for them. Called by the handover, inside its act."""
    for job_id in job_ids:
        job = found(unit.connection, job_id)
        change(unit, job, replace(job, state=move(job.state, JobState.SUBMITTED)))


def stop(unit: Unit, application_id: str, block: Block) -> None:
    """差戻し or 取下げ after the review: what waits is not printed any more, what was printed bears the mark (回収)."""
    job = storage.live(unit.connection, application_id)
    if job is None or block in job.blocks:
        return
    state = move(job.state, JobState.BLOCKED) if job.state is JobState.QUEUED else job.state
    after = replace(job, state=state, blocks=(block, *job.blocks))
    storage.update(unit.connection, job, after, unit.stamp, unit.person, block.value)
    record(unit, after)


def _with_paper(unit: Unit, job: Job) -> Job:
    """After a crash with the last sheet gone there was no number to give: it is given when a person has seen the sheet."""
    return job if job.serial or not job.prefix else replace(job, serial=paper.take(unit, job.prefix, job.id))
