"""The portable layer: Python's own connections by a list of literal addresses, and modules that are never loaded.

It works on every system and cannot be taken away again, and it tells of each refusal, which the kernel does not. It is no wall:
code that is not Python goes past it. The wall is the kernel's (``landlock``, ``seccomp``) and the machine's (nftables).
"""

from __future__ import annotations

import errno
import ipaddress
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from nhi_center.isolation.table import Table

BANNED = frozenset(
    {
        *(f"PySide6.Qt{name}" for name in ("Network", "NetworkAuth", "WebEngineCore", "WebEngineWidgets", "WebEngineQuick")),
        *(f"PySide6.Qt{name}" for name in ("WebSockets", "WebView", "WebChannel", "HttpServer", "RemoteObjects", "Grpc")),
        *(f"PySide6.Qt{name}" for name in ("Bluetooth", "Nfc", "SerialPort", "SerialBus", "Location")),
        *("ftplib", "imaplib", "nntplib", "poplib", "smtpd", "smtplib", "telnetlib", "http.server", "socketserver", "xmlrpc"),
    }
)
"""Ways out that this program has no use for: its transport is ``link`` alone."""

MOST_KEPT = 1_000

_UNIX, _INET, _INET6 = 1, 2, 10
_STREAM, _KIND_BITS = 1, 0xF
_OF_A_HANDLE = -1
"""The family of a socket that is made from a handle, which somebody has opened before."""

_NAMES = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
_TO_ADDRESS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_WATCHED = _NAMES | _TO_ADDRESS | {"socket.__new__", "socket.bind", "socket.getnameinfo", "socket.sethostname"}


LOCAL_SOCKET = "a local socket"
"""The target of a connect that does not leave the terminal."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """``act``: connect, bind, name, socket or import. ``target``: a literal address with its port, a module of our list, or
    only what kind of thing it was: a name that somebody looks up may hold anything. ``at`` in seconds since 1970."""

    act: str
    target: str
    at: float


class Refused(PermissionError):
    """What Python code meets that tries it."""


class _Kept:
    """Refusals until somebody takes them into the log; when nobody does, the newest are counted only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[Refusal] = deque()
        self._lost = 0
        self._own = threading.local()

    def add(self, act: str, target: str) -> None:
        refusal = Refusal(act, target, time.clock_gettime(time.CLOCK_REALTIME))
        probe: list[Refusal] | None = getattr(self._own, "probe", None)
        if probe is not None:
            probe.append(refusal)
            return
        with self._lock:
            if len(self._kept) < MOST_KEPT:
                self._kept.append(refusal)
            else:
                self._lost += 1

    def take(self) -> tuple[tuple[Refusal, ...], int]:
        with self._lock:
            taken, lost = tuple(self._kept), self._lost
            self._kept.clear()
            self._lost = 0
        return taken, lost

    @contextmanager
    def probing(self) -> Iterator[list[Refusal]]:
        mine: list[Refusal] = []
        self._own.probe = mine
        try:
            yield mine
        finally:
            self._own.probe = None


_kept = _Kept()
_ban: list[_Ban] = []


def install(table: Table) -> None:
    """From now on, for the life of this process. Raises RuntimeError when there is a list already."""
    if _ban:
        raise RuntimeError("installed before")
    addresses = frozenset((_literal(rule.address.host), rule.address.port) for rule in table.ports)
    sockets = frozenset(os.fspath(rule.path) for rule in table.sockets)
    _ban.append(_Ban())
    sys.meta_path.insert(0, _ban[0])
    sys.addaudithook(_hook(addresses, sockets))


def trouble() -> str:
    """Why this layer does not hold; "" when it does. The hook cannot be taken away, the ban on modules could be."""
    if not _ban:
        return "許可リストを入れていません。"
    if not sys.meta_path or sys.meta_path[0] is not _ban[0]:
        return "読み込んではいけない部品の一覧が、外されています。"
    loaded = sorted(BANNED & sys.modules.keys())
    if loaded:
        return f"通信する部品({'、'.join(loaded)})が読み込まれています。"
    return ""


def take() -> tuple[tuple[Refusal, ...], int]:
    """What was refused since the last time, and how many more there were than are kept."""
    return _kept.take()


@contextmanager
def probing() -> Iterator[list[Refusal]]:
    """What this thread tries inside is a trial of our own: refused like everything else, and told here instead of the log."""
    with _kept.probing() as mine:
        yield mine


class _Ban:
    """A finder before all others."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None, /) -> ModuleSpec | None:
        if name in BANNED:
            _kept.add("import", name)
            raise ImportError(f"{name}: 接続制限により、この端末では読み込めません。", name=name)
        return None


def _hook(addresses: frozenset[tuple[str, int]], sockets: frozenset[str]) -> Any:
    hosts = frozenset(host for host, _port in addresses)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _WATCHED:
            return
        if event == "socket.__new__":
            if not _is_kind_allowed(*arguments[1:4]):
                _refuse("socket", f"family {arguments[1]} type {arguments[2] & _KIND_BITS} protocol {arguments[3]}")
        elif event in _NAMES:
            if _literal(arguments[0]) not in hosts:
                _refuse("name", _literal(arguments[0]) or "a name")
        elif event in _TO_ADDRESS:
            _check_address(arguments[0], arguments[1], addresses, sockets)
        else:
            _refuse("bind" if event == "socket.bind" else "name", event.removeprefix("socket."))

    return hook


def _check_address(one: Any, address: Any, addresses: frozenset[tuple[str, int]], sockets: frozenset[str]) -> None:
    if address is None:  # sendmsg over a connection that stands
        return
    if one.family == _UNIX:
        if os.fsdecode(address) not in sockets:
            _refuse("connect", LOCAL_SOCKET)
    elif isinstance(address, tuple) and len(address) >= 2:
        place = (_literal(address[0]), address[1])
        if place not in addresses:
            _refuse("connect", f"{place[0] or 'a name'} port {place[1]}")
    else:
        _refuse("connect", f"family {one.family}")


def _is_kind_allowed(family: int, kind: int, protocol: int) -> bool:
    if family in (_UNIX, _OF_A_HANDLE):
        return True
    return family in (_INET, _INET6) and kind & _KIND_BITS == _STREAM and protocol in (0, 6)


def _literal(host: Any) -> str:
    """The one way to write a literal address; "" for everything that is none."""
    try:
        return str(ipaddress.ip_address(host.decode("ascii") if isinstance(host, bytes) else host))
    except ValueError:
        return ""


def _refuse(act: str, target: str) -> None:
    _kept.add(act, target)
    raise Refused(errno.EACCES, f"{act}: not on this terminal's list")
