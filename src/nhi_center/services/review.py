"""区の審査: ward staff see what was keyed and verified and what it will change, and record 区審査済 or 差戻し.

Which clerk keyed what, or how fast, is not theirs to see: work is directed to the company, never to a person.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from nhi_center.domain.calendar import wareki
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.corrections import WardError, check_error
from nhi_center.domain.custody import Place
from nhi_center.domain.entry import Application, Draft, State
from nhi_center.domain.forms import envelope, summary, types
from nhi_center.domain.forms.definition import EffectKind, FieldType
from nhi_center.domain.forms.envelope import OpenLine
from nhi_center.domain.identifiers import find_individual_number
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.services import custody, entry
from nhi_center.services.entry import OpenEntry
from nhi_center.services.office import Office
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import corrections, incidents
from nhi_center.storage import entry as applications
from nhi_center.storage import register as people
from nhi_center.storage import review as storage

UNDECIDED = "確認後に決定"
NO_PERSON = "台帳の人が決まっていません。差戻しにして、宛名番号を入力してもらってください。"
NO_PERIOD = "台帳に続いている資格がないため、喪失の届出を審査済にできません。台帳を確かめ、差戻しにしてください。"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """One line of 区の審査待ち. ``change`` and ``certificate`` say what follows; ``problem`` why it cannot be recorded.

    ``corrects``: the 管理票 of the application this 訂正 corrects. ``drawn``: False where nobody has keyed it twice (抽出外).
    """

    application: str
    number: str
    form_title: str
    name: str
    urgent_until: str
    change: str
    certificate: str
    warnings: int = 0
    problem: str = ""
    corrects: str = ""
    drawn: bool = True
    marked: bool = False
    """差異あり: it came or went with a 便 that has a standing difference."""


@dataclass(frozen=True, slots=True)
class KeyedLine:
    """One filled field of the form, as the paper says it."""

    page: str
    label: str
    value: str
    is_name: bool
    verified: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """A warning of the rules and the reason the keyer gave; or a question to the ward and its answer."""

    sentence: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCase:
    """All that ward staff see of one application. ``changes``: what it does for each person, by the person's name."""

    row: ReviewRow
    lines: tuple[KeyedLine, ...]
    changes: tuple[tuple[str, tuple[summary.Row, ...]], ...]
    answered: tuple[Answered, ...]


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """``reviewed``: how many were recorded. ``problems``: slip number and sentence of each that was not."""

    reviewed: int
    problems: tuple[tuple[str, str], ...]


def waiting(office: Office, session: Session) -> tuple[ReviewRow, ...]:
    """区の審査待ち: verified applications, 至急 first."""
    with reading(office, session, Action.REVIEW) as connection:
        today = office.clock.today()
        verified = applications.list_by_state(connection, State.VERIFIED)
        marked = incidents.marked(connection)
        return tuple(_row(entry.read_entry(connection, application.id, today), marked) for application in verified)


def open_case(office: Office, session: Session, application_id: str) -> ReviewCase:
    """One application with its person. Seeing it is kept in the log."""
    with begin(office, session, Action.REVIEW, subject=application_id, step="open") as unit:
        opened = entry.read_entry(unit.connection, application_id, unit.today)
        unit.about(opened.application.atena)
        values = opened.application.draft.values
        return ReviewCase(
            row=_row(opened, incidents.marked(unit.connection)),
            lines=keyed_lines(opened),
            changes=tuple((_name(opened, line), _unveiled(unit, opened, line)) for line in opened.lines if values),
            answered=_answered(opened),
        )


def _name(opened: OpenEntry, line: OpenLine) -> str:
    return opened.application.draft.values.get(envelope.key(line.line.number, "name"), "")


def _unveiled(unit: Unit, opened: OpenEntry, line: OpenLine) -> tuple[summary.Row, ...]:
    """As ward staff may see it: with what 支援措置 hides from the contractor."""
    person = people.find(unit.connection, line.line.atena) if line.line.atena else None
    person = entry.as_judged(unit.connection, opened.application.id, person) if person else None
    values = envelope.values_of(line.line.number, line.form, opened.application.draft.values)
    return summary.effects(line.form, values, person, opened.today).rows


