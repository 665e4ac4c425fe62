"""PDFs on their way: those that stay in the documents folder, and those that are gone again when they have been used.

All of them wait for the PDF process: run them in the print lane. Raises EnvironmentTrouble (the PDF process, the disk).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nhi_center.domain.copies import Kind
from nhi_center.domain.operators import Action, Session
from nhi_center.printing.sheets import AS_LAID_OUT, Content, ListSheet, PdfJob, Placement, Seals
from nhi_center.services import copy_lines, devices
from nhi_center.services.inside import logs_outside
from nhi_center.services.office import Office
from nhi_center.services.work import begin, require

WITH_NAMES = frozenset({"issued", "collect", "returned", "renewal_lot", "renewal_left_out"})
"""Kinds of lists that name insured persons: each is a second copy (情報管理台帳)."""


@logs_outside
def document(office: Office, name: str, content: Content) -> Path:
    """A PDF in the documents folder under this name, which carries no personal value; gives where it lies.

    Raises OperatorError device-held.
    """
    devices.require_none_held(office, "export")
    target = office.settings.documents / name
    return office.premises.pdf.make(PdfJob(content, target, within=office.settings.business_folder)).path


def make_list(office: Office, session: Session, name: str, sheet: ListSheet, kind: str, rows: int, action: Action) -> Path:
    """A list as a document, kept in the log with its number of ``rows``."""
    require(office, session, action)
    made = document(office, name, sheet)
    with begin(office, session, action, step="export", kind=kind, sheets=rows) as unit:
        if kind in WITH_NAMES:
            copy_lines.note(unit, Kind.LIST, rows, name)
    return made


@contextmanager
def temporary(
    office: Office, name: str, content: Content, *, placement: Placement = AS_LAID_OUT, seals: Seals = ()
) -> Iterator[Path]:
    """A PDF in the work folder, for a printer or to be looked at; removed when the block ends, however it ends."""
    target = office.settings.work / f"{name}.pdf"
    try:
        job = PdfJob(content, target, seals=seals, placement=placement, within=office.settings.business_folder)
        yield office.premises.pdf.make(job).path
    finally:
        target.unlink(missing_ok=True)
