"""What the 取扱責任者 says in a month's report: ヒヤリハット and 翌月の予定, both at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from nhi_center.domain.report_period import Period
from nhi_center.domain.report_words import TITLES, ReportWords
from nhi_center.services import report_words as service
from nhi_center.ui.common.desk import Desk
from nhi_center.ui.common.form_dialog import FormDialog, open_form
from nhi_center.ui.common.text_fields import FreeText

LINES = 4


def words_form(parent: QWidget, desk: Desk, period: Period, said: ReportWords, kept: Callable[[object], object]) -> FormDialog:
    near_misses = FreeText("near_misses", f"{TITLES['near_misses']}(なければ空のまま)", lines=LINES)
    next_month = FreeText("next_month", TITLES["next_month"], lines=LINES)
    near_misses.set_value(said.near_misses)
    next_month.set_value(said.next_month)
    office, session = desk.office, desk.session

    def act() -> Callable[[], object]:
        words = ReportWords(near_misses.value(), next_month.value())
        return lambda: service.write(office, session, period, words)

    text = f"{period.title}の報告に入ります。区民の氏名・番号・電話番号は書きません。改行は Alt+Enter です。"
    rows = ((near_misses,), (next_month,))
    return open_form(FormDialog(parent, desk, "・".join(TITLES.values()), text, rows, yes="書く", act=act, kept=kept))
