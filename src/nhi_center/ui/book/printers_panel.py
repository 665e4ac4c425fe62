"""プリンター: how each stands; test sheet, adjustment and acceptance for the contractor, entering and retiring for the ward."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.operators import Action
from nhi_center.domain.printers import SCALE_100, STOCKS, WAYS, Adjustment
from nhi_center.errors import OperatorError
from nhi_center.services import printers as service
from nhi_center.services.printers import PrinterLine
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import confirm
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.parts import ActionButton, plain_button
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.entry.asking import run


class PrintersPanel(QWidget):
    """Contractor: F6 test sheet, F7 adjustment, F8 acceptance. Ward administrator: F3 enters, F4 retires. Signals: said."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setObjectName("printers_panel")
        self._enters = desk.may(Action.SET_UP)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        self.table = DataTable(
            (
                Column("プリンター", lambda row: Cell(strong=row.printer.name), 190),
                Column("用紙", lambda row: STOCKS[row.printer.prefix], 170),
                Column("印刷先", lambda row: row.printer.address or WAYS[row.printer.way], 170),
                Column("いま", _state, 100),
                Column("試し刷り", _acceptance, 180),
                Column("調整", lambda row: row.printer.adjustment.words),
            ),
            name="printers_table",
            label="プリンター",
            empty="プリンターは登録されていません。刷ったものは、業務フォルダーの印刷先に PDF で出ます。",
            row_key=lambda row: row.printer.id,
        )
        self.table.current_row_changed.connect(self._show_advice)
        column.addWidget(self.table, 1)
        self.advice = words("", "", name="printer_advice", wrap=True)
        column.addWidget(self.advice)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(words("確認が済むまで、見本だけを刷ります。調整すると、もう一度確認が要ります。", "secondary"), 1)
        self.buttons = tuple(self._buttons())
        for button in self.buttons:
            foot.addWidget(button)
        column.addLayout(foot)

    def _acts(self) -> tuple[tuple[str, str, str, Callable[[], None]], ...]:
        if self._enters:
            return (("F4", "使うのをやめる", "retire", self._retire), ("F3", "登録する", "enter", self._enter))
        return (
            ("F6", "試し刷り", "test", self._test),
            ("F7", "調整", "adjust", self._adjust),
            ("F8", "確認した", "accept", self._accept),
        )

    def _buttons(self) -> list[ActionButton]:
        made = []
        for key, label, name, act in self._acts():
            button = plain_button(label, key, name=f"printer_{name}_button")
            button.clicked.connect(lambda _checked=False, act=act: act())
            made.append(button)
        return made

    def keys(self) -> tuple[KeyHint, ...]:
        return tuple(KeyHint(key, label) for key, label, _name, _act in self._acts())

    def first_focus(self) -> QWidget:
        return self.table

    def refresh(self) -> None:
        run(self.desk, self, Lane.PRINT, service.listing, done=self._show)

    def _show(self, rows: tuple[PrinterLine, ...]) -> None:
        self.table.set_rows(rows)
        self._show_advice(self.table.current_row())

    def _show_advice(self, row: PrinterLine | None) -> None:
        self.advice.setText(f"▲ {row.printer.name}: {row.advice}" if row is not None and row.advice else "")

    def _current(self) -> PrinterLine | None:
        row = self.table.current_row()
        if row is None:
            self.said.emit("warning", "プリンターを選んでください。")
        return row if isinstance(row, PrinterLine) else None

    # -- the contractor --

    def _test(self) -> None:
        row = self._current()
        if row is not None:
            told = f"{row.printer.name}に試し刷りを送りました。物差しで、紙の端からの位置を読みます。"
            run(self.desk, self, Lane.PRINT, service.print_test, row.printer.id, done=lambda _none: self._done(told))

    def _adjust(self) -> None:
        row = self._current()
        if row is not None:
            told = "調整を記録しました。もう一度試し刷りをして、別の人が確認します。"
            _open_adjustment(self, self.desk, row, lambda _none: self._done(told))

    def _accept(self) -> None:
        row = self._current()
        if row is None:
            return
        text = f"{row.printer.name}の試し刷りが、紙の正しい位置に出ているのを見ましたか。{row.printer.adjustment.words}"
        confirm(self, "試し刷りの確認", text, yes="確認した", action=lambda: self._accepted(row))

    def _accepted(self, row: PrinterLine) -> None:
        told = f"{row.printer.name}で証を刷れます。"
        run(self.desk, self, Lane.WRITE, service.accept, row.printer.id, done=lambda _none: self._done(told))

    # -- the ward --

    def _enter(self) -> None:
        _open_entry(self, self.desk, lambda _id: self._done("プリンターを登録しました。試し刷りの確認のあとで使えます。"))

    def _retire(self) -> None:
        row = self._current()
        if row is not None:
            text = f"{row.printer.name}を使うのをやめます。待っている証は、同じ用紙の別のプリンターへ回ります。"
            confirm(self, "プリンターをやめる", text, yes="やめる", action=lambda: self._retired(row))

    def _retired(self, row: PrinterLine) -> None:
        told = f"{row.printer.name}を使うのをやめました。"
        run(self.desk, self, Lane.WRITE, service.retire, row.printer.id, done=lambda _none: self._done(told))

    def _done(self, sentence: str) -> None:
        self.said.emit("done", sentence)
        self.refresh()


