"""照合: the list of what waits, and the page where it is keyed a second time."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.verification.screen import VerificationScreen

ENTRY = ScreenEntry(VerificationScreen.name, VerificationScreen.title, Action.VERIFY, VerificationScreen)
ENTRIES = (ENTRY,)
