"""電話: the panel over the page (F5) and the list of calls and call-backs."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.calls.figures_screen import CallFiguresScreen
from nhi_center.ui.calls.panel import CallPanel
from nhi_center.ui.calls.screen import CallsScreen
from nhi_center.ui.common.screen import ScreenEntry

ENTRY = ScreenEntry(CallsScreen.name, CallsScreen.title, Action.CALL, CallsScreen)
PANEL = ScreenEntry(CallPanel.name, CallPanel.title, Action.CALL, CallPanel, navigation=False, overlay=True)
FIGURES = ScreenEntry(CallFiguresScreen.name, CallFiguresScreen.title, Action.CALL, CallFiguresScreen, navigation=False)
ENTRIES = (ENTRY, PANEL, FIGURES)
