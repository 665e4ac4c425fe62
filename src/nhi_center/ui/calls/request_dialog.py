"""連絡票: from a call to the ward, with its 用件, its 係 and what is asked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.ward_requests import KINDS
from nhi_center.services import ward_requests as service
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.text_fields import FreeText


def open_request(parent: QWidget, desk: Desk, call_id: str, number: str, category: str, kept: Callable[[object], object]) -> None:
    """Asks on behalf of the call; ``kept`` gets the WardRequest."""
    kinds = tuple(Choice(code, label) for code, label in KINDS.items())
    kind = ChoiceField("kind", "用件", kinds, required=True, auto_advance=True)
    sections = tuple(Choice(name, name, str(at)) for at, name in enumerate(service.sections(), start=1))
    section = ChoiceField("section", "どの係へ", sections, required=True, auto_advance=True)
    words = FreeText("words", "区にしてほしいこと", lines=3, required=True, hint="氏名・住所は書かなくても伝わります。")
    section.set_value(service.section_of(category))
    section.passed_over = True

    def act() -> Callable[[], object]:
        values = kind.value(), section.value(), words.value()
        return lambda: service.ask_ward(desk.office, desk.session, call_id, *values)

    text = f"受付 {number} の電話から、会社の名で区に連絡します。区の審査の画面に出て、回答はこの電話の記録に出ます。"
    open_form(FormDialog(parent, desk, "連絡票", text, ((kind, section), (words,)), yes="区に出す", act=act, kept=kept))
