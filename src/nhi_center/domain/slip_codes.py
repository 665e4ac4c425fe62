"""管理票の番号 as it is typed or scanned. A scanner types what the bars say and Enter; nothing of it tells who filed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from nhi_center.errors import OperatorError

PREFIX = "nhi-center:slip:"
"""Before the id in the QR code."""
_SHORT = re.compile(r"(\d{2})(\d{2})-?(\d{3,4})")
_LONG = re.compile(r"(\d{8})-?(\d{3,4})")
_BARS = re.compile(r"(\d{8})(\d{4})\d{2}")
_ID = re.compile(r"[0-9a-f-]{36}")


def bar_content(day: str, number: str) -> str:
    """What the Code128 bars say: the day of receipt (ISO), the number within it, two check figures (ISO 7064, MOD 97-10).

    Always fourteen figures. The check of Code128 itself is not enough: seen at 200 dpi, 2026112... was read as 8926912..., which
    it takes for right.
    """
    body = f"{day.replace('-', '')}{int(number.split('-', 1)[1]):04d}"
    return f"{body}{98 - int(body) * 100 % 97:02d}"


def read(typed: str, today: date) -> tuple[str, str, str]:
    """(id, day, number) of which either the id is known or day (ISO) and number are. Raises OperatorError at ``slip``.

    Fourteen figures are what the bars say, and their check must be right.
    1124-001 and 1124001 are of this year, or of the last when that day has not come yet.
    """
    plain = unicodedata.normalize("NFKC", typed).strip().lower()
    if plain.startswith(PREFIX) and _ID.fullmatch(plain.removeprefix(PREFIX)):
        return plain.removeprefix(PREFIX), "", ""
    try:
        if found := _BARS.fullmatch(plain):
            if int(plain) % 97 != 1:
                raise OperatorError(
                    "バーコードを読み誤りました。もう一度読むか、番号を入れてください。", field="slip", code="misread"
                )
            day = date(int(plain[:4]), int(plain[4:6]), int(plain[6:8]))
            return "", day.isoformat(), f"{day:%m%d}-{int(found[2]):03d}"
        if found := _LONG.fullmatch(plain):
            day = date(int(found[1][:4]), int(found[1][4:6]), int(found[1][6:]))
            return "", day.isoformat(), f"{day:%m%d}-{found[2]}"
        if found := _SHORT.fullmatch(plain):
            day = date(today.year, int(found[1]), int(found[2]))
            if day > today:
                day = day.replace(year=today.year - 1)
            return "", day.isoformat(), f"{day:%m%d}-{found[3]}"
    except ValueError:
        pass
    raise OperatorError("管理票の番号を、1124-001 のように入れるか、読み取ってください。", field="slip", code="no-slip")
