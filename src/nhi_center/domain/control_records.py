"""監督の記録: what the council paper asks for and no program can check: said with its day, answered, ended by the ward.

(特記事項 20, 21: 改善指導, 公表, 損害; 区の運用 3; 受託者の運用 9, 10; how the ward's two-factor sign-in is provided.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.domain.operators import Role
from nhi_center.errors import OperatorError

LONGEST_TITLE, LONGEST = 40, 200


class RecordKind(StrEnum):
    """What a record is about. ``needed``: the contract asks that there is one; ``answered``: it waits for the other side."""

    TWO_FACTOR = "two_factor"
    INSTRUCTION = "instruction"
    CONSENT = "consent"
    STATUS_REPORT = "status_report"
    PROCEDURES = "procedures"
    CONTACTS = "contacts"
    DRILL = "drill"
    CHANGE = "change"
    RETURN = "return"
    GUIDANCE = "guidance"
    PUBLICATION = "publication"
    DAMAGE = "damage"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def needed(self) -> bool:
        return self in (RecordKind.TWO_FACTOR, RecordKind.INSTRUCTION, RecordKind.PROCEDURES, RecordKind.CONTACTS)

    @property
    def answered(self) -> bool:
        return self in (RecordKind.STATUS_REPORT, RecordKind.CHANGE, RecordKind.GUIDANCE, RecordKind.DAMAGE)

    @property
    def by_company(self) -> bool:
        """The company reports it; everything else is the ward's to say."""
        return self in _BY_COMPANY


_BY_COMPANY = frozenset({RecordKind.PROCEDURES, RecordKind.CONTACTS, RecordKind.DRILL, RecordKind.CHANGE, RecordKind.RETURN})
_LABELS = {
    RecordKind.TWO_FACTOR: "二要素認証の方法",
    RecordKind.INSTRUCTION: "安全対策の指導",
    RecordKind.CONSENT: "区の承諾",
    RecordKind.STATUS_REPORT: "状況報告の求め",
    RecordKind.PROCEDURES: "緊急時の体制・手順",
    RecordKind.CONTACTS: "緊急連絡先",
    RecordKind.DRILL: "訓練",
    RecordKind.CHANGE: "対策の変更・協議",
    RecordKind.RETURN: "返還・消去",
    RecordKind.GUIDANCE: "改善指導",
    RecordKind.PUBLICATION: "公表",
    RecordKind.DAMAGE: "損害",
}


class Act(StrEnum):
    WRITTEN = "written"
    ANSWERED = "answered"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a record. ``at``: office's wall clock, ISO."""

    id: str
    record: str
    act: Act
    body: Mapping[str, Any]
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is said when a record is written. ``due``: until when it is to be answered, None for no day."""

    kind: RecordKind
    day: date
    title: str
    words: str
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, or the ward's word at the end."""

    words: str
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class ControlRecord:
    """One record as it stands."""

    id: str
    wanted: Wanted
    at: str
    by: str
    answers: tuple[Said, ...] = ()
    settled: Said | None = None

    @property
    def state(self) -> str:
        if self.settled:
            return "終わり"
        if self.wanted.kind.answered:
            return "回答あり" if self.answers else "回答待ち"
        return "記録"

    @property
    def last_day(self) -> str:
        """The day something last happened to it."""
        return max([self.wanted.day.isoformat(), *(one.at[:10] for one in (*self.answers, *filter(None, [self.settled])))])

    def overdue(self, today: date) -> bool:
        """It should have been answered by now, and is not."""
        return self.wanted.due is not None and not self.answers and not self.settled and self.wanted.due < today


def check_wanted(wanted: Wanted, role: Role, today: date) -> None:
    """Raise OperatorError at the field that is not whole, or when the other side is the one to say it."""
    if wanted.kind.by_company is not role.is_contractor:
        side = "取扱責任者" if wanted.kind.by_company else "区職員"
        raise OperatorError(f"「{wanted.kind.label}」は{side}が記録します。", field="kind", code="other-side")
    if wanted.day > today:
        raise OperatorError("まだ来ていない日は記録できません。", field="day", code="future")
    if wanted.due is not None and wanted.due < wanted.day:
        raise OperatorError("期限が、記録の日より前です。", field="due", code="due")
    if wanted.due is not None and not wanted.kind.answered:
        raise OperatorError("回答を待たない記録に、期限は要りません。", field="due", code="due")
    if wanted.due is None and wanted.kind.answered:
        raise OperatorError("回答の期限を入れてください。", field="due", code="no-due")
    _require(wanted.title, "title", LONGEST_TITLE)
    _require(wanted.words, "words", LONGEST)


def check_said(record: ControlRecord, words: str) -> None:
    """Raise OperatorError at ``words``, or when the record has ended."""
    if record.settled:
        raise OperatorError("この記録は終わっています。", code="settled")
    _require(words, "words", LONGEST)


def check_settle(record: ControlRecord) -> None:
    """Raise OperatorError while an answer is waited for."""
    if record.wanted.kind.answered and not record.answers:
        raise OperatorError("回答がまだありません。回答のあとで終えます。", code="no-answer")


def _require(text: str, field: str, longest: int) -> None:
    if not text.strip():
        raise OperatorError("内容を書いてください。", field=field, code="empty")
    if len(text) > longest:
        raise OperatorError(f"{longest}文字までにしてください。", field=field, code="too-long")
    refuse_individual_number(text, field)


def fold(events: Iterable[Event]) -> tuple[ControlRecord, ...]:
    """The records that these events, oldest first, add up to; the newest record first."""
    found: dict[str, ControlRecord] = {}
    for event in events:
        one = found.get(event.record)
        if event.act is Act.WRITTEN:
            found[event.record] = ControlRecord(event.record, wanted_from_json(event.body), event.at, event.by)
        elif one is not None:
            said = Said(str(event.body["words"]), event.at, event.by)
            answers = (*one.answers, said) if event.act is Act.ANSWERED else one.answers
            settled = said if event.act is Act.SETTLED else one.settled
            found[event.record] = ControlRecord(one.id, one.wanted, one.at, one.by, answers, settled)
    return tuple(sorted(found.values(), key=lambda one: (one.at, one.id), reverse=True))


def wanted_to_json(wanted: Wanted) -> dict[str, Any]:
    due = wanted.due.isoformat() if wanted.due else ""
    return {
        "kind": wanted.kind.value,
        "day": wanted.day.isoformat(),
        "title": wanted.title,
        "words": wanted.words,
        "due": due,
    }


def wanted_from_json(body: Mapping[str, Any]) -> Wanted:
    """Raises KeyError, TypeError or ValueError for what ``wanted_to_json`` does not write."""
    due = date.fromisoformat(body["due"]) if body["due"] else None
    return Wanted(RecordKind(body["kind"]), date.fromisoformat(body["day"]), str(body["title"]), str(body["words"]), due)
