"""A host of the proof: takes every connection and datagram, and sees every packet that arrives. Standard library alone.

listening_host.py PORT...       on each line of its standard input it tells what came since the last, as JSON
"""

from __future__ import annotations

import json
import select
import socket
import sys

ETH_P_ALL = 3
IPV4, IPV6 = 0x0800, 0x86DD
OUTGOING = 4
TCP, UDP, ICMP, ICMP6 = 6, 17, 1, 58
NAMES = {TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMP6: "icmp6"}
LINK_LOCAL_TALK = frozenset({*range(130, 138), 143})
"""ICMPv6 types by which neighbours find each other; the kernel sends them by itself."""
SERVER_FAST_OPEN = 23


def listeners(ports: list[int]) -> list[socket.socket]:
    made = []
    for port in ports:
        one = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(("::", port))  # for both kinds of addresses
        one.setsockopt(socket.IPPROTO_TCP, SERVER_FAST_OPEN, 8)
        one.listen(16)
        made.append(one)
    return made


def arrived(frame: bytes) -> str:
    """Such as ``tcp 80`` or ``icmp6``; "" for what hosts tell each other without anybody's doing."""
    kind = int.from_bytes(frame[12:14], "big")
    if kind == IPV4:
        protocol, start, version = frame[23], 14 + 4 * (frame[14] & 0xF), ""
    elif kind == IPV6:
        protocol, start, version = frame[20], 54, "6"
        if protocol == 0:  # hop by hop options: neighbours alone
            return ""
    else:
        return ""
    if protocol in (ICMP, ICMP6):
        return "" if protocol == ICMP6 and frame[start] in LINK_LOCAL_TALK else NAMES[protocol]
    port = int.from_bytes(frame[start + 2 : start + 4], "big")
    return f"{NAMES.get(protocol, protocol)}{version} {port}"


def main() -> None:
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    doors = listeners([int(port) for port in sys.argv[1:]])
    packets: set[str] = set()
    accepted: list[int] = []
    print("ready", flush=True)
    while True:
        ready, _none, _no = select.select([sys.stdin, wire, *doors], [], [])
        if wire in ready:
            frame, where = wire.recvfrom(65_536)
            if where[2] != OUTGOING and (what := arrived(frame)):
                packets.add(what)
            continue  # whatever has come is told before it is asked for
        for door in doors:
            if door in ready:
                taken, _who = door.accept()
                accepted.append(door.getsockname()[1])
                taken.close()
        if sys.stdin in ready and not any(door in ready for door in doors):
            if not sys.stdin.readline():
                return
            print(json.dumps({"arrived": sorted(packets), "accepted": sorted(accepted)}), flush=True)
            packets.clear()
            accepted.clear()


if __name__ == "__main__":
    main()
