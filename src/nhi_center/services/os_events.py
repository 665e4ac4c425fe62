"""Events of the operating system beside our own: sign-ins, devices, steps of the clock, power. Collected, never caused.

A person at the operating system is named only when his name there is an id of this terminal's accounts; every other name becomes
a keyed hash, which tells the same one again and nothing else. Where he came from is kept as "from another machine" or not.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from nhi_center.domain import canonical
from nhi_center.domain.operators import Action
from nhi_center.domain.scanners import listed
from nhi_center.errors import OperatorError
from nhi_center.isolation import os_events as machine
from nhi_center.isolation import wtmp
from nhi_center.isolation.input_devices import InputDevice, keyboards
from nhi_center.isolation.os_events import Clocks, Device
from nhi_center.isolation.wtmp import Place, Unreadable
from nhi_center.services.office import Office
from nhi_center.services.session import terminal_session
from nhi_center.services.work import begin, reading
from nhi_center.storage import audit, scanners, watch
from nhi_center.storage.engine import Connection
from nhi_center.storage.trouble import told_apart

ROOT = Path("/")
LOOKED_BACK = 5000
"""Entries looked through for how the last person left."""

STEPS = (
    "os_sign_in",
    "os_started",
    "os_shutdown",
    "os_slept",
    "os_time",
    "os_device_in",
    "os_device_out",
    "os_input_in",
    "os_input_out",
    "os_unclean",
)
_HASH_PURPOSE = b"nhi-center os user 1\n"


@dataclass(frozen=True, slots=True)
class Source:
    """One source: ``reason`` says why it cannot be read here, "" when it can."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Seen:
    """One event for the log. The fact ``happened_at`` (UTC, ISO) is there where more is known than "since the last look"."""

    step: str
    facts: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Collected:
    """What one look gave."""

    events: tuple[Seen, ...]
    sources: tuple[Source, ...]

    @property
    def strangers(self) -> tuple[str, ...]:
        """What was attached since the last look, can type, and is not on the list of allowed devices."""
        came = (event for event in self.events if event.step == "os_input_in" and event.facts["allowed"] is False)
        return tuple(str(event.facts["device"]) for event in came)


Look = Callable[[Office, Path, Any], tuple[list[Seen], Any]]
"""(office, root, what was kept) -> (events, what to keep). Raises Unreadable."""


def collect(office: Office, *, signed_in: bool = False, root: Path = ROOT) -> Collected:
    """Bring what happened since the last look into the log. ``signed_in``: the first look of a person's session.

    Takes milliseconds, and no entry when nothing happened. A crash in between repeats an event rather than losing one. Raises
    EnvironmentTrouble when the store fails.
    """
    terminal = terminal_session(office)
    with reading(office, terminal, Action.SELF_CHECK) as connection:
        kept = {name: watch.state(connection, name) for name, _title, _look in _LOOKS}
        events = _unclean_end(connection) if signed_in else []
    keep: dict[str, Any] = {}
    seen: dict[str, list[Seen]] = {}
    sources = []
    for name, title, look in _LOOKS:
        try:
            seen[name], keep[name] = look(office, root, kept[name])
        except Unreadable as why:
            sources.append(Source(title, str(why)))
        else:
            sources.append(Source(title, ""))
    events += _once(seen)
    for event in events:
        with begin(office, terminal, Action.SELF_CHECK, step=event.step) as unit:
            unit.note(**event.facts)
    _keep(office, {name: value for name, value in keep.items() if value != kept[name]})
    return Collected(tuple(events), tuple(sources))


def sources(office: Office, root: Path = ROOT) -> tuple[Source, ...]:
    """Which sources can be read here, without recording anything."""
    found = []
    for _name, title, look in _LOOKS:
        try:
            look(office, root, None)
        except Unreadable as why:
            found.append(Source(title, str(why)))
        else:
            found.append(Source(title, ""))
    return tuple(found)


def _once(seen: dict[str, list[Seen]]) -> list[Seen]:
    """A start of the machine is told by the system's own record where there is one, and by the clocks where there is none."""
    recorded = any(event.step == "os_started" for event in seen.get("os_sign_ins", ()))
    return [
        event
        for name, events in seen.items()
        for event in events
        if not (recorded and name == "os_clocks" and event.step == "os_started")
    ]


def _keep(office: Office, changed: dict[str, Any]) -> None:
    """Without an entry of its own: one a minute would bury the others."""
    if not changed:
        return
    with told_apart(), office.store.write.begin() as connection:
        for name, value in changed.items():
            watch.put_state(connection, name, value)


