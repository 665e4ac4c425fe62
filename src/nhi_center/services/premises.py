"""Putting one terminal's parts together from its settings."""

from __future__ import annotations

from nhi_center.keys.account_book import AccountBook
from nhi_center.keys.failures import FailureBook
from nhi_center.keys.holding import require_own_disk
from nhi_center.keys.passwords import FLOOR
from nhi_center.keys.recovery import RecoverySlot
from nhi_center.keys.room_key import RoomKeyBook
from nhi_center.keys.slots import SlotBook
from nhi_center.keys.terminal import TerminalKeys, load, place_of
from nhi_center.link.client import AddressPolicy, GatewayLink, LinkSettings
from nhi_center.printing.spool import SpoolPrinter
from nhi_center.printing.worker import PdfWorker
from nhi_center.services import trust_list
from nhi_center.services.event_lines import EventLines
from nhi_center.services.office import Premises
from nhi_center.services.ports import Clock
from nhi_center.settings import Settings


def open_premises(settings: Settings, clock: Clock) -> Premises:
    """Everything but the store. Nothing is connected or started yet.

    Raises EnvironmentTrouble KY-02 (this terminal is not registered), KY-03 (the list of keys is missing or damaged), KY-05,
    KY-07, KY-08 (the system's keyring) or ST-09 (the business folder lies on the network).
    """
    require_own_disk(settings.business_folder)
    terminal = load(place_of(settings.training, settings.training_keys), settings.terminal)
    return Premises(
        settings=settings,
        clock=clock,
        accounts=AccountBook(settings.accounts, None if settings.training else FLOOR),
        slots=SlotBook(settings.slots, terminal, RecoverySlot(settings.recovery, settings.terminal)),
        failures=FailureBook(settings.refused_sign_ins, terminal),
        room_keys=RoomKeyBook(settings.room_keys),
        terminal=terminal,
        trust=trust_list.load(settings),
        link=GatewayLink(link_settings(settings, terminal), clock.now),
        printer=SpoolPrinter(settings.spool),
        pdf=PdfWorker(),
        event_lines=EventLines(settings),
    )


def link_settings(settings: Settings, terminal: TerminalKeys) -> LinkSettings:
    """How this terminal reaches the one address it may. Raises ValueError when that is no IP address with a port."""
    segment = settings.segment
    return LinkSettings(
        policy=AddressPolicy(segment.host, segment.port),
        server_name=segment.server_name,
        ca=settings.tls / "ca.pem",
        certificate=settings.tls / f"{settings.terminal}.pem",
        key=settings.tls / f"{settings.terminal}.key",
        passphrase=terminal.passphrase.encode,
    )
