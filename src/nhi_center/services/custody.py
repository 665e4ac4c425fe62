"""手元の書類: where the sheets are, and the one way to move them. Other tasks move sheets inside their own act."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from nhi_center import resources
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.custody import (
    CASH,
    CORRECTION,
    COVER,
    FOUND_KINDS,
    ON_HAND,
    ORIGINAL,
    QUESTION,
    REPORT_PAPER,
    RETURNED_MAIL,
    SPOILED,
    Account,
    Balance,
    DocumentKind,
    Group,
    Ledger,
    Movement,
    OnHand,
    Place,
    Slip,
    check_cover,
    check_route,
    check_slip_sheets,
    pieces_of,
    trial,
)
from nhi_center.domain.numbers import Kind as Numbered
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import OperatorError
from nhi_center.services import forms, numbers
from nhi_center.services.office import Office
from nhi_center.services.work import Unit, reading
from nhi_center.storage import custody
from nhi_center.storage.engine import Connection


@cache
def document_kinds() -> Mapping[str, DocumentKind]:
    """Every kind of paper the ledger knows, in the order of the screens: forms, originals, certificates, spoiled sheets."""
    kinds = [DocumentKind(form.id, form.name, Group.APPLICATION) for form in forms.catalogue().forms]
    kinds += [ORIGINAL, RETURNED_MAIL, *FOUND_KINDS, QUESTION]
    kinds += [DocumentKind(kind.value, kind.short_title, Group.OUTPUT) for kind in Kind]
    kinds += [COVER, REPORT_PAPER, SPOILED]
    return {kind.id: kind for kind in kinds}


@cache
def usual_kinds() -> tuple[str, ...]:
    """The forms that come in nearly every delivery: counted without being asked for."""
    return tuple(resources.read_toml("custody/sections.toml")["usual"])


def output_batch(day: date) -> str:
    """The batch of what is printed on one day."""
    return f"output-{day.isoformat()}"


def move(
    unit: Unit,
    *,
    kind: str,
    batch: str,
    slip: str = "",
    frm: Place,
    to: Place,
    sheets: int,
    reason: str = "",
    frm_cabinet: str = "",
    to_cabinet: str = "",
) -> None:
    """Move sheets inside the caller's act.

    ``batch`` is the incoming handover's id (``Slip.batch``) or ``output_batch(day)``, ``slip`` the slip's id or the print job's.
    ``reason`` is a code, needed for the way back of a route (a correction). Raises OperatorError when the place does not hold
    that many; ValueError and KeyError are bugs of the caller.
    """
    movement = Movement(
        kind=kind, batch=batch, slip=slip, frm=frm, to=to, sheets=sheets, reason=reason, frm_cabinet=frm_cabinet,
        to_cabinet=to_cabinet,
    )  # fmt: skip
    check_route(movement, document_kinds()[kind].group)
    check_cover(movement, custody.available(unit.connection, movement.source))
    custody.post(unit.connection, movement, unit.stamp, unit.person)
    if slip and frm is Place.TRAY:
        custody.add_slip_sheets(unit.connection, slip, sheets)
    if slip and to is Place.TRAY:
        custody.add_slip_sheets(unit.connection, slip, -sheets)


def take_slip(unit: Unit, slip_id: str, sheets: int) -> Slip:
    """Entry takes one application from the tray and says how many sheets it has (添付を含む). Again, to correct the number.

    Raises OperatorError at ``sheets`` when the batch cannot have that many; the last slip must take exactly the rest.
    """
    slip = find_slip(unit.connection, slip_id)
    if slip.sheets and slip.place is not Place.ENTRY:
        raise OperatorError(f"この書類は今「{slip.where}」にあります。枚数は変えられません。", code="slip-elsewhere")
    pile = custody.available(unit.connection, Account(slip.kind, slip.batch, Place.TRAY))
    if not pile and not slip.sheets:
        _refuse_locked_pile(unit.connection, slip)
    others = [
        s for s in custody.slips_of_batch(unit.connection, slip.batch) if s.kind == slip.kind and not s.sheets and s.id != slip.id
    ]
    check_slip_sheets(sheets, pile=pile, own=slip.sheets, others_open=len(others))
    more = sheets - slip.sheets
    if more > 0:
        move(unit, kind=slip.kind, batch=slip.batch, slip=slip.id, frm=Place.TRAY, to=Place.ENTRY, sheets=more)
    elif more < 0:
        move(
            unit, kind=slip.kind, batch=slip.batch, slip=slip.id, frm=Place.ENTRY, to=Place.TRAY, sheets=-more, reason=CORRECTION
        )
    return find_slip(unit.connection, slip_id)


def _refuse_locked_pile(connection: Connection, slip: Slip) -> None:
    """The sheets of a 便 that nobody has sorted yet are still in the 保管庫 where they were over night."""
    for balance in custody.balances(connection, places=(Place.CABINET,)):
        account = balance.account
        if (account.kind, account.batch, account.slip) == (slip.kind, slip.batch, ""):
            raise _in_cabinet(account.where)


def _in_cabinet(words: str) -> OperatorError:
    return OperatorError(
        f"この書類は{words}にあります。先に、名簿・研修の「保管庫」の頁で取り出してください。", code="slip-in-cabinet"
    )


def move_slip(unit: Unit, slip_id: str, to: Place, reason: str = "") -> int:
    """Move all sheets of one application to another place in the room; gives how many. To where they are already: 0.

    Also those that stand apart from the rest: a sheet not found when the paper went to the ward stayed behind in the tray.
    Hold: ``Place.HOLD``; back from it ``Place.ENTRY``; keyed, verified and reviewed, or to be returned: ``Place.OUTPUT``.
    Raises OperatorError (code ``slip-in-cabinet``) while it is locked up: first somebody takes it out, counted.
    """
    slip = find_slip(unit.connection, slip_id)
    parts = custody.parts_of(unit.connection, slip)
    if slip.place is to and len(parts) <= 1:
        return 0
    if not slip.sheets:
        raise OperatorError("この管理票の枚数がまだ入っていません。入力の画面で枚数を入れてください。", code="slip-uncounted")
    if slip.returned:
        raise OperatorError("この書類は区へ返却済みです。", code="slip-returned")
    if slip.place is Place.CABINET:
        raise _in_cabinet(slip.where)
    if slip.place is Place.OTHER:
        raise OperatorError("この書類は別の端末へ渡しました。引き取ってから進めてください。", code="slip-elsewhere")
    moving = [part for part in parts if part.account.place not in (to, Place.CABINET)]
    for part in moving:
        account = part.account
        move(
            unit, kind=slip.kind, batch=slip.batch, slip=slip.id, frm=account.place, to=to, sheets=part.sheets, reason=reason
        )  # fmt: skip
    return sum(part.sheets for part in moving)


def hang_over(unit: Unit, slip: Slip) -> Slip:
    """訂正: the sheets of ``slip`` go from the output tray back to the desk, under a new 管理票 of the same 便.

    Out through the pile of the 便, in to the new slip: received = on hand + returned holds at every moment. ``slip`` keeps the
    number of sheets it had; its paper is found under the new number from now on.
    """
    if slip.place is Place.CABINET:
        raise _in_cabinet(slip.where)
    made = custody.new_slips(unit.connection, unit.today, slip.batch, [slip.kind], numbers.take(unit, Numbered.SLIP))[0]
    here = custody.available(unit.connection, Account(slip.kind, slip.batch, slip.place, slip.id))
    out = Movement(kind=slip.kind, batch=slip.batch, slip=slip.id, frm=slip.place, to=Place.TRAY, sheets=here, reason=CORRECTION)
    check_route(out, document_kinds()[slip.kind].group)
    custody.post(unit.connection, out, unit.stamp, unit.person)
    move(unit, kind=slip.kind, batch=slip.batch, slip=made.id, frm=Place.TRAY, to=Place.ENTRY, sheets=here)
    return find_slip(unit.connection, made.id)


def original_pile(connection: Connection, batch: str) -> int:
    """原本 of one 便 that still lie in the tray."""
    return custody.available(connection, Account(ORIGINAL.id, batch, Place.TRAY))


def lay_original(unit: Unit, slip: Slip, items: int) -> None:
    """原本 of this application go to the output tray without it; the 管理票 says where they belong."""
    out = Movement(kind=ORIGINAL.id, batch=slip.batch, slip=slip.id, frm=Place.TRAY, to=Place.OUTPUT, sheets=items)
    check_route(out, ORIGINAL.group)
    check_cover(out, custody.available(unit.connection, out.source))
    custody.post(unit.connection, out, unit.stamp, unit.person)


def count_good(unit: Unit, kind: str, job: str, sheets: int = 1) -> None:
    """検品済: a printed certificate, 台紙 or report lies in the output tray from now on."""
    move(unit, kind=kind, batch=output_batch(unit.today), slip=job, frm=Place.MADE, to=Place.OUTPUT, sheets=sheets)


def count_spoiled(unit: Unit, job: str, sheets: int = 1) -> None:
    """書損: a spoiled sheet is kept, counted and handed over too."""
    move(unit, kind=SPOILED.id, batch=output_batch(unit.today), slip=job, frm=Place.MADE, to=Place.OUTPUT, sheets=sheets)


def uncount_good(unit: Unit, kind: str, job: str) -> None:
    """A sheet counted as good is found faulty before it leaves: taken back, to be counted as spoiled."""
    for balance in custody.balances(unit.connection, places=(Place.OUTPUT,)):
        account = balance.account
        if account.kind == kind and account.slip == job:
            move(
                unit, kind=account.kind, batch=account.batch, slip=job, frm=Place.OUTPUT, to=Place.MADE, sheets=balance.sheets,
                reason=CORRECTION,
            )  # fmt: skip
            return
    raise OperatorError("この証は出力トレイにありません。画面を更新して確かめてください。", code="not-in-tray")


def find_slip(connection: Connection, slip_id: str) -> Slip:
    """Raises OperatorError when there is no such slip."""
    found = custody.slip(connection, slip_id)
    if found is None:
        raise OperatorError("この管理票はありません。番号を確かめてください。", field="slip", code="no-slip")
    return found


def unsorted_slips(office: Office, session: Session) -> tuple[Slip, ...]:
    """管理票 waiting for entry, oldest first."""
    with reading(office, session, Action.ENTER) as connection:
        return custody.slips_unsorted(connection)


def returnable(connection: Connection) -> tuple[Balance, ...]:
    """What can go to the ward now: all in the output tray, originals with the last applications of their batch,
    returned letters nobody has put away, and what lay among the applications and is none."""
    tray = custody.balances(connection, places=(Place.OUTPUT, Place.TRAY))
    ready = (b for b in tray if b.account.place is Place.OUTPUT or _original_free(connection, b.account))
    order = list(document_kinds())
    return tuple(sorted(ready, key=lambda balance: order.index(balance.account.kind)))


def _original_free(connection: Connection, account: Account) -> bool:
    if account.kind in {kind.id for kind in (RETURNED_MAIL, *FOUND_KINDS)}:
        return True
    if account.kind != ORIGINAL.id:
        return False
    gone = (Place.OUTPUT, Place.RETURNED, Place.OTHER)
    return all(slip.place in gone for slip in custody.slips_of_batch(connection, account.batch))


def ledger_faults(connection: Connection, *, on_hand: bool = False) -> int:
    """Accounts whose kept balance is not what all movements, replayed under the rules, add up to. Must be 0.

    ``on_hand``: only of the kinds and batches of which something is here. A year has some 100,000 movements; of what has left all
    was right when it left (``work.begin`` sees to it at every act), and no movement can be changed.
    """
    kinds, ledger = document_kinds(), Ledger()
    try:
        for movement in custody.movements(connection, on_hand=on_hand):
            ledger.post(movement, kinds[movement.kind].group)
    except (OperatorError, ValueError, KeyError):
        return 1
    kept = custody.balances_of_what_is_here(connection) if on_hand else custody.balances(connection)
    replayed = {Balance(account, sheets) for account, sheets in ledger.balances.items() if sheets}
    unbalanced = [batch for batch, row in trial(kept).items() if not row.balanced]
    return len(replayed ^ set(kept)) + len(unbalanced)


@dataclass(frozen=True, slots=True)
class Found:
    """What lay among the applications of one 便 and is still here. ``since``: when it came in (wall clock, ISO), wherever in the
    room it has been put since."""

    kind: DocumentKind
    batch: str
    sheets: int
    since: str


def found_on_hand(connection: Connection) -> tuple[Found, ...]:
    """見つかったもの that have not gone back, 現金・金券 first, then the oldest."""
    kinds, sheets = {kind.id: kind for kind in FOUND_KINDS}, Counter[tuple[str, str, str]]()
    for balance, came in custody.arrivals(connection):
        if balance.account.kind in kinds:
            sheets[(balance.account.kind, balance.account.batch, came)] += balance.sheets
    found = [Found(kinds[kind], batch, count, came) for (kind, batch, came), count in sheets.items()]
    return tuple(sorted(found, key=lambda one: (one.kind != CASH, one.since)))


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One line of 手元の書類: a kind and how many of it stand where."""

    kind: DocumentKind
    by_place: Mapping[Place, int]

    @property
    def total(self) -> int:
        return sum(self.by_place.values())


