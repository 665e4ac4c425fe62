"""One byte form for everything that is hashed or signed."""

from __future__ import annotations

import json
from typing import Any

_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def encode(value: Any) -> bytes:
    """Canonical JSON: sorted keys, no spaces, UTF-8, no NaN. Equal values give equal bytes."""
    return _ENCODER.encode(value).encode()


def decode(data: bytes) -> Any:
    """The value of canonical bytes. Raises ValueError when ``data`` is not exactly what ``encode`` would write."""
    try:
        value = json.loads(data)
        same = encode(value) == data
    except RecursionError:
        raise ValueError("too deep") from None
    if not same:
        raise ValueError("not canonical")
    return value
