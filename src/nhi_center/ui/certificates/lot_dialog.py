"""検品 of a lot: the numbers from and to, and the second person who signs that all of them are good."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.certificate_kinds import CARD, LARGE
from nhi_center.domain.print_jobs import JobState
from nhi_center.domain.printers import STOCKS
from nhi_center.errors import OperatorError
from nhi_center.services import certificate_checks as checks
from nhi_center.services.certificates import Queue
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField, PasswordField
from nhi_center.ui.common.form_dialog import FormDialog, open_form

_TEXT = (
    "検品する人(刷った人とは別の人)が、番号の順に一枚ずつ現物を見て、すべて良ければ署名します。\n"
    "書損があるときは、先に一覧で 2 を押して報告し、その番号を除いた範囲で署名します。"
)


def open_lot(parent: QWidget, desk: Desk, queue: Queue, kept: Callable[[object], object]) -> FormDialog | None:
    """The range begins as all that waits of the paper that comes first in the list; None where nothing numbered waits."""
    waiting = _waiting(queue)
    prefix = next((one for one in (CARD, LARGE) if waiting.get(one)), "")
    if not prefix:
        return None
    papers = tuple(Choice(one, STOCKS[one], str(at)) for at, one in enumerate((CARD, LARGE), start=1))
    paper = ChoiceField("prefix", "用紙", papers, required=True)
    first = LineField("first", "番号(いちばん小さい)", limit=12, ime=False, required=True)
    last = LineField("last", "番号(いちばん大きい)", limit=12, ime=False, required=True)
    person = LineField("person", "検品する人のID", limit=16, ime=False, required=True)
    password = PasswordField("password", "検品する人のパスワード", required=True)

    def show(code: str) -> None:
        numbers = waiting.get(code, ())
        first.set_value(numbers[0] if numbers else "")
        last.set_value(numbers[-1] if numbers else "")

    paper.set_value(prefix)
    show(prefix)
    paper.changed.connect(show)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        if not paper.value():
            raise OperatorError("用紙を番号で選んでください。", field="prefix")
        values = (paper.value(), first.value(), last.value(), person.value().strip(), password.value())
        return lambda: checks.check_lot(office, session, *values)

    rows = ((paper, first, last), (person, password))
    return open_form(FormDialog(parent, desk, "まとめて検品する", _TEXT, rows, yes="すべて良い", act=act, kept=kept))


def _waiting(queue: Queue) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in queue.rows:
        if row.job.state is JobState.NEEDS_CHECK and row.job.serial:
            found.setdefault(row.job.prefix, []).append(row.job.serial)
    return {prefix: tuple(sorted(numbers)) for prefix, numbers in found.items()}
