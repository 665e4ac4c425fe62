"""台紙: the sheet under which the documents of one household go out in one envelope, and how far each is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nhi_center.errors import OperatorError


class CoverState(StrEnum):
    """``NOT_PRINTED``: nothing came out, or nothing could be made; the household waits for one as before."""

    PRINTING = "printing"
    NEEDS_CHECK = "needs_check"
    GOOD = "good"
    SPOILED = "spoiled"
    NOT_PRINTED = "not_printed"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    CoverState.PRINTING: "印刷中",
    CoverState.NEEDS_CHECK: "現物を確認",
    CoverState.GOOD: "検品済",
    CoverState.SPOILED: "書損",
    CoverState.NOT_PRINTED: "出ていない",
}
LINES = 12
"""Documents on one sheet; a larger household gets a second one."""


# no repr: it names people
@dataclass(frozen=True, slots=True, repr=False)
class Enclosed:
    """One document in the envelope: its job, what it is, the number of its paper ("" plain), whose it is, its last day."""

    job: str
    title: str
    serial: str
    name: str
    until: str


@dataclass(frozen=True, slots=True, repr=False)
class Cover:
    """One household's sheet. ``id`` "" before it is printed, ``state`` None then.

    ``stale``: a document on it is no longer good; it has to be replaced.
    """

    id: str
    household: str
    postal: str
    address: str
    head_name: str
    enclosed: tuple[Enclosed, ...]
    state: CoverState | None = None
    reason: str = ""
    stale: bool = False

    @property
    def sheets(self) -> int:
        return -(-len(self.enclosed) // LINES)


def check_step(cover: Cover, target: CoverState) -> None:
    """A person says what came out. Raises OperatorError unless this one waits for it; a good one may still be found spoiled."""
    if cover.state is CoverState.GOOD and target is CoverState.SPOILED:
        return
    if cover.state is not CoverState.NEEDS_CHECK:
        words = f"この台紙は「{cover.state.label if cover.state else '印刷前'}」です。「{target.label}」にはできません。"
        raise OperatorError(f"{words}一覧を更新して確かめてください。", code="print-step")