def _row(opened: OpenEntry, marked: Container[str]) -> ReviewRow:
    application, values = opened.application, opened.application.draft.values
    changes = [(line, one.effect) for line, one in entry.effects(opened, values)]
    others = f" ほか{len(changes) - 1}人" if len(changes) > 1 else ""
    return ReviewRow(
        application=application.id,
        number=application.number,
        form_title=opened.form.title,
        name=values.get("name", ""),
        urgent_until=application.urgent_until,
        change=_change(changes[0][1]) + others,
        certificate=_certificate(opened, changes[0][1]) + others,
        warnings=len(_warnings(opened)),
        problem=next(filter(None, (_problem(line, effect) for line, effect in changes)), ""),
        corrects=opened.corrects,
        drawn=opened.drawn,
        marked=application.slip in marked,
    )


def _problem(line: OpenLine, effect: summary.Effect | None) -> str:
    if not line.line.atena:
        return NO_PERSON
    return NO_PERIOD if effect is None else ""


def _change(effect: summary.Effect | None) -> str:
    if effect is None:
        return ""
    return f"{_CHANGES[effect.kind]} {wareki(effect.date)}"


_CHANGES = {
    EffectKind.ACQUIRE: "資格取得",
    EffectKind.LOSE: "資格喪失",
    EffectKind.APPLY_START: "適用開始",
    EffectKind.APPLY_END: "適用終了",
    EffectKind.CHANGE: "変更",
    EffectKind.SPECIAL: "特例",
    EffectKind.MARK: "登録",
    EffectKind.CERTIFICATE: "発効",
    EffectKind.COLLECT: "回収",
    EffectKind.ROUTE: "区が扱う",
}
_MAY_PRINT = frozenset({EffectKind.ACQUIRE, EffectKind.APPLY_START, EffectKind.CHANGE, EffectKind.CERTIFICATE})
"""Effects after which a certificate may have to be printed here; all others are done with the review."""


def _certificate(opened: OpenEntry, effect: summary.Effect | None) -> str:
    if effect is not None and effect.kind in (EffectKind.LOSE, EffectKind.APPLY_END, EffectKind.COLLECT):
        return "なし"
    kind: Kind | None = effect.certificate if effect else None
    return kind.short_title if kind else UNDECIDED


def keyed_lines(opened: OpenEntry) -> tuple[KeyedLine, ...]:
    """The filled fields of the form as the paper says them, page by page."""
    values = opened.application.draft.values
    return tuple(
        KeyedLine(
            page.title,
            field.label,
            types.show(field, values[field.id], opened.today),
            field.type is FieldType.NAME,
            field.keyed_twice and opened.drawn,
        )
        for page in opened.form.pages
        for field in page.fields
        if values.get(field.id)
    )


def _answered(opened: OpenEntry) -> tuple[Answered, ...]:
    """Warnings with their reasons, and what the ward itself was asked; what the company settled inside is not the ward's."""
    return (*_warnings(opened), *(Answered(hold.for_ward, hold.answer) for hold in opened.holds if hold.by_ward))


def _warnings(opened: OpenEntry) -> tuple[Answered, ...]:
    values, reasons = opened.application.draft.values, opened.application.draft.reasons
    found = []
    for finding in entry.evaluate(opened, values):
        given = next((choice.label for choice in finding.reasons if choice.code == reasons.get(finding.key)), "")
        if given:
            found.append(Answered(finding.sentence, given))
    return tuple(found)


def record_reviewed(office: Office, session: Session, application_ids: Sequence[str]) -> ReviewOutcome:
    """区審査済 for each: the effect goes to the segment, the paper to the output tray. One that cannot be is left as it is."""
    require(office, session, Action.REVIEW)
    problems = []
    for application_id in application_ids:
        try:
            _record_one(office, session, application_id)
        except OperatorError as problem:
            if problem.code == "not-permitted":
                raise
            problems.append((_number(office, session, application_id), problem.message))
    return ReviewOutcome(len(application_ids) - len(problems), tuple(problems))


def _record_one(office: Office, session: Session, application_id: str) -> None:
    with begin(office, session, Action.REVIEW, subject=application_id, decision="reviewed") as unit:
        settle(unit, application_id, unit.person)


