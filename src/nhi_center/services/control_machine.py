"""The checks of the measures that the newest 動作点検 answers: network, files, updates, devices, the chain of the log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from nhi_center.domain.controls import Found
from nhi_center.domain.self_check import State
from nhi_center.services.control_seen import Seen, action, met
from nhi_center.storage import device_holds

SELF_CHECK_DAYS = 7
"""A self-check older than this proves nothing of today: it runs after each sign-in."""


def found_by(*names: str) -> Callable[[Seen], Found]:
    """What the self-check found of these; what it could not see, and what is missing because nobody asks for it, is no proof."""

    def check(seen: Seen) -> Found:
        if fault := _stale(seen):
            return fault
        found = [finding for name in names for finding in seen.findings.get(name, ())]
        bad = [one.title for one in found if one.state is not State.OK]
        missing = [name for name in names if name not in seen.findings]
        if bad or missing:
            words = "、".join(bad) or "点検の項目"
            return action(f"{words}: 動作点検で確かめられていません。", seen.checked_on)
        return met(f"{'、'.join(one.title for one in found)}に異状はありません。", seen.checked_on)

    return check


def _stale(seen: Seen) -> Found | None:
    if not seen.checked_on:
        return action("動作点検の結果がありません。点検してください。")
    if date.fromisoformat(seen.checked_on) > seen.today:
        return action("動作点検の日付が今日より後です。端末の時計を確かめて、点検してください。", seen.checked_on)
    if seen.today - date.fromisoformat(seen.checked_on) > timedelta(days=SELF_CHECK_DAYS):
        return action(f"動作点検が{SELF_CHECK_DAYS}日より前です。点検してください。", seen.checked_on)
    return None


def self_check_recent(seen: Seen) -> Found:
    if fault := _stale(seen):
        return fault
    bad = sum(one.state is State.ERROR for parts in seen.findings.values() for one in parts)
    if bad:
        return action(f"動作点検に異状が{bad}件あります。", seen.checked_on)
    return met("動作点検に異状はありません。", seen.checked_on)


def devices_allowed(seen: Seen) -> Found:
    if held := device_holds.count_open(seen.connection):
        return action(f"区の確認を待つ、許可していない装置が{held}あります。", seen.checked_on)
    return found_by("devices")(seen)
