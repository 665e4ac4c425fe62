"""照合 of 管理票 with their papers: after the intake label by label, and before a 便 goes out paper by paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nhi_center.domain import slip_codes
from nhi_center.domain.custody import Slip
from nhi_center.domain.giving_back import REASONS
from nhi_center.domain.handover import Direction, Handover, Side
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.slip_check import Reading, SlipCheck, Verdict
from nhi_center.errors import OperatorError
from nhi_center.services import hold_papers
from nhi_center.services.entry import form_title
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import custody, giving_back
from nhi_center.storage import handover as handovers
from nhi_center.storage.engine import Connection


@dataclass(frozen=True, slots=True)
class Start:
    """What one 便 is checked against: ``slips`` it brought, or that lie ready for it; ``titles`` of their forms by kind.

    ``reasons`` by number: why one goes back unkeyed, or with which question. ``open_count``: both have counted, so that how many
    there are may be told.
    """

    handover: Handover
    slips: tuple[Slip, ...]
    titles: dict[str, str]
    reasons: Mapping[str, str]
    open_count: bool


def start(office: Office, session: Session, handover_id: str) -> Start:
    """Raises OperatorError for a 便 with nothing to check: one that is still being received, is signed out, or was cancelled."""
    with reading(office, session, Action.HANDOVER) as connection:
        found = handovers.find(connection, handover_id)
        slips = _expected(connection, found) if found else ()
        reasons = _reasons(connection, handover_id)
        sides = [handovers.counts(connection, handover_id, found.round, side) for side in Side] if found else []
    if found is None or not slips:
        raise OperatorError("この便には、照合する管理票がありません。", code="empty")
    titles = {slip.kind: form_title(slip.kind, slip.day) for slip in slips}
    return Start(found, slips, titles, reasons, all(sides))


def _reasons(connection: Connection, handover_id: str) -> dict[str, str]:
    unkeyed = giving_back.of_handover(connection, handover_id)
    told = {number: f"{REASONS[reason]} {words}".strip() for number, (reason, words) in unkeyed.items()}
    return told | {number: f"疑義照会 {query}" for number, query in hold_papers.questions_of(connection, handover_id).items()}


def _expected(connection: Connection, one: Handover) -> tuple[Slip, ...]:
    if one.direction is Direction.IN:
        return custody.slips_of_batch(connection, one.id) if one.state == "signed" else ()
    if one.state != "open":
        return ()
    pieces = handovers.pieces(connection, one.id)
    found = [(piece, custody.slip(connection, piece.account.slip)) for piece in pieces if piece.account.slip]
    slips = {slip.id: slip for piece, slip in found if slip is not None and slip.kind == piece.account.kind}
    return tuple(sorted(slips.values(), key=lambda slip: (slip.day, slip.number)))


def look(office: Office, session: Session, typed: str, scanned: bool) -> Reading:
    """The 管理票 that was typed or scanned, wherever its paper is; what is no number of ours at all is a reading too."""
    with reading(office, session, Action.HANDOVER) as connection:
        number = ""
        try:
            slip = hold_papers.typed_slip(office, connection, typed)
            number = slip_codes.read(typed, office.clock.today())[2]
        except OperatorError:
            slip = None
        away = slip is not None and slip.id in {one.slip.id for one in hold_papers.away(connection)}
    return Reading(number, slip, away, scanned)


def finish(office: Office, session: Session, handover_id: str, check: SlipCheck) -> None:
    """The check has ended: how many were right, how many were not, are kept in the log. Nothing moves."""
    require(office, session, Action.HANDOVER)
    facts = {f"slips_{verdict.value}": check.count(verdict) for verdict in Verdict}
    with begin(office, session, Action.HANDOVER, subject=handover_id, step="slips_checked") as unit:
        unit.note(**facts, slips_missing=len(check.missing), scanned=sum(line.reading.scanned for line in check.lines))
