"""鍵の交換: somebody left under suspicion, so this terminal's store gets another key at its next sign-in.

Killed at any moment, nothing is lost: before the first page is written every slot holds both keys, newest first, and it
keeps both until the store has been seen to open with the new one. The next sign-in goes on where this one stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nhi_center.domain.operators import Action
from nhi_center.errors import EnvironmentTrouble
from nhi_center.keys.slots import Contents
from nhi_center.services import erasure_end, known_people
from nhi_center.services.office import Office
from nhi_center.services.terminal import terminal_session
from nhi_center.services.work import begin, log_refusal
from nhi_center.storage import closures, erasure
from nhi_center.storage.rekey import rekey
from nhi_center.storage.store import new_key, open_store, opens

Report = Callable[[int, int, str], None]


def run_if_due(office: Office, report: Report) -> Office:
    """The office over the store's new key; the same office when nothing is due. Takes seconds, during which nobody works here.

    A change that cannot be made now (disk full) is put off to the next sign-in and kept in the log: the work goes on under
    the old key. Raises EnvironmentTrouble ST-* when the store does not open afterwards.
    """
    unconfirmed = len(office.contents.store_keys) > 1
    if not unconfirmed:
        with office.store.read.begin() as connection:
            if not (closures.rekey_due(connection) or erasure.key_due(connection)):
                return office
    both = office.contents if unconfirmed else _hold_both(office)
    new, old = both.store_keys[0], both.store_keys[-1]
    path = office.settings.store
    office.store.close()
    try:
        rekey(path, old, new, report)
    except EnvironmentTrouble as trouble:
        office = replace(office, store=open_store(path, both.store_keys), contents=both)
        log_refusal(office, terminal_session(office), "denied", asked=Action.REKEY.value, reason=trouble.code)
        return office
    office = replace(office, store=open_store(path, (new,)), contents=Contents((new,), both.month_keys))
    with begin(office, terminal_session(office), Action.REKEY) as unit:
        closures.mark_rekeyed(unit.connection)
        erasure_end.key_changed(unit, office.terminal, opened_by_old=int(opens(path, old)))
    _seal(office, office.contents)
    return office


def _hold_both(office: Office) -> Contents:
    both = Contents((new_key(), *office.contents.store_keys), office.contents.month_keys)
    _seal(office, both)
    return both


def _seal(office: Office, contents: Contents) -> None:
    office.premises.slots.save_for_all(known_people.read_open(office), contents)
