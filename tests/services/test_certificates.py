from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_jobs import NO_MARKS, Marks
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.custody import Place
from nhi_center.domain.entry import Draft, State
from nhi_center.domain.forms.envelope import Line
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.people import Period
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.printing.certificates import values_of
from nhi_center.services import certificate_checks, certificate_printing, certificates, holds
from nhi_center.services.certificate_sheets import marks_of, sheet_of
from nhi_center.services.office import Office
from nhi_center.storage import custody as slips
from nhi_center.storage import entry as applications
from nhi_center.storage import holds as questions
from nhi_center.storage import register
from tests.support.certificates import (
    CLASS_U,
    INSURED,
    answer,
    queue,
    reviewed,
    row_of,
    settled,
    trusting,
    update,
    ward_sets,
)
from tests.support.holds import sent
from tests.support.office import as_person, desk, premises
from tests.support.papers import VARIANT, register_people
from tests.support.print_room import silent

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


@pytest.fixture
def room(desk: Room) -> Iterator[tuple[Office, Session, Ed25519PrivateKey]]:
    """The office with two people, and the ward's base expiry."""
    office, gateway = trusting(desk[0])
    register_people(office)
    ward_sets(office, gateway)
    yield office, desk[1], gateway
    office.premises.pdf.stop()


RoomKey = tuple[Office, Session, Ed25519PrivateKey]


def test_the_queue_begins_with_the_answer(room: RoomKey) -> None:
    office, session, _ = room
    application = reviewed(office, session, "F02")
    assert queue(office, session).rows == ()
    answer(office, application, INSURED)
    (row,) = queue(office, session).rows
    assert (row.job.kind, row.job.state, row.name) == (Kind.ELIGIBILITY, JobState.QUEUED, VARIANT)
    assert row.insured_number == "04-01-1234567-01"
    assert row.sheet is not None
    assert (row.sheet.issued, row.sheet.valid_until, row.sheet.acquired) == (
        date(2026, 11, 24),
        date(2027, 7, 31),
        date(2026, 11, 20),
    )
    assert row.sheet.sample, "training prints 見本"


def test_asking_again_changes_nothing(room: RoomKey) -> None:
    office, session, _ = room
    settled(office, session, "F02")
    assert certificates.propose(office, session) == 1
    with office.store.read.begin() as connection:
        before = connection.execute(text("SELECT count(*) FROM audit")).scalar_one()
    assert certificates.propose(office, session) == 0
    with office.store.read.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit")).scalar_one() == before
        assert connection.execute(text("SELECT count(*) FROM certificate_job")).scalar_one() == 1


def test_a_limit_certificate_follows_its_class(room: RoomKey) -> None:
    office, session, _ = room
    application = settled(office, session, "F15")
    row = next(row for row in queue(office, session).rows if row.job.application == application)
    assert row.sheet is not None
    assert (row.job.kind, row.sheet.limit_class) == (Kind.LIMIT, "ウ")
    assert (row.sheet.valid_from, row.sheet.valid_until) == (date(2026, 11, 1), date(2027, 7, 31))


def test_who_has_a_card_gets_the_notice_on_plain_paper(room: RoomKey) -> None:
    office, session, _ = room
    application = settled(office, session, "F02", replace(INSURED, card="有"))
    before = queue(office, session).stocks
    row = row_of(office, session, application)
    assert (row.job.kind, row.job.state, row.job.prefix) == (Kind.NOTICE, JobState.QUEUED, "")
    assert row.sheet is not None
    assert row.sheet.valid_until is None
    certificate_printing.print_jobs(office, session, [row.job.id], silent)
    certificate_checks.check_good(office, as_person(office, "k-hanako"), row.job.id)
    assert row_of(office, session, application).job.state is JobState.GOOD
    assert certificates.queue(office, session).stocks == before


def test_the_reduction_certificate_is_printed_here(room: RoomKey) -> None:
    office, session, _ = room
    application = settled(office, session, "F15", replace(CLASS_U, income_class="オ"))
    queue(office, session)
    row = row_of(office, session, application)
    assert (row.job.kind, row.job.state) == (Kind.LIMIT_REDUCTION, JobState.QUEUED)
    assert row.sheet is not None
    assert row.sheet.limit_class == "オ"


