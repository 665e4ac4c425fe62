"""返戻の封筒: counted in, put away with the certificates it holds, handed back when the ward has said what becomes of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from nhi_center.domain.certificate_life import LONG_KEPT, Life
from nhi_center.domain.custody import NIGHT, RETURNED_MAIL, Account, Place
from nhi_center.domain.handover import Direction, Phase, Side, totals
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import OperatorError
from nhi_center.services import certificate_book as book
from nhi_center.services import certificate_checks as checks
from nhi_center.services import custody, day_close, handover
from nhi_center.services.office import Office
from nhi_center.services.receipts import make_receipt
from nhi_center.services.work import begin
from nhi_center.storage import calls, certificates
from nhi_center.storage import custody as ledger
from tests.services.test_certificate_book import event, submitted
from tests.services.test_handover import CLERK, SECTION, WARD, counts
from tests.support.office import advance, as_person, desk, premises
from tests.support.pdf_words import words_of
from tests.support.print_room import room

__all__ = ["desk", "premises", "room", "submitted"]

Submitted = tuple[Office, Session, str]


def letters(office: Office) -> dict[Place, int]:
    found: dict[Place, int] = {}
    with office.store.read.begin() as connection:
        assert custody.ledger_faults(connection) == 0
        for balance in ledger.balances(connection):
            if balance.account.kind == RETURNED_MAIL.id and balance.account.place is not Place.WARD:
                place = balance.account.place
                found[place] = found.get(place, 0) + balance.sheets
    return found


def counted(office: Office, clerk: Session, direction: Direction, count: int) -> None:
    view = handover.open_handover(office, clerk, direction, SECTION)
    for side in Side:
        view = handover.record_count(office, clerk, view.handover.id, side, counts(view, returned_mail=(0, count)))
    assert not view.differs
    pair = (WARD, CLERK) if direction is Direction.IN else (CLERK, WARD)
    assert handover.countersign(office, clerk, view.handover.id, *pair).phase is Phase.SIGNED


@pytest.fixture
def out(submitted: Submitted) -> Submitted:
    """Both certificates are with their persons; the output tray is empty."""
    office, clerk, one = submitted
    with office.store.read.begin() as connection:
        here = ledger.balances(connection, places=(Place.OUTPUT,))
        (other,) = [job.id for job in certificates.in_state(connection, JobState.GOOD)]
    with begin(office, clerk, Action.HANDOVER, step="sign") as unit:
        checks.submitted(unit, [other])
        for balance in here:
            account = balance.account
            custody.move(
                unit,
                kind=account.kind,
                batch=account.batch,
                slip=account.slip,
                frm=Place.OUTPUT,
                to=Place.RETURNED,
                sheets=balance.sheets,
            )
    for job in (one, other):
        book.record(office, as_person(office, "40127"), event(job, Life.ISSUED, office))
    return office, clerk, one


def other_job(submitted: Submitted) -> str:
    with submitted[0].store.read.begin() as connection:
        jobs = [job.id for job in certificates.in_state(connection, *JobState)]
    return next(job for job in jobs if job != submitted[2])


def comes_back(office: Office, job: str, tracking: str = "123-45-67890") -> None:
    ward = as_person(office, "40127")
    known = {"reason": "1", "tracking": tracking, "cabinet": "2", "words": "区" * 100}
    book.record(office, ward, event(job, Life.MAIL_RETURNED, office, **known))


def test_an_envelope_goes_through_the_room_under_its_certificate(out: Submitted) -> None:
    office, clerk, one = out
    counted(office, clerk, Direction.IN, 1)
    assert letters(office) == {Place.TRAY: 1}
    comes_back(office, one)
    assert letters(office) == {Place.CABINET: 1}
    lines = {line.item.kind: line.item.count for line in day_close.check(office, as_person(office, "s-toko")).lines}
    assert lines["sheets_cabinet"] == 1
    book.record(office, as_person(office, "40127"), event(one, Life.ISSUED, office))
    assert letters(office) == {Place.OUTPUT: 1}
    counted(office, clerk, Direction.OUT, 1)
    assert letters(office) == {Place.RETURNED: 1}


def test_one_envelope_of_a_household_waits_for_all_it_holds(out: Submitted) -> None:
    office, clerk, one = out
    two = other_job(out)
    counted(office, clerk, Direction.IN, 1)
    comes_back(office, one)
    comes_back(office, two)
    assert letters(office) == {Place.CABINET: 1}
    ward = as_person(office, "40127")
    book.record(office, ward, event(one, Life.COLLECTED, office))
    assert letters(office) == {Place.CABINET: 1}, "the other still waits"
    due = office.clock.today() + timedelta(7)
    book.record(office, ward, event(two, Life.VOID, office, reason="1", due=due))
    assert letters(office) == {Place.OUTPUT: 1}


def test_two_letters_are_two_envelopes(out: Submitted) -> None:
    office, clerk, one = out
    counted(office, clerk, Direction.IN, 2)
    comes_back(office, one, tracking="")
    comes_back(office, other_job(out), tracking="")
    assert letters(office) == {Place.CABINET: 2}


def test_one_the_ward_keeps_moves_nothing_and_one_nobody_knows_goes_back(out: Submitted) -> None:
    office, clerk, one = out
    comes_back(office, one)
    book.record(office, as_person(office, "40127"), event(one, Life.ISSUED, office))
    assert letters(office) == {}
    counted(office, clerk, Direction.IN, 1)
    counted(office, clerk, Direction.OUT, 1)
    assert letters(office) == {Place.RETURNED: 1}


def test_the_same_certificate_comes_back_a_second_time_in_a_second_envelope(out: Submitted) -> None:
    office, clerk, one = out
    ward = as_person(office, "40127")
    counted(office, clerk, Direction.IN, 1)
    comes_back(office, one)
    with pytest.raises(OperatorError) as caught:
        comes_back(office, one)
    assert caught.value.code == "print-step", "it is here already"
    assert letters(office) == {Place.CABINET: 1}
    book.record(office, ward, event(one, Life.ISSUED, office))
    comes_back(office, one)
    assert letters(office) == {Place.OUTPUT: 1}, "no second envelope was counted in, none is put away"
    book.record(office, ward, event(one, Life.ISSUED, office))
    counted(office, clerk, Direction.OUT, 1)
    counted(office, clerk, Direction.IN, 1)
    comes_back(office, one)
    assert letters(office) == {Place.RETURNED: 1, Place.CABINET: 1}


def test_one_of_a_household_comes_back_again_alone_while_the_other_still_waits(out: Submitted) -> None:
    office, clerk, one = out
    two, ward = other_job(out), as_person(office, "40127")
    counted(office, clerk, Direction.IN, 2)
    comes_back(office, one)
    comes_back(office, two)
    book.record(office, ward, event(one, Life.ISSUED, office))
    assert letters(office) == {Place.TRAY: 1, Place.CABINET: 1}
    comes_back(office, one, tracking="999-99-99999")
    assert letters(office) == {Place.CABINET: 2}, "a letter of its own"
    book.record(office, ward, event(one, Life.ISSUED, office))
    assert letters(office) == {Place.CABINET: 1, Place.OUTPUT: 1}, "the other still waits in the first"
    book.record(office, ward, event(two, Life.COLLECTED, office))
    assert letters(office) == {Place.OUTPUT: 2}


def test_an_envelope_of_nobody_known_stays_in_the_tray_beside_one_that_is(out: Submitted) -> None:
    office, clerk, one = out
    counted(office, clerk, Direction.IN, 2)
    comes_back(office, one)
    assert letters(office) == {Place.TRAY: 1, Place.CABINET: 1}
    counted(office, clerk, Direction.OUT, 1)
    assert letters(office) == {Place.RETURNED: 1, Place.CABINET: 1}
    with pytest.raises(OperatorError) as caught:
        comes_back(office, "no-such-job")
    assert caught.value.code == "no-job"
    assert letters(office) == {Place.RETURNED: 1, Place.CABINET: 1}


def test_an_envelope_of_a_void_certificate_goes_back_as_it_came(out: Submitted) -> None:
    office, clerk, one = out
    ward, due = as_person(office, "40127"), office.clock.today() + timedelta(7)
    book.record(office, ward, event(one, Life.VOID, office, reason="1", due=due))
    counted(office, clerk, Direction.IN, 1)
    with pytest.raises(OperatorError) as caught:
        comes_back(office, one)
    assert caught.value.code == "print-step"
    book.record(office, ward, event(one, Life.COLLECTED, office))
    assert letters(office) == {Place.TRAY: 1}
    counted(office, clerk, Direction.OUT, 1)
    assert letters(office) == {Place.RETURNED: 1}


def test_one_put_away_while_a_delivery_with_it_is_open_is_said_before_both_sign(out: Submitted) -> None:
    office, clerk, one = out
    counted(office, clerk, Direction.IN, 1)
    view = handover.open_handover(office, clerk, Direction.OUT, SECTION)
    comes_back(office, one)
    for side in Side:
        handover.record_count(office, clerk, view.handover.id, side, counts(view, returned_mail=(0, 1)))
    with pytest.raises(OperatorError) as caught:
        handover.countersign(office, clerk, view.handover.id, CLERK, WARD)
    assert caught.value.code == "pieces-moved"
    assert letters(office) == {Place.CABINET: 1}


def test_locked_up_for_the_night_it_is_taken_out_first(out: Submitted) -> None:
    office, clerk, one = out
    counted(office, clerk, Direction.IN, 1)
    comes_back(office, one)
    with begin(office, clerk, Action.HANDOVER) as unit:
        custody.move(
            unit,
            kind=RETURNED_MAIL.id,
            batch=envelope_of(office).batch,
            slip=one,
            frm=Place.CABINET,
            to=Place.CABINET,
            sheets=1,
            reason=NIGHT,
            to_cabinet="2",
        )
    with pytest.raises(OperatorError, match="保管庫 2") as caught:
        book.record(office, as_person(office, "40127"), event(one, Life.ISSUED, office))
    assert caught.value.code == "slip-in-cabinet"
    assert envelope_of(office).cabinet == "2"


def envelope_of(office: Office) -> Account:
    with office.store.read.begin() as connection:
        (found,) = [one.account for one in ledger.balances(connection, places=(Place.CABINET,))]
    return found


def test_envelopes_are_counted_in_their_own_unit(out: Submitted) -> None:
    office, clerk, _one = out
    view = handover.open_handover(office, clerk, Direction.IN, SECTION)
    for side in Side:
        view = handover.record_count(
            office, clerk, view.handover.id, side, counts(view, F02=(1, 2), original=(0, 1), returned_mail=(0, 3))
        )
    sums = totals({line.kind.id: line.kind for line in view.lines}, [line.receiver for line in view.lines])
    assert (sums.cases, sums.words) == (1, "2枚 1点 3通")
    signed = handover.countersign(office, clerk, view.handover.id, WARD, CLERK)
    told = words_of(make_receipt(office, clerk, signed.handover.id))
    assert "1件 2枚 1点 3通" in told
    assert custody.on_hand(office, clerk).letters == 3


def test_the_list_of_those_that_wait(out: Submitted) -> None:
    office, _clerk, one = out
    ward = as_person(office, "40127")
    with pytest.raises(OperatorError) as caught:
        book.make_returned_list(office, ward)
    assert caught.value.code == "empty"
    comes_back(office, one)
    words = words_of(book.make_returned_list(office, ward))
    for wanted in ("返戻一覧", "あて所不明", "123-45-67890", f"{LONG_KEPT.days}日を過ぎたもの"):
        assert wanted in words
    assert "0枚" in words
    advance(office.premises, days=LONG_KEPT.days + 1)
    assert "0枚" not in words_of(book.make_returned_list(office, ward))


def test_the_telephone_may_say_that_the_ward_keeps_it(out: Submitted) -> None:
    office, _clerk, one = out
    with office.store.read.begin() as connection:
        job = certificates.find(connection, one)
        assert job is not None
        said = calls.issued(connection, job.atena)
        assert said is not None
        assert said.words.endswith("区が交付")
    comes_back(office, one)
    with office.store.read.begin() as connection:
        said = calls.issued(connection, job.atena)
    assert said is not None
    assert said.words == "区で保管中"
