"""証拠一式: everything a period leaves as proof, in one signed file that the ward checks on a PC of its own.

Books, 立入り調査票 and 消去証明書 are made anew as they stand; receipts, review sheets and 事故報告書 go in as they were written.
What is not there any more, or is another file by now, is said in the manifest; a 事故報告書 is then made again from its record.
No insured person is named in it; staff are, as in the books.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from nhi_center.domain import pack, signed_manifest
from nhi_center.domain.calendar import wareki
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.pack import File, Group, Manifest
from nhi_center.domain.report_period import Period
from nhi_center.errors import OperatorError
from nhi_center.files import overwrite
from nhi_center.printing.files import free_name
from nhi_center.printing.sheets import ListColumn, ListPart, ListSheet
from nhi_center.services import (
    audit_log,
    devices,
    erasure,
    erasure_sheet,
    exports,
    incident_sheet,
    incidents,
    on_site_sheet,
)
from nhi_center.services.books import BOOKS, Book
from nhi_center.services.documents import drawn
from nhi_center.services.inside import logs_outside
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import on_site_inspection
from nhi_center.storage import pack as storage

Report = Callable[[int, int, str], None]
"""(done, total, words): called between steps; raises to stop."""

Part = tuple[File, bytes]
Found = tuple[list[Part], list[str]]
"""What goes in, and what is said of what does not."""

_EMPTY = "empty"
NO_REVIEW = "この期間の月のアクセスログ点検表は、まだ署名されていないので、入っていません"
NO_REPORT = "事故・差異の記録 {}件は、書面での報告がまだないので、入っていません"
NOT_ENDED = "消去({})は、まだ終わっていないので、証明書が入っていません"


def silent(_done: int, _total: int, _words: str) -> None:
    """For who does not watch."""


@logs_outside
def make_pack(office: Office, session: Session, period: Period, report: Report = silent) -> Path:
    """The pack of these days in the documents folder; gives its path. An earlier one stays; nothing else is left beside it.

    Waits for the PDF process and reads the whole log: run it in the print lane. Stopped through ``report``, no pack is there.
    Raises OperatorError (a device is held, the log does not hold), EnvironmentTrouble (the PDF process, the disk).
    """
    require(office, session, Action.VIEW_CONTROLS)
    devices.require_none_held(office, "export")
    total = len(BOOKS) + 3
    parts: list[Part] = []
    for step, book in enumerate(BOOKS):
        report(step, total, f"{book.title}を作っています。")
        parts += _book(office, session, period, book)
    report(len(BOOKS), total, "受領証、点検表、報告書、証明書を集めています。")
    found = (_signed(office, session, period), _incidents(office, session, period), _erasures(office, session, period))
    signed = [part for parts_of, _said in found for part in parts_of]
    missing = tuple(line for _parts, said in found for line in said)
    report(len(BOOKS) + 1, total, "操作記録を確かめて写しています。")
    log, last = _log(office, session)
    parts += [*signed, log]
    report(len(BOOKS) + 2, total, "まとめて署名しています。")
    parts.append(_summary(office, period, parts, missing))
    data = _zip(office, session, period, last, parts, missing)
    stem = f"pack-{office.terminal}-{period.key}"
    target = free_name(office.settings.documents, stem, pack.SUFFIX, office.settings.business_folder)
    digest = hashlib.sha256(data).hexdigest()
    with begin(office, session, Action.VIEW_CONTROLS, step="pack", files=len(parts), missing=len(missing), sha256=digest) as unit:
        unit.write(target, data)
    return target


def _book(office: Office, session: Session, period: Period, book: Book) -> list[Part]:
    """None where the period has nothing for it, or where another page signs it."""
    if book.make is None:
        return []
    make = partial(book.make, office, session, period.first, period.last)
    try:
        return [_made(office, Group.BOOKS, book.title, make)]
    except OperatorError as problem:
        if problem.code != _EMPTY:
            raise
        return []


def _log(office: Office, session: Session) -> tuple[Part, int]:
    """The whole log, and the number of its last entry."""
    with _alone(office) as own:
        log = audit_log.export(office, session)
        own.append(log.path)
        return _part(Group.LOG, log.path, f"操作記録 {log.first}番から{log.last}番まで"), log.last


def _made(office: Office, group: Group, title: str, make: Callable[[], Path]) -> Part:
    """What is made for the pack lies in it alone."""
    with _alone(office) as own:
        path = make()
        own.append(path)
        return _part(group, path, title)


@contextmanager
def _alone(office: Office) -> Iterator[list[Path]]:
    """Takes what the block says it made out of the documents folder again, unless somebody had made it before: no single copy of
    what a pack holds is left where nobody counts it (特記 9)."""
    folder, own = office.settings.documents, list[Path]()
    before = set(folder.iterdir()) if folder.is_dir() else set()
    try:
        yield own
    finally:
        for path in own:
            if path not in before:
                overwrite(path)


def _signed(office: Office, session: Session, period: Period) -> Found:
    with reading(office, session, Action.VIEW_CONTROLS) as connection:
        wanted = storage.documents(connection, period.first, period.last)
    parts: list[Part] = []
    missing = [] if any(one.group is Group.REPORTS for one in wanted) else [NO_REVIEW]
    for one in wanted:
        exported = one.group is Group.EXPORTS
        path = exports.path_of(office, one.file) if exported else office.settings.documents / Path(one.file).name
        found = _part(one.group, path, one.group.label) if path.is_file() else None
        if found is not None and found[0].sha256 == one.sha256:
            parts.append(found)
        else:
            missing.append(f"{one.file} が{'変わっている' if found else 'ない'}ので、入っていません")
    return parts + _inspections(office, session, period), missing


def _inspections(office: Office, session: Session, period: Period) -> list[Part]:
    """立入り調査票 of what was ended within the period, wherever in the room: the inspectors' signatures are in it."""
    with reading(office, session, Action.VIEW_CONTROLS) as connection:
        every = on_site_inspection.every(connection)
    ended = [one.id for one in every if one.ended and _within(period, one.ended_at)]
    make = on_site_sheet.make_sheet
    return [_made(office, Group.REPORTS, "立入り調査票", partial(make, office, session, id_)) for id_ in ended]


