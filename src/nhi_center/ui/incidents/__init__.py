"""事故・差異の記録: what went wrong in the room, what was done about it, and when the ward was told."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.incidents.screen import IncidentsScreen

ENTRY = ScreenEntry(IncidentsScreen.name, IncidentsScreen.title, Action.INCIDENT, IncidentsScreen, navigation=False)
"""Opened from 受渡し and from the line of 本日の業務."""
