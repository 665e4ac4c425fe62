"""Wire format of 消去: a terminal has its own month keys destroyed at the segment, as supervisor and ward staff agreed on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nhi_center.domain import canonical
from nhi_center.link import strict
from nhi_center.link.strict import WireError
from nhi_center.link.wire import MONTH

PATH_DESTROY = "/v1/month-keys/destroy"
MAX_MONTHS = 600
MAX_BODY_BYTES = 32 * 1024
_ID = re.compile(r"[0-9a-f-]{36}")
_PERSON = re.compile(r"[A-Za-z0-9._-]{1,40}")


@dataclass(frozen=True, slots=True)
class Destroying:
    """``erasure``: the id both signed for; ``by``: their IDs, supervisor first."""

    erasure: str
    months: tuple[str, ...]
    by: tuple[str, str]


def encode_destroying(asked: Destroying) -> bytes:
    return canonical.encode({"erasure": asked.erasure, "months": list(asked.months), "by": list(asked.by)})


def parse_destroying(data: bytes) -> Destroying:
    """Raises WireError."""
    erasure, months, by = strict.fields(strict.decode(data), ("erasure", "months", "by"), "destroy")
    people = tuple(strict.text(one, "destroy.by") for one in strict.items(by, "destroy.by", 2))
    if len(people) != 2 or people[0] == people[1] or not all(_PERSON.fullmatch(one) for one in people):
        raise WireError("destroy.by")
    if not _ID.fullmatch(strict.text(erasure, "destroy.erasure")):
        raise WireError("destroy.erasure")
    return Destroying(erasure, _months(months), (people[0], people[1]))


def encode_destroyed(months: Sequence[str]) -> bytes:
    return canonical.encode({"destroyed": list(months)})


def parse_destroyed(data: bytes) -> tuple[str, ...]:
    """Raises WireError."""
    (months,) = strict.fields(strict.decode(data), ("destroyed",), "destroyed")
    return _months(months)


def _months(value: object) -> tuple[str, ...]:
    found = tuple(strict.text(one, "destroy.month") for one in strict.items(value, "destroy.months", MAX_MONTHS))
    if not all(MONTH.fullmatch(month) for month in found):
        raise WireError("destroy.month")
    return found
