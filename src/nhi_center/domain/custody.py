"""手元の書類: a double-entry ledger of sheets (枚数管理; 運用上の対策 5, 受託者の運用 5).

Every sheet that came in or was made here stands at exactly one place until the ward has it back. A movement takes from one
place what it gives to another; nothing is ever changed or deleted, a correction is a new movement the other way. So for each
kind and batch at every moment: received + made = on hand + returned.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from nhi_center.errors import OperatorError

LAST_SLIP = 9999
"""管理票 of one day: the number has at most four figures."""
CORRECTION = "correction"
"""Reason code of a movement that takes back an earlier one."""
NIGHT, MORNING = "night", "morning"
"""Reason codes of what goes into a 保管庫 when the day ends, and comes out of it to where it was."""

HANDED_ON = "handed_on"
"""Reason code of what goes to another terminal of the room, or comes from one."""

CAME_BACK = "came_back"
"""Reason code of the one way in that is no receipt: paper the ward had with a 疑義照会票 is here again, under its own 管理票."""


class Place(StrEnum):
    """Where a sheet can be. ``WARD`` and ``MADE`` are only sources: what came from the ward, what the printer made here.

    ``OTHER`` is the other terminals of the room: a source, and where paper goes that is handed on.
    """

    WARD = "ward"
    MADE = "made"
    TRAY = "tray"
    ENTRY = "entry"
    HOLD = "hold"
    CABINET = "cabinet"
    OUTPUT = "output"
    RETURNED = "returned"
    OTHER = "other"

    @property
    def label(self) -> str:
        return _PLACES[self]


_PLACES = {
    Place.WARD: "区",
    Place.MADE: "印刷",
    Place.TRAY: "受付トレイ",
    Place.ENTRY: "入力・照合中",
    Place.HOLD: "保留",
    Place.CABINET: "保管庫",
    Place.OUTPUT: "出力トレイ",
    Place.RETURNED: "返却済",
    Place.OTHER: "別の端末",
}
SOURCES = (Place.WARD, Place.MADE, Place.OTHER)
"""What received is counted from: of what came, less what was handed on to another terminal."""
ON_HAND = (Place.TRAY, Place.ENTRY, Place.HOLD, Place.CABINET, Place.OUTPUT)
"""手元: the places inside the room. What is ready to go back or to be submitted stands in the output tray."""


class Group(StrEnum):
    """What kind of thing is counted, and so in what unit."""

    APPLICATION = "application"
    ORIGINAL = "original"
    MAIL = "mail"
    QUESTION = "question"
    FOUND = "found"
    CASH = "cash"
    OUTPUT = "output"
    SPOILED = "spoiled"


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """書類の種類: ``id`` is the form's (F02), ``original``, ``returned_mail``, the certificate's (shikaku) or ``spoiled``."""

    id: str
    title: str
    group: Group

    @property
    def unit(self) -> str:
        """枚; 点 for original documents and money, 通 for envelopes."""
        return {Group.ORIGINAL: "点", Group.CASH: "点", Group.MAIL: "通"}.get(self.group, "枚")

    @property
    def typed(self) -> str:
        """The number by which it comes up in a count: the form's, and 90 and more for what is no form."""
        return _TYPED.get(self.id, "") if self.group is not Group.APPLICATION else str(int(self.id[1:3]))

    @property
    def has_cases(self) -> bool:
        """Whether 件 are counted beside the sheets: only applications are cases, new ones and those that come back."""
        return self.group in (Group.APPLICATION, Group.QUESTION)


_TYPED = {"returned_mail": "90", "collected": "91", "other_paper": "92", "cash": "93", "question": "94"}
ORIGINAL = DocumentKind("original", "原本(証明書など)", Group.ORIGINAL)
CASH = DocumentKind("cash", "現金・金券", Group.CASH)
FOUND_KINDS = (
    DocumentKind("collected", "回収した証", Group.FOUND),
    DocumentKind("other_paper", "届出以外の書類", Group.FOUND),
    CASH,
)
"""What lay among the applications and is none: counted in as it was found, and back with the next 便 of the same day."""
RETURNED_MAIL = DocumentKind("returned_mail", "返戻の封筒", Group.MAIL)
QUESTION = DocumentKind("question", "疑義照会で戻った書類", Group.QUESTION)
"""A line of the count only: in the ledger the sheets stay what they were, of their own kind, 便 and 管理票."""
SPOILED = DocumentKind("spoiled", "書損", Group.SPOILED)
COVER = DocumentKind("cover", "台紙", Group.OUTPUT)
REPORT_PAPER = DocumentKind("report_paper", "報告書(紙)", Group.OUTPUT)


