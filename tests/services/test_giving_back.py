"""返す: unkeyed, with a reason both sign; what lay among the applications is counted as found and goes back the same day."""

from __future__ import annotations

import pytest

from nhi_center.domain.custody import Place
from nhi_center.domain.handover import Direction, Phase, Side
from nhi_center.errors import OperatorError
from nhi_center.services import custody, entry, giving_back, handover
from nhi_center.services.entry_list import waiting
from nhi_center.services.receipts import make_receipt
from nhi_center.storage import custody as ledger
from nhi_center.storage import handover as store
from tests.services.test_handover import CLERK, SECTION, WARD, Room, counts, received
from tests.support.office import as_person, desk, premises
from tests.support.papers import register_people
from tests.support.pdf_words import words_of

__all__ = ["desk", "premises"]


def first_slip(room: Room) -> tuple[str, str]:
    row = waiting(*room)[0]
    return row.slip.id, row.slip.number


def where(room: Room) -> dict[tuple[str, Place], int]:
    with room[0].store.read.begin() as connection:
        assert custody.ledger_faults(connection) == 0
        found: dict[tuple[str, Place], int] = {}
        for one in ledger.balances(connection):
            key = one.account.kind, one.account.place
            found[key] = found.get(key, 0) + one.sheets
    return found


def test_back_with_its_reason_on_what_both_sign(desk: Room) -> None:
    office, clerk = desk
    received(desk)
    slip, number = first_slip(desk)
    giving_back.give_back(office, clerk, slip, 2, "1", "隣の係の申請")
    assert slip not in {row.slip.id for row in waiting(*desk)}
    assert where(desk)["F02", Place.OUTPUT] == 2
    view = handover.open_handover(office, clerk, Direction.OUT, SECTION)
    assert view.unkeyed == {number: "対象外(他課・他係) 隣の係の申請"}
    assert number in view.unkeyed_words
    for side in Side:
        view = handover.record_count(office, clerk, view.handover.id, side, counts(view, F02=(1, 2)))
    assert handover.countersign(office, clerk, view.handover.id, CLERK, WARD).phase is Phase.SIGNED
    with office.store.read.begin() as connection:
        assert store.signed_contents(connection, view.handover.id)["unkeyed"] == view.unkeyed
    assert "隣の係の申請" in words_of(make_receipt(office, clerk, view.handover.id))
    assert where(desk)["F02", Place.RETURNED] == 2
    office.premises.pdf.stop()


@pytest.mark.parametrize(
    ("sheets", "reason", "words", "field"),
    [
        (0, "1", "", "sheets"),
        (99, "1", "", "sheets"),
        (1, "", "", "reason"),
        (1, "9", " ", "words"),
        (1, "9", "x" * 61, "words"),
        (1, "9", "123456789018", "words"),
    ],
)
def test_a_slip_of_the_hand_changes_nothing(desk: Room, sheets: int, reason: str, words: str, field: str) -> None:
    received(desk)
    before = where(desk), [row.slip.id for row in waiting(*desk)]
    with pytest.raises(OperatorError) as caught:
        giving_back.give_back(*desk, first_slip(desk)[0], sheets, reason, words)
    assert caught.value.field == field
    assert (where(desk), [row.slip.id for row in waiting(*desk)]) == before


def test_not_what_somebody_has_open_or_has_keyed(desk: Room) -> None:
    office, clerk = desk
    register_people(office)
    received(desk)
    slip, _number = first_slip(desk)
    opened = entry.open_slip(office, clerk, slip)
    for person in (clerk, as_person(office, "k-hanako")):
        with pytest.raises(OperatorError):
            giving_back.give_back(office, person, slip, 1, "2")
    entry.put_aside(office, clerk, opened.application.id, opened.application.draft)
    giving_back.give_back(office, clerk, slip, 1, "2")
    with pytest.raises(OperatorError) as caught:
        giving_back.give_back(office, clerk, slip, 1, "2")
    assert caught.value.code == "not-this-step"


