"""対策の変更: what has changed opens a report by itself, once, when a 取扱責任者 signs in; the ward answers it."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from nhi_center.domain import room_rules
from nhi_center.domain.control_records import RecordKind
from nhi_center.domain.measures import Change, changes, value_words
from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services import control_records, measures
from nhi_center.services.office import Office
from nhi_center.services.session import sign_out
from tests.support.certificates import trusting, ward_sets
from tests.support.office import as_person, desk, premises
from tests.support.two_terminals import at, deliver, outgoing, two_terminals

__all__ = ["desk", "premises"]

Desk = tuple[Office, Session]


def test_what_came_what_went_and_what_is_another() -> None:
    assert changes({"a": "1", "b": "2"}, {"a": "1", "c": "3"}) == (Change("c", "なし", "3"), Change("b", "2", "なし"))
    assert changes({"a": "1"}, {"a": "1"}) == ()


def test_the_first_look_remembers_and_a_change_is_told_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    office, clerk = desk
    company, ward = as_person(office, "s-toko"), as_person(office, "40127")
    assert (measures.look(office, company), measures.look(office, company)) == (0, 0)
    monkeypatch.setattr(measures, "__version__", "0.2.0")
    with pytest.raises(OperatorError, match="役割"):
        measures.look(office, clerk)
    assert measures.look(office, ward) == 0
    assert measures.look(office, company) == 1
    assert measures.look(office, company) == 0
    (record,) = control_records.records(office, ward).records
    assert (record.wanted.kind, record.wanted.title, record.by) == (RecordKind.CHANGE, "プログラムの版の変更", "s-toko")
    assert "前: 0.1.0  後: 0.2.0" in record.wanted.words
    assert record.wanted.due is not None
    assert record.state == "回答待ち"
    control_records.answer(office, ward, record.id, "協議して承認した。")
    (answered,) = control_records.records(office, company).records
    assert answered.state == "回答あり"


def test_a_rule_of_the_ward_that_changes_is_told_with_both_values(desk: Desk) -> None:
    office, gateway = trusting(desk[0])
    company = as_person(office, "s-toko")
    measures.look(office, company)
    ward_sets(office, gateway, name=room_rules.NAME, value={"tell_minutes": 15})
    assert measures.look(office, company) == 1
    (record,) = control_records.records(office, company).records
    assert record.wanted.title == "区の設定 事故の通知の限度(分)の変更"
    assert "前: 30  後: 15" in record.wanted.words


def test_a_change_that_another_terminal_has_told_is_not_told_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = two_terminals(tmp_path)
    signed_in = at(first, "40127"), at(second, "40127")
    there, here = ((office, as_person(office, "s-toko")) for office, _ward in signed_in)
    assert (measures.look(*there), measures.look(*here)) == (0, 0)
    monkeypatch.setattr(measures, "__version__", "0.2.0")
    assert measures.look(*there) == 1
    assert deliver(outgoing(there[0], "control_record"), here[0], there[0].terminal) == [""]
    assert measures.look(*here) == 0
    monkeypatch.setattr(measures, "__version__", "0.1.0")
    assert measures.look(*here) == 1, "back again is another change"
    assert len(control_records.records(*here).records) == 2
    for person in signed_in:
        sign_out(*person)
    first.close()
    second.close()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("require_presence", True, "要"),
        ("require_presence", False, "不要"),
        ("keep_days", 0, "0"),
        ("isolation", "", "端末の設定のとおり"),
        ("isolation", "files", "ファイル"),
        ("company", "", "なし"),
        ("calls_open", time(8, 30), "08:30"),
    ],
)
def test_the_ward_reads_no_word_of_the_program_s_own(name: str, value: object, words: str) -> None:
    assert value_words(name, value) == words
