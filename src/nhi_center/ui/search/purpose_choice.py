"""目的: asked by number before a person is opened without a case in hand. It lies in the page and blocks nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout

from nhi_center.domain.purpose import CHOICES, LONGEST, Purpose, PurposeKind
from nhi_center.errors import OperatorError
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.parts import Card
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.text_fields import warn_of_forbidden

_OTHER = PurposeKind.OTHER.value


class PurposeChoice(Card):
    """Signals: decided(Purpose); given_up()."""

    decided = Signal(object)
    given_up = Signal()

    def __init__(self) -> None:
        super().__init__(
            "何のために開きますか",
            right="番号と Enter で決めます。目的は記録に残ります。Esc でやめます。",
            panel=True,
            name="purpose_card",
        )
        choices = tuple(Choice(kind.value, kind.label, number) for number, kind in CHOICES)
        self.kind = ChoiceField("purpose_kind", "目的(番号)", choices, required=True, reserve_note=False)
        self.sentence = LineField("purpose_sentence", "その他の目的(個人の名は書きません)", limit=LONGEST, reserve_note=False)
        warn_of_forbidden(self.sentence)
        self.add(words("  ".join(choice.shown for choice in choices), "dense", name="purpose_choices"))
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.kind, 1)
        row.addWidget(self.sentence, 3)
        self.add(row)
        self.sentence.chained = self.kind.chained = True
        self.kind.line.chosen.connect(self._on_kind)
        self.kind.advance_requested.connect(self._on_kind_entered)
        self.sentence.advance_requested.connect(self._decide)
        self.hide()

    def ask(self) -> None:
        """Ask anew."""
        self.kind.clear()
        self.sentence.clear()
        self.sentence.setVisible(False)
        self.show()
        self.kind.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def give_up(self) -> None:
        self.hide()
        self.given_up.emit()

    def show_error(self, error: OperatorError) -> None:
        """What the office says against this purpose."""
        self.show()
        field = self.sentence if self.kind.value() == _OTHER else self.kind
        field.set_problem(error.message)
        field.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_kind(self, code: str) -> None:
        """The number alone opens nobody: who presses Enter behind it, as in every other field, would open somebody more."""
        self.kind.clear_notes()
        self.sentence.setVisible(code == _OTHER)

    def _on_kind_entered(self) -> None:
        if self.kind.value() == _OTHER:
            self.sentence.editor.setFocus(Qt.FocusReason.TabFocusReason)
        elif self.kind.value():
            self._decide()
        else:
            self.kind.set_problem("番号を押して Enter で決めてください。")

    def _decide(self) -> None:
        purpose = Purpose(PurposeKind(self.kind.value()), sentence=self.sentence.value())
        try:
            purpose.check()
        except OperatorError as error:
            self.show_error(error)
            return
        self.decided.emit(purpose)
