"""立入り調査: two or more of the ward's staff go through the measures on the spot, at least once a fiscal year.

(区の運用 2: 区職員が複数で; 特記事項 15-17: 年度当たり1回以上.) What does not fit is a finding with a due date; the company
answers it, the ward ends it. Not 点検 (the log, the terminal), and not 終業点検 (the day close).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from nhi_center.domain.control_records import Said
from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.domain.operators import Signature, signatures_from_json
from nhi_center.domain.periods import fiscal_year_number, fiscal_year_words
from nhi_center.errors import OperatorError

BEGIN, END = "on_site_begin", "on_site_end"
"""Kinds of the two statements that all inspectors sign."""

LEAST_INSPECTORS = 2
LONGEST = 100
REMIND_FROM = 2
"""February: from then on an inspection that is missing in the fiscal year is reminded of."""


class Verdict(StrEnum):
    """適 / 不適 / 対象外."""

    FIT = "fit"
    UNFIT = "unfit"
    NOT_ASKED = "not_asked"

    @property
    def label(self) -> str:
        return {"fit": "適", "unfit": "不適", "not_asked": "対象外"}[self.value]


class Act(StrEnum):
    BEGUN = "begun"
    ENDED = "ended"
    GIVEN_UP = "given_up"
    ANSWERED = "answered"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of the checklist. ``words``: of 不適 the finding, else a remark; ``due``: of 不適, until when it is to be put
    right; ``shown``: what the product said of the measure at that moment."""

    measure: str
    verdict: Verdict
    words: str = ""
    due: date | None = None
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. ``at``: office's wall clock, ISO."""

    id: str
    inspection: str
    act: Act
    body: Mapping[str, Any]
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class Finding:
    """指摘: one 不適 of an ended inspection, with the company's answers and the ward's word at the end."""

    inspection: str
    line: Line
    answers: tuple[Said, ...] = ()
    settled: Said | None = None

    @property
    def state(self) -> str:
        return "終わり" if self.settled else "回答あり" if self.answers else "回答待ち"

    def overdue(self, today: date) -> bool:
        return self.settled is None and self.line.due is not None and self.line.due < today


