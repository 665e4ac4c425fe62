"""Our filter of system calls: what Landlock does not see is refused here, by number and argument, with an error and no kill.

The kernel's rules about ports hold for ``connect`` over TCP alone. Data sent with the first packet (fast open), a socket of
Multipath TCP, UDP, raw and packet sockets and the like go past them, and io_uring goes past this filter: none of them is left.
Everything this program and its libraries do need stays as it is; a list of what is allowed would break with the next library.

Linux on x86_64 and aarch64. A call of another architecture (i386, x32) is refused as a whole: its numbers mean other calls.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from nhi_center.isolation import bpf
from nhi_center.isolation.landlock import NotRestricted, give_up_new_privileges

_SET_MODE_FILTER = 1
_ALL_THREADS, _LOGGED = 1, 2
_PR_GET_SECCOMP, _PR_GET_NO_NEW_PRIVS = 21, 39
_IN_FORCE = 2
_X32_BIT = 0x4000_0000

_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16
_STREAM, _KIND_BITS = 1, 0xF
_TCP, _ANY = 6, 0
_UEVENTS = 15
_FAST_OPEN_FLAG = 0x2000_0000
_LEVEL_TCP, _LEVEL_MPTCP = 6, 284
_FORBIDDEN_TCP_OPTIONS = {
    19: "TCP_REPAIR: a connection made by hand",
    23: "TCP_FASTOPEN: data before the handshake, as a server",
    30: "TCP_FASTOPEN_CONNECT: data before the handshake",
    31: "TCP_ULP: another protocol above TCP",
}
_NEW_NAMESPACES = 0x7E02_0000
"""CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET."""


class Why(Enum):
    """Why there is no filter."""

    OTHER_MACHINE = "この端末の種類(CPU)には、システムコールの制限がありません。"
    NOT_IN_KERNEL = "このカーネルは、システムコールの制限(seccomp)を知りません。"
    OTHER = "カーネルがシステムコールの制限(seccomp)を受け付けませんでした。"


class NotFiltered(Exception):
    """No filter is in force; ``why`` tells."""

    def __init__(self, why: Why, number: int = 0) -> None:
        super().__init__(f"{why.name} {errno.errorcode.get(number, number)}")
        self.why = why


@dataclass(frozen=True, slots=True)
class Machine:
    """An architecture: how the kernel calls it, and the numbers of the calls we speak of."""

    audit_name: int
    numbers: Mapping[str, int]
    x32: bool = False


REASONS: Mapping[str, str] = {
    "listen": "nobody may connect to this terminal",
    "ptrace": "no other process is looked into or steered",
    "process_vm_readv": "as ptrace",
    "process_vm_writev": "as ptrace",
    "pidfd_getfd": "no open file or socket is taken out of another process",
    "io_uring_setup": "its calls go past this filter",
    "io_uring_enter": "as io_uring_setup",
    "io_uring_register": "as io_uring_setup",
    "bpf": "programs in the kernel",
    "perf_event_open": "looks into other processes and the kernel",
    "userfaultfd": "the tool of most attacks on the kernel",
    "mount": "no disk, stick or share is taken in",
    "umount2": "as mount",
    "move_mount": "as mount",
    "open_tree": "as mount",
    "fsopen": "as mount",
    "fsconfig": "as mount",
    "fsmount": "as mount",
    "fspick": "as mount",
    "mount_setattr": "as mount",
    "pivot_root": "as mount",
    "chroot": "another root has other rules",
    "unshare": "a namespace of one's own has its own network and mounts",
    "setns": "as unshare",
    "open_by_handle_at": "opens a file past its path",
    "add_key": "the kernel's own keyring",
    "request_key": "as add_key",
    "keyctl": "as add_key",
    "kexec_load": "another kernel",
    "kexec_file_load": "as kexec_load",
    "init_module": "code into the kernel",
    "finit_module": "as init_module",
    "delete_module": "as init_module",
    "swapon": "memory goes to no other disk",
    "swapoff": "as swapon",
    "reboot": "the terminal stays on",
    "acct": "writes a file from the kernel",
    "settimeofday": "the log's clock is the system's",
    "clock_settime": "as settimeofday",
    "adjtimex": "as settimeofday",
    "clock_adjtime": "as settimeofday",
    "sethostname": "the terminal keeps its name",
    "setdomainname": "as sethostname",
    "syslog": "the kernel's log is not ours",
}
"""Refused whatever its arguments are, and why."""

_NEW_NUMBERS = {
    "pidfd_getfd": 438,
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "mount_setattr": 442,
    "clone3": 435,
}
"""From 424 on a call has one number on every architecture."""

X86_64 = Machine(
    0xC000_003E,
    {
        **_NEW_NUMBERS,
        "socket": 41, "sendto": 44, "sendmsg": 46, "listen": 50, "setsockopt": 54, "clone": 56, "ptrace": 101, "syslog": 103,
        "pivot_root": 155, "adjtimex": 159, "chroot": 161, "acct": 163, "settimeofday": 164, "mount": 165, "umount2": 166,
        "swapon": 167, "swapoff": 168, "reboot": 169, "sethostname": 170, "setdomainname": 171, "init_module": 175,
        "delete_module": 176, "clock_settime": 227, "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250,
        "unshare": 272, "perf_event_open": 298, "open_by_handle_at": 304, "clock_adjtime": 305, "sendmmsg": 307, "setns": 308,
        "process_vm_readv": 310, "process_vm_writev": 311, "finit_module": 313, "kexec_file_load": 320, "bpf": 321,
        "userfaultfd": 323, "seccomp": 317,
    },
    x32=True,
)  # fmt: skip
AARCH64 = Machine(
    0xC000_00B7,
    {
        **_NEW_NUMBERS,
        "umount2": 39, "mount": 40, "pivot_root": 41, "chroot": 51, "acct": 89, "unshare": 97, "kexec_load": 104,
        "init_module": 105, "delete_module": 106, "clock_settime": 112, "syslog": 116, "ptrace": 117, "reboot": 142,
        "sethostname": 161, "setdomainname": 162, "settimeofday": 170, "adjtimex": 171, "socket": 198, "listen": 201,
        "sendto": 206, "setsockopt": 208, "sendmsg": 211, "add_key": 217, "request_key": 218, "keyctl": 219, "clone": 220,
        "swapon": 224, "swapoff": 225, "perf_event_open": 241, "open_by_handle_at": 265, "clock_adjtime": 266, "setns": 268,
        "sendmmsg": 269, "process_vm_readv": 270, "process_vm_writev": 271, "finit_module": 273, "seccomp": 277, "bpf": 280,
        "userfaultfd": 282, "kexec_file_load": 294,
    },
)  # fmt: skip
MACHINES: Mapping[str, Machine] = {"x86_64": X86_64, "aarch64": AARCH64}

_REFUSED = bpf.refusal(errno.EPERM)
_NO_SUCH_FAMILY = bpf.refusal(errno.EAFNOSUPPORT)


def apply() -> None:
    """Put the filter over this process, all its threads and all it starts; there is no way back. Raises NotFiltered.

    Every refusal but one is a line of the kernel's own log as well.
    """
    machine = MACHINES.get(platform.machine())
    if machine is None:
        raise NotFiltered(Why.OTHER_MACHINE)
    try:
        give_up_new_privileges()
    except NotRestricted as error:
        raise NotFiltered(Why.OTHER, error.number) from None
    _install(machine, threads_filter(machine), _ALL_THREADS)
    _install(machine, calls_filter(machine), _ALL_THREADS | _LOGGED)


def in_force() -> bool:
    """Whether the kernel says that a filter is over the calling thread, and that it gains no rights any more."""
    library = ctypes.CDLL(None, use_errno=True)
    asked = (_PR_GET_SECCOMP, _PR_GET_NO_NEW_PRIVS)
    return [int(library.prctl(question, 0, 0, 0, 0)) for question in asked] == [_IN_FORCE, 1]


def threads_filter(machine: Machine) -> bytes:
    """``clone3`` hides its flags in memory, where a filter cannot look. Whoever is told that there is no such call uses
    ``clone``, as every C library can; each new thread asks again, so this one is kept out of the kernel's log."""
    program = _begun(machine)
    program.if_equal(machine.numbers["clone3"], "clone3")
    program.give(bpf.ALLOW)
    program.label("clone3")
    program.give(bpf.refusal(errno.ENOSYS))
    program.label("stranger")
    program.give(_REFUSED)
    return program.assemble()


