"""書き出し on counted paper: a report that both sign is printed on the room's printer, counted by hand and handed over in a 便.

Its sheets are in the ledger from the moment somebody has counted them (``services.custody``), so the blind count of the 便, the
receipt and the day close know them like every other paper. No file of it stays.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import replace

from nhi_center.domain import exports as file_rules
from nhi_center.domain import paper_exports as rules
from nhi_center.domain import reports as report_rules
from nhi_center.domain.custody import REPORT_PAPER
from nhi_center.domain.day_close import OpenItem
from nhi_center.domain.operators import Action, Session, Signature
from nhi_center.domain.paper_exports import PaperExport, PaperState
from nhi_center.domain.reports import Report
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.printing.preview import page_count
from nhi_center.printing.sheets import Placement, SummarySheet
from nhi_center.services import custody, devices, exports, printers
from nhi_center.services.documents import temporary
from nhi_center.services.exports import Pair, Signatures
from nhi_center.services.inside import logs_outside
from nhi_center.services.office import Office
from nhi_center.services.reports import company_of, summary_sheet
from nhi_center.services.work import Unit, begin, require
from nhi_center.storage import paper_exports as storage
from nhi_center.storage import reports as report_storage
from nhi_center.storage.engine import Connection

_NOTE = "紙での書き出し: この報告書は全{sheets}枚です。受渡し(便)で枚数を数えて区へ渡します。"


@logs_outside
def print_report(office: Office, session: Session, report: Report, pair: Pair) -> PaperExport:
    """Supervisor and ward staff sign exactly the report that was shown and how many sheets it is, and it is printed on plain
    paper. What came out is said by ``check``.

    Waits for the PDF process and two password hashes: run it in the print lane. Raises OperatorError as ``reports.export``, and
    for a printer that is not accepted; EnvironmentTrouble PR-*: nothing was handed to the printer.
    """
    require(office, session, Action.REPORT)
    devices.require_none_held(office, "export")
    printer, placement = printers.port_of(office, session, "", one_sided=True)
    id_ = str(uuid.uuid4())
    contents = report_rules.contents(report)
    sheets = _pages(office, id_, _sheet(office, report, (_NOBODY, _NOBODY), 1), placement)
    statement = rules.statement(report_rules.statement(contents), sheets)
    signatures = exports.sign_pair(office, pair, file_rules.Kind.REPORT, statement)
    with temporary(office, id_, _sheet(office, report, signatures, sheets), placement=placement) as pdf:
        if page_count(pdf) != sheets:
            raise ValueError("the report has other pages than were signed")
        digest = hashlib.sha256(pdf.read_bytes()).hexdigest()
        with begin(office, session, Action.REPORT, subject=report.number, step="paper_export", sheets=sheets) as unit:
            made = _made(unit, id_, report, sheets, digest, signatures)
            storage.add(unit.connection, made, statement, signatures)
            report_storage.keep(unit.connection, made.period, made.name, digest, contents, signatures[0], unit.stamp)
            unit.note(decided_by=made.supervisor, approved_by=made.ward, sha256=digest)
            _tell(unit, made, sheets)
        try:
            outcome = printer.send(id_, pdf, 1)
        except Exception:
            _step(office, session, made, PaperState.NEEDS_CHECK)
            raise
    after = PaperState.NOT_PRINTED if outcome.state == "failed" else PaperState.NEEDS_CHECK
    _step(office, session, made, after)
    if after is PaperState.NOT_PRINTED:
        raise EnvironmentTrouble("PR-01", outcome.detail)
    return replace(made, state=after)


_NOBODY = Signature("", "見本", "", "", "0" * 64, "0" * 128)
"""Stands in the place of who will sign, while the pages are counted."""


def _sheet(office: Office, report: Report, signatures: Signatures, sheets: int) -> SummarySheet:
    made = summary_sheet(report, *signatures, company=company_of(office, report), sample=office.settings.training)
    return replace(made, notes=(*made.notes, _NOTE.format(sheets=sheets)))


def _pages(office: Office, id_: str, sheet: SummarySheet, placement: Placement) -> int:
    """One side a sheet: what both sign, before there is a signature to print."""
    with temporary(office, id_, sheet, placement=placement) as pdf:
        return page_count(pdf)


def _made(unit: Unit, id_: str, report: Report, sheets: int, digest: str, signatures: Signatures) -> PaperExport:
    supervisor, ward = signatures
    return PaperExport(
        id_, report.period.key, report.number, sheets, digest, PaperState.PRINTING, unit.stamp, supervisor.person, ward.person
    )


def _step(office: Office, session: Session, made: PaperExport, state: PaperState) -> None:
    with begin(office, session, Action.REPORT, subject=made.number, step="paper_export_handed", state=state.value) as unit:
        storage.move(unit.connection, made.id, state)


def check(office: Office, session: Session, name: str, target: PaperState, counted: int = 0, reason: str = "") -> PaperExport:
    """A person has counted the sheets: all there (``GOOD``), faulty (``SPOILED``, with ``reason``), or none (``NOT_PRINTED``).

    What came out lies in the output tray from now on, in the ledger, and leaves with the next 便 to the ward. Raises
    OperatorError as ``domain.paper_exports.check_seen``, and code no-paper-export.
    """
    require(office, session, Action.CHECK_PRINT)
    with begin(office, session, Action.CHECK_PRINT, step="paper_export_checked", state=target.value) as unit:
        found = storage.find(unit.connection, name)
        if found is None:
            raise OperatorError("この紙の報告書はありません。一覧を更新して確かめてください。", code="no-paper-export")
        rules.check_seen(found, target, counted, reason)
        unit.subject = found.number
        if found.state is PaperState.GOOD:
            custody.uncount_good(unit, REPORT_PAPER.id, found.id)
        storage.keep_seen(unit.connection, found.id, target, counted, reason, unit.stamp, unit.person)
        if target is PaperState.GOOD:
            custody.count_good(unit, REPORT_PAPER.id, found.id, counted)
        elif target is PaperState.SPOILED:
            custody.count_spoiled(unit, found.id, counted)
        unit.note(sheets=counted, **({"reason": reason} if reason else {}))
        seen = replace(found, state=target, counted=counted, reason=reason)
        _tell(unit, seen, counted)
    return seen


def _tell(unit: Unit, made: PaperExport, sheets: int) -> None:
    """The record for the segment: which report, how many sheets, how far."""
    unit.record("custody", {"export": made.number, "sheets": sheets, "state": made.state.value, "at": unit.stamp})


def open_items(connection: Connection) -> tuple[OpenItem, ...]:
    """What 終業点検 looks at: printed reports whose sheets nobody has counted yet."""
    count = storage.count_to_check(connection)
    return (OpenItem("paper_exports_check", count, f"枚数を数えていない紙の報告書 {count}件", "reports", paper=True),)
