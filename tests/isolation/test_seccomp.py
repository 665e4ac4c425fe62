"""The filter of system calls: on this kernel as it is, and judged step by step for both architectures."""

from __future__ import annotations

import errno
import platform
import struct
from pathlib import Path

import pytest

from nhi_center.isolation import bpf, seccomp
from nhi_center.isolation.seccomp import AARCH64, MACHINES, X86_64, Machine
from tests.support.restricted import terminal, told

NEEDED = {  # what the program and its libraries live on, by its number on x86_64
    "read": 0, "write": 1, "mmap": 9, "rt_sigprocmask": 14, "getpid": 39, "connect": 42, "accept": 43, "bind": 49, "futex": 202,
    "execve": 59, "exit": 60, "openat": 257, "vfork": 58, "socketpair": 53, "shutdown": 48, "memfd_create": 319, "fork": 57,
}  # fmt: skip


def judged(code: bytes, machine: Machine, number: int, *arguments: int, audit_name: int | None = None) -> int:
    """What the kernel's machine would answer."""
    data = struct.pack("=iIQ6Q", number - (1 << 32) if number >= 1 << 31 else number, audit_name or machine.audit_name, 0,
                       *(*arguments, 0, 0, 0, 0, 0, 0)[:6])  # fmt: skip
    steps = list(struct.iter_unpack("=HBBI", code))
    place = accumulator = 0
    while True:
        kind, yes, no, value = steps[place]
        place += 1
        if kind == 0x06:
            return int(value)
        if kind == 0x20:
            accumulator = struct.unpack_from("=I", data, value)[0]
        elif kind == 0x54:
            accumulator &= value
        else:
            truth = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}[kind]
            place += yes if truth else no


EPERM, NO_FAMILY = bpf.refusal(errno.EPERM), bpf.refusal(errno.EAFNOSUPPORT)

CALLS = [
    ("socket", (1, 2, 0), bpf.ALLOW, "Unix datagrams"),
    ("socket", (2, 1 | 0o2004000, 0), bpf.ALLOW, "TCP"),
    ("socket", (10, 1, 6), bpf.ALLOW, "TCP over IPv6"),
    ("socket", (2, 2, 0), EPERM, "UDP"),
    ("socket", (10, 2, 17), EPERM, "UDP over IPv6"),
    ("socket", (2, 3, 1), EPERM, "raw"),
    ("socket", (2, 2, 1), EPERM, "ping"),
    ("socket", (2, 1, 262), EPERM, "MPTCP"),
    ("socket", (2, 1, 132), EPERM, "SCTP"),
    ("socket", (2, 5, 132), EPERM, "SCTP packets"),
    ("socket", (17, 3, 768), NO_FAMILY, "packet"),
    ("socket", (40, 1, 0), NO_FAMILY, "vsock"),
    ("socket", (43, 1, 0), NO_FAMILY, "SMC"),
    ("socket", (31, 3, 1), NO_FAMILY, "Bluetooth"),
    ("socket", (16, 3, 15), bpf.ALLOW, "devices"),
    ("socket", (16, 3, 0), EPERM, "routes"),
    ("socket", (16, 3, 12), EPERM, "netfilter"),
    ("socket", (1 << 32 | 2, 1 << 32 | 2, 0), EPERM, "UDP with something in the upper halves"),
    ("sendto", (3, 0, 0, 0x2000_0000 | 0x4000), EPERM, "fast open"),
    ("sendto", (3, 0, 0, 0x4000), bpf.ALLOW, "sendto"),
    ("sendmsg", (3, 0, 0x2000_0000), EPERM, "fast open"),
    ("sendmsg", (3, 0, 0x4000), bpf.ALLOW, "sendmsg"),
    ("sendmmsg", (3, 0, 1, 0x2000_0000), EPERM, "fast open"),
    ("setsockopt", (3, 6, 30), EPERM, "fast open by option"),
    ("setsockopt", (3, 6, 1), bpf.ALLOW, "TCP_NODELAY"),
    ("setsockopt", (3, 1, 30), bpf.ALLOW, "an option of another level"),
    ("setsockopt", (3, 284, 1), EPERM, "MPTCP"),
    ("clone", (0x3D0F00,), bpf.ALLOW, "a thread"),
    ("clone", (0x11,), bpf.ALLOW, "a process"),
    ("clone", (0x1000_0000 | 0x11,), EPERM, "a user namespace"),
    ("clone", (0x4000_0000 | 0x11,), EPERM, "a network namespace"),
]


@pytest.mark.parametrize("machine", [X86_64, AARCH64], ids=["x86_64", "aarch64"])
@pytest.mark.parametrize(("call", "arguments", "answer", "what"), CALLS, ids=[f"{call[0]} {call[3]}" for call in CALLS])
def test_calls_are_judged_by_their_arguments(
    machine: Machine, call: str, arguments: tuple[int, ...], answer: int, what: str
) -> None:
    assert judged(seccomp.calls_filter(machine), machine, machine.numbers[call], *arguments) == answer, what


@pytest.mark.parametrize("machine", [X86_64, AARCH64], ids=["x86_64", "aarch64"])
def test_what_has_a_reason_is_refused_and_other_architectures_altogether(machine: Machine) -> None:
    code = seccomp.calls_filter(machine)
    assert machine.numbers.keys() >= seccomp.REASONS.keys()
    assert {judged(code, machine, machine.numbers[name]) for name in seccomp.REASONS} == {EPERM}
    other = AARCH64 if machine is X86_64 else X86_64
    for filter_ in (code, seccomp.threads_filter(machine)):
        assert judged(filter_, machine, 39, audit_name=other.audit_name) == EPERM
        assert judged(filter_, machine, 39, audit_name=0x4000_0003) == EPERM  # i386
    threads = seccomp.threads_filter(machine)
    assert judged(threads, machine, machine.numbers["clone3"]) == bpf.refusal(errno.ENOSYS)


