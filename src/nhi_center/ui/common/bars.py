"""The message bar and the key bar at the foot of the page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from nhi_center.errors import EnvironmentTrouble, OperatorCancelled, OperatorError
from nhi_center.ui.common.parts import KeyCap
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import restyle, words

DONE_SHOWN_MS = 8000
_HEADS = {"info": "お知らせ", "done": "✓ 完了", "warning": "▲ 注意", "error": "● 要対応"}


def sentence_for(error: Exception) -> tuple[str, str]:
    """(kind, sentence) for the bar; ("", "") for what stays silent.

    An unknown error never shows its own text: it may name a person.
    """
    if isinstance(error, OperatorCancelled):
        return "", ""
    if isinstance(error, OperatorError):
        return "warning", error.message
    if isinstance(error, EnvironmentTrouble):
        return "error", f"{error.message}({error.code})"
    return (
        "error",
        "この操作は終わりませんでした。保存済みのものは無事です。もう一度試し、続くときは取扱責任者に「プログラムの不具合」と伝えてください。",
    )


class MessageBar(QWidget):
    """One sentence: what happened, what is safe, what to do. A warning or an error stays until dismissed or replaced.

    Signals: error_presented(exception): after ``present_error``, for the crash record.
    """

    error_presented = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("message_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 6, 12, 6)
        row.setSpacing(12)
        self.head = words("", "dense")
        self.head.setStyleSheet("font-weight: bold;")
        self.text = words("", "dense", name="message_text", wrap=True)
        self.text.setContentsMargins(0, 3, 0, 0)  # a paragraph's spare height is below its line: on one line with the head
        self.dismiss_button = QPushButton("閉じる")
        self.dismiss_button.setObjectName("message_dismiss_button")
        self.dismiss_button.setAccessibleName("お知らせを閉じる")
        self.dismiss_button.setProperty("part", "link")
        self.dismiss_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.dismiss_button.clicked.connect(self.clear)
        row.addWidget(self.head)
        row.addWidget(self.text, 1)
        row.addWidget(self.dismiss_button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.clear)
        self.kind = ""
        self.hide()

    def say(self, kind: str, text: str) -> None:
        """kind: info, done, warning or error."""
        self.kind = kind
        self.head.setText(_HEADS[kind])
        self.text.setText(text)
        self.setAccessibleName(text)
        restyle(self, tone=kind)
        self.show()
        self._timer.stop()
        if kind in ("info", "done"):
            self._timer.start(DONE_SHOWN_MS)

    def clear(self) -> None:
        self.kind = ""
        self.text.setText("")
        self.hide()

    def present_error(self, error: Exception) -> None:
        """The one presenter of errors."""
        kind, sentence = sentence_for(error)
        if kind:
            self.say(kind, sentence)
        self.error_presented.emit(error)


class KeyBar(QWidget):
    """The keys that work here, with their words."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("key_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(38)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 0, 12, 0)
        self._row.setSpacing(16)
        self._row.addStretch(1)
        self._shown: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        return self._shown

    def set_keys(self, hints: Sequence[KeyHint]) -> None:
        wanted = tuple((hint.key, hint.word) for hint in hints if hint.shown)
        if wanted == self._shown:
            return
        self._shown = wanted
        while self._row.count() > 1:
            item = self._row.takeAt(0)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()  # a layout shows a new part only in the next turn; without this it would come up as a window
                widget.setParent(None)
                widget.deleteLater()
        for index, (key, word) in enumerate(wanted):
            self._row.insertWidget(index, _hint(key, word))


def _hint(key: str, word: str) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(KeyCap(key))
    label: QLabel = words(word)
    row.addWidget(label)
    return box
