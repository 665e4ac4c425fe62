"""番号の枠: numbers that no other terminal gives, taken within an act, and fresh blocks of them fetched at each exchange."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from nhi_center.domain.numbers import LAST_SHARED, SUPPLIES, Kind, is_own, period_of, periods_ahead
from nhi_center.errors import OperatorError
from nhi_center.link.wire_numbers import Ask
from nhi_center.services.office import Office
from nhi_center.services.work import Unit
from nhi_center.storage import numbers as storage
from nhi_center.storage.engine import Connection
from nhi_center.storage.trouble import told_apart


@dataclass(frozen=True, slots=True)
class Stock:
    """What is left for today of one kind of number. ``dry``: the blocks are used up, the terminal's own range serves."""

    title: str
    in_blocks: int
    own: int

    @property
    def dry(self) -> bool:
        return not self.in_blocks


def take(unit: Unit, kind: Kind, count: int = 1) -> tuple[int, ...]:
    """The next ``count`` numbers of today, for good. Raises OperatorError as ``coming``."""
    _require(unit.connection, unit.training)
    numbers = storage.use(unit.connection, kind, period_of(kind, unit.today), count)
    _require_all(kind, numbers, count)
    own = sum(is_own(number) for number in numbers)
    if own:
        unit.note(own_numbers=own)
    return numbers


def coming(office: Office, connection: Connection, kind: Kind, day: date, count: int) -> tuple[int, ...]:
    """The numbers ``take`` would give now. Raises OperatorError when there are not so many, or when this terminal has never had
    an exchange: what the others have given it cannot know then (in training it counts from 1)."""
    _require(connection, office.settings.training)
    numbers = storage.coming(connection, kind, period_of(kind, day), count)
    _require_all(kind, numbers, count)
    return numbers


def _require(connection: Connection, training: bool) -> None:
    if not training and storage.place(connection) is None:
        raise OperatorError(
            "この端末は、番号の枠をまだ受け取っていません。一度区のサーバとつないで、通信の画面で「いま送受信する」を押してください。",
            code="no-numbers",
        )


def _require_all(kind: Kind, numbers: tuple[int, ...], count: int) -> None:
    if len(numbers) < count:
        raise OperatorError(
            f"{SUPPLIES[kind].title}の番号が足りません(残り{len(numbers)})。区のサーバとつないで、通信の画面で「いま送受信する」を押してください。",
            code="no-numbers",
        )


def refill(office: Office) -> None:
    """Fetch a block for every kind and day of which fewer than half a block are left. Raises EnvironmentTrouble LK-*; an ask that
    got no answer goes out again under its id, and is answered by the same numbers."""
    today = office.clock.today()
    with told_apart(), office.store.read.begin() as connection:
        wanted = _wanted(connection, today)
        asks = storage.open_asks(connection)
    if wanted:
        with told_apart(), office.store.write.begin() as connection:
            storage.forget_before(connection, today.isoformat())
            for kind, period in wanted:
                storage.ask(connection, kind, period, SUPPLIES[kind].block)
            asks = storage.open_asks(connection)
    if not asks:
        return
    given = office.premises.link.blocks(
        tuple(Ask(one.id, one.kind, one.period, one.count, min(one.above, LAST_SHARED)) for one in asks)
    )
    with told_apart(), office.store.write.begin() as connection:
        storage.keep_place(connection, given.place)
        for block in given.blocks:
            storage.keep(connection, block.id, block.first, block.count)


def _wanted(connection: Connection, today: date) -> list[tuple[Kind, str]]:
    return [
        (kind, period)
        for kind, supply in SUPPLIES.items()
        for period in periods_ahead(kind, today)
        if 2 * storage.left_in_blocks(connection, kind, period) < supply.block
    ]


def stocks(connection: Connection, today: date) -> tuple[Stock, ...]:
    """What is left for today, kind by kind; nothing before the first exchange."""
    if storage.place(connection) is None:
        return ()
    found = []
    for kind, supply in SUPPLIES.items():
        period = period_of(kind, today)
        left = storage.left_in_blocks(connection, kind, period), storage.left_alone(connection, kind, period)
        found.append(Stock(supply.title, *left))
    return tuple(found)
