from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nhi_center.domain.entry import State
from nhi_center.domain.operators import Session
from nhi_center.domain.verification import STATEMENT, Decision, OpenVerification, Verdict
from nhi_center.errors import OperatorError
from nhi_center.services import entry_list, holds, sent_back, signing, verification
from nhi_center.services.office import Office
from nhi_center.storage import entry as applications
from nhi_center.storage import verification as storage
from tests.support.holds import asked
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.papers import VARIANT, key, receive, register_people

__all__ = ["desk", "premises"]

PAPER = {
    "filed_on": "R8.11.24",
    "name": VARIANT,
    "kana": "カツラギ　ミホコ",
    "birth": "3450312",
    "sex": "2",
    "event": "1",
    "happened_on": "R8.11.20",
}
"""What the F02 of the support module says, as a verifier types it; other fields are empty on paper."""


@pytest.fixture
def entered(desk: tuple[Office, Session]) -> tuple[Office, Session, str]:
    """The office, verifier 花子, and an F02 that 一郎 has keyed with one wrong digit in the birth date."""
    office, ichiro = desk
    register_people(office)
    receive(office, ichiro, F02=2)
    application = key(office, ichiro, "F02", birth="1970-03-21")
    return office, as_person(office, "k-hanako"), application


def key_all(office: Office, session: Session, application: str, **changes: str) -> OpenVerification:
    view = verification.open_verification(office, session, application)
    for progress in view.fields:
        if progress.open:
            typed = {**PAPER, **changes}.get(progress.field.id, "")
            view = verification.key_field(office, session, application, progress.field.id, typed)
            if view.progress(progress.field.id).again and view.progress(progress.field.id).open:
                view = verification.key_field(office, session, application, progress.field.id, typed)
    return view


def differ(office: Office, session: Session, application: str, field: str, typed: str) -> OpenVerification:
    """Key what differs, and the same again after a second look at the paper."""
    view = verification.key_field(office, session, application, field, typed)
    assert view.progress(field).open
    assert view.progress(field).again
    return verification.key_field(office, session, application, field, typed)


def sent(office: Office, kind: str) -> list[dict[str, Any]]:
    with office.store.read.begin() as connection:
        rows = connection.execute(text("SELECT body FROM outbox WHERE kind = :kind ORDER BY seq"), {"kind": kind})
        return [json.loads(row.body) for row in rows]


def state_of(office: Office, application: str) -> State:
    with office.store.read.begin() as connection:
        found = applications.find(connection, application)
        assert found is not None
        return found.state


def values_of(office: Office, application: str) -> dict[str, str]:
    with office.store.read.begin() as connection:
        found = applications.find(connection, application)
        assert found is not None
        return dict(found.draft.values)


def signed_by(office: Office, view: OpenVerification, decision: Decision, person: str) -> Any:
    return signing.sign(office, person, PASSWORDS[person], STATEMENT, view.statement(decision))


BIRTH = Decision("birth", Verdict.VERIFIER, "1")


def test_nobody_verifies_his_own_entry(desk: tuple[Office, Session], entered: tuple[Office, Session, str]) -> None:
    office, ichiro = desk
    _, hanako, application = entered
    assert verification.waiting(office, ichiro) == ()
    assert [row.application for row in verification.waiting(office, hanako)] == [application]
    with pytest.raises(OperatorError) as caught:
        verification.open_verification(office, ichiro, application)
    assert caught.value.code == "four-eyes"


def test_no_first_value_before_the_field_is_keyed(entered: tuple[Office, Session, str]) -> None:
    office, hanako, application = entered
    view = verification.open_verification(office, hanako, application)
    first = values_of(office, application)
    keyed_twice = {one.field.id for one in view.fields}
    shown = repr((view, verification.waiting(office, hanako)))
    for field in ("name", "kana", "birth", "happened_on"):
        assert field in keyed_twice
        assert first[field] not in shown
    view = differ(office, hanako, application, "name", "葛城　見本子")
    mismatch = view.progress("name").mismatch
    assert mismatch is not None
    assert (mismatch.keyer_value, mismatch.verifier_value, mismatch.critical) == (VARIANT, "葛城　見本子", True)
    assert first["birth"] not in repr(view)


def test_a_difference_is_keyed_again_before_anything_is_shown(entered: tuple[Office, Session, str]) -> None:
    """The verifier's own slip ends there, is counted as his, and leaves both of his values in the store."""
    office, hanako, application = entered
    first = values_of(office, application)
    verification.open_verification(office, hanako, application)
    view = verification.key_field(office, hanako, application, "birth", "3450313")
    assert (view.progress("birth").again, view.progress("birth").open, view.mismatches) == (True, True, 0)
    assert first["birth"] not in repr(view)
    view = verification.key_field(office, hanako, application, "birth", "3450321")
    assert (view.progress("birth").open, view.progress("birth").mismatch) == (False, None)
    with office.store.read.begin() as connection:
        keying = storage.find_open(connection, application)
    assert keying is not None
    assert (keying.again["birth"], keying.keyed["birth"]) == ("1970-03-13", "1970-03-21")
    key_all(office, hanako, application)
    verification.finish(office, hanako, application)
    with office.store.read.begin() as connection:
        counts = {one.field: one for one in storage.statistics(connection, "2026-11")}
    assert (counts["birth"].mismatched, counts["birth"].keyer_wrong, counts["birth"].verifier_wrong) == (1, 0, 1)


