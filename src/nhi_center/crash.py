"""Crash records: what a bug leaves behind, with a reference number and without a personal value."""

from __future__ import annotations

import faulthandler
import json
import platform
import secrets
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType

from nhi_center import __version__


class CrashRecorder:
    """Writes one file per bug into ``folder`` and tells ``on_crash`` its reference number.

    A record holds types, places in our code and versions; never a message or a local variable, because either may carry a
    person's data.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime], on_crash: Callable[[str], None]) -> None:
        self._folder = folder
        self._now = now
        self._on_crash = on_crash

    def install(self) -> None:
        """Take every unhandled exception of this process, slots and threads included."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook
        native = self._folder / "native.log"
        native.touch(mode=0o600)
        faulthandler.enable(native.open("a", encoding="utf-8"))

    def record(self, error: BaseException) -> str:
        """Keep one bug; gives its reference number."""
        reference = f"{self._now():%m%d}-{secrets.token_hex(3)}"
        body = {
            "reference": reference,
            "at": self._now().isoformat(timespec="seconds"),
            "version": __version__,
            "python": platform.python_version(),
            "chain": [_places(link) for link in _chain(error)],
        }
        file = self._folder / f"crash-{reference}.json"
        with suppress(OSError):  # a full disk must not make a second bug of the first: the number is shown all the same
            file.touch(mode=0o600)
            file.write_text(json.dumps(body, ensure_ascii=False, indent=1), encoding="utf-8")
        return reference

    def _hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self._on_crash(self.record(error))

    def _thread_hook(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._on_crash(self.record(arguments.exc_value))


def _chain(error: BaseException) -> list[BaseException]:
    links: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in links:
        links.append(link)
        link = link.__cause__ or link.__context__
    return links


def _places(error: BaseException) -> dict[str, object]:
    frames = traceback.extract_tb(error.__traceback__)
    return {"type": type(error).__qualname__, "at": [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames]}
