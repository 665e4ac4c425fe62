"""プリンター: entered by the ward administrator with the ward's approval, adjusted on a test sheet, accepted by a second person.

Until the test sheet is accepted a printer prints 見本 alone, and again after each adjustment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from nhi_center.domain.certificate_kinds import CARD, LARGE
from nhi_center.domain.four_eyes import require_different
from nhi_center.errors import OperatorError

CUPS, SPOOL = "cups", "spool"
WAYS: Mapping[str, str] = {CUPS: "CUPS のキュー", SPOOL: "印刷先のフォルダー"}
STOCKS: Mapping[str, str] = {CARD: "証(カード)S", LARGE: "認定証・受療証 A", "": "普通紙"}
MOST_SHIFT = 100
"""Tenths of a millimetre: a form further off than 10 mm lies wrong in the tray."""
SCALE_100, MOST_SCALE = 10_000, 300
"""Hundredths of a percent, and how far from 100 % it may be set."""
_DEVICE = re.compile(r"[a-z][a-z0-9+.-]*:[!-~]{1,500}")
_QUEUE = re.compile(r"[0-9A-Za-z_.-]{1,127}")


@dataclass(frozen=True, slots=True)
class Adjustment:
    """``dx`` to the right and ``dy`` down in tenths of a millimetre, ``scale`` in hundredths of a percent."""

    dx: int = 0
    dy: int = 0
    scale: int = SCALE_100

    @property
    def words(self) -> str:
        return f"右へ {self.dx / 10:+.1f} mm 下へ {self.dy / 10:+.1f} mm 倍率 {self.scale / 100:.2f} %"


@dataclass(frozen=True, slots=True)
class Printer:
    """One printer and tray. ``address``: the queue; ``device``: where the ward has allowed that queue to send.

    ``prefix``: the numbered paper in it, "" plain. ``changed_by``: whose adjustment or entry is to be accepted; ``accepted_by``
    "" until somebody else has.
    """

    id: str
    name: str
    way: str
    address: str
    device: str
    approval: str
    prefix: str
    adjustment: Adjustment = Adjustment()
    changed_by: str = ""
    changed_at: str = ""
    accepted_by: str = ""
    accepted_at: str = ""
    retired: bool = False

    @property
    def ready(self) -> bool:
        """May print what counts."""
        return bool(self.accepted_by) and not self.retired


@dataclass(frozen=True, slots=True)
class PrinterEvent:
    printer: str
    what: str
    body: Mapping[str, Any]
    at: str
    by: str


def fold(events: Iterable[PrinterEvent]) -> dict[str, Printer]:
    """Every printer as its events leave it, in the order they were first entered."""
    found: dict[str, Printer] = {}
    for event in events:
        found[event.printer] = _after(found.get(event.printer), event)
    return found


def _after(printer: Printer | None, event: PrinterEvent) -> Printer:
    body = event.body
    if event.what == "set":
        names = ("name", "way", "address", "device", "approval", "prefix")
        entered = Printer(event.printer, *(body.get(name, "") for name in names))
        kept = printer.adjustment if printer else Adjustment()
        return replace(entered, adjustment=kept, changed_by=event.by, changed_at=event.at)
    assert printer is not None
    if event.what == "adjusted":
        made = Adjustment(body["dx"], body["dy"], body["scale"])
        return replace(printer, adjustment=made, changed_by=event.by, changed_at=event.at, accepted_by="", accepted_at="")
    if event.what == "accepted":
        return replace(printer, accepted_by=event.by, accepted_at=event.at)
    return replace(printer, retired=True)


def check_entry(name: str, way: str, address: str, device: str, approval: str, prefix: str) -> None:
    """Raise OperatorError at the field that keeps a printer from being entered."""
    if not name.strip():
        raise OperatorError("プリンターの名前を入れてください。", field="name")
    if way not in WAYS:
        raise OperatorError("印刷先を番号で選んでください。", field="way")
    if way == CUPS and not _QUEUE.fullmatch(address):
        raise OperatorError("CUPS のキューの名前を、英数字で入れてください。", field="address", code="queue")
    if way == CUPS and not _DEVICE.fullmatch(device):
        words = "キューの送り先を、印刷サーバーの表示のとおりに入れてください(例 ipp://192.0.2.10/ipp/print、usb://…)。"
        raise OperatorError(words, field="device", code="device")
    if not approval.strip():
        raise OperatorError("区の承諾番号を入れてください。承諾のない印刷先は使えません。", field="approval", code="no-approval")
    if prefix not in STOCKS:
        raise OperatorError("入れる用紙を番号で選んでください。", field="prefix")


def check_device(printer: Printer, found: str) -> None:
    """Raise OperatorError unless the queue still sends where the ward has allowed it to."""
    if found != printer.device:
        words = f"「{printer.name}」の送り先が、区の承諾したものと違うので、印刷しません。取扱責任者に知らせてください。"
        raise OperatorError(words, code="printer-device")


def check_adjustment(made: Adjustment) -> None:
    """Raise OperatorError at ``dx``, ``dy`` or ``scale``."""
    for field, shift in (("dx", made.dx), ("dy", made.dy)):
        if abs(shift) > MOST_SHIFT:
            raise OperatorError(f"{MOST_SHIFT / 10:.0f} mm までにしてください。用紙の置き方を確かめてください。", field=field)
    if abs(made.scale - SCALE_100) > MOST_SCALE:
        raise OperatorError(f"倍率は 100 % から {MOST_SCALE / 100:.0f} % までのずれにしてください。", field="scale")


def check_acceptance(printer: Printer, by: str) -> None:
    """Raise OperatorError unless another person than who entered or adjusted it accepts its test sheet."""
    if printer.retired:
        raise OperatorError("このプリンターは使うのをやめています。", code="retired")
    require_different(printer.changed_by, by, "試し刷りの確認は、登録や調整をした人とは別の人が行ってください。")


def in_use(printers: Iterable[Printer], prefix: str) -> tuple[Printer, ...]:
    """Those with this paper in their tray, accepted or not, in the order they were entered."""
    return tuple(one for one in printers if one.prefix == prefix and not one.retired)


def default(printers: Iterable[Printer], prefix: str) -> str:
    """The id of the printer a sheet on this paper goes to when nobody says which; "" where none is entered."""
    using = in_use(printers, prefix)
    ready = max((one for one in using if one.ready), key=lambda one: (one.accepted_at, one.id), default=None)
    return ready.id if ready else using[0].id if using else ""


def tray_of(printers: Iterable[Printer], prefix: str, received_for: str) -> str:
    """Whose tray a pack lies in. What was received before any printer was entered, and what a retired one leaves behind, lies
    in that of the first one still in use."""
    using = [one.id for one in in_use(printers, prefix)]
    return received_for if received_for in using else next(iter(using), "")


def choose(printers: Iterable[Printer], prefix: str, wanted: str = "") -> Printer | None:
    """The printer for this paper: ``wanted``, else the ready one whose tray has it, of several the one accepted last. Raises
    OperatorError where printers are entered for it and none of them (or not the wanted one) is ready; None where none is entered.
    """
    entered = in_use(printers, prefix)
    ready = [one for one in entered if one.ready and wanted in ("", one.id)]
    if wanted and not ready:
        words = "このプリンターは、いま証を刷れません。試し刷りの確認をするか、印刷の列(Alt+B)で別のプリンターに移してください。"
        raise OperatorError(words, code="printer-not-accepted")
    if entered and not ready:
        words = "この用紙のプリンターは、試し刷りの確認がまだです。証の台帳の「プリンター」で確かめてください。"
        raise OperatorError(words, code="printer-not-accepted")
    return max(ready, key=lambda one: (one.accepted_at, one.id), default=None)
