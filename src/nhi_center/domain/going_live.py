"""稼働前点検: what the ward administrator looks at and signs before a terminal does real work (最初の設定)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.errors import OperatorError

STATEMENT = "going_live"
"""The kind under which the checklist is signed and recorded."""

LONGEST_NOTE = 80
TERMINAL_NAME = re.compile(r"[A-Z0-9-]{1,16}")
PERSON_ID = re.compile(r"[A-Za-z0-9-]{3,16}")


class Verdict(StrEnum):
    """How a point was answered."""

    CHECKED = "checked"
    NOT_NEEDED = "not_needed"

    @property
    def label(self) -> str:
        return {Verdict.CHECKED: "確かめた", Verdict.NOT_NEEDED: "該当なし"}[self]


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to look at. ``note``: the answer needs words; ``not_needed``: 該当なし is an answer, with its reason."""

    id: str
    title: str
    words: str
    note: bool = False
    not_needed: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one point."""

    point: str
    verdict: Verdict
    note: str = ""


def parse_points(table: Mapping[str, Any]) -> tuple[Point, ...]:
    """The points of the resource file. Raises ValueError when two have one id, TypeError for an unknown entry."""
    points = tuple(Point(**entry) for entry in table["point"])
    if len({point.id for point in points}) != len(points):
        raise ValueError("two points with one id")
    return points


def check_finding(point: Point, finding: Finding) -> None:
    """Raise OperatorError at ``note`` unless the answer is complete."""
    note = finding.note.strip()
    if finding.verdict is Verdict.NOT_NEEDED and not point.not_needed:
        raise OperatorError(f"「{point.title}」は、該当なしにできません。確かめてから進んでください。", field="verdict")
    if (point.note or finding.verdict is Verdict.NOT_NEEDED) and not note:
        words = "該当しない理由を書いてください。" if finding.verdict is Verdict.NOT_NEEDED else "確かめた内容を書いてください。"
        raise OperatorError(words, field="note")
    if len(note) > LONGEST_NOTE:
        raise OperatorError(f"{LONGEST_NOTE}文字までにしてください。", field="note")
    refuse_individual_number(note, "note")


def check_whole(points: Sequence[Point], findings: Mapping[str, Finding]) -> None:
    """Raise OperatorError unless every point has a complete answer."""
    for point in points:
        if point.id not in findings:
            raise OperatorError(f"「{point.title}」がまだ確かめられていません。", field=point.id, code="not-checked")
        check_finding(point, findings[point.id])


def contents(facts: Mapping[str, str], points: Sequence[Point], findings: Mapping[str, Finding], day: str) -> dict[str, Any]:
    """What is signed: the terminal's own facts, the day, and every point with its answer."""
    lines = [
        {
            "point": point.id,
            "title": point.title,
            "verdict": findings[point.id].verdict.value,
            "note": findings[point.id].note.strip(),
        }
        for point in points
    ]
    return {"facts": dict(facts), "day": day, "lines": lines}


def check_terminal(name: str, label: str) -> None:
    """Raise OperatorError at ``terminal`` or ``label``."""
    if not TERMINAL_NAME.fullmatch(name):
        raise OperatorError("端末の名前は、英大文字・数字・ハイフンの16文字までで入れてください。", field="terminal")
    if not label.strip() or len(label.strip()) > 16:
        raise OperatorError("画面に出す呼び名を16文字までで入れてください。", field="label")


def check_person(person: str, name: str) -> None:
    """Raise OperatorError at ``person`` or ``name``."""
    if not PERSON_ID.fullmatch(person):
        raise OperatorError("IDは、英字・数字・ハイフンの3文字から16文字までで入れてください。", field="person")
    if not name.strip() or len(name.strip()) > 40:
        raise OperatorError("氏名を入れてください。", field="name")
