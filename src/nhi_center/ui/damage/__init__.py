"""データベースの異状: the page that comes to the front when the store is found damaged."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.damage.screen import DamageScreen

ENTRY = ScreenEntry(DamageScreen.name, DamageScreen.title, Action.STATUS, DamageScreen, navigation=False)
