"""操作の手引 as one PDF for new clerks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from nhi_center import __version__, resources
from nhi_center.domain.calendar import wareki
from nhi_center.domain.operators import Action, Session
from nhi_center.printing.files import write_whole
from nhi_center.printing.sheets import ManualSheet
from nhi_center.services import manual
from nhi_center.services.clock import SystemClock
from nhi_center.services.documents import document
from nhi_center.services.office import Office
from nhi_center.services.work import begin, require

FILE = "manual"


def book(made: date, *, sample: bool) -> ManualSheet:
    """What the book is set from, with the pictures its chapters name. Raises FileNotFoundError when one of them is not there."""
    named = dict.fromkeys(picture for chapter in manual.chapters() for picture in chapter.pictures)
    pictures = tuple((name, resources.read_bytes(f"{manual.PICTURES}/{name}")) for name in named)
    return ManualSheet(manual.parts(), pictures, f"版 {__version__}  {wareki(made)}", sample)


def make_pdf(office: Office, session: Session) -> Path:
    """操作の手引 as a PDF in the documents folder. Waits for the PDF process: run it in the print lane."""
    require(office, session, Action.STATUS)
    sheet = book(office.clock.today(), sample=office.settings.training)
    return document(office, f"{FILE}.pdf", sheet, begin(office, session, Action.STATUS, step="export", kind=FILE))


def write(out: Path) -> str:
    """The same without an office, for who prints it before there is a terminal; gives a sentence about it.

    Raises OperatorError, EnvironmentTrouble (FT-*, PR-03).
    """
    from nhi_center.printing.documents import render  # loads reportlab

    write_whole(out, render(book(SystemClock().today(), sample=False)))
    return f"操作の手引を {out} に書きました。"
