"""電話の集計 as a PDF: every call once, nobody's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services import call_figures, calls
from nhi_center.services.office import Office
from tests.services.test_calls import ANSWERED, logged, promised, room
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


def test_nothing_makes_no_sheet_and_no_period_is_refused(room: Desk) -> None:
    office, session = room
    with pytest.raises(OperatorError, match="ありません"):
        call_figures.make_sheet(office, session, DAY, DAY)
    with pytest.raises(OperatorError) as caught:
        call_figures.make_sheet(office, session, DAY, date(2026, 11, 23))
    assert caught.value.field == "last"
