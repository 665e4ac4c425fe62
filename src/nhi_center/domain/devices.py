"""許可した装置: what may be plugged into a terminal, as the ward has approved it (区の設定 ``devices``), and what is there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.errors import OperatorError

NAME = "devices"
_PRODUCT = re.compile(r"[0-9a-f]{4}:[0-9a-f]{4}|block:[a-z]+[0-9]*")
LONGEST, LONGEST_WORDS = 64, 200
"""Characters of what a device says of itself, and of what is written about it."""


@dataclass(frozen=True, slots=True)
class AllowedDevice:
    """One line of the list. ``product`` is vendor:product of a USB device, else ``block:`` and the kernel's name; ``serial`` "":
    every device of this make. ``approval`` is the ward's number."""

    product: str
    serial: str
    approval: str
    approved_on: date


@dataclass(frozen=True, slots=True, order=True)
class Attached:
    """One device that is plugged in. ``serial`` "" where it tells none; ``holds_data``: files could leave on it."""

    product: str
    serial: str
    place: str
    holds_data: bool

    @property
    def words(self) -> str:
        return f"{self.product} {self.serial}".strip()


@dataclass(frozen=True, slots=True)
class Hold:
    """A device that nobody has allowed: 書出し and 印刷 stand still until ward staff have looked at it. Wall clock, ISO."""

    id: str
    product: str
    serial: str
    holds_data: bool
    seen_at: str
    words: str = ""
    looked_at: str = ""
    looked_by: str = ""

    @property
    def name(self) -> str:
        return f"{self.product} {self.serial}".strip()


def read_words(words: str) -> str:
    """What ward staff have found and done, in one form. Raises OperatorError at ``words``."""
    plain = " ".join(words.split())
    if not plain:
        raise OperatorError("確かめたことを書いてください(例: 外した、区へ渡した)。", field="words", code="no-words")
    if len(plain) > LONGEST_WORDS:
        raise OperatorError(f"{LONGEST_WORDS}文字までにしてください。", field="words", code="too-long")
    refuse_individual_number(plain, "words")
    return plain


def parse(value: Any) -> tuple[AllowedDevice, ...]:
    """The list of the ward setting: objects of ``id`` (vendor:product, and /serial where it is one piece alone), ``approval`` and
    ``date``. Raises ValueError or TypeError for one that is none: a list that cannot be read allows nothing."""
    if not isinstance(value, list):
        raise TypeError("devices: a list")
    return tuple(_line(one) for one in value)


def allowed(devices: Iterable[AllowedDevice], product: str, serial: str) -> AllowedDevice | None:
    """The line under which a device may be plugged in; None: it is not on the list."""
    return next((one for one in devices if one.product == product and one.serial in ("", serial)), None)


def _line(one: Any) -> AllowedDevice:
    if not isinstance(one, dict) or one.keys() != {"id", "approval", "date"} or not all(isinstance(v, str) for v in one.values()):
        raise ValueError("devices: a line")
    product, _slash, serial = one["id"].partition("/")
    if not _PRODUCT.fullmatch(product) or not one["approval"].strip() or any(len(value) > LONGEST for value in one.values()):
        raise ValueError("devices: a line")
    return AllowedDevice(product, serial, one["approval"], date.fromisoformat(one["date"]))
