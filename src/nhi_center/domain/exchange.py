"""How the exchange stands, in words for people, and how long it waits before it tries again."""

from __future__ import annotations

from dataclasses import dataclass

EVERY_MS = 15_000
LONGEST_MS = 300_000
SEEN_AFTER = 3
"""So many exchanges in a row that did not come to their end are not left to the status bar alone."""


@dataclass(frozen=True, slots=True)
class Caution:
    """``key`` stays the same while the cause does; ``title`` fits the status bar; ``tone``: warning or error."""

    key: str
    title: str
    words: str
    tone: str


def wait_ms(failures: int, chance: float) -> int:
    """Until the next exchange, after ``failures`` in a row: twice as long each time up to LONGEST_MS, for ever.

    ``chance`` (0 to 1) shifts it by a fifth either way, so that a room does not come all at once when the line is back.
    """
    if not failures:
        return EVERY_MS
    return round(min(EVERY_MS << min(failures - 1, 10), LONGEST_MS) * (0.8 + 0.4 * chance))


def clock_words(seconds: int) -> str:
    """``seconds``: how far our clock is behind the segment's; below zero, ahead."""
    return f"この端末の時計が、区のサーバより{abs(seconds)}秒{'遅れて' if seconds > 0 else '進んで'}います。"


def clock_caution(seconds: int) -> Caution:
    words = f"{clock_words(seconds)}取扱責任者に、時計を合わせるよう頼んでください。5分を超えると通信できません。"
    return Caution("clock", "時計のずれ", words, "warning")


def failing_words(failures: int, code: str) -> str:
    return (
        f"区のサーバとのやりとりが{failures}回続けてできていません({code})。入力したものは端末に残り、つながると自動で送ります。"
        "ケーブルを確かめ、続くときは取扱責任者に伝えてください。"
    )


def numbers_caution(kinds: str, own: int) -> Caution:
    """``kinds``: what is numbered out of the terminal's own range by now; ``own``: how many of it are left for the scarcest."""
    rest = f"この端末だけの番号(あと{own})を使っています。" if own else "この端末だけの番号も使い切りました。"
    words = f"{kinds}の番号の枠を使い切り、{rest}区のサーバとつなぐと、新しい枠を自動で受け取ります。"
    return Caution("numbers", "番号の枠切れ", words, "warning" if own else "error")


def differing_caution() -> Caution:
    words = "終業の突合で、区のサーバとこの端末の記録が違います。取扱責任者は、操作記録の「終業の突合」を区に見せてください。"
    return Caution("differs", "突合の違い", words, "error")
