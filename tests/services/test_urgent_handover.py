"""至急 in and out: one application alone, beside the usual 便, which stay as they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nhi_center.domain.custody import Place
from nhi_center.domain.handover import Direction, Phase, Side
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.services import certificate_checks as checks
from nhi_center.services import certificate_printing as printing
from nhi_center.services import certificates, corrections, custody, entry_list, handover, today, urgent
from nhi_center.services.handover_view import HandoverView
from nhi_center.services.office import Office
from nhi_center.services.work import begin
from nhi_center.storage import custody as ledger
from nhi_center.storage import entry as applications
from nhi_center.storage import handover as handovers
from tests.services.test_handover import CLERK, SECTION, WARD, counts, ready_to_return
from tests.support.certificates import CLASS_U, answer, queue, reviewed, stock_up, trusting, ward_sets
from tests.support.office import advance, as_person, desk, premises
from tests.support.papers import register_people
from tests.support.print_room import Room, room, silent

__all__ = ["desk", "premises", "room"]


def code_of(caught: pytest.ExceptionInfo[OperatorError]) -> tuple[str, str]:
    return caught.value.code, caught.value.field


def signed(room: Room, view: HandoverView, **numbers: tuple[int, int]) -> HandoverView:
    for side in Side:
        handover.record_count(*room, view.handover.id, side, counts(view, **numbers))
    people = (WARD, CLERK) if view.handover.direction is Direction.IN else (CLERK, WARD)
    return handover.countersign(*room, view.handover.id, *people)


def test_it_comes_in_alone_and_is_promised_from_the_first_key(desk: Room) -> None:
    usual = handover.open_handover(*desk, Direction.IN, SECTION)
    view = urgent.open_in(*desk, "四谷特別出張所", "F15", 20)
    assert [kind.id for kind in view.kinds] == ["F15", "original"]
    assert today.status(*desk).promised == ("2026-11-24T09:20:00+09:00",)
    done = signed(desk, view, F15=(1, 3), original=(0, 1))
    (row,) = entry_list.waiting(*desk)
    assert (row.slip.number, row.urgent_until) == (done.slips[0], "2026-11-24T09:20:00+09:00")
    assert handover.view(*desk, usual.handover.id).phase is Phase.COUNTING, "the usual 便 stays open"
    assert today.status(*desk).promised == ("2026-11-24T09:20:00+09:00",)


def test_it_is_one_application_and_one_at_a_time(desk: Room) -> None:
    view = urgent.open_in(*desk, SECTION, "F15", 20)
    with pytest.raises(OperatorError) as caught:
        handover.record_count(*desk, view.handover.id, Side.GIVER, counts(view, F15=(2, 3)))
    assert code_of(caught) == ("one-application", "F15_sheets")
    with pytest.raises(OperatorError) as caught:
        urgent.open_in(*desk, SECTION, "F02", 20)
    assert caught.value.code == "already-open"


@pytest.mark.parametrize(
    ("section", "form", "minutes", "field"),
    [
        ("どこか", "F15", 15, "section"),
        (SECTION, "original", 15, "form"),
        (SECTION, "F15", 0, "minutes"),
        (SECTION, "F15", 481, "minutes"),
    ],
)
def test_what_is_typed_wrong_is_told_at_its_field(desk: Room, section: str, form: str, minutes: int, field: str) -> None:
    with pytest.raises(OperatorError) as caught:
        urgent.open_in(*desk, section, form, minutes)
    assert caught.value.field == field


def slip_of(office: Office, application: str) -> str:
    with office.store.read.begin() as connection:
        found = applications.find(connection, application)
    assert found is not None
    return found.slip


def test_it_goes_out_with_its_own_certificate_and_nothing_else(room: Room) -> None:
    office, clerk = room
    first, last = (row.job for row in certificates.queue(office, clerk).rows)
    slip, other = slip_of(office, last.application), slip_of(office, first.application)
    urgent.set_urgent(office, as_person(office, "40127"), slip, 15)
    assert [one.unmade for one in urgent.ready(office, clerk)] == [(f"{last.kind.short_title}(印刷がまだ)",)]
    with pytest.raises(OperatorError, match=f"{last.kind.short_title}.印刷がまだ") as caught:
        urgent.open_out(office, clerk, SECTION, slip)
    assert caught.value.code == "still-to-make", "the certificate is not good yet"
    with pytest.raises(OperatorError) as caught:
        urgent.open_out(office, clerk, SECTION, other)
    assert caught.value.code == "not-urgent"
    printing.print_jobs(office, clerk, [first.id, last.id], silent)
    with pytest.raises(OperatorError, match="検品がまだ"):
        urgent.open_out(office, clerk, SECTION, slip)
    assert "至急を渡す" not in [line.what for line in today.today(office, clerk).tasks]
    for job in (first, last):
        checks.check_good(office, as_person(office, "k-hanako"), job.id)
    (ready,) = urgent.ready(office, clerk)
    assert (ready.slip.id, ready.outputs) == (slip, 1)
    line = today.today(office, clerk).tasks[0]
    assert (line.what, line.params) == ("至急を渡す", {"give": last.application})
    before = custody.on_hand(office, clerk).sheets
    view = urgent.open_out(office, clerk, SECTION, slip)
    assert {kind.id for kind in view.kinds} == {ready.slip.kind, last.kind.value}
    assert urgent.ready(office, clerk) == ()
    usual = handover.open_handover(office, clerk, Direction.OUT, SECTION)
    with office.store.read.begin() as connection:
        assert {piece.account for piece in handovers.pieces(connection, usual.handover.id)}.isdisjoint(
            piece.account for piece in handovers.pieces(connection, view.handover.id)
        )
    done = signed(room, view, **{ready.slip.kind: (1, 2), last.kind.value: (0, 1)})
    assert done.phase is Phase.SIGNED
    assert custody.on_hand(office, clerk).sheets == before - 3
    assert handover.view(office, clerk, usual.handover.id).phase is Phase.COUNTING
    assert today.status(office, clerk).promised == ()
    with office.store.read.begin() as connection:
        assert custody.ledger_faults(connection) == 0


def test_what_lies_in_an_open_delivery_is_said_with_its_number(desk: Room) -> None:
    office, clerk = desk
    ready_to_return(desk)
    with office.store.read.begin() as connection:
        slip = next(one for one in ledger.slips_on_hand(connection) if one.kind == "F02")
    urgent.set_urgent(office, clerk, slip.id, 15)
    usual = handover.open_handover(office, clerk, Direction.OUT, SECTION)
    with pytest.raises(OperatorError, match="第2便") as caught:
        urgent.open_out(office, clerk, SECTION, slip.id)
    assert caught.value.code == "in-handover"
    handover.cancel(office, clerk, usual.handover.id)
    view = urgent.open_out(office, clerk, SECTION, slip.id)
    assert [kind.id for kind in view.kinds] == ["F02"]
    handover.cancel(office, clerk, view.handover.id)
    assert handover.open_handover(office, clerk, Direction.OUT, SECTION).kinds == usual.kinds, "cancelled, it lies ready again"


def test_the_originals_of_its_own_delivery_go_with_it(desk: Room) -> None:
    office, clerk = desk
    signed(desk, urgent.open_in(*desk, SECTION, "F15", 15), F15=(1, 2), original=(0, 2))
    (slip,) = custody.unsorted_slips(*desk)
    with begin(office, clerk, Action.ENTER) as unit:
        custody.take_slip(unit, slip.id, 2)
        custody.move_slip(unit, slip.id, Place.OUTPUT)
    advance(office.premises, minutes=20)
    view = urgent.open_out(office, clerk, SECTION, slip.id)
    assert [kind.id for kind in view.kinds] == ["F15", "original"]
    signed(desk, view, F15=(1, 2), original=(0, 2))
    assert custody.on_hand(*desk).sheets == custody.on_hand(*desk).items == 0


@pytest.fixture
def unlisted(desk: Room) -> Iterator[tuple[Office, Session, str]]:
    """Reviewed, answered by the standard system and promised; nobody has looked at the list of certificates yet."""
    office, gateway = trusting(desk[0])
    register_people(office)
    ward_sets(office, gateway)
    stock_up(office, desk[1])
    slip = slip_of(office, reviewed(office, desk[1], "F15"))
    urgent.set_urgent(office, desk[1], slip, 20)
    yield office, desk[1], slip
    office.premises.pdf.stop()


def test_a_certificate_that_is_not_in_the_list_yet_is_waited_for(unlisted: tuple[Office, Session, str]) -> None:
    office, clerk, slip = unlisted
    answered = False
    for _answered in range(2):  # before the standard system's answer and after it
        (ready,) = urgent.ready(office, clerk)
        assert ready.unmade == ("限度額適用認定証(出力の一覧にまだない)",)
        with pytest.raises(OperatorError, match="出力の一覧にまだない") as caught:
            urgent.open_out(office, clerk, SECTION, slip)
        assert code_of(caught) == ("still-to-make", "")
        assert "至急を渡す" not in [line.what for line in today.today(office, clerk).tasks]
        if not answered:
            answer(office, ready.application, CLASS_U)
            answered = True
    certificates.propose(office, clerk)
    (ready,) = urgent.ready(office, clerk)
    assert ready.unmade == ("限度額適用認定証(印刷がまだ)",)


def test_given_out_without_it_when_somebody_says_so_and_it_follows(unlisted: tuple[Office, Session, str]) -> None:
    office, clerk, slip = unlisted
    (ready,) = urgent.ready(office, clerk)
    view = urgent.open_out(office, clerk, SECTION, slip, incomplete=True)
    assert [kind.id for kind in view.kinds] == ["F15"]
    signed((office, clerk), view, F15=(1, 2))
    answer(office, ready.application, CLASS_U)
    (row,) = queue(office, clerk).rows
    printing.print_jobs(office, clerk, [row.job.id], silent)
    checks.check_good(office, as_person(office, "k-hanako"), row.job.id)
    later = handover.open_handover(office, clerk, Direction.OUT, SECTION)
    assert [kind.id for kind in later.kinds] == [row.job.kind.value]
    signed((office, clerk), later, **{row.job.kind.value: (0, 1)})
    assert custody.on_hand(office, clerk).sheets == 0


def test_what_the_ward_has_withdrawn_is_not_waited_for(unlisted: tuple[Office, Session, str]) -> None:
    office, clerk, _slip = unlisted
    (ready,) = urgent.ready(office, clerk)
    answer(office, ready.application, CLASS_U)
    certificates.propose(office, clerk)
    corrections.withdraw(office, as_person(office, "40127"), ready.application, "取下げの申出")
    assert [one.unmade for one in urgent.ready(office, clerk)] == [()]
