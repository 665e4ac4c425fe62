"""一斉更新 on the ward's side: how far its orders are, and whom it makes out itself or has to decide on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nhi_center.services import renewal_book as book
from nhi_center.services.renewal_book import RenewalView
from nhi_center.tasks.runner import Lane
from nhi_center.ui.book.renewal_tables import orders_table, people_table
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.entry.asking import run


class RenewalWardPanel(QWidget):
    """Enter goes from the orders to the people. Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("renewal_ward_panel")
        self.orders = orders_table("一斉更新の依頼は、まだこの端末で抽出されていません。")
        self.people = people_table(desk)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.orders)
        column.addWidget(words("出せない人。支援措置の対象は、受託者の画面と一覧には出ません。", "secondary"))
        column.addWidget(self.people, 1)
        self.orders.current_row_changed.connect(self._show_order)
        self.orders.row_activated.connect(lambda _row: self.people.setFocus())

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("Enter", "出せない人へ"),)

    def first_focus(self) -> QWidget:
        return self.orders

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, book.orders, done=self.orders.set_rows)

    def _show_order(self, view: RenewalView | None) -> None:
        if view is None:
            self.people.set_rows(())
        else:
            run(self.desk, self, Lane.READ, book.people_for_ward, view.renewal.id, done=self.people.set_rows)
