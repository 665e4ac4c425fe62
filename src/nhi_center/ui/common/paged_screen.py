"""A screen of several pages, one in front: each is a panel of its own with its keys, its words and its first focus."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import ActionButton
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine


class PagedScreen(Screen):
    """``opened(page=...)`` shows one of ``panels``; the buttons ``<screen>_<page>_button`` (1, 2, 3 ...) change it.

    A subclass gives its panels to ``show_panels``. A panel is a widget with the signal ``said`` and the methods ``refresh``,
    ``keys`` and ``first_focus``.
    """

    panels: Mapping[str, Any]

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.stack = QStackedWidget()
        self.stack.setObjectName(f"{self.name}_pages")
        self.buttons: dict[str, ActionButton] = {}
        self._front = ""

    def show_panels(self, titles: Mapping[str, str]) -> None:
        """Lay ``panels`` out under their buttons, the first in front; a single panel needs no button."""
        choices = QWidget()
        row = QHBoxLayout(choices)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for number, (name, panel) in enumerate(self.panels.items(), start=1):
            self.stack.addWidget(panel)
            panel.said.connect(self.say)
            button = ActionButton(titles[name], key=str(number), name=f"{self.name}_{name}_button")
            button.setFixedHeight(28)
            button.setCheckable(True)
            button.clicked.connect(partial(self.choose, name))
            self.buttons[name] = button
            row.addWidget(button)
        if len(self.panels) == 1:
            choices.hide()
        self.page.addWidget(TitleLine(self.title, choices))
        self.page.addWidget(self.stack, 1)
        self._show(next(iter(self.panels)))

    def opened(self, **params: Any) -> None:
        wanted = params.get("page", self._front)
        self._show(wanted if wanted in self.panels else self._front)
        self.refresh()

    def refresh(self) -> None:
        self.panels[self._front].refresh()

    def keys(self) -> tuple[KeyHint, ...]:
        """The pages' own keys stand on their buttons: one by one they would not leave room for those of the page in front."""
        pages = (KeyHint(f"1-{len(self.panels)}", "ページ"),) if len(self.panels) > 1 else ()
        return (*pages, *self.panels[self._front].keys())

    def first_focus(self) -> QWidget:
        first: QWidget = self.panels[self._front].first_focus()
        return first

    def choose(self, name: str, _checked: bool = False) -> None:
        """Bring a page to the front, with its keys and the keyboard in it."""
        self._show(name)
        self.rebind_keys()
        self.refresh()
        self.first_focus().setFocus()

    def _show(self, name: str) -> None:
        self._front = name
        self.stack.setCurrentWidget(self.panels[name])
        for key, button in self.buttons.items():
            button.setChecked(key == name)
