"""The page of one call, in the order in which one speaks: who calls, about whom, do the three items agree, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields as fields_of
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from nhi_center.domain.call_book import CallBook
from nhi_center.domain.call_check import Caller, Check
from nhi_center.domain.call_parties import CallParties
from nhi_center.domain.call_rules import NO_ILLNESS
from nhi_center.domain.calls import LANGUAGES, CallDraft, Outcome
from nhi_center.domain.identifiers import format_phone
from nhi_center.domain.people import Person
from nhi_center.errors import OperatorError
from nhi_center.services.call_answers import Beside
from nhi_center.services.calls import CallView
from nhi_center.ui.calls.fields import OutcomeField
from nhi_center.ui.calls.guide import GuidePage, Quoted
from nhi_center.ui.calls.others import CallerFields, ConsentFields
from nhi_center.ui.calls.outcome_details import OutcomeDetails, side_by_side
from nhi_center.ui.calls.parts import AnswersBox, IdentityCard, LevelLine, PersonCard, ScriptLine
from nhi_center.ui.calls.people_list import PeopleList, PersonFinder
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import FIELD_HEIGHT
from nhi_center.ui.common.parts import Card, Chip, primary_button
from nhi_center.ui.common.screen import TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.text_fields import FreeText

PREFIX = "call_"
_NOT_TYPED = ("atena", "told")
_LOW = 34
"""Height of the fields below the person: at 1280x720 (1920x1080 at 150 %) every line counts."""
_ANY_HEIGHT = (1 << 24) - 1
"""Qt's word for no limit."""
RETURN_WORDS, NUMBER_WORDS = "F5 入力へ戻る", "Alt+T 相手の番号"


