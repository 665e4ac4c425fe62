from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from nhi_center.domain.certificate_jobs import Job
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.custody import Place
from nhi_center.domain.handover import Count, Direction, Phase, Side
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import OperatorError
from nhi_center.services import custody as desk_custody
from nhi_center.services import handover as service
from nhi_center.services.handover import Credential
from nhi_center.services.handover_view import HandoverView
from nhi_center.services.office import Office
from nhi_center.services.signing import sign
from nhi_center.services.work import begin
from nhi_center.storage import certificates, custody
from nhi_center.storage import entry as applications
from tests.support.office import PASSWORDS, desk, premises

__all__ = ["desk", "premises"]

SECTION = "医療保険年金課 資格係"
WARD = Credential("40127", PASSWORDS["40127"])
CLERK = Credential("k-ichiro", PASSWORDS["k-ichiro"])
Room = tuple[Office, Session]


def counts(view: HandoverView, **numbers: tuple[int, int]) -> tuple[Count, ...]:
    return tuple(Count(kind.id, *numbers.get(kind.id, (0, 0))) for kind in view.kinds)


NINE = {"F02": (3, 5), "F05": (2, 3), "F15": (1, 1)}


def counted(
    room: Room, direction: Direction, giver: dict[str, tuple[int, int]], receiver: dict[str, tuple[int, int]]
) -> HandoverView:
    view = service.open_handover(*room, direction, SECTION)
    service.record_count(*room, view.handover.id, Side.GIVER, counts(view, **giver))
    return service.record_count(*room, view.handover.id, Side.RECEIVER, counts(view, **receiver))


def received(room: Room) -> HandoverView:
    view = counted(room, Direction.IN, NINE, NINE)
    return service.countersign(*room, view.handover.id, WARD, CLERK)


def code_of(caught: pytest.ExceptionInfo[OperatorError]) -> tuple[str, str]:
    return caught.value.code, caught.value.field


def test_numbers_stay_hidden_until_both_have_counted(desk: Room) -> None:
    view = service.open_handover(*desk, Direction.IN, SECTION)
    assert view.handover.label == "第1便"
    after_one = service.record_count(*desk, view.handover.id, Side.GIVER, counts(view, **NINE))
    for seen in (after_one, service.view(*desk, view.handover.id), service.of_today(*desk)[0]):
        assert seen.phase is Phase.COUNTING
        assert seen.counted == {Side.GIVER}
        assert seen.lines == ()
    both = service.record_count(*desk, view.handover.id, Side.RECEIVER, counts(view, **NINE))
    assert both.phase is Phase.COMPARED
    assert not both.differs


def test_a_side_counts_once_a_round(desk: Room) -> None:
    view = service.open_handover(*desk, Direction.IN, SECTION)
    service.record_count(*desk, view.handover.id, Side.GIVER, counts(view, **NINE))
    with pytest.raises(OperatorError) as caught:
        service.record_count(*desk, view.handover.id, Side.GIVER, counts(view, F02=(1, 1)))
    assert caught.value.code == "counted-already"


def test_a_difference_is_recounted_and_hidden_again_meanwhile(desk: Room) -> None:
    view = counted(desk, Direction.IN, NINE, {**NINE, "F02": (3, 4)})
    assert [line.words for line in view.lines if not line.agrees] == ["1枚 違います"]
    with pytest.raises(OperatorError) as caught:
        service.countersign(*desk, view.handover.id, WARD, CLERK)
    assert caught.value.code == "recount-first"
    again = service.recount(*desk, view.handover.id)
    assert (again.handover.round, again.lines, again.counted) == (2, (), frozenset())


def test_signing_passes_custody_and_makes_slips(desk: Room) -> None:
    view = received(desk)
    assert view.phase is Phase.SIGNED
    assert view.slips == tuple(f"1124-{n:03d}" for n in range(1, 7))
    assert {side: s.person for side, s in view.signatures.items()} == {Side.GIVER: "40127", Side.RECEIVER: "k-ichiro"}
    assert not view.incident
    here = desk_custody.on_hand(*desk)
    assert (here.sheets, here.cases, here.by_place) == (9, 6, {Place.TRAY: 9})
    with desk[0].store.read.begin() as connection:
        (row,) = connection.execute(text("SELECT kind, body FROM outbox WHERE kind = 'handover'")).all()
        assert view.handover.id in row.body


def test_a_standing_difference_needs_both_signatures_and_leaves_an_incident(desk: Room) -> None:
    short = {**NINE, "F02": (3, 4)}
    view = counted(desk, Direction.IN, NINE, short)
    service.recount(*desk, view.handover.id)
    service.record_count(*desk, view.handover.id, Side.RECEIVER, counts(view, **short))
    view = service.record_count(*desk, view.handover.id, Side.GIVER, counts(view, **NINE))
    assert view.signable
    done = service.countersign(*desk, view.handover.id, WARD, CLERK)
    assert done.incident
    assert desk_custody.on_hand(*desk).sheets == 8


