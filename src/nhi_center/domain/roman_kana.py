"""How a name in Roman letters may stand in kana: a guess to search by, never to print and never to identify by.

Names of the peoples who live here most (residents' register of foreigners) come from a table; every other word is read as Hepburn
has it, with a vowel after a consonant that has none (スミス). Long vowels are left short: a search for リ finds リー. Only where
the letters tell they are long (Ō, Ū, OH before a consonant: ŌNO, OHNO) they are read so.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import combinations, islice, pairwise, product

_WORD = re.compile(r"[A-Z]{2,}")
_LONG_O = re.compile("^O(?:\u0304|H(?=[^AEIOUY]))")
"""Ōno, and OHNO as passports have it: a name that begins so is オオ (大), elsewhere Ō is オウ."""

_KNOWN = {
    # ベトナム
    "NGUYEN": "グエン", "TRAN": "チャン", "LE": "レ", "PHAM": "ファム", "HOANG": "ホアン", "HUYNH": "フイン", "PHAN": "ファン",
    "VU": "ヴ", "VO": "ヴォ", "DANG": "ダン", "BUI": "ブイ", "NGO": "ゴ", "DUONG": "ズオン", "LY": "リ", "VAN": "ヴァン",
    "THI": "ティ", "ANH": "アイン", "MINH": "ミン", "LINH": "リン", "HUONG": "フオン", "THANH": "タイン", "TUAN": "トゥアン",
    "DUC": "ドゥック", "HUNG": "フン", "PHUONG": "フオン", "TRANG": "チャン", "NGOC": "ゴック", "QUANG": "クアン", "THU": "トゥ",
    "TRUONG": "チュオン", "TRINH": "チン", "DINH": "ディン", "HANH": "ハイン", "HIEN": "ヒエン", "NHUNG": "ニュン",
    # ネパール
    "SHRESTHA": "シュレスタ", "GURUNG": "グルン", "TAMANG": "タマン", "THAPA": "タパ", "RAI": "ライ", "MAGAR": "マガル",
    "BAHADUR": "バハドゥル", "KUMAR": "クマル", "SHARMA": "シャルマ", "ADHIKARI": "アディカリ", "KHADKA": "カドカ",
    "KARKI": "カルキ", "POUDEL": "ポウデル", "BHANDARI": "バンダリ", "CHHETRI": "チェトリ", "LAMA": "ラマ",
    # 韓国
    "LEE": "イ", "YI": "イ", "PARK": "パク", "CHOI": "チェ", "JUNG": "チョン", "JEONG": "チョン", "CHUNG": "チョン",
    "KANG": "カン", "CHO": "チョ", "JANG": "チャン", "LIM": "イム", "YOON": "ユン", "SEO": "ソ", "OH": "オ", "SHIN": "シン",
    # 中国
    "WANG": "ワン", "ZHANG": "チャン", "LIU": "リュウ", "CHEN": "チェン", "YANG": "ヤン", "HUANG": "ホアン", "ZHAO": "チャオ",
    "ZHOU": "チョウ", "XU": "シュ", "ZHU": "チュウ", "LIN": "リン", "GUO": "グオ", "HE": "ホ",
    # 英語
    "SMITH": "スミス", "JOHN": "ジョン", "JAMES": "ジェームズ", "MICHAEL": "マイケル", "DAVID": "デイビッド", "MARY": "メアリー",
    "WILLIAM": "ウィリアム", "ROBERT": "ロバート", "THOMAS": "トーマス", "GEORGE": "ジョージ", "BROWN": "ブラウン",
    "JONES": "ジョーンズ", "WILSON": "ウィルソン", "TAYLOR": "テイラー", "ANNE": "アン", "SARAH": "サラ", "PETER": "ピーター",
    "PAUL": "ポール", "JANE": "ジェーン", "CHARLES": "チャールズ", "JOHNSON": "ジョンソン", "WILLIAMS": "ウィリアムズ",
}  # fmt: skip

_ROWS = {
    "": "アイウエオ", "K": "カキクケコ", "S": "サシスセソ", "T": "タチツテト", "N": "ナニヌネノ", "H": "ハヒフヘホ",
    "M": "マミムメモ",     "R": "ラリルレロ", "L": "ラリルレロ", "G": "ガギグゲゴ", "Z": "ザジズゼゾ", "D": "ダヂヅデド",
    "B": "バビブベボ", "P": "パピプペポ",     "C": "カシクセコ", "Q": "カキクケコ",
    "BH": "バビブベボ", "KH": "カキクケコ", "GH": "ガギグゲゴ",
}  # fmt: skip
_SMALL = "ャ ュェョ"
_PALATAL = {
    "KY": "キ", "GY": "ギ", "SH": "シ", "SY": "シ", "CH": "チ", "TY": "チ", "NY": "ニ", "NH": "ニ", "HY": "ヒ", "MY": "ミ",
    "RY": "リ", "LY": "リ", "J": "ジ", "JY": "ジ", "ZH": "チ", "BY": "ビ", "PY": "ピ", "XI": "シ", "X": "シ",
}  # fmt: skip
_SMALL_VOWELS = "ァィゥェォ"
_OTHERS = {"F": "フ", "V": "ヴ", "TS": "ツ", "W": "ウ"}
_CLOSED = {
    "NG": "ン", "N": "ン", "M": "ム", "K": "ク", "C": "ク", "CK": "ック", "T": "ト", "TH": "ス", "P": "プ", "S": "ス", "R": "ル",
    "L": "ル", "B": "ブ", "D": "ド", "G": "グ", "F": "フ", "PH": "フ", "V": "ヴ", "Z": "ズ", "SH": "シュ", "CH": "チ", "H": "",
    "J": "ジ", "X": "クス", "Q": "ク", "W": "ウ", "Y": "イ", "KH": "ク", "NH": "ン", "TS": "ツ",
}  # fmt: skip
_VOWELS = "AIUEO"


def _syllables() -> dict[str, str]:
    table: dict[str, str] = {}
    for onset, row in _ROWS.items():
        if len(row) == len(_VOWELS):
            table |= {f"{onset}{vowel}": kana for vowel, kana in zip(_VOWELS, row, strict=True)}
    for onset, kana in _OTHERS.items():
        table |= {f"{onset}{vowel}": f"{kana}{small}" for vowel, small in zip(_VOWELS, _SMALL_VOWELS, strict=True)}
        table[f"{onset}U"] = kana
    for onset, kana in _PALATAL.items():
        table |= {f"{onset}{vowel}": f"{kana}{small.strip()}" for vowel, small in zip(_VOWELS, _SMALL, strict=True)}
    table |= {f"PH{vowel}": table[f"F{vowel}"] for vowel in _VOWELS}
    table |= {f"TH{vowel}": table[f"T{vowel}"] for vowel in _VOWELS} | {"THI": "ティ", "THU": "トゥ"}
    table |= {f"DH{vowel}": table[f"D{vowel}"] for vowel in _VOWELS} | {"DI": "ディ", "DU": "ドゥ", "DHI": "ディ", "DHU": "ドゥ"}
    table |= {f"Y{vowel}": kana for vowel, kana in zip("AUO", "ヤユヨ", strict=True)} | {"YE": "イェ", "YI": "イ"}
    return table | {"WA": "ワ", "WO": "ウォ", "FU": "フ", "HU": "フ", "TSU": "ツ"}


_SYLLABLES = _syllables()
_LONGEST = max(map(len, _SYLLABLES))


def kana_guess(word: str) -> str:
    """The kana of one word in Roman letters of any width and case, marks (Ễ) left out; "" for what is not such a word."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", word).upper().replace("Đ", "D"))
    plain = _LONG_O.sub("OO", plain).replace("U\u0304", "UU").replace("O\u0304", "OU").replace("Ł", "L").replace("Ø", "O")
    letters = "".join(char for char in plain if not unicodedata.combining(char) and char not in "'.-")
    if not _WORD.fullmatch(letters):
        return ""
    return _KNOWN.get(letters) or _read(letters)


