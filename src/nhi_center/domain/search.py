"""Search keys of the register, and what a clerk means by one line such as ``カツラギ 3450312``.

Keys compare, they never print: widths are equal, hiragana is katakana, letters are capitals, spaces, middle dots and variation
selectors are gone. Prefixes use the keys; places inside a name use bigrams, one token each: ``kヤマ kマモ z j山本``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from nhi_center.domain.calendar import DateProblem, parse_date
from nhi_center.domain.identifiers import IdentifierProblem, fold_code, parse_phone
from nhi_center.domain.names import SPACE, strip_selectors, to_katakana
from nhi_center.domain.people import Person
from nhi_center.domain.roman_kana import kana_guess, name_guess

KANA_FIELD = "k"
KANJI_FIELD = "j"

_KANA_WORD = re.compile("[\u3041-\u3096\u3099-\u309c\u30a1-\u30fa\u30fb\u30fc\uff65-\uff9f]+")
_KANA_THEN_DATE = re.compile(f"({_KANA_WORD.pattern})(?=[0-9０-９A-Za-zＡ-Ｚａ-ｚ])(.*[0-9０-９])")
_TAKEN_AS_IS = re.compile("[0-9A-Z\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4db5\u4e00-\u9fcc\U00020000-\U0002a6d6]")
_BETWEEN = "z"
_NUMBER = re.compile(r"[0-9(][0-9()\-]*")


def kanji_key(text: str) -> str:
    """Key of a name (``kanji_n``): NFKC, capitals, without spaces, middle dots and variation selectors."""
    plain = unicodedata.normalize("NFKC", strip_selectors(text))
    return "".join(char for char in plain.upper() if not char.isspace() and char != "・" and not _is_no_sign(char))


def _is_no_sign(char: str) -> bool:
    """Controls, invisible marks and half characters: nothing a name is compared by, and some of it no database takes."""
    return unicodedata.category(char) in ("Cc", "Cf", "Cs")


def kana_key(text: str) -> str:
    """Key of a フリガナ (``kana_n``): as ``kanji_key``, and hiragana becomes katakana. Small kana stay small."""
    return to_katakana(kanji_key(text))


def given_key(kana: str) -> str:
    """Key of the given name (``given_n``): what follows the first space, empty without one."""
    return kana_key(kana.replace(" ", SPACE).partition(SPACE)[2])


def _grams(field: str, key: str) -> list[str]:
    signs = [_token_sign(char) for char in key]
    return [f"{field}{first}{second}" for first, second in pairwise(signs)]


def _token_sign(char: str) -> str:
    """The character as the index keeps it apart from every other: its tokenizer takes kana, kanji and A to Z as they are, but
    cuts at most other signs, folds accents, and does not know the newer kanji. Those stand by their number (``x2ex``)."""
    return char if _TAKEN_AS_IS.fullmatch(char) else f"x{ord(char):x}x"


def bigrams(kana: str, *names: str) -> str:
    """The text to index for places inside a name: its kana, then the name and others the person goes by. A word between, which
    no name gives, keeps a phrase from running over from one to the next."""
    groups = [_grams(KANA_FIELD, kana_key(kana)), *(_grams(KANJI_FIELD, kanji_key(name)) for name in names)]
    return f" {_BETWEEN} ".join(" ".join(group) for group in groups if group)


def phrase(field: str, text: str) -> str:
    """The quoted phrase that finds ``text`` anywhere in the field; empty below two characters (use the prefix index)."""
    grams = _grams(field, kana_key(text) if field == KANA_FIELD else kanji_key(text))
    return f'"{" ".join(grams)}"' if grams else ""


@dataclass(frozen=True, slots=True)
class SearchKeys:
    """The indexed columns of one person."""

    kana_n: str
    given_n: str
    kanji_n: str
    phone: str
    phone_rev: str
    grams: str

    @classmethod
    def of(cls, person: Person) -> SearchKeys:
        kana = person.kana or name_guess(person.roman or person.name)  # who has no フリガナ is found as he sounds
        return cls(
            kana_n=kana_key(kana),
            given_n=given_key(kana),
            kanji_n=kanji_key(person.name),
            phone=person.phone,
            phone_rev=person.phone[::-1],
            grams=bigrams(kana, person.name, person.alias, person.roman),
        )


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """One search line, taken apart. Filled parts all have to hold.

    ``sounds``: the words of a name in Roman letters as they may stand in kana: who is not found by the letters may be by these.

    ``either``: ``birth`` and ``digits`` come from the same word (19700312 is a birth date or a number), so that one of the
    two is enough.
    """

    kana: str = ""
    kanji: str = ""
    birth: date | None = None
    digits: str = ""
    either: bool = False
    sounds: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.kana or self.kanji or self.birth or self.digits)

    @classmethod
    def parse(cls, text: str, *, today: date) -> SearchTerms:
        """Words in any order: kana (any width, hiragana too), name in kanji or letters, a birth date, a number or telephone.

        A word with kanji is a name even when kana stands in it (一ノ瀬). A bare number that can be a birth date is one when a
        name stands beside it, else both. Never raises: what is nothing else is searched as a name.
        """
        try:  # +81 3-5273-4146 and 03/5273/4146 are one number, whatever their parts would be alone
            return cls(digits=parse_phone(text))
        except IdentifierProblem:
            pass
        kana = kanji = ""
        sounds: list[str] = []
        births: list[tuple[date, str]] = []
        numbers: list[str] = []
        for word in _words(text):
            folded = fold_code(word)
            number = re.sub(r"[()\-]", "", folded) if _NUMBER.fullmatch(folded) else ""
            if _KANA_WORD.fullmatch(word):
                kana += kana_key(word)
            elif (born := _birth(word, today)) is not None and not births:
                births.append((born, number if number == folded else ""))
            elif number:
                numbers.append(number)
            else:
                kanji += kanji_key(word)
                sounds.append(kana_guess(word))
        birth, same = births[0] if births else (None, "")
        either = bool(same) and not (kana or kanji or numbers)
        heard = tuple(sounds) if all(sounds) and not kana else ()
        return cls(kana, kanji, birth, same if either else "".join(numbers), either, heard)


def _words(text: str) -> list[str]:
    words: list[str] = []
    for word in text.split():
        glued = _KANA_THEN_DATE.fullmatch(word)
        words.extend((glued[1], glued[2]) if glued else (word,))
    return words


def _birth(word: str, today: date) -> date | None:
    try:
        birth = parse_date(word, today=today)
    except DateProblem:
        return None
    return birth if birth <= today else None


# -- what a search gives --


@dataclass(frozen=True, slots=True)
class Place:
    """Behind whom the next page begins: the step of the search, and there the values its order goes by."""

    step: int
    key: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of people. ``after``: where the next begins; None when nobody is left."""

    people: tuple[Person, ...] = ()
    after: Place | None = None
