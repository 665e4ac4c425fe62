"""Passwords become keys by Argon2id (RFC 9106); parameters are kept with what they protect and authenticated by it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from argon2.low_level import Type, hash_secret_raw


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id cost: memory in KiB, passes, lanes."""

    memory_kib: int
    passes: int
    lanes: int


STANDARD = Cost(memory_kib=128 * 1024, passes=3, lanes=2)
MOST = Cost(memory_kib=1024 * 1024, passes=64, lanes=16)
"""What a record may ask of this machine: a forged one must not stop it."""


def derive(password: str, salt: bytes, cost: Cost) -> bytes:
    """A 32-byte key. The password is taken in NFKC, so that full-width letters typed by mistake still open.

    Raises ValueError for a cost beyond ``MOST``.
    """
    if cost.memory_kib > MOST.memory_kib or cost.passes > MOST.passes or cost.lanes > MOST.lanes:
        raise ValueError("cost")
    return hash_secret_raw(
        unicodedata.normalize("NFKC", password).encode(),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=32,
        type=Type.ID,
    )
