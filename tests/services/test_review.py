from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from nhi_center.domain.custody import Place
from nhi_center.domain.entry import State
from nhi_center.domain.forms.envelope import Line
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services import entry, entry_list, review, verification
from nhi_center.services.office import Office
from nhi_center.storage import custody as slips
from nhi_center.storage import entry as applications
from nhi_center.storage import review as storage
from tests.services.test_verification import sent, state_of, values_of
from tests.support.office import as_person, desk, premises
from tests.support.papers import VARIANT, key, receive, register_people

__all__ = ["desk", "premises"]

Ward = tuple[Office, Session, dict[str, str]]


def verify(office: Office, session: Session, application: str) -> None:
    """Key it twice as the first keyer did: the test's own eyes are the paper."""
    first = values_of(office, application)
    view = verification.open_verification(office, session, application)
    for progress in view.fields:
        verification.key_field(office, session, application, progress.field.id, first.get(progress.field.id, ""))
    verification.finish(office, session, application)


@pytest.fixture
def ward(desk: tuple[Office, Session]) -> Ward:
    """The office, ward staff 区子, and one verified application of each form."""
    office, ichiro = desk
    register_people(office)
    receive(office, ichiro, F02=2, F05=2, F15=2)
    made = {"F02": key(office, ichiro, "F02", birth="1970-03-21")}  # not as in the register: the keyer gives a reason
    made |= {form: key(office, ichiro, form) for form in ("F05", "F15")}
    for application in made.values():
        verify(office, as_person(office, "k-hanako"), application)
    return office, as_person(office, "40127"), made


def test_the_list_says_what_will_change_and_what_follows(ward: Ward) -> None:
    office, ward_staff, made = ward
    rows = {row.application: row for row in review.waiting(office, ward_staff)}
    assert set(rows) == set(made.values())
    assert rows[made["F02"]].change == "資格取得 令和8年11月20日"
    assert rows[made["F05"]].change == "資格喪失 令和8年11月21日"
    assert rows[made["F05"]].certificate == "なし"
    assert rows[made["F02"]].name == VARIANT


def test_ward_staff_see_no_clerk(ward: Ward) -> None:
    office, ward_staff, made = ward
    shown = repr((review.waiting(office, ward_staff), [review.open_case(office, ward_staff, id_) for id_ in made.values()]))
    for clerk in ("k-ichiro", "k-hanako", "一郎", "花子"):
        assert clerk not in shown


def test_a_case_shows_the_form_as_keyed_and_the_reasons_given(ward: Ward) -> None:
    office, ward_staff, made = ward
    case = review.open_case(office, ward_staff, made["F02"])
    lines = {line.label: line for line in case.lines}
    assert (lines["氏名(漢字)"].value, lines["氏名(漢字)"].is_name, lines["氏名(漢字)"].verified) == (VARIANT, True, True)
    assert lines["生年月日"].value.startswith("昭和45年3月21日")
    assert case.row.warnings == 1
    assert [answered.answer for answered in case.answered] == ["紙のとおり(台帳の方が古い)"]
    ((name, changes),) = case.changes
    assert name == VARIANT
    assert {row.item for row in changes} >= {"資格", "出る証"}


def test_recording_sends_the_effect_and_moves_the_paper(ward: Ward) -> None:
    office, ward_staff, made = ward
    assert review.record_reviewed(office, ward_staff, list(made.values())) == review.ReviewOutcome(3, ())
    bodies = {body["application"]: body for body in sent(office, "review")}
    assert bodies[made["F02"]]["effect"] == {"kind": "acquire", "code": "A2", "date": "2026-11-20", "certificate": ""}
    assert bodies[made["F05"]]["effect"]["kind"] == "lose"
    assert bodies[made["F15"]]["effect"]["kind"] == "certificate"
    assert {body["decision"] for body in bodies.values()} == {"reviewed"}
    assert state_of(office, made["F02"]) is State.REVIEWED
    assert state_of(office, made["F05"]) is State.DONE
    with office.store.read.begin() as connection:
        for id_ in made.values():
            application = applications.find(connection, id_)
            assert application is not None
            slip = slips.slip(connection, application.slip)
            assert slip is not None
            assert slip.place is Place.OUTPUT
    assert review.waiting(office, ward_staff) == ()


def test_what_is_recorded_already_is_told_and_the_rest_recorded(ward: Ward) -> None:
    office, ward_staff, made = ward
    review.record_reviewed(office, ward_staff, [made["F02"]])
    outcome = review.record_reviewed(office, ward_staff, [made["F02"], made["F05"]])
    assert outcome.reviewed == 1
    ((number, sentence),) = outcome.problems
    assert number
    assert "区審査済" in sentence
    assert len(sent(office, "review")) == 2


def test_a_clerk_may_not_review(ward: Ward) -> None:
    office, _ward_staff, made = ward
    for person in ("k-ichiro", "s-toko"):
        with pytest.raises(OperatorError) as caught:
            review.record_reviewed(office, as_person(office, person), [made["F02"]])
        assert caught.value.code == "not-permitted"
    assert sent(office, "review") == []


def test_sent_back_needs_a_reason_and_is_keyed_twice_anew(ward: Ward) -> None:
    office, ward_staff, made = ward
    for kind, reason, field in (
        ("1", "", "reason"),
        ("1", "番号 123456789018", "reason"),
        ("", "違います。", "kind"),
        ("8", "x", "kind"),
    ):
        with pytest.raises(OperatorError) as caught:
            review.send_back(office, ward_staff, made["F02"], kind, reason)
        assert caught.value.field == field
    review.send_back(office, ward_staff, made["F02"], "1", "前保険者名が紙と違います。")
    assert state_of(office, made["F02"]) is State.DRAFTING
    (body,) = sent(office, "review")
    assert (body["decision"], body["error"], body["reason"]) == ("sent_back", "1", "前保険者名が紙と違います。")
    with office.store.read.begin() as connection:
        (kept,) = storage.of_application(connection, made["F02"])
        assert kept.reason == "前保険者名が紙と違います。"
    ichiro = as_person(office, "k-ichiro")
    row = next(row for row in entry_list.waiting(office, ichiro) if row.application and row.application.id == made["F02"])
    assert row.sent_back == "入力誤り: 前保険者名が紙と違います。"
    opened = entry.open_slip(office, ichiro, row.slip.id)
    assert opened.sent_back == row.sent_back
    entry.finish(office, ichiro, made["F02"], opened.application.draft)
    verify(office, as_person(office, "k-hanako"), made["F02"])
    assert state_of(office, made["F02"]) is State.VERIFIED


def test_without_a_person_of_the_register_it_cannot_be_recorded(ward: Ward) -> None:
    office, ward_staff, made = ward
    with office.store.write.begin() as connection:
        applications.put_line(connection, made["F02"], Line(1, "F02"))
    row = next(row for row in review.waiting(office, ward_staff) if row.application == made["F02"])
    assert row.problem == review.NO_PERSON
    outcome = review.record_reviewed(office, ward_staff, [made["F02"]])
    assert outcome.reviewed == 0
    assert state_of(office, made["F02"]) is State.VERIFIED


def test_reviews_stand(ward: Ward) -> None:
    office, ward_staff, made = ward
    review.record_reviewed(office, ward_staff, [made["F02"]])
    for statement in ("UPDATE review SET decision = 'sent_back'", "DELETE FROM review"):
        with pytest.raises(DatabaseError), office.store.write.begin() as connection:
            connection.execute(text(statement))
