"""Terminals of one room, the same people at each, every one with its own store, enrolled with one running gateway."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from nhi_center.domain.operators import Session
from nhi_center.gateway import enrolment
from nhi_center.gateway.database import connect, present_time
from nhi_center.keys.accounts import unlock
from nhi_center.link.client import GatewayLink
from nhi_center.services.office import Office, Premises
from nhi_center.services.presence import check_in
from nhi_center.services.sync import synchronise
from tests.support.entry import fill_register
from tests.support.office import LOCKERS, PASSWORDS, room
from tests.support.postgres import PASSPHRASE, RunningGateway, utc_now
from tests.support.two_terminals import ADMIN, at

Desk = tuple[Office, Session]


def enrolled(gateway: RunningGateway, premises: Premises) -> Premises:
    name, tls = premises.settings.terminal, premises.settings.tls
    public = bytes.fromhex(premises.terminal.public)
    with connect(gateway.dsn) as connection:
        identity = enrolment.enrol(gateway.folder, connection, name, public, PASSPHRASE, present_time(connection))
    enrolment.write_identity(identity, name, gateway.folder, tls)
    trust = replace(premises.trust, gateway=(tls / "gateway-signing.pub").read_text(encoding="ascii").strip())
    return replace(premises, link=GatewayLink(gateway.link_settings(tls, name), utc_now), trust=trust)


def terminals(gateway: RunningGateway, folder: Path, people: tuple[str, ...]) -> tuple[Desk, ...]:
    """One terminal for each of ``people``, who is signed in there; everybody of the room is inside. Closed with ``close``."""
    made = [room(folder / str(number), gateway.port, f"T{uuid4().hex[:8].upper()}") for number, _person in enumerate(people)]
    for other in made[1:]:
        account = other.accounts.find(ADMIN)
        contents = other.slots.open(account, unlock(account, PASSWORDS[ADMIN]))
        for name in ("accounts", "room"):
            shutil.rmtree(other.settings.business_folder / name)
            shutil.copytree(made[0].settings.business_folder / name, other.settings.business_folder / name)
        shutil.rmtree(other.settings.slots)
        other.slots.save(other.accounts.find(ADMIN), contents)
    made = [enrolled(gateway, one) for one in made]
    inside, session = at(made[0], "40127")
    for person in ("k-ichiro", "k-hanako", "s-toko"):
        check_in(inside, session, person, LOCKERS[person])
    synchronise(inside)
    inside.store.close()
    desks = []
    for premises, person in zip(made, people, strict=True):
        ward, _admin = at(premises, ADMIN)
        synchronise(ward)
        fill_register(ward)
        ward.store.close()
        desks.append(at(premises, person))
    exchange(*desks, rounds=2)
    return tuple(desks)


def exchange(*desks: Desk, rounds: int = 1) -> None:
    """Each terminal with the segment, in this order."""
    for _round in range(rounds):
        for office, _session in desks:
            synchronise(office)


def close(*desks: Desk) -> None:
    for office, _session in desks:
        office.premises.link.close()
        office.store.close()
