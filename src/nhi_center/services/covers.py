"""台紙: one for each household whose documents are checked and still in the room; printed, seen by a person, counted.

They are plain paper and carry names: a spoiled one is counted and goes back to the ward like every other sheet.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from nhi_center.domain.calendar import wareki
from nhi_center.domain.certificate_jobs import Job, check_spoil_reason
from nhi_center.domain.covers import Cover, CoverState, Enclosed, check_step
from nhi_center.domain.custody import COVER, Place
from nhi_center.domain.day_close import OpenItem
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.print_jobs import JobState
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.printing.sheets import CertificateSheet, CoverBatch, CoverLine, CoverSheet
from nhi_center.services import custody, printers, ward_settings
from nhi_center.services.certificate_sheets import sheet_of
from nhi_center.services.documents import temporary
from nhi_center.services.office import Office
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import certificates, register
from nhi_center.storage import covers as storage
from nhi_center.storage import custody as ledger
from nhi_center.storage.engine import Connection

SENDER = "cover_sender"
"""The ward's setting: the lines of the sender on a 台紙."""
MOST = 200
"""Covers of one print: as many as a lot has sheets."""

Report = Callable[[int, int, str], object]


@dataclass(frozen=True, slots=True)
class Checked:
    """How many covers, and of how many sheets."""

    covers: int
    sheets: int


def listing(office: Office, session: Session) -> tuple[Cover, ...]:
    """Every household with checked documents in the room, in the order of the post; ``state`` None: it has no cover yet.

    A cover whose documents are all gone or spoiled is here too while it lies in the tray: it must not go out alone.
    """
    with reading(office, session, Action.PRINT) as connection:
        return _listing(connection)


def _listing(connection: Connection) -> tuple[Cover, ...]:
    good = certificates.in_state(connection, JobState.GOOD)
    fine = {job.id for job in good}
    covers = [replace(cover, stale=any(one.job not in fine for one in cover.enclosed)) for cover in _here(connection)]
    have = {one.job for cover in covers for one in cover.enclosed}
    waiting: dict[str, list[tuple[Job, CertificateSheet]]] = {}
    for job in good:
        if job.id in have:
            continue
        sheet, person = sheet_of(job), register.find(connection, job.atena)
        if sheet is not None and person is not None:
            waiting.setdefault(person.household, []).append((job, sheet))
    covers += [_cover(household, jobs) for household, jobs in waiting.items()]
    return tuple(sorted(covers, key=lambda cover: (cover.postal, cover.address, cover.household)))


def _here(connection: Connection) -> list[Cover]:
    """Those on their way out of the printer, and the good ones in the tray."""
    accounts = [balance.account for balance in ledger.balances(connection, places=(Place.OUTPUT,))]
    found = [storage.find(connection, account.slip) for account in accounts if account.kind == COVER.id]
    coming = storage.in_state(connection, CoverState.PRINTING) + storage.in_state(connection, CoverState.NEEDS_CHECK)
    return [*coming, *(cover for cover in found if cover is not None)]


def _cover(household: str, jobs: Sequence[tuple[Job, CertificateSheet]]) -> Cover:
    first = jobs[0][1]
    enclosed = tuple(
        Enclosed(job.id, job.kind.short_title, job.serial, sheet.name, _until(sheet))
        for job, sheet in sorted(jobs, key=lambda one: (one[0].serial, one[0].id))
    )
    return Cover("", household, first.postal, first.address, first.head_name, enclosed)


def _until(sheet: CertificateSheet) -> str:
    return wareki(sheet.valid_until) if sheet.valid_until else "期限なし"