def _read(letters: str) -> str:
    kana, at = "", 0
    while at < len(letters):
        here = letters[at]
        if here not in _VOWELS and letters[at : at + 2] == here * 2 and here != "N":
            kana, at = kana + ("ッ" if letters[at + 2 : at + 3] in tuple(_VOWELS) and here not in "LMR" else ""), at + 1
            continue
        if here == "M" and letters[at + 1 : at + 2] in ("B", "P"):
            kana, at = kana + "ン", at + 1
            continue
        for length in range(min(_LONGEST, len(letters) - at), 0, -1):
            if (found := _SYLLABLES.get(letters[at : at + length])) is not None:
                kana, at = kana + found, at + length
                break
        else:
            length = 2 if letters[at : at + 2] in _CLOSED else 1
            kana, at = kana + _CLOSED.get(letters[at : at + length], ""), at + length
    return kana


_LONG = {"オコソトノホモヨロゴゾドボポョ": ("ウ", "オ"), "クスツヌフムユルグズブプュ": ("ウ",)}
_NOT_BEFORE = "ウオーァィゥェォャュョ"
MOST_SPELLINGS = 24


def long_spellings(kana: str) -> tuple[str, ...]:
    """The word with vowels long where passports leave that out (YUKO: ユウコ, OSHIMA: オオシマ), itself not among them.

    The fewest changes first, and no more than MOST_SPELLINGS. The last vowel stays: a search for サト finds サトウ.
    """
    places = [
        (at, longer)
        for at, (char, following) in enumerate(pairwise(kana))
        if (longer := _longer(char)) and following not in _NOT_BEFORE
    ]
    found = (
        "".join(char + dict(chosen).get(at, "") for at, char in enumerate(kana))
        for changes in range(1, len(places) + 1)
        for changed in combinations(places, changes)
        for chosen in product(*([(at, added) for added in longer] for at, longer in changed))
    )
    return tuple(islice(found, MOST_SPELLINGS))


def _longer(char: str) -> tuple[str, ...]:
    return next((added for kana, added in _LONG.items() if char in kana), ())


def name_guess(roman: str) -> str:
    """The kana of a whole name, its words kept apart by a space."""
    return " ".join(filter(None, map(kana_guess, roman.split())))
