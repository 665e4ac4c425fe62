"""入力済 is said once: two hands on one application, however they meet, make one record."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest
from sqlalchemy import text

from nhi_center.domain.custody import Slip
from nhi_center.domain.entry import State
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services import entry
from nhi_center.services.office import Office
from nhi_center.storage import entry as storage
from tests.support.entry import HEAD, bring_in, fill_register, good_draft
from tests.support.office import as_person, desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
ROUNDS = 5


@pytest.fixture
def slips(desk: Room) -> tuple[Slip, ...]:
    fill_register(desk[0])
    return bring_in(*desk, F02=(1, 2))


def opened(office: Office, session: Session, slip: Slip) -> str:
    id_ = entry.open_slip(office, session, slip.id).application.id
    entry.choose_person(office, session, id_, HEAD.atena)
    return id_


def records(office: Office) -> list[str]:
    with office.store.read.begin() as connection:
        rows = connection.execute(text("SELECT body FROM outbox WHERE kind = 'application'"))
        return [json.loads(row.body)["application"] for row in rows]


def steps(office: Office, id_: str) -> list[State]:
    with office.store.read.begin() as connection:
        return [event.to for event in storage.events(connection, id_)]


def test_a_second_finish_says_it_is_done_and_records_nothing(desk: Room, slips: tuple[Slip, ...]) -> None:
    id_ = opened(*desk, slips[0])
    entry.finish(*desk, id_, good_draft("F02"))
    with pytest.raises(OperatorError) as caught:
        entry.finish(*desk, id_, good_draft("F02", phone="0352730199"))
    assert caught.value.code == "done-already"
    assert "もう終えています" in caught.value.message
    assert records(desk[0]) == [id_]
    with desk[0].store.read.begin() as connection:
        kept = storage.find(connection, id_)
    assert kept is not None
    assert kept.value("phone") != "0352730199"


def race(office: Office, hands: list[tuple[Session, str]]) -> list[str]:
    """Each finishes at the same moment; gives "done" or the code of the refusal of each."""
    start, said = threading.Barrier(len(hands)), [""] * len(hands)

    def one(at: int, session: Session, id_: str) -> None:
        start.wait(10)
        try:
            entry.finish(office, session, id_, good_draft("F02"))
            said[at] = "done"
        except OperatorError as refused:
            said[at] = refused.code

    threads = [threading.Thread(target=one, args=(at, *hand)) for at, hand in enumerate(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return said


def test_two_threads_that_finish_at_once_make_one_record(desk: Room) -> None:
    office, session = desk
    fill_register(office)
    for _round in range(ROUNDS):
        (slip,) = bring_in(office, session, F02=(1, 2))
        id_ = opened(office, session, slip)
        before = len(records(office))
        with office.store.write.begin() as connection:  # the same paper in every round: V19 is not what is asked here
            connection.execute(text("UPDATE application SET atena = '' WHERE id <> :id"), {"id": id_})
        assert sorted(race(office, [(session, id_)] * 4)) == ["done", *["done-already"] * 3]
        assert records(office)[before:] == [id_]
        assert steps(office, id_).count(State.ENTERED) == 1


def test_two_sign_ins_on_one_store_make_one_record(desk: Room, slips: tuple[Slip, ...]) -> None:
    """The draft is where it was opened last; the other terminal's window is told so, before and after it is done."""
    office, first = desk
    id_ = opened(office, first, slips[0])
    second = replace(first, id="another-sign-in", terminal="T05")
    entry.open_slip(office, second, slips[0].id)
    said = race(office, [(first, id_), (second, id_)])
    assert said[1] == "done"
    assert said[0] in ("not-open-here", "done-already")
    assert records(office) == [id_]


def test_the_id_of_the_record_is_made_at_the_first_opening(desk: Room, slips: tuple[Slip, ...]) -> None:
    """Opened, put aside, taken over by the supervisor, opened again: the application, and what is sent, keep one id."""
    office, session = desk
    id_ = opened(office, session, slips[0])
    entry.put_aside(office, session, id_, good_draft("F02"))
    supervisor = as_person(office, "s-toko")
    assert entry.open_slip(office, supervisor, slips[0].id).application.id == id_
    entry.finish(office, supervisor, id_, good_draft("F02"))
    assert records(office) == [id_]
    with office.store.read.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM application")).scalar_one() == 1


def test_two_hands_that_open_one_slip_at_once_make_one_application(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    start, said = threading.Barrier(2), ["", ""]

    def one(at: int, who: Session) -> None:
        start.wait(10)
        try:
            entry.open_slip(office, who, slips[0].id)
            said[at] = "open"
        except OperatorError as refused:
            said[at] = refused.code

    threads = [threading.Thread(target=one, args=(at, who)) for at, who in enumerate((session, as_person(office, "k-hanako")))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(said) == ["open", "someone-elses-draft"]
    with office.store.read.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM application")).scalar_one() == 1
