"""証の台帳: what was printed, the numbered paper counted, and on the ward's side what becomes of each certificate."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.book.screen import BookScreen, WardBookScreen
from nhi_center.ui.common.screen import ScreenEntry

ENTRIES = (
    ScreenEntry(BookScreen.name, BookScreen.title, Action.PRINT, BookScreen),
    ScreenEntry(WardBookScreen.name, WardBookScreen.title, Action.ISSUE, WardBookScreen),
)
