from __future__ import annotations

from datetime import time

import pytest

from nhi_center.domain.room_rules import PasswordRules, RoomRules, parse


def test_what_the_ward_has_not_set_keeps_its_default() -> None:
    assert parse({}) == RoomRules()
    assert parse({"contact_hours": 8}).contact_hours == 8
    assert parse({"contact_hours": 8}).require_presence


def test_a_whole_setting() -> None:
    body = {"company": "見本事務株式会社", "office_closes": "18:30", "password": {"min_length": 20, "history": 5}}
    rules = parse(body)
    assert rules.company == "見本事務株式会社"
    assert rules.office_closes == time(18, 30)
    assert rules.password == PasswordRules(min_length=20, history=5)


@pytest.mark.parametrize(
    "body",
    [
        {"unknown": 1},
        {"require_presence": "no"},
        {"contact_hours": 0},
        {"tell_minutes": 0},
        {"contact_hours": True},
        {"failures_until_locked": 1000},
        {"password": {"min_length": 4}},
        {"password": {"colour": 1}},
        {"office_opens": "early"},
    ],
    ids=str,
)
def test_a_rule_that_cannot_be_read_is_an_error(body: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(body)
