"""保管庫: the register, who has a key, who looked at a lock, what is put away for the night, counted, and taken out again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from nhi_center.domain import cabinets as domain
from nhi_center.domain.cabinets import LOCK, REGISTER, Cabinet, CabinetEvent, Count, What, key_subject
from nhi_center.domain.custody import MORNING, NIGHT, ON_HAND, Balance, Pieces, Place, pieces_of
from nhi_center.domain.day_close import Carried, OpenItem, Way
from nhi_center.domain.operators import Action, Session, Signature
from nhi_center.errors import OperatorError
from nhi_center.services import custody, known_people, second_count
from nhi_center.services.office import Office
from nhi_center.services.room import Disbelieved, RoomRecord
from nhi_center.services.second_count import Pile
from nhi_center.services.work import Unit, begin, reading, require
from nhi_center.storage import cabinets as storage
from nhi_center.storage import custody as ledger
from nhi_center.storage.engine import Connection

MOST_AHEAD = 1000
"""Records come in one order, so that another terminal's turn is hardly ever ahead of ours; a far one leaves no turn after it."""
PUT_AWAY = {f"sheets_{place.value}": place for place in ON_HAND}
"""Items of the day close that are settled by locking the paper up, and the place whose paper it is."""


@dataclass(frozen=True, slots=True)
class CabinetRow:
    """One cabinet on the page: what stands in it by the ledger, and how much of that comes out in the morning."""

    cabinet: Cabinet
    inside: Pieces
    put_away: int
    names: Mapping[str, str]


def of_room(office: Office, session: Session) -> tuple[CabinetRow, ...]:
    """The room's cabinets, by number."""
    with reading(office, session, Action.VIEW_PRESENCE) as connection:
        names = {account.person: account.name for account in office.premises.accounts.every()}
        return tuple(
            CabinetRow(
                cabinet,
                inside(connection, cabinet.number),
                sum(sheets for _account, sheets in ledger.put_away_from(connection, cabinet.number)),
                names,
            )
            for cabinet in storage.every(connection)
        )


def inside(connection: Connection, number: str) -> Pieces:
    """What stands in a cabinet by the ledger."""
    return pieces_of(ledger.in_cabinet(connection, number), custody.document_kinds())


def all_inside(connection: Connection) -> dict[str, Pieces]:
    """As ``inside``, of every numbered cabinet that holds anything."""
    by_number: dict[str, list[Balance]] = {}
    for balance in ledger.balances(connection, places=(Place.CABINET,)):
        by_number.setdefault(balance.account.cabinet, []).append(balance)
    kinds = custody.document_kinds()
    return {number: pieces_of(here, kinds) for number, here in by_number.items() if number}


# -- the register --


def register(office: Office, session: Session, number: str, name: str, keys: str) -> None:
    """Enter a cabinet, or change where it stands and how many keys it has. Raises OperatorError at cabinet, place or keys."""
    require(office, session, Action.MANAGE_CABINETS)
    cabinet, (place, count) = domain.read_number(number), domain.check_register(name, keys)
    with begin(office, session, Action.MANAGE_CABINETS, subject=cabinet, step="cabinet_register", keys=count) as unit:
        found = storage.find(unit.connection, cabinet)
        if found is not None and any(key.key > count for key in found.out):
            raise OperatorError(
                "外に出ている鍵が、この本数では足りません。先に鍵を返してください。", field="keys", code="key-is-out"
            )
        _do(office, unit, cabinet, REGISTER, What.REGISTERED, name=place, keys=count)


def retire(office: Office, session: Session, number: str) -> None:
    """The room has this cabinet no more. Raises OperatorError while paper stands in it or a key is out."""
    require(office, session, Action.MANAGE_CABINETS)
    with begin(office, session, Action.MANAGE_CABINETS, subject=number, step="cabinet_retire") as unit:
        found = _known(unit.connection, number)
        if inside(unit.connection, number).total:
            raise OperatorError("この保管庫にはまだ書類があります。先に取り出してください。", code="not-empty")
        if found.out:
            raise OperatorError("この保管庫の鍵が返っていません。", code="key-is-out")
        _do(office, unit, number, REGISTER, What.RETIRED)


# -- keys and locks --


