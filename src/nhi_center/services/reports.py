"""集計・報告: a period in numbers, and the same numbers as an encrypted file for the ward that two have signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from nhi_center.domain import contract as contracts
from nhi_center.domain import report_period
from nhi_center.domain import reports as rules
from nhi_center.domain.calendar import wareki
from nhi_center.domain.exports import Kind
from nhi_center.domain.operators import Action, Session, Signature
from nhi_center.domain.report_period import Kind as PeriodKind
from nhi_center.domain.report_period import Period
from nhi_center.domain.reports import LogState, Report, Table, Written
from nhi_center.errors import OperatorError
from nhi_center.printing.sheets import BookTable, SummaryChart, SummarySheet, SummaryTable, Workbook
from nhi_center.services import devices, exports, figures, ward_settings
from nhi_center.services.exports import Exported, Pair, Signatures
from nhi_center.services.inside import logs_outside
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import audit, report_words
from nhi_center.storage import contract as contract_storage
from nhi_center.storage import figures as counts
from nhi_center.storage import reports as storage
from nhi_center.storage.engine import Connection
from nhi_center.storage.trouble import told_apart

LONGEST_CHART_WORDS = 18
MONTHS_BACK = 12
"""So many signed months are looked through for what was corrected since."""
_ALWAYS = ("applications", "waits", "sheets", "certificates", "calls", "incidents", "trainings", "log_reviews")
"""Tables that are printed also when nothing stands in them: that there was nothing is a figure too."""


def periods(office: Office, kind: PeriodKind) -> tuple[Period, ...]:
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
        if period.kind is PeriodKind.MONTH:
            tables = (*tables, _corrections(connection, period, now))
        return Report(
            period=period,
            terminal=office.terminal,
            read_at=now.isoformat(timespec="seconds"),
            tables=tables,
            sources=counts.sources(connection, counts.Span(period.first, period.last)),
            log=LogState(entries, head.hex(), anchor.seq if anchor else 0),
            words=report_words.of_month(connection, period.key) if period.kind is PeriodKind.MONTH else None,
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


def _corrections(connection: Connection, period: Period, now: datetime) -> Table:
    """What months that were signed would say now and no report has said yet: the month before, and each of the 12 before that
    has changed since the last report. Empty while none was signed after its end."""
    months = [period.previous]
    while len(months) < MONTHS_BACK:
        months.append(months[-1].previous)
    signed = {one.key: storage.frozen(connection, one.key, one.last.isoformat()) for one in months}
    found = []
    for at, month in enumerate(months):
        before = signed[month.key]
        if before is None:
            continue
        told: dict[str, int] = {}
        for later in reversed(months[:at]):
            body = signed[later.key]
            if body is not None:
                name = "" if later.previous == month else month.title
                told |= rules.told_of(_table(body, rules.CORRECTIONS), name)
        days = (month.first, month.last)
        counted = figures.written_later(connection, *days) if at else figures.gather(connection, *days, now)
        changed = rules.changes(rules.tables_of(before), counted, told)
        found.append(("" if at == 0 else month.title, changed))
    return rules.corrections(found)


def _table(signed: Mapping[str, Any], key: str) -> Table | None:
    return next((table for table in rules.tables_of(signed) if table.key == key), None)


def written(office: Office, session: Session) -> tuple[Written, ...]:
    """The reports that have been written, newest first."""
    with reading(office, session, Action.REPORT) as connection:
        return storage.written(connection)


@logs_outside
def export(office: Office, session: Session, report: Report, pair: Pair, *, again: bool = False, excel: bool = False) -> Exported:
    """Supervisor and ward staff sign exactly the report that was shown, and it is written (``services.exports``), with ``excel``
    its tables as a workbook too. An earlier file stays.

    Waits for the PDF process and two password hashes: run it in the print lane. Raises OperatorError at ``supervisor`` or
    ``ward`` (wrong-password, wrong-role, four-eyes ...), with code device-held, with code file-exists unless ``again``: then the
    new file gets the next number. Raises EnvironmentTrouble (the PDF process, the disk).
    """
    require(office, session, Action.REPORT)
    devices.require_none_held(office, "export")
    target = _target(office, report.period, again=again)
    contents = rules.contents(report)
    statement = rules.statement(contents)
    signatures = exports.sign_pair(office, pair, Kind.REPORT, statement)
    sheet = summary_sheet(report, *signatures, company=company_of(office, report), sample=office.settings.training)
    book = workbook(sheet, report) if excel else None
    made = exports.make(office, sheet, target, Kind.REPORT, report.period.key, statement, signatures, book=book)
    with begin(office, session, Action.REPORT, subject=report.number, step="export") as unit:
        row = Written(report.period.key, made.file, made.sha256, unit.stamp, signatures[0].name)
        storage.keep(unit.connection, report.period.key, row.file, row.sha256, contents, signatures[0], unit.stamp)
        unit.record("summary", _told(row, contents, signatures))
        exports.put(office, unit, made)
    return made.told()


def _target(office: Office, period: Period, *, again: bool) -> Path:
    stem = f"summary-{office.terminal}-{period.key}"
    target = exports.target(office, stem)
    if target.stem != stem and not again:
        raise OperatorError("この期間の報告は、もう書き出してあります。", code="file-exists")
    return target


def _told(row: Written, contents: Mapping[str, Any], signatures: Signatures) -> dict[str, Any]:
    """The record for the segment: the signatures are over ``reports.statement`` of these contents."""
    supervisor, ward = ({"person": one.person, "signed_at": one.signed_at, "value": one.value} for one in signatures)
    return {
        "file": row.file,
        "sha256": row.sha256,
        "contents": contents,
        "signature": supervisor,
        "ward_signature": ward,
    }


# -- the printed page, and the workbook --


def summary_sheet(report: Report, signature: Signature, ward: Signature, *, company: str, sample: bool) -> SummarySheet:
    """What the printed page says: the signed tables and nothing else. ``signature`` is the supervisor's."""
    return SummarySheet(
        number=report.number,
        title=report.period.kind.paper,
        period=report.title,
        company=company,
        made_at=_moment(report.read_at),
        made_by=signature.name,
        agreed_by=ward.name,
        figures=_figures(report),
        tables=(*(_printed(table) for table in report.tables if table.rows or table.key in _ALWAYS), _sources(report)),
        texts=report.words.parts if report.words else (),
        charts=_charts(report),
        notes=_notes(report, signature),
        sample=sample,
    )


