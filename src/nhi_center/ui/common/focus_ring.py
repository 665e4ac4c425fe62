"""Shows where the keyboard stands: yellow and black around the focused part, on any background."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLineEdit, QPlainTextEdit, QScrollArea, QWidget

_WIDTH = 3
_FOLLOWED = frozenset({QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Hide, QEvent.Type.Show, QEvent.Type.ParentChange})


class FocusRing(QWidget):
    """The ring itself; lies over the window and lets everything through."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("focus_ring")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.outlined = False
        self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        rings = ((1.0, 2.0, "#000000"), (3.0, 2.0, "#ffd43d")) if self.outlined else ((1.5, 3.0, "#ffd43d"),)
        for inset, width, colour in rings:
            painter.setPen(QPen(QColor(colour), width))
            painter.drawRoundedRect(area.adjusted(inset, inset, -inset, -inset), 7, 7)


class FocusRingKeeper(QObject):
    """Moves the ring of each window to the focused widget. One per application."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._ring: FocusRing | None = None
        self._watched: list[QWidget] = []
        self._target: QWidget | None = None
        application.focusChanged.connect(self._on_focus_changed)

    @Slot("QWidget*", "QWidget*")
    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        for widget in self._watched:
            if shiboken6.isValid(widget):
                widget.removeEventFilter(self)
        self._watched = []
        if self._ring is not None and shiboken6.isValid(self._ring):
            self._ring.hide()
        self._target = new
        if new is None or new.window() is new:
            return
        walker: QWidget | None = new
        while walker is not None:
            walker.installEventFilter(self)
            self._watched.append(walker)
            walker = walker.parentWidget() if not walker.isWindow() else None
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _FOLLOWED:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        target = self._target
        if target is None or not shiboken6.isValid(target):
            return
        window = target.window()
        ring = window.findChild(FocusRing, "focus_ring", Qt.FindChildOption.FindDirectChildrenOnly) or FocusRing(window)
        self._ring = ring
        seen = _seen_part(target)
        if not target.isVisible() or seen.isEmpty():
            ring.hide()
            return
        ring.outlined = not isinstance(target, QLineEdit | QPlainTextEdit | QAbstractScrollArea)
        by = _WIDTH + (1 if ring.outlined else 0)
        ring.setGeometry(seen.adjusted(-by, -by, by, by))
        ring.show()
        ring.raise_()


def _seen_part(widget: QWidget) -> QRect:
    """The widget's rectangle in its window, cut by the scroll areas it stands in."""
    window = widget.window()
    seen = QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
    parent = widget.parentWidget()
    while parent is not None and parent is not window:
        if isinstance(parent.parentWidget(), QScrollArea):
            seen = seen.intersected(QRect(parent.mapTo(window, parent.rect().topLeft()), parent.size()))
        parent = parent.parentWidget()
    return seen
