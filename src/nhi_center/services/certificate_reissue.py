"""誤発行 → 再交付: in the place of a void certificate a new one of the same case, judged anew from the register."""

from __future__ import annotations

import uuid

from nhi_center.domain.certificate_jobs import Job, owed
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.entry import State
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import OperatorError
from nhi_center.services import forms
from nhi_center.services.certificate_judging import judge_again, ward_on
from nhi_center.services.certificate_sheets import settled_of, snapshot_of
from nhi_center.services.certificates import record
from nhi_center.services.entry import found as find_application
from nhi_center.services.office import Office
from nhi_center.services.work import Unit
from nhi_center.storage import certificates as storage
from nhi_center.storage import corrections, leaving, register
from nhi_center.storage import renewal as renewals
from nhi_center.storage.engine import Connection


def order(office: Office, unit: Unit, void: Job) -> Job:
    """The new job, in the contractor's queue. The caller has marked ``void``. Nothing of its contents is taken over.

    Raises OperatorError at ``reissue`` when the right one comes by another way.
    """
    made = _of_renewal(office, unit, void) if void.renewal else _of_application(office, unit, void)
    storage.add(unit.connection, made, unit.person)
    record(unit, made)
    unit.note(reprint=made.id)
    return made


def _of_application(office: Office, unit: Unit, void: Job) -> Job:
    """Its contents come when the queue is brought up to date next, with its glyphs looked at."""
    application = find_application(unit.connection, void.application)
    corrected = corrections.of_original(unit.connection, application.id) is not None
    if corrected or application.state not in (State.REVIEWED, State.DONE):
        raise OperatorError(
            "この届出は訂正か取下げになっています。正しい証は訂正の届出から出ます。2 いいえ を選んでください。",
            field="reissue",
            code="no-reissue",
        )
    if leaving.has_left(unit.connection, application.id):
        raise OperatorError(
            "この届出の内容は、保存の期限が過ぎたため端末にありません。再交付申請で出すので、2 いいえ を選んでください。",
            field="reissue",
            code="left",
        )
    return _new(unit, void, _kind(office, unit.connection, void))


def _kind(office: Office, connection: Connection, void: Job) -> Kind:
    """The kind the case leads to today; the void one may have been of the wrong kind."""
    application = find_application(connection, void.application)
    person, settled = register.find(connection, void.atena), settled_of(connection, application)
    if person is None or settled is None:
        return void.kind
    form = forms.form(application.form, application.form_day)
    return owed(form, application.draft.values, person.card, settled.income_class, office.clock.today()) or void.kind


def _of_renewal(office: Office, unit: Unit, void: Job) -> Job:
    """As an extraction of today would make it."""
    renewal = renewals.find(unit.connection, void.renewal)
    assert renewal is not None  # jobs are made from it, and neither is ever deleted
    judged = judge_again(unit.connection, renewal, void.atena, ward_on(office, unit.connection, renewal.issued))
    if judged is None or judged.blocks or judged.sheet is None:
        why = judged.blocks[0].sentence if judged and judged.blocks else "この一斉更新で出す証ではなくなっています。"
        raise OperatorError(f"再交付できません。{why}", field="reissue", code="no-reissue")
    return _new(unit, void, judged.kind, snapshot_of(judged.sheet))


def _new(unit: Unit, void: Job, kind: Kind, snapshot: dict[str, str] | None = None) -> Job:
    return Job(
        id=str(uuid.uuid4()),
        application=void.application,
        renewal=void.renewal,
        kind=kind,
        atena=void.atena,
        state=JobState.QUEUED,
        snapshot=snapshot or {},
        replaces=void.id,
        made_at=unit.stamp,
    )