def test_what_cannot_be_read_gives_nothing_out(entered: tuple[Office, Session, str]) -> None:
    office, hanako, application = entered
    verification.open_verification(office, hanako, application)
    for typed, code in (("S45.13.12", "unread"), ("", "empty"), ("123456789018", "wipe")):
        with pytest.raises(OperatorError) as caught:
            verification.key_field(office, hanako, application, "birth", typed)
        assert (caught.value.field, caught.value.code) == ("birth", code)
        assert "1970" not in caught.value.message
    assert verification.open_verification(office, hanako, application).progress("birth").open


def test_a_keyed_field_stands(entered: tuple[Office, Session, str]) -> None:
    """Otherwise a verifier who has seen the other value could simply key it."""
    office, hanako, application = entered
    verification.open_verification(office, hanako, application)
    differ(office, hanako, application, "birth", "3450312")
    with pytest.raises(OperatorError) as caught:
        verification.key_field(office, hanako, application, "birth", "3450321")
    assert caught.value.code == "keyed-already"


def test_it_goes_on_where_it_stopped(entered: tuple[Office, Session, str]) -> None:
    office, hanako, application = entered
    verification.open_verification(office, hanako, application)
    verification.key_field(office, hanako, application, "filed_on", "R8.11.24")
    differ(office, hanako, application, "birth", "3450312")
    view = verification.open_verification(office, hanako, application)
    assert (view.keyed, view.mismatches, view.unsettled, view.complete) == (2, 1, 1, False)
    (row,) = verification.waiting(office, hanako)
    assert (row.mine, row.keyed_fields, row.all_fields) == (True, 2, len(view.fields))


def test_only_a_supervisor_takes_over_and_keys_anew(entered: tuple[Office, Session, str], desk: tuple[Office, Session]) -> None:
    office, hanako, application = entered
    toko = as_person(office, "s-toko")
    verification.open_verification(office, toko, application)
    differ(office, toko, application, "birth", "3450312")
    with pytest.raises(OperatorError) as caught:
        verification.open_verification(office, hanako, application)
    assert caught.value.code == "someone-else-verifies"


def test_a_critical_field_needs_a_third_person(entered: tuple[Office, Session, str]) -> None:
    office, hanako, application = entered
    view = key_all(office, hanako, application)
    with pytest.raises(OperatorError) as caught:
        verification.settle_mismatch(office, hanako, application, BIRTH)
    assert caught.value.code == "signature-missing"
    for person in ("k-ichiro", "k-hanako"):
        signature = signed_by(office, view, BIRTH, person)
        with pytest.raises(OperatorError) as caught:
            verification.settle_mismatch(office, hanako, application, BIRTH, signature)
        assert caught.value.code == "four-eyes"
    with pytest.raises(OperatorError) as caught:
        verification.settle_mismatch(office, hanako, application, BIRTH, signed_by(office, view, BIRTH, "40127"))
    assert caught.value.code == "wrong-role"
    signature = signed_by(office, view, Decision("birth", Verdict.KEYER, "1"), "s-toko")
    with pytest.raises(OperatorError) as caught:
        verification.settle_mismatch(office, hanako, application, BIRTH, signature)
    assert caught.value.code == "bad-signature"
    with pytest.raises(OperatorError):
        verification.finish(office, hanako, application)
    view = verification.sign_settlement(office, hanako, view, BIRTH, "s-toko", PASSWORDS["s-toko"])
    assert view.complete


def test_finishing_puts_the_settled_value_in_and_tells_the_segment(entered: tuple[Office, Session, str]) -> None:
    office, hanako, application = entered
    view = key_all(office, hanako, application)
    verification.sign_settlement(office, hanako, view, BIRTH, "s-toko", PASSWORDS["s-toko"])
    verification.finish(office, hanako, application)
    assert state_of(office, application) is State.VERIFIED
    assert values_of(office, application)["birth"] == "1970-03-12"
    (body,) = sent(office, "verification")
    assert body["corrections"] == {"birth": "1970-03-12"}
    assert body["settlements"] == [
        {"field": "birth", "critical": True, "verdict": "verifier", "reason": "1", "decided_by": "s-toko"}
    ]
    assert verification.waiting(office, hanako) == ()
    with office.store.read.begin() as connection:
        counts = {one.field: one for one in storage.statistics(connection, "2026-11")}
    assert (counts["birth"].verified, counts["birth"].keyer_wrong, counts["birth"].verifier_wrong) == (1, 1, 0)
    assert (counts["name"].verified, counts["name"].mismatched) == (1, 0)


