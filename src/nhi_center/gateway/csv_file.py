"""CSV files of the standard system: which characters they are written in, rows with their lines, the report of what is refused.

The report names line, column and reason, never a value: the file itself is where the value stands.
"""

from __future__ import annotations

import codecs
import csv
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nhi_center.errors import OperatorError

MOST_FAULTS = 10_000
_BLOCK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class RowFault:
    """``line`` of the file (0: the whole), name of the column, and why."""

    line: int
    column: str
    reason: str


def encoding_of(path: Path) -> str:
    """UTF-16 or UTF-8 by their marks, else UTF-8 where the whole file is, UTF-16 by its commas, else CP932.

    Raises OperatorError at ``file`` when it cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4096)
            for mark, name in _MARKS:
                if head.startswith(mark):
                    return name
            file.seek(0)
            if _is_utf8(file.read, _BLOCK):
                return "utf-8"
            if b"\0" in head:  # the other half of each comma
                return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
            return "cp932"
    except OSError:
        raise OperatorError("ファイルを読めません。名前と権限を確かめてください。", field="file") from None


def _is_utf8(read: Callable[[int], bytes], size: int) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := read(size):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def opened(path: Path) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """Rows as (line, cells), the heading first. Raises OperatorError at ``file`` where it is no CSV in one of the encodings."""
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        yield _rows(csv.reader(file, strict=True))


def _rows(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1  # type: ignore[attr-defined]
    except UnicodeDecodeError:
        words = f"{line}行目より後に、読めない文字があります。UTF-8、UTF-16、CP932のどれかで作り直してください。"
        raise OperatorError(words, field="file") from None
    except csv.Error:
        raise OperatorError(f"{line}行目のCSVの形が正しくありません。", field="file") from None


def report_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.errors.csv")


def write_report(path: Path, faults: Iterable[RowFault]) -> Path:
    """``FILE.errors.csv`` beside the file, over an older one, mode 0600; gives where it is."""
    target = report_path(path)
    target.unlink(missing_ok=True)
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("行", "項目", "理由"))
        writer.writerows((fault.line or "", fault.column, fault.reason) for fault in faults)
    return target
