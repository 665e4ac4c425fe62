"""受渡し: open a 便, count blind on both sides, compare, count again, sign together.

Both sides work on one screen, so blindness is kept here: nothing a side has counted is given out before both have counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

from nhi_center import resources
from nhi_center.domain.custody import QUESTION, Balance, DocumentKind, Group, Place, slip_number
from nhi_center.domain.four_eyes import require_different
from nhi_center.domain.handover import (
    CONDITIONS,
    MEDIA,
    STATEMENT,
    ComparedLine,
    Count,
    Direction,
    Handover,
    Side,
    check_counts,
    check_one_application,
    check_signable,
    contents,
    share,
)
from nhi_center.domain.numbers import Kind
from nhi_center.domain.operators import Action, Role, Session, Signature
from nhi_center.errors import OperatorError
from nhi_center.services import certificate_checks, handover_told, handover_view, hold_papers, incidents, presence
from nhi_center.services import numbers as given
from nhi_center.services.custody import document_kinds, move, returnable
from nhi_center.services.handover_view import HandoverView
from nhi_center.services.office import Office
from nhi_center.services.signing import require_signature, sign
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import certificates, custody
from nhi_center.storage import entry as applications
from nhi_center.storage import handover as store
from nhi_center.storage.engine import Connection

SAME_PERSON = "渡した人と受け取った人が同じです。別の人が署名してください。"


@dataclass(frozen=True, slots=True)
class Credential:
    """ID and password as typed into the handover page; never kept."""

    person: str
    password: str = field(repr=False)


@cache
def sections() -> Mapping[str, str]:
    """The 係 and 特別出張所 a handover comes from or goes to, by the number each is typed by. The first is offered first."""
    return {one["number"]: one["name"] for one in resources.read_toml("custody/sections.toml")["sections"]}


def open_handover(
    office: Office, session: Session, direction: Direction, section: str, medium: str = "1", condition: str = "1"
) -> HandoverView:
    """Open the day's next 便. For one that goes out the ledger fixes what is ready now.

    Raises OperatorError at ``section``, ``medium`` or ``condition`` for what is not on the list, when one of this direction is
    open already, when nothing is ready to go out.
    """
    require(office, session, Action.HANDOVER)
    _check_means(section, medium, condition)
    with begin(office, session, Action.HANDOVER, direction=direction.value, step="open") as unit:
        pieces = _free(unit.connection) if direction is Direction.OUT else ()
        if direction is Direction.OUT and not pieces:
            raise OperatorError("返却・提出できる書類が出力トレイにありません。", code="nothing-ready")
        kinds = _kinds_in() if direction is Direction.IN else kinds_of(pieces)
        return start(unit, direction, section, kinds, pieces, (medium, condition))


def start(
    unit: Unit,
    direction: Direction,
    section: str,
    kinds: Sequence[DocumentKind],
    pieces: Sequence[Balance] = (),
    means: tuple[str, str] = ("1", "1"),
    promised: str = "",
) -> HandoverView:
    """Open a 便 inside the caller's act. Raises OperatorError when one like it is open already."""
    if store.open_one(unit.connection, direction, urgent=bool(promised)) is not None:
        raise OperatorError("同じ向きの便がまだ終わっていません。その便を先に終えるか、やめてください。", code="already-open")
    (number,) = given.take(unit, Kind.HANDOVER)
    made = store.insert(unit.connection, unit.today, number, direction, section, kinds, unit.stamp, unit.person, *means, promised)
    store.keep_pieces(unit.connection, made.id, pieces)
    unit.subject = made.id
    unit.note(number=made.number)
    return handover_view.of(unit.connection, made.id)


def _check_means(section: str, medium: str, condition: str) -> None:
    if section not in sections().values():
        raise OperatorError("係を選んでください。", field="section", code="no-section")
    if medium not in MEDIA:
        raise OperatorError("方法を番号で選んでください。", field="medium", code="no-medium")
    if condition not in CONDITIONS:
        raise OperatorError("状態を番号で選んでください。", field="condition", code="no-condition")


