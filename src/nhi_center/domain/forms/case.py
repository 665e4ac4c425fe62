"""One form as keyed, with all that the rules ask about, and what a rule says about it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from nhi_center.domain import eligibility
from nhi_center.domain.calendar import ClosedDays
from nhi_center.domain.forms.definition import BEGINS, Choice, FormDefinition
from nhi_center.domain.forms.thresholds import Thresholds
from nhi_center.domain.people import Household, Period, Person


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule found, at the field where it is shown. ``characters``: the clusters V22 wants looked at."""

    rule: str
    severity: Severity
    field: str
    sentence: str
    reasons: tuple[Choice, ...] = ()
    to_ward: bool = False
    characters: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Under this the typed reason is kept: ``V22:name``."""
        return f"{self.rule}:{self.field}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is known of the paper before it is keyed: 管理票, counted sheets (None: not counted yet), who keys, who verifies."""

    number: str
    date: date
    channel: str = ""
    sheets: int | None = None
    keyer: str = ""
    verifier: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier receipt of the same person, for V19."""

    receipt: str
    form: str
    event_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One form as keyed, with what the register says. ``values`` are those of ``types.read``, by field."""

    form: FormDefinition
    values: Mapping[str, str]
    person: Person | None
    household: Household | None
    today: date
    receipt: Receipt
    closed_days: ClosedDays
    reasons: Mapping[str, tuple[Choice, ...]]
    """The typed reasons of reasons.toml: without them a warning could not be answered."""
    earlier: tuple[Earlier, ...] = ()
    forbidden_words: tuple[str, ...] = ()
    """Words of what must not be collected (特記事項 5), for V25."""
    thresholds: Thresholds
    own_sequences: Container[str] = ()
    """The variation sequences of the collection the office prints, for V22."""

    def value(self, field_id: str) -> str:
        return self.values.get(field_id, "")

    def day(self, field_id: str) -> date | None:
        """The date of a field; None while it is empty or does not read (V03 tells)."""
        try:
            return date.fromisoformat(self.value(field_id))
        except ValueError:
            return None

    @property
    def event(self) -> str:
        """事由 code; "" while it is not chosen, or for a form that changes no eligibility."""
        return self.form.event_of(self.values)

    @property
    def fact(self) -> date | None:
        return self.day(self.form.fact)

    @property
    def filed(self) -> date:
        return self.day("filed_on") or self.receipt.date

    @property
    def birth(self) -> date | None:
        return self.day("birth") or (self.person.birth if self.person else None)

    @property
    def same_day_move(self) -> bool:
        return self.form.moves_same_day(self.values)

    @property
    def effective_date(self) -> date | None:
        """取得日 or 喪失日 by the table for the keyed fact; None without a fact, or for a form that changes no eligibility."""
        if self.fact is None or not self.event:
            return None
        if self.form.effect in BEGINS:
            return eligibility.acquisition_date(self.event, self.fact)
        shifts = self.thresholds.shifts
        return eligibility.loss_date(self.event, self.fact, self.same_day_move, shifts=shifts)

    def filing_delay(self, fact: date) -> eligibility.FilingDelay:
        """How late the paper was filed for a fact of that day."""
        known = self.thresholds
        return eligibility.filing_delay(
            fact, self.filed, self.closed_days, days=known.filing_days, limitation_years=known.limitation_years
        )

    @property
    def periods(self) -> tuple[Period, ...]:
        return self.person.periods if self.person else ()

    def error(self, rule: str, field_id: str, sentence: str, *, to_ward: bool = False) -> Finding:
        return Finding(rule, Severity.ERROR, field_id, sentence, to_ward=to_ward)

    def warning(self, rule: str, field_id: str, sentence: str, characters: tuple[str, ...] = ()) -> Finding:
        return Finding(rule, Severity.WARNING, field_id, sentence, self.reasons.get(rule, ()), characters=characters)

    def adopt(self, found: eligibility.Finding | None, field_id: str) -> Iterator[Finding]:
        """A finding of the eligibility table, at a field of this form."""
        if found is not None and found.severity == "E":
            yield self.error(found.rule, field_id, found.message)
        elif found is not None:
            yield self.warning(found.rule, field_id, found.message)
