"""電話の回答例: the ward writes, approves and withdraws what may be said on the telephone."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.call_answers.screen import CallAnswersScreen
from nhi_center.ui.common.screen import ScreenEntry

ENTRY = ScreenEntry(CallAnswersScreen.name, CallAnswersScreen.title, Action.WRITE_ANSWER, CallAnswersScreen)
