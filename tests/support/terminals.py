"""Terminals of one room, each with a store of its own, enrolled with one running gateway."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from nhi_center.domain.handover import Direction, Side
from nhi_center.domain.operators import Session
from nhi_center.gateway import enrolment
from nhi_center.gateway.database import connect, present_time
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.link.client import GatewayLink
from nhi_center.services import handover
from nhi_center.services.office import Office
from nhi_center.services.session import sign_in
from nhi_center.services.sync import synchronise
from tests.services.test_handover import CLERK, SECTION, WARD, counts
from tests.support.office import PASSWORDS, room
from tests.support.postgres import PASSPHRASE, RunningGateway, new_database, utc_now

Desk = tuple[Office, Session]


@pytest.fixture
def gateway(postgres: LocalPostgres, tmp_path: Path) -> Iterator[RunningGateway]:
    """A gateway for each test: what one test's terminals tell is told to every terminal of that gateway."""
    with new_database(postgres) as dsn:
        running = RunningGateway(tmp_path / "gateway", dsn)
        running.start()
        yield running
        assert running.stop() == 0


@contextmanager
def terminals(gateway: RunningGateway, folder: Path, *names: str) -> Iterator[tuple[Desk, ...]]:
    """Ward staff 40127 at each of these terminals, which have all heard everything there was."""
    made = tuple(open_terminal(gateway, folder / name) for name in names)
    exchange(*made)
    yield made
    for office, _session in made:
        close_terminal(office)


def exchange(*desks: Desk) -> None:
    for office, _session in desks:
        synchronise(office)


def take_in(desk: Desk, cases: int, sheets: int, cash: int = 1) -> None:
    """A 便 with applications F02 and money among them at this terminal."""
    given = {"F02": (cases, sheets), **({"cash": (0, cash)} if cash else {})}
    view = handover.open_handover(*desk, Direction.IN, SECTION)
    for side in Side:
        view = handover.record_count(*desk, view.handover.id, side, counts(view, **given))
    handover.countersign(*desk, view.handover.id, WARD, CLERK)


def open_terminal(gateway: RunningGateway, folder: Path, person: str = "40127") -> tuple[Office, Session]:
    """``person`` signed in at a new terminal. Closed with ``close_terminal``."""
    premises = room(folder / "business", gateway.port, f"T{uuid4().hex[:8].upper()}")
    name, tls = premises.settings.terminal, folder / "tls"
    public = bytes.fromhex(premises.terminal.public)
    with connect(gateway.dsn) as connection:
        identity = enrolment.enrol(gateway.folder, connection, name, public, PASSPHRASE, present_time(connection))
    enrolment.write_identity(identity, name, gateway.folder, tls)
    trust = replace(premises.trust, gateway=(tls / "gateway-signing.pub").read_text(encoding="ascii").strip())
    link = GatewayLink(gateway.link_settings(tls, name), utc_now)
    return sign_in(replace(premises, link=link, trust=trust), person, PASSWORDS[person])


def close_terminal(office: Office) -> None:
    office.premises.link.close()
    office.store.close()


@pytest.fixture(scope="module", name="gateway")
def silent_gateway(postgres: LocalPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """One that plays nothing: it takes every review, and the standard system answers by files."""
    with new_database(postgres) as dsn:
        running = RunningGateway(tmp_path_factory.mktemp("gateway"), dsn, training=False)
        running.start()
        yield running
        assert running.stop() == 0
