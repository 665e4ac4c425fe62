"""書き出し: the file's password typed twice, the supervisor's signature, and where the files lie."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from nhi_center.domain import reports as rules
from nhi_center.errors import OperatorError
from nhi_center.services.reports import Approval
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import PasswordField
from nhi_center.ui.common.parts import Card, primary_button
from nhi_center.ui.common.sign_panel import SignPanel
from nhi_center.ui.common.styling import words

STATEMENT = "左の数字のすべてに署名します。ファイルは、上のパスワードでだけ開きます。"


class ExportCard(Card):
    """Fields ``password`` and ``repeated`` (the file's), ``report_signer_id`` and ``report_signer_password`` (his own).

    Signals: submitted(): everything is filled in; ``take()`` gives it once.
    """

    submitted = Signal()

    def __init__(self, person: str) -> None:
        super().__init__("ファイルへの書き出し", right="AES-256", name="export_card")
        self._person = person
        self.password = PasswordField("password", "ファイルのパスワード", required=True, reserve_note=False)
        self.repeated = PasswordField("repeated", "もう一度", required=True, reserve_note=False)
        self.strength = words(rules.strength(""), "secondary", name="password_strength", wrap=True)
        self.panel = SignPanel("取扱責任者の署名", "取扱者ID", STATEMENT, name="report_signer")
        self.panel.id_field.set_value(person)
        self.button = primary_button("署名して書き出す", name="export_button")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.password)
        row.addWidget(self.repeated)
        self.body.setSpacing(8)
        for part in (row, self.strength, self.panel):
            self.add(part)
        self.body.addStretch(1)
        self.add(self.button)
        self.chain = FieldChain((self.password, self.repeated), self)
        self.chain.finished.connect(self._to_signature)
        self.panel.chain.finished.disconnect(self.panel.submit)
        self.panel.chain.finished.connect(self.submit)
        self.button.clicked.connect(self.submit)
        self.password.changed.connect(lambda value: self.strength.setText(rules.strength(value)))

    def submit(self) -> None:
        """Say what is missing, or that all is there."""
        if not self.button.isEnabled() or not self.chain.commit_all():
            return
        try:
            rules.check_password(self.password.value(), self.repeated.value())
        except OperatorError as problem:
            self.chain.show_error(problem)
            return
        if self.panel.chain.commit_all():
            self.submitted.emit()

    def take(self) -> Approval:
        """What was typed. The signer's own password is taken once; the file's stays until ``clear``, for a second try."""
        person, own = self.panel.take()
        return Approval(person, own, self.password.value(), self.repeated.value())

    def clear(self) -> None:
        """The file is written: its password stands nowhere any more."""
        self.password.clear()
        self.repeated.clear()
        self.strength.setText(rules.strength(""))

    def set_busy(self, busy: bool) -> None:
        self.button.setEnabled(not busy)
        self.button.set_words("書き出しています" if busy else "署名して書き出す")

    def refuse(self, error: OperatorError) -> bool:
        """Put a refusal where it belongs; False when it is not about what was typed here."""
        if error.code in ("wrong-password", "wrong-role"):
            self.panel.refuse(error.message, field="id" if error.code == "wrong-role" else "")
            return True
        return self.chain.show_error(error)

    def _to_signature(self) -> None:
        filled = self.panel.id_field.value().strip()
        (self.panel.password_field if filled else self.panel.id_field).editor.setFocus()
