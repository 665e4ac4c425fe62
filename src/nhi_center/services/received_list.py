"""受付一覧(氏名入り): a month's papers with names, for the ward, under its 承諾番号: the only personal rows that leave."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from nhi_center.domain import received_list as rules
from nhi_center.domain.copies import Approval, Copy
from nhi_center.domain.copies import Kind as CopyKind
from nhi_center.domain.exports import Kind
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.received_list import Line, Reason
from nhi_center.domain.report_period import Period
from nhi_center.printing.sheets import BookTable, ListColumn, ListPart, ListSheet, Workbook
from nhi_center.services import copies, devices, exports
from nhi_center.services.copy_lines import FOLDER
from nhi_center.services.custody import document_kinds
from nhi_center.services.exports import Exported, Pair, Signatures
from nhi_center.services.inside import logs_outside
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import audit
from nhi_center.storage import copies as copy_storage
from nhi_center.storage import received_list as storage
from nhi_center.storage.engine import Connection

LONGEST_NAMES = 3
"""People of one paper that are named; of more it says how many."""


def rows(office: Office, session: Session, period: Period) -> int:
    """How many rows the list of a period would have."""
    with reading(office, session, Action.EXPORT_NAMES) as connection:
        return storage.count(connection, period.first, period.last)


@logs_outside
def export(
    office: Office, session: Session, period: Period, shown: int, reason: str, number: str, pair: Pair, *, excel: bool = False
) -> Exported:
    """Supervisor and ward staff agree on the list of this period with ``shown`` rows, and it is written (``services.exports``;
    ``excel``: as a workbook too), with its line in 情報管理台帳. A number the ward has not registered yet becomes its consent
    for this copy.

    Waits for the PDF process and two password hashes: run it in the print lane. Raises OperatorError at ``reason``, ``number``,
    ``supervisor`` or ``ward``, with code changed, nothing-received or device-held; EnvironmentTrouble (PDF process, disk).
    """
    require(office, session, Action.EXPORT_NAMES)
    devices.require_none_held(office, "export")
    why = rules.reason_of(reason)
    with reading(office, session, Action.EXPORT_NAMES) as connection:
        approval = _consent(connection, number, office.clock.today())
        lines = _lines(connection, period)
        statement = _statement(office, connection, period, len(lines), why, approval.number)
    rules.check_lines(len(lines), shown)
    signatures = exports.sign_pair(office, pair, Kind.RECEIVED, statement)
    target = exports.target(office, f"received-list-{office.terminal}-{period.key}")
    page = sheet(office, period, lines, statement, signatures)
    book = workbook(page, lines) if excel else None
    made = exports.make(office, page, target, Kind.RECEIVED, period.key, statement, signatures, rows=len(lines), book=book)
    with begin(office, session, Action.EXPORT_NAMES, subject=statement["number"], step="export") as unit:
        approval = _consent(unit.connection, number, unit.today)
        if approval not in copy_storage.approvals(unit.connection):
            copies.keep(unit, approval, signatures[1].person)
        day = unit.today.isoformat()
        line = Copy(str(uuid.uuid4()), CopyKind.EXPORT, rules.ITEMS, len(lines), FOLDER, made.file, approval.number, day, "", "")
        copy_storage.add(unit.connection, line, unit.person)
        unit.note(count=len(lines), reason=f"reason-{why.value}")
        exports.put(office, unit, made)
    return made.told()


def _consent(connection: Connection, number: str, day: date) -> Approval:
    used = copy_storage.used(connection, number.strip())
    return rules.consent(number, copy_storage.approvals(connection), used, day)


def _lines(connection: Connection, period: Period) -> tuple[Line, ...]:
    kinds = document_kinds()
    return tuple(
        Line(number, kinds[kind].title if kind in kinds else kind, day, sheets, _names([one.name for one in people]))
        for number, kind, day, sheets, people in storage.papers(connection, period.first, period.last)
    )


def _names(names: Sequence[str]) -> str:
    left = len(names) - LONGEST_NAMES
    return "、".join(names[:LONGEST_NAMES]) + (f" ほか{left}人" if left > 0 else "")


def _statement(
    office: Office, connection: Connection, period: Period, count: int, reason: Reason, approval: str
) -> dict[str, Any]:
    """What both sign, which can be read without the password: how much, of when, why and under which number. No name."""
    entries, head = audit.last(connection, office.terminal)
    anchor = audit.newest_anchor(connection, office.terminal)
    return {
        "number": f"L-{period.key.replace('-', '')}-{office.terminal}",
        "period": period.key,
        "terminal": office.terminal,
        "read_at": office.clock.local().isoformat(timespec="seconds"),
        "rows": count,
        "reason": reason.label,
        "approval": approval,
        "sources": {"slip": count},
        "log": {"entries": entries, "hash": head.hex(), "anchored": anchor.seq if anchor else 0},
    }


# -- the printed page --


def sheet(office: Office, period: Period, lines: Sequence[Line], statement: dict[str, Any], signatures: Signatures) -> ListSheet:
    """The list, with the reason, the number and who agreed at its head."""
    supervisor, ward = signatures
    return ListSheet(
        title="受付一覧(氏名入り)",
        subtitle=f"{period.title} 端末 {office.terminal}",
        footer=f"受付一覧(氏名入り) {statement['number']} 承諾番号 {statement['approval']}",
        pairs=(
            ("承諾番号", statement["approval"]),
            ("理由", statement["reason"]),
            ("行数", f"{len(lines):,}行"),
            ("扱い", "個人の行を含みます。区が写しを作らず保管し、用が済んだら消去します。"),
        ),
        names=(("取扱責任者", supervisor.name), ("区職員", ward.name)),
        parts=(ListPart("受け付けた書類", _COLUMNS, tuple(_cells(line) for line in lines)),),
        boxes=("取扱責任者", "区 収受"),
        sample=office.settings.training,
    )


def workbook(page: ListSheet, lines: Sequence[Line]) -> Workbook:
    """The same list for Excel: days as days, sheets as numbers, names as the register writes them."""
    rows = tuple((date.fromisoformat(one.day), one.slip, one.kind, one.sheets, one.name or "(入力前)") for one in lines)
    table = BookTable(page.parts[0].title, tuple(column.heading for column in _COLUMNS), rows)
    return Workbook(f"{page.title} {page.subtitle}", (*page.pairs, *page.names), (table,), page.sample)


_COLUMNS = (
    ListColumn("受付日", 24),
    ListColumn("管理票", 20, right=True),
    ListColumn("届出・申請", 50),
    ListColumn("枚", 12, right=True),
    ListColumn("氏名", 64, name=True),
)


def _cells(line: Line) -> tuple[str, ...]:
    return (line.day, line.slip, line.kind, f"{line.sheets:,}" if line.sheets else "-", line.name or "(入力前)")