@dataclass(frozen=True, slots=True)
class Account:
    """Where sheets stand in the ledger. ``slip`` is the application's slip or the print job; "" is the batch's unsorted pile.

    ``cabinet`` is the number of the 保管庫, for that place alone; "" there: put away, and nobody has said yet in which.
    """

    kind: str
    batch: str
    place: Place
    slip: str = ""
    cabinet: str = ""

    @property
    def where(self) -> str:
        """受付トレイ, 保管庫 3."""
        return where(self.place, self.cabinet)


def where(place: Place, cabinet: str = "") -> str:
    """The place in words, a 保管庫 with its number."""
    return f"{place.label} {cabinet}" if cabinet else place.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """``sheets`` of one kind and batch go from one place to another. ``batch`` is the handover (便) or the printing day.

    ``frm_cabinet`` and ``to_cabinet`` are the numbers of the 保管庫 at the ends that are one.
    """

    kind: str
    batch: str
    slip: str = ""
    frm: Place
    to: Place
    sheets: int
    reason: str = ""
    frm_cabinet: str = ""
    to_cabinet: str = ""

    @property
    def source(self) -> Account:
        return Account(self.kind, self.batch, self.frm, _slip_at(self.frm, self.slip), self.frm_cabinet)

    @property
    def target(self) -> Account:
        return Account(self.kind, self.batch, self.to, _slip_at(self.to, self.slip), self.to_cabinet)


def _slip_at(place: Place, slip: str) -> str:
    """In the tray the sheets of a batch are one pile until a slip takes its own; outside the room nobody keeps them apart."""
    return "" if place in (Place.TRAY, *SOURCES) else slip


_INSIDE = frozenset((frm, to) for frm in ON_HAND for to in ON_HAND if frm is not to or frm is Place.CABINET)
_ROUTES = _INSIDE | {
    (Place.WARD, Place.TRAY),
    (Place.MADE, Place.OUTPUT),
    (Place.TRAY, Place.RETURNED),
    (Place.OUTPUT, Place.RETURNED),
    (Place.ENTRY, Place.OTHER),
    (Place.HOLD, Place.OTHER),
    (Place.OUTPUT, Place.OTHER),
    (Place.OTHER, Place.ENTRY),
}


def check_route(movement: Movement, group: Group) -> None:
    """Raise ValueError for a movement no paper can make: a bug of the caller, not a slip of the person.

    The way back of any route exists too, with a reason, because a correction is a new movement.
    """
    route = (movement.frm, movement.to)
    backwards = (movement.to, movement.frm) in _ROUTES and movement.reason != ""
    came_back = route == (Place.RETURNED, Place.HOLD) and movement.reason == CAME_BACK
    if route not in _ROUTES and not backwards and not came_back:
        raise ValueError(f"no way from {movement.frm} to {movement.to}")
    made_here = group in (Group.OUTPUT, Group.SPOILED)
    if Place.MADE in route and not made_here:
        raise ValueError("only certificates are made here")
    if Place.WARD in route and made_here:
        raise ValueError("certificates do not come from the ward")
    if movement.sheets < 1:
        raise ValueError("a movement moves at least one sheet")
    ends = ((movement.frm, movement.frm_cabinet), (movement.to, movement.to_cabinet))
    if any(number and place is not Place.CABINET for place, number in ends):
        raise ValueError("only a cabinet has a number")
    if ends[0] == ends[1]:
        raise ValueError(f"no way from {movement.frm} to itself")


def check_cover(movement: Movement, available: int) -> None:
    """Raise OperatorError when the place does not hold that many; sources are never asked."""
    if movement.frm in SOURCES or available >= movement.sheets:
        return
    raise OperatorError(
        f"{movement.source.where}には{available}枚しかありません({movement.sheets}枚を動かそうとしました)。紙を数え直してください。",
        field="sheets",
        code="not-enough-sheets",
    )


@dataclass(frozen=True, slots=True)
class Balance:
    """One account and what stands there (枚 or 点)."""

    account: Account
    sheets: int


@dataclass(frozen=True, slots=True)
class Trial:
    """残高試算 of one kind and batch. ``balanced`` is the promise of the ledger."""

    received: int
    on_hand: int
    returned: int

    @property
    def balanced(self) -> bool:
        return self.received == self.on_hand + self.returned


