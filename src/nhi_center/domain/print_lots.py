"""検品 and 書損 of a lot: numbers typed or scanned as a range, and that the sheets in it are all there. A second person signs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from nhi_center.domain.certificate_jobs import Job
from nhi_center.domain.four_eyes import require_different
from nhi_center.domain.print_jobs import serial
from nhi_center.errors import OperatorError

STATEMENT = "print-lot"
"""Kind of the statement the inspector signs."""
SPOILED_STATEMENT = "spoiled-lot"
"""Kind of the statement a second person signs for a range of spoiled sheets."""
OWN_PRINT = "刷った人とは別の人が検品します。Alt+L で、検品する人が署名できます。"
MOST = 500
_NUMBER = re.compile(r"(?:([A-Z])-?)?0*([0-9]{1,9})")
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−ー─", "-"))
"""What a scanner set to another keyboard, or a Japanese input method, makes of the hyphen."""
CHECK, SPOILED, APPROVE = "検品", "書損の報告", "書損の承認"
"""What a range of sheets waits for, in the sentence about a number that does not."""


def check_inspector(printed_by: str, inspector: str) -> None:
    """Raise OperatorError (four-eyes) when the sheets were printed by the inspector himself."""
    require_different(printed_by, inspector, OWN_PRINT)


def read_number(typed: str) -> tuple[str, int] | None:
    """(prefix or "", number) of the paper as typed (413), written (S-000413) or scanned, in any width; None: it is no number."""
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", typed).translate(_HYPHENS).strip().upper())
    return (found[1] or "", int(found[2])) if found else None


def number_of(typed: str, prefix: str, field: str) -> int:
    """As ``read_number``, of this paper. Raises OperatorError at ``field``."""
    found = read_number(typed)
    if found is None or found[0] not in ("", prefix):
        raise OperatorError(f"用紙番号を {serial(prefix, 413)} の形か数字で入れてください。", field=field, code="not-a-number")
    return found[1]


def in_range(waiting: Iterable[Job], prefix: str, first: int, last: int, what: str = CHECK) -> tuple[Job, ...]:
    """The sheets with these numbers, every one of which has to wait for ``what``. Raises OperatorError at ``first`` or ``last``.

    A number in the range that does not wait (another kind of paper, checked already, never printed) stops the whole lot.
    """
    if last < first:
        raise OperatorError("終わりの番号が、始まりより前です。", field="last", code="range")
    if last - first >= MOST:
        raise OperatorError(f"一度に{MOST}枚までです。", field="last", code="range")
    by_number = {job.serial: job for job in waiting if job.serial}
    wanted = [serial(prefix, number) for number in range(first, last + 1)]
    missing = [number for number in wanted if number not in by_number]
    if missing:
        more = f"ほか{len(missing) - 1}枚" if len(missing) > 1 else ""
        raise OperatorError(
            f"{missing[0]}{more}は、{what}を待っていません。番号を確かめてください。", field="first", code="not-waiting"
        )
    return tuple(by_number[number] for number in wanted)


def contents(jobs: Sequence[Job]) -> dict[str, object]:
    """What the inspector sees and signs: which sheets, on which paper. No personal value."""
    return {"jobs": [job.id for job in jobs], "serials": [job.serial for job in jobs], "sheets": len(jobs), "result": "good"}


def spoiled_contents(jobs: Sequence[Job]) -> dict[str, object]:
    """What the second person sees and signs of spoiled sheets: which, why, and who says so. No personal value."""
    return {
        "jobs": [job.id for job in jobs],
        "serials": [job.serial for job in jobs],
        "reasons": [job.spoil_reason for job in jobs],
        "reported_by": sorted({job.reported_by for job in jobs}),
        "sheets": len(jobs),
        "result": "spoiled",
    }
