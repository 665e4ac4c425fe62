"""What must not be possible, tried: for the self-check, which says how each layer was tried just now.

The kernel's layers are tried through the C library, past the list of ``guard``, as other code would. Nothing goes further than
loopback and the networks kept for documentation (192.0.2.0/24, 198.51.100.0/24), where nobody is; no name is looked up.
"""

from __future__ import annotations

import ctypes
import errno
import importlib.util
import ipaddress
import os
import platform
import secrets
import select
import socket
import struct
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from nhi_center.domain.isolation import Level, Machine, Trial
from nhi_center.isolation import guard, seccomp
from nhi_center.settings import Settings

_DOCUMENTATION = ("198.51.100.1", "192.0.2.1")
_UNUSED_PORTS = (9, 7, 19)
_POLICY_ANSWER = errno.ENOPROTOOPT
"""What becomes of a connection that the machine's policy rejects: it answers "protocol unreachable", as no network does."""
_PATIENCE_MS = 200
"""The machine's own answer is there within one; what leaves it is not waited for."""
_REFUSALS = frozenset({errno.EPERM, errno.EACCES, errno.EAFNOSUPPORT})
_FAST_OPEN = 0x2000_0000
_INET, _UNIX, _STREAM, _NON_BLOCKING = 2, 1, 1, 0o4000
_NOBODY = -1
_PTRACE_ATTACH = 16

Act = Callable[[], int | None]
"""Gives the errno, 0 when it went through, None where it cannot be tried."""


_left_outside: list[socket.socket] = []


def prepare() -> None:
    """Leave something outside to reach for later: a socket without a path, at which nothing can arrive."""
    one = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    one.bind("")  # the kernel chooses a name
    one.shutdown(socket.SHUT_RD)
    _left_outside.append(one)


def machine_policy(settings: Settings) -> Machine:
    """Whether the policy of the whole machine is in force: a connection to where nobody is, at the port that is permitted.

    Sends one packet when there is no policy.
    """
    ours = {_network(one) for one in (settings.segment.host, *(printer.host for printer in settings.printers))}
    host = next((one for one in _DOCUMENTATION if _network(one) not in ours), _DOCUMENTATION[0])
    answer = _connect(host, settings.segment.port)
    if answer == _POLICY_ANSWER:
        return Machine.REFUSED
    return Machine.OPEN if answer in (0, errno.ETIMEDOUT) else Machine.ELSEWHERE


def trials(settings: Settings) -> tuple[Trial, ...]:
    """Try everything. What goes through although it must not is undone. None of it comes into the log as a refusal."""
    return tuple(
        Trial(layer, what, None if answer is None else _is_refusal(layer, answer), _words(answer))
        for layer, what, act in _acts(settings)
        for answer in (_tried(act),)
    )


def _network(host: str) -> str:
    return host.rpartition(".")[0]


def _is_refusal(layer: Level, answer: int) -> bool:
    return answer in _REFUSALS or (layer is Level.FILES and answer == errno.EROFS)


def _tried(act: Act) -> int | None:
    try:
        return act()
    except OSError as error:
        return error.errno


def _words(answer: int | None) -> str:
    if answer is None:
        return "試せません"
    return errno.errorcode.get(answer, str(answer)) if answer else "通りました"


def _acts(settings: Settings) -> Iterator[tuple[Level, str, Act]]:
    yield Level.PROGRAM, "許可していない宛先への接続", _python_connect
    yield Level.PROGRAM, "名前の問合せ(DNS)", _python_lookup
    yield Level.PROGRAM, "QtNetwork の読込み", _network_module
    for what, kind in (
        ("UDP", (_INET, 2, 0)),
        ("ICMP", (_INET, 2, 1)),
        ("IPv6 の UDP", (10, 2, 0)),
        ("raw", (_INET, 3, 255)),
        ("packet", (17, 3, 0)),
        ("vsock", (40, 1, 0)),
        ("MPTCP", (_INET, 1, 262)),
        ("SCTP", (_INET, 1, 132)),
    ):
        yield Level.CALLS, what, partial(_socket, *kind)
    yield Level.CALLS, "TCP fast open", _fast_open
    yield Level.CALLS, "TCP fast open(設定)", _fast_open_option
    yield Level.CALLS, "待ち受け(listen)", _listen
    for name, arguments in (
        ("ptrace", (_PTRACE_ATTACH, _NOBODY, 0, 0)),
        ("process_vm_readv", (_NOBODY, 0, 0, 0, 0, 0)),
        ("io_uring_setup", (0, 0)),
        ("bpf", (9999, 0, 0)),
        ("mount", (0, 0, 0, 0, 0)),
        ("unshare", (0,)),
        ("setns", (_NOBODY, 0)),
        ("keyctl", (9999,)),
    ):
        yield Level.CALLS, name, partial(_call, name, *arguments)
    yield Level.FILES, "業務フォルダーの外に書く", _write_outside
    yield Level.FILES, "業務フォルダーの外を見る", _look_outside
    yield Level.FILES, "業務フォルダーのものを起動する", lambda: _start_inside(settings.home / "tmp")
    yield Level.FILES, "ほかのプログラムを起動する", lambda: _start(Path("/bin/true"))
    permitted = {settings.segment.port, *(one.port for one in settings.printers)}
    yield Level.PORTS, "ほかのポートへの接続", lambda: _connect("127.0.0.1", next(p for p in _UNUSED_PORTS if p not in permitted))
    yield Level.PORTS, "ポートを持つ(bind)", _bind
    yield Level.FULL, "名前だけのソケットへの接続", _abstract


