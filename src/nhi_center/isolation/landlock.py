"""Landlock: what this process and all it starts may open and connect to, asked of the kernel through its own calls.

The kernel forbids everything a set of rules handles and does not name; it can only ever be made stricter, and never undone. What
a kernel does not know (an older one has no rules for ports) is left out and told. Linux on x86_64 and aarch64, whose numbers of
these calls are the same.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntFlag
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_QUESTION = 1
_RULE_PATH_BENEATH, _RULE_NET_PORT = 1, 2
_PR_SET_NO_NEW_PRIVS = 38
_NET_BIND_TCP, _NET_CONNECT_TCP = 1, 2
_SCOPE_ABSTRACT_SOCKET = 1

PORTS_SINCE, SCOPE_SINCE = 4, 6
"""The versions of Landlock from which ports can be named and sockets without a path shut out."""


class Right(IntFlag):
    """LANDLOCK_ACCESS_FS_*, as linux/landlock.h numbers them."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_FOLDER = 1 << 3
    REMOVE_FOLDER = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_FOLDER = 1 << 7
    MAKE_FILE = 1 << 8
    MAKE_SOCKET = 1 << 9
    MAKE_PIPE = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_LINK = 1 << 12
    MOVE = 1 << 13
    TRUNCATE = 1 << 14
    DEVICE_CONTROL = 1 << 15


_OF_A_FILE = Right.EXECUTE | Right.WRITE_FILE | Right.READ_FILE | Right.TRUNCATE | Right.DEVICE_CONTROL
_KNOWN_SINCE = ((1, 13), (2, 14), (3, 15), (5, 16))
"""From which version how many of the rights are known."""


class Why(Enum):
    """Why the kernel did not take it."""

    NOT_IN_KERNEL = "このカーネルには Landlock がありません。"
    SWITCHED_OFF = "Landlock は、起動のときの設定で切られています。"
    NOT_ALLOWED = "この環境(コンテナなど)は、Landlock を許していません。"
    TOO_MANY = "Landlock の規則が、これ以上重ねられません。"
    OTHER = "カーネルが Landlock の規則を受け付けませんでした。"


_WHY = {
    errno.ENOSYS: Why.NOT_IN_KERNEL,
    errno.EOPNOTSUPP: Why.SWITCHED_OFF,
    errno.EPERM: Why.NOT_ALLOWED,
    errno.E2BIG: Why.TOO_MANY,
}


class NotRestricted(Exception):
    """The kernel took nothing of it; ``why`` tells, ``number`` is its errno."""

    def __init__(self, why: Why, number: int) -> None:
        super().__init__(f"{why.name} {errno.errorcode.get(number, number)}")
        self.why = why
        self.number = number


@dataclass(frozen=True, slots=True)
class Restricted:
    """What is in force now. ``absent`` are the paths of the rules that are not on this machine."""

    version: int
    ports: bool
    absent: tuple[Path, ...]


def version() -> int:
    """Landlock's version (ABI) in this kernel. Raises NotRestricted where there is none."""
    return _call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION_QUESTION))


def restrict(paths: Iterable[tuple[Path, Right]], ports: Iterable[int]) -> Restricted:
    """From now on these paths with these rights alone, connections to these TCP ports alone, and no port to listen at.

    Holds for the calling thread, the threads it starts later and every process they start: call it before there is another
    thread. Raises NotRestricted; then nothing is in force.
    """
    known = version()
    handled = _handled(known)
    with_ports = known >= PORTS_SINCE
    nets = _NET_BIND_TCP | _NET_CONNECT_TCP if with_ports else 0
    rules = _new_rules(known, int(handled), nets, 0)
    try:
        absent = tuple(path for path, rights in paths if not _add_path(rules, path, rights & handled))
        for port in sorted(set(ports)) if with_ports else ():
            _add(rules, _RULE_NET_PORT, struct.pack("=QQ", _NET_CONNECT_TCP, port))
        _enforce(rules)
    finally:
        os.close(rules)
    return Restricted(known, with_ports, absent)


def shut_out_abstract_sockets() -> bool:
    """From now on no connection to a Unix socket without a path, which no rule about files reaches. False: the kernel cannot.

    Not before the window's connection to the display stands: libxcb tries such a name first and gives up when it is refused.
    Holds as ``restrict`` does: threads that are there already are not reached. Raises NotRestricted.
    """
    known = version()
    if known < SCOPE_SINCE:
        return False
    rules = _new_rules(known, 0, 0, _SCOPE_ABSTRACT_SOCKET)
    try:
        _enforce(rules)
    finally:
        os.close(rules)
    return True


def _handled(known: int) -> Right:
    count = max(count for since, count in _KNOWN_SINCE if since <= known)
    return Right((1 << count) - 1)


def _new_rules(known: int, handled: int, nets: int, scopes: int) -> int:
    length = 24 if known >= SCOPE_SINCE else 16 if known >= PORTS_SINCE else 8
    attributes = struct.pack("=QQQ", handled, nets, scopes)[:length]
    return _call(_CREATE_RULESET, attributes, ctypes.c_size_t(length), ctypes.c_uint32(0))


def _add_path(rules: int, path: Path, rights: Right) -> bool:
    """False when there is no such path here. What the caller may not even look at is as good as absent: nobody opens it."""
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return False
    try:
        if not stat.S_ISDIR(os.fstat(handle).st_mode):
            rights &= _OF_A_FILE  # the kernel refuses a rule that gives a file the rights of a folder
        _add(rules, _RULE_PATH_BENEATH, struct.pack("=Qi", int(rights), handle))
    finally:
        os.close(handle)
    return True


def _add(rules: int, kind: int, rule: bytes) -> None:
    _call(_ADD_RULE, ctypes.c_int(rules), ctypes.c_int(kind), rule, ctypes.c_uint32(0))


def _enforce(rules: int) -> None:
    give_up_new_privileges()
    _call(_RESTRICT_SELF, ctypes.c_int(rules), ctypes.c_uint32(0))


def give_up_new_privileges() -> None:
    """No program started from here gains rights by its file's owner; the kernel asks for this before it takes any rules."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise NotRestricted(Why.OTHER, ctypes.get_errno())


def _call(number: int, *arguments: object) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    result = int(library.syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise NotRestricted(_WHY.get(code, Why.OTHER), code)
    return result
