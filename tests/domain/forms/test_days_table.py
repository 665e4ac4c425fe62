"""取得日・喪失日: one test for each row of the table of reasons (国民健康保険法 7条・8条), through the form it is filed on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from nhi_center.domain import eligibility
from nhi_center.domain.forms import rules
from nhi_center.domain.forms.case import Case
from nhi_center.domain.forms.definition import Catalogue
from nhi_center.domain.forms.loader import Parts
from tests.domain.forms.builders import FORMER, HEADER, OPEN, THRESHOLDS, TODAY, case, person

FACT = date(2026, 11, 20)
NEXT = date(2026, 11, 21)

ROWS = [
    ("A1 転入", "F01", {"event": "1"}, FACT),
    ("A7 在留資格取得・入国", "F01", {"event": "2"}, FACT),
    ("A2 社保離脱", "F02", {"event": "1"}, FACT),
    ("A3 出生", "F02", {"event": "2"}, FACT),
    ("A4 生保廃止", "F02", {"event": "3"}, FACT),
    ("A5 国保組合離脱", "F02", {"event": "4"}, FACT),
    ("A6 後期の障害認定撤回", "F02", {"event": "5"}, NEXT),
    ("L1 転出", "F05", {"event": "1", "same_day_move": "0"}, NEXT),
    ("L1 転出と同じ日の転入", "F05", {"event": "1", "same_day_move": "1"}, FACT),
    ("L3 死亡", "F05", {"event": "2"}, NEXT),
    ("L2 社保加入", "F06", {"event": "1"}, NEXT),
    ("L5 国保組合加入", "F06", {"event": "2"}, FACT),
    ("L4 生保開始", "F06", {"event": "3"}, FACT),
    ("L7 後期の障害認定", "F06", {"event": "4"}, NEXT),
    ("L9 適用除外", "F06", {"event": "5"}, NEXT),
    ("適用開始 都内の転入", "F03", {}, FACT),
    ("適用終了 都内の転出", "F04", {"same_day_move": "0"}, NEXT),
    ("適用終了 同じ日の転入", "F04", {"same_day_move": "1"}, FACT),
]


def filed(catalogue: Catalogue, parts: Parts, form_id: str, values: dict[str, str]) -> Case:
    form = catalogue.get(form_id, TODAY)
    one = person(periods=FORMER if form_id in ("F01", "F02", "F03") else OPEN)
    keyed = {**HEADER, **values, form.fact: FACT.isoformat()}
    return replace(case(catalogue, parts, "F02", who=one), form=form, values=keyed)


@pytest.mark.parametrize(("form_id", "values", "day"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_day_of_each_row(catalogue: Catalogue, parts: Parts, form_id: str, values: dict[str, str], day: date) -> None:
    """The day that is entered, and V07 where the paper says another: only the right one passes."""
    one = filed(catalogue, parts, form_id, values)
    assert one.effective_date == day
    for stated in (FACT - timedelta(1), FACT, NEXT, NEXT + timedelta(1)):
        said = replace(one, values={**one.values, one.form.stated: stated.isoformat()})
        found = [finding.field for finding in rules.check(said) if finding.rule == "V07"]
        assert found == ([] if stated == day else [one.form.stated])


def test_every_reason_of_the_table_has_a_row_or_no_paper(catalogue: Catalogue) -> None:
    """L6 (75歳) comes without a paper, L8 (在留期間満了) by the ward's own decision: their days stand below."""
    on_paper = {code for form in catalogue.on(TODAY) for code in (form.event, *dict(form.events).values()) if code}
    assert set(eligibility.REASONS) - on_paper == {"L6", "L8"}
    assert {row[0].split()[0] for row in ROWS if row[0][1].isdecimal()} == on_paper
    assert eligibility.loss_date("L6", FACT, shifts=THRESHOLDS.shifts) == FACT
    assert eligibility.loss_date("L8", FACT, shifts=THRESHOLDS.shifts) == NEXT


def test_the_ward_s_own_reading_holds_for_the_day_and_for_what_the_paper_states(catalogue: Catalogue, parts: Parts) -> None:
    one = filed(catalogue, parts, "F06", {"event": "4", "lost_on": FACT.isoformat()})
    assert "V07" in {finding.rule for finding in rules.check(one)}
    same_day = replace(one, thresholds=replace(THRESHOLDS, shifts={**THRESHOLDS.shifts, "L7": 0}))
    assert same_day.effective_date == FACT
    assert "V07" not in {finding.rule for finding in rules.check(same_day)}
