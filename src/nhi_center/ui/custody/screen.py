"""受渡し: the list of the day, and one 便 at a time over it."""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeVar

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from nhi_center.domain.handover import Direction, Phase
from nhi_center.domain.locking import COUNTING_IDLE_S
from nhi_center.domain.visit import Visit, after_signing, known
from nhi_center.services.handover_view import HandoverView
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.page_stack import PageStack
from nhi_center.ui.common.screen import KeyHint, Screen
from nhi_center.ui.custody.back_page import BackPage
from nhi_center.ui.custody.book_page import HandoverBookPage
from nhi_center.ui.custody.handover_page import HandoverPage
from nhi_center.ui.custody.list_page import HandoverListPage
from nhi_center.ui.custody.slip_page import SlipPage

TICK_MS = 5_000
_Over = TypeVar("_Over", SlipPage, BackPage)
"""A page over the 便 in front."""


class CustodyScreen(Screen):
    """``opened(handover=id)`` shows that 便 at once, ``urgent=True`` asks for a 至急, ``give=application`` hands one out ("": the
    nearest); without any the list of the day. Who of the ward has signed is known here until his visit ends.
    """

    name = "custody"
    title = "受渡し"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.list_page = HandoverListPage(desk)
        self.handover_page = HandoverPage(desk)
        self.pages = PageStack()
        self.pages.setObjectName("custody_pages")
        self.pages.addWidget(self.list_page)
        self.pages.addWidget(self.handover_page)
        self.page.addWidget(self.pages)
        self.list_page.chosen.connect(self._show_handover)
        self.list_page.said.connect(self.say)
        self.list_page.book_wanted.connect(self._show_book)
        self.handover_page.left.connect(self._show_list)
        self.list_page.urgent_wanted.connect(self._ask_urgent)
        self.list_page.keys_changed.connect(self.rebind_keys)
        self.handover_page.signed.connect(self._on_signed)
        self.list_page.visit_ended.connect(self._end_visit)
        self.handover_page.visit_ended.connect(self._end_visit)
        self.visit: Visit | None = None
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._show_visit)
        self._clock.start()
        self.handover_page.step_changed.connect(self.rebind_keys)
        self.handover_page.said.connect(self.say)
        self.handover_page.slips_wanted.connect(self._show_slips)

    # -- the pages that are not wanted at every visit: each is made when it first is --

    @cached_property
    def book_page(self) -> HandoverBookPage:
        page = HandoverBookPage(self.desk)
        page.said.connect(self.say)
        page.left.connect(self._show_list)
        return page

    @cached_property
    def slip_page(self) -> SlipPage:
        return self._over_handover(SlipPage(self.desk))

    @cached_property
    def back_page(self) -> BackPage:
        return self._over_handover(BackPage(self.desk))

    def _over_handover(self, page: _Over) -> _Over:
        page.said.connect(self.say)
        page.left.connect(self._back_to_handover)
        return page

    @property
    def _front(self) -> HandoverListPage | HandoverPage | HandoverBookPage | SlipPage | BackPage:
        page = self.pages.currentWidget()
        assert isinstance(page, (HandoverListPage, HandoverPage, HandoverBookPage, SlipPage, BackPage))
        return page

    def opened(self, **params: Any) -> None:
        if wanted := params.get("handover"):
            self._show_handover(wanted)
        elif params.get("urgent"):
            self._ask_urgent()
        elif "give" in params:
            self._show_list()
            self.list_page.give_urgent(str(params["give"]))
        else:
            self.refresh()

    def locking(self) -> None:
        """Whoever comes back may be with another of the ward."""
        self._end_visit()

    def refresh(self) -> None:
        front = self._front
        if isinstance(front, (HandoverListPage, HandoverBookPage, BackPage)):
            front.refresh()

    def keys(self) -> tuple[KeyHint, ...]:
        return self._front.keys()

    def first_focus(self) -> QWidget | None:
        return self._front.first_focus()

    def idle_limit_s(self) -> int | None:
        """While papers are counted or their labels read: figures stand here, nobody's name."""
        reading = isinstance(self._front, (SlipPage, BackPage))
        return COUNTING_IDLE_S if reading or (self._front is self.handover_page and self.handover_page.counting) else None

    def _show_handover(self, handover_id: str) -> None:
        self.pages.setCurrentWidget(self.handover_page)
        self.handover_page.load(handover_id)
        self.rebind_keys()

    def _show_slips(self, view: HandoverView) -> None:
        """Over the 便, which stays as it is behind, half typed numbers too."""
        coming_in = view.handover.direction is Direction.IN and view.phase is not Phase.SIGNED
        page: SlipPage | BackPage = self.pages.bring(lambda: self.back_page if coming_in else self.slip_page)
        page.load(view.handover.id)
        self.rebind_keys()
        self._front.first_focus().setFocus()

    def _back_to_handover(self) -> None:
        self.pages.setCurrentWidget(self.handover_page)
        self.rebind_keys()
        self.handover_page.first_focus().setFocus()

    def _ask_urgent(self) -> None:
        self.pages.setCurrentWidget(self.handover_page)
        self.handover_page.ask_urgent()
        self.rebind_keys()

    # -- the visit of one ward person --

    def _on_signed(self, view: HandoverView) -> None:
        """Both have just signed: whoever of the ward did is known from now on, unless it is his own window."""
        visit = after_signing(view.handover.direction, view.signatures)
        self._keep_visit(visit if visit is not None and visit.person != self.desk.session.person else None)

    def _end_visit(self) -> None:
        self._keep_visit(None)
        self.rebind_keys()

    def _keep_visit(self, visit: Visit | None) -> None:
        self.visit = visit
        if visit is None:
            self.handover_page.forget_visit()
        self.handover_page.visit = visit
        self._show_visit()

    def _show_visit(self) -> None:
        now = self.desk.office.clock.local()
        if self.visit is not None and known(self.visit, now) is None:
            self._end_visit()
            return
        self.list_page.show_visit(self.visit.name if self.visit else "", self.visit.minutes_left(now) if self.visit else 0)

    def _show_book(self) -> None:
        self.pages.bring(lambda: self.book_page).refresh()
        self.rebind_keys()
        self.book_page.first_focus().setFocus()

    def _show_list(self) -> None:
        self.pages.setCurrentWidget(self.list_page)
        self.list_page.refresh()
        self.rebind_keys()
        first = self.list_page.first_focus()
        first.setFocus()
