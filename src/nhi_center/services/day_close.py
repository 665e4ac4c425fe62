"""終業点検: what is still on hand and open, what is written down for it, and the supervisor's signature under the day."""

from __future__ import annotations

from datetime import date

from nhi_center.domain.day_close import (
    STATEMENT,
    Carried,
    Checklist,
    Closed,
    OpenItem,
    Way,
    check_closable,
    check_entry,
    check_signer,
    checklist,
    contents,
)
from nhi_center.domain.operators import Action, Role, Session, Signature
from nhi_center.domain.statements import statement_hash
from nhi_center.errors import OperatorError
from nhi_center.services import (
    cabinets,
    certificates,
    conflicts,
    covers,
    known_people,
    leases,
    paper_age,
    paper_count,
    paper_exports,
    print_watch,
    standing,
    standing_own,
)
from nhi_center.services.audit_heads import seal_head
from nhi_center.services.custody import document_kinds, ledger_faults
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord
from nhi_center.services.signing import is_over, require_signature, sign
from nhi_center.services.work import begin, reading
from nhi_center.storage import calls, ward_requests
from nhi_center.storage import day_close as store
from nhi_center.storage import standing as room_standing
from nhi_center.storage.engine import Connection


def check(office: Office, session: Session) -> Checklist:
    """終業点検 of today, computed from the ledger and every task's own rows."""
    with reading(office, session, Action.DAY_CLOSE) as connection:
        return _check(office, connection, session.person)


def open_items(office: Office, connection: Connection, person: str, *, whole: bool = False) -> tuple[OpenItem, ...]:
    """Everything the day close looks at, also what is at zero. ``person`` closes the day and may still be in the room.

    ``whole``: the ledger from its first movement on; else of what is here.
    """
    faults = ledger_faults(connection, on_hand=not whole)
    return (
        *store.found_items(connection, document_kinds()),
        *store.custody_items(connection, document_kinds()),
        store.handover_item(connection),
        OpenItem("ledger", faults, f"枚数の台帳の合わないところ {faults}か所", "custody"),
        *cabinets.open_items(office, connection),
        *paper_age.open_items(office, connection),
        *standing.open_items(office, connection),
        *store.entry_items(connection),
        *leases.open_items(office, connection),
        *conflicts.open_items(connection),
        *certificates.open_items(connection),
        *print_watch.open_items(connection),
        *covers.open_items(connection),
        *paper_exports.open_items(connection),
        *paper_count.open_items(office, connection),
        *calls.open_items(connection),
        *ward_requests.open_items(connection),
        *store.exchange_items(connection),
        *store.presence_items(connection, office.clock.today(), person),
    )


def _check(office: Office, connection: Connection, person: str, *, whole: bool = False) -> Checklist:
    today = office.clock.today()
    items = open_items(office, connection, person, whole=whole)
    written = (*store.carried(connection, today), *cabinets.counts(office, connection), *standing.counts(office, connection))
    return checklist(today.isoformat(), items, written, closed(office, connection, today))


def closed(office: Office, connection: Connection, day: date) -> Closed | None:
    """Who has closed the day, here or at another terminal: the room has one day close.

    Another's does not hold here while paper lies loose: it has come in since, and has to be locked up and signed for too.
    """
    here = store.closed(connection, day)
    if here is not None or standing_own.loose(office, connection):
        return here
    return room_standing.closed_elsewhere(connection, day)


