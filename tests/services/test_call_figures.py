"""電話の集計 as a PDF: every call once, nobody's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from nhi_center.domain.calls import Outcome
from nhi_center.domain.operators import Session
from nhi_center.domain.reports import Table
from nhi_center.errors import OperatorError
from nhi_center.services import call_figures, calls, figures
from nhi_center.services.office import Office
from tests.services.test_calls import ANSWERED, PROMISED, logged, promised, room
from tests.support.office import desk, premises
from tests.support.pdf_words import words_of

__all__ = ["desk", "premises", "room"]

Desk = tuple[Office, Session]
DAY = date(2026, 11, 24)


def test_a_period_as_a_pdf(room: Desk) -> None:
    office, session = room
    for draft in (ANSWERED, replace(ANSWERED, category="Q20", outcome="2", ward_staff="見本")):
        calls.finish_call(office, session, calls.start_call(office, session).call.id, draft)
    promised(office, session)
    made = call_figures.make_sheet(office, session, DAY, DAY)
    assert made.name == "calls-20261124-20261124.pdf"
    shown = words_of(made)
    for words in (
        "電話の集計",
        "06証が届かない",
        "20保険料",
        "合計",
        "9時",
        "1分まで",
        "折返しの約束1件(遅れ0件)",
        "3件(その場で回答33%)",
    ):
        assert words in shown.replace(" ", "").replace("\n", "")
    assert "一郎" not in shown
    assert "葛城" not in shown
    assert '"kind":"call_figures"' in logged(office)


def test_every_result_has_its_column_on_paper_and_in_the_month(room: Desk) -> None:
    """One call of each; a result added to the domain and forgotten in a table is missing here."""
    office, session = room
    for number, outcome in enumerate(Outcome, start=1):
        draft = replace(PROMISED, outcome=outcome, ward_staff="見本", other_office="1")
        for _one in range(number):
            calls.finish_call(office, session, calls.start_call(office, session).call.id, draft)
    (line,) = call_figures.of_period(office, session, DAY, DAY).categories
    assert line.outcomes == tuple(range(1, len(Outcome) + 1))
    assert [line.having(outcome) for outcome in Outcome] == list(line.outcomes)
    shown = words_of(call_figures.make_sheet(office, session, DAY, DAY)).replace(" ", "").replace("\n", "")
    assert "".join(outcome.heading for outcome in Outcome) in shown
    assert f"合計{line.calls}{''.join(str(count) for count in line.outcomes)}" in shown
    table = report_of(office)
    headings = table.headings[2:-2]
    assert headings == tuple(outcome.heading for outcome in Outcome)
    assert table.total[1:-2] == line.outcomes


def report_of(office: Office) -> Table:
    """電話 of the monthly report."""
    with office.store.read.begin() as connection:
        tables = figures.gather(connection, DAY.replace(day=1), DAY, office.clock.local())
    return next(table for table in tables if table.key == "calls")


def test_nothing_makes_no_sheet_and_no_period_is_refused(room: Desk) -> None:
    office, session = room
    with pytest.raises(OperatorError, match="ありません"):
        call_figures.make_sheet(office, session, DAY, DAY)
    with pytest.raises(OperatorError) as caught:
        call_figures.make_sheet(office, session, DAY, date(2026, 11, 23))
    assert caught.value.field == "last"
