"""What the checks of the council paper's measures look at, read once, and how they tell what they found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from nhi_center.domain import self_check
from nhi_center.domain.contract import KeptContract
from nhi_center.domain.controls import Found, State
from nhi_center.domain.on_site_inspection import Inspection
from nhi_center.domain.room_rules import RoomRules
from nhi_center.domain.roster import RosterEntry
from nhi_center.services import ward_settings
from nhi_center.services.office import Office
from nhi_center.storage import contract, on_site_inspection, roster, watch
from nhi_center.storage.engine import Connection


@dataclass(frozen=True, slots=True)
class Seen:
    """What several checks look at, read once."""

    office: Office
    connection: Connection
    today: date
    rules: RoomRules
    contracts: tuple[KeptContract, ...]
    roster: tuple[RosterEntry, ...]
    inspections: tuple[Inspection, ...]
    checked_on: str
    findings: Mapping[str, tuple[self_check.Finding, ...]]

    @property
    def active(self) -> tuple[RosterEntry, ...]:
        """The contractor's people in force today who are not leaving."""
        accepted = (one for one in self.roster if one.designation is not None and one.leaving is None)
        return tuple(one for one in accepted if one.now.begins <= self.today <= one.now.ends)


def see(office: Office, connection: Connection) -> Seen:
    """Raises as ``ward_settings.rules``."""
    found = watch.newest_check(connection)
    findings: dict[str, list[self_check.Finding]] = {}
    for finding in self_check.from_json(found[2]) if found else ():
        findings.setdefault(finding.name, []).append(finding)
    return Seen(
        office,
        connection,
        office.clock.today(),
        ward_settings.rules(office, connection),
        contract.every(connection),
        roster.entries(connection),
        on_site_inspection.every(connection),
        found[0][:10] if found else "",
        {name: tuple(parts) for name, parts in findings.items()},
    )


def met(sentence: str, at: str = "") -> Found:
    return Found(State.MET, sentence, at)


def action(sentence: str, at: str = "") -> Found:
    return Found(State.ACTION, sentence, at)
