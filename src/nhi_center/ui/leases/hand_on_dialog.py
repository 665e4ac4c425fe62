"""別の端末へ渡す and 引き取る: the sheets are counted, then the paper goes or comes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.services import leases as service
from nhi_center.services.leases import SharedRow
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.form_dialog import FormDialog, open_form


def open_hand_on(parent: QWidget, desk: Desk, slip: str, number: str, title: str, kept: Callable[[], object]) -> FormDialog:
    """F7 別の端末へ渡す, from the list where the paper stands."""
    sheets = DigitsField("sheets", "枚数(添付を含む)", required=True)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        count = int(sheets.value() or 0)
        return lambda: service.lay_down(office, session, slip, count)

    what = f"管理票 {number} {title} を、別の端末に引き取ってもらいます。"
    text = f"{what}紙を数え、管理票をのせて「端末間の引渡し」の置き場に置きます。引き取られるまでは、ここで取り戻せます。"
    dialog = FormDialog(
        parent, desk, "別の端末へ渡す", text, ((sheets,),), yes="渡す", act=act, kept=lambda _none: kept(),
    )  # fmt: skip
    return open_form(dialog)


def open_take(parent: QWidget, desk: Desk, row: SharedRow, kept: Callable[[], object]) -> FormDialog:
    """Enter 引き取る. How many sheets were laid down is not shown: they are counted."""
    sheets = DigitsField("sheets", "枚数(添付を含む)", required=True)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        count = int(sheets.value() or 0)
        return lambda: service.take(office, session, row.lease.slip, count)

    what = f"管理票 {row.lease.number} {row.form_title} を、この端末で引き取ります。"
    text = f"{what}紙を手に取り、枚数を数えてください。ここから先は、この端末で進めます。"
    dialog = FormDialog(
        parent, desk, "引き取る", text, ((sheets,),), yes="引き取る", act=act, kept=lambda _lease: kept(), lane=Lane.LINK
    )
    return open_form(dialog)
