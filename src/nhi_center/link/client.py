"""The terminal's only way out: HTTPS with mutual TLS 1.3 to one literal address, by the standard library.

Used from the link lane alone (one worker): not safe for two threads at once. Every call has a time limit. Trouble:
LK-01 not reachable, LK-02 not enrolled (either side's certificate), LK-03 refused by the gateway with its reason,
LK-04 another protocol, LK-05 clocks differ, LK-06 an address outside the settings.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from nhi_center.domain.audit import Countersign
from nhi_center.domain.updates import Signed
from nhi_center.errors import EnvironmentTrouble
from nhi_center.link import wire, wire_erasure, wire_export, wire_lease, wire_meeting, wire_numbers, wire_state, wire_updates

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 30.0
CLOCK_TOLERANCE = timedelta(minutes=5)
_PROBES = 3
_CERT_NOT_YET_VALID, _CERT_EXPIRED = 9, 10  # X509_V_ERR_* of OpenSSL

_CUT_OFF = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
_CERTIFICATE_ALERTS = ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED")

T = TypeVar("T")


class _CutOff(Exception):
    """The other side closed the connection before it answered. ``admitted``: it had taken our certificate by then."""

    def __init__(self, admitted: bool) -> None:
        super().__init__()
        self.admitted = admitted


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """The one address the program may connect to. A literal IP: no name is ever looked up. Raises ValueError for a name."""

    host: str
    port: int

    def __post_init__(self) -> None:
        ipaddress.ip_address(self.host)
        if not 0 < self.port < 65536:
            raise ValueError("port")

    def check(self, host: str, port: int) -> None:
        """Raise EnvironmentTrouble LK-06 unless this is exactly the permitted address."""
        if (host, port) != (self.host, self.port):
            raise EnvironmentTrouble("LK-06", "許可されていない接続先のため、接続しませんでした。取扱責任者に連絡してください。")


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """Where the gateway is and who this terminal is. ``passphrase`` opens the key file; the keyring holds it, no file does."""

    policy: AddressPolicy
    server_name: str
    ca: Path
    certificate: Path
    key: Path
    passphrase: Callable[[], bytes] | None = None


def client_context(settings: LinkSettings) -> ssl.SSLContext:
    """TLS 1.3 only, the gateway's own CA only, our certificate. Raises EnvironmentTrouble LK-02 when a file cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_verify_locations(cafile=str(settings.ca))
        # Without a callback OpenSSL would ask on the terminal the program was started from.
        context.load_cert_chain(str(settings.certificate), str(settings.key), password=settings.passphrase or (lambda: b""))
    except (OSError, ssl.SSLError, ValueError):
        raise EnvironmentTrouble("LK-02", "この端末の証明書を開けません。区の担当者に端末の登録を確認してください。") from None
    return context


class _Connection(http.client.HTTPSConnection):
    """Connects to the permitted address only, and says so again once the socket knows whom it reached."""

    def __init__(self, settings: LinkSettings, host: str, port: int, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS, context=context)
        self._settings = settings
        self._tls = context
        self.admitted = False
        """Whether the gateway has taken our certificate: it gives session tickets after that, and not before."""

    def connect(self) -> None:
        policy = self._settings.policy
        policy.check(self.host, self.port)
        plain = socket.create_connection((self.host, self.port), timeout=CONNECT_SECONDS)
        try:
            peer = plain.getpeername()
            policy.check(peer[0], peer[1])
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # An end without TLS's farewell is no end of an answer.
            self.sock = self._tls.wrap_socket(plain, server_hostname=self._settings.server_name, suppress_ragged_eofs=False)
        except _CUT_OFF:  # our certificate is looked at after the handshake: this says nothing about it
            plain.close()
            raise ConnectionAbortedError from None
        except BaseException:
            plain.close()
            raise
        self.sock.settimeout(ANSWER_SECONDS)

    def close(self) -> None:
        session = self.sock.session if isinstance(self.sock, ssl.SSLSocket) else None
        self.admitted = self.admitted or (session is not None and session.has_ticket)
        super().close()


