from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from nhi_center.domain.custody import Place, Slip
from nhi_center.domain.entry import Application, Draft, State
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.services import custody, entry, entry_list, holds, urgent
from nhi_center.services.office import Office, Premises
from nhi_center.services.session import sign_out
from nhi_center.services.work import begin
from nhi_center.storage import audit
from nhi_center.storage import entry as storage
from tests.support.entry import CHILD, HEAD, PROTECTED, bring_in, fill_register, good_draft, keyed
from tests.support.holds import asked
from tests.support.office import as_person, desk, enter, premises, signed_in

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]
NUMBER = "123456789018"
"""A run of digits whose check digit is that of a 個人番号."""


@pytest.fixture
def slips(desk: Room) -> tuple[Slip, ...]:
    fill_register(desk[0])
    return bring_in(*desk, F02=(2, 4), F05=(1, 2))


def refused(caught: pytest.ExceptionInfo[OperatorError]) -> tuple[str, str]:
    return caught.value.code, caught.value.field


def find(office: Office, id_: str) -> Application:
    with office.store.read.begin() as connection:
        found = storage.find(connection, id_)
    assert found is not None
    return found


def test_slips_wait_until_one_is_opened(desk: Room, slips: tuple[Slip, ...]) -> None:
    rows = entry_list.waiting(*desk)
    assert next((row.slip.number, row.form_title) for row in rows) == ("1124-001", "資格取得届(社保離脱など)")
    opened = entry.open_slip(*desk, slips[1].id)
    rows = entry_list.waiting(*desk)
    assert rows[0].slip.id == slips[1].id
    assert rows[0].mine
    assert rows[0].keyer_name == "見本 一郎"
    assert opened.form.id == "F02"
    assert opened.application.state is State.DRAFTING
    assert entry_list.to_key(*desk) == 3


