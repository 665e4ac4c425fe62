"""委託の管理: the measures of the council paper, on-site inspections, records of supervision, the contract, the books."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.controls.screen import ControlsScreen

ENTRY = ScreenEntry(ControlsScreen.name, ControlsScreen.title, Action.VIEW_CONTROLS, ControlsScreen, after_line=True)
