"""What the roster permits: having an account, and beginning something new. The case in hand can always be finished."""

from __future__ import annotations

from functools import cache

from nhi_center import resources
from nhi_center.domain.operators import Role
from nhi_center.domain.roster import RosterEntry, check_employer
from nhi_center.domain.roster_gate import FINISH, faults
from nhi_center.domain.roster_training import TrainingKind, kinds_from_table
from nhi_center.errors import OperatorError
from nhi_center.services import ward_settings
from nhi_center.services.office import Office
from nhi_center.services.work import Unit
from nhi_center.storage import roster
from nhi_center.storage.engine import Connection


@cache
def kinds() -> tuple[TrainingKind, ...]:
    """研修の種類 (resources/roster/training.toml)."""
    return kinds_from_table(resources.read_toml("roster/training.toml"))


def may_begin(unit: Unit) -> None:
    """Raise OperatorError when this person may begin nothing new: not on the roster, period over, no pledge, training lapsed.

    Called where something begins, inside its act; what is begun already never asks. Ward people stand on no roster of ours.
    """
    if not unit.session.role.is_contractor:
        return
    found = faults(roster.entry(unit.connection, unit.person), kinds(), unit.today)
    if found:
        raise OperatorError(f"新しい仕事は始められません。{found[0].words}{FINISH}", code=found[0].code)


def may_be_given(unit: Unit, person: str, role: Role, field: str) -> None:
    """As ``may_begin`` of somebody else who is given what another has begun. Raises OperatorError at ``field``."""
    found = faults(roster.entry(unit.connection, person), kinds(), unit.today) if role.is_contractor else ()
    if found:
        raise OperatorError(f"この人は新しい仕事を始められません。{found[0].words}", field=field, code=found[0].code)


def check_account(office: Office, connection: Connection, person: str, role: Role) -> RosterEntry | None:
    """Raise OperatorError unless ``person`` may have an account in this role: on the roster with the ward's 受理, employed by the
    contract's company or with the ward's decision. Gives the entry; None for ward people, who stand on no roster."""
    if not role.is_contractor:
        return None
    entry = roster.entry(connection, person)
    if entry is None or entry.designation is None:
        raise OperatorError(
            "従事者名簿に、区の受理を受けたこの人がいません。受理の記録のあとでアカウントを開けます。",
            field="person",
            code="not-accepted",
        )
    if entry.leaving is not None:
        raise OperatorError("退任の手続をしている人のアカウントは開けません。", field="person", code="leaving")
    if entry.designation.role is not role:
        raise OperatorError("名簿の役割とちがいます。名簿を確かめてください。", field="role", code="other-role")
    company = ward_settings.rules(office, connection).company
    if company:  # nobody is proposed before the ward has named it; a terminal that has not fetched it yet refuses nobody for that
        check_employer(entry.designation, company)
    return entry
