"""The room's rules that the ward sets (区の設定 ``room_rules``): one dated value, signed by the gateway, for every terminal.

What the ward has not set keeps the value written here. A rule that cannot be read is an error, never the laxer of two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from typing import Any, TypeVar

from nhi_center.domain import isolation
from nhi_center.domain.self_check import PATCHED_DAYS, SIGNATURE_DAYS

NAME = "room_rules"
HOURS = ("calls_open", "calls_close", "office_opens", "office_closes")


@dataclass(frozen=True, slots=True)
class PasswordRules:
    """After NIST SP 800-63B-4, 3.1.1: long, looked up in a blocklist, never changed for its age alone.

    ``max_age_days`` and ``history`` are 0 unless the ward wants them: days until a change is asked for, former passwords refused.
    """

    min_length: int = 15
    max_age_days: int = 0
    history: int = 0


@dataclass(frozen=True, slots=True)
class RoomRules:
    """``company``: the contract's company (受託者), "" until the ward has set it. ``contact_hours``: without contact to the
        segment until a supervisor is asked for. ``patched_days``, ``signature_days``: how old a terminal's OS updates and malware
        signatures may be. ``paper_hours``: of the office, that a paper may be on hand (受託 運用6).
        ``tell_minutes``: after which an incident the ward was not told of is red (受託 運用9, 直ちに).
    ``keep_days``: after 区受領, until entries and calls leave the terminal; 0: they stay. ``keep_months``: whole months after a
    month's end, until its erasure is due (保存期間); 0: none is set.
    ``isolation``: the level below which nobody signs in (接続制限), "" for what each terminal's settings say. ``office_opens`` to
    ``office_closes``: signing in at another hour is flagged in the log review. ``calls_open`` to ``calls_close``: a call is
    promised back within these hours."""

    require_presence: bool = True
    contact_hours: int = 24
    patched_days: int = PATCHED_DAYS
    signature_days: int = SIGNATURE_DAYS
    keep_days: int = 0
    keep_months: int = 0
    paper_hours: int = 24
    tell_minutes: int = 30
    failures_until_locked: int = 10
    company: str = ""
    isolation: str = ""
    calls_open: time = time(8, 30)
    calls_close: time = time(17, 0)
    office_opens: time = time(8, 0)
    office_closes: time = time(20, 0)
    password: PasswordRules = field(default_factory=PasswordRules)


def parse(body: Mapping[str, Any]) -> RoomRules:
    """The rules of a ward setting. Raises ValueError for a name or a value that is none."""
    known = dict(body)
    password = known.pop("password", {})
    for name in HOURS:
        if name in known:
            known[name] = time.fromisoformat(known[name])
    rules = _filled(RoomRules(), known | {"password": _filled(PasswordRules(), password)})
    if not (
        rules.contact_hours > 0
        and rules.paper_hours > 0
        and rules.tell_minutes > 0
        and rules.patched_days > 0
        and rules.signature_days > 0
        and rules.keep_days >= 0
        and rules.keep_months >= 0
        and 3 <= rules.failures_until_locked <= 100
        and rules.password.min_length >= 8
        and rules.calls_open < rules.calls_close
    ):
        raise ValueError("room rules: limits")
    if rules.isolation:
        isolation.level(rules.isolation)
    return rules


T = TypeVar("T", RoomRules, PasswordRules)


def _filled(defaults: T, body: Mapping[str, Any]) -> T:
    kinds = {one.name: type(getattr(defaults, one.name)) for one in fields(defaults)}
    if not body.keys() <= kinds.keys() or any(type(value) is not kinds[name] for name, value in body.items()):
        raise ValueError("room rules: entry")
    return type(defaults)(**{name: getattr(defaults, name) for name in kinds} | dict(body))
