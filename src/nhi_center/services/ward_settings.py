"""Settings of the ward as this terminal may believe them: signed by the gateway, in force today (区の設定)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from nhi_center.domain import canonical, room_rules
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.certificates import BaseExpiry, Group
from nhi_center.domain.room_rules import RoomRules
from nhi_center.domain.trust import Trust
from nhi_center.errors import EnvironmentTrouble
from nhi_center.services.office import Office
from nhi_center.storage import register
from nhi_center.storage.engine import Connection

SIGNED_PREFIX = b"nhi-center ward setting 1\n"


def setting(office: Office, connection: Connection, name: str) -> Any | None:
    """The value of a setting; None while the ward has not set it or its day has not come.

    Raises EnvironmentTrouble KY-04 when it is not signed by the ward's gateway: nobody at a terminal can make a rule.
    """
    body = register.ward_setting(connection, name, office.clock.today())
    return None if body is None else proven(office.premises.trust, name, body, office.clock.today())


def proven(trust: Trust, name: str, body: Mapping[str, Any], day: date) -> Any | None:
    """The value of one setting as the gateway gave it; None before its day. Raises as ``setting``."""
    signed = {key: value for key, value in body.items() if key != "signature"}
    signature = str(body.get("signature", ""))
    if body.get("name") != name or not trust.gateway_signed(SIGNED_PREFIX + canonical.encode(signed), signature):
        raise EnvironmentTrouble("KY-04", "区の設定の署名が合いません。証は印刷しないでください。取扱責任者へ連絡してください。")
    return body["value"] if date.fromisoformat(body["effective_from"]) <= day else None


def base_expiries(office: Office, connection: Connection) -> tuple[BaseExpiry, ...]:
    """有効期限の基準日, as many as the ward has set. Raises as ``setting``."""
    return tuple(
        BaseExpiry(
            Kind(base["kind"]),
            Group(base["group"]),
            date.fromisoformat(base["issued_from"]),
            date.fromisoformat(base["issued_to"]),
            date.fromisoformat(base["last_day"]),
        )
        for base in setting(office, connection, "base_expiry") or ()
    )


def rules(office: Office, connection: Connection) -> RoomRules:
    """The room's rules as the ward has set them; its defaults while it has not. Raises as ``setting``."""
    value = setting(office, connection, room_rules.NAME)
    try:
        return room_rules.parse(value or {})
    except (ValueError, TypeError):
        raise EnvironmentTrouble("KY-04", "区の設定(事務室の規則)を読めません。区の担当者に連絡してください。") from None


def company(office: Office, connection: Connection) -> str:
    """Whose name stands on what goes to the ward: the contractor's as the ward has set it, else 受託者. Raises as ``setting``."""
    return rules(office, connection).company or "受託者"
