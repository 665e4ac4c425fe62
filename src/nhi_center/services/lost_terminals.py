"""使えない端末: a terminal is given up by supervisor and ward staff together; what it had is keyed again; one day it comes back.

Both sign the same statement, at any other terminal, and the room is told. The segment gives up what the terminal held. What lies
at it is counted by hand (``services.standing``), its papers are keyed again elsewhere, each counted into that terminal's ledger.
What it sends of applications later is refused and becomes a 食い違い there (``services.conflicts``), until both say at the
terminal itself, behind everything it had to send, that it is back.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from nhi_center.domain.custody import HANDED_ON, Place, Slip
from nhi_center.domain.incident_report import Kind as Incident
from nhi_center.domain.leases import Lease, LeaseState
from nhi_center.domain.operators import Action, Role, Session, signatures_from_json
from nhi_center.domain.print_jobs import JobState, fault
from nhi_center.errors import OperatorError
from nhi_center.link.wire_lease import Asked
from nhi_center.services import certificates, custody, entry, incidents, known_people, leases, standing
from nhi_center.services.handover import Credential
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord, terminals
from nhi_center.services.session import terminal_session
from nhi_center.services.signing import is_over, require_signature, sign
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import certificates as jobs
from nhi_center.storage import conflicts as storage
from nhi_center.storage import custody as slips
from nhi_center.storage import entry as applications
from nhi_center.storage import leases as transfers
from nhi_center.storage import outbox
from nhi_center.storage.engine import Connection

STATEMENT = "terminal_failure"
KIND = "failure"
LONGEST_REASON = 60
RECOUNT = (
    "その端末の書類、用紙の束、出力物を二人で数え、数をここに書き加える。印刷の途中だったものは、紙が出たかどうかを確かめる。"
)
"""What nobody can count from elsewhere is counted by hand at once; the record is closed by the ward when it has the numbers."""
_WARD = (Role.WARD_STAFF, Role.WARD_ADMIN)
_SAME = ("version", "take", "application", "movement", "kind", "sheets")
_NAMES = ("terminal", "what", "reason", "at")


@dataclass(frozen=True, slots=True)
class LostPaper:
    """One paper of a terminal that was given up. ``lease``: what the room knows of its work, None when it was never shared.

    ``again``: it has to be keyed again; else it was laid down whole and is simply taken, or is another terminal's by now."""

    slip: str
    day: str
    number: str
    lease: Lease | None
    again: bool


@dataclass(frozen=True, slots=True)
class RoomTerminal:
    """One terminal of the room. ``here``: this one."""

    terminal: str
    here: bool
    failed: bool


# -- giving up and taking back --


def room_terminals(office: Office, session: Session) -> tuple[RoomTerminal, ...]:
    """Every terminal in use, by name, and which are given up."""
    with reading(office, session, Action.STATUS) as connection:
        failed = storage.failures(connection)
        names = sorted({one.terminal for one in terminals(connection)} | {office.terminal} | set(failed))
    return tuple(RoomTerminal(name, name == office.terminal, name in failed) for name in names)


def given_up(office: Office, session: Session) -> tuple[str, ...]:
    """Terminals that are given up now, by name."""
    with reading(office, session, Action.STATUS) as connection:
        return tuple(sorted(storage.failures(connection)))


def declare(office: Office, session: Session, terminal: str, reason: str, supervisor: Credential, ward: Credential) -> None:
    """使えない端末とする. Two password hashes: run it in a lane.

    Raises OperatorError at ``reason``; for this terminal itself or one that is none of the room's; as ``sign`` does.
    """
    require(office, session, Action.DECLARE_FAILED)
    with reading(office, session, Action.DECLARE_FAILED) as connection:
        known = {one.terminal for one in terminals(connection)}
        failed = storage.failures(connection)
    if terminal == office.terminal or terminal not in known:
        raise OperatorError("室内のほかの端末を選んでください。", field="terminal", code="no-terminal")
    if terminal in failed:
        raise OperatorError("この端末は、もう使えない端末とされています。", field="terminal", code="failed-already")
    _say(office, session, terminal, "failed", reason, supervisor, ward)


