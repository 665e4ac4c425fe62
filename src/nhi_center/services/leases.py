"""端末間の引渡し: a paper and its work are laid down for another terminal, and taken there. See ``domain.leases``."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nhi_center.domain import canonical
from nhi_center.domain.custody import HANDED_ON, Place, Slip
from nhi_center.domain.day_close import OpenItem
from nhi_center.domain.entry import Application, State
from nhi_center.domain.leases import MOVABLE, Lease, LeaseState
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.standing import HEARD_WITHIN
from nhi_center.errors import OperatorError
from nhi_center.link.wire_lease import Answered, Asked, Laid, laid_json, lease_from_json, lease_json
from nhi_center.services import custody, entry
from nhi_center.services.office import Office
from nhi_center.services.work import Unit, begin, log_refusal, reading, require
from nhi_center.storage import corrections, room
from nhi_center.storage import custody as slips
from nhi_center.storage import entry as applications
from nhi_center.storage import leases as storage
from nhi_center.storage import verification as keyings
from nhi_center.storage.engine import Connection

KIND = "lease"


@dataclass(frozen=True, slots=True)
class SharedRow:
    """One line of the list. ``mine``: laid down here; ``asked``: its taking was interrupted here and is to be taken up again;
    ``readable``: the person at the screen has the room's key it is sealed with."""

    lease: Lease
    form_title: str
    person_name: str
    mine: bool = False
    asked: bool = False
    readable: bool = True

    @property
    def takable(self) -> bool:
        return self.asked or self.lease.state is LeaseState.LAID


# -- the lists --


def shared(office: Office, session: Session) -> tuple[SharedRow, ...]:
    """Papers laid down for whoever takes them, and those whose taking here was interrupted; by number."""
    with reading(office, session, Action.HAND_ON) as connection:
        rows = [row for row in _every(office, connection) if row.takable]
    return tuple(sorted(rows, key=lambda row: (row.lease.day, row.lease.number)))


def held_elsewhere(office: Office, session: Session) -> tuple[SharedRow, ...]:
    """Shared papers that another terminal works on, or had when it failed."""
    with reading(office, session, Action.HAND_ON) as connection:
        rows = [row for row in _every(office, connection) if not row.takable and row.lease.holder != office.terminal]
    return tuple(sorted(rows, key=lambda row: (row.lease.day, row.lease.number)))


def _every(office: Office, connection: Connection) -> tuple[SharedRow, ...]:
    asked = {body["slip"] for body in storage.all_asked(connection)}
    names = {account.person: account.name for account in office.premises.accounts.every()}
    rows = []
    for lease in every(connection):
        rows.append(
            SharedRow(
                lease,
                entry.form_title(lease.kind, lease.day),
                names.get(lease.person, lease.person),
                lease.holder == office.terminal and lease.state is LeaseState.LAID,
                lease.slip in asked,
                lease.generation in office.room_keys.keys,
            )
        )
    return tuple(rows)


def every(connection: Connection) -> tuple[Lease, ...]:
    """All shared work of the room."""
    return tuple(map(lease_from_json, storage.every(connection)))


def find(connection: Connection, slip_id: str) -> Lease | None:
    """What the room last told of one paper; None for one that was never shared."""
    body = storage.find(connection, slip_id)
    return None if body is None else lease_from_json(body)


def under_way(office: Office, connection: Connection) -> tuple[Lease | None, ...]:
    """Papers in no ledger: laid down here and not taken, or asked for and not here yet. None: the room is not told of it yet."""
    laid = [find(connection, application.slip) for application in applications.list_by_state(connection, State.ELSEWHERE)]
    waiting = [lease for lease in laid if lease is None or lease.holder == office.terminal]
    return (*waiting, *(find(connection, str(body["slip"])) for body in storage.all_asked(connection)))


def open_items(office: Office, connection: Connection) -> tuple[OpenItem, ...]:
    """The line of the day close: what is between two terminals lies somewhere, and must be locked up like all paper."""
    count = len(under_way(office, connection))
    return (OpenItem("leases", count, f"端末間の引渡しの途中の書類 {count}件", "entry", paper=True),)


# -- laying down --


def lay_down(office: Office, session: Session, slip_id: str, sheets: int) -> None:
    """別の端末へ渡す: the paper, counted, and its work leave this terminal for whoever takes them.

    Raises OperatorError: at ``sheets`` when they are not what the ledger has; while it is open, under 照合, held, a 訂正 or
    somebody else's draft; while there is no contact (it could not be taken back), or where another terminal has it.
    """
    with begin(office, session, Action.HAND_ON, subject=slip_id, step="lay", sheets=sheets) as unit:
        _require_contact(office, unit)
        slip = custody.find_slip(unit.connection, slip_id)
        application = _movable(unit, slip)
        known = find(unit.connection, slip_id)
        if known is not None and (known.holder, known.state) != (office.terminal, LeaseState.HELD):
            raise held(office, known)
        slip = _counted(unit, slip, sheets)
        lease = _lease(office, unit, application, slip, known)
        came = storage.came_at(unit.connection, slip_id)
        _leave(unit, application, slip, lease, came)
        laid = {
            "by": unit.person,
            "terminal": office.terminal,
            "came_at": came,
            "slip": _slip_json(office, unit.connection, slip),
        }
        packed = canonical.encode({**laid, "rows": storage.pack(unit.connection, application.id)})
        sealed = office.room_keys.seal(packed, _context(lease))
        unit.record(KIND, laid_json(Laid(lease, base64.b64encode(sealed).decode("ascii"))))
        unit.note(movement=lease.movement, state=application.state.value)


