"""最初の設定: the ward administrator makes a new terminal ready, step by step."""

from __future__ import annotations

from nhi_center.domain.first_start import Plan, Step
from nhi_center.services.first_start import FirstStart
from nhi_center.tasks.runner import JobRunner
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.first_start.before_store import FounderPage, KeysPage, RecoveryPage, SegmentPage, TerminalPage
from nhi_center.ui.first_start.checklist_page import ChecklistPage
from nhi_center.ui.first_start.window import FirstStartWindow
from nhi_center.ui.first_start.with_store import PeoplePage, PrinterPage, SignInPage


def first_start_window(start: FirstStart, plan: Plan, runner: JobRunner, glyphs: NamePainter) -> FirstStartWindow:
    """The window over the services of ``start``, at the first step that is not settled."""
    pages = {
        Step.TERMINAL: TerminalPage(start),
        Step.KEYS: KeysPage(start),
        Step.SEGMENT: SegmentPage(start),
        Step.RECOVERY: RecoveryPage(start),
        Step.FOUNDER: FounderPage(start),
        Step.PEOPLE: PeoplePage(start, glyphs),
        Step.PRINTER: PrinterPage(start),
        Step.CHECKLIST: ChecklistPage(start),
    }
    return FirstStartWindow(pages, SignInPage(start), plan, runner, lambda: start.office is not None)
