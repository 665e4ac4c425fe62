"""一斉更新 as its page shows it: the orders, how far each lot is, who gets nothing and why; and the lists of them on paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nhi_center.domain import renewal as rules
from nhi_center.domain.calendar import wareki
from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_jobs import Job
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.print_jobs import JobState
from nhi_center.domain.renewal import Candidate, Renewal
from nhi_center.errors import OperatorError
from nhi_center.printing.sheets import ListColumn, ListPart, ListSheet
from nhi_center.services.documents import make_list
from nhi_center.services.office import Office
from nhi_center.services.work import reading
from nhi_center.storage import certificates, register
from nhi_center.storage import renewal as storage
from nhi_center.storage.engine import Connection


@dataclass(frozen=True, slots=True)
class Lot:
    """One lot. ``waiting`` sheets are not put out yet, ``queued`` wait for the printer, ``to_check`` for 検品, ``stopped`` were
    pulled out in the queue, ``done`` are good. ``first`` and ``last`` are the numbers of the paper used so far."""

    number: int
    sheets: int
    households: int
    waiting: int
    queued: int
    to_check: int
    stopped: int
    done: int
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class RenewalView:
    """One order as the page shows it. ``left_out``: how many get nothing for now, as far as this person may know of them."""

    renewal: Renewal
    lots: tuple[Lot, ...]
    left_out: int

    @property
    def sheets(self) -> int:
        return sum(lot.sheets for lot in self.lots)


@dataclass(frozen=True, slots=True, repr=False)
class PersonRow:
    """One person of an order: how his sheet stands, or why he gets none for now. ``may_pull``: nothing is printed of him yet."""

    atena: str
    place: int
    household: str
    name: str
    insured_number: str
    kind: Kind
    standing: str
    serial: str
    why: tuple[str, ...]
    pulled: bool
    may_pull: bool


def listing(office: Office, session: Session) -> tuple[RenewalView, ...]:
    """Every order, the newest first."""
    with reading(office, session, Action.PRINT) as connection:
        return tuple(_view(connection, session, renewal) for renewal in storage.every(connection))


def orders(office: Office, session: Session) -> tuple[RenewalView, ...]:
    """As ``listing`` for the ward: its ``left_out`` counts the hidden ones too, and who keyed the order is not its business."""
    with reading(office, session, Action.ISSUE) as connection:
        found = (_view(connection, session, renewal) for renewal in storage.every(connection))
        return tuple(replace(view, renewal=replace(view.renewal, by="")) for view in found)


def people(office: Office, session: Session, renewal_id: str, lot: int) -> tuple[PersonRow, ...]:
    """Who is in a lot, in the order of the post; lot 0: who gets nothing for now.

    Of 支援措置 the contractor learns nothing, not even that there is somebody.
    """
    with reading(office, session, Action.PRINT) as connection:
        return _people(connection, session, renewal_id, lot)


def people_for_ward(office: Office, session: Session, renewal_id: str) -> tuple[PersonRow, ...]:
    """Who gets nothing for now, with those whom the contractor must not know: the ward makes theirs out itself."""
    with reading(office, session, Action.ISSUE) as connection:
        return _people(connection, session, renewal_id, 0)


def _people(connection: Connection, session: Session, renewal_id: str, lot: int) -> tuple[PersonRow, ...]:
    found = storage.in_lot(connection, renewal_id, lot) if lot else _left_out(connection, session, renewal_id)
    shown = (one for one in found if not (session.role.is_contractor and is_hidden(connection, one)))
    return tuple(_row(connection, one) for one in shown)


def _row(connection: Connection, one: Candidate) -> PersonRow:
    person = register.find(connection, one.atena)
    numbers = (person.symbol, person.number, person.branch) if person else ()
    job = certificates.find(connection, one.job) if one.job else None
    standing = "引抜き" if one.pulled else job.state.label if job else "出す前" if one.lot else "出せない"
    return PersonRow(
        atena=one.atena,
        place=one.place,
        household=one.household,
        name=person.name if person else "",
        insured_number="-".join(part for part in numbers if part),
        kind=one.kind,
        standing=standing,
        serial=job.serial if job else "",
        why=_why(one, job),
        pulled=bool(one.pulled),
        may_pull=not one.pulled and (job is None or job.state in (JobState.QUEUED, JobState.BLOCKED)),
    )


def _why(one: Candidate, job: Job | None) -> tuple[str, ...]:
    if one.out:
        return ()
    why = [Block(block).sentence for block in (*one.blocks, *(job.blocks if job else ()))]
    if one.pulled:
        why.insert(0, f"引抜き: {rules.PULL_REASONS[one.pulled]}")
    if one.detail:
        why.append(f"文字 {one.detail}")
    return tuple(dict.fromkeys(why))


def _left_out(connection: Connection, session: Session, renewal_id: str) -> list[Candidate]:
    hidden = session.role.is_contractor
    out = (one for one in storage.candidates(connection, renewal_id) if not one.out)
    return [one for one in out if not (hidden and is_hidden(connection, one))]


def is_hidden(connection: Connection, one: Candidate) -> bool:
    """By the register of today: 支援措置 may have begun, or ended, since the extraction."""
    person = register.find(connection, one.atena)
    return Block.PROTECTED in one.blocks or person is None or person.protected


def _view(connection: Connection, session: Session, renewal: Renewal) -> RenewalView:
    households = storage.households(connection, renewal.id)
    by_lot: dict[int, list[tuple[int, str, int, int, str, str]]] = {}
    for row in storage.lot_states(connection, renewal.id):
        by_lot.setdefault(row[0], []).append(row)
    lots = tuple(_lot(number, rows, households.get(number, 0)) for number, rows in by_lot.items())
    return RenewalView(renewal, lots, len(_left_out(connection, session, renewal.id)))


_STEP: Mapping[str, str] = {
    "": "waiting",
    JobState.QUEUED: "queued",
    JobState.BLOCKED: "stopped",
    **dict.fromkeys((JobState.PRINTING, JobState.NEEDS_CHECK, JobState.SPOILED_WAITING), "to_check"),
}


def _lot(number: int, rows: Iterable[tuple[int, str, int, int, str, str]], households: int) -> Lot:
    counts = dict.fromkeys(("waiting", "queued", "to_check", "stopped", "done"), 0)
    firsts, lasts = [], []
    for _lot_number, state, sheets, _households, first, last in rows:
        counts[_STEP.get(state, "done")] += sheets
        firsts += [first] if first else []
        lasts += [last] if last else []
    return Lot(number, sum(counts.values()), households, **counts, first=min(firsts, default=""), last=max(lasts, default=""))


# -- on paper --

_LOT_COLUMNS = (
    ListColumn("順", 12, right=True),
    ListColumn("用紙番号", 24),
    ListColumn("証の種類", 34),
    ListColumn("記号番号枝番", 34),
    ListColumn("氏名", 44, name=True),
    ListColumn("状態", 22),
)
_LEFT_OUT_COLUMNS = (ListColumn("記号番号枝番", 32), ListColumn("氏名", 38, name=True), ListColumn("わけ", 100))


def make_lot_list(office: Office, session: Session, renewal_id: str, lot: int) -> Path:
    """連名簿 of one lot in the order of the post, with the numbers of the paper; a line begins each household anew."""
    with reading(office, session, Action.PRINT) as connection:
        renewal, rows = _found(connection, renewal_id), _people(connection, session, renewal_id, lot)
    cells = []
    for before, row in zip((None, *rows), rows, strict=False):
        same_home = before is not None and before.household == row.household
        number = "〃" if same_home else f"{row.place}"
        cells.append((number, row.serial or "普通紙", row.kind.short_title, row.insured_number, row.name, row.standing))
    sheet = ListSheet(
        title=f"一斉更新 連名簿 束{lot}",
        subtitle=f"{renewal.order}  交付日 {wareki(renewal.issued)}",
        footer=f"{office.settings.label} 一斉更新 {renewal.order}",
        pairs=(("証", f"{len(rows)}枚"), ("世帯", f"{len({row.household for row in rows})}")),
        parts=(ListPart("", _LOT_COLUMNS, tuple(cells)),),
        boxes=("受託者", "区"),
        sample=office.settings.training,
    )
    name = f"renewal-{renewal.id[:8]}-{lot:03}.pdf"
    return make_list(office, session, name, sheet, "renewal_lot", len(rows), Action.PRINT)


def make_left_out_list(office: Office, session: Session, renewal_id: str) -> Path:
    """出せない人の一覧 for the ward to decide. Without 支援措置: the contractor reads the folder, the ward has its screen."""
    with reading(office, session, Action.PRINT) as connection:
        renewal, rows = _found(connection, renewal_id), _people(connection, session, renewal_id, 0)
    if not rows:
        raise OperatorError("出せない人はいません。", code="empty")
    sheet = ListSheet(
        title="一斉更新 出せない人の一覧",
        subtitle=f"{renewal.order}  交付日 {wareki(renewal.issued)}",
        footer=f"{office.settings.label} 一斉更新 {renewal.order}",
        pairs=(("人数", f"{len(rows)}人"),),
        parts=(ListPart("", _LEFT_OUT_COLUMNS, tuple((row.insured_number, row.name, " ".join(row.why)) for row in rows)),),
        boxes=("区",),
        sample=office.settings.training,
    )
    return make_list(
        office, session, f"renewal-{renewal.id[:8]}-left-out.pdf", sheet, "renewal_left_out", len(rows), Action.PRINT
    )


def _found(connection: Connection, renewal_id: str) -> Renewal:
    found = storage.find(connection, renewal_id)
    if found is None:
        raise OperatorError("この一斉更新はありません。一覧を更新して確かめてください。", code="no-renewal")
    return found
