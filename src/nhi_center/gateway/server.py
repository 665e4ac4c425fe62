"""uvicorn around the application: TLS 1.3 only, the verified client certificate's identity put into the scope."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from nhi_center.errors import EnvironmentTrouble
from nhi_center.gateway import enrolment, passphrase
from nhi_center.gateway.app import PEER, GatewaySettings, Peer, build
from nhi_center.gateway.observed import log_as_json

log = logging.getLogger("nhi_center.gateway.connection")
_KEEP_ALIVE_SECONDS = 75
_SHUTDOWN_SECONDS = 10
_GARBAGE_AFTER = 50_000
"""Objects made before cycles are looked for; 700 is the default of Python."""
_STRANGER_SECONDS = 10
_HEAD_SECONDS = 10
_MOST_HEAD_BYTES = 64 * 1024
_MOST_CONNECTIONS = 2000


class _TellingTls(ssl.SSLObject):
    """Says in the log why a handshake failed, in OpenSSL's own words; asyncio keeps it to itself. An address is not said."""

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except ssl.SSLError as error:
            why = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else error.reason
            log.warning("refused", extra={"facts": {"reason": why or "handshake"}})
            raise


class _PeerProtocol(HttpToolsProtocol):
    """Puts the verified peer into the scope of every request of its connection (uvicorn itself does not).

    Who sends no request, or one drop by drop, is cut off: a stranger's connection ends after ``_STRANGER_SECONDS``, a peer's when
    the head of a request takes more than ``_HEAD_SECONDS`` or ``_MOST_HEAD_BYTES``, or none begins while a connection is kept.
    """

    _waiting: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        peer = _peer_of(transport.get_extra_info("ssl_object"))
        inner = self.app

        async def with_peer(scope: Any, receive: Any, send: Any) -> None:
            scope[PEER] = peer
            await inner(scope, receive, send)

        self.app = with_peer
        if peer is None:  # for one exchange of an enrolment; who waits longer only holds a place
            asyncio.get_running_loop().call_later(_STRANGER_SECONDS, self._cut, "stranger")
        self._wait(_KEEP_ALIVE_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._head_bytes = self._head_bytes + len(data) if self._waiting else 0
        if self._head_bytes > _MOST_HEAD_BYTES:
            self._cut("head is too large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._wait(_HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        super().on_headers_complete()

    def _wait(self, seconds: float) -> None:
        self._stop_waiting()
        self._waiting = asyncio.get_running_loop().call_later(seconds, self._cut, "no request")

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _cut(self, reason: str) -> None:
        if not self.transport.is_closing():
            log.warning("refused", extra={"facts": {"reason": reason}})
            self.transport.abort()

    def shutdown(self) -> None:
        """An idle terminal does not answer TLS's farewell: without this, stopping waits for it until the limit."""
        if self.cycle is None or self.cycle.response_complete:
            self.transport.abort()
        else:
            super().shutdown()


def _peer_of(tls: Any) -> Peer | None:
    data = tls.getpeercert(binary_form=True) if tls is not None else None
    if not data:
        return None
    certificate = x509.load_der_x509_certificate(data)
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if len(names) != 1:
        return None
    return Peer(str(names[0].value), certificate.fingerprint(hashes.SHA256()))


def server_context(folder: Path) -> ssl.SSLContext:
    """The gateway's side of TLS from its key folder (enrolment.make_authority). Raises EnvironmentTrouble GW-11."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.sslobject_class = _TellingTls
    # A terminal that is about to enrol has none yet; every other request without one is refused by the application, and a
    # certificate that is shown must be good.
    context.verify_mode = ssl.CERT_OPTIONAL
    context.load_verify_locations(cafile=str(folder / enrolment.CA_CERTIFICATE))
    certificate, key = (str(folder / name) for name in (enrolment.SERVER_CERTIFICATE, enrolment.SERVER_KEY))
    try:
        context.load_cert_chain(certificate, key, password=lambda: passphrase.of(folder))
    except ssl.SSLError:
        raise enrolment.wrong_passphrase() from None
    return context


def listen(host: str, port: int, *, training: bool) -> socket.socket:
    """A listening socket (port 0: any free one). Training is bound to loopback only. Raises EnvironmentTrouble GW-08."""
    address = ipaddress.ip_address(host)
    if training and not address.is_loopback:
        raise EnvironmentTrouble("GW-08", "研修用のサーバは、この端末の中(127.0.0.1)でだけ動かせます。")
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise EnvironmentTrouble("GW-08", "サーバの待ち受けを始められません。同じ番号を別のプログラムが使っています。") from None
    return listener


def serve(
    settings: GatewaySettings,
    folder: Path,
    listener: socket.socket,
    ready: Callable[[str, int], None],
    local: socket.socket | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. ``ready`` is called with address and port once requests are answered.

    ``local``: a socket on loopback for health and figures.
    """
    log_as_json()
    application = build(settings)
    config = uvicorn.Config(
        application.app,
        log_config=None,
        http=_PeerProtocol,
        ws="none",
        loop="uvloop",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_MOST_CONNECTIONS,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        ssl_context_factory=lambda config, default: server_context(folder),
    )
    server = _AnnouncingServer(config, ready)
    # A batch makes thousands of objects that live for one request. What the program itself holds is not looked through for each.
    gc.freeze()
    gc.set_threshold(_GARBAGE_AFTER)
    if local is not None:
        server.beside(application.local, local)
    server.run(sockets=[listener])
    if not server.started:
        raise EnvironmentTrouble("GW-06", "データベースに接続できません。PostgreSQLが動いているか確認してください。")


class _AnnouncingServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[str, int], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._local: tuple[_LocalServer, socket.socket] | None = None
        self._local_task: asyncio.Task[None] | None = None

    def beside(self, app: Starlette, listener: socket.socket) -> None:
        """Serve ``app`` on another socket as long as this one serves."""
        config = uvicorn.Config(app, log_config=None, log_level="warning", access_log=False, server_header=False, lifespan="off")
        self._local = _LocalServer(config), listener

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._local is not None:
            server, listener = self._local
            self._local_task = asyncio.create_task(server.serve([listener]))
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            self._ready(host, port)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._local is not None and self._local_task is not None:
            self._local[0].should_exit = True
            await self._local_task
        await super().shutdown(sockets)


class _LocalServer(uvicorn.Server):
    """Beside another server: signals are the other's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
