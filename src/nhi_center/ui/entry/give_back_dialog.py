"""F8 返す: this application goes back to the ward unkeyed, with its reason; or its original alone, and the application stays."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.giving_back import LONGEST, ORIGINAL, REASONS
from nhi_center.services import giving_back as service
from nhi_center.services.entry_list import WaitingRow
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LabelledField, LineField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.text_fields import warn_of_forbidden


def open_give_back(parent: QWidget, desk: Desk, row: WaitingRow, kept: Callable[[object], object]) -> FormDialog:
    """Asks for the sheets only where they were not counted yet, for 点 only where the original alone goes.

    ``kept`` gets whether it was the original.
    """
    sheets = DigitsField("sheets", "枚数(添付を含む)", required=True)
    reason = ChoiceField("reason", "返す理由", tuple(Choice(code, label) for code, label in REASONS.items()), required=True)
    items = DigitsField("items", "返す原本の点数(原本のとき)")
    note = LineField("words", "補足(氏名は書かない)", limit=LONGEST, hint="その他のとき")
    warn_of_forbidden(note)
    office, session = desk.office, desk.session

    def choose(code: str) -> None:
        original = code == ORIGINAL
        items.setEnabled(original)
        items.set_required(original)
        sheets.set_required(not original)
        for field in (sheets, note):
            field.setEnabled(not original)
            field.clear_notes()

    def act() -> Callable[[], object]:
        if reason.value() == ORIGINAL:
            return lambda: service.give_back_original(office, session, row.slip.id, int(items.value()))
        count = row.slip.sheets or int(sheets.value() or 0)
        values = reason.value(), note.value()
        return lambda: service.give_back(office, session, row.slip.id, count, *values)

    counted: tuple[tuple[LabelledField, ...], ...] = () if row.slip.sheets else ((sheets,),)

    def done(_none: object) -> None:
        kept(reason.value() == ORIGINAL)

    what = f"管理票 {row.slip.number} {row.form_title} を、入力せずに区へ返します。"
    text = f"{what}出力トレイに置き、次の便で渡します。元に戻せません。疑義は返さずに、開いて F4 で聞きます。"
    reason.changed.connect(choose)
    choose("")
    rows = ((reason,), (*(field for fields in counted for field in fields), items), (note,))
    return open_form(FormDialog(parent, desk, "入力せずに返す", text, rows, yes="返す", act=act, kept=done))