def _require_contact(office: Office, unit: Unit) -> None:
    last = room.contact(unit.connection)
    if not last or unit.now - datetime.fromisoformat(last) > HEARD_WITHIN:
        raise OperatorError(
            "区のサーバとつながっていないので、渡せません。つながってからもう一度渡してください。", code="no-contact"
        )


def _movable(unit: Unit, slip: Slip) -> Application:
    application = applications.find_by_slip(unit.connection, slip.id)
    if application is None:
        application = entry.found(unit.connection, applications.add(unit.connection, slip.id, slip.kind, slip.day))
    if application.state not in MOVABLE:
        raise OperatorError(
            f"この届出は今「{application.state.label}」なので、渡せません。一覧を更新してください。", code="not-this-step"
        )
    if application.session == unit.session.id:
        raise OperatorError("この届出は開いています。閉じてから渡してください。", code="already-open")
    if application.state is State.DRAFTING and application.keyer != unit.person and not unit.session.may(Action.ADJUDICATE):
        raise OperatorError("ほかの人の下書きです。本人か取扱責任者が渡してください。", code="someone-elses-draft")
    if keyings.find_open(unit.connection, application.id) is not None:
        raise OperatorError("照合の途中です。照合を終えてから渡してください。", code="under-verification")
    if corrections.of_correction(unit.connection, application.id) is not None:
        raise OperatorError("訂正は、元の届出がある端末で進めてください。", code="is-correction")
    return application


def _counted(unit: Unit, slip: Slip, sheets: int) -> Slip:
    if slip.place not in (Place.TRAY, Place.ENTRY):
        raise OperatorError(f"この書類は今「{slip.where}」にあります。手元に出してから渡してください。", code="slip-elsewhere")
    if not slip.sheets:
        return custody.take_slip(unit, slip.id, sheets)
    if slip.sheets != sheets:
        raise _differs()
    return slip


def _differs() -> OperatorError:
    return OperatorError(
        "枚数が合いません。紙を数え直してください。それでも違うときは動かさずに、Ctrl+F1 で報告します。",
        field="sheets",
        code="sheets-differ",
    )


def _lease(office: Office, unit: Unit, application: Application, slip: Slip, known: Lease | None) -> Lease:
    return Lease(
        slip=slip.id,
        application=application.id,
        version=known.version if known else 0,
        state=LeaseState.LAID,
        holder=office.terminal,
        since="",
        person=unit.person,
        movement=str(uuid.uuid4()),
        number=slip.number,
        day=slip.day,
        kind=slip.kind,
        step=application.state.value,
        sheets=slip.sheets,
        generation=max(office.room_keys.keys, default=0),
    )


def _leave(unit: Unit, application: Application, slip: Slip, lease: Lease, came: str) -> None:
    applications.release(unit.connection, application.id)
    entry.advance(unit, application.id, State.ELSEWHERE, note="laid")
    same = {"kind": slip.kind, "batch": slip.batch, "slip": slip.id}
    custody.move(unit, **same, frm=Place.ENTRY, to=Place.OTHER, sheets=slip.sheets, reason=HANDED_ON)
    keep_transfer(unit, lease, "out", "", came)


def keep_transfer(unit: Unit, lease: Lease, way: str, giver: str, came: str, terminal: str = "") -> None:
    """A movement between two ledgers, as this one sees it. ``giver``: who laid it down, for what comes in."""
    values = {"movement": lease.movement, "way": way, "slip": lease.slip, "sheets": lease.sheets, "terminal": terminal}
    storage.keep_transfer(
        unit.connection, values | {"person": unit.person, "other_person": giver, "came_at": came, "at": unit.stamp}
    )


def _slip_json(office: Office, connection: Connection, slip: Slip) -> dict[str, Any]:
    origin = slips.origin(connection, slip.id) or office.terminal
    names = ("id", "number", "day", "batch", "kind", "sheets")
    return {name: getattr(slip, name) for name in names} | {"origin": origin}


def _context(lease: Lease) -> bytes:
    return f"lease\n{lease.slip}\n{lease.application}\n{lease.movement}".encode()


# -- taking --


