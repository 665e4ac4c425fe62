"""入力の一覧: slips to key, drafts and held applications."""

from __future__ import annotations

from dataclasses import dataclass

from nhi_center.domain.custody import Slip
from nhi_center.domain.entry import Application, State
from nhi_center.domain.holds import Hold, Stage
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.paper_age import PaperAges
from nhi_center.services import custody, entry, paper_age, sent_back
from nhi_center.services.office import Office
from nhi_center.services.work import reading
from nhi_center.storage import corrections, holds, incidents
from nhi_center.storage import custody as slips
from nhi_center.storage import entry as storage


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One line of the entry list: a slip nobody has opened (``application`` None) or an application on its way."""

    slip: Slip
    form_title: str
    application: Application | None = None
    hold: Hold | None = None
    keyer_name: str = ""
    mine: bool = False
    sent_back: str = ""
    corrects: str = ""
    overdue_hours: int = 0
    marked: bool = False
    """差異あり: it came or went with a 便 that has a standing difference."""

    @property
    def urgent_until(self) -> str:
        return self.application.urgent_until if self.application else ""


def waiting(office: Office, session: Session) -> tuple[WaitingRow, ...]:
    """Slips to key, drafts and held applications: 至急 first, then answered ones, drafts, and the rest by number."""
    names = {account.person: account.name for account in office.premises.accounts.every()}
    with reading(office, session, Action.ENTER) as connection:
        ages = paper_age.read(office, connection)
        applications = {a.slip: a for a in storage.list_by_state(connection, State.RECEIVED, State.DRAFTING, State.HELD)}
        waiting_slips = [slip for slip in slips.slips_unsorted(connection) if slip.id not in applications]
        marked = incidents.marked(connection)
        rows = [
            WaitingRow(s, entry.form_title(s.kind, s.day), overdue_hours=_over(ages, s), marked=s.id in marked)
            for s in waiting_slips
        ]
        for application in applications.values():
            slip = custody.find_slip(connection, application.slip)
            last = holds.of_application(connection, application.id)
            mine = application.keyer == session.person
            name = names.get(application.keyer, application.keyer)
            title, hold = entry.form_title(slip.kind, slip.day), last[-1] if last else None
            why, link = sent_back.why(connection, application), corrections.of_correction(connection, application.id)
            corrects = link.original_number if link else ""
            late, differs = _over(ages, slip), slip.id in marked
            rows.append(WaitingRow(slip, title, application, hold, name, mine, why, corrects, late, differs))
    return tuple(sorted(rows, key=_order))


def _over(ages: PaperAges, slip: Slip) -> int:
    return 0 if slip.returned else ages.overdue(slip.kind, slip.batch)


def _order(row: WaitingRow) -> tuple[bool, str, int, str, str]:
    application = row.application
    if application is not None and application.state is State.HELD:
        rank = 3
    elif row.sent_back or (row.hold is not None and row.hold.stage is Stage.ANSWERED):
        rank = 0
    else:
        rank = 2 if application is None or application.state is State.RECEIVED else 1
    return (not row.urgent_until, row.urgent_until, rank, row.slip.day, row.slip.number)


def to_key(office: Office, session: Session) -> int:
    """How many wait for a clerk's hand, for the first screen and the left column."""
    return sum(1 for row in waiting(office, session) if row.application is None or row.application.state is not State.HELD)
