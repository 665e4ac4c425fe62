"""名簿・研修: who is in the room, who belongs to it, what they have learnt, who knows of a removal, the ward's people, and
the room's cabinets with their keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.operators import Action
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.paged_screen import PagedScreen
from nhi_center.ui.presence.cabinets_panel import CabinetsPanel
from nhi_center.ui.presence.room_panel import RoomPanel
from nhi_center.ui.presence.roster_panel import RosterPanel
from nhi_center.ui.presence.terminal_panel import TerminalPanel
from nhi_center.ui.presence.training_panel import TrainingPanel
from nhi_center.ui.presence.ward_panel import WardPanel

Panel = RoomPanel | RosterPanel | TrainingPanel | TerminalPanel | WardPanel | CabinetsPanel
_TITLES = {
    "room": "入退室",
    "roster": "従事者名簿",
    "trainings": "研修",
    "terminals": "端末",
    "ward": "区の人",
    "cabinets": "保管庫",
}


class PresenceScreen(PagedScreen):
    """``opened(page=...)`` shows room, roster, trainings, terminals, ward or cabinets; ``presence_<page>_button`` change it
    (1 to 6).

    Who may not read the roster has the room and its cabinets alone; the ward's people are for who may set up.
    """

    name = "presence"
    title = "名簿・研修"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        pages: dict[str, Callable[[Desk], QWidget]] = {"room": RoomPanel}
        if desk.may(Action.VIEW_ROSTER):
            pages |= {"roster": RosterPanel, "trainings": TrainingPanel, "terminals": TerminalPanel}
        if desk.may(Action.SET_UP):
            pages["ward"] = WardPanel
        pages["cabinets"] = CabinetsPanel
        self.show_panels(pages, _TITLES)

    @property
    def front(self) -> Panel:
        front: Panel = self.panels[self._front]
        return front
