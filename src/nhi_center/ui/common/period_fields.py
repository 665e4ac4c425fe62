"""Two days side by side, from and to: Enter on the second asks for what lies between."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nhi_center.errors import OperatorError
from nhi_center.ui.common.date_field import DateField
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.form_fields import short_date
from nhi_center.ui.common.screen import KeyHint


class PeriodFields(QWidget):
    """``name`` begins the names of both fields. Signals: asked() when both are in."""

    asked = Signal()

    def __init__(self, name: str, today: date) -> None:
        super().__init__()
        self.first = DateField(f"{name}_first", "いつから", today=today)
        self.last = DateField(f"{name}_last", "いつまで", today=today)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for field in (self.first, self.last):
            field.set_value(short_date(today.isoformat()))
            field.setFixedWidth(220)
            row.addWidget(field)
        self.chain = FieldChain([self.first, self.last], self)
        self.chain.finished.connect(self.asked)

    @property
    def hint(self) -> KeyHint:
        """Alt+P leads here."""
        return KeyHint("Alt+P", "期間", lambda: self.first.editor.setFocus(Qt.FocusReason.ShortcutFocusReason))

    @property
    def in_hand(self) -> bool:
        """Whether the keyboard stands in the second day."""
        return self.last.editor.hasFocus()

    def period(self) -> tuple[date, date] | None:
        """None, and said at its field, while it is no period."""
        first, last = self.first.day(), self.last.day()
        if first is None or last is None:
            self.chain.commit_all()
            return None
        if last < first:
            self.last.set_problem("始まりより前の日です。")
            return None
        return first, last

    def show_error(self, error: Exception) -> bool:
        """Whether it was about one of the two days."""
        field = {"first": self.first, "last": self.last}.get(error.field) if isinstance(error, OperatorError) else None
        if field is None or not isinstance(error, OperatorError):
            return False
        field.set_problem(error.message)
        field.editor.setFocus()
        return True
