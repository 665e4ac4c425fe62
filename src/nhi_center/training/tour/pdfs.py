"""Reading the day's PDFs back, as somebody else's program would."""

from __future__ import annotations

from pathlib import Path

import pypdfium2


def page_text(file: Path, page: int) -> str:
    """The text of one page, code point by code point."""
    document = pypdfium2.PdfDocument(file)
    try:
        return str(document[page].get_textpage().get_text_bounded())
    finally:
        document.close()


def is_protected(file: Path) -> bool:
    """Whether it does not open without a password."""
    try:
        pypdfium2.PdfDocument(file).close()
    except pypdfium2.PdfiumError:
        return True
    return False