def print_covers(office: Office, session: Session, households: Sequence[str], report: Report) -> Checked:
    """台紙 for these households, in the order of the post. Run it in the print lane.

    Kept before anything can come out. Raises EnvironmentTrouble PR-* when nothing was handed over: they wait as before.
    """
    require(office, session, Action.PRINT)
    recover(office, session)
    printer, placement = printers.port_of(office, session, "", one_sided=True)
    with begin(office, session, Action.PRINT, step="covers") as unit:
        wanted = [cover for cover in _listing(unit.connection) if cover.state is None and cover.household in set(households)]
        made = [replace(cover, id=str(uuid.uuid4())) for cover in wanted[:MOST]]
        if not made:
            raise OperatorError("台紙の要る世帯がありません。一覧を更新して確かめてください。", code="empty")
        for cover in made:
            storage.add(unit.connection, cover, unit.stamp, unit.person)
        batch = _batch(office, unit.connection, made)
        unit.note(sheets=_sheets(made))
    report(0, len(made), "台紙を印刷しています")
    asked = False
    name = f"covers-{uuid.uuid4()}"
    try:
        with temporary(office, name, batch, placement=placement) as pdf:
            asked = True
            outcome = printer.send(name, pdf, 1)
    except Exception:
        _step(office, session, made, CoverState.NEEDS_CHECK if asked else CoverState.NOT_PRINTED)
        raise
    failed = outcome.state == "failed"
    _step(office, session, made, CoverState.NOT_PRINTED if failed else CoverState.NEEDS_CHECK)
    if failed:
        raise EnvironmentTrouble("PR-01", outcome.detail)
    return Checked(len(made), _sheets(made))


def _batch(office: Office, connection: Connection, covers: Sequence[Cover]) -> CoverBatch:
    sender = ward_settings.setting(office, connection, SENDER) or ("東京都新宿区",)
    return CoverBatch(
        tuple(_sheet(cover) for cover in covers),
        wareki(office.clock.today()),
        tuple(str(line) for line in sender)[:6],
        sample=office.settings.training,
    )


def _sheet(cover: Cover) -> CoverSheet:
    lines = tuple(CoverLine(one.serial or "普通紙", one.title, one.name, one.until) for one in cover.enclosed)
    return CoverSheet(cover.postal, cover.address, cover.head_name, lines, f"整理番号 {cover.id[:8]}")


def _step(office: Office, session: Session, covers: Sequence[Cover], state: CoverState) -> None:
    with begin(office, session, Action.PRINT, step="covers_handed", sheets=_sheets(covers)) as unit:
        unit.note(state=state.value)
        for cover in covers:
            storage.move(unit.connection, cover.id, state, unit.stamp, unit.person)


def recover(office: Office, session: Session) -> int:
    """What a crash left "printing": only a person can say whether it came out. Run it in the print lane. Gives how many."""
    with reading(office, session, Action.PRINT) as connection:
        left = storage.in_state(connection, CoverState.PRINTING)
    if left:
        _step(office, session, left, CoverState.NEEDS_CHECK)
    return len(left)


def open_items(connection: Connection) -> tuple[OpenItem, ...]:
    """What 終業点検 looks at: covers nobody has looked at yet."""
    count = storage.count_to_check(connection)
    return (OpenItem("covers_check", count, f"現物を確認していない台紙 {count}世帯", "book", paper=True),)


def check(office: Office, session: Session, cover_ids: Sequence[str], target: CoverState, reason: str = "") -> Checked:
    """A person has looked: good, spoiled (with ``reason``, printed again from the list), or not come out. All or none.

    Raises OperatorError at ``spoil_reason``.
    """
    require(office, session, Action.CHECK_PRINT)
    if target is CoverState.SPOILED:
        check_spoil_reason(reason)
    with begin(office, session, Action.CHECK_PRINT, step="covers_checked") as unit:
        covers = [_found(unit.connection, id_) for id_ in cover_ids]
        for cover in covers:
            check_step(cover, target)
            if cover.state is CoverState.GOOD:
                custody.uncount_good(unit, COVER.id, cover.id)
            storage.move(unit.connection, cover.id, target, unit.stamp, unit.person, reason)
            _count(unit, cover, target)
        sheets = _sheets(covers)
        unit.note(state=target.value, sheets=sheets, **({"reason": reason} if reason else {}))
    return Checked(len(covers), sheets)


def _count(unit: Unit, cover: Cover, target: CoverState) -> None:
    if target is CoverState.GOOD:
        custody.count_good(unit, COVER.id, cover.id, cover.sheets)
    elif target is CoverState.SPOILED:
        custody.count_spoiled(unit, cover.id, cover.sheets)


def _sheets(covers: Sequence[Cover]) -> int:
    return sum(cover.sheets for cover in covers)


def _found(connection: Connection, id_: str) -> Cover:
    found = storage.find(connection, id_)
    if found is None:
        raise OperatorError("この台紙はありません。一覧を更新して確かめてください。", code="no-cover")
    return found
