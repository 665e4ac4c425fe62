"""Papers on the desk of a bench room: the deck, counted in by services, so that a window can be opened over it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice

from nhi_center.domain.handover import Count, Direction, Side
from nhi_center.domain.operators import Session
from nhi_center.gateway.training_data import load_material
from nhi_center.services import forms, handover
from nhi_center.services.handover import Credential
from nhi_center.services.office import Office
from nhi_center.synthesis.deck import Paper, deck
from nhi_center.synthesis.ward import people
from nhi_center.training.bench.room import CLERK, OPENING, PASSWORDS, SEED, WARD_STAFF

DECK_PERSONS = 5_000
"""The papers are of the first people of the register, however large it is."""
SECTION = "医療保険年金課 資格係"


def make_deck(papers: int) -> tuple[Paper, ...]:
    """The same deck in every process."""
    today = OPENING.date()
    first = tuple(islice(people(load_material(), DECK_PERSONS + 10, SEED, today), DECK_PERSONS))
    return deck(forms.catalogue(), first, today, papers=papers)


def lay_out(office: Office, session: Session, papers: Sequence[Paper]) -> None:
    """The papers come in by a handover: one 管理票 each, waiting to be keyed."""
    slips = Counter(paper.form for paper in papers)
    sheets: Counter[str] = Counter()
    for paper in papers:
        sheets[paper.form] += sum(int(paper.fields[name].value) for name in ("sheets_form", "sheets_attached"))
    view = handover.open_handover(office, session, Direction.IN, SECTION)
    counts = tuple(Count(kind.id, slips[kind.id], sheets[kind.id]) for kind in view.kinds)
    for side in (Side.GIVER, Side.RECEIVER):
        handover.record_count(office, session, view.handover.id, side, counts)
    ward, clerk = (Credential(who, PASSWORDS[who]) for who in (WARD_STAFF, CLERK))
    handover.countersign(office, session, view.handover.id, ward, clerk)