def settle(unit: Unit, application_id: str, by: str) -> dict[int, str]:
    """区審査済 inside the caller's act, ``by`` whom; gives the case of each person line.

    Raises OperatorError (code ``not-reviewable``) where the effect of a line cannot be told.
    """
    opened = entry.read_entry(unit.connection, application_id, unit.today)
    application = opened.application
    changes = entry.effects(opened, application.draft.values)
    for line, one in changes:
        if problem := _problem(line, one.effect):
            raise OperatorError(problem, code="not-reviewable")
    cases = [application.id, *(_case_of_line(unit, opened, line) for line in opened.further)]
    for case_id, (_line, one) in zip(cases, changes, strict=True):
        if one.effect is not None:
            _settle_case(unit, case_id, one.effect, by)
    custody.move_slip(unit, application.slip, Place.OUTPUT)
    return {line.line.number: case_id for case_id, (line, _) in zip(cases, changes, strict=True)}


def _case_of_line(unit: Unit, opened: OpenEntry, line: OpenLine) -> str:
    """A further person goes on as a case of his own, so that his certificate, a 訂正 or a 取下げ concern him alone."""
    draft = opened.application.draft
    values = envelope.values_of(line.line.number, line.form, draft.values)
    reasons = {}
    for key, code in draft.reasons.items():
        rule, _, name = key.partition(":")
        number, field = envelope.split(name)
        if number == line.line.number:
            reasons[f"{rule}:{field}"] = code
    return applications.add_case(unit.connection, opened.application, line.line, Draft(values, {}, reasons))


def _settle_case(unit: Unit, case_id: str, effect: summary.Effect, by: str) -> None:
    """One person's 区審査済, on its way to the standard system."""
    application = entry.found(unit.connection, case_id)
    entry.advance(unit, case_id, State.REVIEWED)
    sent = summary.effect_to_json(effect)
    storage.add(unit.connection, case_id, "reviewed", unit.stamp, by, effect=sent)
    if effect.kind not in _MAY_PRINT:
        entry.advance(unit, case_id, State.DONE)
    decided = body(application, "reviewed", by, unit.stamp) | _corrected(unit, application)
    unit.record("review", decided | {"effect": sent})


def send_back(office: Office, session: Session, application_id: str, kind: str, reason: str) -> None:
    """差戻し of what waits for the review: back to the keyer with the kind of error and a reason; it will be keyed twice anew.

    What stood there is kept as a version. Raises OperatorError at ``kind`` or ``reason``. What was reviewed already is returned
    with ``corrections.send_back``.
    """
    require(office, session, Action.REVIEW)
    reason = error_reason(kind, reason)
    with begin(office, session, Action.REVIEW, subject=application_id, decision="sent_back", error=kind) as unit:
        back_to_draft(unit, application_id, kind, reason, unit.person)


def back_to_draft(unit: Unit, application_id: str, kind: str, reason: str, by: str) -> None:
    """差戻し of what waits for the review inside the caller's act, ``by`` whom."""
    application = entry.found(unit.connection, application_id)
    if application.state is not State.VERIFIED:
        raise OperatorError(f"この届出は今「{application.state.label}」です。一覧を更新してください。", code="not-this-step")
    entry.advance(unit, application_id, State.DRAFTING, note="sent_back")
    storage.add(unit.connection, application_id, "sent_back", unit.stamp, by, reason=reason)
    error = WardError(application.id, application.form, kind, reason, application.state, unit.stamp)
    corrections.add_error(unit.connection, error, by)
    unit.record("review", body(application, "sent_back", by, unit.stamp) | {"reason": reason, "error": kind})


def error_reason(kind: str, reason: str) -> str:
    """The reason as it is kept. Raises OperatorError at ``kind`` or ``reason``."""
    check_error(kind, reason)
    if find_individual_number(reason) is not None:
        raise OperatorError(entry.INDIVIDUAL_NUMBER, field="reason", code="individual-number")
    return reason.strip()


def _corrected(unit: Unit, application: Application) -> dict[str, object]:
    """For a 訂正: which application it corrects, and the effect of that one, which this one's takes the place of."""
    original = entry.corrects(unit.connection, application.id)
    if not original:
        return {}
    return {"corrects": {"application": original, "effect": dict(corrections.recorded_effect(unit.connection, original))}}


def body(application: Application, decision: str, person: str, at: str) -> dict[str, object]:
    """What every record of the ward's decisions says."""
    return {
        "application": application.id,
        "form": application.form,
        "atena": application.atena,
        "decision": decision,
        "reviewed_by": person,
        "reviewed_at": at,
    }


def _number(office: Office, session: Session, application_id: str) -> str:
    with reading(office, session, Action.REVIEW) as connection:
        application = applications.find(connection, application_id)
    return application.number if application else ""