@dataclass(slots=True)
class Ledger:
    """The balances after some movements. Starts empty; ``post`` is the only way to change it."""

    balances: dict[Account, int] = field(default_factory=dict)

    def post(self, movement: Movement, group: Group) -> None:
        """Raises ValueError (no such way) or OperatorError (not enough there); the ledger is unchanged then."""
        check_route(movement, group)
        check_cover(movement, self.at(movement.source))
        self.balances[movement.source] = self.at(movement.source) - movement.sheets
        self.balances[movement.target] = self.at(movement.target) + movement.sheets

    def at(self, account: Account) -> int:
        return self.balances.get(account, 0)


def trial(balances: Iterable[Balance]) -> dict[tuple[str, str], Trial]:
    """Per (kind, batch): what came, what is here, what went back."""
    sums: dict[tuple[str, str], list[int]] = {}
    for balance in balances:
        row = sums.setdefault((balance.account.kind, balance.account.batch), [0, 0, 0])
        place = balance.account.place
        if place in SOURCES:
            row[0] -= balance.sheets
        elif place in ON_HAND:
            row[1] += balance.sheets
        else:
            row[2] += balance.sheets
    return {key: Trial(*row) for key, row in sums.items()}


@dataclass(frozen=True, slots=True)
class Slip:
    """管理票 of one application. ``sheets`` 0: not counted out of the batch's pile yet."""

    id: str
    number: str
    day: str
    batch: str
    kind: str
    sheets: int
    place: Place
    cabinet: str = ""

    @property
    def returned(self) -> bool:
        return self.place is Place.RETURNED

    @property
    def where(self) -> str:
        """Where its paper is, in words."""
        return where(self.place, self.cabinet)


def slip_number(day: date, sequence: int) -> str:
    """管理票番号 such as 1124-001: unique within its day, never used again.

    Raises OperatorError past ``LAST_SLIP``, which neither the bars nor a typed number can say.
    """
    if sequence > LAST_SLIP:
        raise OperatorError(
            f"1日の管理票は{LAST_SLIP}件までです。件数を数え直してください(件数に枚数を入れていないか確かめます)。",
            code="too-many-slips",
        )
    return f"{day:%m%d}-{sequence:03d}"


def check_slip_sheets(sheets: int, *, pile: int, own: int, others_open: int) -> None:
    """A slip gets its number of sheets: at least one, no more than the pile, and the last one takes exactly the rest.

    ``pile`` sheets are still unsorted, ``own`` are this slip's already, ``others_open`` slips of the batch have none yet.
    Raises OperatorError at field ``sheets``.
    """
    rest = pile + own
    if sheets < 1:
        raise OperatorError("枚数は1以上の数で入れてください。", field="sheets", code="not-a-count")
    if sheets > rest - others_open:
        raise OperatorError(
            f"この便の残りは{rest}枚、まだ{others_open}件あります。枚数を数え直してください。",
            field="sheets",
            code="too-many-sheets",
        )
    if not others_open and sheets != rest:
        raise OperatorError(
            f"この便の最後の1件です。残り{rest}枚と合いません。枚数を数え直してください。", field="sheets", code="sheets-differ"
        )


@dataclass(frozen=True, slots=True)
class OnHand:
    """手元の書類 (枚, 点 and 通) for the status bar and the first screen. Times are the office's wall clock, ISO; "" when nothing
    is here."""

    sheets: int
    items: int
    cases: int
    oldest: str
    by_place: Mapping[Place, int]
    by_kind: Mapping[str, int]
    returnable: int
    letters: int = 0


@dataclass(frozen=True, slots=True)
class Pieces:
    """How much paper, each in its own unit: 枚, 点 (原本, 現金・金券) and 通 (封筒)."""

    sheets: int = 0
    items: int = 0
    letters: int = 0

    @property
    def total(self) -> int:
        return self.sheets + self.items + self.letters

    @property
    def words(self) -> str:
        """9枚 2点; 0枚 when there is nothing."""
        return " ".join(f"{n}{unit}" for n, unit in self._by_unit() if n) or "0枚"

    def differing(self, other: Pieces) -> tuple[str, ...]:
        """The units in which two counts are not the same."""
        return tuple(
            unit for (mine, unit), (theirs, _unit) in zip(self._by_unit(), other._by_unit(), strict=True) if mine != theirs
        )

    def _by_unit(self) -> tuple[tuple[int, str], ...]:
        return (self.sheets, "枚"), (self.items, "点"), (self.letters, "通")


def pieces_of(balances: Iterable[Balance], kinds: Mapping[str, DocumentKind]) -> Pieces:
    """What these accounts add up to."""
    sums = {"枚": 0, "点": 0, "通": 0}
    for balance in balances:
        sums[kinds[balance.account.kind].unit] += balance.sheets
    return Pieces(sums["枚"], sums["点"], sums["通"])
