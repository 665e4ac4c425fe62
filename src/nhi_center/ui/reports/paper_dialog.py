"""紙の報告書: what came out of the printer, counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from nhi_center.domain.certificate_jobs import SPOIL_REASONS
from nhi_center.domain.paper_exports import PaperExport, PaperState
from nhi_center.domain.report_period import parse
from nhi_center.services import paper_exports as service
from nhi_center.ui.common.choice_field import Choice, ChoiceField
from nhi_center.ui.common.code_fields import DigitsField
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.form_dialog import FormDialog, open_form

TITLE = "紙の枚数の確認"
_TEXT = (
    "印刷した{title}の報告書を手に取り、数えてください。署名した枚数は全部で {sheets}枚です。"
    "合わないときや傷んだ紙は「書損」です。どちらも出力トレイへ置き、次の便で区へ渡します。"
)
_OUTCOMES = (
    Choice(PaperState.GOOD.value, "そろっている", "1"),
    Choice(PaperState.SPOILED.value, "書損", "2"),
    Choice(PaperState.NOT_PRINTED.value, "出ていない", "3"),
)


def open_count(
    parent: QWidget, desk: Desk, name: str, period: str, sheets: int, done: Callable[[PaperExport], object]
) -> FormDialog:
    """Open it over the window of ``parent``; ``done`` gets what was written down."""
    outcome = ChoiceField("outcome", "出てきた紙", _OUTCOMES, required=True)
    counted = DigitsField("counted", "数えた枚数", length=3, auto_advance=False)
    reasons = tuple(Choice(code, label) for code, label in SPOIL_REASONS.items())
    reason = ChoiceField("spoil_reason", "書損の理由", reasons)
    office, session = desk.office, desk.session

    def act() -> Callable[[], PaperExport]:
        target = PaperState(outcome.value())
        why = reason.value() if target is PaperState.SPOILED else ""
        return partial(service.check, office, session, name, target, int(counted.value() or 0), why)

    def kept(made: object) -> None:
        assert isinstance(made, PaperExport)
        done(made)

    text = _TEXT.format(title=parse(period).title, sheets=sheets)
    return open_form(FormDialog(parent, desk, TITLE, text, ((outcome, counted), (reason,)), yes="記録する", act=act, kept=kept))
