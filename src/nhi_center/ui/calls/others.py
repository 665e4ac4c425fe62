"""Fields of the telephone that most calls do not need: the interpreter, the caller's number, the ward's consent.

They stand where nothing else does, so that nothing moves down when they appear.
"""

from __future__ import annotations

from PySide6.QtCore import QObject

from nhi_center.domain.call_parties import CallParties
from nhi_center.domain.call_rules import may_interpret, needs_consent, phone_digits
from nhi_center.domain.calls import CallDraft
from nhi_center.domain.identifiers import format_phone
from nhi_center.ui.calls.fields import SearchField
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.fields import FieldLine, LabelledField, LineField
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.text_fields import warn_of_forbidden

_CONSENT_HEIGHT, _NUMBER_HEIGHT = 24, 30


class CallerFields(QObject):
    """電話番号 and 通訳 beside さがす: there when the number is asked for, or the caller speaks another language."""

    def __init__(self, parties: CallParties, search: SearchField) -> None:
        super().__init__(search)
        self._search = search
        self._search_words = search.label_text
        self._wanted = False
        self.phone = LineField("call_phone", "相手の電話番号", ime=False, limit=20, reserve_note=False)
        interpreters = tuple(Choice(one.code, one.label) for one in parties.interpreters)
        self.interpreter = ChoiceField("call_interpreter", "通訳(三者通話)", interpreters, auto_advance=True, reserve_note=False)
        self.phone.left.connect(lambda _value: self._read_number())

    def ask_number(self) -> None:
        """The number is known: its field is there from now on."""
        self._wanted = True
        self._show()
        self.phone.editor.setFocus()

    def reset(self) -> None:
        self._wanted = False

    def show_for(self, draft: CallDraft) -> None:
        self._wanted = self._wanted or bool(draft.phone)
        self.interpreter.setVisible(may_interpret(draft))
        self._show()

    def _show(self) -> None:
        self.phone.setVisible(self._wanted)
        both = self._wanted and not self.interpreter.isHidden()
        self._search.label.setText("さがす" if both else self._search_words)

    def _read_number(self) -> None:
        if digits := phone_digits(self.phone.value()):
            self.phone.set_value(format_phone(digits))


class ConsentFields(QObject):
    """区の承諾 (特4): there when somebody else tells of a person; what the ward agreed to in general stands there already."""

    def __init__(self, parties: CallParties, parent: QObject) -> None:
        super().__init__(parent)
        self._parties = parties
        self._caller = ""
        self.consent = ChoiceField("call_consent", "区の承諾", (), reserve_note=False)
        self.number = LineField("call_consent_number", "承諾番号・氏名", limit=30, reserve_note=False)
        warn_of_forbidden(self.number)
        self.fields: tuple[LabelledField, ...] = (self.consent, self.number)
        self.label = words("区の承諾", "secondary")
        for field, height in ((self.consent, _CONSENT_HEIGHT), (self.number, _NUMBER_HEIGHT)):
            field.label.hide()
            field.editor.setFixedHeight(height)
        self.consent.editor.setStyleSheet("QLineEdit { font-size: 14px; padding: 0 20px 0 6px; }")
        self.consent.changed.connect(lambda _value: self._show_number())
        self.consent.line.chosen.connect(self._on_chosen)

    def show_for(self, draft: CallDraft) -> None:
        """What this caller may rest on; a choice that is not among it gives way to the proposed one."""
        needed = needs_consent(draft)
        if needed and (draft.caller != self._caller or not self.consent.value()):
            self._offer(draft.caller)
            if not self.consent.value():
                self.consent.set_value(self._parties.proposed(draft.caller))
        self.consent.setVisible(needed)
        self.label.setVisible(needed)
        self._show_number()

    def set_values(self, draft: CallDraft) -> None:
        """A stored draft: its choices have to be there before its choice."""
        self._offer(draft.caller)
        self.consent.set_value(draft.consent)
        self.number.set_value(draft.consent_number)

    def _offer(self, caller: str) -> None:
        self._caller = caller
        self.consent.set_choices(tuple(Choice(one.code, one.label) for one in self._parties.consents_for(caller)))

    def _on_chosen(self, code: str) -> None:
        """What the choice asks for has to be there before Enter's way is gone on."""
        self._show_number()
        if code:
            self.consent.advance()

    def _show_number(self) -> None:
        chosen = self._parties.consent(self.consent.value(), self._caller)
        asks = chosen.asks if chosen and not self.consent.isHidden() else ""
        editor = self.number.editor
        assert isinstance(editor, FieldLine)
        editor.setPlaceholderText(asks)
        self.number.setVisible(bool(asks))
        self.consent.passed_over = chosen is not None and not asks
