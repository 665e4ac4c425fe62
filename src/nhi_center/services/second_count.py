"""二人目の枚数: what a 保管庫 and a silent terminal share: somebody else counts blind, signs, and counts again what differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

from nhi_center.domain import cabinets as domain
from nhi_center.domain.cabinets import STATEMENT, Count
from nhi_center.domain.custody import NIGHT, Pieces
from nhi_center.domain.day_close import Carried
from nhi_center.domain.operators import Action, Role, Session, Signature
from nhi_center.errors import OperatorError
from nhi_center.services.office import Office
from nhi_center.services.signing import require_signature, sign
from nhi_center.services.work import Unit, begin, reading
from nhi_center.storage import cabinets as storage
from nhi_center.storage.engine import Connection

_MAY_COUNT = (Role.CLERK, Role.SUPERVISOR, Role.WARD_STAFF, Role.WARD_ADMIN)


@dataclass(frozen=True, slots=True)
class Pile:
    """What is counted. ``number``: its name in the book of counts; ``subject`` and ``step``: those of the act in the log.

    ``expected``: what there should be, raises OperatorError where there is no such pile; ``refused``: whose count would be no
    second one, with ``refusal`` as the sentence; ``then``: what else follows from a count, in its act.
    """

    number: str
    subject: str
    step: str
    expected: Callable[[Connection], Pieces]
    refused: Callable[[Connection], frozenset[str]]
    refusal: str
    then: Callable[[Unit], None] = lambda _unit: None

    def require_second(self, connection: Connection, first: str, second: str) -> None:
        if second == first or second in self.refused(connection):
            raise OperatorError(self.refusal, field="id", code="same-person")


def count(office: Office, session: Session, pile: Pile, counted: Pieces, reason: str, person: str, password: str) -> Count:
    """A second person has counted all of it, and signs. Takes a password hash: run it in a lane.

    Every count is kept. One that does not agree is to be made again; from the second on it stands with a reason. Raises
    OperatorError at ``id`` when it is not a second person, at ``reason``, or as ``sign`` does.
    """
    with reading(office, session, Action.DAY_CLOSE) as connection:
        day = office.clock.today()
        again = storage.differences(connection, day, NIGHT, pile.number, pile.expected(connection)) > 0
        pile.require_second(connection, session.person, person)
    words = domain.check_reason(reason, again)
    contents = domain.counted_contents(day.isoformat(), pile.number, counted, words)
    signature = sign(office, person, password, STATEMENT, contents)
    with begin(office, session, Action.DAY_CLOSE, subject=pile.subject, step=pile.step, counter=signature.person) as unit:
        require_signature(office, signature, STATEMENT, contents, *_MAY_COUNT)
        pile.require_second(unit.connection, session.person, signature.person)
        made = keep(unit, NIGHT, pile.number, pile.expected(unit.connection), counted, words, signature)
        pile.then(unit)
    return made


def keep(unit: Unit, purpose: str, number: str, expected: Pieces, counted: Pieces, reason: str, signature: Signature) -> Count:
    """One count in the book and in the log, whether it agrees or not."""
    made = Count(number, expected, counted, reason, signature.person, signature.name, signature.signed_at)
    storage.keep_count(unit.connection, unit.today, purpose, made, signature)
    unit.note(agrees=made.agrees, stands=made.stands, **asdict(counted))
    return made


def entry(item: str, count: int, note: str, cabinet: str, made: Count) -> Carried:
    """A count that holds, as the day close shows and signs it."""
    differs = "" if made.agrees else made.reason
    return Carried(item, count, note, cabinet, made.at, made.person, made.counted.words, differs)
