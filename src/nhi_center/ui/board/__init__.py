"""進み具合: the 取扱責任者's board, opened from 本日の業務."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.board.screen import BoardScreen
from nhi_center.ui.common.screen import ScreenEntry

ENTRY = ScreenEntry("board", "進み具合", Action.ASSIGN, BoardScreen, navigation=False)
