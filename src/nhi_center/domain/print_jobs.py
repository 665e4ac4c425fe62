"""One certificate's way from the queue to the ward (証等の出力), and the numbered paper it is printed on.

A printer that says "completed" has only taken the job; whether a sheet came out, and whether it is good, a person says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from nhi_center.domain.four_eyes import require_different
from nhi_center.errors import OperatorError


class JobState(StrEnum):
    """出力の状態. ``BLOCKED`` carries the reason (certificates.Block) beside it."""

    QUEUED = "queued"
    PRINTING = "printing"
    NEEDS_CHECK = "needs_check"
    GOOD = "good"
    SPOILED_WAITING = "spoiled_waiting"
    SPOILED = "spoiled"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    BLOCKED = "blocked"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    JobState.QUEUED: "待ち",
    JobState.PRINTING: "印刷中",
    JobState.NEEDS_CHECK: "現物を確認",
    JobState.GOOD: "検品済",
    JobState.SPOILED_WAITING: "書損 承認待ち",
    JobState.SPOILED: "書損",
    JobState.SUBMITTED: "提出済",
    JobState.RECEIVED: "区受領",
    JobState.BLOCKED: "区へ",
}

_ALLOWED: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.PRINTING, JobState.BLOCKED}),
    # back to the queue only when nothing was handed to the printer; after a crash only a person can count the sheets
    JobState.PRINTING: frozenset({JobState.NEEDS_CHECK, JobState.QUEUED, JobState.BLOCKED}),
    # back to the queue: the clerk has seen that no sheet came out
    JobState.NEEDS_CHECK: frozenset({JobState.GOOD, JobState.SPOILED_WAITING, JobState.QUEUED}),
    JobState.SPOILED_WAITING: frozenset({JobState.SPOILED, JobState.NEEDS_CHECK}),
    # a fault may still be found on a good sheet before it leaves the room
    JobState.GOOD: frozenset({JobState.SUBMITTED, JobState.SPOILED_WAITING}),
    # a spoiled sheet is counted and handed over too; its job keeps the mark that it was spoiled
    JobState.SPOILED: frozenset({JobState.SUBMITTED}),
    JobState.SUBMITTED: frozenset({JobState.RECEIVED}),
    JobState.RECEIVED: frozenset(),
    JobState.BLOCKED: frozenset({JobState.QUEUED}),
}


SPOOLER_WORDS: Mapping[str, str] = {
    "": "受け取った",
    "pending": "順番待ち",
    "held": "保留",
    "processing": "装置に送っている",
    "stopped": "止まっている",
    "canceled": "取り消した",
    "aborted": "中止した",
    "completed": "装置に渡した",
}
"""How a sheet stands by what the spooler says; "" before it was asked. None of them says that a sheet came out."""


def may_become(state: JobState, target: JobState) -> bool:
    return target in _ALLOWED[state]


def move(state: JobState, target: JobState) -> JobState:
    """The new state. Raises OperatorError when this step does not exist (another clerk was faster, or a slip)."""
    if not may_become(state, target):
        raise OperatorError(
            f"この証は「{state.label}」です。「{target.label}」にはできません。画面を更新して確かめてください。",
            code="print-step",
        )
    return target


def fault(at: str, words: str, code: str) -> str:
    """What a job keeps of its last trouble. ``at``: wall clock, ISO. The sentence names nobody."""
    return f"{int(at[5:7])}月{int(at[8:10])}日 {at[11:16]} {words}" + (f"({code})" if code else "")


def after_restart(state: JobState) -> JobState:
    """A job found printing when the program starts: only a person can say what came out."""
    return JobState.NEEDS_CHECK if state is JobState.PRINTING else state


def approve_spoiled(state: JobState, *, reported_by: str, approved_by: str) -> JobState:
    """書損の承認: by another person than the one who reported it. Raises OperatorError."""
    require_different(reported_by, approved_by, "書損の承認は、報告した人とは別の人が行ってください。")
    return move(state, JobState.SPOILED)


@dataclass(frozen=True, slots=True)
class PaperStock:
    """番号付き用紙 of one kind on one day: ``opened`` sheets in the morning, the first numbered ``first``.

    ``taken`` sheets went through the printer, ``spoiled`` of them are 書損. ``printer``: whose tray it was received for.
    """

    prefix: str
    first: int
    opened: int
    taken: int = 0
    spoiled: int = 0
    printer: str = ""

    def __post_init__(self) -> None:
        if self.first < 1 or not 0 <= self.spoiled <= self.taken <= self.opened:
            raise ValueError("the counts of the paper contradict each other")

    @property
    def left(self) -> int:
        """残."""
        return self.opened - self.taken

    @property
    def used(self) -> int:
        """使用: printed and not spoiled."""
        return self.taken - self.spoiled

    def upcoming(self, count: int) -> tuple[str, ...]:
        """Numbers the next sheets will have, as many as there are: a forecast for the list, nothing is taken."""
        start = self.first + self.taken
        return tuple(serial(self.prefix, start + index) for index in range(min(count, self.left)))

    def take(self) -> tuple[str, PaperStock]:
        """A sheet goes through the printer: its number and the stock after it. Raises OperatorError when none is left."""
        if not self.left:
            raise OperatorError(f"用紙{self.prefix}がありません。区職員から受け取り、枚数を登録してください。", code="no-paper")
        return self.upcoming(1)[0], replace(self, taken=self.taken + 1)

    def put_back(self, number: str) -> PaperStock:
        """No sheet came out. Only the last number can go back, or the paper would leave its order. Raises OperatorError."""
        if not self.taken or number != serial(self.prefix, self.first + self.taken - 1) or self.spoiled == self.taken:
            raise OperatorError(
                "この用紙の後にも印刷があります。出なかった用紙として戻せません。書損として報告してください。", code="paper-order"
            )
        return replace(self, taken=self.taken - 1)

    def spoil(self) -> PaperStock:
        """One of the taken sheets is 書損. Raises OperatorError when there is none."""
        if not self.used:
            raise OperatorError("書損にできる用紙がありません。使用枚数を確かめてください。", code="no-sheet")
        return replace(self, spoiled=self.spoiled + 1)

    def difference(self, *, counted_left: int, counted_spoiled: int) -> tuple[int, int]:
        """Counted minus expected (blank sheets, spoiled sheets). (0, 0) agrees."""
        return counted_left - self.left, counted_spoiled - self.spoiled


def serial(prefix: str, number: int) -> str:
    """用紙番号 such as S-000413."""
    return f"{prefix}-{number:06d}"
