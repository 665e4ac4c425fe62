"""許可した入力機器: the 取扱責任者 enters what the ward has approved; what is attached beside it is told.

To the kernel a scanner is a keyboard, and none is kept out by us: the list is a record, and the look at the machine
(``services.os_events``) tells and logs whatever types and is not on it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

from nhi_center.domain.operators import Action, Session
from nhi_center.domain.scanners import Scanner, listed, read_entry
from nhi_center.errors import OperatorError
from nhi_center.isolation.input_devices import InputDevice, keyboards
from nhi_center.isolation.wtmp import Unreadable
from nhi_center.services.office import Office
from nhi_center.services.work import begin, reading, require
from nhi_center.storage import scanners as storage

ROOT = Path("/")


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One line: a device on the list, one that is attached, or both."""

    key: str
    name: str
    product: str
    serial: str
    attached: bool
    scanner: Scanner | None

    @property
    def allowed(self) -> bool:
        return self.scanner is not None and self.scanner.active


@dataclass(frozen=True, slots=True)
class Devices:
    """The list, and what is attached now. ``reason`` says why that cannot be read here, "" when it can."""

    rows: tuple[DeviceRow, ...]
    reason: str


def listing(office: Office, session: Session, root: Path = ROOT) -> Devices:
    """Attached and not allowed first, then the list."""
    with reading(office, session, Action.SELF_CHECK) as connection:
        scanners = storage.every(connection)
    reason = ""
    here: tuple[InputDevice, ...] = ()
    try:
        here = keyboards(root)
    except Unreadable as why:
        reason = str(why)
    unlisted = [_attached(device) for device in here if listed(scanners, device.product, device.serial) is None]
    return Devices((*unlisted, *(_listed(scanner, here) for scanner in scanners)), reason)


def _attached(device: InputDevice) -> DeviceRow:
    return DeviceRow(f"{device.product} {device.serial} {device.name}", device.name, device.product, device.serial, True, None)


def _listed(scanner: Scanner, here: tuple[InputDevice, ...]) -> DeviceRow:
    attached = any(listed((scanner,), device.product, device.serial) for device in here)
    return DeviceRow(scanner.id, scanner.name, scanner.product, scanner.serial, attached, scanner)


def allow(office: Office, session: Session, product: str, serial: str, name: str, approval: str) -> Scanner:
    """It may type here, as the ward has approved. Raises OperatorError at its field, or when it is on the list already."""
    require(office, session, Action.ALLOW_SCANNER)
    product, serial, name, approval = read_entry(product, serial, name, approval)
    with begin(office, session, Action.ALLOW_SCANNER, step="allowed") as unit:
        if any(one.active and (one.product, one.serial) == (product, serial) for one in storage.every(unit.connection)):
            raise OperatorError("この機器はもう許可してあります。", field="product", code="allowed-already")
        made = Scanner(str(uuid.uuid4()), product, serial, name, approval, unit.stamp)
        storage.add(unit.connection, made, unit.person)
        unit.subject = made.id
        unit.note(device=product, approval=approval)
        return made


def withdraw(office: Office, session: Session, scanner_id: str) -> None:
    """It may type here no more; it stays on record."""
    with begin(office, session, Action.ALLOW_SCANNER, subject=scanner_id, step="withdrawn") as unit:
        if not storage.withdraw(unit.connection, scanner_id, unit.stamp, unit.person):
            raise OperatorError("この機器はもう許可していません。一覧を更新して確かめてください。", code="not-allowed")
