"""緊急時の手順と連絡先 (受託 運用9): at hand without any network; when they were told to the ward, and when last practised."""

from __future__ import annotations

from dataclasses import dataclass

from nhi_center import resources
from nhi_center.domain.control_records import ControlRecord, RecordKind
from nhi_center.domain.operators import Action, Session
from nhi_center.services.office import Office
from nhi_center.services.work import reading
from nhi_center.storage import control_records as storage

FOLDER = "procedures"


@dataclass(frozen=True, slots=True)
class Procedure:
    """One sheet: its heading and its text in Markdown."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class AtHand:
    """The procedures in order; the last record of 緊急連絡先, of their report to the ward and of a drill, or None."""

    procedures: tuple[Procedure, ...]
    contacts: ControlRecord | None
    reported: ControlRecord | None
    drill: ControlRecord | None


def procedures() -> tuple[Procedure, ...]:
    texts = (file.read_text(encoding="utf-8") for file in resources.listing(FOLDER, ".md"))
    return tuple(Procedure(text.partition("\n")[0].lstrip("# "), text) for text in texts)


def at_hand(office: Office, session: Session) -> AtHand:
    """For everybody who may report an incident."""
    with reading(office, session, Action.INCIDENT) as connection:
        records = storage.every(connection)

    def last(kind: RecordKind) -> ControlRecord | None:
        return next((one for one in records if one.wanted.kind is kind), None)

    return AtHand(procedures(), last(RecordKind.CONTACTS), last(RecordKind.PROCEDURES), last(RecordKind.DRILL))
