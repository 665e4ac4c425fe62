"""入力: opening a slip, keeping the draft at every field, finishing. Questions to the ward are in services.holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from nhi_center.domain.corrections import without_effect
from nhi_center.domain.custody import Slip
from nhi_center.domain.entry import Application, Draft, State, check_transition
from nhi_center.domain.forms import envelope, rules, summary, types
from nhi_center.domain.forms.case import Case, Earlier, Finding, Receipt, Severity
from nhi_center.domain.forms.definition import FormDefinition
from nhi_center.domain.forms.envelope import Line, OpenLine
from nhi_center.domain.holds import Hold
from nhi_center.domain.keying import Mode, opening
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.people import Household, Person
from nhi_center.domain.purpose import Purpose, PurposeKind
from nhi_center.domain.sampling import NOT_DRAWN
from nhi_center.errors import OperatorError
from nhi_center.services import custody, forms, register, sampling, sent_back
from nhi_center.services.office import Office
from nhi_center.services.roster_gate import may_begin
from nhi_center.services.work import Unit, begin, require
from nhi_center.storage import corrections, holds, keying
from nhi_center.storage import entry as storage
from nhi_center.storage import register as people
from nhi_center.storage.engine import Connection

INDIVIDUAL_NUMBER = "個人番号とみられる12桁の数字は入力できません。消してからもう一度保存してください。"

DONE_ALREADY = "この届出の入力はもう終えています(今「{}」)。二重には記録されません。一覧を更新してください。"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEntry:
    """An application as it lies open before the clerk, with all the rules may ask about."""

    application: Application
    slip: Slip
    form: FormDefinition
    today: date
    channel: str = ""
    person: Person | None = None
    household: Household | None = None
    hidden: bool = False
    earlier: tuple[Earlier, ...] = ()
    holds: tuple[Hold, ...] = ()
    sent_back: str = ""
    """Why a draft came back from 照合 or 区の審査 (差戻し), or what it corrects (訂正); "" for any other."""
    corrects: str = ""
    """The 管理票 of the application this one corrects."""
    drawn: bool = True
    """Whether it was keyed twice; False at the review for one the draw had passed by (抽出外)."""
    first_form: FormDefinition | None = None
    """Line 1's own form where there are further lines; ``form`` is the whole envelope's then."""
    further: tuple[OpenLine, ...] = ()

    @property
    def lines(self) -> tuple[OpenLine, ...]:
        """All person lines by number; ``person`` and ``household`` above are those of the first."""
        own = self.first_form or self.form
        first = OpenLine(self.application.lines[0], own, self.person, self.household, self.hidden, self.earlier)
        return (first, *self.further)

    def line(self, number: int) -> OpenLine:
        """The line of this number; the first where there is none (it was taken away)."""
        return next((one for one in self.lines if one.line.number == number), self.lines[0])

    @property
    def receipt(self) -> Receipt:
        application = self.application
        day = date.fromisoformat(self.slip.day)
        return Receipt(self.slip.number, day, self.channel, self.slip.sheets or None, application.keyer)


def with_slip(entry: OpenEntry, slip: Slip) -> OpenEntry:
    """The same entry after its sheets were counted."""
    return replace(entry, slip=slip)


def form_title(form_id: str, day: str) -> str:
    return forms.form(form_id, day).title


# -- opening --


def open_slip(office: Office, session: Session, slip_id: str) -> OpenEntry:
    """Open one slip for keying. The application is made at the first opening.

    Raises OperatorError when it is open already, is somebody else's draft, or is past keying; and, where it is new to this
    person, when the roster lets him begin nothing.
    """
    with begin(office, session, Action.ENTER, step="open") as unit:
        slip = custody.find_slip(unit.connection, slip_id)
        application = storage.find_by_slip(unit.connection, slip_id)
        if application is None:
            application = found(unit.connection, storage.add(unit.connection, slip_id, slip.kind, slip.day))
        unit.subject = application.id
        require_free(unit, application)
        if application.state is State.RECEIVED or application.keyer != unit.person:
            may_begin(unit)
            _keyer_changes(unit, application)
        storage.claim(unit.connection, application.id, unit.person, session.id, unit.stamp)
        unit.about(application.atena)
        opened = read_entry(unit.connection, application.id, unit.today)
        mode = Mode.CORRECTION if opened.corrects or opened.sent_back else Mode.ENTRY
        keying.start(unit.connection, opening(mode, session, unit.person, application.form, unit.stamp), application.id)
        return opened


def require_free(unit: Unit, application: Application) -> None:
    """Raise OperatorError when it is past keying, open, or somebody else's draft."""
    if application.state not in (State.RECEIVED, State.DRAFTING):
        raise OperatorError(
            f"この届出は今「{application.state.label}」です。一覧を更新して確かめてください。", code="not-this-step"
        )
    if application.session == unit.session.id:
        raise OperatorError("この届出はもう開いています。開いている画面で続けてください。", code="already-open")
    if application.keyer and application.keyer != unit.person and not unit.session.may(Action.ADJUDICATE):
        raise OperatorError(
            "ほかの人の下書きです。引き継ぐときは取扱責任者に開いてもらってください。", code="someone-elses-draft"
        )


