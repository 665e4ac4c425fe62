"""入力の統計: counted in the store, shown to whom it concerns."""

from __future__ import annotations

from dataclasses import asdict

from nhi_center.domain.entry import Draft
from nhi_center.domain.keying import Mode, Tally
from nhi_center.domain.operators import Session
from nhi_center.domain.verification import Decision, Verdict
from nhi_center.services import custody, entry, statistics, verification
from nhi_center.services.office import Office
from tests.services.test_verification import PAPER, entered, key_all, state_of
from tests.support.office import PASSWORDS, as_person, desk, premises
from tests.support.papers import receive, register_people

__all__ = ["desk", "entered", "premises"]


def test_the_thirteen_values_of_a_keying_and_a_second_keying(entered: tuple[Office, Session, str]) -> None:
    """花子 verifies what 一郎 has keyed with one wrong birth date, and makes one slip of her own."""
    office, hanako, application = entered
    view = verification.open_verification(office, hanako, application)
    verification.key_field(office, hanako, application, "kana", "カツラギ ミホロ", Tally(90, 0, 40, 1))
    verification.key_field(office, hanako, application, "kana", PAPER["kana"], Tally(100, 61, 70, 4))
    key_all(office, hanako, application)
    toko = as_person(office, "s-toko")
    decision = Decision("birth", Verdict.VERIFIER, "1")
    view = verification.open_verification(office, hanako, application)
    verification.sign_settlement(office, hanako, view, decision, "s-toko", PASSWORDS["s-toko"])
    verification.finish(office, hanako, application)
    assert state_of(office, application).value == "verified"
    found = statistics.of_month(office, toko)
    by_mode = {line.keying.mode: line.keying for line in found.sittings}
    second = by_mode[Mode.VERIFICATION]
    assert (second.person, second.keyer, second.form) == ("k-hanako", "k-ichiro", "F02")
    assert (second.cases, second.records, second.keyer_wrong, second.verifier_wrong) == (1, 1, 1, 1)
    assert second.fields_verified == len(view.fields)
    assert (second.keystrokes, second.bad_keystrokes, second.seconds, second.pause_seconds) == (70, 4, 100, 61)
    first = by_mode[Mode.ENTRY]
    assert (first.person, first.cases, first.records, first.fields_verified) == ("k-ichiro", 1, 1, 0)
    (form,) = found.forms
    assert form.title.startswith("F02")
    assert form.checked is not None
    assert form.checked.keyer_wrong == 1
    assert found.fields[0].counts.field == "birth"
    ichiro = next(line for line in found.people if line.title == "見本 一郎")
    assert ichiro.checked is not None
    assert ichiro.checked.keyer_wrong == 1
    assert ichiro.checking is None


def test_a_clerk_sees_the_team_by_form_and_himself_alone_by_person(entered: tuple[Office, Session, str]) -> None:
    office, hanako, application = entered
    verification.open_verification(office, hanako, application)
    own = statistics.of_month(office, hanako)
    assert not own.everybody
    assert [line.title for line in own.people] == ["見本 花子"]
    assert {line.keying.person for line in own.sittings} == {"k-hanako"}
    assert [line.title[:3] for line in own.forms] == ["F02"]
    assert {line.keying.person for line in statistics.of_month(office, as_person(office, "s-toko")).sittings} == {
        "k-ichiro",
        "k-hanako",
    }


def test_counters_come_with_the_draft_and_never_go_back(desk: tuple[Office, Session]) -> None:
    office, ichiro = desk
    register_people(office)
    receive(office, ichiro, F02=2)
    slip = custody.unsorted_slips(office, ichiro)[0]
    opened = entry.open_slip(office, ichiro, slip.id)
    for tally in (Tally(20, 0, 30, 2), Tally(10, 0, 10, 0)):
        entry.save_draft(office, ichiro, opened.application.id, Draft({"name": "見本　太郎"}, tally=tally))
    entry.put_aside(office, ichiro, opened.application.id, Draft({"name": "見本　太郎"}, tally=Tally(25, 0, 31, 2)))
    entry.open_slip(office, ichiro, slip.id)
    (sitting,) = statistics.of_month(office, ichiro).sittings
    assert (sitting.keying.keystrokes, sitting.keying.bad_keystrokes, sitting.keying.seconds) == (31, 2, 25)
    assert (sitting.keying.cases, sitting.keying.records) == (0, 0)
    assert all("太郎" not in str(value) for value in asdict(sitting).values())


def test_a_month_without_work_is_empty(desk: tuple[Office, Session]) -> None:
    office, ichiro = desk
    found = statistics.of_month(office, ichiro, "2026-10")
    assert (found.month, found.months, found.forms, found.fields, found.sittings) == ("2026-10", ("2026-11",), (), (), ())
