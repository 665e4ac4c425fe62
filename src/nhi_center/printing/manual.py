"""操作の手引 as a book of A4 pages: cover, contents with page numbers, the chapters with their pictures.

It is set twice: the first time tells on which page each chapter begins, the second time writes it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from nhi_center.domain.manual import EVERYONE, READERS, Block, BlockKind, Chapter, Part, Piece, roles_words
from nhi_center.printing.flow import lines_of
from nhi_center.printing.fonts import Role
from nhi_center.printing.page import POINT, Box, Sheet, Style, text_width
from nhi_center.printing.report import ACCENT, BOTTOM, HEIGHT, INK, LEFT, LINE, RIGHT, SOFT, TOP, WIDTH
from nhi_center.printing.sheets import ManualSheet

TITLE = "操作の手引"
OFFICE = "新宿区 国民健康保険事務センター"
_SIZE, _LEADING, _AFTER = 10.0, 1.62, 1.5
_PICTURE_MM = 150.0
_PIXEL_MM = 0.126
"""How large a pixel is at most: a page of the window fills the width, a small window stays small."""
_CONTENTS_ROW = 6.4
_OPENING = 8
"""Blocks at the head of a chapter whose picture stands on the page with its title."""
_WELCOME = (
    "はじめて仕事をする人のための手引です。画面ごとに、だれが何をするか、どのキーを押すか、困ったときにどうするかを書いています。",
    "同じ内容を、どの画面でも F1 で読めます。F1 のあと F2 で、目次と、言葉での検索が開きます。",
    "画面の絵は研修用のものです。氏名も番号もすべて架空です。",
)


def manual_document(sheet: ManualSheet) -> bytes:
    """The finished PDF. Raises MissingGlyph or TextDoesNotFit."""
    drafted = _Book(sheet, {}, with_pictures=False)
    drafted.write()
    final = _Book(sheet, drafted.pages)
    final.write()
    return final.sheet.finish()


class _Book:
    """``pages``: chapter -> the page it begins on; empty in the first setting, which finds them."""

    def __init__(self, content: ManualSheet, pages: Mapping[str, int], *, with_pictures: bool = True) -> None:
        self._content, self._known, self._with_pictures = content, pages, with_pictures
        self._pictures = dict(content.pictures)
        self.pages: dict[str, int] = {}
        self.sheet = Sheet(WIDTH, HEIGHT, title=TITLE)
        self._page, self._running = 0, ""
        self.y = TOP

    def write(self) -> None:
        self._cover()
        self._contents()
        for part in self._content.parts:
            self._part(part)
        self.sheet.end_page()

    # -- pages --

    def _begin_page(self) -> None:
        if self._page:
            self.sheet.end_page()
        self._page += 1
        if self._content.sample:
            self.sheet.watermark("見本", 62.0, colour="#fce6e4")
        self.y = TOP
        if self._page == 1:
            return
        small = Style(size=8, smallest=6, colour=SOFT)
        self.sheet.text(self._running, Box(LEFT, 11, 150, 5), small, "柱")
        self.sheet.line((LEFT, BOTTOM + 5), (RIGHT, BOTTOM + 5), colour=LINE)
        self.sheet.text(f"{TITLE}  {self._content.edition}", Box(LEFT, BOTTOM + 6, 140, 5), small, "footer")
        number = Style(size=8, colour=SOFT, align="right")
        self.sheet.text(f"{self._page}ページ", Box(RIGHT - 28, BOTTOM + 6, 28, 5), number)

    def _need(self, height: float) -> None:
        if self.y + height > BOTTOM:
            self._begin_page()

    def _words(self, block: Block, x: float, size: float = _SIZE, *, colour: str = INK, after: float = _AFTER) -> None:
        """Running text from ``x`` to the right edge, over as many pages as it takes; no first line is left alone below."""
        pieces = [(piece.text, Role.STRONG if piece.strong else Role.LABEL) for piece in block.pieces]
        lines = lines_of(pieces, RIGHT - x, size)
        leading = size * POINT * _LEADING
        for number, line in enumerate(lines):
            self._need(leading * (2 if number == 0 and len(lines) > 1 else 1))
            self.sheet.pieces(line, (x, self.y + leading * 0.72), size, colour)
            self.y += leading
        self.y += after

    # -- what stands before the chapters --

    def _cover(self) -> None:
        self._begin_page()
        sheet = self.sheet
        sheet.bookmark(TITLE, "cover", 0, 0)
        sheet.rectangle(Box(LEFT, 70, 3, 34), fill=ACCENT)
        sheet.text(OFFICE, Box(LEFT + 9, 69, 150, 8), Style(size=13, colour=SOFT))
        sheet.text(TITLE, Box(LEFT + 9, 79, 150, 16), Style(Role.STRONG, 38, 20))
        sheet.text("業務端末  担当者・区の職員用", Box(LEFT + 9, 97, 150, 8), Style(size=13, colour=SOFT))
        self.y = 128.0
        for text in _WELCOME:
            self._words(Block(BlockKind.TEXT, _plain(text)), LEFT + 9, 11, after=3)
        sheet.text(self._content.edition, Box(LEFT + 9, 258, 150, 6), Style(size=10, colour=SOFT), "edition")

    def _contents(self) -> None:
        self._running = "目次"
        self._begin_page()
        self.sheet.bookmark("目次", "contents", 0, self.y)
        self._title("目次")
        for part in self._content.parts:
            self._need(9 + 2 * _CONTENTS_ROW)
            self.sheet.text(part.title, Box(LEFT, self.y + 2, 150, 6), Style(Role.STRONG, 11))
            self.y += 9
            for chapter in part.chapters:
                self._contents_row(chapter)
        self._by_role()

    def _contents_row(self, chapter: Chapter) -> None:
        self._need(_CONTENTS_ROW)
        y = self.y
        self.sheet.text(chapter.title, Box(LEFT + 4, y, 80, _CONTENTS_ROW), Style(size=10, smallest=8), "目次")
        roles = Style(size=8.5, smallest=7, colour=SOFT)
        self.sheet.text(roles_words(chapter.roles), Box(LEFT + 92, y, 60, _CONTENTS_ROW), roles, "目次")
        self.sheet.text(self._at(chapter), Box(RIGHT - 14, y, 14, _CONTENTS_ROW), Style(size=10, align="right"))
        self.sheet.line((LEFT + 4, y + _CONTENTS_ROW), (RIGHT, y + _CONTENTS_ROW), width=0.15, colour=LINE)
        self.sheet.link(chapter.name, Box(LEFT, y, RIGHT - LEFT, _CONTENTS_ROW))
        self.y += _CONTENTS_ROW

    def _by_role(self) -> None:
        """What everybody reads, and for each role what it works by besides, in the order of its screens."""
        self._need(60)
        self.y += 4
        self.sheet.text("役割ごとの章(かっこの中はページ)", Box(LEFT, self.y, 150, 6), Style(Role.STRONG, 11))
        self.y += 9
        chapters = [chapter for part in self._content.parts for chapter in part.chapters]
        common = [chapter for chapter in chapters if chapter.roles == READERS]
        self._role_row(EVERYONE, common)
        for role in READERS:
            self._role_row(role.label, [one for one in chapters if role in one.roles and one not in common])

    def _role_row(self, label: str, chapters: list[Chapter]) -> None:
        named = "、".join(f"{chapter.title}({self._at(chapter)})" for chapter in chapters)
        self._words(Block(BlockKind.TEXT, (*_plain(f"{label}  ", strong=True), *_plain(named))), LEFT + 4, 9)

    def _at(self, chapter: Chapter) -> str:
        return str(self._known.get(chapter.name, "000"))

    def _title(self, text: str) -> None:
        self.sheet.text(text, Box(LEFT, self.y, 120, 9), Style(Role.STRONG, 18, 12), "章")
        self.sheet.line((LEFT, self.y + 10.5), (RIGHT, self.y + 10.5), width=0.6, colour=INK)
        self.y += 14

    # -- the chapters --

    def _part(self, part: Part) -> None:
        self._running = part.title
        for number, chapter in enumerate(part.chapters):
            opens = chapter.blocks[:_OPENING]
            pictures = sum(self._picture_size(block)[1] for block in opens if block.kind is BlockKind.PICTURE)
            if number and self.y + 90 + pictures < BOTTOM:
                self.y += 10
            else:
                self._begin_page()
            if not number:
                self.sheet.bookmark(part.title, f"part {part.title}", 0, self.y)
            self._chapter(chapter)

    def _chapter(self, chapter: Chapter) -> None:
        self.pages[chapter.name] = self._page
        self.sheet.bookmark(chapter.title, chapter.name, 1, self.y)
        roles = Style(size=9, smallest=7, colour=SOFT, align="right")
        self.sheet.text(roles_words(chapter.roles), Box(RIGHT - 60, self.y + 1, 60, 8), roles, "役割")
        self._title(chapter.title)
        for number, block in enumerate(chapter.blocks):
            if block.kind is BlockKind.HEADING:
                self._heading(block, chapter.blocks[number + 1 : number + 2])
            elif block.kind is BlockKind.PICTURE:
                self._picture(block)
            elif block.kind is BlockKind.ITEM:
                self._item(block)
            else:
                if all(piece.strong for piece in block.pieces):  # a heading within the text
                    self._need(16)
                self._words(block, LEFT + 2)

    def _heading(self, block: Block, following: tuple[Block, ...]) -> None:
        """Kept on one page with what stands under it."""
        below = self._picture_size(following[0])[1] if following and following[0].kind is BlockKind.PICTURE else 12.0
        self._need(10 + below)
        self.y += 2
        self.sheet.rectangle(Box(LEFT, self.y + 0.7, 1.2, 4.6), fill=ACCENT)
        self.sheet.text(block.text, Box(LEFT + 3.2, self.y, 160, 6.2), Style(Role.STRONG, 11.5, 9), "見出し")
        self.y += 8.2

    def _item(self, block: Block) -> None:
        x = LEFT + 3 + 6 * block.level
        mark = "・" if block.mark == "-" else block.mark
        inset = max(4.4, text_width(mark, Role.LABEL, _SIZE) + 1.4)
        leading = _SIZE * POINT * _LEADING
        self._need(leading * 2)
        self.sheet.pieces([(mark, Role.LABEL)], (x, self.y + leading * 0.72), _SIZE)
        self._words(block, x + inset)

    def _picture(self, block: Block) -> None:
        width, height = self._picture_size(block)
        self._need(height + 9)
        box = Box(LEFT + (RIGHT - LEFT - width) / 2, self.y + 1, width, height)
        self.sheet.rectangle(Box(box.x - 1, box.y - 1, box.width + 2, box.height + 2), stroke=LINE, fill="#ffffff", radius=1)
        if self._with_pictures:
            self.sheet.image(self._pictures[block.mark], box)
        caption = Style(size=8.5, smallest=7, colour=SOFT, align="center")
        self.sheet.text(block.text, Box(LEFT, box.bottom + 1.6, RIGHT - LEFT, 5), caption, "絵の題")
        self.y = box.bottom + 9

    def _picture_size(self, block: Block) -> tuple[float, float]:
        """In mm, from the head of the PNG (width and height in the IHDR chunk, PNG 3rd edition 11.2.1)."""
        width, height = struct.unpack(">2L", self._pictures[block.mark][16:24])
        scale = min(_PIXEL_MM, _PICTURE_MM / width)
        return width * scale, height * scale


def _plain(text: str, *, strong: bool = False) -> tuple[Piece, ...]:
    return (Piece(text, strong),)
