"""照合: a second person keys from the paper, blind. The first value of a field is given out only after he keyed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from nhi_center.domain import verification as rules_of_verification
from nhi_center.domain.entry import Application, State
from nhi_center.domain.forms import envelope, rules, types
from nhi_center.domain.forms.definition import FieldDefinition
from nhi_center.domain.keying import NO_TALLY, Mode, Tally, opening
from nhi_center.domain.operators import Action, Role, Session, Signature
from nhi_center.domain.verification import (
    OWN_ENTRY,
    REASONS,
    STATEMENT,
    Decision,
    FieldProgress,
    FieldStatistics,
    Mismatch,
    OpenVerification,
    Verdict,
    compare_field,
    fields_to_verify,
    needs_adjudicator,
    settle,
    settled_values,
)
from nhi_center.errors import OperatorError
from nhi_center.services import entry, presence, signing
from nhi_center.services.office import Office
from nhi_center.services.roster_gate import may_begin
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import custody as slips
from nhi_center.storage import entry as applications
from nhi_center.storage import incidents
from nhi_center.storage import keying as counters
from nhi_center.storage import verification as storage
from nhi_center.storage.engine import Connection
from nhi_center.storage.verification import SecondKeying


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One line of 照合待ち. ``verifier``: who has begun, "" when nobody; ``keyed_fields``: how far he is."""

    application: str
    number: str
    form_title: str
    sheets: int
    urgent_until: str
    entered_at: str
    keyer_name: str
    verifier_name: str = ""
    mine: bool = False
    keyed_fields: int = 0
    all_fields: int = 0
    slip: str = ""
    marked: bool = False
    """差異あり: it came or went with a 便 that has a standing difference."""


# -- the list --


def waiting(office: Office, session: Session) -> tuple[WaitingRow, ...]:
    """照合待ち, 至急 first, without what this person has keyed himself (自分の入力分を除く)."""
    with reading(office, session, Action.VERIFY) as connection:
        at_work = storage.verifiers_at_work(connection)
        names = {account.person: account.name for account in office.premises.accounts.every()}
        marked = incidents.marked(connection)
        rows = []
        for application in applications.list_by_state(connection, State.ENTERED):
            if session.person in applications.keyers(connection, application.id):
                continue
            verifier = at_work.get(application.id, "")
            keying = storage.find_open(connection, application.id) if verifier else None
            slip = slips.slip(connection, application.slip)
            rows.append(
                WaitingRow(
                    application=application.id,
                    number=application.number,
                    form_title=entry.form_title(application.form, application.form_day),
                    sheets=slip.sheets if slip else 0,
                    urgent_until=application.urgent_until,
                    entered_at=application.entered_at,
                    keyer_name=names.get(application.keyer, application.keyer),
                    verifier_name=names.get(verifier, verifier),
                    mine=verifier == session.person,
                    keyed_fields=len(keying.keyed) if keying else 0,
                    all_fields=len(_fields(application)),
                    slip=application.slip,
                    marked=application.slip in marked,
                )
            )
    return tuple(rows)


# -- keying --


def open_verification(office: Office, session: Session, application_id: str) -> OpenVerification:
    """Begin, or go on where this person stopped. A supervisor may take over: he keys anew.

    Raises OperatorError for one's own entry, for what somebody else is verifying, and for what is not at this step.
    """
    with begin(office, session, Action.VERIFY, subject=application_id, step="open") as unit:
        application = _at_this_step(unit.connection, application_id)
        if unit.person in applications.keyers(unit.connection, application_id):
            raise OperatorError(OWN_ENTRY, code="four-eyes")
        keying = storage.find_open(unit.connection, application_id)
        if keying is not None and keying.verifier != unit.person:
            if not session.may(Action.ADJUDICATE):
                raise OperatorError(
                    "ほかの人が照合中です。引き継ぐときは取扱責任者に開いてもらってください。", code="someone-else-verifies"
                )
            storage.end(unit.connection, keying.id, "given_up", unit.stamp)
            keying = None
        if keying is None:
            may_begin(unit)
            storage.start(unit.connection, application_id, unit.person, unit.stamp)
        counters.start(
            unit.connection,
            opening(Mode.VERIFICATION, session, application.keyer, application.form, unit.stamp),
            application_id,
        )
        unit.about(application.atena)
        return _view(unit.connection, application, unit.today)


