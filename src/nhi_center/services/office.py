"""The workstation's parts, put together once (premises) and with an open store per signed-in person (office)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nhi_center.domain.trust import Trust
from nhi_center.keys.account_book import AccountBook
from nhi_center.keys.failures import FailureBook
from nhi_center.keys.room_key import RoomKeyBook, RoomKeys
from nhi_center.keys.slots import Contents, SlotBook
from nhi_center.keys.terminal import TerminalKeys
from nhi_center.printing.worker import PdfWorker
from nhi_center.services.event_lines import EventLines
from nhi_center.services.ports import Clock, Link, Printer
from nhi_center.settings import Settings

if TYPE_CHECKING:  # the database library takes longer to load than Qt: nothing before sign-in waits for it
    from nhi_center.storage.store import Store


@dataclass(frozen=True, slots=True)
class Premises:
    """What is there before anybody signs in: no store, no key of it."""

    settings: Settings
    clock: Clock
    accounts: AccountBook
    slots: SlotBook
    failures: FailureBook
    room_keys: RoomKeyBook
    terminal: TerminalKeys
    trust: Trust
    link: Link
    printer: Printer
    pdf: PdfWorker
    event_lines: EventLines

    def close(self) -> None:
        """End the PDF process and the connection to the segment. The store is closed by sign-out."""
        self.event_lines.close()
        self.pdf.stop()
        self.link.close()


@dataclass(frozen=True, slots=True)
class Office:
    """The premises with the store open. Made by ``services.session.sign_in``, ended by ``sign_out``."""

    premises: Premises
    store: Store
    contents: Contents = field(repr=False)
    """What the person's slot held: forgotten with the office at sign-out."""
    room_keys: RoomKeys = field(default_factory=RoomKeys, repr=False)
    """What he may read of the room's own exchange: forgotten likewise."""

    @property
    def clock(self) -> Clock:
        return self.premises.clock

    @property
    def settings(self) -> Settings:
        return self.premises.settings

    @property
    def terminal(self) -> str:
        return self.premises.settings.terminal
