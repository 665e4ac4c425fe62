"""集計・報告: a period in numbers, and the same numbers as a signed, sealed and encrypted file for the ward."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from nhi_center.domain import report_period
from nhi_center.domain import reports as rules
from nhi_center.domain.calendar import wareki
from nhi_center.domain.operators import Action, Role, Session, Signature
from nhi_center.domain.report_period import Kind, Period
from nhi_center.domain.reports import STATEMENT, LogState, Report, Table, Written
from nhi_center.errors import OperatorError
from nhi_center.keys.accounts import unlock
from nhi_center.printing.files import free_name, write_whole
from nhi_center.printing.sheets import PdfJob, SummaryChart, SummarySheet, SummaryTable
from nhi_center.services import devices, figures
from nhi_center.services.inside import logs_outside
from nhi_center.services.office import Office
from nhi_center.services.sealing import seal_pdf
from nhi_center.services.signing import require_signature, sign
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import audit, report_words
from nhi_center.storage import figures as counts
from nhi_center.storage import reports as storage
from nhi_center.storage.engine import Connection

COMPANY = "受託者"
LONGEST_CHART_WORDS = 18
_ALWAYS = ("applications", "waits", "sheets", "certificates", "calls", "incidents", "trainings", "log_reviews")
"""Tables that are printed also when nothing stands in them: that there was nothing is a figure too."""


# no repr: it carries passwords
@dataclass(frozen=True, slots=True, repr=False)
class Approval:
    """The supervisor's own ID and password, and the password the file gets, typed twice."""

    person: str
    own_password: str
    password: str
    repeated: str


def periods(office: Office, kind: Kind) -> tuple[Period, ...]:
    """The periods of a kind that can be shown, newest first."""
    return report_period.of_kind(kind, office.clock.today())


def of_period(office: Office, session: Session, period: Period) -> Report:
    """A period as it stands now; one that was signed after its end as it was signed (確定)."""
    with reading(office, session, Action.REPORT) as connection:
        signed = storage.frozen(connection, period.key, period.last.isoformat())
        if signed is not None:
            return _frozen(period, signed)
        now = office.clock.local()
        entries, head = audit.last(connection, office.terminal)
        anchor = audit.newest_anchor(connection, office.terminal)
        tables = figures.gather(connection, period.first, period.last, now)
        if period.kind is Kind.MONTH:
            tables = (*tables, _corrections(connection, period.previous, now))
        return Report(
            period=period,
            terminal=office.terminal,
            read_at=now.isoformat(timespec="seconds"),
            tables=tables,
            sources=counts.sources(connection, counts.Span(period.first, period.last)),
            log=LogState(entries, head.hex(), anchor.seq if anchor else 0),
            words=report_words.of_month(connection, period.key) if period.kind is Kind.MONTH else None,
        )


def _frozen(period: Period, signed: Mapping[str, Any]) -> Report:
    return Report(
        period=period,
        terminal=signed["terminal"],
        read_at=signed["read_at"],
        tables=rules.tables_of(signed),
        sources=signed["sources"],
        log=LogState(**signed["log"]),
        words=rules.words_of(signed),
        frozen=True,
    )


def _corrections(connection: Connection, before: Period, now: datetime) -> Table:
    """What the month before would say now, beside what was signed of it; empty while it was not signed after its end."""
    signed = storage.frozen(connection, before.key, before.last.isoformat())
    if signed is None:
        return rules.corrections((), ())
    return rules.corrections(rules.tables_of(signed), figures.gather(connection, before.first, before.last, now))


def written(office: Office, session: Session) -> tuple[Written, ...]:
    """The reports that have been written, newest first."""
    with reading(office, session, Action.REPORT) as connection:
        return storage.written(connection)


@logs_outside
def export(office: Office, session: Session, report: Report, approval: Approval, *, again: bool = False) -> Written:
    """Sign exactly the report that was shown, and write it: AES-256, sealed, whole or not at all. An earlier file stays.

    Waits for the PDF process and a password hash: run it in the print lane. Raises OperatorError at ``password`` or
    ``repeated`` (the file's), with code wrong-password or wrong-role (the supervisor's), with code file-exists unless
    ``again``: then the new file gets the next number. Raises EnvironmentTrouble (the PDF process, the disk).
    """
    require(office, session, Action.REPORT)
    devices.require_none_held(office, "export")
    rules.check_password(approval.password, approval.repeated)
    target = _target(office, report.period, again=again)
    contents = rules.contents(report)
    signature = sign(office, approval.person, approval.own_password, STATEMENT, contents)
    require_signature(office, signature, STATEMENT, contents, Role.SUPERVISOR)
    _require_other_password(office, approval)
    sheet = summary_sheet(report, signature, sample=office.settings.training)
    sealed = _sealed(office, sheet, target, approval.password, contents, signature)
    digest = hashlib.sha256(sealed).hexdigest()
    with begin(office, session, Action.REPORT, subject=report.number, step="export", sha256=digest) as unit:
        row = Written(report.period.key, target.name, digest, unit.stamp, signature.name)
        storage.keep(unit.connection, report.period.key, row.file, digest, contents, signature, unit.stamp)
        body = {"file": row.file, "sha256": digest, "contents": contents, "signature": _signature(signature)}
        unit.record("summary", body)
        write_whole(target, sealed, office.settings.business_folder)
    return row


def path_of(office: Office, row: Written) -> Path:
    """Where a written report lies."""
    return office.settings.documents / Path(row.file).name


