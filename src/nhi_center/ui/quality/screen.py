"""精度: by form and field, by person and sitting, hours by job, and for the 取扱責任者 the share keyed twice."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.operators import Action
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.paged_screen import PagedScreen
from nhi_center.ui.quality.figures_panel import FormsPanel, PeoplePanel
from nhi_center.ui.quality.rates_panel import RatesPanel
from nhi_center.ui.working_hours.panel import HoursPanel

_TITLES = {"forms": "様式と欄", "people": "人と作業", "rates": "照合の割合", "hours": "業務の時間"}


class QualityScreen(PagedScreen):
    """``opened(page=...)`` shows forms, people, rates or hours; rates are for who may set a share."""

    name = "quality"
    title = "精度"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        pages: dict[str, Callable[[Desk], QWidget]] = {"forms": FormsPanel, "people": PeoplePanel}
        if desk.may(Action.SET_RATE):
            pages["rates"] = RatesPanel
        pages["hours"] = HoursPanel
        self.show_panels(pages, _TITLES)
