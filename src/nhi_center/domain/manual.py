"""操作の手引: the help texts as chapters, and where in them a word stands.

One source for F1, for the search in it and for the printed manual: resources/help, in the small part of Markdown that is read
here (headings, lists, bold, pictures on a line of their own).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from nhi_center.domain.call_answers import matches, terms_of
from nhi_center.domain.operators import Role
from nhi_center.domain.search import kana_key

READERS = (Role.CLERK, Role.SUPERVISOR, Role.WARD_STAFF, Role.WARD_ADMIN)
WHO = "だれが何をするか"
"""The heading under which every chapter says it, a line for each role."""
EVERYONE = "全員"

_HEADING = re.compile(r"(#{1,3}) (.+)")
_ITEM = re.compile(r"( *)(-|\d+\.) (.+)")
_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_SENTENCE = re.compile(r"[^。]+。?")


class ManualFault(ValueError):
    """A text of the manual that cannot be read; the words name the file and what it lacks."""


class BlockKind(Enum):
    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"
    PICTURE = "picture"


_WORDS = frozenset({BlockKind.TEXT, BlockKind.ITEM})


@dataclass(frozen=True, slots=True)
class Piece:
    """Words in one weight."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One heading (``level`` 2 and 3), paragraph, item of a list (``mark`` is - or 1., ``level`` how deep) or picture, whose
    ``mark`` is its file."""

    kind: BlockKind
    pieces: tuple[Piece, ...]
    mark: str = ""
    level: int = 0

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Chapter:
    """One help text. ``words`` are others it is found by (readings, what people call it)."""

    name: str
    title: str
    blocks: tuple[Block, ...]
    words: tuple[str, ...] = ()

    @property
    def roles(self) -> tuple[Role, ...]:
        """Who has something to do there, as the chapter itself says it."""
        said = {label for block in self._who() for label in block.pieces[0].text.split("・")}
        return READERS if EVERYONE in said else tuple(role for role in READERS if role.label in said)

    @property
    def strange_roles(self) -> tuple[str, ...]:
        """Names under だれが何をするか that are no role's."""
        known = {EVERYONE, *(role.label for role in READERS)}
        return tuple(label for block in self._who() for label in block.pieces[0].text.split("・") if label not in known)

    @property
    def pictures(self) -> tuple[str, ...]:
        return tuple(block.mark for block in self.blocks if block.kind is BlockKind.PICTURE)

    def _who(self) -> tuple[Block, ...]:
        heads = [at for at, block in enumerate(self.blocks) if block.kind is BlockKind.HEADING and block.text == WHO]
        if not heads:
            return ()
        following = self.blocks[heads[0] + 1 :]
        end = next((at for at, block in enumerate(following) if block.kind is BlockKind.HEADING), len(following))
        return tuple(block for block in following[:end] if block.kind is BlockKind.ITEM and block.pieces[0].strong)


@dataclass(frozen=True, slots=True)
class Part:
    """Chapters that belong together, such as those of one role."""

    title: str
    chapters: tuple[Chapter, ...]


def roles_words(roles: Sequence[Role]) -> str:
    """For a line of the contents."""
    return EVERYONE if tuple(roles) == READERS else "・".join(role.label for role in roles)


# -- reading --


def joined(text: str) -> str:
    """The same Markdown with every paragraph and item on one line: Japanese knows no blank where a line ends."""
    lines: list[str] = []
    for line in text.splitlines():
        goes_on = bool(lines) and bool(lines[-1].strip()) and bool(line.strip())
        if goes_on and not (_begins(line) or _begins_alone(lines[-1])):
            lines[-1] += line.strip(" ")
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"


def _begins(line: str) -> bool:
    return bool(_HEADING.fullmatch(line) or _ITEM.fullmatch(line) or _PICTURE.fullmatch(line.strip()))


def _begins_alone(line: str) -> bool:
    return bool(_HEADING.fullmatch(line) or _PICTURE.fullmatch(line.strip()))


