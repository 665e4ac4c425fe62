from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from nhi_center.domain.forms import loader, rules
from nhi_center.domain.forms.case import Case, Earlier, Finding, Receipt, Severity
from nhi_center.domain.forms.definition import Catalogue
from nhi_center.domain.people import Household, Period
from tests.domain.forms import builders
from tests.domain.forms.builders import FORMER, OPEN, TODAY, person


class Office:
    """Shorthand: build a case and give what the rules find."""

    def __init__(self, catalogue: Catalogue, parts: loader.Parts) -> None:
        self.catalogue = catalogue
        self.parts = parts

    def case(self, form_id: str, **changes: Any) -> Case:
        return builders.case(self.catalogue, self.parts, form_id, **changes)

    def found(self, form_id: str, **changes: Any) -> list[tuple[str, str, str]]:
        return [(entry.rule, entry.severity.value, entry.field) for entry in self._check(form_id, changes)]

    def only(self, form_id: str, **changes: Any) -> Finding:
        (finding,) = self._check(form_id, changes)
        return finding

    def _check(self, form_id: str, changes: dict[str, Any]) -> list[Finding]:
        """V24 has tests of its own: every name or birth date changed here meets it."""
        return [finding for finding in rules.check(self.case(form_id, **changes)) if finding.rule != "V24"]


@pytest.fixture
def office(catalogue: Catalogue, parts: loader.Parts) -> Office:
    return Office(catalogue, parts)


@pytest.mark.parametrize("form_id", ["F02", "F05", "F15"])
def test_a_good_form_has_no_finding(office: Office, form_id: str) -> None:
    assert office.found(form_id) == []


E, W = "error", "warning"
SINGLE = [
    # V01: blank, and blank while its condition holds
    ("F02", {"previous_insurer": ""}, ("V01", E, "previous_insurer")),
    ("F02", {"channel": "2"}, ("V01", E, "posted_on")),
    ("F02", {"filer": "3", "filer_name": "見本　一郎", "filer_relation": "子"}, ("V01", E, "proxy_paper")),
    ("F02", {"number_written": "2"}, ("V01", E, "number_checked")),
    ("F05", {"returned_paper": "1"}, ("V01", E, "papers_returned")),
    # V02, V03: stored values that no longer read
    ("F02", {"insurer_number": "138041"}, ("V02", E, "insurer_number")),
    ("F02", {"acquired_on": "2026-02-30"}, ("V03", E, "acquired_on")),
    # V04
    ("F02", {"birth": "2026-11-21"}, ("V04", E, "birth")),
    ("F05", {"birth": "1900-01-01"}, ("V04", E, "birth")),
    # V05 at the field for its reason
    ("F02", {"happened_on": "2026-11-01"}, ("V05", W, "delay_reason")),
    ("F05", {"moved_out": "2026-11-01"}, ("V05", W, "delay_reason")),
    # V06 and V11
    ("F02", {"happened_on": "2026-11-26"}, ("V06", E, "happened_on")),
    ("F02", {"filed_on": "2026-11-25"}, ("V06", E, "filed_on")),
    ("F02", {"happened_on": "2026-11-25"}, ("V11", W, "happened_on")),
    # V07
    ("F02", {"acquired_on": "2026-11-21"}, ("V07", E, "acquired_on")),
    ("F05", {"lost_on": "2026-11-20"}, ("V07", E, "lost_on")),
    ("F05", {"lost_on": "2026-11-21", "same_day_move": "1"}, ("V07", E, "lost_on")),
    # an answer left over from 転出 means nothing for a death
    ("F05", {"event": "2", "lost_on": "2026-11-20", "same_day_move": "1"}, ("V07", E, "lost_on")),
    ("F05", {"event": "2", "lost_on": "2026-11-21", "same_day_move": "1"}, None),
    # V13
    ("F02", {"relation": "3", "sex": "2"}, ("V13", W, "sex")),
    # V20
    ("F02", {"sheets_attached": "2"}, ("V20", E, "sheets_form")),
    # V22: another name than the register's
    ("F02", {"name": "邉\U000e010f見　花子"}, ("V22", W, "name")),
    ("F02", {"name": "𠮷本　花子"}, ("V22", W, "name")),
    ("F02", {"name": "見﨑　花子"}, None),
    # V23: letters in the kana of a Japanese resident
    ("F02", {"kana": "KATSURAGI"}, ("V23", E, "kana")),
]


@pytest.mark.parametrize(("form_id", "changes", "expected"), SINGLE)
def test_one_fault_gives_one_finding(
    office: Office, form_id: str, changes: dict[str, str], expected: tuple[str, str, str] | None
) -> None:
    assert office.found(form_id, **changes) == ([expected] if expected else [])


def test_a_future_move_out_is_accepted(office: Office) -> None:
    assert office.found("F05", moved_out="2026-12-10") == []


