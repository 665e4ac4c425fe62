"""How many keys a text takes: kana as romaji, one key to convert and one to commit each piece; everything else key by key."""

from __future__ import annotations

from functools import cache

from nhi_center.synthesis.handwriting import Written

CONVERT = COMMIT = 1
_ROWS = {
    "": "あいうえお",
    "k": "かきくけこ",
    "s": "さしすせそ",
    "t": "たちつてと",
    "n": "なにぬねの",
    "h": "はひふへほ",
    "m": "まみむめも",
    "r": "らりるれろ",
    "g": "がぎぐげご",
    "z": "ざじずぜぞ",
    "d": "だぢづでど",
    "b": "ばびぶべぼ",
    "p": "ぱぴぷぺぽ",
    "x": "ぁぃぅぇぉ",
}
_OTHERS = {"や": 2, "ゆ": 2, "よ": 2, "わ": 2, "を": 2, "ん": 2, "っ": 1, "ー": 1, "ゔ": 2, "ゐ": 3, "ゑ": 3}
_SMALL_Y = frozenset("ゃゅょ")


@cache
def _table() -> dict[str, int]:
    table = {kana: len(consonant) + 1 for consonant, row in _ROWS.items() for kana in row}
    return {**table, **_OTHERS}


def of_kana(reading: str) -> int:
    """Keys of a reading typed as romaji. A small ゃゅょ shares its vowel key with the kana before it (kya: three keys for two
    kana, zya likewise); a small っ doubles the next consonant: one key."""
    table, keys = _table(), 0
    for char in reading:
        keys += 1 if char in _SMALL_Y else table.get(char, 1)
    return keys


def pieces(reading: str) -> tuple[str, ...]:
    """What is converted and committed at once: the parts between spaces."""
    return tuple(part for part in reading.split(" ") if part)


def of_text(written: Written) -> int:
    """Keys to enter a text through the input method; without a reading, key by key."""
    if not written.reading:
        return len(written.full)
    parts = pieces(written.reading)
    spaces = len(parts) - 1
    return sum(of_kana(part) + CONVERT + COMMIT for part in parts) + spaces
