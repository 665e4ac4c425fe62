"""Every way out of a program that anybody has thought of, tried towards one host; nothing of it is caught by the office's code.

way_out.py HOST HOST6       from Python, past Python, from Qt, from a program started by it
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import struct
import subprocess
import sys

MPTCP, FAST_OPEN = 262, 0x2000_0000
PERMITTED_PORT = 18443
PATIENCE_S, PATIENCE_MS = 1.0, 1_000

EVERY_WAY = frozenset(
    {
        "tcp 18443", "tcp 80", "udp 5001", "udp 53", "tcp 5002", "tcp 5003", "icmp", "tcp6 5004", "udp6 5005", "icmp6",
        "tcp 5006", "udp 5007", "tcp 5008", "udp 5009", "tcp 5010", "tcp6 5011",
    }
)  # fmt: skip
"""What arrives at a host when nothing holds it back."""
DOORS = tuple(sorted({int(way.split()[1]) for way in EVERY_WAY if way.startswith("tcp")}))

CHILD = """
import socket, sys
for kind, port in ((socket.SOCK_STREAM, 5008), (socket.SOCK_DGRAM, 5009)):
    try:
        one = socket.socket(socket.AF_INET, kind); one.settimeout(1)
        one.connect((sys.argv[1], port)); one.send(b"x")
    except OSError:
        pass
"""


def every_way(host: str, host6: str) -> None:
    for way in (from_python, past_python, from_qt, from_a_child):
        way(host, host6)


def from_python(host: str, host6: str) -> None:
    tcp, udp, raw = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW
    echo, echo6 = b"\x08\x00\xf7\xff" + bytes(4), b"\x80\x00" + bytes(6)
    for family, kind, protocol, address, data in (
        (socket.AF_INET, tcp, 0, (host, PERMITTED_PORT), b"x"),
        (socket.AF_INET, tcp, 0, (host, 80), b"x"),
        (socket.AF_INET, udp, 0, (host, 5001), b"x"),
        (socket.AF_INET, tcp, MPTCP, (host, 5003), b"x"),
        (socket.AF_INET6, tcp, 0, (host6, 5004), b"x"),
        (socket.AF_INET6, udp, 0, (host6, 5005), b"x"),
        (socket.AF_INET, raw, socket.IPPROTO_ICMP, (host, 0), echo),
        (socket.AF_INET6, raw, socket.IPPROTO_ICMPV6, (host6, 0), echo6),
    ):
        with contextlib.suppress(OSError), socket.socket(family, kind, protocol) as one:
            one.settimeout(PATIENCE_S)
            one.connect(address)
            one.send(data)
    with contextlib.suppress(OSError), socket.socket() as one:
        one.settimeout(PATIENCE_S)
        one.sendto(b"x", FAST_OPEN, (host, 5002))
    with contextlib.suppress(OSError):
        socket.getaddrinfo("gateway.example", 443)  # the machine's resolver is the host


def past_python(host: str, host6: str) -> None:
    """Through the C library, where no hook of Python's looks: what code that is not Python would do."""
    library = ctypes.CDLL(None, use_errno=True)
    address = struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", 5010, socket.inet_pton(socket.AF_INET, host))
    address6 = struct.pack("=H", socket.AF_INET6) + struct.pack("!HI16sI", 5011, 0, socket.inet_pton(socket.AF_INET6, host6), 0)
    permitted = address[:2] + struct.pack("!H", PERMITTED_PORT) + address[4:]
    for family, kind, protocol, where in (
        (socket.AF_INET, 1, 0, address),
        (socket.AF_INET6, 1, 0, address6),
        (socket.AF_INET, 1, 0, permitted),
        (socket.AF_INET, 1, MPTCP, permitted),
        (socket.AF_INET, 2, 0, permitted),
    ):
        handle = library.socket(family, kind, protocol)
        if handle >= 0:
            library.connect(handle, where, len(where))
            library.send(handle, b"x", 1, 0)
            os.close(handle)
    handle = library.socket(socket.AF_INET, 1, 0)
    library.sendto(handle, b"x", 1, FAST_OPEN, permitted, len(permitted))
    os.close(handle)


def from_qt(host: str, _host6: str) -> None:
    sys.meta_path[:] = [one for one in sys.meta_path if type(one).__module__ != "nhi_center.isolation.guard"]
    from PySide6.QtNetwork import QHostAddress, QTcpSocket, QUdpSocket

    for port in (5006, PERMITTED_PORT):
        tcp = QTcpSocket()
        tcp.connectToHost(QHostAddress(host), port)
        tcp.waitForConnected(PATIENCE_MS)
        tcp.abort()
    QUdpSocket().writeDatagram(b"x", QHostAddress(host), 5007)


def from_a_child(host: str, _host6: str) -> None:
    subprocess.run([sys.executable, "-I", "-c", CHILD, host], check=False, timeout=30)


if __name__ == "__main__":
    from PySide6.QtCore import QCoreApplication

    application = QCoreApplication([])
    every_way(sys.argv[1], sys.argv[2])
