"""What looks like a proof and is none: a report of a month's middle, a later day's close, a year gone by, an ended period."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from nhi_center.domain.controls import State
from nhi_center.services.office import Office
from nhi_center.storage import log_review
from tests.services.test_controls import TODAY, Room, good, run
from tests.support.office import desk, premises

__all__ = ["desk", "premises"]

DECEMBER = date(2026, 12, 11)


def signed_sheet(office: Office, table: str, read_at: str, made_at: str) -> None:
    """A sheet of November with what was read at one moment and signed at another."""
    more = {"log_review": ("first, last", "1, 2")}.get(table, ("", ""))
    names, values = (f", {part}" if part else "" for part in more)
    with office.store.write.begin() as connection:
        connection.execute(
            text(
                f"INSERT INTO {table} (id, month, file, sha256, contents, made_at, person, name, role, signed_at, statement,"
                f" value{names}) VALUES (:at, '2026-11', :at, '', :contents, :at, 's-toko', '', 'supervisor', :at, '',"
                f" ''{values})"
            ),
            {"at": made_at, "contents": json.dumps({"read_at": read_at, "over": read_at >= "2026-12"})},
        )


@pytest.mark.parametrize(("name", "table"), [("monthly_report", "report"), ("log_reviewed", "log_review")])
def test_a_paper_of_the_middle_of_the_month_is_not_the_months(desk: Room, name: str, table: str) -> None:
    office, _clerk = desk
    seen = replace(good(office), today=DECEMBER)
    signed_sheet(office, table, "2026-11-15T10:00:00+09:00", "2026-11-15T10:10:00+09:00")
    signed_sheet(office, table, "2026-11-30T23:50:00+09:00", "2026-12-01T00:05:00+09:00")
    assert run(office, seen, name).state is State.ACTION
    signed_sheet(office, table, "2026-12-01T08:50:00+09:00", "2026-12-01T09:00:00+09:00")
    found = run(office, seen, name)
    assert (found.state, found.at) == (State.MET, "2026-12-01")


def test_a_later_close_does_not_close_the_day_before(desk: Room) -> None:
    office, _clerk = desk
    with office.store.write.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO day_close (day, contents, person, name, role, signed_at, statement, value)"
                " VALUES ('2026-11-25', '{}', 's-toko', '', 'supervisor', '', '', '')"
            )
        )
    seen = good(office)
    found = run(office, replace(seen, today=TODAY + timedelta(days=2)), "days_closed")
    assert found.state is State.ACTION
    assert "11月24日" in found.sentence


@pytest.mark.parametrize(("begins", "state"), [(date(2026, 4, 1), State.ACTION), (date(2027, 4, 1), State.BY_RECORD)])
def test_the_first_of_april_does_not_make_good_a_year_without_inspection(desk: Room, begins: date, state: State) -> None:
    office, _clerk = desk
    seen = good(office)
    agreed = replace(seen.contracts[0].contract, begins=begins, ends=date(2028, 3, 31), first_begins=begins)
    contracts = (replace(seen.contracts[0], contract=agreed),)
    april = replace(seen, contracts=contracts, inspections=(), today=date(2027, 4, 1))
    assert run(office, april, "on_site_in_year").state is state
    done = replace(seen.inspections[0], day=date(2027, 4, 2))
    assert run(office, replace(april, inspections=(done,)), "on_site_in_year").state is State.MET


def test_who_is_behind_his_last_day_proves_nothing(desk: Room) -> None:
    office, _clerk = desk
    seen = good(office)
    later = replace(seen, today=max(one.now.ends for one in seen.roster) + timedelta(days=1))
    assert run(office, later, "accounts_on_roster").state is State.ACTION
    assert run(office, later, "roster_accepted").state is State.ACTION


def test_a_self_check_of_tomorrow_is_none_of_today(desk: Room) -> None:
    office, _clerk = desk
    seen = good(office)
    ahead = replace(seen, checked_on=(TODAY + timedelta(days=1)).isoformat())
    assert run(office, ahead, "log_whole").state is State.ACTION
    assert run(office, ahead, "self_check_recent").state is State.ACTION


@pytest.mark.parametrize("name", ["monthly_report", "log_reviewed"])
def test_a_log_that_begins_on_the_first_owes_nothing_of_the_month_before(
    desk: Room, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """08:30 of the first is 23:30 of the last in UTC, which the log keeps."""
    office, _clerk = desk
    opened = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    monkeypatch.setattr(log_review, "first_written", lambda _connection: opened)
    found = run(office, replace(good(office), today=DECEMBER), name)
    assert found.state is State.BY_RECORD
