"""至急(窓口待ち): somebody waits at the counter for this paper; it goes first in every list, and in and out alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.custody import ORIGINAL, Balance, DocumentKind, Group, Place, Slip
from nhi_center.domain.entry import State
from nhi_center.domain.handover import Direction
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import OperatorError
from nhi_center.services import certificate_judging, custody, handover
from nhi_center.services.handover_view import HandoverView
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import certificates, covers
from nhi_center.storage import custody as ledger
from nhi_center.storage import entry as storage
from nhi_center.storage import handover as handovers
from nhi_center.storage.engine import Connection

LONGEST_MIN = 480
_UNMADE = {
    JobState.QUEUED: "印刷がまだ",
    JobState.PRINTING: "印刷中",
    JobState.NEEDS_CHECK: "検品がまだ",
    JobState.SPOILED_WAITING: "書損の承認がまだ",
    JobState.BLOCKED: "印刷できない理由あり",
}
_NOT_IN_LIST = "出力の一覧にまだない"


def told_unmade(unmade: Sequence[str]) -> str:
    """What is still to be made, in one sentence."""
    return f"この届出の証が、まだできていません: {'、'.join(unmade)}。"


@dataclass(frozen=True, slots=True)
class Ready:
    """One application somebody waits for that lies ready, with what was made for it (``outputs`` 枚). ``unmade``: what is still
    to be made for it, each in words; with any of these it is not given out unasked."""

    slip: Slip
    application: str
    until: str
    outputs: int
    unmade: tuple[str, ...] = ()

    @property
    def unmade_words(self) -> str:
        return told_unmade(self.unmade)


def set_urgent(office: Office, session: Session, slip_id: str, minutes: int) -> None:
    """Somebody waits, promised in ``minutes``; 0 takes it back."""
    with begin(office, session, Action.SET_URGENT, step="urgent", minutes=minutes) as unit:
        slip = custody.find_slip(unit.connection, slip_id)
        application = storage.find_by_slip(unit.connection, slip_id)
        id_ = application.id if application else storage.add(unit.connection, slip_id, slip.kind, slip.day)
        unit.subject = id_
        until = (unit.local + timedelta(minutes=minutes)).isoformat(timespec="seconds") if minutes else ""
        storage.set_urgent(unit.connection, id_, until)


def forms_typed() -> dict[str, DocumentKind]:
    """The forms by the number each is typed by."""
    return {kind.typed: kind for kind in custody.document_kinds().values() if kind.group is Group.APPLICATION}


def open_in(office: Office, session: Session, section: str, form: str, minutes: int) -> HandoverView:
    """受け取る: a 便 of one application of ``form`` (F02), and its originals, promised in ``minutes``. A usual 便 stays open.

    Raises OperatorError at ``section``, ``form`` or ``minutes``, or when another 至急 is being taken in.
    """
    require(office, session, Action.HANDOVER)
    kinds = custody.document_kinds()
    if form not in kinds or kinds[form].group is not Group.APPLICATION:
        raise OperatorError("様式を番号で選んでください。", field="form", code="no-form")
    if not 1 <= minutes <= LONGEST_MIN:
        raise OperatorError(f"お約束の時間を1から{LONGEST_MIN}分で入れてください。", field="minutes", code="not-a-count")
    if section not in handover.sections().values():
        raise OperatorError("係を選んでください。", field="section", code="no-section")
    with begin(office, session, Action.HANDOVER, direction=Direction.IN.value, step="open", minutes=minutes) as unit:
        until = (unit.local + timedelta(minutes=minutes)).isoformat(timespec="seconds")
        return handover.start(unit, Direction.IN, section, (kinds[form], ORIGINAL), promised=until)


def ready(office: Office, session: Session) -> tuple[Ready, ...]:
    """What somebody waits for and lies ready: what is whole before what is not, the nearest promise first."""
    with reading(office, session, Action.HANDOVER) as connection:
        return ready_now(connection, office.clock.today())


def ready_now(connection: Connection, today: date) -> tuple[Ready, ...]:
    """As ``ready``, inside another reading."""
    return tuple(sorted(_ready(connection, today), key=lambda one: (bool(one.unmade), one.until)))


def _ready(connection: Connection, today: date) -> Iterator[Ready]:
    taken = handovers.taken(connection)
    slips = {slip.id: slip for slip in ledger.slips_on_hand(connection) if slip.place is Place.OUTPUT}
    for slip in slips.values():
        application = storage.find_by_slip(connection, slip.id)
        if application is None or not application.urgent_until:
            continue
        pieces = _pieces(connection, slip)
        if any(piece.account in taken for piece in pieces):
            continue
        outputs = sum(piece.sheets for piece in pieces if piece.account.slip != slip.id and piece.account.batch != slip.batch)
        yield Ready(slip, application.id, application.urgent_until, outputs, _unmade(connection, slip, today))


def open_out(office: Office, session: Session, section: str, slip_id: str, *, incomplete: bool = False) -> HandoverView:
    """渡す: a 便 of this application and what was made for it, nothing else. What is open besides stays as it is.

    ``incomplete``: though a certificate is still to be made for it; it follows with a later 便. Raises OperatorError when it
    is not urgent, not ready, lies in another 便 already, or (``still-to-make``) when something is to be made and nobody said so.
    """
    require(office, session, Action.HANDOVER)
    if section not in handover.sections().values():
        raise OperatorError("係を選んでください。", field="section", code="no-section")
    with begin(office, session, Action.HANDOVER, direction=Direction.OUT.value, step="open") as unit:
        slip = custody.find_slip(unit.connection, slip_id)
        application = storage.find_by_slip(unit.connection, slip_id)
        if application is None or not application.urgent_until:
            raise OperatorError("この管理票は至急ではありません。入力の一覧で至急にできます。", code="not-urgent")
        if slip.place is not Place.OUTPUT:
            raise OperatorError(f"この書類はまだ「{slip.place.label}」にあります。", code="not-ready")
        unmade = _unmade(unit.connection, slip, unit.today)
        if unmade and not incomplete:
            raise OperatorError(told_unmade(unmade) + "できてから渡します。", code="still-to-make")
        if unmade:
            unit.note(unmade=len(unmade))
        pieces = _pieces(unit.connection, slip)
        taken = handovers.taken(unit.connection)
        if number := next((taken[piece.account] for piece in pieces if piece.account in taken), 0):
            raise OperatorError(
                f"この書類は第{number}便に入っています。その便を終えるか、取り消してください。", code="in-handover"
            )
        kinds = handover.kinds_of(pieces)
        return handover.start(unit, Direction.OUT, section, kinds, pieces, promised=application.urgent_until)


def _jobs(connection: Connection, slip: Slip, *states: JobState) -> frozenset[str]:
    jobs = certificates.in_state(connection, *states)
    applications = {job.application for job in jobs if job.application}
    own = {id_ for id_ in applications if _slip_of(connection, id_) == slip.id}
    return frozenset(job.id for job in jobs if job.application in own)


def _unmade(connection: Connection, slip: Slip, today: date) -> tuple[str, ...]:
    """What is still to be made for the cases of this application: not in the list, to be printed, looked at or judged.

    What the ward has returned or withdrawn is not made any more.
    """
    jobs = certificates.in_state(connection, *_UNMADE)
    own = {id_ for id_ in {job.application for job in jobs if job.application} if _slip_of(connection, id_) == slip.id}
    told = [
        f"{job.kind.short_title}({_UNMADE[job.state]})"
        for job in jobs
        if job.application in own and not {Block.RETURNED, Block.WITHDRAWN} & set(job.blocks)
    ]
    for application in storage.list_by_state(connection, State.REVIEWED):
        if application.slip == slip.id and (kind := certificate_judging.unproposed(connection, application, today)):
            told.append(f"{kind.short_title}({_NOT_IN_LIST})")
    return tuple(told)


def _slip_of(connection: Connection, application: str) -> str:
    found = storage.find(connection, application)
    return found.slip if found else ""


def _pieces(connection: Connection, slip: Slip) -> tuple[Balance, ...]:
    """The application, its good certificates, a 台紙 that holds only these, and the originals of a 便 that was it alone.

    Spoiled sheets go with the next usual 便: nobody waits for them.
    """
    jobs = _jobs(connection, slip, JobState.GOOD)
    alone = len(ledger.slips_of_batch(connection, slip.batch)) == 1

    def own(balance: Balance) -> bool:
        account = balance.account
        if account.batch == slip.batch and account.kind != slip.kind:
            return alone and account.slip == ""
        if account.slip == slip.id:
            return True
        cover = covers.find(connection, account.slip) if account.slip and account.slip not in jobs else None
        holds = {one.job for one in cover.enclosed} if cover is not None else set()
        return account.slip in jobs or bool(holds and holds <= jobs)

    return tuple(piece for piece in custody.returnable(connection) if own(piece))


def promised(connection: Connection) -> tuple[str, ...]:
    """Until when those were promised who still wait, the nearest first: papers in the room, and those being taken in."""
    here = {slip.id for slip in ledger.slips_on_hand(connection)}
    waiting = {one.slip: one.urgent_until for one in storage.urgent(connection) if one.slip in here}
    coming = handovers.open_one(connection, Direction.IN, urgent=True)
    return tuple(sorted([*waiting.values(), *([coming.promised] if coming else [])]))
