"""The wizard of one application: 受付 → 世帯・対象者 → 届出内容 → 確認 → 次の処理."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from nhi_center.domain.custody import Slip
from nhi_center.domain.entry import Application, urgent_minutes
from nhi_center.domain.forms.case import Finding
from nhi_center.domain.forms.definition import FieldType
from nhi_center.domain.people import Person
from nhi_center.errors import OperatorError
from nhi_center.services import entry as service
from nhi_center.services import holds
from nhi_center.services.entry import OpenEntry
from nhi_center.tasks.runner import JobToken, Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import Answer, ask
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.form_fields import FormField, FormGrid
from nhi_center.ui.common.parts import ActionButton, Card, Chip, StepTrail
from nhi_center.ui.common.screen import TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.text_fields import FreeText
from nhi_center.ui.entry.confirm_page import ConfirmPage
from nhi_center.ui.entry.flow import CONFIRM, NEXT, PERSON_PAGE, Flow
from nhi_center.ui.entry.glyph_preview import GlyphPreview
from nhi_center.ui.entry.next_page import NextPage
from nhi_center.ui.entry.person_page import PersonPage
from nhi_center.ui.entry.side import Side

T = TypeVar("T")
_CHOSEN_AT_ONCE = (FieldType.CHOICE, FieldType.FLAG)


class Wizard(QWidget):
    """One application in hand. Signals: closed(): back to the list; next_wanted(slip id); keys_changed()."""

    closed = Signal()
    next_wanted = Signal(str)
    keys_changed = Signal()

    def __init__(self, desk: Desk, entry: OpenEntry) -> None:
        super().__init__()
        self.setObjectName("entry_wizard")
        self.desk = desk
        self.flow = Flow(entry)
        self.fields: dict[str, FormField] = {}
        self.chains: dict[str, FieldChain] = {}
        self._insisted = ""
        self._unsaved = self._saving = self._finished = False
        self._build()
        self._show_page(self.flow.page)
        self._urgent_timer = QTimer(self)
        self._urgent_timer.setInterval(20_000)
        self._urgent_timer.timeout.connect(self._show_urgent)
        self._urgent_timer.start()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)

    # -- building --

    def _build(self) -> None:
        flow = self.flow
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.trail = StepTrail(flow.steps)
        self.urgent = Chip("", "error", sign=False, name="urgent_chip")
        self.slip_words = words("", "secondary", name="slip_words")
        column.addWidget(TitleLine(flow.form.title, self.urgent, self.slip_words, right=self.trail))
        middle = QHBoxLayout()
        middle.setSpacing(12)
        card = Card(name="form_card")
        self.stack = QStackedWidget()
        card.body.addWidget(self.stack, 1)
        middle.addWidget(card, 712)
        self.side = Side(self.desk.glyphs, flow)
        middle.addWidget(self.side, 426)
        column.addLayout(middle, 1)
        column.addLayout(self._foot())
        self._build_pages()
        self._show_slip()
        self._show_urgent()

    def _build_pages(self) -> None:
        flow = self.flow
        self.preview = GlyphPreview(self.desk.glyphs)
        self.person_page: PersonPage | None = None
        for page in flow.form.pages:
            for definition in page.fields:
                field = FormField(definition, self.desk.glyphs, flow.entry.today)
                field.setParent(self)
                field.read.connect(lambda _reading, one=field: self._on_read(one))
                field.changed.connect(lambda one=field: self._on_changed(one))
                self.fields[definition.id] = field
            has_name = any(definition.id == "name" for definition in page.fields)
            grid: QWidget = FormGrid(page, self.fields, extra={0: self.preview} if has_name else None)
            if page.id == PERSON_PAGE:
                grid = self.person_page = PersonPage(self.desk.glyphs, grid)
                self.person_page.asked.connect(self._search)
                self.person_page.chosen.connect(self._choose)
            self.stack.addWidget(grid)
            chain = FieldChain([self.fields[definition.id].widget for definition in page.fields], self)
            chain.finished.connect(self.go_on)
            chain.started_over.connect(self.go_back)
            self.chains[page.id] = chain
            if page.id == PERSON_PAGE and self.person_page is not None:
                self.person_page.skipped.connect(chain.focus_first)
        self.confirm = ConfirmPage(self.desk.glyphs, flow)
        self.confirm.jump.connect(self.jump)
        self.confirm.answered.connect(self._on_answered)
        self.confirm.settled.connect(lambda: self.primary.setFocus(Qt.FocusReason.TabFocusReason))
        self.next = NextPage()
        self.stack.addWidget(self.confirm)
        self.stack.addWidget(self.next)
        for name, field in self.fields.items():
            field.show(flow.values.get(name, ""), flow.typed.get(name, ""))
        if (postal := self.fields.get("postal")) is not None:
            postal.widget.filled.connect(lambda digits: self._fill_address("postal", digits))  # type: ignore[attr-defined]
        if (postal := self.fields.get("destination_postal")) is not None:
            postal.widget.filled.connect(lambda digits: self._fill_address("destination_postal", digits))  # type: ignore[attr-defined]

    def _foot(self) -> QHBoxLayout:
        self.saved = words("", "secondary", name="saved_words")
        # The screen binds the keys, so that they work while the focus is in any field.
        self.later = ActionButton("あとで", key="F3", bind=False, name="later_button")
        self.hold_button = ActionButton("保留・照会", key="F4", bind=False, name="hold_button")
        self.primary = ActionButton("次の頁へ", key="Ctrl+Enter", primary=True, bind=False, name="primary_button")
        self.later.clicked.connect(self.put_aside)
        self.hold_button.clicked.connect(self.ask_hold)
        self.primary.clicked.connect(self.go_on)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.saved, 1)
        for button in (self.later, self.hold_button, self.primary):
            row.addWidget(button)
        return row

    def _run(self, lane: Lane, verb: Callable[..., T], *arguments: Any, done: Callable[[T], object], failed: Any = None) -> None:
        office, session = self.desk.office, self.desk.session

        def job(_token: JobToken) -> T:
            return verb(office, session, *arguments)

        self.desk.run(lane, job, owner=self, done=done, failed=failed)

    # -- what is shown --

    def _show_slip(self) -> None:
        slip = self.flow.entry.slip
        sheets = f" {slip.sheets}枚" if slip.sheets else ""
        filed = self.fields["filed_on"].reading.display if "filed_on" in self.fields else ""
        channel = self.fields["channel"].reading.display.partition(" ")[2] if "channel" in self.fields else ""
        parts = [f"管理票 {slip.number}{sheets}", f"届出 {filed.partition('(')[0]}" if filed else "", channel]
        self.slip_words.setText(" ".join(part for part in parts if part))

    def _show_urgent(self) -> None:
        left = urgent_minutes(self.flow.entry.application.urgent_until, self.desk.office.clock.local())
        self.urgent.setVisible(left is not None)
        if left is not None:
            self.urgent.set_state(f"至急 あと {left}分" if left >= 0 else f"至急 {-left}分超過", "error")

    def _show_page(self, page_id: str) -> None:
        flow = self.flow
        flow.page = page_id
        self._insisted = ""
        self.stack.setCurrentIndex(flow.step)
        self.trail.set_step(flow.step)
        if page_id == CONFIRM:
            self.confirm.show_flow()
        following = {CONFIRM: "入力を終える", NEXT: "次の管理票を開く"}.get(page_id, "次の頁へ")
        if flow.step + 1 < len(flow.pages) and flow.pages[flow.step + 1] == CONFIRM:
            following = "確認へ"
        self.primary.set_words(following)
        self.later.set_words("一覧へ" if page_id == NEXT else "あとで")
        self.hold_button.setVisible(page_id != NEXT)
        self._show_said()
        self.keys_changed.emit()

    def _show_said(self) -> None:
        """The marks and sentences of every field, and what stands beside the form."""
        flow = self.flow
        for name, field in self.fields.items():
            shown = flow.shown(field.definition)
            if field.widget.isHidden() is shown:
                field.widget.setVisible(shown)
            field.set_needed(flow.needed(field.definition))
            self._say_at(name, field)
        self.preview.show_name(flow.values.get("name", ""))
        self.side.show_flow()

    def _say_at(self, name: str, field: FormField) -> None:
        said = self.flow.said(name)
        reading, widget = field.reading, field.widget
        problem = reading.problem or (said.text if said and said.kind == "error" else "")
        warning = said.text if said and said.kind == "warning" else reading.notice
        if problem != widget.problem and not self.desk.glyphs.missing(widget.value()):
            widget.set_problem(problem)
        if warning != widget.notice:
            widget.set_notice(warning)
        if name == self.flow.form.fact and reading.display:
            note = self.flow.fact_note()
            widget.set_reading(f"{reading.display} {note}" if note.startswith("国") else f"{reading.display}{note}")

    # -- a field is left --

    def _on_changed(self, field: FormField) -> None:
        """A choice decides which other fields are there, before the focus goes on."""
        if field.definition.type in _CHOSEN_AT_ONCE:
            self._take(field)

    def _on_read(self, field: FormField) -> None:
        self._take(field)
        if field.id in ("sheets_form", "sheets_attached"):
            self._count_sheets()
        if field.id in ("filed_on", "channel"):
            self._show_slip()

    def _take(self, field: FormField) -> None:
        before = self.flow.draft()
        if field.definition.type in _CHOSEN_AT_ONCE:
            field.show(field.text())
        self.flow.take(field.definition, field.text(), field.reading)
        self._insisted = "" if self.flow.draft() != before else self._insisted
        self._unsaved = self._unsaved or self.flow.draft() != before
        self._show_said()

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        name = new.objectName() if new is not None and self.isAncestorOf(new) else ""
        if name.startswith("field_"):
            self.flow.field = name.removeprefix("field_")
            self._stand_behind(self.flow.field)
        if self._unsaved:
            self.save()

    def _stand_behind(self, name: str) -> None:
        """A beginning filled in from the postal code is continued, not typed over."""
        widget = self.fields[name].widget
        if widget.value() and widget.value() == self.flow.filled.get(name):
            widget.editor.end(False)  # type: ignore[attr-defined]

    def _fill_address(self, postal: str, digits: str) -> None:
        found = self.flow.fill_address(postal, digits)
        target = {"postal": "address", "destination_postal": "destination"}[postal]
        if found:
            self.fields[target].widget.set_value(found)

    def _count_sheets(self) -> None:
        flow = self.flow
        if flow.sheets and flow.sheets != flow.entry.slip.sheets:
            id_ = flow.entry.application.id
            self._run(Lane.WRITE, service.count_sheets, id_, flow.sheets, done=self._on_counted, failed=self._on_not_counted)

    def _on_counted(self, slip: Slip) -> None:
        self.flow.refresh(service.with_slip(self.flow.entry, slip))
        for name in ("sheets_form", "sheets_attached"):
            self.flow.accept(name)
        self._show_slip()
        self._show_said()

    def _on_not_counted(self, error: Exception) -> None:
        if isinstance(error, OperatorError) and error.field == "sheets":
            self.flow.refuse("sheets_attached", error.message)
            self._show_said()
        else:
            self.desk.present_error(error)

    # -- the draft --

    def save(self) -> None:
        """Keep what stands in the form. One at a time; what changes meanwhile is kept right after."""
        self._unsaved = True
        if self._saving or self._finished:
            return
        self._saving, self._unsaved = True, False
        self._run(
            Lane.WRITE,
            service.save_draft,
            self.flow.entry.application.id,
            self.flow.draft(),
            done=self._on_saved,
            failed=self._on_not_saved,
        )

    def _on_saved(self, at: str) -> None:
        self._saving = False
        self.saved.setText(f"下書きを {at[11:19]} に保存しました")
        if self._unsaved:
            self.save()

    def _on_not_saved(self, error: Exception) -> None:
        self._saving = False
        self._unsaved = True
        self.saved.setText("● 下書きを保存できていません")
        self.desk.present_error(error)

    # -- the person --

    def _search(self, typed: str) -> None:
        office, session = self.desk.office, self.desk.session
        page = self.person_page
        assert page is not None
        self.desk.run_latest(
            "entry_search",
            Lane.READ,
            lambda _token: service.find_people(office, session, typed),
            owner=self,
            done=page.show_results,
        )

    def _choose(self, person: Person) -> None:
        self._run(Lane.WRITE, service.choose_person, self.flow.entry.application.id, person.atena, done=self._on_chosen)

    def _on_chosen(self, entry: OpenEntry) -> None:
        flow = self.flow
        before = dict(flow.values)
        flow.adopt(entry)
        for name, field in self.fields.items():
            if flow.values.get(name, "") != before.get(name, ""):
                field.show(flow.values.get(name, ""), flow.typed.get(name, ""))
        if self.person_page is not None:
            self.person_page.rest()
        self._show_said()
        self.save()
        if flow.page in self.chains:
            self.chains[flow.page].focus_first()

    # -- forward, back, away --

    def go_on(self) -> None:
        """Ctrl+Enter, or Enter at the last field: the next page. Errors are shown first; the second time it goes on."""
        flow = self.flow
        page = flow.form_page(flow.page)
        if page is None:
            following = self._finish if flow.page == CONFIRM else self._open_next
            following()
            return
        self._judge_focused()
        stop = flow.stops_page(page)
        if stop and self._insisted != flow.page:
            self._show_said()
            self._insisted = flow.page
            self.fields[stop].widget.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            self.desk.say("warning", "直すところがあります。直すか、もう一度 Ctrl+Enter で先へ進みます(あとで直せます)。")
            return
        self._show_page(flow.pages[flow.step + 1])
        self.first_focus().setFocus(Qt.FocusReason.TabFocusReason)
        self.save()

    def go_back(self) -> None:
        """The page before; from 受付 nothing happens."""
        flow = self.flow
        if flow.step == 0 or flow.page == NEXT:
            return
        self._judge_focused()
        self._show_page(flow.pages[flow.step - 1])
        self.first_focus().setFocus(Qt.FocusReason.BacktabFocusReason)
        self.save()

    def jump(self, field_id: str) -> None:
        """Stand at one field, wherever it is."""
        page = self.flow.page_of(field_id)
        if page:
            self._show_page(page)
            self.fields[field_id].widget.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _judge_focused(self) -> None:
        if self.flow.field in self.fields and self.fields[self.flow.field].widget.editor.hasFocus():
            self.fields[self.flow.field].judge()

    def first_focus(self) -> QWidget:
        flow = self.flow
        if flow.page == CONFIRM:
            return self.confirm.first_focus()
        if flow.page == NEXT:
            return self.primary
        page = flow.form_page(flow.page)
        assert page is not None
        if page.id == PERSON_PAGE and self.person_page is not None and flow.entry.person is None:
            return self.person_page.box.editor
        shown = next((field for field in page.fields if flow.shown(field)), page.fields[0])
        return self.fields[shown.id].widget.editor

    def resume(self) -> None:
        """Stand where the draft was left."""
        field = self.fields.get(self.flow.field)
        if field is not None and self.flow.page_of(field.id) == self.flow.page:
            field.widget.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def put_aside(self) -> None:
        """F3: later. On the last page: back to the list."""
        if self._finished:
            self.closed.emit()
            return
        self._judge_focused()
        self._finished = True
        self._run(
            Lane.WRITE,
            service.put_aside,
            self.flow.entry.application.id,
            self.flow.draft(),
            done=lambda _none: self._away("下書きを保存しました。一覧からいつでも続けられます。"),
            failed=self._on_still_here,
        )

    def _away(self, sentence: str) -> None:
        self.closed.emit()
        self.desk.say("done", sentence)

    def _on_still_here(self, error: Exception) -> None:
        self._finished = False
        self.desk.present_error(error)

    # -- 保留・照会 --

    def ask_hold(self, question: str = "", problem: str = "") -> None:
        """F4: keep it, with a question to the ward."""
        if self._finished:
            return
        self._judge_focused()
        box = FreeText(
            "hold_question", "区への質問", lines=4, required=True, hint="氏名・番号は書かなくても、管理票で伝わります。"
        )
        box.set_value(question or self.flow.ward_question())
        box.set_problem(problem)
        ask(
            self,
            f"管理票 {self.flow.entry.slip.number} を保留にします",
            "紙は「保留」の置き場へ移します。区の回答は同じ管理票で戻ってきます。",
            (Answer("保留にする", lambda: self._hold(box.value()), key="Ctrl+Enter", primary=True), Answer("やめる", key="Esc")),
            body=box,
        )

    def _hold(self, question: str) -> None:
        if not question.strip():
            self.ask_hold(problem="区への質問を入れてください。")
            return
        self._finished = True
        self._run(
            Lane.WRITE,
            holds.hold,
            self.flow.entry.application.id,
            question,
            self.flow.draft(),
            done=lambda _none: self._away("保留にしました。紙を「保留」の置き場へ移してください。"),
            failed=self._on_still_here,
        )

    # -- the end --

    def _on_answered(self, finding: Finding, code: str) -> None:
        self.flow.answer(finding, code)
        self._unsaved = True

    def _finish(self) -> None:
        flow = self.flow
        errors = flow.errors()
        unread = flow.unread()
        if errors or unread:
            self.jump(errors[0].field if errors else unread[0].id)
            return
        if self.confirm.point_out() or self._finished:
            return
        self._finished = True
        self._run(
            Lane.WRITE,
            service.finish,
            flow.entry.application.id,
            flow.draft(),
            done=self._on_finished,
            failed=self._on_refused,
        )

    def _on_refused(self, error: Exception) -> None:
        self._finished = False
        field = getattr(error, "field", "")
        if isinstance(error, OperatorError) and field == "sheets":
            field = "sheets_attached"
        if isinstance(error, OperatorError) and field in self.fields:
            self.flow.refuse(field, error.message)
            self.jump(field)
        else:
            self.desk.present_error(error)

    def _on_finished(self, application: Application) -> None:
        self.next.show_finished(application)
        self.saved.setText("")
        self._show_page(NEXT)
        self.primary.setEnabled(False)
        self._run(Lane.READ, service.waiting, done=self._on_waiting)

    def _on_waiting(self, rows: tuple[service.WaitingRow, ...]) -> None:
        self.next.show_next(rows)
        self.primary.setEnabled(self.next.next_row is not None)
        (self.primary if self.next.next_row else self.later).setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_next(self) -> None:
        if self.next.next_row is not None:
            self.next_wanted.emit(self.next.next_row.slip.id)

    @property
    def finished(self) -> bool:
        """Nothing of it is in hand any more."""
        return self._finished

    def leave(self) -> None:
        """The page goes away: hear no more of the focus."""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.disconnect(self._on_focus_changed)