def take_key(office: Office, session: Session, number: str, key: int, holder: str) -> None:
    """``holder`` has the key from now on. Raises OperatorError at ``key`` or ``holder``."""
    require(office, session, Action.CABINET)
    if not office.premises.accounts.knows(holder):
        raise OperatorError("このIDの人はいません。鍵を持つ人のIDを確かめてください。", field="holder", code="no-person")
    person = office.premises.accounts.find(holder).person
    with begin(office, session, Action.CABINET, subject=number, step="cabinet_key_out", key=key, holder=person) as unit:
        found = _known(unit.connection, number)
        if key not in found.free_keys:
            taken = any(one.key == key for one in found.out)
            words = f"鍵{key}は、もう渡してあります。" if taken else f"この保管庫の鍵は{found.keys}本です。"
            raise OperatorError(words, field="key", code="key-is-out" if taken else "no-key")
        _do(office, unit, number, key_subject(key), What.KEY_OUT, holder=person)


def return_key(office: Office, session: Session, number: str, key: int) -> None:
    """The key is back. Raises OperatorError at ``key`` when nobody has it."""
    require(office, session, Action.CABINET)
    with begin(office, session, Action.CABINET, subject=number, step="cabinet_key_back", key=key) as unit:
        out = next((one for one in _known(unit.connection, number).out if one.key == key), None)
        if out is None:
            raise OperatorError("この鍵は、もう返っています。", field="key", code="key-is-back")
        _do(office, unit, number, key_subject(key), What.KEY_BACK, holder=out.holder)


def look(office: Office, session: Session, number: str, *, locked: bool) -> None:
    """Who is signed in has looked: the cabinet is locked, or it is open."""
    require(office, session, Action.CABINET)
    what = What.LOCKED if locked else What.OPENED
    with begin(office, session, Action.CABINET, subject=number, step=f"cabinet_{what}") as unit:
        _known(unit.connection, number)
        _do(office, unit, number, LOCK, what)


def take(office: Office, connection: Connection, record: RoomRecord) -> None:
    """What was recorded at a terminal of the room (see ``services.takers``), by somebody who may record it."""
    event = domain.event_from_json(record.body)
    action = Action.MANAGE_CABINETS if event.subject == REGISTER else Action.CABINET
    known_people.require_author(connection, event.by, action)
    if event.turn > storage.next_turn(connection, event.cabinet, event.subject) + MOST_AHEAD:
        raise Disbelieved("turn-ahead")
    storage.keep(connection, event, record.terminal)


def _do(
    office: Office, unit: Unit, number: str, subject: str, what: What, *, name: str = "", keys: int = 0, holder: str = ""
) -> None:
    event = CabinetEvent(
        id=str(uuid.uuid4()),
        cabinet=number,
        subject=subject,
        turn=storage.next_turn(unit.connection, number, subject),
        what=what.value,
        at=unit.stamp,
        by=unit.person,
        name=name,
        keys=keys,
        holder=holder,
    )
    storage.keep(unit.connection, event, office.terminal)
    unit.record("cabinet", domain.event_to_json(event))


def _opened(office: Office, unit: Unit, cabinet: Cabinet) -> None:
    """Whoever puts in, counts or takes out has opened it: it has to be seen locked again."""
    if cabinet.locked:
        _do(office, unit, cabinet.number, LOCK, What.OPENED)


def _known(connection: Connection, number: str) -> Cabinet:
    found = storage.find(connection, number)
    if found is None:
        raise OperatorError(
            f"保管庫 {number}は登録されていません。名簿・研修の「保管庫」の頁で確かめてください。",
            field="cabinet",
            code="no-cabinet",
        )
    return found


# -- paper in and out --


def require_cabinet(connection: Connection, number: str) -> str:
    """The number of a cabinet in use. Raises OperatorError at ``cabinet``."""
    return _known(connection, domain.read_number(number)).number


def put_away(office: Office, unit: Unit, place: Place, number: str) -> int:
    """Lock everything at one place up in a cabinet, within the day close; gives how many. Raises OperatorError at ``cabinet``."""
    cabinet = _known(unit.connection, number)
    loose = [one for one in ledger.balances(unit.connection, places=(place,)) if not one.account.cabinet]
    for balance in loose:
        account = balance.account
        custody.move(
            unit, kind=account.kind, batch=account.batch, slip=account.slip, frm=place, to=Place.CABINET, sheets=balance.sheets,
            reason="" if place is Place.CABINET else NIGHT, to_cabinet=number,
        )  # fmt: skip
    _opened(office, unit, cabinet)
    return sum(balance.sheets for balance in loose)


