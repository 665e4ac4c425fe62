"""Invented names: common ones by frequency, about 2 % with a variation sequence, some outside the usual sets, foreigners."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from nhi_center.synthesis.material import Material, NamePart, Picker

VARIANT_SHARE = 0.021
RARE_SHARE = 0.015
SPACE = "\u3000"

# Every sequence is one that IPAmj Mincho draws (Moji_Joho collection; a test reads the font's own table).
VARIANT_SURNAMES = (
    ("葛\U000e0102城", "カツラギ"),
    ("葛\U000e0102西", "カサイ"),
    ("葛\U000e0105飾", "カツシカ"),
    ("辻\U000e0102", "ツジ"),
    ("辻\U000e0102本", "ツジモト"),
    ("渡邉\U000e010f", "ワタナベ"),
    ("渡邉\U000e0110", "ワタナベ"),
    ("田邉\U000e0114", "タナベ"),
    ("渡邊\U000e0108", "ワタナベ"),
    ("渡邊\U000e0109", "ワタナベ"),
    ("川邊\U000e010f", "カワベ"),
    ("榊\U000e0102原", "サカキバラ"),
    ("樋\U000e0102口", "ヒグチ"),
    ("芦\U000e0102田", "アシダ"),
    ("齋\U000e0103藤", "サイトウ"),
    ("齊\U000e0103藤", "サイトウ"),
    ("菅\U000e0102原", "スガワラ"),
    ("荻\U000e0102野", "オギノ"),
    ("茨\U000e0102木", "イバラキ"),
    ("神\U000e0103谷", "カミヤ"),
)
RARE_SURNAMES = (
    ("𠮷田", "ヨシダ"),
    ("𠮷川", "ヨシカワ"),
    ("髙橋", "タカハシ"),
    ("髙木", "タカギ"),
    ("山﨑", "ヤマザキ"),
    ("﨑山", "サキヤマ"),
    ("濵田", "ハマダ"),
    ("德永", "トクナガ"),
)


@dataclass(frozen=True, slots=True)
class Culture:
    """Names of one nationality (国籍): family and given names as (recorded, roman, kana). ``kanji``: recorded in kanji."""

    nationality: str
    weight: int
    kanji: bool
    families: tuple[tuple[str, str, str], ...]
    women: tuple[tuple[str, str, str], ...]
    men: tuple[tuple[str, str, str], ...]


def _latin(*pairs: tuple[str, str]) -> tuple[tuple[str, str, str], ...]:
    return tuple((roman, roman, kana) for roman, kana in pairs)


CULTURES = (
    Culture(
        "中国",
        40,
        True,
        (
            ("王", "WANG", "ワン"),
            ("李", "LI", "リー"),
            ("張", "ZHANG", "チャン"),
            ("劉", "LIU", "リュウ"),
            ("陳", "CHEN", "チェン"),
        ),
        (("見華", "JIANHUA", "ジエンホワ"), ("本麗", "BENLI", "ベンリー"), ("見芳", "JIANFANG", "ジエンファン")),
        (("見明", "JIANMING", "ジエンミン"), ("本強", "BENQIANG", "ベンチアン"), ("見偉", "JIANWEI", "ジエンウェイ")),
    ),
    Culture(
        "韓国",
        25,
        True,
        (("金", "KIM", "キム"), ("朴", "PARK", "パク"), ("崔", "CHOI", "チェ"), ("鄭", "JUNG", "チョン")),
        (("見淑", "GYEONSUK", "キョンスク"), ("本恵", "BONHYE", "ポンヘ")),
        (("見洙", "GYEONSU", "キョンス"), ("本浩", "BONHO", "ポンホ")),
    ),
    Culture(
        "ベトナム",
        14,
        False,
        _latin(("NGUYEN", "グエン"), ("TRAN", "チャン"), ("LE", "レー"), ("PHAM", "ファム")),
        _latin(("THI MIHON", "ティ・ミホン"), ("THI LAN", "ティ・ラン")),
        _latin(("VAN MIHON", "ヴァン・ミホン"), ("VAN NAM", "ヴァン・ナム")),
    ),
    Culture(
        "ネパール",
        12,
        False,
        _latin(("GURUNG", "グルン"), ("THAPA", "タパ"), ("SHRESTHA", "シュレスタ")),
        _latin(("MIHONA", "ミホナ"), ("SITA", "シタ")),
        _latin(("MIHON BAHADUR", "ミホン・バハドゥル"), ("RAM", "ラム")),
    ),
    Culture(
        "米国",
        9,
        False,
        _latin(("SAMPLE", "サンプル"), ("EXAMPLE", "イグザンプル"), ("SPECIMEN-TRAINING", "スペシメン・トレーニング")),
        _latin(("ALEXANDRA MARGUERITE", "アレクサンドラ・マーガレット"), ("MARY", "メアリー")),
        _latin(("JOHN", "ジョン"), ("WILLIAM THEODORE", "ウィリアム・セオドア")),
    ),
)


@dataclass(frozen=True, slots=True)
class FullName:
    """As ``Person`` carries it."""

    name: str
    kana: str
    roman: str = ""
    alias: str = ""


class NameMaker:
    """Draws surnames per household and given names per person."""

    def __init__(self, material: Material) -> None:
        self._surnames = _by_weight(material.surnames)
        self._given = {"1": _by_weight(material.men), "2": _by_weight(material.women)}
        self._cultures = Picker(CULTURES, [culture.weight for culture in CULTURES])

    def surname(self, rng: Random) -> NamePart:
        """A family name; some carry a variation sequence, some a character outside the common sets."""
        draw = rng.random()
        if draw < VARIANT_SHARE:
            return NamePart(*rng.choice(VARIANT_SURNAMES), 0)
        if draw < VARIANT_SHARE + RARE_SHARE:
            return NamePart(*rng.choice(RARE_SURNAMES), 0)
        return self._surnames.pick(rng)

    def japanese(self, rng: Random, surname: NamePart, sex: str) -> FullName:
        given = self._given[sex].pick(rng)
        return FullName(f"{surname.text}{SPACE}{given.text}", f"{surname.kana}{SPACE}{given.kana}")

    def culture(self, rng: Random) -> Culture:
        return self._cultures.pick(rng)

    def family(self, rng: Random, culture: Culture) -> tuple[str, str, str]:
        return rng.choice(culture.families)

    def foreign(self, rng: Random, culture: Culture, family: tuple[str, str, str], sex: str) -> FullName:
        """Recorded in kanji or in Latin capitals as on the residence card; some have a registered 通称."""
        given = rng.choice(culture.women if sex == "2" else culture.men)
        roman = f"{family[1]} {given[1]}"
        name = f"{family[0]}{SPACE}{given[0]}" if culture.kanji else roman
        alias = ""
        if rng.random() < 0.15:
            surname = self._surnames.pick(rng)
            alias = f"{surname.text}{SPACE}{self._given[sex].pick(rng).text}"
        return FullName(name, f"{family[2]}{SPACE}{given[2]}", roman, alias)


def _by_weight(parts: tuple[NamePart, ...]) -> Picker[NamePart]:
    return Picker(parts, [part.weight for part in parts])
