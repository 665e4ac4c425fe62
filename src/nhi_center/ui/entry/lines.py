"""対象者: one more person on the paper, one less, another form for one of them; and values taken over from before."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from nhi_center.domain.forms.envelope import FIRST
from nhi_center.domain.people import Person
from nhi_center.services import entry as service
from nhi_center.services import entry_lines
from nhi_center.services.entry import OpenEntry
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import Answer, ask, confirm
from nhi_center.ui.entry.asking import run
from nhi_center.ui.entry.flow import PERSON_PAGE, Flow
from nhi_center.ui.entry.form_pages import FormPages
from nhi_center.ui.entry.keeper import DraftKeeper


class LineActs(QObject):
    """The wizard's hand on the person lines. Signals: reopened(OpenEntry, page, line): the pages are to be built anew; chosen():
    the line in hand has its person."""

    reopened = Signal(object, str, int)
    chosen = Signal()

    def __init__(self, desk: Desk, flow: Flow, pages: FormPages, keeper: DraftKeeper, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._flow, self._pages, self._keeper, self._window = desk, flow, pages, keeper, window

    @property
    def _id(self) -> str:
        return self._flow.entry.application.id

    def search(self, typed: str) -> None:
        office, session = self._desk.office, self._desk.session
        page = self._pages.person_page
        assert page is not None
        self._desk.run_latest(
            "entry_search",
            Lane.READ,
            lambda _token: service.find_people(office, session, typed),
            owner=self,
            done=page.show_results,
        )

    def choose(self, person: Person) -> None:
        """For the line in hand; somebody of the household when that line has its person already: a line of his own."""
        flow, page = self._flow, self._pages.person_page
        members = {member.atena for member in flow.entry.household.members} if flow.entry.household else set()
        searching = page is not None and page.searching
        if flow.open_line.person is not None and not searching and person.atena in members:
            self.add_person(person)
        else:
            run(self._desk, self, Lane.WRITE, service.choose_person, self._id, person.atena, flow.line, done=self._on_chosen)

    def _on_chosen(self, entry: OpenEntry) -> None:
        flow = self._flow
        before = dict(flow.values)
        flow.adopt(entry)
        self._pages.show_values(tuple(n for n in self._pages.fields if flow.values.get(n, "") != before.get(n, "")))
        if self._pages.person_page is not None:
            self._pages.person_page.rest()
        self.chosen.emit()

    def add(self) -> None:
        """Alt+N: somebody else on the same paper, to be searched for or keyed."""
        self._pages.judge_focused()
        self._run(entry_lines.add_line, self._flow.open_line.form.id, done=self._on_added)

    def _on_added(self, opened: OpenEntry) -> None:
        self.reopened.emit(opened, PERSON_PAGE, opened.lines[-1].line.number)

    def add_person(self, person: Person) -> None:
        """Somebody of the household, chosen in the list: a line of his own."""
        self._run(entry_lines.add_line, self._flow.open_line.form.id, done=lambda opened: self._choose(opened, person))

    def _choose(self, opened: OpenEntry, person: Person) -> None:
        number = opened.lines[-1].line.number
        run(
            self._desk,
            self,
            Lane.WRITE,
            service.choose_person,
            opened.application.id,
            person.atena,
            number,
            done=lambda chosen: self.reopened.emit(chosen, "", number),
        )

    def remove(self) -> None:
        """Alt+D: the person in hand is taken off the paper."""
        number = self._flow.line
        if number == FIRST:
            self._desk.say("warning", "初めの人は外せません。別の人のときは「台帳で探す」で選び直します。")
            return
        confirm(
            self._window,
            "この人を対象者から外します",
            "この人について入力した内容は消えます。ほかの人の入力は変わりません。",
            yes="外す",
            action=lambda: self._run(entry_lines.remove_line, number, done=self._on_removed),
        )

    def _on_removed(self, opened: OpenEntry) -> None:
        self.reopened.emit(opened, PERSON_PAGE, FIRST)
        self._desk.say("done", "対象者から外しました。")

    def change_form(self) -> None:
        """Alt+T: another form for the person in hand, chosen by its number."""
        forms = entry_lines.joining(self._flow.entry)
        if len(forms) == 1:
            self._desk.say("info", "この紙の様式は一つだけです。")
            return
        choices = tuple(Choice(str(int(form.id[1:])) if form.id[1:].isdecimal() else form.id, form.title) for form in forms)
        ids = dict(zip((choice.code for choice in choices), (form.id for form in forms), strict=True))
        field = ChoiceField("line_form", "様式", choices, required=True)
        field.set_value(next(code for code, form_id in ids.items() if form_id == self._flow.open_line.form.id))
        ask(
            self._window,
            "この人の様式を変えます",
            "両方の様式にある欄の入力は残り、ほかは消えます。番号で選びます。",
            (
                Answer("変える", lambda: self._change_to(ids.get(field.value(), "")), key="Ctrl+Enter", primary=True),
                Answer("やめる"),
            ),
            body=field,
        )

    def _change_to(self, form_id: str) -> None:
        number = self._flow.line
        if form_id and form_id != self._flow.open_line.form.id:
            self._run(entry_lines.change_form, number, form_id, done=lambda opened: self.reopened.emit(opened, "", number))

    def same_as_before(self, last: Mapping[str, str]) -> None:
        """Alt+S: the field in hand takes the value of the person before, or of the paper before. Enter confirms it."""
        field = self._pages.fields.get(self._flow.field)
        if field is None or not field.widget.editor.hasFocus():
            return
        if not field.definition.carry:
            self._desk.say("info", "この欄は、前と同じにできません。紙を見て入力します。")
        elif not self._flow.same_as_before(field.definition, last):
            self._desk.say("info", "前の値がありません。紙を見て入力します。")
        else:
            self._pages.show_values((field.id,))
            self._pages.show_said()
            self._keeper.touch()

    def _run(self, verb: Callable[..., OpenEntry], *arguments: object, done: Callable[[OpenEntry], object]) -> None:
        run(self._desk, self, Lane.WRITE, verb, self._id, *arguments, self._flow.draft(), done=done)
