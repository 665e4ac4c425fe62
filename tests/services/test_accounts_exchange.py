"""Accounts through the real exchange: told at one terminal, in force at the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from nhi_center.domain.operators import Role, Session
from nhi_center.errors import OperatorError
from nhi_center.gateway import enrolment
from nhi_center.gateway.database import connect, present_time
from nhi_center.link.client import GatewayLink
from nhi_center.services.accounts import change_password, close_account, open_account
from nhi_center.services.office import Office, Premises
from nhi_center.services.roster_told import told
from nhi_center.services.session import sign_in, sign_out
from nhi_center.services.sync import synchronise
from nhi_center.storage import closures
from tests.support.office import PASSWORDS
from tests.support.postgres import PASSPHRASE, RunningGateway, utc_now
from tests.support.two_terminals import ADMIN, SIGNER, at, two_terminals

Desk = tuple[Office, Session]
NEW = "akai-densha-to-yubin-77"


def enrolled(gateway: RunningGateway, premises: Premises) -> Premises:
    name, tls = premises.settings.terminal, premises.settings.tls
    public = bytes.fromhex(premises.terminal.public)
    with connect(gateway.dsn) as connection:
        identity = enrolment.enrol(gateway.folder, connection, name, public, PASSPHRASE, present_time(connection))
    enrolment.write_identity(identity, name, gateway.folder, tls)
    trust = replace(premises.trust, gateway=(tls / "gateway-signing.pub").read_text(encoding="ascii").strip())
    return replace(premises, link=GatewayLink(gateway.link_settings(tls, name), utc_now), trust=trust)


@pytest.fixture
def pair(gateway: RunningGateway, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    names = (f"T{uuid4().hex[:8].upper()}", f"T{uuid4().hex[:8].upper()}")
    first, second = (enrolled(gateway, one) for one in two_terminals(tmp_path, gateway.port, names))
    here, there = at(first, "40127"), at(second, ADMIN)
    yield here, there
    for office, _session in (here, there):
        office.premises.link.close()
        office.store.close()


def test_opened_changed_and_closed_at_one_terminal_holds_at_the_other(pair: tuple[Desk, Desk]) -> None:
    (here, session), (there, admin) = pair
    open_account(here, session, "40301", "見本 三郎", Role.WARD_STAFF, NEW, signer=SIGNER)
    change_password(here, session, PASSWORDS["40127"], NEW + "8", NEW + "8")
    close_account(here, session, "k-hanako", suspicion=True, password=NEW + "8")
    synchronise(here)
    synchronise(there)
    assert there.premises.accounts.knows("40301")
    assert there.premises.accounts.is_closed("k-hanako")
    assert there.premises.accounts.find("40127").revision == 2
    newest = there.premises.room_keys.newest()
    assert newest is not None
    assert ("40301" in newest.sealed, "k-hanako" in newest.sealed) == (True, False)
    with there.store.read.begin() as connection:
        assert closures.rekey_due(connection)
    sign_out(there, admin)
    with pytest.raises(OperatorError) as caught:
        sign_in(there.premises, "k-hanako", PASSWORDS["k-hanako"], voucher=SIGNER)
    assert caught.value.code == "wrong-password"
    old = there.contents.store_keys
    again, _session = sign_in(there.premises, "40301", NEW, voucher=SIGNER)  # the key is changed as he comes in
    assert again.contents.store_keys != old
    sign_out(again, _session)


def test_a_terminal_that_has_not_heard_is_named(pair: tuple[Desk, Desk]) -> None:
    (here, session), (there, _admin) = pair
    synchronise(there)
    close_account(here, session, "k-hanako", suspicion=False, password=PASSWORDS["40127"])
    synchronise(here)
    assert there.terminal in told(here, session).removals[0].untold
    synchronise(there)
    synchronise(there)  # what it asks for next says what it has
    synchronise(here)
    assert there.terminal not in told(here, session).removals[0].untold
