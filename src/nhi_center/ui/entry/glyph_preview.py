"""印字される字形: the name as the printer will draw it, beside its field."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from nhi_center.ui import theme
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.styling import words

_LARGE, _SMALL = 34, 27


class _Glyphs(QWidget):
    """The name large; on two lines when it is long."""

    def __init__(self, glyphs: NamePainter) -> None:
        super().__init__()
        self.setObjectName("printed_name")
        self._glyphs = glyphs
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(80, 62)

    def show_name(self, name: str) -> None:
        if name != self._text:
            self._text = name
            self.setAccessibleName(f"印字される字形 {name}")
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        area, colour = QRectF(self.rect()), QColor(theme.TEXT)
        if self._glyphs.width(self._text, _LARGE) <= area.width():
            self._glyphs.draw(painter, QRectF(0, 0, area.width(), 44), self._text, _LARGE, colour)
        else:
            family, _, given = self._text.partition("\u3000")
            half = area.height() / 2
            self._glyphs.draw(painter, QRectF(0, 0, area.width(), half), family, _SMALL, colour)
            self._glyphs.draw(painter, QRectF(0, half, area.width(), half), given, _SMALL, colour)
        painter.end()


class GlyphPreview(QWidget):
    def __init__(self, glyphs: NamePainter) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        label = words("印字される字形", "label")
        label.setFixedHeight(20)
        column.addWidget(label)
        self._glyphs = _Glyphs(glyphs)
        column.addWidget(self._glyphs)
        column.addStretch(1)

    def show_name(self, name: str) -> None:
        self._glyphs.show_name(name)