def take_back(office: Office, session: Session, reason: str, supervisor: Credential, ward: Credential) -> None:
    """この端末は戻った: said at the terminal itself, behind everything it had to send. Two password hashes: run it in a lane."""
    require(office, session, Action.DECLARE_FAILED)
    with reading(office, session, Action.DECLARE_FAILED) as connection:
        failed = storage.failures(connection)
        waiting = outbox.counts(connection)["waiting"]
    if office.terminal not in failed:
        raise OperatorError("この端末は、使えない端末とされていません。", code="not-failed")
    if waiting:
        raise OperatorError("未送信の記録があります。先に同期してください。", code="unsent")
    _say(office, session, office.terminal, "returned", reason, supervisor, ward)


def _say(
    office: Office, session: Session, terminal: str, what: str, reason: str, supervisor: Credential, ward: Credential
) -> None:
    require(office, session, Action.DECLARE_FAILED)
    words = reason.strip()
    if not 0 < len(words) <= LONGEST_REASON:
        raise OperatorError(f"どうなったかを{LONGEST_REASON}字までで書いてください。", field="reason", code="no-reason")
    at = office.clock.local().isoformat(timespec="seconds")
    contents = {"terminal": terminal, "what": what, "reason": words, "at": at}
    signatures = [sign(office, one.person, one.password, STATEMENT, contents) for one in (supervisor, ward)]
    with begin(office, session, Action.DECLARE_FAILED, subject=terminal, step=f"terminal_{what}") as unit:
        require_signature(office, signatures[0], STATEMENT, contents, Role.SUPERVISOR)
        require_signature(office, signatures[1], STATEMENT, contents, *_WARD)
        unit.note(decided_by=signatures[0].person, approved_by=signatures[1].person)
        body = contents | {"supervisor": asdict(signatures[0]), "ward": asdict(signatures[1])}
        storage.keep_failure(unit.connection, unit.record(KIND, body), 0, body)
        if what == "failed":
            told = f"端末 {terminal} を使えない端末とした({words})。{RECOUNT}"
            incidents.open_found(unit, Incident.OTHER, told, source=f"failure {terminal} {at}", happened=True)


def take(office: Office, connection: Connection, record: RoomRecord) -> None:
    """What a terminal told (see ``services.takers``). Raises Disbelieved unless supervisor and ward signed just this."""
    body = record.body
    contents = {name: str(body[name]) for name in _NAMES}
    own = contents["terminal"] == record.terminal  # nobody gives himself up, and nobody takes another back
    if (contents["what"], own) not in (("failed", False), ("returned", True)):
        raise Disbelieved("no-failure")
    _require(connection, body["supervisor"], contents, Role.SUPERVISOR)
    _require(connection, body["ward"], contents, *_WARD)
    storage.keep_failure(connection, record.id, record.cursor, body)


def _require(connection: Connection, body: Mapping[str, Any], contents: Mapping[str, Any], *roles: Role) -> None:
    (signature,) = signatures_from_json((body,))
    account = known_people.find(connection, signature.person)
    if account is None or account.role not in roles or account.role.value != signature.role:
        raise Disbelieved("wrong-role")
    if not is_over(account, signature, STATEMENT, contents):
        raise Disbelieved("bad-signature")


def act(office: Office) -> None:
    """After an exchange: a terminal that hears it was given up lets a person look at every sheet that was on its way."""
    terminal = terminal_session(office)
    with reading(office, terminal, Action.SYNC) as connection:
        failed = office.terminal in storage.failures(connection)
        printing = jobs.in_state(connection, JobState.PRINTING) if failed else ()
    if not printing:
        return
    with begin(office, terminal, Action.SYNC, step="failed_here", jobs=len(printing)) as unit:
        for job in printing:
            error = fault(unit.stamp, "この端末は使えない端末とされました。紙が出たか確かめてください。", "")
            certificates.hand_over(unit, job, job.printer, note="failed", error=error)


# -- keying again --


def papers(office: Office, session: Session, terminal: str) -> tuple[LostPaper, ...]:
    """Every paper that was at a terminal that is given up, by number: what is to be keyed again, and what became of the rest."""
    with reading(office, session, Action.HAND_ON) as connection:
        if terminal not in storage.failures(connection):
            raise OperatorError("この端末は、使えない端末とされていません。", field="terminal", code="not-failed")
        return _papers(office, connection, terminal)


