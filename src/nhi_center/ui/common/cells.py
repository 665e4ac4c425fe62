"""One cell of a dense table: what stands in it, how wide it needs to be, and how it is painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from nhi_center.ui import theme
from nhi_center.ui.common.name_view import NamePainter

Index = QModelIndex | QPersistentModelIndex
ALIGN = {
    "left": Qt.AlignmentFlag.AlignLeft,
    "right": Qt.AlignmentFlag.AlignRight,
    "center": Qt.AlignmentFlag.AlignHCenter,
}
CELL_ROLE = Qt.ItemDataRole.UserRole + 1
SIDE = 8
"""Free room at both sides of the words."""
NAME_PX = 16
_NAME_SIZES = (18, 17, 16, 15, 14)
"""A name among other words; a column of names alone is larger."""


@dataclass(frozen=True, slots=True)
class Cell:
    """``chip`` (in ``tone``), a person's ``name`` by glyph, ``strong`` words, then ``text``; any of them may be empty.

    ``note``: what it means, in a sentence, for the mouse that rests on it and for who hears the screen.
    """

    text: str = ""
    strong: str = ""
    chip: str = ""
    tone: str = "plain"
    colour: str = ""
    name: str = ""
    note: str = ""

    @property
    def spoken(self) -> str:
        return " ".join(part for part in (self.chip, self.name, self.strong, self.text) if part)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``cell(row)`` gives a Cell or a string. ``width`` in pixels, 0 = what is left. ``name``: a person's name.

    ``most``: as wide it may become where its words need it and the column that has what is left does not.
    """

    title: str
    cell: Callable[[Any], Cell | str]
    width: int = 0
    align: str = "left"
    name: bool = False
    most: int = 0


class CellDelegate(QStyledItemDelegate):
    """Paints one cell: selection, lines, chip, strong and plain words, names by glyph."""

    def __init__(self, columns: tuple[Column, ...], names: NamePainter | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._columns, self._names = columns, names
        self.fits = False

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        cell: Cell = index.data(CELL_ROLE)
        column = self._columns[index.column()]
        painter.save()
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(rect, QColor(theme.PRIMARY_PALE))
        if not (self.fits and index.row() == index.model().rowCount() - 1):
            painter.setPen(QPen(QColor("#84aef5" if selected else "#dddddd"), 1))
            painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = QRectF(rect).adjusted(SIDE, 0, -SIDE, -1)
        colour = QColor(cell.colour or theme.TEXT)
        if column.name and self._names is not None:
            self._names.draw(painter, inner, cell.text, self.fitting(cell.text, inner.width()), colour)
        else:
            self._words(painter, inner, cell, colour, column.align)
        painter.restore()

    def fitting(self, name: str, width: float) -> int:
        """The size at which a name is whole: a name cut short could be two people."""
        names = self._names
        return next((size for size in _NAME_SIZES if names is None or names.width(name, size) <= width), _NAME_SIZES[-1])

    def needed(self, column: Column, cell: Cell) -> float:
        """How wide a column must be for this cell to be whole."""
        if column.name and self._names is not None:
            return self._names.width(cell.text, _NAME_SIZES[0]) + 2 * SIDE + 2
        wide = float(2 * SIDE + 2)
        if cell.chip:
            wide += _chip_width(cell.chip, cell.tone) + 8
        if cell.name and self._names is not None:
            wide += self._names.width(cell.name, NAME_PX) + 7
        bold, plain = (QFontMetrics(theme.font(theme.DENSE_PX, bold=strong)) for strong in (True, False))
        words = [metrics.horizontalAdvance(text) for text, metrics in ((cell.strong, bold), (cell.text, plain)) if text]
        return wide + sum(words) + 7 * max(0, len(words) - 1)

    def _words(self, painter: QPainter, area: QRectF, cell: Cell, colour: QColor, align: str) -> None:
        plain, strong = theme.font(theme.DENSE_PX), theme.font(theme.DENSE_PX, bold=True)
        if cell.chip:
            area = area.adjusted(_paint_chip(painter, area, cell.chip, cell.tone) + 8, 0, 0, 0)
        if cell.name and self._names is not None:
            self._names.draw(painter, area, cell.name, NAME_PX, colour)
            area = area.adjusted(self._names.width(cell.name, NAME_PX) + 7, 0, 0, 0)
        painter.setPen(colour)
        flags = int(ALIGN[align] | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine)
        for text, font in ((cell.strong, strong), (cell.text, plain)):
            if text and area.width() > 0:
                painter.setFont(font)
                metrics = painter.fontMetrics()
                shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()) + 1)
                painter.drawText(area, flags, shown)
                area = area.adjusted(metrics.horizontalAdvance(text) + 7, 0, 0, 0)


def _chip_words(text: str, tone: str) -> str:
    sign = theme.TONES[theme.Tone(tone)].sign
    return f"{sign} {text}" if sign else text


def _chip_width(text: str, tone: str) -> int:
    return QFontMetrics(theme.font(13)).horizontalAdvance(_chip_words(text, tone)) + 18


def _paint_chip(painter: QPainter, area: QRectF, text: str, tone: str) -> float:
    colours = theme.TONES[theme.Tone(tone)]
    font: QFont = theme.font(13)
    painter.setFont(font)
    shown = painter.fontMetrics().elidedText(_chip_words(text, tone), Qt.TextElideMode.ElideRight, int(area.width()) - 12)
    width = painter.fontMetrics().horizontalAdvance(shown) + 18
    width = min(width, int(area.width()) + 6)
    box = QRectF(area.left() + 0.5, area.center().y() - 8, width, 16)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colours.line), 1))
    painter.setBrush(QColor(colours.page))
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(QColor(colours.text))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), shown)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    return float(width)
