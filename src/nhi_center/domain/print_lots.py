"""検品 of a lot: numbers typed or scanned as a range, and that the sheets in it are all there. A second person signs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from nhi_center.domain.certificate_jobs import Job
from nhi_center.domain.controls import require_different
from nhi_center.domain.print_jobs import serial
from nhi_center.errors import OperatorError

STATEMENT = "print-lot"
"""Kind of the statement the inspector signs."""
OWN_PRINT = "刷った人とは別の人が検品します。Alt+L で、検品する人が署名できます。"
MOST = 500
_NUMBER = re.compile(r"(?:([A-Za-z])-?)?0*(\d{1,9})")


def check_inspector(printed_by: str, inspector: str) -> None:
    """Raise OperatorError (four-eyes) when the sheets were printed by the inspector himself."""
    require_different(printed_by, inspector, OWN_PRINT)


def number_of(typed: str, prefix: str, field: str) -> int:
    """A number of the paper as typed (413), written (S-000413) or scanned. Raises OperatorError at ``field``."""
    found = _NUMBER.fullmatch(typed.strip())
    if found is None or (found[1] and found[1].upper() != prefix):
        raise OperatorError(f"用紙番号を {serial(prefix, 413)} の形か数字で入れてください。", field=field, code="not-a-number")
    return int(found[2])


def in_range(waiting: Iterable[Job], prefix: str, first: int, last: int) -> tuple[Job, ...]:
    """The sheets with these numbers, every one of which has to wait for its check. Raises OperatorError at ``first`` or ``last``.

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
            f"{missing[0]}{more}は、検品を待っていません。番号を確かめてください。", field="first", code="not-waiting"
        )
    return tuple(by_number[number] for number in wanted)


def contents(jobs: Sequence[Job]) -> dict[str, object]:
    """What the inspector sees and signs: which sheets, on which paper. No personal value."""
    return {"jobs": [job.id for job in jobs], "serials": [job.serial for job in jobs], "sheets": len(jobs), "result": "good"}
