"""Blank numbered paper: sheets destroyed before anything was printed on them, and which number lies on top."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from nhi_center.domain.blank_sheets import REASONS
from nhi_center.errors import OperatorError
from nhi_center.services import paper_blanks as service
from nhi_center.services.paper import PaperDay
from nhi_center.ui.certificates.serial_field import SerialField
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.fields import LineField, PasswordField
from nhi_center.ui.common.form_dialog import FormDialog, open_form

_BLANK = (
    "印刷する前に傷んだ用紙を、いちばん小さい番号から順に書損にします。\n"
    "紙は捨てずに出力トレイに置き、書損として区へ渡します。記録は消せません。"
)
_TOP = "いちばん上の用紙の番号を、紙を見て入れます。読取り機でも入ります。"


def open_blanks(
    parent: QWidget, desk: Desk, stocks: Sequence[PaperDay], kept: Callable[[object], object], prefix: str = ""
) -> FormDialog | None:
    """書損(白紙). None where no blank paper is left; ``kept`` is called with the number of sheets."""
    paper = _paper(stocks, prefix)
    if paper is None:
        return None
    reasons = tuple(Choice(code, label) for code, label in REASONS.items())
    last = SerialField("last", "傷んだ用紙の番号(いちばん大きい)", paper.value, required=True)
    reason = ChoiceField("reason", "理由", reasons, required=True)
    person = LineField("person", "署名する取扱責任者のID", limit=16, ime=False, required=True)
    password = PasswordField("password", "署名する人のパスワード", required=True)
    office, session = desk.office, desk.session
    coming = {stock.prefix: next(iter(stock.upcoming(1)), "") for stock in stocks}

    def show(code: str) -> None:
        last.set_hint(f"{coming[code]} からこの番号まで" if coming.get(code) else "")

    def act() -> Callable[[], object]:
        _chosen(paper)
        values = (paper.value(), last.value(), reason.value(), person.value().strip(), password.value())
        return lambda: service.void_blanks(office, session, *values)

    show(paper.value())
    paper.changed.connect(show)
    rows = ((paper, last), (reason,), (person, password))
    return open_form(FormDialog(parent, desk, "書損(白紙)", _BLANK, rows, yes="書損にする", act=act, kept=kept, danger=True))


def open_top(
    parent: QWidget, desk: Desk, stocks: Sequence[PaperDay], kept: Callable[[object], object], prefix: str = ""
) -> FormDialog | None:
    """Blind: the number the book expects is not shown before one is typed. ``kept`` is called with a TopSheet."""
    paper = _paper(stocks, prefix)
    if paper is None:
        return None
    number = SerialField("number", "いちばん上の番号", paper.value, required=True)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        _chosen(paper)
        values = (paper.value(), number.value())
        return lambda: service.confirm_next(office, session, *values)

    dialog = FormDialog(parent, desk, "いちばん上の用紙", _TOP, ((paper, number),), yes="確かめる", act=act, kept=kept)
    return open_form(dialog)


def _paper(stocks: Sequence[PaperDay], prefix: str) -> ChoiceField | None:
    """The kinds of paper of which sheets are left; ``prefix``, or the first, is chosen."""
    left = [stock for stock in stocks if stock.left]
    if not left:
        return None
    field = ChoiceField(
        "prefix", "用紙", tuple(Choice(one.prefix, one.title, str(at)) for at, one in enumerate(left, start=1)), required=True
    )
    field.set_value(prefix if any(one.prefix == prefix for one in left) else left[0].prefix)
    return field


def _chosen(paper: ChoiceField) -> None:
    if not paper.value():
        raise OperatorError("用紙を番号で選んでください。", field="prefix")
