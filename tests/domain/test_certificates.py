from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhi_center.domain import certificates
from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.certificates import (
    BaseExpiry,
    Group,
    IssueFacts,
    Validity,
    disease_ceiling,
    document_for,
    examine,
    long_stay_from,
    successor,
    validity,
)

TODAY = date(2026, 11, 24)
YEAR = (date(2026, 8, 1), date(2027, 7, 31))
BASES = (
    BaseExpiry(Kind.ELIGIBILITY, Group.UNDER_70, *YEAR, date(2027, 9, 30)),
    BaseExpiry(Kind.ELIGIBILITY, Group.FROM_70, *YEAR, date(2027, 7, 31)),
)
READY = IssueFacts(
    birth=date(1970, 3, 12),
    issue_date=TODAY,
    card="無",
    symbol="04",
    number="00123456",
    branch="01",
    insured=True,
    acquired=date(2026, 11, 1),
    reviewed=True,
)
LIMIT = replace(READY, applied_on=date(2026, 11, 20), income_class="ウ", acquired=date(2019, 4, 1))


@pytest.mark.parametrize(
    ("card", "applied", "special", "expected"),
    [
        ("無", False, False, Kind.ELIGIBILITY),
        ("有", False, False, Kind.NOTICE),
        ("有", True, False, Kind.ELIGIBILITY),
        ("未確認", False, False, None),
        ("未確認", True, False, Kind.ELIGIBILITY),
        ("無", False, True, None),
    ],
)
def test_which_document(card: str, applied: bool, special: bool, expected: Kind | None) -> None:
    assert document_for(card, TODAY, applied=applied, special_care=special) is expected


def test_an_unknown_card_state_is_refused() -> None:
    with pytest.raises(ValueError, match="card"):
        document_for("", TODAY)


def until(kind: Kind = Kind.ELIGIBILITY, facts: IssueFacts = READY, **changes: object) -> tuple[date, str]:
    held = validity(kind, replace(facts, **changes), BASES)  # type: ignore[arg-type]
    assert isinstance(held, Validity)
    assert held.valid_until is not None
    return held.valid_until, held.reason


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        (date(1970, 3, 12), (date(2027, 9, 30), "基準日")),
        (date(1956, 12, 1), (date(2026, 11, 30), "70歳到達")),
        (date(1956, 12, 2), (date(2026, 12, 31), "70歳到達")),
        (date(1956, 11, 1), (date(2027, 7, 31), "基準日")),
        (date(1952, 2, 29), (date(2027, 2, 28), "75歳到達")),
        (date(1951, 11, 25), (date(2026, 11, 24), "75歳到達")),
    ],
)
def test_age_limits(birth: date, expected: tuple[date, str]) -> None:
    assert until(birth=birth) == expected


def test_the_day_before_75_is_the_last_and_nothing_is_printed_after_it() -> None:
    assert validity(Kind.ELIGIBILITY, replace(READY, birth=date(1951, 11, 24)), BASES) is Block.EXPIRED


@pytest.mark.parametrize(
    ("stay", "pending", "expected"),
    [
        (date(2026, 12, 18), False, date(2026, 12, 19)),
        (date(2026, 12, 18), True, date(2027, 2, 19)),
        (date(2026, 12, 30), True, date(2027, 2, 28)),
        (date(2026, 10, 31), True, date(2027, 1, 1)),
        (date(2026, 11, 23), False, TODAY),
    ],
)
def test_a_limited_stay(stay: date, pending: bool, expected: date) -> None:
    assert until(stay_until=stay, stay_renewal_pending=pending) == (expected, "在留期間")


def test_study_and_an_ended_stay() -> None:
    assert until(study_until=date(2027, 3, 31)) == (date(2027, 3, 31), "修学期間")
    assert validity(Kind.ELIGIBILITY, replace(READY, stay_until=date(2026, 11, 22)), BASES) is Block.EXPIRED


