"""入退室・鍵管理簿: the stays with their locker keys, the cabinets with theirs, of a period."""

from __future__ import annotations

from datetime import date

import pytest

from nhi_center.domain.operators import Session
from nhi_center.errors import OperatorError
from nhi_center.services import cabinets, key_book
from nhi_center.services.office import Office
from tests.support.office import as_person, desk, premises

__all__ = ["desk", "premises"]

DAY = date(2026, 11, 24)


def test_the_book_holds_stays_and_keys_of_the_period_alone(desk: tuple[Office, Session]) -> None:
    office, clerk = desk
    supervisor = as_person(office, "s-toko")
    cabinets.register(office, supervisor, "1", "書庫", "2")
    cabinets.take_key(office, clerk, "1", 1, "k-ichiro")
    cabinets.look(office, clerk, "1", locked=True)
    found = key_book.book(office, as_person(office, "40127"), DAY, DAY)
    assert {one.person for one in found.stays} == {"k-ichiro", "k-hanako", "s-toko"}
    assert sorted(one.what for one in found.events) == ["key_out", "locked", "registered"]
    assert [(one.number, len(one.out)) for one in found.cabinets] == [("1", 1)]
    path = key_book.make_book(office, supervisor, DAY, DAY)
    assert path.name == "keys-20261124-20261124.pdf"
    assert path.read_bytes().startswith(b"%PDF")
    with pytest.raises(OperatorError) as refused:
        key_book.make_book(office, supervisor, date(2026, 11, 1), date(2026, 11, 2))
    assert refused.value.field == "first"
    with pytest.raises(OperatorError):
        key_book.book(office, supervisor, DAY, date(2026, 11, 1))
    office.premises.pdf.stop()
