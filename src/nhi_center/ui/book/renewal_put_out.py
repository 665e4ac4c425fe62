"""Putting a lot out where several printers have the same paper: which one it goes to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from nhi_center.domain.printers import STOCKS, Printer
from nhi_center.services import renewal as service
from nhi_center.services.renewal import PutOut
from nhi_center.tasks.runner import Lane
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.form_dialog import FormDialog, open_form


def open_put_out(
    parent: QWidget,
    desk: Desk,
    lot: tuple[str, int],
    text: str,
    printers: Sequence[Printer],
    done: Callable[[PutOut], object],
) -> FormDialog:
    """``lot``: its renewal and number. Nothing chosen: the usual printer of each paper; a chosen one takes its own paper only."""
    office, session = desk.office, desk.session
    offered = tuple(Choice(one.id, f"{one.name} {STOCKS[one.prefix]}", str(at)) for at, one in enumerate(printers, start=1))
    numbered = "  ".join(one.shown for one in offered)
    printer = ChoiceField("printer", "プリンター", offered, hint=f"{numbered}  空欄ならいつものプリンター")

    def act() -> Callable[[], object]:
        chosen = printer.value()
        return lambda: service.put_out(office, session, *lot, chosen)

    def kept(result: object) -> None:
        assert isinstance(result, PutOut)
        done(result)

    title = f"束{lot[1]}を出します"
    form = FormDialog(parent, desk, title, text, ((printer,),), yes="束を出す", act=act, kept=kept, lane=Lane.PRINT)
    return open_form(form)