def test_a_slip_opens_once(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    entry.open_slip(office, session, slips[0].id)
    with pytest.raises(OperatorError) as caught:
        entry.open_slip(office, session, slips[0].id)
    assert caught.value.code == "already-open"
    with pytest.raises(OperatorError) as caught:
        entry.open_slip(office, as_person(office, "k-hanako"), slips[0].id)
    assert caught.value.code == "someone-elses-draft"


def test_a_new_sign_in_takes_the_draft_over_and_the_old_one_cannot_write_any_more(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    first = entry.open_slip(office, session, slips[0].id)
    again = replace(session, id="another-sign-in")
    entry.open_slip(office, again, slips[0].id)
    with pytest.raises(OperatorError) as caught:
        entry.save_draft(office, session, first.application.id, Draft({"phone": "0352730142"}))
    assert caught.value.code == "not-open-here"
    entry.save_draft(office, again, first.application.id, Draft({"phone": "0352730142"}))


def test_a_supervisor_takes_a_draft_over_and_both_have_keyed(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    opened = entry.open_slip(office, session, slips[0].id)
    entry.put_aside(office, session, opened.application.id, Draft())
    entry.open_slip(office, as_person(office, "s-toko"), slips[0].id)
    with office.store.read.begin() as connection:
        assert storage.keyers(connection, opened.application.id) == {"k-ichiro", "s-toko"}


def test_the_draft_comes_back_as_it_was(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    id_ = entry.open_slip(office, session, slips[0].id).application.id
    draft = Draft({"birth": "1970-03-12"}, {"birth": "3450312", "postal": "160"}, {"V24:name": "1"}, "content", "postal")
    saved_at = entry.save_draft(office, session, id_, draft)
    assert saved_at.startswith("2026-11-24T")
    entry.put_aside(office, session, id_, draft)
    assert entry.open_slip(office, session, slips[0].id).application.draft == draft


def test_an_individual_number_is_never_kept(desk: Room, slips: tuple[Slip, ...], premises: Premises) -> None:
    office, session = desk
    id_ = entry.open_slip(office, session, slips[0].id).application.id
    for draft in (Draft({"note": f"番号 {NUMBER}"}), Draft({}, {"phone": NUMBER})):
        with pytest.raises(OperatorError) as caught:
            entry.save_draft(office, session, id_, draft)
        assert caught.value.code == "individual-number"
    with pytest.raises(OperatorError) as caught:
        holds.hold(office, session, id_, f"{NUMBER} は誰ですか")
    assert refused(caught) == ("individual-number", "question")
    with office.store.read.begin() as connection:
        for table in ("application", "hold", "audit", "outbox"):
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()
            assert not [row for row in rows if NUMBER in repr(tuple(row)) or NUMBER.encode() in repr(tuple(row)).encode()]


def test_sheets_leave_the_tray_and_are_corrected_by_a_movement(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    id_ = entry.open_slip(office, session, slips[0].id).application.id
    with pytest.raises(OperatorError) as caught:
        entry.count_sheets(office, session, id_, 4)
    assert caught.value.field == "sheets"
    assert entry.count_sheets(office, session, id_, 3).sheets == 3
    assert entry.count_sheets(office, session, id_, 2).sheets == 2
    assert custody.on_hand(office, session).by_place == {Place.TRAY: 4, Place.ENTRY: 2}


def test_choosing_a_person_is_kept_with_its_purpose(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    id_ = entry.open_slip(office, session, slips[0].id).application.id
    opened = entry.choose_person(office, session, id_, CHILD.atena)
    assert opened.person == CHILD
    assert opened.household is not None
    assert {member.atena for member in opened.household.members} == {HEAD.atena, CHILD.atena}
    with office.store.read.begin() as connection:
        log = [json.loads(row.entry) for row in connection.execute(text("SELECT entry FROM audit ORDER BY seq"))]
    viewed = [item for item in log if item["action"] == "view_person"]
    with office.store.read.begin() as connection:
        (name,) = audit.pseudonyms(connection, CHILD.atena)
    assert [(item["subject"], item["facts"]["purpose"]) for item in viewed] == [(name, "entry")]
    assert (log[-1]["subject"], log[-1]["facts"]["person"]) == (id_, name)


def test_protected_people_are_answered_like_unknown_ones(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    assert entry.find_people(office, session, "ミホン マモルコ") == ()
    assert [found.atena for found in entry.find_people(office, session, "カツラギ 3450312")] == [HEAD.atena]
    id_ = entry.open_slip(office, session, slips[0].id).application.id
    with pytest.raises(OperatorError) as caught:
        entry.choose_person(office, session, id_, PROTECTED.atena)
    assert caught.value.code == "unknown-person"
    assert find(office, id_).atena == ""


def test_a_finished_application_waits_for_verification_and_is_on_its_way(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    done = keyed(office, session, slips[0])
    assert (done.state, done.keyer, done.session, done.fact_date) == (State.ENTERED, "k-ichiro", "", "2026-11-20")
    with office.store.read.begin() as connection:
        assert [(step.frm, step.to) for step in storage.events(connection, done.id)] == [
            (State.RECEIVED, State.DRAFTING),
            (State.DRAFTING, State.ENTERED),
        ]
        (body,) = connection.execute(text("SELECT body FROM outbox WHERE kind = 'application'")).scalars()
    sent = json.loads(body)
    assert sent["application"] == done.id
    assert sent["sheets"] == 2
    assert sent["values"]["name"] == HEAD.name
    (line,) = sent["lines"]
    assert (line["number"], line["form"]) == (1, "F02")
    assert line["effect"] == {"kind": "acquire", "code": "A2", "date": "2026-11-20", "certificate": ""}


def test_an_error_refuses_at_its_field_and_keeps_the_draft(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    with pytest.raises(OperatorError) as caught:
        keyed(office, session, slips[0], happened_on="2026-11-26")
    assert refused(caught) == ("V06", "happened_on")
    with office.store.read.begin() as connection:
        kept = storage.find_by_slip(connection, slips[0].id)
    assert kept is not None
    assert kept.state is State.DRAFTING
    assert kept.draft.values["happened_on"] == "2026-11-26"
    assert custody.on_hand(office, session).by_place == {Place.TRAY: 6}


def test_a_warning_needs_a_reason_which_is_kept(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    with pytest.raises(OperatorError) as caught:
        keyed(office, session, slips[0], name="葛城　見本子")
    assert refused(caught) == ("V24", "name")
    id_ = storage_id(office, slips[0])
    draft = replace(good_draft("F02", name="葛城　見本子"), reasons={"V24:name": "1"})
    assert entry.finish(office, session, id_, draft).draft.reasons == {"V24:name": "1"}


def storage_id(office: Office, slip: Slip) -> str:
    with office.store.read.begin() as connection:
        found = storage.find_by_slip(connection, slip.id)
    assert found is not None
    return found.id


def test_text_that_does_not_read_is_not_lost_unnoticed(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    opened = entry.open_slip(office, session, slips[0].id)
    entry.choose_person(office, session, opened.application.id, HEAD.atena)
    draft = replace(good_draft("F02", insurer_number=""), typed={"insurer_number": "13804"})
    with pytest.raises(OperatorError) as caught:
        entry.finish(office, session, opened.application.id, draft)
    assert refused(caught) == ("unread", "insurer_number")


def test_the_same_person_form_and_day_again_asks_why(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    keyed(office, session, slips[0])
    with pytest.raises(OperatorError) as caught:
        keyed(office, session, slips[1])
    assert refused(caught) == ("V19", "happened_on")


def test_a_question_goes_to_the_ward_and_comes_back_under_the_same_number(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    ward = as_person(office, "40127")
    id_ = entry.open_slip(office, session, slips[0].id).application.id
    with pytest.raises(OperatorError) as caught:
        holds.hold(office, session, id_, "喪失日が読めません。")
    assert caught.value.code == "slip-uncounted"
    entry.count_sheets(office, session, id_, 2)
    with pytest.raises(OperatorError) as caught:
        holds.hold(office, session, id_, " ")
    assert caught.value.field == "question"
    holds.hold(office, session, id_, "喪失日が読めません。", Draft({"phone": "0352730142"}))
    assert custody.on_hand(office, session).by_place[Place.HOLD] == 2
    assert holds.open_questions(office, ward) == ()
    question = asked(office, ward)
    assert (question.number, question.query, question.question) == ("1124-001", "R8-0001", "喪失日が読めません。")
    with pytest.raises(OperatorError):
        entry.open_slip(office, session, slips[0].id)
    holds.answer_hold(office, ward, question.hold, "11月20日です。")
    with pytest.raises(OperatorError) as caught:
        holds.answer_hold(office, ward, question.hold, "もう一度")
    assert caught.value.code == "already-answered"
    (first, *_rest) = entry_list.waiting(office, session)
    assert first.slip.number == "1124-001"
    assert first.hold is not None
    assert first.hold.answer == "11月20日です。"
    assert Place.HOLD not in custody.on_hand(office, session).by_place
    opened = entry.open_slip(office, session, slips[0].id)
    assert opened.application.draft.values == {"phone": "0352730142"}


def test_the_ward_takes_an_application_back(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    id_ = entry.open_slip(office, session, slips[0].id).application.id
    entry.count_sheets(office, session, id_, 2)
    holds.hold(office, session, id_, "取下げの申出がありました。")
    ward = as_person(office, "40127")
    holds.take_back(office, ward, asked(office, ward).hold, "引き取ります。")
    assert find(office, id_).state is State.RETURNED
    assert custody.on_hand(office, session).returnable == 2


def test_only_the_ward_answers_and_only_contractors_key(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    for forbidden in (
        lambda: entry.open_slip(office, as_person(office, "40127"), slips[0].id),
        lambda: holds.open_questions(office, session),
        lambda: holds.answer_hold(office, session, "x", "y"),
    ):
        with pytest.raises(OperatorError) as caught:
            forbidden()
        assert caught.value.code == "not-permitted"


def test_urgent_ones_come_first(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    entry.open_slip(office, session, slips[0].id)
    urgent.set_urgent(office, session, slips[2].id, 15)
    rows = entry_list.waiting(office, session)
    assert rows[0].slip.id == slips[2].id
    assert rows[0].urgent_until.startswith("2026-11-24T09:1")
    urgent.set_urgent(office, session, slips[2].id, 0)
    assert entry_list.waiting(office, session)[0].slip.id == slips[0].id


def test_other_tasks_move_it_on_step_by_step(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    id_ = keyed(office, session, slips[0]).id
    with pytest.raises(OperatorError), begin(office, session, Action.VERIFY, subject=id_) as unit:
        entry.advance(unit, id_, State.REVIEWED)
    with begin(office, session, Action.VERIFY, subject=id_) as unit:
        assert entry.advance(unit, id_, State.VERIFIED).state is State.VERIFIED
    with office.store.read.begin() as connection:
        assert [found.id for found in storage.list_by_state(connection, State.VERIFIED)] == [id_]
        assert storage.count_by_state(connection) == {State.VERIFIED: 1}


def test_steps_are_append_only_and_nothing_is_deleted(desk: Room, slips: tuple[Slip, ...]) -> None:
    office, session = desk
    entry.open_slip(office, session, slips[0].id)
    for statement in ("UPDATE application_event SET note = 'x'", "DELETE FROM application_event", "DELETE FROM application"):
        with pytest.raises(IntegrityError), office.store.write.begin() as connection:
            connection.execute(text(statement))


KEYING = textwrap.dedent(
    """
    import itertools, sys
    from pathlib import Path
    from nhi_center.domain.entry import Draft
    from nhi_center.services import entry
    from nhi_center.services.clock import TrainingClock
    from nhi_center.services.premises import open_premises
    from nhi_center.services.session import sign_in
    from nhi_center.settings import load
    from tests.support.office import OPENING, PASSWORDS

    premises = open_premises(load(Path(sys.argv[1])), TrainingClock(OPENING))
    office, session = sign_in(premises, "k-ichiro", PASSWORDS["k-ichiro"])
    id_ = entry.open_slip(office, session, sys.argv[2]).application.id
    for number in itertools.count(1):
        entry.save_draft(office, session, id_, Draft({"note": f"欄 {number}"}, {}, {}, "content", f"f{number}"))
        print(number, flush=True)
    """
)


def test_a_killed_process_loses_at_most_the_field_in_hand(premises: Premises) -> None:
    enter(premises, "k-ichiro")
    office, session = signed_in(premises, "k-ichiro")
    fill_register(office)
    (slip, *_rest) = bring_in(office, session, F02=(1, 1))
    sign_out(office, session)
    settings = premises.settings.business_folder / "terminal.toml"
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", KEYING, str(settings), slip.id],
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}"},
    )
    assert process.stdout is not None
    said = 0
    for line in process.stdout:
        said = int(line)
        if said >= 7:
            process.send_signal(signal.SIGKILL)
            break
    later = [int(line) for line in process.stdout.read().split()]
    process.stdout.close()
    assert process.wait(timeout=30) == -signal.SIGKILL
    kept = max([said, *later])
    office, session = signed_in(premises, "k-ichiro")
    draft = entry.open_slip(office, session, slip.id).application.draft
    # The last save may have been committed without having been told.
    assert draft.values["note"] in (f"欄 {kept}", f"欄 {kept + 1}")
    assert draft.field == f"f{draft.values['note'].removeprefix('欄 ')}"
    sign_out(office, session)