def _free(connection: Connection) -> tuple[Balance, ...]:
    """What can go to the ward and lies in no 便 that is open."""
    taken = store.taken(connection)
    return tuple(piece for piece in returnable(connection) if piece.account not in taken)


_COMES_IN = (Group.APPLICATION, Group.ORIGINAL, Group.MAIL, Group.FOUND, Group.CASH, Group.QUESTION)


def _kinds_in() -> tuple[DocumentKind, ...]:
    return tuple(kind for kind in document_kinds().values() if kind.group in _COMES_IN)


def kinds_of(pieces: Sequence[Balance]) -> tuple[DocumentKind, ...]:
    """The kinds of these papers, in the order of the screens."""
    ready = {piece.account.kind for piece in pieces}
    return tuple(kind for id_, kind in document_kinds().items() if id_ in ready)


def view(office: Office, session: Session, handover_id: str) -> HandoverView:
    """One 便. Neither side's numbers are in it before both have counted."""
    with reading(office, session, Action.HANDOVER) as connection:
        return handover_view.of(connection, handover_id)


def of_today(office: Office, session: Session) -> tuple[HandoverView, ...]:
    """The day's 便, latest first; one still open from an earlier day too."""
    with reading(office, session, Action.HANDOVER) as connection:
        return tuple(handover_view.of(connection, row.id) for row in store.of_day(connection, office.clock.today()))


def record_count(office: Office, session: Session, handover_id: str, side: Side, counts: Sequence[Count]) -> HandoverView:
    """Keep what one side counted in this round. It cannot be changed: a difference is counted again by both.

    Raises OperatorError at ``<kind>_cases`` or ``<kind>_sheets``, or when this side has counted already.
    """
    require(office, session, Action.HANDOVER)
    with begin(office, session, Action.HANDOVER, subject=handover_id, step="count", side=side.value) as unit:
        handover = _open(unit.connection, handover_id)
        kinds = store.kinds(unit.connection, handover_id)
        check_counts(kinds, counts)
        if handover.urgent and handover.direction is Direction.IN:
            check_one_application(kinds, counts)
        if store.counts(unit.connection, handover_id, handover.round, side):
            raise OperatorError(
                "こちらの数はもう記録しました。違うときは、双方でもう一度数えてください。", code="counted-already"
            )
        store.keep_counts(unit.connection, handover_id, handover.round, side, counts, unit.stamp)
        unit.note(round=handover.round)
        return handover_view.of(unit.connection, handover_id)


def recount(office: Office, session: Session, handover_id: str) -> HandoverView:
    """もう一度数える: a new round for both sides. Raises OperatorError while one side is still counting."""
    with begin(office, session, Action.HANDOVER, subject=handover_id, step="recount") as unit:
        if not handover_view.of(unit.connection, _open(unit.connection, handover_id).id).lines:
            raise OperatorError("まだ双方の数がそろっていません。", code="still-counting")
        store.next_round(unit.connection, handover_id)
        return handover_view.of(unit.connection, handover_id)


def cancel(office: Office, session: Session, handover_id: str) -> None:
    """やめる: nothing was handed over. The 便's number is not used again, its counts stay on record."""
    with begin(office, session, Action.HANDOVER, subject=handover_id, step="cancel") as unit:
        _open(unit.connection, handover_id)
        store.finish(unit.connection, handover_id, "cancelled", unit.stamp)
        handover_told.tell(unit, handover_id)


def contents_to_sign(office: Office, session: Session, handover_id: str, giver: str, receiver: str) -> dict[str, Any]:
    """What both will sign. Raises OperatorError while numbers differ that were not counted again."""
    with reading(office, session, Action.HANDOVER) as connection:
        return _contents(office, connection, handover_id, giver, receiver)


