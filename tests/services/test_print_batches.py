"""印刷の束 with a lot of 一斉更新 and two printers: order, hold, cancel, move, stop and go on; each tray counts for itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificates import Group
from nhi_center.domain.print_batches import BatchState
from nhi_center.domain.print_jobs import JobState
from nhi_center.domain.printers import SPOOL
from nhi_center.errors import OperatorCancelled, OperatorError
from nhi_center.services import certificate_printing as printing
from nhi_center.services import certificates, paper, paper_blanks, print_batches, printers, renewal
from nhi_center.services.print_batches import BatchRow
from tests.services.test_renewal import DAY, person
from tests.support.certificates import update
from tests.support.office import PASSWORDS, advance, as_person, desk, premises
from tests.support.print_room import DeadPrinter, silent, with_printer
from tests.support.renewal import ward

__all__ = ["desk", "premises", "ward"]


@pytest.fixture
def lots(ward: SimpleNamespace) -> SimpleNamespace:
    """A lot in the queue as batches of cards and of plain sheets; ``cards`` is that of the cards."""
    found = renewal.start(ward.office, ward.boss, "R8-区-0012", (Group.UNDER_70, Group.FROM_70), DAY, silent).renewal
    renewal.put_out(ward.office, ward.clerk, found, 1)
    ward.cards = next(row for row in listing(ward) if row.batch.prefix == "S")
    return ward


def listing(ward: SimpleNamespace) -> tuple[BatchRow, ...]:
    return print_batches.listing(ward.office, ward.clerk)


def now(ward: SimpleNamespace) -> BatchRow:
    return next(row for row in listing(ward) if row.batch.id == ward.cards.batch.id)


def second_printer(ward: SimpleNamespace, first: int = 90_001) -> tuple[str, str]:
    """Two printers for the cards: what lay here is in the tray of the first, the usual one; the other has its own pack."""
    office, admin, other = ward.office, as_person(ward.office, "40100"), as_person(ward.office, "k-hanako")
    one, two = (printers.enter(office, admin, name, SPOOL, "", "", "承諾 R8-12", "S") for name in ("証 1号機", "証 2号機"))
    for printer in (two, one):
        printers.accept(office, other, printer)
        advance(office.premises, seconds=1)
    paper.receive(office, ward.clerk, "S", first, 50, two)
    return one, two


def stops_after(count: int) -> Callable[[int, int, str], None]:
    def report(done: int, _total: int, _words: str) -> None:
        if done >= count:
            raise OperatorCancelled

    return report


def numbers(ward: SimpleNamespace) -> list[str]:
    rows = print_batches.sheets(ward.office, ward.clerk, ward.cards.batch.id)
    return [row.job.serial for row in rows if row.job.serial]


def test_a_lot_becomes_a_batch_for_each_paper(lots: SimpleNamespace) -> None:
    rows = listing(lots)
    assert {row.batch.prefix for row in rows} == {"S", ""}
    assert {row.batch.title for row in rows} == {"一斉更新 R8-区-0012 束1"}
    queued = [row for row in certificates.queue(lots.office, lots.clerk).rows if row.job.state is JobState.QUEUED]
    assert sum(row.left for row in rows) == len(queued)
    assert {row.batch.prefix: row.paper for row in rows} == {"S": 2000, "": -1}


def test_stopped_and_gone_on_with_where_it_was(lots: SimpleNamespace) -> None:
    office, clerk, id_ = lots.office, lots.clerk, lots.cards.batch.id
    with pytest.raises(OperatorCancelled):
        print_batches.run(office, clerk, id_, stops_after(3))
    row = now(lots)
    assert (row.batch.state, row.left) == (BatchState.STOPPED, row.total - 3)
    assert "Alt+U" in row.batch.error
    done = print_batches.run(office, clerk, id_, silent)
    assert done.handed == row.total - 3
    assert (now(lots).batch.state, now(lots).left, now(lots).batch.error) == (BatchState.DONE, 0, "")
    assert numbers(lots) == [f"S-{number:06}" for number in range(1, row.total + 1)], "in the order of the post, none twice"
    with pytest.raises(OperatorError) as caught:
        print_batches.run(office, clerk, id_, silent)
    assert caught.value.code == "print-step"


def test_when_the_paper_is_used_up_it_says_so_and_waits(lots: SimpleNamespace) -> None:
    office, clerk, boss = lots.office, lots.clerk, lots.boss
    while (left := now(lots).paper) > 2:
        last = 2000 - left + min(500, left - 2)
        paper_blanks.void_blanks(office, clerk, "S", str(last), "3", boss.person, PASSWORDS[boss.person])
    with pytest.raises(OperatorError):
        print_batches.run(office, clerk, lots.cards.batch.id, silent)
    row = now(lots)
    assert (row.batch.state, row.total - row.left, row.paper) == (BatchState.STOPPED, 2, 0)
    assert "用紙" in row.batch.error
    paper.receive(office, clerk, "S", 2001, 500)
    print_batches.run(office, clerk, lots.cards.batch.id, silent)
    assert now(lots).batch.state is BatchState.DONE


def test_a_crash_leaves_the_batch_stopped_and_its_sheet_to_be_looked_at(lots: SimpleNamespace) -> None:
    office, clerk = lots.office, lots.clerk
    with pytest.raises(KeyboardInterrupt):
        print_batches.run(with_printer(office, DeadPrinter()), clerk, lots.cards.batch.id, silent)
    certificates.propose(office, clerk)
    row = now(lots)
    assert row.batch.state is BatchState.STOPPED
    assert "プログラムが止まりました" in row.batch.error
    assert numbers(lots) == ["S-000001"]
    print_batches.run(office, clerk, lots.cards.batch.id, silent)
    assert len(numbers(lots)) == row.total


def test_held_is_not_printed_and_cancelled_goes_back_to_the_queue(lots: SimpleNamespace) -> None:
    office, clerk, id_ = lots.office, lots.clerk, lots.cards.batch.id
    print_batches.hold(office, clerk, id_, True)
    with pytest.raises(OperatorError) as caught:
        print_batches.run(office, clerk, id_, silent)
    assert "保留" in caught.value.message
    print_batches.hold(office, clerk, id_, False)
    waiting = [row.job.id for row in print_batches.sheets(office, clerk, id_)]
    with pytest.raises(OperatorError):
        print_batches.make(office, clerk, waiting[:2])
    print_batches.cancel(office, clerk, id_)
    assert now(lots).batch.state is BatchState.CANCELLED
    queue = {row.job.id: row.job.state for row in certificates.queue(office, clerk).rows}
    assert {queue[job] for job in waiting} == {JobState.QUEUED}
    assert print_batches.make(office, clerk, waiting[:2]) == 1
    with pytest.raises(OperatorError) as caught:
        print_batches.hold(office, clerk, "nothing", True)
    assert caught.value.code == "no-batch"


def test_up_and_down_among_those_that_wait(lots: SimpleNamespace) -> None:
    office, clerk = lots.office, lots.clerk
    first, second = [row.batch.id for row in listing(lots)]
    print_batches.shift(office, clerk, first, -1)
    assert [row.batch.id for row in listing(lots)] == [first, second]
    print_batches.shift(office, clerk, first, 1)
    assert [row.batch.id for row in listing(lots)] == [second, first]
    print_batches.shift(office, clerk, first, -1)
    assert [row.batch.id for row in listing(lots)] == [first, second]


def test_what_is_left_goes_to_another_printer_and_takes_its_paper(lots: SimpleNamespace) -> None:
    office, clerk, id_ = lots.office, lots.clerk, lots.cards.batch.id
    first, second = second_printer(lots)
    with pytest.raises(OperatorCancelled):
        print_batches.run(office, clerk, id_, stops_after(2))
    with pytest.raises(OperatorError) as caught:
        print_batches.move(office, clerk, id_, "another", "1")
    assert (caught.value.field, caught.value.code) == ("printer", "no-printer")
    print_batches.move(office, clerk, id_, second, "1")
    assert (now(lots).printer, now(lots).paper) == ("証 2号機", 50)
    with pytest.raises(OperatorCancelled):
        print_batches.run(office, clerk, id_, stops_after(2))
    assert numbers(lots) == ["S-000001", "S-000002", "S-090001", "S-090002"]
    trays = {stock.printer: (stock.opened, stock.used, stock.left) for stock in certificates.queue(office, clerk).stocks}
    assert (trays[first], trays[second]) == ((2000, 2, 1998), (50, 2, 48))
    sums = {stock.prefix: (stock.opened, stock.used, stock.left) for stock in paper_sums(lots)}
    assert sums["S"] == (2050, 4, 2046)


def test_a_held_sheet_is_not_printed_from_the_queue_either(lots: SimpleNamespace) -> None:
    office, clerk, id_ = lots.office, lots.clerk, lots.cards.batch.id
    held = print_batches.sheets(office, clerk, id_)[0].job.id
    plain = next(row for row in listing(lots) if row.batch.prefix == "").batch.id
    free = print_batches.sheets(office, clerk, plain)[0].job.id
    print_batches.hold(office, clerk, id_, True)
    done = printing.print_jobs(office, clerk, [held, free], silent)
    assert (done.handed, len(done.refused)) == (1, 1), "the others go on"
    assert "保留" in done.refused[0]
    assert (now(lots).left, numbers(lots)) == (now(lots).total, [])
    print_batches.hold(office, clerk, id_, False)
    assert printing.print_jobs(office, clerk, [held], silent).handed == 1
    assert numbers(lots) == ["S-000001"]


def test_from_the_queue_too_a_sheet_goes_where_its_batch_was_moved(lots: SimpleNamespace) -> None:
    office, clerk, id_ = lots.office, lots.clerk, lots.cards.batch.id
    _first, second = second_printer(lots)
    print_batches.move(office, clerk, id_, second, "1")
    jobs = [row.job.id for row in print_batches.sheets(office, clerk, id_)]
    printing.print_jobs(office, clerk, jobs[:1], silent)
    assert numbers(lots) == ["S-090001"], "the printer it was moved away from may stand still"
    print_batches.cancel(office, clerk, id_)
    printing.print_jobs(office, clerk, jobs[1:2], silent)
    assert "S-000001" in numbers(lots), "in no batch any more: the usual printer"


def test_a_lot_goes_to_the_printer_that_was_chosen_for_its_paper(ward: SimpleNamespace) -> None:
    _first, second = second_printer(ward)
    found = renewal.start(ward.office, ward.boss, "R8-区-0012", (Group.UNDER_70, Group.FROM_70), DAY, silent).renewal
    renewal.put_out(ward.office, ward.clerk, found, 1, second)
    assert {row.batch.prefix: row.printer for row in listing(ward)} == {"S": "証 2号機", "": "印刷先のフォルダー"}


def paper_sums(ward: SimpleNamespace) -> tuple[paper.PaperDay, ...]:
    with ward.office.store.read.begin() as connection:
        return paper.day_counts(ward.office, connection)


def test_where_two_have_the_same_paper_a_pack_says_into_which_it_goes(lots: SimpleNamespace) -> None:
    office, clerk = lots.office, lots.clerk
    first, second = second_printer(lots)
    with pytest.raises(OperatorError) as caught:
        paper.receive(office, clerk, "S", 90_051, 10)
    assert caught.value.field == "printer"
    paper.receive(office, clerk, "S", 90_051, 10, second)
    with pytest.raises(OperatorError) as caught:
        paper.receive(office, clerk, "S", 90_061, 10, first)
    assert caught.value.code == "paper-order"
    assert paper_blanks.void_blanks(office, clerk, "S", "90002", "1", "s-toko", PASSWORDS["s-toko"]) == 2
    assert paper_blanks.confirm_next(office, clerk, "S", "90003").agrees
    assert paper_blanks.confirm_next(office, clerk, "S", "1").agrees


def test_who_has_changed_is_set_aside_and_the_batch_goes_on(lots: SimpleNamespace) -> None:
    office, clerk, id_ = lots.office, lots.clerk, lots.cards.batch.id
    second = print_batches.sheets(office, clerk, id_)[1].job
    before = now(lots).total
    update(office, replace(person(lots, second.atena), arrears=True, address="東京都新宿区見本町 1"), 90001)
    printed = print_batches.run(office, clerk, id_, silent)
    assert (printed.handed, len(printed.refused)) == (before - 1, 1)
    assert (now(lots).batch.state, now(lots).left) == (BatchState.DONE, 0)
    (job,) = [row.job for row in print_batches.sheets(office, clerk, id_) if row.job.id == second.id]
    assert (job.state, job.blocks) == (JobState.BLOCKED, (Block.CHANGED,))


def test_who_is_pulled_out_while_his_batch_prints_is_passed_over(lots: SimpleNamespace) -> None:
    office, clerk, id_ = lots.office, lots.clerk, lots.cards.batch.id
    third = print_batches.sheets(office, clerk, id_)[2].job
    before = now(lots).total

    def report(done: int, _total: int, _words: str) -> None:
        if done == 1:
            renewal.pull(office, clerk, third.renewal, third.atena, "1")

    printed = print_batches.run(office, clerk, id_, report)
    assert (printed.handed, len(printed.refused)) == (before - 1, 1)
    assert now(lots).batch.state is BatchState.DONE
    assert len(numbers(lots)) == before - 1
