"""電話の集計 of a period: by hour and by 分類. It names nobody who called and nobody who answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from nhi_center.domain.calendar import wareki
from nhi_center.domain.call_figures import CallFigures, CategoryLine, HourLine, LengthLine, figures
from nhi_center.domain.calls import Outcome, clock_words
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.periods import check_period
from nhi_center.errors import OperatorError
from nhi_center.printing.sheets import ListColumn, ListPart, ListSheet
from nhi_center.services.call_answers import book
from nhi_center.services.documents import make_list
from nhi_center.services.office import Office
from nhi_center.services.work import reading, require
from nhi_center.storage import calls as storage


def of_period(office: Office, session: Session, first: date, last: date) -> CallFigures:
    """Raises OperatorError at ``last`` for a period that is none."""
    require(office, session, Action.CALL)
    check_period(first, last)
    with reading(office, session, Action.CALL) as connection:
        facts, backs = storage.facts_between(connection, first, last), storage.backs_between(connection, first, last)
    return figures(facts, backs, office.clock.local())


def title_of(category: str) -> str:
    """The words of a 分類 with its number."""
    found = book().category(category)
    return f"{found.number} {found.title}" if found else "分類なし"


_FIGURES = ("件", *(outcome.heading for outcome in Outcome), "その場", "中央", "最長")
_WIDTH = 13
_CATEGORY_COLUMNS = (
    ListColumn("分類", 170 - _WIDTH * len(_FIGURES)),
    *(ListColumn(heading, _WIDTH, right=True) for heading in _FIGURES),
)
_COUNT_COLUMNS = (ListColumn("件", 20, right=True), ListColumn("その場で回答", 30, right=True))


def make_sheet(office: Office, session: Session, first: date, last: date) -> Path:
    """電話の集計 of these days as a PDF. Waits for the PDF process: run it in the print lane. Raises OperatorError as
    ``of_period``, and when nothing was recorded."""
    found = of_period(office, session, first, last)
    if not found.total.calls:
        raise OperatorError("この期間に記録した電話はありません。", code="empty")
    lines = tuple(_category_cells(title_of(line.category), line) for line in found.categories)
    sheet = ListSheet(
        title="電話の集計",
        subtitle=f"{wareki(first)} から {wareki(last)} まで",
        footer=f"{office.settings.label} 電話の集計",
        pairs=(
            ("電話", f"{found.total.calls:,}件(その場で回答 {found.total.at_once}%)"),
            ("区へつないだ", f"{found.total.having(Outcome.TO_WARD):,}件"),
            ("折返しの約束", f"{found.promised:,}件(遅れ {found.late:,}件)"),
        ),
        parts=(
            ListPart("分類", _CATEGORY_COLUMNS, (*lines, _category_cells("合計", found.total))),
            ListPart("時間", (ListColumn("時間", 60), *_COUNT_COLUMNS), _count_cells(found.hours)),
            ListPart("長さ", (ListColumn("長さ", 60), *_COUNT_COLUMNS), _count_cells(found.lengths)),
        ),
        sample=office.settings.training,
    )
    name = f"calls-{first:%Y%m%d}-{last:%Y%m%d}.pdf"
    return make_list(office, session, name, sheet, "call_figures", found.total.calls, Action.CALL)


def _category_cells(title: str, line: CategoryLine) -> tuple[str, ...]:
    counts = (line.calls, *line.outcomes)
    return (title, *(f"{count:,}" for count in counts), f"{line.at_once}%", clock_words(line.middle), clock_words(line.longest))


def _count_cells(lines: Iterable[HourLine | LengthLine]) -> tuple[tuple[str, ...], ...]:
    return tuple((line.words, f"{line.calls:,}", f"{line.answered:,}") for line in lines)
