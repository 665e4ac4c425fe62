"""Running text of several weights, broken into lines as Japanese is set (行頭・行末禁則), keys and numbers kept whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from nhi_center.printing.fonts import Role
from nhi_center.printing.page import text_width

Pieces = tuple[tuple[str, Role], ...]
"""Words with their weight, in the order they are read."""

_TOKEN = re.compile(r"[A-Za-z0-9+\-./:_@]+|.", re.DOTALL)
_NEVER_FIRST = frozenset("、。,.)」』】・ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々:;?!~…")
_NEVER_LAST = frozenset("(「『【")


@lru_cache(maxsize=4096)
def _width(token: str, role: Role) -> float:
    """At one point, in mm."""
    return text_width(token, role, 1.0)


def lines_of(pieces: Iterable[tuple[str, Role]], width: float, size: float) -> tuple[Pieces, ...]:
    """Lines no wider than ``width`` mm at ``size`` points. Raises MissingGlyph."""
    room = width / size
    lines: list[list[tuple[str, Role]]] = [[]]
    used = 0.0
    for token, role in _tokens(pieces, room):
        wide = _width(token, role)
        line = lines[-1]
        if line and used + wide > room and token != " ":
            moved = _moved(line, token)
            lines[-1], rest = line[: len(line) - moved], line[len(line) - moved :]
            lines.append(rest)
            used = sum(_width(*one) for one in rest)
        if lines[-1] or token != " ":
            lines[-1].append((token, role))
            used += wide
    return tuple(_merged(line) for line in lines if line)


def _tokens(pieces: Iterable[tuple[str, Role]], room: float) -> Iterable[tuple[str, Role]]:
    for text, role in pieces:
        for token in _TOKEN.findall(text):
            if _width(token, role) <= room:
                yield token, role
            else:  # longer than a line: it has to be broken somewhere
                yield from ((char, role) for char in token)


def _moved(line: Sequence[tuple[str, Role]], following: str) -> int:
    """How many tokens at the end of the line go on to the next with what follows them."""
    moved = 0
    first = following
    while moved < min(4, len(line) - 1) and (first[0] in _NEVER_FIRST or line[len(line) - 1 - moved][0] in _NEVER_LAST):
        moved += 1
        first = line[len(line) - moved][0]
    return moved


def _merged(line: Sequence[tuple[str, Role]]) -> Pieces:
    merged: list[tuple[str, Role]] = []
    for token, role in line:
        if merged and merged[-1][1] is role:
            merged[-1] = (merged[-1][0] + token, role)
        else:
            merged.append((token, role))
    return tuple(merged)
