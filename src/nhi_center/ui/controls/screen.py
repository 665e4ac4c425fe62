"""委託の管理: what supervisor and ward look after together, one page at a time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.paged_screen import PagedScreen
from nhi_center.ui.controls.books_panel import BooksPanel
from nhi_center.ui.controls.contract_panel import ContractPanel
from nhi_center.ui.controls.measures_panel import MeasuresPanel
from nhi_center.ui.controls.on_site_panel import OnSitePanel
from nhi_center.ui.controls.records_panel import RecordsPanel

_TITLES = {
    "measures": "対策の一覧",
    "on_site": "立入り調査",
    "records": "監督の記録",
    "contract": "契約",
    "books": "帳簿",
}


class ControlsScreen(PagedScreen):
    """``opened(page=...)``: measures, on_site, records, contract, books; the buttons are ``controls_<page>_button`` (1 to 5)."""

    name = "controls"
    title = "委託の管理"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        pages: dict[str, Callable[[Desk], QWidget]] = {
            "measures": MeasuresPanel,
            "on_site": OnSitePanel,
            "records": RecordsPanel,
            "contract": ContractPanel,
            "books": BooksPanel,
        }
        self.show_panels(pages, _TITLES)
