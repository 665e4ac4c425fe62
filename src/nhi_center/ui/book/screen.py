"""証の台帳, once for the contractor and once for the ward: other pages, other keys, nothing of the clerks on the ward's side."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.operators import Action
from nhi_center.ui.book.issued_panel import IssuedPanel
from nhi_center.ui.book.life_panel import LifePanel
from nhi_center.ui.book.paper_panel import PaperPanel
from nhi_center.ui.book.seal_panel import SealPanel
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.paged_screen import PagedScreen


class BookScreen(PagedScreen):
    """``opened(page=...)`` shows issued or paper."""

    name = "book"
    title = "証の台帳"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.show_panels({"issued": IssuedPanel, "paper": PaperPanel}, {"issued": "発行一覧", "paper": "用紙の点検"})


class WardBookScreen(PagedScreen):
    """``opened(page=...)`` shows life, and for who may set it the seal."""

    name = "ward_book"
    title = "証の交付・回収"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        pages: dict[str, Callable[[Desk], QWidget]] = {"life": LifePanel}
        if desk.may(Action.SET_SEAL):
            pages["seal"] = SealPanel
        self.show_panels(pages, {"life": "交付・返戻・無効", "seal": "公印"})
