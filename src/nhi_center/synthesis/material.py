"""What the synthetic ward is made of: lists handed in by an adapter, so that this package stays pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Town:
    """One 町域 of the ward: postal code, beginning of the address (東京都新宿区…), whether it is divided into 丁目."""

    postal: str
    address: str
    has_chome: bool


@dataclass(frozen=True, slots=True)
class NamePart:
    """A surname or given name with its full-width katakana reading and how common it is."""

    text: str
    kana: str
    weight: float


@dataclass(frozen=True, slots=True)
class Material:
    """Surnames, given names of men and of women, towns. Order matters: the same lists and seed give the same ward."""

    surnames: tuple[NamePart, ...]
    men: tuple[NamePart, ...]
    women: tuple[NamePart, ...]
    towns: tuple[Town, ...]


class Picker(Generic[T]):
    """Draws items with their weights; the running sums are made once."""

    def __init__(self, items: Sequence[T], weights: Sequence[float]) -> None:
        self._items = items
        self._sums = list(accumulate(weights))

    def pick(self, rng: Random) -> T:
        return rng.choices(self._items, cum_weights=self._sums)[0]
