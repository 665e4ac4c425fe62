"""端末間の引渡し, one page at a time; 食い違い are the supervisor's."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.operators import Action
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.paged_screen import PagedScreen
from nhi_center.ui.leases.conflicts_panel import ConflictsPanel
from nhi_center.ui.leases.lost_panel import LostPanel
from nhi_center.ui.leases.shared_panel import SharedPanel

_TITLES = {"shared": "引渡し", "conflicts": "食い違い", "lost": "使えない端末"}


class LeasesScreen(PagedScreen):
    """``opened(page=...)``: shared, conflicts, lost; ``leases_<page>_button`` (1, 2, 3)."""

    name = "leases"
    title = "端末間の引渡し"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        pages: dict[str, Callable[[Desk], QWidget]] = {"shared": SharedPanel}
        if desk.may(Action.SETTLE_CONFLICT):
            pages["conflicts"] = ConflictsPanel
        self.show_panels(pages | {"lost": LostPanel}, _TITLES)
