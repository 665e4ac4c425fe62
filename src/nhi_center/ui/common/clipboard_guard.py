"""What is on the screen stays there: one look at every key and click stops copying, cutting and dragging out.

Pasting in is free. A person who may copy out asks ``copy_wanted`` first, so that it is in the log before it is in the clipboard.
A second net wipes what gets into the clipboard by any other way. What another program has put there is left alone.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QClipboard, QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from nhi_center.ui.common.input_watch import input_watch

WIPED_AFTER_MS = 10_000
BURST_MS = 10_000
"""A key held down, or pressed again because nothing happened, is one attempt."""

_TOKEN = "application/x-nhi-center-copy"
_MODES = (QClipboard.Mode.Clipboard, QClipboard.Mode.Selection)
_KEYS = QKeySequence.StandardKey
_TO_END, _WHOLE_LINE = _KEYS.DeleteEndOfLine, _KEYS.DeleteCompleteLine
_WATCHED = frozenset({QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride, QEvent.Type.ContextMenu, QEvent.Type.MouseButtonPress})


@dataclass(frozen=True, slots=True, repr=False)
class Copy:
    """What somebody wants to take out: its length and the screen's name may be kept, its text never is."""

    text: str
    screen: str

    def __repr__(self) -> str:
        return f"Copy(characters={len(self.text)}, screen={self.screen!r})"


