"""``chaos``: terminals write at random while gateways, the database and they themselves are killed, lines break at random bytes,
clocks are set wrong and the database's disk fills up. Afterwards nothing is lost, nothing is there twice, every log holds.

Real processes, real TLS, real encrypted stores. What happens is drawn from one seed; when is the machine's affair.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg

from nhi_center.errors import EnvironmentTrouble
from nhi_center.keys import passwords
from nhi_center.training.bench.chaos_disk import SmallDisk
from nhi_center.training.bench.chaos_line import BreakingLine, random_end
from nhi_center.training.bench.chaos_proof import Proof
from nhi_center.training.bench.gateways import Gateways
from nhi_center.training.bench.result import Measurement
from nhi_center.training.bench.room import Room, say

GATEWAYS, TERMINALS = 3, 4
_KINDS = ("gateway", "gateway", "gateway", "terminal", "terminal", "backend", "postgres", "disk")
"""One round of what happens, in random order; clocks and lines are never right."""
_LONGEST_PAUSE, _LONGEST_FULL = 1.5, 1.0
_BACK_SECONDS, _LEAST_FINISH_SECONDS = 60.0, 150.0


@dataclass(slots=True)
class Outcome:
    """``wrong``: what was lost, twice or otherwise not as it was written, in words without personal values; empty when all is
    well. ``troubles``: what the terminals were told, by code."""

    seed: int
    happened: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    wrong: list[str] = field(default_factory=list)

    def words(self) -> str:
        """One line for each fact, the seed first."""
        lines = [f"seed {self.seed}", f"rows {self.rows}", f"happened {dict(self.happened)}", f"met {dict(self.troubles)}"]
        return "\n".join(lines + self.wrong)


def measure(room: Room) -> Iterator[Measurement]:
    """How many things are wrong afterwards, beside how many rows were written."""
    outcome = run(room.folder / "chaos", room.sizes.chaos_seconds, room.sizes.chaos_seed, room.sizes.cost)
    say(outcome.words())
    yield Measurement("chaos.wrong", len(outcome.wrong), "rows", "書いた行", outcome.rows)


def run(folder: Path, seconds: float, seed: int | None, cost: passwords.Cost) -> Outcome:
    """Chaos for so long, then calm, then the proof. ``seed`` None: a new one."""
    outcome = Outcome(secrets.randbelow(2**32) if seed is None else seed)
    say(f"  seed {outcome.seed}")
    gateways = Gateways(folder, GATEWAYS)
    try:
        with SmallDisk(gateways.server.folder) as disk, gateways:
            random = Random(outcome.seed)
            lines = Random(random.random())  # of its own: the line draws in another thread
            with BreakingLine(lambda: lines.choice(gateways.processes).port, lambda: random_end(lines)) as line:
                _Chaos(gateways, disk, line, random, outcome, cost).run(seconds)
    finally:
        with suppress(OSError):
            gateways.server.folder.rmdir()
    return outcome


class _Terminal:
    """One terminal's process, its files, and what it said at its end."""

    def __init__(self, gateways: Gateways, name: str, port: int, cost: passwords.Cost) -> None:
        self.settings = gateways.terminal(name, port, cost)
        self.told, self.finish = gateways.folder / f"{name}.told", gateways.folder / f"{name}.finish"
        self.log = gateways.folder / f"{name}.log"
        self.process: subprocess.Popen[str] | None = None

    def start(self, seed: str) -> None:
        arguments = (self.settings.business_folder / "terminal.toml", seed, self.told, self.finish)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "nhi_center.training.bench.chaos_terminal", *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def end(self, seconds: float = 0.0) -> tuple[int, str]:
        """Its exit status and what it said; killed when it does not end within ``seconds``."""
        process, self.process = self.process, None
        assert process is not None
        if not seconds:
            process.kill()
        try:
            said, _ = process.communicate(timeout=seconds or None)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
        return process.returncode, said


