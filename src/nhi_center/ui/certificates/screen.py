"""証等の出力: what waits, printed one after the other, and each sheet looked at by a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nhi_center.domain.blank_sheets import TopSheet
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.locking import COUNTING_IDLE_S
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import OperatorError
from nhi_center.services import certificate_checks as checks
from nhi_center.services import certificate_printing as printing
from nhi_center.services import certificates as service
from nhi_center.services import print_batches
from nhi_center.services.certificate_printing import Printed
from nhi_center.services.certificates import Queue, QueueRow
from nhi_center.tasks.runner import JobToken, Lane, Progress, Ticket
from nhi_center.ui.certificates.blank_dialogs import open_top
from nhi_center.ui.certificates.contents import Contents, open_contents, read_contents
from nhi_center.ui.certificates.listing import CertificateTable, askable
from nhi_center.ui.certificates.lot_dialog import open_lot
from nhi_center.ui.certificates.printer_chip import PrinterChip
from nhi_center.ui.certificates.side import Side
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import ProgressStrip, plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.common.styling import words

_SAID = {
    "good": ("done", "検品済にしました。出力トレイに置いてください。"),
    "no_sheet": ("info", "待ちに戻しました。用紙の番号は次の印刷で使います。"),
    "take_back": ("info", "書損の報告を取り消しました。もう一度、現物を確かめてください。"),
}


class CertificatesScreen(Screen):
    """Space ticks, Ctrl+Enter prints, 1 and 2 say what the sheet is like, F3 proves, F4 stops, F11 takes in paper."""

    name = "certificates"
    title = "証等の出力"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._printing: Ticket | None = None
        self._writing = False
        self._checking = False
        self.printer_chip = PrinterChip(desk)
        self.paper_text = words("", "secondary", name="certificates_paper_text")
        self.page.addWidget(TitleLine(self.title, self.printer_chip, self.paper_text, right="審査済のものだけが並びます"))
        self.table = CertificateTable(desk.glyphs, desk.office.clock.local)
        self.side = Side(desk)
        self.progress = ProgressStrip(name="certificates_progress")
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.table, 1)
        middle.addWidget(self.side)
        self.page.addLayout(middle, 1)
        self.page.addWidget(self.progress)
        self.page.addLayout(self._foot())
        self._connect()

    def _foot(self) -> QHBoxLayout:
        self.chosen_text = words("", "secondary", name="certificates_chosen")
        self.paper_button = plain_button("用紙の受入れ", "F11", name="certificates_paper_button")
        self.stop_button = plain_button("止める", "F4", name="certificates_stop_button")
        self.proof_button = plain_button("見本を刷る", "F3", name="certificates_proof_button")
        self.print_button = primary_button("印刷", name="certificates_print_button")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.chosen_text, 1)
        for button in (self.paper_button, self.stop_button, self.proof_button, self.print_button):
            row.addWidget(button)
        return row

    def _connect(self) -> None:
        self.printer_chip.told.connect(self._read)
        self.printer_chip.trouble.connect(lambda text: self.say("warning", text))
        self.table.row_activated.connect(self._open_contents)
        self.table.current_row_changed.connect(lambda _row: self._show_current())
        self.table.checks_changed.connect(self._show_chosen)
        self.paper_button.clicked.connect(self.side.take_in_paper)
        self.stop_button.clicked.connect(self._stop)
        self.proof_button.clicked.connect(self._proof)
        self.print_button.clicked.connect(self._print)
        self.progress.cancel_requested.connect(self._stop)
        self.side.left.connect(self.table.setFocus)
        self.side.changed.connect(self._read)
        self.side.form_changed.connect(self._show_counting)
        self.side.check.acted.connect(self._act)
        self.side.check.spoiled.connect(self._report)
        self.side.check.signed.connect(self._approve)

    # -- the window's side --

    def keys(self) -> tuple[KeyHint, ...]:
        waiting = any(row.job.state is JobState.QUEUED for row in self.table.queue.rows)
        choosing = (KeyHint("Space", "選ぶ"), KeyHint("Ctrl+A", "すべて選ぶ", self.table.choose_all)) if waiting else ()
        return (
            *choosing,
            *((KeyHint("Enter", "内容"),) if self.table.current() else ()),
            *(KeyHint(figure, word, shown=False) for figure, word in self.side.check.figures()),
            *(
                (KeyHint("Alt+K", "検品を終える" if self._checking else "検品", self._toggle_checking),)
                if self._may_check
                else ()
            ),
            *((KeyHint("Alt+L", "まとめて検品", self._open_lot),) if self.table.has_lot() else ()),
            *((KeyHint("Alt+U", "上の番号", self._confirm_top),) if self._may_confirm_top else ()),
            *((KeyHint("Alt+W", "至急を渡す", self._give_urgent),) if self.table.urgent_good() else ()),
            KeyHint("Alt+B", "束にする" if self.table.chosen() else "束", self._to_batches),
            KeyHint("F3", "見本", shown=False),
            *((KeyHint("F4", "止める", shown=False),) if self.stop_button.isEnabled() else ()),
            KeyHint("F11", "用紙", shown=False),
            *((KeyHint("Ctrl+Enter", "印刷", shown=False),) if waiting else ()),
        )

    def opened(self, **params: Any) -> None:
        self._checking = False
        self.side.set_counting(False)
        self._show_counting()
        super().opened(**params)

    def idle_limit_s(self) -> int | None:
        """検品 and counting paper need hands and eyes elsewhere; meanwhile no name is shown here."""
        return COUNTING_IDLE_S if self._checking or self.side.taking_in_paper else None

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        """What is kept is shown at once; then the queue is brought up to date, behind whatever is being printed."""
        self._read()
        self.printer_chip.look()
        office, session = self._office, self._session
        self.desk.run_latest(
            "certificates", Lane.PRINT, lambda _token: service.propose(office, session), owner=self, done=self._on_proposed
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Figures belong to the current sheet while the list has the keyboard."""
        if self.table.hasFocus() and event.text() in ("1", "2", "3"):
            # A key held down, or bouncing, would say of the next sheet what was seen on this one.
            if not (event.isAutoRepeat() or self._writing):
                self.side.check.press(event.text())
            return
        super().keyPressEvent(event)

    @property
    def _office(self) -> Any:
        return self.desk.office

    @property
    def _session(self) -> Any:
        return self.desk.session

    # -- reading --

    def _read(self, done: Callable[[Queue], object] | None = None, ended: Callable[[], object] | None = None) -> None:
        office, session = self._office, self._session
        self.desk.run(
            Lane.READ, lambda _token: service.queue(office, session), owner=self, done=done or self._on_read, ended=ended
        )

    def _on_proposed(self, changed: int) -> None:
        if changed:
            self._read()

    def _on_read(self, queue: Queue) -> None:
        self.side.set_queue(queue)
        self.table.set_queue(queue)
        coming = [f"{number} から 残 {stock.left:,}枚" for stock in queue.stocks for number in stock.upcoming(1)]
        self.paper_text.setText(f"用紙 {'  '.join(coming)}" if coming else "用紙がありません。F11 で受け入れます。")
        self._show_chosen()
        self._show_current()

    def _on_read_and_check(self, queue: Queue) -> None:
        """After a print or a check: stand at the next sheet to look at, unless this one still needs something."""
        before = self.table.current()
        self._on_read(queue)
        now = self.table.current()
        same = before is not None and now is not None and before.job.id == now.job.id
        if not same or now is None or now.job.state is not JobState.SPOILED_WAITING:
            self.table.go_to_next_check()

    def _show_chosen(self) -> None:
        count = len(self.table.chosen())
        to_check = self.table.to_check()
        self.print_button.set_words(f"{count}枚を印刷" if count else "印刷")
        self.print_button.setEnabled(bool(count) and self._printing is None)
        if count:
            self.chosen_text.setText(f"{count}枚を選びました。印刷のあと現物を確かめます。")
        elif to_check:
            self.chosen_text.setText(f"現物を確かめる証 {to_check}枚。1 良 か 2 書損")
        else:
            self.chosen_text.setText("Space で選び、Ctrl+Enter で印刷します。" if self.table.queue.rows else "")

    def _show_current(self) -> None:
        row = self.table.current()
        self.side.show_row(row)
        self.stop_button.setEnabled(self._printing is not None or (row is not None and askable(row)))
        self.rebind_keys()

    def _open_contents(self, row: QueueRow) -> None:
        office, session, dots = self._office, self._session, self.side.preview.view.dots_per_mm

        def job(_token: JobToken) -> Contents:
            return read_contents(office, session, row, dots)

        self.desk.run(Lane.PRINT, job, owner=self, done=lambda found: open_contents(self, found, self.desk.glyphs))

    # -- printing --

    def _print(self) -> None:
        rows = self.table.chosen()
        if not rows or self._printing is not None:
            return
        office, session = self._office, self._session
        ids = [row.job.id for row in rows]

        def job(token: JobToken) -> Printed:
            return printing.print_jobs(office, session, ids, token.report)

        self.progress.begin("印刷しています")
        self.printer_chip.sending()
        ticket = self.desk.run(
            Lane.PRINT,
            job,
            owner=self,
            done=self._on_printed,
            failed=self._on_print_failed,
            progress=self._on_progress,
            ended=self._on_print_ended,
        )
        self._printing = ticket if ticket.active else None
        self._show_chosen()
        self._show_current()

    def _to_batches(self) -> None:
        """What is ticked becomes a batch; the page of the batches says where and when it is printed."""
        office, session, ids = self._office, self._session, [row.job.id for row in self.table.chosen()]
        if not ids:
            self._open_batches()
            return
        self.desk.run(
            Lane.WRITE,
            lambda _token: print_batches.make(office, session, ids),
            owner=self,
            done=lambda _count: self._open_batches(),
        )

    def _open_batches(self) -> None:
        self.desk.window.open_screen("book", {"page": "batches"})

    def _on_progress(self, progress: Progress) -> None:
        self.progress.advance(progress.done, progress.total, "枚")
        self._read()

    def _on_printed(self, printed: Printed) -> None:
        if printed.refused:
            more = f"ほか{len(printed.refused) - 1}件。" if len(printed.refused) > 1 else ""
            self.say("warning", f"{printed.handed}枚を印刷しました。{printed.refused[0]}{more}")
            self.refresh()
        else:
            self.say("done", f"{printed.handed}枚を印刷しました。一枚ずつ現物を見て、1 良 か 2 書損 を押してください。")

    def _on_print_failed(self, error: Exception) -> None:
        self.desk.present_error(error)
        if isinstance(error, OperatorError):  # nothing is wrong with the printer
            self.refresh()

    def _on_print_ended(self) -> None:
        if self._printing is not None and self._printing.cancelled:
            self.say("info", "印刷を止めました。印刷した分は現物を確かめます。続ける前に Alt+U で用紙の番号を確かめてください。")
        self._printing = None
        self.printer_chip.sent()
        self.progress.end()
        self._read(self._on_read_and_check)

    def _stop(self) -> None:
        """F4: what is being printed stops after the sheet in hand; otherwise the current sheet goes to the ward."""
        row = self.table.current()
        if self._printing is not None:
            self._printing.cancel()
        elif row is not None and askable(row):
            self.side.ask_ward()

    def _proof(self) -> None:
        row = self.table.current()
        kind = row.job.kind if row is not None and row.drawable else Kind.ELIGIBILITY
        office, session = self._office, self._session
        self.desk.run(
            Lane.PRINT,
            lambda _token: printing.print_proof(office, session, kind),
            owner=self,
            done=lambda _pages: self.say("done", f"{kind.short_title}の見本を普通紙に刷りました。番号付き用紙は使っていません。"),
        )

    # -- checking --

    @property
    def _may_check(self) -> bool:
        return self._checking or self.table.to_check() > 0

    def _toggle_checking(self) -> None:
        """検品 of a whole tray: sheets are told apart by their numbers, and the page stays open longer without a name on it."""
        self._checking = not self._checking and self.table.to_check() > 0
        self.side.set_counting(self._checking)
        if self._checking:
            self.table.go_to_next_check()
        self._show_counting()
        self.table.setFocus()

    def _show_counting(self) -> None:
        self.table.show_names(self.idle_limit_s() is None)
        self.rebind_keys()

    def _open_lot(self) -> None:
        """A range of numbers: good or spoiled, signed by a second person."""
        if open_lot(self, self.desk, self.table.queue, self._on_lot) is None:
            self.say("warning", "番号付きの用紙で検品を待つものはありません。普通紙は、別の人が一枚ずつ 1 を押します。")

    def _on_lot(self, said: object) -> None:
        self.say("done", str(said))
        self._read(self._on_read_and_check)
        self.table.setFocus()

    @property
    def _may_confirm_top(self) -> bool:
        return self._printing is None and any(stock.left for stock in self.table.queue.stocks)

    def _give_urgent(self) -> None:
        """To 受渡し at once, with this one application and what was made for it."""
        if good := self.table.urgent_good():
            self.desk.open("custody", give=good[0].job.application)

    def _confirm_top(self) -> None:
        """Before printing goes on after a stop: which number lies on top."""
        row = self.table.current()
        open_top(self, self.desk, self.table.queue.stocks, self._on_top, row.job.prefix if row else "")

    def _on_top(self, found: object) -> None:
        if isinstance(found, TopSheet):
            self.say("done" if found.agrees else "warning", found.sentence)
        self.table.setFocus()

    def _act(self, act: str) -> None:
        office, session, job_id = self._office, self._session, self.side.job_id
        verb = {"good": checks.check_good, "no_sheet": checks.no_sheet, "take_back": checks.take_back_report}[act]
        self._write(lambda _token: verb(office, session, job_id), _SAID[act])

    def _report(self, reason: str) -> None:
        office, session, job_id = self._office, self._session, self.side.job_id
        self._write(
            lambda _token: checks.report_spoiled(office, session, job_id, reason),
            ("info", "書損を報告しました。用紙は捨てずに、別の人の承認を受けてください。"),
        )

    def _approve(self, person: str, password: str) -> None:
        office, session, job_id = self._office, self._session, self.side.job_id
        self._write(
            lambda _token: checks.sign_and_approve(office, session, job_id, person, password),
            ("done", "書損を承認しました。新しい用紙で刷り直せます。書損の用紙も出力トレイに置いてください。"),
            self._on_refused,
        )

    def _write(
        self, job: Callable[[JobToken], object], said: tuple[str, str], failed: Callable[[Exception], object] | None = None
    ) -> None:
        """One act at a time: until the list shows what has become of this sheet, no key speaks of another."""
        if self._writing:
            return
        self._writing = True

        def ended() -> None:
            self._writing = False

        def done(_result: object) -> None:
            self.say(*said)
            self.table.setFocus()
            self._read(self._on_read_and_check, ended)

        def refused(error: Exception) -> None:
            ended()
            (failed or self.desk.present_error)(error)

        self.desk.run(Lane.WRITE, job, owner=self, done=done, failed=refused)

    def _on_refused(self, error: Exception) -> None:
        if isinstance(error, OperatorError):
            at_id = error.code in ("four-eyes", "wrong-role", "not-inside")
            self.side.check.sign_panel.refuse(error.message, field="id" if at_id else "")
        else:
            self.desk.present_error(error)