@pytest.mark.parametrize(
    ("form", "person", "block"),
    [
        ("F02", replace(INSURED, card="未確認"), Block.CARD_UNCONFIRMED),
        ("F02", replace(INSURED, symbol="", number="", branch=""), Block.NO_NUMBER),
        ("F02", replace(INSURED, protected=True), Block.PROTECTED),
        ("F02", replace(INSURED, name="渡邉\U000e0102　見本"), Block.GLYPH),
        ("F02", replace(INSURED, address="東京都新宿区" + "見本" * 80), Block.TOO_LONG),
        ("F02", replace(INSURED, birth=date(1955, 1, 1)), Block.INCOME_UNSETTLED),
        ("F15", replace(CLASS_U, arrears=True), Block.ARREARS),
        ("F15", replace(CLASS_U, undeclared=True), Block.UNDECLARED),
        ("F15", replace(CLASS_U, income_class=""), Block.INCOME_UNSETTLED),
        ("F15", replace(CLASS_U, income_class="B02"), Block.INCOME_AGE),
        ("F15", replace(CLASS_U, periods=(Period(date(2026, 12, 1), "A2"),)), Block.NOT_INSURED),
    ],
)
def test_what_is_not_settled_prints_nothing(room: RoomKey, form: str, person: object, block: Block) -> None:
    office, session, _ = room
    application = settled(office, session, form, person)  # type: ignore[arg-type]
    queue(office, session)
    row = row_of(office, session, application)
    assert row.job.state is JobState.BLOCKED
    assert block in row.job.blocks
    assert certificates.counts(office, session).waiting == 0


def test_a_class_that_is_not_printed_here_stops_its_sheet_and_no_other(room: RoomKey) -> None:
    """境界層 (A06) is a class of the standard system without a certificate of this room."""
    office, session, _ = room
    other = settled(office, session, "F02")
    application = settled(office, session, "F15", cursor=200)
    body = {name: getattr(CLASS_U, name) for name in ("atena", "symbol", "number", "branch")}
    with office.store.write.begin() as connection:
        register.put_result(connection, 300, application, {"application": application, "income_class": "A06", **body})
    queue(office, session)
    assert row_of(office, session, application).job.blocks == (Block.INCOME_UNKNOWN,)
    assert row_of(office, session, other).job.state is JobState.QUEUED


def test_a_protected_person_is_a_slip_in_the_list(room: RoomKey) -> None:
    office, session, _ = room
    application = settled(office, session, "F02")
    queue(office, session)
    update(office, replace(INSURED, protected=True), 300)
    queue(office, session)
    row = row_of(office, session, application)
    assert (row.job.blocks, dict(row.job.snapshot)) == ((Block.PROTECTED,), {})
    assert (row.name, row.insured_number) == (row.origin, "")


def test_who_has_left_the_register_is_not_printed_any_more(room: RoomKey) -> None:
    office, session, _ = room
    application = settled(office, session, "F02")
    queue(office, session)
    with office.store.write.begin() as connection:
        register.forget_person(connection, INSURED.atena, 300, {})
    queue(office, session)
    row = row_of(office, session, application)
    assert (row.job.state, row.job.blocks, dict(row.job.snapshot)) == (JobState.BLOCKED, (Block.NOT_IN_REGISTER,), {})
    assert (row.name, row.insured_number) == (row.origin, "")


def test_an_answer_about_another_person_is_no_answer(room: RoomKey) -> None:
    office, session, _ = room
    application = reviewed(office, session, "F02")
    answer(office, application, CLASS_U)
    assert queue(office, session).rows == ()


def test_the_character_without_a_glyph_is_named(room: RoomKey) -> None:
    office, session, _ = room
    application = settled(office, session, "F02", replace(INSURED, name="渡邉\U000e0102　見本"))
    queue(office, session)
    assert row_of(office, session, application).job.detail == "邉(U+9089 U+E0102)"
    with office.store.read.begin() as connection:
        told = "".join(str(entry) for (entry,) in connection.execute(text("SELECT entry FROM audit")))
    assert "9089" not in told


def test_without_a_base_expiry_nobody_guesses(room: RoomKey) -> None:
    office, session, gateway = room
    with office.store.write.begin() as connection:
        connection.execute(text("DELETE FROM ward_setting"))
    ward_sets(office, gateway, effective="2026-12-01")  # announced, not in force
    application = settled(office, session, "F02")
    queue(office, session)
    assert row_of(office, session, application).job.blocks == (Block.BASE_UNSET,)
    ward_sets(office, gateway)
    queue(office, session)
    assert row_of(office, session, application).job.state is JobState.QUEUED


def test_a_setting_nobody_signed_is_not_believed(room: RoomKey) -> None:
    office, session, _ = room
    settled(office, session, "F02")
    ward_sets(office, Ed25519PrivateKey.generate())
    with pytest.raises(EnvironmentTrouble) as refused:
        certificates.propose(office, session)
    assert refused.value.code == "KY-04"


def test_a_job_in_the_queue_follows_the_register(room: RoomKey) -> None:
    office, session, _ = room
    application = settled(office, session, "F02")
    queue(office, session)
    update(office, replace(INSURED, address="東京都新宿区大久保3丁目1番2号"), 500)
    queue(office, session)
    sheet = sheet_of(row_of(office, session, application).job)
    assert sheet is not None
    assert sheet.address == "東京都新宿区大久保3丁目1番2号"
    update(office, replace(INSURED, card="未確認"), 501)
    queue(office, session)
    assert row_of(office, session, application).job.state is JobState.BLOCKED