class GatewayLink:
    """The link to the gateway. ``now`` gives the present time (aware, UTC) for the comparison of clocks."""

    def __init__(self, settings: LinkSettings, now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._now = now
        self._context: ssl.SSLContext | None = None
        self._connection: _Connection | None = None
        self._greeted = False
        self.apart: timedelta | None = None
        """How far the segment's clock was ahead of ours at the last meeting; None before the first."""

    def __enter__(self) -> GatewayLink:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; the next call opens a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def hello(self) -> wire.Hello:
        """The gateway's greeting, with protocol and clock checked. Raises LK-04 or LK-05 beside the rest."""
        data = self._request("GET", wire.PATH_HELLO)
        if self._parsed(wire.protocol_of, data) != wire.PROTOCOL:
            raise _protocol_trouble()
        hello = self._parsed(wire.parse_hello, data)
        self._compare_clocks(hello.time)
        self._greeted = True
        return hello

    def _compare_clocks(self, theirs: str) -> None:
        try:
            self.apart = datetime.fromisoformat(theirs) - self._now()
        except (ValueError, TypeError):
            raise _protocol_trouble() from None
        if abs(self.apart) > CLOCK_TOLERANCE:
            self._greeted = False
            raise _clock_trouble()

    def meet(self, seq: int, cursor: int, anchored: int) -> wire_meeting.Known:
        """Say how far we are (``wire_meeting.Told``); gives how far the gateway is. Compares the clocks: raises LK-05."""
        self._greet()
        told = wire_meeting.Told(seq, cursor, anchored, self._now().isoformat())
        known = self._parsed(
            wire_meeting.parse_known, self._request("POST", wire_meeting.PATH_MEET, wire_meeting.encode_told(told))
        )
        self._compare_clocks(known.now)
        return known

    def compare(self, extent: wire_meeting.Extent) -> wire_meeting.Holding:
        """What the gateway holds of these records of ours."""
        self._greet()
        data = self._request("POST", wire_meeting.PATH_COMPARE, wire_meeting.encode_extent(extent))
        return self._parsed(wire_meeting.parse_holding, data)

    def changes(self, after: int, limit: int = wire.MAX_CHANGES) -> wire.ChangePage:
        """Changes of the register after this cursor, at most ``limit``."""
        self._greet()
        page = self._parsed(wire.parse_changes, self._request("GET", f"{wire.PATH_CHANGES}?after={after:d}&limit={limit:d}"))
        if page.next < after or (page.changes and page.changes[0].cursor <= after):
            raise _protocol_trouble()
        return page

    def push(self, records: Sequence[wire.Record]) -> wire.PushAnswer:
        """Send at most MAX_RECORDS records in rising seq order. Sending the same again is harmless."""
        self._greet()
        return self._parsed(wire.parse_push_answer, self._request("POST", wire.PATH_RECORDS, wire.encode_records(records)))

    def anchor(self, segment: wire.Segment) -> Countersign:
        """Send a stretch of the audit log; gives the countersigned head. Raises LK-03 when the gateway holds another history."""
        self._greet()
        answer = self._parsed(wire.parse_countersign, self._request("POST", wire.PATH_AUDIT, wire.encode_segment(segment)))
        head = segment.head
        if (answer.terminal, answer.seq, answer.hash) != (head.terminal, head.seq, head.hash):
            raise _protocol_trouble()
        return answer

    def room(self) -> tuple[wire.Contact, ...]:
        """Every terminal in use, and how far it has come."""
        self._greet()
        return self._parsed(wire.parse_room, self._request("GET", wire.PATH_ROOM))

    def tell_state(self, state: wire_state.TerminalState) -> None:
        """Say how this terminal stands; again is harmless."""
        self._greet()
        self._parsed(wire_state.parse_kept, self._request("POST", wire_state.PATH_STATE, wire_state.encode(state)))

    def blocks(self, asks: Sequence[wire_numbers.Ask]) -> wire_numbers.Given:
        """Ask for blocks of numbers; again is harmless. Raises LK-03 for an id that was another ask's."""
        self._greet()
        given = self._parsed(
            wire_numbers.parse_given, self._request("POST", wire_numbers.PATH_BLOCKS, wire_numbers.encode_asks(asks))
        )
        if [block.id for block in given.blocks] != [ask.id for ask in asks]:
            raise _protocol_trouble()
        return given

    def terminals(self) -> tuple[wire_state.Standing, ...]:
        """How every terminal in use stands, as the gateway sees it."""
        self._greet()
        return self._parsed(wire_state.parse_terminals, self._request("GET", wire_state.PATH_TERMINALS))

    def take_lease(self, asked: wire_lease.Asked) -> wire_lease.Answered:
        """Ask for shared work; again is harmless. Raises LK-03 when this terminal may take none."""
        self._greet()
        data = self._request("POST", wire_lease.PATH_LEASE, wire_lease.encode_asked(asked))
        return self._parsed(wire_lease.parse_answered, data)

    def updates(self) -> tuple[Signed, ...]:
        """The packages on offer, with signatures that nobody has looked at yet."""
        self._greet()
        return self._parsed(wire_updates.parse_updates, self._request("GET", wire_updates.PATH_UPDATES))

    def update_part(self, sha256: str, part: int) -> bytes:
        """One part of a package. Raises LK-03 when it is on offer no longer."""
        self._greet()
        data = self._request("GET", f"{wire_updates.PATH_UPDATE_PART}?sha256={sha256}&part={part:d}")
        if not 0 < len(data) <= wire_updates.PART_BYTES:
            raise _protocol_trouble()
        return data

    def keep_month_key(self, month: str, key: bytes) -> None:
        """Give the segment this terminal's key of a month (YYYY-MM) to keep; again is harmless.

        Raises LK-03 when it keeps another key for the month, or has destroyed the month's key.
        """
        self._greet()
        answer = self._parsed(
            wire.parse_kept_month, self._request("POST", wire.PATH_MONTH_KEY, wire.encode_month_key(month, key))
        )
        if answer != month:
            raise _protocol_trouble()

    def destroy_month_keys(self, asked: wire_erasure.Destroying) -> None:
        """Have this terminal's own keys of these months destroyed at the segment; again is harmless."""
        self._greet()
        body = wire_erasure.encode_destroying(asked)
        if self._parsed(wire_erasure.parse_destroyed, self._request("POST", wire_erasure.PATH_DESTROY, body)) != asked.months:
            raise _protocol_trouble()

    def give_export(self, file: str, leaving: wire_export.Leaving) -> None:
        """Give the segment a file that leaves; again is harmless. Raises LK-03 when it does not take it."""
        self._greet()
        data = self._request("POST", wire_export.PATH_EXPORT, wire_export.encode(leaving))
        if self._parsed(wire_export.parse_kept, data) != file:
            raise _protocol_trouble()

    def _greet(self) -> None:
        if not self._greeted:
            self.hello()

    def _parsed(self, parse: Callable[[bytes], T], data: bytes) -> T:
        try:
            return parse(data)
        except wire.WireError:
            self.close()
            raise _protocol_trouble() from None

    def _request(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """One exchange; every request of the protocol may be repeated without harm."""
        if self._connection is not None:
            try:
                return _accepted(*self._exchange(method, path, body))
            except _CutOff:
                pass  # an idle connection that the gateway has closed: once more on a new one
        try:
            return _accepted(*self._exchange(method, path, body))
        except _CutOff as cut:
            raise (_reach_trouble() if cut.admitted else self._cut_off_trouble()) from None

    def _cut_off_trouble(self) -> EnvironmentTrouble:
        """Why a new connection was cut off: under TLS 1.3 a refused certificate and a stopped gateway look alike at first. A
        line that breaks does not break in that same short moment every time."""
        for _ in range(_PROBES):
            try:
                self._exchange("GET", wire.PATH_HELLO, None)
            except _CutOff as cut:
                if cut.admitted:
                    return _reach_trouble()
            except EnvironmentTrouble as trouble:
                return trouble
            else:
                return _reach_trouble()
        return _enrolment_trouble()

    def _new_connection(self) -> _Connection:
        policy = self._settings.policy
        self._context = self._context or client_context(self._settings)
        return _Connection(self._settings, policy.host, policy.port, self._context)

    def _exchange(self, method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        connection = self._connection = self._connection or self._new_connection()
        try:
            headers = {"Content-Type": "application/json"} if body is not None else {}
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            data = response.read(wire.MAX_BODY_BYTES + 1)
            if response.length and len(data) <= wire.MAX_BODY_BYTES:
                raise http.client.IncompleteRead(b"", response.length)
        except BaseException as error:
            self.close()
            if isinstance(error, _CUT_OFF):
                raise _CutOff(connection.admitted) from None
            if isinstance(error, OSError | http.client.HTTPException):
                raise _network_trouble(error) from None
            raise
        if len(data) > wire.MAX_BODY_BYTES:
            self.close()
            raise _protocol_trouble()
        if response.will_close:
            self.close()
        return response.status, data


def _accepted(status: int, data: bytes) -> bytes:
    if status == 200:
        return data
    if status in {401, 403}:
        raise _enrolment_trouble()
    if status == 409:
        try:
            reason = wire.parse_reason(data)
        except wire.WireError:
            raise _protocol_trouble() from None
        if reason == wire_meeting.REASON_ANEW:
            raise EnvironmentTrouble("LK-10", "台帳を初めから受け取り直します。少し待って、もう一度送受信してください。")
        raise EnvironmentTrouble("LK-03", f"区のサーバが受け付けませんでした。{reason} 取扱責任者に連絡してください。")
    raise _reach_trouble() if status >= 500 else _protocol_trouble()


def _network_trouble(error: OSError | http.client.HTTPException) -> EnvironmentTrouble:
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in {_CERT_NOT_YET_VALID, _CERT_EXPIRED}:
            return _clock_trouble()
        return EnvironmentTrouble(
            "LK-02", "接続先が区のサーバであることを確認できません。送らずに止めました。区の担当者に連絡してください。"
        )
    if isinstance(error, ssl.SSLError):
        reason = error.reason or ""
        if "ALERT" in reason and any(word in reason for word in _CERTIFICATE_ALERTS):
            return _enrolment_trouble()
        return _protocol_trouble()
    if isinstance(error, OSError | http.client.IncompleteRead):
        return _reach_trouble()
    return _protocol_trouble()


def _reach_trouble() -> EnvironmentTrouble:
    return EnvironmentTrouble(
        "LK-01", "区のサーバに届きません。入力した内容はこの端末に保存されています。つながると自動で送ります。"
    )


def _enrolment_trouble() -> EnvironmentTrouble:
    return EnvironmentTrouble("LK-02", "この端末は区のサーバに登録されていません。区の担当者に端末の登録を確認してください。")


def _protocol_trouble() -> EnvironmentTrouble:
    return EnvironmentTrouble("LK-04", "区のサーバと通信の版が合いません。取扱責任者に連絡してください。")


def _clock_trouble() -> EnvironmentTrouble:
    return EnvironmentTrouble("LK-05", "この端末と区のサーバの時計が合いません。端末の日付と時刻を確認してください。")
