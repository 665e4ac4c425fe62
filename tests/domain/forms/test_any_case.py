"""Whatever stands in a form, of whatever person: the rules give findings at its fields, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nhi_center.domain.forms import rules, types
from nhi_center.domain.forms.case import Case, Earlier, Receipt, Severity
from nhi_center.domain.forms.definition import FieldDefinition, FieldType, FormDefinition
from nhi_center.domain.people import Household, Period
from nhi_center.services import forms
from tests.domain.forms.builders import CLOSED, THRESHOLDS, TODAY, VARIANT, person

FORMS = {form.id: form for form in forms.catalogue().on(TODAY)}
NAMES = (VARIANT, "葛\U000e0100城　見本子", "見本　太郎", "𠮷野　見本", "SAMPLE MIHON")
DAYS = st.dates(date(1900, 1, 1), date(2030, 12, 31))
PERIODS = st.lists(
    st.builds(
        lambda start, days, lost: Period(start, "A1", start + timedelta(days) if lost else None, "L2" if lost else ""),
        DAYS,
        st.integers(0, 4000),
        st.booleans(),
    ),
    max_size=3,
).map(tuple)
PEOPLE = st.none() | st.builds(
    person,
    periods=PERIODS,
    birth=DAYS,
    sex=st.sampled_from("123"),
    is_head=st.booleans(),
    arrears=st.booleans(),
    undeclared=st.booleans(),
    income_class=st.sampled_from(("", "ア", "エ", "オ", "B01", "B02", "B05")),
    nationality=st.sampled_from(("", "見本国")),
    name=st.sampled_from(NAMES),
)


def values_of(field: FieldDefinition) -> st.SearchStrategy[str]:
    """What a field of this type can hold, and sometimes nothing or what another program would have left there."""
    if field.type is FieldType.CHOICE:
        kept: st.SearchStrategy[str] = st.sampled_from([choice.code for choice in field.choices])
    elif field.type is FieldType.FLAG:
        kept = st.sampled_from("01")
    elif field.type is FieldType.DATE:
        kept = DAYS.map(date.isoformat)
    elif field.type is FieldType.NAME:
        kept = st.sampled_from(NAMES)
    elif field.type in (FieldType.NUMBER, FieldType.SHEETS, FieldType.CODE, FieldType.POSTAL, FieldType.PHONE):
        kept = st.from_regex(r"[0-9]{0,8}", fullmatch=True)
    else:
        kept = st.sampled_from(("カツラギ　ミホコ", "見本", "ＳＡＭＰＬＥ", "見本の思想"))
    return st.just("") | kept | kept | kept | st.sampled_from(("2026-02-30", "x", "99"))


@st.composite
def cases(draw: st.DrawFn, form: FormDefinition) -> Case:
    values = {field.id: value for field in form.fields() if (value := draw(values_of(field)))}
    who = draw(PEOPLE)
    return Case(
        form=form,
        values=values,
        person=who,
        household=Household.gather(who.household, [who]) if who else None,
        today=TODAY,
        receipt=Receipt("0124-018", draw(DAYS), "1", sheets=draw(st.none() | st.integers(1, 9)), keyer="c1", verifier="c2"),
        closed_days=CLOSED,
        reasons=forms.reasons(),
        earlier=draw(
            st.lists(st.builds(Earlier, st.just("0101-001"), st.sampled_from(list(FORMS)), DAYS), max_size=2).map(tuple)
        ),
        forbidden_words=("思想",),
        thresholds=THRESHOLDS,
        own_sequences=forms.own_sequences(),
    )


@pytest.mark.parametrize("form_id", FORMS)
@settings(max_examples=25)
@given(data=st.data())
def test_findings_at_fields_of_the_form_and_nothing_else(form_id: str, data: st.DataObject) -> None:
    form = FORMS[form_id]
    one = data.draw(cases(form))
    found = rules.check(one)
    for finding in found:
        assert not finding.field or form.has(finding.field), finding.rule
        assert finding.sentence.endswith("。")
        assert not any(name in finding.sentence for name in NAMES)
        if finding.severity is Severity.WARNING:
            assert finding.reasons, finding.rule
            assert rules.unsettled(form, one.values, [finding], {finding.key: finding.reasons[0].code}) == () or rules.own_field(
                form, finding
            )
        else:
            assert rules.unsettled(form, one.values, [finding], {finding.key: "1"}) == (finding,)
    assert rules.check(one) == found


@pytest.mark.parametrize("form_id", FORMS)
@settings(max_examples=25)
@given(data=st.data())
def test_a_required_field_left_empty_is_always_found(form_id: str, data: st.DataObject) -> None:
    form = FORMS[form_id]
    one = data.draw(cases(form))
    missing = {field.id for field in form.fields() if form.is_required(field, one.values) and not one.value(field.id)}
    assert {finding.field for finding in rules.check(one) if finding.rule == "V01"} == missing
    for field in form.fields():
        if field.type is FieldType.DATE and types.read(field, one.value(field.id), TODAY).problem:
            assert field.id in {finding.field for finding in rules.check(one) if finding.rule == "V03"}


@given(data=st.data())
def test_the_lines_of_a_paper_together_find_what_each_finds_alone(data: st.DataObject) -> None:
    """People who are not the same disturb each other in nothing but the one head a paper has."""
    first, second = data.draw(cases(FORMS["F02"])), data.draw(cases(FORMS["F02"]))
    if second.person is not None:
        second = replace(second, person=replace(second.person, atena="00999999"))
    together = {(one.rule, one.sentence) for one in rules.check_lines({1: first, 2: second})}
    alone = {(one.rule, one.sentence) for one in (*rules.check(first), *rules.check(second))}
    assert alone <= together
    assert {rule for rule, _sentence in together - alone} <= {"V13", "V19"}
