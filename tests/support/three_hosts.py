"""Three network namespaces of this machine: a terminal, the gateway's host, a host that nobody may reach. No way out.

Addresses are those kept for documentation (192.0.2.0/24, 198.51.100.0/24, 2001:db8::/32); there is no default route.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.support.way_out import DOORS

CLIENT, PERMITTED, FORBIDDEN = "client", "permitted", "forbidden"
GATEWAY, ELSEWHERE, ELSEWHERE6 = "192.0.2.2", "198.51.100.2", "2001:db8:f::2"
_LINKS = (
    (PERMITTED, "p", ("192.0.2.11/24", "192.0.2.2/24"), ("2001:db8:a::11/64", "2001:db8:a::2/64")),
    (FORBIDDEN, "f", ("198.51.100.11/24", "198.51.100.2/24"), ("2001:db8:f::11/64", "2001:db8:f::2/64")),
)
TOOLS = ("ip", "nft", "nsenter", "unshare")


def why_not() -> str:
    """Why no namespace can be made here; "" when it can."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        return f"not installed: {', '.join(missing)} (installer/setup.sh dev installs them)"
    for what in (("--net", "nft", "list", "ruleset"), ("--mount", "true")):  # in a chroot the second is refused
        tried = subprocess.run(["unshare", *what], capture_output=True, text=True, check=False)
        if tried.returncode != 0:
            return f"this machine permits no namespace ({what[0]}): {tried.stderr.strip()}"
    return ""


def require() -> None:
    """Skip with the reason; where all tests must run (CI), fail instead: this proof is never left out silently."""
    if reason := why_not():
        if os.environ.get("CI"):
            pytest.fail(f"the proof of the isolation cannot be made, and nothing else proves it: {reason}")
        pytest.skip(reason)


class Hosts:
    """The namespaces; ``run`` and ``start`` put a command into one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._names = {host: f"nhi-{os.getpid()}-{host}" for host in (CLIENT, PERMITTED, FORBIDDEN)}
        self.resolver = folder / "resolv.conf"
        self.resolver.write_text(f"nameserver {ELSEWHERE}\noptions timeout:1 attempts:1\n", encoding="ascii")

    def inside(self, host: str) -> tuple[str, ...]:
        """What goes before a command; the client's resolver is the host that nobody may reach."""
        enter = ("nsenter", f"--net=/run/netns/{self._names[host]}")
        if host != CLIENT:
            return enter
        bind = f'mount --bind {self.resolver} /etc/resolv.conf 2>/dev/null; exec "$@"'
        return (*enter, "unshare", "--mount", "sh", "-c", bind, "sh")

    def run(self, host: str, *command: str, status: int = 0) -> str:
        around = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(
            [*self.inside(host), *command], capture_output=True, text=True, env=around, check=False, timeout=120
        )
        assert done.returncode == status, done.stderr[-3000:]
        return done.stdout

    def script(self, host: str, module: str, *arguments: str) -> str:
        return self.run(host, sys.executable, "-m", module, *arguments)

    def make(self) -> None:
        for name in self._names.values():
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
        for host, short, four, six in _LINKS:
            ends = (self._names[CLIENT], f"v{short}0"), (self._names[host], f"v{short}1")
            (here, near), (there, far) = ends
            _ip("link", "add", near, "netns", here, "type", "veth", "peer", "name", far, "netns", there)
            for (name, device), address, address6 in zip(ends, four, six, strict=True):
                _ip("-n", name, "addr", "add", address, "dev", device)
                _ip("-n", name, "addr", "add", address6, "dev", device, "nodad")
                _ip("-n", name, "link", "set", device, "up")

    def unmake(self) -> None:
        for name in self._names.values():
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


class Listener:
    """A host's ear: what has come since it was last asked."""

    def __init__(self, hosts: Hosts, host: str, ports: Sequence[int]) -> None:
        script = Path(__file__).with_name("listening_host.py")
        command = [*hosts.inside(host), sys.executable, "-I", str(script), *map(str, ports)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def heard(self) -> dict[str, list[Any]]:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        found: dict[str, list[Any]] = json.loads(self._line())
        return found

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


@contextmanager
def three_hosts(folder: Path) -> Iterator[tuple[Hosts, Listener, Listener]]:
    """The hosts, with ears at the permitted one (no doors of its own: the gateway's is there) and at the forbidden one."""
    hosts = Hosts(folder)
    with ExitStack() as stack:
        stack.callback(hosts.unmake)
        hosts.make()
        ears = [Listener(hosts, PERMITTED, ()), Listener(hosts, FORBIDDEN, DOORS)]
        for ear in ears:
            stack.callback(ear.close)
        yield hosts, ears[0], ears[1]


def _ip(*arguments: str) -> None:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr}"
