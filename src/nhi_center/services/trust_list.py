"""trust.json: whose signatures count. The ward takes its copy from here, so everybody whose account is believed stands in it.

People are added, never changed or taken away: what somebody signed stays provable after he has left, and what the ward wrote
into the list by hand (another terminal, an administrator after a recovery) stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from nhi_center.domain.trust import Trust, TrustedPerson, trust_from_json, trust_to_json
from nhi_center.errors import EnvironmentTrouble
from nhi_center.files import replace_file
from nhi_center.keys.accounts import Account
from nhi_center.settings import Settings


def load(settings: Settings) -> Trust:
    """Raises EnvironmentTrouble KY-03 when the list is missing or damaged."""
    try:
        return trust_from_json(json.loads(settings.trust.read_bytes()))
    except (OSError, ValueError):
        raise EnvironmentTrouble("KY-03", "署名を確かめる鍵の一覧がないか壊れています。取扱責任者へ連絡してください。") from None


def keep(settings: Settings, trust: Trust) -> None:
    """Write the list."""
    replace_file(settings.trust, json.dumps(trust_to_json(trust), ensure_ascii=False, indent=1).encode())


def begin(settings: Settings, gateway: str, terminal: str, accounts: Iterable[Account]) -> None:
    """A new terminal's list: the gateway's key, its own (both hex), and these people."""
    keep(settings, Trust(gateway, {settings.terminal: terminal}, {}))
    add_people(settings, accounts)


def add_people(settings: Settings, accounts: Iterable[Account]) -> None:
    """Enter those of ``accounts`` who are not in the list yet. Raises as ``load``."""
    trust = load(settings)
    new = {one.person: TrustedPerson(one.name, one.role.value, one.signing) for one in accounts if one.person not in trust.people}
    if new:
        keep(settings, replace(trust, people={**trust.people, **new}))
