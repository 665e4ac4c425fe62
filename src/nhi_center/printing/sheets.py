"""What is printed, as frozen values, and how it travels to the PDF process.

Kept apart from everything that draws: the window's process makes these and never loads reportlab.
"""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from nhi_center.domain.certificate_kinds import Kind
from nhi_center.domain.manual import Part


# no repr: it would carry the person into a log or a traceback
@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CertificateSheet:
    """The content of one certificate, frozen when it enters the queue: names as recorded, dates as dates.

    ``limit_class`` is what is printed (ア, 現役並みII), on a card with its own ``limit_from``; ``share`` 一部負担金の割合, needed
    from 70 on (2割, 3割). ``title``: the ward's own words, "" for those of the kind. ``disease`` and ``ceiling`` (10,000円) are
    of a 受療証, ``long_stay_from`` is 長期入院該当年月日. ``registered_name``: 戸籍の氏名 for the back where ``name`` is a 通称名
    (F19); ``sex_on_back``: the front says 裏面参照. ``seal``: fingerprint of the 公印 to print, "" for the frame that says 見本.
    ``valid_until`` None: the document has no end. ``sample``: 見本 is printed across it (training).
    """

    kind: Kind
    symbol: str
    number: str
    branch: str
    name: str
    sex: str
    birth: date
    head_name: str
    address: str
    issued: date
    valid_from: date
    valid_until: date | None
    acquired: date | None = None
    limit_class: str = ""
    limit_from: date | None = None
    share: str = ""
    title: str = ""
    postal: str = ""
    disease: str = ""
    ceiling: str = ""
    long_stay_from: date | None = None
    seal: str = ""
    registered_name: str = ""
    sex_on_back: bool = False
    remarks: str = ""
    sample: bool = True


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One kind of document handed over. ``unit`` is 枚, or 点 for originals, which are not counted among the sheets."""

    kind: str
    cases: int
    sheets: int
    note: str = ""
    unit: str = "枚"


@dataclass(frozen=True, slots=True, repr=False)
class Signature:
    """One side's 枚数確認(署名): who, when, and the fingerprint of the signature as the ward's verifier shows it."""

    side: str
    organisation: str
    name: str
    counted: str
    signed_at: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class ReceiptSheet:
    """受領証: made twice, one page for each side. ``code`` is an opaque id for the QR code, never a name.

    ``agreed`` False: both signed a difference as it stands. ``papers``: what is said of single 管理票, a line for each.
    ``terminal`` in words: each counts its 便 of the day by itself, so that two may have made the same number.
    """

    number: str
    direction: str
    handed_at: str
    place: str
    lines: tuple[ReceiptLine, ...]
    signatures: tuple[Signature, ...]
    statement: str
    code: str
    remarks: str = ""
    sample: bool = True
    agreed: bool = True
    papers: tuple[tuple[str, str], ...] = ()
    terminal: str = ""


@dataclass(frozen=True, slots=True)
class SummaryTable:
    """One table of the monthly report; numbers arrive as text. The first column is words, the others numbers."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SummaryChart:
    """Bars: (label, count), every count with its ``unit``."""

    title: str
    bars: tuple[tuple[str, int], ...]
    unit: str = "件"


@dataclass(frozen=True, slots=True)
class SummarySheet:
    """処理状況報告書 and the like (``title``): figures are (label, value, unit), at most four. ``made_by`` is the name of the
    supervisor, ``agreed_by`` that of the ward staff."""

    title: str
    number: str
    period: str
    company: str
    made_at: str
    made_by: str
    agreed_by: str
    figures: tuple[tuple[str, str, str], ...]
    tables: tuple[SummaryTable, ...]
    texts: tuple[tuple[str, str], ...] = ()
    """(heading, text): what a person wrote."""
    charts: tuple[SummaryChart, ...] = ()
    notes: tuple[str, ...] = ()
    sample: bool = True


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column of a list: heading and width in mm (170 in all). ``name``: people's names, with their variation sequences."""

    heading: str
    width: float
    right: bool = False
    name: bool = False


