"""The gateway as an ASGI application: stateless in front of one PostgreSQL, so that more load means more processes.

The terminal is the one whose certificate TLS has verified and whose fingerprint stands in the registry; no header counts.
Answers other than 200 carry ``{"reason"}``, a sentence without any received value. Logs name routes and statuses only.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nhi_center.gateway import (
    anchors,
    enrolment,
    enrolment_codes,
    erasures,
    exports,
    leases,
    meeting,
    numbers,
    records,
    room,
    terminal_states,
    updates,
)
from nhi_center.gateway.database import migrations
from nhi_center.gateway.observed import TOLD, Figures, Observing, Scope, local_pages
from nhi_center.link import wire, wire_enrolment, wire_erasure, wire_lease, wire_meeting, wire_numbers, wire_state, wire_updates
from nhi_center.link.wire_export import MAX_EXPORT_BYTES, PATH_EXPORT

log = logging.getLogger(__name__)

PEER = "nhi_center.peer"
_POOL_SECONDS = 10.0
_READY_SECONDS = 2.0
_GAUGES = """
SELECT count(*), (SELECT coalesce(max(cursor), 0) FROM change),
       coalesce(max((SELECT coalesce(max(cursor), 0) FROM change) - coalesce(c.cursor, 0)), 0),
       coalesce(max(extract(epoch FROM clock_timestamp() - coalesce(c.contact_at, t.enrolled_at))), 0)
  FROM terminal t LEFT JOIN contact c USING (terminal) WHERE t.revoked_at IS NULL
"""
_ENROLLED = "SELECT audit_key, certificate = %s, revoked_at IS NULL FROM terminal WHERE terminal = %s"
_LOCKED = f"{_ENROLLED} FOR NO KEY UPDATE"
_NOW = """SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"')"""

_NOT_ENROLLED = "この端末は登録されていません。"
_NOT_READABLE = "通信の形が正しくありません。"
_TOO_LARGE = "一度に送る量が多すぎます。"
_WITHDRAWN = "この更新は、もう出していません。"
_JSON, _BYTES = "application/json", "application/octet-stream"
_NOT_READY = "サーバの準備ができていません。"
_TOO_SLOW = "通信が途中で止まりました。"


@dataclass(frozen=True, slots=True)
class Peer:
    """The verified client certificate: its common name and the SHA-256 of the whole."""

    terminal: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """``training``: play the standard system, and say in every hello that all data are invented. ``body_seconds``: a body that
    takes longer is refused."""

    dsn: str
    insurer: str
    training: bool
    signing_key: Ed25519PrivateKey
    folder: Path
    pool_size: int = 8
    body_seconds: float = 60.0