@dataclass(frozen=True, slots=True)
class Inspection:
    """One inspection as it stands. ``begun`` and ``ended``: the signatures of everybody who inspects."""

    id: str
    day: date
    terminal: str
    inspectors: tuple[tuple[str, str], ...]
    begun_at: str
    begun: tuple[Signature, ...]
    ended_at: str = ""
    ended: tuple[Signature, ...] = ()
    given_up: Said | None = None
    lines: tuple[Line, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    @property
    def year(self) -> int:
        return fiscal_year_number(self.day)

    @property
    def open(self) -> bool:
        """It goes on: neither signed at its end nor given up."""
        return not self.ended and self.given_up is None

    @property
    def state(self) -> str:
        if self.given_up:
            return "取りやめ"
        if not self.ended:
            return "調査中"
        return "指摘あり" if any(one.settled is None for one in self.findings) else "済み"


def check_inspectors(people: Sequence[str]) -> None:
    """Raise OperatorError unless two or more different people inspect together (複数で)."""
    if len(set(people)) < LEAST_INSPECTORS or len(set(people)) != len(people):
        raise OperatorError("調査は別の区職員と二人以上で行います。", field="person", code="four-eyes")


def check_line(line: Line, today: date) -> None:
    """Raise OperatorError at ``words`` or ``due`` unless the line is whole."""
    if line.verdict is Verdict.UNFIT and not line.words.strip():
        raise OperatorError("不適のときは、指摘を書いてください。", field="words", code="empty")
    if line.verdict is Verdict.UNFIT and line.due is None:
        raise OperatorError("不適のときは、改める期限を入れてください。", field="due", code="no-due")
    if line.verdict is Verdict.UNFIT and line.due is not None and line.due < today:
        raise OperatorError("これからの日を入れてください。", field="due", code="due")
    if line.verdict is not Verdict.UNFIT and line.due is not None:
        raise OperatorError("期限は、不適のときだけ入れます。", field="due", code="due")
    check_words(line.words, needed=False)


def check_words(text: str, *, needed: bool = True) -> None:
    """Raise OperatorError at ``words``: something said, not too long, no 個人番号."""
    if needed and not text.strip():
        raise OperatorError("内容を書いてください。", field="words", code="empty")
    if len(text) > LONGEST:
        raise OperatorError(f"{LONGEST}文字までにしてください。", field="words", code="too-long")
    refuse_individual_number(text, "words")


def check_whole(lines: Iterable[Line], measures: Iterable[str]) -> None:
    """Raise OperatorError while a measure has no verdict."""
    left = len(set(measures) - {line.measure for line in lines})
    if left:
        raise OperatorError(f"まだ見ていない項目が{left}あります。すべてに適・不適・対象外を入れます。", code="not-whole")


def begin_contents(id_: str, day: date, terminal: str, people: Sequence[str]) -> dict[str, Any]:
    """What the inspectors sign when they come in."""
    return {"inspection": id_, "day": day.isoformat(), "terminal": terminal, "inspectors": list(people)}


def end_contents(id_: str, day: date, lines: Sequence[Line], people: Sequence[str]) -> dict[str, Any]:
    """What they sign at the end: every line as it stands."""
    told = [line_to_json(line) for line in lines]
    return {"inspection": id_, "day": day.isoformat(), "lines": told, "inspectors": list(people)}


def line_to_json(line: Line) -> dict[str, str]:
    due = line.due.isoformat() if line.due else ""
    return {"measure": line.measure, "verdict": line.verdict.value, "words": line.words, "due": due, "shown": line.shown}


def line_from_json(body: Mapping[str, Any]) -> Line:
    """Raises KeyError, TypeError or ValueError for what ``line_to_json`` does not write."""
    due = date.fromisoformat(body["due"]) if body["due"] else None
    return Line(str(body["measure"]), Verdict(body["verdict"]), str(body["words"]), due, str(body["shown"]))


def fold(events: Iterable[Event]) -> tuple[Inspection, ...]:
    """The inspections that these events, oldest first, add up to; the newest first."""
    found: dict[str, Inspection] = {}
    for event in events:
        if event.act is Act.BEGUN:
            found[event.inspection] = _begun(event)
        elif event.inspection in found:
            found[event.inspection] = _then(found[event.inspection], event)
    return tuple(sorted(found.values(), key=lambda one: (one.begun_at, one.id), reverse=True))


def _begun(event: Event) -> Inspection:
    signed = signatures_from_json(event.body["signatures"])
    people = tuple((one.person, one.name) for one in signed)
    return Inspection(
        event.inspection, date.fromisoformat(event.body["day"]), str(event.body["terminal"]), people, event.at, signed
    )


def _then(one: Inspection, event: Event) -> Inspection:
    if event.act is Act.ENDED:
        lines = tuple(line_from_json(line) for line in event.body["lines"])
        findings = tuple(Finding(one.id, line) for line in lines if line.verdict is Verdict.UNFIT)
        signed = signatures_from_json(event.body["signatures"])
        return replace(one, ended_at=event.at, ended=signed, lines=lines, findings=findings)
    said = Said(str(event.body["words"]), event.at, event.by)
    if event.act is Act.GIVEN_UP:
        return replace(one, given_up=said)
    measure = event.body["measure"]
    return replace(one, findings=tuple(_said(f, event.act, said) if f.line.measure == measure else f for f in one.findings))


def _said(finding: Finding, act: Act, said: Said) -> Finding:
    if act is Act.ANSWERED:
        return replace(finding, answers=(*finding.answers, said))
    return replace(finding, settled=said)


# -- once a fiscal year --


def newest_of(inspections: Iterable[Inspection], year: int) -> Inspection | None:
    """The last inspection of a fiscal year that was signed at its end."""
    done = [one for one in inspections if one.ended and one.year == year]
    return max(done, key=lambda one: one.day, default=None)


def reminder(inspections: Iterable[Inspection], today: date) -> str:
    """What is said from February on while the fiscal year has none; "" otherwise."""
    year = fiscal_year_number(today)
    if not REMIND_FROM <= today.month <= 3 or newest_of(inspections, year) is not None:
        return ""
    return f"{fiscal_year_words(year)}の立入り調査がまだです(3月31日まで)"