def test_without_a_base_nothing_is_printed() -> None:
    assert examine(Kind.ELIGIBILITY, READY, ()).blocks == (Block.BASE_UNSET,)
    earlier = replace(READY, issue_date=date(2026, 7, 31))
    assert validity(Kind.ELIGIBILITY, earlier, BASES) is Block.BASE_UNSET
    only_old = (BASES[1],)
    assert validity(Kind.ELIGIBILITY, READY, only_old) is Block.BASE_UNSET


def test_of_two_bases_the_later_decision_counts() -> None:
    later = replace(BASES[0], issued_from=date(2026, 10, 1), last_day=date(2027, 7, 31))
    held = validity(Kind.ELIGIBILITY, READY, (later, *BASES))
    assert isinstance(held, Validity)
    assert held.valid_until == date(2027, 7, 31)


@pytest.mark.parametrize(
    ("applied", "acquired", "start", "end"),
    [
        (date(2026, 11, 20), date(2019, 4, 1), date(2026, 11, 1), date(2027, 7, 31)),
        (date(2026, 11, 20), date(2026, 11, 5), date(2026, 11, 5), date(2027, 7, 31)),
        (date(2026, 11, 20), date(2026, 11, 1), date(2026, 11, 1), date(2027, 7, 31)),
        (date(2026, 12, 1), None, date(2026, 12, 1), date(2027, 7, 31)),
        (date(2027, 3, 31), None, date(2027, 3, 1), date(2027, 7, 31)),
        (date(2027, 4, 1), None, date(2027, 4, 1), date(2027, 7, 31)),
        (date(2027, 7, 31), None, date(2027, 7, 1), date(2027, 7, 31)),
        (date(2027, 8, 1), None, date(2027, 8, 1), date(2028, 7, 31)),
    ],
)
def test_limit_certificate_runs_from_the_application_month_to_july(
    applied: date, acquired: date | None, start: date, end: date
) -> None:
    held = validity(Kind.LIMIT, replace(LIMIT, applied_on=applied, acquired=acquired), ())
    assert isinstance(held, Validity)
    assert (held.valid_from, held.valid_until) == (start, end)


def test_nobody_gets_a_limit_certificate_from_before_the_acquisition() -> None:
    held = validity(Kind.LIMIT, replace(LIMIT, applied_on=date(2026, 10, 30), acquired=date(2026, 11, 5)), ())
    assert held is Block.APPLIED_EARLY


def test_limit_certificate_ends_earlier_at_70_75_and_with_the_stay() -> None:
    assert until(Kind.LIMIT, LIMIT, birth=date(1957, 2, 2)) == (date(2027, 2, 28), "70歳到達")
    assert until(Kind.LIMIT, LIMIT, birth=date(1952, 5, 5)) == (date(2027, 5, 4), "75歳到達")
    assert until(Kind.LIMIT, LIMIT, stay_until=date(2027, 1, 10)) == (date(2027, 1, 11), "在留期間")


def test_a_limit_certificate_that_has_already_ended_is_not_printed() -> None:
    assert validity(Kind.LIMIT, replace(LIMIT, applied_on=date(2026, 7, 30)), ()) is Block.EXPIRED


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("ア", Kind.LIMIT),
        ("エ", Kind.LIMIT),
        ("オ", Kind.LIMIT_REDUCTION),
        ("A05", Kind.LIMIT_REDUCTION),
        ("B01", None),
        ("B02", Kind.LIMIT),
        ("現役並みI", Kind.LIMIT),
        ("B04", None),
        ("低所得I", Kind.LIMIT_REDUCTION),
    ],
)
def test_income_class_decides_the_kind(value: str, kind: Kind | None) -> None:
    settled = certificates.income_class(value)
    assert settled is not None
    assert settled.kind is kind


def test_an_unsettled_or_unknown_income_class() -> None:
    assert certificates.income_class("") is None
    with pytest.raises(ValueError, match="income_class"):
        certificates.income_class("カ")


