"""回答例: the answers a clerk may give without asking, read from resources/faq, found by any part of their words, and the ward's
own versions of them. An id once given keeps its meaning, because calls cite it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from nhi_center.domain.calendar import anniversary
from nhi_center.domain.identifiers import find_individual_number
from nhi_center.domain.search import kana_key
from nhi_center.errors import OperatorError

TEXT_LIMIT = 100
"""An answer is read aloud from beside the call: longer ones are two answers."""
WORDS_LIMIT = 100
NO_INDIVIDUAL_NUMBER = "個人番号(マイナンバー)と思われる12桁の数字があります。消してください。"
ID = re.compile(r"[0-9]{2}-[1-9][0-9]?")
_CATEGORY_LINE = re.compile(r"# (Q[0-9]{2})(?: .*)?")
_FACTS = {"区確認日": "checked", "係": "section", "語": "words"}


class AnswersFault(ValueError):
    """A file of answers that cannot be read; the text names file and line."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that may be given as it stands, checked by the ward on ``checked`` (区確認日). ``version`` is the id of the
    ward's own version, "" for what is shipped."""

    id: str
    text: str
    checked: date
    section: str = ""
    words: tuple[str, ...] = ()
    version: str = ""

    @property
    def number(self) -> str:
        """Of the category: 06."""
        return self.id.partition("-")[0]

    def is_old(self, today: date) -> bool:
        """要確認: the ward has not looked at it for a year."""
        return anniversary(self.checked, 1) <= today


@dataclass(frozen=True, slots=True)
class AnswerVersion:
    """One version by the ward: written by one, approved by another. ``withdrawn``: it is not given any more."""

    id: str
    answer: Answer
    withdrawn: bool
    written_by: str
    written_at: str

    def contents(self) -> dict[str, Any]:
        """What the second person signs, and what the other terminals are told of it."""
        answer = self.answer
        return {
            "id": self.id,
            "answer": answer.id,
            "text": answer.text,
            "checked": answer.checked.isoformat(),
            "section": answer.section,
            "words": list(answer.words),
            "withdrawn": self.withdrawn,
            "written_by": self.written_by,
            "written_at": self.written_at,
        }


def version_of(contents: Mapping[str, Any]) -> AnswerVersion:
    """Of what was signed. Raises ValueError, KeyError or TypeError for what is none."""
    names = ("id", "answer", "text", "section", "written_by", "written_at")
    words, withdrawn = contents["words"], contents["withdrawn"]
    if not all(isinstance(contents[name], str) for name in names) or not isinstance(withdrawn, bool):
        raise ValueError("answer")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError("answer")
    checked = date.fromisoformat(contents["checked"])
    answer = Answer(contents["answer"], contents["text"], checked, contents["section"], tuple(words), contents["id"])
    return AnswerVersion(contents["id"], answer, withdrawn, contents["written_by"], contents["written_at"])


# -- the files --


def parse(files: Mapping[str, str], numbers: Iterable[str]) -> tuple[Answer, ...]:
    """Every answer of resources/faq: ``files`` are texts by file name, ``numbers`` those of the categories there are.

    Raises AnswersFault for an unknown category, one without an answer, an id given twice, and whatever an answer lacks.
    """
    known = set(numbers)
    found: dict[str, Answer] = {}
    for name in sorted(files):
        for line, answer in _parse_file(name, files[name], known):
            if answer.id in found:
                raise AnswersFault(f"{name}:{line}: {answer.id} is given twice")
            found[answer.id] = answer
    without = known - {answer.number for answer in found.values()}
    if without:
        raise AnswersFault(f"no answer for category {min(without)}")
    return tuple(sorted(found.values(), key=_order))


def _order(answer: Answer) -> tuple[str, int]:
    number, _dash, running = answer.id.partition("-")
    return number, int(running)


def _parse_file(name: str, text: str, known: set[str]) -> list[tuple[int, Answer]]:
    lines = text.splitlines()
    head = _CATEGORY_LINE.fullmatch(lines[0]) if lines else None
    if head is None:
        raise AnswersFault(f"{name}:1: begins with '# Q06 title'")
    number = head[1][1:]
    if number not in known:
        raise AnswersFault(f"{name}:1: unknown category {head[1]}")
    begins = [at for at, line in enumerate(lines) if line.startswith("## ")]
    stray = [at for at, line in enumerate(lines[1 : begins[0] if begins else None], start=2) if line.strip()]
    if stray:
        raise AnswersFault(f"{name}:{stray[0]}: stands before the first '## {number}-1'")
    ends = [*begins[1:], len(lines)][: len(begins)]
    return [(at + 1, _parse_answer(name, at, lines[at:end], number)) for at, end in zip(begins, ends, strict=True)]


