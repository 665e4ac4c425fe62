"""What a 一斉更新 is asked with: the ward's order number, whom, and the day of issue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtWidgets import QWidget

from nhi_center.domain.certificates import Group
from nhi_center.domain.renewal import check_order
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.date_field import DateField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField
from nhi_center.ui.common.form_dialog import FormDialog, open_form

Asked = tuple[str, Sequence[Group], date]
_WHOM = {
    "1": ("70歳未満", (Group.UNDER_70,)),
    "2": ("70歳から74歳", (Group.FROM_70,)),
    "3": ("両方", (Group.UNDER_70, Group.FROM_70)),
}
_TEXT = "台帳の全員を調べ、交付日に証が要る人を郵送の順に並べて、200枚までの束に分けます。まだ何も印刷しません。"


def open_start(parent: QWidget, desk: Desk, asked: Callable[[Asked], object]) -> FormDialog:
    """``asked`` gets what was asked for, once it is whole."""
    today = desk.office.clock.today()
    order = LineField("order", "区の依頼番号", limit=40, required=True)
    groups = ChoiceField("groups", "対象", tuple(Choice(code, label) for code, (label, _) in _WHOM.items()), required=True)
    issued = DateField("issued", "交付年月日", today=today, required=True, hint="証に印字し、有効期限を数える日")

    def act() -> Callable[[], object]:
        whom = _WHOM[groups.value()][1] if groups.value() else ()
        day = check_order(order.value(), whom, issued.day(), today)
        return lambda: (order.value(), whom, day)

    def kept(result: object) -> None:
        assert isinstance(result, tuple)
        asked(result)

    rows = ((order,), (groups, issued))
    return open_form(FormDialog(parent, desk, "一斉更新を抽出する", _TEXT, rows, yes="抽出する", act=act, kept=kept))