class CallPage(QWidget):
    """The fields and what is said about them; it asks nobody anything.

    Signals: left() when a field was left; person_chosen(atena); told(); save_wanted().
    """

    left = Signal()
    person_chosen = Signal(str)
    told = Signal()
    save_wanted = Signal()

    def __init__(self, desk: Desk, book: CallBook, parties: CallParties) -> None:
        super().__init__()
        self.setObjectName("call_page")
        self._book = book
        self._parties = parties
        self._atena = ""
        self._clock = desk.office.clock
        self._today = desk.office.clock.today()
        self._proposed: datetime | None = None
        self._ended: datetime | None = None
        self._before_guide: QWidget = self
        self._make(desk)
        self._lay_out()
        self.chain = FieldChain(
            [
                *(self.caller, self.language, self.phone, self.interpreter, self.search),
                *(*self.identity.fields, *self.consent_fields.fields, self.category, self.text, self.outcome),
                *self.details.fields,
            ],
            self,
        )
        self.chain.finished.connect(self.save_button.setFocus)
        self._typed = {field.name.removeprefix(PREFIX): field for field in self.chain.fields if field is not self.search}
        assert set(self._typed) == {field.name for field in fields_of(CallDraft)} - set(_NOT_TYPED)
        self._connect()
        self.reset()

    def _make(self, desk: Desk) -> None:
        book = self._book
        self.clock_chip = Chip("", "info", sign=False, name="call_clock_chip")
        self.number_text = words("", "secondary", name="call_number")
        self.saved_text = words("", "secondary", name="call_saved")
        self.script = ScriptLine(book.script)
        callers = tuple(Choice(one.value, one.label) for one in Caller)
        languages = tuple(Choice(code, label) for code, label in LANGUAGES.items())
        self.caller = ChoiceField("call_caller", "相手", callers, auto_advance=True, reserve_note=False)
        self.language = ChoiceField("call_language", "言語", languages, reserve_note=False)
        self.people = PeopleList(desk)
        self.finder = PersonFinder(desk, self.people)
        self.search = self.finder.field
        self.caller_fields = CallerFields(self._parties, self.search)
        self.consent_fields = ConsentFields(self._parties, self)
        self.phone, self.interpreter = self.caller_fields.phone, self.caller_fields.interpreter
        self.identity = IdentityCard(self._today, self.consent_fields)
        self.level = LevelLine()
        self.person = PersonCard(desk.glyphs)
        categories = tuple(Choice(one.code, one.title, one.number) for one in book.categories)
        self.category = ChoiceField("call_category", "分類", categories, auto_advance=True, reserve_note=False)
        self.answers = AnswersBox(self._today)
        self.guide = GuidePage()
        self.text = FreeText("call_text", "内容と回答", lines=2, reserve_note=False)
        self.outcome = OutcomeField("call_outcome", "結果")
        sections = tuple(dict.fromkeys(one.section for one in book.categories))
        self.details = OutcomeDetails(self, self._parties, sections, self._today)
        self.save_button = primary_button("保存", name="call_save_button")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(TitleLine("電話", self.clock_chip, self.number_text, right=self.saved_text))
        column.addWidget(self.script)
        for field, width in ((self.caller, 136), (self.language, 148), (self.phone, 144), (self.interpreter, 164)):
            field.setMinimumWidth(width)
        beside = ((self.phone, 144), (self.interpreter, 164))
        column.addLayout(side_by_side((self.caller, 213), (self.language, 166), *beside, (self.search, 379)))
        found = QWidget()
        inner = QVBoxLayout(found)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(6)
        inner.addWidget(self.identity)
        for one in self.consent_fields.fields:
            inner.addWidget(one.note)
        inner.addWidget(self.level)
        inner.addLayout(side_by_side((self.person, 258), (self._matter(), 508)), 1)
        self.middle = QStackedWidget()
        self.middle.addWidget(found)
        self.middle.addWidget(self.people)
        self.middle.addWidget(self.guide)
        column.addWidget(self.middle, 1)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        top = Qt.AlignmentFlag.AlignTop
        foot.addWidget(_beside("結果", FIELD_HEIGHT), 0, top)
        foot.addWidget(self.outcome)
        foot.addStretch(1)
        foot.addWidget(self.save_button, 0, top)
        column.addLayout(foot)

    def _matter(self) -> Card:
        card = Card(name="call_matter_card")
        card.body.setContentsMargins(14, 5, 14, 2)
        card.body.setSpacing(4)
        self.category.label.hide()
        for one in (self.category, *self.details.fields):
            one.editor.setFixedHeight(_LOW)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(_beside("分類", _LOW), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.category, 1)
        card.add(head)
        card.add(self.answers)
        self.text.editor.setMinimumHeight(_LOW + 6)  # it gives way where much has to be said on a low screen
        self.text.editor.setMaximumHeight(_ANY_HEIGHT)
        self.text.label.hide()
        self.text.text_editor.setPlaceholderText(self.text.label_text)
        card.body.addWidget(self.text, 1)
        column = self.text.layout()
        assert isinstance(column, QVBoxLayout)
        column.setStretchFactor(self.text.editor, 1)
        for row in self.details.rows():
            card.add(row)
        for one in self.details.fields:
            card.add(one.note)
        return card

    def _connect(self) -> None:
        for field in self._typed.values():
            field.left.connect(lambda _value: self.left.emit())
        for field in (self.caller, self.language, *self.identity.fields):
            field.changed.connect(lambda _value: self._show_others())
        self.language.line.chosen.connect(self._on_language)
        self.finder.list_wanted.connect(self._show_people)
        self.finder.chosen.connect(self._on_chosen)
        self.search.left.connect(self._on_search_left)
        self.script.told.connect(self.told)
        self.category.changed.connect(lambda _value: self._show_category())
        self.answers.cited.connect(self._cite)
        self.person.told.connect(lambda fact: self._append(f"「{fact}」と説明。"))
        self.guide.bind_keys(self)
        self.guide.wanted.connect(self._show_guide)
        self.guide.closed.connect(self._hide_guide)
        self.guide.quoted.connect(self._quote)
        self.text.changed.connect(self._warn_of_illness)
        self.outcome.changed.connect(lambda _value: self._show_extras(propose=True))
        self.save_button.clicked.connect(self.save_wanted)

    # -- the draft --

    def draft(self, atena: str, told: bool) -> CallDraft:
        """What stands in the fields now."""
        return CallDraft(atena=atena, told=told, **{name: field.value() for name, field in self._typed.items()})

    def set_draft(self, draft: CallDraft) -> None:
        for name, field in self._typed.items():
            field.set_value(getattr(draft, name))
        self._atena = draft.atena
        self.consent_fields.set_values(draft)
        self._show_others()
        self.search.clear()
        self.middle.setCurrentIndex(0)
        self._show_category()
        self._show_extras(propose=False)

    def reset(self) -> None:
        """An empty page for the next call."""
        self.set_draft(CallDraft())
        self.caller_fields.reset()
        self._show_others()
        self.finder.give_up()
        self.withhold("")
        self._ended = None
        self.script.set_told("")
        self.set_clock("", "info")
        self.number_text.setText(f"{RETURN_WORDS} {NUMBER_WORDS}")
        self.saved_text.clear()

    # -- what the store says --

    def set_view(self, view: CallView) -> None:
        call = view.call
        self._proposed = view.proposed
        self._ended = datetime.fromisoformat(call.ended_at) if call.ended_at else None
        dial = f"折返し先 {format_phone(view.dial)}" if view.dial else ""
        number = "" if view.dial and view.number_calls else f"受付 {call.number}"
        earlier = view.number_calls
        said = earlier.short if earlier else RETURN_WORDS if dial else f"{RETURN_WORDS} {NUMBER_WORDS}"
        self.number_text.setText(" ".join(filter(None, (dial, number, said))))
        self.number_text.setToolTip(earlier.words if earlier else "")
        self.script.set_told(f"{datetime.fromisoformat(call.told_at):%H:%M}" if call.told_at else "")
        self.identity.set_check(view.check)
        self.level.set_view(view)
        self._atena = call.draft.atena
        self._show_others()
        self.person.set_view(view)

    def withhold(self, why: str) -> None:
        """Tell nothing of anybody until the store has judged what stands here now."""
        self.identity.set_check(Check())
        self.level.clear(why)
        self.person.set_view(None)

    def set_clock(self, text: str, tone: str) -> None:
        self.clock_chip.set_state(text, tone)
        self.clock_chip.setVisible(bool(text))

    def set_saved(self, at: datetime) -> None:
        self.saved_text.setText(f"{at:%H:%M:%S} 保存済")

    # -- problems --

    def show_problem(self, error: OperatorError, *, go_there: bool) -> bool:
        """Say it at its field; False when it names none of these."""
        field = self._typed.get(error.field)
        if field is None:
            return False
        field.set_problem(error.message)
        if go_there:
            field.editor.setFocus()
        return True

    def judge(self, lacking: Sequence[tuple[str, str]]) -> bool:
        """Say at its field what the result still needs; False, and the focus there, when anything does."""
        self.finder.give_up()
        for name, sentence in lacking:
            self._typed[name].set_problem(sentence)
        return not self.chain.focus_first_problem()

    # -- fields that lean on each other --

    def focus_search(self) -> None:
        self.search.editor.setFocus()

    def clear_search(self) -> bool:
        """Take back what stands in さがす, or put the guide away; False when there is nothing of the kind."""
        if self.middle.currentWidget() is self.guide:
            self._hide_guide()
            return True
        something = bool(self.search.value())
        self.finder.give_up()
        return something

    def _on_chosen(self, person: Person) -> None:
        said_name, said_birth = self.finder.words_said()
        for field, said in ((self.identity.name, said_name), (self.identity.birth, said_birth)):
            if said and not field.value():
                field.set_value(said)
        self.finder.give_up()
        self.person_chosen.emit(person.atena)
        self.identity.name.editor.setFocus()

    def _on_search_left(self, _typed: str) -> None:
        """Whoever goes on without choosing sees the page again."""
        if not self.search.editor.hasFocus():
            self._show_people(False)

    def _show_people(self, shown: bool) -> None:
        """The guide, once it is open, stays in front of what the search still finds."""
        if self.middle.currentWidget() is not self.guide:
            self.middle.setCurrentIndex(1 if shown else 0)

    def _show_category(self) -> None:
        category = self._book.category(self.category.value())
        self.answers.set_answers(self._book.answers_for(self.category.value()))
        self.category.set_reading(
            f"{category.section}が答えます。結果は 2 区へつなぐ です。" if category and category.transfer else ""
        )

    def _cite(self, answer_id: str) -> None:
        """Put the answer's number into the words; it becomes 回答根拠."""
        if answer_id in self._book.cited(self.text.value()):
            self.text.text_editor.setFocus()
        else:
            self._append(f"{answer_id} を案内。")

    def _append(self, sentence: str) -> None:
        editor = self.text.text_editor
        if sentence not in self.text.value():
            editor.moveCursor(editor.textCursor().MoveOperation.End)
            editor.insertPlainText(sentence)
        editor.setFocus()

    # -- 回答例・必要書類・上限額 --

    def set_beside(self, beside: Beside) -> None:
        """What the ward gives today takes the place of what is shipped."""
        self._book = beside.book
        self.guide.set_beside(beside)
        self._show_category()

    def _show_guide(self) -> None:
        if self.middle.currentWidget() is not self.guide:
            focused = self.focusWidget()
            self._before_guide = focused if focused is not None else self.caller.editor
        self.middle.setCurrentWidget(self.guide)
        self.guide.begin(self.category.value())

    def _hide_guide(self) -> None:
        self.middle.setCurrentIndex(0)
        self._before_guide.setFocus()

    def _quote(self, quoted: Quoted) -> None:
        """The number goes into the words; a call without a 分類 takes that of what was quoted."""
        self.middle.setCurrentIndex(0)
        if not self.category.value() and quoted.category:
            self.category.set_value(quoted.category)
            self._show_category()
        self._append(quoted.sentence)

    def _warn_of_illness(self, text: str) -> None:
        """Beside what every free text warns of."""
        if self._book.illness_in(text):
            self.text.set_notice(NO_ILLNESS)

    def ask_number(self) -> None:
        """The caller's number is known: its field, and what the number asked before."""
        self.caller_fields.ask_number()

    def _on_language(self, code: str) -> None:
        """The interpreter is asked about before the way goes on, and so has to be there by then."""
        self._show_others()
        if code:
            self.language.advance()

    def _show_others(self) -> None:
        draft = self.draft(self._atena, told=False)
        self.caller_fields.show_for(draft)
        self.consent_fields.show_for(draft)

    def _show_extras(self, *, propose: bool) -> None:
        chosen = self.outcome.value()
        self.details.show_for(chosen)
        asked = chosen in self.details.by_outcome
        self.answers.setVisible(not asked)
        if propose and chosen == Outcome.TO_WARD:
            category = self._book.category(self.category.value())
            self.details.propose_ward(category.section if category else "", self._ended or self._clock.local())
        if propose and chosen == Outcome.CALL_BACK:
            self.details.propose_call_back(self._proposed)
        office = self.caller.value() in tuple(Caller) and Caller(self.caller.value()).is_office
        self.details.warn_of_number(chosen == Outcome.CALL_BACK and office)


def _beside(label: str, height: int) -> QLabel:
    """A label beside its field, in the middle of the field alone, also while a sentence stands below."""
    made = words(label)
    made.setFixedHeight(height)
    return made
