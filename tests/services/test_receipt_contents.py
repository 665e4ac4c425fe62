"""What a receipt proves without the store: means, condition, place, 至急, what goes back unkeyed, a difference; and no other."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nhi_center.domain import seal
from nhi_center.domain.handover import Direction, Side
from nhi_center.domain.operators import Session, Signature
from nhi_center.domain.seal import SealFault
from nhi_center.domain.trust import trust_to_json
from nhi_center.services import custody, giving_back, urgent
from nhi_center.services import handover as service
from nhi_center.services.handover_view import HandoverView
from nhi_center.services.office import Office
from nhi_center.services.receipts import make_receipt
from nhi_center.services.sealing import seal_pdf
from nhi_center.verify import cli
from nhi_center.verify.documents import check
from tests.services.test_handover import CLERK, NINE, WARD, counts
from tests.support import papers
from tests.support.office import desk, premises
from tests.support.pdf_words import words_of

__all__ = ["desk", "premises"]

Room = tuple[Office, Session]


@pytest.fixture
def room(desk: Room) -> Iterator[Room]:
    yield desk
    desk[0].premises.close()


def both(room: Room, view: HandoverView, giver: dict[str, tuple[int, int]], receiver: dict[str, tuple[int, int]]) -> HandoverView:
    service.record_count(*room, view.handover.id, Side.GIVER, counts(view, **giver))
    return service.record_count(*room, view.handover.id, Side.RECEIVER, counts(view, **receiver))


def different(room: Room) -> str:
    """From 若松町 in a case, wet, one sheet short twice."""
    view = service.open_handover(*room, Direction.IN, "若松町特別出張所", "2", "4")
    short = {**NINE, "F02": (3, 4)}
    both(room, view, NINE, short)
    service.recount(*room, view.handover.id)
    both(room, view, NINE, short)
    service.countersign(*room, view.handover.id, WARD, CLERK)
    return view.handover.id


def unkeyed_out(room: Room) -> str:
    papers.receive(*room, F02=2)
    giving_back.give_back(*room, custody.unsorted_slips(*room)[0].id, 2, "1")
    view = service.open_handover(*room, Direction.OUT, "角筈特別出張所")
    both(room, view, {"F02": (1, 2)}, {"F02": (1, 2)})
    service.countersign(*room, view.handover.id, CLERK, WARD)
    return view.handover.id


def urgent_in(room: Room) -> str:
    view = urgent.open_in(*room, "四谷特別出張所", "F15", 15)
    both(room, view, {"F15": (1, 2)}, {"F15": (1, 2)})
    service.countersign(*room, view.handover.id, WARD, CLERK)
    return view.handover.id


@pytest.mark.parametrize(
    ("made", "proven", "on_paper"),
    [
        (
            different,
            {"section": "若松町特別出張所", "medium": "鍵付きケース", "condition": "ぬれ", "difference": True, "urgent": ""},
            ("若松町特別出張所", "鍵付きケース", "ぬれ", "差異あり", "渡した側 3件5枚"),
        ),
        (
            unkeyed_out,
            {"section": "角筈特別出張所", "unkeyed": {"1124-001": "対象外(他課・他係)"}, "difference": False},
            ("角筈特別出張所", "1124-001", "対象外"),
        ),
        (urgent_in, {"section": "四谷特別出張所", "urgent": "2026-11-24T09:15:00+09:00"}, ("四谷特別出張所", "至急", "09:15")),
    ],
)
def test_a_receipt_proves_all_of_it_alone_and_no_changed_copy_does(
    room: Room, tmp_path: Path, capsys: pytest.CaptureFixture[str], made: Any, proven: dict[str, Any], on_paper: tuple[str, ...]
) -> None:
    office, session = room
    path = make_receipt(office, session, made(room))
    trust = office.premises.trust
    contents = check(path.read_bytes(), trust, "handover").contents
    assert {name: contents[name] for name in proven} == proven
    printed = words_of(path)
    assert [word for word in on_paper if word not in printed] == []
    keys = tmp_path / "trust.json"
    keys.write_text(json.dumps(trust_to_json(trust)), encoding="utf-8")
    assert cli.main(["receipt", str(path), "--trust", str(keys)]) == 0
    told = capsys.readouterr().out
    assert [word for word in on_paper if word not in told] == []
    refuse_changed(office, path.read_bytes(), [*proven, "lines", "giver", "receiver", "references"])


def refuse_changed(office: Office, file: bytes, names: list[str]) -> None:
    """Each fact changed in the seal alone; and, with the terminal's own key, sealed anew over what nobody has signed."""
    body, found = seal.split(file)
    signatures = [Signature(**entry) for entry in found["contents"]["signatures"]]
    for name in names:
        changed = copy.deepcopy(found)
        changed["contents"]["statement"]["contents"][name] = "別"
        anew = seal_pdf(office, "handover", body, changed["contents"]["statement"]["contents"], signatures)
        for forged in (seal.append(body, changed), anew):
            with pytest.raises(SealFault):
                check(forged, office.premises.trust, "handover")
    contents = found["contents"]["statement"]["contents"]
    swapped = [replace(signatures[0], value=signatures[1].value), signatures[1]]
    with pytest.raises(SealFault):
        check(seal_pdf(office, "handover", body, contents, swapped), office.premises.trust, "handover")
