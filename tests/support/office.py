"""A real training room in a temporary folder: real SQLCipher, real accounts (cheap passwords), a link that reaches nobody."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain.operators import Session
from nhi_center.gateway.configuration import SERVER_NAME
from nhi_center.keys.passwords import Cost
from nhi_center.services.clock import JST, TrainingClock
from nhi_center.services.office import Office, Premises
from nhi_center.services.premises import open_premises
from nhi_center.services.presence import check_in
from nhi_center.services.session import sign_in, sign_out
from nhi_center.settings import Segment, Settings
from nhi_center.training.room import DEMO_PEOPLE, furnish, write_trust

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
OPENING = datetime(2026, 11, 24, 9, 0, tzinfo=JST)
LOCKERS = {demo.person: f"{number:02}" for number, demo in enumerate(DEMO_PEOPLE, start=1)}
PASSWORDS = {demo.person: demo.password for demo in DEMO_PEOPLE}


class HandClock(TrainingClock):
    """The training clock, with hands to put forward or back."""

    def __init__(self, opening: datetime) -> None:
        super().__init__(opening)
        self._ahead = timedelta()

    def advance(self, **by: float) -> None:
        self._ahead += timedelta(**by)

    def now(self) -> datetime:
        return super().now() + self._ahead

    def local(self) -> datetime:
        return super().local() + self._ahead


def advance(premises: Premises, **by: float) -> None:
    """Put the room's clock on: who just failed may try again."""
    assert isinstance(premises.clock, HandClock)
    premises.clock.advance(**by)


def room(folder: Path, port: int = 0, terminal: str = "T04", host: str = "127.0.0.1") -> Premises:
    """A furnished training room under ``folder``; without ``port`` its segment is an address where nobody listens."""
    settings = Settings(terminal, "端末 04", True, folder, Segment(host, port or _closed_port(), SERVER_NAME))
    keys = furnish(settings, cost=CHEAP)
    write_trust(settings, keys, Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex())
    return open_premises(settings, HandClock(OPENING))


def enter(premises: Premises, *people: str) -> None:
    """Ward staff 40127 check people into the room."""
    office, session = sign_in(premises, "40127", PASSWORDS["40127"])
    for person in people:
        check_in(office, session, person, LOCKERS[person])
    sign_out(office, session)


def signed_in(premises: Premises, person: str) -> tuple[Office, Session]:
    return sign_in(premises, person, PASSWORDS[person])


@pytest.fixture
def premises(tmp_path: Path) -> Iterator[Premises]:
    made = room(tmp_path / "business")
    yield made
    made.close()


@pytest.fixture
def desk(premises: Premises) -> Iterator[tuple[Office, Session]]:
    """The office with clerk 一郎 signed in; 花子 and supervisor 統子 are in the room too."""
    enter(premises, "k-ichiro", "k-hanako", "s-toko")
    office, session = signed_in(premises, "k-ichiro")
    yield office, session
    office.store.close()


def as_person(office: Office, person: str) -> Session:
    """Another person's session over the same open store, for rules that need two people."""
    account = office.premises.accounts.find(person)
    return Session(f"test-{person}", account.person, account.name, account.role, office.terminal)


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
