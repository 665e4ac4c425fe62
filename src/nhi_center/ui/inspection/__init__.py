"""点検・監査: the day close, the log of acts, the exchange, the self-check."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.inspection.screen import InspectionScreen

ENTRY = ScreenEntry(InspectionScreen.name, InspectionScreen.title, Action.INSPECT, InspectionScreen, after_line=True)