def workbook(sheet: SummarySheet, report: Report) -> Workbook:
    """What the printed page says, for Excel: every table of the report on a sheet of its own, its numbers as numbers."""
    tables = tuple(
        BookTable(one.title, one.headings, tuple((words, *numbers) for words, numbers in one.rows), _total(one))
        for one in report.tables
    )
    sources = tuple((_SOURCES[name], count) for name, count in report.sources.items() if count)
    return Workbook(
        title=f"{sheet.title} {sheet.period}",
        pairs=(
            ("報告番号", report.number),
            ("受託者", sheet.company),
            ("数えた日時", datetime.fromisoformat(report.read_at).replace(tzinfo=None)),
            ("取扱責任者", sheet.made_by),
            ("区職員", sheet.agreed_by),
            *sheet.texts,
            *(("記録", note) for note in sheet.notes),
        ),
        tables=(*tables, BookTable(_SOURCES_TITLE, ("記録", "行"), sources)),
        sample=sheet.sample,
    )


def _total(table: Table) -> tuple[str | int, ...]:
    return ("合計", *table.total) if table.total else ()


def company_of(office: Office, report: Report) -> str:
    """Whose work it was: of the contract the period's last day, or today, lies in; else as the ward has set it."""
    with told_apart(), office.store.read.begin() as connection:
        kept = contract_storage.every(connection)
        now = contracts.in_force(kept, min(report.period.last, office.clock.today()))
        return now.contract.company if now else ward_settings.company(office, connection)


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


_SOURCES_TITLE = "数えたもとの記録(行)"
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
    "room_figures": "室内の端末の件数",
}


def _sources(report: Report) -> SummaryTable:
    """What the numbers were counted from."""
    rows = tuple((_SOURCES[name], f"{count:,}") for name, count in report.sources.items() if count)
    return SummaryTable(_SOURCES_TITLE, ("記録", "行"), rows)


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
