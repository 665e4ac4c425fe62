"""A4 reports: headings, tables and a chart that flow down the page and on to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nhi_center.printing.fonts import Role
from nhi_center.printing.page import POINT, Align, Box, Sheet, Style, fit, fits, text_width

WIDTH, HEIGHT = 210.0, 297.0
LEFT, RIGHT, TOP, BOTTOM = 20.0, 190.0, 20.0, 276.0
INK, SOFT, LINE, STRONG_LINE, PANEL, ACCENT = "#1a1a1a", "#4d4d4d", "#cccccc", "#767676", "#f2f2f2", "#0017c1"

_ROW, _TALL_ROW = 7.0, 10.0
_CONTINUED, _SECTION = 9.0, 9.0
_LEGIBLE = 8.0
"""Points. A cell that would have to be smaller on one line gets a row for two."""


@dataclass(frozen=True, slots=True)
class Column:
    """A table column: its heading, width in mm, and how its cells are set. Columns of names use ``Role.NAME``."""

    heading: str
    width: float
    align: Align = "left"
    role: Role = Role.LABEL


def _row_height(columns: Sequence[Column], row: Sequence[str]) -> float:
    cells = zip(_inner(columns), row, strict=True)
    narrow = any(text_width(value, column.role, _LEGIBLE) > width for (column, _x, width), value in cells)
    return _TALL_ROW if narrow else _ROW


def _inner(columns: Sequence[Column]) -> list[tuple[Column, float, float]]:
    """Left edge and width of each column's text; words that follow a number keep their distance from it."""
    found, x, before = [], LEFT, "left"
    for column in columns:
        inset = 8.0 if (before, column.align) == ("right", "left") else 2.0
        found.append((column, x + inset, column.width - inset - 2.0))
        x, before = x + column.width, column.align
    return found


def section_height(columns: Sequence[Column], rows: Sequence[Sequence[str]], total: Sequence[str] = ()) -> float:
    """How many mm a section with this table takes on one page."""
    lines = sum(_row_height(columns, row) for row in rows) if rows else _ROW
    return _SECTION + _ROW + lines + (_ROW if total else 0) + 5


