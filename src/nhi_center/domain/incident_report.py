"""事故の報告: what went wrong or may go wrong, as the one says it who found it (特記事項 19; 受託者の運用 9).

What people report and what the program finds by itself is said in the same fields, so that every terminal of the room and every
paper for the ward shows it alike. Names of insured persons never stand in it: how many they are, and which items.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from nhi_center.domain.free_words import refuse_individual_number
from nhi_center.errors import OperatorError

LONGEST_ITEMS, LONGEST_WORDS = 120, 400


class Kind(StrEnum):
    """種類."""

    DIFFERENCE = "difference"
    SERIAL = "serial"
    MISDELIVERY = "misdelivery"
    MISENTRY = "misentry"
    LEAK = "leak"
    LOSS = "loss"
    DAMAGE = "damage"
    INTRUSION = "intrusion"
    CONNECTION = "connection"
    DEVICE = "device"
    LOG = "log"
    BREACH = "breach"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Kind.DIFFERENCE: "枚数差異",
    Kind.SERIAL: "用紙番号の差異",
    Kind.MISDELIVERY: "誤交付・誤発行",
    Kind.MISENTRY: "誤入力",
    Kind.LEAK: "漏えい",
    Kind.LOSS: "紛失・滅失",
    Kind.DAMAGE: "毀損",
    Kind.INTRUSION: "不正アクセス",
    Kind.CONNECTION: "許可外の接続",
    Kind.DEVICE: "未登録の装置",
    Kind.LOG: "操作記録の異状",
    Kind.BREACH: "特記事項の違反",
    Kind.OTHER: "その他",
}


@dataclass(frozen=True, slots=True)
class Report:
    """``happened`` False: it may happen (おそれ). ``found_at``: the office's wall clock, ISO to the minute; ``found_by``: ID.

    ``occurred``: when it happened, in words, "" when nobody knows. ``persons``: how many insured persons, None: not known yet.
    """

    kind: Kind
    happened: bool
    found_at: str
    found_by: str
    words: str
    occurred: str = ""
    persons: int | None = None
    items: str = ""
    my_number: bool = False

    @property
    def certainty(self) -> str:
        return "発生" if self.happened else "おそれ"

    @property
    def whom(self) -> str:
        """Of how many people, and what: 3人 氏名、住所(個人番号を含む)."""
        count = "人数は調査中" if self.persons is None else f"{self.persons}人"
        number = "(個人番号を含む)" if self.my_number else ""
        return f"{count} {self.items}{number}".strip()


def check(report: Report, now: datetime) -> None:
    """Raise OperatorError at the field that is not whole."""
    if datetime.fromisoformat(report.found_at) > now:
        raise OperatorError("これからの時刻は入れられません。", field="found_at", code="in-future")
    if report.persons is not None and report.persons < 0:
        raise OperatorError("人数を数字で入れてください。わからないときは空欄のままにします。", field="persons", code="persons")
    if not report.words.strip():
        raise OperatorError("何があったかを書いてください。", field="words", code="no-words")
    for field, text, longest in (
        ("words", report.words, LONGEST_WORDS),
        ("items", report.items, LONGEST_ITEMS),
        ("occurred", report.occurred, LONGEST_ITEMS),
    ):
        if len(text) > longest:
            raise OperatorError(f"{longest}文字までにしてください。", field=field, code="too-long")
        refuse_individual_number(text, field)


def to_json(report: Report) -> dict[str, Any]:
    return {**asdict(report), "kind": report.kind.value}


def from_json(body: Mapping[str, Any]) -> Report:
    """Raises KeyError, TypeError or ValueError for what ``to_json`` does not write.

    What is kept is never judged again: one record that ``check`` would refuse today must not hide all the others.
    """
    if set(body) != {one.name for one in fields(Report)}:
        raise ValueError("no report")
    report = Report(**{**body, "kind": Kind(body["kind"])})
    texts = (report.found_by, report.words, report.occurred, report.items)
    if not all(isinstance(text, str) for text in texts) or not all(
        isinstance(v, bool) for v in (report.happened, report.my_number)
    ):
        raise TypeError("no report")
    if report.persons is not None and type(report.persons) is not int:
        raise TypeError("no report")
    if datetime.fromisoformat(report.found_at).tzinfo is None:  # it is compared with the office's clock
        raise ValueError("no report")
    return report
