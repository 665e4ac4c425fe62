"""What a certificate shows: made from the register and the ward's answer, frozen as text in the job, read back to be printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from nhi_center.domain.card_notes import CardNotes, card_notes
from nhi_center.domain.certificate_jobs import NO_MARKS, Job, Marks, Settled, share_of
from nhi_center.domain.certificate_kinds import Disease, Kind
from nhi_center.domain.certificates import (
    SHOWS_SEX,
    IssueFacts,
    Validity,
    disease_ceiling,
    income_class,
    is_known_class,
    long_stay_from,
)
from nhi_center.domain.entry import Application
from nhi_center.domain.people import Person
from nhi_center.printing.sheets import CertificateSheet
from nhi_center.storage import entry as applications
from nhi_center.storage import register
from nhi_center.storage.engine import Connection

DISPLAY_FORM, STUDY_FORM = "F19", "F11"


def snapshot_of(sheet: CertificateSheet) -> dict[str, str]:
    """Exactly what is printed, as text by name."""
    return {field.name: _plain(getattr(sheet, field.name)) for field in fields(sheet)}


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def sheet_of(job: Job) -> CertificateSheet | None:
    """What a job prints; None while nothing can be printed."""
    return _read(job.snapshot) if job.snapshot else None


def _read(snapshot: Mapping[str, str]) -> CertificateSheet:
    def day(name: str) -> date:
        return date.fromisoformat(snapshot[name])

    def maybe(name: str) -> date | None:
        return day(name) if snapshot.get(name) else None

    return CertificateSheet(
        kind=Kind(snapshot["kind"]),
        symbol=snapshot["symbol"],
        number=snapshot["number"],
        branch=snapshot["branch"],
        name=snapshot["name"],
        sex=snapshot["sex"],
        birth=day("birth"),
        head_name=snapshot["head_name"],
        address=snapshot["address"],
        issued=day("issued"),
        valid_from=day("valid_from"),
        valid_until=maybe("valid_until"),
        acquired=maybe("acquired"),
        limit_class=snapshot["limit_class"],
        limit_from=maybe("limit_from"),
        share=snapshot["share"],
        title=snapshot["title"],
        postal=snapshot["postal"],
        disease=snapshot["disease"],
        ceiling=snapshot["ceiling"],
        long_stay_from=maybe("long_stay_from"),
        seal=snapshot["seal"],
        registered_name=snapshot["registered_name"],
        sex_on_back=bool(snapshot["sex_on_back"]),
        remarks=snapshot["remarks"],
        sample=bool(snapshot["sample"]),
    )


def settled_of(connection: Connection, application: Application) -> Settled | None:
    """The standard system's answer about this person; None while it has not come."""
    result = register.find_result(connection, application.id)
    if result is None or result.atena != application.atena:
        return None
    symbol, number, branch, income = (str(result.body.get(name) or "") for name in ("symbol", "number", "branch", "income_class"))
    known = is_known_class(income)
    stay, disease = (_said(result.body, name) for name in ("long_stay_from", "disease"))
    return Settled(symbol, number, branch, income if known else "", class_unknown=not known, stay=stay, disease=disease)


def _said(body: Mapping[str, Any], name: str) -> str | None:
    """None where the answer says nothing about it."""
    return str(body[name]) if body.get(name) is not None else None


def marks_of(connection: Connection, atena: str) -> Marks:
    """The newest 表記変更申出 and 修学 of a person that the ward has reviewed here."""
    shown = _reviewed_values(connection, atena, DISPLAY_FORM)
    study = _reviewed_values(connection, atena, STUDY_FORM)
    until = study.get("school_until", "") if study.get("applies") == "1" else ""
    return Marks(
        shown_name=shown.get("shown_name", ""),
        registered_name=shown.get("registered_name", ""),
        sex_on_back=shown.get("shown_sex") == "2",
        study_until=date.fromisoformat(until) if until else None,
    )


def _reviewed_values(connection: Connection, atena: str, form: str) -> Mapping[str, str]:
    application = applications.newest_reviewed(connection, atena, form)
    return application.draft.values if application else {}


def make_sheet(
    kind: Kind,
    person: Person,
    facts: IssueFacts,
    validity: Validity,
    *,
    marks: Marks = NO_MARKS,
    title: str = "",
    seal: str = "",
    sample: bool,
) -> CertificateSheet:
    """What is printed for this person on this day."""
    settled = income_class(facts.income_class)
    alias = marks.shown_name  # 住民票の通称 of a foreign resident stands in the register's name itself, without a note
    ceiling = disease_ceiling(facts, validity.valid_from) if kind is Kind.DISEASE else None
    notes = card_notes(facts) if kind is Kind.ELIGIBILITY else CardNotes()
    longer = kind in (Kind.LIMIT_REDUCTION, Kind.REDUCTION) and facts.long_stay and facts.applied_on is not None
    return CertificateSheet(
        kind=kind,
        symbol=facts.symbol,
        number=facts.number,
        branch=facts.branch,
        name=alias or person.name,
        sex=person.sex,
        birth=person.birth,
        head_name=person.name if person.is_head else person.head_name,
        address=person.address,
        issued=facts.issue_date,
        valid_from=validity.valid_from,
        valid_until=validity.valid_until,
        acquired=None if kind.applied_for or kind is Kind.ELDERLY else facts.acquired,
        limit_class=settled.printed if kind.is_limit and settled else notes.limit_class,
        limit_from=notes.limit_from,
        share="" if kind.applied_for else share_of(facts.income_class),
        title=title if kind is Kind.NOTICE else "",
        postal=person.postal,
        disease=Disease(facts.disease).printed if kind is Kind.DISEASE and facts.disease else "",
        ceiling=f"{ceiling:,}円" if ceiling else "",
        long_stay_from=long_stay_from(facts.applied_on) if longer and facts.applied_on else None,
        seal=seal,
        registered_name=(marks.registered_name or person.name) if alias else "",
        sex_on_back=marks.sex_on_back and kind in SHOWS_SEX,
        remarks=notes.remarks,
        sample=sample,
    )
