"""The segment's side of a measurement: a PostgreSQL of our own, and gateway processes in front of it that may be killed."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from uuid import uuid4

import psycopg

from nhi_center.errors import EnvironmentTrouble
from nhi_center.gateway import configuration, enrolment, passphrase
from nhi_center.gateway.configuration import Configuration
from nhi_center.gateway.database import connect, migrate, of_insurer, present_time
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.keys import passwords
from nhi_center.link.client import AddressPolicy, LinkSettings
from nhi_center.settings import Segment, Settings
from nhi_center.training.room import furnish, write_trust

_COMMAND = (sys.executable, "-c", "from nhi_center.gateway.cli import main; main()", "serve")
_PASSPHRASE = b"kenshuu-no-hikaku"
_STOP_SECONDS = 20


class GatewayProcess:
    """``nhi-center-gateway serve`` on a free loopback port, which it keeps when it is started again."""

    def __init__(self, home: Path, log: Path) -> None:
        self._home, self._log = home, log
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> bool:
        """Whether it answers; it does not while its database is away."""
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [*_COMMAND, "--home", str(self._home), "--port", str(self.port)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert process.stdout is not None
        line = process.stdout.readline()
        self._process = process
        if line:
            self.port = int(json.loads(line)["port"])
        else:
            self.end(kill=True)
        return bool(line)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def end(self, *, kill: bool) -> None:
        """Safe to call twice."""
        process, self._process = self._process, None
        if process is None:
            return
        if kill:
            process.kill()
        else:
            process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


class Gateways:
    """Use as a context manager: inside it every process answers. Everything is removed at the end.

    Raises EnvironmentTrouble GW-01 without the training extra, GW-03 or TR-01 when something does not start.
    """

    def __init__(self, folder: Path, processes: int) -> None:
        self.folder = folder
        self.server = LocalPostgres(f"bench-{uuid4().hex[:12]}")
        self._where = self.server.dsn(configuration.TRAINING_DATABASE)
        self.dsn = of_insurer(self._where, configuration.SHINJUKU)
        self.home = folder / "gateway"
        self.processes = [GatewayProcess(self.home, folder / f"gateway-{number}.log") for number in range(processes)]

    def __enter__(self) -> Gateways:
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self.server.start()
            configuration.save(self.home, Configuration(training=True, dsn=self._where))
            self.server.ensure_database(configuration.TRAINING_DATABASE)
            passphrase.make_for_training(self.home)
            with connect(self.dsn) as connection:
                migrate(connection)
                enrolment.make_authority(self.home, present_time(connection), configuration.SERVER_NAME, "127.0.0.1")
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def start(self) -> None:
        """Every process that does not run."""
        for process in self.processes:
            if not process.running and not process.start():
                raise EnvironmentTrouble("TR-01", "研修用のサーバが動きません。gateway.log を見てください。")

    def kill(self) -> None:
        """All of them at once, as a power cut does."""
        for process in self.processes:
            process.end(kill=True)

    def close(self) -> None:
        for process in self.processes:
            process.end(kill=False)
        with contextlib.suppress(EnvironmentTrouble):
            self.server.stop()
        shutil.rmtree(self.server.folder, ignore_errors=True)

    @contextmanager
    def database(self) -> Iterator[psycopg.Connection]:
        """A bare connection; every statement stands by itself."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            yield connection

    def enrol(self, name: str, public: str, secret: bytes, out: Path) -> None:
        """Register a terminal with its key (hex); its certificate goes into ``out``."""
        with connect(self.dsn) as connection:
            now = present_time(connection)
            identity = enrolment.enrol(self.home, connection, name, bytes.fromhex(public), secret, now)
        enrolment.write_identity(identity, name, self.home, out)

    def line(self, name: str, process: GatewayProcess) -> LinkSettings:
        """A line of its own for a terminal that is nothing else: enrolled here, bound to one process."""
        out = self.folder / "lines" / name
        self.enrol(name, "00" * 32, _PASSPHRASE, out)
        policy = AddressPolicy("127.0.0.1", process.port)
        pem, key = out / f"{name}.pem", out / f"{name}.key"
        return LinkSettings(policy, configuration.SERVER_NAME, out / enrolment.CA_CERTIFICATE, pem, key, lambda: _PASSPHRASE)

    def terminal(self, name: str, port: int, cost: passwords.Cost) -> Settings:
        """A whole terminal, furnished and enrolled, whose segment is at this port of loopback."""
        segment = Segment("127.0.0.1", port, configuration.SERVER_NAME)
        settings = Settings(name, f"端末 {name}", True, self.folder / name, segment, minimum="none")
        keys = furnish(settings, cost=cost)
        self.enrol(name, keys.public, keys.passphrase.encode(), settings.tls)
        write_trust(settings, keys, (settings.tls / enrolment.SIGNING_PUBLIC).read_text(encoding="ascii").strip())
        return settings
