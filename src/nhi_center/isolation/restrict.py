"""接続制限 from the first moment on: what is asked for in which order, what came of it, and whether it still holds.

surroundings, guard ─▶ Landlock (files, programs, ports) ─▶ seccomp ─▶ Qt, QApplication ─▶ Landlock (sockets without a path)
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from nhi_center.domain.isolation import Level, Machine, Reached, level
from nhi_center.errors import EnvironmentTrouble
from nhi_center.isolation import guard, landlock, probe, seccomp, surroundings
from nhi_center.isolation.landlock import PORTS_SINCE, SCOPE_SINCE, NotRestricted
from nhi_center.isolation.seccomp import NotFiltered
from nhi_center.isolation.table import table
from nhi_center.settings import Settings

_TOO_OLD = "このカーネルの Landlock(第{version}版)は、まだ知りません(第{needed}版から)。"
_NO_NETWORK_LIBRARY = "libQt6Network"


class _State:
    """What this process has asked for. There is no way back, so there is one."""

    def __init__(self) -> None:
        self.settings: Settings | None = None
        self.missing: dict[Level, str] = {}
        self.reached: Reached | None = None
        self.fallen = ""


_state = _State()


def begin(settings: Settings, file: Path, written: Iterable[Path] = (), *, beside: bool = False) -> Reached:
    """Before Qt and before any thread: everything but the last layer. Raises EnvironmentTrouble IS-01 below the minimum of the
    settings; what the kernel has taken stays in force.

    ``file`` is where the settings stand. ``written``: folders beside the business folder that a training run was told to write.
    ``beside``: another program of this terminal may be running, whose temporary files are left alone.
    """
    if _state.settings is not None:
        raise RuntimeError("begun before")
    _state.settings = settings
    settings.business_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    surroundings.move_in(settings, os.environ)
    if not beside:
        surroundings.tidy(settings)
    rules = table(settings, file, os.environ, written)
    probe.prepare()
    guard.install(rules)
    missing = _state.missing
    if trouble := _program_trouble():
        missing[Level.PROGRAM] = trouble
    threads = len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1
    if threads != 1:
        for layer in (Level.FILES, Level.PORTS, Level.FULL):
            missing[layer] = "制限の前に、ほかの処理が動き始めていました。"
    else:
        _restrict(((rule.path, rule.access.value) for rule in rules.paths), [rule.address.port for rule in rules.ports])
    try:
        seccomp.apply()
    except NotFiltered as error:
        missing[Level.CALLS] = error.why.value
    # The last layer waits for the window; whether the kernel knows it is known now.
    _state.reached = Reached(dict(missing), probe.machine_policy(settings))
    _require(settings, level(settings.minimum))
    return _state.reached


def begin_beside(settings: Settings, file: Path) -> Reached:
    """``begin`` for a command beside a window that may be open: its temporary files are left alone."""
    return begin(settings, file, beside=True)


def finish() -> Reached:
    """After QApplication, when the connection to the display stands. Raises as ``begin``."""
    if _state.settings is None or _state.reached is None:
        raise RuntimeError("not begun")
    if Level.FULL not in _state.missing:
        try:
            landlock.shut_out_abstract_sockets()
        except NotRestricted as error:
            _state.missing[Level.FULL] = error.why.value
    _state.reached = Reached(dict(_state.missing), _state.reached.machine)
    _require(_state.settings, level(_state.settings.minimum))
    return _state.reached


def reached() -> Reached | None:
    """What was in force when it was last looked at; None in a process that never asked for it."""
    return _state.reached


def look() -> str:
    """Whether everything that was in force still is: looked at anew, in milliseconds. What has fallen, in words, or "".
    ``fallen`` remembers it.

    A process that never asked for it has nothing to lose.
    """
    if _state.settings is None or _state.reached is None:
        return ""
    now = dict(_state.missing)
    for layer, trouble in ((Level.PROGRAM, _program_trouble()), (Level.CALLS, _calls_trouble()), (Level.FILES, _files_trouble())):
        if trouble and layer not in now:
            now[layer] = trouble
    watched = _state.reached.machine is Machine.REFUSED or _state.settings.machine_policy
    machine = probe.machine_policy(_state.settings) if watched else _state.reached.machine
    _state.fallen = Reached(now, machine).fell_from(_state.reached)
    return _state.fallen


def fallen() -> str:
    """What the last look found."""
    return _state.fallen


def lacks(minimum: str) -> str:
    """What is missing for a level that the ward asks for, in words; "" when nothing is, or it asks for none."""
    return "" if _state.reached is None or not minimum else _state.reached.lacks(level(minimum), machine_policy=False)


def _restrict(paths: Iterable[tuple[Path, landlock.Right]], ports: Iterable[int]) -> None:
    missing = _state.missing
    try:
        done = landlock.restrict(paths, ports)
    except NotRestricted as error:
        missing.update(dict.fromkeys((Level.FILES, Level.PORTS, Level.FULL), error.why.value))
        return
    for layer, needed in ((Level.PORTS, PORTS_SINCE), (Level.FULL, SCOPE_SINCE)):
        if done.version < needed:
            missing[layer] = _TOO_OLD.format(version=done.version, needed=needed)


def _require(settings: Settings, minimum: Level) -> None:
    assert _state.reached is not None
    lacking = _state.reached.lacks(minimum, machine_policy=settings.machine_policy)
    if lacking:
        raise EnvironmentTrouble(
            "IS-01",
            f"接続制限が、この端末に決められた段階({minimum.label})に届かないため、開きません。{lacking}区の担当者に連絡してください。",
        )


def _program_trouble() -> str:
    return guard.trouble() or ("通信するライブラリー(QtNetwork)が読み込まれています。" if _has_network_library() else "")


def _has_network_library() -> bool:
    try:
        return _NO_NETWORK_LIBRARY in Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _calls_trouble() -> str:
    return "" if seccomp.in_force() else "カーネルが、制限はないと答えました。"


def _files_trouble() -> str:
    """The machine's root is in no rule."""
    try:
        os.close(os.open("/", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
    except PermissionError:
        return ""
    return "開けないはずのフォルダーが開けました。"
