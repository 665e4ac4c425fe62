"""F1: the help of the screen in front, beside the work; from there the whole manual, with contents and search."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from nhi_center.domain.manual import Chapter
from nhi_center.services import manual
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.help_index import HelpIndex
from nhi_center.ui.common.help_text import HelpText
from nhi_center.ui.common.paper_maker import PaperMaker
from nhi_center.ui.common.parts import ActionButton
from nhi_center.ui.common.styling import lay_out_now, words

_BESIDE_PX, _MANUAL_PX = 420, 820
COMMON = "common"


class View(Enum):
    """What the panel shows: the chapter of the screen in front, the contents, a chapter chosen there."""

    FRONT = "ヘルプ"
    INDEX = "目次・さがす"
    CHOSEN = "操作の手引"


class HelpPanel(QFrame):
    """``show_help`` opens at a chapter; a screen without one of its own shows the common one (keys and rules of every page).

    F2 opens the contents, F11 makes the manual as a PDF (where somebody works: ``set_desk``), Esc goes back and at last closes.
    Signals: closed(): its button, or Esc while the keyboard stands in it; whoever showed it puts it away.
    widened(): its width has changed; whoever placed it places it again.
    """

    closed = Signal()
    widened = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self.setObjectName("help_panel")
        self.setProperty("part", "card")
        self.setFixedWidth(_BESIDE_PX)
        self.shown = ""
        self.view = View.FRONT
        self._front = COMMON
        self._desk: Desk | None = None
        self._papers: PaperMaker | None = None
        self.browser = HelpText()
        self.index = HelpIndex()
        self.index.chosen.connect(self._open_chosen)
        self._lay_out()
        for part in (self.browser, self.index.line, self.index.list, *self._buttons):
            part.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        head = QHBoxLayout()
        head.setSpacing(6)
        self.heading = words(View.FRONT.value, "heading", name="help_heading")
        head.addWidget(self.heading)
        head.addStretch(1)
        self.index_button = ActionButton("目次", key="F2", bind=False, name="help_index_button")
        self.index_button.clicked.connect(lambda _checked=False: self.open_index())
        self.pdf_button = ActionButton("PDF", key="F11", bind=False, name="help_pdf_button")
        self.pdf_button.setAccessibleName("操作の手引をPDFにする")
        self.pdf_button.clicked.connect(lambda _checked=False: self.make_pdf())
        self.pdf_button.hide()
        self.close_button = ActionButton("閉じる", key="Esc", bind=False, name="help_close_button")
        self.close_button.clicked.connect(lambda _checked=False: self.go_back())
        self._buttons = (self.index_button, self.pdf_button, self.close_button)
        for button in self._buttons:
            button.setFixedHeight(32)
            button.set_margins(8)
            head.addWidget(button)
        column.addLayout(head)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.browser)
        self.stack.addWidget(self.index)
        column.addWidget(self.stack, 1)

    def set_desk(self, desk: Desk | None) -> None:
        """Who works here may have the manual as a PDF; None: nobody does, and what was looked for is forgotten."""
        self._desk = desk
        if self._papers is not None:
            self._papers.deleteLater()
            self._papers = None
        if desk is not None:
            self._papers = PaperMaker(desk, self)
            self._papers.said.connect(desk.say)
        self.pdf_button.setVisible(desk is not None)
        self.index.forget()

    # -- what is shown --

    def show_help(self, name: str) -> None:
        self._front = name if manual.has(name) else COMMON
        self._turn_to(View.FRONT)
        self.browser.forget()
        self.show()
        self.raise_()
        self._open(self._front)
        self.browser.setFocus()

    def _show_front(self) -> None:
        self._turn_to(View.FRONT)
        self._open(self._front)

    def _open(self, name: str, place: str = "", terms: Sequence[str] = ()) -> None:
        self.shown = name
        text = manual.text_of(name)
        if name != COMMON:
            text += "\n\n" + manual.text_of(COMMON)
        self.stack.setCurrentWidget(self.browser)
        lay_out_now(self.browser)  # so that the text is set once, for the width it will have
        self.browser.show_text(text, place, terms)
        self.browser.setFocus()

    def open_index(self) -> None:
        """The contents and the search; from a chapter found there, as they were left."""
        came_from = self.view
        self._turn_to(View.INDEX)
        self.stack.setCurrentWidget(self.index)
        if came_from is View.FRONT:
            self.index.begin(self.shown)
        else:
            self.index.come_back()

    def _open_chosen(self, chapter: Chapter, place: str, terms: Sequence[str]) -> None:
        self._turn_to(View.CHOSEN)
        self._open(chapter.name, place, terms)

    def _turn_to(self, view: View) -> None:
        self.view = view
        self.heading.setText(view.value)
        self.close_button.set_words("閉じる" if view is View.FRONT else "もどる")
        width = _BESIDE_PX if view is View.FRONT else _MANUAL_PX
        if width != self.width():
            self.browser.forget()
            self.setFixedWidth(min(width, max(_BESIDE_PX, self._parent.width() - 40)))
            self.widened.emit()

    def go_back(self) -> None:
        """Esc: from a chapter to the list it was found in, from there to the chapter of the screen in front, from there away."""
        if self.view is View.CHOSEN:
            self.open_index()
        elif self.view is View.INDEX:
            self._show_front()
        else:
            self.closed.emit()

    def make_pdf(self) -> None:
        """操作の手引 into the business folder."""
        if self._papers is not None:
            from nhi_center.services import manual_book  # it needs the database library, which comes behind the sign-in window

            self._papers.make(manual_book.make_pdf)

    # -- keys --

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """These keys belong to the help while the keyboard stands in it, also over a page that has its own for them."""
        if isinstance(event, QKeyEvent) and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            acts = {Qt.Key.Key_Escape: self.go_back, Qt.Key.Key_F2: self.open_index}
            if self._papers is not None:
                acts[Qt.Key.Key_F11] = self.make_pdf
            act = acts.get(Qt.Key(event.key()))
            if act is not None and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if act is not None and event.type() == QEvent.Type.KeyPress:
                act()
                return True
        return super().eventFilter(watched, event)