# -- Python's own way --


def _python_connect() -> int:
    with guard.probing(), socket.socket() as one:
        one.setblocking(False)
        return one.connect_ex((_DOCUMENTATION[0], 80)) or 0


def _python_lookup() -> int:
    with guard.probing():
        socket.getaddrinfo(_DOCUMENTATION[0], 80, flags=socket.AI_NUMERICHOST)  # a literal: without the list nobody is asked
    return 0


def _network_module() -> int:
    with guard.probing():
        try:
            importlib.util.find_spec("PySide6.QtNetwork")
        except ImportError:
            return errno.EPERM
    return 0


# -- past Python --


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return library


def _answer(result: int) -> int:
    return ctypes.get_errno() if result < 0 else 0


def _socket(family: int, kind: int, protocol: int) -> int:
    handle = _library().socket(family, kind, protocol)
    answer = _answer(handle)
    if not answer:
        os.close(handle)
    return answer


def _call(name: str, *arguments: int) -> int:
    machine = seccomp.MACHINES.get(platform.machine())
    if machine is None:
        return errno.ENOSYS
    return _answer(_library().syscall(ctypes.c_long(machine.numbers[name]), *(ctypes.c_long(one) for one in arguments)))


def _with_stream(act: Callable[[ctypes.CDLL, int], int], family: int = _INET) -> int:
    """``act`` with a TCP socket, which is closed afterwards."""
    library = _library()
    handle = library.socket(family, _STREAM | _NON_BLOCKING, 0)
    if handle < 0:
        return ctypes.get_errno()
    try:
        return act(library, handle)
    finally:
        os.close(handle)


def _address(host: str, port: int) -> bytes:
    """``struct sockaddr_in``."""
    return struct.pack("=H", _INET) + struct.pack("!H4s8x", port, ipaddress.IPv4Address(host).packed)


def _connect(host: str, port: int) -> int:
    """What became of it within our patience; ETIMEDOUT when nothing did."""

    def act(library: ctypes.CDLL, handle: int) -> int:
        address = _address(host, port)
        answer = _answer(library.connect(handle, address, len(address)))
        if answer != errno.EINPROGRESS:
            return answer
        waiting = select.poll()
        waiting.register(handle, select.POLLOUT)
        if not waiting.poll(_PATIENCE_MS):
            return errno.ETIMEDOUT
        with socket.socket(fileno=os.dup(handle)) as one:
            return one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)

    return _with_stream(act)


def _fast_open() -> int:
    address = _address("127.0.0.1", _UNUSED_PORTS[0])
    return _with_stream(lambda library, handle: _answer(library.sendto(handle, b"", 0, _FAST_OPEN, address, len(address))))


def _fast_open_option() -> int:
    one = struct.pack("=i", 1)
    return _with_stream(lambda library, handle: _answer(library.setsockopt(handle, 6, 30, one, len(one))))


def _listen() -> int:
    return _with_stream(lambda library, handle: _answer(library.listen(handle, 1)), _UNIX)


def _bind() -> int:
    address = _address("127.0.0.1", 0)
    return _with_stream(lambda library, handle: _answer(library.bind(handle, address, len(address))))


def _abstract() -> int | None:
    """None where ``prepare`` has left nothing: a name that nobody has is refused by everybody."""
    if not _left_outside:
        return None
    address = struct.pack("=H", _UNIX) + bytes(_left_outside[0].getsockname())
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
        return _answer(_library().connect(one.fileno(), address, len(address)))


# -- files and programs --


def _write_outside() -> int:
    place = f"/tmp/nhi-center-trial-{secrets.token_hex(8)}"
    os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    os.unlink(place)
    return 0


def _look_outside() -> int:
    os.close(os.open("/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
    return 0


def _start_inside(folder: Path) -> int:
    program = folder / f"trial-{secrets.token_hex(8)}"
    program.write_text("#!/bin/true\n", encoding="ascii")
    try:
        program.chmod(0o700)
        return _start(program)
    finally:
        program.unlink()


def _start(program: Path) -> int:
    os.waitpid(os.posix_spawn(program, [str(program)], {}), 0)
    return 0