class _Chaos:
    def __init__(
        self, gateways: Gateways, disk: SmallDisk, line: BreakingLine, random: Random, outcome: Outcome, cost: passwords.Cost
    ) -> None:
        self._gateways, self._disk, self._line = gateways, disk, line
        self._random, self._outcome = random, outcome
        self._proof = Proof(gateways.dsn, outcome.wrong)
        self._terminals = [_Terminal(gateways, f"X{number:02}", line.port, cost) for number in range(TERMINALS)]
        self._clock = threading.Event()
        self._acts: dict[str, Callable[[], None]] = {
            "gateway": self._kill_a_gateway,
            "terminal": self._kill_a_terminal,
            "backend": self._kill_a_backend,
            "postgres": self._kill_postgres,
            "disk": self._fill_the_disk,
        }

    def run(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        try:
            for terminal in self._terminals:
                self._start(terminal)
            first = True  # a slow machine may need longer for it: everything happens once all the same
            while first or time.monotonic() < ends:
                for kind in self._random.sample(_KINDS, len(_KINDS)):
                    if not first and time.monotonic() >= ends:
                        break
                    self._one(kind)
                first = False
            self._line.whole = True
            self._all_back()
            self._finish(max(_LEAST_FINISH_SECONDS, seconds))
        finally:
            for terminal in self._terminals:
                if terminal.process is not None:
                    terminal.end()
        self._outcome.happened["cut lines"] = self._line.cuts
        for terminal in self._terminals:
            self._outcome.rows += self._proof.of_terminal(terminal.settings, terminal.told)
        self._proof.of_heads_seen()

    def _one(self, kind: str) -> None:
        if kind == "disk" and not self._disk.mounted:
            return
        self._clock.wait(self._random.random() * _LONGEST_PAUSE)
        self._acts[kind]()
        self._outcome.happened[kind] += 1
        self._all_back()
        self._proof.see_heads()
        for terminal in self._terminals:
            if terminal.process is not None and terminal.process.poll() is not None:
                status, _ = terminal.end(1)
                self._outcome.wrong.append(f"{terminal.settings.terminal} ended with {status}\n{_tail(terminal.log)}")
                self._start(terminal)

    def _start(self, terminal: _Terminal) -> None:
        terminal.start(str(self._random.random()))

    def _kill_a_gateway(self) -> None:
        self._random.choice(self._gateways.processes).end(kill=True)

    def _kill_a_terminal(self) -> None:
        victim = self._random.choice(self._terminals)
        victim.end()
        self._start(victim)

    def _kill_a_backend(self) -> None:
        """Of the database: all its sessions end, and it recovers by itself."""
        if server := self._gateways.server.process():
            children = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
            with suppress(ProcessLookupError):
                os.kill(int(self._random.choice(children)), signal.SIGKILL)

    def _kill_postgres(self) -> None:
        self._gateways.server.kill()

    def _fill_the_disk(self) -> None:
        self._disk.fill()
        self._clock.wait(self._random.random() * _LONGEST_FULL)
        self._disk.make_room()

    def _all_back(self) -> None:
        """As a service manager does: what has stopped is started until it stays up. Raises EnvironmentTrouble GW-03 or TR-01."""
        ends = time.monotonic() + _BACK_SECONDS
        while not (self._database_back() and all(process.running or process.start() for process in self._gateways.processes)):
            if time.monotonic() > ends:
                raise EnvironmentTrouble("TR-01", f"研修用のサーバが戻りません。seed {self._outcome.seed}")
            self._clock.wait(0.1)

    def _database_back(self) -> bool:
        server = self._gateways.server
        if server.process() is None:
            server.kill()  # what it left behind: the lock of its folder
            try:
                server.start()
            except EnvironmentTrouble:  # a child of the old one has not noticed yet
                return False
        try:
            psycopg.connect(self._gateways.dsn, connect_timeout=5).close()
        except psycopg.OperationalError:  # it is still recovering
            return False
        return True

    def _finish(self, within: float) -> None:
        """What the chaos held up must get there in the time the chaos lasted."""
        for terminal in self._terminals:
            terminal.finish.touch()
        for terminal in self._terminals:
            status, said = terminal.end(within)
            if status or not said:
                self._outcome.wrong.append(f"{terminal.settings.terminal} ended with {status}\n{_tail(terminal.log)}")
            else:
                self._outcome.troubles.update(json.loads(said))


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-2_000:]
