"""書き出し: the supervisor and the ward staff sign together what is shown; the file's password comes from the program."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from nhi_center.errors import OperatorError
from nhi_center.services.exports import Pair
from nhi_center.services.handover import Credential
from nhi_center.ui.common.parts import Card, primary_button
from nhi_center.ui.common.sign_panel import SignPanel
from nhi_center.ui.reports.form_choice import ALL, FormLine

FORM_WIDTH, FORM_HEIGHT = 168, 32
"""Pixels: it stands beside the title, for a screen of 720 lines has no room for one more field."""
_SUPERVISOR = "左の数字のすべてに署名します。"
_WARD = "書き出しを承認します。後で一度だけ出るパスワードを書き写してください。"
_WARD_PAPER = "紙に刷ることを承認します。次の便で、枚数を数えて受け取ってください。"


class ExportCard(Card):
    """Fields ``form``, ``report_signer_id`` and ``report_signer_password``, ``report_ward_id`` and ``report_ward_password``.

    Signals: submitted(): everything is filled in; ``take()`` gives it once.
    """

    submitted = Signal()

    def __init__(self, person: str) -> None:
        self.form = FormLine(ALL)
        self.form.setObjectName("form")
        self.form.setFixedSize(FORM_WIDTH, FORM_HEIGHT)
        super().__init__("書き出し", right=self.form, name="export_card")
        self.panel = SignPanel("取扱責任者の署名", "取扱者ID", _SUPERVISOR, name="report_signer")
        self.panel.id_field.set_value(person)
        self.ward_panel = SignPanel("区職員の署名", "職員番号", _WARD, name="report_ward")
        self.button = primary_button("署名して書き出す", name="export_button")
        self.body.setSpacing(8)
        for panel in (self.panel, self.ward_panel):
            self.add(panel)
            panel.chain.finished.disconnect(panel.submit)
        self.body.addStretch(1)
        self.add(self.button)
        self.panel.chain.finished.connect(self._to_ward)
        self.ward_panel.chain.finished.connect(self.submit)
        self.button.clicked.connect(self.submit)
        self.form.chosen.connect(lambda _code: self._say_form())

    def first_field(self) -> QWidget:
        return self._first_empty(self.panel)

    def submit(self) -> None:
        """Say what is missing, or that all is there."""
        if self.button.isEnabled() and self.panel.chain.commit_all() and self.ward_panel.chain.commit_all():
            self.submitted.emit()

    def take(self) -> Pair:
        """What both typed, once: the passwords stand nowhere any more."""
        return Pair(Credential(*self.panel.take()), Credential(*self.ward_panel.take()))

    def clear(self) -> None:
        """The file is written: the next one may be another ward staff's."""
        self.ward_panel.reset()

    def set_busy(self, busy: bool) -> None:
        self.button.setEnabled(not busy)
        self.form.setEnabled(not busy)
        self._say_form()

    def _say_form(self) -> None:
        """What will happen, on the button, and what the ward's signature says."""
        doing, will = ("印刷しています", "署名して刷る") if self.form.paper else ("書き出しています", "署名して書き出す")
        self.button.set_words(will if self.button.isEnabled() else doing)
        self.ward_panel.set_statement(_WARD_PAPER if self.form.paper else _WARD)

    def refuse(self, error: OperatorError) -> bool:
        """Put a refusal where it belongs; False when it is not about who signs."""
        panel = {"supervisor": self.panel, "ward": self.ward_panel}.get(error.field)
        if panel is None:
            return False
        panel.refuse(error.message, field="id" if error.code in ("wrong-role", "four-eyes") else "")
        return True

    def _to_ward(self) -> None:
        self._first_empty(self.ward_panel).setFocus()

    @staticmethod
    def _first_empty(panel: SignPanel) -> QWidget:
        return (panel.password_field if panel.id_field.value().strip() else panel.id_field).editor
