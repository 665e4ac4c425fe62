"""Dense tables: frozen rows in, one delegate for words, chips and names; what is shown cannot be copied out."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from math import ceil
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QWidget,
)

from nhi_center.ui import theme
from nhi_center.ui.common.cells import ALIGN, CELL_ROLE, SIDE, Cell, CellDelegate, Column, Index
from nhi_center.ui.common.name_view import NamePainter

__all__ = ["Cell", "CellDelegate", "Column", "DataTable", "Index", "RowsModel"]

_NOTE_ROLES = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole)
HEADER_HEIGHT = 31


ROWS_MEASURED = 100
"""More are not looked at when columns share the room."""


class RowsModel(QAbstractTableModel):
    """A whole list of frozen rows; sorted and filtered where they come from, never by a proxy (measured: 22 s for 100,000)."""

    def __init__(self, columns: tuple[Column, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.columns = columns
        self.rows: tuple[Any, ...] = ()

    def set_rows(self, rows: Sequence[Any]) -> None:
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def add_rows(self, rows: Sequence[Any]) -> None:
        first = len(self.rows)
        self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
        self.rows = (*self.rows, *rows)
        self.endInsertRows()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, CELL_ROLE, Qt.ItemDataRole.AccessibleTextRole, *_NOTE_ROLES):
            return None
        cell = self.columns[index.column()].cell(self.rows[index.row()])
        if role in _NOTE_ROLES:
            return cell.note or None if isinstance(cell, Cell) else None
        if role == CELL_ROLE:
            return Cell(cell) if isinstance(cell, str) else cell
        return cell if isinstance(cell, str) else cell.spoken

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return ALIGN[self.columns[section].align] | Qt.AlignmentFlag.AlignVCenter
        return None


class DataTable(QTableView):
    """A list to work from. Enter or a double click opens a row; Space ticks it where ``checkable`` says so.

    ``empty`` says what will appear here. Signals: row_activated(row), current_row_changed(row or None), checks_changed().
    """

    row_activated = Signal(object)
    current_row_changed = Signal(object)
    checks_changed = Signal()

    def __init__(
        self,
        columns: tuple[Column, ...],
        *,
        name: str,
        label: str,
        empty: str,
        names: NamePainter | None = None,
        row_key: Callable[[Any], Hashable] = lambda row: row,
        checkable: Callable[[Any], bool] | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self._empty, self._row_key, self._checkable = empty, row_key, checkable
        self._checked: set[Hashable] = set()
        if checkable is not None:
            columns = (Column("", self._tick, 30), *columns)
        self._columns = columns
        self._model = RowsModel(columns, self)
        self.setModel(self._model)
        self._delegate = CellDelegate(columns, names, self)
        self.setItemDelegate(self._delegate)
        self._lay_out(columns)
        self.selectionModel().currentRowChanged.connect(lambda *_args: self.current_row_changed.emit(self.current_row()))
        self.doubleClicked.connect(lambda _index: self._activate())

    def _lay_out(self, columns: tuple[Column, ...]) -> None:
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragDropMode(QAbstractItemView.DragDropMode.NoDragDrop)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setFixedHeight(HEADER_HEIGHT)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(20)
        for index, column in enumerate(columns):
            if column.width:
                header.setSectionResizeMode(index, QHeaderView.ResizeMode.Fixed)
                self.setColumnWidth(index, column.width)
            else:
                header.setSectionResizeMode(index, QHeaderView.ResizeMode.Stretch)
        if all(column.width for column in columns):
            header.setStretchLastSection(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_room()

    def _give_room(self) -> None:
        """What the column without a width does not need goes to those that may grow, the first of them first."""
        shown = [(at, column) for at, column in enumerate(self._columns) if not self.isColumnHidden(at)]
        growing = [(at, column) for at, column in shown if column.most]
        left = [at for at, column in shown if not column.width]
        if not growing or len(left) != 1:
            return
        taken = sum(column.width if column.most else self.columnWidth(at) for at, column in shown if at != left[0])
        spare = self.viewport().width() - taken - self.needed(left[0])
        for at, column in growing:
            more = max(0, min(spare, min(column.most, self.needed(at)) - column.width))
            self.setColumnWidth(at, column.width + more)
            spare -= more

    def needed(self, at: int) -> int:
        """How wide a column must be for its title and the first rows, whatever their number."""
        column = self._columns[at]
        cells = [column.cell(row) for row in self._model.rows[:ROWS_MEASURED]]
        wide = [self._delegate.needed(column, Cell(cell) if isinstance(cell, str) else cell) for cell in cells]
        return ceil(max([self.horizontalHeader().fontMetrics().horizontalAdvance(column.title) + 2 * SIDE + 2, *wide]))

    # -- rows --

    def rows(self) -> tuple[Any, ...]:
        return self._model.rows

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show these; the row with the same key stays current, otherwise the first one is."""
        current = self.current_row()
        key = self._row_key(current) if current is not None else None
        self._model.set_rows(rows)
        keys = [self._row_key(row) for row in rows]
        self._checked &= set(keys)
        if rows:
            self.select(keys.index(key) if key in keys else 0)
        else:
            self.current_row_changed.emit(None)
        self._give_room()
        self.viewport().update()

    def add_rows(self, rows: Sequence[Any]) -> None:
        """More of them below; where the list stands does not change."""
        if rows:
            self._model.add_rows(rows)

    def set_empty(self, text: str) -> None:
        """What stands here while there is no row."""
        self._empty = text
        self.viewport().update()

    def select(self, row: int) -> None:
        self.selectRow(row)
        self.setCurrentIndex(self._model.index(row, 0))

    def current_row(self) -> Any | None:
        row = self.currentIndex().row()
        return self._model.rows[row] if 0 <= row < len(self._model.rows) else None

    def set_height_for(self, rows: int) -> None:
        """Exactly as high as this many rows, for tables that stand inside a page."""
        self.setFixedHeight(HEADER_HEIGHT + rows * theme.ROW_HEIGHT + 2)
        self._delegate.fits = True
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    # -- ticks --

    def checked_rows(self) -> tuple[Any, ...]:
        return tuple(row for row in self._model.rows if self._row_key(row) in self._checked)

    def set_checked(self, row: Any, checked: bool) -> None:
        if self._checkable is None or not self._checkable(row):
            return
        (self._checked.add if checked else self._checked.discard)(self._row_key(row))
        self.viewport().update()
        self.checks_changed.emit()

    def _tick(self, row: Any) -> Cell:
        if self._checkable is None or not self._checkable(row):
            return Cell("")
        return Cell("☑" if self._row_key(row) in self._checked else "☐")

    # -- keys --

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) or event.matches(QKeySequence.StandardKey.Cut):
            event.accept()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                event.ignore()
            else:
                self._activate()
        elif event.key() == Qt.Key.Key_Space:
            if (row := self.current_row()) is not None:
                self.set_checked(row, self._row_key(row) not in self._checked)
        elif event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _activate(self) -> None:
        if (row := self.current_row()) is not None:
            self.row_activated.emit(row)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._model.rows:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(theme.TEXT_SECONDARY))
            painter.setFont(theme.font(theme.DENSE_PX))
            area = self.viewport().rect().adjusted(24, 16, -24, -16)
            shown = by_sentences(self._empty, painter.fontMetrics(), area.width())
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), shown)
            painter.end()


def by_sentences(text: str, metrics: QFontMetrics, width: int) -> str:
    """On one line where it fits, else each sentence on its own, and a long one broken behind a comma: no lone letters."""
    if metrics.horizontalAdvance(text) <= width:
        return text
    return "\n".join(_behind_a_comma(f"{sentence}。", metrics, width) for sentence in text.split("。") if sentence)


def _behind_a_comma(sentence: str, metrics: QFontMetrics, width: int) -> str:
    if metrics.horizontalAdvance(sentence) <= width:
        return sentence
    commas = [
        at + 1 for at, char in enumerate(sentence) if char == "、" and metrics.horizontalAdvance(sentence[: at + 1]) <= width
    ]
    return f"{sentence[: commas[-1]]}\n{sentence[commas[-1] :]}" if commas else sentence
