"""名簿・研修: who is in the room, who belongs to it, what they have learnt, which terminals know of a removal."""

from __future__ import annotations

from nhi_center.domain.operators import Action
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.paged_screen import PagedScreen
from nhi_center.ui.presence.room_panel import RoomPanel
from nhi_center.ui.presence.roster_panel import RosterPanel
from nhi_center.ui.presence.terminal_panel import TerminalPanel
from nhi_center.ui.presence.training_panel import TrainingPanel

Panel = RoomPanel | RosterPanel | TrainingPanel | TerminalPanel
_TITLES = {"room": "入退室", "roster": "従事者名簿", "trainings": "研修", "terminals": "端末"}


class PresenceScreen(PagedScreen):
    """``opened(page=...)`` shows room, roster, trainings or terminals; the buttons ``presence_<page>_button`` change it (1 to 4).

    Who may not read the roster has the room alone.
    """

    name = "presence"
    title = "名簿・研修"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.panels: dict[str, Panel] = {"room": RoomPanel(desk)}
        if desk.may(Action.VIEW_ROSTER):
            self.panels |= {"roster": RosterPanel(desk), "trainings": TrainingPanel(desk), "terminals": TerminalPanel(desk)}
        self.show_panels(_TITLES)

    @property
    def front(self) -> Panel:
        return self.panels[self._front]
