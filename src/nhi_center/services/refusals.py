"""What happened at the gate while the log was shut (認証の失敗・解除) comes into it with the next person who gets in.

What was typed as an ID is kept only where it is one: people type passwords into that field.
"""

from __future__ import annotations

from nhi_center.domain.operators import Action, Session
from nhi_center.keys.failures import CHANGED, RELEASED, WRONG_PASSWORD, Event
from nhi_center.services.office import Office
from nhi_center.services.work import log_refusal
from nhi_center.storage import watch
from nhi_center.storage.trouble import told_apart

_NUMBER = "failures_number"


def take_over(office: Office, session: Session) -> None:
    """Bring what waited into the log. A crash in between repeats them rather than losing one."""
    failures = office.premises.failures
    with failures.guard:
        if failures.number < _last_number(office):
            _log(office, session, Event(CHANGED, "", ""))
        for event in failures.events():
            _log(office, session, event)
        failures.forget_events()
        with told_apart(), office.store.write.begin() as connection:
            watch.put_state(connection, _NUMBER, failures.number)


def _last_number(office: Office) -> int:
    """As it stood at the last sign-in: it is smaller only when file and counters were both taken away, or put back."""
    with told_apart(), office.store.read.begin() as connection:
        return int(watch.state(connection, _NUMBER) or 0)


def _log(office: Office, session: Session, event: Event) -> None:
    if event.kind == RELEASED:
        facts = {"step": "release", "vouched_by": event.by, "tried_at": event.at}
        log_refusal(office, session, Action.VOUCH.value, subject=event.person, **facts)
    elif event.kind == CHANGED:
        log_refusal(office, session, "denied", reason=CHANGED, lost=event.number)
    else:
        log_refusal(
            office, session, WRONG_PASSWORD, subject=event.person, asked="sign_in", tried_at=event.at, failures=event.number
        )
