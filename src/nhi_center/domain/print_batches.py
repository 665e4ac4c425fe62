"""印刷の束: sheets on the same paper that are printed one after the other on one printer; their order, hold, cancel, move.

A batch only says in which order and where. How far each sheet is, its own job says: what was printed stays printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from nhi_center.errors import OperatorError

HELD = "print-held"
"""The code of what ``check_not_held`` refuses."""
CRASHED = "印刷の途中でプログラムが止まりました。現物を確かめてから、続きを刷ってください。"
STOPPED = "途中で止めました。続ける前に Alt+U で用紙の番号を確かめてください。"
MOVE_REASONS: Mapping[str, str] = {"1": "プリンターの故障・停止", "2": "用紙がない", "3": "急ぎ", "9": "その他"}
"""Why what waits goes to another printer, typed by number."""


class BatchState(StrEnum):
    WAITING = "waiting"
    HELD = "held"
    PRINTING = "printing"
    STOPPED = "stopped"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def ended(self) -> bool:
        return self in (BatchState.DONE, BatchState.CANCELLED)


_LABELS = {
    BatchState.WAITING: "待ち",
    BatchState.HELD: "保留",
    BatchState.PRINTING: "印刷中",
    BatchState.STOPPED: "止まった",
    BatchState.DONE: "済み",
    BatchState.CANCELLED: "取消し",
}
_ALLOWED: Mapping[BatchState, frozenset[BatchState]] = {
    BatchState.WAITING: frozenset({BatchState.HELD, BatchState.PRINTING, BatchState.CANCELLED, BatchState.DONE}),
    BatchState.HELD: frozenset({BatchState.WAITING, BatchState.CANCELLED}),
    BatchState.PRINTING: frozenset({BatchState.STOPPED, BatchState.DONE}),
    BatchState.STOPPED: frozenset({BatchState.PRINTING, BatchState.HELD, BatchState.CANCELLED, BatchState.DONE}),
    BatchState.DONE: frozenset(),
    BatchState.CANCELLED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Batch:
    """``prefix``: its paper, "" plain. ``printer``: where it goes, "" where none was entered. ``place``: its turn.

    ``error`` why it stopped; ``reason`` why it went to another printer (a code of ``MOVE_REASONS``).
    """

    id: str
    title: str
    prefix: str
    printer: str
    place: int
    state: BatchState = BatchState.WAITING
    error: str = ""
    reason: str = ""
    made_at: str = ""
    by: str = ""


def move(state: BatchState, target: BatchState) -> BatchState:
    """Raises OperatorError when this step does not exist."""
    if target not in _ALLOWED[state]:
        words = f"この束は「{state.label}」です。「{target.label}」にはできません。一覧を更新して確かめてください。"
        raise OperatorError(words, code="print-step")
    return target


def after_crash(state: BatchState) -> BatchState:
    """A batch found printing when nobody prints."""
    return BatchState.STOPPED if state is BatchState.PRINTING else state


def check_not_held(batch: Batch | None) -> None:
    """Raise OperatorError for a sheet whose batch is held: it is printed neither with its batch nor by itself."""
    if batch is not None and batch.state is BatchState.HELD:
        words = f"保留にした束「{batch.title}」の証は刷りません。印刷の束(Alt+B)で保留を解いてから、刷ってください。"
        raise OperatorError(words, code=HELD)


def check_movable(batch: Batch, printer: str, reason: str) -> None:
    """Raise OperatorError unless what is left of it may go to another printer for a reason on the list."""
    if batch.state.ended or batch.state is BatchState.PRINTING:
        raise OperatorError(f"この束は「{batch.state.label}」なので、移せません。", code="print-step")
    if reason not in MOVE_REASONS:
        raise OperatorError("移す理由を番号で選んでください。", field="reason", code="no-reason")
    if printer == batch.printer:
        raise OperatorError("いまと別のプリンターを選んでください。", field="printer")
