"""A form in a dialog: fields in the paper's order, mistakes at their field, closed only when what it says is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from nhi_center.errors import OperatorError
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import open_over_window
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import LabelledField
from nhi_center.ui.common.parts import ActionButton, primary_button
from nhi_center.ui.common.styling import words


class FormDialog(QDialog):
    """``act`` is made from the fields on the GUI thread and runs in ``lane``; ``kept`` is called with its result when it is done.

    Enter at the last field and Ctrl+Enter keep it, Esc gives it up. A refusal stands at its field, or in ``form_refusal``;
    there ``refused`` is called.
    """

    def __init__(
        self,
        parent: QWidget,
        desk: Desk,
        title: str,
        text: str,
        rows: Sequence[Sequence[LabelledField]],
        *,
        yes: str,
        act: Callable[[], Callable[[], object]],
        kept: Callable[[object], object],
        lane: Lane = Lane.WRITE,
        danger: bool = False,
        refused: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(parent.window())
        self.setObjectName("form_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setMinimumWidth(720)
        self._desk, self._act, self._kept, self._lane, self._busy = desk, act, kept, lane, False
        self._after_refusal = refused
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(8)
        column.addWidget(words(title, "title", name="form_title"))
        if text:
            column.addWidget(words(text, "", name="form_text", wrap=True))
        for fields in rows:
            row = QHBoxLayout()
            row.setSpacing(12)
            for field in fields:
                row.addWidget(field, 1)
            column.addLayout(row)
        self.refusal = words("", "", name="form_refusal", wrap=True)
        self.refusal.setStyleSheet("color: #ce0000;")
        self.refusal.hide()
        column.addWidget(self.refusal)
        column.addLayout(self._foot(yes, danger))
        self.chain = FieldChain([field for fields in rows for field in fields], self)
        self.chain.finished.connect(self.keep)
        width = max(self.minimumWidth(), self.sizeHint().width())
        self.resize(width, column.totalHeightForWidth(width))  # the hint alone takes text of several lines for one

    def _foot(self, yes: str, danger: bool) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addStretch(1)
        no = ActionButton("やめる", key="Esc", name="form_cancel_button")
        no.clicked.connect(self.reject)
        self.yes_button = (
            ActionButton(yes, key="Ctrl+Enter", danger=True, name="form_keep_button")
            if danger
            else primary_button(yes, name="form_keep_button")
        )
        self.yes_button.clicked.connect(self.keep)
        foot.addWidget(no)
        foot.addWidget(self.yes_button)
        return foot

    def keep(self) -> None:
        """Judge the fields, then do it."""
        if self._busy or not self.chain.commit_all():
            return
        try:
            act = self._act()
        except OperatorError as problem:
            self._refused(problem)
            return
        self._busy = True
        self.refusal.hide()
        self._desk.run(self._lane, lambda _token: act(), owner=self, done=self._done, failed=self._refused)

    def _done(self, result: object) -> None:
        self.accept()
        self._kept(result)

    def _refused(self, error: Exception) -> None:
        self._busy = False
        if not isinstance(error, OperatorError):
            self._desk.present_error(error)
            self.reject()
            return
        if not self.chain.show_error(error):
            self.refusal.setText(f"● {error.message}")
            self.refusal.show()
            self.adjustSize()
            if self._after_refusal is not None:
                self._after_refusal()


def open_form(dialog: FormDialog) -> FormDialog:
    """Open it over its window and return at once; the keyboard stands in the first field."""
    open_over_window(dialog)
    dialog.chain.focus_first()
    first = dialog.focusWidget()
    if isinstance(first, QLineEdit):
        first.selectAll()  # a value that stands there already is typed over, as in any field one comes to
    return dialog
