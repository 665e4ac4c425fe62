"""One chapter of the manual on the screen: Markdown in the window's own type, pictures as wide as there is room, words marked."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QImage,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextImageFormat,
)
from PySide6.QtWidgets import QFrame, QTextBrowser, QTextEdit

from nhi_center import resources
from nhi_center.domain.manual import joined, marks
from nhi_center.services.manual import PICTURES
from nhi_center.ui.common.help_index import MARK

_SIDES = 12


class HelpText(QTextBrowser):
    """``show_text`` sets a chapter. Nothing in it can be clicked or taken away."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("help_text")
        self.setAccessibleName("ヘルプの文")
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # one that comes would change the width again
        self._text, self._place, self._terms = "", "", ()  # type: tuple[str, str, Sequence[str]]
        self._set_for = 0
        self._fitted: dict[tuple[str, int], QImage] = {}

    def show_text(self, text: str, place: str = "", terms: Sequence[str] = ()) -> None:
        """``place`` is the text of the paragraph to begin at, ``terms`` are the folded words to mark."""
        self._text, self._place, self._terms = text, place, terms
        self._set_for = self.viewport().width()
        self.setMarkdown(joined(text))
        self._dress()
        self._mark()
        self._go_to_place()

    def forget(self) -> None:
        """The width is about to change for another text: the present one need not be set again."""
        self._text = ""

    def loadResource(self, kind: int, url: QUrl | str) -> object:
        """A picture of the manual, made to fit; nothing else is loaded, from nowhere else (for None Qt would look by itself)."""
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return b""
        name, ratio = QUrl(url).fileName(), self.devicePixelRatioF()
        wide = self.viewport().width()
        if (name, wide) not in self._fitted:
            image = QImage(str(resources.path(PICTURES) / name))
            if image.isNull():
                return image
            width = round(self._width_of(image) * ratio)
            fitted = image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
            fitted.setDevicePixelRatio(ratio)
            self._fitted = {known: kept for known, kept in self._fitted.items() if known[1] == wide} | {(name, wide): fitted}
        return self._fitted[name, wide]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._text and self._set_for != self.viewport().width():
            self.show_text(self._text, self._place, self._terms)

    def _width_of(self, image: QImage) -> int:
        """As wide as there is room, never larger than it was."""
        return min(image.width(), max(120, self.viewport().width() - _SIDES))

    def _dress(self) -> None:
        """Markdown brings its own sizes and no line height; the window's take their place."""
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()  # laid out once, not for every paragraph
        block = self.document().begin()
        while block.isValid():
            level = block.blockFormat().headingLevel()
            cursor.setPosition(block.position())
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            layout = QTextBlockFormat()
            layout.setBottomMargin(6)
            if not self._fit_picture(block, cursor):
                layout.setLineHeight(150, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
                letters = QTextCharFormat()
                letters.setProperty(QTextFormat.Property.FontPixelSize, {1: 18, 2: 16}.get(level, 14))
                letters.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
                letters.setFontFamilies(self.font().families())  # commands too: theirs is of another height
                cursor.mergeCharFormat(letters)
            cursor.mergeBlockFormat(layout)
            block = block.next()
        cursor.endEditBlock()

    def _fit_picture(self, block: QTextBlock, cursor: QTextCursor) -> bool:
        """Whether the block is a picture; then it is as wide as there is room."""
        pieces = block.begin()
        if pieces.atEnd() or not pieces.fragment().charFormat().isImageFormat():
            return False
        shape: QTextImageFormat = pieces.fragment().charFormat().toImageFormat()
        image = QImage(str(resources.path(PICTURES) / QUrl(shape.name()).fileName()))
        if not image.isNull():
            shape.setWidth(self._width_of(image))
            shape.setHeight(self._width_of(image) * image.height() / image.width())
            cursor.setCharFormat(shape)
        return True

    def _mark(self) -> None:
        found = []
        block = self.document().begin()
        while block.isValid() and self._terms:
            for begin, end in marks(block.text(), self._terms):
                one = QTextEdit.ExtraSelection()
                one.cursor = QTextCursor(block)
                one.cursor.setPosition(block.position() + begin)
                one.cursor.setPosition(block.position() + end, QTextCursor.MoveMode.KeepAnchor)
                one.format.setBackground(QColor(MARK))
                found.append(one)
            block = block.next()
        self.setExtraSelections(found)

    def _go_to_place(self) -> None:
        bar = self.verticalScrollBar()
        bar.setValue(0)
        block = self.document().begin()
        while self._place and block.isValid():
            if block.text() == self._place:
                above = self.document().documentLayout().blockBoundingRect(block).top()
                bar.setValue(max(0, round(above) - 40))
                return
            block = block.next()