def test_ready_people_are_printable() -> None:
    assert examine(Kind.ELIGIBILITY, READY, BASES).printable
    assert examine(Kind.LIMIT, LIMIT, ()).printable
    assert examine(Kind.LIMIT, replace(LIMIT, birth=date(1954, 1, 1), income_class="B02"), ()).printable


@pytest.mark.parametrize(
    ("changes", "block"),
    [
        ({"reviewed": False}, Block.NOT_REVIEWED),
        ({"insured": False}, Block.NOT_INSURED),
        ({"branch": ""}, Block.NO_NUMBER),
        ({"symbol": ""}, Block.NO_NUMBER),
        ({"card": "有"}, Block.OTHER_DOCUMENT),
        ({"card": "未確認"}, Block.CARD_UNCONFIRMED),
        ({"special_care": True}, Block.ARREARS),
        ({"protected": True}, Block.PROTECTED),
        ({"missing_glyphs": ("邉\U000e0102",)}, Block.GLYPH),
    ],
)
def test_blocks_of_an_eligibility_certificate(changes: dict[str, object], block: Block) -> None:
    assert examine(Kind.ELIGIBILITY, replace(READY, **changes), BASES).blocks == (block,)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "block"),
    [
        ({"arrears": True}, Block.ARREARS),
        ({"undeclared": True}, Block.UNDECLARED),
        ({"income_class": ""}, Block.INCOME_UNSETTLED),
        ({"income_class": "B02"}, Block.INCOME_AGE),
        ({"birth": date(1954, 1, 1), "income_class": "B01"}, Block.NO_LIMIT_CERTIFICATE),
        ({"birth": date(1954, 1, 1), "income_class": "B04"}, Block.NO_LIMIT_CERTIFICATE),
        ({"income_class": "オ"}, Block.OTHER_CLASS),
        ({"applied_on": None}, Block.NOT_APPLIED),
    ],
)
def test_blocks_of_a_limit_certificate(changes: dict[str, object], block: Block) -> None:
    assert examine(Kind.LIMIT, replace(LIMIT, **changes), BASES).blocks == (block,)  # type: ignore[arg-type]


def test_arrears_do_not_stop_the_eligibility_certificate() -> None:
    assert examine(Kind.ELIGIBILITY, replace(READY, arrears=True, undeclared=True), BASES).printable


def test_each_document_has_its_time() -> None:
    assert Block.TOO_EARLY in examine(Kind.ELIGIBILITY, replace(READY, issue_date=date(2024, 12, 1)), BASES).blocks
    for kind in (Kind.INSURED, Kind.ELDERLY):
        assert Block.HISTORY in examine(kind, replace(READY, issue_date=date(2024, 12, 2)), BASES).blocks
    assert examine(Kind.LIMIT_REDUCTION, replace(LIMIT, income_class="オ"), ()).printable
    assert examine(Kind.REDUCTION, replace(LIMIT, income_class="オ"), ()).printable
    assert Block.OTHER_CLASS in examine(Kind.REDUCTION, replace(LIMIT, income_class="ウ"), ()).blocks


def test_the_documents_of_2020_and_what_takes_their_place() -> None:
    day = date(2020, 12, 1)
    assert document_for("有", day) is Kind.INSURED
    assert [successor(Kind.INSURED, card) for card in ("有", "無", "未確認")] == [Kind.NOTICE, Kind.ELIGIBILITY, None]
    assert successor(Kind.LIMIT, "有") is Kind.LIMIT
    base = BaseExpiry(Kind.INSURED, Group.UNDER_70, date(2019, 10, 1), date(2021, 9, 30), date(2021, 9, 30))
    assert examine(Kind.INSURED, replace(READY, issue_date=day), (base,)).validity == Validity(day, date(2021, 9, 30), "基準日")
    elderly = replace(READY, issue_date=day, birth=date(1950, 12, 2), income_class="B04")
    assert examine(Kind.ELDERLY, elderly, ()).validity == Validity(date(2021, 1, 1), date(2021, 7, 31), "基準日")
    assert examine(Kind.ELDERLY, replace(elderly, birth=date(1951, 1, 2)), ()).blocks == (Block.OTHER_DOCUMENT,)


