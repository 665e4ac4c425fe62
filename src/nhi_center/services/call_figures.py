"""電話の集計 of a period: by hour and by 分類. It names nobody who called and nobody who answered."""

from __future__ import annotations

from datetime import date

from nhi_center.domain.call_figures import CallFigures, figures
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.periods import check_period
from nhi_center.services.call_answers import book
from nhi_center.services.office import Office
from nhi_center.services.work import reading, require
from nhi_center.storage import calls as storage


def of_period(office: Office, session: Session, first: date, last: date) -> CallFigures:
    """Raises OperatorError at ``last`` for a period that is none."""
    require(office, session, Action.CALL)
    check_period(first, last)
    with reading(office, session, Action.CALL) as connection:
        facts, backs = storage.facts_between(connection, first, last), storage.backs_between(connection, first, last)
    return figures(facts, backs, office.clock.local())


def title_of(category: str) -> str:
    """The words of a 分類 with its number."""
    found = book().category(category)
    return f"{found.number} {found.title}" if found else "分類なし"
