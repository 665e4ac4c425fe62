"""A real private CUPS server on a socket of its own, with a device that does what its address says.

``nhitest:/ok`` takes the job and reports one side; ``jam`` reports a jam and ``slow`` nothing until the test lets it go on;
``empty`` stops for paper, ``fail`` fails, ``hold`` and ``cancel`` end as a device does that holds or cancels the job itself.
"""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal
from uuid import uuid4

import pytest

from nhi_center.printing.ipp import IppPrinter
from nhi_center.printing.ipp_jobs import IppJob

Device = Literal["ok", "jam", "slow", "empty", "fail", "hold", "cancel"]

PATIENCE_S = 60
_POLL_S = 0.02
_INSTALLED = Path("/usr/lib/cups")

# Exit codes and messages as backend(7) of CUPS has them. Opening a pipe waits for the test, which opens its other end.
_BACKEND = """#!/bin/sh
[ $# -gt 0 ] || { echo 'direct nhitest:/ok "Unknown" "NHI test"'; exit 0; }
cat "${6:--}" >"FOLDER/taken/$1.pdf"
printf '%s\\n' "$2" "$3" "$4" >"FOLDER/taken/$1.told"
printf '%s' "$5" >"FOLDER/taken/$1.options"
told() { echo "$1" >&2; }
case ${DEVICE_URI#nhitest:/} in
    jam) told 'STATE: +media-jam-error'; : <"FOLDER/gates/$PRINTER"; told 'STATE: -media-jam-error'; exit 0 ;;
    slow) : <"FOLDER/gates/$PRINTER" ;;
    empty) told 'STATE: +media-empty-error'; exit 4 ;;
    fail) exit 1 ;;
    hold) exit 3 ;;
    cancel) exit 5 ;;
esac
told 'PAGE: 1 1'
"""

_CUPSD = """Listen {socket}
LogLevel info
Browsing No
WebInterface No
DefaultAuthType None
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""

_FILES = """ServerRoot {folder}/etc
ServerBin {folder}/bin
RequestRoot {folder}/spool
StateDir {folder}/state
CacheDir {folder}/cache
TempDir {folder}/tmp
ErrorLog {folder}/error_log
AccessLog {folder}/access_log
PageLog {folder}/page_log
"""


def _program(name: str) -> str:
    """A user's own path has no sbin. A missing program fails the test: without CUPS nothing here is tested."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        pytest.fail(f"{name} is missing: installer/setup.sh dev installs cups-daemon and cups-client", pytrace=False)
    return found


def sends_to(queue: str) -> str:
    """The device of a queue that ``PrivateCups.queue`` has made."""
    return f"nhitest:/{queue.split('-', maxsplit=1)[0]}"


class PrivateCups:
    """``folder`` must have a short path: a socket's name holds 107 bytes."""

    def __init__(self, folder: Path) -> None:
        self._program = _program("cupsd")
        self.folder = folder
        self.socket = folder / "s"
        for name in ("etc", "bin/backend", "spool", "state", "cache", "tmp", "taken", "gates"):
            (folder / name).mkdir(parents=True, mode=0o755)
        for part in ("daemon", "notifier"):
            (folder / "bin" / part).symlink_to(_INSTALLED / part)
        for backend in (_INSTALLED / "backend").iterdir():
            (folder / "bin/backend" / backend.name).symlink_to(backend)
        ours = folder / "bin/backend/nhitest"
        ours.write_text(_BACKEND.replace("FOLDER", str(folder)), encoding="utf-8")
        ours.chmod(0o700)  # for nobody else: then a server of root's runs it as root, who may write here
        (folder / "cupsd.conf").write_text(_CUPSD.format(socket=self.socket), encoding="utf-8")
        (folder / "cups-files.conf").write_text(_FILES.format(folder=folder), encoding="utf-8")

    @contextmanager
    def running(self) -> Iterator[PrivateCups]:
        command = [self._program, "-f", "-c", str(self.folder / "cupsd.conf"), "-s", str(self.folder / "cups-files.conf")]
        # Python ignores SIGXFSZ; inherited, it lets a limit on file sizes act as a full disk does.
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, restore_signals=False) as daemon:
            self._daemon = daemon
            try:
                self.until(self.socket.is_socket)
                yield self
            finally:
                daemon.terminate()

    def until(self, condition: Callable[[], bool]) -> None:
        """Waits for what is to come; fails when the server ends or it has not come in a minute."""
        end = time.monotonic() + PATIENCE_S
        while not condition():
            with suppress(subprocess.TimeoutExpired):
                self._daemon.wait(timeout=_POLL_S)
            if self._daemon.returncode is not None or time.monotonic() > end:
                log = self.folder / "error_log"
                said = log.read_text(encoding="utf-8", errors="replace")[-3000:] if log.exists() else "no log"
                pytest.fail(f"in vain; cupsd {self._daemon.returncode}\n{said}")

    def queue(self, device: Device, *options: str) -> str:
        """The name of a new queue. ``options`` go to lpadmin, such as ``printer-error-policy=abort-job``."""
        name = f"{device}-{uuid4().hex[:8]}"
        os.mkfifo(self.folder / "gates" / name, 0o600)
        wishes = [part for option in options for part in ("-o", option)]
        self.tool("lpadmin", "-p", name, "-v", f"nhitest:/{device}", "-m", "raw", *wishes, "-E")
        return name

    def printer(self, queue: str, timeout_s: float = PATIENCE_S, *, one_sided: bool = False) -> IppPrinter:
        return IppPrinter.of_cups(queue, self.socket, timeout_s=timeout_s, one_sided=one_sided)

    def tool(self, name: str, *arguments: str) -> str:
        """One of CUPS's own commands; gives what it says."""
        command = [_program(name), "-h", str(self.socket), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def go_on(self, queue: str) -> None:
        """Lets a device that waits, or is just about to, go on."""

        def waits() -> bool:
            try:
                os.close(os.open(self.folder / "gates" / queue, os.O_WRONLY | os.O_NONBLOCK))
            except OSError as error:
                if error.errno != errno.ENXIO:  # nobody reads yet
                    raise
                return False
            return True

        self.until(waits)

    def job_when(self, printer: IppPrinter, spooled: str, condition: Callable[[IppJob], bool]) -> IppJob:
        """The job as soon as it is so."""
        jobs = [printer.job(spooled)]

        def come() -> bool:
            jobs.append(printer.job(spooled))
            return condition(jobs[-1])

        self.until(come)
        return jobs[-1]

    def taken(self, spooled: str) -> bytes:
        """The bytes the device was given."""
        return (self.folder / "taken" / f"{spooled.removeprefix('cups-')}.pdf").read_bytes()

    def told(self, spooled: str) -> list[str]:
        """User, title and copies, as the device was told."""
        return (self.folder / "taken" / f"{spooled.removeprefix('cups-')}.told").read_text(encoding="utf-8").splitlines()

    def options(self, spooled: str) -> list[str]:
        """How the job is to be printed, as the device was told."""
        return (self.folder / "taken" / f"{spooled.removeprefix('cups-')}.options").read_text(encoding="utf-8").split()

    @contextmanager
    def no_room_beyond(self, size: int) -> Iterator[None]:
        """The server can write no file larger than this: to it the disk is full."""
        before = resource.prlimit(self._daemon.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        try:
            yield
        finally:
            resource.prlimit(self._daemon.pid, resource.RLIMIT_FSIZE, before)


@pytest.fixture(scope="module")
def cups(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateCups]:
    with PrivateCups(tmp_path_factory.mktemp("c")).running() as server:
        yield server
