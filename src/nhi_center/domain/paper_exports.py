"""書き出し on counted paper: the other way a report may leave (特記事項 9). Both sign how many sheets it is; it is printed,
counted by hand, and goes to the ward in a 便 like every other paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from nhi_center.domain.certificate_jobs import check_spoil_reason
from nhi_center.errors import OperatorError

SHEETS = "paper_sheets"
"""What the signed statement has besides that of a file: how many sheets leave."""
PREFIX = "paper-"
MOST_SPOILED = 200


class PaperState(StrEnum):
    """How far one is. ``NOT_PRINTED``: nothing came out. What is ``GOOD`` lies in the output tray until a 便 takes it."""

    PRINTING = "printing"
    NEEDS_CHECK = "needs_check"
    GOOD = "good"
    SPOILED = "spoiled"
    NOT_PRINTED = "not_printed"


HANDED = "handed"
"""Told of a good one whose sheets the ward has."""


@dataclass(frozen=True, slots=True)
class PaperExport:
    """One printed report. ``name`` is what lists call it; ``sheets`` as both signed; ``counted`` by hand, 0 before."""

    id: str
    period: str
    number: str
    sheets: int
    sha256: str
    state: PaperState
    made_at: str
    supervisor: str
    ward: str
    counted: int = 0
    reason: str = ""

    @property
    def name(self) -> str:
        return name_of(self.id)


def name_of(id_: str) -> str:
    return f"{PREFIX}{id_[:8]}"


def statement(of_file: Mapping[str, Any], sheets: int) -> dict[str, Any]:
    """What both sign: as for a file, and the sheets."""
    return {**of_file, SHEETS: sheets}


def check_seen(found: PaperExport, target: PaperState, counted: int, reason: str) -> None:
    """A person has the sheets in hand and says what came out: all of it, faulty sheets, or nothing.

    After a crash "printing" is judged too: only a person can say what came out; and a good one may still be found faulty. Raises
    OperatorError with code print-step, at ``counted`` or ``spoil_reason``.
    """
    waits = found.state in (PaperState.PRINTING, PaperState.NEEDS_CHECK)
    if not waits and not (found.state is PaperState.GOOD and target is PaperState.SPOILED):
        raise OperatorError("この紙は、もう確認が済んでいます。一覧を更新して確かめてください。", code="print-step")
    if target is PaperState.GOOD and counted != found.sheets:
        words = f"{found.sheets}枚に署名しています。数え直してください。"
        raise OperatorError(words, field="counted", code="sheets-differ")
    if target is PaperState.SPOILED:
        if not 1 <= counted <= MOST_SPOILED:
            raise OperatorError("出てきた紙の枚数を入れてください。", field="counted", code="not-a-count")
        check_spoil_reason(reason)
    if target is PaperState.NOT_PRINTED and counted:
        raise OperatorError("紙が出ているときは「書損」です。", field="counted", code="not-a-count")