def _incidents(office: Office, session: Session, period: Period) -> Found:
    """事故報告書 of what began within the period, and those written in it: as they were written here, else made again."""
    parts: list[Part] = []
    missing: list[str] = []
    unwritten = 0
    for row, kept in incidents.within(office, session, period.first, period.last):
        unwritten += not row.incident.papers
        for number, paper in enumerate(row.incident.papers, start=1):
            title = f"事故報告書 {paper.stage.value}"
            path = office.settings.documents / Path(paper.file).name
            digest = kept.get((paper.file, paper.at))
            found = _part(Group.INCIDENTS, path, title) if digest and path.is_file() else None
            if found is not None and found[0].sha256 == digest:
                parts.append(found)
                continue
            if digest:
                missing.append(f"{paper.file} が{'変わっている' if found else 'ない'}ので、記録から作り直しました")
            stem = f"{pack.MADE_AGAIN}{row.incident.day.replace('-', '')}-{row.incident.id[:8]}-{number}"
            path = office.settings.documents / f"{stem.partition('/')[2]}.pdf"
            data = incident_sheet.made_again(office, row, paper, path)
            parts.append(_of_bytes(f"{stem}.pdf", f"{title}({incident_sheet.AGAIN})", data))
    return parts, [*missing, *([NO_REPORT.format(unwritten)] if unwritten else [])]


def _erasures(office: Office, session: Session, period: Period) -> Found:
    """消去証明書 of what was erased within the period, whole or in part: supervisor's and ward's signatures are in it."""
    every = erasure.every(office, session)[::-1]
    ended = [one for one in every if one.ended_at and _within(period, one.ended_at)]
    make = erasure_sheet.certificate
    parts = [
        _made(office, Group.ERASURES, f"消去証明書 {one.title} {one.state.label}", partial(make, office, session, one.id))
        for one in ended
    ]
    return parts, [NOT_ENDED.format(one.title) for one in every if not one.ended_at and _within(period, one.agreed_at)]


def _within(period: Period, at: str) -> bool:
    return period.first.isoformat() <= at[:10] <= period.last.isoformat()


def _part(group: Group, path: Path, title: str) -> Part:
    return _of_bytes(f"{group.value}/{path.name}", title, path.read_bytes())


def _of_bytes(name: str, title: str, data: bytes) -> Part:
    return File(name, title, hashlib.sha256(data).hexdigest(), len(data)), data


def _summary(office: Office, period: Period, parts: list[Part], missing: tuple[str, ...]) -> Part:
    columns = (ListColumn("種類", 26), ListColumn("内容", 46), ListColumn("ファイル", 66), ListColumn("指紋(先頭16字)", 32))
    rows = tuple((one.group.label if one.group else "", one.title, one.name, one.sha256[:16]) for one, _data in parts)
    sheet = ListSheet(
        title="証拠一式の目録",
        subtitle=f"{wareki(period.first)} から {wareki(period.last)} まで",
        footer=f"{office.settings.label} 証拠一式",
        pairs=(("作成", wareki(office.clock.today())), ("ファイル", f"{len(parts)}件")),
        parts=(
            ListPart("入っているもの", columns, rows),
            ListPart("入っていないもの", notes=missing or ("ありません。",)),
            ListPart("確かめ方", notes=("区のパソコンで nhi-center-verify pack を実行します。端末も回線も要りません。",)),
        ),
        sample=office.settings.training,
    )
    draft = office.settings.documents / f"pack-{office.terminal}-{period.key}-summary.pdf"
    return _of_bytes("summary.pdf", "目録", drawn(office, draft, sheet))


def _zip(office: Office, session: Session, period: Period, last: int, parts: list[Part], missing: tuple[str, ...]) -> bytes:
    manifest = Manifest(
        period=(period.first.isoformat(), period.last.isoformat()),
        terminal=office.terminal,
        training=office.settings.training,
        made_at=office.clock.local().isoformat(timespec="seconds"),
        made_by=session.person,
        last=last,
        files=tuple(one for one, _data in parts),
        missing=missing,
    )
    body = pack.to_json(manifest)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(pack.MANIFEST, signed_manifest.write(body, office.premises.terminal.sign(pack.signed_bytes(body))))
        for one, data in parts:
            archive.writestr(one.name, data)
    return held.getvalue()