def calls_filter(machine: Machine) -> bytes:
    """Everything else: what is refused as it is, and what is judged by its arguments."""
    program = _begun(machine)
    judged = ("socket", "sendto", "sendmsg", "sendmmsg", "setsockopt", "clone")
    for name in judged:
        program.if_equal(machine.numbers[name], name)
    for name in REASONS:
        program.if_equal(machine.numbers[name], "refuse")
    program.give(bpf.ALLOW)
    _judge_socket(program)
    for name, flags in (("sendto", 3), ("sendmsg", 2), ("sendmmsg", 3)):
        program.label(name)
        program.load(bpf.argument(flags))
        program.if_any_bit(_FAST_OPEN_FLAG, "refuse", "allow")
    _judge_setsockopt(program)
    program.label("clone")
    program.load(bpf.argument(0))
    program.if_any_bit(_NEW_NAMESPACES, "refuse", "allow")
    program.label("allow")
    program.give(bpf.ALLOW)
    program.label("stranger")
    program.label("refuse")
    program.give(_REFUSED)
    program.label("no family")
    program.give(_NO_SUCH_FAMILY)
    return program.assemble()


def _begun(machine: Machine) -> bpf.Program:
    """The number of the call is loaded, and it is one of this architecture."""
    program = bpf.Program()
    program.load(bpf.ARCHITECTURE)
    program.if_equal(machine.audit_name, "", "stranger")
    program.load(bpf.NUMBER)
    if machine.x32:
        program.if_at_least(_X32_BIT, "stranger")
    return program


