"""証 as PDFs: frozen values in, pages out (front and back for each certificate)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from nhi_center.domain.calendar import elderly_start, wareki
from nhi_center.domain.certificate_blocks import Block
from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.certificates import SHOWS_SEX
from nhi_center.domain.identifiers import format_postal
from nhi_center.errors import OperatorError
from nhi_center.printing.fonts import MissingGlyph, describe
from nhi_center.printing.layouts import draw_artwork, draw_values, layout_for
from nhi_center.printing.page import Sheet, TextDoesNotFit, fit
from nhi_center.printing.sheets import AS_LAID_OUT, CertificateSheet, Placement, Seals

_SEX = {"1": "男", "2": "女"}
_STATUTORY_SHARE = "法定負担割合のとおり"
_NOT_SHOWN = "*"
_ON_THE_BACK = "裏面参照"


def values_of(sheet: CertificateSheet) -> dict[str, str]:
    """The strings of every field of the sheet's layout. Raises ValueError when a statutory item is empty."""
    _require_whole(sheet)
    elderly = sheet.issued >= elderly_start(sheet.birth)
    has_start = sheet.kind.applied_for or sheet.kind is Kind.ELDERLY or elderly
    values = {
        "title": sheet.title or sheet.kind.full_title,
        "symbol": sheet.symbol,
        "number": sheet.number,
        "symbol_number": f"{sheet.symbol} ・ {sheet.number}",
        "branch": sheet.branch,
        "name": sheet.name,
        "sex": _ON_THE_BACK if sheet.sex_on_back else _SEX.get(sheet.sex, ""),
        "birth": wareki(sheet.birth),
        "head_name": sheet.head_name,
        "addressee": f"{sheet.head_name}\u3000様",
        "postal": format_postal(sheet.postal) if sheet.postal else "",
        "address": sheet.address,
        "issued": wareki(sheet.issued),
        "valid_from": wareki(sheet.valid_from) if has_start else _NOT_SHOWN,
        "valid_until": wareki(sheet.valid_until) if sheet.valid_until else _NOT_SHOWN,
        "acquired": wareki(sheet.acquired) if sheet.acquired else "",
        "limit_class": sheet.limit_class or _NOT_SHOWN,
        "limit_from": wareki(sheet.limit_from) if sheet.limit_from else _NOT_SHOWN,
        "share": sheet.share if elderly or sheet.kind is Kind.ELDERLY else _STATUTORY_SHARE,
        "disease": sheet.disease,
        "ceiling": sheet.ceiling,
        "long_stay_from": wareki(sheet.long_stay_from) if sheet.long_stay_from else "",
        "remarks": _remarks(sheet),
    }
    return values | {f"card.{key}": values[key] for key in _CARD_PART}


_CARD_PART = ("symbol", "number", "branch", "name", "acquired", "share", "valid_until")
"""Printed a second time on the card part of the お知らせ."""


def _require_whole(sheet: CertificateSheet) -> None:
    shows_sex = sheet.kind in SHOWS_SEX
    elderly = sheet.issued >= elderly_start(sheet.birth)
    missing = {
        "sex": shows_sex and sheet.sex not in _SEX,
        "limit_class": sheet.kind.is_limit and not sheet.limit_class,
        "acquired": sheet.acquired is None and not sheet.kind.applied_for and sheet.kind is not Kind.ELDERLY,
        "share": not sheet.share and (sheet.kind is Kind.ELDERLY or (elderly and sheet.kind in (Kind.ELIGIBILITY, Kind.NOTICE))),
        "disease": sheet.kind is Kind.DISEASE and not (sheet.disease and sheet.ceiling),
        "valid_until": sheet.valid_until is None and sheet.kind not in (Kind.NOTICE, Kind.DISEASE),
    }
    for item, lacking in missing.items():
        if lacking:
            raise ValueError(item)


def _remarks(sheet: CertificateSheet) -> str:
    """備考 of the back: what stands there instead of on the front (厚生労働省通知 of 表記変更)."""
    notes = []
    if sheet.registered_name:
        notes.append(f"戸籍上の氏名は {sheet.registered_name} です。")
    if sheet.sex_on_back:
        notes.append(f"戸籍上の性別は{_SEX[sheet.sex]}です。")
    return "".join([*notes, sheet.remarks])


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


def make_certificates(
    sheets: Sequence[CertificateSheet], progress: Progress = silent, seals: Seals = (), placement: Placement = AS_LAID_OUT
) -> bytes:
    """One PDF, front and back of each sheet. Raises OperatorError (a character or a length no paper takes, no such 公印)."""
    images = dict(seals)
    first = layout_for(sheets[0].kind, sheets[0].issued)
    document = Sheet(first.width, first.height, title=first.title, placement=placement)
    try:
        for done, sheet in enumerate(sheets, 1):
            _draw(document, sheet, images)
            progress(done, len(sheets))
    except MissingGlyph as lacking:
        named = "、".join(describe(character) for character in lacking.characters)
        raise OperatorError(
            f"印刷できない文字があります: {named}。置き換えずに、書類を区職員に渡してください。", code=Block.GLYPH
        ) from lacking
    except TextDoesNotFit as long:
        raise OperatorError(Block.TOO_LONG.sentence, field=long.place, code=Block.TOO_LONG) from long
    return document.finish()


def _draw(document: Sheet, sheet: CertificateSheet, images: Mapping[str, bytes]) -> None:
    if sheet.seal and sheet.seal not in images:
        raise OperatorError("公印の画像がありません。区管理者に登録を確かめてもらってください。", code=Block.SEAL_UNSET)
    layout = layout_for(sheet.kind, sheet.issued)
    values = values_of(sheet)
    for face in layout.faces:
        document.begin_page(layout.width, layout.height)
        name = f"{layout.kind}-{layout.version}-{face.name}-{'sample' if sheet.sample else 'real'}-{sheet.seal[:16]}"
        seal = images.get(sheet.seal)
        document.artwork(name, partial(draw_artwork, layout=layout, face=face, sample=sheet.sample, seal=seal))
        draw_values(document, layout, face, values)
        document.end_page()
