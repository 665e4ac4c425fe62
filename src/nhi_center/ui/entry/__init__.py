"""入力: keying the applications."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.entry.screen import EntryScreen

ENTRY = ScreenEntry("entry", "入力", Action.ENTER, EntryScreen)