def _papers(office: Office, connection: Connection, terminal: str) -> tuple[LostPaper, ...]:
    told = next((one.standing for one in standing.others(office, connection) if one.terminal == terminal), None)
    found = {id_: (day, number) for day, number, id_ in (told.slips if told else ())}
    known = [lease for lease in leases.every(connection) if lease.holder == terminal or lease.slip in found]
    found |= {lease.slip: (lease.day, lease.number) for lease in known}
    by_slip = {lease.slip: lease for lease in known}
    rows = []
    for slip, (day, number) in found.items():
        lease = by_slip.get(slip)
        rows.append(LostPaper(slip, day, number, lease, lease is None or lease.state is LeaseState.LOST))
    return tuple(sorted(rows, key=lambda row: (row.day, row.number)))


def key_again(office: Office, session: Session, terminal: str, slip_id: str, kind: str, sheets: int) -> None:
    """もう一度入力する: the paper of a terminal that is given up, in hand and counted, is this terminal's from now on.

    ``kind``: the form (F02), read from the paper. It waits in the entry list under its own 管理票. Link lane; cut off in between,
    the same call again goes on where it was. Raises OperatorError where another terminal has it, or it needs no keying again.
    """
    require(office, session, Action.HAND_ON)
    entry.form_title(kind, office.clock.today().isoformat())
    if sheets < 1:
        raise OperatorError("枚数は1以上の数で入れてください。", field="sheets", code="not-a-count")
    asked = _ask(office, session, terminal, slip_id, kind, sheets)
    answered = office.premises.link.take_lease(asked)
    with begin(office, session, Action.HAND_ON, subject=slip_id, step="again_taken", sheets=sheets, terminal=terminal) as unit:
        transfers.answered(unit.connection, slip_id)
        lease = answered.lease
        if lease is not None:
            leases.keep(unit.connection, lease)
        if answered.granted and lease is not None:
            batch = f"{terminal} {asked.day}"  # of a ledger that nobody can read
            slip = Slip(slip_id, asked.number, asked.day, batch, kind, sheets, Place.OTHER)
            slips.add_slip(unit.connection, slip, terminal)
            applications.add(unit.connection, slip_id, kind, asked.day, asked.application)
            same = {"kind": kind, "batch": batch, "slip": slip_id}
            custody.move(unit, **same, frm=Place.OTHER, to=Place.ENTRY, sheets=sheets, reason=HANDED_ON)
            leases.keep_transfer(unit, lease, "in", "", f"{asked.day}T00:00:00+09:00", terminal)
            return
    raise leases.held(office, lease)


def _ask(office: Office, session: Session, terminal: str, slip_id: str, kind: str, sheets: int) -> Asked:
    with begin(office, session, Action.HAND_ON, subject=slip_id, step="ask", sheets=sheets, terminal=terminal) as unit:
        if terminal not in storage.failures(unit.connection):
            raise OperatorError("この端末は、使えない端末とされていません。", field="terminal", code="not-failed")
        paper = next((one for one in _papers(office, unit.connection, terminal) if one.slip == slip_id), None)
        before = transfers.asked(unit.connection, slip_id)
        if paper is None or not (paper.again or before):
            raise leases.held(office, paper.lease if paper else None)
        if applications.find_by_slip(unit.connection, slip_id) is not None:
            raise OperatorError("この書類は、前にこの端末にありました。取扱責任者に連絡してください。", code="known-here")
        asked = Asked(
            slip=slip_id, version=paper.lease.version if paper.lease else 0, take=str(uuid.uuid4()), person=unit.person,
            how="again", frm=terminal, application=str(uuid.uuid4()), number=paper.number, day=paper.day, kind=kind,
            sheets=sheets, movement=str(uuid.uuid4()),
        )  # fmt: skip
        if before:
            asked = replace(
                asked, **{name: before[name] for name in ("version", "take", "application", "movement", "kind", "sheets")}
            )
        transfers.ask(unit.connection, slip_id, asked.take, asked.version, asked.how, asdict(asked))
        return asked