class ClipboardGuard(QObject):
    """Works from ``start`` to ``stop``. Signals: copy_wanted(Copy): decide, write the log, then ``take_out``;
    caught(Copy): the second net has wiped it already.
    """

    copy_wanted = Signal(object)
    caught = Signal(object)
    watched_types = _WATCHED

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._input = input_watch(application)
        self._token = b""
        self._running = self._wiping = False
        self._wipe = self._timer(WIPED_AFTER_MS)
        self._wipe.timeout.connect(self.wipe)
        self._burst = self._timer(BURST_MS)

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        return timer

    def start(self) -> None:
        self._running = True
        self._input.add(self)
        QGuiApplication.clipboard().changed.connect(self._on_changed)

    def stop(self) -> None:
        """With the end of the program: nothing of ours stays in the clipboard."""
        if not self._running:
            return
        self._running = False
        self._input.remove(self)
        QGuiApplication.clipboard().changed.disconnect(self._on_changed)
        self.wipe()
        self._burst.stop()

    # -- the clipboard itself --

    def take_out(self, copy: Copy) -> None:
        """Put it into the clipboard, for ten seconds at most. Only after it stands in the log."""
        self._token = secrets.token_bytes(16)
        data = QMimeData()
        data.setText(copy.text)
        data.setData(_TOKEN, self._token)
        QGuiApplication.clipboard().setMimeData(data)
        self._wipe.start()

    def wipe(self) -> None:
        """Empty the clipboard and, on X11, the middle-click selection, as far as what is in there is ours."""
        self._wipe.stop()
        self._wiping = True
        clipboard = QGuiApplication.clipboard()
        for mode in _MODES:
            if self._is_ours(mode):
                clipboard.clear(mode)
        self._token = b""
        self._wiping = False

    def _is_ours(self, mode: QClipboard.Mode) -> bool:
        clipboard = QGuiApplication.clipboard()
        if mode is QClipboard.Mode.Selection and not clipboard.supportsSelection():
            return False
        if self._holds_token(mode):
            return True
        if QGuiApplication.platformName() == "offscreen":  # it has no owner to tell
            return False
        return clipboard.ownsSelection() if mode is QClipboard.Mode.Selection else clipboard.ownsClipboard()

    def _holds_token(self, mode: QClipboard.Mode) -> bool:
        data = QGuiApplication.clipboard().mimeData(mode)
        return bool(self._token) and data is not None and bytes(data.data(_TOKEN).data()) == self._token

    def _on_changed(self, mode: QClipboard.Mode) -> None:
        """The second net: text of ours that came in by a way this filter does not know, such as marking it with the mouse."""
        if self._wiping or mode not in _MODES or self._holds_token(mode) or not self._is_ours(mode):
            return
        data = QGuiApplication.clipboard().mimeData(mode)
        if data is not None and data.formats():
            copy = Copy(data.text(), screen_of(QApplication.focusWidget()))
            self._wiping = True
            QGuiApplication.clipboard().clear(mode)
            self._wiping = False
            if mode is QClipboard.Mode.Clipboard:  # marking with the mouse is no attempt to take something out
                self.caught.emit(copy)

    # -- what is done at the keyboard and the mouse --

    def sees(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(watched, QWidget):
            return False
        if isinstance(event, QKeyEvent):
            return self._on_key(watched, event)
        if isinstance(event, QContextMenuEvent):
            return self._on_context_menu(watched)
        if isinstance(event, QMouseEvent) and event.button() is Qt.MouseButton.LeftButton:
            _let_nothing_be_dragged(
                watched, event.position().toPoint(), marks_on=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            )
        return False

    def _on_key(self, widget: QWidget, event: QKeyEvent) -> bool:
        """Copy, cut, and on X11 the two deletions that copy what they delete."""
        copies, cuts = event.matches(_KEYS.Copy), event.matches(_KEYS.Cut)
        deletes = isinstance(widget, QLineEdit) and (event.matches(_TO_END) or event.matches(_WHOLE_LINE))
        if not (copies or cuts or deletes):
            return False
        event.accept()
        if event.type() == QEvent.Type.ShortcutOverride:
            return True
        if deletes and isinstance(widget, QLineEdit):
            _delete_line(widget, to_end=event.matches(_TO_END))
            return True
        text = shown_selection(widget)
        if text and not event.isAutoRepeat():
            self.copy_wanted.emit(Copy(text, screen_of(widget)))
        if cuts and _editable(widget):
            _press_delete(widget)
        return True

    def _on_context_menu(self, widget: QWidget) -> bool:
        """The menus Qt brings along offer copying. What they offer else has a key."""
        if widget.contextMenuPolicy() == Qt.ContextMenuPolicy.DefaultContextMenu:
            return isinstance(_holder(widget), QLineEdit | QPlainTextEdit | QTextEdit | QLabel | QAbstractItemView)
        return False

    def told_already(self) -> bool:
        """Whether a refusal has just been told and kept; one that follows at once is the same attempt."""
        active = self._burst.isActive()
        self._burst.start()
        return active


def screen_of(widget: QWidget | None) -> str:
    """The name of the screen a widget stands in, as the log knows it; "window" for the frame around the screens."""
    while widget is not None:
        name = widget.objectName()
        if widget.property("part") == "page" and name.endswith("_screen"):
            return name.removesuffix("_screen")
        widget = widget.parentWidget()
    return "window"


def shown_selection(widget: QWidget) -> str:
    """What a copy would take: the marked text, or the row in hand of a list. Nothing of a password."""
    holder = _holder(widget)
    if isinstance(holder, QLineEdit):
        return holder.selectedText() if holder.echoMode() is QLineEdit.EchoMode.Normal else ""
    if isinstance(holder, QPlainTextEdit | QTextEdit):
        return holder.textCursor().selectedText().replace("\u2029", "\n")
    if isinstance(holder, QLabel):
        return holder.selectedText()
    if isinstance(holder, QAbstractItemView):
        return _row(holder)
    return ""


def _row(view: QAbstractItemView) -> str:
    """Cell by cell; a list does not tell how many columns it has."""
    cells: list[str] = []
    while (cell := view.currentIndex().siblingAtColumn(len(cells))).isValid():
        cells.append(str(cell.data() or ""))
    return "\t".join(cells).strip("\t")


def _holder(widget: QWidget) -> QWidget:
    """The list or text a viewport belongs to; any other widget itself."""
    parent = widget.parentWidget()
    if isinstance(parent, QAbstractItemView | QPlainTextEdit | QTextEdit) and parent.viewport() is widget:
        return parent
    return widget


def _editable(widget: QWidget) -> bool:
    return isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit) and not widget.isReadOnly()


def _press_delete(widget: QWidget) -> None:
    """What is marked goes, as by the key: with its undo, and with what the field does besides."""
    if shown_selection(widget) or (isinstance(widget, QLineEdit) and widget.hasSelectedText()):
        QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier))


def _delete_line(line: QLineEdit, *, to_end: bool) -> None:
    if line.isReadOnly():
        return
    if to_end:
        line.setSelection(line.cursorPosition(), len(line.text()))
    else:
        line.selectAll()
    _press_delete(line)


def _let_nothing_be_dragged(widget: QWidget, at: QPoint, *, marks_on: bool) -> None:
    """Before the press that could begin a drag: a list drags nothing, and marked text under the mouse is marked no more."""
    holder = _holder(widget)
    if isinstance(holder, QAbstractItemView | QLineEdit):
        holder.setDragEnabled(False)
    elif isinstance(holder, QPlainTextEdit | QTextEdit):
        if holder.textCursor().hasSelection() and not marks_on:
            holder.setTextCursor(holder.cursorForPosition(at))
    elif isinstance(holder, QLabel) and holder.hasSelectedText():
        holder.setSelection(0, 0)
