"""精度: what keying took, what was keyed wrong, and what share is keyed twice."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.quality.screen import QualityScreen

ENTRY = ScreenEntry(QualityScreen.name, QualityScreen.title, Action.VERIFY, QualityScreen)