def _sign_ins(office: Office, root: Path, kept: Any) -> tuple[list[Seen], Any]:
    records, place = wtmp.read_records(root, Place(kept["file"], kept["offset"]) if kept else None)
    steps = {"person": "os_sign_in", "boot": "os_started", "shutdown": "os_shutdown"}
    events = []
    for record in records:
        person = record.kind == "person"
        facts: dict[str, str | int | bool] = {"user": _user(office, record.user), "remote": record.remote} if person else {}
        events.append(Seen(steps[record.kind], {**facts, "happened_at": _iso(record.at)}))
    return events, asdict(place)


def _blocks(_office: Office, root: Path, kept: Any) -> tuple[list[Seen], Any]:
    return _compared(machine.block_devices(root), kept)


def _usb(_office: Office, root: Path, kept: Any) -> tuple[list[Seen], Any]:
    return _compared(machine.usb_devices(root), kept)


def _inputs(office: Office, root: Path, kept: Any) -> tuple[list[Seen], Any]:
    """Keyboards and scanners. What was there at the very first look is the terminal's own."""
    found = keyboards(root)
    now = {canonical.encode(asdict(device)): device for device in found}
    before = {canonical.encode(one): InputDevice(**one) for one in kept} if kept is not None else now
    with office.store.read.begin() as connection:
        allowed = scanners.every(connection)
    steps = (("os_input_in", now, before), ("os_input_out", before, now))
    events = [
        Seen(step, {"device": device.product, "allowed": listed(allowed, device.product, device.serial) is not None})
        for step, these, others in steps
        for key, device in these.items()
        if key not in others
    ]
    return events, [asdict(device) for device in found]


def _compared(devices: tuple[Device, ...], kept: Any) -> tuple[list[Seen], Any]:
    """What is there at the very first look was there before us."""
    now = {canonical.encode(asdict(device)): device for device in devices}
    before = {canonical.encode(one): Device(**one) for one in kept} if kept is not None else now
    came = [Seen("os_device_in", _device(device)) for key, device in now.items() if key not in before]
    went = [Seen("os_device_out", _device(device)) for key, device in before.items() if key not in now]
    return came + went, [asdict(device) for device in devices]


def _device(device: Device) -> dict[str, str | int | bool]:
    return {"device": f"{device.bus} {device.name} {device.model}".strip(), "removable": device.removable}


def _clocks(office: Office, root: Path, kept: Any) -> tuple[list[Seen], Any]:
    now = machine.clocks(root)
    found = machine.clock_events(Clocks(**_floats(kept)), now) if kept else ()
    steps = {"time": "os_time", "slept": "os_slept", "started": "os_started"}
    events = []
    for event in found:
        facts: dict[str, str | int | bool] = {"seconds": event.seconds}
        if event.kind == "started":
            facts = {"happened_at": (office.clock.now() - timedelta(seconds=event.seconds)).isoformat(timespec="seconds")}
        events.append(Seen(steps[event.kind], facts))
    return events, {name: value if isinstance(value, str) else f"{value:.3f}" for name, value in asdict(now).items()}


def _floats(kept: dict[str, str]) -> dict[str, Any]:
    return {name: value if name == "boot_id" else float(value) for name, value in kept.items()}


def _unclean_end(connection: Connection) -> list[Seen]:
    """Whether whoever was signed in before this person never signed out: the program or the machine stopped under him."""
    last, _hash = audit.last(connection, "")
    rows = audit.entries(connection, max(1, last - LOOKED_BACK), LOOKED_BACK + 1)
    ways = [canonical.decode(entry) for _seq, entry, _hash in rows if b'"action":"sign_' in entry]
    ways = [body for body in ways if body["action"] in ("sign_in", "sign_out")]
    if len(ways) > 1 and ways[-1]["action"] == "sign_in" and ways[-2]["action"] == "sign_in":
        return [Seen("os_unclean", {"happened_at": str(ways[-2]["at"])})]
    return []


def _user(office: Office, name: str) -> str:
    """An id of this terminal's accounts as it is; any other name only as a keyed hash."""
    try:
        return office.premises.accounts.find(name).person
    except OperatorError:
        key = office.premises.terminal.secret
        return "u:" + hmac.new(key, _HASH_PURPOSE + name.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:16]


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


_LOOKS: tuple[tuple[str, str, Look], ...] = (
    ("os_clocks", "時計と電源", _clocks),
    ("os_sign_ins", "OSのサインイン", _sign_ins),
    ("os_blocks", "ディスク", _blocks),
    ("os_usb", "USB", _usb),
    ("os_inputs", "入力機器", _inputs),
)