def parse(name: str, text: str, words: Sequence[str] = ()) -> Chapter:
    """One help text, what it includes already put in. Raises ManualFault when it does not begin with its title."""
    title, *lines = [line for line in joined(text).splitlines() if line.strip()] or [""]
    if not title.startswith("# "):
        raise ManualFault(f"{name}: the first line is no title")
    return Chapter(name, title.removeprefix("# "), tuple(map(_block, lines)), tuple(words))


def _block(line: str) -> Block:
    if found := _HEADING.fullmatch(line):
        return Block(BlockKind.HEADING, (Piece(found[2], True),), level=max(2, len(found[1])))
    if found := _PICTURE.fullmatch(line.strip()):
        return Block(BlockKind.PICTURE, (Piece(found[1]),), found[2])
    if found := _ITEM.fullmatch(line):
        return Block(BlockKind.ITEM, _pieces(found[3]), found[2], int(len(found[1]) > 0))
    return Block(BlockKind.TEXT, _pieces(line.strip()))


def _pieces(text: str) -> tuple[Piece, ...]:
    parts = _STRONG.split(text.replace("`", ""))
    return tuple(Piece(part, bool(number % 2)) for number, part in enumerate(parts) if part)


# -- finding --


@dataclass(frozen=True, slots=True)
class Hit:
    """Where the words stand: chapter, heading, the sentence with its ``spans`` (from, to), and the whole text of its block,
    "" for the beginning of the chapter."""

    chapter: Chapter
    heading: str
    sentence: str
    spans: tuple[tuple[int, int], ...]
    place: str


@dataclass(frozen=True, slots=True)
class _Line:
    """One thing that can be found. ``key`` must hold a word itself, the others may stand in ``above`` (chapter and heading)."""

    rank: int
    chapter: Chapter
    heading: str
    shown: str
    place: str
    key: str
    above: str


class Finder:
    """The manual folded once, as the other searches fold: kana and widths are alike."""

    def __init__(self, chapters: Iterable[Chapter]) -> None:
        lines = [line for chapter in chapters for line in _lines(chapter)]
        self._lines = tuple(sorted(lines, key=lambda line: line.rank))

    def search(self, typed: str, most: int) -> tuple[tuple[Hit, ...], int]:
        """The first ``most`` places that hold the words, and how many there are: chapters named so, then headings, then texts."""
        terms = terms_of(typed)
        if not terms:
            return (), 0
        found = [
            line
            for line in self._lines
            if any(term in line.key for term in terms) and matches(f"{line.above}\n{line.key}", terms)
        ]
        return tuple(_hit(line, terms) for line in found[:most]), len(found)


def _lines(chapter: Chapter) -> Iterator[_Line]:
    title = "\n".join(map(kana_key, (chapter.title, *chapter.words)))
    first = next((block.text for block in chapter.blocks if block.kind in _WORDS), "")
    yield _Line(0, chapter, "", first, "", title, "")
    heading = ""
    for number, block in enumerate(chapter.blocks):
        if block.kind is BlockKind.HEADING:
            heading = block.text
            under = next((one.text for one in chapter.blocks[number + 1 :] if one.kind in _WORDS), "")
            yield _Line(1, chapter, heading, under, heading, kana_key(heading), title)
        elif block.kind in _WORDS:
            yield _Line(2, chapter, heading, block.text, block.text, kana_key(block.text), f"{title}\n{kana_key(heading)}")


def _hit(line: _Line, terms: Sequence[str]) -> Hit:
    """With the sentence that holds most of the words; the first of those that hold as many."""
    sentences = [one.strip() for one in _SENTENCE.findall(line.shown)] or [""]
    sentence = max(sentences, key=lambda one: sum(term in kana_key(one) for term in terms))
    return Hit(line.chapter, line.heading, sentence, marks(sentence, terms), line.place)


def marks(text: str, terms: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """From where to where in ``text`` the folded words stand, none over another."""
    folded, places = "", []
    for at, char in enumerate(text):
        key = kana_key(char)
        folded += key
        places += [at] * len(key)
    spans = []
    for term in terms:
        start = folded.find(term)
        while start >= 0:
            spans.append((places[start], places[start + len(term) - 1] + 1))
            start = folded.find(term, start + len(term))
    kept: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if kept and begin < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(kept[-1][1], end))
        else:
            kept.append((begin, end))
    return tuple(kept)
