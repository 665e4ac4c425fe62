"""Each layer of 接続制限 tried just now: what must not be possible is attempted, and the answers are told.

The trials go to loopback and the networks kept for documentation alone, are known as our own, and open nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nhi_center.domain.isolation import LAYERS, Level, Machine, Reached, Trial
from nhi_center.domain.self_check import Finding, State
from nhi_center.isolation import probe, restrict
from nhi_center.settings import Settings

MACHINE = "isolation_machine"
LEVEL = "isolation_level"
_MACHINE_TITLE = "接続制限 端末全体"
_LEVEL_TITLE = "接続制限 段階"
_UNTRIED = "このプログラムは制限を受けずに動いているので、試していません。"
_CALL_THE_WARD = "仕事を止めてプログラムを閉じ、区の担当者に連絡してください。"


@dataclass(frozen=True, slots=True)
class Tried:
    """``machine``: what became of the address that only the machine's own policy refuses. ``reached`` None: this process is under
    no restriction, and nothing was tried."""

    reached: Reached | None
    machine: Machine
    trials: tuple[Trial, ...]

    @property
    def refused(self) -> int:
        return sum(1 for one in self.trials if one.refused)

    @property
    def through(self) -> int:
        """Of the layers that are in force: what went through all the same."""
        return sum(1 for one in self.trials if one.refused is False and self.holds(one.layer))

    @property
    def untried(self) -> int:
        return sum(1 for one in self.trials if one.refused is None)

    def holds(self, layer: Level) -> bool:
        return self.reached is not None and layer not in self.reached.missing

    def of(self, layer: Level) -> tuple[Trial, ...]:
        return tuple(one for one in self.trials if one.layer is layer)


def name_of(layer: Level) -> str:
    return f"isolation_{layer.name.lower()}"


NAMES = (LEVEL, *(name_of(layer) for layer in LAYERS), MACHINE)


def attempt(settings: Settings) -> Tried:
    """Try every layer; takes a fifth of a second where a connection is left unanswered. Nothing is tried in a process that never
    asked the kernel for anything: there it would all go through."""
    reached = restrict.reached()
    if reached is None:
        return Tried(None, Machine.UNKNOWN, ())
    return Tried(reached, probe.machine_policy(settings), probe.trials(settings))


def findings(tried: Tried, minimum: Level, *, machine_policy: bool) -> tuple[Finding, ...]:
    """The level reached, each layer, and the machine. ``minimum``: what the terminal's settings and the ward ask for together."""
    layers = (_layer(tried, layer, asked=layer <= minimum) for layer in LAYERS)
    return (_level(tried, minimum), *layers, _machine(tried, asked=machine_policy))


def met(tried: Tried, minimum: Level, *, machine_policy: bool) -> bool:
    """Whether everything asked for is in force, and nothing went through."""
    if tried.reached is None or tried.through:
        return False
    now = Reached(tried.reached.missing, tried.machine)
    return not now.lacks(minimum, machine_policy=machine_policy)


def _level(tried: Tried, minimum: Level) -> Finding:
    if tried.reached is None:
        return Finding(LEVEL, _LEVEL_TITLE, State.NOT_READABLE, _UNTRIED)
    reached = tried.reached.level
    words = f"段階は「{reached.label}」です(決められた段階は「{minimum.label}」)。"
    if reached < minimum:
        return Finding(LEVEL, _LEVEL_TITLE, State.ERROR, words, _CALL_THE_WARD)
    return Finding(LEVEL, _LEVEL_TITLE, State.OK, words)


def _layer(tried: Tried, layer: Level, *, asked: bool) -> Finding:
    name, title = name_of(layer), f"接続制限 {layer.label if layer is not Level.FULL else '名前のソケット'}"
    if tried.reached is None:
        return Finding(name, title, State.NOT_READABLE, _UNTRIED)
    if not tried.holds(layer):
        words = f"{layer.layer}が効いていません。{tried.reached.missing[layer]}"
        if asked:
            return Finding(name, title, State.ERROR, words, _CALL_THE_WARD)
        return Finding(name, title, State.NOT_ASKED, f"{words}この端末の設定は、この制限を求めていません。")
    trials = tried.of(layer)
    went = [one for one in trials if one.refused is False]
    if went:
        return Finding(name, title, State.ERROR, f"断られるはずのことが、通りました: {_told(went)}。", _CALL_THE_WARD)
    refused = [one for one in trials if one.refused]
    if not refused:
        return Finding(name, title, State.NOT_READABLE, "効いていますが、この端末では試せませんでした。")
    return Finding(name, title, State.OK, f"いま{len(refused)}とおりを試し、すべて断られました: {_told(refused)}。")


def _told(trials: Sequence[Trial]) -> str:
    """The answers of the system, each with what met it."""
    by_answer: dict[str, list[str]] = {}
    for one in trials:
        by_answer.setdefault(one.how, []).append(one.what)
    return "、".join(f"{'・'.join(whats)}({how})" for how, whats in by_answer.items())


def _machine(tried: Tried, *, asked: bool) -> Finding:
    if tried.reached is None:
        return Finding(MACHINE, _MACHINE_TITLE, State.NOT_READABLE, _UNTRIED)
    words = f"許可していない宛先へ、いまつないでみました。{tried.machine.words}"
    if tried.machine is Machine.REFUSED:
        return Finding(MACHINE, _MACHINE_TITLE, State.OK, words)
    if asked:
        return Finding(MACHINE, _MACHINE_TITLE, State.ERROR, words, _CALL_THE_WARD)
    return Finding(MACHINE, _MACHINE_TITLE, State.NOT_ASKED, f"{words}この端末の設定は、この制限を求めていません。")
