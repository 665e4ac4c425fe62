"""入力: the person lines (対象者) of an open envelope: one more, one less, another form for one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from nhi_center.domain.entry import Application, Draft
from nhi_center.domain.forms import envelope
from nhi_center.domain.forms.definition import FormDefinition
from nhi_center.domain.forms.envelope import FIRST, Line
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.services import entry, forms
from nhi_center.services.entry import OpenEntry
from nhi_center.services.office import Office
from nhi_center.services.work import begin
from nhi_center.storage import entry as storage
from nhi_center.storage.engine import Connection


def joining(opened: OpenEntry) -> tuple[FormDefinition, ...]:
    """The forms a person line of this paper may have, the paper's own first. Touches no store."""
    first = opened.lines[0].form
    day = date.fromisoformat(opened.application.form_day)
    others = (form for form in forms.catalogue().on(day) if form.id != first.id and envelope.may_join(first, form))
    return (first, *others)


def add_line(office: Office, session: Session, application_id: str, form_id: str, draft: Draft) -> OpenEntry:
    """One more person. What the form marks as usually the same is taken over from the line before, to be confirmed.

    Raises OperatorError when the form does not stand on this paper or the envelope is full.
    """
    with begin(office, session, Action.ENTER, subject=application_id, step="line_added", form=form_id) as unit:
        application = entry.require_open(unit, application_id)
        _require_joining(application, form_id)
        if len(application.lines) >= envelope.MOST_LINES:
            raise OperatorError(f"1件の対象者は{envelope.MOST_LINES}人までです。残りは別の管理票にします。", code="envelope-full")
        made = Line(envelope.next_number(application.lines), form_id)
        storage.put_line(unit.connection, application_id, made)
        carried = _carried(application, made, draft.values)
        kept = replace(draft, values={**draft.values, **carried}, carried={**draft.carried, **dict.fromkeys(carried, False)})
        _keep(unit.connection, application, session, kept, unit.stamp)
        return entry.read_entry(unit.connection, application_id, unit.today)


def remove_line(office: Office, session: Session, application_id: str, number: int, draft: Draft) -> OpenEntry:
    """One person less; what was keyed for him goes with him. The first line stays: it is the paper's own."""
    with begin(office, session, Action.ENTER, subject=application_id, step="line_removed", line=number) as unit:
        application = entry.require_open(unit, application_id)
        if number == FIRST:
            raise OperatorError("初めの人は外せません。別の人のときは「台帳で探す」で選び直してください。", code="first-line")
        storage.remove_line(unit.connection, application_id, number)
        _keep(unit.connection, application, session, without_line(draft, number), unit.stamp)
        return entry.read_entry(unit.connection, application_id, unit.today)


def change_form(office: Office, session: Session, application_id: str, number: int, form_id: str, draft: Draft) -> OpenEntry:
    """Another form for one person; what both forms ask is kept, the rest goes."""
    with begin(office, session, Action.ENTER, subject=application_id, step="line_form", line=number, form=form_id) as unit:
        application = entry.require_open(unit, application_id)
        _require_joining(application, form_id)
        line = next((one for one in application.lines if one.number == number), None)
        if line is None:
            raise OperatorError("この人はもう外されています。", code="no-line")
        storage.put_line(unit.connection, application_id, replace(line, form=form_id, fact_date=""))
        opened = entry.read_entry(unit.connection, application_id, unit.today)
        asked = {field.id for field in opened.form.fields()}
        _keep(unit.connection, application, session, only(draft, asked), unit.stamp)
        return entry.read_entry(unit.connection, application_id, unit.today)


def without_line(draft: Draft, number: int) -> Draft:
    """The draft without one line's values. No other line's change."""
    names = {name for part in (draft.values, draft.typed) for name in part if envelope.split(name)[0] != number}
    return only(draft, names)


def only(draft: Draft, names: set[str]) -> Draft:
    """The draft with these fields alone; reasons belong to the field after their rule (``V22:2.name``)."""
    return replace(
        draft,
        values={name: value for name, value in draft.values.items() if name in names},
        typed={name: text for name, text in draft.typed.items() if name in names},
        reasons={key: code for key, code in draft.reasons.items() if key.partition(":")[2] in names},
        carried={name: seen for name, seen in draft.carried.items() if name in names},
    )


def _require_joining(application: Application, form_id: str) -> None:
    first = forms.form(application.form, application.form_day)
    try:
        other = forms.form(form_id, application.form_day)
    except KeyError:
        other = None
    if other is None or not envelope.may_join(first, other):
        raise OperatorError("この様式は、この紙では扱えません。番号を確かめてください。", field="form", code="other-sheet")


def _carried(application: Application, made: Line, values: Mapping[str, str]) -> dict[str, str]:
    before = application.lines[-1]
    known = envelope.values_of(before.number, forms.form(before.form, application.form_day), values)
    form = forms.form(made.form, application.form_day)
    own = (field for page in form.pages if page.line for field in page.fields)
    return {envelope.key(made.number, field.id): known[field.id] for field in own if field.carry and known.get(field.id)}


def _keep(connection: Connection, application: Application, session: Session, draft: Draft, at: str) -> None:
    storage.save_draft(connection, application.id, session.id, draft, application.fact_date, at)
