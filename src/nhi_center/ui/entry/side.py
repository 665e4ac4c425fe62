"""Beside the form: the person of the register, what will change, what the ward has answered, the rules of this form."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from nhi_center.domain.forms.summary import Row
from nhi_center.domain.names import clusters
from nhi_center.ui import theme
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.parts import Card
from nhi_center.ui.common.person_card import PersonCard
from nhi_center.ui.common.styling import words
from nhi_center.ui.entry.flow import Flow

_ROWS = 4
_WARD = "東京都新宿区"
_HOW_TO_FIND = "「世帯・対象者」の頁で、氏名・カナ・生年月日・番号から探します。"


class SayCell(QWidget):
    """One cell: words, or a name with a variation form drawn by glyph; what is too long ends with …."""

    def __init__(self, glyphs: NamePainter) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._text, self._strong = "", False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, text: str, *, strong: bool = False) -> None:
        if (text, strong) != (self._text, self._strong):
            self._text, self._strong = text, strong
            self.setAccessibleName(text)
            self.setToolTip(text)
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(self.rect()).adjusted(8, 0, -4, 0)
        if any(map(self._glyphs.by_glyph, clusters(self._text))):
            self._glyphs.draw(painter, area, self._text, 16, QColor(theme.TEXT))
        else:
            painter.setFont(theme.font(theme.DENSE_PX, bold=self._strong))
            painter.setPen(QColor(theme.TEXT))
            shown = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, int(area.width()))
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)
        painter.end()


class ChangeTable(QFrame):
    """項目・いま・届出後."""

    def __init__(self, glyphs: NamePainter) -> None:
        super().__init__()
        self.setObjectName("change_table")
        self.setAccessibleName("いまと届出後")
        self.setProperty("part", "card")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        for column, (title, share) in enumerate((("項目", 0), ("いま", 160), ("届出後", 164))):
            head = words(title, "secondary")
            head.setFixedHeight(30)
            head.setContentsMargins(8, 0, 4, 0)
            head.setStyleSheet(f"background: {theme.PANEL}; border-bottom: 1px solid {theme.LINE_STRONG};")
            grid.addWidget(head, 0, column)
            grid.setColumnStretch(column, share)
        self._rows: list[tuple[QLabel, SayCell, SayCell]] = []
        for number in range(1, _ROWS + 1):
            item = words("", "dense")
            item.setFixedWidth(102)
            row = (item, SayCell(glyphs), SayCell(glyphs))
            for column, cell in enumerate(row):
                cell.setContentsMargins(8, 0, 4, 0)
                cell.setFixedHeight(33)
                grid.addWidget(cell, number, column)
            self._rows.append(row)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QColor("#dddddd"))
        for item, _now, _after in self._rows[:-1]:
            bottom = item.geometry().bottom()
            painter.drawLine(1, bottom, self.width() - 2, bottom)
        painter.end()

    def set_rows(self, rows: tuple[Row, ...]) -> None:
        for (item, now, after), row in zip(self._rows, rows, strict=False):
            item.setText(row.item)
            now.say(row.now.removeprefix(_WARD))
            after.say(row.after, strong=row.changes)


class Side(QWidget):
    """The right column of the wizard."""

    def __init__(self, glyphs: NamePainter, flow: Flow) -> None:
        super().__init__()
        self.setObjectName("entry_side")
        self._flow = flow
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        if flow.entry.sent_back:
            back = Card("訂正" if flow.entry.corrects else "差戻し", name="sent_back_card")
            back.add_lines(flow.entry.sent_back)
            column.addWidget(back)
        answered = [hold for hold in flow.entry.holds if hold.answered]
        if answered:
            last = answered[-1]
            card = Card("区の回答" if last.by_ward else "取扱責任者の回答", right=last.query, name="answer_card")
            card.add_lines(f"質問: {last.for_ward}", f"回答: {last.answer}")
            column.addWidget(card)
        self.person = PersonCard(glyphs, _HOW_TO_FIND)
        self.changes = ChangeTable(glyphs)
        column.addWidget(self.person)
        column.addWidget(self.changes)
        if flow.form.notes:
            rules = Card("この届出の決まり", panel=True, name="rules_card")
            rules.add_lines(*flow.form.notes)
            column.addWidget(rules)
        column.addStretch(1)
        self.show_flow()

    def show_flow(self) -> None:
        summary = self._flow.summary()
        entry = self._flow.entry
        self.person.set_person(self._flow.open_line.person, summary.effect.period if summary.effect else None, entry.today)
        self.changes.set_rows(summary.rows)
