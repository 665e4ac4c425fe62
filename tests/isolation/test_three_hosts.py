"""The proof of 接続制限: a workstation works its day, and every way out of it that anybody has thought of arrives nowhere.

A terminal, the gateway's host and a third host are network namespaces of this machine. The third host sees every packet; without
the layers the same tries fill what it has seen, so that an empty list means something.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from nhi_center.gateway import enrolment
from nhi_center.gateway.configuration import PORT
from nhi_center.gateway.database import connect, present_time
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.services import trust_list
from nhi_center.settings import load, to_toml
from tests.support import three_hosts
from tests.support.office import room
from tests.support.postgres import RunningGateway, new_database, postgres
from tests.support.three_hosts import CLIENT, ELSEWHERE, ELSEWHERE6, GATEWAY, PERMITTED, Hosts, Listener
from tests.support.way_out import EVERY_WAY

__all__ = ["postgres"]

MACHINE = Path(__file__).parents[2] / "installer/machine"


@dataclass(frozen=True, slots=True)
class Proof:
    hosts: Hosts
    permitted: Listener
    forbidden: Listener
    settings: Path

    def policy(self) -> None:
        """The machine's own policy in force at the terminal, as ``apply`` makes it."""
        folder = self.settings.parent / "machine"
        subprocess.run([MACHINE / "apply", "--into", folder, self.settings], check=True)
        self.hosts.run(CLIENT, "nft", "-f", str(folder / "etc/nhi-center/policy.nft"))

    def refused(self) -> int:
        told = self.hosts.run(CLIENT, "nft", "list", "counter", "inet", "nhi_center", "refused_out")
        found = re.search(r"packets (\d+)", told)
        assert found is not None
        return int(found[1])

    def open(self) -> None:
        self.hosts.run(CLIENT, "nft", "flush", "ruleset")
        self.permitted.heard()
        self.forbidden.heard()

    def day(self) -> dict[str, Any]:
        told = self.hosts.script(CLIENT, "tests.support.day_behind_walls", str(self.settings), ELSEWHERE, ELSEWHERE6)
        found: dict[str, Any] = json.loads(told.splitlines()[-1])
        return found

    def tries(self) -> None:
        self.hosts.script(CLIENT, "tests.support.way_out", ELSEWHERE, ELSEWHERE6)


@pytest.fixture(scope="module")
def proof(postgres: LocalPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proof]:
    three_hosts.require()
    folder = tmp_path_factory.mktemp("hosts")
    with new_database(postgres) as dsn, three_hosts.three_hosts(folder) as (hosts, permitted, forbidden):
        gateway = RunningGateway(folder / "gateway", dsn, training=False, host=GATEWAY, inside=hosts.inside(PERMITTED))
        gateway.port = PORT
        gateway.start()
        try:
            yield Proof(hosts, permitted, forbidden, enrolled(gateway, folder))
        finally:
            gateway.stop()


def enrolled(gateway: RunningGateway, folder: Path) -> Path:
    """A terminal whose only address is the gateway's; gives its settings file."""
    premises = room(folder / "business", gateway.port, "T04", GATEWAY)
    settings = replace(premises.settings, minimum="full", machine_policy=False)
    public, phrase = bytes.fromhex(premises.terminal.public), premises.terminal.passphrase.encode()
    with connect(gateway.dsn) as connection:
        identity = enrolment.enrol(gateway.folder, connection, "T04", public, phrase, present_time(connection))
    enrolment.write_identity(identity, "T04", gateway.folder, settings.tls)
    signing = (settings.tls / "gateway-signing.pub").read_text(encoding="ascii").strip()
    trust_list.keep(settings, replace(trust_list.load(settings), gateway=signing))
    premises.close()
    file = settings.business_folder / "terminal.toml"
    file.write_text(to_toml(settings), encoding="utf-8")
    return file


def test_the_day_is_worked_and_nothing_arrives_where_nothing_may(proof: Proof) -> None:
    proof.open()
    proof.policy()
    told = proof.day()
    assert told.pop("refused in Python") > 0
    worked = {"level": "FULL", "anchored": True, "exported": True}
    assert told == {**worked, "layers": []}, "every layer and the machine's policy: in force, tried, refused"
    assert proof.forbidden.heard() == {"arrived": [], "accepted": []}
    assert proof.permitted.heard()["arrived"] == [f"tcp {PORT}"], "and at the gateway's host nothing but its port"
    assert proof.refused() > 0


@pytest.mark.parametrize(("policy", "status"), [(True, 0), (False, 1)])
def test_the_command_knows_the_machines_policy_by_its_answer(proof: Proof, policy: bool, status: int) -> None:
    proof.open()
    if policy:
        proof.policy()
    folder = proof.settings.parent / "asked"
    folder.mkdir(exist_ok=True)
    asked = replace(load(proof.settings), machine_policy=True)
    (folder / "terminal.toml").write_text(to_toml(asked), encoding="utf-8")
    code = f"import sys; from nhi_center.cli import app; app(['selfcheck', '--json', '--folder', {str(folder)!r}])"
    told = json.loads(proof.hosts.run(CLIENT, sys.executable, "-c", code, status=status))
    assert (told["status"], told["machine"] == "refused") == (status, policy)


def test_with_the_layers_off_the_same_tries_all_arrive(proof: Proof) -> None:
    proof.open()
    proof.tries()
    heard = proof.forbidden.heard()
    assert set(heard["arrived"]) >= EVERY_WAY
    assert set(heard["accepted"]) == {int(way.split()[1]) for way in EVERY_WAY if way.startswith("tcp")}


def test_another_program_of_the_machine_gets_no_further(proof: Proof) -> None:
    """Under the machine's policy alone: a program that asked the kernel for nothing."""
    proof.open()
    proof.policy()
    proof.tries()
    assert proof.forbidden.heard() == {"arrived": [], "accepted": []}
    assert proof.refused() > 0


def test_without_the_machines_policy_the_gateways_port_alone_is_left(proof: Proof) -> None:
    """The kernel's rules for a program know ports and no addresses: this is what the machine's policy is for."""
    proof.open()
    told = proof.hosts.script(CLIENT, "tests.support.tries_behind_walls", str(proof.settings), ELSEWHERE, ELSEWHERE6)
    assert json.loads(told.splitlines()[-1]) == "FULL"
    assert proof.forbidden.heard()["arrived"] == [f"tcp {PORT}"]
