"""The reading of a name as the input method was given it, piece by piece, for what of the name still stands.

A proposal and no more: prediction commits more than was typed, reconversion less. It follows corrections: a piece that is
deleted takes its reading along, a piece put in between has its reading there, and the space between 姓 and 名 is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from nhi_center.domain.names import SPACE, clusters, convert_kana, strip_selectors

_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Piece:
    """What was committed at once, and the kana it was converted from."""

    surface: str
    reading: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The pieces of one name, in the order of the name."""

    pieces: tuple[Piece, ...] = ()

    def committed(self, text: str, at: int, surface: str, reading: str) -> Reading:
        """``surface`` has just been put into the name, which is ``text`` now, at ``at`` (in characters)."""
        before = Reading(self.pieces).standing(text[:at])
        after = Reading(self.pieces[len(before.pieces) :]).standing(text[at + len(surface) :])
        own = (Piece(surface, reading),) if surface.strip() and reading else ()
        return Reading((*before.pieces, *own, *after.pieces))

    def standing(self, text: str) -> Reading:
        """Without the pieces that are no longer in the name."""
        return Reading(tuple(piece for piece, span in self._spans(text) if span is not None))

    def changed(self, text: str, at: int, old: str, new: str) -> Reading:
        """One character of ``text`` at ``at`` gives way to another form of it, which is read alike."""
        pieces = tuple(
            replace(piece, surface=text[span[0] : at] + new + text[at + len(old) : span[1]])
            if span is not None and span[0] <= at < span[1]
            else piece
            for piece, span in self._spans(text)
        )
        return Reading(pieces)

    def kana(self, text: str) -> str:
        """The reading of the name as far as it is known, in katakana; a space where the name has one between two pieces."""
        parts: list[str] = []
        end = 0
        for piece, span in self._spans(text):
            if span is None:
                continue
            if parts and _SPACE.search(text[end : span[0]]):
                parts.append(SPACE)
            parts.append(convert_kana(piece.reading)[0])
            end = span[1]
        return "".join(parts)

    def _spans(self, text: str) -> tuple[tuple[Piece, tuple[int, int] | None], ...]:
        found: list[tuple[Piece, tuple[int, int] | None]] = []
        at = 0
        for piece in self.pieces:
            match = _pattern(piece.surface).search(text, at)
            found.append((piece, match.span() if match else None))
            at = match.end() if match else at
        return tuple(found)


def _pattern(surface: str) -> re.Pattern[str]:
    """The piece wherever it stands, also with a space put into it afterwards, or with another form of a character chosen."""
    selector = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]?"
    return re.compile(r"\s*".join(f"{re.escape(strip_selectors(part))}{selector}" for part in clusters(surface) if part.strip()))
