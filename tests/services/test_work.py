from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from nhi_center.domain import audit
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.services.office import Office, Premises
from nhi_center.services.presence import check_in, check_out, roster
from nhi_center.services.session import check_password, prove, sign_in, sign_out
from nhi_center.services.signing import require_signature, sign, sign_for
from nhi_center.services.work import begin, reading
from nhi_center.storage import audit as log
from nhi_center.storage import outbox
from tests.support.office import PASSWORDS, advance, as_person, desk, enter, premises, signed_in

__all__ = ["desk", "premises"]

Desk = tuple[Office, Session]


def entries(office: Office) -> list[str]:
    with office.store.read.begin() as connection:
        return [row.entry.decode() for row in connection.execute(text("SELECT entry FROM audit ORDER BY seq"))]


def test_row_log_and_outbox_come_together(desk: Desk) -> None:
    office, session = desk
    with begin(office, session, Action.ENTER, subject="a-1", page=2) as unit:
        unit.note(fields=3)
        id_ = unit.record("application", {"application": "a-1"})
    with reading(office, session, Action.STATUS) as connection:
        assert [row.id for row in outbox.waiting(connection, 10)][-1] == id_
    assert '"action":"enter","actor":"k-ichiro"' in entries(office)[-1]
    assert '"facts":{"fields":3,"page":2}' in entries(office)[-1]


