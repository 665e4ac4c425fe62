"""The kernel's small machine that judges system calls (classic BPF), as far as a filter of calls needs it: labels, then bytes."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

NUMBER, ARCHITECTURE = 0, 4
"""Where number and architecture of the call stand in ``struct seccomp_data``."""

ALLOW = 0x7FFF_0000
_ERRNO = 0x0005_0000

_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_IF_EQUAL, _IF_AT_LEAST, _IF_ANY_BIT = 0x15, 0x35, 0x45
_FURTHEST = 255


def argument(index: int) -> int:
    """Where the lower half of an argument stands. The kernel takes an int of it where the call has an int: the upper half of
    such an argument means nothing, and is not looked at."""
    return 16 + 8 * index


def refusal(number: int) -> int:
    """What a filter returns to make the call fail with this errno."""
    return _ERRNO | number


@dataclass(frozen=True, slots=True)
class _Step:
    code: int
    value: int
    then: str = ""
    otherwise: str = ""


@dataclass(slots=True)
class Program:
    """Steps in order. A jump names a label further down; "" is the next step."""

    _steps: list[_Step] = field(default_factory=list)
    _labels: dict[str, int] = field(default_factory=dict)

    def load(self, offset: int) -> None:
        self._steps.append(_Step(_LOAD, offset))

    def mask(self, bits: int) -> None:
        self._steps.append(_Step(_AND, bits))

    def give(self, answer: int) -> None:
        self._steps.append(_Step(_RETURN, answer))

    def if_equal(self, value: int, then: str = "", otherwise: str = "") -> None:
        self._steps.append(_Step(_IF_EQUAL, value, then, otherwise))

    def if_at_least(self, value: int, then: str = "", otherwise: str = "") -> None:
        self._steps.append(_Step(_IF_AT_LEAST, value, then, otherwise))

    def if_any_bit(self, bits: int, then: str = "", otherwise: str = "") -> None:
        self._steps.append(_Step(_IF_ANY_BIT, bits, then, otherwise))

    def label(self, name: str) -> None:
        """The next step is called so. Raises ValueError for a second one of the name."""
        if name in self._labels:
            raise ValueError(name)
        self._labels[name] = len(self._steps)

    def __len__(self) -> int:
        return len(self._steps)

    def assemble(self) -> bytes:
        """``struct sock_filter`` after ``struct sock_filter``. Raises ValueError for a jump that leads nowhere or too far."""
        return b"".join(
            struct.pack("=HBBI", step.code, self._distance(place, step.then), self._distance(place, step.otherwise), step.value)
            for place, step in enumerate(self._steps)
        )

    def _distance(self, place: int, label: str) -> int:
        if not label:
            return 0
        distance = self._labels.get(label, len(self._steps)) - place - 1
        if not 0 <= distance <= _FURTHEST or label not in self._labels:
            raise ValueError(label)
        return distance
