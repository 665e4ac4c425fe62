"""受付一覧(氏名入り): for a reason, under the ward's 承諾番号, with both signatures."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from nhi_center.domain.copies import LONGEST_NUMBER
from nhi_center.domain.received_list import Reason
from nhi_center.domain.report_period import Period
from nhi_center.services import received_list as service
from nhi_center.services.exports import Exported, Pair
from nhi_center.services.handover import Credential
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LabelledField, LineField, PasswordField
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.reports.form_choice import FormLine, form_field

TITLE = "氏名の入った一覧の書き出し"
_TEXT = (
    "{period} に受け付けた書類 {rows:,}件を、氏名とともに書き出します。区の承諾番号がいります。情報管理台帳に1行残ります。"
    "登録のない番号は、区職員の署名で、この写しだけの承諾になります。"
)


def open_names(parent: QWidget, desk: Desk, period: Period, rows: int, done: Callable[[Exported], object]) -> FormDialog:
    """Open it over the window of ``parent``; ``done`` gets what was written."""
    reason = ChoiceField("reason", "理由", tuple(Choice(one.value, one.label) for one in Reason), required=True)
    number = LineField("number", "区の承諾番号", limit=LONGEST_NUMBER, required=True)
    form = FormLine()
    people = (_credential("supervisor", "取扱責任者", "取扱者ID"), _credential("ward", "区職員", "職員番号"))
    people[0][0].set_value(desk.session.person)
    office, session = desk.office, desk.session

    def act() -> Callable[[], Exported]:
        pair = Pair(*(Credential(who.value().strip(), password.value()) for who, password in people))
        return partial(service.export, office, session, period, rows, reason.value(), number.value(), pair, excel=form.excel)

    def kept(made: object) -> None:
        assert isinstance(made, Exported)
        done(made)

    fields: tuple[tuple[LabelledField, ...], ...] = ((reason, number, form_field(form)), *people)
    dialog = FormDialog(
        parent,
        desk,
        TITLE,
        _TEXT.format(period=period.title, rows=rows),
        fields,
        yes="署名して書き出す",
        act=act,
        kept=kept,
        lane=Lane.PRINT,
        danger=True,
    )
    return open_form(dialog)


def _credential(name: str, label: str, id_label: str) -> tuple[LineField, PasswordField]:
    """ID and password of one who signs; a refusal stands at the password."""
    who = LineField(f"{name}_id", f"{label}の{id_label}", limit=40, ime=False, required=True)
    return who, PasswordField(name, f"{label}のパスワード", required=True)
