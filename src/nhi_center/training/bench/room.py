"""The room the figures are taken in: a real training room, a real encrypted store, N synthetic people in its register."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain.operators import Session
from nhi_center.domain.people import Person
from nhi_center.gateway.training_data import load_material
from nhi_center.keys import passwords
from nhi_center.keys.accounts import unlock
from nhi_center.services.clock import JST, TrainingClock
from nhi_center.services.office import Office, Premises
from nhi_center.services.premises import open_premises
from nhi_center.services.presence import check_in
from nhi_center.services.session import sign_in, sign_out
from nhi_center.settings import Segment, Settings
from nhi_center.storage import register
from nhi_center.synthesis.ward import people
from nhi_center.training.room import DEMO_PEOPLE, furnish, write_trust

OPENING = datetime(2026, 11, 24, 9, 0, tzinfo=JST)
CLERK, WARD_STAFF = "k-ichiro", "40127"
PASSWORDS = {demo.person: demo.password for demo in DEMO_PEOPLE}
SEED = 1
_PAGE = 2000
_SAMPLE = 4000


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured. The defaults are what a reported figure is made of; tests take less."""

    persons: int
    queries: int = 200
    """different search lines of each kind"""
    repeats: int = 3
    """times each line is asked; its median counts"""
    transactions: int = 1000
    rounds: int = 7
    """times each long act of the store is done (loading, reading through, copying, unlocking)"""
    starts: int = 7
    """processes started of each kind, after one that only warms"""
    papers: int = 60
    """applications keyed through the wizard"""
    cards: int = 1000
    """certificates printed in one run"""
    pairs: int = 5
    """times each act of the exchange is taken beside its reference"""
    sync_rows: int = 2000
    """rows sent at once"""
    crowd: int = 50
    """terminals at one gateway"""
    year: float = 1
    """of ``screens``: times the volume of a year of work"""
    chaos_seconds: float = 600
    chaos_seed: int | None = None
    """None: another one in every run"""
    cost: passwords.Cost = field(default=passwords.STANDARD)


@dataclass(frozen=True, slots=True)
class Room:
    """``sample``: people of the register, evenly taken, for the questions. The clerk is recorded as present."""

    folder: Path
    settings: Settings
    sizes: Sizes
    sample: tuple[Person, ...]

    def premises(self) -> Premises:
        """The caller closes it."""
        return open_premises(self.settings, TrainingClock(OPENING))

    @contextmanager
    def clerk(self) -> Iterator[tuple[Office, Session]]:
        """The clerk signed in; the store is closed again at the end."""
        with signed_in(self.premises(), CLERK) as opened:
            yield opened

    def store_key(self) -> bytes:
        """The store's key, by the clerk's own slot: for the copy without one."""
        premises = self.premises()
        try:
            account = premises.accounts.find(CLERK)
            return premises.slots.open(account, unlock(account, PASSWORDS[CLERK])).store_keys[0]
        finally:
            premises.close()


def say(words: str) -> None:
    """Progress, for who waits."""
    print(words, file=sys.stderr, flush=True)


def make_room(folder: Path, sizes: Sizes) -> Room:
    """Furnish it, fill the register, let ward staff record the clerk's entry. Raises EnvironmentTrouble GW-01 without the
    training extra."""
    settings = Settings("T04", "端末 04", True, folder / "business", Segment("127.0.0.1", _closed_port(), "gateway.invalid"))
    terminal = furnish(settings, cost=sizes.cost)
    write_trust(settings, terminal, Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex())
    room = Room(folder, settings, sizes, ())
    with signed_in(room.premises(), WARD_STAFF) as (office, session):
        sample = _fill(office, sizes.persons)
        check_in(office, session, CLERK, "01")
    return Room(folder, settings, sizes, sample)


@contextmanager
def signed_in(premises: Premises, person: str) -> Iterator[tuple[Office, Session]]:
    try:
        office, session = sign_in(premises, person, PASSWORDS[person])
        try:
            yield office, session
        finally:
            sign_out(office, session)
    finally:
        premises.close()


def _fill(office: Office, persons: int) -> tuple[Person, ...]:
    """Synthetic people into the register, as pages of an exchange would bring them. Gives some of them."""
    every = max(1, persons // _SAMPLE)
    sample: list[Person] = []
    made = enumerate(people(load_material(), persons, SEED, OPENING.date()), start=1)
    while page := list(islice(made, _PAGE)):
        with office.store.write.begin() as connection:
            register.put_people(connection, page)
        sample.extend(person for cursor, person in page if cursor % every == 0)
        if page[-1][0] % 20_000 == 0:
            say(f"  台帳 {page[-1][0]:,} 人")
    return tuple(sample)


def _closed_port() -> int:
    """A loopback port where nobody listens: the exchange with the segment is no part of these figures."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
