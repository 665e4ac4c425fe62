"""What a certificate shows: made from the register and the ward's answer, frozen as text in the job, read back to be printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from nhi_center.domain.certificate_jobs import Job, Settled, share_of
from nhi_center.domain.certificates import IssueFacts, Kind, Validity, income_class, is_known_class
from nhi_center.domain.entry import Application
from nhi_center.domain.people import Person
from nhi_center.printing.sheets import CertificateSheet
from nhi_center.storage import register
from nhi_center.storage.engine import Connection


def snapshot_of(sheet: CertificateSheet) -> dict[str, str]:
    """Exactly what is printed, as text by name."""
    return {name: value.isoformat() if isinstance(value, date) else _plain(value) for name, value in asdict(sheet).items()}


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)


def sheet_of(job: Job) -> CertificateSheet | None:
    """What a job prints; None while nothing can be printed."""
    return _read(job.snapshot) if job.snapshot else None


def _read(snapshot: Mapping[str, str]) -> CertificateSheet:
    def day(name: str) -> date:
        return date.fromisoformat(snapshot[name])

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
        valid_until=day("valid_until"),
        acquired=day("acquired") if snapshot["acquired"] else None,
        limit_class=snapshot["limit_class"],
        share=snapshot["share"],
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
    return Settled(symbol, number, branch, income if known else "", class_unknown=not known)


def make_sheet(kind: Kind, person: Person, facts: IssueFacts, validity: Validity, *, sample: bool) -> CertificateSheet:
    """What is printed for this person on this day."""
    settled = income_class(facts.income_class)
    return CertificateSheet(
        kind=kind,
        symbol=facts.symbol,
        number=facts.number,
        branch=facts.branch,
        name=person.name,
        sex=person.sex,
        birth=person.birth,
        head_name=person.name if person.is_head else person.head_name,
        address=person.address,
        issued=facts.issue_date,
        valid_from=validity.valid_from,
        valid_until=validity.valid_until,
        acquired=None if kind.is_limit else facts.acquired,
        limit_class=settled.printed if kind.is_limit and settled else "",
        share="" if kind.is_limit else share_of(facts.income_class),
        sample=sample,
    )
