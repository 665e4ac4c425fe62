"""What a clerk has beside the telephone: categories, answers the ward has checked, what each level of 本人確認 allows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from nhi_center.domain.call_check import Level

_FAQ_ID = re.compile(r"(?<![0-9])([0-9]{2}-[0-9]{1,2})(?![0-9])")


@dataclass(frozen=True, slots=True)
class Category:
    """分類: ``code`` such as Q06; ``section`` is the 係 that decides; ``transfer``: that 係 answers, not this office."""

    code: str
    title: str
    section: str
    transfer: bool

    @property
    def number(self) -> str:
        """What is typed and shown: 06."""
        return self.code[1:]


@dataclass(frozen=True, slots=True)
class Answer:
    """回答例: an answer that may be given as it stands, checked by the ward on ``checked`` (区確認日)."""

    id: str
    text: str
    checked: date


@dataclass(frozen=True, slots=True)
class LevelRule:
    """What may be said at one level, in words for the clerk, and the kinds of fact that are shown."""

    title: str
    may: str
    never: str
    facts: frozenset[str]


@dataclass(frozen=True, slots=True)
class CallBook:
    """``script`` is said before the three questions are asked."""

    categories: tuple[Category, ...]
    answers: tuple[Answer, ...]
    levels: Mapping[Level, LevelRule]
    script: str
    illness_words: tuple[str, ...]

    def category(self, code: str) -> Category | None:
        return next((one for one in self.categories if one.code == code), None)

    def answers_for(self, code: str) -> tuple[Answer, ...]:
        """The answers of one category, in order."""
        return tuple(one for one in self.answers if code and one.id.startswith(f"{code[1:]}-"))

    def cited(self, text: str) -> tuple[str, ...]:
        """Ids of known answers that a text names (回答根拠), in order and once each."""
        known = {one.id for one in self.answers}
        return tuple(dict.fromkeys(found for found in _FAQ_ID.findall(text) if found in known))

    def illness_in(self, text: str) -> bool:
        """Does the text seem to tell of an illness? It should not be kept here."""
        return any(word in text for word in self.illness_words)


def parse(
    categories: Mapping[str, Any], answers: Mapping[str, Any], levels: Mapping[str, Any], illness: Mapping[str, Any]
) -> CallBook:
    """From the parsed files of resources/calls. Raises ValueError, naming the entry, when they do not fit together."""
    found = tuple(
        Category(row["code"], row["title"], row["section"], bool(row.get("transfer", False))) for row in categories["categories"]
    )
    texts = tuple(Answer(row["id"], row["text"], row["checked"]) for row in answers["answers"])
    numbers = {one.number for one in found}
    for code in (one.code for one in found):
        if not re.fullmatch(r"Q[0-9]{2}", code):
            raise ValueError(f"category {code}")
    for answer in texts:
        if answer.id.partition("-")[0] not in numbers:
            raise ValueError(f"answer {answer.id}")
    if len({one.id for one in texts}) != len(texts) or len(numbers) != len(found):
        raise ValueError("given twice")
    rules = {
        Level(row["code"]): LevelRule(row["title"], row["may"], row["never"], frozenset(row["facts"])) for row in levels["levels"]
    }
    if set(rules) != set(Level):
        raise ValueError("levels")
    return CallBook(found, texts, rules, levels["script"], tuple(illness["words"]))