def countersign(office: Office, session: Session, handover_id: str, giver: Credential, receiver: Credential) -> HandoverView:
    """Both sign, then the handover is complete: both signatures stand or none. Takes two password hashes: run it in a lane.

    Raises OperatorError at ``giver`` or ``receiver`` (wrong password, wrong role, same person).
    """
    require(office, session, Action.HANDOVER)
    require_different(giver.person, receiver.person, SAME_PERSON)
    content = contents_to_sign(office, session, handover_id, giver.person, receiver.person)
    signed = [_sign(office, side, who, content) for side, who in ((Side.GIVER, giver), (Side.RECEIVER, receiver))]
    return sign_handover(office, session, handover_id, *signed)


def _sign(office: Office, side: Side, who: Credential, content: Mapping[str, Any]) -> Signature:
    try:
        return sign(office, who.person, who.password, STATEMENT, content)
    except OperatorError as wrong:
        raise OperatorError(wrong.message, field=side.value, code=wrong.code) from None


def sign_handover(office: Office, session: Session, handover_id: str, giver: Signature, receiver: Signature) -> HandoverView:
    """Complete a 便 with both signatures over what both saw: custody passes to the receiver, sheets move in the ledger.

    Raises OperatorError at ``giver`` or ``receiver`` when a signature is not over these contents or not by the right role.
    """
    with begin(office, session, Action.HANDOVER, subject=handover_id, step="sign") as unit:
        handover = _open(unit.connection, handover_id)
        require_different(giver.person, receiver.person, SAME_PERSON)
        content = _contents(office, unit.connection, handover_id, giver.person, receiver.person)
        for side, signature in ((Side.GIVER, giver), (Side.RECEIVER, receiver)):
            _require(office, unit, handover, side, signature, content)
            store.keep_signature(unit.connection, handover_id, side, signature)
        seen = handover_view.of(unit.connection, handover_id)
        if handover.direction is Direction.IN:
            _take_in(unit, handover, seen.lines)
        else:
            _give_out(unit, handover, seen.lines)
        incident = incidents.open_difference(unit, handover, seen.lines) if seen.differs else ""
        store.finish(unit.connection, handover_id, "signed", unit.stamp, content)
        signatures = {"giver": asdict(giver), "receiver": asdict(receiver)}
        unit.record("handover", {**content, "signatures": signatures, "incident": incident, "completed_at": unit.stamp})
        handover_told.tell(unit, handover_id)
        unit.note(number=handover.number, round=handover.round, sheets=sum(line.receiver.sheets for line in seen.lines))
        return handover_view.of(unit.connection, handover_id)


def _require(
    office: Office, unit: Unit, handover: Handover, side: Side, signature: Signature, content: Mapping[str, Any]
) -> None:
    try:
        require_signature(office, signature, STATEMENT, content, *handover.direction.roles(side))
    except OperatorError as wrong:
        words = f"{handover.direction.side_label(side)}の人が署名してください。" if wrong.code == "wrong-role" else wrong.message
        raise OperatorError(words, field=side.value, code=wrong.code) from None
    if not presence.may_work(office, unit.connection, signature.person, Role(signature.role)):
        raise OperatorError("署名する人の入室の記録がありません。区職員に確かめてください。", field=side.value, code="not-inside")


def _take_in(unit: Unit, handover: Handover, lines: Sequence[ComparedLine]) -> None:
    """What the receiver counted is in the room from now on, one slip per application."""
    new = [line for line in lines if line.kind != QUESTION]
    for line in new:
        if line.receiver.sheets:
            move(unit, kind=line.kind.id, batch=handover.id, frm=Place.WARD, to=Place.TRAY, sheets=line.receiver.sheets)
    hold_papers.take_in(unit, handover.id)
    kinds = [line.kind.id for line in new for _ in range(line.receiver.cases)]
    slips = custody.new_slips(unit.connection, unit.today, handover.id, kinds, given.take(unit, Kind.SLIP, len(kinds)))
    unit.note(slips=len(slips))
    if handover.urgent:
        for slip in slips:
            application = applications.add(unit.connection, slip.id, slip.kind, slip.day)
            applications.set_urgent(unit.connection, application, handover.promised)
        unit.note(urgent=True)


