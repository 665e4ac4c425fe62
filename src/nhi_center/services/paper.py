"""The numbered paper of the room: receiving it, and what each sheet's way does to the counts. 使用 + 書損 + 残 = 朝, always,
in each printer's tray and so for each kind of paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from nhi_center.domain import printers as rules
from nhi_center.domain.certificate_kinds import CARD, LARGE
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.print_jobs import PaperStock, serial
from nhi_center.domain.printers import Printer
from nhi_center.errors import OperatorError
from nhi_center.services.office import Office
from nhi_center.services.printers import entered
from nhi_center.services.work import Unit, begin, require
from nhi_center.storage import paper as storage
from nhi_center.storage import print_batches as batches
from nhi_center.storage.engine import Connection

TITLES = {CARD: "証(カード)", LARGE: "認定証・受療証"}
MOST = 5000


@dataclass(frozen=True, slots=True)
class PaperDay:
    """One kind of paper on one day, or one tray of it, all its packs together; ``packs`` in the order they are used up.

    ``printer`` and ``name`` say whose tray it is, where several printers have this paper.
    """

    prefix: str
    opened: int
    used: int
    spoiled: int
    packs: tuple[PaperStock, ...]
    printer: str = ""
    name: str = ""

    @property
    def title(self) -> str:
        return f"{self.prefix} {self.name}" if self.name else f"{TITLES[self.prefix]} {self.prefix}"

    @property
    def left(self) -> int:
        return sum(pack.left for pack in self.packs)

    def upcoming(self, count: int) -> tuple[str, ...]:
        coming: tuple[str, ...] = ()
        for pack in self.packs:
            coming += pack.upcoming(count - len(coming))
        return coming


def receive(office: Office, session: Session, prefix: str, first: int, sheets: int, printer: str = "") -> None:
    """用紙の受入れ: the clerk has counted a pack from the ward and puts it into the tray of ``printer``.

    A pack goes on where the one in the printer ends; another number may begin only when that one is used up, and never
    below a number that was in this tray, nor with one that was in another. Raises OperatorError at ``first``, ``sheets`` or
    ``printer``, which has to be said where several have this paper.
    """
    require(office, session, Action.PRINT)
    if prefix not in TITLES:
        raise ValueError("prefix")
    if first < 1:
        raise OperatorError("用紙の先頭の番号を入れてください。", field="first", code="not-a-number")
    if not 1 <= sheets <= MOST:
        raise OperatorError(f"枚数は1から{MOST}までの数で入れてください。", field="sheets", code="not-a-count")
    with begin(office, session, Action.PRINT, step="paper", prefix=prefix, sheets=sheets) as unit:
        tray = _tray_for(unit.connection, prefix, printer)
        after = _joined(unit, prefix, first, sheets, tray)
        if storage.was_here(unit.connection, prefix, first, sheets):
            raise OperatorError(
                "この番号の用紙は、前に受け入れています。番号と枚数を確かめてください。", field="first", code="paper-used"
            )
        storage.put(unit.connection, unit.today, after)
        storage.add_event(unit.connection, prefix, "received", first, sheets=sheets, at=unit.stamp, by=unit.person)
        unit.record("custody", {"paper": prefix, "first": serial(prefix, first), "sheets": sheets, "at": unit.stamp})


def _tray_for(connection: Connection, prefix: str, printer: str) -> str:
    using = [one.id for one in rules.in_use(entered(connection), prefix)]
    if printer not in using and (printer or len(using) > 1):
        raise OperatorError("どのプリンターに入れる用紙か、番号で選んでください。", field="printer", code="which-printer")
    return printer or next(iter(using), "")


def _joined(unit: Unit, prefix: str, first: int, sheets: int, tray: str) -> PaperStock:
    """The pack in the tray with these sheets below it, or the new pack."""
    pack = current(unit, prefix, tray)
    if pack is None:
        return PaperStock(prefix, first, sheets, printer=tray)
    expected = pack.first + pack.opened
    if first == expected:
        return replace(pack, opened=pack.opened + sheets)
    if pack.left:
        raise OperatorError(
            f"いまの用紙の次は {serial(prefix, expected)} です。番号を確かめてください。", field="first", code="paper-order"
        )
    if first < expected:
        raise OperatorError(
            f"この番号は使用済みです。{serial(prefix, expected)} 以降の用紙を使ってください。", field="first", code="paper-used"
        )
    return PaperStock(prefix, first, sheets, printer=tray)


def current(unit: Unit, prefix: str, printer: str = "") -> PaperStock | None:
    """The pack in the printer today ("": the one that prints when nobody says which); what was left yesterday is today's
    morning count."""
    printers = entered(unit.connection)
    tray = rules.tray_of(printers, prefix, printer) if printer else rules.default(printers, prefix)
    here = [
        found
        for received_for, found in storage.newest(unit.connection, prefix).items()
        if rules.tray_of(printers, prefix, received_for) == tray
    ]
    if not here:
        return None
    # a tray that took over what a retired printer left behind has two packs for a while: the lower numbers go first
    filled = min((one for one in here if one[1].left), key=lambda one: one[1].first, default=None)
    day, pack = filled or max(here, key=lambda one: (one[0], one[1].first))
    if day == unit.today:
        return pack
    opened = PaperStock(prefix, pack.first + pack.taken, pack.left, printer=pack.printer)
    storage.put(unit.connection, unit.today, opened)
    return opened


def holding(packs: Iterable[PaperStock], number: int) -> PaperStock | None:
    """The pack in which this blank number lies, else the first with blank sheets; None before any came."""
    known = list(packs)
    inside = (pack for pack in known if pack.first + pack.taken <= number < pack.first + pack.opened)
    return next(inside, next((pack for pack in known if pack.left), known[-1] if known else None))


def with_number(unit: Unit, prefix: str, number: int) -> PaperStock | None:
    """As ``holding``, of today, in whatever tray; for a number that lies nowhere the one that prints when nobody says which."""
    packs = [pack for _day, pack in storage.newest(unit.connection, prefix).values()]
    found = holding(packs, number)
    inside = found is not None and found.first + found.taken <= number < found.first + found.opened
    return current(unit, prefix, found.printer if found and inside else "")


def lying(unit: Unit, prefix: str) -> PaperStock | None:
    """All blank sheets of one kind as one pile, whatever tray they lie in: what is counted by hand. None before any came."""
    packs = [pack for _day, pack in storage.newest(unit.connection, prefix).values()]
    if not packs:
        return None
    lowest = min((pack for pack in packs if pack.left), key=lambda pack: pack.first, default=packs[0])
    return PaperStock(prefix, lowest.first + lowest.taken, sum(pack.left for pack in packs))


def require_left(unit: Unit, prefix: str, printer: str = "") -> None:
    """Raise OperatorError when no sheet is left for a print."""
    (current(unit, prefix, printer) or PaperStock(prefix, 1, 0)).take()


def take(unit: Unit, prefix: str, job: str, printer: str = "") -> str:
    """A sheet went through the printer ("": the one its batch went to): its number. Raises OperatorError when none is left."""
    sent_to = printer or batches.printer_of(unit.connection, job)
    number, after = (current(unit, prefix, sent_to) or PaperStock(prefix, 1, 0)).take()
    storage.put(unit.connection, unit.today, after)
    _event(unit, "taken", number, job)
    return number


def put_back(unit: Unit, number: str, job: str) -> None:
    """No sheet came out. Raises OperatorError unless it was the last one taken from its tray."""
    found = storage.of_number(unit.connection, number[0], _figure(number))
    if found is None:
        raise ValueError("this number never went through the printer")
    day, pack = storage.newest(unit.connection, number[0])[found[1].printer]
    storage.put(unit.connection, day, pack.put_back(number))
    _event(unit, "put_back", number, job)


def spoil(unit: Unit, number: str, job: str) -> None:
    """書損, approved. It counts on the day and in the pack the sheet was printed from."""
    found = storage.of_number(unit.connection, number[0], _figure(number))
    if found is None:
        raise ValueError("this number never went through the printer")
    day, pack = found
    storage.put(unit.connection, day, pack.spoil())
    _event(unit, "spoiled", number, job)


def day_counts(office: Office, connection: Connection) -> tuple[PaperDay, ...]:
    """What stands in the table 用紙, one line per kind of paper, whatever tray it lies in."""
    printers = entered(connection)
    return tuple(_counted(prefix, _today(office, connection, prefix, printers)) for prefix in TITLES)


def tray_counts(office: Office, connection: Connection) -> tuple[PaperDay, ...]:
    """As ``day_counts``, one line per tray; of each paper first that of the printer it goes to when nobody says which."""
    printers = entered(connection)
    rows = []
    for prefix in TITLES:
        using = sorted(rules.in_use(printers, prefix), key=lambda one: one.id != rules.default(printers, prefix))
        packs = _today(office, connection, prefix, printers)
        for tray, name in [(one.id, one.name if len(using) > 1 else "") for one in using] or [("", "")]:
            lying_there = tuple(pack for pack in packs if rules.tray_of(printers, prefix, pack.printer) == tray)
            rows.append(replace(_counted(prefix, lying_there), printer=tray, name=name))
    return tuple(rows)


def _today(office: Office, connection: Connection, prefix: str, printers: Sequence[Printer]) -> tuple[PaperStock, ...]:
    """The packs of today; one that nobody has touched yet is what was left of it."""
    found = list(storage.packs(connection, prefix, office.clock.today()))
    touched = {pack.printer for pack in found}
    for received_for, (_day, pack) in storage.newest(connection, prefix).items():
        if received_for not in touched:
            found.append(PaperStock(prefix, pack.first + pack.taken, pack.left, printer=received_for))
    first = rules.default(printers, prefix)
    return tuple(sorted(found, key=lambda pack: (rules.tray_of(printers, prefix, pack.printer) != first, pack.first)))


def _counted(prefix: str, packs: tuple[PaperStock, ...]) -> PaperDay:
    opened, used, spoiled = (sum(getattr(pack, name) for pack in packs) for name in ("opened", "used", "spoiled"))
    return PaperDay(prefix, opened, used, spoiled, packs)


def _event(unit: Unit, what: str, number: str, job: str) -> None:
    storage.add_event(unit.connection, number[0], what, _figure(number), job=job, at=unit.stamp, by=unit.person)


def _figure(number: str) -> int:
    return int(number.split("-", 1)[1])
