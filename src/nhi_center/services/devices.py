"""許可した装置: whatever is plugged in and is not on the ward's list stops 書出し and 印刷 until ward staff have looked at it.

The list is the ward's setting ``devices``; a keyboard or scanner of 許可した入力機器 counts as allowed too. The kernel is told
nothing: that no stick is ever opened is the machine's own policy (installer/machine).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from nhi_center.domain import canonical, scanners
from nhi_center.domain import devices as rules
from nhi_center.domain.devices import AllowedDevice, Attached, Hold, read_words
from nhi_center.domain.incident_report import Kind
from nhi_center.domain.operators import Action, Session
from nhi_center.errors import EnvironmentTrouble, OperatorError
from nhi_center.files import replace_file
from nhi_center.isolation.attached import attached
from nhi_center.isolation.wtmp import Unreadable
from nhi_center.services import incidents, trust_list, ward_settings
from nhi_center.services.office import Office
from nhi_center.services.terminal import terminal_session
from nhi_center.services.work import begin, log_refusal, reading, require
from nhi_center.settings import Settings
from nhi_center.storage import device_holds, register, watch
from nhi_center.storage import scanners as allowed_scanners
from nhi_center.storage.engine import Connection
from nhi_center.storage.trouble import told_apart

ROOT = Path("/")
_SEEN = "devices"


def look(office: Office, root: Path = ROOT) -> tuple[Hold, ...]:
    """What has come that nobody has allowed, each kept and in the log; ``root`` is the machine's root folder.

    What was there at the very first look is the terminal's own, but for what can take data away. A device that cannot be told is
    told by the self-check. Raises EnvironmentTrouble (the store; KY-04: a list that is not the ward's allows nothing).
    """
    try:
        now = attached(root)
    except Unreadable:
        return ()
    terminal = terminal_session(office)
    with reading(office, terminal, Action.SELF_CHECK) as connection:
        seen = watch.state(connection, _SEEN)
        strangers = [one for one in now if not _is_allowed(office, connection, one)] if now else []
    keys = {_key(one): one for one in strangers}
    judged = set(seen) if seen is not None else {key for key, one in keys.items() if not one.holds_data}
    came = [one for key, one in keys.items() if key not in judged]
    if came:
        _hold(office, came)
    if seen is None or sorted(keys) != sorted(seen):
        with told_apart(), office.store.write.begin() as connection:
            watch.put_state(connection, _SEEN, sorted(keys))
    keep_copy(office)
    return tuple(Hold("", one.product, one.serial, one.holds_data, "") for one in came)


def _hold(office: Office, came: Iterable[Attached]) -> None:
    for one in came:
        with begin(office, terminal_session(office), Action.SELF_CHECK, step="device_held") as unit:
            unit.subject = str(uuid.uuid4())
            unit.note(device=one.words, holds_data=one.holds_data)
            device_holds.add(unit.connection, unit.subject, one, unit.stamp)
            words = f"許可していない装置({one.words})がつながった。書出しと印刷を止めた。"
            incidents.open_found(unit, Kind.DEVICE, words, source=f"device {unit.subject}")


def open_holds(office: Office, session: Session) -> tuple[Hold, ...]:
    """What ward staff still have to look at."""
    with reading(office, session, Action.SELF_CHECK) as connection:
        return device_holds.open_ones(connection)


def acknowledge(office: Office, session: Session, hold_id: str, words: str) -> None:
    """Ward staff have looked at it and say what they found and did. Plugged in anew, it stops everything anew.

    Raises OperatorError at ``words``, or when somebody has looked already.
    """
    require(office, session, Action.ACKNOWLEDGE_DEVICE)
    plain = read_words(words)
    with begin(office, session, Action.ACKNOWLEDGE_DEVICE, subject=hold_id) as unit:
        if not device_holds.look_at(unit.connection, hold_id, plain, unit.stamp, unit.person):
            raise OperatorError("この装置は、もう確認が済んでいます。一覧を更新してください。", code="looked-at-already")
        unit.note(left=device_holds.count_open(unit.connection))


def require_none_held(office: Office, step: str) -> None:
    """Raise OperatorError while a device waits for ward staff: nothing is written out or printed. ``step``: export or print."""
    with told_apart(), office.store.read.begin() as connection:
        held = device_holds.open_ones(connection)
    if held:
        log_refusal(office, terminal_session(office), "denied", step=step, reason="device-held", count=len(held))
        raise OperatorError(
            f"許可していない装置({'、'.join(one.name for one in held[:3])})がつながったため、書出しと印刷を止めています。"
            "装置を外し、区職員に動作点検の画面で確認してもらってください。",
            code="device-held",
        )


# -- the list --


def allow_list(office: Office, connection: Connection) -> tuple[AllowedDevice, ...]:
    """As the ward has set it; nothing while it has not. Raises EnvironmentTrouble KY-04."""
    return _parsed(ward_settings.setting(office, connection, rules.NAME))


def keep_copy(office: Office) -> None:
    """The signed list beside the store, so that the self-check command knows it. Written when it has changed."""
    with told_apart(), office.store.read.begin() as connection:
        body = register.ward_setting(connection, rules.NAME, office.clock.today())
    target = office.settings.allowed_devices
    data = canonical.encode(body) if body is not None else b""
    if data and (not target.is_file() or target.read_bytes() != data):
        replace_file(target, data)


def copied_list(settings: Settings, today: date) -> tuple[AllowedDevice, ...]:
    """The list from its copy. Raises EnvironmentTrouble KY-03 or KY-04."""
    if not settings.allowed_devices.is_file():
        return ()
    try:
        body = canonical.decode(settings.allowed_devices.read_bytes())
    except (OSError, ValueError):
        raise _unreadable() from None
    return _parsed(ward_settings.proven(trust_list.load(settings), rules.NAME, body, today))


def _parsed(value: Any | None) -> tuple[AllowedDevice, ...]:
    if value is None:
        return ()
    try:
        return rules.parse(value)
    except (ValueError, TypeError):
        raise _unreadable() from None


def _unreadable() -> EnvironmentTrouble:
    return EnvironmentTrouble("KY-04", "区の設定(許可した装置)を読めません。区の担当者に連絡してください。")


def _is_allowed(office: Office, connection: Connection, device: Attached) -> bool:
    if rules.allowed(allow_list(office, connection), device.product, device.serial) is not None:
        return True
    typing = scanners.listed(allowed_scanners.every(connection), device.product, device.serial)
    return typing is not None and not device.holds_data


def _key(device: Attached) -> str:
    return f"{device.place} {device.words}"
