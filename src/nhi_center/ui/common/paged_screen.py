"""A screen of several pages, one in front: each is a panel of its own with its keys, its words and its first focus."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QWidget

from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.page_stack import PageStack
from nhi_center.ui.common.parts import ActionButton
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine

Factories = Mapping[str, Callable[[Desk], QWidget]]


class Panels(Mapping[str, Any]):
    """The pages of a screen by name. Each is made when it is first asked for: a screen opens with the one in front alone."""

    def __init__(self, factories: Factories, desk: Desk, made: Callable[[Any], None]) -> None:
        self._factories, self._desk, self._tell = dict(factories), desk, made
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._factories[name](self._desk)
            self._tell(self._made[name])
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._factories

    def __iter__(self) -> Iterator[str]:
        return iter(self._factories)

    def __len__(self) -> int:
        return len(self._factories)


class PagedScreen(Screen):
    """``opened(page=...)`` shows one of ``panels``; the buttons ``<screen>_<page>_button`` (1, 2, 3 ...) change it.

    A subclass says in ``show_panels`` how each is made. A panel is a widget with the signal ``said``, if its keys change also
    ``keys_changed``, and the methods ``refresh``, ``keys`` and ``first_focus``.
    """

    panels: Panels

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.stack = PageStack()
        self.stack.setObjectName(f"{self.name}_pages")
        self.buttons: dict[str, ActionButton] = {}
        self._front = ""

    def show_panels(self, factories: Factories, titles: Mapping[str, str]) -> None:
        """Lay the pages out under their buttons, the first in front; a single one needs no button."""
        self.panels = Panels(factories, self.desk, self._take)
        choices = QWidget()
        row = QHBoxLayout(choices)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for number, name in enumerate(self.panels, start=1):
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

    def _take(self, panel: Any) -> None:
        self.stack.addWidget(panel)
        panel.said.connect(self.say)
        if hasattr(panel, "keys_changed"):
            panel.keys_changed.connect(self.rebind_keys)

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
        self.stack.bring(lambda: self.panels[name])
        for key, button in self.buttons.items():
            button.setChecked(key == name)
