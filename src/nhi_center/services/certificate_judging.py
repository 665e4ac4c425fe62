"""Whether a certificate may be printed today, and what would stand on it: by the register, the ward's settings and the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_jobs import CARD_APPLICATION, Job, Marks, followed, issue_facts, owed
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.certificates import BaseExpiry, Group, IssueFacts, examine, group_on
from nhi_center.domain.entry import Application, State
from nhi_center.domain.people import Person
from nhi_center.domain.print_jobs import JobState
from nhi_center.domain.renewal import Renewal, document_of, renewal_facts
from nhi_center.errors import OperatorError
from nhi_center.printing.sheets import CertificateSheet
from nhi_center.services import forms, ward_settings
from nhi_center.services.certificate_sheets import make_sheet, marks_of, settled_of, snapshot_of
from nhi_center.services.entry import found as find_application
from nhi_center.services.office import Office
from nhi_center.storage import certificates as storage
from nhi_center.storage import corrections, register
from nhi_center.storage import entry as applications
from nhi_center.storage import renewal as renewals
from nhi_center.storage import seal as seals
from nhi_center.storage.engine import Connection

JUDGED_STATES = (JobState.QUEUED, JobState.BLOCKED)
"""States in which nothing has gone to a printer yet."""
NOTICE_TITLE = "notice_title"
"""The ward's setting: what stands over the お知らせ (資格情報通知書 and the like)."""
_NOT_WHOLE = {
    *(Block.INCOME_UNSETTLED, Block.NOT_INSURED, Block.NO_NUMBER, Block.DISEASE_UNSETTLED, Block.SEX_UNSETTLED),
    *(Block.NO_LIMIT_CERTIFICATE, Block.INCOME_AGE),
}
"""With one of these something that has to be printed is not known: there is no page to show."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How one application or job stands today. ``job`` None: it is new."""

    job: Job | None
    application: str
    atena: str
    kind: Kind
    sheet: CertificateSheet | None
    blocks: tuple[Block, ...]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Ward:
    """What the ward has settled for a day of issue: the base expiries, the title of the お知らせ, the seal in force."""

    bases: tuple[BaseExpiry, ...]
    title: str
    seal: str
    sample: bool


def ward_on(office: Office, connection: Connection, issued: date) -> Ward:
    """Raises EnvironmentTrouble KY-04 for a setting that the ward's gateway has not signed."""
    return Ward(
        ward_settings.base_expiries(office, connection),
        str(ward_settings.setting(office, connection, NOTICE_TITLE) or ""),
        seals.fingerprint_on(connection, issued),
        office.settings.training,
    )


def judge_all(office: Office, connection: Connection) -> list[Judged]:
    """Every job that has not gone to a printer yet, and every reviewed application without one."""
    today = office.clock.today()
    ward = ward_on(office, connection, today)
    jobs = storage.to_judge(connection, *JUDGED_STATES)
    waiting: list[tuple[Application, Job | None]] = [
        (find_application(connection, job.application), job) for job in jobs if not job.renewal
    ]
    waiting += [
        (application, None)
        for application in applications.list_by_state(connection, State.REVIEWED)
        if storage.live(connection, application.id) is None
    ]
    found = [_judge(connection, application, job, ward, today) for application, job in waiting]
    # what was pulled out of a renewal stays out until it is extracted again
    found += _judge_renewals(office, connection, [job for job in jobs if job.renewal and job.state is JobState.QUEUED])
    return [judged for judged in found if judged is not None]


def _judge(connection: Connection, application: Application, job: Job | None, ward: Ward, today: date) -> Judged | None:
    """By the register and the settings as they stand now; glyphs are not looked at. None: there is nothing to judge yet."""
    settled = settled_of(connection, application)
    person = register.find(connection, application.atena)
    if job is not None and job.state is JobState.QUEUED and application.state is State.RETURNED:
        return Judged(job, application.id, application.atena, job.kind, None, (Block.WITHDRAWN,))
    if job is not None and person is None:  # left the register since, or is not for terminals any more (支援措置)
        return Judged(job, application.id, application.atena, job.kind, None, (Block.NOT_IN_REGISTER,))
    if settled is None or person is None or application.state not in (State.REVIEWED, State.DONE):
        return None
    reopened = corrections.of_original(connection, application.id) is not None
    if reopened and job is None:  # its 訂正 brings the certificate
        return None
    form = forms.form(application.form, application.form_day)
    first = owed(form, application.draft.values, person.card, settled.income_class, today)
    kind = first if job is None else followed(job.kind, settled.income_class)
    if kind is None:
        return None
    marks = marks_of(connection, person.atena)
    sheet, blocks = judged_sheet(kind, person, issue_facts(application, person, settled, today, marks), marks, ward)
    if reopened:
        blocks = (Block.RETURNED, *blocks)
    if settled.class_unknown:
        blocks = tuple(Block.INCOME_UNKNOWN if block is Block.INCOME_UNSETTLED else block for block in blocks)
    return Judged(job, application.id, application.atena, kind, sheet, blocks)


