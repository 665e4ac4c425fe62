"""All 23 forms against the tables of the domain notes: 1.1 (article, effect, 14 days), 1.2 (header), 1.3 (fields)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import pytest

from nhi_center.domain.forms import rules
from nhi_center.domain.forms.case import Case, Receipt
from nhi_center.domain.forms.definition import Catalogue, EffectKind, FieldDefinition, FieldType, FormDefinition, Page, Required
from nhi_center.domain.forms.loader import Parts
from nhi_center.domain.forms.prefill import prefill
from nhi_center.domain.forms.summary import effects, fact_note
from nhi_center.domain.people import Household
from tests.domain.forms.builders import CLOSED, OPEN, THRESHOLDS, case, person

TODAY = date(2026, 11, 24)
ROOM = 6
"""Rows that stand on one page of the smallest window."""
ARTICLES = {
    "F01": "規則 2条",
    "F02": "規則 3条",
    "F03": "規則 4条",
    "F04": "規則 11条",
    "F05": "規則 12条",
    "F06": "規則 13条",
    "F07": "規則 8条",
    "F08": "規則 9条",
    "F09": "規則 10条",
    "F10": "規則 10条の2",
    "F11": "規則 5条",
    "F12": "規則 5条の2",
    "F13": "規則 6条",
    "F14": "規則 7条",
    "F15": "規則 27条の14の2",
    "F16": "規則 27条の14の4",
    "F17": "規則 27条の13",
    "F18": "規則 24条の3",
    "F19": "通知",
    "F20": "区の様式",
    "F21": "通知",
    "F22": "規則 旧5条の8",
    "F23": "区の様式",
}
EFFECTS = {
    **dict.fromkeys(("F01", "F02"), EffectKind.ACQUIRE),
    "F03": EffectKind.APPLY_START,
    "F04": EffectKind.APPLY_END,
    **dict.fromkeys(("F05", "F06"), EffectKind.LOSE),
    **dict.fromkeys(("F07", "F08", "F09", "F10"), EffectKind.CHANGE),
    **dict.fromkeys(("F11", "F12"), EffectKind.SPECIAL),
    **dict.fromkeys(("F13", "F14", "F15", "F16", "F17"), EffectKind.CERTIFICATE),
    **dict.fromkeys(("F18", "F19", "F20", "F21"), EffectKind.MARK),
    "F22": EffectKind.ROUTE,
    "F23": EffectKind.COLLECT,
}
REASONS = {
    "F01": ("A1", "A7"),
    "F02": ("A2", "A3", "A4", "A5", "A6"),
    "F03": ("A1",),
    "F04": ("L1",),
    "F05": ("L1", "L3"),
    "F06": ("L2", "L5", "L4", "L7", "L9"),
}
NEEDED = {
    "F01": "moved_in sex relation foreigner residence_status stay_until designation previous_address previous_country",
    "F02": "happened_on sex relation previous_insurer loss_evidence mother_kana household_insured",
    "F03": "moved_in sex relation foreigner residence_status stay_until designation previous_address",
    "F04": "moved_out destination branch returned_paper",
    "F05": "moved_out destination branch returned_paper",
    "F06": "joined_on new_insurer branch returned_paper",
    "F07": "changed_on name name_after name_change symbol number",
    "F08": "changed_on head_before head_after relation_after symbol number",
    "F09": "changed_on address_before address_after symbol number",
    "F10": "changed_on old_head_name new_head_name relation nominal_consent",
    "F11": "applies special_on school_name school_from school_until school_evidence study_address",
    "F12": "applies special_on facility_name facility_kind facility_address admitted_on facility_evidence previous_address",
    "F13": "application_reason symbol number",
    "F14": "document reissue_reason old_paper",
    "F15": "symbol number birth",
    "F16": "long_stay stay1_from stay1_until stay1_days stay1_hospital",
    "F17": "disease disease_evidence doctor hospital diagnosed_on relation phone",
    "F18": "income_total income_members",
    "F19": "shown_sex registered_name",
    "F20": "mail_action mail_name mail_postal mail_address mail_phone mail_scope mail_from mail_reason mail_consent",
    "F22": "special_reason",
    "F23": "returned_kind returned_count return_reason",
}
"""R and C of the table 1.3, by the ids of the fields."""
FORMS = sorted(ARTICLES)


@pytest.fixture
def form(request: pytest.FixtureRequest, catalogue: Catalogue) -> FormDefinition:
    return catalogue.get(request.param, TODAY)


every = pytest.mark.parametrize("form", FORMS, indirect=True)


@every
def test_its_place_in_law_and_office(form: FormDefinition) -> None:
    assert ARTICLES[form.id] in form.article
    assert form.effect is EFFECTS[form.id]
    assert form.section == f"医療保険年金課 {'給付係' if form.id in {'F15', 'F16', 'F17', 'F18'} else '資格係'}"
    notice = form.id <= "F12"
    assert (form.sheet, form.deadline) == (("被保険者異動届", True) if notice else ("", False))
    assert form.follows
    assert form.notes
    assert form.checked is not None
    assert form.checked >= form.valid_from


@every
def test_its_reasons_are_those_of_the_table(form: FormDefinition) -> None:
    codes = tuple(code for _number, code in form.events) or tuple(filter(None, [form.event]))
    assert codes == REASONS.get(form.id, ())
    assert form.fact != "filed_on" or form.id > "F12"


@every
def test_what_the_law_asks_is_required(form: FormDefinition) -> None:
    for field_id in (
        "channel",
        "filed_on",
        "filer",
        "identity_check",
        "number_written",
        "sheets_form",
        "head_name",
        "name",
        "birth",
    ):
        assert form.field(field_id).required is Required.ALWAYS
    for field_id in NEEDED.get(form.id, "").split():
        assert form.field(field_id).required is not Required.OPTIONAL, field_id


@every
def test_first_the_shared_pages_then_the_person_lines(form: FormDefinition) -> None:
    assert [page.id for page in form.pages[:2]] == ["receipt", "household"]
    assert [page.line for page in form.pages] == [False, False, *[True] * (len(form.pages) - 2)]
    assert len(form.pages) in (3, 4)
    assert form.pages[2].fields[0].id == "name"
    assert form.pages[-1].fields[-1].id == "note"


@every
def test_every_page_fits(form: FormDefinition) -> None:
    for page in form.pages:
        for answers in sides(form):
            assert len(shown_rows(form, page, answers)) <= ROOM, (page.id, answers)


@every
def test_every_page_always_has_a_field_to_stand_in(form: FormDefinition) -> None:
    for page in form.pages:
        assert any(field.when is None for field in page.fields), page.id


@every
def test_dates_names_and_numbers_that_decide_are_keyed_twice(form: FormDefinition) -> None:
    for field in form.fields():
        assert field.keyed_twice or not field.critical
        if field.item in {"event", "event_date", "stated_date", "name", "birth", "number", "branch", "name_after", "applies"}:
            assert field.critical, field.id
        if field.type is FieldType.FREETEXT or field.item in {"delay_reason", "phone"}:
            assert not field.keyed_twice


@every
def test_labels_are_told_apart(form: FormDefinition) -> None:
    """One label twice on a page would leave a reader of the screen guessing; the stays of F16 are counted in their labels."""
    for page in form.pages:
        labels = [field.label for field in page.fields if not field.item.startswith("hospital")]
        assert len(labels) == len(set(labels)), page.id


@every
def test_partners_stand_on_the_same_page_and_later(form: FormDefinition) -> None:
    for page in form.pages:
        ids = [field.id for field in page.fields]
        for at, field in enumerate(page.fields):
            if field.fills:
                assert ids.index(field.fills) > at
            if field.reading and form.has(field.reading):
                assert ids.index(field.reading) > at


@every
def test_what_a_change_changes_is_on_the_paper(form: FormDefinition) -> None:
    assert bool(form.changes) is (form.effect is EffectKind.CHANGE)
    assert bool(form.mark) is (form.effect in {EffectKind.MARK, EffectKind.SPECIAL})
    for attribute, field_id in form.changes:
        # The number of the new household may still be the ward's to give.
        assert form.field(field_id).required is not Required.OPTIONAL or attribute == "household"


@every
def test_rules_and_what_follows_can_be_asked_at_any_moment(form: FormDefinition, parts: Parts) -> None:
    """From the first field to the last, whatever has been answered so far: nothing but findings, each at a field of the form."""
    receipt = Receipt("0124-018", TODAY, "1", sheets=2, keyer="c1", verifier="c2")
    who = person(periods=OPEN)
    household = Household.gather("00010001", [who])
    filled = {field.id: field.choices[0].code for field in form.fields() if field.choices}
    dates = {field.id: "2026-11-20" for field in form.fields() if field.type is FieldType.DATE}
    for values in ({}, prefill(form, who, household, receipt), filled, dates, {**filled, **dates}):
        for known in (None, who):
            one = Case(
                form=form,
                values=values,
                person=known,
                household=household if known else None,
                today=TODAY,
                receipt=receipt,
                closed_days=CLOSED,
                reasons=parts.reasons,
                thresholds=THRESHOLDS,
            )
            assert all(form.has(finding.field) for finding in rules.check(one))
            assert effects(form, values, known, TODAY).rows
            assert isinstance(fact_note(form, values), str)


@pytest.mark.parametrize("form_id", ["F02", "F05", "F15"])
def test_a_good_paper_has_no_finding(catalogue: Catalogue, parts: Parts, form_id: str) -> None:
    found = rules.check(case(catalogue, parts, form_id))
    assert [(finding.rule, finding.field) for finding in found] == []


def test_what_was_answered_before_asks_nothing_once_its_own_question_is_gone(catalogue: Catalogue) -> None:
    form = catalogue.get("F01", TODAY)
    until = form.field("stay_until")
    assert form.asks(until, {"foreigner": "2", "stay_length": "2"})
    assert not form.asks(until, {"foreigner": "1", "stay_length": "2"})
    assert not form.is_required(until, {"foreigner": "1", "stay_length": "2"})


def sides(form: FormDefinition) -> Iterator[Mapping[str, str]]:
    """Every answer to every question that decides, with the first answer to all others, and with their last."""
    deciding: dict[str, FieldDefinition] = {f.when.field: form.field(f.when.field) for f in form.fields() if f.when is not None}
    for at in (0, -1):
        rest = {name: field.choices[at].code for name, field in deciding.items()}
        for name, field in deciding.items():
            for choice in field.choices:
                yield {**rest, "foreigner": "2", name: choice.code}


def shown_rows(form: FormDefinition, page: Page, answers: Mapping[str, str]) -> list[int]:
    return [number for number, row in enumerate(page.rows(), 1) if any(form.asks(field, answers) for field in row)]
