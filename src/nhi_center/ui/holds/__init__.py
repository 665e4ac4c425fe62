"""保留・照会: the 取扱責任者 settles what clerks have held or asks the ward, which answers. A screen for each side."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.holds.questions import QuestionsScreen
from nhi_center.ui.holds.screen import HoldsScreen

ENTRY = ScreenEntry(HoldsScreen.name, HoldsScreen.title, Action.SETTLE_HOLD, HoldsScreen)
QUESTIONS = ScreenEntry(QuestionsScreen.name, QuestionsScreen.title, Action.ANSWER_HOLD, QuestionsScreen)
ENTRIES = (ENTRY, QUESTIONS)
