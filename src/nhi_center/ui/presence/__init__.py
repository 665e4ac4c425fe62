"""名簿・研修: who belongs to the room and who is in it."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.presence.screen import PresenceScreen

ENTRY = ScreenEntry(PresenceScreen.name, PresenceScreen.title, Action.VIEW_PRESENCE, PresenceScreen, after_line=True)
