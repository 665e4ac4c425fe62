from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from nhi_center.domain.calendar import ClosedDays
from nhi_center.domain.incident_report import Kind
from nhi_center.domain.incidents import (
    LONGEST,
    Entry,
    Incident,
    Step,
    WardClocks,
    check_close,
    check_told,
    check_words,
    ward_clocks,
)
from nhi_center.errors import OperatorError

AT = datetime(2026, 11, 24, 9, 30, 20)
FRESH = Incident("i", "2026-11-24", Kind.DIFFERENCE, "h", AT.isoformat(), "k-ichiro")
WRITTEN = Entry(Step.WRITTEN, "双方で探した。", "", "", AT.isoformat(), "k-ichiro")
TOLD = Entry(Step.TOLD, "", "40100", AT.isoformat(), AT.isoformat(), "k-ichiro")
CLOSED = Entry(Step.CLOSED, "", "", "", AT.isoformat(), "40100")


def test_the_clock_of_the_ward_runs_until_it_is_told() -> None:
    assert FRESH.due(30) == "2026-11-24T10:00:20"
    assert not FRESH.overdue(AT + timedelta(minutes=30), 30)
    assert FRESH.overdue(AT + timedelta(minutes=31), 30)
    assert FRESH.overdue(AT + timedelta(minutes=16), 15)
    told = replace(FRESH, entries=(TOLD,))
    assert (told.due(30), told.overdue(AT + timedelta(days=1), 30), told.state) == ("", False, "対応中")
    assert replace(FRESH, entries=(WRITTEN, TOLD, CLOSED)).state == "終結"


def test_the_ward_s_own_days_count_from_the_day_it_is_known_and_a_closed_last_day_moves_the_full_report() -> None:
    open_days = ClosedDays.of((), date(2027, 12, 31))
    assert ward_clocks(FRESH, open_days) == WardClocks(
        date(2026, 11, 26), date(2026, 11, 28), date(2026, 12, 23), date(2027, 1, 22)
    )
    holiday = ClosedDays.of((date(2026, 12, 23),), date(2027, 12, 31))
    assert ward_clocks(FRESH, holiday).full == date(2026, 12, 24)
    new_year = replace(FRESH, opened_at="2026-12-01T09:30:20")
    assert ward_clocks(new_year, open_days).full == date(2027, 1, 4), "30 December is closed"


@pytest.mark.parametrize(
    ("words", "code"),
    [(" ", "no-words"), ("x" * (LONGEST + 1), "too-long"), ("番号は 1234-5678-9018 です", "individual-number")],
)
def test_words_that_are_not_kept(words: str, code: str) -> None:
    with pytest.raises(OperatorError) as caught:
        check_words(FRESH, words)
    assert (caught.value.code, caught.value.field) == (code, "words")


def test_when_the_ward_was_told() -> None:
    now = AT + timedelta(minutes=5)
    check_told(FRESH, now, now)
    check_told(FRESH, AT.replace(second=0), now)  # typed in minutes
    for told_at, code in ((now + timedelta(minutes=1), "in-future"), (AT - timedelta(minutes=1), "before-incident")):
        with pytest.raises(OperatorError) as caught:
            check_told(FRESH, told_at, now)
        assert (caught.value.code, caught.value.field) == (code, "told_at")
    with pytest.raises(OperatorError, match="もう記録"):
        check_told(replace(FRESH, entries=(TOLD,)), now, now)


def test_it_is_closed_when_measures_are_written_and_the_ward_was_told_and_then_it_stands() -> None:
    for entries, code in (((), "no-measures"), ((WRITTEN,), "not-told"), ((TOLD,), "no-measures")):
        with pytest.raises(OperatorError) as caught:
            check_close(replace(FRESH, entries=entries))
        assert caught.value.code == code
    done = replace(FRESH, entries=(WRITTEN, TOLD))
    check_close(done)
    closed = replace(done, entries=(*done.entries, CLOSED))
    for check in (lambda: check_close(closed), lambda: check_words(closed, "後から"), lambda: check_told(closed, AT, AT)):
        with pytest.raises(OperatorError) as caught:
            check()
        assert caught.value.code == "closed"
