"""一斉更新: the ward's orders, the lots of the one in front, and the people of the lot in front or those who get nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.operators import Action
from nhi_center.domain.printers import Printer
from nhi_center.domain.renewal import PULL_REASONS
from nhi_center.services import print_batches
from nhi_center.services import renewal as service
from nhi_center.services import renewal_book as book
from nhi_center.services.renewal import Extracted, PutOut
from nhi_center.services.renewal_book import Lot, PersonRow, RenewalView
from nhi_center.tasks.runner import JobToken, Lane
from nhi_center.ui.book.renewal_put_out import open_put_out
from nhi_center.ui.book.renewal_start import Asked, open_start
from nhi_center.ui.book.renewal_tables import lots_table, orders_table, people_table
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import confirm
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.long_job import LongJob
from nhi_center.ui.common.parts import ProgressStrip, plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.entry.asking import run

_EMPTY = "一斉更新はまだありません。区の依頼を受けたら、取扱責任者が F3 で抽出します。"
_LEFT_OUT = Lot(0, 0, 0, 0, 0, 0, 0, 0, "", "")
"""The last line of the lots: who gets nothing for now."""


class RenewalPanel(QWidget):
    """F3 extracts a new order, F8 extracts again, F6 puts a lot out, F7 pulls a person out or puts him back, F4 makes the list.

    Signals: said(kind, text).
    """

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("renewal_panel")
        self._leads = desk.may(Action.RENEW)
        self.orders, self.lots, self.people = orders_table(_EMPTY), lots_table(), people_table(desk)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.orders)
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(self.lots, 4)
        pair.addWidget(self.people, 6)
        column.addLayout(pair, 1)
        self.why = words("", "secondary", name="renewal_why")
        column.addWidget(self.why)
        self.strip = ProgressStrip(name="renewal_progress")
        column.addWidget(self.strip)
        column.addLayout(self._foot())
        self._long = LongJob(desk, self, self.strip, [self.start_button, self.again_button])
        self.orders.current_row_changed.connect(self._show_order)
        self.lots.current_row_changed.connect(self._show_lot)
        self.people.current_row_changed.connect(self._show_person)
        self.lots.row_activated.connect(lambda _row: self.people.setFocus())

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(12)
        self.note = words("束を出すと「証等の出力」に並びます。", "secondary", name="renewal_note")
        foot.addWidget(self.note, 1)
        self.list_button = plain_button("一覧にする", "F4", name="renewal_list_button")
        self.list_button.clicked.connect(self._make_list)
        self.pull_button = plain_button("引き抜く", "F7", name="renewal_pull_button")
        self.pull_button.clicked.connect(self._pull)
        self.again_button = plain_button("抽出し直す", "F8", name="renewal_again_button")
        self.again_button.clicked.connect(self._again)
        self.start_button = plain_button("抽出する", "F3", name="renewal_start_button")
        self.start_button.clicked.connect(self._start)
        self.put_out_button = plain_button("束を出す", "F6", name="renewal_put_out_button")
        self.put_out_button.clicked.connect(self._put_out)
        for button in (self.list_button, self.pull_button, self.again_button, self.start_button, self.put_out_button):
            foot.addWidget(button)
        if not self._leads:
            self.start_button.hide()
            self.again_button.hide()
        return foot

    def keys(self) -> tuple[KeyHint, ...]:
        leads = (KeyHint("F3", "抽出する"), KeyHint("F8", "抽出し直す"), KeyHint("Alt+E", "終える", self._end))
        common = (KeyHint("F6", "束を出す"), KeyHint("F7", "引き抜く・戻す"), KeyHint("F4", "一覧"))
        return (*common, *(leads if self._leads else ()))

    def first_focus(self) -> QWidget:
        return self.lots if self.lots.rows() else self.orders

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, book.listing, done=self._show)

    # -- what is shown --

    def _show(self, found: tuple[RenewalView, ...]) -> None:
        self.orders.set_rows(found)
        self._show_order(self.orders.current_row())

    def _show_order(self, view: RenewalView | None) -> None:
        lots = view.lots if view else ()
        left_out = (replace(_LEFT_OUT, sheets=view.left_out),) if view and view.left_out else ()
        self.lots.set_rows((*lots, *left_out))
        self._show_lot(self.lots.current_row())

    def _show_lot(self, lot: Lot | None) -> None:
        view = self.orders.current_row()
        running = view is not None and not view.renewal.ended_at
        self.put_out_button.setEnabled(running and lot is not None and lot.waiting > 0)
        self.pull_button.setEnabled(running and lot is not None)
        self.again_button.setEnabled(running)
        self.list_button.setEnabled(lot is not None)
        if view is None or lot is None:
            self.people.set_rows(())
            return
        run(self.desk, self, Lane.READ, book.people, view.renewal.id, lot.number, done=self.people.set_rows)

    def _show_person(self, row: PersonRow | None) -> None:
        """The whole reason; in the table there is room for its first words."""
        self.why.setText(" ".join(row.why) if row else "")
        self.pull_button.set_words("戻す" if row and row.pulled else "引き抜く")

    @property
    def _order(self) -> str:
        view = self.orders.current_row()
        return view.renewal.id if view else ""

    # -- acts --

    def _start(self) -> None:
        office, session = self.desk.office, self.desk.session

        def begin(asked: Asked) -> None:
            self._extract(lambda token: service.start(office, session, *asked, token.report))

        open_start(self, self.desk, begin)

    def _again(self) -> None:
        office, session, order = self.desk.office, self.desk.session, self._order
        if order:
            self._extract(lambda token: service.extract_again(office, session, order, token.report))

    def _extract(self, job: Callable[[JobToken], Extracted]) -> None:
        self._long.begin(job, self._extracted, "台帳を調べています")

    def _extracted(self, found: Extracted) -> None:
        left = f"出せない人が {found.left_out:,}人います。" if found.left_out else ""
        self.said.emit("done", f"{found.sheets:,}枚を束に分けました。{left}")
        self.refresh()

    def _put_out(self) -> None:
        lot = self.lots.current_row()
        if lot is None or not lot.number:
            return
        text = f"{lot.waiting}枚({lot.households}世帯)を「証等の出力」に並べます。抽出の後に変わった人は引き抜きます。"
        order, number = self._order, lot.number

        def go() -> None:
            run(self.desk, self, Lane.PRINT, service.put_out, order, number, done=self._was_put_out)

        def ask(printers: tuple[Printer, ...]) -> None:
            if printers:
                open_put_out(self, self.desk, (order, number), text, printers, self._was_put_out)
            else:
                confirm(self, f"束{number}を出します", text, yes="束を出す", action=go)

        run(self.desk, self, Lane.READ, print_batches.choices, done=ask)

    def _was_put_out(self, out: PutOut) -> None:
        changed = f"抽出の後に変わった {out.changed}人を引き抜きました。" if out.changed else ""
        self.said.emit("warning" if out.changed else "done", f"{out.sheets}枚を「証等の出力」に並べました。{changed}")
        self.refresh()

    def _pull(self) -> None:
        row, order = self.people.current_row(), self._order
        if row is None:
            return
        if row.pulled:
            back = "引抜きを戻しました。次の抽出で束に入ります。"
            run(self.desk, self, Lane.WRITE, service.put_back, order, row.atena, done=lambda _none: self._pulled(back))
        elif row.may_pull:
            _open_pull(self, self.desk, order, row, lambda _none: self._pulled("引き抜きました。F7 で戻せます。"))
        else:
            self.said.emit("warning", f"「{row.standing}」の証は引き抜けません。刷った証は、書損か無効にしてください。")

    def _pulled(self, sentence: str) -> None:
        self.said.emit("done", sentence)
        self.refresh()

    def _make_list(self) -> None:
        lot, order = self.lots.current_row(), self._order
        if lot is None:
            return
        if lot.number:
            run(self.desk, self, Lane.PRINT, book.make_lot_list, order, lot.number, done=self._made)
        else:
            run(self.desk, self, Lane.PRINT, book.make_left_out_list, order, done=self._made)

    def _made(self, made: Path) -> None:
        self.said.emit("done", f"一覧を作りました: {made.name}(業務フォルダーの帳票)")

    def _end(self) -> None:
        view = self.orders.current_row()
        if view is None or view.renewal.ended_at:
            return
        order = view.renewal.id

        def go() -> None:
            run(self.desk, self, Lane.WRITE, service.end, order, done=lambda _none: self._pulled("一斉更新を終えました。"))

        text = "以後、この依頼の束を出すことも、抽出し直すこともできません。取り消せません。"
        confirm(self, f"一斉更新 {view.renewal.order} を終えます", text, yes="終える", action=go)


def _open_pull(parent: QWidget, desk: Desk, order: str, row: PersonRow, kept: Callable[[object], object]) -> FormDialog:
    reasons = tuple(Choice(code, label) for code, label in PULL_REASONS.items())
    reason = ChoiceField("reason", "引抜きの理由", reasons, required=True)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        code = reason.value()
        return lambda: service.pull(office, session, order, row.atena, code)

    text = f"{row.kind.short_title} {row.insured_number}。この人の証は出しません。あとで戻せます。"
    return open_form(FormDialog(parent, desk, "引き抜く", text, ((reason,),), yes="引き抜く", act=act, kept=kept))
