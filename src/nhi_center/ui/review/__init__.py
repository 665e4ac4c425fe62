"""区の審査: what ward staff decide about what the contractor has keyed and verified."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.review.requests_screen import RequestsScreen
from nhi_center.ui.review.screen import ReviewScreen

ENTRY = ScreenEntry(ReviewScreen.name, ReviewScreen.title, Action.REVIEW, ReviewScreen)
REQUESTS = ScreenEntry(RequestsScreen.name, RequestsScreen.title, Action.REVIEW, RequestsScreen, navigation=False)
ENTRIES = (ENTRY, REQUESTS)
