"""The parts of the telephone panel: the script, the three items, the person's state, the answers the ward has checked."""

from __future__ import annotations

from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.call_answers import Answer
from nhi_center.domain.call_check import Agreement, Check, Level
from nhi_center.domain.call_parties import NO_INTERPRETER
from nhi_center.domain.call_rules import THROUGH_INTERPRETER, may_interpret
from nhi_center.services.calls import CallView
from nhi_center.ui.calls.others import ConsentFields
from nhi_center.ui.common.date_field import DateField, DateStyle
from nhi_center.ui.common.fields import LabelledField, LineField
from nhi_center.ui.common.name_view import NamePainter, NameView
from nhi_center.ui.common.parts import ActionButton, Card, Chip
from nhi_center.ui.common.screen import bind_key
from nhi_center.ui.common.styling import words

_AGREEMENT = {
    Agreement.MATCH: ("一致", "done"),
    Agreement.DIFFERENT: ("不一致", "error"),
    Agreement.UNASKED: ("– 未確認", "plain"),
    Agreement.NOT_HELD: ("台帳になし", "warning"),
}
_LEVEL_TONE = {Level.GENERAL: "plain", Level.IDENTIFIED: "done", Level.CALLED_BACK: "done", Level.NEVER: "error"}
_FACT_LINES = 6
_ITEM_WIDTH, _SAID_WIDTH, _CHIP_WIDTH = 76, 320, 92


class ScriptLine(QFrame):
    """What is said before anything is asked; the chip says whether it has been.

    Signals: told().
    """

    told = Signal()

    def __init__(self, script: str) -> None:
        super().__init__()
        self.setObjectName("call_script")
        self.setProperty("part", "panel")
        self.setFixedHeight(36)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(10)
        row.addWidget(words(script, "dense", name="call_script_text"))
        row.addStretch(1)
        self.chip = Chip("", "done", name="call_told_chip")
        self.button = ActionButton("伝えた", key="F11", bind=False, name="call_told_button")
        self.button.setFixedHeight(28)
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self.told)
        row.addWidget(self.chip)
        row.addWidget(self.button)
        self.set_told("")

    def set_told(self, at: str) -> None:
        """``at`` 14:30, "" while it has not been said."""
        self.chip.setVisible(bool(at))
        self.button.setVisible(not at)
        if at:
            self.chip.set_state(f"伝えた {at}", "done")


