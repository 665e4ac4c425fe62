"""証の台帳, once for the contractor and once for the ward: other pages, other keys, nothing of the clerks on the ward's side."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.operators import Action
from nhi_center.ui.book.batches_panel import BatchesPanel
from nhi_center.ui.book.covers_panel import CoversPanel
from nhi_center.ui.book.issued_panel import IssuedPanel
from nhi_center.ui.book.life_panel import LifePanel
from nhi_center.ui.book.paper_panel import PaperPanel
from nhi_center.ui.book.printers_panel import PrintersPanel
from nhi_center.ui.book.renewal_panel import RenewalPanel
from nhi_center.ui.book.renewal_ward_panel import RenewalWardPanel
from nhi_center.ui.book.seal_panel import SealPanel
from nhi_center.ui.book.turning_panel import TurningPanel, TurningWardPanel
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.paged_screen import PagedScreen


class BookScreen(PagedScreen):
    """``opened(page=...)`` shows issued, paper, printers, renewal, covers, turning or batches."""

    name = "book"
    title = "証の台帳"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        pages = {
            "issued": IssuedPanel,
            "paper": PaperPanel,
            "printers": PrintersPanel,
            "renewal": RenewalPanel,
            "covers": CoversPanel,
            "turning": TurningPanel,
            "batches": BatchesPanel,
        }
        titles = {
            "issued": "発行一覧",
            "paper": "用紙の点検",
            "printers": "プリンター",
            "renewal": "一斉更新",
            "covers": "台紙",
            "turning": "期限・年齢",
            "batches": "印刷の束",
        }
        self.show_panels(pages, titles)


class WardBookScreen(PagedScreen):
    """``opened(page=...)`` shows life, renewal and turning, and for who may set them the seal and the printers."""

    name = "ward_book"
    title = "証の交付"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        pages: dict[str, Callable[[Desk], QWidget]] = {"life": LifePanel}
        if desk.may(Action.SET_SEAL):
            pages |= {"seal": SealPanel, "printers": PrintersPanel}
        pages |= {"renewal": RenewalWardPanel, "turning": TurningWardPanel}
        titles = {
            "life": "交付・返戻・無効",
            "seal": "公印",
            "printers": "プリンター",
            "renewal": "一斉更新",
            "turning": "期限・年齢",
        }
        self.show_panels(pages, titles)
