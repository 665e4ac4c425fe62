"""The workstation worked by a practised clerk from the deck: what it costs in keys, or how soon each key is on the screen.

Run as a module in a process of its own. Arguments: the business folder of a room with the papers laid out, how many papers,
``keys``, ``paint``, ``paint-print`` (with certificates beside) or ``paint-busy`` (with a sync beside them). Prints one JSON line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from nhi_center.synthesis.deck import Paper
from nhi_center.training.bench.hand_room import make_deck
from nhi_center.training.bench.keyer import Stroke, key_paper, tap, wait
from nhi_center.training.bench.load import Load
from nhi_center.training.bench.played import PlayedWindow, to_the_desk
from nhi_center.training.tour.robot import Script, find, focus_name, press, rows, sees
from nhi_center.ui.entry.wizard import Wizard
from nhi_center.ui.workstation import Workstation


def strokes(papers: tuple[Paper, ...], done: Callable[[Paper, int, int], None]) -> Iterator[Stroke]:
    """All papers, in the order their slips lie in the list. ``done`` is told the keys and pages each took."""
    waiting: dict[str, list[Paper]] = {}
    for paper in reversed(papers):
        waiting.setdefault(paper.form, []).append(paper)
    yield tap("Enter", "open")
    for number in range(len(papers)):
        yield wait(lambda: sees("entry_wizard") and focus_name().startswith("field_"))
        wizard = find("entry_wizard", Wizard)
        paper = waiting[wizard.flow.form.id].pop()
        cost = pages = 0
        for stroke in key_paper(paper):
            cost += stroke.cost
            pages += stroke.kind in ("page", "open")
            yield stroke
        done(paper, cost, pages)
        if number + 1 < len(papers):
            yield wait(lambda: focus_name() == "primary_button")
            yield tap("Ctrl+Enter", "open")
            yield wait(partial(_another, wizard))


def _another(wizard: Wizard) -> bool:
    return not sees("entry_wizard") or find("entry_wizard", Wizard) is not wizard


def sign_in(station: Workstation) -> Script:
    """To the list of what is to be keyed."""
    yield from to_the_desk(station)
    find("navigation_entry", QWidget).setFocus()
    press("Space")
    yield lambda: focus_name() == "entry_table" and rows("entry_table") > 0


def main() -> int:
    folder, count, mode = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    papers = make_deck(count)
    told: list[dict[str, object]] = []

    def note(paper: Paper, cost: int, pages: int) -> None:
        told.append({"form": paper.form, "keys": cost, "pages": pages})

    def beside(station: Workstation) -> Load:
        return Load(station, folder, syncing=mode == "paint-busy")

    window = PlayedWindow(folder, beside if mode in ("paint-print", "paint-busy") else None, watched=mode != "keys")
    load, watch = window.load, window.watch

    def body() -> dict[str, object]:
        return {
            "papers": told,
            "paint": watch.to_json() if watch else {},
            "printed": load.printed if load else 0,
            "synced": load.synced if load else 0,
        }

    return window.play(sign_in(window.station), strokes(papers, note), body)


if __name__ == "__main__":
    sys.exit(main())