def _state(row: PrinterLine) -> Cell:
    tone = {"待機中": "done", "印刷中": "info", "フォルダー": "plain"}.get(row.state, "error")
    return Cell(chip=row.state, tone=tone)


def _acceptance(row: PrinterLine) -> Cell:
    if row.printer.ready:
        return Cell(chip="確認済", tone="done", text=row.printer.accepted_by)
    return Cell(chip="確認待ち", tone="warning")


def _open_adjustment(parent: QWidget, desk: Desk, row: PrinterLine, kept: Callable[[object], object]) -> FormDialog:
    now = row.printer.adjustment
    dx = LineField("dx", "右へ(mm)", limit=6, ime=False, hint="左へは - を付けます。0.1 きざみ")
    dy = LineField("dy", "下へ(mm)", limit=6, ime=False, hint="上へは - を付けます。0.1 きざみ")
    scale = LineField("scale", "倍率(%)", limit=6, ime=False, hint="0.01 きざみ")
    for field, value in ((dx, f"{now.dx / 10:.1f}"), (dy, f"{now.dy / 10:.1f}"), (scale, f"{now.scale / 100:.2f}")):
        field.set_value(value)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        made = Adjustment(_figure(dx, 10), _figure(dy, 10), _figure(scale, SCALE_100 // 100))
        return lambda: service.adjust(office, session, row.printer.id, made)

    text = "試し刷りの線が、紙の端から 5 mm の位置に来るように動かします。"
    return open_form(FormDialog(parent, desk, "プリンターの調整", text, ((dx, dy, scale),), yes="記録する", act=act, kept=kept))


def _figure(field: LineField, times: int) -> int:
    try:
        return round(float(field.value().strip().replace("－", "-")) * times)
    except ValueError:
        raise OperatorError("数字で入れてください。", field=field.name) from None


def _open_entry(parent: QWidget, desk: Desk, kept: Callable[[object], object]) -> FormDialog:
    name = LineField("name", "プリンターの名前", limit=30, required=True)
    stocks = tuple(Choice(prefix or "plain", title, str(at)) for at, (prefix, title) in enumerate(STOCKS.items(), start=1))
    stock = ChoiceField("prefix", "入れる用紙", stocks, required=True)
    ways = tuple(Choice(code, title, str(at)) for at, (code, title) in enumerate(WAYS.items(), start=1))
    way = ChoiceField("way", "印刷先", ways, required=True)
    address = LineField("address", "キューの名前", limit=127, ime=False, hint="CUPS のとき")
    device = LineField("device", "キューの送り先", limit=500, ime=False, hint="CUPS のとき")
    approval = LineField("approval", "区の承諾番号", limit=30, required=True)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        prefix = "" if stock.value() == "plain" else stock.value() or "?"
        target = address.value().strip(), device.value().strip()
        values = (name.value(), way.value(), *target, approval.value(), prefix)
        return lambda: service.enter(office, session, *values)

    text = "承諾した印刷先だけを登録します。登録したあと、事務室の人が試し刷りを確かめます。"
    rows = ((name, stock), (way, address), (device,), (approval,))
    return open_form(FormDialog(parent, desk, "プリンターの登録", text, rows, yes="登録する", act=act, kept=kept))
