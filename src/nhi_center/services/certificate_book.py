"""証の台帳: what was printed, and what the ward does with it. The contractor sees who printed; the ward sees the sheet alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from nhi_center.domain.calendar import short, wareki
from nhi_center.domain.certificate_jobs import Job
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.certificate_life import LONG_KEPT, MISDELIVERED, Life, LifeEvent, check, check_reissue, is_late, may_follow
from nhi_center.domain.incident_report import Kind as Incident
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.printing.sheets import ListColumn, ListPart, ListSheet
from nhi_center.services import certificate_reissue, incidents, returned_mail
from nhi_center.services.certificate_sheets import sheet_of
from nhi_center.services.certificates import origin_of
from nhi_center.services.documents import make_list
from nhi_center.services.office import Office
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import certificate_book as storage
from nhi_center.storage import certificates
from nhi_center.storage.certificate_book import Printing
from nhi_center.storage.engine import Connection

_EVER = date(2000, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class BookRow:
    """One sheet. ``printed_by`` and ``checked_by`` are empty on the ward's side. ``may``: the steps the ward may record."""

    job: str
    origin: str
    kind: Kind
    serial: str
    name: str
    insured_number: str
    issued: date | None
    valid_until: date | None
    state: str
    spoiled: bool
    life: LifeEvent | None
    may: frozenset[Life]
    printed_at: str
    printed_by: str = ""
    checked_by: str = ""
    reissue: str = ""
    """What became of the 再交付 of a void one: its number, or how far it is."""

    @property
    def standing(self) -> str:
        """What it is now."""
        return self.life.what.label if self.life else self.state


def book(office: Office, session: Session, first: date, last: date) -> tuple[BookRow, ...]:
    """発行一覧: every sheet that went through a printer on these days, spoiled ones too, by kind and number."""
    names = _names(office)
    with reading(office, session, Action.PRINT) as connection:
        newest = storage.newest(connection)
        return tuple(_row(connection, one, newest, names) for one in storage.printed(connection, first, last))


MOST = 200
"""So many certificates stand in the ward's list; the others are found by the number of their paper."""


@dataclass(frozen=True, slots=True)
class WithWard:
    """The ward's certificates. ``rows``: those that wait for it (返戻, 回収) first, then the ones printed last; or what a number
    finds. ``waiting``: how many are 交付前 in all. ``more``: not all of them are here."""

    rows: tuple[BookRow, ...]
    waiting: int
    more: bool

    def of(self, what: Life) -> tuple[BookRow, ...]:
        return tuple(row for row in self.rows if row.life is not None and row.life.what is what)

    @property
    def returned(self) -> tuple[BookRow, ...]:
        """返戻 that wait for an instruction."""
        return self.of(Life.MAIL_RETURNED)

    @property
    def out(self) -> tuple[BookRow, ...]:
        """無効 that are still out."""
        return tuple(row for row in self.of(Life.VOID) if row.life is not None and row.life.due)


def with_ward(office: Office, session: Session, number: str = "") -> WithWard:
    """What the ward has, of the company's people nothing. ``number``: the beginning of a paper number (S-0004)."""
    with reading(office, session, Action.ISSUE) as connection:
        wanted = unicodedata.normalize("NFKC", number).strip().upper()
        found = storage.with_ward(connection, MOST + 1, wanted)
        times = found[:MOST] if wanted else (*storage.open_with_ward(connection), *found[:MOST])
        first = {one.job: replace(one, by="") for one in reversed(times)}
        ordered = [first[job] for job in dict.fromkeys(one.job for one in times)]
        newest = storage.newest_of(connection, first)
        rows = tuple(_row(connection, one, newest, {}) for one in ordered)
        return WithWard(rows, storage.waiting_with_ward(connection), len(found) > MOST)


def record(office: Office, session: Session, event: LifeEvent, *, reissue: bool = False) -> None:
    """The ward's step. Cannot be undone: a later step says what is true then. Raises OperatorError at its field.

    ``reissue``: 無効 and 再交付 in one step; the new one waits in the contractor's queue.
    """
    require(office, session, Action.ISSUE)
    check_reissue(event, reissue)
    with begin(office, session, Action.ISSUE, subject=event.job, step=event.what.value, reason=event.reason) as unit:
        job = job_of(unit.connection, event.job)
        steps = storage.of_job(unit.connection, job.id)
        check(event, may_follow(job.state, steps[-1].what if steps else None, job.spoiled), unit.today)
        unit.about(job.atena)
        kept = replace(event, words=event.words.strip(), at=unit.stamp, by=unit.person)
        storage.add(unit.connection, kept)
        if kept.what is Life.MAIL_RETURNED:
            returned_mail.put_away(unit, kept)
        elif steps and steps[-1].what is Life.MAIL_RETURNED:
            returned_mail.goes_on(unit, steps[-1])
        if kept.what is Life.VOID:
            certificates.mark_void(unit.connection, job.id)
            _open_incident(unit, job, kept, issued=any(step.what is Life.ISSUED for step in steps))
        if reissue:
            certificate_reissue.order(office, unit, job)
        unit.record(
            "certificate",
            {
                "job": job.id,
                "application": job.application,
                "renewal": job.renewal,
                "serial": job.serial,
                "what": kept.what.value,
                "day": kept.day.isoformat(),
                "reason": kept.reason,
                "due": kept.due.isoformat() if kept.due else "",
                "by": kept.by,
                "at": kept.at,
            },
        )


