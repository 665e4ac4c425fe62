"""A key as a person can read it out and type it: numbered groups, each checked by itself (復旧コード).

Five bytes to a group: eight letters of Crockford's alphabet (no I, L, O, U), then two that check the group, its place and
nothing else. A slip of the finger is told at its group, before the next one is typed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BYTES = 5
_LETTERS, _CHECK = 8, 2
_ALIKE = str.maketrans("OIL", "011", "- 　")


class TypedWrong(ValueError):
    """A group that cannot be right. ``group`` counts from 1; 0: it is the whole that does not fit together."""

    def __init__(self, group: int) -> None:
        super().__init__(f"group {group}")
        self.group = group


def write(data: bytes) -> tuple[str, ...]:
    """The groups for ``data`` (at most 255 bytes), each as ``ABCD-EFGH-XY``."""
    whole = bytes([len(data)]) + data + hashlib.sha256(data).digest()[:2]
    whole += bytes(-len(whole) % _BYTES)
    parts = [whole[start : start + _BYTES] for start in range(0, len(whole), _BYTES)]
    return tuple(_written(number, part) for number, part in enumerate(parts, start=1))


def group_count(size: int) -> int:
    """How many groups ``size`` bytes take."""
    return -(-(1 + size + 2) // _BYTES)


def read_group(number: int, typed: str) -> bytes:
    """One group as it was typed; small letters, spaces, O for 0 and I or L for 1 are taken. Raises TypedWrong."""
    letters = typed.strip().upper().translate(_ALIKE)
    try:
        values = [ALPHABET.index(letter) for letter in letters]
    except ValueError:
        raise TypedWrong(number) from None
    if len(values) != _LETTERS + _CHECK:
        raise TypedWrong(number)
    part = _number(values[:_LETTERS]).to_bytes(_BYTES, "big")
    if values[_LETTERS:] != _check(number, part):
        raise TypedWrong(number)
    return part


def read(groups: Sequence[str]) -> bytes:
    """What ``write`` was given. Raises TypedWrong, which names the first wrong group."""
    whole = b"".join(read_group(number, typed) for number, typed in enumerate(groups, start=1))
    size = whole[0] if whole else 0
    data, check, rest = whole[1 : 1 + size], whole[1 + size : 3 + size], whole[3 + size :]
    if not whole or len(check) != 2 or hashlib.sha256(data).digest()[:2] != check or any(rest) or len(rest) >= _BYTES:
        raise TypedWrong(0)
    return data


def _written(number: int, part: bytes) -> str:
    value = int.from_bytes(part, "big")
    letters = "".join(ALPHABET[(value >> (5 * place)) & 31] for place in reversed(range(_LETTERS)))
    check = "".join(ALPHABET[one] for one in _check(number, part))
    return f"{letters[:4]}-{letters[4:]}-{check}"


def _check(number: int, part: bytes) -> list[int]:
    digest = hashlib.sha256(bytes([number]) + part).digest()
    return [digest[0] & 31, digest[1] & 31]


def _number(values: Sequence[int]) -> int:
    total = 0
    for value in values:
        total = total * 32 + value
    return total
