"""What every step of the first start is: a title, why it is asked, fields, and one act that settles it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.first_start import Plan
from nhi_center.errors import OperatorError
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import LabelledField
from nhi_center.ui.common.parts import Card
from nhi_center.ui.common.styling import words

Job = Callable[[], Any]


class StepPage(QWidget):
    """One step. ``job`` gives the act with what stands in the fields, or None when something is missing (said at its field).

    Signals: submitted(): Enter at the last field.
    """

    submitted = Signal()
    next_words = "保存して次へ"

    def __init__(self, name: str, title: str, *explained: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}_page")
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(words(title, "title", name=f"{name}_title"))
        for line in explained:
            column.addWidget(words(line, "secondary", wrap=True))
        self.card = Card(name=f"{name}_card")
        self.card.body.setContentsMargins(18, 14, 18, 14)
        self.card.body.setSpacing(10)
        column.addWidget(self.card)
        column.addStretch(1)
        self.chain = FieldChain((), self)
        self.chain.finished.connect(self.finish_fields)

    def set_fields(self, *fields: LabelledField) -> None:
        """The fields in the order of the keyboard."""
        self.chain.set_fields(fields)

    def add_row(self, *parts: tuple[QWidget, int]) -> None:
        """Fields beside each other, with their shares of the width."""
        row = QHBoxLayout()
        row.setSpacing(12)
        for part, share in parts:
            row.addWidget(part, share)
        self.card.add(row)

    def finish_fields(self) -> None:
        """Enter at the last field."""
        self.submitted.emit()

    def show_plan(self, plan: Plan) -> None:
        """Put in what is settled already."""

    def job(self, plan: Plan) -> Job | None:
        """See the class."""
        raise LookupError(self.objectName())

    def refuse(self, error: Exception) -> bool:
        """Put an error at its field; False when it belongs to none of them. Passwords are typed anew."""
        return isinstance(error, OperatorError) and self.chain.show_error(error)

    def settled(self, result: Any) -> None:
        """The act is done."""

    def first_focus(self) -> QWidget | None:
        fields: Sequence[LabelledField] = self.chain.fields
        return next((field.editor for field in fields if field.isEnabled()), None)
