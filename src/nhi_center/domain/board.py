"""進み具合: where every paper of the room stands and with whom, and what cannot go on with the people who are in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nhi_center.domain.entry import State
from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.errors import OperatorError

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Case:
    """One paper. ``holder``: who has it, "" for nobody; ``keyers``: who must not verify it; ``hours``: past the limit, or 0."""

    application: str
    number: str
    title: str
    state: State
    holder: str = ""
    keyers: frozenset[str] = frozenset()
    hours: int = 0
    urgent: bool = False

    @property
    def movable(self) -> bool:
        """A draft can be given to another; nothing else belongs to one person."""
        return self.state is State.DRAFTING


@dataclass(frozen=True, slots=True)
class FormLine:
    """How many papers of one form stand where; ``overdue`` of all of them."""

    title: str
    to_key: int
    drafts: int
    to_verify: int
    to_review: int
    held: int
    overdue: int

    @property
    def total(self) -> int:
        return self.to_key + self.drafts + self.to_verify + self.to_review + self.held


def by_form(cases: Sequence[Case]) -> tuple[FormLine, ...]:
    """A line for each form that has any, the fullest first."""
    titles = dict.fromkeys(case.title for case in cases)
    lines = [_line(title, [case for case in cases if case.title == title]) for title in titles]
    return tuple(sorted(lines, key=lambda line: (-line.total, line.title)))


def _line(title: str, cases: Sequence[Case]) -> FormLine:
    def count(*states: State) -> int:
        return sum(case.state in states for case in cases)

    return FormLine(
        title=title,
        to_key=count(State.RECEIVED),
        drafts=count(State.DRAFTING),
        to_verify=count(State.ENTERED),
        to_review=count(State.VERIFIED),
        held=count(State.HELD),
        overdue=sum(case.hours > 0 for case in cases),
    )


def stuck(cases: Iterable[Case], able: frozenset[str]) -> tuple[Case, ...]:
    """What waits for a verifier and finds none: everybody who is in and ``able`` has keyed it (四眼)."""
    return tuple(case for case in cases if case.state is State.ENTERED and able <= case.keyers)


def stuck_words(stopped: Sequence[Case], able: frozenset[str], names: Mapping[str, str]) -> str:
    """What cannot finish, and who would help; "" while everything can."""
    if not stopped:
        return ""
    inside = "、".join(names.get(person, person) for person in sorted(able)) or "なし"
    return f"照合できない届出が{len(stopped)}件あります。入力した人とは別の人が要ります(室内で照合できる人: {inside})。"


def check_assign(case_state: State, keyer: str, to: str, reason: str) -> None:
    """Raise OperatorError at ``to`` or ``reason``, or when it is no draft any more."""
    if case_state is not State.DRAFTING:
        raise OperatorError(
            f"この届出は今「{case_state.label}」です。担当を変えられるのは下書きだけです。一覧を更新してください。",
            code="not-this-step",
        )
    if to == keyer:
        raise OperatorError("いまの担当者です。別の人のIDを入れてください。", field="to", code="same-person")
    if not reason.strip():
        raise OperatorError("変える理由を書いてください。", field="reason", code="no-reason")
    if len(reason) > LONGEST:
        raise OperatorError(f"{LONGEST}文字までにしてください。", field="reason", code="too-long")
    refuse_individual_number(reason, "reason")