def test_the_deadline_moves_over_closed_days(office: Office) -> None:
    # 14 days after 11-07 is 11-21, Saturday before a holiday Monday: 11-24 is in time.
    assert office.found("F02", happened_on="2026-11-07") == []
    assert office.found("F02", happened_on="2026-11-06") == [("V05", W, "delay_reason")]


def test_a_late_filing_says_which_day_it_is_and_is_answered_by_its_field(office: Office) -> None:
    case = office.case("F02", happened_on="2026-11-01")
    (finding,) = rules.check(case)
    assert finding.sentence == "届出が14日を過ぎています(23日目)。遅延理由を選んでください。"
    assert [choice.text for choice in finding.reasons][:2] == ["1 制度を知らなかった", "2 証明書の到着待ち"]
    assert rules.unsettled(case.form, case.values, [finding], {}) == (finding,)
    answered = office.case("F02", happened_on="2026-11-01", delay_reason="2")
    assert rules.unsettled(answered.form, answered.values, rules.check(answered), {}) == ()


def test_a_warning_is_settled_by_one_of_its_own_reasons(office: Office) -> None:
    case = office.case("F02", happened_on="2026-11-25")
    findings = rules.check(case)
    assert rules.unsettled(case.form, case.values, findings, {"V11:happened_on": "7"}) == findings
    assert rules.unsettled(case.form, case.values, findings, {"V11:happened_on": "1"}) == ()


def test_no_reason_settles_an_error(office: Office) -> None:
    case = office.case("F02", previous_insurer="")
    findings = rules.check(case)
    assert rules.unsettled(case.form, case.values, findings, {"V01:previous_insurer": "1"}) == findings


def test_loss_before_acquisition_and_on_the_same_day(office: Office) -> None:
    started = person(periods=(Period(date(2026, 11, 21), "A1"),))
    assert office.found("F05", who=started, moved_out="2026-11-19") == [("V08", E, "moved_out")]
    assert office.found("F05", who=started, moved_out="2026-11-20") == [("V08", W, "moved_out")]


def test_overlap_and_gap(office: Office) -> None:
    assert office.found("F02", who=person(periods=OPEN)) == [("V09", E, "happened_on")]
    moved_away = (Period(date(2018, 4, 1), "A1", date(2020, 9, 2), "L1"),)
    assert office.found("F02", who=person(periods=moved_away)) == [("V09", W, "happened_on")]
    assert office.found("F02", who=person(periods=FORMER)) == []


def test_nothing_to_lose_and_no_eligibility_to_certify(office: Office) -> None:
    assert office.found("F05", who=person(periods=FORMER)) == [("V09", E, "moved_out")]
    finding = office.only("F15", who=person(periods=FORMER))
    assert (finding.rule, finding.to_ward) == ("V09", True)


def test_nobody_of_75_acquires(office: Office) -> None:
    assert office.found("F02", birth="1951-11-20") == [("V10", E, "happened_on")]
    assert office.found("F02", birth="1951-11-21") == []


def test_more_than_two_years_back(office: Office) -> None:
    assert office.found("F02", happened_on="2024-11-24") == [("V05", W, "delay_reason")]
    assert office.found("F02", happened_on="2024-11-23") == [("V05", W, "delay_reason"), ("V12", W, "happened_on")]


def household(*members: Any) -> dict[str, Any]:
    return {"household": Household.gather("00010001", members)}


def test_a_second_head_is_an_error(office: Office) -> None:
    head = person(atena="00000001", periods=OPEN)
    newcomer = person(is_head=False, relation="同居人", periods=FORMER)
    assert office.found("F02", who=newcomer, more=household(head, newcomer)) == [("V13", E, "relation")]
    assert office.found("F02", who=newcomer, more=household(head, newcomer), relation="11") == []


def test_a_household_without_head_goes_to_the_ward(office: Office) -> None:
    one = person(is_head=False, relation="子", periods=FORMER)
    finding = office.only("F02", who=one, more=household(one), relation="4")
    assert (finding.rule, finding.to_ward) == ("V13", True)


@pytest.mark.parametrize(("relation", "birth"), [("4", "1960-01-01"), ("6", "1975-01-01"), ("2", "2010-01-01")])
def test_ages_against_the_relation(office: Office, relation: str, birth: str) -> None:
    head = person(atena="00000001", birth=date(1965, 1, 1), sex="1", periods=OPEN)
    one = person(is_head=False, relation="同居人", periods=FORMER)
    found = office.found("F02", who=one, more=household(head, one), relation=relation, birth=birth)
    assert found == [("V13", W, "birth")]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"arrears": True}, "V17"),
        ({"undeclared": True}, "V17"),
        ({"income_class": "B01"}, "V18"),
        ({"income_class": "B04"}, "V18"),
        ({"income_class": "オ"}, "V18"),
    ],
)
def test_what_the_ward_decides_is_sent_to_the_ward(office: Office, changes: dict[str, Any], rule: str) -> None:
    finding = office.only("F15", who=person(periods=OPEN, **changes))
    assert (finding.rule, finding.severity, finding.to_ward) == (rule, Severity.ERROR, True)


