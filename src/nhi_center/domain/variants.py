"""Variants of a character (異体字): which characters belong together, and which sequences are another collection's.

A variant is never chosen by a rule. What is here only says what may be shown side by side, and what must be asked about.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable, Mapping
from functools import cache
from typing import Any

from nhi_center.domain.names import clusters

_FIRST_IDEOGRAPHIC = "\U000e0100"
_COMPATIBILITY = (range(0xF900, 0xFB00), range(0x2F800, 0x2FA20))


class Families:
    """Characters that are forms of one another, from ``resources/names/families.toml`` and Unicode's own decompositions."""

    def __init__(self, groups: Iterable[str]) -> None:
        """Raises ValueError when a character stands in two groups, or alone in one."""
        self._group: dict[str, str] = {}
        for group in groups:
            if len(group) < 2 or len(set(group)) < len(group) or any(char in self._group for char in group):
                raise ValueError(f"a family of characters is not one: {group}")
            self._group |= dict.fromkeys(group, group)

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Families:
        return cls(table["families"])

    def related(self, char: str) -> tuple[str, ...]:
        """Every other form of ``char``, compatibility ideographs (神 and U+FA19) after the one they decompose to."""
        root = unicodedata.normalize("NFC", char)
        found = [form for one in self._group.get(root, root) for form in (one, *_compatible().get(one, ()))]
        return tuple(form for form in dict.fromkeys(found) if form != char)


@cache
def _compatible() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code in (code for block in _COMPATIBILITY for code in block):
        root = unicodedata.normalize("NFC", chr(code))
        if root != chr(code) and len(root) == 1:
            found[root] = (*found.get(root, ()), chr(code))
    return found


def is_sequence(cluster: str) -> bool:
    """A character with an ideographic variation selector (IVS): 葛 U+E0102."""
    return len(cluster) == 2 and cluster[1] >= _FIRST_IDEOGRAPHIC


def other_collection(name: str, own: Container[str]) -> tuple[str, ...]:
    """The clusters of a name whose sequence is not of the collection the office prints (文字情報基盤), in order, each once.

    ``own``: the sequences of that collection. Such a sequence (Adobe-Japan1, from an input method) may look alike and be meant
    well, but which form of the collection it stands for nobody here may decide: it is printed as it is only after 区確認.
    """
    return tuple(dict.fromkeys(cluster for cluster in clusters(name) if is_sequence(cluster) and cluster not in own))


def code_of(cluster: str) -> str:
    """U+845B E0102: how a variant is told from another that looks alike."""
    return "U+" + " ".join(f"{ord(char):04X}" for char in cluster)
