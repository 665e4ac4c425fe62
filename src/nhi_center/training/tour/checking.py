"""Step 4: a second clerk keys blind, one seeded error is found and settled; ward staff record what they have reviewed."""

from __future__ import annotations

from PySide6.QtWidgets import QTableView

from nhi_center.training.tour.hands import PASSWORDS, Day, open_screen, picture, settled, sign_in, sign_out
from nhi_center.training.tour.papers import PAPERS, Paper
from nhi_center.training.tour.robot import Script, expect, find, focus_name, in_field, press, rows, sees, text_of, type_keys
from nhi_center.ui.review.case_view import CaseView

VERIFIER, ADJUDICATOR, WARD = "k-hanako", "s-toko", "40127"


def verification(day: Day) -> Script:
    """花子 keys the important fields of all six from the paper, without seeing what 一郎 keyed."""
    yield from sign_in(day, VERIFIER)
    yield from open_screen(day, "verification")
    yield lambda: rows("verification_table") == len(PAPERS) and settled(day)()
    yield from picture(day, "verification-list")
    for left in range(len(PAPERS), 0, -1):
        yield lambda at=left: focus_name() == "verification_table" and rows("verification_table") == at  # type: ignore[misc]
        press("Enter")
        yield from verify_paper(day, PAPERS[len(PAPERS) - left])
    yield lambda: sees("verification_table") and rows("verification_table") == 0 and settled(day)()
    yield from picture(day)
    yield from sign_out(day)


def verify_paper(day: Day, paper: Paper) -> Script:
    """One application, field by field; a difference is settled where it is found."""
    on_paper = {"filed_on": "R8.11.24", **paper.content}
    yield lambda: focus_name().startswith("field_") and settled(day)()
    if paper is PAPERS[0]:
        yield from picture(day, "verification-blind")
    while focus_name() != "finish_button":
        here = focus_name()
        field = here.removeprefix("field_")
        if here.startswith("verdict_"):
            yield from settle(day, here.removeprefix("verdict_"), paper)
            continue
        expect(here.startswith("field_"), f"the keyboard stands in {here or 'nothing'} while verifying")
        type_keys(on_paper.get(field, ""))
        yield lambda: True
        if focus_name() == here:
            press("Enter")
        yield settled(day)
        if focus_name() == here:  # it differs: the same field once more, with the keyer's value still unseen
            expect(field in paper.seeded and "もう一度" in text_of(f"{here}_note"), f"asked again at {here}")
            yield from picture(day, "verification-again")
            type_keys(on_paper.get(field, ""))
            press("Enter")
        yield lambda at=here: focus_name() not in ("", at) and settled(day)()  # type: ignore[misc]
    press("Ctrl+Enter")
    yield lambda: sees("verification_table") and settled(day)()


def settle(day: Day, field: str, paper: Paper) -> Script:
    """The paper says what the verifier keyed; the field is important, so a third person signs in the page."""
    expect(field in paper.seeded, f"a difference nobody seeded, at {field}")
    yield from picture(day, "verification-difference")
    type_keys("2")
    yield lambda: True
    if focus_name() == f"verdict_{field}":
        press("Enter")
    yield lambda: focus_name() == f"reason_{field}"
    type_keys("1")
    yield lambda: True
    if focus_name() == f"reason_{field}":
        press("Enter")
    yield lambda: focus_name() == f"adjudicator_{field}_id"
    type_keys(ADJUDICATOR)
    press("Enter")
    yield lambda: focus_name() == f"adjudicator_{field}_password"
    type_keys(PASSWORDS[ADJUDICATOR])
    yield from picture(day, "verification-third-person")
    press("Enter")
    yield lambda: focus_name() not in (f"adjudicator_{field}_password", "") and settled(day)()


def review(day: Day) -> Script:
    """Ward staff see what was keyed and what it will change, and record 区審査済 for all six."""
    yield from sign_in(day, WARD)
    yield from open_screen(day, "review")
    yield lambda: rows("review_table") == len(PAPERS) and settled(day)()
    table = find("review_table", QTableView)
    table.setFocus()
    case = find("case_view", CaseView)
    read = ""
    for number in range(len(PAPERS)):
        if number:
            press("Down")
        yield lambda before=read: case.application not in ("", before) and settled(day)()  # type: ignore[misc]
        read = case.application
        press("Space")
    yield from picture(day, "review-list")
    press("Ctrl+Enter")
    yield lambda: in_field("question_dialog")
    press("Ctrl+Enter")
    yield lambda: not sees("answer_0_button") and settled(day)()
    yield lambda: rows("review_table") == 0
    yield from picture(day)
    yield from sign_out(day)