def _judge_socket(program: bpf.Program) -> None:
    """Sockets of this machine; TCP, which Landlock and nftables look at; of netlink what tells of devices. Nothing else."""
    program.label("socket")
    program.load(bpf.argument(0))
    program.if_equal(_UNIX, "allow")
    program.if_equal(_INET, "internet")
    program.if_equal(_INET6, "internet")
    program.if_equal(_NETLINK, "netlink", "no family")
    program.label("internet")
    program.load(bpf.argument(1))
    program.mask(_KIND_BITS)
    program.if_equal(_STREAM, "", "refuse")
    program.load(bpf.argument(2))
    program.if_equal(_ANY, "allow")
    program.if_equal(_TCP, "allow", "refuse")
    program.label("netlink")
    program.load(bpf.argument(2))
    program.if_equal(_UEVENTS, "allow", "refuse")


def _judge_setsockopt(program: bpf.Program) -> None:
    program.label("setsockopt")
    program.load(bpf.argument(1))
    program.if_equal(_LEVEL_MPTCP, "refuse")
    program.if_equal(_LEVEL_TCP, "", "allow")
    program.load(bpf.argument(2))
    for option in _FORBIDDEN_TCP_OPTIONS:
        program.if_equal(option, "refuse")
    program.give(bpf.ALLOW)


def _install(machine: Machine, code: bytes, flags: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    steps = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(code) // 8, ctypes.addressof(steps)))
    asked = (ctypes.c_long(machine.numbers["seccomp"]), ctypes.c_uint(_SET_MODE_FILTER), ctypes.c_uint(flags), program)
    result = int(library.syscall(*asked))
    if result == 0:
        return
    number = ctypes.get_errno() if result < 0 else errno.EBUSY  # a thread that has another filter is named by its number
    raise NotFiltered(Why.NOT_IN_KERNEL if number in (errno.ENOSYS, errno.EINVAL) else Why.OTHER, number)