def test_what_is_no_application_is_counted_as_found_and_goes_back(desk: Room) -> None:
    office, clerk = desk
    view = handover.open_handover(office, clerk, Direction.IN, SECTION)
    found = {"collected": (0, 2), "other_paper": (0, 1), "cash": (0, 1), "F02": (1, 1)}
    for side in Side:
        view = handover.record_count(office, clerk, view.handover.id, side, counts(view, **found))
    handover.countersign(office, clerk, view.handover.id, WARD, CLERK)
    assert {kind: where(desk)[kind, Place.TRAY] for kind in found} == {kind: sheets for kind, (_cases, sheets) in found.items()}
    out = handover.open_handover(office, clerk, Direction.OUT, SECTION)
    assert [(kind.id, kind.unit) for kind in out.kinds] == [("collected", "枚"), ("other_paper", "枚"), ("cash", "点")]
    back = {kind: count for kind, count in found.items() if kind != "F02"}
    for side in Side:
        out = handover.record_count(office, clerk, out.handover.id, side, counts(out, **back))
    assert not out.differs
    handover.countersign(office, clerk, out.handover.id, CLERK, WARD)
    assert where(desk)["cash", Place.RETURNED] == 1


def test_an_original_goes_back_at_once_and_its_application_stays(desk: Room) -> None:
    office, clerk = desk
    view = handover.open_handover(office, clerk, Direction.IN, SECTION)
    for side in Side:
        view = handover.record_count(office, clerk, view.handover.id, side, counts(view, F02=(2, 4), original=(0, 2)))
    handover.countersign(office, clerk, view.handover.id, WARD, CLERK)
    slip, number = first_slip(desk)
    for items in (0, 3):
        with pytest.raises(OperatorError) as caught:
            giving_back.give_back_original(office, clerk, slip, items)
        assert caught.value.field == "items"
    giving_back.give_back_original(office, clerk, slip, 1)
    row = next(row for row in waiting(*desk) if row.slip.id == slip)
    assert (row.slip.place, row.slip.sheets) == (Place.TRAY, 0)
    assert custody.on_hand(office, clerk).cases == 2
    out = handover.open_handover(office, clerk, Direction.OUT, SECTION)
    assert [(kind.id, kind.unit) for kind in out.kinds] == [("original", "点")]
    for side in Side:
        out = handover.record_count(office, clerk, out.handover.id, side, counts(out, original=(0, 1)))
    handover.countersign(office, clerk, out.handover.id, CLERK, WARD)
    with office.store.read.begin() as connection:
        assert store.signed_contents(connection, out.handover.id)["references"] == {"original": [number]}
    told = words_of(make_receipt(office, clerk, out.handover.id)).replace("\n", "")
    assert f"{number}原本だけを返す" in told.replace(" ", "")
    assert where(desk)["original", Place.RETURNED] == 1
    office.premises.pdf.stop()


def test_no_original_where_none_was_counted_and_none_of_what_is_gone(desk: Room) -> None:
    received(desk)
    slip, _number = first_slip(desk)
    with pytest.raises(OperatorError) as caught:
        giving_back.give_back_original(*desk, slip, 1)
    assert caught.value.code == "no-original"
    with pytest.raises(OperatorError) as caught:
        giving_back.give_back(*desk, slip, 1, "7")
    assert caught.value.field == "reason"


def test_one_line_tells_one_reason_or_how_many_there_are(desk: Room) -> None:
    office, clerk = desk
    received(desk)
    slips = [row.slip for row in waiting(*desk)][:3]
    for slip, sheets, words in zip(
        slips, (1, 1, 3), ("", "様式が旧年度のもので区の窓口で書き直しを案内済みのもの", ""), strict=True
    ):
        giving_back.give_back(office, clerk, slip.id, sheets, "9" if words else "2", words)
        view = handover.open_handover(office, clerk, Direction.OUT, SECTION)
        told = view.unkeyed_words
        handover.cancel(office, clerk, view.handover.id)
        if slip is slips[0]:
            assert told == f"処理せずに返す 1件: {slip.number} 不備。"
    assert told == "処理せずに返す 3件。理由は Alt+K。"
