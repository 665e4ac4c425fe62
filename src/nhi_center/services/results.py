"""What the standard system decided on an entry (処理結果): accepted is 区審査済, rejected 差戻し, as if typed by the ward.

A result is acted on once, in the order it came, each in an act of its own; one that does not fit any more (the ward was quicker
on screen, the paper is held) changes nothing and is kept in the log.
"""

from __future__ import annotations

from nhi_center.domain.corrections import ERROR_KINDS, REOPENED
from nhi_center.domain.entry import State
from nhi_center.domain.operators import Action
from nhi_center.errors import OperatorError
from nhi_center.services import corrections, review
from nhi_center.services.office import Office
from nhi_center.services.session import terminal_session
from nhi_center.services.work import Unit, begin, log_refusal, reading
from nhi_center.storage import entry as applications
from nhi_center.storage import register
from nhi_center.storage.register import Decided

BY = "standard-system"
"""Who decided, where a file and nobody of the room did."""


def act(office: Office) -> int:
    """Act on every result that waits; gives how many entries it moved. Raises EnvironmentTrouble."""
    terminal = terminal_session(office)
    with reading(office, terminal, Action.SYNC) as connection:
        waiting = register.undone_results(connection)
    moved = 0
    for one in waiting:
        try:
            with begin(office, terminal, Action.SYNC, subject=one.application) as unit:
                moved += _decide(unit, one)
                register.keep_result_done(unit.connection, one.cursor)
        except OperatorError as problem:
            with begin(office, terminal, Action.SYNC, subject=one.application, reason=problem.code) as unit:
                register.keep_result_done(unit.connection, one.cursor)
            log_refusal(office, terminal, "denied", subject=one.application, asked="sync", kind="result", reason=problem.code)
    return moved


def _decide(unit: Unit, one: Decided) -> bool:
    application = applications.find(unit.connection, one.application)
    if application is None or application.state is State.ELSEWHERE:  # another terminal of the room has it
        return False
    if one.body["decision"] == "accepted":
        return _accept(unit, one, application.state)
    kind = str(one.body.get("error", ""))
    reason = review.error_reason(kind if kind in ERROR_KINDS else "7", str(one.body.get("reason", "")))
    if application.state is State.VERIFIED:
        review.back_to_draft(unit, one.application, kind, reason, BY)
    elif application.state in REOPENED:
        corrections.reopen(unit, one.application, kind, reason, BY)
    else:
        raise OperatorError("この届出は、もう結果を待っていません。", code="not-this-step")
    unit.note(decision="sent_back", error=kind)
    return True


def _accept(unit: Unit, one: Decided, state: State) -> bool:
    if state in REOPENED:  # the ward recorded it on screen: only the numbers are new
        return _number_cases(unit, one)
    if state is not State.VERIFIED:
        raise OperatorError("この届出は、いま審査を待っていません。", code="not-this-step")
    unit.note(decision="reviewed")
    review.settle(unit, one.application, BY)
    _number_cases(unit, one)
    return True


def _number_cases(unit: Unit, one: Decided) -> bool:
    """記号番号枝番 of the further persons of the paper go to the cases made of their lines, found by the person."""
    further = {said["atena"]: said for said in one.body.get("further", {}).values()}
    for case in applications.cases_of(unit.connection, one.application):
        if case.atena in further:
            said = {**further[case.atena], "application": case.id, "settled_at": one.body["settled_at"]}
            register.put_result(unit.connection, one.cursor, case.id, said)
    return False
