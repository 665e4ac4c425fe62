"""The first window: who works here. While it stands there the fonts and the store are made ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.fields import LineField, PasswordField
from nhi_center.ui.common.parts import ActionButton, Card, Chip
from nhi_center.ui.common.screen import bind_key
from nhi_center.ui.common.styling import lay_out_now, words
from nhi_center.ui.common.table import Cell, Column, DataTable
from nhi_center.ui.sign_in.voucher import VoucherPanel

if TYPE_CHECKING:
    from nhi_center.ui.common.help_panel import HelpPanel


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented person of the training office, whose password may be shown. Never made outside training."""

    identifier: str
    password: str
    name: str
    role_label: str


class SignInWindow(QWidget):
    """ID and password; below them, when somebody must answer for this person, the panel for the second one (立会い).

    ``demo_people`` are given in training alone; a number key or Enter in their list fills both fields.
    Signals: submitted(id, password), the password has left the field by then; vouched(id, password, voucher's id, password).
    """

    submitted = Signal(str, str)
    vouched = Signal(str, str, str, str)

    def __init__(
        self, terminal: str, *, title: str = "新宿区 国民健康保険事務センター", demo_people: Sequence[DemoPerson] = ()
    ) -> None:
        super().__init__()
        self.setObjectName("sign_in_window")
        self.setWindowTitle(f"{title} サインイン")
        self.setAccessibleName("サインイン")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet("QWidget#sign_in_window { background: #f2f2f2; }")
        self.resize(1366, 768)
        self._people = tuple(demo_people)
        self._ready = False
        self._busy = False
        self._tried = ("", "")
        self._help: HelpPanel | None = None
        self._before_help: QWidget | None = None
        bind_key(self, "F1", self.toggle_help)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.addStretch(2)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addStretch(1)
        row.addWidget(self._build_card(title, terminal))
        if self._people:
            row.addWidget(self._build_people())
        row.addStretch(1)
        outer.addLayout(row)
        outer.addStretch(3)
        self.set_preparing("文字と画面を準備しています", 0, 0)

    def _build_card(self, title: str, terminal: str) -> Card:
        card = Card(name="sign_in_card")
        card.setFixedWidth(440)
        card.body.setContentsMargins(28, 22, 28, 22)
        card.body.setSpacing(8)
        head = QHBoxLayout()
        head.addWidget(words("サインイン", "title", name="sign_in_title"))
        if self._people:
            head.addWidget(Chip("研修用", "training", name="training_chip"))
        head.addStretch(1)
        head.addWidget(words(terminal, "secondary", name="terminal_name"))
        card.add(head)
        card.add(words(title, "secondary"))
        self.id_field = LineField("sign_in_id", "ID", ime=False)
        self.password_field = PasswordField("sign_in_password", "パスワード")
        card.add(self.id_field)
        card.add(self.password_field)
        self.button = ActionButton("サインイン", key="Enter", primary=True, bind=False, name="sign_in_button")
        self.button.clicked.connect(self._submit)
        self.voucher = VoucherPanel()
        self.voucher.hide()
        self.voucher.given_up.connect(self.reset)
        self.voucher.chain.finished.connect(self._submit)
        card.add(self.voucher)
        card.add(self.button)
        self.progress = QProgressBar()
        self.progress.setObjectName("preparing_bar")
        self.progress.setAccessibleName("準備の進み具合")
        self.progress.setFixedHeight(6)
        self.progress.setTextVisible(False)
        self.preparing = words("", "secondary", name="preparing_text", wrap=True)
        self.preparing.setMinimumHeight(20)
        card.add(self.progress)
        card.add(self.preparing)
        card.add(words("F1 ヘルプ(入れないとき)", "secondary", name="sign_in_help"))
        for field in (self.id_field, self.password_field):
            field.required = True
        self.chain = FieldChain((self.id_field, self.password_field), self)
        self.chain.finished.connect(self._submit)
        return card

    def _build_people(self) -> Card:
        card = Card("研修用の人", right="選ぶと ID とパスワードが入ります", name="demo_people_card")
        card.setFixedWidth(560)
        columns = (
            Column("", lambda row: Cell(strong=str(self._people.index(row) + 1)), 32),
            Column("氏名", lambda row: row.name, 130),
            Column("役割", lambda row: row.role_label),
            Column("ID", lambda row: row.identifier, 110),
            Column("パスワード", lambda row: row.password, 150),
        )
        self.people = DataTable(columns, name="demo_people", label="研修用の人", empty="ここには研修用の人が並びます。")
        self.people.set_height_for(max(1, len(self._people)))
        self.people.set_rows(self._people)
        self.people.row_activated.connect(self.fill)
        self.people.clicked.connect(lambda index: self.fill(self._people[index.row()]))
        card.add(self.people)
        card.add_lines(
            "氏名も番号もすべて架空です。数字キー、または選んで Enter。",
            "はじめに区職員で入り、名簿・研修で受託者の入室を記録します。",
        )
        card.body.addStretch(1)
        return card

    def fill(self, person: DemoPerson) -> None:
        """Put a training person's ID and password in; Enter signs in."""
        self.id_field.set_value(person.identifier)
        self.password_field.set_value(person.password)
        self.password_field.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- getting ready --

    def set_preparing(self, text: str, done: int, total: int) -> None:
        """What is being made ready; signing in waits for ``set_ready``."""
        self._ready = False
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.progress.show()
        self.preparing.setText(text)
        self.preparing.setStyleSheet("")
        self._show_state()

    @property
    def is_ready(self) -> bool:
        """Whether somebody can sign in now."""
        return self._ready and not self._busy

    def set_ready(self) -> None:
        self._ready = True
        self.progress.hide()
        self.preparing.setText("準備ができています。")
        self.preparing.setStyleSheet("")
        self._show_state()

    def set_busy(self, busy: bool) -> None:
        """While the password is being checked."""
        self._busy = busy
        self.voucher.setEnabled(not busy)
        if not busy and self._ready:
            self.set_ready()
        self._show_state()

    def set_working(self, text: str, done: int, total: int) -> None:
        """Something that takes a while before the person is in, such as 鍵の交換."""
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.progress.show()
        self.preparing.setText(text)
        self.preparing.setStyleSheet("")

    def ask_voucher(self, text: str) -> None:
        """Somebody must answer for this person: ``text`` says why and who. His password waits until then, a minute at most."""
        self.set_busy(False)
        person, password = self._tried
        for field in self.chain.fields:
            field.clear_notes()
            field.editor.setEnabled(False)
        self.voucher.begin(person, password, text)
        self._show_state()
        lay_out_now(self.voucher)

    def show_voucher_error(self, text: str, *, field: str) -> None:
        """Say at its place why the second person was not taken."""
        self.set_busy(False)
        self.voucher.refuse(text, field=field)
        for one in self.voucher.chain.fields:
            lay_out_now(one)

    def show_error(self, text: str, *, field: str = "password") -> None:
        """Say at its place why nobody was signed in: field is id, password, or "" for trouble of the terminal itself."""
        self._tried = ("", "")
        self.set_busy(False)
        if self.voucher.is_open:
            self._close_voucher()
        self.password_field.clear()
        if not field:
            self.preparing.setText(f"● {text}")
            self.preparing.setStyleSheet("color: #ce0000;")
            lay_out_now(self.preparing)
            return
        at = self.id_field if field == "id" else self.password_field
        at.set_problem(text)
        at.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        lay_out_now(at)

    def _close_voucher(self) -> None:
        self.voucher.end()
        for field in self.chain.fields:
            field.editor.setEnabled(True)
        self._show_state()

    def reset(self) -> None:
        """Empty, for the next person."""
        if self._help is not None:
            self._help.hide()
        self._tried = ("", "")
        self.voucher.end()
        self.set_busy(False)
        for one in self.chain.fields:
            one.clear()
            one.editor.setEnabled(True)
        self.id_field.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle_help(self) -> None:
        """F1: how one signs in, and what to do who cannot; the rest of the manual is read from there too."""
        if self._help is not None and self._help.isVisible():
            self._help.hide()
            if (back := self._before_help) is not None and back.isVisible():
                back.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if self._help is None:
            from nhi_center.ui.common.help_panel import HelpPanel  # the first window must not wait for the manual

            self._help = HelpPanel(self)
            self._help.closed.connect(self.toggle_help)
            self._help.widened.connect(self._place_help)
        self._before_help = self.focusWidget()
        self._place_help()
        self._help.show_help("sign_in")

    def _place_help(self) -> None:
        if self._help is not None:
            width = self._help.width()
            self._help.setGeometry(self.width() - width - 24, 24, width, self.height() - 48)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_help()

    def _show_state(self) -> None:
        self.button.setEnabled(self._ready and not self._busy)
        self.button.set_words("確かめています" if self._busy else self._word() if self._ready else "準備しています")

    def _word(self) -> str:
        return "立ち会って進む" if self.voucher.is_open else "サインイン"

    def _submit(self) -> None:
        if not self.button.isEnabled():
            return
        if self.voucher.is_open:
            self._submit_voucher()
            return
        if not self.chain.commit_all():
            return
        identifier, password = self.id_field.value().strip(), self.password_field.value()
        self.password_field.line.clear()
        self._tried = (identifier, password)
        self.set_busy(True)
        self.submitted.emit(identifier, password)

    def _submit_voucher(self) -> None:
        taken = self.voucher.take()
        if taken is not None:
            self.set_busy(True)
            self.vouched.emit(*taken)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A number chooses a training person, where no field takes it."""
        number = event.text()
        if number.isascii() and number.isdigit() and 0 < int(number) <= len(self._people):
            self.fill(self._people[int(number) - 1])
            return
        super().keyPressEvent(event)