@pytest.mark.parametrize(
    ("giver", "receiver", "expected"),
    [
        (WARD, WARD, ("four-eyes", "")),
        (Credential("40127", "wrong"), CLERK, ("wrong-password", "giver")),
        (WARD, Credential("k-ichiro", "wrong"), ("wrong-password", "receiver")),
        (WARD, Credential("nobody", "wrong"), ("wrong-password", "receiver")),
        (CLERK, WARD, ("wrong-role", "giver")),
        (WARD, Credential("40128", PASSWORDS["40128"]), ("wrong-role", "receiver")),
    ],
)
def test_wrong_signers_leave_everything_as_it_was(
    desk: Room, giver: Credential, receiver: Credential, expected: tuple[str, str]
) -> None:
    view = counted(desk, Direction.IN, NINE, NINE)
    with pytest.raises(OperatorError) as caught:
        service.countersign(*desk, view.handover.id, giver, receiver)
    assert code_of(caught) == expected
    assert service.view(*desk, view.handover.id) == view
    assert desk_custody.on_hand(*desk).sheets == 0


def test_a_signature_over_other_numbers_is_refused(desk: Room) -> None:
    office, session = desk
    view = counted(desk, Direction.IN, NINE, NINE)
    seen = service.contents_to_sign(office, session, view.handover.id, "40127", "k-ichiro")
    good = sign(office, "40127", WARD.password, "handover", seen)
    stale = sign(office, "k-ichiro", CLERK.password, "handover", {**seen, "round": 7})
    with pytest.raises(OperatorError) as caught:
        service.sign_handover(office, session, view.handover.id, good, stale)
    assert code_of(caught) == ("bad-signature", "receiver")


def test_a_receiver_who_never_came_in_cannot_sign(desk: Room) -> None:
    office, session = desk
    view = counted(desk, Direction.IN, NINE, NINE)
    with office.store.write.begin() as connection:
        connection.execute(text("UPDATE presence SET left_at = 'x' WHERE person = 'k-ichiro'"))
    with pytest.raises(OperatorError) as caught:
        service.countersign(office, session, view.handover.id, WARD, CLERK)
    assert code_of(caught) == ("not-inside", "receiver")


def test_slips_share_the_batch_out_exactly(desk: Room) -> None:
    view = received(desk)
    office, session = desk
    slips = [slip for slip in desk_custody.unsorted_slips(*desk) if slip.kind == "F02"]
    with begin(office, session, Action.ENTER) as unit:
        desk_custody.take_slip(unit, slips[0].id, 1)
        desk_custody.take_slip(unit, slips[1].id, 1)
        with pytest.raises(OperatorError) as caught:
            desk_custody.take_slip(unit, slips[2].id, 2)
        assert code_of(caught) == ("sheets-differ", "sheets")
        assert desk_custody.take_slip(unit, slips[1].id, 2).sheets == 2
        assert desk_custody.take_slip(unit, slips[2].id, 2).place is Place.ENTRY
    assert desk_custody.on_hand(*desk).by_place == {Place.ENTRY: 5, Place.TRAY: 4}
    assert view.handover.id == slips[0].batch


def ready_to_return(room: Room) -> tuple[str, str]:
    """All six applications keyed and reviewed; of one a certificate is good and an earlier one spoiled. Gives the two jobs."""
    received(room)
    office, session = room
    sheets = {"F02": [1, 2, 2], "F05": [1, 2], "F15": [1]}
    with begin(office, session, Action.ENTER) as unit:
        for slip in custody.slips_unsorted(unit.connection):
            desk_custody.take_slip(unit, slip.id, sheets[slip.kind].pop(0))
            desk_custody.move_slip(unit, slip.id, Place.OUTPUT, "reviewed")
        application = applications.add(unit.connection, slip.id, slip.kind, slip.day)
        good = Job(
            id="job-2", application=application, kind=Kind.LIMIT, atena="00000001", state=JobState.GOOD, made_at=unit.stamp
        )
        spoiled = replace(good, id="job-1", state=JobState.SPOILED, spoiled=True)
        for job in (spoiled, good):
            certificates.add(unit.connection, job, unit.person)
        desk_custody.count_good(unit, good.kind, good.id)
        desk_custody.count_spoiled(unit, spoiled.id)
    return spoiled.id, good.id


OUT = {**NINE, "gendogaku": (0, 1), "spoiled": (0, 1)}