def take(office: Office, connection: Connection, record: RoomRecord) -> None:
    """A day closed at another terminal (see ``services.takers``). Raises Disbelieved unless a supervisor signed just this."""
    if record.terminal == office.terminal:
        return
    body = record.body
    signed = {name: body[name] for name in ("day", "supervisor", "lines")}
    if not isinstance(signed["supervisor"], str):
        raise Disbelieved("not-a-supervisor")
    author = known_people.find(connection, signed["supervisor"])
    if author is None or author.role is not Role.SUPERVISOR:
        raise Disbelieved("not-a-supervisor")
    by = (author.person, author.name, author.role.value, str(body["signed_at"]))
    if not is_over(author, Signature(*by, statement_hash(STATEMENT, signed), str(body["signature"])), STATEMENT, signed):
        raise Disbelieved("bad-signature")
    if date.fromisoformat(body["day"]) > office.clock.today():
        raise Disbelieved("day-ahead")  # under a wrong clock: it would close a day that has not been worked
    found = Closed(author.name, str(body["signed_at"]), signed)
    checklist(str(body["day"]), (), (), found)  # what cannot be shown is not believed
    room_standing.keep_closed(connection, date.fromisoformat(body["day"]).isoformat(), record.terminal, found)


def carry_over(office: Office, session: Session, item: str, note: str, cabinet: str) -> Checklist:
    """Write down what stays over night, and why. Paper on hand goes into its 保管庫 with it, in the ledger too.

    Raises OperatorError at ``note`` or ``cabinet``, or when nothing of this kind is open any more or it cannot be written away.
    """
    with begin(office, session, Action.DAY_CLOSE, subject=item, step="carry") as unit:
        found = next(
            (line.item for line in _check(office, unit.connection, session.person).lines if line.item.kind == item), None
        )
        if found is None or not found.count or found.told:
            raise OperatorError("この項目はもう残っていません。画面を更新しました。", code="not-open")
        if found.way is Way.THERE:
            raise OperatorError(
                f"端末 {found.terminal} で印刷を終えるか、取り消してください。引継ぎを書いても済みません。", code="not-carried"
            )
        if found.way in (Way.COUNT, Way.LOCK):
            raise OperatorError("この項目は、引継ぎを書いても済みません。数えるか、施錠を確かめてください。", code="not-carried")
        check_entry(found, note, cabinet)
        if found.paper:
            cabinet = cabinets.require_cabinet(unit.connection, cabinet)
        if found.way is Way.PUT_AWAY:
            cabinets.put_away(office, unit, cabinets.PUT_AWAY[item], cabinet)
        entry = Carried(item, found.count, note.strip(), cabinet.strip(), unit.stamp, unit.person)
        store.keep(unit.connection, unit.today, entry)
        unit.note(count=found.count)
        return _check(office, unit.connection, session.person)


def sign_and_close(office: Office, session: Session, shown: Checklist, supervisor: str, password: str) -> Checklist:
    """Sign ``shown``, the list as the supervisor sees it, and close. Takes a password hash: run it in a lane.

    Raises as ``close_day`` and ``sign`` do, and OperatorError (code ``changed``) when the list is not that any more: the exchange
    with the segment goes on while he reads.
    """
    seen = check(office, session)
    check_closable(seen)
    check_signer(seen, supervisor)
    signed = contents(shown, supervisor)
    if signed != contents(seen, supervisor):
        raise OperatorError("署名の前に内容が変わりました。表を確かめて、もう一度署名してください。", code="changed")
    return close_day(office, session, sign(office, supervisor, password, STATEMENT, signed))


def close_day(office: Office, session: Session, signature: Signature) -> Checklist:
    """Close today under the supervisor's signature over exactly the list as it stands, and sign the log of the day.

    Raises OperatorError when something open has no entry, the signature is not a supervisor's or not over this list;
    EnvironmentTrouble AU-01 when the day is closed, but the file of its log cannot be written.
    """
    with begin(office, session, Action.DAY_CLOSE, step="close") as unit:
        seen = _check(office, unit.connection, session.person, whole=True)
        check_closable(seen)
        check_signer(seen, signature.person)
        signed = contents(seen, signature.person)
        require_signature(office, signature, STATEMENT, signed, Role.SUPERVISOR)
        store.close(unit.connection, unit.today, signed, signature)
        unit.record("day_close", {**signed, "signed_at": signature.signed_at, "signature": signature.value})
        unit.subject = seen.day
        unit.note(carried=sum(1 for line in seen.lines if line.open))
        closed = _check(office, unit.connection, session.person)
    seal_head(office)
    return closed
