"""精度と速さ: what keying took and what was keyed wrong. By form and field for the company's people; by person only for himself
and the 取扱責任者; never for the ward, which directs no clerk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nhi_center.domain import keying as rules
from nhi_center.domain.forms.definition import FormDefinition
from nhi_center.domain.keying import Keying, Mode
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.verification import FieldStatistics
from nhi_center.services import forms
from nhi_center.services.office import Office
from nhi_center.services.work import reading
from nhi_center.storage import keying as storage
from nhi_center.storage import verification as verified


@dataclass(frozen=True, slots=True)
class Line:
    """One form or one person. ``keyed``: his entries and corrections; ``checked``: second keyings of what he keyed;
    ``checking``: second keyings he did himself. A form has the last two alike."""

    title: str
    keyed: Keying | None
    checked: Keying | None
    checking: Keying | None


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One field of one form, the one with most wrong first keyings first."""

    form_title: str
    label: str
    counts: FieldStatistics


@dataclass(frozen=True, slots=True)
class Sitting:
    """One person in one mode under one sign-in: CSPro's thirteen values."""

    person_name: str
    keying: Keying


@dataclass(frozen=True, slots=True)
class Statistics:
    """A month (YYYY-MM) of this terminal. ``people`` and ``sittings`` are of one person, or of all for the 取扱責任者."""

    month: str
    months: tuple[str, ...]
    forms: tuple[Line, ...]
    fields: tuple[FieldLine, ...]
    people: tuple[Line, ...]
    sittings: tuple[Sitting, ...]
    everybody: bool


def of_month(office: Office, session: Session, month: str = "") -> Statistics:
    """The figures of ``month``; of the running one without."""
    with reading(office, session, Action.VERIFY) as connection:
        day = office.clock.today()
        month = month or f"{day:%Y-%m}"
        lines = storage.of_month(connection, month)
        counts = verified.statistics(connection, month)
        months = storage.months(connection)
    everybody = session.may(Action.SET_RATE)
    names = {account.person: account.name for account in office.premises.accounts.everybody()}
    known = {form.id: form for form in forms.catalogue().on(day)}
    people = sorted({line.person for line in lines} if everybody else {session.person})
    return Statistics(
        month=month,
        months=tuple(sorted({*months, f"{day:%Y-%m}"}, reverse=True)),
        forms=tuple(_of_form(known, form, lines) for form in sorted({line.form for line in lines})),
        fields=_fields(known, counts),
        people=tuple(_of_person(names.get(person, person), person, lines) for person in people),
        sittings=tuple(
            Sitting(names.get(line.person, line.person), line)
            for line in _sittings(lines)
            if everybody or line.person == session.person
        ),
        everybody=everybody,
    )


def _sum(lines: Iterable[Keying]) -> Keying | None:
    return rules.summed(lines, lambda _line: 0).get(0)


def _of_form(known: dict[str, FormDefinition], form: str, lines: tuple[Keying, ...]) -> Line:
    own = [line for line in lines if line.form == form]
    second = _sum(line for line in own if line.mode is Mode.VERIFICATION)
    title = f"{form} {known[form].title}" if form in known else form
    return Line(title, _sum(line for line in own if line.mode is not Mode.VERIFICATION), second, second)


def _of_person(name: str, person: str, lines: tuple[Keying, ...]) -> Line:
    second = [line for line in lines if line.mode is Mode.VERIFICATION]
    return Line(
        name,
        _sum(line for line in lines if line.person == person and line.mode is not Mode.VERIFICATION),
        _sum(line for line in second if line.keyer == person),
        _sum(line for line in second if line.person == person),
    )


def _sittings(lines: tuple[Keying, ...]) -> tuple[Keying, ...]:
    """Sums of one person, mode and sign-in, the latest first."""
    sums = rules.summed(lines, lambda line: (line.session, line.person, line.mode)).values()
    return tuple(sorted(sums, key=lambda line: (line.started_at, line.person, line.mode), reverse=True))


def _fields(known: dict[str, FormDefinition], counts: tuple[FieldStatistics, ...]) -> tuple[FieldLine, ...]:
    lines = []
    for one in counts:
        form = known.get(one.form)
        label = next((field.label for field in form.fields() if field.id == one.field), one.field) if form else one.field
        lines.append(FieldLine(f"{one.form} {form.title}" if form else one.form, label, one))
    return tuple(sorted(lines, key=lambda line: (-line.counts.keyer_wrong, -line.counts.mismatched, line.counts.form)))
