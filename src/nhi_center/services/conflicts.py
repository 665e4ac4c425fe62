"""食い違い: work of this terminal that rests on what stands no more. Both sides are kept until a person has settled it.

Found in two ways: the segment refuses a record of work that another terminal has by now; or it tells that another terminal has
what is at work here (a store from a backup, a terminal that was given up and comes back). Settled once, never by a machine: what
another terminal has let go because a person there said so is taken as said.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from nhi_center.domain.custody import CORRECTION, HANDED_ON, Place
from nhi_center.domain.day_close import OpenItem
from nhi_center.domain.entry import Application, State
from nhi_center.domain.leases import REASONS, Conflict, Lease, LeaseState, Side, Stands
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.link.wire_lease import Asked
from nhi_center.services import custody, entry, leases
from nhi_center.services.office import Office
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import conflicts as storage
from nhi_center.storage import entry as applications
from nhi_center.storage import leases as transfers
from nhi_center.storage.engine import Connection
from nhi_center.storage.outbox import OutboxRow

_ENDED = (State.DONE, State.RETURNED, State.ELSEWHERE)


# -- found --


def keep_refused(office: Office, unit: Unit, row: OutboxRow) -> bool:
    """A record the segment will not take because the work is another terminal's; False when it is of no work known here."""
    application = applications.find(unit.connection, str(row.body.get("application", "")))
    if application is None:
        return False
    found = _open(office, unit, application)
    storage.add_record(unit.connection, found["id"], [*found["records"], {"kind": row.kind, "body": row.body}])
    storage.take_out_of_outbox(unit.connection, row.seq)
    return True


def take_change(office: Office, unit: Unit, body: Mapping[str, Any]) -> None:
    """What the segment tells of shared work, within the exchange. Told again it changes nothing. Raises WireError."""
    lease = leases.keep_change(unit.connection, body)
    application = applications.find_by_slip(unit.connection, lease.slip)
    if application is None or application.state in _ENDED or lease.holder == office.terminal:
        return
    if lease.state is LeaseState.LOST:
        return
    if lease.step.startswith(Stands.MINE):
        try:
            with unit.connection.begin_nested():
                _let_go(office, unit, application, lease)
            return
        except OperatorError as problem:
            unit.note(reason=problem.code)
    _open(office, unit, application)


def _open(office: Office, unit: Unit, application: Application) -> dict[str, Any]:
    found = storage.open_of(unit.connection, application.id)
    if found is None:
        at = application.entered_at or application.saved_at or application.opened_at
        side = Side(office.terminal, application.keyer, at, application.state.value, application.draft.values)
        id_ = str(uuid.uuid4())
        storage.add(unit.connection, id_, application.slip, application.id, asdict(side), unit.stamp)
        found = storage.find(unit.connection, id_)
        assert found is not None
    return found


# -- looked at --


def open_items(connection: Connection) -> tuple[OpenItem, ...]:
    """The line of the day close."""
    count = storage.open_count(connection)
    return (OpenItem("conflicts", count, f"判断を待つ食い違い {count}件", "sync"),)


def every(office: Office, session: Session) -> tuple[Conflict, ...]:
    """Open ones first."""
    with reading(office, session, Action.SETTLE_CONFLICT) as connection:
        return tuple(_conflict(office, connection, row) for row in storage.every(connection))


def look(office: Office, session: Session, conflict_id: str) -> Conflict:
    """Both sides, the other one as the segment has it now. Speaks with the segment: link lane. Raises EnvironmentTrouble LK-*."""
    require(office, session, Action.SETTLE_CONFLICT)
    with reading(office, session, Action.SETTLE_CONFLICT) as connection:
        row = _found(connection, conflict_id)
    asked = Asked(slip=row["slip"], version=0, take=str(uuid.uuid4()), person=session.person, how="look")
    answered = office.premises.link.take_lease(asked)
    with begin(office, session, Action.SETTLE_CONFLICT, subject=conflict_id, step="look") as unit:
        lease, body = answered.lease, answered.entry
        if lease is not None:
            leases.keep(unit.connection, lease)
        if lease is not None and lease.holder != office.terminal and not row["settled_at"]:
            values = {name: str(value) for name, value in dict(body.get("values", {})).items()}
            person, at = str(body.get("keyer", lease.person)), str(body.get("entered_at", ""))
            storage.put_theirs(unit.connection, conflict_id, asdict(Side(lease.holder, person, at, lease.state.value, values)))
        application = entry.found(unit.connection, row["application"])
        unit.about(application.atena)
        return _conflict(office, unit.connection, _found(unit.connection, conflict_id))


def _found(connection: Connection, conflict_id: str) -> dict[str, Any]:
    row = storage.find(connection, conflict_id)
    if row is None:
        raise OperatorError("この食い違いはありません。一覧を更新してください。", code="no-conflict")
    return row


def _side(kept: Mapping[str, Any], names: Mapping[str, str]) -> Side:
    side = Side(**kept)
    return replace(side, name=names.get(side.person, side.person))