class _Problem(Exception):
    """``told`` is for the log: what it was, without a received value."""

    def __init__(self, status: int, reason: str, told: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.told = told


class _Gateway:
    """The endpoints of protocol 1."""

    def __init__(self, settings: GatewaySettings) -> None:
        self.settings = settings
        self.pool: AsyncConnectionPool[AsyncConnection[TupleRow]] = AsyncConnectionPool(
            settings.dsn, min_size=2, max_size=settings.pool_size, open=False, timeout=_POOL_SECONDS
        )

    async def hello(self, request: Request, connection: AsyncConnection[TupleRow]) -> bytes:
        peer = await _enrolled(request, connection)
        row = await (await connection.execute(_NOW)).fetchone()
        settings = self.settings
        time = row[0] if row else ""
        return wire.encode_hello(wire.Hello(wire.PROTOCOL, time, settings.insurer, settings.training, peer.terminal))

    async def changes(self, request: Request, connection: AsyncConnection[TupleRow]) -> bytes:
        peer = await _enrolled(request, connection)
        after = _query_number(request, "after", 0, wire.MAX_SEQ)
        limit = _query_number(request, "limit", 1, wire.MAX_CHANGES)
        await room.met(connection, peer.terminal, after)
        return await records.changes(connection, after, limit)

    async def records(self, request: Request, connection: AsyncConnection[TupleRow]) -> bytes:
        good, refused = wire.parse_records(await _body(request))
        peer, _ = await _locked(request, connection)
        answer = await records.store(connection, peer.terminal, good, refused, training=self.settings.training)
        _tell(request, new=answer.new, duplicate=answer.duplicate, refused=len(answer.refused))
        return wire.encode_push_answer(answer)

    async def audit(self, request: Request, connection: AsyncConnection[TupleRow]) -> bytes:
        segment = wire.parse_segment(await _body(request))
        peer, audit_key = await _locked(request, connection)
        return wire.encode_countersign(
            await anchors.anchor(connection, peer.terminal, audit_key, segment, self.settings.signing_key)
        )

    async def authority(self, request: Request) -> Response:
        """For a terminal without a certificate: no secret, and proven to it by the fingerprint that people carry."""
        pem = (self.settings.folder / enrolment.CA_CERTIFICATE).read_bytes()
        return Response(pem, media_type="application/x-pem-file", headers={"Cache-Control": "no-store"})

    async def enrol(self, request: Request, connection: AsyncConnection[TupleRow]) -> bytes | str:
        asked = wire_enrolment.parse_request(await _body(request))
        row = await (await connection.execute("SELECT clock_timestamp()")).fetchone()
        assert row is not None
        granted = await enrolment_codes.redeem(connection, self.settings.folder, asked, row[0])
        return granted if isinstance(granted, str) else wire_enrolment.encode_granted(granted)

    async def state(self, request: Request, connection: AsyncConnection[TupleRow]) -> bytes:
        told = wire_state.parse(await _body(request))
        peer = await _enrolled(request, connection)
        await terminal_states.keep(connection, peer.terminal, told)
        return wire_state.encode_kept()

    async def lease(self, request: Request, connection: AsyncConnection[TupleRow]) -> bytes | str:
        asked = wire_lease.parse_asked(await _body(request))
        peer, _ = await _locked(request, connection)
        answered = await leases.take(connection, peer.terminal, asked)
        return answered if isinstance(answered, str) else wire_lease.encode_answered(answered)

    async def ready(self) -> bool:
        """Whether the database answers, with the schema of this program."""
        try:
            async with self.pool.connection(timeout=_READY_SECONDS) as connection:
                row = await (await connection.execute("SELECT max(version) FROM schema_version")).fetchone()
        except (PoolTimeout, psycopg.Error):
            return False
        return row is not None and row[0] == migrations()[-1][0]

    async def gauges(self) -> Mapping[str, float]:
        """Of the pool; of the room too while the database answers."""
        stats = self.pool.get_stats()
        found = {name: float(stats.get(name, 0)) for name in ("pool_size", "pool_available", "requests_waiting")}
        try:
            async with self.pool.connection(timeout=_READY_SECONDS) as connection:
                row = await (await connection.execute(_GAUGES)).fetchone()
        except (PoolTimeout, psycopg.Error):
            return found | {"database_up": 0.0}
        assert row is not None
        names = ("terminals", "last_change", "most_behind", "longest_silence_seconds")
        return found | {"database_up": 1.0} | {name: float(value) for name, value in zip(names, row, strict=True)}

    async def room(self, request: Request, connection: AsyncConnection[TupleRow]) -> bytes:
        await _enrolled(request, connection)
        return wire.encode_room(await room.contacts(connection))

    async def terminals(self, request: Request, connection: AsyncConnection[TupleRow]) -> bytes:
        await _enrolled(request, connection)
        return wire_state.encode_terminals(await terminal_states.in_use(connection))

    async def month_key(self, request: Request, connection: AsyncConnection[TupleRow]) -> bytes:
        month, key = wire.parse_month_key(await _body(request))
        peer, _ = await _locked(request, connection)
        await room.keep_month_key(connection, peer.terminal, month, key)
        return wire.encode_kept_month(month)

    async def destroy_keys(self, request: Request, connection: AsyncConnection[TupleRow]) -> bytes:
        asked = wire_erasure.parse_destroying(await _body(request))
        peer, _ = await _locked(request, connection)
        return wire_erasure.encode_destroyed(await erasures.destroy(connection, peer.terminal, asked))

    async def keep_export(self, request: Request, connection: AsyncConnection[TupleRow]) -> bytes:
        peer, audit_key = await _locked(request, connection)
        return await exports.receive(connection, peer.terminal, audit_key, await _body(request))

    async def meet(self, request: Request, connection: AsyncConnection[TupleRow]) -> bytes:
        told = wire_meeting.parse_told(await _body(request))
        peer = await _enrolled(request, connection)
        return wire_meeting.encode_known(await meeting.meet(connection, peer.terminal, told))

    async def compare(self, request: Request, connection: AsyncConnection[TupleRow]) -> bytes:
        extent = wire_meeting.parse_extent(await _body(request))
        peer = await _enrolled(request, connection)
        return wire_meeting.encode_holding(await meeting.compare(connection, peer.terminal, extent))

    async def blocks(self, request: Request, connection: AsyncConnection[TupleRow]) -> bytes:
        asks = wire_numbers.parse_asks(await _body(request))
        peer, _ = await _locked(request, connection)
        return wire_numbers.encode_given(await numbers.give(connection, peer.terminal, asks))

    async def updates(self, request: Request, connection: AsyncConnection[TupleRow]) -> bytes:
        await _enrolled(request, connection)
        return await updates.offered(connection)

    async def update_part(self, request: Request, connection: AsyncConnection[TupleRow]) -> bytes | str:
        await _enrolled(request, connection)
        number = _query_number(request, "part", 0, wire_updates.MAX_PARTS)
        digest = request.query_params.get("sha256", "")
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise _Problem(400, _NOT_READABLE, "query: sha256")
        found = await updates.part(connection, bytes.fromhex(digest), number)
        return _WITHDRAWN if found is None else found

    def route(
        self,
        path: str,
        method: str,
        act: Callable[[Request, AsyncConnection[TupleRow]], Awaitable[bytes | str]],
        *,
        anybody: bool = False,
        most: int = wire.MAX_BODY_BYTES,
        media: str = _JSON,
    ) -> Route:
        """One transaction per request; an answer leaves only after its commit. Text is the reason of a refusal that is kept.

        Without a certificate nothing of a request is read, unless it is for ``anybody``. The body, ``most`` bytes of it, is there
        before a connection to the database is taken: who sends slowly holds up nobody.
        """

        async def endpoint(request: Request) -> Response:
            try:
                if not anybody:
                    _peer(request)
                if method == "POST":
                    await _receive(request, most, self.settings.body_seconds)
                async with self.pool.connection() as connection:
                    data = await act(request, connection)
            except _Problem as problem:
                _tell(request, reason=problem.told)
                return _answer(wire.encode_reason(problem.reason), problem.status)
            except wire.WireError as error:
                _tell(request, reason=str(error))
                return _answer(wire.encode_reason(_NOT_READABLE), 400)
            except (anchors.Refused, room.Refused, numbers.Refused) as refused:
                _tell(request, reason=refused.reason)
                return _answer(wire.encode_reason(refused.reason), 409)
            except (PoolTimeout, psycopg.Error) as error:
                # Its text may quote a row: the class is enough to find the cause in PostgreSQL's own log.
                log.warning("%s %s: %s", method, path, type(error).__name__)
                return _answer(wire.encode_reason(_NOT_READY), 503)
            if isinstance(data, str):
                _tell(request, reason=data)
                return _answer(wire.encode_reason(data), 409)
            return _answer(data, 200, media)

        return Route(path, endpoint, methods=[method])


@dataclass(frozen=True, slots=True)
class Application:
    """``app`` for terminals with its ``routes``, ``local`` for this machine alone (``observed.local_pages``)."""

    app: Observing
    routes: tuple[Route, ...]
    local: Starlette


def build(settings: GatewaySettings) -> Application:
    """Both applications; the connection pool opens and closes with the one for terminals."""
    gateway = _Gateway(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with gateway.pool:
            await gateway.pool.wait(timeout=_POOL_SECONDS)
            yield

    routes = [
        gateway.route(wire.PATH_HELLO, "GET", gateway.hello),
        gateway.route(wire.PATH_CHANGES, "GET", gateway.changes),
        gateway.route(wire.PATH_RECORDS, "POST", gateway.records),
        gateway.route(wire.PATH_AUDIT, "POST", gateway.audit),
        gateway.route(wire.PATH_ROOM, "GET", gateway.room),
        gateway.route(wire.PATH_MONTH_KEY, "POST", gateway.month_key),
        gateway.route(wire_erasure.PATH_DESTROY, "POST", gateway.destroy_keys, most=wire_erasure.MAX_BODY_BYTES),
        gateway.route(PATH_EXPORT, "POST", gateway.keep_export, most=MAX_EXPORT_BYTES),
        gateway.route(wire_meeting.PATH_MEET, "POST", gateway.meet, most=wire_meeting.MAX_BODY_BYTES),
        gateway.route(wire_meeting.PATH_COMPARE, "POST", gateway.compare, most=wire_meeting.MAX_BODY_BYTES),
        gateway.route(wire_numbers.PATH_BLOCKS, "POST", gateway.blocks, most=wire_numbers.MAX_BODY_BYTES),
        gateway.route(wire_state.PATH_TERMINALS, "GET", gateway.terminals),
        gateway.route(wire_lease.PATH_LEASE, "POST", gateway.lease, most=wire_lease.MAX_BODY_BYTES),
        gateway.route(wire_state.PATH_STATE, "POST", gateway.state, most=wire_state.MAX_BODY_BYTES),
        gateway.route(wire_updates.PATH_UPDATES, "GET", gateway.updates),
        gateway.route(wire_updates.PATH_UPDATE_PART, "GET", gateway.update_part, media=_BYTES),
        gateway.route(wire_enrolment.PATH_ENROL, "POST", gateway.enrol, anybody=True, most=wire_enrolment.MAX_BODY_BYTES),
        Route(wire_enrolment.PATH_AUTHORITY, gateway.authority, methods=["GET"]),
    ]
    figures = Figures()
    app = Starlette(routes=routes, lifespan=lifespan)
    observed = Observing(app, figures, [route.path for route in routes], _name_of)
    return Application(observed, tuple(routes), local_pages(figures, gateway.ready, gateway.gauges))


def _name_of(scope: Scope) -> str:
    """The terminal of the certificate; "" for none."""
    peer = scope.get(PEER)
    return peer.terminal if isinstance(peer, Peer) else ""


def _answer(data: bytes, status: int, media: str = _JSON) -> Response:
    headers = {"Cache-Control": "no-store"}
    if status in {408, 413}:  # what else is on its way is not waited for
        headers["Connection"] = "close"
    return Response(data, status_code=status, media_type=media, headers=headers)


def _peer(request: Request) -> Peer:
    peer = request.scope.get(PEER)
    if not isinstance(peer, Peer):
        raise _Problem(403, _NOT_ENROLLED, "no certificate")
    return peer


async def _enrolled(request: Request, connection: AsyncConnection[TupleRow]) -> Peer:
    return (await _known(request, connection, _ENROLLED))[0]


async def _locked(request: Request, connection: AsyncConnection[TupleRow]) -> tuple[Peer, bytes]:
    """The peer and its audit key, with its registry row locked: requests of one terminal that write go one by one."""
    return await _known(request, connection, _LOCKED)


async def _known(request: Request, connection: AsyncConnection[TupleRow], query: str) -> tuple[Peer, bytes]:
    peer = _peer(request)
    row = await (await connection.execute(query.encode(), (peer.fingerprint, peer.terminal))).fetchone()
    if row is None:
        raise _Problem(403, _NOT_ENROLLED, "terminal is not enrolled")
    audit_key, newest, in_use = row
    if not (newest and in_use):
        raise _Problem(403, _NOT_ENROLLED, "certificate was replaced" if in_use else "terminal was revoked")
    return peer, bytes(audit_key)


async def _receive(request: Request, most: int, seconds: float) -> None:
    """Take the body in, for ``_body``."""
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said[:19]) > most:
        raise _Problem(413, _TOO_LARGE, "body is too large")
    parts = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                parts += part
                if len(parts) > most:
                    raise _Problem(413, _TOO_LARGE, "body is too large")
    except TimeoutError:
        raise _Problem(408, _TOO_SLOW, "body is too slow") from None
    request.state.body = bytes(parts)


async def _body(request: Request) -> bytes:
    """What the route has received already."""
    body: bytes = request.state.body
    return body


def _tell(request: Request, **facts: str | int) -> None:
    """For the request's line in the log: words and counts of the program's own, no received value."""
    request.scope.setdefault(TOLD, {}).update(facts)


def _query_number(request: Request, name: str, least: int, most: int) -> int:
    text = request.query_params.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 19 and least <= int(text) <= most):
        raise _Problem(400, _NOT_READABLE, f"query: {name}")
    return int(text)
