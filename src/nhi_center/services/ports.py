"""What has two real implementations: the clock, the printer, the link to the segment."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

from nhi_center.domain.audit import Countersign
from nhi_center.link.wire import ChangePage, Contact, Hello, PushAnswer, Record, Segment


class Clock(Protocol):
    """See services.clock."""

    def now(self) -> datetime: ...
    def local(self) -> datetime: ...
    def today(self) -> date: ...


class PrintOutcome(Protocol):
    """``handed``: the device or spool has it, which is not yet paper in hand. ``failed``: it has not; ``detail`` says why."""

    @property
    def state(self) -> Literal["handed", "failed"]: ...
    @property
    def detail(self) -> str: ...


class Printer(Protocol):
    """Hands one finished PDF to paper (spool folder now; IPP later)."""

    def send(self, job_id: str, pdf: Path, copies: int) -> PrintOutcome: ...


class Link(Protocol):
    """The exchange with the gateway: the TLS client, or the gateway's own application in one process for tests of services."""

    @property
    def apart(self) -> timedelta | None: ...
    def hello(self) -> Hello: ...
    def changes(self, after: int, limit: int) -> ChangePage: ...
    def push(self, records: tuple[Record, ...]) -> PushAnswer: ...
    def anchor(self, segment: Segment) -> Countersign: ...
    def room(self) -> tuple[Contact, ...]: ...
    def keep_month_key(self, month: str, key: bytes) -> None: ...
    def close(self) -> None: ...