def _require_other_password(office: Office, approval: Approval) -> None:
    """A file that leaves the room must not carry the key of an account with it."""
    account = office.premises.accounts.find(approval.person)
    if approval.password == approval.own_password:
        same = True
    else:
        try:
            unlock(account, approval.password)
        except OperatorError:
            same = False
        else:
            same = True
    if same:
        raise OperatorError(
            "サインインのパスワードは、ファイルのパスワードに使えません。別のものにしてください。",
            field="password",
            code="own-password",
        )


def _target(office: Office, period: Period, *, again: bool) -> Path:
    target = free_name(office.settings.documents, f"summary-{period.key}", ".pdf", office.settings.business_folder)
    if target.stem != f"summary-{period.key}" and not again:
        raise OperatorError("この期間の報告は、もう書き出してあります。", code="file-exists")
    return target


def _sealed(
    office: Office, sheet: SummarySheet, target: Path, password: str, contents: Mapping[str, Any], signature: Signature
) -> bytes:
    draft = target.with_name(f".{target.name}.draft")
    try:
        office.premises.pdf.make(PdfJob(sheet, draft, password, encrypted=True, within=office.settings.business_folder))
        return seal_pdf(office, STATEMENT, draft.read_bytes(), contents, [signature])
    finally:
        draft.unlink(missing_ok=True)


def _signature(signature: Signature) -> dict[str, str]:
    return {"person": signature.person, "signed_at": signature.signed_at, "value": signature.value}


# -- the printed page --


def summary_sheet(report: Report, signature: Signature, *, sample: bool) -> SummarySheet:
    """What the printed page says: the signed tables and nothing else."""
    return SummarySheet(
        number=report.number,
        title=report.period.kind.paper,
        period=report.title,
        company=COMPANY,
        made_at=_moment(report.read_at),
        made_by=signature.name,
        figures=_figures(report),
        tables=(*(_printed(table) for table in report.tables if table.rows or table.key in _ALWAYS), _sources(report)),
        texts=report.words.parts if report.words else (),
        charts=_charts(report),
        notes=_notes(report, signature),
        sample=sample,
    )


def _charts(report: Report) -> tuple[SummaryChart, ...]:
    """Of the calls, and of the hours: a month's jobs beside their plan, or the months of a year. One of nothing is left out."""
    calls = tuple((_short(words), numbers[0]) for words, numbers in report.table("calls").rows)
    months = report.find("hours_by_month")
    if months:
        at = months.headings.index("計") - 1
        hours = tuple((words, numbers[at]) for words, numbers in months.rows)
    else:
        hours = _bars_of_jobs(report.find("hours"))
    found = (SummaryChart("電話の分類", calls), SummaryChart("業務の時間", hours, "時間"))
    return tuple(chart for chart in found if any(number for _words, number in chart.bars))


def _bars_of_jobs(table: Table | None) -> tuple[tuple[str, int], ...]:
    if table is None or "計画" not in table.headings:
        return ()
    worked, plan = table.headings.index("時間") - 1, table.headings.index("計画") - 1
    pairs = ((words, numbers[worked], numbers[plan]) for words, numbers in table.rows)
    return tuple(bar for words, done, planned in pairs for bar in ((words, done), ("計画", planned)))


def _short(words: str) -> str:
    """For the chart, whose names have a narrow column; the whole words stand in the table."""
    return words if len(words) <= LONGEST_CHART_WORDS else f"{words[: LONGEST_CHART_WORDS - 1]}…"


_FIGURES = (
    ("受けた届出・申請", "applications", 0, "件"),
    ("区審査済", "applications", 3, "件"),
    ("証等の出力", "certificates", 0, "枚"),
    ("電話", "calls", 0, "件"),
)


def _figures(report: Report) -> tuple[tuple[str, str, str], ...]:
    """A table in which nothing stands has no total: 0."""
    totals = ((label, report.table(key).total, at, unit) for label, key, at, unit in _FIGURES)
    return tuple((label, f"{total[at] if total else 0:,}", unit) for label, total, at, unit in totals)


def _printed(table: Table) -> SummaryTable:
    rows = tuple((words, *(f"{number:,}" for number in numbers)) for words, numbers in table.rows)
    total = ("合計", *(f"{number:,}" for number in table.total)) if table.total else ()
    return SummaryTable(table.title, table.headings, rows, total)


_SOURCES = {
    "slip": "管理票",
    "application_event": "届出・申請の段階",
    "movement": "枚数の移動",
    "handover": "受渡し(便)",
    "review": "区の審査",
    "second_keying": "照合",
    "certificate_event": "証の出力の段階",
    "call": "電話",
    "incident": "事故・差異の記録",
    "day_close": "終業点検",
    "presence": "入退室",
    "working_time": "業務の時間",
}


def _sources(report: Report) -> SummaryTable:
    """What the numbers were counted from."""
    rows = tuple((_SOURCES[name], f"{count:,}") for name, count in report.sources.items() if count)
    return SummaryTable("数えたもとの記録(行)", ("記録", "行"), rows)


def _notes(report: Report, signature: Signature) -> tuple[str, ...]:
    return (
        f"操作記録: {report.log.entries:,}番まで(区のサーバの控え {report.log.anchored:,}番まで)",
        f"操作記録の最後の指紋(SHA-256): {_spaced(report.log.hash)}",
        f"この報告の内容の指紋(SHA-256): {_spaced(signature.statement)}",
        f"署名の指紋: {_spaced(signature.value[:32])}",
    )


def _spaced(fingerprint: str) -> str:
    return " ".join(fingerprint[at : at + 8] for at in range(0, len(fingerprint), 8))


def _moment(stamp: str) -> str:
    at = datetime.fromisoformat(stamp)
    return f"{wareki(date(at.year, at.month, at.day))} {at:%H:%M}"
