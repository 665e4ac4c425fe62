"""Beside the list: the page as it will come out, or a small form in its place; the check of the sheet; the paper."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nhi_center.domain.certificate_jobs import Job
from nhi_center.errors import OperatorError
from nhi_center.printing.preview import PageImage
from nhi_center.services import certificate_printing as printing
from nhi_center.services import certificates as service
from nhi_center.services import paper
from nhi_center.services.certificates import Queue, QueueRow
from nhi_center.tasks.runner import Lane
from nhi_center.ui.certificates.contents import why
from nhi_center.ui.certificates.page_view import CARD_WIDTH, PreviewCard
from nhi_center.ui.certificates.side_cards import AskCard, CheckCard, PaperCard, StockTable
from nhi_center.ui.common.desk import Desk

_KEPT_PAGES = 40


class Side(QWidget):
    """Signals: changed() when the store holds something new; left() when the keyboard belongs to the list again; form_changed()
    when a form opens or closes."""

    changed = Signal()
    left = Signal()
    form_changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("certificates_side")
        self.setFixedWidth(CARD_WIDTH)
        self._desk = desk
        self._job: Job | None = None
        self._stocks: Queue = Queue((), ())
        self._counting = False
        self._row: QueueRow | None = None
        self._pages: dict[tuple[str, str], PageImage] = {}
        self.preview = PreviewCard()
        self.check = CheckCard()
        self.ask_card = AskCard()
        self.paper_card = PaperCard()
        self.stock = StockTable()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for card, stretch in ((self.preview, 1), (self.ask_card, 1), (self.paper_card, 1), (self.check, 0), (self.stock, 0)):
            column.addWidget(card, stretch)
        self.check.done.connect(self.left)
        self.check.grown.connect(lambda grown: self.stock.setVisible(not grown))
        for form in (self.ask_card, self.paper_card):
            form.given_up.connect(self.close_form)
            form.hide()
        self.ask_card.submitted.connect(self._send_question)
        self.paper_card.submitted.connect(self._receive)

    @property
    def job_id(self) -> str:
        """The sheet that is shown."""
        return self._job.id if self._job else ""

    def set_queue(self, queue: Queue) -> None:
        self._stocks = queue
        self.stock.set_rows(queue.stocks)
        self.stock.set_height_for(min(4, len(queue.stocks)))

    def show_row(self, row: QueueRow | None) -> None:
        """The page of this sheet, or why there is none, and what can be done with it."""
        self._job, self._row = row.job if row else None, row
        if row is None:
            self.check.set_job(None)
        else:
            self.check.set_job(row.job, "別の人" if self._counting else row.reporter, why(row.job), row.reissue_of)
        if self._form_open:
            self.check.hide()
        if row is None:
            self.preview.set_empty("ここには選んだ証が、出るとおりに見えます。")
        elif self._counting:
            self.preview.set_empty("検品中は、氏名の出るものを表示しません。20分までロックしません。Alt+K で元に戻ります。")
        elif not row.drawable:
            self.preview.set_empty("この証はまだ作れません。")
        else:
            self._show_page(row.job)

    def _show_page(self, job: Job) -> None:
        key = (job.id, repr(sorted(job.snapshot.items())))
        dots = self.preview.view.dots_per_mm
        if key in self._pages:
            self.preview.set_page(self._pages[key], dots)
            return
        office, session = self._desk.office, self._session

        def show(page: PageImage) -> None:
            if len(self._pages) >= _KEPT_PAGES:
                self._pages.clear()
            self._pages[key] = page
            if self.job_id == job.id and not self._counting:
                self.preview.set_page(page, dots)

        self.preview.set_empty("作っています")
        self._desk.run_latest(
            "certificates preview",
            Lane.PRINT,
            lambda _token: printing.preview(office, session, job.id, 0, dots),
            owner=self,
            done=show,
        )

    @property
    def _session(self) -> Any:
        return self._desk.session

    # -- the small forms --

    def set_counting(self, counting: bool) -> None:
        """Show nothing that carries a person's name, or show it again."""
        self._counting = counting
        self.check.set_job(None)
        self.show_row(self._row)

    @property
    def taking_in_paper(self) -> bool:
        """The form for a pack of paper is open: paper is being counted."""
        return self.paper_card.isVisibleTo(self)

    @property
    def _form_open(self) -> bool:
        return not self.preview.isVisibleTo(self)

    def take_in_paper(self) -> None:
        """The form for a pack of paper; it begins with the kind that is used up, or that the current sheet needs."""
        used_up = next((stock.prefix for stock in self._stocks.stocks if not stock.left), "")
        self._open(self.paper_card)
        self.paper_card.ask(used_up or (self._job.prefix if self._job else "") or "S", self._stocks.stocks)

    def ask_ward(self) -> None:
        """The form for a question about the current sheet."""
        if self._job is not None:
            self._open(self.ask_card)
            self.ask_card.ask(" ".join(why(self._job)))

    def _open(self, form: QWidget) -> None:
        for card in (self.preview, self.ask_card, self.paper_card):
            card.setVisible(card is form)
        self.check.hide()
        self.form_changed.emit()

    def close_form(self) -> None:
        self.ask_card.hide()
        self.paper_card.hide()
        self.preview.show()
        self.form_changed.emit()
        self.left.emit()
        self.changed.emit()

    def _receive(self) -> None:
        card = self.paper_card
        if not card.chain.commit_all():
            return
        office, session = self._desk.office, self._session
        prefix, first, sheets = card.kind.value(), int(card.first.value()), int(card.sheets.value())
        printer = card.printer

        def failed(error: Exception) -> None:
            field = {"first": card.first, "sheets": card.sheets, "printer": card.tray}.get(getattr(error, "field", ""))
            if isinstance(error, OperatorError) and field is not None:
                field.set_problem(error.message)
                field.editor.setFocus()
            else:
                self._desk.present_error(error)

        def done(_none: object) -> None:
            self._desk.say("done", f"用紙{prefix}を{sheets}枚受け入れました。")
            self.close_form()

        self._desk.run(
            Lane.WRITE,
            lambda _token: paper.receive(office, session, prefix, first, sheets, printer),
            owner=self,
            done=done,
            failed=failed,
        )

    def _send_question(self) -> None:
        card = self.ask_card
        if not card.chain.commit_all():
            return
        office, session, job_id, question = self._desk.office, self._session, self.job_id, card.question.value()

        def failed(error: Exception) -> None:
            if isinstance(error, OperatorError) and error.field == "question":
                card.question.set_problem(error.message)
            else:
                self._desk.present_error(error)

        def done(_none: object) -> None:
            self._desk.say("done", "印刷を止め、取扱責任者へ回しました。届出の書類を保留の場所に置いてください。")
            self.close_form()

        self._desk.run(
            Lane.WRITE, lambda _token: service.ask_ward(office, session, job_id, question), owner=self, done=done, failed=failed
        )
