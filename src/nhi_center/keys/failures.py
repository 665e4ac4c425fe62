"""Failed identifications at this terminal, before and after anybody opened the store: counts, and events that wait for the log.

They stand twice: in a bounded file under a MAC of the terminal's secret, and, as bare numbers, where the secret itself is
kept (keys.places). A file that was deleted, cut, edited or put back from yesterday is noticed, and the larger count holds.
Where both were taken away or put back, the count is lost; the next sign-in notices it by ``number`` (services.refusals).
"""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from nhi_center.domain import canonical
from nhi_center.errors import EnvironmentTrouble
from nhi_center.files import replace_file
from nhi_center.keys.terminal import TerminalKeys

MOST_EVENTS = 200
"""Somebody at the keyboard must not fill the disk; the last of these then stands for all that followed."""
STRANGER = "?"
"""Buckets of IDs nobody has begin with it: there are 256 of them, however many IDs are tried."""

WRONG_PASSWORD, RELEASED, CHANGED = "wrong_password", "released", "side_file_changed"


@dataclass(frozen=True, slots=True)
class Count:
    """Failures in a row, and when the last one was (UTC, ISO)."""

    failures: int
    last: str


@dataclass(frozen=True, slots=True)
class Event:
    """What happened while the log was shut. ``person`` is "" for an ID nobody has; ``by`` who released him."""

    kind: str
    person: str
    at: str
    by: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class _State:
    number: int = 0
    limit: int = 0
    counts: Mapping[str, Count] = field(default_factory=dict)
    events: tuple[Event, ...] = ()


class FailureBook:
    """Of one terminal. ``guard`` is held for the length of one identification: two at a time would get two guesses.

    Reading and writing raise EnvironmentTrouble KY-* when the terminal's secrets cannot be reached.
    """

    def __init__(self, file: Path, terminal: TerminalKeys) -> None:
        self._file = file
        self._terminal = terminal
        self._key = HKDF(hashes.SHA256(), 32, salt=None, info=b"nhi-center failures 1").derive(terminal.secret)
        self.guard = threading.RLock()

    def bucket(self, typed: str, known: bool) -> str:
        """Under which name failures are counted: the person's, or one of 256 for IDs nobody has."""
        if known:
            return typed
        return STRANGER + hmac.digest(self._key, b"bucket\n" + typed.encode(), "sha256")[:1].hex()

    def count(self, bucket: str) -> Count | None:
        return self._load().counts.get(bucket)

    @property
    def limit(self) -> int:
        """Failures until locked, as the ward's rules last said it; 0 before anybody was in."""
        return self._load().limit

    @property
    def number(self) -> int:
        """How often something was kept; it only grows."""
        return self._load().number

    def keep_limit(self, limit: int) -> None:
        state = self._load()
        if state.limit != limit:
            self._save(replace(state, limit=limit))

    def failed(self, bucket: str, at: str, event: Event | None = None) -> int:
        """One more failure; gives how many in a row. ``event`` waits for the log."""
        state = self._load()
        before = state.counts.get(bucket)
        count = Count((before.failures if before else 0) + 1, at)
        events = state.events if event is None else (*state.events[: MOST_EVENTS - 1], replace(event, number=count.failures))
        self._save(replace(state, counts={**state.counts, bucket: count}, events=events))
        return count.failures

    def clear(self, bucket: str, event: Event | None = None, *, strangers: bool = False) -> None:
        """Back to none: he is who he says, or was released (``event``; ``strangers``: the unknown IDs with him)."""
        state = self._load()
        gone = {name for name in state.counts if name == bucket or (strangers and name.startswith(STRANGER))}
        if not gone:
            return
        counts = {name: count for name, count in state.counts.items() if name not in gone}
        events = state.events if event is None else (*state.events[: MOST_EVENTS - 1], event)
        self._save(replace(state, counts=counts, events=events))

    def events(self) -> tuple[Event, ...]:
        """What waits for the log, oldest first."""
        return self._load().events

    def forget_events(self) -> None:
        """They are in the log now."""
        state = self._load()
        if state.events:
            self._save(replace(state, events=()))

    # -- twice kept --

    def _load(self) -> _State:
        kept, counters = self._from_file(), self._from_place()
        if counters is None:
            return self._alone(kept)
        number, waiting = int(counters["number"]), int(counters["waiting"])
        counts = {name: Count(int(one["failures"]), str(one["last"])) for name, one in counters["counts"].items()}
        if kept is None:
            return _State(number, int(counters["limit"]), counts, (Event(CHANGED, "", "", number=waiting),))
        for name, count in kept.counts.items():
            if name not in counts or count.failures >= counts[name].failures:
                counts[name] = count
        events = kept.events
        if kept.number < number and not any(event.kind == CHANGED for event in events):
            events = (Event(CHANGED, "", "", number=max(0, waiting - len(events))), *events)
        return _State(max(kept.number, number), kept.limit, counts, events)

    def _alone(self, kept: _State | None) -> _State:
        """Nothing stands beside the secret: either nothing ever happened here, or somebody took it away."""
        if kept is None and not self._file.exists():
            return _State()
        if kept is None:
            return _State(events=(Event(CHANGED, "", ""),))
        first = kept.number == 1  # the file is written first; a crash right after it looks like this
        return kept if first else replace(kept, events=(Event(CHANGED, "", ""), *kept.events))

    def _save(self, state: _State) -> None:
        state = replace(state, number=state.number + 1)
        body = canonical.encode({"version": 1, **asdict(state)})
        with suppress(OSError, EnvironmentTrouble):  # the count beside the secret holds without it
            replace_file(self._file, canonical.encode({"body": body.decode(), "mac": self._mac(body)}))
        counts = {name: asdict(count) for name, count in state.counts.items()}
        counters = {"number": state.number, "limit": state.limit, "waiting": len(state.events), "counts": counts}
        self._terminal.place.write(self._name, json.dumps(counters))

    def _from_file(self) -> _State | None:
        try:
            outer = json.loads(self._file.read_bytes())
            body = str(outer["body"]).encode()
            if not hmac.compare_digest(self._mac(body), str(outer["mac"])):
                return None
            inner = json.loads(body)
            counts = {name: Count(**one) for name, one in inner["counts"].items()}
            return _State(inner["number"], inner["limit"], counts, tuple(Event(**one) for one in inner["events"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _from_place(self) -> dict[str, Any] | None:
        kept = self._terminal.place.read(self._name)
        if kept is None:
            return None
        counters: dict[str, Any] = json.loads(kept)
        return counters

    def _mac(self, body: bytes) -> str:
        return hmac.digest(self._key, body, "sha256").hex()

    @property
    def _name(self) -> str:
        return f"{self._terminal.terminal}/counters"
