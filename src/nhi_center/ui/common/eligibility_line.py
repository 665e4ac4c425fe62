"""The eligibility of a person at one glance: insured here, elsewhere, and what this application would change."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nhi_center.domain.calendar import wareki
from nhi_center.domain.people import Period
from nhi_center.domain.time_line import Stretch, stretches
from nhi_center.ui import theme

HEIGHT = 64
_LEAST = 46
_INSURED, _AWAY, _SAID = "#4979f5", "#cccccc", "#ffffff"


class EligibilityLine(QWidget):
    """Painted; the accessible name says the same in words."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("eligibility_line")
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._pieces: tuple[Stretch, ...] = ()
        self._today = date.max

    def set_periods(self, periods: tuple[Period, ...], change: Period | None, today: date) -> None:
        self._pieces = stretches(periods, change)
        self._today = today
        said = "、".join(f"{piece.label} {_month(piece.start)}から" for piece in self._pieces)
        self.setAccessibleName(f"資格の経過 {said}" if said else "資格の経過なし")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(300, HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.LINE), 1))
        middle = 22.0
        painter.drawLine(QPointF(0, middle), QPointF(self.width(), middle))
        painter.setFont(theme.font(13))
        if not self._pieces:
            painter.setPen(QColor(theme.TEXT_SECONDARY))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), "加入の記録はありません")
            painter.end()
            return
        free = 0.0
        for piece, area in zip(self._pieces, self._areas(middle), strict=True):
            self._piece(painter, piece, area)
            free = self._month_below(painter, piece, area, free)
        painter.end()

    def _areas(self, middle: float) -> list[QRectF]:
        room = float(self.width()) - 28
        spans = [_days(piece, self._today) for piece in self._pieces]
        spare = max(0.0, room - _LEAST * len(spans))
        total = sum(spans) or 1
        areas: list[QRectF] = []
        x = 20.0
        for span in spans:
            width = _LEAST + spare * span / total
            areas.append(QRectF(x, middle - 10, width - 2, 20))
            x += width
        return areas

    def _piece(self, painter: QPainter, piece: Stretch, area: QRectF) -> None:
        if piece.kind == "now":
            painter.setPen(QPen(QColor(theme.PRIMARY), 2, Qt.PenStyle.DotLine))
            painter.setBrush(QColor(_SAID))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(_INSURED if piece.kind == "insured" else _AWAY))
        painter.drawRect(area)
        painter.setPen(QColor({"now": theme.PRIMARY, "insured": "#ffffff"}.get(piece.kind, theme.TEXT)))
        shown = painter.fontMetrics().elidedText(piece.label, Qt.TextElideMode.ElideRight, int(area.width()) - 10)
        painter.drawText(area.adjusted(6, 0, -4, 0), int(Qt.AlignmentFlag.AlignVCenter), shown)

    def _month_below(self, painter: QPainter, piece: Stretch, area: QRectF, free: float) -> float:
        """The month a piece begins, under its beginning, where it does not touch the one before."""
        text = _month(piece.start)
        width = painter.fontMetrics().horizontalAdvance(text)
        x = min(max(0.0, area.left() - 10), self.width() - width - 1.0)
        if x < free:
            return free
        painter.setPen(QColor(theme.TEXT_SECONDARY))
        painter.drawText(QRectF(x, area.bottom() + 6, width + 2, 18), int(Qt.AlignmentFlag.AlignLeft), text)
        return x + width + 8


def _month(day: date) -> str:
    return wareki(day).rpartition("月")[0] + "月"


def _days(piece: Stretch, today: date) -> int:
    if piece.kind == "now":
        return 0
    return max(1, ((piece.end or today) - piece.start).days)
