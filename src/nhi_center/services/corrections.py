"""訂正・取下げ: what the ward finds wrong after its review, or takes back. The first case stays as it was; links say the rest.

Paper: while the sheets of the original lie in the output tray they go over to the 訂正's own 管理票, by two movements of the
ledger. Once they are with the ward it brings them again: they come in with the next 受渡し as any paper, and the clerk hangs
the 管理票 they get on the 訂正 that waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.corrections import REOPENED, ErrorRate, Link, WardError, Withdrawal, check_may_hang
from nhi_center.domain.custody import Place, Slip
from nhi_center.domain.entry import Application, State
from nhi_center.domain.handover import Direction
from nhi_center.domain.identifiers import find_individual_number
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.services import certificate_checks, custody, entry, review
from nhi_center.services.office import Office
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import corrections as storage
from nhi_center.storage import entry as applications
from nhi_center.storage import handover, holds, leaving, verification
from nhi_center.storage.engine import Connection

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFound:
    """One case as the ward finds it by number: where it stands, what may be done, how it is linked. No person of either side.

    ``application`` "" while nobody has opened the paper. ``slip`` is what 至急 is set on.
    """

    slip: str
    application: str
    number: str
    form_title: str
    state: State
    sheets: int
    place: Place
    urgent_until: str
    corrects: str = ""
    corrected_by: str = ""
    error: str = ""
    awaited: bool = False
    withdrawn: str = ""

    @property
    def may_reopen(self) -> bool:
        """差戻し: before the review the application itself, after it a 訂正; once."""
        return self.state in (State.VERIFIED, *REOPENED) and not self.error

    @property
    def may_withdraw(self) -> bool:
        """Where a 訂正 has taken its place, that one is withdrawn."""
        return self.application != "" and self.state is not State.RETURNED and not self.corrected_by

    @property
    def may_be_urgent(self) -> bool:
        return self.state not in (State.DONE, State.RETURNED)


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One 訂正 in the ward's list. ``state`` None: the paper is awaited."""

    link: Link
    form_title: str
    state: State | None


# -- the ward finds a case --


def find_case(office: Office, session: Session, number: str) -> CaseFound:
    """By 管理票 (1124-001) or by the number of a certificate's paper (S-000413). Raises OperatorError at ``number``."""
    with reading(office, session, Action.REVIEW) as connection:
        slip_id = storage.slip_by_number(connection, number.strip().upper())
        if not slip_id:
            raise OperatorError("この番号の管理票も用紙もありません。番号を確かめてください。", field="number", code="no-slip")
        return _case(connection, custody.find_slip(connection, slip_id))


def _case(connection: Connection, slip: Slip) -> CaseFound:
    application = applications.find_by_slip(connection, slip.id)
    found = CaseFound(
        slip=slip.id,
        application=application.id if application else "",
        number=slip.number,
        form_title=entry.form_title(slip.kind, slip.day),
        state=application.state if application else State.RECEIVED,
        sheets=slip.sheets,
        place=slip.place,
        urgent_until=application.urgent_until if application else "",
    )
    if application is None:
        return found
    of, by, gone = (
        storage.of_correction(connection, application.id),
        storage.of_original(connection, application.id),
        storage.withdrawal(connection, application.id),
    )
    return replace(
        found,
        corrects=of.original_number if of else "",
        corrected_by=by.correction_number if by else "",
        error=by.error.words if by else "",
        awaited=by is not None and not by.correction,
        withdrawn=gone.reason if gone else "",
    )


def newest(office: Office, session: Session) -> tuple[LinkRow, ...]:
    """訂正 with the ward's 差戻し behind them, newest first."""
    with reading(office, session, Action.REVIEW) as connection:
        return tuple(_link_row(connection, link) for link in storage.newest(connection, MOST_SHOWN))


def _link_row(connection: Connection, link: Link) -> LinkRow:
    correction = applications.find(connection, link.correction) if link.correction else None
    original = entry.found(connection, link.original)
    return LinkRow(link, entry.form_title(link.form, original.form_day), correction.state if correction else None)


# -- the ward returns or withdraws --


def send_back(office: Office, session: Session, application_id: str, kind: str, reason: str) -> str:
    """差戻し of what was reviewed: a 訂正 beside it. Gives its new 管理票, "" when the paper must come again.

    Its certificate is stopped. Raises OperatorError at ``kind`` or ``reason``, when it is not reviewed yet, was returned before,
    or when its paper stands in a 便 that is not signed yet.
    """
    require(office, session, Action.REVIEW)
    reason = review.error_reason(kind, reason)
    with begin(office, session, Action.REVIEW, subject=application_id, decision="reopened", error=kind) as unit:
        return reopen(unit, application_id, kind, reason, unit.person)


def reopen(unit: Unit, application_id: str, kind: str, reason: str, by: str) -> str:
    """As ``send_back`` inside the caller's act, ``by`` whom."""
    application = entry.found(unit.connection, application_id)
    if application.state not in REOPENED:
        raise OperatorError(f"この届出は今「{application.state.label}」です。一覧を更新してください。", code="not-this-step")
    if leaving.has_left(unit.connection, application_id):
        raise OperatorError(
            "この届出の内容は、保存の期限が過ぎたため端末にありません。紙を受け直し、新しい管理票で入力してください。",
            code="left",
        )
    if storage.of_original(unit.connection, application_id) is not None:
        raise OperatorError("この届出はもう差戻しにしています。訂正の管理票を差戻しにしてください。", code="returned-already")
    error = WardError(application.id, application.form, kind, reason, application.state, unit.stamp)
    storage.reopen(unit.connection, application.id, storage.add_error(unit.connection, error, by))
    certificate_checks.stop(unit, application.id, Block.RETURNED)
    slip = _paper_here(unit, application)
    number = _begin(unit, application, slip).number if slip is not None else ""
    _record(unit, application, "reopened", reason, kind, by)
    return number


