from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nhi_center.domain.handover import Direction, Side
from nhi_center.domain.operators import Session
from nhi_center.domain.seal import SealFault
from nhi_center.errors import OperatorError
from nhi_center.services import handover as service
from nhi_center.services.office import Office
from nhi_center.services.receipts import make_receipt, receipt_path
from nhi_center.verify.documents import check
from tests.services.test_handover import CLERK, NINE, SECTION, WARD, counts
from tests.support.office import desk, premises

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


@pytest.fixture
def signed(desk: Room) -> Iterator[tuple[Room, str]]:
    view = service.open_handover(*desk, Direction.IN, SECTION)
    for side in Side:
        view = service.record_count(*desk, view.handover.id, side, counts(view, **NINE))
    service.countersign(*desk, view.handover.id, WARD, CLERK)
    yield desk, view.handover.id
    desk[0].premises.close()


def test_the_receipt_proves_both_signatures_and_the_contents(signed: tuple[Room, str]) -> None:
    (office, session), handover_id = signed
    path = make_receipt(office, session, handover_id)
    assert path.name == "receipt-20261124-1.pdf"
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    proven = check(path.read_bytes(), office.premises.trust, "handover")
    assert [signer.name for signer in proven.signers] == ["見本 区子", "見本 一郎"]
    assert proven.contents["references"]["F02"] == ["1124-001", "1124-002", "1124-003"]
    assert service.view(office, session, handover_id).receipt == path.name
    assert receipt_path(office, path.name) == path


def test_one_changed_byte_is_found(signed: tuple[Room, str]) -> None:
    (office, session), handover_id = signed
    file = bytearray(make_receipt(office, session, handover_id).read_bytes())
    file[len(file) // 3] ^= 1
    with pytest.raises(SealFault):
        check(bytes(file), office.premises.trust, "handover")


def test_a_lost_receipt_is_made_again(signed: tuple[Room, str]) -> None:
    (office, session), handover_id = signed
    path = make_receipt(office, session, handover_id)
    Path(path).unlink()
    with pytest.raises(OperatorError, match="作り直す"):
        receipt_path(office, path.name)
    assert make_receipt(office, session, handover_id).is_file()


def test_no_receipt_before_both_have_signed(desk: Room) -> None:
    view = service.open_handover(*desk, Direction.IN, SECTION)
    with pytest.raises(OperatorError) as caught:
        make_receipt(*desk, view.handover.id)
    assert caught.value.code == "not-signed"
