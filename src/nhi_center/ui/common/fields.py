"""Fields: a label with its marks, one editor, and one line that says what is wrong, what to mind, or how it was read.

Common manners: Enter goes on and Shift+Enter back (never on an Enter that commits a conversion); Ctrl+Enter belongs to the
page; ``left`` carries the committed value when the field is left; the accessible name is the label.
"""

from __future__ import annotations

from typing import TypedDict, Unpack

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from nhi_center.errors import OperatorError
from nhi_center.ui.common.caps_lock import caps_lock
from nhi_center.ui.common.key_count import KeyCount
from nhi_center.ui.common.styling import restyle, words

FIELD_HEIGHT = 40
_NOTE_AIR = 5
_SECRET = Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhHiddenText
_KEYS = QKeySequence.StandardKey
_NOT_IN_A_PASSWORD = (_KEYS.Copy, _KEYS.Cut, _KEYS.Undo, _KEYS.Redo)
_CURSOR_STAYS = frozenset(
    {Qt.FocusReason.MouseFocusReason, Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason}
)
_SIGNS = {"error": "● ", "warning": "▲ ", "reading": "", "plain": ""}


class FieldOptions(TypedDict, total=False):
    """What every field takes beside its name and label."""

    required: bool
    important: bool
    hint: str
    reserve_note: bool


class FieldLine(QLineEdit):
    """The one-line editor of every field.

    Signals: next_wanted(), back_wanted(), was_left(): the focus went elsewhere in this window.
    """

    next_wanted = Signal()
    back_wanted = Signal()
    was_left = Signal()

    def __init__(self, *, ime: bool = True) -> None:
        super().__init__()
        self.setFixedHeight(FIELD_HEIGHT)
        self._composing = False
        self._just_committed = False
        self._ime = ime
        self.keys: KeyCount | None = None
        self._keep_ime_off()

    def _keep_ime_off(self) -> None:
        """Qt switches the input method on again when a field may be written once more."""
        if not self._ime:
            self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
            self.setInputMethodHints(
                self.inputMethodHints() | Qt.InputMethodHint.ImhPreferLatin | Qt.InputMethodHint.ImhNoPredictiveText
            )

    def setReadOnly(self, read_only: bool) -> None:
        super().setReadOnly(read_only)
        self._keep_ime_off()

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        was_composing = self._composing
        self._composing = bool(event.preeditString())
        if event.commitString() and was_composing:
            # Some input methods pass on the Enter that commits, in the same turn of the event loop.
            self._just_committed = True
            QTimer.singleShot(0, self._forget_commit)
        if event.commitString() and self.keys is not None:
            self.keys.commit(event.commitString())
        super().inputMethodEvent(event)

    def _forget_commit(self) -> None:
        self._just_committed = False

    def count_keys(self, keys: KeyCount) -> None:
        """Every key pressed here counts there from now on."""
        self.keys = keys
        self.inputRejected.connect(keys.refuse)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Counted first: what a key does is ``take_key``'s."""
        if self.keys is not None:
            self.keys.press(event)
        self.take_key(event)

    def take_key(self, event: QKeyEvent) -> None:
        """One key, as keyPressEvent has it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter(event)
            return
        super().keyPressEvent(event)

    def _enter(self, event: QKeyEvent) -> None:
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            event.ignore()
            return
        event.accept()
        if self._composing or self._just_committed:
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.back_wanted.emit()
        else:
            self.next_wanted.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # Who comes back from another window, or from a list of this field's own, finds the cursor where it was.
        if event.reason() not in _CURSOR_STAYS:
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._composing = False
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.was_left.emit()


class LabelledField(QWidget):
    """Label, 必須 and 重要 marks, editor, note line. The base of all fields, and usable as it is with any editor.

    Signals: changed(value) at each edit by the operator; left(value) when the field is left or Enter is pressed;
    advance_requested() and back_requested() for Enter and Shift+Enter (a FieldChain listens; alone the field moves itself).
    """

    changed = Signal(str)
    left = Signal(str)
    advance_requested = Signal()
    back_requested = Signal()

    def __init__(
        self,
        name: str,
        label: str,
        editor: QWidget,
        *,
        required: bool = False,
        important: bool = False,
        hint: str = "",
        reserve_note: bool = True,
    ) -> None:
        super().__init__()
        self.name = name
        self.label_text = label
        self.editor = editor
        self.required = required
        self.chained = False
        self.passed_over = False
        """What stands in it was proposed: Enter goes past it, Shift+Enter and Tab come to it."""
        self.remark = ""
        """What the field itself has put right or found in what stands there: said where the form has no more to say."""
        self._state = ""
        self._hint = hint
        self._notes = {"error": "", "warning": "", "reading": ""}
        self.setObjectName(f"{name}_field")
        editor.setObjectName(name)
        editor.setAccessibleName(label)
        self.setFocusProxy(editor)
        self._build(label, required, important, reserve_note)
        if isinstance(editor, FieldLine):
            editor.textEdited.connect(lambda _text: self._on_edited())
            editor.was_left.connect(self._on_left)
            editor.next_wanted.connect(self.advance)
            editor.back_wanted.connect(self.go_back)

    def _build(self, label: str, required: bool, important: bool, reserve_note: bool) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(6)
        self.label = QLabel(label)
        self.label.setObjectName(f"{self.name}_label")
        self.label.setProperty("part", "label")
        self.label.setBuddy(self.editor)
        self.label.setFixedHeight(20)
        head.addWidget(self.label)
        self._important = important
        self._mark = QLabel(self)
        self._mark.setProperty("part", "mark")
        head.addWidget(self._mark)
        self.set_required(required)
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(self.editor)
        self.note = words("", "note", name=f"{self.name}_note", wrap=True)
        # A paragraph has its air below each line; here the last one's goes above the first, clear of the focus ring.
        self.note.setContentsMargins(0, _NOTE_AIR, 0, -_NOTE_AIR)
        if reserve_note:
            self.note.setMinimumHeight(20)
        column.addWidget(self.note)
        column.addStretch(0)
        self._reserve_note = reserve_note
        self._show_note()

    def set_required(self, required: bool) -> None:
        """Show 必須 or take it away: some fields are required only while another says so."""
        self.required = required
        marks = "・".join(word for word, wanted in (("必須", required), ("重要", self._important)) if wanted)
        self._mark.setText(marks)
        self._mark.setVisible(bool(marks))

    # -- value --

    def value(self) -> str:
        """What has been typed, as it is kept in a draft."""
        return self.editor.text() if isinstance(self.editor, QLineEdit) else ""

    def set_value(self, value: str) -> None:
        """Show a stored value; emits nothing, and clears what was said about the old one."""
        if isinstance(self.editor, QLineEdit):
            self.editor.setText(value)
        self.remark = ""
        self.clear_notes()

    def clear(self) -> None:
        self.set_value("")

    # -- what is said about it --

    def set_problem(self, text: str) -> None:
        self._set("error", text)

    def refuse(self, error: Exception, name: str) -> bool:
        """Say a refusal that names ``name`` here, and come here; False for anything else."""
        if not (isinstance(error, OperatorError) and error.field == name):
            return False
        self.set_problem(error.message)
        self.editor.setFocus()
        return True

    def set_notice(self, text: str) -> None:
        self._set("warning", text)

    def set_reading(self, text: str) -> None:
        self._set("reading", text)

    def set_hint(self, text: str) -> None:
        """The grey words shown while there is nothing more important to say."""
        self._hint = text
        self._show_note()

    def set_state(self, state: str) -> None:
        """A tint that stays until it is taken away: ``unconfirmed``, ``carried``, or "" for none. An error shows over it."""
        self._state = state
        self._show_note()

    @property
    def state(self) -> str:
        return self._state

    def clear_notes(self) -> None:
        self._notes = {"error": "", "warning": "", "reading": ""}
        self._show_note()

    @property
    def problem(self) -> str:
        return self._notes["error"]

    @property
    def notice(self) -> str:
        return self._notes["warning"]

    @property
    def reading(self) -> str:
        return self._notes["reading"]

    def _set(self, kind: str, text: str) -> None:
        self._notes[kind] = text
        self._show_note()

    def _show_note(self) -> None:
        tone, text = next(((kind, said) for kind, said in self._notes.items() if said), ("plain", self._hint))
        self.note.setText(f"{_SIGNS[tone]}{text}" if text else "")
        self.note.setVisible(self._reserve_note or bool(text))
        restyle(self.note, tone=tone)
        restyle(self.editor, state={"error": "error", "warning": "warning"}.get(tone, self._state))
        self.editor.setAccessibleDescription(text)

    # -- moving --

    def advance(self) -> None:
        """As if Enter had been pressed: the next field, or the chain's end."""
        self.advance_requested.emit()
        if not self.chained:
            self.focusNextPrevChild(True)

    def go_back(self) -> None:
        self.back_requested.emit()
        if not self.chained:
            self.focusNextPrevChild(False)

    def commit(self) -> None:
        """Judge the value as when the field is left."""
        self._on_left()

    def _on_edited(self) -> None:
        if self._notes["error"]:
            self.set_problem("")
        self.changed.emit(self.value())

    def _on_left(self) -> None:
        self.left.emit(self.value())


