"""What a clerk has beside the telephone: categories, answers the ward has checked, what each level of 本人確認 allows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nhi_center.domain import call_answers
from nhi_center.domain.call_answers import Answer
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
    categories: Mapping[str, Any], faq: Mapping[str, str], levels: Mapping[str, Any], illness: Mapping[str, Any]
) -> CallBook:
    """From the parsed files of resources/calls and the texts of resources/faq by file name. Raises ValueError, naming the entry,
    when they do not fit together."""
    found = tuple(
        Category(row["code"], row["title"], row["section"], bool(row.get("transfer", False))) for row in categories["categories"]
    )
    numbers = {one.number for one in found}
    for code in (one.code for one in found):
        if not re.fullmatch(r"Q[0-9]{2}", code):
            raise ValueError(f"category {code}")
    if len(numbers) != len(found):
        raise ValueError("category given twice")
    answers = call_answers.parse(faq, numbers)
    rules = {
        Level(row["code"]): LevelRule(row["title"], row["may"], row["never"], frozenset(row["facts"])) for row in levels["levels"]
    }
    if set(rules) != set(Level):
        raise ValueError("levels")
    return CallBook(found, answers, rules, levels["script"], tuple(illness["words"]))
