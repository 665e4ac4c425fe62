"""Workbooks that leave: tables for Excel, closed under a password. The only module that knows XlsxWriter and msoffcrypto.

Nothing touches the disk in clear: the workbook is written into memory and encrypted there ([MS-OFFCRYPTO] agile: AES-256-CBC,
SHA-512, 100,000 rounds, with its own integrity check), as Excel itself does it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from itertools import count
from typing import Any

import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile

from nhi_center.printing.documents import SHORTEST_PASSWORD
from nhi_center.printing.sheets import BookTable, Cell, Workbook

FONT = "BIZ UDゴシック"
FIRST_SHEET = "表紙"
EMPTY = "該当はありません。"
SAMPLE = "見本(訓練)"

_A4 = 9
_LONGEST_SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = str.maketrans("[]:*?/\\'", "()------")
_NARROWEST, _WIDEST = 9, 60
_MOST_COLUMNS_UPRIGHT = 8
_FONT = {"font_name": FONT, "font_size": 10.5, "valign": "vcenter"}
_OPTIONS = {
    "in_memory": True,
    # what looks like one is words all the same: nothing in a file of ours is worked out or followed
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_format_properties": _FONT,
}
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16},
    "label": {"font_color": "#4d4d4d", "valign": "top"},
    "head": {"bold": True, "bg_color": "#f2f2f2", "bottom": 1, "text_wrap": True, "align": "center"},
    # a cell that somebody opens and leaves again stays words too
    "words": {"quote_prefix": True, "text_wrap": True, "align": "left", "valign": "top"},
    "number": {"num_format": "#,##0"},
    "day": {"num_format": "yyyy/mm/dd", "align": "center"},
    "moment": {"num_format": "yyyy/mm/dd hh:mm", "align": "left"},
    "total words": {"quote_prefix": True, "bold": True, "top": 1},
    "total number": {"num_format": "#,##0", "bold": True, "top": 1},
}


def closed_workbook(content: Workbook, password: str) -> bytes:
    """The workbook as Excel opens it with this password, and nobody without. Raises ValueError for a short password."""
    if len(password) < SHORTEST_PASSWORD:
        raise ValueError("password")
    closed = BytesIO()
    OOXMLFile(BytesIO(_plain(content))).encrypt(password, closed)
    return closed.getvalue()


def _plain(content: Workbook) -> bytes:
    target = BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    book.set_properties({"title": content.title})
    formats = {name: book.add_format(_FONT | given) for name, given in _FORMATS.items()}
    _cover(book, formats, content)
    taken = {FIRST_SHEET}
    for table in content.tables:
        name = _sheet_name(table.title, taken)
        taken.add(name)
        _table(book, formats, content, table, name)
    book.close()
    return target.getvalue()


def _sheet_name(title: str, taken: Iterable[str]) -> str:
    """As the table is called, as far as Excel lets a sheet be called so; another one of the name gets a number."""
    stem = title.translate(_NOT_IN_SHEET_NAMES)[:_LONGEST_SHEET_NAME].strip()
    used = {one.casefold() for one in taken}
    numbered = (f"{stem[: _LONGEST_SHEET_NAME - 4]}({number})" for number in count(2))
    return stem if stem and stem.casefold() not in used else next(one for one in numbered if one.casefold() not in used)


def _cover(book: Any, formats: dict[str, Any], content: Workbook) -> None:
    """Title, what is said beside the tables, and their list."""
    sheet = book.add_worksheet(FIRST_SHEET)
    _page(sheet, content, landscape=False)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 62)
    sheet.write_string(0, 0, content.title, formats["title"])
    listed = tuple(("表", table.title) for table in content.tables)
    sample = (("注意", SAMPLE),) if content.sample else ()
    for row, (label, value) in enumerate((*sample, *content.pairs, *listed), start=2):
        sheet.write_string(row, 0, label, formats["label"])
        _write(sheet, row, 1, value, formats)


def _table(book: Any, formats: dict[str, Any], content: Workbook, table: BookTable, name: str) -> None:
    sheet = book.add_worksheet(name)
    _page(sheet, content, landscape=len(table.headings) > _MOST_COLUMNS_UPRIGHT)
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 0)
    for at, heading in enumerate(table.headings):
        sheet.set_column(at, at, _width(heading, [row[at] for row in table.rows]))
        sheet.write_string(0, at, heading, formats["head"])
    for number, row in enumerate(table.rows, start=1):
        for at, value in enumerate(row):
            _write(sheet, number, at, value, formats)
    if not table.rows:
        sheet.write_string(1, 0, EMPTY, formats["words"])
    below = max(1, len(table.rows)) + 1
    for at, value in enumerate(table.total):
        _write(sheet, below, at, value, formats, kind="total ")


def _write(sheet: Any, row: int, at: int, value: Cell, formats: dict[str, Any], *, kind: str = "") -> None:
    if isinstance(value, str):
        sheet.write_string(row, at, value, formats[f"{kind}words"])
    elif isinstance(value, datetime):
        sheet.write_datetime(row, at, value, formats["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(row, at, value, formats["day"])
    else:
        sheet.write_number(row, at, value, formats[f"{kind}number"])


def _page(sheet: Any, content: Workbook, *, landscape: bool) -> None:
    """A4, as wide as the page, with title, sheet and page number on each."""
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.6, right=0.6, top=0.9, bottom=0.8)
    sheet.fit_to_pages(1, 0)
    if landscape:
        sheet.set_landscape()
    mark = f"{SAMPLE} " if content.sample else ""
    sheet.set_header(f"&L{mark}{content.title.replace('&', '&&')}&R&A")
    sheet.set_footer("&C&P / &N")


def _width(heading: str, cells: Sequence[Cell]) -> float:
    """Wide enough for its longest cell, in figures of the font; what is longer than the widest is set on several lines."""
    longest = max((_figures(_shown(one)) for one in (heading, *cells)), default=0)
    return min(_WIDEST, max(_NARROWEST, longest + 2))


def _shown(value: Cell) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return value if isinstance(value, str) else f"{value:%Y/%m/%d %H:%M}"


def _figures(text: str) -> int:
    """A Japanese character is as wide as two figures; a variation selector has no width."""
    shown = (letter for letter in text if not unicodedata.combining(letter) and unicodedata.category(letter) != "Mn")
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in shown)
