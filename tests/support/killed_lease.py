"""Run alone: hands a paper on, or takes one, and is killed at one point of it.

python -m tests.support.killed_lease FOLDER PERSON SLIP SHEETS POINT
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from nhi_center import settings
from nhi_center.gateway.configuration import SERVER_NAME
from nhi_center.link.client import AddressPolicy, GatewayLink, LinkSettings
from nhi_center.services import leases
from nhi_center.services.premises import open_premises
from nhi_center.services.session import sign_in
from nhi_center.storage import audit, custody, outbox
from nhi_center.storage import leases as storage
from tests.support.killed_handover import power_goes
from tests.support.office import OPENING, PASSWORDS, HandClock
from tests.support.postgres import PASSPHRASE, utc_now

LAYING: dict[str, tuple[Any, str, int] | None] = {
    "out of the ledger": (custody, "post", 1),
    "packed": (storage, "pack", 1),
    "on its way": (outbox, "add", 1),
    "laid, in the log, not committed": (audit, "append", 1),
    "laid": None,
}
TAKING: dict[str, tuple[Any, str, int] | None] = {
    "asked, not committed": (storage, "ask", 1),
    "granted": (GatewayLink, "take_lease", 1),
    "work here": (storage, "unpack", 1),
    "into the ledger": (custody, "post", 1),
    "taken, in the log, not committed": (audit, "append", 2),
    "taken": None,
}
"""Where the power goes: (where, function, after how many calls); None: when everything is kept."""


def main() -> None:
    folder, person, slip, sheets, point = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5]
    premises = open_premises(settings.load(folder / "terminal.toml"), HandClock(OPENING))
    name, tls = premises.settings.terminal, premises.settings.tls
    policy = AddressPolicy("127.0.0.1", premises.settings.segment.port)
    files = (tls / "ca.pem", tls / f"{name}.pem", tls / f"{name}.key")
    link = GatewayLink(LinkSettings(policy, SERVER_NAME, *files, lambda: PASSPHRASE), utc_now)
    office, session = sign_in(replace(premises, link=link), person, PASSWORDS[person])
    where = (LAYING | TAKING)[point]
    if where is not None:
        owner, verb, calls = where
        setattr(owner, verb, power_goes(getattr(owner, verb), calls))
    act = leases.lay_down if point in LAYING else leases.take
    act(office, session, slip, sheets)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
