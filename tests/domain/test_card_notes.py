"""併記 (F13): only what was asked for and settled is shown; what is not settled stops the card; 該当なし is simply not shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from nhi_center.domain.card_notes import WANTED, CardNotes, card_notes
from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.certificates import Noted, examine
from tests.domain.test_certificates import BASES, READY

ASKED = replace(READY, applied_on=date(2026, 11, 20), acquired=date(2020, 4, 1), income_class="ウ", card_applied=True)
ALL = frozenset(Noted)


def test_each_wish_of_the_form() -> None:
    assert WANTED.get("1") is None
    assert WANTED["3"] == {Noted.LIMIT, Noted.STAY}
    assert WANTED["6"] == ALL


def test_nothing_asked_nothing_shown() -> None:
    assert card_notes(ASKED) == CardNotes()
    assert examine(Kind.ELIGIBILITY, replace(ASKED, arrears=True, income_class=""), BASES).blocks == ()


def test_the_class_with_a_day_of_its_own() -> None:
    wanted = replace(ASKED, noted=frozenset({Noted.LIMIT}))
    assert examine(Kind.ELIGIBILITY, wanted, BASES).printable
    assert card_notes(wanted) == CardNotes("ウ", date(2026, 11, 1))
    joined = replace(wanted, acquired=date(2026, 11, 9))
    assert card_notes(joined).limit_from == date(2026, 11, 9)


@pytest.mark.parametrize(
    ("changes", "block"),
    [
        ({"income_class": ""}, Block.INCOME_UNSETTLED),
        ({"income_class": "B05"}, Block.INCOME_AGE),
        ({"arrears": True}, Block.ARREARS),
        ({"undeclared": True}, Block.UNDECLARED),
    ],
)
def test_a_class_that_is_not_settled_stops_the_card(changes: dict[str, Any], block: Block) -> None:
    wanted = replace(ASKED, noted=frozenset({Noted.LIMIT}), **changes)
    assert examine(Kind.ELIGIBILITY, wanted, BASES).blocks == (block,)


def test_a_class_without_a_certificate_is_not_shown() -> None:
    elderly = replace(ASKED, birth=date(1955, 1, 1), income_class="B04", noted=frozenset({Noted.LIMIT}))
    assert Block.NO_LIMIT_CERTIFICATE not in examine(Kind.ELIGIBILITY, elderly, BASES).blocks
    assert card_notes(elderly) == CardNotes()


@pytest.mark.parametrize(("stay", "disease"), [(None, ""), ("", None), (None, None)])
def test_what_the_ward_has_not_said_stops_the_card(stay: str | None, disease: str | None) -> None:
    wanted = replace(ASKED, noted=ALL, settled_stay=stay, settled_disease=disease)
    assert examine(Kind.ELIGIBILITY, wanted, BASES).blocks == (Block.NOTES_UNSETTLED,)
    assert Block.NOTES_UNSETTLED.sentence


def test_stay_and_disease_stand_on_the_back() -> None:
    wanted = replace(ASKED, noted=ALL, settled_stay="2026-12-01", settled_disease="1")
    assert examine(Kind.ELIGIBILITY, wanted, BASES).printable
    assert card_notes(wanted).remarks == "長期入院該当 令和8年12月1日。特定疾病 人工透析を必要とする慢性腎不全。"
    none = replace(wanted, settled_stay="", settled_disease="")
    assert (examine(Kind.ELIGIBILITY, none, BASES).printable, card_notes(none).remarks) == (True, "")
