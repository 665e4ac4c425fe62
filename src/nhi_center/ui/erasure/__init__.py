"""消去: what is due and what would go, doing it, and every erasure with its certificate."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.erasure.screen import ErasureScreen

ENTRY = ScreenEntry("erasure", "消去・台帳", Action.ERASE, ErasureScreen)
