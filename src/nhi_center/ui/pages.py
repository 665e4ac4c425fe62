"""Every screen of the workstation in the order of the left column, and what the frame around them says."""

from __future__ import annotations

from typing import Any

from nhi_center.services import isolation, today
from nhi_center.services.today import Status
from nhi_center.ui import (
    account,
    board,
    book,
    call_answers,
    calls,
    certificates,
    controls,
    corrections,
    custody,
    damage,
    entry,
    erasure,
    holds,
    home,
    incidents,
    inspection,
    leases,
    presence,
    quality,
    reports,
    review,
    search,
    sync,
    verification,
)
from nhi_center.ui.common.frame_parts import StatusFacts
from nhi_center.ui.common.screen import ScreenEntry
from nhi_center.ui.shell import MainWindow
from nhi_center.ui.workstation import Pages

ENTRIES: tuple[ScreenEntry, ...] = (
    home.ENTRY,
    board.ENTRY,
    custody.ENTRY,
    incidents.ENTRY,
    entry.ENTRY,
    *verification.ENTRIES,
    leases.ENTRY,
    *review.ENTRIES,
    corrections.ENTRY,
    *holds.ENTRIES,
    certificates.ENTRY,
    *book.ENTRIES,
    *calls.ENTRIES,
    call_answers.ENTRY,
    quality.ENTRY,
    reports.ENTRY,
    presence.ENTRY,
    controls.ENTRY,
    inspection.ENTRY,
    erasure.ENTRY,
    search.ENTRY,
    sync.ENTRY,
    damage.ENTRY,
    account.ENTRY,
)
"""Each is shown to those who may open it."""


def all_pages() -> Pages:
    """What the window shows and how it stays true."""
    explain: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
        "isolation": (("inspection", {"page": "self_check"}), ("sync", {})),
        "sync": (("sync", {}),),
        "custody": (("custody", {}),),
        "print": (("certificates", {}),),
        "calls": (("calls", {}),),
    }
    return Pages(ENTRIES, explain, today.status, show_status)


def show_status(window: MainWindow, status: Status) -> None:
    """Bring the left column and the status bar up to what was read."""
    window.set_counts(status.counts, status.alarms)
    window.header.set_promised(status.promised)
    kept = isolation.shown()
    window.set_status(
        StatusFacts(
            isolation=kept.word,
            isolation_tone=kept.tone,
            unsent=status.unsent,
            refused=status.refused,
            link_tone=status.caution.tone if status.caution else "warning" if status.late else "done",
            link_word=status.caution.title if status.caution else "",
            sheets_on_hand=status.sheets_on_hand,
            papers_overdue=status.papers_overdue,
            to_print=status.to_print,
            callbacks=status.callbacks,
            callbacks_overdue=status.callbacks_overdue,
        )
    )
