"""出るもの: a page of the very PDF that will be printed, at its true size where there is room."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nhi_center.printing.preview import PageImage
from nhi_center.ui import theme
from nhi_center.ui.common.parts import Card
from nhi_center.ui.common.styling import words

MM_PER_INCH = 25.4
CARD_WIDTH = 366
"""Room for the widest certificate (91 mm) at its true size beside the list."""


class PageView(QWidget):
    """One page, never enlarged; made smaller when the room is less than the paper. ``empty`` stands there without a page.

    Signals: scaled() when the room has changed.
    """

    scaled = Signal()

    def __init__(self, name: str, label: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._image: QImage | None = None
        self._dots = 1.0
        self._empty = ""

    @property
    def dots_per_mm(self) -> float:
        """How fine a page must be to show one millimetre as one millimetre on this screen."""
        return self.logicalDpiX() * self.devicePixelRatioF() / MM_PER_INCH

    @property
    def shown(self) -> bool:
        return self._image is not None

    @property
    def millimetres(self) -> tuple[int, int]:
        """Width and height of the paper."""
        if self._image is None:
            return 0, 0
        return round(self._image.width() / self._dots), round(self._image.height() / self._dots)

    @property
    def percent(self) -> int:
        """Of the true size; 100 when there is room for it."""
        area = self._area()
        true = self.logicalDpiX() / MM_PER_INCH * self.millimetres[0]
        return round(100 * area.width() / true) if true else 100

    def set_page(self, page: PageImage, dots_per_mm: float) -> None:
        image = QImage(page.pixels, page.width, page.height, page.width * 4, QImage.Format.Format_RGB32)
        self._image, self._dots = image.copy(), dots_per_mm
        self.update()

    def set_empty(self, text: str) -> None:
        self._image, self._empty = None, text
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(326, 205)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 72)

    def _area(self) -> QRectF:
        """Where the page stands: at the top, in the middle."""
        if self._image is None:
            return QRectF(self.rect())
        scale = self.logicalDpiX() / MM_PER_INCH / self._dots
        width, height = self._image.width() * scale, self._image.height() * scale
        fit = min(1.0, (self.width() - 2) / width, (self.height() - 2) / height)
        width, height = width * fit, height * fit
        return QRectF((self.width() - width) / 2, 1, width, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scaled.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = self._area()
        if self._image is None:
            painter.setPen(QColor(theme.TEXT_SECONDARY))
            painter.setFont(theme.font(theme.DENSE_PX))
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            painter.drawText(area.adjusted(16, 8, -16, -8), flags, self._empty)
            return
        image = self._image
        target = area.size() * self.devicePixelRatioF()
        if target.width() < image.width() - 1:
            size = target.toSize()
            mode = Qt.TransformationMode.SmoothTransformation
            image = image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, mode)
        painter.drawImage(area, image)
        painter.setPen(QPen(QColor(theme.LINE_STRONG), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))


class PreviewCard(Card):
    """The page of the current row, and how large it stands here."""

    def __init__(self) -> None:
        self.size_text = words("", "secondary", name="certificates_preview_size")
        super().__init__("出るもの", right=self.size_text, name="certificates_preview_card")
        self.view = PageView("certificates_preview", "出るもの")
        self.body.setContentsMargins(10, 10, 10, 10)
        self.body.addWidget(self.view, 1)
        self.view.scaled.connect(self._tell_size)

    def set_page(self, page: PageImage, dots_per_mm: float) -> None:
        self.view.set_page(page, dots_per_mm)
        self._tell_size()

    def set_empty(self, text: str) -> None:
        self.view.set_empty(text)
        self._tell_size()

    def _tell_size(self) -> None:
        """How large it really stands here."""
        width, height = self.view.millimetres
        percent = self.view.percent
        true = "実物大" if percent >= 99 else f"実物の{percent}%"
        self.size_text.setText(f"{true} {width}×{height} mm" if self.view.shown else "")
