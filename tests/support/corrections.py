"""Cases the ward has returned: found, keyed anew, handed over, and whether the paper adds up."""

from __future__ import annotations

from nhi_center.domain.custody import Slip, trial
from nhi_center.domain.entry import Application, Draft
from nhi_center.domain.handover import Count, Direction, Side
from nhi_center.domain.operators import Session
from nhi_center.services import custody, entry, handover
from nhi_center.services.office import Office
from nhi_center.storage import corrections as storage
from nhi_center.storage import custody as ledger
from nhi_center.storage import entry as applications
from tests.services.test_review import verify
from tests.support import papers
from tests.support.office import PASSWORDS, as_person


def find(office: Office, id_: str) -> Application:
    with office.store.read.begin() as connection:
        found = applications.find(connection, id_)
    assert found is not None
    return found


def slip_of(office: Office, application: str) -> Slip:
    with office.store.read.begin() as connection:
        found = ledger.slip(connection, find(office, application).slip)
    assert found is not None
    return found


def by_number(office: Office, number: str) -> Application:
    with office.store.read.begin() as connection:
        found = applications.find_by_slip(connection, storage.slip_by_number(connection, number))
    assert found is not None
    return found


def balanced(office: Office) -> bool:
    """received = on hand + returned for every kind and 便, and the kept balances are what the movements add up to."""
    with office.store.read.begin() as connection:
        rows = trial(ledger.balances(connection)).values()
        return custody.ledger_faults(connection) == 0 and all(row.balanced for row in rows)


def hand_out(office: Office, session: Session) -> None:
    """Everything in the output tray goes to the ward."""
    view = handover.open_handover(office, session, Direction.OUT, papers.SECTION)
    with office.store.read.begin() as connection:
        ready = custody.returnable(connection)
    counts = []
    for kind in view.kinds:
        pieces = [piece for piece in ready if piece.account.kind == kind.id]
        sheets = sum(piece.sheets for piece in pieces)
        counts.append(Count(kind.id, len(pieces) if kind.has_cases else 0, sheets))
    for side in (Side.GIVER, Side.RECEIVER):
        handover.record_count(office, session, view.handover.id, side, tuple(counts))
    signers = [handover.Credential(who, PASSWORDS[who]) for who in ("k-ichiro", "40127")]
    handover.countersign(office, session, view.handover.id, *signers)


def key_again(office: Office, slip: Slip, **changes: str) -> str:
    """一郎 keys the 訂正 from what stands there, 花子 verifies it; gives its id."""
    ichiro = as_person(office, "k-ichiro")
    opened = entry.open_slip(office, ichiro, slip.id)
    values = {**opened.application.draft.values, **changes}
    draft = Draft(values, {}, papers.answers(opened, values))
    done = entry.finish(office, ichiro, opened.application.id, draft)
    verify(office, as_person(office, "k-hanako"), done.id)
    return done.id
