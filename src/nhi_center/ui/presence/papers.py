"""F11: a list of this page as a PDF for the ward; where there are several, a number chooses."""

from __future__ import annotations

from PySide6.QtCore import Signal

from nhi_center.domain.operators import Action
from nhi_center.services import roster_papers
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.paper_maker import PaperMaker
from nhi_center.ui.common.parts import ActionButton
from nhi_center.ui.common.screen import KeyHint
from nhi_center.ui.presence.choices import Act, choose


class PapersButton(ActionButton):
    """Absent for who may not read the roster. ``lists``: (name in ``roster_papers.LISTS``, title). Signals: said(kind, text)."""

    said = Signal(str, str)

    def __init__(self, desk: Desk, lists: tuple[tuple[str, str], ...], *, name: str) -> None:
        super().__init__("一覧をPDFにする", key="F11", name=name)
        self._desk, self._lists = desk, lists
        self._papers = PaperMaker(desk, self)
        self._papers.said.connect(self.said)
        if not desk.may(Action.VIEW_ROSTER):
            self.hide()
        self.clicked.connect(self._start)

    def keys(self) -> tuple[KeyHint, ...]:
        return (KeyHint("F11", "PDF"),) if self._desk.may(Action.VIEW_ROSTER) else ()

    def _start(self) -> None:
        if len(self._lists) == 1:
            self._make(self._lists[0][0])
            return
        acts = tuple(Act(title, lambda name=name: self._make(name)) for name, title in self._lists)  # type: ignore[misc]
        choose(
            self, "PDFにする一覧", "業務フォルダーの documents に作ります。同じ日に作り直すと、新しい内容に置き換わります。", acts
        )

    def _make(self, name: str) -> None:
        self._papers.make(roster_papers.make_list, name)
