"""A seal at the end of a PDF (受領証・月次報告): contents and signatures that travel inside the file itself.

file = body, newline, ``%NHI-SEAL1 `` and base64 of the canonical seal, newline, the body's own last ``startxref`` block.
Comments are legal anywhere in a PDF (ISO 32000-2, 7.2.4) and readers look for ``startxref`` at the end, so the file opens
everywhere. The seal holds the SHA-256 of the body; a changed byte anywhere, seal and tail included, is found.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from nhi_center.domain import canonical

MARK = b"\n%NHI-SEAL1 "
SEAL_PREFIX = b"nhi-center seal 1\n"
_STARTXREF = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")


class SealFault(ValueError):
    """The file has no seal, or it does not fit the file: the sentence says which."""


def body_hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def seal_bytes(kind: str, body_sha256: str, contents: Mapping[str, Any], sealed_at: str, terminal: str) -> bytes:
    """What the terminal signs when it seals a file."""
    return SEAL_PREFIX + canonical.encode(
        {"kind": kind, "body": body_sha256, "contents": contents, "sealed_at": sealed_at, "terminal": terminal}
    )


def append(body: bytes, seal: Mapping[str, Any]) -> bytes:
    """The sealed file. Raises SealFault when ``body`` is not a finished PDF."""
    return body + MARK + base64.b64encode(canonical.encode(seal)) + b"\n" + _tail(body)


def split(file: bytes) -> tuple[bytes, dict[str, Any]]:
    """(body, seal) of a sealed file. Raises SealFault unless the file is exactly what ``append`` would write."""
    place = file.rfind(MARK)
    if place < 0:
        raise SealFault("確認用の封印がありません。")
    body, rest = file[:place], file[place + len(MARK) :]
    encoded, newline, _ = rest.partition(b"\n")
    try:
        seal = canonical.decode(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        raise SealFault("封印の部分が変わっています。") from None
    if not newline or not isinstance(seal, dict) or append(body, seal) != file:
        raise SealFault("封印の部分が変わっています。")
    return body, seal


def _tail(body: bytes) -> bytes:
    found = _STARTXREF.search(body)
    if not found:
        raise SealFault("PDFの終わりが見つかりません。")
    return b"startxref\n" + found.group(1) + b"\n%%EOF\n"
