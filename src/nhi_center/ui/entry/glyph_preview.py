"""印字される字形: the name as the printer will draw it, beside its field."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from nhi_center.ui import theme
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.styling import words

_LARGE, _SMALL = 34, 22


class _Glyphs(QWidget):
    """The name in the largest size that fits."""

    def __init__(self, glyphs: NamePainter) -> None:
        super().__init__()
        self.setObjectName("printed_name")
        self._glyphs = glyphs
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(80, 44)

    def show_name(self, name: str) -> None:
        if name != self._text:
            self._text = name
            self.setAccessibleName(f"印字される字形 {name}")
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for pixels in (_LARGE, 28, _SMALL):
            if self._glyphs.width(self._text, pixels) <= self.width():
                break
        self._glyphs.draw(painter, QRectF(self.rect()), self._text, pixels, QColor(theme.TEXT))
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