def key_field(
    office: Office, session: Session, application_id: str, field_id: str, text: str, tally: Tally = NO_TALLY
) -> OpenVerification:
    """Take one field as keyed from the paper. Where it differs from the keyer's value it is keyed once more, the keyer's still
    unseen; then it agrees (the slip was the verifier's), or both values come back as a mismatch. Either way it stands.
    ``tally``: what the hand has done since the paper was opened.

    Raises OperatorError at the field when the text cannot be read; then nothing is compared and nothing given out.
    """
    with begin(office, session, Action.VERIFY, subject=application_id, step="key", field=field_id) as unit:
        application, keying = _mine(unit, application_id)
        counters.put_tally(unit.connection, session.id, application_id, tally, unit.stamp)
        first = application.draft.values
        field = next((one for one in _fields(application) if one.id == field_id), None)
        if field is None:
            raise OperatorError("この欄は照合しません。一覧からもう一度開いてください。", code="not-verified")
        if field_id in keying.keyed:
            raise OperatorError("この欄はもう照合しました。", field=field_id, code="keyed-already")
        value = _read(field, text, unit.today, required=entry.form_of(application).is_required(field, first))
        mismatch = compare_field(field, first.get(field_id, ""), value)
        if mismatch is not None and field_id not in keying.again:
            storage.save_again(unit.connection, keying.id, {**keying.again, field_id: value})
            unit.note(agrees=False, again=True)
            return _view(unit.connection, application, unit.today)
        storage.save(unit.connection, keying.id, {**keying.keyed, field_id: value})
        if mismatch is not None:
            storage.add_mismatch(unit.connection, keying.id, mismatch, unit.stamp)
        unit.note(agrees=mismatch is None)
        return _view(unit.connection, application, unit.today)


def _read(field: FieldDefinition, text: str, today: date, *, required: bool) -> str:
    found = types.read(field, text, today)
    if found.problem:
        raise OperatorError(found.problem, field=field.id, code="wipe" if found.wipe else "unread")
    if required and not found.value:
        raise OperatorError(f"{field.label}を入力してください。紙に無いときは F4 で保留にします。", field=field.id, code="empty")
    return found.value


# -- settling --


def settle_mismatch(
    office: Office, session: Session, application_id: str, decision: Decision, signature: Signature | None = None
) -> OpenVerification:
    """Settle one difference, once. Ordinary fields: the verifier; critical ones and third values: a third person's signature.

    ``signature`` is over ``OpenVerification.statement(decision)``. Raises OperatorError where it is missing, is not over exactly
    that, or its signer has keyed or verified this application or is not in the room.
    """
    require(office, session, Action.VERIFY)
    with begin(office, session, Action.VERIFY, subject=application_id, step="settle", field=decision.field) as unit:
        application, keying = _mine(unit, application_id)
        view = _view(unit.connection, application, unit.today)
        mismatch = _open_mismatch(view, decision)
        if signature is None and needs_adjudicator(mismatch, decision.verdict):
            raise OperatorError("この欄は不一致判定者の署名が要ります。", field=decision.field, code="signature-missing")
        if decision.verdict is Verdict.THIRD:
            field = view.form.field(decision.field)
            value = _read(field, decision.third_value, unit.today, required=view.progress(decision.field).required)
            decision = Decision(decision.field, decision.verdict, decision.reason, value)
        if signature is not None:
            signing.require_signature(office, signature, STATEMENT, view.statement(decision), Role.CLERK, Role.SUPERVISOR)
            if not presence.may_work(office, unit.connection, signature.person, Role(signature.role)):
                raise OperatorError("署名する人の入室の記録がありません。区職員に確かめてください。", code="not-inside")
        settlement = settle(
            mismatch,
            decision.verdict,
            decided_by=signature.person if signature is not None else unit.person,
            keyers=sorted(applications.keyers(unit.connection, application_id)),
            verifier=unit.person,
            third_value=decision.third_value,
            reason=decision.reason,
        )
        storage.settle(unit.connection, keying.id, settlement, unit.stamp)
        if signature is not None:
            storage.keep_signature(unit.connection, keying.id, decision.field, signature)
        unit.note(verdict=decision.verdict.value, reason=decision.reason, decided_by=settlement.decided_by)
        return _view(unit.connection, application, unit.today)


