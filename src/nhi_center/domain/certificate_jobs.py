"""証の出力 jobs: which certificate an application leads to here, on what facts it is judged, and what a job carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from nhi_center.domain.card_notes import WANTED
from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.certificates import IssueFacts, document_for, income_class
from nhi_center.domain.entry import Application, State
from nhi_center.domain.forms.definition import BEGINS, EffectKind, FormDefinition
from nhi_center.domain.forms.summary import document_asked
from nhi_center.domain.people import Person
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import OperatorError

SPOIL_REASONS: Mapping[str, str] = {
    "1": "ずれ・かすれ",
    "2": "紙づまり・折れ",
    "3": "汚れ",
    "4": "裏表・向きの違い",
    "5": "内容の違い",
}
"""書損の理由, typed by number."""

CARD_APPLICATION = "F13"
"""資格確認書 交付申請: who files it gets one whatever his マイナ保険証."""

STATEMENT = "spoiled-approval"
"""Kind of the statement a second person signs for a spoiled sheet (書損の承認)."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What the standard system answered: 記号・番号・枝番 and 適用区分.

    ``stay`` (ISO) and ``disease`` (a code) are for 併記: "" 該当なし, None when it said nothing. ``class_unknown``: it answered a
    適用区分 that is not printed here (境界層 and the like); ``income_class`` is empty then.
    """

    symbol: str
    number: str
    branch: str
    income_class: str
    class_unknown: bool = False
    stay: str | None = None
    disease: str | None = None


# no repr: the snapshot names a person
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Job:
    """One sheet on its way. ``snapshot`` is exactly what is printed; empty while nothing could be printed.

    ``application`` is "" for one of a 一斉更新, whose id is ``renewal``. ``error``: what is wrong with it, since when, with its
    code; gone when an attempt succeeds (its steps keep it). ``spooler``: how the spooler says it stands, "" for a folder or
    before it was asked; ``spooler_reasons`` as it gives them.
    ``spoiled`` and ``void`` stay true for ever; the reprint of a spoiled sheet, and the 再交付 of a void one, is a job of its own
    whose ``replaces`` names this one. Times: wall clock, ISO.
    """

    id: str
    application: str
    kind: Kind
    atena: str
    state: JobState
    snapshot: Mapping[str, str] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    detail: str = ""
    serial: str = ""
    renewal: str = ""
    printer: str = ""
    error: str = ""
    spooler: str = ""
    spooler_reasons: str = ""
    attempts: int = 0
    spoiled: bool = False
    spoil_reason: str = ""
    reported_by: str = ""
    replaces: str = ""
    void: bool = False
    made_at: str = ""

    @property
    def prefix(self) -> str:
        """Which numbered paper it needs."""
        return self.kind.stock

    @property
    def spooled(self) -> str:
        """Its number at the spooler; "" for a folder, and when no number was told."""
        return self.printer.removeprefix("cups-") if self.printer.startswith("cups-") else ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a job: when, by whom, into which state, with which paper; ``error``: what went wrong in it."""

    at: str
    by: str
    to: JobState
    serial: str
    note: str
    error: str = ""


def owed(form: FormDefinition, values: Mapping[str, str], card: str, settled_class: str, day: date) -> Kind | None:
    """Which certificate an application leads to on a day; None: none follows here (loss, a mark).

    What the ward has not settled gives the usual kind, so that ``examine`` finds the block and its sentence.
    """
    usual = Kind.ELIGIBILITY if Kind.ELIGIBILITY.in_use(day) else Kind.INSURED
    if form.effect in BEGINS or form.effect is EffectKind.CHANGE:
        return document_for(card, day) or usual
    if form.effect is not EffectKind.CERTIFICATE:
        return None
    asked = document_asked(form, values)
    return asked if asked is None else followed(asked, settled_class)


def followed(kind: Kind, settled_class: str) -> Kind:
    """A limit certificate follows its 適用区分; every other kind stays what it is, 減額 alone too."""
    if not kind.is_limit or kind is Kind.REDUCTION:
        return kind
    settled = income_class(settled_class)
    return (settled.kind if settled else None) or kind


@dataclass(frozen=True, slots=True, repr=False)
class Marks:
    """What the ward has settled about a person beside the register: 表記変更申出 (F19) and 修学 (F11), the newest of each.

    ``shown_name``: 通称名 on the front, ``registered_name`` 戸籍の氏名 then stands on the back; ``sex_on_back``: 裏面参照.
    """

    shown_name: str = ""
    registered_name: str = ""
    sex_on_back: bool = False
    study_until: date | None = None


NO_MARKS = Marks()


def issue_facts(application: Application, person: Person, settled: Settled, today: date, marks: Marks = NO_MARKS) -> IssueFacts:
    """What a certificate issued today for this person is judged on."""
    period = person.current_period(today)
    return IssueFacts(
        birth=person.birth,
        issue_date=today,
        card=person.card,
        symbol=settled.symbol,
        number=settled.number,
        branch=settled.branch,
        insured=period is not None,
        acquired=period.acquired if period else None,
        # 処理済 too: a sheet found faulty after its check is printed again
        reviewed=application.state in (State.REVIEWED, State.DONE),
        applied_on=date.fromisoformat(application.fact_date) if application.fact_date else None,
        income_class=settled.income_class,
        arrears=person.arrears,
        undeclared=person.undeclared,
        protected=person.protected,
        stay_until=person.stay_until,
        study_until=marks.study_until,
        sex=person.sex,
        card_applied=application.form == CARD_APPLICATION,
        disease=application.value("disease"),
        long_stay=application.value("long_stay") == "1",
        noted=WANTED.get(application.value("wanted_notes"), frozenset()),
        settled_stay=settled.stay,
        settled_disease=settled.disease,
    )


def share_of(settled_class: str) -> str:
    """一部負担金の割合 from 70 on, by 適用区分 (国民健康保険法 42条); "" while the class is not settled."""
    settled = income_class(settled_class)
    if settled is None:
        return ""
    return "3割" if settled.code in ("B01", "B02", "B03") else "2割"


def check_spoil_reason(reason: str) -> None:
    """Raise OperatorError at ``spoil_reason`` for a reason that is not on the list."""
    if reason not in SPOIL_REASONS:
        raise OperatorError("書損の理由を番号で選んでください。", field="spoil_reason", code="no-reason")


def approval_contents(job: Job) -> dict[str, str]:
    """What the second person sees and signs: the sheet, why, and who says so. No personal value."""
    return {
        "job": job.id,
        "kind": job.kind.value,
        "serial": job.serial,
        "reason": job.spoil_reason,
        "reported_by": job.reported_by,
    }


def again(job: Job, id_: str, at: str) -> Job:
    """The reprint of a spoiled sheet: the same contents, a job and a paper of its own."""
    return replace(
        job,
        id=id_,
        state=JobState.QUEUED,
        serial="",
        printer="",
        error="",
        spooler="",
        spooler_reasons="",
        attempts=0,
        spoiled=False,
        spoil_reason="",
        reported_by="",
        replaces=job.id,
        made_at=at,
    )
