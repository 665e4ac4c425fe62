"""Parts of strict parsing: each takes what JSON gave and the place it stood at, and gives it back typed or raises WireError."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

MAX_SEQ = 2**63 - 1


class WireError(ValueError):
    """Bytes that are not what the protocol says. The text names the place, never the value."""


def decode(data: bytes) -> Any:
    def refuse_constant(name: str) -> Any:
        raise WireError("number out of range")

    try:
        return json.loads(data, parse_constant=refuse_constant)
    except WireError:
        raise
    except (ValueError, RecursionError):
        raise WireError("not JSON") from None


def fields(value: Any, names: tuple[str, ...], place: str) -> tuple[Any, ...]:
    if not isinstance(value, dict) or len(value) != len(names):
        raise WireError(f"{place}: fields")
    try:
        return tuple([value[name] for name in names])
    except KeyError:
        raise WireError(f"{place}: fields") from None


def text(value: Any, place: str) -> str:
    if not isinstance(value, str):
        raise WireError(f"{place}: text")
    return value


def number(value: Any, place: str) -> int:
    if type(value) is not int or not 0 <= value <= MAX_SEQ:
        raise WireError(f"{place}: number")
    return value


def flag(value: Any, place: str) -> bool:
    if type(value) is not bool:
        raise WireError(f"{place}: flag")
    return value


def items(value: Any, place: str, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise WireError(f"{place}: list")
    return value


def hexadecimal(value: Any, length: int, place: str) -> str:
    found = text(value, place)
    try:
        data = bytes.fromhex(found)
    except ValueError:
        raise WireError(f"{place}: hex") from None
    if len(data) != length or data.hex() != found:
        raise WireError(f"{place}: hex")
    return found


def moment(value: Any, place: str) -> str:
    """An aware moment in ISO form, or "" for none."""
    found = text(value, place)
    try:
        known = not found or datetime.fromisoformat(found).utcoffset() is not None
    except ValueError:
        known = False
    if not known:
        raise WireError(f"{place}: moment")
    return found