class Report:
    """One report. Every page carries the title, a page number and, in training, 見本."""

    def __init__(self, title: str, *, footer: str, sample: bool) -> None:
        self._title, self._footer, self._sample = title, footer, sample
        self.sheet = Sheet(WIDTH, HEIGHT, title=title)
        self._page = 0
        self.y = TOP
        self._begin_page()

    def _begin_page(self, *, continued: bool = False) -> None:
        self._page += 1
        if self._sample:
            self.sheet.watermark("見本", 62.0, colour="#fce6e4")
        self.sheet.line((LEFT, BOTTOM + 5), (RIGHT, BOTTOM + 5), colour=LINE)
        small = Style(size=8, smallest=6, colour=SOFT)
        self.sheet.text(self._footer, Box(LEFT, BOTTOM + 6, 140, 5), small, "footer")
        self.sheet.text(f"{self._page}ページ", Box(RIGHT - 28, BOTTOM + 6, 28, 5), Style(size=8, colour=SOFT, align="right"))
        self.y = TOP
        if continued:
            self.sheet.text(f"{self._title}(続き)", Box(LEFT, TOP, RIGHT - LEFT, 6), Style(Role.STRONG, 10, 8, colour=SOFT))
            self.y = TOP + _CONTINUED

    def need(self, height: float) -> None:
        """A new page when less than ``height`` is left."""
        if self.y + height > BOTTOM:
            self.sheet.end_page()
            self._begin_page(continued=True)

    def new_page(self) -> None:
        """A page that begins afresh, without "(続き)"."""
        self.sheet.end_page()
        self._begin_page()

    def finish(self) -> bytes:
        self.sheet.end_page()
        return self.sheet.finish()

    def heading(self, text: str, right: str = "") -> None:
        """The title of the report, with a small text at the right."""
        self.sheet.text(text, Box(LEFT, self.y, 110, 9), Style(Role.STRONG, 20, 12))
        if right:
            self.sheet.text(right, Box(LEFT + 112, self.y, 58, 9), Style(size=9, smallest=7, align="right", colour=SOFT))
        self.sheet.line((LEFT, self.y + 11.5), (RIGHT, self.y + 11.5), width=0.6, colour=INK)
        self.y += 16

    def section(self, text: str, *, follows: float = 16.0) -> None:
        """A section title, kept on one page with ``follows`` mm of what stands under it."""
        self.need(_SECTION + follows)
        self.sheet.rectangle(Box(LEFT, self.y + 0.9, 1.2, 4.6), fill=ACCENT)
        self.sheet.text(text, Box(LEFT + 3.2, self.y, 160, 6.4), Style(Role.STRONG, 11.5, 9))
        self.y += 8.4

    def pairs(self, entries: Sequence[tuple[str, str]], *, role: Role = Role.LABEL) -> None:
        """Label and value, a line each."""
        for label, value in entries:
            self.need(6.4)
            self.sheet.text(label, Box(LEFT, self.y, 32, 6), Style(size=9.5, smallest=7, colour=SOFT))
            self.sheet.text(value, Box(LEFT + 34, self.y, 134, 6), Style(role, 10.5, 7), label)
            self.y += 6.4

    def figures(self, entries: Sequence[tuple[str, str, str]]) -> None:
        """Key figures in a row of panels: (label, value, unit)."""
        gap = 4.0
        width = (RIGHT - LEFT - gap * (len(entries) - 1)) / len(entries)
        self.need(24)
        for number, (label, value, unit) in enumerate(entries):
            x = LEFT + number * (width + gap)
            self.sheet.rectangle(Box(x, self.y, width, 19), fill=PANEL, radius=1.6)
            self.sheet.text(label, Box(x + 3, self.y + 2, width - 6, 5), Style(size=8.5, smallest=6.5, colour=SOFT))
            self.sheet.text(value, Box(x + 3, self.y + 7.4, width - 14, 10), Style(Role.STRONG, 20, 10), label)
            self.sheet.text(unit, Box(x + width - 11, self.y + 11, 8, 5), Style(size=9, smallest=6, colour=SOFT, align="right"))
        self.y += 24

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], total: Sequence[str] = ()) -> None:
        """A table whose heading is repeated on the next page. An empty one says so."""
        self.need(_ROW * 2)
        self._table_head(columns)
        if not rows:
            self.sheet.text("該当はありません。", Box(LEFT + 2, self.y, 100, _ROW), Style(size=9.5, colour=SOFT))
            self._row_end(LINE)
        for number, row in enumerate(rows):
            height = _row_height(columns, row)
            if self.y + height > BOTTOM:
                self.need(_ROW + height)
                self._table_head(columns)
            self._cells(columns, row, Role.LABEL, height)
            self._row_end(LINE if number + 1 < len(rows) or not total else STRONG_LINE, height)
        if total:
            self.need(_ROW)
            self._cells(columns, total, Role.STRONG)
            self._row_end(STRONG_LINE)
        self.y += 5

    def keep_together(self, height: float) -> None:
        """As ``need``, for what fits on a page of its own; what is taller flows from where it begins."""
        if height <= BOTTOM - TOP - _CONTINUED:
            self.need(height)

    def _table_head(self, columns: Sequence[Column]) -> None:
        self.sheet.rectangle(Box(LEFT, self.y, RIGHT - LEFT, _ROW), fill=PANEL)
        for column, x, width in _inner(columns):
            style = Style(size=9, smallest=6.5, align=column.align, colour=SOFT)
            self.sheet.text(column.heading, Box(x, self.y, width, _ROW), style, column.heading)
        self._row_end(STRONG_LINE)

    def _cells(self, columns: Sequence[Column], row: Sequence[str], role: Role, height: float = _ROW) -> None:
        for (column, x, width), value in zip(_inner(columns), row, strict=True):
            own = column.role if column.role is Role.NAME else role
            style = Style(own, 10.5 if own is Role.NAME else 9.5, _LEGIBLE, lines=2, align=column.align)
            box = Box(x, self.y + 0.4, width, height - 0.8)
            if not fits(value, box, style):
                style = replace(style, smallest=6, lines=3)
            self.sheet.text(value, box, style, column.heading)

    def _row_end(self, colour: str, height: float = _ROW) -> None:
        self.y += height
        self.sheet.line((LEFT, self.y), (RIGHT, self.y), width=0.15 if colour == LINE else 0.25, colour=colour)

    def bars(self, entries: Sequence[tuple[str, int]], unit: str) -> None:
        """A horizontal bar chart; every bar carries its number, so the colour says nothing alone."""
        height = 6.6
        self.need(height * len(entries) + 6)
        longest = max((value for _, value in entries), default=0) or 1
        start, room = LEFT + 44, RIGHT - LEFT - 44 - 26
        self.sheet.line((start, self.y), (start, self.y + height * len(entries)), width=0.25, colour=STRONG_LINE)
        for label, value in entries:
            self.sheet.text(label, Box(LEFT, self.y, 42, height), Style(size=9, smallest=6, align="right"), "chart")
            length = room * value / longest
            if value:
                self.sheet.rectangle(Box(start, self.y + 1.2, length, height - 2.4), fill=ACCENT)
            number = Box(start + length + 1.6, self.y, 24, height)
            self.sheet.text(f"{value:,}{unit}", number, Style(size=9, smallest=6))
            self.y += height
        self.y += 6

    def paragraph(self, text: str, *, lines: int = 3, size: float = 9.5, colour: str = INK) -> None:
        """A short text of at most ``lines`` lines. Raises TextDoesNotFit."""
        style = Style(size=size, lines=lines, colour=colour)
        whole = Box(LEFT, self.y, RIGHT - LEFT, size * POINT * (1 + 1.16 * (lines - 1)) + 0.2)
        needed = len(fit(text, whole, style, "本文").lines)
        height = size * POINT * (1 + 1.16 * (needed - 1)) + 0.2
        self.need(height)
        self.sheet.text(text, Box(LEFT, self.y, RIGHT - LEFT, height), style, "本文")
        self.y += height + 2.4