def sign_settlement(
    office: Office, session: Session, view: OpenVerification, decision: Decision, person: str, password: str
) -> OpenVerification:
    """The third person signs what the screen shows, and it is settled. Takes as long as a password check: run it in a lane."""
    require(office, session, Action.VERIFY)
    signature = signing.sign(office, person, password, STATEMENT, view.statement(decision))
    return settle_mismatch(office, session, view.application, decision, signature)


def _open_mismatch(view: OpenVerification, decision: Decision) -> Mismatch:
    progress = next((one for one in view.fields if one.field.id == decision.field), None)
    if progress is None or progress.mismatch is None:
        raise OperatorError("この欄に不一致はありません。一覧からもう一度開いてください。", code="no-mismatch")
    if progress.settlement is not None:
        raise OperatorError("この欄の判定は済んでいます。", field=decision.field, code="settled-already")
    if decision.reason not in {choice.code for choice in REASONS}:
        raise OperatorError("違った理由を番号で選んでください。", field="reason", code="no-reason")
    return progress.mismatch


# -- ending --


def finish(office: Office, session: Session, application_id: str) -> None:
    """照合済: the settled values stand in the application, and it waits for the ward.

    Raises OperatorError while a field or a difference is open, or (code ``rules``) when a settled value breaks a rule of the
    form: then ``back_to_keyer`` is the way on.
    """
    with begin(office, session, Action.VERIFY, subject=application_id, step="finish") as unit:
        _application, keying = _mine(unit, application_id)
        opened = entry.read_entry(unit.connection, application_id, unit.today)
        values, view = _settled(unit.connection, opened.application, unit.today)
        findings = entry.evaluate(opened, values)
        unsettled = rules.unsettled(opened.form, values, findings, opened.application.draft.reasons)
        if unsettled:
            words = f"照合で決まった値では、{unsettled[0].sentence}「入力者へ戻す」で入力をやり直してもらいます。"
            raise OperatorError(words, field=unsettled[0].field, code="rules")
        _end(unit, keying, opened.application, view, values)
        entry.advance(unit, application_id, State.VERIFIED)
        lines = {"lines": entry.told_lines(opened, values)}  # as settled: not always what the keyer's values would change
        unit.record("verification", _record(unit, opened.application, view, "verified") | lines)


def back_to_keyer(office: Office, session: Session, application_id: str) -> None:
    """The settled values go into the draft and the keyer puts right what follows from them; then it is keyed twice anew."""
    with begin(office, session, Action.VERIFY, subject=application_id, step="back") as unit:
        application, keying = _mine(unit, application_id)
        values, view = _settled(unit.connection, application, unit.today)
        _end(unit, keying, application, view, values)
        entry.advance(unit, application_id, State.DRAFTING, note="verification")
        unit.record("verification", _record(unit, application, view, "back"))


def _settled(connection: Connection, application: Application, today: date) -> tuple[dict[str, str], OpenVerification]:
    view = _view(connection, application, today)
    for progress in view.fields:
        if progress.open:
            raise OperatorError(
                f"{progress.field.label}がまだです。紙を見て入力してください。", field=progress.field.id, code="open"
            )
    mismatches = [one.mismatch for one in view.fields if one.mismatch is not None]
    settlements = [one.settlement for one in view.fields if one.settlement is not None]
    return settled_values(application.draft.values, mismatches, settlements), view


