"""本日の業務: the first page."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.home.screen import HomeScreen

ENTRY = ScreenEntry(HomeScreen.name, HomeScreen.title, Action.STATUS, HomeScreen)
