"""Two series of counts side by side: by hour what came in and what was keyed, and the like."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nhi_center.ui import theme

_COLOURS = ("#0017c1", "#51b883")
_CAPTION_LINES = (1, 2)
"""Under the bars, without and with a second line."""


@dataclass(frozen=True, slots=True)
class BarGroup:
    """One hour: its caption and a count per series."""

    caption: str
    counts: tuple[int, int]


class BarChart(QWidget):
    """``series`` names the two series. The accessible description says every number, since a picture says none."""

    def __init__(self, series: tuple[str, str], unit: str, *, name: str = "bar_chart", label: str = "", empty: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label or "・".join(series))
        self.setMinimumHeight(200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._series, self._unit = series, unit
        self._empty = empty or f"ここには時間ごとの{unit}数が出ます。"
        self._groups: tuple[BarGroup, ...] = ()

    def set_series(self, series: tuple[str, str]) -> None:
        """Other words for what is drawn next."""
        self._series = series

    def set_groups(self, groups: tuple[BarGroup, ...]) -> None:
        self._groups = groups
        spoken = (
            f"{group.caption} {self._series[0]}{group.counts[0]}{self._unit} {self._series[1]}{group.counts[1]}{self._unit}"
            for group in groups
        )
        self.setAccessibleDescription("、".join(spoken))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme.font(theme.DENSE_PX))
        self._paint_legend(painter)
        step, top = _scale(max((max(group.counts) for group in self._groups), default=0))
        left = max(18, painter.fontMetrics().horizontalAdvance(f"{top:,}"))
        below = _CAPTION_LINES[any("(" in group.caption for group in self._groups)] * painter.fontMetrics().lineSpacing() + 6
        plot = QRectF(left + 20, 46, self.width() - left - 24, self.height() - 46 - below)
        if not any(any(group.counts) for group in self._groups):
            painter.setPen(QColor(theme.TEXT_SECONDARY))
            painter.drawText(plot, int(Qt.AlignmentFlag.AlignCenter), self._empty)
            return
        for value in range(0, top + 1, step):
            y = round(plot.bottom() - plot.height() * value / top) + 0.5
            painter.setPen(QPen(QColor(theme.LINE_STRONG if value == 0 else "#e0e0e0"), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            if value:
                painter.setPen(QColor(theme.TEXT_SECONDARY))
                right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
                painter.drawText(QRectF(0, y - 12, left, 24), right, f"{value:,}")
        self._paint_bars(painter, plot, top)

    def _paint_legend(self, painter: QPainter) -> None:
        x = float(self.width())
        for name, colour in reversed(tuple(zip(self._series, _COLOURS, strict=True))):
            x -= painter.fontMetrics().horizontalAdvance(name) + 32
            painter.fillRect(QRectF(x, 4, 14, 14), QColor(colour))
            painter.setPen(QColor(theme.TEXT))
            painter.drawText(QPointF(x + 18, 16), name)

    def _paint_bars(self, painter: QPainter, plot: QRectF, top: int) -> None:
        share = plot.width() / len(self._groups)
        width = min(18.0, share / 2 - 3)
        for index, group in enumerate(self._groups):
            middle = plot.left() + share * (index + 0.5)
            for offset, count, colour in zip((-width - 1, 1.0), group.counts, _COLOURS, strict=True):
                height = plot.height() * count / top
                painter.fillRect(QRectF(middle + offset, plot.bottom() - height, width, height), QColor(colour))
            painter.setPen(QColor(theme.TEXT_SECONDARY))
            self._paint_caption(painter, QRectF(middle - share / 2, plot.bottom() + 4, share, 0), group.caption)

    @staticmethod
    def _paint_caption(painter: QPainter, place: QRectF, caption: str) -> None:
        """What stands in brackets on a line of its own; what is wider than the bar's share ends in an ellipsis."""
        metrics = painter.fontMetrics()
        for number, part in enumerate(filter(None, caption.rstrip(")").split("("))):
            shown = metrics.elidedText(part, Qt.TextElideMode.ElideRight, int(place.width()) - 4)
            line = QRectF(place.left(), place.top() + number * metrics.lineSpacing(), place.width(), metrics.lineSpacing())
            painter.drawText(line, int(Qt.AlignmentFlag.AlignCenter), shown)


def _scale(highest: int) -> tuple[int, int]:
    """(step, top) of a calm axis: three or four lines of 1, 2 or 5 times a power of ten."""
    step = next(step for power in itertools.count() for step in (10**power, 2 * 10**power, 5 * 10**power) if step * 3 >= highest)
    return step, step * max(1, -(-highest // step))
