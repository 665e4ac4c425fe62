"""入力: the list, and the wizard of the application in hand."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QStackedWidget, QWidget

from nhi_center.domain.corrections import Link
from nhi_center.domain.custody import Slip
from nhi_center.domain.entry import State
from nhi_center.domain.forms.definition import FieldType
from nhi_center.domain.forms.envelope import FIRST
from nhi_center.domain.purpose import Purpose, PurposeKind
from nhi_center.errors import OperatorError
from nhi_center.services import corrections, entry_list, forms, slips, urgent
from nhi_center.services import entry as service
from nhi_center.services.entry import OpenEntry
from nhi_center.services.entry_list import WaitingRow
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.screen import KeyHint, Screen
from nhi_center.ui.common.urgent import URGENT_MINUTES
from nhi_center.ui.corrections.original_dialog import ask_original
from nhi_center.ui.entry.asking import run
from nhi_center.ui.entry.flow import CONFIRM, NEXT, PERSON_PAGE
from nhi_center.ui.entry.give_back_dialog import open_give_back
from nhi_center.ui.entry.list_page import ListPage
from nhi_center.ui.entry.wizard import Wizard
from nhi_center.ui.leases.hand_on_dialog import open_hand_on


class EntryScreen(Screen):
    """``opened(slip=...)`` opens that slip; an application in hand stays in hand. ``urgent=number`` puts it aside first."""

    name = "entry"
    title = "入力"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.list_page = ListPage(desk.office.clock.local)
        self.wizard: Wizard | None = None
        self._last: dict[str, str] = {}
        self._opening = False
        self._urgent = ""
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list_page)
        self.page.addWidget(self.stack)
        self.list_page.table.row_activated.connect(self._open_row)
        self.list_page.open_button.clicked.connect(self._open_current)
        self.list_page.urgent_button.clicked.connect(self._toggle_urgent)
        self.chain = FieldChain([self.list_page.slip], self)
        self.chain.finished.connect(self._find_slip)

    # -- the window asks --

    def keys(self) -> tuple[KeyHint, ...]:
        wizard = self.wizard
        if wizard is None:
            if not self.list_page.table.model().rowCount():
                return ()
            return (
                KeyHint("Enter", "開く"),
                KeyHint("Alt+U", "至急", self._toggle_urgent),
                KeyHint("Alt+T", "訂正の書類", self._ask_original),
                KeyHint("F7", "別の端末へ", self._hand_on),
                KeyHint("F8", "返す", self._give_back),
                KeyHint("Alt+G", "番号で開く", self.chain.focus_first),
                KeyHint("Ctrl+Enter", "開く", self._open_current),
            )
        page = wizard.flow.page
        if page == NEXT:
            return (KeyHint("F3", "一覧へ", wizard.put_aside), KeyHint("Ctrl+Enter", "次の管理票", wizard.go_on))
        moving = (
            (KeyHint("Enter", "欄へ"),) if page == CONFIRM else (KeyHint("Enter", "次の欄"), KeyHint("Shift+Enter", "前の欄"))
        )
        searching = (KeyHint("F2", "台帳で探す", self._to_search),) if page == PERSON_PAGE else ()
        shown = wizard.flow.form_page(page)
        has_name = shown is not None and any(field.type is FieldType.NAME for field in shown.fields)
        picking = (KeyHint("Alt+V", "異体字"),) if has_name else ()
        several: tuple[KeyHint, ...] = (KeyHint("Alt+N", "人を加える", wizard.lines.add),) if page == PERSON_PAGE else ()
        if shown is not None and shown.line:
            several = (
                KeyHint("Alt+S", "前と同じ", lambda: wizard.lines.same_as_before(wizard.last)),
                KeyHint("Alt+T", "様式", wizard.lines.change_form),
            )
            if wizard.flow.line != FIRST:
                several += (KeyHint("Alt+D", "この人を外す", wizard.lines.remove),)
        return (
            *searching,
            *moving,
            *picking,
            *several,
            KeyHint("F3", "あとで", wizard.put_aside, shown=not several),
            KeyHint("F4", "保留", wizard.ask_hold, shown=not several),
            KeyHint("PgUp", "前の頁", wizard.go_back),
            KeyHint("Ctrl+Enter", "入力を終える" if page == CONFIRM else "次の頁", wizard.go_on),
        )

    def opened(self, **params: Any) -> None:
        slip = str(params.get("slip", ""))
        if urgent_number := str(params.get("urgent", "")):
            self._open_urgent(urgent_number)
        elif slip and (self.wizard is None or self.wizard.finished):
            self._open(slip)
        self.refresh()

    def refresh(self) -> None:
        if self.wizard is None:
            run(self.desk, self, Lane.READ, entry_list.waiting, done=self._show_rows)

    def first_focus(self) -> QWidget | None:
        if self.wizard is None:
            return self.list_page.table
        self.wizard.resume()
        return None

    def open_case(self) -> Purpose | None:
        if self.wizard is None or self.wizard.finished:
            return None
        application = self.wizard.flow.entry.application
        return Purpose(PurposeKind.ENTRY, application.id, application.number)

    def locking(self) -> None:
        self._last = {}
        if self.wizard is not None:
            self.wizard.last = {}
            self.wizard.keep()

    # -- the list --

    def _show_rows(self, rows: tuple[WaitingRow, ...]) -> None:
        self.list_page.set_rows(rows)
        self.rebind_keys()

    def _open_current(self) -> None:
        row = self.list_page.table.current_row()
        if row is not None:
            self._open_row(row)

    def _open_row(self, row: WaitingRow) -> None:
        self._open(row.slip.id)

    def _toggle_urgent(self) -> None:
        row = self.list_page.table.current_row()
        if row is not None:
            minutes = 0 if row.urgent_until else URGENT_MINUTES
            run(self.desk, self, Lane.WRITE, urgent.set_urgent, row.slip.id, minutes, done=lambda _none: self.refresh())

    def _find_slip(self) -> None:
        """Typed or scanned: the application opens, whatever line it stands in."""
        field = self.list_page.slip
        if field.value().strip():
            run(self.desk, self, Lane.READ, slips.find, field.value(), done=self._found_slip, failed=self._no_slip)

    def _open_urgent(self, number: str) -> None:
        """Somebody waits: the form in hand is put aside as F3 does, then this one is opened."""
        if self.wizard is not None and not self.wizard.finished and self.wizard.flow.page != NEXT:
            self._urgent = number
            self.wizard.put_aside()
        else:
            run(self.desk, self, Lane.READ, slips.find, number, done=self._found_slip, failed=self._no_slip)

    def _found_slip(self, slip: Slip) -> None:
        self.list_page.slip.clear()
        self._open(slip.id)

    def _no_slip(self, error: Exception) -> None:
        self.list_page.slip.clear()  # the next thing a scanner types begins anew
        self.desk.present_error(error)
        self.chain.focus_first()

    def _hand_on(self) -> None:
        row = self.list_page.table.current_row()
        if row is not None:
            open_hand_on(self, self.desk, row.slip.id, row.slip.number, row.form_title, lambda: self._handed_on(row.slip.number))

    def _handed_on(self, number: str) -> None:
        self.desk.say("done", f"管理票 {number} を渡しに出しました。紙を置き場に置いてください。")
        self.refresh()

    def _give_back(self) -> None:
        row = self.list_page.table.current_row()
        if row is not None:
            open_give_back(self, self.desk, row, lambda original: self._gave_back(row.slip.number, original is True))

    def _gave_back(self, number: str, original: bool) -> None:
        what = "の原本を返すものにしました。届出は残り、原本だけを" if original else "を返す書類にしました。"
        self.desk.say("done", f"管理票 {number} {what}出力トレイに置いてください。")
        self.refresh()

    def _ask_original(self) -> None:
        """The paper of a 訂正 has come again: its 管理票 is hung on it."""
        row = self.list_page.table.current_row()
        if row is None or (row.application is not None and row.application.state is not State.RECEIVED):
            self.desk.say("warning", "訂正の書類は、まだ開いていない管理票で決めます。")
        else:
            run(self.desk, self, Lane.READ, corrections.awaited, done=lambda links: self._choose_original(row, links))

    def _choose_original(self, row: WaitingRow, links: tuple[Link, ...]) -> None:
        waiting = tuple(link for link in links if link.form == row.slip.kind)
        if waiting:
            ask_original(self, row.slip.number, waiting, lambda original: self._hang(row, original))
        else:
            self.desk.say("info", "この様式には、書類を待つ訂正がありません。")

    def _hang(self, row: WaitingRow, original: str) -> None:
        said = f"管理票 {row.slip.number} を訂正の書類にしました。"
        run(self.desk, self, Lane.WRITE, corrections.hang, row.slip.id, original, done=lambda _none: self._hung(said))

    def _hung(self, sentence: str) -> None:
        self.desk.say("done", sentence)
        self.refresh()

    # -- one application --

    def _open(self, slip_id: str) -> None:
        if self._opening:
            return
        self._opening = True
        run(self.desk, self, Lane.WRITE, _open_with_tables, slip_id, done=self._show_wizard, failed=self._on_not_opened)

    def _on_not_opened(self, error: Exception) -> None:
        self._opening = False
        self.desk.present_error(error)
        if isinstance(error, OperatorError):
            self.refresh()

    def _show_wizard(self, entry: OpenEntry) -> None:
        self._opening = False
        self._drop_wizard()
        self._show(Wizard(self.desk, entry, self._last))

    def _reopen(self, entry: OpenEntry, page: str, line: int) -> None:
        """Its persons have changed: the same paper, at ``page`` or at the first page of the person ``line``."""
        keys = self.wizard.flow.keys if self.wizard is not None else None
        self._drop_wizard()
        wizard = Wizard(self.desk, entry, self._last, line, keys)
        self._show(wizard)
        wizard.go_to_line(page, line)

    def _show(self, wizard: Wizard) -> None:
        self.wizard = wizard
        wizard.closed.connect(self._to_list)
        wizard.next_wanted.connect(self._open)
        wizard.keys_changed.connect(self.rebind_keys)
        wizard.reopened.connect(self._reopen)
        self.stack.addWidget(wizard)
        self.stack.setCurrentWidget(wizard)
        self.rebind_keys()
        wizard.resume()

    def _to_list(self) -> None:
        self._drop_wizard()
        self.stack.setCurrentWidget(self.list_page)
        self.rebind_keys()
        self.refresh()
        self.list_page.table.setFocus()
        number, self._urgent = self._urgent, ""
        if number:
            self._open_urgent(number)

    def _drop_wizard(self) -> None:
        if self.wizard is not None:
            wizard, self.wizard = self.wizard, None
            if wizard.flow.page == NEXT:
                self._last = wizard.flow.carry_over()
            wizard.leave()
            self.stack.removeWidget(wizard)
            wizard.hide()
            wizard.deleteLater()

    def _to_search(self) -> None:
        if self.wizard is not None and self.wizard.pages.person_page is not None:
            self.wizard.pages.person_page.box.editor.setFocus()


def _open_with_tables(office: Any, session: Any, slip_id: str) -> OpenEntry:
    """Opens the slip; reads the postal table here, in the lane, where nobody waits for it."""
    forms.postal_book()
    forms.closed_days()
    return service.open_slip(office, session, slip_id)
