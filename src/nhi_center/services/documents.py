"""PDFs on their way: those that stay in the documents folder, and those that are gone again when they have been used.

All of them wait for the PDF process: run them in the print lane. Raises EnvironmentTrouble (the PDF process, the disk).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from nhi_center.domain.copies import Kind
from nhi_center.domain.operators import Action, Session
from nhi_center.printing.sheets import AS_LAID_OUT, Content, ListSheet, PdfJob, Placement, Seals
from nhi_center.services import copy_lines, devices
from nhi_center.services.inside import logs_outside
from nhi_center.services.office import Office
from nhi_center.services.sealing import draft_of, made_bytes
from nhi_center.services.work import Unit, begin, require

WITH_NAMES = frozenset({"issued", "collect", "returned", "renewal_lot", "renewal_left_out"})
"""Kinds of lists that name insured persons: each is a second copy (情報管理台帳)."""


@logs_outside
def document(office: Office, name: str, content: Content, act: AbstractContextManager[Unit]) -> Path:
    """A PDF in the documents folder under this name, which carries no personal value; gives where it lies. ``act`` (``begin``)
    keeps it in the log: the file stands when the act does.

    Raises OperatorError device-held.
    """
    target = office.settings.documents / name
    data = drawn(office, target, content)
    with act as unit:
        unit.write(target, data)
    return target


def drawn(office: Office, target: Path, content: Content) -> bytes:
    """The PDF that is to lie at ``target``; its draft lies beside it meanwhile. Raises OperatorError device-held."""
    devices.require_none_held(office, "export")
    return made_bytes(office, PdfJob(content, draft_of(target), within=office.settings.business_folder))


def make_list(office: Office, session: Session, name: str, sheet: ListSheet, kind: str, rows: int, action: Action) -> Path:
    """A list as a document, kept in the log with its number of ``rows``."""
    require(office, session, action)
    target = office.settings.documents / name
    data = drawn(office, target, sheet)
    with begin(office, session, action, step="export", kind=kind, sheets=rows) as unit:
        if kind in WITH_NAMES:
            copy_lines.note(unit, Kind.LIST, rows, name)
        unit.write(target, data)
    return target


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
