"""端末の状態: how every terminal of the room stands, asked of the gateway when the ward's people look. Nothing is kept here."""

from __future__ import annotations

from dataclasses import dataclass

from nhi_center.domain.operators import Action, Session
from nhi_center.link.wire_state import OLD_SIGNATURES, OLD_SYSTEM, OTHER_VERSION, REFUSED_ROWS, SILENT, STRANGE_DEVICES, Standing
from nhi_center.services import ward_settings
from nhi_center.services.office import Office
from nhi_center.services.work import begin, require

__all__ = [
    "OLD_SIGNATURES",
    "OLD_SYSTEM",
    "OTHER_VERSION",
    "REFUSED_ROWS",
    "SILENT",
    "STRANGE_DEVICES",
    "Standing",
    "Terminals",
    "read",
]


@dataclass(frozen=True, slots=True)
class Terminals:
    """Those that need somebody first. The days and hours are the ward's rules, after which something is red."""

    rows: tuple[Standing, ...]
    contact_hours: int
    patched_days: int
    signature_days: int

    @property
    def red(self) -> int:
        return sum(bool(row.red) for row in self.rows)


def read(office: Office, session: Session) -> Terminals:
    """How they stand now; the look is in the log. For the link lane. Raises EnvironmentTrouble LK-*, and as ``begin``."""
    require(office, session, Action.VIEW_TERMINALS)
    rows = tuple(sorted(office.premises.link.terminals(), key=lambda row: (not row.red, row.terminal)))
    with begin(office, session, Action.VIEW_TERMINALS, count=len(rows), red=sum(bool(row.red) for row in rows)) as unit:
        rules = ward_settings.rules(office, unit.connection)
    return Terminals(rows, rules.contact_hours, rules.patched_days, rules.signature_days)
