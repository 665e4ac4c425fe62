"""Who should not be heard is not, and the gateway's log says why; who should be is served meanwhile."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import socket
import ssl
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhi_center.domain import audit
from nhi_center.errors import EnvironmentTrouble
from nhi_center.gateway import enrolment
from nhi_center.gateway.app import GatewaySettings, build
from nhi_center.gateway.database import connect
from nhi_center.gateway.local_postgres import LocalPostgres
from nhi_center.link import wire, wire_enrolment
from nhi_center.link.client import GatewayLink, LinkSettings, client_context
from tests.gateway.test_anchors import entries
from tests.support.postgres import PASSPHRASE, RunningGateway, Terminal, new_database, utc_now

MEGABYTE = 1024 * 1024
TRIES = 2000


@pytest.fixture(scope="module")
def watched(postgres: LocalPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    """A gateway whose log can be read."""
    with new_database(postgres) as dsn:
        running = RunningGateway(tmp_path_factory.mktemp("gateway"), dsn, training=False)
        running.start(local=True)
        yield running
        assert running.stop() == 0


@pytest.fixture
def terminal(watched: RunningGateway, tmp_path: Path) -> Terminal:
    return watched.enrol(tmp_path / "terminal")


class Log:
    """The log from here on. Asking the gateway for its health lets a turn of its loop go by: no clock is waited for."""

    def __init__(self, gateway: RunningGateway) -> None:
        self._gateway = gateway
        self._from = gateway.log.stat().st_size

    def lines(self) -> list[dict[str, Any]]:
        with self._gateway.log.open("rb") as file:
            file.seek(self._from)
            whole = file.read()
        return [json.loads(line) for line in whole[: whole.rfind(b"\n") + 1].splitlines()]

    def says(self, reason: str, **more: object) -> bool:
        wanted = {"reason": reason} | more
        return until(self._gateway, lambda: any(wanted.items() <= line.items() for line in self.lines()))


def until(gateway: RunningGateway, good: Callable[[], bool]) -> bool:
    for _ in range(TRIES):
        if good():
            return True
        with urllib.request.urlopen(f"http://127.0.0.1:{gateway.local_port}/healthz", timeout=10) as answer:
            answer.read()
    return good()


def code_of(settings: LinkSettings) -> str:
    with GatewayLink(settings, utc_now) as link, pytest.raises(EnvironmentTrouble) as caught:
        link.hello()
    return caught.value.code


def shaken(gateway: RunningGateway, settings: LinkSettings | None = None) -> ssl.SSLSocket:
    """An open TLS connection, with a terminal's certificate or as a stranger."""
    if settings is None:
        context = ssl.create_default_context(cafile=str(gateway.folder / enrolment.CA_CERTIFICATE))
    else:
        context = client_context(settings)
    plain = socket.create_connection(("127.0.0.1", gateway.port), timeout=60)
    return context.wrap_socket(plain, server_hostname="gateway.nhi-center.internal")


def rest_of(connection: socket.socket) -> bytes:
    """What still comes until the other side ends it."""
    got = b""
    try:
        while part := connection.recv(65536):
            got += part
    except (ConnectionResetError, ssl.SSLError):  # an end without TLS's farewell: not every OpenSSL says SSLEOFError
        pass
    return got


@pytest.mark.parametrize(
    ("shift", "reason"),
    [
        (timedelta(days=-enrolment.CERTIFICATE_DAYS - 2), "certificate has expired"),
        (timedelta(days=2), "certificate is not yet valid"),
    ],
    ids=["expired", "not yet valid"],
)
def test_a_certificate_outside_its_dates(watched: RunningGateway, tmp_path: Path, shift: timedelta, reason: str) -> None:
    name = f"T{uuid4().hex[:6].upper()}"
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with connect(watched.dsn) as connection:
        identity = enrolment.enrol(watched.folder, connection, name, public, PASSPHRASE, utc_now() + shift)
    enrolment.write_identity(identity, name, watched.folder, tmp_path)
    log = Log(watched)
    assert code_of(watched.link_settings(tmp_path, name)) == "LK-02"
    assert log.says(reason)


