"""Who may work here now, by the ward's rule; and what one terminal alone already knows about stays and keys."""

from __future__ import annotations

from datetime import timedelta

import pytest

from nhi_center.domain.operators import Role, Session
from nhi_center.domain.presence import Entered, Flag
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.services import presence
from nhi_center.services.office import Office
from nhi_center.storage import presence as storage
from tests.support.certificates import trusting, ward_sets
from tests.support.office import as_person, desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


def may_work(office: Office, person: str, role: Role) -> bool:
    with office.store.read.begin() as connection:
        return presence.may_work(office, connection, person, role)


def test_by_default_a_contractor_works_only_while_inside_and_the_ward_comes_and_goes(desk: Room) -> None:
    office, _ = desk
    ward = as_person(office, "40127")
    assert may_work(office, "k-hanako", Role.CLERK)
    stay = next(row.stay for row in presence.roster(office, ward) if row.person == "k-hanako")
    assert stay is not None
    presence.check_out(office, ward, stay)
    assert not may_work(office, "k-hanako", Role.CLERK)
    assert not may_work(office, "nobody", Role.SUPERVISOR)
    assert may_work(office, "40128", Role.WARD_STAFF)


def test_the_ward_can_switch_the_rule_off_from_a_day_on_and_nobody_else_can(desk: Room) -> None:
    office, gateway = trusting(desk[0])
    ward_sets(office, gateway, name="room_rules", value={"require_presence": False}, effective="2026-11-25")
    assert not may_work(office, "nobody", Role.CLERK)
    ward_sets(office, gateway, name="room_rules", value={"require_presence": False}, effective="2026-11-24")
    assert may_work(office, "nobody", Role.CLERK)
    stranger, _ = trusting(office)
    with pytest.raises(EnvironmentTrouble, match="KY-04"):
        may_work(stranger, "nobody", Role.CLERK)


def test_who_forgot_to_leave_is_closed_by_the_next_day_and_corrected_afterwards(desk: Room) -> None:
    office, _ = desk
    ward = as_person(office, "40127")
    yesterday = (office.clock.local() - timedelta(days=1)).replace(hour=9)
    with office.store.write.begin() as connection:
        forgotten = Entered(
            "00000000-0000-0000-0000-000000000001", "k-hanako", yesterday.isoformat(timespec="seconds"), "40127", "30"
        )
        storage.enter(connection, forgotten, office.terminal)
    (stay,) = (one for one in presence.loose_ends(office, ward, "k-hanako") if not one.inside)
    assert (stay.flag, stay.key_out) == (Flag.FORGOTTEN, True)
    presence.leave_late(office, ward, stay, yesterday.replace(hour=17), "声かけの漏れ")
    assert [one for one in presence.loose_ends(office, ward, "k-hanako") if not one.inside] == []
    with office.store.read.begin() as connection:
        found = storage.find(connection, stay.id)
    assert found is not None
    assert (found.left_at[11:16], found.left_by, found.flag, found.reason) == ("17:00", "40127", Flag.LATE, "声かけの漏れ")
    with pytest.raises(OperatorError, match="もう退室"):
        presence.leave_late(office, ward, stay, yesterday.replace(hour=18), "もう一度")


@pytest.mark.parametrize(
    ("reason", "hours", "field"),
    [("", -1, "reason"), ("あ" * 61, -1, "reason"), ("番号 123456789018", -1, "reason"), ("遅れ", 1, "at")],
)
def test_a_late_record_says_why_and_lies_in_the_past(desk: Room, reason: str, hours: int, field: str) -> None:
    office, _ = desk
    came = office.clock.local() + timedelta(hours=hours)
    with pytest.raises(OperatorError) as caught:
        presence.enter_late(office, as_person(office, "40127"), "k-hanako", came, came, "30", reason)
    assert caught.value.field == field


def test_clerks_record_nothing(desk: Room) -> None:
    office, clerk = desk
    stay = next(row.stay for row in presence.roster(office, clerk) if row.person == "k-hanako")
    assert stay is not None
    now = office.clock.local()
    for act in (
        lambda: presence.check_out(office, clerk, stay),
        lambda: presence.return_key(office, clerk, stay),
        lambda: presence.leave_late(office, clerk, stay, now, "x"),
        lambda: presence.enter_late(office, clerk, "k-hanako", now, now, "1", "x"),
    ):
        with pytest.raises(OperatorError) as caught:
            act()
        assert caught.value.code == "not-permitted"
