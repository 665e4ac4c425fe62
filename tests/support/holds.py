"""A hold's way to the ward: the 取扱責任者 of the room sends what a clerk has held."""

from __future__ import annotations

from nhi_center.domain.holds import Stage
from nhi_center.domain.operators import Session
from nhi_center.services import holds
from nhi_center.services.holds import Question
from nhi_center.services.office import Office
from tests.support.office import as_person


def sent(office: Office) -> str:
    """Everything that waits for the 取扱責任者 goes to the ward as it was asked; gives the last number."""
    supervisor, query = as_person(office, "s-toko"), ""
    for row in holds.listing(office, supervisor):
        if row.stage is Stage.ASKED:
            query = holds.send(office, supervisor, row.hold.id, row.hold.question)
    return query


def asked(office: Office, ward: Session) -> Question:
    """The one question the ward has, sent first where it still waits for the 取扱責任者."""
    sent(office)
    (question,) = holds.open_questions(office, ward)
    return question
