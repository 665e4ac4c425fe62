"""書損(白紙): blank sheets that were destroyed, signed by a second person; and the number on top before printing goes on."""

from __future__ import annotations

import uuid
from dataclasses import replace

from nhi_center.domain.blank_sheets import STATEMENT, Blanks, TopSheet, blanks_to, check_reason, contents, next_of
from nhi_center.domain.four_eyes import require_different
from nhi_center.domain.incident_report import Kind
from nhi_center.domain.operators import Action, Role, Session
from nhi_center.domain.print_jobs import JobState
from nhi_center.domain.print_lots import number_of
from nhi_center.errors import OperatorError
from nhi_center.services import custody, incidents, paper, presence
from nhi_center.services.office import Office
from nhi_center.services.paper import PaperDay
from nhi_center.services.signing import require_signature, sign_for
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import certificates
from nhi_center.storage import paper as storage
from nhi_center.storage.engine import Connection

SAME_PERSON = "書損(白紙)は、記録する人とは別の取扱責任者が署名してください。"


def void_blanks(office: Office, session: Session, prefix: str, last: str, reason: str, person: str, password: str) -> int:
    """書損(白紙): all blank sheets from the lowest number to ``last``, signed by a second person; gives how many.

    They count as taken and spoiled, and lie in the output tray to be handed over. Takes a password hash: run it in a lane. Raises
    OperatorError at ``prefix``, ``last`` or ``reason``, when ID or password is wrong, or the signer is the same person, no
    supervisor, or not in the room.
    """
    require(office, session, Action.CHECK_PRINT)
    check_reason(reason)
    require_different(session.person, person, SAME_PERSON)
    with reading(office, session, Action.CHECK_PRINT) as connection:
        lowest_to = number_of(last, prefix, "last")
        blanks = blanks_to(paper.holding(_stock(office, connection, prefix).packs, lowest_to), prefix, lowest_to)
    signed = contents(blanks, reason, session.person)
    signature = sign_for(office, person, password, Action.APPROVE_SPOILED, STATEMENT, signed)
    with begin(office, session, Action.CHECK_PRINT, step="blank_spoiled", prefix=prefix, reason=reason) as unit:
        now = blanks_to(paper.with_number(unit, prefix, blanks.last), prefix, blanks.last)
        require_signature(office, signature, STATEMENT, contents(now, reason, unit.person), Role.SUPERVISOR)
        if not presence.may_work(office, unit.connection, signature.person, Role.SUPERVISOR):
            raise OperatorError("署名する人の入室の記録がありません。区職員に確かめてください。", code="not-inside")
        slip = str(uuid.uuid4())
        _spoil(unit, now, slip)
        storage.add_blank_spoiled(unit.connection, slip, now, reason, unit.person, unit.stamp, signed, signature)
        first, end = now.numbers
        unit.record(
            "custody",
            {"paper": prefix, "blank_spoiled": now.sheets, "first": first, "last": end, "reason": reason, "at": unit.stamp},
        )
        unit.note(sheets=now.sheets, approved_by=signature.person)
    return blanks.sheets


def _spoil(unit: Unit, blanks: Blanks, slip: str) -> None:
    """Taken and spoiled in the book of the paper, and in the ledger a slip of their own to be handed over."""
    printing = certificates.in_state(unit.connection, JobState.PRINTING)
    if any(job.prefix == blanks.prefix for job in printing):
        raise OperatorError("この用紙で印刷しています。止まってから記録してください。", code="printing")
    pack = paper.with_number(unit, blanks.prefix, blanks.last)
    if pack is None:
        raise ValueError("no paper")
    sheets = blanks.sheets
    storage.put(unit.connection, unit.today, replace(pack, taken=pack.taken + sheets, spoiled=pack.spoiled + sheets))
    for what in ("taken", "spoiled"):
        storage.add_event(
            unit.connection, blanks.prefix, what, blanks.first, sheets=sheets, job=slip, at=unit.stamp, by=unit.person
        )
    custody.count_spoiled(unit, slip, sheets)


def confirm_next(office: Office, session: Session, prefix: str, number: str) -> TopSheet:
    """Before printing goes on: which number lies on top. What it means is in the answer; a difference stays in the log.

    Raises OperatorError at ``prefix`` when no paper is left, at ``number`` when it is no number of this paper.
    """
    require(office, session, Action.PRINT)
    seen = number_of(number, prefix, "number")
    with begin(office, session, Action.PRINT, step="top_sheet", prefix=prefix) as unit:
        found = TopSheet(prefix, seen, next_of(paper.with_number(unit, prefix, seen)))
        unit.note(sheets=abs(found.difference))
        if not found.agrees:
            words = f"用紙 {prefix}: {found.sentence}"
            incidents.open_found(unit, Kind.SERIAL, words, source=f"top {prefix} {seen} {unit.today}", happened=True)
    return found


def _stock(office: Office, connection: Connection, prefix: str) -> PaperDay:
    for stock in paper.day_counts(office, connection):
        if stock.prefix == prefix:
            return stock
    raise ValueError("prefix")
