"""一斉更新 on an invented ward: who is extracted, in which lot; put out, pulled out, extracted again; nobody from an old copy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import groupby
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.certificates import Group, group_on
from nhi_center.domain.people import Person
from nhi_center.domain.print_jobs import JobState
from nhi_center.domain.renewal import LOT, Candidate, lots, postal_order
from nhi_center.errors import OperatorCancelled, OperatorError
from nhi_center.services import certificate_checks as checks
from nhi_center.services import certificate_printing as printing
from nhi_center.services import certificates, renewal, renewal_book
from nhi_center.services.office import Office
from nhi_center.storage import renewal as storage
from tests.support.certificates import trusting, update, ward_sets
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.pdf_words import words_of
from tests.support.print_room import Room, silent
from tests.support.renewal import ward

__all__ = ["desk", "premises", "ward"]

BOTH = (Group.UNDER_70, Group.FROM_70)
DAY = date(2026, 12, 1)


def started(ward: SimpleNamespace) -> renewal.Extracted:
    return renewal.start(ward.office, ward.boss, "R8-区-0012", BOTH, DAY, silent)


def candidates(office: Office, id_: str) -> tuple[Candidate, ...]:
    with office.store.read.begin() as connection:
        return storage.candidates(connection, id_)


def person(ward: SimpleNamespace, atena: str) -> Person:
    found: Person = next(one for one in ward.people if one.atena == atena)
    return found


def first_lot(office: Office, id_: str) -> list[Candidate]:
    return [one for one in candidates(office, id_) if one.lot == 1]


# -- lots --


def test_lots_keep_households_together_and_are_never_fuller_than_a_tray() -> None:
    assert lots([3, 2, 4], most=5) == (1, 1, 2)
    assert lots([5, 1, 4, 1], most=5) == (1, 2, 2, 3)
    assert lots([], most=5) == ()
    assert lots([7, 1], most=5) == (1, 2), "a household with more sheets than a lot is one of its own"


def test_everybody_who_should_get_one_is_in_a_lot_or_left_out_with_a_reason(ward: SimpleNamespace) -> None:
    found = started(ward)
    everybody = {one.atena: one for one in candidates(ward.office, found.renewal)}
    for human in ward.people:
        belongs = human.insured_on(DAY) and not (human.card == "有" and group_on(human.birth, DAY) is Group.UNDER_70)
        assert (human.atena in everybody) == belongs, human.atena
        if belongs:
            one = everybody[human.atena]
            assert bool(one.lot) != bool(one.blocks)
            assert (Block.PROTECTED in one.blocks) == human.protected
            assert (Block.CARD_UNCONFIRMED in one.blocks) == (human.card == "未確認")
    assert found.sheets == sum(one.lot > 0 for one in everybody.values()) > LOT
    assert {one.kind for one in everybody.values()} == {Kind.ELIGIBILITY, Kind.NOTICE}


def test_lots_are_in_the_order_of_the_post_and_never_split_a_household(ward: SimpleNamespace) -> None:
    found = started(ward)
    placed = [one for one in candidates(ward.office, found.renewal) if one.lot]
    assert [one.atena for one in placed] == [
        human.atena for human in sorted((person(ward, one.atena) for one in placed), key=postal_order)
    ]
    assert [one.lot for one in placed] == sorted(one.lot for one in placed)
    sizes = [len(list(group)) for _lot, group in groupby(placed, key=lambda one: one.lot)]
    assert max(sizes) <= LOT
    homes: dict[str, set[int]] = {}
    for one in placed:
        homes.setdefault(one.household, set()).add(one.lot)
    assert all(len(found) == 1 for found in homes.values())


# -- what stands in the way --


def test_an_unset_base_stops_the_extraction_and_says_who_sets_it(desk: Room) -> None:
    office, gateway = trusting(desk[0])
    only_old = [
        {"kind": "shikaku", "group": "from_70", "issued_from": "2026-08-01", "issued_to": "2027-07-31", "last_day": "2027-07-31"}
    ]
    ward_sets(office, gateway, value=only_old)
    with pytest.raises(OperatorError) as caught:
        renewal.start(office, as_person(office, "s-toko"), "R8-1", BOTH, DAY, silent)
    assert (caught.value.field, caught.value.code) == ("issued", Block.BASE_UNSET)
    assert "区職員に設定を依頼" in caught.value.message
    assert renewal.start(office, as_person(office, "s-toko"), "R8-1", (Group.FROM_70,), DAY, silent).sheets == 0


@pytest.mark.parametrize(
    ("order", "groups", "issued", "field"),
    [
        (" ", BOTH, DAY, "order"),
        ("x" * 41, BOTH, DAY, "order"),
        ("R8-1", (), DAY, "groups"),
        ("R8-1", BOTH, None, "issued"),
        ("R8-1", BOTH, date(2026, 11, 1), "issued"),
        ("R8-1", BOTH, date(2027, 11, 1), "issued"),
    ],
)
def test_a_slip_is_said_at_its_field(
    ward: SimpleNamespace, order: str, groups: tuple[Group, ...], issued: date | None, field: str
) -> None:
    with pytest.raises(OperatorError) as caught:
        renewal.start(ward.office, ward.boss, order, groups, issued, silent)
    assert caught.value.field == field
    assert renewal_book.listing(ward.office, ward.boss) == ()


def test_a_clerk_cannot_start_one(ward: SimpleNamespace) -> None:
    with pytest.raises(OperatorError) as caught:
        renewal.start(ward.office, ward.clerk, "R8-1", BOTH, DAY, silent)
    assert caught.value.code == "not-permitted"


def test_cancelled_in_the_middle_nothing_is_kept(ward: SimpleNamespace) -> None:
    def stop(done: int, _total: int, _words: str) -> None:
        if done:
            raise OperatorCancelled

    with pytest.raises(OperatorCancelled):
        renewal.start(ward.office, ward.boss, "R8-1", BOTH, DAY, stop)
    assert renewal_book.listing(ward.office, ward.boss) == ()


def test_the_contractor_learns_nothing_of_protected_people_and_the_ward_does(ward: SimpleNamespace) -> None:
    found = started(ward)
    hidden = [one for one in candidates(ward.office, found.renewal) if Block.PROTECTED in one.blocks]
    assert hidden, "the invented ward has people under 支援措置"
    names = {one.atena for one in renewal_book.people(ward.office, ward.clerk, found.renewal, 0)}
    assert names
    assert not names & {one.atena for one in hidden}
    seen = renewal_book.listing(ward.office, ward.clerk)[0].left_out
    assert seen == len(names) == found.left_out
    assert renewal_book.orders(ward.office, as_person(ward.office, "40127"))[0].left_out == seen + len(hidden)
    with pytest.raises(OperatorError) as caught:
        renewal.pull(ward.office, ward.clerk, found.renewal, hidden[0].atena, "1")
    assert caught.value.code == "no-candidate"


# -- putting out --


def test_a_lot_goes_into_the_queue_in_the_order_of_the_post_and_is_printed_like_any_other(ward: SimpleNamespace) -> None:
    office, clerk = ward.office, ward.clerk
    found = started(ward)
    lot = first_lot(office, found.renewal)
    assert renewal.put_out(office, clerk, found.renewal, 1) == renewal.PutOut(len(lot), 0)
    certificates.propose(office, clerk)
    rows = certificates.queue(office, clerk).rows
    assert [row.job.atena for row in rows] == [one.atena for one in lot]
    assert {row.origin for row in rows} == {"一斉更新 R8-区-0012"}
    three = [row.job.id for row in rows if row.job.prefix][:3]
    assert printing.print_jobs(office, clerk, three, silent).handed == 3
    hanako = as_person(office, "k-hanako")
    for job in three:
        checks.check_good(office, hanako, job)
    view = renewal_book.listing(office, clerk)[0].lots[0]
    assert (view.number, view.sheets, view.done, view.queued) == (1, len(lot), 3, len(lot) - 3)
    assert (view.first, view.last) == ("S-000001", "S-000003")
    with pytest.raises(OperatorError) as caught:
        renewal.put_out(office, clerk, found.renewal, 1)
    assert caught.value.code == "no-lot"


def test_who_changed_between_extraction_and_putting_out_is_pulled_out(ward: SimpleNamespace) -> None:
    office, clerk = ward.office, ward.clerk
    found = started(ward)
    moved, hidden = first_lot(office, found.renewal)[:2]
    update(office, replace(person(ward, moved.atena), address="東京都新宿区見本町 9-9-9"), 90001)
    update(office, replace(person(ward, hidden.atena), protected=True), 90002)
    out = renewal.put_out(office, clerk, found.renewal, 1)
    assert out.changed == 2
    names = {one.atena: one for one in renewal_book.people(office, clerk, found.renewal, 0)}
    assert moved.atena in names
    assert hidden.atena not in names
    assert names[moved.atena].why == (Block.CHANGED.sentence,)
    again = renewal.extract_again(office, ward.boss, found.renewal, silent)
    assert again.sheets == 1
    last = renewal_book.listing(office, clerk)[0].lots[-1]
    assert (last.sheets, last.waiting) == (1, 1)
    assert renewal.put_out(office, clerk, found.renewal, last.number).sheets == 1


def test_who_changes_in_the_queue_is_stopped_there_and_comes_in_a_later_lot(ward: SimpleNamespace) -> None:
    office, clerk = ward.office, ward.clerk
    found = started(ward)
    lot = first_lot(office, found.renewal)
    renewal.put_out(office, clerk, found.renewal, 1)
    update(office, replace(person(ward, lot[0].atena), name="見本 改"), 90001)
    certificates.propose(office, clerk)
    row = next(row for row in certificates.queue(office, clerk).rows if row.job.atena == lot[0].atena)
    assert (row.job.state, row.job.blocks) == (JobState.BLOCKED, (Block.CHANGED,))
    assert renewal_book.listing(office, clerk)[0].lots[0].stopped == 1
    assert renewal.extract_again(office, ward.boss, found.renewal, silent).sheets == 1
    last = renewal_book.listing(office, clerk)[0].lots[-1]
    renewal.put_out(office, clerk, found.renewal, last.number)
    row = next(row for row in certificates.queue(office, clerk).rows if row.job.atena == lot[0].atena)
    assert (row.job.state, row.name) == (JobState.QUEUED, "見本 改")


def test_nothing_is_printed_from_an_old_copy_even_without_a_look_at_the_queue(ward: SimpleNamespace) -> None:
    office, clerk = ward.office, ward.clerk
    found = started(ward)
    renewal.put_out(office, clerk, found.renewal, 1)
    row = next(row for row in certificates.queue(office, clerk).rows if row.job.prefix)
    update(office, replace(person(ward, row.job.atena), arrears=True, address="東京都新宿区見本町 1"), 90001)
    printed = printing.print_jobs(office, clerk, [row.job.id], silent)
    assert (printed.handed, len(printed.refused)) == (0, 1)
    (now,) = [one.job for one in certificates.queue(office, clerk).rows if one.job.id == row.job.id]
    assert (now.state, now.blocks, dict(now.snapshot)) == (JobState.BLOCKED, (Block.CHANGED,), {}), "pulled out at once"
    assert renewal_book.listing(office, clerk)[0].lots[0].stopped == 1


# -- pulling out --


def test_pulled_out_waiting_or_in_the_queue_and_put_back(ward: SimpleNamespace) -> None:
    office, clerk = ward.office, ward.clerk
    found = started(ward)
    waiting, queued = first_lot(office, found.renewal)[:2]
    renewal.pull(office, clerk, found.renewal, waiting.atena, "1")
    out = renewal.put_out(office, clerk, found.renewal, 1)
    renewal.pull(office, clerk, found.renewal, queued.atena, "2")
    assert queued.atena not in {
        row.job.atena for row in certificates.queue(office, clerk).rows if row.job.state is JobState.QUEUED
    }
    assert renewal.extract_again(office, ward.boss, found.renewal, silent).sheets == 0, "pulled out stays out"
    for one in (waiting, queued):
        renewal.put_back(office, clerk, found.renewal, one.atena)
    assert renewal.extract_again(office, ward.boss, found.renewal, silent).sheets == 2
    last = renewal_book.listing(office, clerk)[0].lots[-1].number
    assert renewal.put_out(office, clerk, found.renewal, last).sheets == 2
    assert sum(row.job.state is JobState.QUEUED for row in certificates.queue(office, clerk).rows) == out.sheets + 1
    with office.store.read.begin() as connection:
        kept = connection.execute(text("SELECT what, reason FROM renewal_event ORDER BY seq")).all()
    assert [tuple(row) for row in kept] == [("pulled", "1"), ("pulled", "2"), ("put_back", ""), ("put_back", "")]


def test_a_printed_sheet_is_not_pulled_out_any_more(ward: SimpleNamespace) -> None:
    office, clerk = ward.office, ward.clerk
    found = started(ward)
    renewal.put_out(office, clerk, found.renewal, 1)
    row = next(row for row in certificates.queue(office, clerk).rows if row.job.prefix)
    printing.print_jobs(office, clerk, [row.job.id], silent)
    with pytest.raises(OperatorError) as caught:
        renewal.pull(office, clerk, found.renewal, row.job.atena, "1")
    assert caught.value.code == "print-step"


def test_spoiled_is_printed_again_within_the_lot(ward: SimpleNamespace) -> None:
    office, clerk = ward.office, ward.clerk
    found = started(ward)
    renewal.put_out(office, clerk, found.renewal, 1)
    row = next(row for row in certificates.queue(office, clerk).rows if row.job.prefix)
    printing.print_jobs(office, clerk, [row.job.id], silent)
    checks.report_spoiled(office, clerk, row.job.id, "1")
    reprint = checks.sign_and_approve(office, clerk, row.job.id, "s-toko", PASSWORDS["s-toko"])
    assert printing.print_jobs(office, clerk, [reprint], silent).handed == 1
    view = renewal_book.listing(office, clerk)[0].lots[0]
    assert (view.to_check, view.first) == (1, "S-000002")


def test_it_ends_when_nothing_waits(ward: SimpleNamespace) -> None:
    office, clerk = ward.office, ward.clerk
    found = started(ward)
    with pytest.raises(OperatorError) as caught:
        renewal.end(office, ward.boss, found.renewal)
    assert caught.value.code == "renewal-waiting"
    for lot in renewal_book.listing(office, clerk)[0].lots:
        renewal.put_out(office, clerk, found.renewal, lot.number)
    renewal.end(office, ward.boss, found.renewal)
    with pytest.raises(OperatorError) as caught:
        renewal.extract_again(office, ward.boss, found.renewal, silent)
    assert caught.value.code == "no-renewal"


def test_the_lists_name_the_people_but_never_the_hidden_ones(ward: SimpleNamespace) -> None:
    office, clerk = ward.office, ward.clerk
    found = started(ward)
    lot = renewal_book.make_lot_list(office, clerk, found.renewal, 1)
    left_out = renewal_book.make_left_out_list(office, clerk, found.renewal)
    assert "R8-" not in lot.name + left_out.name
    hidden = next(one for one in candidates(office, found.renewal) if Block.PROTECTED in one.blocks)
    human = person(ward, hidden.atena)
    number = f"{human.symbol}-{human.number}-{human.branch}"
    assert number not in words_of(left_out)
    theirs = renewal_book.people_for_ward(office, as_person(office, "40127"), found.renewal)
    assert hidden.atena in {row.atena for row in theirs}
    assert person(ward, first_lot(office, found.renewal)[0].atena).number in words_of(lot)
