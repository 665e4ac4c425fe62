"""The terminal as one who acts: what it does of itself stands under its own name in the log."""

from __future__ import annotations

from nhi_center.domain.operators import Role, Session
from nhi_center.services.office import Office


def terminal_session(office: Office) -> Session:
    """Under which the exchange with the segment runs: it reads no screen and signs nothing."""
    return Session("terminal", office.terminal, office.settings.label, Role.TERMINAL, office.terminal)