def test_the_verifier_settles_an_ordinary_field_and_gives_a_reason(entered: tuple[Office, Session, str]) -> None:
    office, hanako, application = entered
    key_all(office, hanako, application, sex="1")
    with pytest.raises(OperatorError) as caught:
        verification.settle_mismatch(office, hanako, application, Decision("sex", Verdict.KEYER, ""))
    assert caught.value.field == "reason"
    with pytest.raises(OperatorError) as caught:
        verification.settle_mismatch(office, hanako, application, Decision("sex", Verdict.THIRD, "1", "2"))
    assert caught.value.code == "signature-missing"
    view = verification.settle_mismatch(office, hanako, application, Decision("sex", Verdict.KEYER, "2"))
    settlement = view.progress("sex").settlement
    assert settlement is not None
    assert (settlement.value, settlement.decided_by) == ("2", "k-hanako")
    with pytest.raises(OperatorError) as caught:
        verification.settle_mismatch(office, hanako, application, Decision("sex", Verdict.VERIFIER, "2"))
    assert caught.value.code == "settled-already"


def test_a_third_value_is_read_and_signed_as_it_will_stand(entered: tuple[Office, Session, str]) -> None:
    office, hanako, application = entered
    view = key_all(office, hanako, application, birth="3450313")
    decision = Decision("birth", Verdict.THIRD, "4", "1970-03-12")
    view = verification.sign_settlement(office, hanako, view, decision, "s-toko", PASSWORDS["s-toko"])
    verification.finish(office, hanako, application)
    assert values_of(office, application)["birth"] == "1970-03-12"


def test_a_settled_value_that_breaks_a_rule_goes_back_to_the_keyer(entered: tuple[Office, Session, str]) -> None:
    office, hanako, application = entered
    view = key_all(office, hanako, application, happened_on="R8.12.1")
    for decision in (BIRTH, Decision("happened_on", Verdict.VERIFIER, "1")):
        view = verification.sign_settlement(office, hanako, view, decision, "s-toko", PASSWORDS["s-toko"])
    with pytest.raises(OperatorError) as caught:
        verification.finish(office, hanako, application)
    assert caught.value.code == "rules"
    assert state_of(office, application) is State.ENTERED
    verification.back_to_keyer(office, hanako, application)
    assert state_of(office, application) is State.DRAFTING
    assert values_of(office, application)["happened_on"] == "2026-12-01"
    assert sent(office, "verification")[-1]["outcome"] == "back"
    (row,) = entry_list.waiting(office, as_person(office, "k-ichiro"))
    assert row.sent_back == sent_back.BROKEN_BY_VERIFICATION
    with office.store.read.begin() as connection:
        assert applications.keyers(connection, application) == {"k-ichiro"}


def test_after_an_answer_of_the_ward_it_goes_on(entered: tuple[Office, Session, str]) -> None:
    office, hanako, application = entered
    verification.open_verification(office, hanako, application)
    verification.key_field(office, hanako, application, "filed_on", "R8.11.24")
    holds.hold(office, hanako, application, "生年月日が読めません。")
    assert verification.waiting(office, hanako) == ()
    ward = as_person(office, "40127")
    question = asked(office, ward)
    holds.answer_hold(office, ward, question.hold, "昭和45年3月12日です。")
    assert verification.open_verification(office, hanako, application).keyed == 1


def test_no_value_of_the_paper_gets_into_the_log(entered: tuple[Office, Session, str]) -> None:
    office, hanako, application = entered
    view = key_all(office, hanako, application)
    verification.sign_settlement(office, hanako, view, BIRTH, "s-toko", PASSWORDS["s-toko"])
    verification.finish(office, hanako, application)
    with office.store.read.begin() as connection:
        log = "".join(bytes(row.entry).decode() for row in connection.execute(text("SELECT entry FROM audit")))
    for value in ("1970-03-12", "1970-03-21", "見本子", "ミホコ"):
        assert value not in log


def test_settled_and_ended_rows_stand(entered: tuple[Office, Session, str]) -> None:
    office, hanako, application = entered
    view = key_all(office, hanako, application)
    verification.sign_settlement(office, hanako, view, BIRTH, "s-toko", PASSWORDS["s-toko"])
    verification.finish(office, hanako, application)
    for statement in (
        "UPDATE mismatch SET verdict = 'keyer'",
        "DELETE FROM mismatch",
        "UPDATE second_keying SET state = 'open'",
        "UPDATE mismatch_signature SET person = 'k-hanako'",
    ):
        with pytest.raises(DatabaseError), office.store.write.begin() as connection:
            connection.execute(text(statement))
