"""点検・監査: the log, the day close and the exchange, one page at a time."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from nhi_center.domain.operators import Action
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.parts import ActionButton
from nhi_center.ui.common.screen import KeyHint, Screen, TitleLine
from nhi_center.ui.inspection.day_close import DayClosePanel
from nhi_center.ui.inspection.log_panel import LogPanel
from nhi_center.ui.inspection.review_panel import ReviewPanel
from nhi_center.ui.inspection.self_check_panel import SelfCheckPanel
from nhi_center.ui.sync.panel import SyncPanel

Panel = DayClosePanel | LogPanel | ReviewPanel | SyncPanel | SelfCheckPanel


class InspectionScreen(Screen):
    """``opened(page=...)``: day_close, log, review, exchange or self_check; ``inspection_<page>_button`` (1, 2, 3 ...)."""

    name = "inspection"
    title = "点検・監査"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.panels: dict[str, Panel] = {}
        if desk.may(Action.DAY_CLOSE):
            self.panels["day_close"] = DayClosePanel(desk)
        self.panels["log"] = LogPanel(desk)
        self.panels["review"] = ReviewPanel(desk)
        self.panels["exchange"] = SyncPanel(desk)
        if desk.may(Action.SELF_CHECK):
            self.panels["self_check"] = SelfCheckPanel(desk)
        self.stack = QStackedWidget()
        self.stack.setObjectName("inspection_pages")
        self.buttons: dict[str, ActionButton] = {}
        choices = QWidget()
        row = QHBoxLayout(choices)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for number, (name, panel) in enumerate(self.panels.items(), start=1):
            self.stack.addWidget(panel)
            panel.said.connect(self.say)
            button = ActionButton(_TITLES[name], key=str(number), name=f"inspection_{name}_button")
            button.setFixedHeight(28)
            button.setCheckable(True)
            button.clicked.connect(partial(self._choose, name))
            self.buttons[name] = button
            row.addWidget(button)
            if isinstance(panel, DayClosePanel | ReviewPanel):
                panel.keys_changed.connect(self.rebind_keys)
        self.page.addWidget(TitleLine(self.title, choices))
        self.page.addWidget(self.stack, 1)
        self._front = next(iter(self.panels))
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
        """The pages' own keys stand on their buttons: one by one they would not leave room for those of the page in front."""
        return (KeyHint(f"1-{len(self.panels)}", "ページ"), *self.front.keys())

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


_TITLES = {
    "day_close": "終業点検",
    "log": "操作記録",
    "review": "ログ点検",
    "exchange": "通信",
    "self_check": "動作点検",
}
