"""台紙: one for a household's checked documents, looked at, counted, handed over; nothing goes out under a wrong one."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from nhi_center.domain.certificates import Group
from nhi_center.domain.covers import LINES, Cover, CoverState, Enclosed
from nhi_center.domain.custody import COVER, SPOILED, Place
from nhi_center.domain.handover import Direction, Phase, Side
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.printing.spool import PrintOutcome
from nhi_center.services import certificate_checks as checks
from nhi_center.services import certificate_printing as printing
from nhi_center.services import certificates, covers, day_close, handover, renewal
from nhi_center.services.office import Office
from nhi_center.storage import certificates as storage
from nhi_center.storage import custody as ledger
from tests.services.test_handover import CLERK, SECTION, WARD, counts
from tests.services.test_renewal import DAY
from tests.support.certificates import ward_sets
from tests.support.office import as_person, desk, premises
from tests.support.pdf_words import words_of
from tests.support.print_room import DeadPrinter, in_tray, silent, spooled, with_printer
from tests.support.renewal import ward

__all__ = ["desk", "premises", "ward"]


class Refusing:
    def send(self, job_id: str, pdf: Path, copies: int) -> PrintOutcome:
        return PrintOutcome("failed", "用紙がありません")


@pytest.fixture
def checked(ward: SimpleNamespace) -> SimpleNamespace:
    """The first households of a lot, their cards printed and good; ``hanako`` checks."""
    found = renewal.start(ward.office, ward.boss, "R8-区-0012", (Group.UNDER_70, Group.FROM_70), DAY, silent).renewal
    renewal.put_out(ward.office, ward.clerk, found, 1)
    certificates.propose(ward.office, ward.clerk)
    ward.jobs = [row.job.id for row in certificates.queue(ward.office, ward.clerk).rows][:6]
    ward.hanako = as_person(ward.office, "k-hanako")
    printing.print_jobs(ward.office, ward.clerk, ward.jobs, silent)
    for job in ward.jobs:
        checks.check_good(ward.office, ward.hanako, job)
    return ward


def rows(ward: SimpleNamespace) -> tuple[Cover, ...]:
    return covers.listing(ward.office, ward.clerk)


def printed(ward: SimpleNamespace, office: Office | None = None) -> tuple[Cover, ...]:
    covers.print_covers(office or ward.office, ward.clerk, [row.household for row in rows(ward)], silent)
    return rows(ward)


def good(ward: SimpleNamespace) -> tuple[Cover, ...]:
    covers.check(ward.office, ward.hanako, [row.id for row in printed(ward)], CoverState.GOOD)
    return rows(ward)


def test_each_household_has_one_with_all_its_documents(checked: SimpleNamespace) -> None:
    found = rows(checked)
    assert sorted(one.job for row in found for one in row.enclosed) == sorted(checked.jobs)
    assert len({row.household for row in found}) == len(found) > 1
    assert [(row.postal, row.address) for row in found] == sorted((row.postal, row.address) for row in found)
    assert {row.state for row in found} == {None}


def test_printed_looked_at_and_counted(checked: SimpleNamespace) -> None:
    before = len(spooled(checked.office))
    found = printed(checked)
    assert {row.state for row in found} == {CoverState.NEEDS_CHECK}
    assert len(spooled(checked.office)) == before + 1, "one job for all of them"
    assert in_tray(checked.office, COVER.id) == 0, "nobody has seen them yet"
    assert next(
        line for line in day_close.check(checked.office, checked.boss).lines if line.item.kind == "covers_check"
    ).item.count
    done = covers.check(checked.office, checked.hanako, [row.id for row in found], CoverState.GOOD)
    assert done == covers.Checked(len(found), len(found))
    assert in_tray(checked.office, COVER.id) == len(found)
    with pytest.raises(OperatorError) as caught:
        printed(checked)
    assert caught.value.code == "empty", "each household has its cover"


def test_a_spoiled_one_is_counted_as_such_and_made_again(checked: SimpleNamespace) -> None:
    first, *others = printed(checked)
    with pytest.raises(OperatorError) as caught:
        covers.check(checked.office, checked.hanako, [first.id], CoverState.SPOILED)
    assert caught.value.field == "spoil_reason"
    covers.check(checked.office, checked.hanako, [first.id], CoverState.SPOILED, "1")
    assert in_tray(checked.office, SPOILED.id) == 1
    again = printed(checked)
    assert [row.household for row in again] == [first.household, *(row.household for row in others)]
    assert again[0].id != first.id


def test_one_that_was_good_may_still_be_found_spoiled(checked: SimpleNamespace) -> None:
    found = good(checked)
    covers.check(checked.office, checked.hanako, [found[0].id], CoverState.SPOILED, "2")
    assert (in_tray(checked.office, COVER.id), in_tray(checked.office, SPOILED.id)) == (len(found) - 1, 1)
    assert rows(checked)[0].state is None


def test_a_step_out_of_order_is_refused_and_nothing_of_it_is_kept(checked: SimpleNamespace) -> None:
    found = good(checked)
    with pytest.raises(OperatorError) as caught:
        covers.check(checked.office, checked.hanako, [found[0].id, found[1].id], CoverState.GOOD)
    assert caught.value.code == "print-step"
    with pytest.raises(OperatorError) as caught:
        covers.check(checked.office, checked.hanako, ["nothing"], CoverState.GOOD)
    assert caught.value.code == "no-cover"
    assert in_tray(checked.office, COVER.id) == len(found)


def test_a_document_spoiled_afterwards_makes_its_cover_stale(checked: SimpleNamespace) -> None:
    """The only document of a household too: its cover must not go out alone."""
    found = good(checked)
    alone = next(row for row in found if len(row.enclosed) == 1)
    checks.report_spoiled(checked.office, checked.clerk, alone.enclosed[0].job, "1")
    assert [row.id for row in rows(checked) if row.stale] == [alone.id]
    covers.check(checked.office, checked.hanako, [alone.id], CoverState.SPOILED, "1")
    assert alone.household not in {row.household for row in rows(checked)}, "it comes back with the reprint"


def test_when_the_printer_took_nothing_they_wait_as_before(checked: SimpleNamespace) -> None:
    with pytest.raises(EnvironmentTrouble) as caught:
        printed(checked, with_printer(checked.office, Refusing()))
    assert caught.value.code == "PR-01"
    assert {row.state for row in rows(checked)} == {None}


def test_after_a_crash_a_person_says_whether_they_came_out(checked: SimpleNamespace) -> None:
    with pytest.raises(KeyboardInterrupt):
        printed(checked, with_printer(checked.office, DeadPrinter()))
    assert {row.state for row in rows(checked)} == {CoverState.PRINTING}
    assert covers.recover(checked.office, checked.clerk) == len(rows(checked))
    assert covers.recover(checked.office, checked.clerk) == 0
    first, *others = rows(checked)
    covers.check(checked.office, checked.hanako, [first.id], CoverState.NOT_PRINTED)
    covers.check(checked.office, checked.hanako, [row.id for row in others], CoverState.GOOD)
    assert [row.state for row in rows(checked)] == [None, *(CoverState.GOOD for _row in others)]


def test_they_leave_with_the_documents(checked: SimpleNamespace) -> None:
    room = (checked.office, checked.clerk)
    good(checked)
    view = handover.open_handover(*room, Direction.OUT, SECTION)
    with checked.office.store.read.begin() as connection:
        here = ledger.balances(connection, places=(Place.OUTPUT,))
    sheets: dict[str, tuple[int, int]] = {}
    for balance in here:
        sheets[balance.account.kind] = (0, sheets.get(balance.account.kind, (0, 0))[1] + balance.sheets)
    for side in Side:
        view = handover.record_count(*room, view.handover.id, side, counts(view, **sheets))
    assert not view.differs
    assert handover.countersign(*room, view.handover.id, CLERK, WARD).phase is Phase.SIGNED
    assert (in_tray(checked.office, COVER.id), rows(checked)) == (0, ())
    with checked.office.store.read.begin() as connection:
        assert {job.state for job in storage.in_state(connection, *JobState) if job.id in checked.jobs} == {JobState.SUBMITTED}


@pytest.mark.parametrize(("documents", "sheets"), [(1, 1), (LINES, 1), (LINES + 1, 2)])
def test_a_large_household_gets_a_second_sheet(documents: int, sheets: int) -> None:
    one = Enclosed("j", "資格確認書", "S-000001", "見本 花子", "令和9年7月31日")
    assert Cover("", "1", "", "", "見本 一郎", (one,) * documents).sheets == sheets


def test_the_ward_may_set_the_lines_of_the_sender(ward: SimpleNamespace, checked: SimpleNamespace) -> None:
    ward_sets(checked.office, ward.gateway, name="cover_sender", value=["見本区役所", "見本係"])
    printed(checked)
    assert "見本区役所" in words_of(max(spooled(checked.office), key=lambda page: page.stat().st_mtime_ns))
