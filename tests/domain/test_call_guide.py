"""必要書類 and 一般の上限額: tables that fit the forms and the calendar, and are refused when they do not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from nhi_center import resources
from nhi_center.domain import call_answers, call_guide
from nhi_center.domain.call_guide import Guide

DOCUMENTS, CEILINGS = (resources.read_toml(f"calls/{name}.toml") for name in ("documents", "ceilings"))
CATEGORIES = {row["code"] for row in resources.read_toml("calls/categories.toml")["categories"]}
FORMS = {path.stem for path in resources.listing("forms", ".toml")}


def guide(documents: dict[str, Any] = DOCUMENTS, ceilings: dict[str, Any] = CEILINGS) -> Guide:
    return call_guide.parse(documents, ceilings, CATEGORIES, FORMS)


def test_every_form_people_bring_papers_for_has_its_situation() -> None:
    named = {form for one in guide().situations for form in one.forms}
    ours = {form for form in FORMS if form.startswith("F")}
    # F17 to F19 are the ward's counter alone, F22 goes to the 保険料係, F23 is a certificate brought back.
    assert ours - named == {"F17", "F18", "F19", "F22", "F23"}


@pytest.mark.parametrize(("typed", "found"), [("ﾀｲｼｮｸ", "01"), ("てんしゅつ 都内", "08"), ("委任状", ""), ("書19", "19")])
def test_a_situation_is_found_by_words_and_number(typed: str, found: str) -> None:
    terms = call_answers.terms_of(typed)
    assert [one.number for one in guide().situations if call_answers.matches(one.key, terms)] == ([found] if found else [])


def test_a_text_names_lists_by_their_number() -> None:
    assert guide().cited("書03 を案内。書01 も。書03、書99、書031") == ("書03", "書01")


@pytest.mark.parametrize(("day", "amount"), [(date(2026, 7, 31), "57,600円"), (date(2026, 8, 1), "61,500円")])
def test_the_ceilings_are_those_of_the_day(day: date, amount: str) -> None:
    table = guide().ceilings_on(day)
    assert table is not None
    assert next(row.month for row in table.rows if row.group == "エ") == amount


def test_no_day_has_two_tables_and_none_is_missing_between() -> None:
    tables = guide().ceilings
    for before, after in pairwise(tables):
        assert before.ends == after.begins - timedelta(1)
    assert guide().ceilings_on(date(2018, 7, 31)) is None


def _twice(documents: dict[str, Any], _ceilings: dict[str, Any]) -> None:
    documents["situations"].append(documents["situations"][0])


def _category(documents: dict[str, Any], _ceilings: dict[str, Any]) -> None:
    documents["situations"][0]["categories"] = ["Q88"]


def _form(documents: dict[str, Any], _ceilings: dict[str, Any]) -> None:
    documents["situations"][0]["forms"] = ["F77"]


def _nothing(documents: dict[str, Any], _ceilings: dict[str, Any]) -> None:
    documents["situations"][0]["bring"] = []


def _overlap(_documents: dict[str, Any], ceilings: dict[str, Any]) -> None:
    ceilings["tables"][0]["until"] = date(2026, 8, 1)


def _empty(_documents: dict[str, Any], ceilings: dict[str, Any]) -> None:
    ceilings["tables"][0]["rows"] = []


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_twice, "given twice"),
        (_category, "names Q88"),
        (_form, "names F77"),
        (_nothing, "situation 01"),
        (_overlap, "begins before"),
        (_empty, "from 2018-08-01"),
    ],
)
def test_a_broken_table_is_refused(spoil: Callable[[dict[str, Any], dict[str, Any]], None], message: str) -> None:
    documents, ceilings = copy.deepcopy(DOCUMENTS), copy.deepcopy(CEILINGS)
    spoil(documents, ceilings)
    with pytest.raises(ValueError, match=message):
        guide(documents, ceilings)
