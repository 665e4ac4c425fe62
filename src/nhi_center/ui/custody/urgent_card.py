"""至急: which form somebody at the counter waits with, and until when he was promised; the count follows on the same page."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from nhi_center.domain.handover import parse_count
from nhi_center.errors import OperatorError
from nhi_center.services import handover, urgent
from nhi_center.services.handover_view import HandoverView
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.field_chain import FieldChain
from nhi_center.ui.common.parts import Card
from nhi_center.ui.common.styling import words
from nhi_center.ui.common.urgent import URGENT_MINUTES
from nhi_center.ui.entry.asking import run


class UrgentCard(Card):
    """Signals: opened(HandoverView) when the 便 of this one application is open."""

    opened = Signal(object)

    def __init__(self, desk: Desk) -> None:
        super().__init__("至急(窓口待ち)の届出を1件だけ受け取る", name="urgent_card")
        self.desk = desk
        self._busy = False
        forms = tuple(Choice(kind.id, kind.title, number=number) for number, kind in urgent.forms_typed().items())
        self.form = ChoiceField("form", "様式の番号", forms, required=True)
        self.minutes = DigitsField("minutes", "お約束(分)", length=3, required=True)
        places = tuple(Choice(name, name, number=number) for number, name in handover.sections().items())
        self.section = ChoiceField("section", "係・特別出張所", places, required=True)
        row = QHBoxLayout()
        row.setSpacing(12)
        for field, share in ((self.form, 5), (self.minutes, 2), (self.section, 5)):
            row.addWidget(field, share)
        self.body.addLayout(row)
        self.add(
            words("ふだんの便はそのままです。Enter で進み、同じ画面で双方が枚数を数えて署名します。", "secondary", wrap=True)
        )
        self.body.addStretch(1)
        self.chain = FieldChain((self.form, self.minutes, self.section), self)
        self.chain.finished.connect(self.submit)

    def begin(self) -> None:
        """Empty, with what is usual standing there."""
        self._busy = False
        self.form.clear()
        self.minutes.set_value(str(URGENT_MINUTES))
        self.section.set_value(next(iter(handover.sections().values())))

    def submit(self) -> None:
        if self._busy or not self.chain.commit_all():
            return
        self._busy = True
        facts = self.section.value(), self.form.value(), parse_count(self.minutes.value(), "minutes")
        run(self.desk, self, Lane.WRITE, urgent.open_in, *facts, done=self._opened, failed=self._refused)

    def _opened(self, view: HandoverView) -> None:
        self._busy = False
        self.opened.emit(view)

    def _refused(self, error: Exception) -> None:
        self._busy = False
        if not (isinstance(error, OperatorError) and self.chain.show_error(error)):
            self.desk.present_error(error)
