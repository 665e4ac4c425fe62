"""本人確認 on the telephone: what the caller says is compared with the register, and nothing is ever read out to him.

The caller states name, date of birth and address; only whether each agrees is known to the screen. The level follows from that,
from who the caller is, and from whether the ward has said the person's matters are for ward staff alone (支援措置).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from nhi_center.domain.calendar import DateProblem, parse_date
from nhi_center.domain.people import Person
from nhi_center.domain.search import kana_key, kanji_key


class Caller(StrEnum):
    """発信者区分, typed by its number."""

    SELF = "1"
    HEAD = "2"
    HOUSEHOLD = "3"
    AGENT = "4"
    EMPLOYER = "5"
    HOSPITAL = "6"
    MUNICIPALITY = "7"
    UNKNOWN = "8"

    @property
    def label(self) -> str:
        return _CALLERS[self]

    @property
    def is_own_household(self) -> bool:
        """May hear about the household once the three items agree."""
        return self in (Caller.SELF, Caller.HEAD, Caller.HOUSEHOLD)

    @property
    def is_office(self) -> bool:
        """他機関: called back only at the number its own official page gives."""
        return self in (Caller.EMPLOYER, Caller.HOSPITAL, Caller.MUNICIPALITY)


_CALLERS = {
    Caller.SELF: "本人",
    Caller.HEAD: "世帯主",
    Caller.HOUSEHOLD: "同一世帯",
    Caller.AGENT: "代理",
    Caller.EMPLOYER: "事業所",
    Caller.HOSPITAL: "医療機関",
    Caller.MUNICIPALITY: "他自治体",
    Caller.UNKNOWN: "不明",
}


class Level(StrEnum):
    """How much may be said: 0 nobody identified, 1 identified, 2 called back at the registered number, X never."""

    GENERAL = "0"
    IDENTIFIED = "1"
    CALLED_BACK = "2"
    NEVER = "X"


class Agreement(StrEnum):
    """One item against the register."""

    MATCH = "match"
    DIFFERENT = "different"
    UNASKED = "unasked"
    NOT_HELD = "not_held"
    """The register has nothing of this to compare with."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What the caller said, as it was typed."""

    name: str = ""
    birth: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """The three items. ``complete`` when all agree."""

    name: Agreement = Agreement.UNASKED
    birth: Agreement = Agreement.UNASKED
    address: Agreement = Agreement.UNASKED

    @property
    def complete(self) -> bool:
        return {self.name, self.birth, self.address} == {Agreement.MATCH}


def check(stated: Stated, person: Person | None, today: date) -> Check:
    """Compare. Without a person, and for a protected one (whose address must not be tried out), nothing is compared."""
    if person is None or person.protected:
        return Check()
    return Check(
        _name_agreement(stated.name, person),
        _agreement(stated.birth, _same_birth(stated.birth, person.birth, today)),
        _agreement(stated.address, same_address(stated.address, person.address)),
    )


def level(caller: str, checked: Check, person: Person | None, *, told: bool, called_back: bool) -> Level:
    """domain rule 7.1. ``told``: the purpose of the questions has been said; ``called_back``: we called the registered number."""
    if person is None:
        return Level.GENERAL
    if person.protected or (caller in tuple(Caller) and caller != Caller.UNKNOWN and not Caller(caller).is_own_household):
        return Level.NEVER
    if not (told and checked.complete and caller in tuple(Caller) and Caller(caller).is_own_household):
        return Level.GENERAL
    return Level.CALLED_BACK if called_back else Level.IDENTIFIED


def _agreement(said: str, same: bool) -> Agreement:
    if not said.strip():
        return Agreement.UNASKED
    return Agreement.MATCH if same else Agreement.DIFFERENT


def _name_agreement(said: str, person: Person) -> Agreement:
    found = _agreement(said, same_name(said, person))
    only_heard = found is Agreement.DIFFERENT and not person.kana and _KANA.fullmatch(kana_key(said))
    return Agreement.NOT_HELD if only_heard else found


def same_name(said: str, person: Person) -> bool:
    """The whole name in kana or kanji, or the 通称 or Roman name; widths, spaces and variation selectors do not count, nor how a
    long vowel is written: オーノ, オオノ and オウノ cannot be told apart by ear."""
    kana, kanji = kana_key(said), kanji_key(said)
    names = [kanji_key(name) for name in (person.name, person.alias, person.roman) if name]
    return bool(kanji) and (_heard(kana) == _heard(kana_key(person.kana)) or kanji in names)


_KANA = re.compile("[ァ-ヺー]+")
_LONG_VOWELS = re.compile(
    "(?<=[アカサタナハマヤラワガザダバパァャヮ])[アー]|(?<=[イキシチニヒミリギジヂビピィ])[イー]|(?<=[ウクスツヌフムユルグズヅブプヴゥュ])[ウー]"
    "|(?<=[エケセテネヘメレゲゼデベペェ])[エイー]|(?<=[オコソトノホモヨロヲゴゾドボポォョ])[オウー]"
)


def _heard(kana: str) -> str:
    return _LONG_VOWELS.sub("ー", kana)


def _same_birth(said: str, birth: date, today: date) -> bool:
    try:
        return parse_date(said, today=today) == birth
    except DateProblem:
        return False


# -- addresses: the town and the run of numbers after it --

_KANJI_DIGITS = {"〇": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_KANJI_NUMBER = re.compile(r"([一二三四五六七八九]?十[一二三四五六七八九]?|[〇一二三四五六七八九]+)(?=丁目|番地|番(?!町)|号)")
_UNITS = re.compile(r"(?<=[0-9])(?:丁目|番地の|番地|番(?!町)|号室|号|の|ノ)")
_TOWN_AND_NUMBERS = re.compile(r"([^0-9]+)([0-9]+(?:-[0-9]+)*)-?(.*)", re.DOTALL)
_PREFIXES = ("東京都", "新宿区")


def same_address(said: str, registered: str) -> bool:
    """Town and numbers agree (1丁目4番1号 is 1-4-1); prefecture and ward may be left out, as may building and room."""
    one, other = _parts(said), _parts(registered)
    if one is None or other is None or one[0] != other[0]:
        return False
    said_numbers, numbers = one[1], other[1]
    if said_numbers == numbers:
        return True
    room = tuple(re.findall(r"[0-9]+", other[2]))  # 1-4-1-203 for 1-4-1 見本ハイツ203
    return bool(room) and said_numbers == (*numbers, room[-1])


def _parts(address: str) -> tuple[str, tuple[str, ...], str] | None:
    text = unicodedata.normalize("NFKC", kanji_key(address)).replace("ヶ", "ケ")
    for prefix in _PREFIXES:
        text = text.removeprefix(prefix)
    text = _KANJI_NUMBER.sub(lambda found: str(_kanji_number(found[1])), text)
    text = re.sub(r"(?<=[0-9])[‐‑‒–—―−ー](?=[0-9])", "-", text)
    text = _UNITS.sub("-", text)
    text = re.sub(r"-{2,}", "-", text)
    found = _TOWN_AND_NUMBERS.fullmatch(text)
    return (found[1], tuple(found[2].split("-")), found[3]) if found else None


def _kanji_number(text: str) -> int:
    """二十三 is 23; the office's 丁目 never reach a hundred."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return int("".join(str(_KANJI_DIGITS[char]) for char in tens))
    return (_KANJI_DIGITS[tens] if tens else 1) * 10 + (_KANJI_DIGITS[ones] if ones else 0)