def test_an_exception_undoes_all_of_it(desk: Desk) -> None:
    office, session = desk
    before = len(entries(office))

    def act() -> None:
        with begin(office, session, Action.ENTER) as unit:
            unit.record("application", {"application": "a-1"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert len(entries(office)) == before
    with reading(office, session, Action.STATUS) as connection:
        assert all(row.kind == "presence" for row in outbox.waiting(connection, 10))


def test_what_a_role_may_not_do_is_refused_and_kept(desk: Desk) -> None:
    office, _ = desk
    ward = as_person(office, "40127")
    with pytest.raises(OperatorError) as caught, begin(office, ward, Action.ENTER):
        pytest.fail("the act began")
    assert caught.value.code == "not-permitted"
    assert '"action":"denied","actor":"40127","at":' in entries(office)[-1]
    with pytest.raises(OperatorError), reading(office, ward, Action.PRINT):
        pytest.fail("the question was answered")


def test_the_chain_of_a_day_holds(desk: Desk) -> None:
    office, session = desk
    for number in range(20):
        with begin(office, session, Action.ENTER, number=number):
            pass
    with office.store.read.begin() as connection:
        checked = audit.check_chain(office.terminal, log.every(connection))
    assert checked == (len(entries(office)), checked[1] if isinstance(checked, tuple) else b"")


def test_nobody_signs_in_from_outside_the_room(premises: Premises) -> None:
    with pytest.raises(OperatorError) as caught:
        signed_in(premises, "k-ichiro")
    assert caught.value.code == "not-inside"
    enter(premises, "k-ichiro")
    office, session = signed_in(premises, "k-ichiro")
    sign_out(office, session)
    with pytest.raises(OperatorError):
        sign_in(premises, "k-ichiro", "not the password")


def test_only_ward_staff_keep_the_door(desk: Desk) -> None:
    office, session = desk
    with pytest.raises(OperatorError):
        check_in(office, session, "k-hanako", "9")
    ward = as_person(office, "40127")
    with pytest.raises(OperatorError) as caught:
        check_in(office, ward, "k-hanako", "9")
    assert caught.value.code == "already-inside"
    rows = {row.person: row for row in roster(office, ward)}
    assert set(rows) == {"k-hanako", "k-ichiro", "s-toko"}
    stay = rows["k-hanako"].stay
    assert stay is not None
    check_out(office, ward, stay)
    with pytest.raises(OperatorError):
        check_out(office, ward, stay)
    with pytest.raises(OperatorError) as caught:
        check_in(office, ward, "k-hanako", " ")
    assert caught.value.field == "locker"


def test_a_countersignature_is_over_what_was_shown_by_who_may(desk: Desk) -> None:
    office, session = desk
    shown = {"枚": 9, "件": 6}
    signature = sign(office, "40127", PASSWORDS["40127"], "handover", shown)
    ward = as_person(office, "40127").role
    require_signature(office, signature, "handover", shown, ward)
    with pytest.raises(OperatorError) as caught:
        require_signature(office, signature, "handover", {**shown, "枚": 8}, ward)
    assert caught.value.code == "bad-signature"
    with pytest.raises(OperatorError) as caught:
        require_signature(office, signature, "handover", shown, session.role)
    assert caught.value.code == "wrong-role"
    with pytest.raises(OperatorError):
        sign_for(office, "k-hanako", PASSWORDS["k-hanako"], Action.APPROVE_SPOILED, "spoiled", shown)
    check_password(office, session, PASSWORDS["k-ichiro"])


def wrong_passwords(office: Office) -> list[tuple[str, str]]:
    found = [json.loads(entry) for entry in entries(office)]
    return [(entry["subject"], entry["facts"]["asked"]) for entry in found if entry["action"] == "wrong_password"]


def test_a_wrong_password_at_sign_in_is_in_the_log_of_the_next_who_gets_in(premises: Premises) -> None:
    enter(premises, "k-ichiro")
    for typed, password in (("k-ichiro", "wrong"), ("mihon-ichiro-1", "k-ichiro"), ("40127", "")):
        with pytest.raises(OperatorError):
            sign_in(premises, typed, password)
    assert "mihon-ichiro-1" not in premises.settings.refused_sign_ins.read_text()
    advance(premises, seconds=1)
    office, session = signed_in(premises, "k-ichiro")
    assert wrong_passwords(office) == [("k-ichiro", "sign_in"), ("", "sign_in"), ("40127", "sign_in")]
    assert "mihon-ichiro-1" not in "".join(entries(office))
    sign_out(office, session)
    office, _session = signed_in(premises, "k-ichiro")
    assert len(wrong_passwords(office)) == 3
    office.store.close()


def test_a_wrong_password_at_the_lock_or_under_a_signature_is_in_the_log(desk: Desk) -> None:
    office, session = desk
    for act in (
        lambda: check_password(office, session, "wrong"),
        lambda: prove(office, session, "k-hanako", "wrong"),
        lambda: sign(office, "40127", "wrong", "handover", {}),
        lambda: sign(office, "nobody", "wrong", "handover", {}),
    ):
        with pytest.raises(OperatorError):
            act()
    assert wrong_passwords(office) == [("k-ichiro", "unlock"), ("k-hanako", "unlock"), ("40127", "sign"), ("", "sign")]


def test_who_is_not_in_the_room_is_kept_in_the_log(premises: Premises) -> None:
    with pytest.raises(OperatorError) as caught:
        signed_in(premises, "k-ichiro")
    assert caught.value.code == "not-inside"
    office, _session = signed_in(premises, "40127")
    assert '"action":"denied","actor":"k-ichiro"' in "".join(entries(office))
    office.store.close()


def test_a_full_disk_says_so_keeps_nothing_half_and_goes_on_when_there_is_room(desk: Desk) -> None:
    office, session = desk
    before = len(entries(office))
    with office.store.write.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        with begin(office, session, Action.ENTER) as unit:
            for _ in range(200):
                unit.record("application", {"application": "a-1", "filling": "x" * 4000})

    with pytest.raises(EnvironmentTrouble) as caught:
        fill()
    assert caught.value.code == "ST-05"
    assert "残っています" in caught.value.message
    assert len(entries(office)) == before
    with office.store.write.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")
    with begin(office, session, Action.ENTER) as unit:
        unit.record("application", {"application": "a-1"})
    assert len(entries(office)) == before + 1
