"""端末間の引渡し: papers for whoever takes them, 食い違い, and terminals that are given up."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.leases.screen import LeasesScreen

ENTRY = ScreenEntry("leases", "端末間引渡し", Action.HAND_ON, LeasesScreen)
