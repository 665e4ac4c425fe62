"""検品 of a lot: the numbers from and to, good or spoiled, and the second person who signs for all of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.certificate_jobs import SPOIL_REASONS
from nhi_center.domain.certificate_kinds import CARD, LARGE
from nhi_center.domain.print_jobs import JobState
from nhi_center.domain.printers import STOCKS
from nhi_center.errors import OperatorError
from nhi_center.services import certificate_checks as checks
from nhi_center.services.certificates import Queue
from nhi_center.ui.certificates.serial_field import SerialField
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField, PasswordField
from nhi_center.ui.common.form_dialog import FormDialog, open_form

_TEXT = (
    "番号の順に一枚ずつ現物を見ます。番号は読取り機でも入ります。\n"
    "1 刷った人とは別の人が署名します。 2 理由を選んで報告します。\n"
    "3 報告した人とは別の取扱責任者が、書損と認めて署名します。"
)
_GOOD, _SPOILED, _APPROVE = "good", "spoiled", "approve"
_RESULTS = (Choice(_GOOD, "良", "1"), Choice(_SPOILED, "書損", "2"), Choice(_APPROVE, "書損を承認", "3"))
_YES = {_GOOD: "すべて良い", _SPOILED: "すべて書損", _APPROVE: "書損を承認する"}
_SAID = {
    _GOOD: "枚を検品済にしました。出力トレイに置いてください。",
    _SPOILED: "枚の書損を報告しました。用紙は捨てずに、別の人の承認を受けてください。",
    _APPROVE: "枚の書損を承認しました。新しい用紙で刷り直せます。書損の用紙も出力トレイに置いてください。",
}
_WAITING = {
    _GOOD: (JobState.NEEDS_CHECK,),
    _SPOILED: (JobState.NEEDS_CHECK, JobState.GOOD),
    _APPROVE: (JobState.SPOILED_WAITING,),
}


def open_lot(parent: QWidget, desk: Desk, queue: Queue, kept: Callable[[object], object]) -> FormDialog | None:
    """The range begins as all that waits of the paper that comes first in the list; None where nothing numbered waits.

    ``kept`` is called with a sentence about what was done.
    """
    begins = next(((result, prefix) for result in (_GOOD, _APPROVE, _SPOILED) for prefix in _waiting(queue, result)), None)
    if begins is None:
        return None
    papers = tuple(Choice(one, STOCKS[one], str(at)) for at, one in enumerate((CARD, LARGE), start=1))
    result = ChoiceField("result", "現物", _RESULTS, required=True)
    paper = ChoiceField("prefix", "用紙", papers, required=True)
    first = SerialField("first", "番号(いちばん小さい)", paper.value, required=True)
    last = SerialField("last", "番号(いちばん大きい)", paper.value, required=True)
    reasons = tuple(Choice(code, label) for code, label in SPOIL_REASONS.items())
    reason = ChoiceField("spoil_reason", "書損の理由", reasons, hint="2 書損 のとき")
    person = LineField("person", "署名する人のID", limit=16, ime=False)
    password = PasswordField("password", "署名する人のパスワード")
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        if not result.value() or not paper.value():
            raise OperatorError("番号で選んでください。", field="prefix" if result.value() else "result")
        said, numbers = _SAID[result.value()], (paper.value(), first.value(), last.value())
        if result.value() == _SPOILED:
            why = reason.value()
            return lambda: f"{checks.report_lot(office, session, *numbers, why)}{said}"
        sign = checks.check_lot if result.value() == _GOOD else checks.approve_lot
        who = person.value().strip(), password.value()
        return lambda: f"{sign(office, session, *numbers, *who)}{said}"

    rows = ((result, paper), (first, last), (reason,), (person, password))
    dialog = FormDialog(parent, desk, "まとめて検品する", _TEXT, rows, yes=_YES[_GOOD], act=act, kept=kept)

    def show(*_codes: str) -> None:
        spoiled = result.value() == _SPOILED
        reason.setEnabled(spoiled)
        reason.set_required(spoiled)
        for field in (person, password):
            field.setEnabled(not spoiled)
            field.set_required(not spoiled)
        dialog.yes_button.set_words(_YES.get(result.value(), "記録する"))
        numbers = _waiting(queue, result.value()).get(paper.value(), ())
        first.set_value(numbers[0] if numbers else "")
        last.set_value(numbers[-1] if numbers else "")

    def turn(code: str) -> None:
        """Another result: the paper of which sheets wait for it."""
        waiting = _waiting(queue, code)
        if paper.value() not in waiting:
            paper.set_value(next(iter(waiting), paper.value()))
        show()

    result.set_value(begins[0])
    paper.set_value(begins[1])
    show()
    result.changed.connect(turn)
    paper.changed.connect(show)
    return open_form(dialog)


def _waiting(queue: Queue, result: str) -> dict[str, tuple[str, ...]]:
    """The numbers this may be said of, by paper, 資格確認書 first."""
    found: dict[str, list[str]] = {CARD: [], LARGE: []}
    for row in queue.rows:
        if row.job.state in _WAITING.get(result, ()) and row.job.serial:
            found[row.job.prefix].append(row.job.serial)
    return {prefix: tuple(sorted(numbers)) for prefix, numbers in found.items() if numbers}
