"""Sealing a finished PDF: what it says and who signed it travel inside the file, for the ward's verifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nhi_center.domain import seal
from nhi_center.domain.operators import Signature
from nhi_center.printing.sheets import Content, PdfJob
from nhi_center.services.office import Office


def sealed_document(
    office: Office, target: Path, content: Content, kind: str, contents: Mapping[str, Any], signatures: Sequence[Signature]
) -> bytes:
    """A PDF made and sealed (``seal_pdf``), to be written to ``target``; its draft lies beside it meanwhile.

    Waits for the PDF process. Raises EnvironmentTrouble (the PDF process, the disk).
    """
    pdf = made_bytes(office, PdfJob(content, draft_of(target), within=office.settings.business_folder))
    return seal_pdf(office, kind, pdf, contents, signatures)


def draft_of(target: Path) -> Path:
    """Where a document lies until it stands at ``target``."""
    return target.with_name(f".{target.name}.draft")


def made_bytes(office: Office, job: PdfJob) -> bytes:
    """What the PDF process makes of ``job``, whose target is a draft that is gone afterwards."""
    try:
        office.premises.pdf.make(job)
        return job.target.read_bytes()
    finally:
        job.target.unlink(missing_ok=True)


def seal_pdf(office: Office, kind: str, pdf: bytes, contents: Mapping[str, Any], signatures: Sequence[Signature]) -> bytes:
    """The sealed file. ``kind`` and ``contents`` are exactly the statement the ``signatures`` are over.

    Contents must not hold what the file itself hides: an encrypted file is sealed over counts and ids alone.
    """
    inside = {"statement": {"kind": kind, "contents": dict(contents)}, "signatures": [asdict(s) for s in signatures]}
    sealed_at = office.clock.local().isoformat(timespec="seconds")
    digest = seal.body_hash(pdf)
    payload = seal.seal_bytes(kind, digest, inside, sealed_at, office.terminal)
    return seal.append(
        pdf,
        {
            "kind": kind,
            "body": digest,
            "contents": inside,
            "sealed_at": sealed_at,
            "terminal": office.terminal,
            "signature": office.premises.terminal.sign(payload),
        },
    )
