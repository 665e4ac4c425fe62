"""Why a screen is locked, and how long nobody may touch it before it is (ロック)."""

from __future__ import annotations

from enum import StrEnum

COUNTING_IDLE_S = 20 * 60
"""While paper is counted the hands are on the paper; such a page shows no person's name."""


class LockReason(StrEnum):
    """What locked the screen; its value is the step in the log."""

    IDLE = "idle"
    KEY = "by_hand"
    OS_LOCK = "os_lock"
    SLEEP = "sleep"
    USER_SWITCH = "user_switch"
    ISOLATION = "isolation"
