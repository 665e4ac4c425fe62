"""The page of one application under verification: one column of fields, keyed from the paper alone.

A field is compared when Enter is pressed in it, and the keyboard stays there until the answer has come, so that what is typed
next can never land in a difference that has just opened.
"""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from nhi_center.domain.forms.definition import FieldType
from nhi_center.domain.verification import KEY_AGAIN, Decision, FieldProgress, OpenVerification, Verdict
from nhi_center.errors import OperatorError
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.form_fields import FormField
from nhi_center.ui.common.key_count import KeyCount
from nhi_center.ui.common.parts import Card, Chip, plain_button, primary_button
from nhi_center.ui.common.screen import TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.common.urgent import urgent_chip
from nhi_center.ui.verification.mismatch_card import MismatchCard

_STANDS = {Verdict.KEYER: "入力者の値", Verdict.VERIFIER: "照合者の値", Verdict.THIRD: "どちらとも違う値"}
_NARROW = {FieldType.DATE, FieldType.CHOICE, FieldType.FLAG, FieldType.CODE, FieldType.NUMBER, FieldType.SHEETS, FieldType.POSTAL}


class FieldRow(QWidget):
    """One field with its result beside it, and under it the difference, when there is one.

    Signals: keyed(field id, text): to be compared; back_wanted().
    """

    keyed = Signal(str, str)
    back_wanted = Signal()

    def __init__(self, progress: FieldProgress, desk: Desk, view: OpenVerification) -> None:
        super().__init__()
        self.progress = progress
        self.card: MismatchCard | None = None
        self._desk, self._today = desk, view.today
        self._waiting = self._given = False
        self.form_field = FormField(progress.field, desk.glyphs, view.today)
        self.form_field.set_needed(progress.required)
        widget = self.form_field.widget
        widget.chained = True
        widget.setFixedWidth(300 if progress.field.type in _NARROW else 440)
        self.chip = Chip("", name=f"result_{progress.field.id}")
        self.chip.hide()
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(widget)
        beside = QVBoxLayout()
        beside.setContentsMargins(0, 30, 0, 0)
        beside.addWidget(self.chip)
        beside.addStretch(1)
        row.addLayout(beside)
        row.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addLayout(row)
        widget.advance_requested.connect(self._on_enter)
        widget.back_requested.connect(self.back_wanted)
        self.form_field.read.connect(lambda _reading: self._on_left())
        self.show_progress(progress)

    @property
    def id(self) -> str:
        return self.progress.field.id

    @property
    def editor(self) -> QWidget:
        return self.form_field.widget.editor

    def _on_enter(self) -> None:
        """Enter says: this is what the paper has, be it nothing. Judging may have given it away already."""
        self._given = False
        problem = self.form_field.judge().problem
        if not self._given:
            self._submit(problem, self.form_field.text())

    def _on_left(self) -> None:
        if self.form_field.text().strip() and not self.form_field.reading.problem:
            self._submit("", self.form_field.text())

    def _submit(self, problem: str, text: str) -> None:
        if self._waiting or not self.progress.open:
            return
        if problem:
            self._type_again()
            return
        self._waiting = self._given = True
        if isinstance(self.editor, QLineEdit):
            self.editor.setReadOnly(True)
        self.keyed.emit(self.id, text)

    def refuse(self, error: OperatorError) -> None:
        self._waiting = False
        if isinstance(self.editor, QLineEdit) and self.progress.field.type not in (FieldType.CHOICE, FieldType.FLAG):
            self.editor.setReadOnly(False)
        self.form_field.widget.set_problem(error.message)
        self._type_again()

    def _type_again(self) -> None:
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(self.editor, QLineEdit):
            self.editor.selectAll()

    def show_progress(self, progress: FieldProgress) -> None:
        """What is known of the field now. A field that is done can be read and not changed."""
        self.progress = progress
        if progress.open:
            if progress.again and self._waiting:
                self._ask_again()
            return
        self._waiting = False
        standing = progress.settlement.value if progress.settlement else progress.keyed or ""
        self.form_field.show(standing)
        self.form_field.widget.set_notice("")
        self.editor.setEnabled(False)
        shown, tone = _result(progress)
        self.chip.set_state(f"判定済 {_STANDS[progress.settlement.verdict]}" if progress.settlement else shown, tone)
        self.chip.show()
        if self.card is not None and not progress.unsettled:
            self.card.setParent(None)
            self.card.deleteLater()
            self.card = None

    def _ask_again(self) -> None:
        """It differs: the field is empty once more, and nothing says what the keyer has."""
        self._waiting = False
        if isinstance(self.editor, QLineEdit) and self.progress.field.type not in (FieldType.CHOICE, FieldType.FLAG):
            self.editor.setReadOnly(False)
        self.form_field.show("")
        self.form_field.widget.set_problem(KEY_AGAIN)
        self.chip.set_state("もう一度", "warning")
        self.chip.show()

    def open_card(self) -> MismatchCard | None:
        """The difference at this field, made when it is first asked for."""
        if self.card is None and self.progress.mismatch is not None and self.progress.unsettled:
            self.card = MismatchCard(self.progress.field, self.progress.mismatch, self._desk.glyphs, self._today)
            self._column.addWidget(self.card)
        return self.card