def made_alike(office: Office, session: Session, job_id: str) -> tuple[BookRow, ...]:
    """誤発行: the others of the same kind, printed the same day by the same hand, that may be wrong in the same way."""
    names = _names(office)
    with reading(office, session, Action.ADJUDICATE) as connection:
        job = job_of(connection, job_id)
        newest = storage.newest(connection)
        times = storage.printed(connection, _EVER, office.clock.today())
        mine = next((one for one in times if one.job == job_id), None)
        if mine is None:
            return ()
        alike = (one for one in times if one.job != job_id and (one.at[:10], one.by) == (mine.at[:10], mine.by))
        rows = (_row(connection, one, newest, names) for one in alike)
        return tuple(row for row in rows if row.kind is job.kind)


def _names(office: Office) -> dict[str, str]:
    return {account.person: account.name for account in office.premises.accounts.everybody()}


def _row(connection: Connection, one: Printing, newest: Mapping[str, LifeEvent], names: Mapping[str, str]) -> BookRow:
    job = job_of(connection, one.job)
    sheet = sheet_of(job)
    life = newest.get(job.id)
    checker = next((step.by for step in certificates.steps(connection, job.id) if step.to.value == "good"), "") if names else ""
    return BookRow(
        job=job.id,
        origin=origin_of(connection, job),
        kind=job.kind,
        serial=job.serial,
        name=sheet.name if sheet else "",
        insured_number="-".join(part for part in (sheet.symbol, sheet.number, sheet.branch) if part) if sheet else "",
        issued=sheet.issued if sheet else None,
        valid_until=sheet.valid_until if sheet else None,
        state="書損" if job.spoiled else job.state.label,
        spoiled=job.spoiled,
        life=life,
        may=may_follow(job.state, life.what if life else None, job.spoiled),
        printed_at=one.at,
        printed_by=names.get(one.by, one.by),
        checked_by=names.get(checker, checker),
        reissue=_reissue(connection, job),
    )


def _open_incident(unit: Unit, job: Job, void: LifeEvent, *, issued: bool) -> None:
    """誤交付・誤発行: what is on it was wrong, or somebody else's. Still with the ward, it is only what might have happened."""
    if void.reason not in MISDELIVERED:
        return
    out = "交付したあとで見つかった" if issued else "区の確認で見つかった(交付の前)"
    words = f"証 {job.serial or '普通紙'} を無効にした({void.reason_words})。{out}。"
    source = f"void {job.id}"
    incidents.open_found(unit, Incident.MISDELIVERY, words, source=source, happened=issued, persons=1, items="証の記載事項")


def _reissue(connection: Connection, job: Job) -> str:
    made = certificates.reissue_of(connection, job.id) if job.void else None
    return f"再交付 {made.serial or made.state.label}" if made else ""


# -- on paper --

_LIST_COLUMNS = (
    ListColumn("用紙番号", 18),
    ListColumn("証の種類", 23),
    ListColumn("記号番号枝番", 27),
    ListColumn("氏名", 28, name=True),
    ListColumn("交付日", 17),
    ListColumn("有効期限", 17),
    ListColumn("状態", 13),
    ListColumn("操作", 13.5, name=True),
    ListColumn("検品", 13.5, name=True),
)
_RETURNED_COLUMNS = (
    ListColumn("用紙番号", 18),
    ListColumn("記号番号枝番", 28),
    ListColumn("氏名", 28, name=True),
    ListColumn("返戻日", 17),
    ListColumn("理由", 19),
    ListColumn("追跡番号", 24),
    ListColumn("保管庫", 14),
    ListColumn("指示", 22),
)
_COLLECT_COLUMNS = (
    ListColumn("用紙番号", 20),
    ListColumn("証の種類", 32),
    ListColumn("記号番号枝番", 32),
    ListColumn("氏名", 40, name=True),
    ListColumn("理由", 24),
    ListColumn("回収期限", 22),
)


