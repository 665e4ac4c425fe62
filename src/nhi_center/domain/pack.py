"""証拠一式: the books, receipts and the log of a period in one file, with a manifest that the terminal signs.

The file is a ZIP; the manifest names every file in it with its fingerprint, and how far the log goes. Whoever has it and the
ward's trust.json can prove all of it on a PC of his own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from nhi_center.domain import signed_manifest

FORM = "nhi-center pack 1"
PREFIX = b"nhi-center pack manifest 1\n"
MANIFEST = "manifest.json"
SUFFIX = ".pack.zip"
MAX_FILES, MAX_BYTES, MAX_MANIFEST = 20_000, 2 * 1024**3, 16 * 1024**2
"""What a pack may hold at most, unpacked: a year of a busy terminal is far below."""

NAME = re.compile(r"(log|receipts|books|reports|incidents|erasures|exports)/[A-Za-z0-9][A-Za-z0-9._-]{0,119}|summary\.pdf")
"""What a file in it may be called: no other folder, nothing hidden, no personal value."""

MADE_AGAIN = "incidents/again-"
"""How a 事故報告書 begins that was made again from the record: its fingerprint does not stand in the log."""

_FIELDS = {"period", "terminal", "training", "made_at", "made_by", "last", "files", "missing"}
_HEX = re.compile(r"[0-9a-f]{64}")


class PackFault(ValueError):
    """It is no pack, or not what the terminal signed: the sentence says which."""


class Group(StrEnum):
    """The folders in it."""

    LOG = "log"
    RECEIPTS = "receipts"
    BOOKS = "books"
    REPORTS = "reports"
    INCIDENTS = "incidents"
    ERASURES = "erasures"
    EXPORTS = "exports"

    @property
    def label(self) -> str:
        return {
            "log": "操作記録",
            "receipts": "受領証",
            "books": "帳簿",
            "reports": "署名した書類",
            "incidents": "事故報告書",
            "erasures": "消去証明書",
            "exports": "書き出した報告書",
        }[self.value]


@dataclass(frozen=True, slots=True)
class File:
    """One file: its ``name`` in the pack, what it is, and its fingerprint; ``size`` in bytes."""

    name: str
    title: str
    sha256: str
    size: int

    @property
    def group(self) -> Group | None:
        """None for the summary."""
        folder, slash, _name = self.name.partition("/")
        return Group(folder) if slash else None


@dataclass(frozen=True, slots=True)
class Manifest:
    """``period``: first and last day. ``last``: number of the log's last entry. ``missing``: what the period should have and is
    not there any more, in words; ``made_by``: ID.
    """

    period: tuple[str, str]
    terminal: str
    training: bool
    made_at: str
    made_by: str
    last: int
    files: tuple[File, ...]
    missing: tuple[str, ...] = ()

    def of(self, group: Group) -> tuple[File, ...]:
        return tuple(one for one in self.files if one.group is group)


def to_json(manifest: Manifest) -> dict[str, Any]:
    """What the terminal signs, as canonical JSON after ``PREFIX``."""
    body = asdict(manifest) | {"period": list(manifest.period), "missing": list(manifest.missing)}
    return {"form": FORM, **body, "files": [asdict(one) for one in manifest.files]}


def signed_bytes(body: Mapping[str, Any]) -> bytes:
    """What the terminal's signature is over."""
    return signed_manifest.signed_bytes(PREFIX, body)


def read(data: bytes) -> tuple[Manifest, bytes, str]:
    """(manifest, bytes the signature is over, signature). Nothing is proven yet. Raises PackFault."""
    try:
        body, signature = signed_manifest.read(data, FORM, _FIELDS)
        first, last = body["period"]
        found = Manifest(
            **{
                **{name: body[name] for name in _FIELDS},
                "period": (str(first), str(last)),
                "files": tuple(_file(one) for one in body["files"]),
                "missing": tuple(str(one) for one in body["missing"]),
            }
        )
        texts = (found.terminal, found.made_at, found.made_by, *(one.title for one in found.files))
        if not all(isinstance(text, str) for text in texts) or not isinstance(found.training, bool):
            raise ValueError("texts")
        if len({one.name for one in found.files}) != len(found.files) or type(found.last) is not int:
            raise ValueError("files")
    except (ValueError, TypeError, KeyError, AttributeError):
        raise PackFault("目録の形が正しくないか、変わっています。") from None
    return found, signed_bytes(body), signature


def _file(one: Mapping[str, Any]) -> File:
    found = File(**one)
    if not NAME.fullmatch(found.name) or not _HEX.fullmatch(found.sha256) or type(found.size) is not int or found.size < 0:
        raise ValueError("file")
    return found
