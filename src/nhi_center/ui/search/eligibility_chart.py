"""資格の経過 over the whole width: every period with its days, what lay between, today, the day looked at, and 今回."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nhi_center.domain import eligibility
from nhi_center.domain.calendar import wareki
from nhi_center.domain.people import Period
from nhi_center.domain.time_line import Mark, Stretch, stretches
from nhi_center.ui import theme

_TOP, _BAR, _LANE, _ROW = 20, 26, 22, 17
_LEAST, _SIDE, _TAIL = 84, 10, 96
_INSURED, _AWAY = "#264af4", "#e6e6e6"
MOST_MARKS = 3


@dataclass(frozen=True, slots=True)
class _Line:
    periods: tuple[Period, ...] = ()
    pieces: tuple[Stretch, ...] = ()
    marks: tuple[Mark, ...] = ()
    today: date = date.max
    looked_at: date | None = None


class EligibilityChart(QWidget):
    """Painted; the accessible name says the same in words. As high as its marks need."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("eligibility_chart")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._line = _Line()
        self._fit()

    def set_line(self, periods: tuple[Period, ...], marks: tuple[Mark, ...], today: date, looked_at: date | None) -> None:
        """``looked_at``: the day of その日の台帳, None for today's register."""
        shown = tuple(sorted(marks, key=lambda mark: (not mark.pending, mark.start)))[:MOST_MARKS]
        self._line = _Line(periods, stretches(periods), shown, today, looked_at)
        self.setAccessibleName(_spoken(self._line))
        self._fit()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(600, self.height())

    def _fit(self) -> None:
        self.setFixedHeight(_TOP + _BAR + 2 * _ROW + 6 + _LANE * len(self._line.marks))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(13))
        if not self._line.pieces:
            painter.setPen(QColor(theme.TEXT_SECONDARY))
            area = QRectF(0, 0, self.width(), _TOP + _BAR + 2 * _ROW)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), "加入の記録はありません")
        axis = _Axis(self._line, float(self.width()))
        for piece, left, right in axis.pieces:
            self._piece(painter, piece, QRectF(left, _TOP, right - left - 1, _BAR))
        self._days(painter, axis)
        for lane, mark in enumerate(self._line.marks):
            self._mark(painter, mark, axis, lane)
        if self._line.pieces:
            self._uprights(painter, axis)
        painter.end()

    def _piece(self, painter: QPainter, piece: Stretch, area: QRectF) -> None:
        insured = piece.kind == "insured"
        painter.setPen(Qt.PenStyle.NoPen if insured else QPen(QColor(theme.LINE_STRONG), 1, Qt.PenStyle.DotLine))
        painter.setBrush(QColor(_INSURED if insured else _AWAY))
        painter.drawRect(area)
        painter.setPen(QColor(theme.PAGE if insured else theme.TEXT))
        _write(painter, area.adjusted(7, 0, -4, 0), self._label(piece))

    def _label(self, piece: Stretch) -> str:
        period = next((one for one in self._line.periods if piece.kind == "insured" and one.acquired == piece.start), None)
        return f"国保 {eligibility.reason(period.acquired_code).label}" if period else piece.label

    def _days(self, painter: QPainter, axis: _Axis) -> None:
        """The day each piece begins, on two rows, so that two short ones beside each other keep theirs."""
        free = [0.0, 0.0]
        painter.setPen(QColor(theme.TEXT_SECONDARY))
        for piece, left, _right in axis.pieces:
            text = wareki(piece.start)
            width = painter.fontMetrics().horizontalAdvance(text)
            x = min(left, self.width() - width - 2.0)
            row = next((at for at, end in enumerate(free) if x >= end), None)
            if row is not None:
                _write(painter, QRectF(x, _TOP + _BAR + 2 + row * _ROW, width + 2, _ROW), text)
                free[row] = x + width + 10

    def _mark(self, painter: QPainter, mark: Mark, axis: _Axis, lane: int) -> None:
        left = min(axis.at(mark.start), self.width() - 260.0)
        area = QRectF(left, _TOP + _BAR + 2 * _ROW + 4 + lane * _LANE, self.width() - left - _SIDE, _LANE - 4)
        style = Qt.PenStyle.DashLine if mark.pending else Qt.PenStyle.SolidLine
        painter.setPen(QPen(QColor(theme.PRIMARY), 1.5, style))
        painter.setBrush(QColor(theme.PAGE if mark.pending else theme.PRIMARY_PALE))
        painter.drawRect(area)
        painter.setPen(QColor(theme.PRIMARY))
        _write(painter, area.adjusted(7, 0, -4, 0), f"{'今回 ' if mark.pending else ''}{mark.label} {wareki(mark.start)}から")

    def _uprights(self, painter: QPainter, axis: _Axis) -> None:
        self._upright(painter, axis, self._line.today, "今日", theme.TEXT, Qt.PenStyle.SolidLine)
        if self._line.looked_at is not None:
            self._upright(painter, axis, self._line.looked_at, "その日", "#a90000", Qt.PenStyle.DashLine)

    def _upright(self, painter: QPainter, axis: _Axis, day: date, word: str, colour: str, style: Qt.PenStyle) -> None:
        x = axis.at(day)
        painter.setPen(QPen(QColor(colour), 2, style))
        painter.drawLine(QPointF(x, _TOP - 4), QPointF(x, _TOP + _BAR + 4))
        text = f"{word} {wareki(day)}"
        width = painter.fontMetrics().horizontalAdvance(text)
        start = min(x, self.width() - width - 2.0) if word == "今日" else max(0.0, x - width - 6)
        painter.setPen(QColor(colour))
        _write(painter, QRectF(start, 0, width + 2, _TOP - 4), text)


class _Axis:
    """Where a day stands: each piece as long as it lasts, but never too short for its words."""

    def __init__(self, line: _Line, width: float) -> None:
        spans = [max(1, ((piece.end or max(line.today, piece.start)) - piece.start).days) for piece in line.pieces]
        spare = max(0.0, width - 2 * _SIDE - _TAIL - _LEAST * len(spans))
        total = sum(spans) or 1
        self.pieces: list[tuple[Stretch, float, float]] = []
        self._knots: list[tuple[int, float]] = []
        x = float(_SIDE)
        for piece, span in zip(line.pieces, spans, strict=True):
            end = x + _LEAST + spare * span / total
            self.pieces.append((piece, x, end))
            self._knots.append((piece.start.toordinal(), x))
            x = end
        if line.pieces:
            self._knots.append((line.pieces[-1].start.toordinal() + spans[-1], x))
        self._end = width - _SIDE

    def at(self, day: date) -> float:
        """Days before the line stand at its beginning, days to come shortly behind its end."""
        number = day.toordinal()
        if not self._knots or number <= self._knots[0][0]:
            return float(_SIDE)
        for (before, left), (after, right) in pairwise(self._knots):
            if number <= after:
                return left + (right - left) * (number - before) / max(1, after - before)
        return min(self._knots[-1][1] + 24, self._end)


def _write(painter: QPainter, area: QRectF, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()) + 1)
    painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)


def _spoken(line: _Line) -> str:
    if not line.pieces:
        return "資格の経過 加入の記録はありません"
    said = [f"{one.label} {wareki(one.start)}から{wareki(one.end) if one.end else ''}" for one in line.pieces]
    said += [f"{'今回 ' if mark.pending else ''}{mark.label} {wareki(mark.start)}から" for mark in line.marks]
    return "資格の経過 " + "、".join(said)
