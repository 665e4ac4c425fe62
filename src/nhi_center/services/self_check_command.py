"""``nhi-center selfcheck``: what holds on this machine, tried in a process of its own, with no key to the store.

What it found waits in a file of the business folder until somebody signs in, and comes into the log then.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from nhi_center.domain.isolation import LAYERS, Level, level
from nhi_center.domain.operators import Action
from nhi_center.domain.self_check import Finding, State, to_json
from nhi_center.errors import EnvironmentTrouble
from nhi_center.isolation import restrict
from nhi_center.isolation.attached import attached
from nhi_center.isolation.wtmp import Unreadable
from nhi_center.services import devices, isolation_trials
from nhi_center.services import self_check_system as system
from nhi_center.services.clock import SystemClock
from nhi_center.services.isolation_trials import Tried
from nhi_center.services.office import Office
from nhi_center.services.terminal import terminal_session
from nhi_center.services.work import begin, log_refusal
from nhi_center.settings import Settings, load

MET, BELOW, NOT_TRIED = 0, 1, 2
"""Exit status: everything asked for is in force and refused what it must; something is not; it could not be tried."""

MOST_RUNS, MOST_BYTES = 200, 100_000
_COUNTS = ("refused", "through", "untried")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command. ``at`` in UTC, ISO."""

    at: str
    settings: Settings
    tried: Tried
    findings: tuple[Finding, ...]
    status: int


def run(file: Path) -> Run:
    """Restrict this process as the window's is, try everything, and leave word of it for the log.

    ``file``: the terminal's settings. Below the minimum it says so instead of ending. Raises EnvironmentTrouble SE-01, SE-02, or
    IS-03 where nothing can be tried.
    """
    clock = SystemClock()
    settings = load(file)
    if not settings.business_folder.is_dir():
        raise EnvironmentTrouble("IS-03", "業務フォルダーがないので、接続制限を試せません。端末の設定を確かめてください。")
    restrict.begin_beside(replace(settings, minimum="none", machine_policy=False), file.resolve())
    restrict.finish()
    tried = isolation_trials.attempt(settings)
    minimum = level(settings.minimum)
    findings = (
        *isolation_trials.findings(tried, minimum, machine_policy=settings.machine_policy),
        system.updates_of(clock.today(), asked=not settings.training),
        system.signatures_of(clock.today(), asked=not settings.training),
        _devices(settings, clock.today()),
    )
    made = Run(clock.now().isoformat(timespec="seconds"), settings, tried, findings, _status(tried, minimum, settings))
    _leave_word(made)
    return made


def _status(tried: Tried, minimum: Level, settings: Settings) -> int:
    if not isolation_trials.met(tried, minimum, machine_policy=settings.machine_policy):
        return BELOW
    asked = [one for one in tried.trials if one.layer <= minimum]
    return NOT_TRIED if any(one.refused is None for one in asked) else MET


def _devices(settings: Settings, today: date) -> Finding:
    try:
        return system.devices_of(attached(system.ROOT), devices.copied_list(settings, today))
    except Unreadable as why:
        return Finding("devices", "つながっている装置", State.NOT_READABLE, str(why))
    except EnvironmentTrouble as trouble:
        return Finding("devices", "つながっている装置", State.ERROR, str(trouble), "区の担当者に連絡してください。")


def as_json(made: Run) -> str:
    """For machines: every layer with each trial and the system's answer."""
    reached = made.tried.reached
    body = {
        "terminal": made.settings.terminal,
        "at": made.at,
        "status": made.status,
        "level": reached.level.name.lower() if reached else "none",
        "minimum": made.settings.minimum,
        "machine": made.tried.machine.value,
        "machine_policy": made.settings.machine_policy,
        "layers": [_layer_json(made.tried, layer) for layer in LAYERS],
        "findings": to_json(made.findings),
    }
    return json.dumps(body, ensure_ascii=False, indent=1)


def _layer_json(tried: Tried, layer: Level) -> dict[str, Any]:
    trials = [{"what": one.what, "refused": one.refused, "answer": one.how} for one in tried.of(layer)]
    missing = tried.reached.missing.get(layer, "") if tried.reached else ""
    return {"layer": layer.name.lower(), "in_force": tried.holds(layer), "missing": missing, "trials": trials}


def as_lines(made: Run) -> tuple[str, ...]:
    """For people."""
    reached = made.tried.reached
    now = reached.level.label if reached else Level.NONE.label
    verdict = {
        MET: "決められた段階に届いています。",
        BELOW: "決められた段階に届いていません。",
        NOT_TRIED: "試せないものがあります。",
    }
    return (
        f"端末 {made.settings.terminal} 段階 {now}(決められた段階 {level(made.settings.minimum).label})",
        *(f"[{one.state.label}] {one.title}: {one.sentence}{one.advice}" for one in made.findings),
        verdict[made.status],
    )


# -- into the log --


def _leave_word(made: Run) -> None:
    reached = made.tried.reached
    word = {
        "at": made.at,
        "status": made.status,
        "level": reached.level.name.lower() if reached else "none",
        "machine": made.tried.machine.value,
        **{name: getattr(made.tried, name) for name in _COUNTS},
    }
    handle = os.open(made.settings.self_check_runs, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "ab") as file:
        if file.tell() < MOST_BYTES:
            file.write(json.dumps(word).encode() + b"\n")


def take_over(office: Office) -> int:
    """Bring what the command found while the log was shut into the log; gives how many runs. A line that is none is told as one:
    the file lies open to whoever may write into the folder."""
    file = office.settings.self_check_runs
    try:
        with file.open("rb") as opened:
            lines = opened.read(MOST_BYTES).splitlines()[:MOST_RUNS]
    except FileNotFoundError:
        return 0
    terminal = terminal_session(office)
    for line in lines:
        facts = _facts(line)
        if facts is None:
            log_refusal(office, terminal, "denied", reason="self-check-word")
            continue
        with begin(office, terminal, Action.SELF_CHECK, step="command") as unit:
            unit.note(**facts)
    file.unlink(missing_ok=True)
    return len(lines)


def _facts(line: bytes) -> dict[str, str | int] | None:
    """What a line says, None when it says anything else."""
    try:
        body = json.loads(line)
        happened = datetime.fromisoformat(body["at"]).astimezone(UTC).isoformat(timespec="seconds")
        counts = {f"trials_{name}": int(body[name]) for name in _COUNTS}
        named = level(body["level"]).name.lower()
        return {"happened_at": happened, "level": named, "status": int(body["status"]), **counts}
    except (ValueError, KeyError, TypeError, OverflowError):
        return None


def trouble_json(error: EnvironmentTrouble) -> str:
    """Why nothing was tried."""
    return json.dumps({"status": NOT_TRIED, "code": error.code, "message": error.message}, ensure_ascii=False)