class LineField(LabelledField):
    """A plain line of text. ``limit`` counts characters."""

    def __init__(self, name: str, label: str, *, limit: int = 0, ime: bool = True, **options: Unpack[FieldOptions]) -> None:
        line = FieldLine(ime=ime)
        if limit:
            line.setMaxLength(limit)
        super().__init__(name, label, line, **options)


class PasswordLine(FieldLine):
    """One line of dots. Pasting works; nothing can be taken out of it or brought back into it."""

    def __init__(self) -> None:
        super().__init__(ime=False)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(self.inputMethodHints() | _SECRET)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def clear(self) -> None:
        """Qt's own would keep the text in its undo history."""
        self.setText("")

    def event(self, event: QEvent) -> bool:
        pressed = isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if pressed and isinstance(event, QKeyEvent) and any(event.matches(key) for key in _NOT_IN_A_PASSWORD):
            event.accept()
            return True
        return super().event(event)


class PasswordField(LabelledField):
    """A password: never shown, never through the input method. Says that CapsLock is on: at once where the platform tells,
    else from the first letter on."""

    def __init__(self, name: str, label: str, **options: Unpack[FieldOptions]) -> None:
        self.line = PasswordLine()
        super().__init__(name, label, self.line, **options)
        self.line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        key = event.key() if isinstance(event, QKeyEvent) else None
        if event.type() == QEvent.Type.FocusIn or (event.type() == QEvent.Type.KeyRelease and key == Qt.Key.Key_CapsLock):
            self._say_caps_lock(caps_lock())
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            text = event.text()
            if len(text) == 1 and text.isascii() and text.isalpha():
                shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._say_caps_lock(text.isupper() != shift)
        return super().eventFilter(watched, event)

    def _say_caps_lock(self, on: bool | None) -> None:
        """What was said stays while nobody knows better."""
        if on is not None:
            self.set_notice("CapsLock が入っています。" if on else "")

    def _show_note(self) -> None:
        super()._show_note()
        self.editor.setAccessibleDescription(f"入力した文字は表示されません。{self.editor.accessibleDescription()}")
