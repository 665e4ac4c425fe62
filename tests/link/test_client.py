from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from nhi_center.domain.audit import Head
from nhi_center.errors import EnvironmentTrouble
from nhi_center.gateway import enrolment
from nhi_center.gateway.database import connect
from nhi_center.gateway.server import server_context
from nhi_center.link import wire, wire_enrolment
from nhi_center.link.client import AddressPolicy, GatewayLink, LinkSettings, client_context
from tests.support.postgres import PASSPHRASE, RunningGateway, Terminal, utc_now


def trouble(settings: LinkSettings) -> str:
    with GatewayLink(settings, utc_now) as link, pytest.raises(EnvironmentTrouble) as caught:
        link.hello()
    return caught.value.code


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_hello_names_the_terminal_of_the_certificate(terminal: Terminal) -> None:
    with terminal.link() as link:
        hello = link.hello()
    assert (hello.protocol, hello.insurer, hello.training, hello.terminal) == (1, "138040", True, terminal.name)


def test_connection_is_kept_and_reopened_after_the_gateway_closed_it(gateway: RunningGateway, terminal: Terminal) -> None:
    with terminal.link() as link:
        link.hello()
        kept = link._connection
        link.hello()
        assert link._connection is kept
        gateway.stop()
        gateway.start()
        assert link.hello().terminal == terminal.name


@pytest.mark.parametrize("host", ["localhost", "gateway.example", "127.0.0.1 ", ""])
def test_policy_takes_no_names(host: str) -> None:
    with pytest.raises(ValueError, match="address"):
        AddressPolicy(host, 443)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.2", 18443), ("127.0.0.1", 18444), ("localhost", 18443)])
def test_other_addresses_are_refused(host: str, port: int) -> None:
    with pytest.raises(EnvironmentTrouble, match="LK-06"):
        AddressPolicy("127.0.0.1", 18443).check(host, port)


