"""A difference, opened at its field while the paper is still in hand: both values, which one stands, why, and who says so."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from nhi_center.domain.forms import types
from nhi_center.domain.forms.definition import FieldDefinition, FieldType
from nhi_center.domain.verification import REASONS, Decision, Mismatch, Verdict, differing_characters, needs_adjudicator
from nhi_center.errors import OperatorError
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.form_fields import FormField
from nhi_center.ui.common.name_lines import NameLines
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.parts import Card, Chip, plain_button
from nhi_center.ui.common.sign_panel import SignPanel
from nhi_center.ui.common.styling import words

VALUE_PX = 30
CHARACTERS_A_LINE = 18

_VERDICTS = (
    Choice(Verdict.KEYER.value, "入力者の値", "1"),
    Choice(Verdict.VERIFIER.value, "照合者の値", "2"),
    Choice(Verdict.THIRD.value, "どちらも違う(紙を見てもう一度)", "3"),
)


class MismatchCard(Card):
    """Signals: decided(Decision) by the verifier; signed(Decision, id, password) by a third person; postponed()."""

    decided = Signal(object)
    signed = Signal(object, str, str)
    postponed = Signal()

    def __init__(self, field: FieldDefinition, mismatch: Mismatch, glyphs: NamePainter, today: date) -> None:
        self.mismatch = mismatch
        chip = Chip("不一致判定者が署名" if mismatch.critical else "照合者が判定", "warning" if mismatch.critical else "info")
        super().__init__("入力と照合が違います", right=chip, name=f"mismatch_{field.id}")
        self._field, self._glyphs, self._today = field, glyphs, today
        self.add(self._values())
        self.verdict = ChoiceField(f"verdict_{field.id}", "紙のとおりなのは", _VERDICTS, required=True, reserve_note=False)
        reasons = tuple(Choice(reason.code, reason.label) for reason in REASONS)
        self.reason = ChoiceField(f"reason_{field.id}", "違った理由", reasons, required=True, reserve_note=False)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.verdict, 6)
        row.addWidget(self.reason, 5)
        self.add(row)
        self.third = FormField(field, glyphs, today, prefix="third_")
        self.third.widget.label.setText(f"{field.label}(紙のとおりの値)")
        self.add(self.third.widget)
        self.sign_panel = SignPanel("判定する人(不一致判定者)", "取扱者ID", "", name=f"adjudicator_{field.id}")
        self.add(self.sign_panel)
        self.add(self._buttons())
        self._connect()
        self._follow()

    def _values(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        mismatch = self.mismatch
        for line, (title, value) in enumerate(
            (("1 入力者の値", mismatch.keyer_value), ("2 照合者の値", mismatch.verifier_value))
        ):
            grid.addWidget(words(title, "secondary"), line, 0)
            grid.addWidget(self._value(value, f"value_{line + 1}_{mismatch.field}"), line, 1)
        places = differing_characters(mismatch.keyer_value, mismatch.verifier_value)
        if places and self._field.type in (FieldType.NAME, FieldType.KANA, FieldType.TEXT, FieldType.CODE):
            shown = "・".join(str(place) for place in places)
            grid.addWidget(words(f"{shown}文字目が違います。紙の字形と照らしてください。", "secondary"), 2, 1)
        grid.setColumnStretch(1, 1)
        return grid

    def _value(self, value: str, name: str) -> QWidget:
        if self._field.type is not FieldType.NAME or not value:
            return words(self._shown(value), "unit", name=name, wrap=True)
        return NameLines(self._glyphs, VALUE_PX, value, characters=CHARACTERS_A_LINE, name=name)

    def _shown(self, value: str) -> str:
        return types.show(self._field, value, self._today) or "(空欄)"

    def _buttons(self) -> QHBoxLayout:
        self.settle_button = plain_button("判定する", name=f"settle_{self._field.id}_button")
        self.later_button = plain_button("あとで判定", name=f"postpone_{self._field.id}_button")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(words("判定は一度だけです。やり直せません。", "secondary"), 1)
        row.addWidget(self.later_button)
        row.addWidget(self.settle_button)
        return row

    def _connect(self) -> None:
        for field in (self.verdict, self.reason, self.third.widget):
            field.chained = True
            field.changed.connect(lambda _value: self._follow())
        self.third.read.connect(lambda _reading: self._follow())
        self.verdict.advance_requested.connect(self.reason.editor.setFocus)
        self.reason.back_requested.connect(self.verdict.editor.setFocus)
        self.reason.advance_requested.connect(self._after_reason)
        self.third.widget.back_requested.connect(self.reason.editor.setFocus)
        self.third.widget.advance_requested.connect(self.sign_panel.id_field.editor.setFocus)
        self.sign_panel.chain.started_over.connect(self.reason.editor.setFocus)
        self.sign_panel.submitted.connect(self._sign)
        self.settle_button.clicked.connect(self.settle)
        self.later_button.clicked.connect(self.postponed)

    def editors(self) -> tuple[QWidget, ...]:
        """In the order of Tab."""
        signers = (self.sign_panel.id_field.editor, self.sign_panel.password_field.editor)
        return (
            self.verdict.editor,
            self.reason.editor,
            self.third.widget.editor,
            *signers,
            self.later_button,
            self.settle_button,
        )

    # -- deciding --

    @property
    def _verdict(self) -> Verdict | None:
        return Verdict(self.verdict.value()) if self.verdict.value() else None

    def _needs_signature(self) -> bool:
        verdict = self._verdict
        return self.mismatch.critical or (verdict is not None and needs_adjudicator(self.mismatch, verdict))

    def _follow(self) -> None:
        """Show what the choice so far asks for."""
        third = self._verdict is Verdict.THIRD
        self.third.widget.setVisible(third)
        self.sign_panel.setVisible(self._needs_signature())
        self.sign_panel.set_statement(self._statement())
        self.settle_button.set_words("署名して判定する" if self._needs_signature() else "判定する")

    def _statement(self) -> str:
        verdict = self._verdict
        if verdict is None:
            return "どの値にするかを選ぶと、署名する内容がここに出ます。"
        stands = {Verdict.KEYER: "1 入力者の値", Verdict.VERIFIER: "2 照合者の値", Verdict.THIRD: "上に入力した値"}[verdict]
        reason = next((choice.label for choice in REASONS if choice.code == self.reason.value()), "まだ選んでいません")
        return f"「{self.mismatch.label}」を {stands} とすることに署名します。理由: {reason}。画面の利用者は変わりません。"

    def _after_reason(self) -> None:
        if self._verdict is Verdict.THIRD:
            self.third.widget.editor.setFocus()
        elif self._needs_signature():
            self.sign_panel.id_field.editor.setFocus()
        else:
            self.settle()

    def settle(self) -> None:
        """Judge what stands here and hand it on, with the signature where one is needed."""
        decision = self._decision()
        if decision is None:
            return
        if self._needs_signature():
            self.sign_panel.submit()
        else:
            self.decided.emit(decision)

    def _sign(self, person: str, password: str) -> None:
        decision = self._decision()
        if decision is not None:
            self.signed.emit(decision, person, password)

    def _decision(self) -> Decision | None:
        verdict = self._verdict
        for field, missing in ((self.verdict, verdict is None), (self.reason, not self.reason.value())):
            if missing:
                field.set_problem(f"{field.label_text}を番号で選んでください。")
                field.editor.setFocus()
                return None
        if verdict is None:
            return None
        value = ""
        if verdict is Verdict.THIRD:
            reading = self.third.judge()
            if reading.problem:
                self.third.widget.editor.setFocus()
                return None
            value = reading.value
        return Decision(self.mismatch.field, verdict, self.reason.value(), value)

    def refuse(self, error: OperatorError) -> None:
        """Say at its place why it was not taken."""
        if error.field == "reason":
            self.reason.set_problem(error.message)
        elif error.code == "not-third":
            self.third.widget.set_problem(error.message)
            self.third.widget.editor.setFocus()
        elif self._needs_signature():
            self.sign_panel.refuse(error.message, field="id" if error.code in ("four-eyes", "wrong-role", "not-inside") else "")
        else:
            self.verdict.set_problem(error.message)
