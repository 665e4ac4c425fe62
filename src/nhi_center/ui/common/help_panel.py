"""F1: the help of the screen in front, beside the work."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from nhi_center import resources
from nhi_center.ui.common.parts import plain_button
from nhi_center.ui.common.styling import words

_INCLUDE = re.compile(r"^@include (\S+)$", re.MULTILINE)
"""A line that another resource stands in for: contracts and pledges, which keep their own words."""


class HelpPanel(QFrame):
    """Renders resources/help/NAME.md; a screen without a text of its own shows the common one (keys and rules of every page).

    Signals: closed(): its button, or Esc while the keyboard stands in it; whoever showed it puts it away.
    """

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("help_panel")
        self.setProperty("part", "card")
        self.setFixedWidth(420)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        head = QHBoxLayout()
        head.addWidget(words("ヘルプ", "heading"))
        head.addStretch(1)
        self.close_button = plain_button("閉じる", "", name="help_close_button")
        self.close_button.setFixedHeight(32)
        self.close_button.clicked.connect(lambda _checked=False: self.closed.emit())
        head.addWidget(self.close_button)
        column.addLayout(head)
        self.browser = QTextBrowser()
        self.browser.setObjectName("help_text")
        self.browser.setAccessibleName("ヘルプの文")
        self.browser.setOpenLinks(False)
        self.browser.setFrameShape(QFrame.Shape.NoFrame)
        self.browser.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.browser.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        column.addWidget(self.browser, 1)
        for part in (self.browser, self.close_button):
            part.installEventFilter(self)
        self.shown = ""
        self.hide()

    def show_help(self, name: str) -> None:
        known = {path.stem for path in resources.listing("help", ".md")}
        self.shown = name if name in known else "common"
        text = _INCLUDE.sub(lambda found: resources.read_text(found[1]), resources.read_text(f"help/{self.shown}.md"))
        if self.shown != "common":
            text += "\n\n" + resources.read_text("help/common.md")
        self.browser.setMarkdown(text)
        self._dress()
        self.browser.verticalScrollBar().setValue(0)
        self.show()
        self.raise_()
        self.browser.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc belongs to the help while the keyboard stands in it, also over a page that has an Esc of its own."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.closed.emit()
                return True
        return super().eventFilter(watched, event)

    def _dress(self) -> None:
        """Markdown brings its own sizes and no line height; the window's take their place."""
        cursor = QTextCursor(self.browser.document())
        block = self.browser.document().begin()
        while block.isValid():
            level = block.blockFormat().headingLevel()
            layout = QTextBlockFormat()
            layout.setLineHeight(150, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            layout.setBottomMargin(6)
            letters = QTextCharFormat()
            letters.setProperty(QTextFormat.Property.FontPixelSize, {1: 18, 2: 16}.get(level, 14))
            letters.setProperty(QTextFormat.Property.FontSizeAdjustment, 0)
            letters.setFontFamilies(self.browser.font().families())  # commands too: theirs is of another height
            cursor.setPosition(block.position())
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeBlockFormat(layout)
            cursor.mergeCharFormat(letters)
            block = block.next()
