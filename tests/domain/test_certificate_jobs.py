from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from nhi_center.domain.certificate_jobs import (
    SPOIL_REASONS,
    Job,
    Settled,
    again,
    approval_contents,
    check_spoil_reason,
    issue_facts,
    owed,
    share_of,
)
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.entry import Application, State
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import OperatorError
from nhi_center.services import forms
from tests.domain.forms.builders import OPEN, TODAY, person

APPLICATION = Application(
    id="a", slip="s", number="1124-001", day="2026-11-24", batch="b", form="F15", form_day="2026-11-24", state=State.REVIEWED,
    fact_date="2026-11-20",
)  # fmt: skip
JOB = Job(
    id="j1", application="a", kind=Kind.ELIGIBILITY, atena="00000001", state=JobState.SPOILED, snapshot={"name": "見本　太郎"},
    serial="S-000413", attempts=2, spoiled=True, spoil_reason="1", reported_by="k-ichiro", made_at="2026-11-24T09:00:00+09:00",
)  # fmt: skip


@pytest.mark.parametrize(
    ("form", "values", "card", "settled", "kind"),
    [
        ("F02", {}, "無", "", Kind.ELIGIBILITY),
        ("F02", {}, "未確認", "", Kind.ELIGIBILITY),  # blocked until the ward says which document
        ("F02", {}, "有", "", Kind.NOTICE),
        ("F03", {}, "無", "", Kind.ELIGIBILITY),
        ("F05", {}, "無", "", None),
        ("F07", {}, "無", "", Kind.ELIGIBILITY),
        ("F07", {}, "有", "", Kind.NOTICE),
        ("F07", {}, "未確認", "", Kind.ELIGIBILITY),  # blocked too: without a job nobody would ever end the case
        ("F09", {}, "未確認", "", Kind.ELIGIBILITY),
        ("F11", {}, "無", "", None),
        ("F13", {}, "有", "", Kind.ELIGIBILITY),
        ("F14", {"document": "1"}, "無", "", Kind.ELIGIBILITY),
        ("F14", {"document": "2"}, "有", "", Kind.NOTICE),
        ("F14", {"document": "5"}, "無", "", Kind.DISEASE),
        ("F15", {}, "有", "ウ", Kind.LIMIT),
        ("F15", {}, "無", "オ", Kind.LIMIT_REDUCTION),
        ("F15", {}, "無", "", Kind.LIMIT),
        ("F15", {}, "無", "B04", Kind.LIMIT),
        ("F16", {}, "無", "オ", Kind.LIMIT_REDUCTION),
        ("F17", {}, "無", "", Kind.DISEASE),
        ("F20", {}, "無", "", None),
        ("F23", {}, "無", "", None),
    ],
)
def test_which_certificate_follows(form: str, values: dict[str, str], card: str, settled: str, kind: Kind | None) -> None:
    assert owed(forms.catalogue().get(form, TODAY), values, card, settled, TODAY) is kind


def test_facts_are_those_of_the_register_the_answer_and_the_day() -> None:
    facts = issue_facts(APPLICATION, person(periods=OPEN, arrears=True), Settled("04-01", "7", "02", "ウ"), TODAY)
    assert (facts.number, facts.branch, facts.income_class) == ("7", "02", "ウ")
    assert (facts.insured, facts.acquired, facts.applied_on) == (True, date(2018, 4, 1), date(2026, 11, 20))
    assert facts.reviewed
    assert facts.arrears
    assert not issue_facts(replace(APPLICATION, state=State.HELD), person(), Settled("", "", "", ""), TODAY).reviewed


@pytest.mark.parametrize(("settled", "share"), [("", ""), ("B01", "3割"), ("B03", "3割"), ("B04", "2割"), ("B06", "2割")])
def test_the_share_of_the_elderly(settled: str, share: str) -> None:
    assert share_of(settled) == share


def test_the_reprint_is_a_sheet_of_its_own() -> None:
    reprint = again(JOB, "j2", "2026-11-24T09:05:00+09:00")
    assert (reprint.snapshot, reprint.replaces) == (JOB.snapshot, "j1")
    assert (reprint.state, reprint.serial, reprint.spoiled, reprint.attempts) == (JobState.QUEUED, "", False, 0)
    assert (reprint.spoil_reason, reprint.reported_by) == ("", "")


def test_what_is_signed_names_no_person() -> None:
    assert "見本" not in str(approval_contents(JOB))
    assert approval_contents(JOB)["serial"] == "S-000413"
    assert "見本" not in repr(JOB)


def test_a_reason_is_one_of_the_list() -> None:
    for reason in SPOIL_REASONS:
        check_spoil_reason(reason)
    with pytest.raises(OperatorError) as refused:
        check_spoil_reason("0")
    assert refused.value.field == "spoil_reason"
