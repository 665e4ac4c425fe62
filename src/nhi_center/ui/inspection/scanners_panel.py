"""入力機器: which scanners and keyboards the ward has approved, and what is attached now."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.operators import Action
from nhi_center.domain.scanners import LONGEST
from nhi_center.services import scanners as service
from nhi_center.services.scanners import DeviceRow, Devices
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import confirm
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.parts import plain_button, primary_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run

ABOUT = "OSはどのキーボードも受け付けます。ここにない機器がつながると、知らせて記録に残します(1分ごとに確かめます)。"


class ScannersPanel(QWidget):
    """F3 enters a device (the one in front, if it is attached and not allowed), F4 takes one off the list. Signals: said."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("scanners_panel")
        self._acts = desk.may(Action.ALLOW_SCANNER)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.table = DataTable(
            (
                Column("入力機器", lambda row: Cell(strong=row.name), 0),
                Column("製品", lambda row: row.product, 110),
                Column("製造番号", lambda row: row.serial or "–", 170),
                Column("許可", _allowed, 150),
                Column("接続", lambda row: "接続中" if row.attached else "–", 80),
                Column("区の承認番号", lambda row: row.scanner.approval if row.scanner else "", 170),
                Column("許可した日", lambda row: row.scanner.allowed_at[:10] if row.scanner else "", 110),
            ),
            name="scanners_table",
            label="入力機器",
            empty="許可した入力機器はありません。スキャナーをつなぐと、ここに出ます。",
            row_key=lambda row: row.key,
        )
        self.reason = words("", "", name="scanners_reason", wrap=True)
        column.addWidget(self.table, 1)
        column.addWidget(self.reason)
        column.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        self.withdraw_button = plain_button("許可をやめる", "F4", name="withdraw_scanner_button")
        self.allow_button = primary_button("許可する", "F3", name="allow_scanner_button")
        self.withdraw_button.clicked.connect(self._withdraw)
        self.allow_button.clicked.connect(self._allow)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(words(ABOUT, "secondary", wrap=True), 1)
        for button in (self.withdraw_button, self.allow_button):
            button.setVisible(self._acts)
            foot.addWidget(button)
        return foot

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F3", "許可する"), KeyHint("F4", "許可をやめる")) if self._acts else ()

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        run(self.desk, self, Lane.READ, service.listing, done=self._show)

    def _show(self, devices: Devices) -> None:
        self.table.set_rows(devices.rows)
        self.reason.setText(f"▲ 接続中の機器は分かりません。{devices.reason}" if devices.reason else "")

    def _allow(self) -> None:
        row = self.table.current_row()
        known = row if row is not None and not row.allowed else None
        product = LineField("product", "製品(vendor:product)", limit=9, ime=False, required=True, hint="例 0c2e:0b61")
        serial = LineField("serial", "製造番号(ないときは空)", limit=LONGEST, ime=False)
        name = LineField("name", "機器の名前", limit=LONGEST, required=True)
        approval = LineField("approval", "区の承認番号", limit=LONGEST, required=True)
        if known is not None:
            for field, value in ((product, known.product), (serial, known.serial), (name, known.name)):
                field.set_value(value)
        office, session = self.desk.office, self.desk.session

        def act() -> Callable[[], object]:
            typed = product.value(), serial.value(), name.value(), approval.value()
            return lambda: service.allow(office, session, *typed)

        text = "区が承認した機器だけを入れます。製造番号が空のときは、同じ製品のどれも許可したことになります。"
        rows = ((product, serial), (name, approval))
        dialog = FormDialog(self, self.desk, "入力機器の許可", text, rows, yes="許可する", act=act, kept=self._allowed)
        open_form(dialog)

    def _allowed(self, _made: object) -> None:
        self._done("入力機器を許可しました。")

    def _withdraw(self) -> None:
        row = self.table.current_row()
        if row is None or row.scanner is None or not row.allowed:
            self.said.emit("warning", "許可をやめる機器を選んでください。")
            return
        scanner = row.scanner
        text = f"{row.name}({row.product})の許可をやめます。記録は残ります。"
        confirm(self, "許可をやめる", text, yes="許可をやめる", action=lambda: self._withdrawn(scanner.id))

    def _withdrawn(self, scanner_id: str) -> None:
        told = "入力機器の許可をやめました。"
        run(self.desk, self, Lane.WRITE, service.withdraw, scanner_id, done=lambda _none: self._done(told))

    def _done(self, sentence: str) -> None:
        self.said.emit("done", sentence)
        self.refresh()


def _allowed(row: DeviceRow) -> Cell:
    if row.scanner is None:
        return Cell(chip="許可していない", tone="error")
    return Cell(chip="許可", tone="done") if row.allowed else Cell(chip="許可をやめた", tone="plain")
