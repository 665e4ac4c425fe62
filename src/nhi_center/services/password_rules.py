"""The ward's rules for passwords as they hold now, with the words that are guessed first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from nhi_center import resources
from nhi_center.domain import password_policy
from nhi_center.domain.operators import Action, Session
from nhi_center.domain.password_policy import Verdict
from nhi_center.domain.room_rules import PasswordRules
from nhi_center.services import ward_settings
from nhi_center.services.office import Office
from nhi_center.services.work import reading

_BLOCKLIST = "passwords/blocklist.txt"


def now(office: Office, session: Session) -> PasswordRules:
    """The rules in force. Raises EnvironmentTrouble KY-04 when the ward's setting is not the ward's."""
    with reading(office, session, Action.CHANGE_PASSWORD) as connection:
        return ward_settings.rules(office, connection).password


def judge(office: Office, session: Session, password: str) -> Verdict:
    """For the words beside the field while a person types his own new password. Takes some milliseconds: run it in a lane."""
    rules = now(office, session)
    return password_policy.judge(password, rules, blocklist(), (session.person, session.name, office.settings.label))


def require_good(office: Office, password: str, context: Iterable[str], *, field: str) -> PasswordRules:
    """The rules it was held against. Raises OperatorError at ``field`` when they refuse it."""
    with office.store.read.begin() as connection:
        rules = ward_settings.rules(office, connection).password
    password_policy.require(password, rules, blocklist(), (*context, office.settings.label), field=field)
    return rules


def is_due(office: Office, session: Session) -> bool:
    """Whether the ward wants passwords changed with age, and this person's is older."""
    days = now(office, session).max_age_days
    changed = office.premises.accounts.find(session.person).changed_at
    return bool(days and changed) and office.clock.now() - datetime.fromisoformat(changed) > timedelta(days=days)


@cache
def blocklist() -> frozenset[str]:
    """Words and passwords that are guessed first, in the form of ``plain``."""
    lines = resources.read_text(_BLOCKLIST).splitlines()
    return frozenset(password_policy.plain(line) for line in lines if line.strip() and not line.startswith("#"))
