"""A second person signs, in the page itself, with his own ID and password, and sees what he signs."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import LineField, PasswordField
from nhi_center.ui.common.parts import Card, Chip
from nhi_center.ui.common.styling import words


class SignPanel(Card):
    """Signing never changes who is signed in on the screen.

    Signals: submitted(id, password) for Enter in the password; changed() at every edit. The password is forgotten as soon as
    it has been taken by ``take()`` or the panel is signed or refused.
    """

    submitted = Signal(str, str)
    changed = Signal()

    def __init__(self, title: str, id_label: str, statement: str, *, name: str) -> None:
        self.state = Chip("未署名", name=f"{name}_state")
        super().__init__(title, right=self.state, name=f"{name}_panel")
        self.id_field = LineField(f"{name}_id", id_label, ime=False, reserve_note=False)
        self.password_field = PasswordField(f"{name}_password", "パスワード", reserve_note=False)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.id_field, 4)
        row.addWidget(self.password_field, 8)
        self.add(row)
        for field in (self.id_field, self.password_field):
            # Below both, with air of its own: a refusal is a sentence, and the fields are narrow.
            field.note.setContentsMargins(0, 5, 0, 0)
            self.add(field.note)
        self.statement = words(statement, "secondary", name=f"{name}_statement", wrap=True)
        self.add(self.statement)
        self.body.addStretch(1)
        for field in (self.id_field, self.password_field):
            field.required = True
        self.chain = FieldChain((self.id_field, self.password_field), self)
        self.chain.finished.connect(self.submit)
        self.id_field.changed.connect(lambda _value: self.changed.emit())
        self.password_field.changed.connect(lambda _value: self.changed.emit())
        self.signed = False

    def set_statement(self, text: str) -> None:
        """What the signature says, in words, with the numbers it covers."""
        self.statement.setText(text)

    def filled(self) -> bool:
        return self.signed or bool(self.id_field.value().strip() and self.password_field.value())

    def submit(self) -> None:
        """Send what stands there, or say what is missing."""
        if self.chain.commit_all():
            identifier, password = self.take()
            self.submitted.emit(identifier, password)

    def take(self) -> tuple[str, str]:
        """(ID, password) once; the password field is emptied."""
        taken = self.id_field.value().strip(), self.password_field.value()
        self.password_field.clear()
        return taken

    def set_signed(self, who: str) -> None:
        self.signed = True
        self.state.set_state(f"署名済 {who}", "done")
        self.password_field.clear()
        for field in self.chain.fields:
            field.clear_notes()
            field.editor.setEnabled(False)

    def refuse(self, text: str, *, field: str = "") -> None:
        """Say why the signature was not taken; at the ID when ``field`` is "id"."""
        self.password_field.clear()
        at = self.id_field if field == "id" else self.password_field
        at.set_problem(text)
        at.editor.setFocus()

    def reset(self) -> None:
        """Not signed, empty: when what would be signed has changed."""
        self.signed = False
        self.state.set_state("未署名", "plain")
        for field in self.chain.fields:
            field.clear()
            field.editor.setEnabled(True)
