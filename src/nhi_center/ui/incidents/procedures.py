"""手順・連絡先: whom to call and what to do, over any page, one sheet at a time by its number."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QTextBrowser, QVBoxLayout, QWidget

from nhi_center.domain.control_records import ControlRecord
from nhi_center.services.procedures import AtHand, at_hand
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.dialogs import open_over_window
from nhi_center.ui.common.parts import ActionButton
from nhi_center.ui.common.screen import bind_key
from nhi_center.ui.common.styling import words

NO_CONTACTS = "緊急連絡先はまだ記録されていません。取扱責任者が、委託の管理の「監督の記録」に書きます。"


LINE_PERCENT = 140


class ProceduresDialog(QDialog):
    """Contacts and dates stand still above; 1, 2, 3 ... turn to a sheet, the arrow keys move it, Esc closes."""

    def __init__(self, parent: QWidget, found: AtHand) -> None:
        super().__init__(parent.window())
        self.setObjectName("procedures_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("手順・連絡先")
        self.setAccessibleName("手順・連絡先")
        self.resize(980, 560)
        self._found = found
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 18)
        column.setSpacing(8)
        column.addWidget(words("手順・連絡先", "title"))
        column.addWidget(words(contact_words(found), "", name="contact_words", wrap=True))
        column.addWidget(words(date_words(found), "secondary", name="procedure_dates", wrap=True))
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addLayout(self._sheets(found))
        middle.addLayout(self._text(), 1)
        column.addLayout(middle, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        close = ActionButton("閉じる", key="Esc", name="procedures_close_button")
        close.clicked.connect(self.reject)
        foot.addWidget(close)
        column.addLayout(foot)
        self.turn_to(1)

    def _sheets(self, found: AtHand) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        for number, one in enumerate(found.procedures, 1):
            button = ActionButton(one.title, key=str(number), bind=False, name=f"procedure_{number}")
            button.clicked.connect(lambda _checked=False, at=number: self.turn_to(at))
            bind_key(self, str(number), partial(self.turn_to, number))
            column.addWidget(button)
        column.addStretch(1)
        return column

    def _text(self) -> QVBoxLayout:
        column = QVBoxLayout()
        self.heading = words("", "heading", name="procedure_title")
        column.addWidget(self.heading)
        self.browser = QTextBrowser()
        self.browser.setObjectName("procedure_text")
        self.browser.setAccessibleName("手順の文")
        self.browser.setFrameShape(QFrame.Shape.NoFrame)
        self.browser.setOpenLinks(False)
        self.browser.setTabChangesFocus(True)
        column.addWidget(self.browser, 1)
        return column

    def turn_to(self, number: int) -> None:
        sheet = self._found.procedures[number - 1]
        self.heading.setText(sheet.title)
        self.browser.setMarkdown(sheet.text.partition("\n")[2])
        lines = QTextCursor(self.browser.document())
        lines.select(QTextCursor.SelectionType.Document)
        spaced = QTextBlockFormat()
        spaced.setLineHeight(LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        spaced.setBottomMargin(6)
        lines.mergeBlockFormat(spaced)
        self.browser.verticalScrollBar().setValue(0)
        self.browser.setFocus()


def contact_words(found: AtHand) -> str:
    return f"緊急連絡先: {found.contacts.wanted.words}" if found.contacts else NO_CONTACTS


def date_words(found: AtHand) -> str:
    """When they were told to the ward, and last practised."""
    told, drill = _day(found.reported), _day(found.drill)
    return f"手順を区へ報告した日: {told or 'まだ'}  最後の訓練: {drill or 'まだ'}"


def _day(record: ControlRecord | None) -> str:
    return f"{record.wanted.day.year}年{record.wanted.day.month}月{record.wanted.day.day}日" if record else ""


def open_procedures(parent: QWidget, desk: Desk) -> None:
    office, session = desk.office, desk.session
    desk.run(
        Lane.READ,
        lambda _token: at_hand(office, session),
        owner=parent,
        done=lambda found: open_over_window(ProceduresDialog(parent, found)),
    )
