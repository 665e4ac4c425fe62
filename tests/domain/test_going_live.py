from __future__ import annotations

import pytest

from nhi_center import resources
from nhi_center.domain.going_live import (
    LONGEST_NOTE,
    Finding,
    Point,
    Verdict,
    check_finding,
    check_person,
    check_terminal,
    check_whole,
    contents,
    parse_points,
)
from nhi_center.errors import OperatorError

SHIPPED = parse_points(resources.read_toml("setup/checklist.toml"))
CHECKED, NOT_NEEDED = Verdict.CHECKED, Verdict.NOT_NEEDED


def field_of(point: Point, finding: Finding) -> str:
    with pytest.raises(OperatorError) as caught:
        check_finding(point, finding)
    return caught.value.field


def test_the_shipped_list_names_what_the_ward_must_have_looked_at() -> None:
    wanted = {
        "base_expiry",
        "seal",
        "phone_levels",
        "contacts",
        "closed_days",
        "opening_stock",
        "backlog",
        "calibration",
        "forms",
    }
    assert wanted <= {point.id for point in SHIPPED}


def test_two_points_with_one_id_are_refused() -> None:
    twice = {"id": "a", "title": "見本", "words": "見本"}
    with pytest.raises(ValueError, match="one id"):
        parse_points({"point": [twice, twice]})


def test_an_answer_is_complete_or_says_at_its_place_what_is_missing() -> None:
    plain, noted, optional = Point("a", "甲", ""), Point("b", "乙", "", note=True), Point("c", "丙", "", not_needed=True)
    check_finding(plain, Finding("a", CHECKED))
    check_finding(optional, Finding("c", NOT_NEEDED, "この端末では印刷しない"))
    assert field_of(noted, Finding("b", CHECKED, "  ")) == "note"
    assert field_of(optional, Finding("c", NOT_NEEDED)) == "note"
    assert field_of(plain, Finding("a", NOT_NEEDED, "理由")) == "verdict"
    assert field_of(noted, Finding("b", CHECKED, "あ" * (LONGEST_NOTE + 1))) == "note"
    assert field_of(noted, Finding("b", CHECKED, "番号 123456789018")) == "note"


def test_nothing_may_be_left_out() -> None:
    findings = {p.id: Finding(p.id, CHECKED, "確認済") for p in SHIPPED}
    check_whole(SHIPPED, findings)
    for point in SHIPPED:
        rest = {id_: finding for id_, finding in findings.items() if id_ != point.id}
        with pytest.raises(OperatorError) as caught:
            check_whole(SHIPPED, rest)
        assert caught.value.field == point.id


def test_every_answer_stands_in_what_is_signed() -> None:
    findings = {p.id: Finding(p.id, CHECKED, f"確認 {p.id}") for p in SHIPPED}
    signed = contents({"terminal": "T04"}, SHIPPED, findings, "2026-11-24")
    assert [line["note"] for line in signed["lines"]] == [f"確認 {p.id}" for p in SHIPPED]
    assert signed["facts"] == {"terminal": "T04"}


@pytest.mark.parametrize("name", ["", "t04", "T 04", "T" * 17, "端末"])
def test_a_terminals_name_is_short_and_plain(name: str) -> None:
    with pytest.raises(OperatorError) as caught:
        check_terminal(name, "端末 04")
    assert caught.value.field == "terminal"


@pytest.mark.parametrize(
    ("person", "name", "field"), [("k", "見本", "person"), ("k/../x", "見本", "person"), ("k-1", " ", "name")]
)
def test_a_person_has_an_id_and_a_name(person: str, name: str, field: str) -> None:
    with pytest.raises(OperatorError) as caught:
        check_person(person, name)
    assert caught.value.field == field