def on_hand(office: Office, session: Session) -> OnHand:
    """手元の書類: sheets, cases, the oldest; for the status bar and the first screen."""
    with reading(office, session, Action.STATUS) as connection:
        return on_hand_now(connection)


def on_hand_now(connection: Connection) -> OnHand:
    """As ``on_hand``, inside another reading."""
    kinds = document_kinds()
    by_place: dict[Place, int] = {}
    by_kind: dict[str, int] = {}
    here = custody.balances(connection, places=ON_HAND)
    pieces = pieces_of(here, kinds)
    for balance in here:
        kind, place = balance.account.kind, balance.account.place
        by_place[place] = by_place.get(place, 0) + balance.sheets
        by_kind[kind] = by_kind.get(kind, 0) + balance.sheets
    ready = sum(balance.sheets for balance in returnable(connection))
    cases = custody.cases_on_hand(connection)
    oldest = custody.oldest_on_hand(connection)
    return OnHand(pieces.sheets, pieces.items, cases, oldest, by_place, by_kind, ready, pieces.letters)


def on_hand_table(office: Office, session: Session) -> tuple[PlaceRow, ...]:
    """手元の書類 by kind and place, only kinds that are here."""
    with reading(office, session, Action.STATUS) as connection:
        balances = custody.balances(connection, places=ON_HAND)
    rows: dict[str, dict[Place, int]] = {}
    for balance in balances:
        row = rows.setdefault(balance.account.kind, {})
        row[balance.account.place] = row.get(balance.account.place, 0) + balance.sheets
    return tuple(PlaceRow(kind, rows[id_]) for id_, kind in document_kinds().items() if id_ in rows)
