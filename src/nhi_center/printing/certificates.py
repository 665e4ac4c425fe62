"""証 as PDFs: frozen values in, pages out (front and back for each certificate)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from nhi_center.domain.calendar import elderly_start, wareki
from nhi_center.domain.certificates import Block, Kind
from nhi_center.errors import OperatorError
from nhi_center.printing.fonts import MissingGlyph, describe
from nhi_center.printing.layouts import draw_artwork, draw_values, layout_for
from nhi_center.printing.page import Sheet, TextDoesNotFit, fit
from nhi_center.printing.sheets import CertificateSheet

_SEX = {"1": "男", "2": "女"}
_STATUTORY_SHARE = "法定負担割合のとおり"
_NOT_SHOWN = "*"


def values_of(sheet: CertificateSheet) -> dict[str, str]:
    """The strings of every field of the sheet's layout. Raises ValueError when a statutory item is empty."""
    if sheet.sex not in _SEX:
        raise ValueError("sex")
    if sheet.kind.is_limit:
        if not sheet.limit_class:
            raise ValueError("limit_class")
    elif sheet.acquired is None:
        raise ValueError("acquired")
    elderly = sheet.issued >= elderly_start(sheet.birth)
    if elderly and sheet.kind is Kind.ELIGIBILITY and not sheet.share:
        raise ValueError("share")
    return {
        "symbol": sheet.symbol,
        "number": sheet.number,
        "symbol_number": f"{sheet.symbol} ・ {sheet.number}",
        "branch": sheet.branch,
        "name": sheet.name,
        "sex": _SEX[sheet.sex],
        "birth": wareki(sheet.birth),
        "head_name": sheet.head_name,
        "address": sheet.address,
        "issued": wareki(sheet.issued),
        "valid_from": wareki(sheet.valid_from) if sheet.kind.is_limit or elderly else _NOT_SHOWN,
        "valid_until": wareki(sheet.valid_until),
        "acquired": wareki(sheet.acquired) if sheet.acquired else "",
        "limit_class": sheet.limit_class or _NOT_SHOWN,
        "share": sheet.share if elderly else _STATUTORY_SHARE,
        "remarks": sheet.remarks,
    }


@dataclass(frozen=True, slots=True)
class Preflight:
    """字形確認: what would stop this sheet. ``missing`` are characters, ``too_long`` keys of fields."""

    missing: tuple[str, ...]
    too_long: tuple[str, ...]

    @property
    def clear(self) -> bool:
        return not self.missing and not self.too_long


def preflight(sheet: CertificateSheet) -> Preflight:
    """Fits every value as on paper, before the sheet enters the queue. Raises as ``values_of``."""
    values = values_of(sheet)
    missing: dict[str, None] = {}
    too_long = []
    for face in layout_for(sheet.kind, sheet.issued).faces:
        for field in face.fields:
            try:
                fit(values[field.key], field.box, field.style, field.key)
            except MissingGlyph as lacking:
                missing.update(dict.fromkeys(lacking.characters))
            except TextDoesNotFit:
                too_long.append(field.key)
    return Preflight(tuple(missing), tuple(too_long))


Progress = Callable[[int, int], None]
"""Told (done, total) after each sheet; it may raise OperatorCancelled to stop."""


def silent(done: int, total: int) -> None:
    """Nobody watches."""


def make_certificates(sheets: Sequence[CertificateSheet], progress: Progress = silent) -> bytes:
    """One PDF, front and back of each sheet. Raises OperatorError (a character or a length no paper takes)."""
    first = layout_for(sheets[0].kind, sheets[0].issued)
    document = Sheet(first.width, first.height, title=first.title)
    try:
        for done, sheet in enumerate(sheets, 1):
            _draw(document, sheet)
            progress(done, len(sheets))
    except MissingGlyph as lacking:
        named = "、".join(describe(character) for character in lacking.characters)
        raise OperatorError(
            f"印刷できない文字があります: {named}。置き換えずに、書類を区職員に渡してください。", code=Block.GLYPH
        ) from lacking
    except TextDoesNotFit as long:
        raise OperatorError(Block.TOO_LONG.sentence, field=long.place, code=Block.TOO_LONG) from long
    return document.finish()


def _draw(document: Sheet, sheet: CertificateSheet) -> None:
    layout = layout_for(sheet.kind, sheet.issued)
    values = values_of(sheet)
    document.page_size(layout.width, layout.height)
    for face in layout.faces:
        name = f"{layout.kind}-{layout.version}-{face.name}-{'sample' if sheet.sample else 'real'}"
        document.artwork(name, partial(draw_artwork, layout=layout, face=face, sample=sheet.sample))
        draw_values(document, layout, face, values)
        document.end_page()
