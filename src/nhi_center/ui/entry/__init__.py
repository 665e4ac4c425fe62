"""入力: keying the applications, and the ward's answers to questions about them."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.entry.questions import QuestionsScreen
from nhi_center.ui.entry.screen import EntryScreen

ENTRY = ScreenEntry("entry", "入力", Action.ENTER, EntryScreen)
QUESTIONS = ScreenEntry("questions", "保留・照会", Action.ANSWER_HOLD, QuestionsScreen)
