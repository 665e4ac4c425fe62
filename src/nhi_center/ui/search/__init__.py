"""台帳検索 (F2): finding a person from anywhere."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.search.screen import SearchScreen

ENTRY = ScreenEntry("search", "台帳検索", Action.SEARCH, SearchScreen, navigation=False)