def unproposed(connection: Connection, application: Application, today: date) -> Kind | None:
    """Which certificate will follow this application and is not in the list yet: it waits for the standard system's answer, or
    nobody has brought the list up to date. None: it is there, or none follows."""
    person = register.find(connection, application.atena)
    if application.state is not State.REVIEWED or person is None or storage.live(connection, application.id) is not None:
        return None
    if corrections.of_original(connection, application.id) is not None:  # its 訂正 brings the certificate
        return None
    settled = settled_of(connection, application)
    form = forms.form(application.form, application.form_day)
    return owed(form, application.draft.values, person.card, settled.income_class if settled else "", today)


def judged_sheet(
    kind: Kind, person: Person, facts: IssueFacts, marks: Marks, ward: Ward
) -> tuple[CertificateSheet | None, tuple[Block, ...]]:
    """What would be printed of ``facts``, and all that stands in the way; None where something on it is not known."""
    seen = examine(kind, facts, ward.bases)
    blocks = list(seen.blocks)
    sheet = None
    if seen.validity is not None and not person.protected:
        sheet = make_sheet(kind, person, facts, seen.validity, marks=marks, title=ward.title, seal=ward.seal, sample=ward.sample)
    if not ward.seal and not ward.sample:
        blocks.append(Block.SEAL_UNSET)
    shows_share = kind in (Kind.ELIGIBILITY, Kind.NOTICE, Kind.ELDERLY)
    if shows_share and sheet is not None and not sheet.share and group_on(person.birth, facts.issue_date) is Group.FROM_70:
        blocks.append(Block.INCOME_UNSETTLED)
    complete = sheet is not None and not _NOT_WHOLE & set(blocks)
    return sheet if complete else None, tuple(blocks)


def judge_person(renewal: Renewal, person: Person, marks: Marks, ward: Ward, *, applied: bool) -> Judged | None:
    """One person of a 一斉更新, by the register alone. None: he gets nothing in it."""
    kind = document_of(person, renewal, applied=applied)
    if kind is None:
        return None
    sheet, blocks = judged_sheet(kind, person, renewal_facts(person, renewal, marks, applied=applied), marks, ward)
    return Judged(None, "", person.atena, kind, sheet, blocks)


def judge_again(connection: Connection, renewal: Renewal, atena: str, ward: Ward) -> Judged | None:
    """As ``judge_person`` by the register as it stands now."""
    person = register.find(connection, atena)
    if person is None:
        return None
    applied = applications.newest_reviewed(connection, atena, CARD_APPLICATION) is not None
    return judge_person(renewal, person, marks_of(connection, atena), ward, applied=applied)


def _judge_renewals(office: Office, connection: Connection, jobs: Sequence[Job]) -> list[Judged]:
    """Waiting jobs of 一斉更新: pulled out when anything on one is not as it was at the extraction."""
    found = []
    for id_ in dict.fromkeys(job.renewal for job in jobs):
        renewal = renewals.find(connection, id_)
        assert renewal is not None  # jobs are made from it, and neither is ever deleted
        ward = ward_on(office, connection, renewal.issued)
        for job in (one for one in jobs if one.renewal == id_):
            now = judge_again(connection, renewal, job.atena, ward)
            same = now is not None and not now.blocks and now.sheet is not None and snapshot_of(now.sheet) == job.snapshot
            changed = Judged(job, "", job.atena, job.kind, None, (Block.CHANGED,))
            found.append(replace(now, job=job) if same and now is not None else changed)
    return found


STALE = "stale-sheet"
"""Code of a sheet that would be made otherwise now."""


def current_sheet(office: Office, connection: Connection, job: Job) -> CertificateSheet:
    """What the job prints. Raises OperatorError unless exactly this would be made now: since the queue was looked at, an
    exchange may have brought 滞納 or 支援措置, the ward another base expiry, midnight another day of issue."""
    if job.renewal:
        now: Judged | None = _judge_renewals(office, connection, [job])[0]
    else:
        today = office.clock.today()
        application = find_application(connection, job.application)
        now = _judge(connection, application, job, ward_on(office, connection, today), today)
    if now is None or now.blocks or now.sheet is None or snapshot_of(now.sheet) != job.snapshot:
        raise OperatorError(
            "台帳・区の設定・交付日のどれかが変わったため、この証は印刷していません。一覧でもう一度確かめてください。",
            code=STALE,
        )
    return now.sheet


def with_glyphs(judged: Judged) -> Judged:
    """字形確認: as on paper. Not again for a job whose contents are as they were."""
    if judged.sheet is None:
        return judged
    if judged.job is not None and judged.job.snapshot == snapshot_of(judged.sheet):
        same = tuple(block for block in judged.job.blocks if block in (Block.GLYPH, Block.TOO_LONG))
        return replace(judged, blocks=judged.blocks + same, detail=judged.job.detail if same else "")
    # reportlab is loaded here, in the lane that waits for glyphs anyway, and never at the start of the window
    from nhi_center.printing.certificates import preflight
    from nhi_center.printing.fonts import describe

    seen = preflight(judged.sheet)
    blocks = judged.blocks
    if seen.missing:
        blocks += (Block.GLYPH,)
    if seen.too_long:
        blocks += (Block.TOO_LONG,)
    return replace(judged, blocks=blocks, detail="、".join(describe(character) for character in seen.missing))


def differs(judged: Judged) -> bool:
    job = judged.job
    if job is None:
        return True
    snapshot = snapshot_of(judged.sheet) if judged.sheet else {}
    return (job.kind, job.blocks, job.detail, dict(job.snapshot)) != (judged.kind, judged.blocks, judged.detail, snapshot)
