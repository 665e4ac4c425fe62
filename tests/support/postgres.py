"""A real PostgreSQL and a real gateway process for tests: one server per test session, one database and gateway per module."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import audit
from nhi_center.domain.merkle import Range, leaf_hash
from nhi_center.gateway import configuration, enrolment, passphrase
from nhi_center.gateway.configuration import Configuration
from nhi_center.gateway.database import connect, migrate, of_insurer, present_time
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.link import wire
from nhi_center.link.client import AddressPolicy, GatewayLink, LinkSettings

PASSPHRASE = b"training passphrase"
GATEWAY_PASSPHRASE = b"passphrase of the tests' gateways"


def utc_now() -> datetime:
    return datetime.now(UTC)


DEBIAN = Path("/usr/lib/postgresql")


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[LocalPostgres]:
    """One PostgreSQL per session, worker and importing conftest, removed afterwards: the wheel's, or with ``--postgres debian``
    the one a ward has."""
    binaries = None
    if request.config.getoption("--postgres") == "debian":
        binaries = max(DEBIAN.glob("*/bin"), key=lambda folder: int(folder.parent.name))
    server = LocalPostgres(f"test-{uuid4().hex[:12]}", binaries=binaries)
    with server, tempfile.TemporaryDirectory() as folder, service_credential(Path(folder)):
        yield server
    shutil.rmtree(server.folder)


@contextmanager
def service_credential(folder: Path) -> Iterator[None]:
    """The passphrase of gateways' keys as systemd gives it to a service: a file in a folder that the environment names."""
    (folder / passphrase.CREDENTIAL).write_bytes(GATEWAY_PASSPHRASE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREDENTIALS_DIRECTORY", str(folder))
        yield


@pytest.fixture
def credential(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with service_credential(tmp_path_factory.mktemp("credentials")):
        yield


@contextmanager
def new_database(server: LocalPostgres) -> Iterator[str]:
    """The DSN of an empty, migrated database that is dropped afterwards."""
    name = f"t{uuid4().hex}"
    dsn = of_insurer(server.ensure_database(name), configuration.SHINJUKU)
    try:
        with connect(dsn) as connection:
            migrate(connection)
        yield dsn
    finally:
        server.drop_database(name)


@pytest.fixture
def database(postgres: LocalPostgres) -> Iterator[str]:
    with new_database(postgres) as dsn:
        yield dsn


@dataclass(frozen=True, slots=True)
class Terminal:
    """An enrolled terminal as a test holds it."""

    name: str
    settings: LinkSettings
    audit_key: Ed25519PrivateKey

    def link(self) -> GatewayLink:
        return GatewayLink(self.settings, utc_now)

    def segment(self, entries: tuple[bytes, ...], first: int, hash_: bytes, tree: Range | None = None) -> wire.Segment:
        """Entries from ``first`` on with the head that follows; ``hash_`` and ``tree`` are what stood before them."""
        for entry in entries:
            hash_ = audit.link(hash_, entry)
        root = (tree or Range()).extended(leaf_hash(entry) for entry in entries).root().hex()
        head = audit.Head(self.name, first + len(entries) - 1, hash_.hex(), root, "2026-11-24T01:00:00+00:00")
        return wire.Segment(entries, first, replace(head, signature=self.audit_key.sign(audit.head_bytes(head)).hex()))


class RunningGateway:
    """``nhi-center-gateway serve`` as a process of its own on a free loopback port, or elsewhere: ``inside`` is the command that
    goes before it."""

    def __init__(
        self,
        folder: Path,
        dsn: str,
        *,
        training: bool = True,
        insurer: str = configuration.SHINJUKU,
        host: str = "127.0.0.1",
        inside: tuple[str, ...] = (),
    ) -> None:
        self.folder = folder
        self.dsn = dsn
        self.host, self.inside = host, inside
        configuration.save(folder, Configuration(insurer=insurer, training=training, dsn=dsn, host=host))
        with connect(dsn) as connection:
            enrolment.make_authority(folder, present_time(connection), configuration.SERVER_NAME, host)
        self.port = self.local_port = 0
        self.log = folder / "gateway.log"
        self.process: subprocess.Popen[str] | None = None

    @classmethod
    def beside(cls, other: RunningGateway, folder: Path) -> RunningGateway:
        """Another process of the same gateway: the same keys, settings and database, a port of its own."""
        shutil.copytree(other.folder, folder)
        twin = copy(other)
        twin.folder, twin.port, twin.process = folder, 0, None
        return twin

    def start(self, *, local: bool = False) -> None:
        """Returns when it answers; on the same port when started again. ``local``: with its local port, its log in ``log``."""
        command = [sys.executable, "-c", "from nhi_center.gateway.cli import main; main()", "serve"]
        arguments = ["--home", str(self.folder), "--port", str(self.port), *(("--local-port", "0") if local else ())]
        with self.log.open("ab") if local else nullcontext() as log:
            self.process = subprocess.Popen(
                [*self.inside, *command, *arguments],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=os.environ | {"PYTHONPATH": "src"},
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the gateway did not start"
        told = json.loads(line)
        self.port, self.local_port = told["port"], told.get("local_port", 0)

    def stop(self, *, kill: bool = False) -> int:
        assert self.process is not None
        assert self.process.stdout is not None
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        code = self.process.wait(timeout=30)
        self.process.stdout.close()
        self.process = None
        return code

    def enrol(self, out: Path, name: str = "") -> Terminal:
        name = name or f"T{uuid4().hex[:8].upper()}"
        key = Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes_raw()
        with connect(self.dsn) as connection:
            identity = enrolment.enrol(self.folder, connection, name, public, PASSPHRASE, present_time(connection))
        enrolment.write_identity(identity, name, self.folder, out)
        return Terminal(name, self.link_settings(out, name), key)

    def link_settings(self, out: Path, name: str) -> LinkSettings:
        policy = AddressPolicy(self.host, self.port)
        pem, key = out / f"{name}.pem", out / f"{name}.key"
        return LinkSettings(policy, configuration.SERVER_NAME, out / "ca.pem", pem, key, lambda: PASSPHRASE)

    def scalar(self, query: str, *parameters: object) -> object:
        with psycopg.connect(self.dsn) as connection:
            row = connection.execute(query.encode(), parameters).fetchone()
        return row[0] if row else None


@pytest.fixture(scope="module")
def gateway(postgres: LocalPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    with new_database(postgres) as dsn:
        running = RunningGateway(tmp_path_factory.mktemp("gateway"), dsn)
        running.start()
        yield running
        if running.process is not None:
            assert running.stop() == 0


@pytest.fixture
def terminal(gateway: RunningGateway, tmp_path: Path) -> Terminal:
    """A terminal of its own for each test, so that tests share a gateway without sharing rows."""
    return gateway.enrol(tmp_path / "terminal")
