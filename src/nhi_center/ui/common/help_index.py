"""目次・さがす: the chapters of the manual by role and screen, or the places where the typed words stand."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from nhi_center.domain.call_answers import terms_of
from nhi_center.domain.manual import Chapter, Hit, Part, marks, roles_words
from nhi_center.services import manual
from nhi_center.ui import theme
from nhi_center.ui.common.fields import FieldLine
from nhi_center.ui.common.styling import words

MARK = "#ffe38a"
MOST = 100
_ROW_PX, _HIT_PX, _LINE_PX, _SIDE = 34, 54, 21, 12
_BEFORE_HIT = 24
_ROW = Qt.ItemDataRole.UserRole
_WAYS = "↑↓ で選び、Enter で開きます。Esc でもどります。"
_EMPTY = "この言葉は、どの章にもありません。短くするか、別の言葉でさがしてください。Esc で元の章にもどります。"


@dataclass(frozen=True, slots=True)
class Row:
    """One line: a part's title (nothing else), a chapter, or a place in one."""

    part: str = ""
    chapter: Chapter | None = None
    hit: Hit | None = None

    @property
    def title(self) -> str:
        if self.hit is not None:
            return " › ".join(filter(None, (self.hit.chapter.title, self.hit.heading)))
        return self.chapter.title if self.chapter is not None else self.part

    @property
    def spoken(self) -> str:
        return f"{self.title} {self.hit.sentence}" if self.hit is not None else self.title


class _Delegate(QStyledItemDelegate):
    """Paints a row: the title with the roles, and of a place the sentence with its words marked."""

    def __init__(self, parent: QListWidget) -> None:
        super().__init__(parent)
        self._list = parent
        self.terms: tuple[str, ...] = ()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        hit: Hit | None = index.data(_ROW).hit
        if hit is None:
            return QSize(0, _ROW_PX)
        wide = QFontMetrics(theme.font(theme.DENSE_PX)).horizontalAdvance(hit.sentence)
        return QSize(0, _HIT_PX + (_LINE_PX if wide > self._list.viewport().width() - 2 * _SIDE else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        row: Row = index.data(_ROW)
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.PRIMARY_PALE))
        elif row.part:
            painter.fillRect(rect, QColor("#f2f2f2"))
        painter.setPen(QColor("#dddddd"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        area = rect.adjusted(_SIDE, 0, -_SIDE, 0)
        top = QRect(area.left(), area.top() + 4, area.width(), _LINE_PX) if row.hit is not None else area
        self._title(painter, top, row)
        if row.hit is not None:
            self._sentence(painter, area.adjusted(0, 4 + _LINE_PX, 0, 0), row.hit)
        painter.restore()

    def _title(self, painter: QPainter, area: QRect, row: Row) -> None:
        chapter = row.hit.chapter if row.hit is not None else row.chapter
        roles = roles_words(chapter.roles) if chapter is not None else ""
        painter.setFont(theme.font(13))
        painter.setPen(QColor(theme.TEXT_SECONDARY))
        taken = painter.fontMetrics().horizontalAdvance(roles) + 16 if roles else 0
        painter.drawText(area, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), roles)
        room = area.adjusted(0, 0, -taken, 0)
        font = theme.font(theme.DENSE_PX, bold=bool(row.part) or row.hit is not None)
        title = QTextLayout(row.title, font)
        painter.setPen(QColor(theme.TEXT_SECONDARY if row.part else theme.TEXT))
        self._draw(painter, title, room, marks(row.title, self.terms) if row.hit is not None else (), lines=1)

    def _sentence(self, painter: QPainter, area: QRect, hit: Hit) -> None:
        """Two lines; a long sentence begins a little before its first word."""
        start = hit.spans[0][0] if hit.spans else 0
        cut = start - _BEFORE_HIT if start > 2 * _BEFORE_HIT else 0
        lead = "…" if cut else ""
        text = lead + hit.sentence[cut:]
        shift = len(lead) - cut
        spans = tuple((begin + shift, end + shift) for begin, end in hit.spans)
        painter.setPen(QColor(theme.TEXT))
        self._draw(painter, QTextLayout(text, theme.font(theme.DENSE_PX)), area, spans, lines=2)

    @staticmethod
    def _draw(painter: QPainter, layout: QTextLayout, area: QRect, spans: tuple[tuple[int, int], ...], *, lines: int) -> None:
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAnywhere)
        layout.setTextOption(option)
        marked = QTextCharFormat()
        marked.setBackground(QColor(MARK))
        ranges = []
        for begin, end in spans:
            one = QTextLayout.FormatRange()
            one.start, one.length, one.format = begin, end - begin, marked
            ranges.append(one)
        layout.setFormats(ranges)
        layout.beginLayout()
        for number in range(lines):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(area.width())
            line.setPosition(QPointF(0, number * _LINE_PX))
        layout.endLayout()
        height = _LINE_PX if lines > 1 else area.height()
        layout.draw(painter, QPointF(area.left(), area.top() + (height - layout.lineAt(0).height()) / 2))


