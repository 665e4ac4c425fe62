"""A whole training house on one computer: PostgreSQL, the gateway on loopback, one enrolled terminal with its room.

The gateway's side is run by its own command, in processes of its own, exactly as a ward would run it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import IO

from nhi_center.errors import EnvironmentTrouble
from nhi_center.files import replace_file
from nhi_center.keys import passwords
from nhi_center.settings import Segment, Settings, to_toml
from nhi_center.training.room import FIRST_DAY, furnish, write_trust

TERMINAL, LABEL = "T04", "端末 04"
SERVER_NAME = "gateway.nhi-center.internal"
_MAIN = "from nhi_center.gateway.cli import main; main()"
_GATEWAY = (sys.executable, "-c", _MAIN)
_WITH_US = "import ctypes, signal, sys; sys.platform == 'linux' and ctypes.CDLL(None).prctl(1, signal.SIGTERM); "
"""Also when this program is killed its gateway ends, and the database is free for the next (prctl(2), PR_SET_PDEATHSIG)."""
_STOP_SECONDS = 20
_REGISTER = "register.json"
PERSONS, SEED = 100_000, 1


def training_folder() -> Path:
    """Where training lives between runs: a system folder for root, else the user's own data folder (XDG base directories)."""
    if os.geteuid() == 0:
        return Path("/var/lib/nhi-center-training/house")
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "nhi-center-training" / "house"


class House:
    """Use as a context manager: inside it the gateway answers. ``folder`` holds the gateway's keys and the terminal's room.

    ``fresh`` begins anew: an empty room and a register as the seed makes it. ``since``: as ``training.room.furnish``.

    Raises EnvironmentTrouble TR-01 when the gateway's side cannot be set up, TR-03 when a room is there that belongs to another
    register.
    """

    def __init__(
        self,
        folder: Path,
        *,
        persons: int | None,
        seed: int | None,
        fresh: bool = False,
        database: str = "ward",
        cost: passwords.Cost = passwords.STANDARD,
        since: date = FIRST_DAY,
    ) -> None:
        self.folder = folder
        self._persons, self._seed, self._fresh = persons, seed, fresh
        self._database, self._cost, self._since = database, cost, since
        self._process: subprocess.Popen[str] | None = None
        self._port = 0

    @property
    def gateway_home(self) -> Path:
        return self.folder / "gateway"

    @property
    def settings(self) -> Settings:
        segment = Segment("127.0.0.1", self._port, SERVER_NAME)
        return Settings(TERMINAL, LABEL, True, self.folder / "business", segment, minimum="none")  # it trains on every machine

    def __enter__(self) -> House:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        persons, seed = self._register()
        options = ["--fresh"] if self._fresh else []
        self._command("train", "--persons", str(persons), "--seed", str(seed), "--name", self._database, *options)
        if self._fresh:  # only now: a house that somebody else is in has been refused, and stays as it is
            shutil.rmtree(self.settings.business_folder, ignore_errors=True)
        if not self.settings.store.exists():
            self._furnish()
        replace_file(self.folder / _REGISTER, json.dumps({"persons": persons, "seed": seed}).encode())
        self._serve()
        replace_file(self.settings.business_folder / "terminal.toml", to_toml(self.settings).encode())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _register(self) -> tuple[int, int]:
        """Persons and seed: what was asked for, else those of the room that is there.

        A room belongs to its register, so another one is refused unless the room begins anew.
        """
        try:
            before = json.loads((self.folder / _REGISTER).read_bytes())
        except (OSError, ValueError):
            before = {}
        known = (int(before.get("persons", PERSONS)), int(before.get("seed", SEED)))
        asked = (self._persons or known[0], known[1] if self._seed is None else self._seed)
        if not self._fresh and self.settings.store.exists() and asked != known:
            raise EnvironmentTrouble(
                "TR-03", "前の研修と、台帳の人数か種が違います。前の研修の入力を消してよければ --fresh を付けてください。"
            )
        return asked

    def stop(self) -> None:
        """Stop the gateway and its PostgreSQL."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout:
            process.stdout.close()

    def _furnish(self) -> None:
        terminal = furnish(self.settings, cost=self._cost, since=self._since)
        audit_key = self.folder / "terminal-audit.pub"
        audit_key.write_text(terminal.public + "\n", encoding="ascii")
        out = self.settings.tls
        self._command("enrol", TERMINAL, "--audit-key", str(audit_key), "--out", str(out), typed=terminal.passphrase)
        gateway = (out / "gateway-signing.pub").read_text(encoding="ascii").strip()
        write_trust(self.settings, terminal, gateway)

    def _serve(self) -> None:
        log = (self.folder / "gateway.log").open("w", encoding="utf-8")
        with log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _WITH_US + _MAIN, "serve", "--home", str(self.gateway_home), "--port", "0"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        if self._process.stdout is None:
            raise RuntimeError("no pipe")
        line = _first_line(self._process.stdout)
        if not line:
            self.stop()
            raise EnvironmentTrouble("TR-01", "研修用のサーバが動きません。gateway.log を見てください。")
        self._port = int(json.loads(line)["port"])

    def _command(self, *arguments: str, typed: str = "") -> str:
        done = subprocess.run(
            [*_GATEWAY, *arguments, "--home", str(self.gateway_home)],
            input=typed + "\n",
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise EnvironmentTrouble("TR-01", f"研修用のサーバを準備できません。{done.stderr.strip()[-300:]}")
        return done.stdout


def _first_line(pipe: IO[str], seconds: float = 60) -> str:
    """The first line of a child's output, or nothing when it ends or stays silent too long."""
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(pipe.readline()), daemon=True)
    reader.start()
    reader.join(seconds)
    return found[0] if found else ""
