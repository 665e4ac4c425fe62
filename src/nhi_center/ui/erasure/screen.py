"""消去・台帳, one page at a time."""

from __future__ import annotations

from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.paged_screen import PagedScreen
from nhi_center.ui.erasure.copies_panel import CopiesPanel
from nhi_center.ui.erasure.past_panel import PastPanel
from nhi_center.ui.erasure.plan_panel import PlanPanel
from nhi_center.ui.erasure.takeover_panel import TakeoverPanel

_TITLES = {"plan": "消去する", "past": "消去の記録", "copies": "情報管理台帳", "takeover": "契約終了"}


class ErasureScreen(PagedScreen):
    """``opened(page=...)``: plan, past, copies, takeover; ``erasure_<page>_button`` (1 to 4)."""

    name = "erasure"
    title = "消去・台帳"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.show_panels({"plan": PlanPanel, "past": PastPanel, "copies": CopiesPanel, "takeover": TakeoverPanel}, _TITLES)