def test_a_certificate_of_another_authority(watched: RunningGateway, terminal: Terminal, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    enrolment.make_authority(foreign, utc_now(), "gateway.nhi-center.internal", "127.0.0.1")
    identity = enrolment.issue_terminal(foreign, terminal.name, PASSPHRASE, utc_now())
    enrolment.write_identity(identity, terminal.name, foreign, tmp_path / "out")
    log = Log(watched)
    settings = watched.link_settings(tmp_path / "out", terminal.name)
    assert code_of(replace(settings, ca=terminal.settings.ca)) == "LK-02"
    # The authorities bear one name, so OpenSSL takes ours for the issuer and finds its signature wrong.
    assert log.says("certificate signature failure") or log.says("unable to get local issuer certificate")


def test_a_certificate_that_signs_itself(watched: RunningGateway, terminal: Terminal, tmp_path: Path) -> None:
    """A leaf of ours that poses as an authority: it may not sign."""
    log = Log(watched)
    forged = tmp_path / "forged"
    forged.mkdir()
    enrolment.make_authority(forged / "keys", utc_now(), "gateway.nhi-center.internal", "127.0.0.1")
    (forged / "keys" / enrolment.CA_CERTIFICATE).write_bytes(terminal.settings.certificate.read_bytes())
    identity = enrolment.issue_terminal(forged / "keys", "T04", PASSPHRASE, utc_now())
    enrolment.write_identity(identity, "T04", forged / "keys", forged)
    (forged / "T04.pem").write_bytes(identity.certificate + terminal.settings.certificate.read_bytes())
    assert code_of(replace(watched.link_settings(forged, "T04"), ca=terminal.settings.ca)) == "LK-02"
    assert until(watched, lambda: any(line["logger"].endswith("connection") for line in log.lines()))


def test_tls_1_2_is_refused(watched: RunningGateway, terminal: Terminal) -> None:
    log = Log(watched)
    context = client_context(terminal.settings)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_connection(("127.0.0.1", watched.port), timeout=10) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname=terminal.settings.server_name)
    assert log.says("UNSUPPORTED_PROTOCOL")


