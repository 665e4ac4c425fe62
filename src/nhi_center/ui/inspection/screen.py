"""点検・監査: the day close, the log, its review, the exchange and the self-check, one page at a time."""

from __future__ import annotations

from nhi_center.domain.locking import COUNTING_IDLE_S
from nhi_center.domain.operators import Action
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.paged_screen import PagedScreen
from nhi_center.ui.inspection.day_close import DayClosePanel
from nhi_center.ui.inspection.log_panel import LogPanel
from nhi_center.ui.inspection.review_panel import ReviewPanel
from nhi_center.ui.inspection.self_check_panel import SelfCheckPanel
from nhi_center.ui.sync.panel import SyncPanel

Panel = DayClosePanel | LogPanel | ReviewPanel | SyncPanel | SelfCheckPanel
_TITLES = {
    "day_close": "終業点検",
    "log": "操作記録",
    "review": "ログ点検",
    "exchange": "通信",
    "self_check": "動作点検",
}


class InspectionScreen(PagedScreen):
    """``opened(page=...)``: day_close, log, review, exchange or self_check; ``inspection_<page>_button`` (1, 2, 3 ...)."""

    name = "inspection"
    title = "点検・監査"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.panels: dict[str, Panel] = {}
        if desk.may(Action.DAY_CLOSE):
            self.panels["day_close"] = DayClosePanel(desk)
        self.panels["log"] = LogPanel(desk)
        self.panels["review"] = ReviewPanel(desk)
        self.panels["exchange"] = SyncPanel(desk)
        if desk.may(Action.SELF_CHECK):
            self.panels["self_check"] = SelfCheckPanel(desk)
        self.show_panels(_TITLES)
        for panel in self.panels.values():
            if isinstance(panel, DayClosePanel | ReviewPanel):
                panel.keys_changed.connect(self.rebind_keys)

    @property
    def front(self) -> Panel:
        return self.panels[self._front]

    def idle_limit_s(self) -> int | None:
        front = self.front
        return COUNTING_IDLE_S if isinstance(front, DayClosePanel) and front.counting else None
