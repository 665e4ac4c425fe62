from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.corrections import (
    ERROR_KINDS,
    ErrorRate,
    check_error,
    check_may_hang,
    counted,
    without_effect,
)
from nhi_center.domain.entry import State
from nhi_center.domain.people import Period
from nhi_center.errors import OperatorError
from tests.domain.forms.builders import FORMER, OPEN, person

ACQUIRED = {"kind": "acquire", "code": "A2", "date": "2026-11-20", "certificate": ""}
LOST = {"kind": "lose", "code": "L1", "date": "2026-11-21", "certificate": ""}


def test_an_error_has_a_kind_and_a_sentence() -> None:
    for kind in ERROR_KINDS:
        check_error(kind, "違います。")
    for kind, reason, field in (("", "x", "kind"), ("8", "x", "kind"), ("1", " ", "reason")):
        with pytest.raises(OperatorError) as caught:
            check_error(kind, reason)
        assert caught.value.field == field


def test_a_correction_is_judged_as_if_the_first_had_not_been_settled() -> None:
    before = person(periods=FORMER)
    acquired = replace(before, periods=(*FORMER, Period(date(2026, 11, 20), "A2")))
    assert without_effect(acquired, ACQUIRED) == before
    insured = person(periods=OPEN)
    lost = replace(insured, periods=(*OPEN[:-1], replace(OPEN[-1], lost=date(2026, 11, 21), lost_code="L1")))
    assert without_effect(lost, LOST) == insured


@pytest.mark.parametrize(
    "effect", [{}, {"kind": "certificate", "date": "2026-11-20"}, {"kind": "acquire", "date": "?"}, ACQUIRED, LOST]
)
def test_what_the_register_does_not_show_changes_nobody(effect: dict[str, str]) -> None:
    for one in (person(periods=FORMER), person(periods=OPEN), person(periods=())):
        assert without_effect(one, effect) == one


def test_paper_of_another_form_or_begun_work_does_not_become_a_correction() -> None:
    check_may_hang("F02", "F02", None)
    check_may_hang("F02", "F02", State.RECEIVED)
    for form, kind, state in (("F02", "F05", None), ("F02", "F02", State.DRAFTING)):
        with pytest.raises(OperatorError):
            check_may_hang(form, kind, state)


def test_the_rate_counts_our_errors_alone() -> None:
    rows = [("F02", "1", "verified"), ("F02", "1", "done"), ("F02", "7", "verified"), ("F05", "6", "reviewed")]
    rate = ErrorRate("2026-11", counted(rows), {"F02": 90, "F05": 9})
    assert [(one.form, one.kind, one.before_review, one.after_review) for one in rate.counts] == [
        ("F02", "1", 1, 1),
        ("F02", "7", 1, 0),
        ("F05", "6", 0, 1),
    ]
    assert (rate.ours, rate.others, rate.decided, rate.per_ten_thousand) == (3, 1, 100, 300)
    assert ErrorRate("2026-11", (), {}).per_ten_thousand == 0


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["F02", "F05"]),
            st.sampled_from(sorted(ERROR_KINDS)),
            st.sampled_from(["verified", "reviewed", "done"]),
        )
    )
)
def test_nothing_that_was_returned_is_left_out(rows: list[tuple[str, str, str]]) -> None:
    rate = ErrorRate("2026-11", counted(rows), {})
    assert rate.ours + rate.others == len(rows)
    assert rate.others == sum(kind == "7" for _form, kind, _stage in rows)
