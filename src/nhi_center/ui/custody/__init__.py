"""受渡し: the day's 便, blind counting by both sides, signing, the receipt; and where the papers on hand are."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.custody.screen import CustodyScreen

ENTRY = ScreenEntry(CustodyScreen.name, CustodyScreen.title, Action.HANDOVER, CustodyScreen)
