"""All person lines of one paper together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from nhi_center.domain.forms import rules
from nhi_center.domain.forms.case import Case
from nhi_center.domain.forms.definition import Catalogue
from nhi_center.domain.forms.loader import Parts
from nhi_center.domain.people import Household, Person
from tests.domain.forms.builders import FORMER, OPEN, case, person

HEAD = person(periods=FORMER)
CHILD = person(
    atena="00481728",
    name="見本　次郎",
    kana="ミホン　ジロウ",
    birth=date(2012, 5, 1),
    sex="1",
    is_head=False,
    relation="子",
    periods=FORMER,
)
HOUSEHOLD = Household.gather("00010001", [HEAD, CHILD])


@pytest.fixture
def line(catalogue: Catalogue, parts: Parts) -> Lines:
    return Lines(catalogue, parts)


class Lines:
    def __init__(self, catalogue: Catalogue, parts: Parts) -> None:
        self.catalogue, self.parts = catalogue, parts

    def of(self, who: Person, form_id: str = "F02", **values: str) -> Case:
        own = {"atena": who.atena, "name": who.name, "kana": who.kana, "birth": who.birth.isoformat(), "sex": who.sex}
        return case(
            self.catalogue,
            self.parts,
            form_id,
            who=who,
            more={"household": HOUSEHOLD},
            **{**own, "relation": "1" if who.is_head else "4", **values},
        )

    def loss(self, who: Person, day: str, event: str = "1") -> Case:
        form = self.catalogue.get("F06", date(2026, 11, 24))
        made = self.of(who, "F05")
        return replace(made, form=form, values={**made.values, "event": event, "joined_on": day})


def found(*cases: Case) -> set[tuple[str, str]]:
    findings = rules.check_lines(dict(enumerate(cases, start=1)))
    return {(one.rule, one.field) for one in findings if one.rule in ("V08", "V09", "V13", "V19")}


def test_two_people_of_one_household_stand_on_one_paper(line: Lines) -> None:
    assert found(line.of(HEAD), line.of(CHILD)) == set()


def test_a_paper_has_one_head(line: Lines) -> None:
    other = replace(CHILD, birth=date(1980, 5, 1))
    assert found(line.of(HEAD), line.of(other, relation="1")) >= {("V13", "2.relation")}
    newcomer = replace(line.of(other, relation="1"), person=None, household=None)
    assert ("V13", "2.relation") in found(line.of(HEAD), newcomer)


def test_the_same_person_twice(line: Lines) -> None:
    assert ("V19", "2.name") in found(line.of(HEAD), line.of(HEAD))
    unknown = replace(line.of(CHILD), person=None)
    assert ("V19", "3.name") in found(line.of(HEAD), unknown, unknown)
    assert ("V19", "2.name") not in found(unknown, replace(unknown, values={**unknown.values, "birth": "2014-05-01"}))


def test_a_loss_before_the_return_on_one_paper_leaves_no_overlap(line: Lines) -> None:
    """Alone the acquisition meets the period that is still open in the register; the loss beside it ends that period first."""
    insured = replace(HEAD, periods=OPEN)
    back = line.of(insured, happened_on="2026-11-10")
    assert ("V09", "happened_on") in found(back)
    assert found(line.loss(insured, "2026-04-01"), back) == set()
    assert found(back, line.loss(insured, "2026-04-01")) == set()


def test_a_loss_after_the_return_still_overlaps(line: Lines) -> None:
    insured = replace(HEAD, periods=OPEN)
    both = found(line.of(insured, happened_on="2026-11-10"), line.loss(insured, "2026-11-15"))
    assert ("V09", "happened_on") in both


def test_an_acquisition_and_the_loss_that_follows_it(line: Lines) -> None:
    """Who is not in the register has nothing to lose; with the acquisition on the same paper he has."""
    assert ("V09", "joined_on") in found(line.loss(HEAD, "2026-11-15"))
    assert found(line.of(HEAD, happened_on="2026-11-10"), line.loss(HEAD, "2026-11-15")) == set()
    assert ("V09", "2.joined_on") in found(line.of(HEAD, happened_on="2026-11-10"), line.loss(HEAD, "2026-11-05"))
