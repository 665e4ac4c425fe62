"""How long the papers on hand have been here, against the hours the ward allows (区の設定 ``paper_hours``)."""

from __future__ import annotations

from datetime import datetime

from nhi_center.domain.custody import pieces_of
from nhi_center.domain.day_close import OpenItem
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.paper_age import PaperAges, office_hours
from nhi_center.services import ward_settings
from nhi_center.services.custody import document_kinds
from nhi_center.services.forms import closed_days
from nhi_center.services.office import Office
from nhi_center.services.work import reading
from nhi_center.storage import custody
from nhi_center.storage.engine import Connection

OVERDUE = "papers_overdue"


def read(office: Office, connection: Connection) -> PaperAges:
    """The age of everything on hand. Raises as ``ward_settings.rules``."""
    rules, now, closed = ward_settings.rules(office, connection), office.clock.local(), closed_days()
    here = custody.arrivals(connection)
    by_time = {came: datetime.fromisoformat(came) for _balance, came in here}
    ages = {came: office_hours(at, now, rules.office_opens, rules.office_closes, closed) for came, at in by_time.items()}
    hours = {(balance.account.kind, balance.account.batch): ages[came] for balance, came in here}
    over = pieces_of((balance for balance, came in here if ages[came] > rules.paper_hours), document_kinds())
    return PaperAges(rules.paper_hours, hours, over)


def overdue(office: Office, session: Session) -> PaperAges:
    """The age of everything on hand, for who looks at the papers. Raises as ``read``."""
    with reading(office, session, Action.STATUS) as connection:
        return read(office, connection)


def open_items(office: Office, connection: Connection) -> tuple[OpenItem, ...]:
    """The line of the day close: paper past the hours has to be explained even when it is locked up."""
    ages = read(office, connection)
    longest = f"、最長{ages.longest}時間" if ages.longest else ""
    words = f"期限({ages.limit}時間)を過ぎた手元の書類 {ages.over.words}{longest}"
    return (OpenItem(OVERDUE, ages.over.total, words, "custody"),)
