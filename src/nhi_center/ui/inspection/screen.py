"""点検・監査: the day close, the log, its review, the exchange and the self-check, one page at a time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.locking import COUNTING_IDLE_S
from nhi_center.domain.operators import Action
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.paged_screen import PagedScreen
from nhi_center.ui.inspection.day_close import DayClosePanel
from nhi_center.ui.inspection.log_panel import LogPanel
from nhi_center.ui.inspection.review_panel import ReviewPanel
from nhi_center.ui.inspection.scanners_panel import ScannersPanel
from nhi_center.ui.inspection.self_check_panel import SelfCheckPanel
from nhi_center.ui.inspection.terminals_panel import TerminalsPanel
from nhi_center.ui.sync.panel import SyncPanel

Panel = DayClosePanel | LogPanel | ReviewPanel | SyncPanel | SelfCheckPanel | ScannersPanel | TerminalsPanel
_TITLES = {
    "day_close": "終業点検",
    "log": "操作記録",
    "review": "ログ点検",
    "exchange": "通信",
    "self_check": "動作点検",
    "scanners": "入力機器",
    "terminals": "端末の状態",
}


class InspectionScreen(PagedScreen):
    """``opened(page=...)``: day_close, log, review, exchange, self_check, scanners, terminals; the buttons are
    ``inspection_<page>_button`` (1, 2, ...)."""

    name = "inspection"
    title = "点検・監査"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        pages: dict[str, Callable[[Desk], QWidget]] = {"log": LogPanel, "review": ReviewPanel, "exchange": SyncPanel}
        if desk.may(Action.DAY_CLOSE):
            pages = {"day_close": DayClosePanel, **pages}
        if desk.may(Action.SELF_CHECK):
            pages |= {"self_check": SelfCheckPanel, "scanners": ScannersPanel}
        if desk.may(Action.VIEW_TERMINALS):
            pages["terminals"] = TerminalsPanel
        self.show_panels(pages, _TITLES)

    @property
    def front(self) -> Panel:
        front: Panel = self.panels[self._front]
        return front

    def idle_limit_s(self) -> int | None:
        front = self.front
        return COUNTING_IDLE_S if isinstance(front, DayClosePanel) and front.counting else None