def test_refused_address_is_never_tried(gateway: RunningGateway, terminal: Terminal) -> None:
    """The check stands at the socket: a connection made for another address does not get as far as opening one."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        other.setblocking(False)
        link = terminal.link()
        link.hello()
        assert link._connection is not None
        link._connection.close()
        link._connection.port = other.getsockname()[1]
        with pytest.raises(EnvironmentTrouble, match="LK-06"):
            link.hello()
        with pytest.raises(BlockingIOError):
            other.accept()


def test_closed_port_is_unreachable(terminal: Terminal) -> None:
    assert trouble(replace(terminal.settings, policy=AddressPolicy("127.0.0.1", free_port()))) == "LK-01"


def test_terminal_that_is_not_in_the_registry(gateway: RunningGateway, tmp_path: Path) -> None:
    with connect(gateway.dsn) as connection:
        now = utc_now()
        identity = enrolment.issue_terminal(gateway.folder, "T99", PASSPHRASE, now)
        enrolment.write_identity(identity, "T99", gateway.folder, tmp_path)
        assert connection.execute("SELECT 1 FROM terminal WHERE terminal = 'T99'").fetchone() is None
    assert trouble(gateway.link_settings(tmp_path, "T99")) == "LK-02"


def test_revoked_terminal_and_replaced_certificate(gateway: RunningGateway, tmp_path: Path) -> None:
    old = gateway.enrol(tmp_path / "old", "T50")
    new = gateway.enrol(tmp_path / "new", "T50")
    assert trouble(old.settings) == "LK-02"
    with new.link() as link:
        link.hello()
        with connect(gateway.dsn) as connection:
            assert enrolment.revoke_terminal(connection, "T50")
            assert not enrolment.revoke_terminal(connection, "T50")
        with pytest.raises(EnvironmentTrouble, match="LK-02"):
            link.push([])


def test_certificate_of_another_authority(gateway: RunningGateway, terminal: Terminal, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    enrolment.make_authority(foreign, utc_now(), "gateway.nhi-center.internal", "127.0.0.1")
    identity = enrolment.issue_terminal(foreign, terminal.name, PASSPHRASE, utc_now())
    enrolment.write_identity(identity, terminal.name, foreign, tmp_path / "out")
    settings = gateway.link_settings(tmp_path / "out", terminal.name)
    assert trouble(replace(settings, ca=terminal.settings.ca)) == "LK-02"
    # And the other way round: a gateway that our pinned authority has not signed.
    assert trouble(replace(terminal.settings, ca=settings.ca)) == "LK-02"


def test_gateway_under_another_name(terminal: Terminal) -> None:
    assert trouble(replace(terminal.settings, server_name="other.nhi-center.internal")) == "LK-02"


def test_without_a_certificate_only_enrolment_is_answered(gateway: RunningGateway, terminal: Terminal) -> None:
    context = ssl.create_default_context(cafile=str(terminal.settings.ca))
    context.check_hostname = False
    connection = http.client.HTTPSConnection("127.0.0.1", gateway.port, context=context, timeout=10)

    def ask(method: str, path: str) -> int:
        connection.request(method, path, body=b"{}" if method == "POST" else None)
        response = connection.getresponse()
        response.read()
        return response.status

    paths = ("/v1/hello", "/v1/changes?after=0&limit=1", "/v1/room")
    assert [ask("GET", path) for path in paths] == [403] * 3
    assert [ask("POST", path) for path in ("/v1/records", "/v1/audit", "/v1/month-key")] == [403] * 3
    assert ask("POST", wire_enrolment.PATH_ENROL) == 400
    assert ask("GET", wire_enrolment.PATH_AUTHORITY) == 200
    connection.close()


def test_without_a_certificate_a_connection_does_not_last(gateway: RunningGateway, terminal: Terminal) -> None:
    context = ssl.create_default_context(cafile=str(terminal.settings.ca))
    context.check_hostname = False
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=40) as plain, context.wrap_socket(plain) as tls:
        tls.sendall(b"GET /v1/authority HTTP/1.1\r\n")  # and never the rest
        try:
            rest = tls.recv(1)
        except (ConnectionResetError, ssl.SSLEOFError):
            rest = b""
        assert rest == b""


def test_older_tls_is_refused(gateway: RunningGateway, terminal: Terminal) -> None:
    context = client_context(terminal.settings)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname=terminal.settings.server_name)


def test_identity_that_cannot_be_opened(terminal: Terminal, tmp_path: Path) -> None:
    assert trouble(replace(terminal.settings, passphrase=lambda: b"wrong")) == "LK-02"
    assert trouble(replace(terminal.settings, passphrase=None)) == "LK-02"
    assert trouble(replace(terminal.settings, key=tmp_path / "missing.key")) == "LK-02"


def test_clocks_that_differ(terminal: Terminal) -> None:
    for shift in (timedelta(minutes=6), timedelta(days=-1)):
        link = GatewayLink(terminal.settings, lambda shift=shift: utc_now() + shift)  # type: ignore[misc]
        with link, pytest.raises(EnvironmentTrouble, match="LK-05"):
            link.push([])


def test_message_never_carries_a_value(terminal: Terminal) -> None:
    secret = "見本 太郎"
    head = Head(secret, 0, "00" * 32, "00" * 32, "", "00" * 64)
    with terminal.link() as link, pytest.raises(EnvironmentTrouble) as caught:
        link.anchor(wire.Segment((), 1, head))
    assert secret not in str(caught.value)


@contextmanager
def odd_gateway(folder: Path, status: int, body: bytes) -> Iterator[int]:
    """A real TLS server with the gateway's own certificate, which always answers the same."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = server_context(folder).wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


NEWER = b'{"protocol":2,"greeting":"new"}'
ODD = b'{"protocol":1}'


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [(200, NEWER, "LK-04"), (200, ODD, "LK-04"), (200, b"<html>", "LK-04"), (404, b"", "LK-04"), (503, b"", "LK-01")],
)
def test_answers_of_another_kind(gateway: RunningGateway, terminal: Terminal, status: int, body: bytes, code: str) -> None:
    with odd_gateway(gateway.folder, status, body) as port:
        assert trouble(replace(terminal.settings, policy=AddressPolicy("127.0.0.1", port))) == code


def test_server_that_does_not_speak_tls(terminal: Terminal) -> None:
    class Plain(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Plain)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        code = trouble(replace(terminal.settings, policy=AddressPolicy("127.0.0.1", int(server.server_address[1]))))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert code in {"LK-01", "LK-02", "LK-04"}
