"""名簿・研修: who is in the room, who belongs to it, what they have learnt, which terminals know of a removal."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from nhi_center.domain.operators import Action
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import ActionButton
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.presence.room_panel import RoomPanel
from nhi_center.ui.presence.roster_panel import RosterPanel
from nhi_center.ui.presence.terminal_panel import TerminalPanel
from nhi_center.ui.presence.training_panel import TrainingPanel

Panel = RoomPanel | RosterPanel | TrainingPanel | TerminalPanel
_TITLES = {"room": "入退室", "roster": "従事者名簿", "trainings": "研修", "terminals": "端末"}


class PresenceScreen(Screen):
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
        self.stack = QStackedWidget()
        self.stack.setObjectName("presence_pages")
        self.buttons: dict[str, ActionButton] = {}
        choices = QWidget()
        row = QHBoxLayout(choices)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for number, (name, panel) in enumerate(self.panels.items(), start=1):
            self.stack.addWidget(panel)
            panel.said.connect(self.say)
            button = ActionButton(_TITLES[name], key=str(number), bind=False, name=f"presence_{name}_button")
            button.setFixedHeight(28)
            button.setCheckable(True)
            button.clicked.connect(partial(self._choose, name))
            self.buttons[name] = button
            row.addWidget(button)
        if len(self.panels) == 1:
            choices.hide()
        self.page.addWidget(TitleLine(self.title, choices))
        self.page.addWidget(self.stack, 1)
        self._front = "room"
        self._show(self._front)

    @property
    def front(self) -> Panel:
        return self.panels[self._front]

    def opened(self, **params: Any) -> None:
        wanted = params.get("page", self._front)
        self._show(wanted if wanted in self.panels else self._front)
        self.refresh()

    def refresh(self) -> None:
        self.front.refresh()

    def keys(self) -> tuple[KeyHint, ...]:
        pages: tuple[KeyHint, ...] = ()
        if len(self.panels) > 1:
            pages = tuple(
                KeyHint(str(number), _TITLES[name], partial(self._choose, name))
                for number, name in enumerate(self.panels, start=1)
            )
        return (*pages, *self.front.keys())

    def first_focus(self) -> QWidget:
        return self.front.first_focus()

    def _choose(self, name: str, _checked: bool = False) -> None:
        self._show(name)
        self.rebind_keys()
        self.front.refresh()
        self.front.first_focus().setFocus()

    def _show(self, name: str) -> None:
        self._front = name
        self.stack.setCurrentWidget(self.panels[name])
        for key, button in self.buttons.items():
            button.setChecked(key == name)
