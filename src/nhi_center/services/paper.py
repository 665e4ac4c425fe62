"""The numbered paper of the room: receiving it, and what each sheet's way does to the counts. 使用 + 書損 + 残 = 朝, always."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nhi_center.domain.certificate_kinds import CARD, LARGE
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.print_jobs import PaperStock, serial
from nhi_center.errors import OperatorError
from nhi_center.services.office import Office
from nhi_center.services.work import Unit, begin, require
from nhi_center.storage import paper as storage
from nhi_center.storage.engine import Connection

TITLES = {CARD: "証(カード)", LARGE: "認定証・受療証"}
MOST = 5000


@dataclass(frozen=True, slots=True)
class PaperDay:
    """One kind of paper on one day, all its packs together; ``pack`` is the one in the printer, None before any came."""

    prefix: str
    opened: int
    used: int
    spoiled: int
    pack: PaperStock | None

    @property
    def title(self) -> str:
        return f"{TITLES[self.prefix]} {self.prefix}"

    @property
    def left(self) -> int:
        return self.pack.left if self.pack else 0

    def upcoming(self, count: int) -> tuple[str, ...]:
        return self.pack.upcoming(count) if self.pack else ()


def receive(office: Office, session: Session, prefix: str, first: int, sheets: int) -> None:
    """用紙の受入れ: the clerk has counted a pack from the ward.

    A pack goes on where the one in the printer ends; another number may begin only when that one is used up, and never
    below a number that was here. Raises OperatorError at ``first`` or ``sheets``.
    """
    require(office, session, Action.PRINT)
    if prefix not in TITLES:
        raise ValueError("prefix")
    if first < 1:
        raise OperatorError("用紙の先頭の番号を入れてください。", field="first", code="not-a-number")
    if not 1 <= sheets <= MOST:
        raise OperatorError(f"枚数は1から{MOST}までの数で入れてください。", field="sheets", code="not-a-count")
    with begin(office, session, Action.PRINT, step="paper", prefix=prefix, sheets=sheets) as unit:
        pack = current(unit, prefix)
        if pack is None:
            after = PaperStock(prefix, first, sheets)
        else:
            expected = pack.first + pack.opened
            if first == expected:
                after = replace(pack, opened=pack.opened + sheets)
            elif pack.left:
                raise OperatorError(
                    f"いまの用紙の次は {serial(prefix, expected)} です。番号を確かめてください。",
                    field="first",
                    code="paper-order",
                )
            elif first < expected:
                raise OperatorError(
                    f"この番号は使用済みです。{serial(prefix, expected)} 以降の用紙を使ってください。",
                    field="first",
                    code="paper-used",
                )
            else:
                after = PaperStock(prefix, first, sheets)
        storage.put(unit.connection, unit.today, after)
        storage.add_event(unit.connection, prefix, "received", first, sheets=sheets, at=unit.stamp, by=unit.person)
        unit.record("custody", {"paper": prefix, "first": serial(prefix, first), "sheets": sheets, "at": unit.stamp})


def current(unit: Unit, prefix: str) -> PaperStock | None:
    """The pack in the printer today; what was left yesterday is today's morning count."""
    newest = storage.newest(unit.connection, prefix)
    if newest is None:
        return None
    day, pack = newest
    if day == unit.today:
        return pack
    opened = PaperStock(prefix, pack.first + pack.taken, pack.left)
    storage.put(unit.connection, unit.today, opened)
    return opened


def require_left(unit: Unit, prefix: str) -> None:
    """Raise OperatorError when no sheet is left for a print."""
    (current(unit, prefix) or PaperStock(prefix, 1, 0)).take()


def take(unit: Unit, prefix: str, job: str) -> str:
    """A sheet went through the printer: its number. Raises OperatorError when none is left."""
    number, after = (current(unit, prefix) or PaperStock(prefix, 1, 0)).take()
    storage.put(unit.connection, unit.today, after)
    _event(unit, "taken", number, job)
    return number


def put_back(unit: Unit, number: str, job: str) -> None:
    """No sheet came out. Raises OperatorError unless it was the last one taken."""
    found = storage.newest(unit.connection, number[0])
    if found is None:
        raise ValueError("no paper")
    day, pack = found
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
    """What stands in the table 用紙, one line per kind of paper."""
    today = office.clock.today()
    rows = []
    for prefix in TITLES:
        packs = storage.packs(connection, prefix, today)
        if not packs:
            newest = storage.newest(connection, prefix)
            packs = (PaperStock(prefix, newest[1].first + newest[1].taken, newest[1].left),) if newest else ()
        rows.append(
            PaperDay(
                prefix,
                sum(pack.opened for pack in packs),
                sum(pack.used for pack in packs),
                sum(pack.spoiled for pack in packs),
                packs[-1] if packs else None,
            )
        )
    return tuple(rows)


def _event(unit: Unit, what: str, number: str, job: str) -> None:
    storage.add_event(unit.connection, number[0], what, _figure(number), job=job, at=unit.stamp, by=unit.person)


def _figure(number: str) -> int:
    return int(number.split("-", 1)[1])
