"""接続制限: how far this machine keeps the workstation to itself, in levels that each hold the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Level(IntEnum):
    """The names in small letters stand in ``terminal.toml`` and in the room's rules."""

    NONE = 0
    PROGRAM = 1
    CALLS = 2
    FILES = 3
    PORTS = 4
    FULL = 5

    @property
    def label(self) -> str:
        return ("なし", "プログラム", "システムコール", "ファイル", "接続先のポート", "すべて")[self]

    @property
    def layer(self) -> str:
        """What this level adds to the one before."""
        return (
            "",
            "プログラム自身の許可リスト",
            "システムコールの制限(seccomp)",
            "ファイルと起動の制限(Landlock)",
            "接続先のポートの制限(Landlock)",
            "名前だけのソケットの制限(Landlock)",
        )[self]


LAYERS = tuple(Level)[1:]


def level(name: str) -> Level:
    """Raises ValueError for a name that is none."""
    found = {one.name.lower(): one for one in Level}.get(name)
    if found is None:
        raise ValueError(name)
    return found


class Machine(StrEnum):
    """What became of a connection to an address that only this machine's own policy (nftables) refuses in this way."""

    REFUSED = "refused"
    ELSEWHERE = "elsewhere"
    OPEN = "open"
    UNKNOWN = "unknown"

    @property
    def words(self) -> str:
        return {
            "refused": "この端末の規則(nftables)が断りました。",
            "elsewhere": "この端末の規則では断られませんでした。その先に道がないか、先の機器が断りました。",
            "open": "断られずに端末の外へ出ました。",
            "unknown": "まだ試していません。",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Reached:
    """``missing`` says for each layer that is not in force why. ``machine``: the policy of the whole machine."""

    missing: Mapping[Level, str] = field(default_factory=dict)
    machine: Machine = Machine.UNKNOWN

    @property
    def level(self) -> Level:
        """The highest with all layers below it."""
        absent = min((one for one in LAYERS if one in self.missing), default=None)
        return Level.FULL if absent is None else Level(absent - 1)

    def lacks(self, minimum: Level, *, machine_policy: bool) -> str:
        """What is missing for these demands, in words; "" when nothing is."""
        if self.level < minimum:
            absent = Level(self.level + 1)
            return f"{absent.layer}が効いていません。{self.missing[absent]}"
        if machine_policy and self.machine is not Machine.REFUSED:
            return f"端末全体の接続制限(nftables)が効いていません。{self.machine.words}"
        return ""

    def fell_from(self, before: Reached) -> str:
        """What was in force before and is not any more, in words; "" when nothing is."""
        lost = [one for one in LAYERS if one in self.missing and one not in before.missing]
        if lost:
            return f"{lost[0].layer}が効かなくなりました。{self.missing[lost[0]]}"
        if before.machine is Machine.REFUSED and self.machine is not Machine.REFUSED:
            return f"端末全体の接続制限(nftables)が効かなくなりました。{self.machine.words}"
        return ""


@dataclass(frozen=True, slots=True)
class Trial:
    """One thing that must not be possible, tried just now. ``refused`` None: it could not be tried here. ``how``: what the
    system answered."""

    layer: Level
    what: str
    refused: bool | None
    how: str
