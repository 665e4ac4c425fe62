"""Names as they are written: clusters of a base and its variation selector, kana, Latin letters, widths.

A recorded name is never normalised (NFC alone turns U+FA19 into another character). What is typed by a person is converted
only where the rule says so, and always visibly: converters return the value and whether it changed. Search keys live in
``domain.search``; nothing printable is ever made from them.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from nhi_center.domain.identifiers import HYPHENS

NAME_LIMIT = 100
"""Full-width characters of a name or its kana in the national record."""

SPACE = "\u3000"
_HALF_VOICED = "\uff9e\uff9f"
_HALF_KANA = re.compile("[\uff66-\uff9f]+")
_LOOSE_KANA_MARKS = re.compile("([\u3041-\u3096\u30a1-\u30f6])([\u3099\u309a])")
_KATAKANA_OF = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_FULL_LETTERS = {ord(first) + i: chr(ord("A") + i) for first in "Ａａ" for i in range(26)}
_NARROW_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
_SPACES = re.compile(r"\s+")
_KANA = re.compile("[\u30a1-\u30f6\u30fc\u3000]*")
_FOREIGN_KANA = re.compile("[\u30a1-\u30f6\u30fc\u3000A-Z・]*")
_ROMAN = re.compile(r"[A-Z](?:[A-Z .,'\-]*[A-Z.])?")
_ADDRESS_HYPHENS = re.compile(f"(?<=[0-9])[{re.escape(HYPHENS)}](?=[0-9])")


class NameProblem(ValueError):
    """A name or kana that cannot be accepted. ``message`` is a Japanese sentence without the name."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


# -- clusters --


def is_variation_selector(char: str) -> bool:
    """U+FE00 to FE0F and U+E0100 to E01EF: they choose the shape of the character before them (異体字セレクタ)."""
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"


def _extends(char: str) -> bool:
    return char in _HALF_VOICED or char == "\u200d" or unicodedata.category(char) in {"Mn", "Mc", "Me"}


def clusters(text: str) -> tuple[str, ...]:
    """What a reader counts as one character: a base with its variation selector and combining marks. Joined they are ``text``."""
    found: list[str] = []
    for char in text:
        if found and _extends(char):
            found[-1] += char
        else:
            found.append(char)
    return tuple(found)


def length(text: str) -> int:
    """Length as a reader counts it."""
    return sum(1 for index, char in enumerate(text) if index == 0 or not _extends(char))


def cut(text: str, limit: int) -> str:
    """The first ``limit`` clusters: a selector is never parted from its base."""
    return "".join(clusters(text)[:limit])


def strip_selectors(text: str) -> str:
    """For search keys and comparisons only: the name without its variation selectors is another name."""
    return "".join(char for char in text if not is_variation_selector(char))


# -- characters that need care --


@dataclass(frozen=True, slots=True)
class UnusualCharacter:
    """V22: one cluster to show to the clerk. ``variant`` is the selector ("" when the base itself is unusual)."""

    cluster: str
    base: str
    variant: str
    in_jisx0213: bool


def in_jisx0213(char: str) -> bool:
    """Is this one character in JIS X 0213 (or ASCII)? Shift_JIS-2004 is asked: the EUC codec lets JIS X 0212 through."""
    try:
        char.encode("shift_jis_2004")
    except UnicodeEncodeError:
        return False
    return True


def unusual_characters(name: str) -> tuple[UnusualCharacter, ...]:
    """V22: clusters with a variation selector, or whose base is outside JIS X 0213, in order and once each."""
    found: dict[str, UnusualCharacter] = {}
    for cluster in clusters(name):
        variant = "".join(char for char in cluster if is_variation_selector(char))
        base = strip_selectors(cluster)
        known = all(in_jisx0213(char) for char in base) or in_jisx0213(unicodedata.normalize("NFC", base))
        if variant or not known:
            found[cluster] = UnusualCharacter(cluster, base, variant, known)
    return tuple(found.values())


def check_name(name: str) -> None:
    """Refuse what no name can be or no font here can draw rightly. Raises NameProblem."""
    if not name.strip():
        raise NameProblem("氏名を入力してください。")
    if length(name) > NAME_LIMIT:
        raise NameProblem(f"氏名は{NAME_LIMIT}文字までです。")
    for index, char in enumerate(name):
        category = unicodedata.category(char)
        if category == "Co":  # 外字 and MJ+ additions in planes 15 and 16: their shape depends on the machine
            raise NameProblem("この端末で字形を確かめられない文字(外字)があります。入力を止め、区職員に確認してください。")
        if category in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            raise NameProblem("氏名に使えない制御文字があります。もう一度入力してください。")
        if _HALF_KANA.match(char):
            raise NameProblem("半角カタカナは氏名に使えません。全角で入力してください。")
        if is_variation_selector(char) and (index == 0 or not _takes_selector(name[index - 1])):
            raise NameProblem("異体字の指定だけが残っています。その文字を入力し直してください。")