def _end(unit: Unit, keying: SecondKeying, application: Application, view: OpenVerification, values: Mapping[str, str]) -> None:
    settled = [one.field.id for one in view.fields if one.settlement is not None]
    storage.put_values(unit.connection, application.id, values, settled, values.get(view.form.fact, ""))
    entry.keep_facts(unit.connection, application, values)
    storage.end(unit.connection, keying.id, "done", unit.stamp)
    mismatches = [one.mismatch for one in view.fields if one.mismatch is not None]
    settlements = [one.settlement for one in view.fields if one.settlement is not None]
    counts = rules_of_verification.statistics(view.form, application.draft.values, mismatches, settlements, keying.again)
    storage.count(unit.connection, unit.today.isoformat()[:7], _by_line(application, counts))
    keyer_wrong, verifier_wrong = sum(one.keyer_wrong for one in counts), sum(one.verifier_wrong for one in counts)
    counters.finish(
        unit.connection, unit.session.id, application.id, len(application.lines), len(counts), keyer_wrong, verifier_wrong
    )
    unit.note(fields=len(view.fields), mismatches=len(mismatches))


def _by_line(application: Application, counts: Iterable[FieldStatistics]) -> tuple[FieldStatistics, ...]:
    """Under the form of the person line and the field's plain name, added up over the persons."""
    own = {line.number: line.form for line in application.lines}
    split = ((envelope.split(one.field), one) for one in counts)
    return rules_of_verification.total(replace(one, form=own[number], field=field) for (number, field), one in split)


def _record(unit: Unit, application: Application, view: OpenVerification, outcome: str) -> dict[str, object]:
    """For the segment. A value travels only where it replaces the one of the ``application`` record."""
    settlements = [(one.mismatch, one.settlement) for one in view.fields if one.mismatch and one.settlement]
    return {
        "application": application.id,
        "form": application.form,
        "outcome": outcome,
        "verifier": unit.person,
        "verified_at": unit.stamp,
        "fields": len(view.fields),
        "settlements": [
            {
                "field": settlement.field,
                "critical": mismatch.critical,
                "verdict": settlement.verdict.value,
                "reason": settlement.reason,
                "decided_by": settlement.decided_by,
            }
            for mismatch, settlement in settlements
        ],
        "corrections": {
            settlement.field: settlement.value for mismatch, settlement in settlements if settlement.value != mismatch.keyer_value
        },
    }


# -- inside --


def _fields(application: Application) -> tuple[FieldDefinition, ...]:
    """What the verifier keys: also what was taken over from elsewhere, whatever the form says of that field."""
    draft = application.draft
    return fields_to_verify(entry.form_of(application), draft.values, draft.carried)


def _at_this_step(connection: Connection, application_id: str) -> Application:
    application = entry.found(connection, application_id)
    if application.state is not State.ENTERED:
        raise OperatorError(
            f"この届出は今「{application.state.label}」です。一覧を更新して確かめてください。", code="not-this-step"
        )
    return application


def _mine(unit: Unit, application_id: str) -> tuple[Application, SecondKeying]:
    application = _at_this_step(unit.connection, application_id)
    keying = storage.find_open(unit.connection, application_id)
    if keying is None or keying.verifier != unit.person:
        raise OperatorError("この照合は別の人に移りました。一覧からもう一度開いてください。", code="not-open-here")
    return application, keying


def _view(connection: Connection, application: Application, today: date) -> OpenVerification:
    form = entry.form_of(application)
    first = application.draft.values
    keying = storage.find_open(connection, application.id)
    if keying is None:
        raise OperatorError("この照合は終わっています。一覧を更新して確かめてください。", code="not-open-here")
    fields = _fields(application)
    mismatches, settlements = storage.mismatches(connection, keying.id, {field.id: field.label for field in fields})
    by_field = {mismatch.field: mismatch for mismatch in mismatches}
    settled = {settlement.field: settlement for settlement in settlements}
    slip = slips.slip(connection, application.slip)
    return OpenVerification(
        application=application.id,
        number=application.number,
        sheets=slip.sheets if slip else 0,
        form=form,
        urgent_until=application.urgent_until,
        today=today,
        fields=tuple(
            FieldProgress(
                field,
                form.is_required(field, first),
                keying.keyed.get(field.id),
                by_field.get(field.id),
                settled.get(field.id),
                field.id in keying.again,
            )
            for field in fields
        ),
    )
