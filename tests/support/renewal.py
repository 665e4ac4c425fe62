"""A room whose register is an invented ward, for 一斉更新."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from nhi_center.gateway.training_data import load_material
from nhi_center.services import paper
from nhi_center.storage import register
from nhi_center.synthesis.ward import people
from tests.support.certificates import trusting, ward_sets
from tests.support.office import as_person
from tests.support.print_room import Room

PERSONS = 1500


@pytest.fixture
def ward(desk: Room) -> Iterator[SimpleNamespace]:
    """The ward's base expiries, its people and enough cards; ``boss`` and ``clerk`` are signed in."""
    office, gateway = trusting(desk[0])
    everybody = list(people(load_material(), PERSONS, 7, office.clock.today()))
    with office.store.write.begin() as connection:
        register.put_people(connection, enumerate(everybody, start=1))
    ward_sets(office, gateway)
    clerk = as_person(office, "k-ichiro")
    paper.receive(office, clerk, "S", 1, 2000)
    yield SimpleNamespace(office=office, boss=as_person(office, "s-toko"), clerk=clerk, people=everybody)
    office.premises.pdf.stop()
