"""Invented people and papers for the rules."""

from __future__ import annotations

from datetime import date
from typing import Any

from nhi_center import resources
from nhi_center.domain.calendar import ClosedDays
from nhi_center.domain.forms import loader, thresholds
from nhi_center.domain.forms.case import Case, Receipt
from nhi_center.domain.forms.definition import Catalogue
from nhi_center.domain.people import Household, Period, Person

TODAY = date(2026, 11, 24)
CLOSED = ClosedDays.of([date(2026, 11, 3), date(2026, 11, 23)], date(2026, 12, 31))
VARIANT = "葛\U000e0102城　見本子"
HEADER = {
    "channel": "1",
    "filed_on": "2026-11-24",
    "filer": "1",
    "identity_check": "1",
    "identity_papers": "運転免許証",
    "number_written": "1",
    "sheets_form": "1",
    "sheets_attached": "1",
    "head_name": VARIANT,
    "head_kana": "カツラギ　ミホコ",
    "atena": "00481726",
    "name": VARIANT,
    "kana": "カツラギ　ミホコ",
    "birth": "1970-03-12",
    "sex": "2",
    "relation": "1",
    "postal": "1600021",
    "address": "東京都新宿区歌舞伎町1丁目4番1号",
}
OWN = {
    "F02": {
        "household_insured": "1",
        "event": "1",
        "happened_on": "2026-11-20",
        "previous_insurer": "見本健康保険組合",
        "loss_evidence": "1",
    },
    "F05": {
        "symbol": "04-01",
        "number": "1234567",
        "branch": "01",
        "event": "1",
        "moved_out": "2026-11-20",
        "same_day_move": "0",
        "destination": "大阪府見本市見本町1-1",
        "returned_paper": "3",
    },
    "F15": {"symbol": "04-01", "number": "1234567", "branch": "01"},
}
FORMER = (Period(date(2018, 4, 1), "A1", date(2020, 9, 2), "L2"),)
OPEN = (Period(date(2018, 4, 1), "A1"),)


def person(**changes: Any) -> Person:
    facts: dict[str, Any] = {
        "atena": "00481726",
        "household": "00010001",
        "is_head": True,
        "relation": "世帯主",
        "name": VARIANT,
        "kana": "カツラギ　ミホコ",
        "birth": date(1970, 3, 12),
        "sex": "2",
        "postal": "1600021",
        "address": "東京都新宿区歌舞伎町1丁目4番1号",
        "symbol": "04-01",
        "number": "1234567",
        "branch": "01",
        "card": "未確認",
        "head_name": VARIANT,
    }
    return Person(**{**facts, **changes})


THRESHOLDS = thresholds.parse(resources.read_toml("rules/thresholds.toml")).on(TODAY)


def form_values(form_id: str, **changes: str) -> dict[str, str]:
    return {**HEADER, **OWN[form_id], **changes}


def case(
    catalogue: Catalogue, parts: loader.Parts, form_id: str, *, who: Person | None = None, more: Any = None, **changes: str
) -> Case:
    """A case without a finding, but for what ``who``, ``more`` (fields of Case) and ``changes`` (values) say."""
    one = who or person(periods=FORMER if form_id == "F02" else OPEN)
    facts: dict[str, Any] = {
        "form": catalogue.get(form_id, TODAY),
        "values": form_values(form_id, **changes),
        "person": one,
        "household": Household.gather("00010001", [one]),
        "today": TODAY,
        "receipt": Receipt("0124-018", TODAY, "1", sheets=2, keyer="c1", verifier="c2"),
        "closed_days": CLOSED,
        "reasons": parts.reasons,
        "thresholds": THRESHOLDS,
    }
    return Case(**{**facts, **(more or {})})
