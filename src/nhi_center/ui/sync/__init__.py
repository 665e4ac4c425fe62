"""通信: the page behind 接続制限 and 同期 in the status bar."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.sync.screen import SyncScreen

ENTRY = ScreenEntry(SyncScreen.name, SyncScreen.title, Action.STATUS, SyncScreen, navigation=False)
