"""Step 3: a clerk keys the six applications; one draft survives a killed process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from nhi_center.training.tour.hands import Day, open_screen, picture, settled, sign_in, sign_out
from nhi_center.training.tour.papers import PAPERS, Paper, receipt_page
from nhi_center.training.tour.robot import Script, TourFault, expect, focus_name, press, rows, sees, text_of, type_keys

KEYER = "k-ichiro"
KILLED_AT = "field_insurer_number"
"""Where the process is killed: everything before this field must still be there."""

_KILLED_PAPER = 2


def keying(day: Day) -> Script:
    """Two papers, then the process is killed in the third; its draft is open again at the end."""
    yield from sign_in(day, KEYER)
    yield lambda: rows("home_tasks") > 0 and settled(day)()
    yield from picture(day, "today")
    yield from open_list(day)
    press("Enter")
    for paper in PAPERS[:_KILLED_PAPER]:
        yield from key_paper(day, paper)
        press("Ctrl+Enter")
    yield lambda: focus_name() == "field_channel" and settled(day)()
    press("F3")
    yield lambda: focus_name() == "entry_table" and settled(day)()
    yield from sign_out(day)
    yield from killed_while_keying(day)
    yield from sign_in(day, KEYER)
    yield from find_the_draft(day)


def keying_goes_on(day: Day) -> Script:
    """The rest of the papers, from the field that was in hand when the telephone rang."""
    yield from key_content(day, PAPERS[_KILLED_PAPER])
    yield from finish_paper(day)
    for paper in PAPERS[_KILLED_PAPER + 1 :]:
        press("Ctrl+Enter")
        yield from key_paper(day, paper)
    press("F3")
    yield lambda: focus_name() == "entry_table" and settled(day)()
    expect("入力待ち 0件" in text_of("entry_counts"), "the list still shows papers to key")
    yield from picture(day)
    yield from sign_out(day)


def open_list(day: Day) -> Script:
    yield from open_screen(day, "entry")
    yield lambda: focus_name() == "entry_table" and rows("entry_table") > 0
    yield from picture(day, "entry-list")


def key_paper(day: Day, paper: Paper) -> Script:
    """One application from its first field to the page that says what happens next."""
    yield from key_receipt(day, paper)
    yield from key_content(day, paper)
    yield from finish_paper(day)


def key_receipt(day: Day, paper: Paper) -> Script:
    """受付 and 世帯・対象者: the head of the paper, then the person found in the register while typing."""
    yield lambda: focus_name() == "field_channel" and settled(day)()
    yield from key_fields(day, receipt_page(paper), until="person_search")
    type_keys(paper.search)
    yield lambda: rows("person_results") == 1 and settled(day)()
    if paper is PAPERS[0]:
        yield from picture(day, "entry-person")
    press("Enter")
    yield lambda: focus_name() == "field_head_name" and settled(day)()
    press("Ctrl+Enter")
    yield lambda: focus_name() == "field_name"


def key_content(day: Day, paper: Paper) -> Script:
    """届出内容, with the slips of the hand the paper brings, up to the page that shows everything once more."""
    typed = {**paper.content, **paper.seeded}
    for name, wrong in paper.mistyped.items():
        yield from key_fields(day, typed, until=f"field_{name}")
        type_keys(wrong)
        press("Enter")
        yield lambda at=name: sees(f"field_{at}_note") and "●" in text_of(f"field_{at}_note")  # type: ignore[misc]
        yield from picture(day, "entry-error")
        while focus_name() != f"field_{name}":
            press("Shift+Enter")
            yield lambda: True
    if "delay_reason" in typed:
        yield from key_fields(day, typed, until="field_delay_reason")
        yield lambda: "14日" in text_of("field_delay_reason_field")
        yield from picture(day, "entry-variant")
    yield from key_fields(day, typed, until="confirm_table")


def finish_paper(day: Day) -> Script:
    """確認: nothing open any more; Ctrl+Enter ends it."""
    yield lambda: focus_name() == "confirm_table" and settled(day)()
    yield from picture(day, "entry-confirm")
    press("Ctrl+Enter")
    yield lambda: focus_name() in ("primary_button", "later_button") and sees("later_button") and settled(day)()


def key_fields(day: Day, values: Mapping[str, str], *, until: str) -> Script:
    """Type what stands on the paper field by field; what the register filled in already is left with Enter."""
    while focus_name() != until:
        here = focus_name()
        if not here.startswith("field_"):
            raise TourFault(f"the keyboard stands in {here or 'nothing'} on the way to {until}")
        value = values.get(here.removeprefix("field_"), "")
        if value:
            type_keys(value)
            yield lambda: True
        if focus_name() == here:
            press("Enter")
        yield lambda at=here: focus_name() not in ("", at)  # type: ignore[misc]


def killed_while_keying(day: Day) -> Script:
    """Another process signs in, keys into the third paper and is killed without warning."""
    settings = day.house.settings.business_folder / "terminal.toml"
    child = subprocess.Popen([sys.executable, "-m", "nhi_center.training.tour.killed", str(settings)])
    yield lambda: child.poll() is not None
    expect(child.returncode == -9, f"the process was not killed but ended with {child.returncode}")


def find_the_draft(day: Day) -> Script:
    """The draft stands in the list and opens at the field that was in hand, with everything before it."""
    yield from open_list(day)
    expect("下書き 1件" in text_of("entry_counts"), "the draft of the killed process is not in the list")
    press("Enter")
    yield lambda: focus_name() == KILLED_AT and settled(day)()
    yield from picture(day)
