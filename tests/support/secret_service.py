"""A real Secret Service with its own home: dbus-daemon and gnome-keyring-daemon as children, ended by their ids."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_TOLD = ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS")


@contextmanager
def bus(folder: Path) -> Iterator[dict[str, str]]:
    """A session bus; inside, the environment names it, and nothing else of the desktop."""
    run = folder / "run"
    run.mkdir(parents=True, mode=0o700)
    before = {name: os.environ.get(name) for name in _TOLD}
    os.environ |= {"HOME": str(folder), "XDG_RUNTIME_DIR": str(run), "XDG_DATA_HOME": str(folder / "share")}
    configuration = folder / "bus.conf"
    # No <servicedir>: a locked or missing keyring must stay so, not be started by the first who asks.
    configuration.write_text(
        f"<busconfig><type>session</type><listen>unix:path={run / 'bus'}</listen><auth>EXTERNAL</auth>"
        '<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>'
        '<allow own="*"/></policy></busconfig>'
    )
    command = ["dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address"]
    daemon = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert daemon.stdout is not None
        os.environ["DBUS_SESSION_BUS_ADDRESS"] = daemon.stdout.readline().strip()
        yield dict(os.environ)
    finally:
        _end(daemon)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def keyring_daemon(password: str) -> Iterator[None]:
    """gnome-keyring-daemon on the bus of the environment, its login collection unlocked with ``password`` (made if new)."""
    command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
    daemon = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert daemon.stdin is not None
        assert daemon.stdout is not None
        daemon.stdin.write(password)
        daemon.stdin.close()
        daemon.stdout.readline()  # it names its control folder once it answers
        yield
    finally:
        _end(daemon)


def _end(daemon: subprocess.Popen[str]) -> None:
    daemon.send_signal(signal.SIGTERM)
    try:
        daemon.wait(10)
    except subprocess.TimeoutExpired:
        daemon.kill()
        daemon.wait()
    for pipe in (daemon.stdin, daemon.stdout):
        if pipe is not None:
            pipe.close()


@pytest.fixture
def secret_service(tmp_path: Path) -> Iterator[None]:
    """An unlocked Secret Service of its own."""
    with bus(tmp_path / "session"), keyring_daemon("hirake-goma"):
        yield
