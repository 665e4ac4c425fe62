"""立会い: the second person on the sign-in window, who answers for the first one."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import LineField, PasswordField
from nhi_center.ui.common.styling import words

PATIENCE_MS = 60_000
"""How long the first person's password waits for the second one."""


class VoucherPanel(QWidget):
    """Stands below the first person's fields. Signals: given_up() for Esc, the link, or when nobody came in time."""

    given_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("voucher_panel")
        self.setAccessibleName("立会い")
        self._first: tuple[str, str] | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE_MS)
        self._patience.timeout.connect(self.given_up)
        self.reason = words("", name="voucher_reason", wrap=True)
        self.id_field = LineField("voucher_id", "立会人の ID", ime=False, reserve_note=False)
        self.password_field = PasswordField("voucher_password", "立会人のパスワード", reserve_note=False)
        for field in (self.id_field, self.password_field):
            field.required = True
        give_up = QPushButton("やめる(Esc)")
        give_up.setObjectName("voucher_give_up_button")
        give_up.setAccessibleName("やめる")
        give_up.setProperty("part", "link")
        give_up.setAutoDefault(False)
        give_up.clicked.connect(self.given_up)
        head = QHBoxLayout()
        head.addWidget(words("立会い", "heading", name="voucher_title"))
        head.addStretch(1)
        head.addWidget(give_up)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 6)
        column.setSpacing(8)
        column.addLayout(head)
        for part in (self.reason, self.id_field, self.password_field):
            column.addWidget(part)
        self.chain = FieldChain((self.id_field, self.password_field), self)

    @property
    def is_open(self) -> bool:
        return self._first is not None

    def begin(self, person: str, password: str, reason: str) -> None:
        """Ask for the second person; the first one's password is kept until ``take`` or ``end``."""
        self._first = (person, password)
        self.reason.setText(reason)
        for field in self.chain.fields:
            field.clear()
        self.show()
        self._patience.start()
        self.id_field.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def end(self) -> None:
        """Nobody is asked any more; nothing of what was typed stays."""
        self._first = None
        self._patience.stop()
        for field in self.chain.fields:
            field.clear()
        self.hide()

    def take(self) -> tuple[str, str, str, str] | None:
        """(ID, password, voucher's ID, password), None while something is missing; the voucher's password leaves the field."""
        if self._first is None or not self.chain.commit_all():
            return None
        typed = self.id_field.value().strip(), self.password_field.value()
        self.password_field.line.clear()
        self._patience.start()
        return (*self._first, *typed)

    def refuse(self, text: str, *, field: str) -> None:
        """At the ID for voucher_id, else at the password."""
        self.password_field.clear()
        at = self.id_field if field == "voucher_id" else self.password_field
        at.set_problem(text)
        at.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
            return
        super().keyPressEvent(event)
