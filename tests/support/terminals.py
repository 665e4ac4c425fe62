"""Terminals of one room, each with a store of its own, enrolled with one running gateway."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from nhi_center.domain.operators import Session
from nhi_center.gateway import enrolment
from nhi_center.gateway.database import connect, present_time
from nhi_center.link.client import GatewayLink
from nhi_center.services.office import Office
from nhi_center.services.session import sign_in
from tests.support.office import PASSWORDS, room
from tests.support.postgres import PASSPHRASE, RunningGateway, utc_now


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
