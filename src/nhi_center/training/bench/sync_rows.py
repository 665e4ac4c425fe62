"""Rows as the outbox of a terminal holds them: codes, times and a short note."""

from __future__ import annotations

import uuid
from typing import Any

from nhi_center.domain import canonical
from nhi_center.link.wire import Record

KIND = "call"


def body_of(number: int) -> dict[str, Any]:
    """About 200 bytes."""
    return {
        "call": f"{number:032x}",
        "line": "01",
        "kind": "inquiry",
        "began": "2026-11-24T09:00:00+09:00",
        "ended": "2026-11-24T09:04:30+09:00",
        "answer": "資格確認書はいつ届くか",
        "number": number,
    }


def rows_of(first: int, count: int) -> tuple[Record, ...]:
    """New rows from number ``first`` on, with the bytes that the outbox keeps of each."""
    bodies = ((seq, body_of(seq)) for seq in range(first, first + count))
    return tuple(Record(seq, str(uuid.uuid4()), KIND, body, canonical.encode(body)) for seq, body in bodies)
