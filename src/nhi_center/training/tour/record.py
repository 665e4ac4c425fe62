"""What the tour leaves behind: a picture and a time for each step, the files of the day, and summary.json."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtWidgets import QWidget

from nhi_center.training.tour.robot import Script, grab


@dataclass(slots=True)
class Step:
    name: str
    ok: bool
    seconds: float
    screenshot: str


@dataclass(slots=True)
class Record:
    """One tour. ``slow_slots``: places where the window stood still for over 100 ms, with how long."""

    out: Path
    persons: int
    steps: list[Step] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    slow_slots: list[str] = field(default_factory=list)
    _current: str = ""
    marks: dict[str, float] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    def step(self, name: str, script: Callable[[], Script], window: Callable[[], QWidget | None]) -> Script:
        """Run one step of the script; its picture is the one it took, or the window at its end or fault."""
        started = time.monotonic()
        ok = False
        self._current = name
        try:
            yield from script()
            ok = True
        finally:
            shown = window()
            if shown is not None and not (ok and self._picture_of(name).exists()):
                grab(shown, self._picture_of(name))
            self.steps.append(Step(name, ok, round(time.monotonic() - started, 2), self._picture_of(name).name))
            self._current = ""

    def picture(self, name: str, window: QWidget) -> None:
        """A picture within the step; without a name it is the step's own."""
        grab(window, self._picture_of(name or self._current))

    def _picture_of(self, name: str) -> Path:
        return self.out / f"{len(self.steps) + 1:02}-{name}.png"

    def keep(self, name: str, path: Path) -> None:
        """Copy a file of the day to where the tour leaves its results, and name it in the summary."""
        copy = self.out / f"{name}{path.suffix}"
        shutil.copyfile(path, copy)
        self.files[name] = str(copy)

    def mark(self, name: str) -> None:
        """Note how long it took to come here: what is not a step of the day (setting up)."""
        self.marks[name] = round(time.monotonic() - self.started, 2)

    def fail(self, words: str) -> None:
        self.failures.append(words)

    @property
    def ok(self) -> bool:
        return bool(self.steps) and not self.failures and all(step.ok for step in self.steps)

    def write(self) -> Path:
        """summary.json, also after a failure."""
        body = {
            "ok": self.ok,
            "persons": self.persons,
            "seconds": round(time.monotonic() - self.started, 2),
            "steps": [{"name": s.name, "ok": s.ok, "seconds": s.seconds, "screenshot": s.screenshot} for s in self.steps],
            "files": self.files,
            "failures": self.failures,
            "slow_slots": self.slow_slots,
            "marks": self.marks,
        }
        path = self.out / "summary.json"
        path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return path