def _result(progress: FieldProgress) -> tuple[str, str]:
    if progress.open:
        return ("もう一度", "warning") if progress.again else ("まだ", "plain")
    if progress.unsettled:
        return "判定待ち", "error"
    return ("判定済", "done") if progress.mismatch else ("一致", "done")


class KeyingPage(QWidget):
    """Signals: keyed(field id, text), decided(Decision), signed(Decision, id, password), finish_wanted(), later_wanted(),
    hold_wanted(). It holds no more than ``OpenVerification`` gives.
    """

    keyed = Signal(str, str)
    decided = Signal(object)
    signed = Signal(object, str, str)
    finish_wanted = Signal()
    later_wanted = Signal()
    hold_wanted = Signal()

    def __init__(self, desk: Desk, view: OpenVerification) -> None:
        super().__init__()
        self.setObjectName("keying_page")
        self.view = view
        self.keys = KeyCount()
        self._desk = desk
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._title())
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self._fields(), 766)
        middle.addLayout(self._side(), 372)
        column.addLayout(middle, 1)
        column.addLayout(self._foot())
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._show_focus)
        self.show_view(view)

    def _title(self) -> TitleLine:
        view = self.view
        parts: list[QWidget | str] = []
        if view.urgent_until:
            parts.append(urgent_chip(view.urgent_until, self._desk.office.clock.local()))
        parts.append(f"管理票 {view.number} {view.sheets}枚")
        return TitleLine(f"照合 {view.form.title}", *parts, right="紙だけを見て入力します")

    def _fields(self) -> QWidget:
        card = Card(name="keying_card")
        inside = QWidget()
        inside.setObjectName("keying_fields")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(2, 2, 2, 2)
        self._column.setSpacing(4)
        self.rows = tuple(FieldRow(progress, self._desk, self.view) for progress in self.view.fields)
        for row in self.rows:
            self._column.addWidget(row)
            row.form_field.count_keys(self.keys)
            row.keyed.connect(self.keyed)
            row.back_wanted.connect(lambda row=row: self._go_back(row))
        self._column.addStretch(1)
        self.area = QScrollArea()
        self.area.setObjectName("keying_scroll")
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inside)
        inside.installEventFilter(self)
        card.body.addWidget(self.area, 1)
        return card

    def _side(self) -> QVBoxLayout:
        side = QVBoxLayout()
        side.setSpacing(8)
        self.progress_text = words("", "secondary", name="progress_text")
        progress = Card("進み", right=self.progress_text, name="progress_card")
        self.table = DataTable(
            (
                Column("欄", lambda row: Cell(strong=row.field.label) if row.unsettled else row.field.label, 200),
                Column("結果", lambda row: Cell(chip=_result(row)[0], tone=_result(row)[1])),
            ),
            name="progress_table",
            label="欄ごとの結果",
            empty="ここには照合する欄が並びます。",
            row_key=lambda row: row.field.id,
        )
        self.table.row_activated.connect(lambda row: self._go_to(row.field.id))
        progress.body.addWidget(self.table, 1)
        side.addWidget(progress, 1)
        rules = Card("照合の決まり", panel=True, name="rules_card")
        rules.add_lines(
            "入力者の値は、その欄を入力するまで出ません。",
            "違うときは、もう一度紙を見て入力します。それでも違えば両方の値を並べます。",
            "紙が空欄のときは、空のまま Enter を押します。",
            "重要な欄の不一致は、入力者でも照合者でもない人が署名して判定します。",
        )
        side.addWidget(rules)
        return side

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        self.status_text = words("", "secondary", name="verification_status")
        self.later_button = plain_button("あとで", "F3", name="later_button")
        self.hold_button = plain_button("保留・照会", "F4", name="hold_button")
        self.finish_button = primary_button("照合済にする", name="finish_button")
        self.later_button.clicked.connect(self.later_wanted)
        self.hold_button.clicked.connect(self.hold_wanted)
        self.finish_button.clicked.connect(self.finish_wanted)
        row.addWidget(self.status_text, 1)
        for button in (self.later_button, self.hold_button, self.finish_button):
            row.addWidget(button)
        return row

    # -- what is known --

    def show_view(self, view: OpenVerification) -> None:
        """Take over what a service has answered."""
        self.view = view
        for row, progress in zip(self.rows, view.fields, strict=True):
            row.show_progress(progress)
            self._open_card(row)
        self.table.set_rows(view.fields)
        self.progress_text.setText(f"{len(view.fields)}欄のうち {view.keyed}欄")
        self.status_text.setText(self._status())
        self.finish_button.setEnabled(view.complete)
        self._order()

    def _status(self) -> str:
        view = self.view
        if view.unsettled:
            return f"判定していない不一致が {view.unsettled}欄あります。"
        if view.complete:
            differed = f"不一致 {view.mismatches}欄は判定済です。" if view.mismatches else "すべて一致しました。"
            return f"{differed} 照合済にすると、区の審査に進みます。"
        return "入力したところまで保存しています。"

    def _open_card(self, row: FieldRow) -> None:
        if row.card is not None or (card := row.open_card()) is None:
            return
        card.decided.connect(self.decided)
        card.signed.connect(self.signed)
        card.postponed.connect(self.focus_next)

    def _order(self) -> None:
        """Tab follows the paper, then the progress, then the buttons."""
        chain: list[QWidget] = []
        for row in self.rows:
            chain.append(row.editor)
            if row.card is not None:
                chain.extend(row.card.editors())
        chain += [self.table, self.later_button, self.hold_button, self.finish_button]
        for one, other in pairwise(chain):
            QWidget.setTabOrder(one, other)

    # -- where the keyboard stands --

    def current(self) -> QWidget:
        """The first field not yet keyed; then the first difference not yet settled; then the end."""
        for row in self.rows:
            if row.progress.open:
                return row.editor
        for row in self.rows:
            if row.card is not None:
                return row.card.verdict.editor
        return self.finish_button

    def focus_next(self) -> None:
        self._stand_at(self.current())

    def after_keying(self, field_id: str) -> None:
        """The answer for one field has come: stay at a difference, or go on."""
        row = self._row(field_id)
        self._stand_at(row.card.verdict.editor if row.card is not None else self.current())

    def refuse_field(self, field_id: str, error: OperatorError) -> None:
        self._row(field_id).refuse(error)

    def refuse_decision(self, decision: Decision, error: OperatorError) -> None:
        card = self._row(decision.field).card
        if card is not None:
            card.refuse(error)

    def show_problem(self, field_id: str, error: OperatorError) -> bool:
        """Put an error at its field; False when the field is none of these."""
        if field_id not in {row.id for row in self.rows}:
            return False
        row = self._row(field_id)
        row.form_field.widget.set_problem(error.message)
        self._stand_at(row.editor)
        return True

    def _row(self, field_id: str) -> FieldRow:
        return next(row for row in self.rows if row.id == field_id)

    def _go_back(self, row: FieldRow) -> None:
        earlier = [one for one in self.rows[: self.rows.index(row)] if one.progress.open or one.card is not None]
        if earlier:
            self._go_to(earlier[-1].id)

    def _go_to(self, field_id: str) -> None:
        row = self._row(field_id)
        if row.progress.open:
            self._stand_at(row.editor)
        elif row.card is not None:
            self._stand_at(row.card.verdict.editor)

    def _stand_at(self, widget: QWidget) -> None:
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        self._show_focus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A difference that opens, grows or closes must not push the keyboard's place out of sight."""
        if event.type() == QEvent.Type.Resize:
            QTimer.singleShot(0, self, self._show_focus)
        return super().eventFilter(watched, event)

    @Slot()
    def _show_focus(self) -> None:
        focused = QApplication.focusWidget()
        for number, row in enumerate(self.rows):
            if focused is not None and row.isAncestorOf(focused):
                self.table.select(number)
                self.area.ensureWidgetVisible(row, 0, 8)
                self.area.ensureWidgetVisible(focused, 0, 64)