def _keyer_changes(unit: Unit, application: Application) -> None:
    """The first opening, or a supervisor taking a draft over: kept as a step, because no keyer may verify."""
    if application.state is State.RECEIVED:
        check_transition(application.state, State.DRAFTING)
    storage.move(unit.connection, application, State.DRAFTING, unit.stamp, unit.person, "opened")


def read_entry(connection: Connection, application_id: str, today: date) -> OpenEntry:
    """One application with all the rules may ask about; also for 照合 and 区の審査, inside their own act."""
    application = found(connection, application_id)
    opened = OpenEntry(
        application=application,
        slip=custody.find_slip(connection, application.slip),
        form=forms.form(application.form, application.form_day),
        today=today,
        earlier=storage.earlier(connection, application.atena, application.id),
        holds=holds.of_application(connection, application.id),
        sent_back=sent_back.why(connection, application),
        drawn=application.state is not State.VERIFIED or storage.was_drawn(connection, application_id),
    )
    link = corrections.of_correction(connection, application.id)
    if link is not None:
        opened = replace(opened, corrects=link.original_number)
    first, *further = (_read_line(connection, application, line) for line in application.lines)
    opened = replace(opened, person=first.person, household=first.household, hidden=first.hidden)
    if not further:
        return opened
    whole = envelope.compose([(one.line.number, one.form) for one in (first, *further)])
    return replace(opened, form=whole, first_form=first.form, further=tuple(further))


def _read_line(connection: Connection, application: Application, line: Line) -> OpenLine:
    opened = OpenLine(
        line,
        forms.form(line.form, application.form_day),
        earlier=storage.earlier(connection, line.atena, application.id),
    )
    person = people.find(connection, line.atena) if line.atena else None
    if person is None:
        return opened
    person = as_judged(connection, application.id, person)
    members = people.household(connection, person.household)
    members = tuple(register.veiled(person if member.atena == person.atena else member) for member in members)
    household = Household.gather(person.household, members)
    return replace(opened, person=register.veiled(person), household=household, hidden=person.protected)


def find_people(office: Office, session: Session, typed: str) -> tuple[Person, ...]:
    """People for one search line while keying: the first of them."""
    return register.search(office, session, typed).people


def choose_person(office: Office, session: Session, application_id: str, atena: str, number: int = envelope.FIRST) -> OpenEntry:
    """The person line is this person's. The opening of the person is kept with its purpose."""
    register.open_person(office, session, atena, Purpose(PurposeKind.ENTRY, application_id))
    with begin(office, session, Action.ENTER, subject=application_id, step="person", person=atena) as unit:
        application = require_open(unit, application_id)
        line = next((one for one in application.lines if one.number == number), application.lines[0])
        storage.put_line(unit.connection, application_id, replace(line, atena=atena))
        return read_entry(unit.connection, application_id, unit.today)


# -- drafts --


def save_draft(office: Office, session: Session, application_id: str, draft: Draft) -> str:
    """Keep what stands in the form; gives the time it was kept. Small and durable: called whenever a field is left."""
    require(office, session, Action.ENTER)
    with begin(office, session, Action.ENTER, subject=application_id, step="draft", page=draft.page) as unit:
        application = require_open(unit, application_id)
        form = form_of(application)
        _refuse_individual_number(form, draft)
        storage.save_draft(unit.connection, application_id, session.id, draft, draft.values.get(form.fact, ""), unit.stamp)
        keep_facts(unit.connection, application, draft.values)
        keying.put_tally(unit.connection, session.id, application_id, draft.tally, unit.stamp)
        return unit.stamp