@pytest.mark.parametrize("income_class", ["ア", "エ", "B02", ""])
def test_classes_with_this_certificate_pass(office: Office, income_class: str) -> None:
    assert office.found("F15", who=person(periods=OPEN, income_class=income_class)) == []


def test_arrears_do_not_touch_other_forms(office: Office) -> None:
    assert office.found("F05", who=person(periods=OPEN, arrears=True, undeclared=True)) == []


def test_a_duplicate_receipt_warns_once(office: Office) -> None:
    same = Earlier("0101-001", "F02", date(2026, 11, 20))
    again = Earlier("0101-002", "F02", date(2026, 11, 20))
    assert office.found("F02", more={"earlier": (same, again)}) == [("V19", W, "happened_on")]
    own = Earlier("0124-018", "F02", date(2026, 11, 20))
    others = (own, Earlier("0101-003", "F05", date(2026, 11, 20)), Earlier("0101-004", "F02", date(2026, 11, 19)))
    assert office.found("F02", more={"earlier": others}) == []


def test_keyer_and_verifier_must_differ(office: Office) -> None:
    receipt = Receipt("0124-018", TODAY, "1", sheets=2, keyer="c1", verifier="c1")
    assert office.found("F02", more={"receipt": receipt}) == [("V21", E, "")]


def test_v22_shows_the_characters_not_a_sentence_with_the_name(office: Office) -> None:
    finding = office.only("F02", name="邉\U000e010f見　花子")
    assert finding.characters == ("邉\U000e010f",)
    assert "邉" not in finding.sentence


def test_letters_in_kana_pass_for_foreign_residents_and_newcomers(office: Office) -> None:
    assert office.found("F02", who=person(periods=FORMER, nationality="見本国"), kana="KATSURAGI") == []
    assert (
        office.found("F02", more={"person": None, "household": None}, kana="KATSURAGI", name="見本　太郎", head_name="見本　太郎")
        == []
    )


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": "見本　花子"}, ["name"]),
        ({"birth": "1970-03-13"}, ["birth"]),
        ({"name": "見本　花子", "birth": "1970-03-13"}, ["name", "birth"]),
        ({"name": "葛城　見本子"}, ["name"]),
        ({}, []),
    ],
)
def test_another_person_than_the_register_says_asks_for_a_reason(
    office: Office, changes: dict[str, str], fields: list[str]
) -> None:
    case = office.case("F02", **changes)
    findings = [finding for finding in rules.check(case) if finding.rule == "V24"]
    assert [finding.field for finding in findings] == fields
    assert rules.unsettled(case.form, case.values, findings, {f"V24:{field}": "1" for field in fields}) == ()


def test_a_number_typed_by_hand_is_the_chosen_persons_or_stops_the_form(office: Office) -> None:
    """滞納, 資格期間 and 支援措置 are looked up for the person that was chosen, not for the number that stands in the field."""
    (other,) = [f for f in rules.check(office.case("F15", atena="00481799")) if f.rule == "V24"]
    assert (other.severity, other.field) == (Severity.ERROR, "atena")
    nobody = office.case("F15", more={"person": None, "household": None}, atena="00481726")
    (alone,) = [f for f in rules.check(nobody) if f.rule == "V24"]
    assert (alone.severity, alone.field) == (Severity.ERROR, "atena")


def test_the_name_a_person_goes_by_is_no_other_person(office: Office) -> None:
    foreign = person(periods=FORMER, alias="見本　華", roman="MIHON HANA", nationality="見本国")
    for name in ("見本　華", "MIHON HANA"):
        assert not [f for f in rules.check(office.case("F02", who=foreign, name=name)) if f.rule == "V24"]
    unknown = office.case("F02", more={"person": None, "household": None}, name="見本　花子", atena="")
    assert not [finding for finding in rules.check(unknown) if finding.rule == "V24"]


def test_words_that_must_not_be_collected_ask_for_a_reason(office: Office) -> None:
    words = {"forbidden_words": ("前科", "信仰")}
    finding = office.only("F02", more=words, note="信仰のため")
    assert (finding.rule, finding.severity, finding.field) == ("V25", Severity.WARNING, "note")
    assert "信仰のため" not in finding.sentence
    assert office.found("F02", more=words, note="退職証明書は後日") == []


def test_every_warning_has_reasons(parts: loader.Parts) -> None:
    assert set(parts.reasons) == {"V05", "V08", "V09", "V11", "V12", "V13", "V19", "V22", "V24", "V25"}


def test_sentences_carry_no_personal_value(office: Office) -> None:
    case = office.case("F05", who=person(periods=FORMER), name="邉\U000e010f見　花子", birth="1850-01-01", sex="1", relation="2")
    findings = rules.check(case)
    assert len(findings) >= 4
    for finding in findings:
        for field_id in ("name", "kana", "birth", "address", "number"):
            assert case.value(field_id) not in finding.sentence
