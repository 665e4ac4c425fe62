"""A deck of filled application forms: what stands on each paper, and what a practised clerk would type for it.

For practice from paper, for the keystroke benchmark and for tests. Everybody on the papers is of the synthetic register, so
that a search finds them. The same register and seed give the same deck.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from nhi_center.domain.calendar import birthday75, everyday_age
from nhi_center.domain.forms.definition import BEGINS, ENDS, Catalogue, EffectKind, FormDefinition
from nhi_center.domain.people import Household, Person
from nhi_center.synthesis.handwriting import Desk, Written, write

PAPERS = 60
COMMON = {"F02": 14, "F05": 7, "F06": 8, "F01": 5, "F15": 4, "F09": 2, "F14": 2}
"""How many of the deck are of the forms that come most; every form comes once, and what is left is F02."""
_ADULT, _YOUNGEST_RETURN = 20, 30


@dataclass(frozen=True, slots=True)
class Paper:
    """One application as it lies on the desk. ``fields``: in the paper's order, only what is written on it."""

    number: int
    form: str
    person: Person
    fields: Mapping[str, Written] = field(repr=False)

    @property
    def search(self) -> tuple[str, str]:
        """What is typed to find the person: the beginning of the family name's kana, and the birth date."""
        return self.person.kana.partition("\u3000")[0], short(self.person.birth)


def short(day: date) -> str:
    """A date in the shortest form a clerk types: era digit and six digits."""
    return Written.of_day(day).keyed


def deck(
    catalogue: Catalogue, people: Sequence[Person], today: date, *, seed: int = 1, papers: int = PAPERS
) -> tuple[Paper, ...]:
    """``papers`` papers over all forms in use on ``today``. Raises ValueError when the register has nobody for a form."""
    rng = Random(f"nhi-center deck {seed}")
    pools = _Pools(people, today, rng)
    made = []
    for number, form in enumerate(_forms(catalogue, today, papers, rng), 1):
        person = pools.take(form)
        if person is None:
            raise ValueError(f"nobody in the register for a paper {form.id}")
        made.append(pools.paper(number, form, person))
    return tuple(made)


def pile(
    catalogue: Catalogue, people: Sequence[Person], today: date, forms: Iterable[str], used: set[str], rng: Random
) -> tuple[Paper, ...]:
    """A day's delivery: one paper of each of these forms, but for those nobody of ``people`` could file today.

    Households in ``used`` are left alone, and those that file now are added to it.
    """
    pools = _Pools(people, today, rng, used)
    made: list[Paper] = []
    for form in (catalogue.get(form_id, today) for form_id in forms):
        person = pools.take(form)
        if person is not None:
            made.append(pools.paper(len(made) + 1, form, person))
    return tuple(made)


def _forms(catalogue: Catalogue, today: date, papers: int, rng: Random) -> Iterator[FormDefinition]:
    each = [form.id for form in catalogue.on(today)]
    more = [form_id for form_id in each for _ in range(COMMON.get(form_id, 1) - 1)]
    ids = [*each, *more, *["F02"] * max(papers - len(each) - len(more), 0)][:papers]
    rng.shuffle(ids)
    for form_id in ids:
        yield catalogue.get(form_id, today)


def _fill(form: FormDefinition, desk: Desk) -> dict[str, Written]:
    """What the paper says, field by field: conditional fields only while their condition holds."""
    fields: dict[str, Written] = {}
    for definition in form.fields():
        values = {name: written.value for name, written in fields.items()}
        if definition.when is not None and not definition.when.holds(values):
            continue
        written = write(form, definition, desk, values)
        if written is not None:
            fields[definition.id] = written
    return fields


class _Pools:
    """People by how they stand to NHI; each comes once, so that no two papers of a deck disturb each other."""

    def __init__(self, people: Sequence[Person], today: date, rng: Random, used: set[str] | None = None) -> None:
        self._today, self._rng = today, rng
        self.households: dict[str, list[Person]] = {}
        for person in people:
            self.households.setdefault(person.household, []).append(person)
        plain = [person for person in people if self._plain(person)]
        rng.shuffle(plain)
        self._former = [person for person in plain if self._is_former(person)]
        self._insured = [person for person in plain if person.insured_on(today)]
        self._used: set[str] = set() if used is None else used

    def _plain(self, person: Person) -> bool:
        """Nobody with a mark that only the ward may settle, and an adult under 65."""
        if person.birth >= self._today:
            return False  # of a register of later days
        age = everyday_age(person.birth, self._today)
        marks = person.protected or person.arrears or person.undeclared
        return _ADULT <= age < 65 and not marks and birthday75(person.birth) > self._today and not person.nationality

    def _is_former(self, person: Person) -> bool:
        lost = person.periods[-1].lost if person.periods else None
        return lost is not None and (self._today - lost).days > _YOUNGEST_RETURN and person.periods[-1].lost_code in ("L2", "L1")

    def paper(self, number: int, form: FormDefinition, person: Person) -> Paper:
        household = Household.gather(person.household, self.households[person.household])
        return Paper(number, form.id, person, _fill(form, Desk(person, household, self._today, self._rng)))

    def take(self, form: FormDefinition) -> Person | None:
        """Who files this form; None where nobody is left who could."""
        pool: Iterable[Person] = self._former if form.effect in BEGINS else self._insured
        for person in pool:
            if person.household not in self._used and _suits(form, person, self._today):
                self._used.add(person.household)
                return person
        return None


def _suits(form: FormDefinition, person: Person, today: date) -> bool:
    last = person.periods[-1]
    if form.effect in BEGINS:
        return last.lost_code == ("L1" if form.id in ("F01", "F03") else "L2")
    if form.effect in ENDS:
        return last.lost is None and (today - last.acquired).days > _YOUNGEST_RETURN
    if form.id == "F16":
        return person.income_class == "オ"
    if form.effect is EffectKind.CERTIFICATE and form.id == "F15":
        return person.income_class in ("ア", "イ", "ウ", "エ")
    return (today - last.acquired).days > _YOUNGEST_RETURN