def test_asking_the_ward_takes_it_out_and_its_answer_brings_it_back(room: RoomKey) -> None:
    office, session, _ = room
    application = settled(office, session, "F02", replace(INSURED, card="未確認"))
    queue(office, session)
    job = row_of(office, session, application).job
    with pytest.raises(OperatorError) as refused:
        certificates.ask_ward(office, session, job.id, " ")
    assert refused.value.field == "question"
    certificates.ask_ward(office, session, job.id, Block.CARD_UNCONFIRMED.sentence)
    with office.store.read.begin() as connection:
        held = applications.find(connection, application)
        assert held is not None
        assert held.state is State.HELD
        slip = slips.slip(connection, held.slip)
        assert slip is not None
        assert slip.place is Place.HOLD
        (asked,) = questions.open_ones(connection)
    sent(office)
    queue(office, session)
    assert row_of(office, session, application).job.blocks == (Block.HELD, Block.CARD_UNCONFIRMED)
    update(office, INSURED, 500)
    holds.answer_hold(office, as_person(office, "40127"), asked.id, "登録はありません。")
    queue(office, session)
    assert row_of(office, session, application).job.state is JobState.QUEUED


def test_an_answer_makes_no_glyph(room: RoomKey) -> None:
    office, session, _ = room
    application = settled(office, session, "F02", replace(INSURED, name="渡邉\U000e0102　見本"))
    queue(office, session)
    certificates.ask_ward(office, session, row_of(office, session, application).job.id, Block.GLYPH.sentence)
    with office.store.read.begin() as connection:
        (asked,) = questions.open_ones(connection)
    sent(office)
    holds.answer_hold(office, as_person(office, "40127"), asked.id, "この字のままです。")
    queue(office, session)
    assert row_of(office, session, application).job.blocks == (Block.GLYPH,)


def test_what_the_ward_takes_back_leaves_the_list(room: RoomKey) -> None:
    office, session, _ = room
    application = settled(office, session, "F15", replace(CLASS_U, arrears=True))
    queue(office, session)
    certificates.ask_ward(office, session, row_of(office, session, application).job.id, Block.ARREARS.sentence)
    with office.store.read.begin() as connection:
        (asked,) = questions.open_ones(connection)
    sent(office)
    holds.take_back(office, as_person(office, "40127"), asked.id, "区で作成します。")
    assert queue(office, session).rows == ()
    assert certificates.counts(office, session).blocked == 0


def test_every_step_reaches_the_segment_without_a_name(room: RoomKey) -> None:
    office, session, _ = room
    application = settled(office, session, "F02")
    queue(office, session)
    with office.store.read.begin() as connection:
        (body,) = [
            json.loads(row.body)
            for row in connection.execute(text("SELECT body FROM outbox WHERE kind = 'certificate' ORDER BY seq"))
        ]
    assert (body["application"], body["state"], body["kind"]) == (application, "queued", "shikaku")
    assert VARIANT not in json.dumps(body, ensure_ascii=False)


def test_ward_staff_do_not_print(room: RoomKey) -> None:
    office, _, _ = room
    ward = as_person(office, "40127")
    assert not ward.may(Action.PRINT)
    with pytest.raises(OperatorError, match="役割"):
        certificates.propose(office, ward)


def test_jobs_and_steps_are_kept(room: RoomKey) -> None:
    office, session, _ = room
    settled(office, session, "F02")
    queue(office, session)
    for statement in (
        "DELETE FROM certificate_job",
        "UPDATE certificate_event SET note = 'x'",
        "DELETE FROM certificate_event",
    ):
        with pytest.raises(DatabaseError), office.store.write.begin() as connection:
            connection.execute(text(statement))


def test_a_name_by_declaration_stands_in_front_and_the_registered_one_on_the_back(room: RoomKey) -> None:
    """F19 reviewed here: 通称名 and 裏面参照; without it nothing of the register's 通称 gets a note."""
    office, session, _ = room
    application = settled(office, session, "F02", replace(INSURED, alias="通称　花子"))
    with office.store.write.begin() as connection:
        slip = applications.find(connection, application)
        assert slip is not None
        declared = applications.add_case(
            connection,
            slip,
            Line(2, "F19", INSURED.atena),
            Draft({"shown_name": "見本　花江", "registered_name": "見本　太郎", "shown_sex": "2"}),
        )
        state = text("UPDATE application SET state = :state WHERE id = :id")
        connection.execute(state, {"state": "verified", "id": declared})
        before = marks_of(connection, INSURED.atena)
        connection.execute(state, {"state": "reviewed", "id": declared})
        after = marks_of(connection, INSURED.atena)
    assert before == NO_MARKS
    assert after == Marks("見本　花江", "見本　太郎", True, None)
    row = next(one for one in queue(office, session).rows if one.job.application == application)
    assert row.sheet is not None
    assert (row.sheet.name, row.sheet.registered_name, row.sheet.sex_on_back) == ("見本　花江", "見本　太郎", True)
    shown = values_of(row.sheet)
    assert shown["sex"] == "裏面参照"
    assert shown["remarks"] == "戸籍上の氏名は 見本　太郎 です。戸籍上の性別は女です。"