def form_of(application: Application) -> FormDefinition:
    """The form of the whole envelope, all its person lines in it."""
    return envelope.compose([(line.number, forms.form(line.form, application.form_day)) for line in application.lines])


def keep_facts(connection: Connection, application: Application, values: Mapping[str, str]) -> None:
    """The day of the fact of every further line, as keyed (line 1's goes with the draft)."""
    for line in application.further:
        form = forms.form(line.form, application.form_day)
        fact = values.get(envelope.name_of(line.number, form, form.fact), "")
        if fact != line.fact_date:
            storage.put_line(connection, application.id, replace(line, fact_date=fact))


def _refuse_individual_number(definition: FormDefinition, draft: Draft) -> None:
    for texts in (draft.values, draft.typed):
        if name := types.carries_individual_number(definition, texts):
            raise OperatorError(INDIVIDUAL_NUMBER, field=name, code="individual-number")


def require_open(unit: Unit, application_id: str) -> Application:
    """The application, when this sign-in has its draft open. Raises OperatorError."""
    application = found(unit.connection, application_id)
    if application.state in (State.ENTERED, State.VERIFIED, State.REVIEWED, State.DONE):
        raise OperatorError(DONE_ALREADY.format(application.state.label), code="done-already")
    if application.state is not State.DRAFTING or application.session != unit.session.id:
        raise OperatorError(
            "この下書きは別の画面で開かれました。一覧からもう一度開いてください。前の欄までは保存されています。",
            code="not-open-here",
        )
    return application


def put_aside(office: Office, session: Session, application_id: str, draft: Draft) -> None:
    """F3 あとで: the draft stays, somebody may open it again."""
    save_draft(office, session, application_id, draft)
    with begin(office, session, Action.ENTER, subject=application_id, step="aside") as unit:
        storage.release(unit.connection, application_id)


def count_sheets(office: Office, session: Session, application_id: str, sheets: int) -> Slip:
    """The sheets of this application, form and attachments together, leave the tray. Again, to correct the number."""
    with begin(office, session, Action.ENTER, subject=application_id, step="sheets", sheets=sheets) as unit:
        application = require_open(unit, application_id)
        return custody.take_slip(unit, application.slip, sheets)


# -- judging and finishing --


def case_of(entry: OpenEntry, values: Mapping[str, str], line: OpenLine) -> Case:
    """One person line as the rules see it, with the ``values`` of the envelope as read so far."""
    own = envelope.values_of(line.line.number, line.form, values)
    if line.line.number != envelope.FIRST and line.form.has("atena"):
        own["atena"] = line.line.atena  # the one on the paper is the first person's
    return Case(
        form=line.form,
        values=own,
        person=line.person,
        household=line.household,
        today=entry.today,
        receipt=entry.receipt,
        closed_days=forms.closed_days(),
        reasons=forms.reasons(),
        earlier=line.earlier,
        forbidden_words=forms.forbidden_words(),
        thresholds=forms.thresholds().on(entry.receipt.date),
        own_sequences=forms.own_sequences(),
    )


def evaluate(entry: OpenEntry, values: Mapping[str, str]) -> tuple[Finding, ...]:
    """All findings of the rules over all person lines, by the envelope's names. Touches no store."""
    return rules.check_lines({line.line.number: case_of(entry, values, line) for line in entry.lines})


def effects(entry: OpenEntry, values: Mapping[str, str]) -> tuple[tuple[OpenLine, summary.Summary], ...]:
    """What each person line will change."""
    return tuple(
        (line, summary.effects(line.form, envelope.values_of(line.line.number, line.form, values), line.person, entry.today))
        for line in entry.lines
    )


def told_lines(entry: OpenEntry, values: Mapping[str, str]) -> list[dict[str, object]]:
    """For the segment: each person line and what it will change."""
    return [
        {
            "number": line.line.number,
            "form": line.form.id,
            "atena": line.line.atena,
            "effect": summary.effect_to_json(one.effect) if one.effect else None,
        }
        for line, one in effects(entry, values)
    ]


