"""異体字を選ぶ: every form of one character that the fonts have, each drawn by its glyph, chosen by keys.

A popup, so that it blocks nothing, closes when anything else is done, and the lock takes it away with the menus.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from nhi_center.domain.variants import code_of
from nhi_center.printing.variants import Variant
from nhi_center.ui import theme
from nhi_center.ui.common.name_view import NamePainter, name_font

COLUMNS, ROWS = 5, 2
PER_PAGE = COLUMNS * ROWS
_CELL_WIDTH, _CELL_HEIGHT = 136, 136
_MARGIN, _HEAD, _FOOT = 12, 34, 30
_GLYPH_PX = 60
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -COLUMNS, Qt.Key.Key_Down: COLUMNS}
_PAGES = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
_NONE = -1


class VariantPicker(QFrame):
    """Signals: chosen(cluster), gone() when it has closed, with or without a choice.

    ``current`` is shown as the present form. Nothing is chosen beforehand when it is of another collection: which form of
    ours it stands for is for the clerk and the paper to say.
    """

    chosen = Signal(str)
    gone = Signal()

    def __init__(self, parent: QWidget, glyphs: NamePainter, options: tuple[Variant, ...], current: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("variant_picker")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._glyphs, self.options, self._current = glyphs, options, current
        self.at = next((place for place, one in enumerate(options) if one.cluster == current and one.own), _NONE)
        self.page = max(self.at, 0) // PER_PAGE
        self.setFixedSize(self.sizeHint())
        self._say()

    @property
    def pages(self) -> int:
        return (len(self.options) + PER_PAGE - 1) // PER_PAGE

    def sizeHint(self) -> QSize:
        rows = ROWS if self.pages > 1 else (len(self.options) + COLUMNS - 1) // COLUMNS
        return QSize(COLUMNS * _CELL_WIDTH + 2 * _MARGIN, rows * _CELL_HEIGHT + 2 * _MARGIN + _HEAD + _FOOT)

    def open_at(self, field: QWidget) -> None:
        """Below the field, or above it where the screen ends; the field keeps what stands in it."""
        below = field.mapToGlobal(QPoint(0, field.height() + 4))
        room = field.screen().availableGeometry()
        x = min(below.x(), room.right() - self.width())
        y = below.y()
        if y + self.height() > room.bottom():
            y = max(room.top(), field.mapToGlobal(QPoint(0, -4)).y() - self.height())
        self.move(max(room.left(), x), y)
        self.show()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    # -- keys and mouse --

    def event(self, event: QEvent) -> bool:
        """No key of the page behind acts while a form is being chosen."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        digit = event.text() if len(event.text()) == 1 and event.text() in "0123456789" else ""
        if key in _STEPS:
            self._go(0 if self.at == _NONE else self.at + _STEPS[key])
        elif key in _PAGES:
            self._go((self.page + _PAGES[key]) * PER_PAGE)
        elif key == Qt.Key.Key_Home:
            self._go(0)
        elif key == Qt.Key.Key_End:
            self._go(len(self.options) - 1)
        elif digit:
            self._choose(self.page * PER_PAGE + (int(digit) - 1) % PER_PAGE)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.at)
        elif key == Qt.Key.Key_Escape or (key == Qt.Key.Key_V and event.modifiers() & Qt.KeyboardModifier.AltModifier):
            self.close()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = next((place for place, cell in self._cells() if cell.contains(event.position().toPoint())), _NONE)
        if place != _NONE:
            self._choose(place)
        else:
            super().mousePressEvent(event)  # outside: Qt closes the popup

    def _go(self, place: int) -> None:
        if 0 <= place < len(self.options):
            self.at, self.page = place, place // PER_PAGE
            self._say()
            self.update()

    def _choose(self, place: int) -> None:
        if 0 <= place < len(self.options):
            self.chosen.emit(self.options[place].cluster)
            self.close()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.gone.emit()

    def _say(self) -> None:
        """For those who hear the screen."""
        here = "" if self.at == _NONE else f" {self._number(self.at)} {'、'.join(self._words(self.options[self.at]))}"
        self.setAccessibleName(f"{self.title}{here}")

    # -- painting --

    @property
    def title(self) -> str:
        pages = f" {self.page + 1}/{self.pages}頁" if self.pages > 1 else ""
        return f"{self._current[:1]} の字形 {len(self.options)}種{pages}"

    def _number(self, place: int) -> str:
        return str((place % PER_PAGE + 1) % 10)

    def _words(self, variant: Variant) -> tuple[str, ...]:
        marks = []
        if variant.cluster == self._current:
            marks.append("今の字")
        elif variant.usual:
            marks.append("基本の形")
        if not variant.own:
            marks.append("区確認")
        return (code_of(variant.cluster), " ".join((variant.number, *marks)).strip())

    def _cells(self) -> list[tuple[int, QRect]]:
        first = self.page * PER_PAGE
        return [
            (
                place,
                QRect(
                    _MARGIN + (place - first) % COLUMNS * _CELL_WIDTH,
                    _MARGIN + _HEAD + (place - first) // COLUMNS * _CELL_HEIGHT,
                    _CELL_WIDTH,
                    _CELL_HEIGHT,
                ),
            )
            for place in range(first, min(first + PER_PAGE, len(self.options)))
        ]

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.PAGE))
        painter.setPen(QPen(QColor(theme.PRIMARY), 2))
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        head = QRectF(_MARGIN + 6, _MARGIN, self.width() - 2 * _MARGIN - 12, _HEAD - 8)
        painter.setPen(QColor(theme.TEXT))
        painter.setFont(theme.font(theme.BODY_PX, bold=True))
        painter.drawText(head, int(Qt.AlignmentFlag.AlignVCenter), f"{self.title}  紙と同じ形を選びます")
        for place, cell in self._cells():
            self._paint_cell(painter, place, cell)
        foot = QRectF(head.left(), self.height() - _MARGIN - _FOOT + 8, head.width(), _FOOT - 8)
        painter.setFont(theme.font(theme.DENSE_PX))
        painter.setPen(QColor(theme.TEXT_SECONDARY))
        turning = "　PgUp PgDn 頁をめくる" if self.pages > 1 else ""
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignVCenter), f"数字、または矢印と Enter で選ぶ{turning}　Esc やめる")
        painter.end()

    def _paint_cell(self, painter: QPainter, place: int, cell: QRect) -> None:
        variant, inside = self.options[place], QRectF(cell).adjusted(3, 3, -3, -3)
        here = place == self.at
        painter.setPen(QPen(QColor(theme.PRIMARY if here else theme.LINE), 2 if here else 1))
        painter.setBrush(QColor(theme.PRIMARY_PALE if here else theme.PAGE))
        painter.drawRoundedRect(inside, theme.RADIUS_FIELD, theme.RADIUS_FIELD)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(theme.PRIMARY))
        painter.setFont(theme.font(theme.BODY_PX, bold=True))
        painter.drawText(inside.adjusted(8, 5, 0, 0), int(Qt.AlignmentFlag.AlignLeft), self._number(place))
        painter.setPen(QColor(theme.TEXT))
        metrics = QFontMetricsF(name_font(_GLYPH_PX))
        baseline = inside.top() + 46 + (metrics.ascent() - metrics.descent()) / 2
        self._glyphs.draw_cluster(painter, QPointF(inside.center().x() - _GLYPH_PX / 2, baseline), variant.cluster, _GLYPH_PX)
        painter.setFont(theme.font(12))
        lines = self._words(variant)
        painter.setPen(QColor(theme.TEXT_SECONDARY if variant.own else theme.TONES[theme.Tone.WARNING].text))
        for number, line in enumerate(lines):
            area = QRectF(inside.left(), inside.bottom() - 40 + 18 * number, inside.width(), 18)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), line)
