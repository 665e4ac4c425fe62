"""動作点検, the operating system: how old its updates and malware signatures are, what is plugged in beside the ward's list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from nhi_center.domain import devices as rules
from nhi_center.domain.devices import AllowedDevice, Attached
from nhi_center.domain.self_check import PATCHED_DAYS, SIGNATURE_DAYS, Finding, State
from nhi_center.isolation import system_age
from nhi_center.isolation.attached import attached
from nhi_center.services import devices as held
from nhi_center.services.clock import JST
from nhi_center.services.office import Office
from nhi_center.services.self_check_store import Report
from nhi_center.storage import device_holds
from nhi_center.storage.check import Token

ROOT = Path("/")
SHOWN = 4
"""Devices named in one sentence; the rest is counted."""


def updates(office: Office, _report: Report, _token: Token | None) -> Finding:
    return updates_of(_today(office), asked=not office.settings.training)


def signatures(office: Office, _report: Report, _token: Token | None) -> Finding:
    return signatures_of(_today(office), asked=not office.settings.training)


def devices(office: Office, _report: Report, _token: Token | None) -> Finding:
    """What is plugged in, against the list; and what ward staff still have to look at, plugged in or not."""
    with office.store.read.begin() as connection:
        listed = held.allow_list(office, connection)
        waiting = device_holds.open_ones(connection)
    if waiting:
        names = "、".join(one.name for one in waiting[:SHOWN])
        return Finding(
            "devices",
            "つながっている装置",
            State.ERROR,
            f"許可していない装置がつながりました({names})。書出しと印刷を止めています。",
            "装置を外して、区職員に「装置を確認した」(F3)で確認してもらってください。",
        )
    return devices_of(attached(ROOT), listed)


def updates_of(today: date, *, asked: bool) -> Finding:
    """``asked`` False: in training nobody asks how old they are. ``today`` is the system's day."""
    advice = "区の担当者に、OSの更新を頼んでください。"
    return _age("updates", "OSの更新", today, system_age.patched_on(), PATCHED_DAYS, advice, asked=asked)


def signatures_of(today: date, *, asked: bool) -> Finding:
    advice = "区の担当者に、ウイルス定義の更新を頼んでください。"
    return _age("signatures", "ウイルス定義", today, system_age.signatures_on(), SIGNATURE_DAYS, advice, asked=asked)


def devices_of(found: Sequence[Attached], listed: Sequence[AllowedDevice]) -> Finding:
    """Each device with the ward's number and date. What cannot take data away and was there from the beginning is only named."""
    name, title = "devices", "つながっている装置"
    if not found:
        return Finding(name, title, State.OK, f"つながっている装置はありません(許可 {len(listed)}件)。")
    lines = [(one, rules.allowed(listed, one.product, one.serial)) for one in found]
    strange = [one for one, line in lines if line is None and one.holds_data]
    told = "、".join(_told(one, line) for one, line in sorted(lines, key=lambda pair: pair[0] not in strange)[:SHOWN])
    rest = f" ほか{len(lines) - SHOWN}件" if len(lines) > SHOWN else ""
    if strange:
        advice = "装置を外してください。要るものなら、区の担当者に許可を頼んでください。"
        return Finding(
            name, title, State.WARNING, f"データを持ち出せる装置が、許可なしでつながっています: {told}{rest}。", advice
        )
    return Finding(name, title, State.OK, f"{told}{rest}。")


def _today(office: Office) -> date:
    """The system's, as the days beside it are: the office's date may be another one in training."""
    return office.clock.now().astimezone(JST).date()


def _told(device: Attached, line: AllowedDevice | None) -> str:
    if line is None:
        return f"{device.words}(許可の一覧にない)"
    return f"{device.words}(承認 {line.approval} {line.approved_on.isoformat()})"


def _age(name: str, title: str, today: date, day: date | None, most: int, advice: str, *, asked: bool) -> Finding:
    if day is None:
        return Finding(name, title, State.NOT_READABLE, "この端末のOSからは、日付が分かりません。")
    age = max(0, (today - day).days)
    words = f"最後は{day.isoformat()}です({age}日前)。"
    if age <= most:
        return Finding(name, title, State.OK, words)
    words = f"{words}{most}日を超えています。"
    return Finding(name, title, State.WARNING, words, advice) if asked else Finding(name, title, State.NOT_ASKED, words)
