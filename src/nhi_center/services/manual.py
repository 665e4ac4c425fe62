"""操作の手引: the chapters in their order, and the manual as one PDF for new clerks."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

from nhi_center import __version__, resources
from nhi_center.domain.calendar import wareki
from nhi_center.domain.manual import Chapter, Finder, Part, parse
from nhi_center.domain.operators import Action, Session
from nhi_center.printing.files import write_whole
from nhi_center.printing.sheets import ManualSheet
from nhi_center.services.clock import SystemClock
from nhi_center.services.documents import document
from nhi_center.services.office import Office
from nhi_center.services.work import begin, require

FILE = "manual"
ORDER = "manual.toml"
PICTURES = "manual"
"""The folder of the pictures that the chapters name; the tour writes them."""

_INCLUDE = re.compile(r"^@include (\S+)$", re.MULTILINE)
"""A line that another resource stands in for: contracts and pledges, which keep their own words."""


def text_of(name: str) -> str:
    """The Markdown of one chapter, with what it includes. Raises OSError for a name that is none."""
    return _INCLUDE.sub(lambda found: resources.read_text(found[1]), resources.read_text(f"help/{name}.md"))


@cache
def parts() -> tuple[Part, ...]:
    """The whole manual: by role, and within by screen. Raises ManualFault."""
    found = []
    for part in resources.read_toml(ORDER)["part"]:
        chapters = tuple(parse(one["name"], text_of(one["name"]), one.get("words", ())) for one in part["chapter"])
        found.append(Part(part["title"], chapters))
    return tuple(found)


def chapters() -> tuple[Chapter, ...]:
    return tuple(chapter for part in parts() for chapter in part.chapters)


def has(name: str) -> bool:
    return any(chapter.name == name for chapter in chapters())


@cache
def finder() -> Finder:
    return Finder(chapters())


# -- the book --


def book(made: date, *, sample: bool) -> ManualSheet:
    """What the book is set from, with the pictures its chapters name. Raises FileNotFoundError when one of them is not there."""
    named = dict.fromkeys(picture for chapter in chapters() for picture in chapter.pictures)
    pictures = tuple((name, resources.read_bytes(f"{PICTURES}/{name}")) for name in named)
    return ManualSheet(parts(), pictures, f"版 {__version__}  {wareki(made)}", sample)


def make_pdf(office: Office, session: Session) -> Path:
    """操作の手引 as a PDF in the documents folder. Waits for the PDF process: run it in the print lane."""
    require(office, session, Action.STATUS)
    sheet = book(office.clock.today(), sample=office.settings.training)
    made = document(office, f"{FILE}.pdf", sheet)
    with begin(office, session, Action.STATUS, step="export", kind=FILE):
        pass
    return made


def write(out: Path) -> str:
    """The same without an office, for who prints it before there is a terminal; gives a sentence about it.

    Raises OperatorError, EnvironmentTrouble (FT-*, PR-03).
    """
    from nhi_center.printing.documents import render  # loads reportlab

    write_whole(out, render(book(SystemClock().today(), sample=False)))
    return f"操作の手引を {out} に書きました。"