def _conflict(office: Office, connection: Connection, row: Mapping[str, Any]) -> Conflict:
    names = {account.person: account.name for account in office.premises.accounts.every()}
    application = entry.found(connection, row["application"])
    form = entry.form_of(application)
    return Conflict(
        id=row["id"],
        slip=row["slip"],
        application=application.id,
        number=application.number,
        day=application.day,
        form_title=entry.form_title(application.form, application.form_day),
        mine=_side(row["mine"], names),
        theirs=_side(row["theirs"], names) if row["theirs"] else None,
        labels={field.id: field.label for field in form.fields()},
        records=len(row["records"]),
        found_at=row["found_at"],
        settled_at=row["settled_at"],
        settled_by=names.get(row["settled_by"], row["settled_by"]),
        stands=row["stands"],
        reason=row["reason"],
    )


# -- settled --


def settle(office: Office, session: Session, conflict_id: str, stands: Stands, reason: str) -> None:
    """One side holds. ``mine``: the segment gives the work back to this terminal, and what it had refused is sent again; the
    other terminal lets go when it hears of it. ``theirs``: paper and work leave this terminal. Link lane.

    Raises OperatorError: settled already, without a reason, while the other side has moved on, or where there is none to keep.
    """
    require(office, session, Action.SETTLE_CONFLICT)
    if reason not in {choice.code for choice in REASONS}:
        raise OperatorError("どのように確かめたかを番号で選んでください。", field="reason", code="no-reason")
    with reading(office, session, Action.SETTLE_CONFLICT) as connection:
        row = _found(connection, conflict_id)
        lease = leases.find(connection, row["slip"])
        application = entry.found(connection, row["application"])
        slip = custody.find_slip(connection, row["slip"])
    if row["settled_at"]:
        raise OperatorError("この食い違いはもう判断されています。", code="settled-already")
    held_there = lease is not None and lease.holder != office.terminal
    if stands is Stands.THEIRS and not held_there:
        raise OperatorError("ほかの端末は入力していません。この端末のものを残してください。", code="no-other-side")
    if stands is Stands.MINE and lease is not None and held_there:
        asked = Asked(
            slip=slip.id, version=lease.version, take=conflict_id, person=session.person, how="mine", frm=lease.holder,
            application=application.id, number=slip.number, day=slip.day, kind=slip.kind, sheets=slip.sheets,
            movement=conflict_id,
        )  # fmt: skip
        answered = office.premises.link.take_lease(asked)
        if not answered.granted or answered.lease is None:
            raise OperatorError("相手の端末の仕事が進みました。もう一度両方を見てください。", code="moved-on")
        lease = answered.lease
    with begin(office, session, Action.SETTLE_CONFLICT, subject=conflict_id, step="conflict_settle") as unit:
        unit.note(stands=stands.value, reason=f"conflict-{reason}", terminal=lease.holder if lease else "")
        if stands is Stands.THEIRS:
            assert lease is not None
            _let_go(office, unit, application, lease)
        else:
            _hold(unit, application, row, lease)
        storage.settle(unit.connection, conflict_id, stands.value, reason, unit.person, unit.stamp)


def _let_go(office: Office, unit: Unit, application: Application, lease: Lease) -> None:
    """Paper and work are another terminal's: out of this ledger under the movement it came there by."""
    if application.state is State.ELSEWHERE:
        return
    slip = custody.find_slip(unit.connection, application.slip)
    if not slip.sheets and lease.sheets:
        slip = custody.take_slip(unit, slip.id, lease.sheets)
    came = transfers.came_at(unit.connection, slip.id)
    if not slip.returned:
        custody.move_slip(unit, slip.id, Place.OTHER, HANDED_ON)
        transfers.keep_transfer(
            unit.connection,
            {
                "movement": lease.movement,
                "way": "out",
                "slip": slip.id,
                "sheets": slip.sheets,
                "terminal": lease.holder,
                "person": unit.person,
                "other_person": lease.person,
                "came_at": came,
                "at": unit.stamp,
            },
        )
    sent_here = application.state in (State.VERIFIED, State.REVIEWED) and lease.application != application.id
    if sent_here:  # keyed twice under two ids: nothing of this one may go on from the segment
        told = {"application": application.id, "form": application.form, "outcome": "conflict", "verified_at": unit.stamp}
        unit.record("verification", told | {"verifier": unit.person})
    applications.release(unit.connection, application.id)
    applications.move(unit.connection, application, State.ELSEWHERE, unit.stamp, unit.person, "conflict")


def _hold(unit: Unit, application: Application, row: Mapping[str, Any], lease: Lease | None) -> None:
    if lease is not None:
        leases.keep(unit.connection, lease)
    if application.state is State.ELSEWHERE:  # laid down in vain: the paper never left
        slip = custody.find_slip(unit.connection, application.slip)
        same = {"kind": slip.kind, "batch": slip.batch, "slip": slip.id}
        custody.move(unit, **same, frm=Place.OTHER, to=Place.ENTRY, sheets=slip.sheets, reason=CORRECTION)
        back = applications.events(unit.connection, application.id)[-1].frm
        applications.move(unit.connection, application, back, unit.stamp, unit.person, "conflict")
    for record in row["records"]:
        if record["kind"] != leases.KIND:
            unit.record(record["kind"], record["body"])
