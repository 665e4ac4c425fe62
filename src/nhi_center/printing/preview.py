"""Pages of a PDF as pixels for the screen (PDFium); knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from nhi_center.errors import EnvironmentTrouble


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page: four bytes a pixel in the order blue, green, red, unused (QImage.Format_RGB32), rows without padding."""

    width: int
    height: int
    pixels: bytes


def render_page(pdf: Path | bytes, page: int, *, dots_per_mm: float) -> PageImage:
    """One page (0 is the first). One thread at a time. Raises EnvironmentTrouble PR-04, IndexError."""
    document = _open(pdf)
    try:
        if not 0 <= page < len(document):
            raise IndexError(page)
        bitmap = document[page].render(scale=dots_per_mm * 25.4 / 72, force_bitmap_format=pypdfium2.raw.FPDFBitmap_BGRx)
        width, height, stride, data = bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer)
        row = width * 4
        if stride != row:
            data = b"".join(data[at * stride : at * stride + row] for at in range(height))
        return PageImage(width, height, data)
    finally:
        document.close()


def page_count(pdf: Path | bytes) -> int:
    """Raises EnvironmentTrouble PR-04."""
    document = _open(pdf)
    try:
        return len(document)
    finally:
        document.close()


def _open(pdf: Path | bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(pdf)
    except (pypdfium2.PdfiumError, OSError) as error:
        raise EnvironmentTrouble(
            "PR-04", "帳票のファイルを開けません。もう一度作り直してください。続くときは取扱責任者に連絡してください。"
        ) from error