def test_what_goes_out_is_what_the_ledger_has_ready(desk: Room) -> None:
    jobs = ready_to_return(desk)
    view = service.open_handover(*desk, Direction.OUT, SECTION)
    assert [kind.id for kind in view.kinds] == ["F02", "F05", "F15", "gendogaku", "spoiled"]
    for side in Side:
        view = service.record_count(*desk, view.handover.id, side, counts(view, **OUT))
    assert not view.differs
    done = service.countersign(*desk, view.handover.id, CLERK, WARD)
    assert done.phase is Phase.SIGNED
    assert desk_custody.on_hand(*desk).sheets == 0
    with desk[0].store.read.begin() as connection:
        assert desk_custody.ledger_faults(connection) == 0
        assert [certificates.find(connection, job).state for job in jobs] == [JobState.SUBMITTED] * 2  # type: ignore[union-attr]
        assert all(slip.returned for slip in custody.slips_of_batch(connection, custody.balances(connection)[0].account.batch))


def test_counts_both_agree_on_but_the_ledger_does_not(desk: Room) -> None:
    ready_to_return(desk)
    view = counted(desk, Direction.OUT, {**OUT, "F02": (3, 4)}, {**OUT, "F02": (3, 4)})
    assert [line.words for line in view.lines if not line.agrees] == ["台帳と違います"]
    service.recount(*desk, view.handover.id)
    for side in Side:
        view = service.record_count(*desk, view.handover.id, side, counts(view, **{**OUT, "F02": (3, 4)}))
    done = service.countersign(*desk, view.handover.id, CLERK, WARD)
    assert done.incident
    assert desk_custody.on_hand(*desk).by_kind == {"F02": 1}


def test_originals_go_back_with_the_last_applications_of_their_batch(desk: Room) -> None:
    office, session = desk
    one = {"F15": (2, 2), "original": (0, 1)}
    view = counted(desk, Direction.IN, one, one)
    service.countersign(*desk, view.handover.id, WARD, CLERK)
    ready = []
    with begin(office, session, Action.ENTER) as unit:
        for slip in custody.slips_unsorted(unit.connection):
            desk_custody.take_slip(unit, slip.id, 1)
            desk_custody.move_slip(unit, slip.id, Place.OUTPUT)
            ready.append([balance.account.kind for balance in desk_custody.returnable(unit.connection)])
    assert ready == [["F15"], ["F15", "F15", "original"]]


def test_nothing_ready_means_no_handover_out(desk: Room) -> None:
    received(desk)
    with pytest.raises(OperatorError) as caught:
        service.open_handover(*desk, Direction.OUT, SECTION)
    assert caught.value.code == "nothing-ready"


def test_more_slips_than_a_day_has_numbers_are_refused_before_anybody_signs(desk: Room) -> None:
    view = service.open_handover(*desk, Direction.IN, SECTION)
    for side in Side:
        view = service.record_count(*desk, view.handover.id, side, counts(view, F02=(9000, 9999), F05=(1000, 1000)))
    with pytest.raises(OperatorError, match="9999件まで") as caught:
        service.contents_to_sign(*desk, view.handover.id, WARD.person, CLERK.person)
    assert caught.value.code == "too-many-slips"
    service.recount(*desk, view.handover.id)
    for side in Side:
        view = service.record_count(*desk, view.handover.id, side, counts(view, F02=(999, 9999), F05=(2, 2)))
    service.countersign(*desk, view.handover.id, WARD, CLERK)
    view = service.view(*desk, view.handover.id)
    assert (view.slips[0], view.slips[-2], view.slips[-1]) == ("1124-001", "1124-1000", "1124-1001")


def test_a_cancelled_number_is_not_used_again(desk: Room) -> None:
    view = service.open_handover(*desk, Direction.IN, SECTION)
    with pytest.raises(OperatorError) as caught:
        service.open_handover(*desk, Direction.IN, SECTION)
    assert caught.value.code == "already-open"
    service.cancel(*desk, view.handover.id)
    assert service.open_handover(*desk, Direction.IN, SECTION).handover.number == 2
    with pytest.raises(OperatorError) as caught:
        service.record_count(*desk, view.handover.id, Side.GIVER, counts(view, **NINE))
    assert caught.value.code == "not-open"


@pytest.mark.parametrize("table", ["movement", "handover_count", "handover_signature"])
def test_what_was_counted_moved_and_signed_cannot_be_changed(desk: Room, table: str) -> None:
    received(desk)
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {'kind' if table != 'handover_signature' else 'name'} = 'x'"):
        with pytest.raises(IntegrityError, match="append-only"), desk[0].store.write.begin() as connection:
            connection.execute(text(statement))


def test_a_balance_changed_behind_the_ledger_is_found(desk: Room) -> None:
    received(desk)
    with desk[0].store.write.begin() as connection:
        connection.execute(text("UPDATE balance SET sheets = 4 WHERE place = 'tray' AND kind = 'F02'"))
        assert desk_custody.ledger_faults(connection) > 0
