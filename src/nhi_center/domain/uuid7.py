"""UUID version 7 (RFC 9562, 5.7): the time in front, so that rows of one day lie together in an index, and 74 bits of chance."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID


def uuid7(now: datetime, chance: bytes) -> UUID:
    """``now`` aware; ``chance``: ten bytes nobody can foresee. Raises ValueError for another number of bytes."""
    if len(chance) != 10:
        raise ValueError("ten bytes")
    milliseconds = int(now.timestamp() * 1000).to_bytes(6, "big")
    value = bytearray(milliseconds + chance)
    value[6] = value[6] & 0x0F | 0x70
    value[8] = value[8] & 0x3F | 0x80
    return UUID(bytes=bytes(value))