class IdentityCard(QFrame):
    """本人確認: what the caller says, and only whether it agrees."""

    def __init__(self, today: date, consents: ConsentFields) -> None:
        super().__init__()
        self.setObjectName("call_identity_card")
        self._consents = consents
        self.setProperty("part", "card")
        self.name = LineField("call_name", "氏名", reserve_note=False)
        self.birth = DateField("call_birth", "生年月日", today=today, style=DateStyle.PLAIN, reserve_note=False)
        self.address = LineField("call_address", "住所", reserve_note=False)
        self.fields: tuple[LabelledField, ...] = (self.name, self.birth, self.address)
        self.chips = tuple(Chip("", name=f"{field.name}_chip") for field in self.fields)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 5)
        column.setSpacing(4)
        column.addWidget(self._head())
        grid = QGridLayout()
        grid.setContentsMargins(8, 0, 12, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnMinimumWidth(0, _ITEM_WIDTH)
        grid.setColumnMinimumWidth(1, _SAID_WIDTH)
        grid.setColumnMinimumWidth(2, _CHIP_WIDTH)
        grid.setColumnStretch(3, 1)
        column.addLayout(grid)
        for row, (field, chip) in enumerate(zip(self.fields, self.chips, strict=True)):
            field.label.hide()
            field.editor.setFixedHeight(30)
            grid.addWidget(words(field.label_text), row, 0)
            grid.addWidget(field, row, 1)
            grid.addWidget(chip, row, 2, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            field.note.setContentsMargins(0, 3, 0, -3)
            grid.addWidget(field.note, row, 3)  # beside the field, in its middle: the rows below stay where they are
            grid.setRowMinimumHeight(row, 30)
        consents.number.setFixedWidth(162)
        grid.addWidget(consents.number, 0, 3, Qt.AlignmentFlag.AlignRight)  # under its consent; of a name little is said here
        self.set_check(Check())

    def _head(self) -> QWidget:
        head = QWidget()
        head.setObjectName("call_identity_head")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head.setStyleSheet(
            "QWidget#call_identity_head { background: #f2f2f2; border-bottom: 1px solid #767676;"
            " border-top-left-radius: 7px; border-top-right-radius: 7px; }"
        )
        head.setFixedHeight(26)
        row = QHBoxLayout(head)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(12)
        for title, width in (("本人確認", _ITEM_WIDTH), ("相手が言ったこと", _SAID_WIDTH), ("台帳と", _CHIP_WIDTH)):
            label = words(title, "secondary")
            label.setFixedWidth(width)
            row.addWidget(label)
        row.addStretch(1)
        self._consents.consent.setFixedWidth(162)
        consent = QHBoxLayout()
        consent.setSpacing(6)
        consent.addWidget(self._consents.label)
        consent.addWidget(self._consents.consent)
        row.addLayout(consent)
        return head

    def set_check(self, check: Check) -> None:
        for chip, agreement in zip(self.chips, (check.name, check.birth, check.address), strict=True):
            chip.set_state(*_AGREEMENT[agreement])


class LevelLine(QWidget):
    """The level, what may be said and what not, in one line."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("call_level_line")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.chip = Chip("", sign=False, name="call_level_chip")
        self.chip.setFixedHeight(26)
        self.text = words("", "secondary", name="call_level_text")
        row.addWidget(self.chip)
        row.addWidget(self.text, 1)

    def clear(self, why: str) -> None:
        """No level; ``why`` in its place."""
        self.chip.hide()
        self.text.setText(why)

    def set_view(self, view: CallView) -> None:
        self.chip.show()
        self.chip.set_state(view.rule.title, _LEVEL_TONE[view.level])
        if view.level is Level.GENERAL and view.call.draft.atena:
            self.text.setText(_what_is_missing(view))
        else:
            self.text.setText(f"言える:{view.rule.may} 言えない:{view.rule.never}")


def _what_is_missing(view: CallView) -> str:
    if Agreement.DIFFERENT in (view.check.name, view.check.birth, view.check.address):
        return "一致しない項目があります。この人のことは言えません。もう一度、相手に言ってもらってください。"
    if view.check.name is Agreement.NOT_HELD:
        return "台帳にフリガナがありません。氏名の漢字を相手に説明してもらい、漢字で入れてください。"
    if not view.check.complete and may_interpret(view.call.draft) and view.call.draft.interpreter not in ("", NO_INTERPRETER):
        return THROUGH_INTERPRETER
    if not view.check.complete:
        return "3つとも一致すると、この人のことを答えられます。こちらから読み上げないでください。"
    if not view.call.told_at:
        return "F11 で、本人確認の断りを伝えたことを記録してください。"
    return "相手が本人・世帯主・同一世帯のとき、この人のことを答えられます。"


class PersonCard(Card):
    """この人の今: only what the level allows; the service has sorted it. Alt and its number quotes a line that was told.

    Signals: told(fact).
    """

    told = Signal(str)

    def __init__(self, glyphs: NamePainter) -> None:
        self.person_name = NameView(glyphs, 20, object_name="call_person_name")
        super().__init__("この人の今", right=self.person_name, name="call_person_card")
        self.body.setContentsMargins(14, 8, 10, 6)
        self.body.setSpacing(1)
        self.kana = words("", "secondary", name="call_person_kana")
        self.add(self.kana)
        self.lines = tuple(words("", "secondary", name=f"call_fact_{index}", wrap=True) for index in range(_FACT_LINES))
        for line in self.lines:
            self.add(line)
        for index in range(_FACT_LINES):
            bind_key(self, f"Alt+{index + 1}", partial(self._quote, index))
        self._facts: list[str] = []
        self.nothing = words("", "secondary", name="call_nothing", wrap=True)
        self.add(self.nothing)
        self.body.addStretch(1)

    def set_view(self, view: CallView | None) -> None:
        self._facts = facts = [fact.text for fact in view.facts][:_FACT_LINES] if view else []
        for index, line in enumerate(self.lines):
            line.setText(f"{index + 1} {facts[index]}" if index < len(facts) else "")
            line.setVisible(index < len(facts))
        self.person_name.set_text(view.person_name if view else "")
        self.person_name.setVisible(bool(view and view.person_name))
        self.kana.setText(view.person_kana if view else "")
        self.kana.setVisible(bool(view and view.person_kana and not facts))  # the name was chosen; the facts need the room
        self.nothing.setText(_nothing_words(view))
        self.nothing.setVisible(not facts)

    def _quote(self, index: int) -> None:
        if index < len(self._facts):
            self.told.emit(self._facts[index])


def _nothing_words(view: CallView | None) -> str:
    if view is None or not view.call.draft.atena:
        return "さがして選ぶと、ここに届出と証の状況が出ます。"
    if view.level is Level.NEVER:
        return "この電話では、何も表示しません。窓口か文書を案内するか、区職員へつないでください。"
    if view.level is Level.GENERAL:
        return "本人確認が済むと、ここに届出と証の状況が出ます。"
    return "お伝えできることは、この端末にはありません。"


def checked_words(answer: Answer, today: date) -> str:
    """区確認日 of an answer, and that it is due to be looked at again."""
    return f"{wareki(answer.checked)} 区確認{'・要確認' if answer.is_old(today) else ''}"


class AnswersBox(QWidget):
    """回答例 of one category, one at a time: Ctrl and its number shows it, once more puts it into the answer.

    Signals: cited(id).
    """

    cited = Signal(str)
    MOST = 3

    def __init__(self, today: date) -> None:
        super().__init__()
        self._today = today
        self.setObjectName("call_answers")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(6)
        self.buttons: list[ActionButton] = []
        self.label = words("回答例 Ctrl+", "secondary", name="call_answers_label")
        row.addWidget(self.label)
        for number in range(1, self.MOST + 1):
            button = ActionButton("", key=str(number), bind=False, name=f"call_answer_{number}_button")
            bind_key(self, f"Ctrl+{number}", button.click)
            button.setFixedHeight(28)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _checked=False, index=number - 1: self.press(index))
            self.buttons.append(button)
            row.addWidget(button)
        self.more = words("ほか Alt+A", "secondary", name="call_answers_more")
        row.addWidget(self.more)
        row.addStretch(1)
        column.addLayout(row)
        self.text: QLabel = words("", "dense", name="call_answer_text", wrap=True)
        column.addWidget(self.text)
        self._answers: tuple[Answer, ...] = ()
        self._shown = 0
        self.set_answers(())

    def set_answers(self, answers: tuple[Answer, ...]) -> None:
        if answers[: self.MOST] == self._answers and answers:
            return
        self._answers = answers[: self.MOST]
        self.more.setVisible(len(answers) > self.MOST)
        self.label.setVisible(bool(self._answers))
        for index, button in enumerate(self.buttons):
            button.setVisible(index < len(self._answers))
            if index < len(self._answers):
                button.set_words(self._answers[index].id)
        self._show(0)

    def press(self, index: int) -> None:
        if index >= len(self._answers):
            return
        if index == self._shown:
            self.cited.emit(self._answers[index].id)
        self._show(index)

    def _show(self, index: int) -> None:
        self._shown = index
        for number, button in enumerate(self.buttons):
            button.setChecked(number == index)
        if not self._answers:
            self.text.setText("分類を選ぶと、区が確認した回答例が出ます。Alt+A は言葉でさがします。")
            return
        answer = self._answers[index]
        self.text.setText(f"{answer.text}({checked_words(answer, self._today)})")