def count(office: Office, session: Session, number: str, counted: Pieces, reason: str, person: str, password: str) -> Count:
    """二人目の枚数: a second person has counted all that is in the cabinet, and signs; whoever put it in is none.

    Takes a password hash, keeps every count and raises as ``second_count.count``.
    """
    require(office, session, Action.DAY_CLOSE)

    def expected(connection: Connection) -> Pieces:
        return inside(connection, _known(connection, number).number)

    def put_in(connection: Connection) -> frozenset[str]:
        return frozenset(by for _note, by in storage.notes(connection, office.clock.today(), PUT_AWAY).get(number, ()))

    def then(unit: Unit) -> None:
        _opened(office, unit, _known(unit.connection, number))

    refusal = "しまった人とは別の人が数えて署名してください。"
    pile = Pile(number, number, "cabinet_count", expected, put_in, refusal, then)
    return second_count.count(office, session, pile, counted, reason, person, password)


def take_out(office: Office, session: Session, number: str, counted: Pieces, reason: str) -> Count:
    """朝の取出し: who is signed in has counted all that is in the cabinet; what was put away goes back to where it was.

    A count that does not agree moves nothing: it is made again, and from the second on stands with a reason.
    """
    require(office, session, Action.CABINET)
    with begin(office, session, Action.CABINET, subject=number, step="cabinet_take_out") as unit:
        cabinet = _known(unit.connection, number)
        away = ledger.put_away_from(unit.connection, number)
        if not away:
            raise OperatorError("この保管庫に、取り出す書類はありません。", code="nothing-inside")
        expected = inside(unit.connection, number)
        again = storage.differences(unit.connection, unit.today, MORNING, number, expected) > 0
        words = domain.check_reason(reason, again)
        by = Signature(session.person, session.name, session.role.value, unit.stamp, "", "")
        made = second_count.keep(unit, MORNING, number, expected, counted, words, by)
        if made.stands:
            for account, sheets in away:
                custody.move(
                    unit, kind=account.kind, batch=account.batch, slip=account.slip, frm=Place.CABINET, to=account.place,
                    sheets=sheets, reason=MORNING, frm_cabinet=number,
                )  # fmt: skip
        _opened(office, unit, cabinet)
    return made


# -- the day close --


def open_items(office: Office, connection: Connection) -> tuple[OpenItem, ...]:
    """What stands in each cabinet, who has not locked which, and the keys that are out."""
    day = office.clock.today().isoformat()
    found = storage.every(connection)
    counted = {entry.cabinet for entry in counts(office, connection)}
    # Also of a cabinet that another terminal has retired meanwhile: it did not know of this paper.
    contents = sorted(all_inside(connection).items(), key=lambda one: int(one[0]))
    out = sum(len(cabinet.out) for cabinet in found)
    return (
        *(
            # How much it is nobody is told before the second person has counted it.
            _item(f"cabinet_{n}", here.total, f"保管庫 {n}の書類" + (f" {here.words}" if n in counted else ""), Way.COUNT)
            for n, here in contents
        ),
        *(
            _item(f"cabinet_lock_{one.number}", int(not one.locked_on(day)), f"保管庫 {one.number}の施錠({one.name})", Way.LOCK)
            for one in found
        ),
        _item("cabinet_keys", out, f"返っていない保管庫の鍵 {out}本"),
        differences(office, connection),
    )


def differences(office: Office, connection: Connection) -> OpenItem:
    """What was taken out today although its count did not agree."""
    count = storage.standing_differences(connection, office.clock.today())
    return _item("cabinet_differences", count, f"取出しで差異のまま残した保管庫 {count}件")


def _item(kind: str, count: int, words: str, way: Way = Way.CARRY) -> OpenItem:
    return OpenItem(kind, count, words, "presence", way=way, page="cabinets")


def counts(office: Office, connection: Connection) -> tuple[Carried, ...]:
    """For each cabinet whose count of today still holds: what the second person counted, as its entry of the day close."""
    day = office.clock.today()
    notes = storage.notes(connection, day, PUT_AWAY)
    here = all_inside(connection)
    return tuple(
        second_count.entry(
            f"cabinet_{number}",
            made.expected.total,
            " / ".join(dict.fromkeys(note for note, _by in notes.get(number, ()))) or "前の日からの書類",
            number,
            made,
        )
        for number, made in storage.last_counts(connection, day).items()
        if domain.is_number(number) and made.stands and made.expected == here.get(number, Pieces())
    )
