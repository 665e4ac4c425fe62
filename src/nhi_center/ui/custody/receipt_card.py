"""Step 4: the receipt as it was written, page one, and under which name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nhi_center.domain.handover import Direction
from nhi_center.printing.preview import PageImage, render_page
from nhi_center.services.handover_view import HandoverView
from nhi_center.services.receipts import make_receipt, receipt_path
from nhi_center.services.slips import make_slips
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import Card, plain_button
from nhi_center.ui.common.styling import words

_PREVIEW_HEIGHT = 440
_A4_MM = 297


def first_page(path: Path, ratio: float) -> tuple[Path, PageImage]:
    """The first page in the pixels of a screen of this ratio. For the print lane: PDFium has one thread."""
    return path, render_page(path, 0, dots_per_mm=_PREVIEW_HEIGHT * ratio / _A4_MM)


class PageView(QWidget):
    """A page as large as its place allows, never cut off."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("receipt_page")
        self.setAccessibleName("受領証の1ページ目")
        self.setMinimumHeight(120)
        self.image = QImage()

    def show_image(self, image: QImage) -> None:
        self.image = image
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.image.isNull():
            return
        size = self.image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRect((self.width() - size.width()) // 2, 0, size.width(), size.height()), self.image)
        painter.end()


class ReceiptCard(Card):
    """受領証. Fixed in width, so that nothing moves when the page appears. Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk) -> None:
        super().__init__("受領証", panel=True, name="receipt_card")
        self.desk = desk
        self._handover = ""
        self.setFixedWidth(350)
        self.page_view = PageView()
        self.file_words = words("", "secondary", name="receipt_words", wrap=True)
        self.again_button = plain_button("受領証を作り直す", name="receipt_again_button")
        self.body.addWidget(self.page_view, 1)
        self.add(self.file_words)
        self.add(self.again_button)
        self.slips_button = plain_button("管理票を作る", "F8", name="slips_button")
        self.add(self.slips_button)
        self.again_button.clicked.connect(self.make)
        self.slips_button.clicked.connect(self._make_slips)
        self.show_missing()

    def show_receipt(self, view: HandoverView) -> None:
        """What there is of this 便."""
        self._handover = view.handover.id
        self.slips_button.setVisible(bool(view.slips) and view.handover.direction is Direction.IN)
        if view.receipt:
            self._ask(lambda office, _session, _id: receipt_path(office, view.receipt))
        else:
            self.show_missing()

    def leave(self) -> None:
        """Another 便 stands on the page: what is still being made for the last one is not shown."""
        self._handover = ""
        self.page_view.show_image(QImage())

    def make(self) -> None:
        """Write it, once more if it was there."""
        if self._handover:
            self.show_making()
            self._ask(make_receipt)

    def _ask(self, made: Callable[..., Path]) -> None:
        office, session, id_, ratio = self.desk.office, self.desk.session, self._handover, self.devicePixelRatioF()
        self.desk.run(
            Lane.PRINT,
            lambda _token: first_page(made(office, session, id_), ratio),
            owner=self,
            done=partial(self._on_page, id_),
            failed=partial(self._on_none, id_),
        )

    def _on_page(self, handover: str, made: tuple[Path, PageImage]) -> None:
        """A receipt takes a moment; by then another 便 may stand here."""
        if handover == self._handover:
            self.show_page(made)

    def _on_none(self, handover: str, error: Exception) -> None:
        if handover == self._handover:
            self.show_missing()
        self.desk.present_error(error)

    def _make_slips(self) -> None:
        office, session, id_ = self.desk.office, self.desk.session, self._handover
        self.desk.run(Lane.PRINT, lambda _token: make_slips(office, session, id_), owner=self, done=self._on_slips)

    def _on_slips(self, made: Path) -> None:
        self.said.emit("done", f"管理票を作りました: {made.name}(業務フォルダーの帳票)。枚数には数えません。")

    def show_making(self) -> None:
        self.page_view.show_image(QImage())
        self.file_words.setText("受領証を作っています。受渡しの記録はもう残っています。")
        self.again_button.hide()

    def show_missing(self) -> None:
        self.page_view.show_image(QImage())
        self.file_words.setText("受領証がまだありません。受渡しの記録はそのまま残っています。")
        self.again_button.show()

    def show_page(self, made: tuple[Path, PageImage]) -> None:
        path, page = made
        image = QImage(page.pixels, page.width, page.height, page.width * 4, QImage.Format.Format_RGB32)
        self.page_view.show_image(image.copy())
        self.file_words.setText(f"業務フォルダーに保存しました: {path.name}(区の控えと受託者の控えの2ページ)")
        self.again_button.hide()
