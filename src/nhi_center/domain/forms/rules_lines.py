"""What only shows when all person lines of a paper are seen together: one person twice, two heads, a loss before a return."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from nhi_center.domain.forms.case import Case, Finding
from nhi_center.domain.forms.definition import BEGINS, EffectKind
from nhi_center.domain.people import Period

Cases = Mapping[int, Case]
_ENDS = frozenset({EffectKind.LOSE, EffectKind.APPLY_END})
HEAD = "世帯主"


def in_turn(cases: Cases) -> dict[int, Case]:
    """Each line with its person's periods as they stand once what the same person's other lines say of earlier days is done.

    Who leaves the company's cover and lost NHI before it on one paper has no open period any more when he acquires again.
    """
    turned = dict(cases)
    for numbers in _of_one_person(cases):
        steps = sorted((number for number in numbers if cases[number].effective_date), key=lambda one: _turn(cases[one]))
        periods = cases[numbers[0]].periods
        for number in steps:
            case = cases[number]
            if case.person is not None:
                turned[number] = replace(case, person=replace(case.person, periods=periods))
            periods = _after(case, periods)
    return turned


def _of_one_person(cases: Cases) -> list[list[int]]:
    """The numbers of the lines of each person of the register who stands on more than one."""
    by_person: dict[str, list[int]] = {}
    for number, case in cases.items():
        if case.person is not None:
            by_person.setdefault(case.person.atena, []).append(number)
    return [numbers for numbers in by_person.values() if len(numbers) > 1]


def _turn(case: Case) -> tuple[date, bool]:
    """By day; on one day who is insured loses first, who is not acquires first."""
    day = case.effective_date
    assert day is not None
    insured = any(period.lost is None for period in case.periods)
    ends = case.form.effect in _ENDS
    return day, (not ends if insured else ends)


def _after(case: Case, periods: tuple[Period, ...]) -> tuple[Period, ...]:
    day = case.effective_date
    if day is None:
        return periods
    if case.form.effect in BEGINS:
        return (*periods, Period(day, case.event))
    if case.form.effect in _ENDS and periods and periods[-1].lost is None and periods[-1].acquired <= day:
        return (*periods[:-1], replace(periods[-1], lost=day, lost_code=case.event))
    return periods


def twice(cases: Cases) -> Iterator[tuple[int, Finding]]:
    """V19: the same person stands on the paper twice with the same form and reason."""
    seen: dict[tuple[str, ...], int] = {}
    for number, case in sorted(cases.items()):
        who = _who(case)
        if who is None:
            continue
        first = seen.setdefault((*who, case.form.id, case.event), number)
        if first != number:
            sentence = "同じ人の同じ届出が、この紙に二つあります。一方を Alt+D で外してください。"
            yield number, case.error("V19", "name", sentence)


def _who(case: Case) -> tuple[str, ...] | None:
    if case.person is not None:
        return (case.person.atena,)
    name, birth = case.value("name"), case.value("birth")
    return (name, birth) if name and birth else None


def two_heads(cases: Cases) -> Iterator[tuple[int, Finding]]:
    """V13: one paper is of one household, which has one head."""
    heads = {number: case for number, case in sorted(cases.items()) if _relation(case) == HEAD}
    people = {_who(case) or (str(number),) for number, case in heads.items()}
    if len(people) > 1:
        for number, case in list(heads.items())[1:]:
            yield number, case.error("V13", "relation", "この紙には世帯主が二人います。続柄を紙と照らしてください。")


def _relation(case: Case) -> str:
    chosen = case.form.field("relation").choice(case.value("relation")) if case.form.has("relation") else None
    return chosen.label if chosen else ""
