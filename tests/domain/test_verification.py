from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from nhi_center import resources
from nhi_center.domain import verification as v
from nhi_center.domain.forms import loader
from nhi_center.domain.forms.definition import FormDefinition
from nhi_center.errors import OperatorError


@pytest.fixture(scope="module")
def form() -> FormDefinition:
    parts = loader.parse_parts(
        resources.read_toml("items.toml"), resources.read_toml("forms/reasons.toml"), resources.read_toml("forms/header.toml")
    )
    return loader.parse(resources.read_toml("forms/F02.toml"), parts, file="F02.toml")


FIRST = {
    "filed_on": "2026-11-24",
    "name": "葛\U000e0102城　見本子",
    "kana": "カツラギ　ミホコ",
    "birth": "1970-03-12",
    "sex": "2",
    "event": "1",
    "happened_on": "2026-11-01",
    "household_insured": "1",
}


def changed(**values: str) -> dict[str, str]:
    return {**FIRST, **values}


def test_same_values_agree(form: FormDefinition) -> None:
    assert v.compare(form, FIRST, dict(FIRST)) == ()


def test_a_variation_selector_is_a_difference(form: FormDefinition) -> None:
    (mismatch,) = v.compare(form, FIRST, changed(name="葛城　見本子"))
    assert (mismatch.field, mismatch.critical) == ("name", True)


def test_fields_keyed_once_are_not_compared(form: FormDefinition) -> None:
    assert v.compare(form, changed(previous_insurer="見本組合"), changed(previous_insurer="別の組合")) == ()


def test_an_overlooked_optional_entry_is_a_difference(form: FormDefinition) -> None:
    (mismatch,) = v.compare(form, FIRST, changed(acquired_on="2026-11-01"))
    assert mismatch.field == "acquired_on"


def test_a_conditional_field_is_asked_only_while_its_condition_holds(form: FormDefinition) -> None:
    assert "symbol" not in {field.id for field in v.fields_to_verify(form, FIRST)}
    assert "symbol" in {field.id for field in v.fields_to_verify(form, changed(household_insured="2"))}


def mismatch_of(form: FormDefinition, **second: str) -> v.Mismatch:
    (mismatch,) = v.compare(form, FIRST, changed(**second))
    return mismatch


PEOPLE: dict[str, Any] = {"keyers": ("c1",), "verifier": "c2"}


def test_the_verifier_settles_an_ordinary_field(form: FormDefinition) -> None:
    settlement = v.settle(mismatch_of(form, kana="カツラギ　ミホ"), v.Verdict.KEYER, decided_by="c2", **PEOPLE)
    assert settlement.value == FIRST["kana"]


@pytest.mark.parametrize("decided_by", ["c1", "c2"])
def test_a_critical_field_needs_a_third_person(form: FormDefinition, decided_by: str) -> None:
    mismatch = mismatch_of(form, birth="1970-03-21")
    with pytest.raises(OperatorError):
        v.settle(mismatch, v.Verdict.VERIFIER, decided_by=decided_by, **PEOPLE)
    assert v.settle(mismatch, v.Verdict.VERIFIER, decided_by="s1", **PEOPLE).value == "1970-03-21"


def test_a_third_value_needs_a_third_person_and_must_be_new(form: FormDefinition) -> None:
    mismatch = mismatch_of(form, sex="1")
    with pytest.raises(OperatorError):
        v.settle(mismatch, v.Verdict.THIRD, decided_by="c2", third_value="", **PEOPLE)
    with pytest.raises(OperatorError):
        v.settle(mismatch, v.Verdict.THIRD, decided_by="s1", third_value="1", **PEOPLE)
    assert v.settle(mismatch, v.Verdict.THIRD, decided_by="s1", third_value="", **PEOPLE).value == ""


def test_keyer_and_verifier_must_differ(form: FormDefinition) -> None:
    with pytest.raises(OperatorError):
        v.settle(mismatch_of(form, sex="1"), v.Verdict.KEYER, decided_by="s1", keyers=("c1",), verifier="c1")


def test_everybody_who_had_the_draft_is_a_keyer(form: FormDefinition) -> None:
    mismatch = mismatch_of(form, birth="1970-03-21")
    with pytest.raises(OperatorError):
        v.settle(mismatch, v.Verdict.KEYER, decided_by="s1", keyers=("c1", "s1"), verifier="c2")


@pytest.mark.parametrize(
    ("first", "second", "places"),
    [
        ("葛\U000e0102城　見本子", "葛城　見本子", (1,)),
        ("カツラギ　ミホコ", "カツラキ　ミボコ", (4, 7)),
        ("0012", "012", ()),
        ("同じ", "同じ", ()),
    ],
)
def test_differing_characters_are_counted_by_cluster(first: str, second: str, places: tuple[int, ...]) -> None:
    assert v.differing_characters(first, second) == places


def test_the_statement_changes_with_anything_shown(form: FormDefinition) -> None:
    mismatch = mismatch_of(form, birth="1970-03-21")
    shown = [
        v.settlement_statement("a", "1124-001", "F02", mismatch, v.Decision("birth", verdict, reason, third))
        for verdict, reason, third in (
            (v.Verdict.KEYER, "1", ""),
            (v.Verdict.KEYER, "2", ""),
            (v.Verdict.VERIFIER, "1", ""),
            (v.Verdict.THIRD, "1", "1970-03-13"),
        )
    ]
    assert [one["value"] for one in shown] == ["1970-03-12", "1970-03-12", "1970-03-21", "1970-03-13"]
    assert len({str(one) for one in shown}) == 4


def test_all_mismatches_must_be_settled_once(form: FormDefinition) -> None:
    mismatches = v.compare(form, FIRST, changed(sex="1", birth="1970-03-21"))
    birth, sex = (
        v.settle(mismatch, v.Verdict.VERIFIER, decided_by="s1", **PEOPLE)
        for mismatch in sorted(mismatches, key=lambda mismatch: mismatch.field)
    )
    with pytest.raises(OperatorError):
        v.settled_values(FIRST, mismatches, [sex])
    with pytest.raises(OperatorError):
        v.settled_values(FIRST, mismatches, [sex, sex, birth])
    assert v.settled_values(FIRST, mismatches, [sex, birth]) == changed(sex="1", birth="1970-03-21")


def test_statistics_count_who_was_wrong(form: FormDefinition) -> None:
    entries: list[v.FieldStatistics] = []
    for verdict in (v.Verdict.KEYER, v.Verdict.VERIFIER, v.Verdict.THIRD):
        mismatches = v.compare(form, FIRST, changed(birth="1970-03-21"))
        settlement = v.settle(mismatches[0], verdict, decided_by="s1", third_value="1970-03-13", **PEOPLE)
        entries += v.statistics(form, FIRST, mismatches, [settlement])
    first, *rest = v.total(entries)
    assert first == v.FieldStatistics("F02", "birth", verified=3, mismatched=3, keyer_wrong=2, verifier_wrong=2)
    assert round(first.keyer_errors_per_thousand) == 667
    assert {entry.mismatched for entry in rest} == {0}
    assert {entry.verified for entry in rest} == {3}


def test_the_form_is_the_one_in_use(form: FormDefinition) -> None:
    assert form.in_use(date(2026, 11, 24))
    assert not form.in_use(date(2024, 12, 1))