class IndexLine(FieldLine):
    """The line one types in: Up, Down and the pages move in the list below.

    Signals: step_wanted(by).
    """

    step_wanted = Signal(int)

    def take_key(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        if (by := steps.get(Qt.Key(event.key()))) is not None:
            self.step_wanted.emit(by)
        else:
            super().take_key(event)


class HelpIndex(QWidget):
    """Nothing typed: the contents. Each letter narrows to the places that hold it.

    Signals: chosen(Chapter, place, terms).
    """

    chosen = Signal(object, str, object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("help_index")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        label = words("さがす言葉(ひらがなでも、字の一部でも)", "label", name="help_search_label")
        self.line = IndexLine()
        self.line.setObjectName("help_search")
        self.line.setAccessibleName(label.text())
        self.line.textChanged.connect(lambda _text: self._show())
        self.line.step_wanted.connect(self._step)
        self.line.next_wanted.connect(self._choose)
        self.said = words(_WAYS, "secondary", name="help_found")
        self.list = QListWidget()
        self.list.setObjectName("help_list")
        self.list.setAccessibleName("目次")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._delegate = _Delegate(self.list)
        self.list.setItemDelegate(self._delegate)
        self.list.itemActivated.connect(lambda _item: self._choose())
        self.list.itemClicked.connect(lambda _item: self._choose())
        self.empty = words(_EMPTY, "dense", name="help_empty", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.empty.setContentsMargins(12, 24, 12, 0)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.list)
        self.stack.addWidget(self.empty)
        for part in (label, self.line, self.said):
            column.addWidget(part)
        column.addWidget(self.stack, 1)
        self._front = ""
        label.setBuddy(self.line)

    def begin(self, front: str) -> None:
        """The whole contents, the keyboard in the line, the chapter ``front`` chosen."""
        self._front = front
        self.line.clear()
        self._show()
        self.come_back()

    def come_back(self) -> None:
        """As it was left: the same words, the same row."""
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Nothing of what was looked for stays."""
        self.line.clear()

    def rows(self) -> tuple[Row, ...]:
        return tuple(self.list.item(at).data(_ROW) for at in range(self.list.count()))

    def _show(self) -> None:
        typed = self.line.text()
        self._delegate.terms = terms_of(typed)
        if self._delegate.terms:
            hits, number = manual.finder().search(typed, MOST)
            rows = tuple(Row(hit=hit) for hit in hits)
            more = f"(はじめの{MOST}か所)" if number > MOST else ""
            self.said.setText(f"{number}か所{more}。{_WAYS}" if number else "0か所")
        else:
            rows = _contents(manual.parts())
            self.said.setText(_WAYS)
        self.list.clear()
        for row in rows:
            item = QListWidgetItem(row.spoken)
            item.setData(_ROW, row)
            if row.part:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
        self.stack.setCurrentWidget(self.list if rows else self.empty)
        self._select(rows)

    def _select(self, rows: tuple[Row, ...]) -> None:
        own = [at for at, row in enumerate(rows) if row.chapter is not None and row.chapter.name == self._front]
        free = [at for at, row in enumerate(rows) if not row.part]
        if free:
            self.list.setCurrentRow((own or free)[0])
            self.list.scrollToItem(self.list.currentItem(), QListWidget.ScrollHint.PositionAtCenter)

    def _step(self, by: int) -> None:
        """Up and down over the titles of the parts."""
        free = [at for at, row in enumerate(self.rows()) if not row.part]
        if not free:
            return
        at = free.index(self.list.currentRow()) if self.list.currentRow() in free else 0
        self.list.setCurrentRow(free[max(0, min(at + by, len(free) - 1))])
        if self.list.currentRow() == free[0]:
            self.list.scrollToTop()  # with the title of its part

    def _choose(self) -> None:
        item = self.list.currentItem()
        row = item.data(_ROW) if item is not None else None
        if row is None or row.part:
            return
        if row.hit is not None:
            self.chosen.emit(row.hit.chapter, row.hit.place, self._delegate.terms)
        else:
            self.chosen.emit(row.chapter, "", ())


def _contents(parts: tuple[Part, ...]) -> tuple[Row, ...]:
    return tuple(row for part in parts for row in (Row(part.title), *(Row(chapter=one) for one in part.chapters)))
