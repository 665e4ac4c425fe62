"""One PDF job: frozen values in, a whole file in its place or nothing."""

from __future__ import annotations

import hashlib

from nhi_center.printing.certificates import Progress, silent
from nhi_center.printing.documents import protect, render
from nhi_center.printing.envelope import envelope
from nhi_center.printing.files import write_whole
from nhi_center.printing.sheets import PdfJob, PdfResult, Workbook


def produce(job: PdfJob, progress: Progress = silent) -> PdfResult:
    """Makes and writes the document. Raises OperatorError, OperatorCancelled, EnvironmentTrouble PR-03, ST-11."""
    if isinstance(job.content, Workbook):
        from nhi_center.printing.workbook import closed_workbook  # rare: not while the first page is waited for

        data = closed_workbook(job.content, job.password)
    else:
        data = render(job.content, progress, job.seals, job.placement)
        if job.encrypted:
            data = protect(data, job.password)
    if job.recipient:
        data = envelope(data, job.recipient)
    write_whole(job.target, data, job.within)
    return PdfResult(job.target, hashlib.sha256(data).hexdigest(), len(data))
