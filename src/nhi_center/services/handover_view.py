"""One 便 as a screen may know it: neither side's numbers are in it before both have counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nhi_center.domain.custody import ORIGINAL, DocumentKind
from nhi_center.domain.giving_back import REASONS
from nhi_center.domain.handover import (
    ComparedLine,
    Count,
    Direction,
    Handover,
    Phase,
    Side,
    check_signable,
    compare,
    differs,
)
from nhi_center.domain.operators import Signature
from nhi_center.errors import OperatorError
from nhi_center.services import hold_papers
from nhi_center.services.custody import usual_kinds
from nhi_center.storage import custody, giving_back
from nhi_center.storage import handover as store
from nhi_center.storage.engine import Connection


@dataclass(frozen=True, slots=True)
class HandoverView:
    """One 便 as a screen may know it. ``lines`` is empty until both sides have counted this round."""

    handover: Handover
    phase: Phase
    kinds: tuple[DocumentKind, ...]
    usual: frozenset[str]
    """Kinds that are counted in any case; the others when they are there."""
    counted: frozenset[Side]
    lines: tuple[ComparedLine, ...]
    signatures: Mapping[Side, Signature]
    slips: tuple[str, ...]
    incident: bool
    receipt: str
    unkeyed: Mapping[str, str]
    """By 管理票, why an application goes back as it came."""
    questions: Mapping[str, str] = field(default_factory=dict)
    """By 管理票, the 照会 with which an application goes to the ward for an answer."""

    @property
    def differs(self) -> bool:
        return differs(self.lines)

    @property
    def unkeyed_words(self) -> str:
        """What goes back as it came or with its question, in one line; when nothing does, what is not counted at all."""
        told = [f"処理せずに返す {len(self.unkeyed)}件"] if self.unkeyed else []
        told += [f"照会票つき {len(self.questions)}件"] if self.questions else []
        if not told:
            return "管理票と受領証は数に入れません。"
        why = {**self.unkeyed, **{number: f"疑義照会 {query}" for number, query in self.questions.items()}}
        one = f": {' '.join(*why.items())}。" if len(why) == 1 else ""
        return "・".join(told) + (one if 0 < len(one) <= LONGEST_TOLD else "。理由は Alt+K。")

    @property
    def signable(self) -> bool:
        """Compared, and agreed or counted again."""
        if self.phase is not Phase.COMPARED:
            return False
        try:
            check_signable(self.lines, self.handover.round)
        except OperatorError:
            return False
        return True


LONGEST_TOLD = 30
"""Of more there is no room in one line; the list behind Alt+K has them all."""


def of(connection: Connection, handover_id: str) -> HandoverView:
    """One 便 where it stands. Raises OperatorError when there is none."""
    handover = store.find(connection, handover_id)
    if handover is None:
        raise OperatorError("この便はありません。一覧を確かめてください。", code="no-handover")
    kinds = store.kinds(connection, handover_id)
    both = {side: store.counts(connection, handover_id, handover.round, side) for side in Side}
    counted = frozenset(side for side, counts in both.items() if counts)
    lines: tuple[ComparedLine, ...] = ()
    if len(counted) == len(both):
        expected = _expected(connection, handover, kinds) if handover.direction is Direction.OUT else None
        lines = compare(kinds, both[Side.GIVER], both[Side.RECEIVER], expected)
    receipt = store.receipt(connection, handover_id)
    return HandoverView(
        handover=handover,
        phase=Phase(handover.state) if handover.state != "open" else Phase.COMPARED if lines else Phase.COUNTING,
        kinds=kinds,
        usual=_usual(handover, kinds),
        counted=counted,
        lines=lines,
        signatures=store.signatures(connection, handover_id),
        slips=tuple(slip.number for slip in custody.slips_of_batch(connection, handover_id)),
        incident=store.has_incident(connection, handover_id),
        receipt=receipt.file if receipt else "",
        unkeyed=_unkeyed(connection, handover) if handover.direction is Direction.OUT else {},
        questions=hold_papers.questions_of(connection, handover_id) if handover.direction is Direction.OUT else {},
    )


def _unkeyed(connection: Connection, handover: Handover) -> dict[str, str]:
    found = giving_back.of_handover(connection, handover.id)
    return {number: f"{REASONS[reason]} {words}".strip() for number, (reason, words) in found.items()}


def _usual(handover: Handover, kinds: Sequence[DocumentKind]) -> frozenset[str]:
    """Going out, all that lies ready; coming in, the forms of every day and originals."""
    return frozenset(
        kind.id
        for kind in kinds
        if handover.direction is Direction.OUT or handover.urgent or kind == ORIGINAL or kind.id in usual_kinds()
    )


def _expected(connection: Connection, handover: Handover, kinds: Sequence[DocumentKind]) -> tuple[Count, ...]:
    pieces = store.pieces(connection, handover.id)
    return tuple(
        Count(
            kind.id,
            sum(1 for piece in pieces if piece.account.kind == kind.id) if kind.has_cases else 0,
            sum(piece.sheets for piece in pieces if piece.account.kind == kind.id),
        )
        for kind in kinds
    )