def test_calls_of_x32_are_refused() -> None:
    code = seccomp.calls_filter(X86_64)
    for number in (0x4000_0000 | 41, 0x4000_0000 | 0, 0xFFFF_FFFF):
        assert judged(code, X86_64, number, 2, 2) == EPERM


def test_what_the_program_lives_on_is_left_alone() -> None:
    code = seccomp.calls_filter(X86_64)
    assert {name: judged(code, X86_64, number) for name, number in NEEDED.items()} == dict.fromkeys(NEEDED, bpf.ALLOW)


def test_numbers_are_those_of_the_systems_own_headers() -> None:
    header = {"x86_64": "x86_64-linux-gnu/asm/unistd_64.h", "aarch64": "asm-generic/unistd.h"}
    found = 0
    for name, machine in MACHINES.items():
        file = Path("/usr/include", header[name])
        if file.exists():
            lines = dict(line.split()[1:3] for line in file.read_text().splitlines() if line.startswith("#define __NR"))
            numbers = {call.removeprefix("__NR3264_").removeprefix("__NR_"): number for call, number in lines.items()}
            numbers |= {"umount2": numbers.get("umount2", numbers.get("umount", ""))}
            assert {call: numbers.get(call, str(number)) for call, number in machine.numbers.items()} == {
                call: str(number) for call, number in machine.numbers.items()
            }
            found += 1
    # A machine without the headers still tries the real calls below; the numbers of both stand in the kernel's tables.
    assert found or platform.machine() in MACHINES


CALLED = """
import ctypes
library = ctypes.CDLL(None, use_errno=True)
numbers = seccomp.MACHINES[os.uname().machine].numbers
def call(name, *arguments):
    if library.syscall(numbers[name], *arguments) < 0:
        raise OSError(ctypes.get_errno(), name)
here = socket.create_server(("127.0.0.1", 0))
address = here.getsockname()
waiting = socket.socket(); waiting.bind(("127.0.0.1", 0))
pair = socket.socketpair()
seccomp.apply()
told["in force"] = seccomp.in_force()
for name, kind in {"udp": (2, 2, 0), "raw": (2, 3, 1), "packet": (17, 3, 0), "vsock": (40, 1, 0), "mptcp": (2, 1, 262)}.items():
    tried(name, lambda kind=kind: socket.socket(*kind).close())
tried("tcp", lambda: socket.create_connection(address).close())
tried("fast open", lambda: socket.socket().sendto(b"x", 0x20000000, address) and None)
tried("fast open message", lambda: socket.socket().sendmsg([b"x"], [], 0x20000000, address) and None)
tried("fast open option", lambda: socket.socket().setsockopt(6, 30, 1))
tried("listen", waiting.listen)
tried("unix", lambda: pair[0].send(b"x", 0x4000) and None)
tried("ptrace", lambda: call("ptrace", 16, -1, 0, 0))
tried("io_uring", lambda: call("io_uring_setup", 0, None))
tried("unshare", lambda: call("unshare", 0))
tried("clone3", lambda: call("clone3", None, 0))
tried("keyctl", lambda: call("keyctl", 9999))
import threading, subprocess
thread = threading.Thread(target=lambda: tried("thread", lambda: socket.socket(2, 2).close()))
thread.start(); thread.join()
done = subprocess.run([sys.executable, "-c", "import socket; socket.socket(2, 2)"], capture_output=True, text=True)
told["child"] = done.stderr.strip().splitlines()[-1]
"""


def test_the_kernel_refuses_them_in_threads_and_children_too(tmp_path: Path) -> None:
    terminal(tmp_path)
    found = told(tmp_path, CALLED)
    child = found.pop("child")
    assert "PermissionError" in child
    assert found == {
        "in force": True,
        **dict.fromkeys(("udp", "raw", "mptcp", "fast open", "fast open message", "fast open option", "listen"), "EPERM"),
        **dict.fromkeys(("packet", "vsock"), "EAFNOSUPPORT"),
        **dict.fromkeys(("tcp", "unix"), "done"),
        **dict.fromkeys(("ptrace", "io_uring", "unshare", "keyctl", "thread"), "EPERM"),
        "clone3": "ENOSYS",
    }


RUNNING = """
import threading
begun, go = threading.Event(), threading.Event()
def wait():
    begun.set(); go.wait(); tried("older thread", lambda: socket.socket(2, 2).close())
thread = threading.Thread(target=wait); thread.start(); begun.wait()
tried("before", lambda: socket.socket(2, 2).close())
seccomp.apply(); go.set(); thread.join()
"""


def test_threads_that_run_already_are_reached(tmp_path: Path) -> None:
    terminal(tmp_path)
    assert told(tmp_path, RUNNING) == {"before": "done", "older thread": "EPERM"}


def test_a_jump_too_far_or_to_nowhere_is_no_program() -> None:
    program = bpf.Program()
    program.if_equal(1, "end")
    with pytest.raises(ValueError, match="end"):
        program.assemble()
    for _ in range(256):
        program.give(bpf.ALLOW)
    program.label("end")
    program.give(bpf.ALLOW)
    with pytest.raises(ValueError, match="end"):
        program.assemble()
