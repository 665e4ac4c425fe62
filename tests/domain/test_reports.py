from __future__ import annotations

from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain.report_period import Kind, month, month_words, of_kind, parse
from nhi_center.domain.reports import Table, averages, changes, corrections


def test_months() -> None:
    assert [one.key for one in of_kind(Kind.MONTH, date(2026, 2, 28))[:3]] == ["2026-02", "2026-01", "2025-12"]
    assert month(date(2026, 3, 1)).previous.key == "2026-02"
    assert not month(date(2026, 2, 1)).is_over(date(2026, 2, 28))
    assert month(date(2026, 2, 1)).is_over(date(2026, 3, 1))
    assert month_words("2026-11") == "令和8年11月分"


def test_averages() -> None:
    assert averages([]) == (0, 0)
    assert averages([10, 21, 30]) == (20, 30)


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.sampled_from(Kind))
def test_every_period_comes_back_from_its_key(today: date, kind: Kind) -> None:
    found = of_kind(kind, today)
    assert [parse(one.key) for one in found] == list(found)
    assert found[0].first <= today <= found[0].last
    for later, earlier in pairwise(found):
        assert (later.first - earlier.last).days == 1
    assert all(one.title and one.kind.title for one in found)


def test_titles() -> None:
    titles = [parse(key).title for key in ("2026-11", "FY2026", "2026-11-24")]
    assert titles == ["令和8年11月分", "令和8年度分", "令和8年11月24日"]


def test_only_what_is_another_number_now_is_a_correction() -> None:
    before = Table("a", "届出・申請(件)", ("様式", "受付", "残"), (("見本届", (3, 1)), ("例の届", (1, 0))), (4, 1))
    now = Table("a", "届出・申請(件)", ("様式", "受付", "残"), (("見本届", (3, 0)), ("新しい届", (2, 0))), (5, 0))
    found = corrections([("", changes((before,), (now,), {}))])
    assert found.rows == (
        ("届出・申請 見本届 残", (1, 0, -1)),
        ("届出・申請 例の届 受付", (1, 0, -1)),
        ("届出・申請 新しい届 受付", (0, 2, 2)),
    )
    assert changes((now,), (now,), {}) == ()