def make_issue_list(office: Office, session: Session, first: date, last: date) -> Path:
    """発行一覧(連名簿) of these days as a PDF for the ward. Raises OperatorError when nothing was printed."""
    rows = book(office, session, first, last)
    if not rows:
        raise OperatorError("この期間に印刷した証はありません。期間を確かめてください。", field="first", code="empty")
    good = [row for row in rows if not row.spoiled]
    counts = tuple((kind.short_title, f"{sum(row.kind is kind for row in good)}枚") for kind in Kind if _has(good, kind))
    sheet = ListSheet(
        title="発行一覧(連名簿)",
        subtitle=_period(first, last),
        footer=f"{office.settings.label} 発行一覧",
        pairs=(*counts, ("書損", f"{len(rows) - len(good)}枚"), ("合計", f"{len(rows)}枚")),
        parts=(ListPart("", _LIST_COLUMNS, tuple(_printed_cells(row) for row in rows)),),
        boxes=("受託者", "区"),
        sample=office.settings.training,
    )
    return make_list(office, session, f"issued-{first:%Y%m%d}-{last:%Y%m%d}.pdf", sheet, "issued", len(rows), Action.PRINT)


def make_collect_list(office: Office, session: Session) -> Path:
    """回収一覧: void certificates that are still out, by 回収期限. Raises OperatorError when there is none."""
    rows = sorted(
        with_ward(office, session).out,
        key=lambda row: (row.life.due.isoformat() if row.life and row.life.due else "", row.serial),
    )
    if not rows:
        raise OperatorError("回収する証はありません。", code="empty")
    today = office.clock.today()
    sheet = ListSheet(
        title="回収一覧",
        subtitle=f"{wareki(today)} 現在",
        footer=f"{office.settings.label} 回収一覧",
        pairs=(("回収する証", f"{len(rows)}枚"), ("期限を過ぎたもの", f"{sum(_overdue(row, today) for row in rows)}枚")),
        parts=(ListPart("", _COLLECT_COLUMNS, tuple(_collect_cells(row) for row in rows)),),
        boxes=("区",),
        sample=office.settings.training,
    )
    return make_list(office, session, f"collect-{today:%Y%m%d}.pdf", sheet, "collect", len(rows), Action.ISSUE)


def make_returned_list(office: Office, session: Session) -> Path:
    """返戻一覧: letters that came back and wait for an instruction, the oldest first. Raises OperatorError without any."""
    rows = [(row, row.life) for row in with_ward(office, session).returned if row.life]
    if not rows:
        raise OperatorError("返戻の証はありません。", code="empty")
    rows.sort(key=lambda one: (one[1].day, one[1].cabinet, one[0].serial))
    today = office.clock.today()
    late = sum(is_late(life, today) for _row, life in rows)
    sheet = ListSheet(
        title="返戻一覧",
        subtitle=f"{wareki(today)} 現在",
        footer=f"{office.settings.label} 返戻一覧",
        pairs=(("返戻の証", f"{len(rows)}枚"), (f"{LONG_KEPT.days}日を過ぎたもの", f"{late}枚")),
        parts=(ListPart("", _RETURNED_COLUMNS, tuple(_returned_cells(row, life) for row, life in rows)),),
        boxes=("区", "取扱責任者"),
        sample=office.settings.training,
    )
    return make_list(office, session, f"returned-{today:%Y%m%d}.pdf", sheet, "returned", len(rows), Action.ISSUE)


def _returned_cells(row: BookRow, life: LifeEvent) -> tuple[str, ...]:
    """Of a long instruction the beginning; the whole stands on the screen."""
    paper, told = row.serial or row.kind.short_title, life.words if len(life.words) <= 12 else f"{life.words[:11]}…"
    return (paper, row.insured_number, row.name, short(life.day), life.reason_words, life.tracking, life.cabinet, told)


def _has(rows: Iterable[BookRow], kind: Kind) -> bool:
    return any(row.kind is kind for row in rows)


def _overdue(row: BookRow, today: date) -> bool:
    return row.life is not None and row.life.due is not None and row.life.due < today


def _printed_cells(row: BookRow) -> tuple[str, ...]:
    paper = row.serial or "普通紙"
    names = (row.printed_by, row.checked_by)
    days = (short(row.issued) if row.issued else "", short(row.valid_until) if row.valid_until else "期限なし")
    return (paper, row.kind.short_title, row.insured_number, row.name, *days, row.standing, *names)


def _collect_cells(row: BookRow) -> tuple[str, ...]:
    life = row.life
    reason = life.reason_words if life else ""
    due = short(life.due) if life and life.due else ""
    return (row.serial or "普通紙", row.kind.short_title, row.insured_number, row.name, reason, due)


def _period(first: date, last: date) -> str:
    return wareki(first) if first == last else f"{wareki(first)} から {wareki(last)}"


def job_of(connection: Connection, job_id: str) -> Job:
    """Raises OperatorError when there is no such job."""
    job = certificates.find(connection, job_id)
    if job is None:
        raise OperatorError("この証はありません。一覧を更新して確かめてください。", code="no-job")
    return job