def _give_out(unit: Unit, handover: Handover, lines: Sequence[ComparedLine]) -> None:
    """What the ward counted is out of the room. Sheets it did not find stay on hand, under the incident's mark."""
    counted = {line.kind.id: line.receiver for line in lines}
    outputs = {line.kind.id for line in lines if line.kind.group in (Group.OUTPUT, Group.SPOILED)}
    submitted = []
    pieces = store.pieces(unit.connection, handover.id)
    of_kind = {kind: [piece for piece in pieces if piece.account.kind == kind] for kind in counted}
    gone = [
        (piece, sheets)
        for kind, ready in of_kind.items()
        for piece, sheets in zip(ready, share([piece.sheets for piece in ready], counted[kind]), strict=True)
    ]
    for piece, sheets in gone:
        account = piece.account
        if not sheets:
            continue
        move(unit, kind=account.kind, batch=account.batch, slip=account.slip, frm=account.place, to=Place.RETURNED, sheets=sheets)
        # 台紙 and blank paper that was destroyed are sheets without a job
        if account.kind in outputs and sheets == piece.sheets and certificates.find(unit.connection, account.slip):
            submitted.append(account.slip)
    certificate_checks.submitted(unit, submitted)


def _open(connection: Connection, handover_id: str) -> Handover:
    found = store.find(connection, handover_id)
    if found is None or found.state != "open":
        raise OperatorError("この便はもう終わっています。一覧を確かめてください。", code="not-open")
    return found


def _contents(office: Office, connection: Connection, handover_id: str, giver: str, receiver: str) -> dict[str, Any]:
    handover = _open(connection, handover_id)
    seen = handover_view.of(connection, handover_id)
    if not seen.lines:
        raise OperatorError("双方が数え終わってから署名してください。", code="still-counting")
    check_signable(seen.lines, handover.round)
    if handover.direction is Direction.IN:
        back = next((line.receiver for line in seen.lines if line.kind == QUESTION), Count(QUESTION.id, 0, 0))
        hold_papers.check_named(connection, handover_id, back.cases, back.sheets)
    elif any(custody.available(connection, piece.account) < piece.sheets for piece in store.pieces(connection, handover_id)):
        raise OperatorError(
            "この便に入れた書類が、便を開いたあとに動きました。この便をやめて、開き直してください。", code="pieces-moved"
        )
    papers = _references(office, connection, seen)
    return contents(handover, seen.lines, papers, giver, receiver, seen.unkeyed, seen.questions)


def _references(office: Office, connection: Connection, seen: HandoverView) -> dict[str, list[str]]:
    """The papers behind the numbers: 管理票 to be made (in), 管理票 and print jobs that leave (out). Opaque numbers only."""
    if seen.handover.direction is Direction.OUT:
        names: dict[str, list[str]] = {}
        for piece in store.pieces(connection, seen.handover.id):
            slip = custody.slip(connection, piece.account.slip) if piece.account.slip else None
            names.setdefault(piece.account.kind, []).append(slip.number if slip else piece.account.slip or "-")
        return names
    today = office.clock.today()
    cases = sum(line.receiver.cases for line in seen.lines if line.kind != QUESTION)
    coming = iter(given.coming(office, connection, Kind.SLIP, today, cases))
    numbers = {}
    for line in seen.lines:
        if line.kind == QUESTION:
            numbers[QUESTION.id] = [one.number for one in hold_papers.named_back(connection, seen.handover.id)]
            continue
        numbers[line.kind.id] = [slip_number(today, next(coming)) for _ in range(line.receiver.cases)]
    return {kind: found for kind, found in numbers.items() if found}
