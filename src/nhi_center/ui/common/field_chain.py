"""The paper's order: which field comes after which, and where an error belongs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from nhi_center.errors import OperatorError
from nhi_center.ui.common.fields import LabelledField


class FieldChain(QObject):
    """Owns Enter and Shift+Enter of its fields; skips what is hidden or disabled, and Enter what is ``passed_over``.

    Signals: finished() for Enter at the last field; started_over() for Shift+Enter at the first.
    """

    finished = Signal()
    started_over = Signal()

    def __init__(self, fields: Sequence[LabelledField], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.fields: tuple[LabelledField, ...] = ()
        self.set_fields(fields)

    def set_fields(self, fields: Sequence[LabelledField]) -> None:
        """Another page's fields. Call it when they stand in their window, or Qt keeps another tab order."""
        for field in self.fields:
            field.chained = False
            field.advance_requested.disconnect(self._on_advance)
            field.back_requested.disconnect(self._on_back)
        self.fields = tuple(fields)
        for field in self.fields:
            field.chained = True
            field.advance_requested.connect(self._on_advance)
            field.back_requested.connect(self._on_back)
        for one, other in zip(self.fields, self.fields[1:], strict=False):
            QWidget.setTabOrder(one.editor, other.editor)

    def __getitem__(self, name: str) -> LabelledField:
        return next(field for field in self.fields if field.name == name)

    def values(self) -> dict[str, str]:
        return {field.name: field.value() for field in self.fields}

    def focus_first(self) -> None:
        self._go(-1, 1, finished=False)

    def focus_first_problem(self) -> bool:
        """Stand at the first field with an error; False when there is none."""
        for field in self.fields:
            if field.problem and field.isEnabled():
                field.editor.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return False

    def commit_all(self) -> bool:
        """Judge every field; False, and the focus at the first one, when any has an error or lacks what is required."""
        for field in self.fields:
            if not field.isEnabled():
                continue
            field.commit()
            if field.required and not field.problem and not field.value().strip():
                field.set_problem(f"{field.label_text}を入力してください。")
        return not self.focus_first_problem()

    def show_error(self, error: OperatorError) -> bool:
        """Put an error at the field it names; False when it names none of these (the message bar takes it)."""
        for field in self.fields:
            if field.name == error.field:
                field.set_problem(error.message)
                field.editor.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return False

    def _on_advance(self) -> None:
        sender = self.sender()
        self._go(self.fields.index(sender), 1, finished=True)

    def _on_back(self) -> None:
        sender = self.sender()
        self._go(self.fields.index(sender), -1, finished=True)

    def _go(self, index: int, by: int, *, finished: bool) -> None:
        following = self.fields[index + 1 :] if by > 0 else tuple(reversed(self.fields[:index]))
        for field in following:
            if field.isEnabled() and not field.isHidden() and not (by > 0 and field.passed_over):
                reason = Qt.FocusReason.TabFocusReason if by > 0 else Qt.FocusReason.BacktabFocusReason
                field.editor.setFocus(reason)
                return
        if finished:
            self.fields[index].commit()
            (self.finished if by > 0 else self.started_over).emit()
