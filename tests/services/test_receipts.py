from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from nhi_center.domain.custody import Group
from nhi_center.domain.handover import MOST, Direction, Side
from nhi_center.domain.operators import Session
from nhi_center.domain.seal import SealFault
from nhi_center.errors import OperatorError
from nhi_center.services import handover as service
from nhi_center.services.office import Office
from nhi_center.services.receipts import make_receipt, receipt_path
from nhi_center.verify.documents import check
from tests.printing.test_slips_scan import DPI, scanned
from tests.services.test_handover import CLERK, NINE, SECTION, WARD, counts
from tests.support.office import desk, premises
from tests.support.pdf_words import words_of

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
    assert "20261124-1 端末 04" in " ".join(words_of(path).split())
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    proven = check(path.read_bytes(), office.premises.trust, "handover")
    assert [signer.name for signer in proven.signers] == ["見本 区子", "見本 一郎"]
    assert proven.contents["references"]["F02"] == ["1124-001", "1124-002", "1124-003"]
    assert service.view(office, session, handover_id).receipt == path.name
    assert receipt_path(office, path.name) == path


def test_the_fullest_delivery_that_differs_has_its_receipt_and_its_square_is_read_at_200_dpi(desk: Room) -> None:
    """What both have signed is never refused its receipt for the room its numbers take."""
    view = service.open_handover(*desk, Direction.IN, SECTION, "2", "2")
    full = {kind.id: (9 if kind.has_cases else 0, MOST) for kind in view.kinds if kind.group is not Group.QUESTION}
    less = {kind: (cases, sheets - 1) for kind, (cases, sheets) in full.items()}
    for round_ in (1, 2):
        if round_ == 2:
            service.recount(*desk, view.handover.id)
        service.record_count(*desk, view.handover.id, Side.GIVER, counts(view, **full))
        service.record_count(*desk, view.handover.id, Side.RECEIVER, counts(view, **less))
    service.countersign(*desk, view.handover.id, WARD, CLERK)
    receipt = pypdfium2.PdfDocument(make_receipt(*desk, view.handover.id))
    page = receipt[0].render(scale=DPI / 72).to_pil().convert("L")
    for degrees in (0.0, -7.0, 90.0):
        assert [code.text for code in zxingcpp.read_barcodes(scanned(page, degrees))] == [
            f"nhi-center:handover:{view.handover.id}"
        ]
    receipt.close()
    desk[0].premises.close()


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
