"""訂正・取下げ: the ward returns what it finds wrong later, or takes a case back, by number."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.corrections.screen import CorrectionsScreen

ENTRY = ScreenEntry(CorrectionsScreen.name, CorrectionsScreen.title, Action.REVIEW, CorrectionsScreen)