def finish(office: Office, session: Session, application_id: str, draft: Draft) -> Application:
    """入力済: judged once more against the store, then on to 照合, or past it when the draw has not fallen on it.

    Raises OperatorError at the field of the first error, or of the first warning without a reason; the draft stays as it is.
    """
    save_draft(office, session, application_id, draft)
    with begin(office, session, Action.ENTER, subject=application_id, step="finish") as unit:
        require_open(unit, application_id)
        entry = read_entry(unit.connection, application_id, unit.today)
        values = entry.application.draft.values
        sheets = _sheets(values)
        if sheets and sheets != entry.slip.sheets:
            entry = replace(entry, slip=custody.take_slip(unit, entry.slip.id, sheets))
        findings = evaluate(entry, values)
        for finding in rules.unsettled(entry.form, values, findings, draft.reasons):
            raise OperatorError(finding.sentence, field=finding.field, code=finding.rule)
        _require_read(entry.form, draft)
        advance(unit, application_id, State.ENTERED)
        storage.set_entered(unit.connection, application_id, unit.stamp)
        unit.note(form=entry.form.id, persons=len(entry.lines), warnings=sum(f.severity is Severity.WARNING for f in findings))
        unit.record(
            "application",
            {
                "application": application_id,
                "slip": entry.slip.number,
                "day": entry.slip.day,
                "handover": entry.slip.batch,
                "lines": told_lines(entry, values),
                "keyer": unit.person,
                "entered_at": unit.stamp,
                "sheets": entry.slip.sheets,
                "values": dict(values),
                "reasons": dict(draft.reasons),
                "corrects": corrects(unit.connection, application_id),
            },
        )
        keying.finish(unit.connection, session.id, application_id, len(entry.lines))
        if not sampling.draw(unit, entry.application, warned=bool(draft.reasons)):
            advance(unit, application_id, State.VERIFIED, note=NOT_DRAWN)
            unit.record("verification", {"application": application_id, "form": entry.form.id, "outcome": NOT_DRAWN})
        return found(unit.connection, application_id)


def _sheets(values: Mapping[str, str]) -> int:
    form, attached = values.get("sheets_form", ""), values.get("sheets_attached", "")
    return int(form) + int(attached) if form.isdecimal() and attached.isdecimal() else 0


def _require_read(form: FormDefinition, draft: Draft) -> None:
    """An optional field whose text could not be read must not get lost unnoticed, and what was taken over is looked at once."""
    for field in form.fields():
        if draft.values.get(field.id) and draft.carried.get(field.id) is False:
            raise OperatorError(
                f"{field.label}は前と同じにした値です。紙と照らして Enter を押してください。", field=field.id, code="carried"
            )
        if draft.typed.get(field.id, "").strip() and not draft.values.get(field.id):
            raise OperatorError(f"{field.label}を読み取れません。直すか、空にしてください。", field=field.id, code="unread")


def advance(unit: Unit, application_id: str, to: State, *, note: str = "") -> Application:
    """Move an application one step inside the caller's act. ``note`` is a code, never a personal value.

    Raises OperatorError when ``to`` may not follow. Paper is the caller's to move (``custody.move_slip``).
    """
    application = found(unit.connection, application_id)
    held = holds.of_application(unit.connection, application_id)
    check_transition(application.state, to, held_from=held[-1].held_from if held else None)
    if to is State.DRAFTING and application.state in (State.ENTERED, State.VERIFIED):
        corrections.keep_version(unit.connection, application, unit.stamp)
    storage.move(unit.connection, application, to, unit.stamp, unit.person, note)
    unit.note(state=to.value)
    return found(unit.connection, application_id)


def found(connection: Connection, application_id: str) -> Application:
    application = storage.find(connection, application_id)
    if application is None:
        raise OperatorError("この届出はありません。一覧を更新して確かめてください。", code="no-application")
    return application


def corrects(connection: Connection, application_id: str) -> str:
    """The application this one corrects, for the records that go to the segment; "" for any other."""
    link = corrections.of_correction(connection, application_id)
    return link.original if link else ""


def as_judged(connection: Connection, application_id: str, person: Person) -> Person:
    """The person the rules look at: for a 訂正 as if what it corrects had never been settled."""
    original = corrects(connection, application_id)
    return without_effect(person, corrections.recorded_effect(connection, original)) if original else person