def _paper_here(unit: Unit, application: Application) -> Slip | None:
    """The 訂正's own 管理票 with the original's sheets; None when they are with the ward."""
    slip = custody.find_slip(unit.connection, application.slip)
    if slip.returned:
        return None
    _require_free(unit.connection, slip)
    return custody.hang_over(unit, slip)


def _require_free(connection: Connection, slip: Slip) -> None:
    """The ledger has counted out what an open 便 takes along: none of it may be moved before that is signed or cancelled."""
    leaving = handover.open_one(connection, Direction.OUT)
    pieces = handover.pieces(connection, leaving.id) if leaving else ()
    if any(piece.account.slip == slip.id for piece in pieces):
        raise OperatorError(
            "この書類は署名前の便に入っています。その便を終えるか、やめてから、もう一度行ってください。", code="in-handover"
        )


def _begin(unit: Unit, original: Application, slip: Slip) -> Slip:
    """The 訂正 stands on this 管理票, with the values of the original to start from."""
    there = applications.find_by_slip(unit.connection, slip.id)
    id_ = there.id if there else applications.add(unit.connection, slip.id, original.form, original.form_day)
    applications.start_from(unit.connection, id_, original.draft, original.atena, original.fact_date)
    storage.link(unit.connection, original.id, id_, unit.stamp)
    unit.note(correction=id_)
    return slip


def withdraw(office: Office, session: Session, application_id: str, reason: str) -> None:
    """取下げ: the case ends without effect, at whatever step it is; paper to the output tray, its certificate is stopped.

    Raises OperatorError at ``reason``; when it has ended already; when its sheets were not counted yet, or stand in an open 便.
    """
    require(office, session, Action.REVIEW)
    reason = _reason(reason)
    with begin(office, session, Action.REVIEW, subject=application_id, decision="withdrawn") as unit:
        application = entry.found(unit.connection, application_id)
        link = storage.of_original(unit.connection, application_id)
        if link is not None and link.correction:
            raise OperatorError(
                f"この届出には訂正の管理票 {link.correction_number} があります。そちらを取下げにしてください。",
                code="corrected-already",
            )
        if storage.withdrawal(unit.connection, application_id) is not None:
            raise OperatorError("この届出はもう取下げになっています。一覧を更新してください。", code="withdrawn-already")
        slip = custody.find_slip(unit.connection, application.slip)
        entry.advance(unit, application.id, State.RETURNED, note="withdrawn")
        storage.withdraw(unit.connection, Withdrawal(application.id, reason, application.state, unit.stamp), unit.person)
        _end_what_is_open(unit, application, reason)
        if not slip.returned and slip.place is not Place.OUTPUT:
            custody.move_slip(unit, slip.id, Place.OUTPUT)
        certificate_checks.stop(unit, application.id, Block.WITHDRAWN)
        _record(unit, application, "withdrawn", reason, "", unit.person)


def _end_what_is_open(unit: Unit, application: Application, reason: str) -> None:
    """A question, a second keying, a draft in somebody's hands: none of them goes on."""
    for hold in holds.of_application(unit.connection, application.id):
        if not hold.answered:
            holds.answer(unit.connection, hold.id, reason, unit.person, unit.stamp)
    keying = verification.find_open(unit.connection, application.id)
    if keying is not None:
        verification.end(unit.connection, keying.id, "given_up", unit.stamp)
    applications.release(unit.connection, application.id)


def _reason(text: str) -> str:
    if not text.strip():
        raise OperatorError("取下げの理由を入力してください。", field="reason")
    if find_individual_number(text) is not None:
        raise OperatorError(entry.INDIVIDUAL_NUMBER, field="reason", code="individual-number")
    return text.strip()


def _record(unit: Unit, application: Application, decision: str, reason: str, error: str, by: str) -> None:
    effect = storage.recorded_effect(unit.connection, application.id)
    body = review.body(application, decision, by, unit.stamp)
    unit.record("review", body | {"reason": reason, "error": error, "effect": dict(effect) or None})


# -- the clerk hangs paper that came again --


def awaited(office: Office, session: Session) -> tuple[Link, ...]:
    """訂正 whose paper the ward must bring again, oldest first."""
    with reading(office, session, Action.ENTER) as connection:
        return storage.awaited(connection)


def hang(office: Office, session: Session, slip_id: str, original: str) -> None:
    """This 管理票 is the paper of the 訂正 of ``original``. Raises OperatorError for other paper, or when it has been hung."""
    with begin(office, session, Action.ENTER, step="hang") as unit:
        link = storage.of_original(unit.connection, original)
        if link is None or link not in storage.awaited(unit.connection):
            raise OperatorError("この訂正の書類はもう決まっています。一覧を更新してください。", code="hung-already")
        slip = custody.find_slip(unit.connection, slip_id)
        there = applications.find_by_slip(unit.connection, slip_id)
        if there is not None and storage.of_correction(unit.connection, there.id) is not None:
            raise OperatorError("この管理票は、ほかの訂正の書類です。", code="hung-already")
        check_may_hang(link.form, slip.kind, there.state if there else None)
        unit.subject = original
        _begin(unit, entry.found(unit.connection, original), slip)


# -- the rate --


def error_rate(office: Office, session: Session, month: str) -> ErrorRate:
    """区が見つけた誤り of one month (YYYY-MM), by form and kind."""
    with reading(office, session, Action.REPORT) as connection:
        return rate(connection, month)


def rate(connection: Connection, month: str) -> ErrorRate:
    """As ``error_rate``, inside another reading (集計・報告)."""
    return ErrorRate(month, storage.error_counts(connection, month), storage.reviewed(connection, month))