def test_a_notice_has_an_end_from_70_on_alone() -> None:
    told = replace(READY, card="有")
    assert examine(Kind.NOTICE, told, ()).validity == Validity(TODAY, None)
    assert examine(Kind.NOTICE, replace(told, birth=date(1955, 1, 1)), ()).validity == Validity(
        TODAY, date(2027, 7, 31), "基準日"
    )
    assert examine(Kind.NOTICE, READY, ()).blocks == (Block.OTHER_DOCUMENT,)


DISEASED = replace(LIMIT, disease="1", income_class="ア")


@pytest.mark.parametrize(
    ("changes", "until", "ceiling"),
    [
        ({}, date(2027, 7, 31), 20_000),
        ({"income_class": "ウ"}, date(2027, 7, 31), 10_000),
        ({"income_class": "", "undeclared": True}, date(2027, 7, 31), 20_000),
        ({"disease": "2"}, None, 10_000),
        ({"disease": "3", "income_class": ""}, None, 10_000),
        ({"birth": date(1954, 1, 1)}, date(2028, 12, 31), 10_000),
        ({"birth": date(1957, 4, 10)}, date(2027, 4, 30), 20_000),
    ],
)
def test_a_disease_certificate(changes: dict[str, object], until: date | None, ceiling: int) -> None:
    facts = replace(DISEASED, **changes)  # type: ignore[arg-type]
    seen = examine(Kind.DISEASE, facts, ())
    assert seen.blocks == ()
    assert seen.validity is not None
    assert seen.validity.valid_until == until
    assert disease_ceiling(facts, seen.validity.valid_from) == ceiling


def test_what_a_disease_certificate_lacks() -> None:
    assert examine(Kind.DISEASE, replace(DISEASED, disease=""), ()).blocks == (Block.DISEASE_UNSETTLED,)
    assert examine(Kind.DISEASE, replace(DISEASED, income_class=""), ()).blocks == (Block.INCOME_UNSETTLED,)
    assert examine(Kind.DISEASE, replace(DISEASED, arrears=True), ()).printable


def test_a_long_stay_begins_with_the_month_after() -> None:
    assert long_stay_from(date(2026, 11, 24)) == date(2026, 12, 1)
    assert long_stay_from(date(2026, 12, 31)) == date(2027, 1, 1)


def test_a_sex_that_is_not_settled_stops_what_shows_it() -> None:
    assert examine(Kind.ELIGIBILITY, replace(READY, sex="3"), BASES).blocks == (Block.SEX_UNSETTLED,)
    assert examine(Kind.LIMIT, replace(LIMIT, sex="3"), ()).printable


def test_every_block_has_a_whole_sentence() -> None:
    assert all(block.sentence.endswith("。") for block in Block)


@given(
    birth=st.dates(date(1930, 1, 1), TODAY),
    stay=st.none() | st.dates(date(2020, 1, 1), date(2031, 1, 1)),
    issued=st.dates(*YEAR),
)
def test_no_certificate_outlives_any_of_its_limits(birth: date, stay: date | None, issued: date) -> None:
    held = validity(Kind.ELIGIBILITY, replace(READY, birth=min(birth, issued), stay_until=stay, issue_date=issued), BASES)
    if isinstance(held, Validity):
        assert held.valid_until is not None
        assert issued == held.valid_from <= held.valid_until <= date(2027, 9, 30)
        assert stay is None or (held.valid_until - stay).days <= 1
        assert held.valid_until.year - birth.year <= 75
    else:
        assert held is Block.EXPIRED