def take(office: Office, session: Session, slip_id: str, sheets: int) -> Lease:
    """引き取る: the segment gives the work to this terminal, then paper and work are here. Speaks with the segment: link lane.

    Cut off in between, the same call again goes on where it was. Raises OperatorError: at ``sheets`` when they are not what was
    laid down; where somebody else was faster, with who has it since when; where this person has not the room's key.
    EnvironmentTrouble LK-* without the line.
    """
    require(office, session, Action.HAND_ON)
    asked = _ask(office, session, slip_id, sheets)
    answered = office.premises.link.take_lease(asked)
    if not answered.granted:
        raise _too_late(office, session, asked, answered)
    return _bring_in(office, session, answered)


def _ask(office: Office, session: Session, slip_id: str, sheets: int) -> Asked:
    """What is asked for stands in the store before it is asked: the same question is asked again after a fall."""
    with begin(office, session, Action.HAND_ON, subject=slip_id, step="ask", sheets=sheets) as unit:
        lease, before = find(unit.connection, slip_id), storage.asked(unit.connection, slip_id)
        if lease is None or (before is None and lease.state is not LeaseState.LAID):
            raise held(office, lease)
        if lease.generation not in office.room_keys.keys:
            raise OperatorError(
                "この届出を開く事務室の鍵が、あなたにはまだ届いていません。同期してから入り直すか、ほかの人が引き取ってください。",
                code="no-room-key",
            )
        if lease.sheets == sheets:
            version = int(before["version"]) if before else lease.version
            take_id = str(before["take"]) if before else str(uuid.uuid4())
            asked = Asked(slip=slip_id, version=version, take=take_id, person=unit.person)
            body = {"slip": slip_id, "version": version, "take": take_id, "by": unit.person}
            storage.ask(unit.connection, slip_id, take_id, version, asked.how, body)
            return asked
    log_refusal(office, session, "denied", subject=slip_id, asked=Action.HAND_ON.value, reason="sheets-differ")
    raise _differs()


def _too_late(office: Office, session: Session, asked: Asked, answered: Answered) -> OperatorError:
    with begin(office, session, Action.HAND_ON, subject=asked.slip, step="too_late") as unit:
        storage.answered(unit.connection, asked.slip)
        if answered.lease is not None:
            keep(unit.connection, answered.lease)
    return held(office, answered.lease)


def _bring_in(office: Office, session: Session, answered: Answered) -> Lease:
    lease = answered.lease
    if lease is None or not answered.sealed:
        raise _unreadable()
    packed = json.loads(office.room_keys.open(base64.b64decode(answered.sealed), _context(lease)))
    with begin(office, session, Action.HAND_ON, subject=lease.slip, step="take", sheets=lease.sheets) as unit:
        found = packed["slip"]
        origin = "" if found["origin"] == office.terminal else str(found["origin"])
        names = ("id", "number", "day", "batch", "kind", "sheets")
        slip = Slip(**{name: found[name] for name in names}, place=Place.OTHER)
        slips.add_slip(unit.connection, slip, origin)
        try:
            storage.unpack(unit.connection, lease.application, packed["rows"])
        except ValueError:
            raise _unreadable() from None
        application = entry.found(unit.connection, lease.application)
        applications.move(unit.connection, application, State(lease.step), unit.stamp, unit.person, "taken")
        same = {"kind": slip.kind, "batch": slip.batch, "slip": slip.id}
        custody.move(unit, **same, frm=Place.OTHER, to=Place.ENTRY, sheets=slip.sheets, reason=HANDED_ON)
        keep_transfer(unit, lease, "in", packed["by"], packed["came_at"], packed["terminal"])
        storage.answered(unit.connection, lease.slip)
        keep(unit.connection, lease)
        unit.note(movement=lease.movement, state=lease.step, own_move=packed["by"] == unit.person)
    return lease


def _unreadable() -> OperatorError:
    return OperatorError("受け取った届出を開けません。プログラムの版を確かめ、取扱責任者に連絡してください。", code="unreadable")


def held(office: Office, lease: Lease | None) -> OperatorError:
    """Why this paper is not to be had, in a sentence."""
    if lease is None:
        return OperatorError("この書類は引渡しに出ていません。一覧を更新して確かめてください。", code="not-laid")
    words = lease.held_words(office.clock.local().tzinfo)
    if lease.state is LeaseState.LOST:
        return OperatorError(f"この届出は使えない端末 {lease.holder} のものです。紙から入力し直します。", code="lost")
    if lease.holder == office.terminal:
        return OperatorError("この届出は、もうこの端末にあります。一覧を更新してください。", code="here-already")
    return OperatorError(f"この届出は{words}。その端末で進めるか、渡してもらってください。", code="held-elsewhere")


# -- what the segment tells --


def keep_change(connection: Connection, body: Mapping[str, Any]) -> Lease:
    """Shared work as the segment tells it. Raises WireError."""
    lease = lease_from_json(body)
    keep(connection, lease)
    return lease


def keep(connection: Connection, lease: Lease) -> None:
    """What is older than what is known changes nothing."""
    newer = storage.put(connection, lease.slip, lease.version, lease.state.value, lease.holder, lease_json(lease))
    if newer and lease.state is LeaseState.HELD:
        storage.arrived(connection, lease.slip, lease.holder, lease.person)
