"""集計・報告: a month in numbers, and its file for the ward."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.reports.screen import ReportsScreen

ENTRY = ScreenEntry(ReportsScreen.name, ReportsScreen.title, Action.REPORT, ReportsScreen, after_line=True)