def _parse_answer(name: str, at: int, lines: Sequence[str], number: str) -> Answer:
    id_ = lines[0].removeprefix("## ").strip()
    if not ID.fullmatch(id_) or not id_.startswith(f"{number}-"):
        raise AnswersFault(f"{name}:{at + 1}: {id_} is no id of this category")
    facts: dict[str, str] = {}
    words: list[str] = []
    for offset, line in enumerate(lines[1:], start=at + 2):
        key, colon, value = line.removeprefix("- ").partition(":")
        if line.startswith("- "):
            if not colon or key not in _FACTS or words or key in facts:
                raise AnswersFault(f"{name}:{offset}: only one each of {'、'.join(_FACTS)} before the text")
            facts[key] = value.strip()
        elif line.strip():
            words.append(line.strip())
    missing = [key for key in _FACTS if not facts.get(key)]
    if missing:
        raise AnswersFault(f"{name}:{at + 1}: {id_} has no {missing[0]}")
    try:
        checked = date.fromisoformat(facts["区確認日"])
    except ValueError:
        raise AnswersFault(f"{name}:{at + 1}: {id_} has no day as 区確認日") from None
    answer = Answer(id_, "".join(words), checked, facts["係"], split_words(facts["語"]))
    if not answer.text or len(answer.text) > TEXT_LIMIT:
        raise AnswersFault(f"{name}:{at + 1}: {id_} has no text, or more than {TEXT_LIMIT} characters")
    return answer


def split_words(text: str) -> tuple[str, ...]:
    """語, given in one line."""
    return tuple(dict.fromkeys(word for word in re.split(r"[、,\s]+", text) if word))


# -- finding --


def key_of(answer: Answer, title: str) -> str:
    """What a search looks through. Words keep apart: none runs over into the next."""
    return "\n".join(kana_key(part) for part in (answer.id, title, answer.text, answer.section, *answer.words))


def terms_of(typed: str) -> tuple[str, ...]:
    """The words of a search line, folded as the register's: kana and widths are alike."""
    return tuple(term for term in map(kana_key, typed.split()) if term)


def matches(key: str, terms: Iterable[str]) -> bool:
    """Every word stands somewhere in it."""
    return all(term in key for term in terms)


# -- the ward's versions --


def in_force(shipped: Sequence[Answer], versions: Iterable[AnswerVersion]) -> tuple[Answer, ...]:
    """What is given today: of each id the version written last, else what is shipped; withdrawn ones are gone."""
    newest = last_versions(versions)
    kept = {answer.id: answer for answer in shipped}
    kept |= {id_: version.answer for id_, version in newest.items()}
    gone = {id_ for id_, version in newest.items() if version.withdrawn}
    return tuple(sorted((answer for id_, answer in kept.items() if id_ not in gone), key=_order))


def last_versions(versions: Iterable[AnswerVersion]) -> dict[str, AnswerVersion]:
    """Of each id the version written last."""
    found: dict[str, AnswerVersion] = {}
    for version in sorted(versions, key=lambda one: (one.written_at, one.id)):
        found[version.answer.id] = version
    return found


def next_id(number: str, taken: Iterable[str]) -> str:
    """The next free id of a category; that of a withdrawn answer stays taken."""
    used = [int(id_.partition("-")[2]) for id_ in taken if id_.startswith(f"{number}-")]
    following = max(used, default=0) + 1
    if following > 99:
        raise OperatorError("この分類の番号は、もう使い切っています。今ある回答を直してください。", field="category", code="full")
    return f"{number}-{following}"


def check(answer: Answer, today: date) -> Answer:
    """The answer as it is kept. Raises OperatorError at the field that keeps it from being one."""
    text = " ".join(answer.text.split())
    if not text or len(text) > TEXT_LIMIT:
        raise OperatorError(f"回答は1文字から{TEXT_LIMIT}文字までで書いてください。", field="text", code="length")
    for field, words in (("text", text), ("section", answer.section), ("words", " ".join(answer.words))):
        if find_individual_number(words) is not None:
            raise OperatorError(NO_INDIVIDUAL_NUMBER, field=field, code="number")
    if answer.checked > today:
        raise OperatorError("区確認日は、今日か前の日にしてください。", field="checked", code="future")
    if answer.is_old(today):
        raise OperatorError("区確認日が1年より前です。確かめ直した日を入れてください。", field="checked", code="old")
    if len("、".join(answer.words)) > WORDS_LIMIT:
        raise OperatorError(f"さがす語は、合わせて{WORDS_LIMIT}文字までです。", field="words", code="length")
    return replace(answer, text=text)