def _takes_selector(char: str) -> bool:
    return unicodedata.category(char) in {"Lo", "So"} and not is_variation_selector(char)


def convert_name(text: str) -> tuple[str, bool]:
    """A name as typed: half-width katakana widened, one full-width space between parts, none around. Nothing else is touched."""
    value = SPACE.join(part for part in _SPACES.split(widen_kana(text)) if part)
    return value, value != text


# -- kana --


def widen_kana(text: str) -> str:
    """Half-width katakana as full-width, a voicing mark joined to its kana. Nothing else changes."""
    return _HALF_KANA.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)


def to_katakana(text: str) -> str:
    """Hiragana ぁ to ゖ as katakana; nothing else changes."""
    return text.translate(_KATAKANA_OF)


def convert_kana(text: str) -> tuple[str, bool]:
    """フリガナ as typed: half-width kana and hiragana to katakana, loose voicing marks joined, letters A-Z half-width capitals.

    Small kana stay small (they are part of the name since 2025-05-26); hyphens are not taken for the long vowel mark.
    """
    value = widen_kana(text)
    value = _LOOSE_KANA_MARKS.sub(lambda match: unicodedata.normalize("NFC", match[0]), value)
    value = to_katakana(value).translate(_FULL_LETTERS).upper().replace("･", "・")
    value = SPACE.join(part for part in _SPACES.split(value) if part)
    return value, value != text


def check_kana(kana: str, *, foreign: bool = False) -> None:
    """V23: katakana ァ to ヶ, ー and a full-width space; for foreign residents A to Z and ・ as well. Raises NameProblem."""
    if not kana.strip():
        raise NameProblem("フリガナを入力してください。")
    if length(kana) > NAME_LIMIT:
        raise NameProblem(f"フリガナは{NAME_LIMIT}文字までです。")
    if not (_FOREIGN_KANA if foreign else _KANA).fullmatch(kana):
        if any(char in HYPHENS for char in kana.replace("ー", "")):
            raise NameProblem("フリガナの長音は「ー」で入力してください。ハイフンやマイナスは使えません。")
        raise NameProblem("フリガナは全角カタカナ、長音(ー)、空白で入力してください。")


_NARROW = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
_NARROW |= {"ヰ": "ｲ", "ヱ": "ｴ", "ヮ": "ﾜ", "ヵ": "ｶ", "ヶ": "ｹ", "・": "･", SPACE: " "}
_NARROW |= {"\u3099": "\uff9e", "\u309a": "\uff9f"}


def half_width_kana(kana: str) -> str:
    """Half-width kana for output to national interfaces: a voiced kana takes two places, ヰヱヮヵヶ their plain ones."""
    return "".join(_NARROW.get(char) or _narrow_voiced(char) for char in kana)


def _narrow_voiced(char: str) -> str:
    return "".join(_NARROW.get(part, part) for part in unicodedata.normalize("NFD", char)) if "ァ" <= char <= "ヺ" else char


# -- Latin letters, address numbers --


def convert_roman(text: str) -> tuple[str, bool]:
    """ローマ字氏名 as on a residence card: half-width capitals, single half-width spaces."""
    value = _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip().upper().replace("’", "'")
    return value, value != text


def check_roman(roman: str) -> None:
    """Capitals, spaces and . , ' - up to 100 characters. Raises NameProblem."""
    if len(roman) > NAME_LIMIT or not _ROMAN.fullmatch(roman):
        raise NameProblem(f"ローマ字氏名は在留カードのとおり、半角の大文字{NAME_LIMIT}文字までで入力してください。")


def fold_address(text: str) -> str:
    """An address for the store: digits half-width, and any hyphen between two digits as "-". Words keep their ー and ―."""
    return _ADDRESS_HYPHENS.sub("-", text.translate(_NARROW_DIGITS))


def widen_address(text: str) -> str:
    """An address for a certificate: digits full-width, "-" between two of them as －."""
    return _ADDRESS_HYPHENS.sub("－", text).translate(_WIDE_DIGITS)
