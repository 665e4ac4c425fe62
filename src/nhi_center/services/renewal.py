"""一斉更新: thousands of documents on the ward's order. Extract, put out lot by lot, pull out, extract again.

Extraction writes who gets what and in which lot, and who does not and why; nothing is printed by it. A lot that is put out
becomes print jobs, which from then on go the way of every certificate. Between the two the register moves on: whoever is not
as he was extracted is pulled out, by name, and nobody is printed from an old copy.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from itertools import groupby

from nhi_center.domain import canonical
from nhi_center.domain import renewal as rules
from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_jobs import CARD_APPLICATION, NO_MARKS, Job
from nhi_center.domain.certificates import Group
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.people import Person
from nhi_center.domain.print_jobs import JobState, move
from nhi_center.domain.renewal import Candidate, Renewal
from nhi_center.errors import OperatorError
from nhi_center.services import print_batches as batches
from nhi_center.services.certificate_judging import Judged, Ward, judge_again, judge_person, ward_on, with_glyphs
from nhi_center.services.certificate_sheets import DISPLAY_FORM, STUDY_FORM, marks_of, snapshot_of
from nhi_center.services.certificates import change, record
from nhi_center.services.office import Office
from nhi_center.services.renewal_book import is_hidden
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import certificates as jobs
from nhi_center.storage import print_batches, register
from nhi_center.storage import renewal as storage
from nhi_center.storage.engine import Connection

Report = Callable[[int, int, str], object]


@dataclass(frozen=True, slots=True)
class Extracted:
    """``sheets`` newly in lots; ``left_out`` newly without, the hidden ones (支援措置) among them not counted."""

    renewal: str
    sheets: int
    left_out: int


@dataclass(frozen=True, slots=True)
class PutOut:
    """``sheets`` went into the queue, ``changed`` were pulled out because something has changed since the extraction."""

    sheets: int
    changed: int


# -- extracting --


def start(
    office: Office, session: Session, order: str, groups: Sequence[Group], issued: date | None, report: Report
) -> Extracted:
    """A new order, extracted. Raises OperatorError at ``order``, ``groups`` or ``issued``, OperatorCancelled: nothing is kept.

    Run it in the print lane: it looks up every glyph.
    """
    require(office, session, Action.RENEW)
    day = rules.check_order(order, groups, issued, office.clock.today())
    stamp = office.clock.local().isoformat(timespec="seconds")
    made = Renewal(str(uuid.uuid4()), order.strip(), tuple(groups), day, stamp, session.person)
    found = _scan(office, session, made, {}, report)
    with begin(office, session, Action.RENEW, subject=made.id, step="renewal") as unit:
        storage.add(unit.connection, made)
        return _keep(unit, made, found, 0)


def extract_again(office: Office, session: Session, renewal_id: str, report: Report) -> Extracted:
    """Who was left out, and who has come into the register since, once more; what is fine now goes into new lots at the end.

    Whom the ward has pulled out stays out until he is put back. Run it in the print lane.
    """
    with reading(office, session, Action.RENEW) as connection:
        renewal = _running(connection, renewal_id)
        known = {one.atena: one for one in storage.candidates(connection, renewal.id)}
    found = _scan(office, session, renewal, known, report)
    with begin(office, session, Action.RENEW, subject=renewal.id, step="renewal_again") as unit:
        _running(unit.connection, renewal.id)
        return _keep(unit, renewal, found, storage.last_lot(unit.connection, renewal.id))


@dataclass(frozen=True, slots=True, repr=False)
class _Found:
    order: tuple[object, ...]
    candidate: Candidate


def _scan(office: Office, session: Session, renewal: Renewal, known: Mapping[str, Candidate], report: Report) -> list[_Found]:
    """Everybody of the register who belongs to the renewal and is not on his way already."""
    found: list[_Found] = []
    with reading(office, session, Action.RENEW) as connection:
        ward = ward_on(office, connection, renewal.issued)
        rules.check_bases(renewal, ward.bases)
        total, done = register.count(connection), 0
        filed = storage.filed(connection, (DISPLAY_FORM, STUDY_FORM, CARD_APPLICATION))
        for page in storage.people(connection):
            report(done, total, "台帳を調べています")
            for person in page:
                before = known.get(person.atena)
                if before is not None and (before.pulled or before.out):
                    continue
                one = _judge(connection, renewal, person, filed, ward)
                if one is not None:
                    found.append(_Found(rules.postal_order(person), _candidate(person, one)))
            done += len(page)
        report(done, total, "台帳を調べています")
    return sorted(found, key=lambda one: one.order)


def _judge(connection: Connection, renewal: Renewal, person: Person, filed: Mapping[str, set[str]], ward: Ward) -> Judged | None:
    has_marks = person.atena in filed[DISPLAY_FORM] or person.atena in filed[STUDY_FORM]
    marks = marks_of(connection, person.atena) if has_marks else NO_MARKS
    judged = judge_person(renewal, person, marks, ward, applied=person.atena in filed[CARD_APPLICATION])
    return with_glyphs(judged) if judged else None


def _candidate(person: Person, judged: Judged) -> Candidate:
    return Candidate(
        atena=person.atena,
        household=person.household,
        kind=judged.kind,
        blocks=judged.blocks,
        detail=judged.detail,
        digest=_digest(judged),
    )


def _digest(judged: Judged) -> str:
    """Fingerprint of exactly what would be printed; "" for nothing."""
    return sha256(canonical.encode(snapshot_of(judged.sheet))).hexdigest() if judged.sheet and not judged.blocks else ""


def _keep(unit: Unit, renewal: Renewal, found: Sequence[_Found], last_lot: int) -> Extracted:
    """Lots are those of what can be printed; the order of the post counts on from extraction to extraction."""
    fine = [one.candidate for one in found if not one.candidate.blocks]
    households = [len(tuple(group)) for _number, group in groupby(fine, key=lambda one: one.household)]
    lots = [lot for lot, sheets in zip(rules.lots(households), households, strict=True) for _sheet in range(sheets)]
    placed = [
        replace(one, lot=last_lot + lot, place=place) for place, (one, lot) in enumerate(zip(fine, lots, strict=True), start=1)
    ]
    blocked = [one.candidate for one in found if one.candidate.blocks]
    storage.put(unit.connection, renewal.id, (*placed, *blocked))
    seen = sum(Block.PROTECTED not in one.blocks for one in blocked)
    unit.note(sheets=len(placed), blocked=len(blocked), lots=len(set(lots)))
    return Extracted(renewal.id, len(placed), seen)


# -- putting out, pulling out --


def put_out(office: Office, session: Session, renewal_id: str, lot: int, printer: str = "") -> PutOut:
    """A lot becomes print jobs, in the order of the post; whoever has changed since the extraction is pulled out.

    Raises OperatorError when nothing of the lot waits. Run it in the print lane.
    """
    with begin(office, session, Action.PRINT, subject=renewal_id, step="renewal_lot", lot=lot) as unit:
        renewal = _running(unit.connection, renewal_id)
        ward = ward_on(office, unit.connection, renewal.issued)
        waiting = [one for one in storage.in_lot(unit.connection, renewal.id, lot) if one.state in (None, JobState.BLOCKED)]
        if not waiting:
            raise OperatorError("この束はもう出してあります。一覧を更新して確かめてください。", code="no-lot")
        made, changed = [], []
        for one in waiting:
            judged = judge_again(unit.connection, renewal, one.atena, ward)
            if judged is None or _digest(judged) != one.digest:
                changed.append(one)
            else:
                made.append(_make_job(unit, renewal, one, judged))
        for one in changed:
            storage.put(unit.connection, renewal.id, [replace(one, lot=0, blocks=(Block.CHANGED,), digest="")])
            storage.add_event(unit.connection, renewal.id, one.atena, "changed", "", unit.stamp, unit.person)
        inside = print_batches.batched(unit.connection)
        new = [jobs.find(unit.connection, id_) for id_ in made if id_ not in inside]
        batches.add(unit, [job for job in new if job is not None], f"一斉更新 {renewal.order} 束{lot}", printer)
        unit.note(sheets=len(made), changed=len(changed))
        return PutOut(len(made), len(changed))


def _make_job(unit: Unit, renewal: Renewal, one: Candidate, judged: Judged) -> str:
    """The new job, or the one that was pulled out of the queue and is fine again."""
    assert judged.sheet is not None  # it has a digest
    snapshot = snapshot_of(judged.sheet)
    if one.job:
        job = jobs.find(unit.connection, one.job)
        assert job is not None
        state = move(job.state, JobState.QUEUED)
        change(unit, job, replace(job, kind=judged.kind, state=state, snapshot=snapshot, blocks=(), detail=""), "again")
        return job.id
    job = Job(
        id=str(uuid.uuid4()),
        application="",
        renewal=renewal.id,
        kind=judged.kind,
        atena=one.atena,
        state=JobState.QUEUED,
        snapshot=snapshot,
        made_at=unit.stamp,
    )
    jobs.add(unit.connection, job, unit.person)
    record(unit, job)
    return job.id


def pull(office: Office, session: Session, renewal_id: str, atena: str, reason: str) -> None:
    """引抜き of one person before his sheet is printed. Raises OperatorError at ``reason``, or when it is printed already."""
    require(office, session, Action.PRINT)
    rules.check_pull(reason)
    with begin(office, session, Action.PRINT, subject=renewal_id, step="renewal_pulled", reason=reason) as unit:
        unit.about(atena)
        one = _candidate_of(unit.connection, session, renewal_id, atena)
        job = jobs.find(unit.connection, one.job) if one.job else None
        if job is not None and job.state is not JobState.BLOCKED:
            if job.state is not JobState.QUEUED:
                words = f"この証は「{job.state.label}」です。刷った証は、書損か無効にしてください。"
                raise OperatorError(words, code="print-step")
            blocked = replace(job, state=move(job.state, JobState.BLOCKED), blocks=(Block.PULLED,))
            change(unit, job, blocked, "pulled")
        storage.put(unit.connection, renewal_id, [replace(one, lot=0, pulled=reason)])
        storage.add_event(unit.connection, renewal_id, atena, "pulled", reason, unit.stamp, unit.person)


def put_back(office: Office, session: Session, renewal_id: str, atena: str) -> None:
    """The ward wants him in after all: the next extraction takes him up."""
    with begin(office, session, Action.PRINT, subject=renewal_id, step="renewal_put_back") as unit:
        unit.about(atena)
        one = _candidate_of(unit.connection, session, renewal_id, atena)
        if not one.pulled:
            raise OperatorError("この人は引き抜いていません。一覧を更新して確かめてください。", code="not-pulled")
        storage.put(unit.connection, renewal_id, [replace(one, pulled="", blocks=(Block.PULLED,))])
        storage.add_event(unit.connection, renewal_id, atena, "put_back", "", unit.stamp, unit.person)


def end(office: Office, session: Session, renewal_id: str) -> None:
    """The order is done. Raises OperatorError while sheets of it wait to be put out."""
    with begin(office, session, Action.RENEW, subject=renewal_id, step="renewal_ended") as unit:
        renewal = _running(unit.connection, renewal_id)
        waiting = sum(one.state is None for one in storage.candidates(unit.connection, renewal.id) if one.lot)
        if waiting:
            words = f"まだ出していない証が {waiting}枚あります。出すか、引き抜いてから終えてください。"
            raise OperatorError(words, code="renewal-waiting")
        storage.end(unit.connection, renewal.id, unit.stamp, unit.person)


def _running(connection: Connection, renewal_id: str) -> Renewal:
    found = storage.find(connection, renewal_id)
    if found is None or found.ended_at:
        raise OperatorError("この一斉更新は終わっています。一覧を更新して確かめてください。", code="no-renewal")
    return found


def _candidate_of(connection: Connection, session: Session, renewal_id: str, atena: str) -> Candidate:
    _running(connection, renewal_id)
    one = storage.candidate(connection, renewal_id, atena)
    if one is None or (session.role.is_contractor and is_hidden(connection, one)):
        raise OperatorError("この一斉更新に、この人はいません。一覧を更新して確かめてください。", code="no-candidate")
    return one
