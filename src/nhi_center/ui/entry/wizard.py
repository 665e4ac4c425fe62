"""The wizard of one application: 受付 → 世帯・対象者 → 届出内容 → 確認 → 次の処理."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from nhi_center.domain.custody import Slip
from nhi_center.domain.entry import Application
from nhi_center.domain.forms import envelope
from nhi_center.domain.forms.case import Finding
from nhi_center.domain.forms.envelope import FIRST
from nhi_center.errors import OperatorError
from nhi_center.services import entry as service
from nhi_center.services import entry_list, holds
from nhi_center.services.entry import OpenEntry
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.key_count import KeyCount
from nhi_center.ui.entry.asking import ask_question, run
from nhi_center.ui.entry.confirm_page import ConfirmPage, KeyedRow
from nhi_center.ui.entry.flow import CONFIRM, NEXT, PERSON_PAGE, Flow
from nhi_center.ui.entry.form_pages import FormPages
from nhi_center.ui.entry.frame import WizardFrame
from nhi_center.ui.entry.keeper import DraftKeeper
from nhi_center.ui.entry.lines import LineActs
from nhi_center.ui.entry.next_page import NextPage


class Wizard(WizardFrame):
    """One application in hand. Signals: closed(): back to the list; next_wanted(slip id); keys_changed();
    reopened(OpenEntry, page, line): its persons have changed, it is to be opened anew there."""

    closed = Signal()
    next_wanted = Signal(str)
    keys_changed = Signal()
    reopened = Signal(object, str, int)

    def __init__(
        self,
        desk: Desk,
        entry: OpenEntry,
        last: Mapping[str, str] | None = None,
        line: int = FIRST,
        keys: KeyCount | None = None,
    ) -> None:
        """``last``: what may be taken over from the paper before, by plain field names. ``line``: the person in hand.
        ``keys``: the count so far, where the same paper is opened anew."""
        super().__init__(desk.glyphs, Flow(entry, keys))
        self.desk = desk
        self.last = dict(last or {})
        self.flow.line = line
        self.keeper = DraftKeeper(desk, self.flow, self)
        self.keeper.said.connect(self.saved.setText)
        self._insisted = ""
        self._finished = False
        self.pages = self._build_pages()
        self.card.body.addWidget(self.pages, 1)
        self.lines = LineActs(desk, self.flow, self.pages, self.keeper, self)
        self.lines.reopened.connect(self.reopened)
        self.lines.chosen.connect(self._on_chosen)
        self.pages.asked.connect(self.lines.search)
        self.pages.chosen.connect(self.lines.choose)
        self.pages.line_wanted.connect(lambda number: self.go_to_line("", number))
        self.later.clicked.connect(self.put_aside)
        self.hold_button.clicked.connect(self.ask_hold)
        self.primary.clicked.connect(self.go_on)
        self._show_urgent()
        self._show_page(self.flow.page)
        self._builder = self._timer(30, self._build_more)
        self._timer(20_000, self._show_urgent)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)

    def _timer(self, interval_ms: int, slot: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval_ms)
        timer.timeout.connect(slot)
        timer.start()
        return timer

    def _build_more(self) -> None:
        """The other pages, one in each turn of the event loop, while the clerk reads the first."""
        if self.pages.build_next():
            self.pages.show_said()
        else:
            self._builder.stop()

    def _build_pages(self) -> FormPages:
        pages = FormPages(self.desk.glyphs, self.flow)
        pages.taken.connect(self._on_taken)
        pages.left.connect(self._on_left)
        pages.finished.connect(self.go_on)
        pages.started_over.connect(self.go_back)
        self.confirm = ConfirmPage(self.desk.glyphs, self.flow)
        self.confirm.jump.connect(self.jump)
        self.confirm.answered.connect(self._on_answered)
        self.confirm.table.current_row_changed.connect(self._show_person_of)
        self.confirm.settled.connect(lambda: self.primary.setFocus(Qt.FocusReason.TabFocusReason))
        self.next = NextPage()
        pages.addWidget(self.confirm)
        pages.addWidget(self.next)
        return pages

    # -- what is shown --

    def _show_urgent(self) -> None:
        self.show_urgent(self.desk.office.clock.local())

    def _show_page(self, page_id: str) -> None:
        flow = self.flow
        flow.go_to(page_id)
        self._insisted = ""
        self.pages.require(page_id)
        self.pages.setCurrentIndex(flow.step)
        if page_id == CONFIRM:
            self.confirm.show_flow()
        self.show_step()
        self._show_said()
        self.keys_changed.emit()

    def _show_said(self) -> None:
        """The marks and sentences of every field, and what stands beside the form."""
        self.pages.show_said()
        self.side.show_flow()

    def _show_person_of(self, row: KeyedRow | None) -> None:
        """確認: beside the values stands what they change for the person they are of."""
        number = envelope.split(row.field)[0] if row is not None else self.flow.line
        if self.flow.page == CONFIRM and number != self.flow.line:
            self.flow.line = number
            self.side.show_flow()

    # -- a field is left --

    def _on_taken(self, changed: bool) -> None:
        if changed:
            self._insisted = ""
            self.keeper.touch()
        self._show_said()

    def _on_left(self, name: str) -> None:
        if name in ("sheets_form", "sheets_attached"):
            self._count_sheets()
        if name in ("filed_on", "channel"):
            self.show_slip()

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        name = new.objectName() if new is not None and self.isAncestorOf(new) else ""
        if name.startswith("field_"):
            self.flow.field = name.removeprefix("field_")
            self.pages.stand_at(self.flow.field)
        self.keeper.save_if_touched()

    def _count_sheets(self) -> None:
        flow = self.flow
        if flow.sheets and flow.sheets != flow.entry.slip.sheets:
            id_ = flow.entry.application.id
            counted, failed = self._on_counted, self._on_not_counted
            run(self.desk, self, Lane.WRITE, service.count_sheets, id_, flow.sheets, done=counted, failed=failed)

    def _on_counted(self, slip: Slip) -> None:
        self.flow.refresh(service.with_slip(self.flow.entry, slip))
        for name in ("sheets_form", "sheets_attached"):
            self.flow.accept(name)
        self.show_slip()
        self._show_said()

    def _on_not_counted(self, error: Exception) -> None:
        if isinstance(error, OperatorError) and error.field == "sheets":
            self.flow.refuse("sheets_attached", error.message)
            self._show_said()
        else:
            self.desk.present_error(error)

    # -- the person --

    def _on_chosen(self) -> None:
        """The register's values stand in the form."""
        self._show_said()
        self.keeper.save()
        self.pages.show_household()
        if self.flow.line != FIRST:
            self.go_to_line("", self.flow.line)
        elif self.flow.page in self.pages.chains:
            self.pages.chains[self.flow.page].focus_first()

    def go_to_line(self, page: str, number: int) -> None:
        """Stand at a page with this person in hand; without a page at the person's first."""
        self.flow.line = number
        self._show_page(page or self.flow.first_page_of(number))
        self.pages.show_household()
        self.first_focus().setFocus(Qt.FocusReason.TabFocusReason)

    # -- forward, back, away --

    def go_on(self) -> None:
        """Ctrl+Enter, or Enter at the last field: the next page. Errors are shown first; the second time it goes on."""
        flow = self.flow
        page = flow.form_page(flow.page)
        if page is None:
            following = self._finish if flow.page == CONFIRM else self._open_next
            following()
            return
        self.pages.judge_focused()
        stop = flow.stops_page(page)
        if stop and self._insisted != flow.page:
            self._show_said()
            self._insisted = flow.page
            self.pages.fields[stop].widget.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            self.desk.say("warning", "直すところがあります。直すか、もう一度 Ctrl+Enter で先へ進みます(あとで直せます)。")
            return
        if stop:
            self.desk.say("info", "直すところは「確認」の頁に並びます。")
        self._show_page(flow.pages[flow.step + 1])
        self.first_focus().setFocus(Qt.FocusReason.TabFocusReason)
        self.keeper.save()

    def go_back(self) -> None:
        """The page before; from 受付 nothing happens."""
        flow = self.flow
        if flow.step == 0 or flow.page == NEXT:
            return
        self.pages.judge_focused()
        self._show_page(flow.pages[flow.step - 1])
        self.first_focus().setFocus(Qt.FocusReason.BacktabFocusReason)
        self.keeper.save()

    def jump(self, field_id: str) -> None:
        """Stand at one field, wherever it is."""
        page = self.flow.page_of(field_id)
        if page:
            self._show_page(page)
            self.pages.fields[field_id].widget.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def first_focus(self) -> QWidget:
        flow = self.flow
        if flow.page == CONFIRM:
            return self.confirm.first_focus()
        if flow.page == NEXT:
            return self.primary
        page = flow.form_page(flow.page)
        assert page is not None
        person_page = self.pages.person_page
        if page.id == PERSON_PAGE and person_page is not None and flow.open_line.person is None:
            return person_page.box.editor
        shown = next((field for field in page.fields if flow.shown(field)), page.fields[0])
        return self.pages.fields[shown.id].widget.editor

    def resume(self) -> None:
        """Stand where the draft was left."""
        field = self.pages.fields.get(self.flow.field)
        if field is not None and self.flow.page_of(field.id) == self.flow.page:
            field.widget.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.first_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def put_aside(self) -> None:
        """F3: later. On the last page: back to the list."""
        if self.flow.page == NEXT:
            self.closed.emit()
            return
        if self._finished:  # the key came twice, or the end is under way: the store has the word
            return
        self.pages.judge_focused()
        self._give_away()
        run(
            self.desk,
            self,
            Lane.WRITE,
            service.put_aside,
            self.flow.entry.application.id,
            self.flow.draft(),
            done=lambda _none: self._away("下書きを保存しました。一覧からいつでも続けられます。"),
            failed=self._on_still_here,
        )

    def _give_away(self) -> None:
        self._finished = True
        self.keeper.end()

    def _take_back(self) -> None:
        self._finished = False
        self.keeper.resume()

    def _away(self, sentence: str) -> None:
        self.closed.emit()
        self.desk.say("done", sentence)

    def _on_still_here(self, error: Exception) -> None:
        self._take_back()
        self.desk.present_error(error)

    def keep(self) -> None:
        """The screen is about to be locked: the draft is kept with the half-typed field as it stands."""
        if not self._finished and self.flow.page != NEXT:
            self.pages.take_in_hand()
            self.keeper.save()

    # -- 保留・照会 --

    def ask_hold(self) -> None:
        """F4: keep it, with a question to the ward."""
        if self._finished:
            return
        self.pages.judge_focused()
        if not self.flow.entry.slip.sheets:
            self.jump("sheets_form")
            self.desk.say("warning", "保留にする前に、紙の枚数を数えて入れてください。")
            return
        ask_question(self, self.flow.entry.slip.number, self.flow.ward_question(), self._hold)

    def _hold(self, question: str) -> None:
        self._give_away()
        run(
            self.desk,
            self,
            Lane.WRITE,
            holds.hold,
            self.flow.entry.application.id,
            question,
            self.flow.draft(),
            done=lambda _none: self._away("保留にしました。紙を「保留」の置き場へ移してください。"),
            failed=self._on_not_held,
        )

    def _on_not_held(self, error: Exception) -> None:
        if isinstance(error, OperatorError) and error.field == "question":
            self._take_back()
            ask_question(self, self.flow.entry.slip.number, "", self._hold, error.message)
        else:
            self._on_still_here(error)

    # -- the end --

    def _on_answered(self, finding: Finding, code: str) -> None:
        self.flow.answer(finding, code)
        self.keeper.touch()

    def _finish(self) -> None:
        flow = self.flow
        errors = flow.errors()
        unread = (*flow.unread(), *flow.unconfirmed())
        if errors or unread:
            self.jump(errors[0].field if errors else unread[0].id)
            return
        if self.confirm.point_out() or self._finished:
            return
        self._give_away()
        id_, done, failed = flow.entry.application.id, self._on_finished, self._on_refused
        run(self.desk, self, Lane.WRITE, service.finish, id_, flow.draft(), done=done, failed=failed)

    def _on_refused(self, error: Exception) -> None:
        self._take_back()
        field = getattr(error, "field", "")
        if isinstance(error, OperatorError) and field == "sheets":
            field = "sheets_attached"
        if isinstance(error, OperatorError) and self.flow.page_of(field):
            self.flow.refuse(field, error.message)
            self.jump(field)
        else:
            self.desk.present_error(error)

    def _on_finished(self, application: Application) -> None:
        self.next.show_finished(application)
        self.saved.setText("")
        self._show_page(NEXT)
        self.primary.setEnabled(False)
        run(self.desk, self, Lane.READ, entry_list.waiting, done=self._on_waiting)

    def _on_waiting(self, rows: tuple[entry_list.WaitingRow, ...]) -> None:
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
