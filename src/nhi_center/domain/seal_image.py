"""公印の画像: what is taken as one, before anything decodes it. Only the size is read here (PNG, W3C 2003, 11.2.2 IHDR)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import date

from nhi_center.errors import OperatorError

MOST_BYTES = 500_000
LEAST_SIDE, MOST_SIDE = 200, 4_000
"""Pixels: a seal of 20 mm wants 200 at the least to print clear."""
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class SealLine:
    """One 公印 that was ever set. ``withdrawn_at`` "": its image is still here. Times are wall clock, ISO."""

    id: str
    from_day: date
    sha256: str
    set_by: str
    set_at: str
    withdrawn_by: str = ""
    withdrawn_at: str = ""
    withdrawn_reason: str = ""

    @property
    def withdrawn(self) -> bool:
        return bool(self.withdrawn_at)


def check(data: bytes) -> None:
    """Raise OperatorError at ``file`` for what is no PNG of a fitting size."""
    if len(data) > MOST_BYTES:
        raise OperatorError(f"画像は{MOST_BYTES // 1000:,} KB までにしてください。", field="file", code="image")
    if not data.startswith(_PNG) or data[12:16] != b"IHDR" or len(data) < 33:
        raise OperatorError("PNG の画像を用意してください。", field="file", code="image")
    width, height = struct.unpack(">II", data[16:24])
    if not all(LEAST_SIDE <= side <= MOST_SIDE for side in (width, height)):
        words = f"画像は縦横とも{LEAST_SIDE}から{MOST_SIDE}画素にしてください({width}×{height})。"
        raise OperatorError(words, field="file", code="image")
