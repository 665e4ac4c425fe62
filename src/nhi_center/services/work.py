"""The one way to read and to change anything: permission, rows, audit entry, outbox row and files, together or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from nhi_center.domain.audit import pseudonym
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.uuid7 import uuid7
from nhi_center.errors import OperatorError
from nhi_center.printing.files import written
from nhi_center.services.office import Office
from nhi_center.storage import audit, custody, outbox
from nhi_center.storage.engine import Connection
from nhi_center.storage.trouble import told_apart

Fact = str | int | bool


@dataclass(slots=True)
class Unit:
    """One act in progress. ``now`` is UTC for the log, ``local`` the office's wall clock, ``today`` the business date; ``folder``
    is the business folder, out of which nothing is written."""

    connection: Connection
    session: Session
    now: datetime
    local: datetime
    today: date
    folder: Path
    subject: str = ""
    facts: dict[str, Fact] = field(default_factory=dict)
    training: bool = False
    files: ExitStack = field(default_factory=ExitStack)
    """What undoes the files of the act when it does not stand."""

    @property
    def person(self) -> str:
        """Who acts."""
        return self.session.person

    @property
    def stamp(self) -> str:
        """The wall-clock time as rows keep it: ISO with seconds, in the office's zone."""
        return self.local.isoformat(timespec="seconds")

    def note(self, **facts: Fact) -> None:
        """Add counts, codes and opaque ids to the audit entry. Never a personal value."""
        self.facts.update(facts)

    def about(self, atena: str) -> None:
        """The act concerns the citizen of this 宛名番号 ("": nobody). The log gets his pseudonym of the month.

        It is the subject, or, where the act has another subject already, the fact ``person``.
        """
        if not atena:
            return
        name = pseudonym(audit.month_key(self.connection, month_of(self.today)), atena)
        if self.subject:
            self.facts["person"] = name
        else:
            self.subject = name

    def record(self, kind: str, body: Mapping[str, Any]) -> str:
        """Put one record on its way to the segment with this act; gives the record's id."""
        id_ = str(uuid7(self.now, secrets.token_bytes(10)))
        outbox.add(self.connection, id_, kind, body, self.now.isoformat())
        return id_

    def write(self, target: Path, data: bytes) -> None:
        """A file that stands when the act does: until then what lay there before comes back. The last thing of an act.

        Raises EnvironmentTrouble PR-03, ST-11.
        """
        self.files.enter_context(written(target, data, self.folder))


@contextmanager
def begin(
    office: Office, session: Session, action: Action, *, subject: str = "", person: str = "", **facts: Fact
) -> Iterator[Unit]:
    """One act: checks the permission, opens the transaction, writes the audit entry, commits. Any exception undoes all of it.

    Raises OperatorError when the role may not (the attempt itself is kept), EnvironmentTrouble when the store fails.
    ``subject`` is an opaque id (an application's, an operator's), ``facts`` go into the log as they are. ``person`` is the
    宛名番号 of the citizen the act is about; the log keeps a pseudonym of it (``Unit.about``).
    """
    with told_apart():
        require(office, session, action)
        with ExitStack() as files, office.store.write.begin() as connection:
            clock, settings = office.clock, office.settings
            unit = Unit(
                connection,
                session,
                clock.now(),
                clock.local(),
                clock.today(),
                settings.business_folder,
                subject,
                dict(facts),
                settings.training,
                files,
            )
            unit.about(person)
            moved = custody.last_movement(connection)
            yield unit
            _require_balance(connection, moved)
            seq, entry = _write(unit, office.terminal, action.value)
        office.premises.event_lines.tell(office.store, seq, entry)


def _require_balance(connection: Connection, moved: int) -> None:
    """At every commit, for each kind and batch of the act: received = on hand + returned. Raises RuntimeError: it is undone."""
    if faults := custody.out_of_balance(connection, moved):
        raise RuntimeError(f"ledger of sheets: {faults} accounts out of balance")


@contextmanager
def reading(office: Office, session: Session, action: Action) -> Iterator[Connection]:
    """A consistent view of the store for one question. Raises as ``begin`` does; nothing is written."""
    with told_apart():
        require(office, session, action)
        with office.store.read.begin() as connection:
            yield connection


def require(office: Office, session: Session, action: Action) -> None:
    """Raise OperatorError, and keep the attempt in the log, when the session may not do this."""
    if session.may(action):
        return
    log_refusal(office, session, "denied", asked=action.value)
    raise OperatorError("この操作は、あなたの役割ではできません。", code="not-permitted")


def log_refusal(office: Office, session: Session, word: str, *, subject: str = "", **facts: Fact) -> None:
    """Keep an attempt that was refused: an entry of the log without an act."""
    with told_apart(), office.store.write.begin() as connection:
        clock = office.clock
        folder = office.settings.business_folder
        unit = Unit(connection, session, clock.now(), clock.local(), clock.today(), folder, subject, dict(facts))
        seq, entry = _write(unit, office.terminal, word)
    office.premises.event_lines.tell(office.store, seq, entry)


def month_of(day: date) -> str:
    """The month whose key the pseudonyms of this day are made with."""
    return f"{day:%Y-%m}"


def _write(unit: Unit, terminal: str, action: str) -> tuple[int, bytes]:
    return audit.append(
        unit.connection,
        at=unit.now.isoformat(timespec="milliseconds"),
        terminal=terminal,
        actor=unit.session.person,
        action=action,
        subject=unit.subject,
        facts=unit.facts,
    )