def test_plain_http_is_refused(watched: RunningGateway) -> None:
    log = Log(watched)
    with socket.create_connection(("127.0.0.1", watched.port), timeout=10) as plain:
        plain.sendall(b"GET /v1/hello HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200" not in rest_of(plain)
    assert log.says("HTTP_REQUEST")


def test_revoked_and_replaced_at_the_next_request_of_an_open_connection(watched: RunningGateway, tmp_path: Path) -> None:
    old = watched.enrol(tmp_path / "old", "T50")
    with old.link() as link:
        link.hello()
        kept = link._connection
        new = watched.enrol(tmp_path / "new", "T50")
        log = Log(watched)
        with pytest.raises(EnvironmentTrouble, match="LK-02"):
            link.room()
        assert link._connection is kept, "refused on the connection that was open"
        assert log.says("certificate was replaced", status=403, terminal="T50")
    with new.link() as link:
        link.hello()
        kept = link._connection
        with connect(watched.dsn) as connection:
            assert enrolment.revoke_terminal(connection, "T50")
        with pytest.raises(EnvironmentTrouble, match="LK-02"):
            link.push([wire.Record(1, str(uuid4()), "presence", {})])
        assert link._connection is kept
        assert log.says("terminal was revoked", status=403, route="/v1/records")
    assert watched.scalar("SELECT count(*) FROM record WHERE terminal = 'T50'") == 0


def test_a_certificate_of_ours_that_was_never_enrolled(watched: RunningGateway, tmp_path: Path) -> None:
    identity = enrolment.issue_terminal(watched.folder, "T99", PASSPHRASE, utc_now())
    enrolment.write_identity(identity, "T99", watched.folder, tmp_path)
    log = Log(watched)
    assert code_of(watched.link_settings(tmp_path, "T99")) == "LK-02"
    assert log.says("terminal is not enrolled")


def test_anothers_certificate_speaks_for_that_one_alone(watched: RunningGateway, terminal: Terminal, tmp_path: Path) -> None:
    other = watched.enrol(tmp_path / "other")
    with pytest.raises(EnvironmentTrouble, match="LK-02"):  # his certificate without his key
        client_context(replace(terminal.settings, certificate=other.settings.certificate))
    stolen = replace(terminal, settings=other.settings)
    log = Log(watched)
    with stolen.link() as link:
        assert link.hello().terminal == other.name
        with pytest.raises(EnvironmentTrouble, match="LK-03"):
            link.anchor(terminal.segment(entries(terminal, 1, 2), 1, audit.genesis(terminal.name)))
    assert log.says("別の端末の操作記録です。", status=409, terminal=other.name)


def test_a_name_in_a_header_is_ignored(watched: RunningGateway, terminal: Terminal, tmp_path: Path) -> None:
    other = watched.enrol(tmp_path / "other")
    names = ("X-Device", "X-Terminal", "X-Client-Cert", "X-SSL-Client-CN", "X-Forwarded-For", "Forwarded", "Authorization")
    headers = dict.fromkeys(names, other.name) | {"X-Forwarded-Client-Cert": f"Subject=CN={other.name}"}
    for settings, expected in ((terminal.settings, 200), (None, 403)):
        log = Log(watched)
        with shaken(watched, settings) as tls:
            connection = http.client.HTTPConnection("127.0.0.1", watched.port)
            connection.sock = tls
            connection.request("GET", wire.PATH_HELLO, headers=headers)
            response = connection.getresponse()
            body = response.read()
        assert response.status == expected
        if settings is None:
            assert log.says("no certificate", terminal="")
        else:
            assert wire.parse_hello(body).terminal == terminal.name
            assert until(watched, lambda log=log: any(line.get("terminal") == terminal.name for line in log.lines()))  # type: ignore[misc]


def test_batches_again_out_of_turn_and_of_another(watched: RunningGateway, terminal: Terminal, tmp_path: Path) -> None:
    rows = [wire.Record(seq, str(uuid4()), "presence", {"n": seq}) for seq in range(1, 7)]
    log = Log(watched)

    def logged(**facts: object) -> bool:
        return until(watched, lambda: any(facts.items() <= line.items() for line in log.lines()))

    with terminal.link() as link:
        assert link.push(rows[3:]).new == 3  # the later batch first
        assert link.push(rows[:3]).new == 3
        assert logged(new=3, duplicate=0, refused=0)
        assert link.push(rows).duplicate == 6
        assert logged(new=0, duplicate=6, refused=0)
        changed = [replace(row, body={"n": 0}) for row in rows]
        assert len(link.push(changed).refused) == 6
        assert logged(new=0, duplicate=0, refused=6)
        with pytest.raises(EnvironmentTrouble, match="LK-04"):
            link.push(list(reversed(rows)))
    assert log.says("records: order", status=400)
    thief = watched.enrol(tmp_path / "thief")
    with thief.link() as link:
        assert len(link.push(rows).refused) == 6
    held = "SELECT array_agg(seq ORDER BY seq) FROM record WHERE terminal = %s"
    assert watched.scalar(held, terminal.name) == [1, 2, 3, 4, 5, 6]
    assert watched.scalar(held, thief.name) is None
    assert watched.scalar("SELECT count(*) FROM change WHERE id = ANY(%s)", [row.id for row in rows]) == 6


def test_a_log_again_and_out_of_turn(watched: RunningGateway, terminal: Terminal) -> None:
    log = Log(watched)
    first = terminal.segment(entries(terminal, 1, 2), 1, audit.genesis(terminal.name))
    with terminal.link() as link:
        assert link.anchor(first) == link.anchor(first)
        with pytest.raises(EnvironmentTrouble, match="LK-03"):
            link.anchor(terminal.segment(entries(terminal, 5, 2), 5, audit.genesis(terminal.name)))
    assert log.says("操作記録の途中が届いていません。", status=409)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_hundred_megabytes(watched: RunningGateway, terminal: Terminal, chunked: bool) -> None:
    log = Log(watched)
    assert watched.process is not None
    status = Path(f"/proc/{watched.process.pid}/status")
    how = b"Transfer-Encoding: chunked" if chunked else b"Content-Length: %d" % (100 * MEGABYTE)
    with shaken(watched, terminal.settings) as tls:
        tls.sendall(b"POST /v1/records HTTP/1.1\r\nHost: x\r\n" + how + b"\r\n\r\n")
        piece = b" " * MEGABYTE
        sent = 0
        try:
            while sent < 100:
                tls.sendall(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
                sent += 1
        except (OSError, ssl.SSLError):
            pass  # it was cut off while we sent: as good
        assert b" 200 " not in rest_of(tls)[:20]
    assert log.says("body is too large", status=413)
    resident = next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    assert resident < 400_000, f"{resident} kB"
    with terminal.link() as link:
        link.hello()


def test_slow_bodies_hold_up_nobody(watched: RunningGateway, terminal: Terminal) -> None:
    """More of them than the pool has connections, from a terminal and from strangers."""
    with ExitStack() as open_ones:
        for number in range(24):
            stranger = number % 2 == 0
            tls = open_ones.enter_context(shaken(watched, None if stranger else terminal.settings))
            path = wire_enrolment.PATH_ENROL if stranger else wire.PATH_RECORDS
            tls.sendall(b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{" % path.encode())
        with terminal.link() as link:
            for _ in range(20):
                link.hello()
        with psycopg.connect(watched.dsn) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
            ).fetchone()
        assert row == (0,), "none of them holds a transaction"


def test_a_body_that_never_ends_is_given_up(watched: RunningGateway) -> None:
    settings = GatewaySettings(
        watched.dsn, "138040", False, enrolment.signing_key(watched.folder), watched.folder, body_seconds=0.05
    )
    sent: list[dict[str, Any]] = []

    async def run() -> None:
        never = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if not sent and not never.is_set():
                await never.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(dict(message))

        scope = {"type": "http", "path": wire_enrolment.PATH_ENROL, "method": "POST", "headers": [], "query_string": b""}
        await build(settings).app(scope, receive, send)

    asyncio.run(run())
    assert sent[0]["status"] == 408


def test_heads_of_requests_drop_by_drop(watched: RunningGateway, terminal: Terminal) -> None:
    """A stranger's connection ends, whatever he does; a terminal's ends when a head is begun and not finished."""
    log = Log(watched)
    with shaken(watched) as stranger, shaken(watched, terminal.settings) as peer:
        for connection in (stranger, peer):
            connection.sendall(b"GET /v1/hello HTTP/1.1\r\nX-Slow: ")
        assert rest_of(stranger) == b""
        assert rest_of(peer) == b""
    assert log.says("stranger")
    assert log.says("no request")
    with shaken(watched, terminal.settings) as peer:
        with suppress(OSError):
            peer.sendall(b"GET /v1/hello HTTP/1.1\r\nX-Long: " + b"x" * MEGABYTE + b"\r\n\r\n")
        assert rest_of(peer) == b"", "a head of any length is not taken"
    assert log.says("head is too large")


def test_many_connections_and_half_closed_ones_are_let_go(watched: RunningGateway, terminal: Terminal) -> None:
    assert watched.process is not None
    files = Path(f"/proc/{watched.process.pid}/fd")
    before = len(os.listdir(files))
    with ExitStack() as open_ones:
        for number in range(300):
            plain = open_ones.enter_context(socket.create_connection(("127.0.0.1", watched.port), timeout=60))
            if number % 3 == 0:
                plain.shutdown(socket.SHUT_WR)
        for number in range(60):
            tls = open_ones.enter_context(shaken(watched, terminal.settings))
            if number % 2:
                tls.sendall(b"POST /v1/records HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n")
            socket.socket.shutdown(tls, socket.SHUT_WR)  # our half of TCP, without TLS's farewell
        with terminal.link() as link:
            assert link.hello().terminal == terminal.name
    assert until(watched, lambda: len(os.listdir(files)) <= before + 4)


@pytest.mark.parametrize("name", ["\0", "\ud800", "t04", "", "T" * 17])
def test_a_name_that_is_none_is_not_looked_up(watched: RunningGateway, name: str) -> None:
    asked = {"terminal": name, "code": "00" * 7, "audit_key": "00" * 32, "csr": "x"}
    log = Log(watched)
    with shaken(watched) as tls:
        connection = http.client.HTTPConnection("127.0.0.1", watched.port)
        connection.sock = tls
        connection.request("POST", wire_enrolment.PATH_ENROL, body=json.dumps(asked))
        assert connection.getresponse().status == 400
    assert log.says("enrol: terminal", status=400)


def test_the_log_of_all_this_names_no_address_and_nothing_sent(watched: RunningGateway) -> None:
    text = watched.log.read_text(encoding="utf-8")
    assert "127.0.0.1" not in text
    assert "X-Slow" not in text
    assert '"n"' not in text