@dataclass(frozen=True, slots=True)
class ListPart:
    """One section of a list: a table, sentences, or both."""

    title: str
    columns: tuple[ListColumn, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class ListSheet:
    """A list or form that the room hands to the ward (従事者名簿, 指定(変更)報告書, 点検表 ...).

    ``pairs`` (label, value) stand under the title, ``names`` are such pairs with people's names; ``boxes`` are empty boxes to
    sign or seal by hand at the end, at most four.
    """

    title: str
    subtitle: str
    footer: str
    pairs: tuple[tuple[str, str], ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    parts: tuple[ListPart, ...] = ()
    boxes: tuple[str, ...] = ()
    sample: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class InquiryQuestion:
    """One 照会: its number, the 管理票 and form it is about, the question; ``urgent`` says until when, "" where nobody waits."""

    query: str
    slip: str
    form: str
    question: str
    urgent: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class InquirySheet:
    """疑義照会票 in the company's name: one question or several. No person is named on it."""

    day: str
    addressee: str
    company: str
    terminal: str
    footer: str
    questions: tuple[InquiryQuestion, ...]
    sample: bool = True


Placement = tuple[float, float, float]
AS_LAID_OUT: Placement = (0.0, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class RulerSheet:
    """試し刷り of one printer on one size of paper (mm); ``placement`` as in ``page.Sheet``."""

    name: str
    words: str
    width: float
    height: float
    placement: Placement = AS_LAID_OUT


@dataclass(frozen=True, slots=True, repr=False)
class CoverLine:
    """One document in the envelope, as words."""

    serial: str
    title: str
    name: str
    until: str


@dataclass(frozen=True, slots=True, repr=False)
class CoverSheet:
    """台紙 of one household; ``mark`` is what tells it from the others without naming anybody."""

    postal: str
    address: str
    head_name: str
    lines: tuple[CoverLine, ...]
    mark: str


@dataclass(frozen=True, slots=True, repr=False)
class CoverBatch:
    """Covers printed in one go. ``sender``: the ward's lines, at most six."""

    covers: tuple[CoverSheet, ...]
    day: str
    sender: tuple[str, ...]
    sample: bool = True


@dataclass(frozen=True, slots=True)
class SlipLabel:
    """管理票 of one application: ``bars`` figures for Code128, ``qr`` the opaque id."""

    number: str
    title: str
    bars: str
    qr: str


@dataclass(frozen=True, slots=True)
class SlipBatch:
    """The labels of one 便. ``received``: the day and the 便 in words."""

    labels: tuple[SlipLabel, ...]
    received: str
    sample: bool = True


@dataclass(frozen=True, slots=True)
class ManualSheet:
    """操作の手引 as a book. ``edition``: the program's version and the day; ``pictures``: PNGs by the name the chapters use."""

    parts: tuple[Part, ...]
    pictures: tuple[tuple[str, bytes], ...]
    edition: str
    sample: bool = False


Cell = str | int | date | datetime
"""What stands in a cell of a workbook: words as words, numbers and days as such, so that the ward can count on with them."""


@dataclass(frozen=True, slots=True, repr=False)
class BookTable:
    """A sheet of its own in a workbook; a row has as many cells as ``headings``, ``total`` too or none."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Workbook:
    """The tables of a report or a list for Excel; what is said beside them stands in ``pairs``, on the first sheet. It is made
    under a password alone."""

    title: str
    pairs: tuple[tuple[str, Cell], ...]
    tables: tuple[BookTable, ...]
    sample: bool = True


Content = (
    tuple[CertificateSheet, ...]
    | ReceiptSheet
    | SummarySheet
    | ListSheet
    | InquirySheet
    | RulerSheet
    | CoverBatch
    | SlipBatch
    | ManualSheet
)
"""What the PDF process makes a document from."""


# no repr: it would carry the person, or the password, into a log or a traceback
Seals = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True, repr=False)
class PdfJob:
    """``target`` is replaced atomically; with a ``password`` the file is encrypted and no plain copy ever exists.

    ``seals``: the 公印 images (PNG) that certificates name, by their fingerprint. ``placement``: mm to the right and down and a
    factor by which certificates are moved and scaled for the printer they go to. ``within``: the folder that ``target`` must lie
    in after every link is resolved; None: its own. ``recipient``: a certificate (DER); what is written then is a CMS envelope
    that its private key alone opens, with the document inside.
    """

    content: Content | Workbook
    target: Path
    password: str = ""
    encrypted: bool = False
    seals: Seals = ()
    placement: Placement = AS_LAID_OUT
    within: Path | None = None
    recipient: bytes = b""


@dataclass(frozen=True, slots=True)
class PdfResult:
    """What was written."""

    path: Path
    sha256: str
    size: int


def read_message(stream: BinaryIO) -> Any:
    """The next message, or None at the end of the stream."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    body = stream.read(struct.unpack(">L", head)[0])
    return pickle.loads(body)


def pack_message(message: object) -> bytes:
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return struct.pack(">L", len(body)) + body
