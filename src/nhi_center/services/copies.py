"""情報管理台帳: a line for every second copy, by itself where the program makes it, and the ward's 承諾番号 (特9).

A copy without a number is not held up: the backup of a day must not wait for a letter. It stands in red until the ward has given
one, single for this copy or standing for a kind and a period. The room is told of every number: a standing one counts at each
terminal, and one for a single copy, which counts where it was entered, is used nowhere else.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from nhi_center.domain.calendar import wareki
from nhi_center.domain.copies import (
    ACCESS,
    ITEMS,
    Approval,
    Copy,
    Kind,
    approval_from_json,
    approval_to_json,
    check_approval,
)
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.printing.sheets import ListColumn, ListPart, ListSheet
from nhi_center.services import known_people
from nhi_center.services.documents import document
from nhi_center.services.office import Office
from nhi_center.services.room import RoomRecord
from nhi_center.services.work import Unit, begin, reading
from nhi_center.storage import copies as storage
from nhi_center.storage.engine import Connection

KIND = "copy_approval"


def ledger(office: Office, session: Session) -> tuple[Copy, ...]:
    """Every line, those without a 承諾番号 first; the copy of the register with what it holds now."""
    with reading(office, session, Action.COPY_LEDGER) as connection:
        people = storage.people(connection)
        return tuple(replace(one, count=people) if _is_register(one) else one for one in storage.every(connection))


def _is_register(line: Copy) -> bool:
    """The copy that is here and grows with each exchange; one that is gone keeps its last count."""
    return line.kind is Kind.REGISTER and not (line.erased or line.returned)


def approvals(office: Office, session: Session) -> tuple[Approval, ...]:
    with reading(office, session, Action.COPY_LEDGER) as connection:
        return storage.approvals(connection)


def approve(
    office: Office, session: Session, number: str, kinds: tuple[Kind, ...], first: date, last: date, standing: bool
) -> int:
    """The ward's standing consent for these kinds in this period, or one for a single copy; gives how many waiting lines got it.

    A standing one goes to every line of the period that has none; a single one to the oldest, or to the next copy that is made.
    Raises OperatorError at ``number``
    (also when it was given before), ``kind``, ``last``.
    """
    with begin(office, session, Action.APPROVE_COPY, step="copy_approved") as unit:
        check_approval(number, kinds, first, last)
        approval = Approval(number.strip(), kinds, standing, first, last)
        if approval.number in {one.number for one in storage.approvals(unit.connection)}:
            raise OperatorError("この承諾番号は、もう登録されています。", field="number", code="number-used")
        keep(unit, approval, unit.person)
        waiting = _waiting(unit.connection, approval)
        given = waiting if standing else waiting[:1]
        for line in given:
            storage.assign(unit.connection, line.id, approval.number)
        unit.subject = approval.number
        unit.note(count=len(given), kinds=" ".join(kinds), standing=standing)
        return len(given)


def keep(unit: Unit, approval: Approval, by: str) -> None:
    """A new number by somebody of the ward, here and on its way to the room."""
    storage.approve(unit.connection, approval, unit.stamp, by)
    unit.record(KIND, {**approval_to_json(approval), "at": unit.stamp, "by": by})


def take(_office: Office, connection: Connection, record: RoomRecord) -> None:
    """A number that was entered at another terminal (see ``services.takers``). The first one of a number stands."""
    known_people.require_author(connection, str(record.body["by"]), Action.APPROVE_COPY)
    told = approval_from_json(record.body)
    check_approval(told.number, told.kinds, told.first, told.last)
    if told.number in {one.number for one in storage.approvals(connection)}:
        return
    here = told if told.standing else replace(told, kinds=())  # known, and for no copy here
    storage.approve(connection, here, str(record.body["at"]), str(record.body["by"]))
    for line in _waiting(connection, here) if here.standing else ():
        storage.assign(connection, line.id, here.number)


def _waiting(connection: Connection, approval: Approval) -> list[Copy]:
    """The lines without a number that this one covers, oldest first."""
    lines = reversed(storage.every(connection))
    return [line for line in lines if line.missing and approval.covers(line.kind, date.fromisoformat(line.received))]


def give_back(office: Office, session: Session, copy_id: str) -> None:
    """This copy was given back to the ward today. Raises OperatorError when it is gone or given back already."""
    with begin(office, session, Action.COPY_LEDGER, subject=copy_id, step="given_back") as unit:
        if not storage.returned(unit.connection, copy_id, unit.today.isoformat()):
            raise OperatorError("この写しは、返したか消去した後です。", code="copy-gone")


def write_ledger(office: Office, session: Session) -> Path:
    """情報管理台帳 as a PDF in the documents folder. Run it in the print lane."""
    rows, today = ledger(office, session), office.clock.today()
    act = begin(office, session, Action.COPY_LEDGER, step="export", sheets=len(rows))
    return document(office, f"copy-ledger-{office.terminal}-{today:%Y%m%d}.pdf", sheet(office, rows), act)


def sheet(office: Office, rows: tuple[Copy, ...]) -> ListSheet:
    kinds = [kind for kind in Kind if any(row.kind is kind for row in rows)]
    return ListSheet(
        title="情報管理台帳",
        subtitle=f"端末 {office.terminal} {wareki(office.clock.today())} 現在",
        footer=f"情報管理台帳 {office.terminal}",
        pairs=(("写し", f"{len(rows)}件"), ("承諾番号のないもの", f"{sum(row.missing for row in rows)}件")),
        parts=(
            ListPart("写し", _COLUMNS, tuple(_cells(row) for row in rows)),
            ListPart("項目とアクセスできる人", _ABOUT, tuple((kind.label, ITEMS[kind], ACCESS[kind]) for kind in kinds)),
        ),
        boxes=("取扱責任者", "区職員"),
        sample=office.settings.training,
    )


_COLUMNS = (
    ListColumn("情報の名称", 34),
    ListColumn("件数", 14, right=True),
    ListColumn("媒体と場所", 46),
    ListColumn("承諾番号", 25),
    ListColumn("受領", 17),
    ListColumn("返却", 17),
    ListColumn("消去", 17),
)
_ABOUT = (ListColumn("情報の名称", 40), ListColumn("項目", 65), ListColumn("アクセスできる人", 65))


def _cells(row: Copy) -> tuple[str, ...]:
    return (
        row.kind.label,
        f"{row.count:,}",
        f"{row.medium} {row.place}",
        row.approval or "なし(要確認)",
        *(day[2:] for day in (row.received, row.returned, row.erased)),
    )
