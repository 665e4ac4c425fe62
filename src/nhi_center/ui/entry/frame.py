"""The frame of the wizard: what stands above and below the pages."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nhi_center.domain.forms import types
from nhi_center.ui.common.name_view import NamePainter
from nhi_center.ui.common.parts import ActionButton, Card, StepTrail
from nhi_center.ui.common.screen import TitleLine
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.urgent import show_urgent, urgent_chip
from nhi_center.ui.entry.flow import CONFIRM, NEXT, Flow
from nhi_center.ui.entry.side import Side


class WizardFrame(QWidget):
    """Title, 至急, 管理票 and steps; the pages and what stands beside them; the words and buttons at the foot."""

    def __init__(self, glyphs: NamePainter, flow: Flow) -> None:
        super().__init__()
        self.setObjectName("entry_wizard")
        self.flow = flow
        self.trail = StepTrail(flow.trail[0])
        self.urgent = urgent_chip()
        self.slip_words = words("", "secondary", name="slip_words")
        self.card = Card(name="form_card")
        self.side = Side(glyphs, flow)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(TitleLine(flow.form.title, self.urgent, self.slip_words, right=self.trail))
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.card, 712)
        middle.addWidget(self.side, 426)
        column.addLayout(middle, 1)
        column.addLayout(self._foot())
        self.show_slip()

    def _foot(self) -> QHBoxLayout:
        self.saved = words("", "secondary", name="saved_words")
        # The screen binds the keys, so that they work while the focus is in any field.
        self.later = ActionButton("あとで", key="F3", bind=False, name="later_button")
        self.hold_button = ActionButton("保留・照会", key="F4", bind=False, name="hold_button")
        self.primary = ActionButton("次の頁へ", key="Ctrl+Enter", primary=True, bind=False, name="primary_button")
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.saved, 1)
        for button in (self.later, self.hold_button, self.primary):
            row.addWidget(button)
        return row

    def show_slip(self) -> None:
        slip = self.flow.entry.slip
        sheets = f" {slip.sheets}枚" if slip.sheets else ""
        filed, channel = (self._shown(name) for name in ("filed_on", "channel"))
        parts = [f"管理票 {slip.number}{sheets}", f"届出 {filed.partition('(')[0]}" if filed else "", channel.partition(" ")[2]]
        self.slip_words.setText(" ".join(part for part in parts if part))

    def _shown(self, name: str) -> str:
        return types.show(self.flow.form.field(name), self.flow.values.get(name, ""), self.flow.entry.today)

    def show_urgent(self, now: datetime) -> None:
        show_urgent(self.urgent, self.flow.entry.application.urgent_until, now)

    def show_step(self) -> None:
        """The trail, and what the buttons do on this page."""
        flow = self.flow
        self.trail.show_steps(*flow.trail)
        following = {CONFIRM: "入力を終える", NEXT: "次の管理票を開く"}.get(flow.page, "次の頁へ")
        if flow.pages[min(flow.step + 1, len(flow.pages) - 1)] == CONFIRM:
            following = "確認へ"
        self.primary.set_words(following)
        self.later.set_words("一覧へ" if flow.page == NEXT else "あとで")
        self.hold_button.setVisible(flow.page != NEXT)
