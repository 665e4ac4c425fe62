"""One envelope (受付) with its person lines (対象者): each person has a form of its own, the head of the paper is shared.

Values of an envelope are one flat mapping. The fields of the shared pages and of line 1 go by their plain names; those of a
further line carry its number: ``2.name``. A number is given once and never again, so a line taken away leaves a gap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nhi_center.domain.forms.case import Earlier
from nhi_center.domain.forms.definition import Condition, FieldDefinition, FormDefinition, Page
from nhi_center.domain.people import Household, Person

FIRST = 1
MOST_LINES = 12
"""A sheet has room for four persons; three sheets in one envelope are the most anybody has seen."""


@dataclass(frozen=True, slots=True)
class Line:
    """One person line: its number on the envelope, its form, the person of the register ("" while none is chosen)."""

    number: int
    form: str
    atena: str = ""
    fact_date: str = ""
    """The day of the fact as keyed (ISO), for the search of duplicates."""


@dataclass(frozen=True, slots=True)
class OpenLine:
    """One person line with all that the rules may ask about. ``hidden``: 支援措置."""

    line: Line
    form: FormDefinition
    person: Person | None = None
    household: Household | None = None
    hidden: bool = False
    earlier: tuple[Earlier, ...] = ()


def key(number: int, field_id: str) -> str:
    """The name under which a line's field is kept and shown."""
    return field_id if number == FIRST or not field_id else f"{number}.{field_id}"


def split(name: str) -> tuple[int, str]:
    """Line and plain field of a name; shared fields count as line 1."""
    number, dot, field_id = name.partition(".")
    return (int(number), field_id) if dot and number.isdecimal() else (FIRST, name)


def compose(forms: Sequence[tuple[int, FormDefinition]]) -> FormDefinition:
    """The form of a whole envelope: the shared pages of the first line's form, then the person page of every line.

    Everything else (title, notes, deadline) is the first line's. With one line it is that line's form unchanged.
    """
    first = forms[0][1]
    if len(forms) == 1:
        return first
    shared = tuple(page for page in first.pages if not page.line)
    lines = (
        replace(_page_of(number, form, page), title=f"{page.title}({place}人目)")
        for place, (number, form) in enumerate(forms, 1)
        for page in form.pages
        if page.line
    )
    return replace(first, pages=(*shared, *lines))


def _page_of(number: int, form: FormDefinition, page: Page) -> Page:
    if number == FIRST:
        return page
    own = {field.id for other in form.pages if other.line for field in other.fields}
    fields = tuple(_field_of(number, field, own) for field in page.fields)
    return replace(page, id=key(number, page.id), fields=fields)


def _field_of(number: int, field: FieldDefinition, own: set[str]) -> FieldDefinition:
    def named(field_id: str) -> str:
        return key(number, field_id) if field_id in own else field_id

    when = Condition(named(field.when.field), field.when.values) if field.when else None
    return replace(field, id=named(field.id), when=when, fills=named(field.fills), reading=named(field.reading))


def values_of(number: int, form: FormDefinition, values: Mapping[str, str]) -> dict[str, str]:
    """What one line's form sees, by plain names: the shared fields and its own."""
    seen = {}
    for page in form.pages:
        for field in page.fields:
            name = key(number, field.id) if page.line else field.id
            if name in values:
                seen[field.id] = values[name]
    return seen


def name_of(number: int, form: FormDefinition, field_id: str) -> str:
    """The envelope's name for a field of one line's form: shared fields keep theirs."""
    shared = any(field.id == field_id for page in form.pages if not page.line for field in page.fields)
    return field_id if shared else key(number, field_id)


def may_join(first: FormDefinition, other: FormDefinition) -> bool:
    """Whether ``other`` may be a further line beside ``first``: both stand on one sheet, or both are the same form."""
    return first.id == other.id or (bool(first.sheet) and first.sheet == other.sheet)


def next_number(lines: Sequence[Line]) -> int:
    """The number of the next line to be added."""
    return max((line.number for line in lines), default=0) + 1
