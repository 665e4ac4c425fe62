"""A room with two certificates in the print queue, and how they are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.custody import Place
from nhi_center.domain.operators import Session
from nhi_center.printing.spool import PrintOutcome
from nhi_center.services import certificates
from nhi_center.services.certificates import QueueRow
from nhi_center.services.office import Office
from nhi_center.storage import custody as ledger
from tests.support.certificates import queue, settled, stock_up, trusting, ward_sets
from tests.support.office import PASSWORDS
from tests.support.papers import register_people

Room = tuple[Office, Session]
TOKO = ("s-toko", PASSWORDS["s-toko"])


def silent(_done: int, _total: int, _words: str) -> None:
    """Nobody watches."""


@pytest.fixture
def room(desk: Room) -> Iterator[Room]:
    """One 資格確認書 and one 限度額適用認定証 in the queue, six and three sheets of paper."""
    office, gateway = trusting(desk[0])
    register_people(office)
    ward_sets(office, gateway)
    settled(office, desk[1], "F02")
    settled(office, desk[1], "F15", cursor=200)
    stock_up(office, desk[1])
    queue(office, desk[1])
    yield office, desk[1]
    office.premises.pdf.stop()


def of_kind(room: Room, kind: Kind) -> QueueRow:
    (row,) = [row for row in certificates.queue(*room).rows if row.job.kind is kind and not row.job.spoiled]
    return row


def card(room: Room) -> QueueRow:
    return of_kind(room, Kind.ELIGIBILITY)


def numbers(room: Room, prefix: str = "S") -> tuple[int, int, int, int]:
    stock = certificates.queue(*room).stock(prefix)
    return stock.opened, stock.used, stock.spoiled, stock.left


def spooled(office: Office) -> list[Path]:
    return sorted(office.settings.spool.glob("*.pdf"))


def in_tray(office: Office, kind: str) -> int:
    with office.store.read.begin() as connection:
        here = ledger.balances(connection, places=(Place.OUTPUT,))
    return sum(balance.sheets for balance in here if balance.account.kind == kind)


class DeadPrinter:
    """A printer whose power goes while it has the sheet."""

    def send(self, job_id: str, pdf: Path, copies: int) -> PrintOutcome:
        raise KeyboardInterrupt


def with_printer(office: Office, printer: Any) -> Office:
    return replace(office, premises=replace(office.premises, printer=printer))
